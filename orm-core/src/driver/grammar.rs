//! One grammar for the URL of every database: the options behind the `?`, how their values are read, and what a URL means that
//! names no port or user. What the options mean stands in `docs/options.md`.

use std::borrow::Cow;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use crate::error::{Error, Result, SetupMistake, nearest};

/// The options of one database.
pub(super) struct Options {
    database: &'static str,
    /// The port of URLs that name none; of a file none is used.
    pub(super) port: u16,
    /// The variable of the environment with the user of URLs that name none.
    pub(super) user: Option<&'static str>,
    names: &'static [&'static str],
    /// Whether an unknown option may be a part of a password.
    may_be_password: bool,
}

pub(super) static SQLITE: Options = Options {
    database: "SQLite",
    port: 0,
    user: None,
    names: &[
        "mode",
        "readers",
        "busy_timeout",
        "acquire_timeout",
        "synchronous",
        "journal",
        "inline",
        "inline_opcodes",
        "statement_cache_size",
        "stream_timeout",
    ],
    may_be_password: false,
};

pub(super) static POSTGRES: Options = Options {
    database: "PostgreSQL",
    port: 5432,
    user: Some("PGUSER"),
    names: &[
        "max_connections",
        "acquire_timeout",
        "connect_timeout",
        "statement_timeout",
        "lock_timeout",
        "idle_transaction_timeout",
        "statement_cache_size",
        "application_name",
        "user",
        "pooler",
        "search_path",
        "options",
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "host",
    ],
    may_be_password: true,
};

pub(super) static MYSQL: Options = Options {
    database: "MySQL and MariaDB",
    port: 3306,
    user: None,
    names: &[
        "max_connections",
        "acquire_timeout",
        "connect_timeout",
        "statement_timeout",
        "lock_timeout",
        "idle_transaction_timeout",
        "statement_cache_size",
        "sort_buffer_size",
        "user",
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "socket",
    ],
    may_be_password: true,
};

impl Options {
    /// The option of a name. One that is unknown is not repeated: with a badly encoded password, it can be the password's tail.
    pub(super) fn find(&self, name: &str) -> Result<&'static str> {
        let name = match name {
            "ssl-mode" => "sslmode",
            "ssl-ca" => "sslrootcert",
            "ssl-cert" => "sslcert",
            "ssl-key" => "sslkey",
            name => name,
        };
        if let Some(known) = self.names.iter().find(|known| **known == name) {
            return Ok(known);
        }
        let elsewhere =
            [&SQLITE, &POSTGRES, &MYSQL].into_iter().flat_map(|options| options.names).find(|known| **known == name);
        let (elsewhere, nearest) = (elsewhere.copied(), nearest(name, self.names).copied());
        let Self { database, may_be_password, names: known, .. } = *self;
        Err(SetupMistake::UnknownOption { database, may_be_password, elsewhere, nearest, known }.into())
    }

    /// Sets the options of a URL, each of which is given once: of two values it cannot be told which is meant.
    pub(super) fn read<'u>(
        &self,
        given: impl Iterator<Item = (Cow<'u, str>, Cow<'u, str>)>,
        mut set: impl FnMut(&'static str, &str) -> Result<()>,
    ) -> Result<()> {
        let mut seen = Vec::new();
        for (name, value) in given {
            let option = self.find(&name)?;
            if seen.contains(&option) {
                return Err(SetupMistake::OptionTwice { option }.into());
            }
            seen.push(option);
            set(option, &value)?;
        }
        Ok(())
    }
}

/// How many statements a connection may keep.
pub(super) const CACHE_SIZES: RangeInclusive<usize> = 1..=65_536;

/// What is counted in milliseconds in 32 bits by some database.
const LONGEST: Duration = Duration::from_millis(1 << 30);

/// A time with its unit: `500ms`, `1.5s`, `5m`.
pub(super) fn duration(name: &str, value: &str, least: Duration) -> Result<Duration> {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0)];
    let read =
        units.into_iter().find_map(|(unit, seconds)| Some((value.strip_suffix(unit)?.parse::<f64>().ok()?, seconds)));
    let time = read.and_then(|(number, seconds)| Duration::try_from_secs_f64(number * seconds).ok());
    time.filter(|time| (least..=LONGEST).contains(time)).ok_or_else(|| {
        let above = if least.is_zero() { "" } else { " above 0" };
        let takes = format!("is a time{above} of at most 12 days with its unit, such as `500ms`, `30s` or `5m`");
        refused(name, takes)
    })
}

/// A whole number.
pub(super) fn number<T: FromStr + PartialOrd + Display>(
    name: &str,
    value: &str,
    range: RangeInclusive<T>,
) -> Result<T> {
    value
        .parse()
        .ok()
        .filter(|number| range.contains(number))
        .ok_or_else(|| refused(name, format!("is a whole number from {} to {}", range.start(), range.end())))
}

/// A word of some; `more` are allowed too.
pub(super) fn one_of<T: Copy>(name: &str, value: &str, allowed: &[(&str, T)], more: &[&str]) -> Result<T> {
    let found = allowed.iter().find(|(word, _)| word.eq_ignore_ascii_case(value));
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let words: Vec<_> = allowed.iter().map(|(word, _)| *word).chain(more.iter().copied()).collect();
        refused(name, format!("is one of {}", words.join(", ")))
    })
}

