//! What both servers must do alike, and the support for the tests of each.

mod endings;
mod openings;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::StreamExt;
use futures::task::noop_waker;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::{Batching, Driver, connect};
use crate::error::{ConnectionFault, Error, ErrorKind, QueryMistake, RangeLimit, Result};
use crate::row::{Collect, Decoder, RowReader, Shape};
use crate::statement::{Done, Intent, Statement};
use crate::value::{FieldType, Value};

/// The servers of the tests, by their URL without database where the environment names no other.
pub(super) const POSTGRES: &str = "postgres://postgres@127.0.0.1:5432";
pub(super) const MYSQL: &str = "mysql://root@127.0.0.1:3306";
const SERVERS: &[&str] = &[
    #[cfg(feature = "postgres")]
    POSTGRES,
    #[cfg(feature = "mysql")]
    MYSQL,
];

/// A database of a server by URL: the server that `tests/run` found or started, else the one at its default place.
pub(super) fn url_of(server: &str, database: &str) -> String {
    let variable = if server == POSTGRES { "DORMOUSE_TEST_POSTGRES" } else { "DORMOUSE_TEST_MYSQL" };
    let given = std::env::var(variable).ok().and_then(|given| url::Url::parse(&given).ok());
    given.map_or_else(
        || format!("{server}/{database}"),
        |mut given| {
            given.set_path(database);
            given.set_query(None);
            given.into()
        },
    )
}

/// A database with a random name, dropped in the end.
pub(super) struct Scratch {
    server: &'static str,
    name: String,
}

impl Scratch {
    pub(super) async fn new(server: &'static str) -> Result<Self> {
        let name = format!("dormouse_{}", Uuid::new_v4().simple());
        let admin = connect(&Self::admin(server)).await?;
        admin.execute(Statement::schema(format!("CREATE DATABASE {name}"))).await?;
        admin.close().await;
        Ok(Self { server, name })
    }

    fn admin(server: &str) -> String {
        url_of(server, if server == POSTGRES { "postgres" } else { "mysql" }) + "?max_connections=1"
    }

    pub(super) async fn connect(&self, options: &str) -> Result<Arc<dyn Driver>> {
        connect(&format!("{}?{options}", url_of(self.server, &self.name))).await
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let force = if self.server == POSTGRES { " WITH (FORCE)" } else { "" };
        let drop = Statement::schema(format!("DROP DATABASE {}{force}", self.name));
        let admin = Self::admin(self.server);
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::other)?;
            runtime.block_on(async { connect(&admin).await?.execute(drop).await })
        });
        let dropped = dropping.join();
        if !std::thread::panicking() {
            assert!(matches!(dropped, Ok(Ok(_))), "{dropped:?}");
        }
    }
}

/// A row of one column.
fn first<T: FieldType>(row: &mut RowReader<'_>, _: &Shape) -> Result<T> {
    row.read()
}

/// The third column of a row.
fn third<T: FieldType>(row: &mut RowReader<'_>, _: &Shape) -> Result<T> {
    row.skip(2);
    row.read()
}

pub(super) fn read(sql: &str, binds: Vec<Value>) -> Statement {
    Statement::new(sql, binds, Intent::Read)
}

pub(super) fn write(sql: &str, binds: Vec<Value>) -> Statement {
    Statement::new(sql, binds, Intent::Write)
}

/// The first column of all rows.
pub(super) async fn column<T: FieldType>(driver: &dyn Driver, statement: Statement) -> Result<Vec<T>> {
    let rows = driver.fetch(statement, Collect::boxed(Decoder::new(first::<T>, Arc::default()))).await?;
    Collect::unbox(rows)
}

/// The only column of the only row.
pub(super) async fn one<T: FieldType>(driver: &dyn Driver, sql: &str, binds: Vec<Value>) -> Result<T> {
    column(driver, read(sql, binds)).await?.pop().ok_or_else(|| Error::query("no row"))
}

pub(super) async fn run(driver: &dyn Driver, sql: &str) -> Result<Done> {
    driver.execute(write(sql, Vec::new())).await
}

pub(super) async fn change_schema(driver: &dyn Driver, sql: &str) -> Result<Done> {
    driver.execute(Statement::schema(sql)).await
}

