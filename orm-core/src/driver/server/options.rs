//! How to reach a server: what its URL says.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::driver::grammar::{CACHE_SIZES, Options, duration, number, refused, unread, wrong_url};
use crate::error::Result;

/// How to reach a server, and how to use it.
#[derive(Debug, Clone)]
pub(in crate::driver) struct ServerOptions {
    pub(in crate::driver) host: String,
    pub(in crate::driver) port: u16,
    pub(in crate::driver) socket: Option<PathBuf>,
    pub(in crate::driver) user: Option<String>,
    pub(in crate::driver) password: Option<Secret>,
    pub(in crate::driver) database: Option<String>,
    pub(in crate::driver) tls: Tls,
    pub(in crate::driver) root_certificate: Option<PathBuf>,
    pub(in crate::driver) client_certificate: Option<PathBuf>,
    pub(in crate::driver) client_key: Option<PathBuf>,
    pub(in crate::driver) application_name: String,
    pub(in crate::driver) max_connections: usize,
    pub(in crate::driver) acquire_timeout: Duration,
    pub(in crate::driver) connect_timeout: Duration,
    pub(in crate::driver) statement_timeout: Option<Duration>,
    pub(in crate::driver) lock_timeout: Duration,
    /// Only if the URL says it; see [`Self::idle_transaction_timeout`].
    pub(in crate::driver) idle_transaction_timeout: Option<Duration>,
    pub(in crate::driver) statement_cache_size: usize,
    pub(in crate::driver) sort_buffer_size: Option<usize>,
    pub(in crate::driver) pooler: bool,
    pub(in crate::driver) search_path: Option<String>,
}

/// How long a transaction may wait for its next statement, if the URL says nothing.
const IDLE_TRANSACTION: Duration = Duration::from_secs(300);

/// A text that `Debug` does not show.
#[derive(Clone)]
pub(in crate::driver) struct Secret(String);