/// The error of a value that an option does not take.
pub(super) fn refused(option: &str, takes: impl Into<String>) -> Error {
    SetupMistake::OptionValue { option: option.to_owned(), takes: takes.into() }.into()
}

/// The error of an option that stands in a list above, and that the code does not read.
pub(super) fn unread(option: &'static str) -> Error {
    Error::internal(format!("the option `{option}` is known and not read"))
}

/// The error of a URL that cannot be read.
pub(super) fn wrong_url(reason: impl Into<String>) -> Error {
    SetupMistake::Url { reason: reason.into() }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said<T>(outcome: Result<T>) -> String {
        outcome.err().map_or_else(|| "taken".to_owned(), |error| error.to_string())
    }

    #[test]
    fn a_time_has_its_unit() {
        for (value, millis) in
            [("30s", 30_000), ("500ms", 500), ("5m", 300_000), ("1.5s", 1_500), ("0.5m", 30_000), ("1ms", 1)]
        {
            let time = duration("t", value, Duration::from_millis(1)).ok();
            assert_eq!(time, Some(Duration::from_millis(millis)), "{value}");
        }
        for value in ["30", "", "s", "-1s", "0s", "infs", "NaNs", "5h", "5 s ago", "13000h", "20000m"] {
            let said = said(duration("t", value, Duration::from_millis(1)));
            assert!(said.contains("`t` is a time above 0 of at most 12 days with its unit"), "{value}: {said}");
        }
        assert_eq!(duration("t", "0ms", Duration::ZERO).ok(), Some(Duration::ZERO));
    }

    fn check_is_read<T>(options: &Options, url: &str, parse: impl Fn(&str) -> Result<T>) {
        for name in options.names {
            let said = said(parse(&format!("{url}?{name}=?")));
            assert!(!said.contains("is known and not read"), "{name}: {said}");
        }
    }

    #[test]
    #[cfg(feature = "sqlite")]
    fn every_option_of_sqlite_is_read() {
        check_is_read(&SQLITE, "sqlite:a.db", |url| url.parse::<crate::driver::sqlite::SqliteOptions>());
    }

    #[test]
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    fn every_option_of_servers_is_read() {
        use crate::driver::server::options::ServerOptions;

        for (options, url) in [(&POSTGRES, "postgres://anna@localhost/d"), (&MYSQL, "mysql://anna@localhost/d")] {
            check_is_read(options, url, |url| ServerOptions::parse(url, options));
        }
    }

    #[test]
    fn a_misspelt_option_is_told_with_the_nearest() {
        for (options, name, words) in [
            (&SQLITE, "statement_cache", "unknown option; did you mean `statement_cache_size`?; known are mode, "),
            (&SQLITE, "reader", "unknown option; did you mean `readers`?"),
            (
                &POSTGRES,
                "max_connection",
                "unknown option (is the password percent-encoded?); did you mean `max_connections`?",
            ),
            (&POSTGRES, "socket", "`socket` has no meaning for PostgreSQL"),
            (&MYSQL, "busy_timeout", "`busy_timeout` has no meaning for MySQL and MariaDB"),
            (&SQLITE, "max_connections", "`max_connections` has no meaning for SQLite"),
            (&MYSQL, "geheim", "unknown option (is the password percent-encoded?); known are"),
        ] {
            let said = said(options.find(name));
            assert!(said.contains(words) && !said.contains("geheim"), "{name}: {said}");
        }
        assert_eq!(MYSQL.find("ssl-mode").ok(), Some("sslmode"));
    }

    #[test]
    fn an_option_that_is_given_twice_is_refused() {
        for (options, given, option) in [
            (&SQLITE, "mode=ro&readers=2&mode=rwc", "mode"),
            (&SQLITE, "readers=2&readers=2", "readers"),
            (&POSTGRES, "sslmode=disable&sslmode=require", "sslmode"),
            (&POSTGRES, "host=/run&host=/tmp", "host"),
            (&MYSQL, "lock_timeout=5s&user=b&lock_timeout=6s", "lock_timeout"),
            (&MYSQL, "ssl-mode=disable&sslmode=disable", "sslmode"),
        ] {
            let found = said(options.read(url::form_urlencoded::parse(given.as_bytes()), |_, _| Ok(())));
            let words = "is given twice in the database URL: leave one of them out";
            assert_eq!(found, format!("configuration: the option `{option}` {words}"));
        }
    }

    #[test]
    fn every_option_stands_in_the_table() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/options.md");
        let page = std::fs::read_to_string(page).unwrap_or_default();
        let rows: Vec<Vec<&str>> = page.lines().map(|line| line.split('|').map(str::trim).collect()).collect();
        for options in [&SQLITE, &POSTGRES, &MYSQL] {
            for name in options.names {
                assert!(
                    rows.iter().any(|row| row.get(1).is_some_and(|cell| cell.contains(&format!("`{name}`")))),
                    "{name}"
                );
            }
        }
        for row in rows.iter().filter(|row| row.len() == 7 && row[1].starts_with('`')) {
            for (cell, options) in row[3..6].iter().zip([&SQLITE, &POSTGRES, &MYSQL]) {
                let names = row[1].split('`').skip(1).step_by(2);
                let is_known = names.into_iter().any(|name| options.names.contains(&name));
                assert_eq!(*cell != "–", is_known, "{} of {}", row[1], options.database);
            }
        }
    }
}
