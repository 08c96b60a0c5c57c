//! What each set of Cargo features compiles.

use std::collections::BTreeSet;

use crate::package::{cargo, workspace};

/// The crates that come with each feature and with no other.
const OWN: [(&str, &[&str]); 3] =
    [("sqlite", &["rusqlite", "libsqlite3-sys"]), ("postgres", &["sqlx-postgres"]), ("mysql", &["sqlx-mysql"])];

/// The crates in the tree of the library with these features.
fn tree(features: &str) -> BTreeSet<String> {
    let command = format!(
        "tree --locked --package dormouse --edges normal --prefix none --no-default-features --features={features}"
    );
    let printed = cargo(workspace(), &command).unwrap_or_else(|reason| panic!("cargo {command}:\n{reason}"));
    printed.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn a_feature_compiles_its_own_database_alone() {
    for set in 0..1 << OWN.len() {
        let (on, off): (Vec<_>, Vec<_>) = (0..OWN.len()).partition(|feature| set >> feature & 1 == 1);
        let features: Vec<&str> = on.iter().map(|feature| OWN[*feature].0).collect();
        let tree = tree(&features.join(","));
        let has = |name: &&str| tree.contains(*name);
        assert!(on.iter().flat_map(|feature| OWN[*feature].1).all(has), "{features:?}: {tree:?}");
        assert!(!off.iter().flat_map(|feature| OWN[*feature].1).any(has), "{features:?}: {tree:?}");
        assert!(!has(&"sqlx-sqlite"), "{features:?}: {tree:?}");
        assert_eq!(has(&"sqlx-core"), features.iter().any(|feature| *feature != "sqlite"), "{features:?}: {tree:?}");
    }
}