impl Secret {
    /// The text itself, for the wire only.
    pub(in crate::driver) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The most `max_connections`: more than any server takes.
const MOST_CONNECTIONS: usize = 100_000;

/// The least `sort_buffer_size`: ten keys of 1024 bytes, which is the `max_sort_length` of a server as it comes.
const LEAST_SORT_BUFFER: usize = 160 << 10;

/// How much TLS a connection must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::driver) enum Tls {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl ServerOptions {
    /// Reads a URL. Errors quote no part of it but the names of known options.
    pub(in crate::driver) fn parse(url: &str, grammar: &Options) -> Result<Self> {
        check_special_characters(url)?;
        let url = Url::parse(url)
            .map_err(|error| wrong_url(format!("{error} in the database URL; percent-encode special characters")))?;
        let mut options = Self::new(&url, grammar.port)?;
        let mut tls = None;
        grammar.read(url.query_pairs(), |name, value| {
            match name {
                "sslmode" => tls = Some(tls_mode(value)?),
                name => options.set(name, value)?,
            }
            Ok(())
        })?;
        options.user = options.user.or_else(|| grammar.user.and_then(|variable| std::env::var(variable).ok()));
        if options.user.is_none() {
            let scheme = url.scheme();
            return Err(wrong_url(format!(
                "the URL names no user; write `{scheme}://user@host/database` or add `?user=name`"
            )));
        }
        if options.pooler && options.search_path.is_some() {
            return Err(wrong_url(
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
            idle_transaction_timeout: None,
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

    /// How long a transaction may wait for its next statement.
    pub(in crate::driver) fn idle_transaction_timeout(&self) -> Duration {
        self.idle_transaction_timeout.unwrap_or(IDLE_TRANSACTION)
    }

    fn set(&mut self, name: &'static str, value: &str) -> Result<()> {
        match name {
            "max_connections" => self.max_connections = number(name, value, 1..=MOST_CONNECTIONS)?,
            "statement_cache_size" => self.statement_cache_size = number(name, value, CACHE_SIZES)?,
            "sort_buffer_size" => {
                self.sort_buffer_size = Some(number(name, value, LEAST_SORT_BUFFER..=u32::MAX as usize)?)
            }
            "acquire_timeout" => self.acquire_timeout = limit(name, value)?,
            "connect_timeout" => self.connect_timeout = limit(name, value)?,
            "statement_timeout" => self.statement_timeout = Some(limit(name, value)?),
            "lock_timeout" => self.lock_timeout = limit(name, value)?,
            "idle_transaction_timeout" => self.idle_transaction_timeout = Some(limit(name, value)?),
            "application_name" => self.application_name = value.to_owned(),
            "sslrootcert" => self.root_certificate = Some(absolute(value)),
            "sslcert" => self.client_certificate = Some(absolute(value)),
            "sslkey" => self.client_key = Some(absolute(value)),
            "user" => self.user = Some(value.to_owned()),
            "socket" => self.socket = Some(absolute(value)),
            "host" if value.starts_with('/') => self.socket = Some(value.into()),
            "host" => self.host = value.to_owned(),
            "search_path" | "options" if self.search_path.is_some() => {
                return Err(refused(
                    name,
                    "says again what `options` or `search_path` has said: leave one of them out",
                ));
            }
            "search_path" => self.search_path = Some(value.to_owned()),
            "options" => self.search_path = Some(search_path(value)?),
            "pooler" if value == "transaction" => self.pooler = true,
            "pooler" => return Err(refused(name, "is `transaction`")),
            _ => return Err(unread(name)),
        }
        Ok(())
    }

    /// Whether the server is on this machine, where none can listen in between.
    fn is_local(&self) -> bool {
        let loopback = || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        self.socket.is_some() || self.host.eq_ignore_ascii_case("localhost") || loopback()
    }

    /// Where the server is, without secrets: `host:port/database`.
    pub(in crate::driver) fn location(&self) -> String {
        let database = self.database.as_deref().unwrap_or_default();
        match &self.socket {
            Some(socket) => format!("{}/{database}", socket.display()),
            None => format!("{}:{}/{database}", self.host, self.port),
        }
    }
}

/// Refuses a URL in which what a parser takes for the host may be a part of a password: an error that names the host would tell it.
fn check_special_characters(url: &str) -> Result<()> {
    let (_, rest) = url.split_once("://").unwrap_or_default();
    let behind = rest.split_once(['/', '?', '#']).map_or("", |(_, behind)| behind);
    if behind.contains('@') || rest.contains('#') {
        return Err(wrong_url(
            "in a database URL `#`, and `@` behind the host, stand for nothing; percent-encode special characters of the user, the \
             password, the database and the options: `@` is `%40`, `/` is `%2F`, `?` is `%3F`, `#` is `%23`",
        ));
    }
    Ok(())
}

fn decoded(text: &str) -> Result<String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| wrong_url("the database URL is not UTF-8 when percent-decoded"))
}

/// A file as it is found now: later connections open it too, from whatever folder.
fn absolute(file: &str) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.into())
}

/// A limit: 0 would mean none to some servers.
fn limit(name: &str, value: &str) -> Result<Duration> {
    duration(name, value, Duration::from_millis(1))
}

/// The one setting that `options` may hold, as libpq writes it: `-c search_path=a,b`, with or without the blank.
fn search_path(options: &str) -> Result<String> {
    let setting = options.trim().strip_prefix("-c").map(str::trim_start);
    let path = setting.and_then(|setting| setting.strip_prefix("search_path="));
    path.filter(|path| !path.contains(" -")).map(str::to_owned).ok_or_else(|| {
        let takes = "takes `-c search_path=…` alone; other settings are given to the role or have options of their own";
        refused("options", takes)
    })
}

