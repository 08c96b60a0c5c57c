//! MySQL and MariaDB: their sessions and words for transactions.
//!
//! Each session is set up the same: UTC, utf8mb4, strict, READ COMMITTED, and rows counted when they match, whether
//! they change or not. There is no server-side cursor through this client: a stream by cursor takes its rows straight
//! from the wire, in batches of the size asked for.

mod bind;
mod cell;
mod error;
mod names;
mod texts;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt, stream};
use sqlx::mysql::{MySqlArguments, MySqlConnectOptions, MySqlConnection, MySqlQueryResult, MySqlRow, MySqlSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor, MySql, Row, SqlStr};

use self::cell::Form;
use super::grammar::{MYSQL, refused};
use super::parts::Lexis;
use super::server::fault::Fault;
use super::server::marker::Marker;
use super::server::options::{ServerOptions, Tls};
use super::server::pool::Pool;
use super::server::pooled::Pooled;
use super::server::protocol::{Answer, Opened, Protocol};
use super::throwaway::{Place, Words};
use super::words::reads_catalog;
use super::{Driver, Server, TransactionOptions};
use crate::error::{ConnectionFault, Error, Result};
use crate::statement::{Done, Statement};
use crate::value::Cell;

/// Connects to a server and checks that it answers.
pub(super) async fn connect(url: &str) -> Result<Arc<dyn Driver>> {
    let options = ServerOptions::parse(url, &MYSQL)?;
    let pool =
        Pool::new(MysqlProtocol { options, product: OnceLock::new(), largest_packet: AtomicUsize::new(usize::MAX) })?;
    drop(pool.acquire().await?);
    let product = pool
        .protocol()
        .product
        .get()
        .ok_or_else(|| Error::connection(ConnectionFault::Protocol, "the server told no version"))?;
    let server = product.server(pool.protocol().options());
    Ok(Arc::new(Pooled::new(pool, server)))
}

/// A database for a while.
pub(super) fn throwaway(url: &str, name: &str) -> Result<Place> {
    let words = Words {
        create: format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"),
        sessions: format!(
            "SELECT CONCAT('KILL CONNECTION ', id) FROM information_schema.processlist WHERE db = '{name}' \
             AND COALESCE(info, '') NOT LIKE '%information_schema%'"
        ),
        remove: format!("DROP DATABASE IF EXISTS {name}"),
    };
    Place::beside(url, name, words)
}

/// A session of a server. Its number alone says nothing: the server that was started again, or the one that took its place,
/// gives the same to others.
#[derive(Debug)]
pub(super) struct Session {
    number: String,
    server: String,
    since: Instant,
}

/// Tells servers apart that answer at the same address, one after the other.
const SERVER: &str = "CONCAT_WS(':', @@hostname, @@port)";

/// Which of the two a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Product {
    is_mariadb: bool,
    version: (u32, u32, u32),
}

impl Product {
    /// Reads `10.11.6-MariaDB-0+deb12u1`, `5.5.5-10.11.6-MariaDB` or `8.0.36`.
    fn of(text: &str) -> Self {
        let is_mariadb = text.contains("MariaDB");
        // Old clients expected a version 5, so MariaDB wrote one in front of its own.
        let own = text.strip_prefix("5.5.5-").filter(|_| is_mariadb).unwrap_or(text);
        let mut numbers = own.split(|c: char| !c.is_ascii_digit()).map(|number| number.parse().unwrap_or_default());
        let mut number = || numbers.next().unwrap_or_default();
        Self { is_mariadb, version: (number(), number(), number()) }
    }

    fn server(&self, options: &ServerOptions) -> Server {
        let product = if self.is_mariadb { "MariaDB" } else { "MySQL" };
        Server { product, version: self.version, location: options.location() }
    }

    /// Refuses an option that the server has no setting for.
    fn check_options(&self, options: &ServerOptions) -> Result<()> {
        if self.is_mariadb || options.idle_transaction_timeout.is_none() {
            return Ok(());
        }
        Err(refused("idle_transaction_timeout", "has no setting in MySQL, only in MariaDB: leave it out of the URL"))
    }

