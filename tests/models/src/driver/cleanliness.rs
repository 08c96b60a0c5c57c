//! The lease: what is dropped anywhere never gives a connection back that is not clean, and loses no permit.

use std::any::Any;
use std::sync::Arc;
use std::sync::LazyLock;

use futures::future::{BoxFuture, join_all};
use futures::{FutureExt, StreamExt, poll};
use orm_core::driver::{Batching, Driver, Session};
use shuttle::future::{block_on, yield_now};
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;
use tokio::runtime::{Builder, Runtime};

use super::server::held::Held;
use super::server::pool::Pool;
use super::server::pooled::Pooled;
use super::wire::{CONNECTIONS, ROWS, Server};
use crate::check::check;
use crate::error::Result;
use crate::row::{Columns, Rows};
use crate::statement::{Intent, Statement};
use crate::value::Cell;

/// Time limits need a clock; this one stands still.
static CLOCK: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().enable_time().build().unwrap());

/// Runs clients at once, each with a few units of work. `fails` and `pooler` are the server's.
fn check_units(orders: usize, fails: bool, pooler: bool, closes: bool) {
    let _entered = CLOCK.enter();
    check(orders, move || {
        let server = Server::new(fails, pooler);
        let pool = Pool::new(server.clone()).unwrap();
        let clients = [1, 2, 3].map(|client| {
            let (server, pool) = (server.clone(), pool.clone());
            thread::spawn(move || block_on(work(&server, &pool, client * 10)))
        });
        if closes {
            block_on(pool.close());
        }
        clients.into_iter().for_each(|client| client.join().unwrap());
        if !closes {
            block_on(all_permits_are_there(&pool));
            block_on(pool.close());
        }
        drop(pool);
        assert_eq!(server.open_links(), 0, "a connection without an owner");
    });
}

/// Does two units of work. One that says that it was done was kept once; one that failed or was dropped, once at most.
async fn work(server: &Server, pool: &Pool<Server>, first: i64) {
    for unit in first..first + 2 {
        let done = few_polls(one_of_many(pool, unit)).await;
        let kept = server.kept(unit);
        assert!(kept <= 1);
        if let Some(Ok(writes)) = done {
            assert_eq!(kept == 1, writes, "unit {unit}");
        }
    }
}

/// Polls a future to its end, or at most so often.
async fn few_polls<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    if thread_rng().gen_ratio(1, 3) {
        return Some(future.await);
    }
    for _ in 0..thread_rng().gen_range(0..16) {
        if let std::task::Poll::Ready(value) = poll!(&mut future) {
            return Some(value);
        }
        yield_now().await;
    }
    None
}

/// As many leases as there may be, at once.
async fn all_permits_are_there(pool: &Pool<Server>) {
    let leases = join_all((0..CONNECTIONS).map(|_| pool.acquire())).await;
    assert!(leases.iter().all(Result::is_ok));
}

/// Does a unit of work by one of the verbs; tells whether it wrote.
fn one_of_many(pool: &Pool<Server>, unit: i64) -> BoxFuture<'static, Result<bool>> {
    let pool = pool.clone();
    let driver = driver(pool.clone());
    let insert = move || statement("insert", unit);
    async move {
        match thread_rng().gen_range(0..9) {
            0 => driver.execute(insert()).await.map(|_| true),
            1 => fetch(driver, unit).await,
            2 => driver.execute_all(vec![insert(), statement("select", unit)]).await.map(|_| true),
            3 => stream(driver, unit, usize::MAX).await,
            4 => stream(driver, unit, 1).await,
            5 => driver.execute(statement("set", unit)).await.map(|_| false),
            6 => commit(Held::begin(pool, Default::default()).await?, unit).await,
            7 => roll_back(Held::begin(pool, Default::default()).await?, unit).await,
            _ => forget(Held::begin(pool, Default::default()).await?, unit).await,
        }
    }
    .boxed()
}

fn driver(pool: Pool<Server>) -> Pooled<Server> {
    let (product, location) = ("a model", "nowhere".to_owned());
    Pooled::new(pool, orm_core::driver::Server { product, version: (0, 0, 0), location })
}

fn statement(verb: &str, unit: i64) -> Statement {
    let intent = if verb == "select" { Intent::Read } else { Intent::Write };
    Statement::new(format!("{verb} {unit}"), Vec::new(), intent)
}

async fn fetch(driver: Pooled<Server>, unit: i64) -> Result<bool> {
    let rows = driver.fetch(statement("select", unit), Own::boxed(unit)).await?;
    assert_eq!(rows.len(), ROWS);
    Ok(false)
}

/// Reads so many batches.
async fn stream(driver: Pooled<Server>, unit: i64, batches: usize) -> Result<bool> {
    let batching = if thread_rng().r#gen() { Batching::Wire } else { Batching::Cursor(2) };
    let mut stream = driver.stream(statement("select", unit), Own::boxed(unit), batching).take(batches);
    let mut rows = 0;
    while let Some(batch) = stream.next().await {
        rows += batch?.len();
    }
    assert!(rows == ROWS || batches < usize::MAX, "a stream that ended too early");
    Ok(false)
}

async fn commit(mut held: Held<Server>, unit: i64) -> Result<bool> {
    held.execute(&statement("insert", unit)).await?;
    held.fetch(&statement("select", unit), Own::boxed(unit)).await?;
    held.check().await?;
    held.commit().await.map(|()| true)
}

async fn roll_back(mut held: Held<Server>, unit: i64) -> Result<bool> {
    held.execute(&statement("insert", unit)).await?;
    held.roll_back().await.map(|()| false)
}

/// Drops a transaction as it is, perhaps before its first statement.
async fn forget(mut held: Held<Server>, unit: i64) -> Result<bool> {
    if thread_rng().r#gen() {
        held.execute(&statement("insert", unit)).await?;
        yield_now().await;
    }
    Ok(false)
}

/// Rows that must be those of a unit.
struct Own {
    unit: i64,
    rows: usize,
}

impl Own {
    fn boxed(unit: i64) -> Box<dyn Rows> {
        Box::new(Self { unit, rows: 0 })
    }
}

impl Rows for Own {
    fn push(&mut self, row: &dyn Columns) -> Result<()> {
        assert_eq!(row.cell(0)?, Cell::Int(self.unit), "a row for another unit");
        self.rows += 1;
        Ok(())
    }

    fn len(&self) -> usize {
        self.rows
    }

    fn clear(&mut self) {
        self.rows = 0;
    }

    fn fresh(&self) -> Box<dyn Rows> {
        Self::boxed(self.unit)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

#[test]
fn what_is_dropped_anywhere_leaves_nothing_behind() {
    check_units(3_000, false, false, false);
}

#[test]
fn what_fails_anywhere_leaves_nothing_behind() {
    check_units(3_000, true, false, false);
}

#[test]
fn behind_a_pooler_each_unit_is_a_transaction() {
    check_units(2_000, true, true, false);
}

#[test]
fn closing_meanwhile_leaves_nothing_behind() {
    check_units(3_000, true, false, true);
}
