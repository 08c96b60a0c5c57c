//! The connect URL: which server, as whom, and how.
//!
//! ```text
//! sqlite:path/to/file.db
//! postgres://user:password@host:5432/database?application_name=shop
//! mysql://user:password@host:3306/database?max_connections=20
//! ```
//!
//! Options follow the `?` and are checked against a list, so that a misspelt one is an error and not a surprise:
//!
//! | option | meaning | default |
//! |---|---|---|
//! | `max_connections` | how many connections the pool may open | 10 |
//! | `acquire_timeout` | seconds to wait for a free connection | 30 |
//! | `connect_timeout` | seconds to wait for a new connection | 10 |
//! | `statement_timeout` | seconds that one statement may take (MySQL: only SELECT) | no limit |
//! | `lock_timeout` | seconds to wait for a lock of another transaction (MySQL: whole ones) | 30 |
//! | `idle_transaction_timeout` | seconds that a transaction may wait for its next statement (not on MySQL; MariaDB: whole ones) | 300 |
//! | `statement_cache_size` | prepared statements kept per connection (MySQL: when there are more, all are closed) | 100 |
//! | `sort_buffer_size` | bytes of memory that one sort may take (MySQL, MariaDB); texts are ordered by their first characters only, one for each 640 bytes of it and at most 131,072 | 83,886,080, or the server's own if that is more |
//! | `application_name` | the name shown by the server (PostgreSQL) | `dormouse` |
//! | `search_path` | the schemas that tables without one are looked for in, `a,b`; also as `options=-csearch_path%3Da,b` (PostgreSQL) | the role's own |
//! | `pooler` | `transaction`: the server is a pooler that changes sessions between transactions (PostgreSQL) | none |
//! | `sslmode` (`ssl-mode`) | `disable`, `prefer`, `require`, `verify-ca`, `verify-full` | see below |
//! | `sslrootcert` (`ssl-ca`) | file of the trusted certificates | those of the web |
//! | `sslcert` (`ssl-cert`), `sslkey` (`ssl-key`) | files of the client's own certificate and key | none |
//! | `user` | the user, where the URL has no host to put it before | |
//! | `host` (PostgreSQL) | directory of the server's Unix socket | |
//! | `socket` (MySQL) | path of the server's Unix socket | |
//!
//! Without `sslmode`, a server on this machine (`localhost`, a loopback address, a Unix socket) may answer without
//! TLS; any other must prove its name with a certificate (`verify-full`). User, password, host and database are
//! percent-decoded. User, password and database of PostgreSQL, when the URL has none, are those of the environment
//! (`PGUSER`, `PGPASSWORD`, `PGDATABASE`), as with its own clients. A password never appears in an error, in `Debug` or in a log.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::error::{Error, Result};

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
        _ => Err(Error::configuration(
            "a database URL starts with `sqlite:`, `postgres:`, `postgresql:`, `mysql:` or `mariadb:`",
        )),
    }
}

/// How to reach a server, and how to use it.
#[derive(Debug, Clone)]
pub(super) struct ServerOptions {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) socket: Option<PathBuf>,
    pub(super) user: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) database: Option<String>,
    pub(super) tls: Tls,
    pub(super) root_certificate: Option<PathBuf>,
    pub(super) client_certificate: Option<PathBuf>,
    pub(super) client_key: Option<PathBuf>,
    pub(super) application_name: String,
    pub(super) max_connections: usize,
    pub(super) acquire_timeout: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) statement_timeout: Option<Duration>,
    pub(super) lock_timeout: Duration,
    pub(super) idle_transaction_timeout: Duration,
    pub(super) statement_cache_size: usize,
    pub(super) sort_buffer_size: Option<usize>,
    pub(super) pooler: bool,
    pub(super) search_path: Option<String>,
}

/// A text that `Debug` does not show.
#[derive(Clone)]
pub(super) struct Secret(String);

impl Secret {
    /// The text itself, for the wire only.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The least `sort_buffer_size`: ten keys of 1024 bytes, which is the `max_sort_length` of a server as it comes.
const LEAST_SORT_BUFFER: usize = 160 << 10;

/// How much TLS a connection must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tls {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// What the URLs of one product may say.
pub(super) struct Grammar {
    port: u16,
    /// The environment's variable with the user of URLs that name none.
    user: Option<&'static str>,
    options: &'static [&'static str],
}

