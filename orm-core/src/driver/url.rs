//! The connect URL: which server, as whom, and how.
//!
//! ```text
//! sqlite:path/to/file.db
//! postgres://user:password@host:5432/database?application_name=shop
//! mysql://user:password@host:3306/database?max_connections=20
//! ```
//!
//! Options follow the `?` and are checked against a list, so that a misspelt one is an error and not a surprise. `docs/options.md` has
//! a table of them. A password never appears in an error, in `Debug` or in a log.

use super::grammar::wrong_url;
use crate::error::Result;

/// Which protocol a URL asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Sqlite,
    Postgres,
    Mysql,
}

/// The scheme of a URL.
pub(super) fn scheme(url: &str) -> Result<Scheme> {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("sqlite") => Ok(Scheme::Sqlite),
        Some("postgres" | "postgresql") => Ok(Scheme::Postgres),
        Some("mysql" | "mariadb") => Ok(Scheme::Mysql),
        _ => Err(wrong_url("a database URL starts with `sqlite:`, `postgres:`, `postgresql:`, `mysql:` or `mariadb:`")),
    }
}
