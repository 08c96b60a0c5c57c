//! The least version of each database that the library works with.

use super::Server;
use crate::error::{Result, SetupMistake};

/// A version as it is compared: major, minor, patch.
type Version = (u32, u32, u32);

/// PostgreSQL, MariaDB and MySQL: the oldest that are tested, or that their makers still mend. SQLite: `pragma_table_list` came with
/// 3.37, `unhex` with 3.41. It is built in, but a build may be told to link the system's.
const LEAST: [(&str, Version); 4] =
    [("SQLite", (3, 41, 0)), ("PostgreSQL", (15, 0, 0)), ("MariaDB", (10, 11, 0)), ("MySQL", (8, 4, 0))];

impl Server {
    /// Refuses a server that is too old. (Of one with another name nothing is known.)
    ///
    /// Drivers ask before they set a session up: an old server may not know what is set, and says so in its own words.
    pub(crate) fn check_version(&self) -> Result<()> {
        let least = LEAST.iter().find(|(product, _)| *product == self.product);
        let Some((product, (major, minor, _))) = least.filter(|(_, least)| self.version < *least) else {
            return Ok(());
        };
        let (a, b, c) = self.version;
        let (version, location) = (format!("{a}.{b}.{c}"), self.location.clone());
        // PostgreSQL has no minor versions that would add anything.
        let least = if *minor == 0 { major.to_string() } else { format!("{major}.{minor}") };
        Err(SetupMistake::TooOld { product, version, location, least }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(product: &'static str, version: Version) -> String {
        let server = Server { product, version, location: "db:1/shop".to_owned() };
        server.check_version().map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn an_old_server_is_refused_with_its_version_and_the_least() {
        for (product, version, message) in [
            (
                "PostgreSQL",
                (14, 11, 0),
                "PostgreSQL 14.11.0 at db:1/shop is too old: the least that can be used is PostgreSQL 15",
            ),
            (
                "PostgreSQL",
                (9, 6, 24),
                "PostgreSQL 9.6.24 at db:1/shop is too old: the least that can be used is PostgreSQL 15",
            ),
            (
                "MariaDB",
                (10, 6, 12),
                "MariaDB 10.6.12 at db:1/shop is too old: the least that can be used is MariaDB 10.11",
            ),
            ("MySQL", (8, 0, 36), "MySQL 8.0.36 at db:1/shop is too old: the least that can be used is MySQL 8.4"),
            ("SQLite", (3, 40, 1), "SQLite 3.40.1 at db:1/shop is too old: the least that can be used is SQLite 3.41"),
        ] {
            assert_eq!(check(product, version), format!("configuration: {message}"));
        }
    }

    #[test]
    fn the_least_versions_are_taken() {
        for (product, version) in [
            ("PostgreSQL", (15, 0, 0)),
            ("MariaDB", (10, 11, 0)),
            ("MariaDB", (11, 4, 2)),
            ("MySQL", (8, 4, 0)),
            ("SQLite", (3, 41, 0)),
        ] {
            assert_eq!(check(product, version), "", "{product} {version:?}");
        }
    }
}