fn tls_mode(value: &str) -> Result<Tls> {
    match value.to_ascii_lowercase().replace('_', "-").as_str() {
        "disable" | "disabled" => Ok(Tls::Disable),
        "prefer" | "preferred" => Ok(Tls::Prefer),
        "require" | "required" => Ok(Tls::Require),
        "verify-ca" => Ok(Tls::VerifyCa),
        "verify-full" | "verify-identity" => Ok(Tls::VerifyFull),
        _ => Err(refused("sslmode", "is one of disable, prefer, require, verify-ca, verify-full")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::grammar::{MYSQL, POSTGRES};

    type Outcome = std::result::Result<(), Box<dyn std::error::Error>>;

    fn refused(url: &str, grammar: &Options) -> String {
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
    fn a_password_that_is_not_encoded_is_in_no_error() {
        for url in [
            "postgres://ann:p@geheim/geheim@127.0.0.1:1/shop",
            "postgres://ann:1234/geheim@127.0.0.1:1/shop?user=ann",
            "postgres://ann:1234?user=geheim@127.0.0.1:1/shop",
            "postgres://ann:1234#geheim@127.0.0.1:1/shop?user=ann",
            "postgres://ann@geheim:1234#geheim/shop?user=ann",
            "postgres://ann:p@geheim?geheim@127.0.0.1:1/shop",
            "postgres://ann:p@geheim?user=x#geheim@127.0.0.1:1/shop",
        ] {
            for (url, grammar) in [(url.to_owned(), &POSTGRES), (url.replacen("postgres", "mysql", 1), &MYSQL)] {
                let message = refused(&url, grammar);
                assert!(message.contains("percent-encode") && !message.contains("geheim"), "{url}: {message}");
            }
        }
    }

    #[test]
    fn files_are_those_of_the_folder_in_which_the_url_was_read() -> Outcome {
        let url = "postgres://anna@localhost/d?sslrootcert=ca.pem&sslcert=own/me.pem&sslkey=/keys/me.pem";
        let options = ServerOptions::parse(url, &POSTGRES)?;
        let here = std::env::current_dir()?;
        assert_eq!(options.root_certificate, Some(here.join("ca.pem")));
        assert_eq!(options.client_certificate, Some(here.join("own/me.pem")));
        assert_eq!(options.client_key, Some("/keys/me.pem".into()));
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
        let url = "postgres://anna@localhost/d?max_connections=3&acquire_timeout=500ms&statement_cache_size=7&pooler=transaction";
        let options = ServerOptions::parse(url, &POSTGRES)?;
        assert_eq!((options.max_connections, options.statement_cache_size), (3, 7));
        assert_eq!(options.acquire_timeout, Duration::from_millis(500));
        assert!(options.pooler);
        for (option, complaint) in [
            ("max_connections=0", "`max_connections` is a whole number from 1 to"),
            ("max_connections=geheim", "`max_connections` is a whole"),
            ("acquire_timeout=30", "`acquire_timeout` is a time above 0 of at most 12 days with its unit"),
            ("sslmode=none", "`sslmode` is one of"),
            ("pooler=session", "`pooler` is `transaction`"),
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
            assert!(message.contains("`sort_buffer_size` is a whole number from 163840"), "{message}");
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
    fn the_search_path_is_said_once() {
        for options in ["search_path=x&options=-csearch_path=y", "options=-csearch_path=y&search_path=x"] {
            let said = refused(&format!("postgres://a@h/d?{options}"), &POSTGRES);
            assert!(said.contains("has said: leave one of them out"), "{said}");
        }
    }

    #[test]
    fn a_badly_encoded_password_is_not_shown() {
        for url in ["postgres://anna:12?geheim@host/d", "postgres://anna:ge/heim@host/d", "mysql://a:%FFgeheim@h/d"] {
            let message = refused(url, &POSTGRES);
            assert!(!message.contains("heim") && !message.contains("accepted"), "{message}");
        }
    }
}
