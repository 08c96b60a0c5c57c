//! What compiles, what does not, and how it says so.

#[test]
fn models_that_compile() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}

#[test]
fn mistakes_and_their_messages() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}