    /// What makes a session the same everywhere.
    fn session(&self, options: &ServerOptions) -> String {
        let mut mode = "STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,\
                        NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO"
            .to_owned();
        if self.is_mariadb {
            // `SET a = b, b = a` swaps, as everywhere else.
            mode.push_str(",SIMULTANEOUS_ASSIGNMENT");
        }
        let statement = match options.statement_timeout {
            Some(limit) if self.is_mariadb => format!(", max_statement_time = {}", limit.as_secs_f64()),
            Some(limit) => format!(", max_execution_time = {}", limit.as_millis()),
            None => String::new(),
        };
        let (sorted, buffer) = match options.sort_buffer_size {
            Some(size) => (SORTED.min(size / SORT_BUFFER_PER_BYTE), size.to_string()),
            None => (SORTED, format!("GREATEST(@@sort_buffer_size, {})", SORTED * SORT_BUFFER_PER_BYTE)),
        };
        let lock = whole_seconds(options.lock_timeout);
        let idle = match whole_seconds(options.idle_transaction_timeout()) {
            seconds if self.is_mariadb => format!(", idle_transaction_timeout = {seconds}"),
            _ => String::new(),
        };
        let mariadb = if self.is_mariadb { ", check_constraint_checks = 1, default_regex_flags = ''" } else { "" };
        // Each of these changes what a statement does where a server has another default: what is written would not be
        // committed or not be checked, what is read would be cut off or found by other patterns, and errors would lack names.
        format!(
            "SET NAMES utf8mb4; SET SESSION autocommit = 1, completion_type = 'NO_CHAIN', sql_auto_is_null = 0, \
             sql_select_limit = 18446744073709551615, foreign_key_checks = 1, unique_checks = 1, sql_safe_updates = 0, sql_big_selects = 1, \
             div_precision_increment = 4, sql_quote_show_create = 1, lc_messages = 'en_US'{mariadb}; \
             SET SESSION sql_mode = '{mode}', time_zone = '+00:00', \
             max_sort_length = {sorted}, sort_buffer_size = {buffer}, \
             innodb_lock_wait_timeout = {lock}, lock_wait_timeout = {lock}{idle}{statement}; \
             SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
             SELECT CAST(CONNECTION_ID() AS CHAR), {SERVER}, CAST(@@max_allowed_packet AS CHAR)"
        )
    }
}

/// How many bytes of a text are looked at by ORDER BY. The server's default, 1024, puts texts that are equal up to there in any
/// order. A code point is weighed with up to four bytes, so this is at least the first 128 KiB of a text. Only columns without a
/// `max_length` have such long keys. Fewer where `sort_buffer_size` says that a sort has less memory.
/// (<https://mariadb.com/kb/en/server-system-variables/#max_sort_length>)
const SORTED: usize = 4 * (128 << 10);

/// The memory for one sort, for each byte of a key: the server refuses to sort where 15 rows with whole keys do not fit, so this is
/// enough for ten such keys. It takes what it fills, not all of it.
const SORT_BUFFER_PER_BYTE: usize = 10 * 16;

/// A text of more bytes is not kept only to save the time of its close.
const LONG: usize = 16 << 10;

/// Rounded up, because 0 means not to wait at all, or for ever.
fn whole_seconds(limit: Duration) -> u64 {
    limit.as_secs() + u64::from(limit.subsec_nanos() > 0)
}

/// The wire of MySQL and MariaDB.
#[derive(Debug)]
pub(super) struct MysqlProtocol {
    options: ServerOptions,
    /// Known since the first connection.
    product: OnceLock<Product>,
    /// How many bytes the server takes at once, as it told the last connection.
    largest_packet: AtomicUsize,
}

impl MysqlProtocol {
    /// The client's own options. They show their password in `Debug`, so they are made where they are used.
    fn connect_options(&self) -> MySqlConnectOptions {
        let ours = &self.options;
        let mut options = MySqlConnectOptions::new()
            .host(&ours.host)
            .port(ours.port)
            .ssl_mode(ssl_mode(ours.tls))
            // One more, so that it closes none by itself: see `send`.
            .statement_cache_capacity(ours.statement_cache_size.saturating_add(1))
            // The session is set up here, not by the client.
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .timezone(None)
            .set_names(false)
            .disable_statement_logging();
        if let Some(socket) = &ours.socket {
            options = options.socket(socket);
        }
        if let Some(user) = &ours.user {
            options = options.username(user);
        }
        if let Some(password) = &ours.password {
            options = options.password(password.reveal());
        }
        if let Some(database) = &ours.database {
            options = options.database(database);
        }
        if let Some(file) = &ours.root_certificate {
            options = options.ssl_ca(file);
        }
        if let Some(file) = &ours.client_certificate {
            options = options.ssl_client_cert(file);
        }
        if let Some(file) = &ours.client_key {
            options = options.ssl_client_key(file);
        }
        options
    }

    /// Which product answers, and that it is not too old: asked for once.
    async fn product(&self, connection: &mut MySqlConnection) -> Result<Product> {
        if let Some(product) = self.product.get() {
            return Ok(*product);
        }
        let asked =
            connection.fetch_one(sqlx::raw_sql("SELECT VERSION()")).await.and_then(|row| row.try_get::<String, _>(0));
        let product = Product::of(&asked.map_err(|error| error::connecting(&self.options, error))?);
        product.server(&self.options).check_version()?;
        product.check_options(&self.options)?;
        Ok(*self.product.get_or_init(|| product))
    }