/// Polls a future as often as it is woken, at most `polls` times, and drops it; tells whether it was done by then.
pub(super) async fn poll_and_drop<F: Future>(future: F, polls: usize) -> bool {
    let mut future = Box::pin(future);
    let mut polled = 0;
    std::future::poll_fn(|context| {
        if polled == polls {
            return Poll::Ready(false);
        }
        polled += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if polled == polls => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

fn numbers(server: &str, count: u32) -> String {
    match server {
        POSTGRES => format!("SELECT n::int8 FROM generate_series(1, {count}) AS s (n)"),
        _ => format!("SELECT seq FROM seq_1_to_{count}"),
    }
}

fn own_id(server: &str) -> &'static str {
    if server == POSTGRES { "SELECT pg_backend_pid()" } else { "SELECT CONNECTION_ID()" }
}

fn kill(server: &str, id: i64) -> String {
    if server == POSTGRES { format!("SELECT pg_terminate_backend({id})") } else { format!("KILL CONNECTION {id}") }
}

async fn terminate(server: &str, admin: &dyn Driver, id: i64) -> Result<()> {
    run(admin, &kill(server, id)).await?;
    let alive = match server {
        POSTGRES => format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {id}"),
        _ => format!("SELECT count(*) FROM information_schema.processlist WHERE id = {id}"),
    };
    while one::<i64>(admin, &alive, Vec::new()).await? > 0 {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Tells whether another session of the database is in a transaction.
async fn others_transact(server: &str, watcher: &dyn Driver) -> Result<bool> {
    if server == POSTGRES {
        let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'";
        return Ok(one::<i64>(watcher, open, Vec::new()).await? > 0);
    }
    // Not `information_schema.innodb_trx`, which stays as it was for a client that looks often.
    let others = "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()";
    let others: Vec<i64> = column(watcher, read(others, Vec::new())).await?;
    let rows = Collect::boxed(Decoder::new(third::<String>, Arc::default()));
    let status: Vec<String> =
        Collect::unbox(watcher.fetch(read("SHOW ENGINE INNODB STATUS", Vec::new()), rows).await?)?;
    let blocks = status.iter().flat_map(|status| status.split("---TRANSACTION ").skip(1));
    let mut active = blocks.filter(|block| block.lines().next().is_some_and(|line| !line.contains("not started")));
    Ok(active.any(|block| others.iter().any(|id| block.contains(&format!(" thread id {id},")))))
}

fn stream_of_i64(
    driver: &dyn Driver,
    sql: &str,
    batching: Batching,
) -> futures::stream::BoxStream<'static, Result<Vec<i64>>> {
    let rows = Collect::boxed(Decoder::new(first::<i64>, Arc::default()));
    driver.stream(read(sql, Vec::new()), rows, batching).map(|batch| batch.and_then(Collect::unbox)).boxed()
}

async fn collected(mut stream: futures::stream::BoxStream<'static, Result<Vec<i64>>>) -> Result<(Vec<i64>, usize)> {
    let (mut rows, mut batches) = (Vec::new(), 0);
    while let Some(batch) = stream.next().await {
        rows.extend(batch?);
        batches += 1;
    }
    Ok((rows, batches))
}

#[tokio::test]
async fn a_future_dropped_at_any_poll_leaves_a_clean_pool() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let driver = scratch.connect("max_connections=1&acquire_timeout=5s").await?;
        let watcher = scratch.connect("max_connections=1").await?;
        change_schema(&*driver, "CREATE TABLE t (id bigint PRIMARY KEY)").await?;
        let insert = || write("INSERT INTO t VALUES (1)", Vec::new());
        let delete = || write("DELETE FROM t", Vec::new());
        let next = || one::<String>(&*driver, "SELECT 'next'", Vec::new());
        let many = || read(&numbers(server, 3_000), Vec::new());
        let slow =
            || read(if server == POSTGRES { "SELECT pg_sleep(0.01)::text" } else { "SELECT SLEEP(0.01)" }, Vec::new());
        let mut unfinished = 0;
        // Often after one poll: on a busy machine the others may have their answer by then, the slow one never has.
        for polls in (0..20).chain([1; 10]) {
            unfinished += u32::from(!poll_and_drop(driver.execute(slow()), polls).await);
            assert_eq!(next().await?, "next", "{server} {polls}");
            unfinished += u32::from(!poll_and_drop(driver.execute_all(vec![insert(), delete()]), polls).await);
            assert_eq!(next().await?, "next", "{server} {polls}");
            unfinished += u32::from(!poll_and_drop(column::<i64>(&*driver, many()), polls).await);
            assert_eq!(next().await?, "next", "{server} {polls}");
            unfinished += u32::from(!poll_and_drop(driver.execute(delete()), polls).await);
            assert_eq!(next().await?, "next", "{server} {polls}");
            for batching in [Batching::Wire, Batching::Cursor(700)] {
                let stream = stream_of_i64(&*driver, &numbers(server, 3_000), batching);
                unfinished += u32::from(!poll_and_drop(collected(stream), polls).await);
                assert_eq!(next().await?, "next", "{server} {polls}");
            }
        }
        assert!(unfinished > 10, "{server}: nothing was dropped half-way");
        // A server notices a closed connection when it gets to it; no transaction may stay open for good.
        let gone = async {
            while others_transact(server, &*watcher).await? {
                tokio::task::yield_now().await;
            }
            Ok::<_, Error>(())
        };
        let gone = tokio::time::timeout(Duration::from_secs(10), gone).await;
        assert!(matches!(gone, Ok(Ok(()))), "{server}: {gone:?}");
    }
    Ok(())
}

#[tokio::test]
async fn streams_deliver_every_row_once_and_in_order() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let driver = scratch.connect("max_connections=1&acquire_timeout=5s").await?;
        let expected: Vec<i64> = (1..=5_000).collect();
        for batching in [Batching::Wire, Batching::Cursor(1_000), Batching::Cursor(4_999), Batching::Cursor(9_999)] {
            let (rows, batches) = collected(stream_of_i64(&*driver, &numbers(server, 5_000), batching)).await?;
            assert!(rows == expected, "{server} {batching:?}");
            match batching {
                Batching::Cursor(size) => assert_eq!(batches, 5_000_usize.div_ceil(size), "{server}"),
                Batching::Wire => assert!(batches >= 5, "{server} {batches}"),
            }
        }
        let none = numbers(server, 1) + if server == POSTGRES { " WHERE n > 1" } else { " WHERE seq > 1" };
        assert_eq!(collected(stream_of_i64(&*driver, &none, Batching::Wire)).await?, (vec![], 0));
        assert_eq!(collected(stream_of_i64(&*driver, &none, Batching::Cursor(10))).await?, (vec![], 0));
        assert_eq!(one::<i64>(&*driver, "SELECT 7", Vec::new()).await?, 7);
    }
    Ok(())
}

