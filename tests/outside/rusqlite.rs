//! The tests of `tests/outside/sqlite.rs` with the oldest and the newest rusqlite that the workspace allows.

use std::{fs, io};

use crate::package::{Package, workspace};

#[test]
fn sqlite_works_with_the_oldest_rusqlite() -> io::Result<()> {
    let oldest = range()?.split([',', '=']).nth(1).expect("the least version, `>=0.39`").to_owned();
    let package = sample()?;
    package.cargo(&format!("update rusqlite --precise {oldest}.0"));
    assert!(version(&package)?.starts_with(&oldest), "{}", version(&package)?);
    run(&package);
    Ok(())
}

/// Where the workspace has the newest itself, `tests/it` runs with it.
#[test]
fn sqlite_works_with_the_newest_rusqlite() -> io::Result<()> {
    let package = sample()?;
    let own = version(&package)?;
    package.cargo("update rusqlite");
    if version(&package)? != own {
        run(&package);
    }
    Ok(())
}

/// Runs what the matrix has on SQLite, and the modules whose other tests make SQLite files.
fn run(package: &Package) {
    let only =
        "::sqlite decimals:: foreign:: foreign_affinity:: foreign_conflicts:: foreign_new_rows:: foreign_writes::";
    let printed = package.cargo(&format!("test --quiet --lib -- {only} --skip postgres --skip mariadb"));
    assert!(!printed.contains(" 0 passed"), "{printed}");
}

/// The sample as a package, with the versions of the workspace.
fn sample() -> io::Result<Package> {
    let sources = workspace().join("tests/outside/sqlite.rs");
    let library = format!("[lib]\npath = {sources:?}\n\n[dependencies]\ndormouse = '0.1'\n");
    let package = Package::new(&[&*library, DEPENDENCIES, "rusqlite = '", &range()?, "'"].concat())?;
    package.pin()?;
    Ok(package)
}

/// What the sample's sources name. Features are those of the workspace, so that what it has compiled is used again.
const DEPENDENCIES: &str = r#"
    async-stream = "0.3"
    chrono = "0.4"
    fastrand = "2"
    futures = "0.3"
    proc-macro2 = { version = "1", features = ["span-locations"] }
    rust_decimal = "1"
    serde = { version = "1", features = ["derive"] }
    serde_json = "1"
    sqlx = { version = "0.9", default-features = false, features = ["runtime-tokio", "tls-rustls-ring-webpki", "postgres", "mysql"] }
    tempfile = "3"
    tokio = { version = "1", features = ["full"] }
    url = "2"
    uuid = "1"
"#;

/// The range of versions that the workspace allows.
fn range() -> io::Result<String> {
    let manifest = fs::read_to_string(workspace().join("Cargo.toml"))?;
    let range = manifest.split_once("rusqlite = { version = \"").and_then(|(_, rest)| rest.split_once('"'));
    Ok(range.expect("a range of rusqlite in Cargo.toml").0.to_owned())
}

/// The version of rusqlite in the lock file of a package.
fn version(package: &Package) -> io::Result<String> {
    let lock = package.read("Cargo.lock")?;
    let entry = lock.split_once("name = \"rusqlite\"\nversion = \"").and_then(|(_, rest)| rest.split_once('"'));
    Ok(entry.expect("rusqlite in Cargo.lock").0.to_owned())
}
