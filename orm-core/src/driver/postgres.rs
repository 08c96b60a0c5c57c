//! PostgreSQL: its session, its words for transactions and cursors.
//!
//! Values travel in the binary format both ways; a column is decoded by the type that the server announced, found
//! once per statement.

mod bind;
mod cell;
mod error;
mod names;
mod texts;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::iter;
use std::sync::Arc;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgQueryResult, PgRow, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor, Postgres, Row, SqlStr};

use self::cell::Form;
use super::grammar::POSTGRES;
use super::parts::Lexis;
use super::server::fault::Fault;
use super::server::marker::Marker;
use super::server::options::{ServerOptions, Tls};
use super::server::pool::Pool;
use super::server::pooled::Pooled;
use super::server::protocol::{Answer, Opened, Protocol};
use super::throwaway::{Place, Words};
use super::words::split_last_comment;
use super::{Driver, Isolation, Server, TransactionOptions};
use crate::error::{ConnectionFault, Error, Result};
use crate::statement::{Done, Statement};
use crate::value::{Cell, Kind, Value};

/// Connects to a server and checks that it answers.
pub(super) async fn connect(url: &str) -> Result<Arc<dyn Driver>> {
    let options = ServerOptions::parse(url, &POSTGRES)?;
    let pool = Pool::new(PostgresProtocol::new(options))?;
    let number = pool.acquire().await?.look(PgConnection::server_version_num)?;
    let server = server(pool.protocol().options(), number)?;
    Ok(Arc::new(Pooled::new(pool, server)))
}

/// The text under which a statement is kept prepared: a comment behind it has the types of its parameters, a letter each.
///
/// The client keeps prepared statements by their text alone, with the types of the first use. The same text with values of
/// other types would have their bits read as the types before, and store other numbers without an error. A text without a
/// type, which the server finds once, is a dash.
fn text_with_types(statement: &Statement) -> Arc<str> {
    let is_text = |value: &Value| !matches!(value, Value::List(..)) && value.kind() == Kind::Text;
    // Without a comment, all are texts of the type TEXT.
    if !statement.untyped_texts && statement.binds.iter().all(is_text) {
        return Arc::clone(&statement.sql);
    }
    // A tag stays last, where those who read it look for it.
    let (text, tag) = split_last_comment(&statement.sql);
    let mut sql = String::with_capacity(statement.sql.len() + statement.binds.len() + 7);
    sql.push_str(text.trim_end());
    sql.push_str(" /* ");
    sql.extend(statement.binds.iter().map(|value| match value {
        Value::List(kind, _) => char::from(b'A' + *kind as u8),
        value if statement.untyped_texts && is_text(value) => '-',
        value => char::from(b'a' + value.kind() as u8),
    }));
    sql.push_str(" */");
    if !tag.is_empty() {
        sql.push(' ');
        sql.push_str(tag);
    }
    sql.into()
}

/// Which server it is, by the number of its version.
fn server(options: &ServerOptions, number: Option<u32>) -> Result<Server> {
    let number = number.ok_or_else(|| Error::connection(ConnectionFault::Protocol, "the server told no version"))?;
    Ok(Server { product: "PostgreSQL", version: version_parts(number), location: options.location() })
}

/// `150004` is 15.4, `90603` was 9.6.3.
fn version_parts(number: u32) -> (u32, u32, u32) {
    match number {
        100_000.. => (number / 10_000, number % 10_000, 0),
        _ => (number / 10_000, number / 100 % 100, number % 100),
    }
}

/// A database for a while.
pub(super) fn throwaway(url: &str, name: &str) -> Result<Place> {
    let words = Words {
        create: format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"),
        sessions: format!(
            "SELECT 'SELECT pg_terminate_backend(' || pid || ')' FROM pg_stat_activity WHERE datname = '{name}'"
        ),
        remove: format!("DROP DATABASE IF EXISTS {name}"),
    };
    Place::beside(url, name, words)
}