pub(super) const POSTGRES: Grammar = Grammar {
    port: 5432,
    user: Some("PGUSER"),
    options: &[
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
};

pub(super) const MYSQL: Grammar = Grammar {
    port: 3306,
    user: None,
    options: &[
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
};

impl ServerOptions {
    /// Reads a URL. Errors quote no part of it but the names of known options.
    pub(super) fn parse(url: &str, grammar: &Grammar) -> Result<Self> {
        let url = Url::parse(url).map_err(|error| {
            Error::configuration(format!("{error} in the database URL; percent-encode special characters"))
        })?;
        let mut options = Self::new(&url, grammar.port)?;
        let mut tls = None;
        for (name, value) in url.query_pairs() {
            let name = canonical(&name);
            if !grammar.options.contains(&name) {
                return Err(unknown_option(name, grammar));
            }
            match name {
                "sslmode" => tls = Some(tls_mode(&value)?),
                name => options.set(name, &value)?,
            }
        }
        options.user = options.user.or_else(|| grammar.user.and_then(|variable| std::env::var(variable).ok()));
        if options.user.is_none() {
            let scheme = url.scheme();
            return Err(Error::configuration(format!(
                "the URL names no user; write `{scheme}://user@host/database` or add `?user=name`"
            )));
        }
        if options.pooler && options.search_path.is_some() {
            return Err(Error::configuration(
                "`search_path` has no meaning beside `pooler=transaction`, where each transaction has another session: give \
                 it to the role (`ALTER ROLE … SET search_path = …`), or the models a `schema`",
            ));
        }
        options.tls = tls.unwrap_or(if options.is_local() { Tls::Prefer } else { Tls::VerifyFull });
        Ok(options)
    }

    fn new(url: &Url, port: u16) -> Result<Self> {
        let host = url.host_str().map(decoded).transpose()?.filter(|host| !host.is_empty());
        let mut options = Self {
            host: "localhost".to_owned(),
            port: url.port().unwrap_or(port),
            socket: None,
            user: Some(decoded(url.username())?).filter(|user| !user.is_empty()),
            password: url.password().map(decoded).transpose()?.map(Secret),
            database: Some(decoded(url.path().trim_start_matches('/'))?).filter(|database| !database.is_empty()),
            tls: Tls::VerifyFull,
            root_certificate: None,
            client_certificate: None,
            client_key: None,
            application_name: "dormouse".to_owned(),
            max_connections: 10,
            acquire_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            statement_timeout: None,
            lock_timeout: Duration::from_secs(30),
            idle_transaction_timeout: Duration::from_secs(300),
            statement_cache_size: 100,
            sort_buffer_size: None,
            pooler: false,
            search_path: None,
        };
        match host {
            Some(host) if host.starts_with('/') => options.socket = Some(host.into()),
            // An IPv6 address stands in brackets only inside a URL.
            Some(host) => options.host = host.trim_matches(['[', ']']).to_owned(),
            None => {}
        }
        Ok(options)
    }

    fn set(&mut self, name: &'static str, value: &str) -> Result<()> {
        match name {
            "max_connections" => self.max_connections = positive(name, value)?,
            "statement_cache_size" => self.statement_cache_size = positive(name, value)?,
            "sort_buffer_size" => self.sort_buffer_size = Some(at_least(LEAST_SORT_BUFFER, name, value)?),
            "acquire_timeout" => self.acquire_timeout = seconds(name, value)?,
            "connect_timeout" => self.connect_timeout = seconds(name, value)?,
            "statement_timeout" => self.statement_timeout = Some(seconds(name, value)?),
            "lock_timeout" => self.lock_timeout = seconds(name, value)?,
            "idle_transaction_timeout" => self.idle_transaction_timeout = seconds(name, value)?,
            "application_name" => self.application_name = value.to_owned(),
            "sslrootcert" => self.root_certificate = Some(value.into()),
            "sslcert" => self.client_certificate = Some(value.into()),
            "sslkey" => self.client_key = Some(value.into()),
            "user" => self.user = Some(value.to_owned()),
            "socket" => self.socket = Some(value.into()),
            "host" if value.starts_with('/') => self.socket = Some(value.into()),
            "host" => self.host = value.to_owned(),
            "search_path" => self.search_path = Some(value.to_owned()),
            "options" => self.search_path = Some(search_path(value)?),
            "pooler" if value == "transaction" => self.pooler = true,
            _ => return Err(Error::configuration(format!("option `{name}` must be `transaction`"))),
        }
        Ok(())
    }

    /// Whether the server is on this machine, where none can listen in between.
    fn is_local(&self) -> bool {
        let loopback = || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        self.socket.is_some() || self.host.eq_ignore_ascii_case("localhost") || loopback()
    }

    /// Where the server is, without secrets: `host:port/database`.
    pub(super) fn location(&self) -> String {
        let database = self.database.as_deref().unwrap_or_default();
        match &self.socket {
            Some(socket) => format!("{}/{database}", socket.display()),
            None => format!("{}:{}/{database}", self.host, self.port),
        }
    }
}

/// The one spelling of an option that has several; a name that is none becomes empty.
fn canonical(name: &str) -> &'static str {
    let name = match name {
        "ssl-mode" => "sslmode",
        "ssl-ca" => "sslrootcert",
        "ssl-cert" => "sslcert",
        "ssl-key" => "sslkey",
        name => name,
    };
    [POSTGRES.options, MYSQL.options].into_iter().flatten().find(|known| **known == name).copied().unwrap_or_default()
}

/// An unknown name is not repeated: with a badly encoded password, it can be the password's tail.
fn unknown_option(name: &'static str, grammar: &Grammar) -> Error {
    let wrong = if name.is_empty() {
        "the database URL has an unknown option (is the password percent-encoded?)".to_owned()
    } else {
        format!("option `{name}` has no meaning for this database")
    };
    Error::configuration(format!("{wrong}; known are {}", grammar.options.join(", ")))
}

fn decoded(text: &str) -> Result<String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| Error::configuration("the database URL is not UTF-8 when percent-decoded"))
}

