//! What a client leaves behind: open transactions, locks, sessions, permits. Looked for with clients that are not ours.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dormouse::prelude::*;
use dormouse::{Result, async_to_sync};
use sqlx::{AssertSqlSafe, Connection as _, Executor, MySqlConnection, PgConnection, Row};
use tokio::sync::Barrier;
use tokio::time::timeout;
use url::Url;

/// How long a server may take to notice that a client is gone: PostgreSQL looks once in a second.
const NOTICE: Duration = Duration::from_secs(5);
/// How long a pool may take to hand out all it has.
const HAND_OUT: Duration = Duration::from_secs(5);

/// Looks at a database from outside, for the sessions of all others.
pub(crate) enum Probe {
    Sqlite(PathBuf),
    Postgres(PgConnection),
    Mariadb(MySqlConnection, String),
}

impl Probe {
    /// A probe for the database of a URL.
    pub(crate) async fn of(url: &str) -> Self {
        let parsed = Url::parse(url).expect("a URL");
        match parsed.scheme() {
            "sqlite" => Self::Sqlite(parsed.path().into()),
            "mysql" | "mariadb" => {
                let database = parsed.path().trim_start_matches('/').to_owned();
                Self::Mariadb(MySqlConnection::connect(url).await.expect("the server"), database)
            }
            _ => Self::Postgres(PgConnection::connect(url).await.expect("the server")),
        }
    }

    /// Waits until no other session is in a transaction or holds a lock; fails if one stays.
    pub(crate) async fn is_clean(&mut self) {
        let left = self.until_empty(NOTICE).await;
        assert!(left.is_empty(), "left behind: {}", left.join("; "));
    }

    /// Waits at most so long until nothing is left behind; tells what is.
    pub(crate) async fn until_empty(&mut self, patience: Duration) -> Vec<String> {
        let deadline = Instant::now() + patience;
        loop {
            let left = self.left_behind().await;
            if left.is_empty() || Instant::now() > deadline {
                return left;
            }
            // There is no event to wait for: a server does not tell that it has noticed something.
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Waits until there are no more than so many other sessions. One that was cut off may still have something to read.
    pub(crate) async fn has_sessions(&mut self, most: usize) {
        let deadline = Instant::now() + NOTICE;
        while self.others().await > most {
            assert!(Instant::now() < deadline, "more than {most} sessions stay");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn others(&mut self) -> usize {
        match self {
            Self::Sqlite(_) => 0,
            Self::Postgres(connection) => texts_pg(connection, OTHERS_PG).await.expect("the sessions").len(),
            Self::Mariadb(connection, database) => sessions(connection, database).await.expect("the sessions").len(),
        }
    }

    /// Ends the sessions of all others; tells how many there were.
    pub(crate) async fn kill_others(&mut self) -> usize {
        match self {
            Self::Sqlite(_) => 0,
            Self::Postgres(connection) => texts_pg(connection, KILL_PG).await.expect("the sessions").len(),
            Self::Mariadb(connection, database) => {
                let sessions = sessions(connection, database).await.expect("the sessions");
                for session in &sessions {
                    // It may have ended by itself in the meantime.
                    let _ = connection.execute(sqlx::raw_sql(AssertSqlSafe(format!("KILL {}", session.id)))).await;
                }
                sessions.len()
            }
        }
    }

    /// What is left behind. A look that failed counts, and is taken again.
    async fn left_behind(&mut self) -> Vec<String> {
        let left = match self {
            Self::Sqlite(file) => return left_sqlite(file).err().into_iter().collect(),
            Self::Postgres(connection) => texts_pg(connection, LEFT_PG).await,
            Self::Mariadb(connection, database) => left_mysql(connection, database).await,
        };
        left.unwrap_or_else(|error| vec![format!("the probe failed: {error}")])
    }
}

const LEFT_PG: &str = "
    SELECT format('session %s is %s (%s), in a transaction since %s', pid, state, query, xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      AND (state LIKE 'idle in transaction%' OR xact_start IS NOT NULL)
    UNION ALL
    SELECT format('session %s has lock %s', l.pid, l.mode) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE a.datname = current_database() AND l.pid <> pg_backend_pid() AND a.backend_type = 'client backend'";

const OTHERS_PG: &str = "
    SELECT pid::text FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";

const KILL_PG: &str = "
    SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";

async fn texts_pg(connection: &mut PgConnection, sql: &'static str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(sql).fetch_all(connection).await
}

/// A session of MariaDB.
struct Session {
    id: u64,
    command: String,
    statement: String,
}

/// The sessions of all others in a database.
async fn sessions(connection: &mut MySqlConnection, database: &str) -> sqlx::Result<Vec<Session>> {
    let own: u64 = sqlx::query_scalar("SELECT CONNECTION_ID()").fetch_one(&mut *connection).await?;
    let rows = connection.fetch_all(sqlx::raw_sql("SHOW PROCESSLIST")).await?;
    let mut sessions = Vec::new();
    for row in rows {
        let text = |name: &str| row.try_get_unchecked::<Option<String>, _>(name).map(Option::unwrap_or_default);
        let session = Session { id: row.try_get_unchecked("Id")?, command: text("Command")?, statement: text("Info")? };
        if session.id != own && text("db")? == database {
            sessions.push(session);
        }
    }
    Ok(sessions)
}

/// Neither temporary tables nor `information_schema.innodb_trx`, which stays as it was for a client that looks often.
async fn left_mysql(connection: &mut MySqlConnection, database: &str) -> sqlx::Result<Vec<String>> {
    let sessions = sessions(connection, database).await?;
    let status = connection.fetch_one(sqlx::raw_sql("SHOW ENGINE INNODB STATUS")).await?;
    let status: String = status.try_get_unchecked("Status")?;
    let active: Vec<&str> = status.split("---TRANSACTION ").skip(1).filter(|block| is_active(block)).collect();
    let left = sessions.into_iter().filter_map(|Session { id, command, statement }| {
        let transaction = active.iter().any(|block| block.contains(&format!(" thread id {id},")));
        let busy = command != "Sleep";
        (transaction || busy).then(|| format!("session {id} ({command}), in a transaction: {transaction}, {statement}"))
    });
    Ok(left.collect())
}

/// Tells whether the status of a transaction says that it is one.
fn is_active(block: &str) -> bool {
    block.lines().next().is_some_and(|line| !line.contains("not started"))
}

/// Another connection can write at once, and empty the log: no other has a transaction open.
fn left_sqlite(file: &PathBuf) -> Result<(), String> {
    let ask = || {
        let other = rusqlite::Connection::open(file)?;
        other.busy_timeout(Duration::from_millis(100))?;
        other.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?;
        other.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))
    };
    match ask() {
        Ok([0, 0, 0]) => Ok(()),
        Ok(checkpoint) => Err(format!("a reader pins the log: wal_checkpoint = {checkpoint:?}")),
        Err(error) => Err(format!("another connection cannot write: {error}")),
    }
}

/// Takes as many connections at once as a pool has; fails if one is missing.
pub(crate) async fn has_all_permits(db: &Database, size: usize) -> Result<()> {
    let all = Arc::new(Barrier::new(size));
    let takers = (0..size).map(|_| {
        let all = Arc::clone(&all);
        let taker = atomic(move |_| {
            async_to_sync(async move {
                all.wait().await;
            })
            .run()
        });
        taker.read_only(true).using(db).into_future()
    });
    match timeout(HAND_OUT, futures::future::try_join_all(takers)).await {
        Ok(taken) => taken.map(drop),
        Err(_) => panic!("the pool has lost some of its {size} connections"),
    }
}
