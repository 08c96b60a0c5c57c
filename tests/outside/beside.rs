//! Which libraries resolve beside Dormouse: cargo takes only one library that links SQLite into a program.

use crate::package::Package;

/// Beside Dormouse with all its features. Direct versions are pinned, what they need is today's.
const BESIDE_ALL: &[&str] = &[
    r#"sqlx = { version = "=0.9.0", features = ["runtime-tokio", "tls-rustls", "postgres", "mysql", "sqlite", "macros", "chrono", "uuid", "json", "migrate", "rust_decimal"] }"#,
    r#"sea-orm = { version = "=2.0.4", features = ["sqlx-sqlite", "sqlx-postgres", "sqlx-mysql", "runtime-tokio-rustls", "macros"] }"#,
    r#"diesel = { version = "=2.3.14", features = ["sqlite", "chrono", "r2d2"] }"#,
    r#"diesel-async = { version = "=0.9.2", features = ["postgres"] }"#,
    r#"rusqlite = { version = "=0.39.0", features = ["bundled"] }"#,
    r#"rusqlite = { version = "=0.40.2", features = ["bundled"] }"#,
    r#"rusqlite = { version = "=0.41.1", features = ["bundled"] }"#,
    r#"rusqlite = { version = "=0.42.0", features = ["bundled"] }"#,
    r#"rusqlite = { version = "=0.43.0", features = ["bundled"] }"#,
    "apalis = '=1.0.0'\napalis-sqlite = '=1.0.0'\napalis-postgres = '=1.0.0'",
    "axum = '=0.8.9'\naxum-login = '=0.18.0'",
    "actix-web = '=4.18.1'",
    "tower-sessions = '=0.15.0'",
    r#"pgvector = { version = "=0.4.2", features = ["sqlx", "postgres"] }"#,
];

/// Beside Dormouse without `sqlite`: these are built on sqlx 0.8, which links an older SQLite than any that we take.
const BESIDE_SERVERS: &[&str] = &[
    r#"sqlx = { version = "=0.8.6", features = ["runtime-tokio", "tls-rustls", "postgres", "mysql", "sqlite", "macros", "chrono", "uuid", "json", "migrate", "rust_decimal"] }"#,
    r#"sea-orm = { version = "=1.1.20", features = ["sqlx-sqlite", "sqlx-postgres", "sqlx-mysql", "runtime-tokio-rustls", "macros"] }"#,
    r#"tower-sessions-sqlx-store = { version = "=0.15.0", features = ["postgres"] }"#,
    "loco-rs = '=0.16.4'",
];

const ALL: &str = "'sqlite', 'postgres', 'mysql'";
const SERVERS: &str = "'postgres', 'mysql'";

/// A lock file for a program with Dormouse and these dependencies, or why there is none.
fn lock(features: &str, dependencies: &str) -> Result<String, String> {
    let dormouse = format!("dormouse = {{ version = '0.1', default-features = false, features = [{features}] }}");
    let manifest = ["[dependencies]", &dormouse, dependencies].join("\n");
    Package::program(&manifest, "fn main() {}").map_err(|error| error.to_string())?.try_cargo("generate-lockfile")
}

#[test]
fn other_libraries_resolve_beside_this_one() {
    let all = BESIDE_ALL.iter().map(|dependencies| (ALL, dependencies));
    let servers = BESIDE_SERVERS.iter().map(|dependencies| (SERVERS, dependencies));
    let locked = all.chain(servers).filter_map(|(features, dependencies)| {
        lock(features, dependencies).err().map(|reason| format!("{dependencies}\nbeside {features}: {reason}"))
    });
    let refused: Vec<String> = locked.collect();
    assert!(refused.is_empty(), "{}", refused.join("\n\n"));
}

#[test]
fn an_older_sqlite_is_refused_only_beside_our_own() {
    let older = "libsqlite3-sys = '=0.30.1'";
    let reason = lock("'sqlite'", older).unwrap_err();
    assert!(reason.contains("libsqlite3-sys"), "{reason}");
    lock(SERVERS, older).unwrap();
}
