//! What compiles, what does not, and how it says so.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the messages anew: read each as a newcomer to the library would.

#[test]
fn models_and_their_mistakes() {
    // One set, so that the dependencies are built once.
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
