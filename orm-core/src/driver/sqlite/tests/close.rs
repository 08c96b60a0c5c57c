use std::time::Duration;

use futures::executor::block_on;
use futures::stream::StreamExt;

use super::{BOOK, Scratch, count, eventually, insert, one, poll_now, read, run, statement};
use crate::driver::sqlite::{SqliteDriver, SqliteOptions};
use crate::driver::{Batching, Driver};
use crate::error::{Error, ErrorKind, Result};
use crate::statement::Intent;
use crate::value::Value;

fn is_closed<T>(result: Result<T>) -> bool {
    result.is_err_and(|error| matches!(error.kind(), ErrorKind::Connection { .. }))
}

/// SQLite removes the log when the last connection is closed.
fn is_released(scratch: &Scratch) -> Result<bool> {
    Ok(!scratch.0.join("test.db-wal").exists())
}

#[test]
fn a_closed_driver_has_nothing_open_and_does_nothing() -> Result<()> {
    let scratch = Scratch::new()?;
    for options in [scratch.options(), SqliteOptions::memory()] {
        let driver = block_on(SqliteDriver::connect(options))?;
        block_on(async {
            run(&driver, BOOK, []).await?;
            insert(&driver, "one").await?;
            driver.close().await;
            assert!(is_released(&scratch)?);
            assert!(is_closed(count(&driver).await));
            assert!(is_closed(insert(&driver, "two").await));
            assert!(is_closed(driver.execute_all(vec![statement("DELETE FROM book", [], Intent::Write)]).await));
            let mut rows = driver.stream(statement("SELECT 1", [], Intent::Read), one::<i64>(), Batching::Wire);
            assert!(rows.next().await.is_some_and(is_closed));
            assert!(rows.next().await.is_none());
            driver.close().await;
            Ok::<(), Error>(())
        })?;
    }
    Ok(())
}

#[test]
fn closing_does_what_is_queued() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = block_on(SqliteDriver::connect(scratch.options()))?;
    block_on(run(&driver, BOOK, []))?;
    let mut inserts: Vec<_> = (0..100)
        .map(|title| {
            let binds = [Value::Text(title.to_string().into())];
            driver.execute(statement("INSERT INTO book (title) VALUES (?)", binds, Intent::Write))
        })
        .collect();
    let mut slow = driver.fetch(statement("SELECT randomblob(1000000)", [], Intent::Read), one::<Vec<u8>>());
    let mut pending = Vec::new();
    for mut insert in inserts.drain(..) {
        if poll_now(&mut insert).is_none() {
            pending.push(insert);
        }
    }
    let read = poll_now(&mut slow);
    block_on(driver.close());
    for insert in pending {
        block_on(insert)?;
    }
    if read.is_none() {
        block_on(slow)?;
    }
    let again = block_on(SqliteDriver::connect(scratch.options()))?;
    assert_eq!(block_on(count(&again))?, 100);
    Ok(())
}

#[test]
fn a_write_right_behind_a_close_is_refused() -> Result<()> {
    let scratch = Scratch::new()?;
    for _ in 0..20 {
        let driver = block_on(SqliteDriver::connect(scratch.options()))?;
        let mut closing = driver.close();
        let closed = poll_now(&mut closing);
        let mut write = driver.execute(statement("CREATE TABLE t (i)", [], Intent::Schema));
        let answer = poll_now(&mut write);
        if closed.is_none() {
            block_on(closing);
        }
        assert!(answer.or_else(|| poll_now(&mut write)).is_some_and(is_closed), "it waits for ever");
    }
    Ok(())
}

#[test]
fn dropping_ends_threads_and_connections() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = block_on(SqliteDriver::connect(scratch.options()))?;
    block_on(run(&driver, BOOK, []))?;
    let long = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) SELECT i FROM n";
    assert_eq!(block_on(read::<i64>(&driver, long, []))?.len(), 9_999);
    let mut rows = driver.stream(statement(long, [], Intent::Read), one::<i64>(), Batching::Wire);
    assert!(block_on(rows.next()).is_some());
    drop(driver);
    assert!(!is_released(&scratch)?, "a stream outlives its driver");
    let rest = block_on(rows.fold(0, async |sum, batch| sum + batch.map_or(0, |batch| batch.len())));
    assert_eq!(rest, 9_999 - 64);
    eventually("the file is closed", Duration::from_secs(5), || is_released(&scratch))?;
    Ok(())
}

#[test]
fn dropping_is_safe_anywhere() -> Result<()> {
    let scratch = Scratch::new()?;
    for _ in 0..20 {
        let driver = block_on(SqliteDriver::connect(scratch.options()))?;
        block_on(run(&driver, "CREATE TABLE IF NOT EXISTS t (i)", []))?;
        let mut write = driver.execute(statement("INSERT INTO t VALUES (1)", [], Intent::Write));
        let _ = poll_now(&mut write);
        let mut connecting = Box::pin(SqliteDriver::connect(scratch.options()));
        let _ = poll_now(&mut connecting);
        drop(connecting);
        let thread = std::thread::spawn(move || drop((driver, write)));
        assert!(thread.join().is_ok());
    }
    eventually("the file is closed", Duration::from_secs(5), || is_released(&scratch))?;
    Ok(())
}