#[tokio::test]
async fn a_stream_dropped_half_way_frees_the_pool_at_once() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let driver = scratch.connect("max_connections=1&acquire_timeout=5s").await?;
        for batching in [Batching::Wire, Batching::Cursor(10)] {
            let mut stream = stream_of_i64(&*driver, &numbers(server, 5_000_000), batching);
            let batch = stream.next().await.transpose()?.unwrap_or_default();
            assert_eq!(batch.first(), Some(&1), "{server}");
            drop(stream);
            let next = one::<String>(&*driver, "SELECT 'next'", Vec::new());
            let next = tokio::time::timeout(Duration::from_secs(1), next).await;
            assert!(matches!(&next, Ok(Ok(next)) if next == "next"), "{server} {batching:?}: {next:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_read_survives_a_dead_connection_and_a_write_does_not_run_twice() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let driver = scratch.connect("max_connections=3").await?;
        let admin = scratch.connect("max_connections=1").await?;
        change_schema(&*driver, "CREATE TABLE t (id bigint)").await?;
        for round in 0..5 {
            let id: i64 = one(&*driver, own_id(server), Vec::new()).await?;
            terminate(server, &*admin, id).await?;
            if round % 2 == 0 {
                let other: i64 = one(&*driver, own_id(server), Vec::new()).await?;
                assert_ne!(id, other, "{server}");
            } else {
                let stream = stream_of_i64(&*driver, &numbers(server, 100), Batching::Cursor(64));
                assert_eq!(collected(stream).await?.0.len(), 100, "{server}");
            }
        }
        let id: i64 = one(&*driver, own_id(server), Vec::new()).await?;
        terminate(server, &*admin, id).await?;
        let error = run(&*driver, "INSERT INTO t VALUES (1)").await.err();
        let kind = error.as_ref().map(Error::kind);
        let lost = [ConnectionFault::Ended, ConnectionFault::Lost];
        assert!(
            matches!(kind, Some(ErrorKind::Connection { fault, .. }) if lost.contains(fault)),
            "{server}: {error:?}"
        );
        assert_eq!(one::<i64>(&*driver, "SELECT count(*) FROM t", Vec::new()).await?, 0, "{server}");
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_lost_mid_stream_is_an_error_and_no_end() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let driver = scratch.connect("max_connections=2").await?;
        let admin = scratch.connect("max_connections=1").await?;
        let user = match server {
            POSTGRES => {
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%dropme%' \
                         AND pid <> pg_backend_pid()"
            }
            _ => "SELECT id FROM information_schema.processlist WHERE info LIKE '%dropme%' AND id <> CONNECTION_ID()",
        };
        let sql = numbers(server, 5_000_000).replacen("SELECT", "SELECT /* dropme */", 1);
        let mut stream = stream_of_i64(&*driver, &sql, Batching::Wire);
        let mut count = stream.next().await.transpose()?.unwrap_or_default().len();
        let id: i64 = one(&*admin, user, Vec::new()).await?;
        terminate(server, &*admin, id).await?;
        let error = loop {
            match stream.next().await {
                Some(Ok(rows)) => count += rows.len(),
                Some(Err(error)) => break error,
                None => panic!("{server}: a clean end after {count} rows"),
            }
        };
        assert!(matches!(error.kind(), ErrorKind::Connection { .. }), "{server}: {error:?}");
        assert!(count < 5_000_000 && stream.next().await.is_none(), "{server}");
        assert_eq!(one::<i64>(&*driver, "SELECT 7", Vec::new()).await?, 7);
    }
    Ok(())
}