/// The wire of PostgreSQL.
#[derive(Debug)]
pub(super) struct PostgresProtocol {
    options: ServerOptions,
}

impl PostgresProtocol {
    fn new(options: ServerOptions) -> Self {
        Self { options }
    }

    /// The client's own options. They show their password in `Debug`, so they are made where they are used.
    fn connect_options(&self) -> PgConnectOptions {
        let ours = &self.options;
        let mut options = PgConnectOptions::new_without_pgpass()
            .host(&ours.host)
            .port(ours.port)
            .ssl_mode(ssl_mode(ours.tls))
            .application_name(&ours.application_name)
            .statement_cache_capacity(ours.statement_cache_size)
            // Floats travel in binary, where this has no meaning, and poolers refuse to pass it on.
            .extra_float_digits(None)
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
            options = options.ssl_root_cert(file);
        }
        if let Some(file) = &ours.client_certificate {
            options = options.ssl_client_cert(file);
        }
        if let Some(file) = &ours.client_key {
            options = options.ssl_client_key(file);
        }
        if ours.pooler {
            return options;
        }
        let path = ours.search_path.as_ref().map(|path| ("search_path", path));
        options.options(self.limits()).options(path)
    }

    /// What bounds each statement, in milliseconds.
    fn limits(&self) -> impl Iterator<Item = (&'static str, u128)> {
        let lock = ("lock_timeout", self.options.lock_timeout.as_millis());
        let statement = self.options.statement_timeout.map(|limit| ("statement_timeout", limit.as_millis()));
        iter::once(lock).chain(statement)
    }

    /// The same for one transaction: a pooler gives each another session.
    fn local_limits(&self) -> String {
        let limits = self.limits().filter(|_| self.options.pooler);
        limits.map(|(name, limit)| format!("; SET LOCAL {name} = {limit}")).collect()
    }

    /// Makes a session the same everywhere, whatever the database or role has as a default. (A pooler gives each transaction
    /// another session.)
    async fn set_up(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        if !self.options.pooler {
            let settings = "SET default_transaction_isolation = 'read committed'; SET standard_conforming_strings = on; \
                            SET transform_null_equals = off; SET quote_all_identifiers = off";
            connection.execute(sqlx::raw_sql(settings)).await?;
        }
        self.watch_the_client(connection).await
    }

    /// Refuses a session that checks no foreign keys and fires no triggers, as those do that take over what another server has written,
    /// unless it can be set back: a superuser can, though not behind a pooler.
    async fn check_keys(&self, connection: &mut PgConnection) -> Result<()> {
        let asked = "SELECT current_setting('session_replication_role')";
        let refused = |error| error::connecting(&self.options, error);
        let role = connection.fetch_one(sqlx::raw_sql(asked)).await.and_then(|row| row.try_get::<String, _>(0));
        if role.map_err(refused)? != "replica" {
            return Ok(());
        }
        let reset = "SET session_replication_role = origin";
        if !self.options.pooler && connection.execute(sqlx::raw_sql(reset)).await.is_ok() {
            return Ok(());
        }
        let location = self.options.location();
        Err(Error::configuration(format!(
            "at {location} `session_replication_role` is `replica`, so that no foreign key is checked, and it cannot be set back \
             here; take it from the database, the role or the server: `ALTER DATABASE … RESET session_replication_role`, \
             `ALTER ROLE … RESET session_replication_role`"
        )))
    }

    /// Makes the server notice within a second that the client of a running query is gone.
    async fn watch_the_client(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        if self.options.pooler {
            return Ok(());
        }
        // Refused where the operating system cannot tell.
        match connection.execute(sqlx::raw_sql("SET client_connection_check_interval = 1000")).await {
            Ok(_) | Err(sqlx::Error::Database(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn ssl_mode(tls: Tls) -> PgSslMode {
    match tls {
        Tls::Disable => PgSslMode::Disable,
        Tls::Prefer => PgSslMode::Prefer,
        Tls::Require => PgSslMode::Require,
        Tls::VerifyCa => PgSslMode::VerifyCa,
        Tls::VerifyFull => PgSslMode::VerifyFull,
    }
}

impl Protocol for PostgresProtocol {
    type Database = Postgres;
    type Form = Form;
    type Session = ();

    // COMMIT of an aborted transaction answers ROLLBACK without an error. The SELECT fails in one, and with it the
    // whole message.
    const COMMIT: &'static str = "SELECT 1; COMMIT";

    fn options(&self) -> &ServerOptions {
        &self.options
    }

    async fn open(&self) -> Result<Opened<Self>> {
        let refused = |error| error::connecting(&self.options, error);
        // The client itself sets the time zone to UTC.
        let mut connection = self.connect_options().connect().await.map_err(refused)?;
        server(&self.options, connection.server_version_num())?.check_version()?;
        self.set_up(&mut connection).await.map_err(refused)?;
        self.check_keys(&mut connection).await?;
        Ok(Opened { connection, session: () })
    }

    /// The server watches its client itself.
    fn abandon(self: &Arc<Self>, (): (), _: Option<&str>) {}

    fn begin(&self, read_only: bool) -> Cow<'static, str> {
        let begin = if read_only { "BEGIN READ ONLY" } else { "BEGIN" };
        if self.options.pooler { format!("{begin}{}", self.local_limits()).into() } else { begin.into() }
    }

    fn begin_held(&self, options: TransactionOptions) -> Cow<'static, str> {
        let isolation = options.isolation.unwrap_or(Isolation::ReadCommitted).words();
        let access = if options.read_only { " READ ONLY" } else { "" };
        // A client that stops in the middle of a transaction must not keep its locks.
        let idle = self.options.idle_transaction_timeout().as_millis();
        let limits = self.local_limits();
        format!(
            "BEGIN ISOLATION LEVEL {isolation}{access}; SET LOCAL idle_in_transaction_session_timeout = {idle}{limits}"
        )
        .into()
    }

    // As above.
    const COMMIT_HELD: &'static str = Self::COMMIT;

    // The rollback defers again what was deferred.
    const CHECK: Option<&'static str> = Some(
        "SAVEPOINT checked; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK TO SAVEPOINT checked; RELEASE SAVEPOINT checked",
    );

    // A procedure or block that commits is refused by the server.
    const MARKER: Option<Marker> = None;

    const LEXIS: Lexis = Lexis::Postgres;

    const COMMITTING: &'static [&'static str] = &[];

    fn bind(&self, statement: &Statement) -> Result<PgArguments> {
        bind::arguments(&statement.binds, statement.untyped_texts)
    }

    fn send<'c>(
        &self,
        connection: &'c mut PgConnection,
        statement: &Statement,
        arguments: PgArguments,
    ) -> Answer<'c, Self> {
        let persistent = statement.persistent && !self.options.pooler;
        let sql = if persistent { text_with_types(statement) } else { Arc::clone(&statement.sql) };
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
        connection.fetch_many(query.persistent(persistent))
    }

    fn send_text<'c>(connection: &'c mut PgConnection, sql: SqlStr) -> Answer<'c, Self> {
        connection.fetch_many(sqlx::raw_sql(sql))
    }

    fn forms(row: &PgRow) -> Vec<Form> {
        row.columns().iter().map(Form::of).collect()
    }

    fn cell(row: &PgRow, index: usize, form: Form) -> Result<Cell<'_>> {
        cell::read(row, index, form)
    }

    fn done(tally: PgQueryResult) -> Done {
        Done { rows_affected: tally.rows_affected(), last_insert_id: None }
    }

    fn fault(&self, error: sqlx::Error, _: bool) -> Fault {
        error::fault(&self.options, error)
    }

    fn cursor(name: &str, sql: &str) -> Option<String> {
        Some(format!("DECLARE {name} NO SCROLL CURSOR FOR {sql}"))
    }
}
