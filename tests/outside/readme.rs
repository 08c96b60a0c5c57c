//! What README prints, done as a reader would do it.

use std::{fs, io};

use crate::package::{Package, workspace};

#[test]
fn the_first_program_runs_with_the_dependencies_beside_it() -> io::Result<()> {
    let package = Package::program(&block("toml", "[dependencies]")?, &block("rust", "fn main")?)?;
    package.pin()?;
    assert_eq!(package.cargo("run --quiet --offline"), block("text", "")?);
    Ok(())
}

#[test]
fn the_types_of_columns_are_those_of_the_versions_it_names() -> io::Result<()> {
    let dependencies = block("toml", "[dependencies]")? + &block("toml", "chrono = ")?;
    let package = Package::program(&dependencies, include_str!("columns.rs"))?;
    package.pin()?;
    package.cargo("run --quiet --offline");
    Ok(())
}

/// The first block of README in a language and with a word in it.
fn block(language: &str, word: &str) -> io::Result<String> {
    let readme = fs::read_to_string(workspace().join("README.md"))?;
    let blocks = readme.split("```").skip(1).step_by(2);
    let mut found = blocks.filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'));
    Ok(found.find(|block| block.contains(word)).expect("such a block in README.md").to_owned())
}