    /// Makes the session what it must be.
    async fn set_up(&self, product: Product, connection: &mut MySqlConnection) -> sqlx::Result<Session> {
        let session = product.session(&self.options);
        let since = Instant::now();
        let row = connection.fetch_one(sqlx::raw_sql(AssertSqlSafe(session))).await?;
        let largest = row.try_get_unchecked::<String, _>(2)?.parse().unwrap_or(usize::MAX);
        self.largest_packet.store(largest, Ordering::Relaxed);
        Ok(Session { number: row.try_get_unchecked(0)?, server: row.try_get_unchecked(1)?, since })
    }

    async fn kill(&self, session: &Session) -> sqlx::Result<()> {
        let mut connection = self.connect_options().connect().await?;
        let server = connection.fetch_one(sqlx::raw_sql(AssertSqlSafe(format!("SELECT {SERVER}")))).await?;
        let uptime = connection.fetch_one(sqlx::raw_sql("SHOW GLOBAL STATUS LIKE 'Uptime'")).await?;
        let uptime = uptime.try_get_unchecked::<String, _>(1)?.parse().map_or(Duration::ZERO, Duration::from_secs);
        // A session that is older than the server ended with the one before. The uptime may be a second too long.
        if server.try_get_unchecked::<String, _>(0)? == session.server
            && session.since.elapsed() + Duration::from_secs(1) < uptime
        {
            let kill = format!("KILL CONNECTION {}", session.number);
            connection.execute(sqlx::raw_sql(AssertSqlSafe(kill))).await?;
        }
        connection.close().await
    }
}

fn ssl_mode(tls: Tls) -> MySqlSslMode {
    match tls {
        Tls::Disable => MySqlSslMode::Disabled,
        Tls::Prefer => MySqlSslMode::Preferred,
        Tls::Require => MySqlSslMode::Required,
        Tls::VerifyCa => MySqlSslMode::VerifyCa,
        Tls::VerifyFull => MySqlSslMode::VerifyIdentity,
    }
}

impl Protocol for MysqlProtocol {
    type Database = MySql;
    type Form = Form;
    type Session = Session;

    const COMMIT: &'static str = "COMMIT";

    fn options(&self) -> &ServerOptions {
        &self.options
    }

    async fn open(&self) -> Result<Opened<Self>> {
        let refused = |error| error::connecting(&self.options, error);
        let mut connection = self.connect_options().connect().await.map_err(refused)?;
        let product = self.product(&mut connection).await?;
        let session = self.set_up(product, &mut connection).await.map_err(refused)?;
        Ok(Opened { connection, session })
    }

    /// The server does not notice by itself that the client of a running query is gone. A query of `information_schema` is
    /// left to end by itself: MariaDB (10.11) has crashed while it dropped the temporary table of one that was killed.
    fn abandon(self: &Arc<Self>, session: Session, sent: Option<&str>) {
        if sent.is_some_and(reads_catalog) {
            return;
        }
        // Without a runtime there is no way to tell it, and no task that waits for its locks either.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let protocol = Arc::clone(self);
        runtime.spawn(async move {
            let killing = protocol.kill(&session);
            // It may be gone already, which is as well.
            let _ = tokio::time::timeout(protocol.options.connect_timeout, killing).await;
        });
    }