fn positive(name: &str, value: &str) -> Result<usize> {
    at_least(1, name, value)
}

fn at_least(least: usize, name: &str, value: &str) -> Result<usize> {
    let number = value.parse().ok().filter(|number| *number >= least);
    number.ok_or_else(|| Error::configuration(format!("option `{name}` must be a whole number above {}", least - 1)))
}

fn seconds(name: &str, value: &str) -> Result<Duration> {
    let seconds = value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let seconds = seconds.filter(|seconds| *seconds >= Duration::from_millis(1));
    seconds.ok_or_else(|| Error::configuration(format!("option `{name}` must be a number of seconds above 0")))
}

/// The one setting that `options` may hold, as libpq writes it: `-c search_path=a,b`, with or without the blank.
fn search_path(options: &str) -> Result<String> {
    let setting = options.trim().strip_prefix("-c").map(str::trim_start);
    let path = setting.and_then(|setting| setting.strip_prefix("search_path="));
    path.filter(|path| !path.contains(" -")).map(str::to_owned).ok_or_else(|| {
        Error::configuration(
            "option `options` takes `-c search_path=…` alone; other settings are given to the role or have options of their \
             own",
        )
    })
}

fn tls_mode(value: &str) -> Result<Tls> {
    match value.to_ascii_lowercase().replace('_', "-").as_str() {
        "disable" | "disabled" => Ok(Tls::Disable),
        "prefer" | "preferred" => Ok(Tls::Prefer),
        "require" | "required" => Ok(Tls::Require),
        "verify-ca" => Ok(Tls::VerifyCa),
        "verify-full" | "verify-identity" => Ok(Tls::VerifyFull),
        _ => Err(Error::configuration(
            "option `sslmode` must be one of disable, prefer, require, verify-ca, verify-full",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = std::result::Result<(), Box<dyn std::error::Error>>;

    fn refused(url: &str, grammar: &Grammar) -> String {
        match ServerOptions::parse(url, grammar) {
            Ok(options) => format!("accepted: {options:?}"),
            Err(error) => format!("{error} {error:?}"),
        }
    }

    #[test]
    fn every_part_is_percent_decoded() -> Outcome {
        let options = ServerOptions::parse("postgres://an%40na:p%2Fw%3F@db.example:6000/b%C3%BCcher", &POSTGRES)?;
        assert_eq!(options.user.as_deref(), Some("an@na"));
        assert_eq!(options.password.as_ref().map(Secret::reveal), Some("p/w?"));
        assert_eq!(options.location(), "db.example:6000/bücher");
        Ok(())
    }

    #[test]
    fn debug_shows_no_password() -> Outcome {
        let options = ServerOptions::parse("mysql://root:geheim@db.example/shop", &MYSQL)?;
        assert!(!format!("{options:?}").contains("geheim"));
        Ok(())
    }

    #[test]
    fn only_this_machine_may_do_without_a_certificate() -> Outcome {
        for local in ["localhost", "127.0.0.1", "127.8.0.1", "[::1]", ""] {
            let url = format!("postgres://{local}/d?user=anna");
            assert_eq!(ServerOptions::parse(&url, &POSTGRES)?.tls, Tls::Prefer, "{local}");
        }
        for remote in ["db.example", "10.0.0.1", "localhost.example"] {
            let url = format!("mysql://anna@{remote}/d");
            assert_eq!(ServerOptions::parse(&url, &MYSQL)?.tls, Tls::VerifyFull, "{remote}");
            assert_eq!(ServerOptions::parse(&format!("{url}?ssl-mode=REQUIRED"), &MYSQL)?.tls, Tls::Require);
        }
        assert_eq!(ServerOptions::parse("mysql:///d?user=anna&socket=/run/m.sock", &MYSQL)?.tls, Tls::Prefer);
        Ok(())
    }

    #[test]
    fn sockets_by_option_and_by_host() -> Outcome {
        for url in
            ["postgres:///shop?user=anna&host=/var/run/postgresql", "postgres://anna@%2Fvar%2Frun%2Fpostgresql/shop"]
        {
            let options = ServerOptions::parse(url, &POSTGRES)?;
            assert_eq!(options.location(), "/var/run/postgresql/shop");
        }
        Ok(())
    }

    #[test]
    fn options_are_checked() -> Outcome {
        let url = "postgres://anna@localhost/d?max_connections=3&acquire_timeout=0.5&statement_cache_size=7&pooler=transaction";
        let options = ServerOptions::parse(url, &POSTGRES)?;
        assert_eq!((options.max_connections, options.statement_cache_size), (3, 7));
        assert_eq!(options.acquire_timeout, Duration::from_millis(500));
        assert!(options.pooler);
        for (option, complaint) in [
            ("max_connections=0", "`max_connections` must be a whole number above 0"),
            ("max_connections=geheim", "`max_connections` must be"),
            ("acquire_timeout=-1", "`acquire_timeout` must be a number of seconds"),
            ("sslmode=none", "`sslmode` must be one of"),
            ("pooler=session", "`pooler` must be `transaction`"),
            ("socket=/x", "`socket` has no meaning"),
            ("geheim=1", "unknown option"),
            ("options=-cgeheim%3D1", "`options` takes `-c search_path=…` alone"),
            ("options=-csearch_path%3Da%20-c%20geheim%3D1", "`options` takes `-c search_path=…` alone"),
            ("search_path=a&pooler=transaction", "no meaning beside `pooler=transaction`"),
        ] {
            let message = refused(&format!("postgres://anna:geheim@db.example/shop?{option}"), &POSTGRES);
            assert!(message.contains(complaint), "{option}: {message}");
            assert!(!message.contains("geheim"), "{option}: {message}");
        }
        Ok(())
    }

    #[test]
    fn a_sort_buffer_has_a_least_size() -> Outcome {
        let options = ServerOptions::parse("mysql://anna@localhost/d?sort_buffer_size=163840", &MYSQL)?;
        assert_eq!(options.sort_buffer_size, Some(163_840));
        for size in ["0", "163839", "-1", "8M", ""] {
            let message = refused(&format!("mysql://anna@localhost/d?sort_buffer_size={size}"), &MYSQL);
            assert!(message.contains("`sort_buffer_size` must be a whole number above 163839"), "{message}");
        }
        let message = refused("postgres://anna@localhost/d?sort_buffer_size=163840", &POSTGRES);
        assert!(message.contains("`sort_buffer_size` has no meaning"), "{message}");
        Ok(())
    }

    #[test]
    fn the_search_path_has_two_spellings() -> Outcome {
        for option in
            ["search_path=shop,public", "options=-csearch_path%3Dshop%2Cpublic", "options=-c+search_path%3Dshop,public"]
        {
            let options = ServerOptions::parse(&format!("postgres://anna@localhost/d?{option}"), &POSTGRES)?;
            assert_eq!(options.search_path.as_deref(), Some("shop,public"), "{option}");
        }
        Ok(())
    }

    #[test]
    fn a_badly_encoded_password_is_not_shown() {
        for url in ["postgres://anna:12?geheim@host/d", "postgres://anna:ge/heim@host/d", "mysql://a:%FFgeheim@h/d"] {
            let message = refused(url, &POSTGRES);
            assert!(!message.contains("heim") && !message.contains("accepted"), "{message}");
        }
    }
}