/// The URL of a database for another user.
fn as_user(server: &str, database: &str, user: &str) -> String {
    let url = url_of(server, database);
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    format!("{scheme}://{user}@{}", rest.split_once('@').unwrap_or_default().1)
}

#[tokio::test]
async fn refused_connections_are_explained_without_secrets() -> Result<()> {
    let closed = TcpListener::bind("127.0.0.1:0").await.map_err(Error::other)?;
    let port = closed.local_addr().map_err(Error::other)?.port();
    let silent = TcpListener::bind("127.0.0.1:0").await.map_err(Error::other)?;
    let silent_port = silent.local_addr().map_err(Error::other)?.port();
    drop(closed);
    for (url, named, expected) in [
        (
            format!("postgres://anna:geheim@127.0.0.1:{port}/shop"),
            format!("127.0.0.1:{port}/shop as `anna`"),
            ConnectionFault::Unreachable,
        ),
        (
            format!("mysql://anna:geheim@127.0.0.1:{port}/shop"),
            format!("127.0.0.1:{port}/shop as `anna`"),
            ConnectionFault::Unreachable,
        ),
        (
            format!("mysql://anna:geheim@127.0.0.1:{silent_port}/shop?connect_timeout=0.2s"),
            "no answer".to_owned(),
            ConnectionFault::NoAnswer,
        ),
        (
            format!("postgres://anna:geheim@127.0.0.1:{silent_port}/s?connect_timeout=0.2s"),
            "no answer".to_owned(),
            ConnectionFault::NoAnswer,
        ),
        (as_user(POSTGRES, "no_such_database", "postgres:geheim"), "3D000".to_owned(), ConnectionFault::NoDatabase),
        (as_user(MYSQL, "no_such_database", "root"), "1049".to_owned(), ConnectionFault::NoDatabase),
        (as_user(MYSQL, "mysql", "root:geheim"), "1045".to_owned(), ConnectionFault::Authentication),
        (
            as_user(POSTGRES, "postgres", "guest_at_all:geheim"),
            "`guest_at_all`".to_owned(),
            ConnectionFault::Authentication,
        ),
        (
            format!(
                "{}?sslmode=verify-full",
                as_user(POSTGRES, "postgres", "postgres").split('?').next().unwrap_or_default()
            ),
            "no TLS".to_owned(),
            ConnectionFault::Tls,
        ),
    ] {
        if !SERVERS.iter().any(|server| server.get(..5) == url.get(..5)) {
            continue;
        }
        let error = match connect(&url).await {
            Ok(driver) => panic!("connected: {driver:?}"),
            Err(error) => error,
        };
        assert!(matches!(error.kind(), ErrorKind::Connection { fault, .. } if *fault == expected), "{error:?}");
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(&named) && !shown.contains("geheim"), "{shown}");
    }
    Ok(())
}