    fn begin(&self, read_only: bool) -> Cow<'static, str> {
        if read_only { "START TRANSACTION READ ONLY".into() } else { "START TRANSACTION".into() }
    }

    // The savepoint is gone as soon as the transaction is, which COMMIT alone would not tell.
    fn begin_held(&self, options: TransactionOptions) -> Cow<'static, str> {
        let isolation =
            options.isolation.map(|isolation| format!("SET TRANSACTION ISOLATION LEVEL {}; ", isolation.words()));
        format!("{}{}; SAVEPOINT dormouse", isolation.unwrap_or_default(), self.begin(options.read_only)).into()
    }

    const COMMIT_HELD: &'static str = "RELEASE SAVEPOINT dormouse; COMMIT";

    const CHECK: Option<&'static str> = None;

    const MARKER: Option<Marker> = Some(Marker {
        set: "SAVEPOINT dormouse_marker",
        release: "RELEASE SAVEPOINT dormouse_marker",
        missing: "1305",
    });

    const LEXIS: Lexis = Lexis::Mysql;

    // https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
    // https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/
    const COMMITTING: &'static [&'static str] = &[
        "alter",
        "create",
        "drop",
        "rename",
        "truncate",
        "grant",
        "revoke",
        "analyze",
        "optimize",
        "repair",
        "check",
        "install",
        "uninstall",
        "cache",
        "load index",
        "set password",
        "set default role",
        "backup",
        "flush",
        "reset",
        "lock",
        "unlock",
        "change",
        "stop",
        "import",
        "xa",
    ];

    fn bind(&self, statement: &Statement) -> Result<MySqlArguments> {
        bind::arguments(statement, self.largest_packet.load(Ordering::Relaxed))
    }

    fn send<'c>(
        &self,
        connection: &'c mut MySqlConnection,
        statement: &Statement,
        arguments: MySqlArguments,
    ) -> Answer<'c, Self> {
        let query = sqlx::query_with(AssertSqlSafe(Arc::clone(&statement.sql)), arguments);
        // To close one statement for each new one would delay each: there is no answer to a close, and this version of the
        // client leaves it to the network to send on after some 40 ms (https://github.com/transact-rs/sqlx/issues/4335). So
        // a statement that is not worth keeping is kept as well, unless it is long, and closed with the others.
        let persistent = statement.persistent || statement.sql.len() <= LONG;
        let query = query.persistent(persistent);
        if !persistent || connection.cached_statements_size() <= self.options.statement_cache_size {
            return connection.fetch_many(query);
        }
        let emptied = async move {
            connection.clear_cached_statements().await?;
            Ok::<_, sqlx::Error>(connection.fetch_many(query))
        };
        stream::once(emptied).try_flatten().boxed()
    }

    fn send_text<'c>(connection: &'c mut MySqlConnection, sql: SqlStr) -> Answer<'c, Self> {
        connection.fetch_many(sqlx::raw_sql(sql))
    }

    fn forms(row: &MySqlRow) -> Vec<Form> {
        row.columns().iter().map(Form::of).collect()
    }

    fn cell(row: &MySqlRow, index: usize, form: Form) -> Result<Cell<'_>> {
        cell::read(row, index, form)
    }

    fn done(tally: MySqlQueryResult) -> Done {
        // Zero is the wire's way to say that no key was made.
        let key = i64::try_from(tally.last_insert_id()).ok().filter(|key| *key != 0);
        Done { rows_affected: tally.rows_affected(), last_insert_id: key }
    }

    fn fault(&self, error: sqlx::Error, nowait: bool) -> Fault {
        // Only MySQL writes the table in front of a key's name.
        let qualified = self.product.get().is_some_and(|product| !product.is_mariadb);
        // MariaDB has one number for both.
        let lock = if nowait { 0 } else { whole_seconds(self.options.lock_timeout) };
        error::fault(&self.options, Duration::from_secs(lock), qualified, error)
    }

    fn cursor(_: &str, _: &str) -> Option<String> {
        None
    }
}

#[cfg(test)]
mod product_tests {
    use super::*;

    #[test]
    fn products_by_version_text() {
        let product = |text| {
            let product = Product::of(text);
            (if product.is_mariadb { "MariaDB" } else { "MySQL" }, product.version)
        };
        assert_eq!(product("10.11.6-MariaDB-0+deb12u1"), ("MariaDB", (10, 11, 6)));
        assert_eq!(product("5.5.5-10.6.1-MariaDB"), ("MariaDB", (10, 6, 1)));
        assert_eq!(product("8.0.36-0ubuntu0.22.04.1"), ("MySQL", (8, 0, 36)));
        assert_eq!(product("5.7.44-log"), ("MySQL", (5, 7, 44)));
        assert_eq!(product("8.4.0"), ("MySQL", (8, 4, 0)));
        assert_eq!(product("9.1.0"), ("MySQL", (9, 1, 0)));
        assert_eq!(product("10.6.12-MariaDB"), ("MariaDB", (10, 6, 12)));
        assert_eq!(product("11.4.2-MariaDB-ubu2404"), ("MariaDB", (11, 4, 2)));
    }

    #[test]
    fn an_option_without_a_setting_is_refused() {
        let check = |version, query: &str| {
            let options =
                ServerOptions::parse(&format!("mysql://me@localhost/books{query}"), &crate::driver::grammar::MYSQL);
            Product::of(version).check_options(&options.expect("options"))
        };
        check("8.4.0", "").expect("the time of MariaDB is a default, and MySQL goes without");
        check("10.11.6-MariaDB", "?idle_transaction_timeout=1m").expect("a setting of MariaDB");
        let refused = check("8.4.0", "?idle_transaction_timeout=1m").expect_err("no setting of MySQL");
        assert_eq!(
            refused.to_string(),
            "configuration: option `idle_transaction_timeout` has no setting in MySQL, only in MariaDB: leave it out of the URL"
        );
    }
}