#[tokio::test]
async fn a_pool_hands_out_no_more_than_it_may() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let driver = scratch.connect("max_connections=1&acquire_timeout=0.1s").await?;
        let mut holding = stream_of_i64(&*driver, &numbers(server, 100_000), Batching::Wire);
        assert!(holding.next().await.is_some());
        let error = one::<i64>(&*driver, "SELECT 1", Vec::new()).await.err();
        let kind = error.as_ref().map(Error::kind);
        assert!(matches!(kind, Some(ErrorKind::PoolExhausted { holders, .. }) if holders.len() == 1), "{error:?}");
        drop(holding);
        assert_eq!(one::<i64>(&*driver, "SELECT 1", Vec::new()).await?, 1);
        driver.close().await;
        let error = one::<i64>(&*driver, "SELECT 1", Vec::new()).await.err();
        let kind = error.as_ref().map(Error::kind);
        assert!(matches!(kind, Some(ErrorKind::Connection { fault: ConnectionFault::Closed, .. })), "{error:?}");
    }
    Ok(())
}

#[tokio::test]
async fn all_or_nothing() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let driver = scratch.connect("max_connections=1").await?;
        change_schema(&*driver, "CREATE TABLE t (id bigint PRIMARY KEY)").await?;
        let insert = |id| {
            write(
                if server == POSTGRES { "INSERT INTO t VALUES ($1)" } else { "INSERT INTO t VALUES (?)" },
                vec![Value::I64(id)],
            )
        };
        let done = driver.execute_all(vec![insert(1), insert(2)]).await?;
        assert_eq!(done.iter().map(|done| done.rows_affected).collect::<Vec<_>>(), [1, 1]);
        let error = driver.execute_all(vec![insert(3), insert(2), insert(4)]).await.err();
        assert!(error.as_ref().is_some_and(Error::is_unique_violation), "{error:?}");
        assert_eq!(column::<i64>(&*driver, read("SELECT id FROM t ORDER BY id", Vec::new())).await?, [1, 2]);
    }
    Ok(())
}

#[tokio::test]
async fn what_a_statement_set_does_not_reach_the_next_user() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let driver = scratch.connect("max_connections=1").await?;
        let (set, show) = match server {
            POSTGRES => ("SET TIME ZONE 'Asia/Kathmandu'", "SELECT current_setting('TimeZone')"),
            _ => ("SET time_zone = '+05:45'", "SELECT CAST(@@time_zone AS CHAR)"),
        };
        let before: String = one(&*driver, show, Vec::new()).await?;
        run(&*driver, set).await?;
        assert_eq!(one::<String>(&*driver, show, Vec::new()).await?, before);
        let error = run(&*driver, "BEGIN").await.err();
        let told = Some(&ErrorKind::Query(QueryMistake::LeavesTransactionOpen));
        assert_eq!(error.as_ref().map(Error::kind), told);
        assert_eq!(one::<String>(&*driver, show, Vec::new()).await?, before);
    }
    Ok(())
}

#[test]
fn a_lease_dropped_outside_a_runtime_does_not_panic() -> Result<()> {
    for &server in SERVERS {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::other)?;
        let scratch = runtime.block_on(Scratch::new(server))?;
        let driver = runtime.block_on(scratch.connect("max_connections=1"))?;
        let mut stream = stream_of_i64(&*driver, &numbers(server, 100_000), Batching::Wire);
        assert!(runtime.block_on(stream.next()).is_some());
        drop(stream);
        let mut second = stream_of_i64(&*driver, &numbers(server, 100_000), Batching::Wire);
        assert!(runtime.block_on(second.next()).is_some());
        drop(runtime);
        // The runtime is gone: what is left can only be dropped.
        let polled = Pin::new(&mut second).poll_next_unpin(&mut Context::from_waker(&noop_waker()));
        assert!(!matches!(polled, Poll::Ready(None)));
        drop(second);
        drop(driver);
    }
    Ok(())
}

#[tokio::test]
async fn a_number_past_64_bits_is_told_from_one_past_its_column() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let driver = scratch.connect("max_connections=1").await?;
        change_schema(&*driver, "CREATE TABLE t (n smallint)").await?;
        for (sql, limit) in [
            ("INSERT INTO t SELECT 9223372036854775807 + 1", RangeLimit::Arithmetic),
            ("INSERT INTO t SELECT 70000", RangeLimit::Type),
        ] {
            let error = run(&*driver, sql).await.err();
            let kind = error.as_ref().map(Error::kind);
            assert!(
                matches!(kind, Some(ErrorKind::OutOfRange { of, .. }) if *of == limit),
                "{server} {sql}: {error:?}"
            );
        }
    }
    Ok(())
}
