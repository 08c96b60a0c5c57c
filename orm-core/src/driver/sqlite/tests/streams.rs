use std::time::{Duration, Instant};

use futures::executor::block_on;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};

use super::{
    BOOK, Scratch, count, eventually, everywhere, insert, is_free, one, poll_now, read, run, statement, unboxed,
};
use crate::driver::sqlite::{SqliteDriver, SqliteOptions};
use crate::driver::{Batching, Driver};
use crate::error::{Error, ErrorKind, Result};
use crate::row::Rows;
use crate::statement::Intent;
use crate::value::Value;

type Batches = BoxStream<'static, Result<Box<dyn Rows>>>;

const NUMBERS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n";

fn numbers(driver: &SqliteDriver, most: i64, batching: Batching) -> Batches {
    driver.stream(statement(NUMBERS, [Value::I64(most)], Intent::Read), one::<i64>(), batching)
}

/// A stream over a table, which holds a snapshot, and its first batch.
fn reading(driver: &SqliteDriver) -> Result<Batches> {
    let mut rows = driver.stream(statement("SELECT id FROM book", [], Intent::Read), one::<i64>(), Batching::Cursor(1));
    block_on(rows.try_next())?.ok_or_else(|| Error::query("no rows"))?;
    Ok(rows)
}

fn filled(scratch: &Scratch, options: SqliteOptions) -> Result<SqliteDriver> {
    let driver = block_on(SqliteDriver::connect(options))?;
    block_on(async {
        run(&driver, BOOK, []).await?;
        run(&driver, "INSERT INTO book (title) SELECT value FROM generate", []).await.err();
        let fill = format!("INSERT INTO book (title) {}", NUMBERS.replace('?', "1000"));
        run(&driver, &fill, []).await
    })?;
    assert!(is_free(&scratch.outsider()?)?);
    Ok(driver)
}

#[test]
fn rows_come_in_batches_in_order() -> Result<()> {
    everywhere(|driver| async move {
        for (batching, expected) in [
            (Batching::Wire, vec![64, 128, 256, 512, 1_024, 1_024, 1_024, 968]),
            (Batching::Cursor(2_500), vec![2_500, 2_500]),
            (Batching::Cursor(4_999), vec![4_999, 1]),
        ] {
            let batches: Vec<_> = numbers(&driver, 5_000, batching).try_collect().await?;
            let batches: Vec<_> = batches.into_iter().map(unboxed::<i64>).collect::<Result<_>>()?;
            assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), expected);
            assert_eq!(batches.concat(), (1..=5_000).collect::<Vec<_>>());
        }
        let none = driver.stream(statement("SELECT 1 LIMIT 0", [], Intent::Read), one::<i64>(), Batching::Wire);
        assert_eq!(none.count().await, 0);
        Ok(())
    })
}

#[test]
fn a_write_is_streamed_when_it_is_done() -> Result<()> {
    everywhere(|driver| async move {
        let sql = "INSERT INTO book (title) VALUES ('one'), ('two') RETURNING title";
        let mut rows = driver.stream(statement(sql, [], Intent::Write), one::<String>(), Batching::Wire);
        let first = rows.try_next().await?.ok_or_else(|| Error::query("no rows"))?;
        assert_eq!(unboxed::<String>(first)?, ["one", "two"]);
        assert!(rows.next().await.is_none());
        assert_eq!(count(&driver).await?, 2);
        Ok(())
    })
}

#[test]
fn an_error_comes_after_the_rows_before_it() -> Result<()> {
    everywhere(|driver| async move {
        let sql = "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 'three' UNION ALL SELECT 4";
        let mut rows = driver.stream(statement(sql, [], Intent::Read), one::<i64>(), Batching::Wire);
        let first = rows.try_next().await?.ok_or_else(|| Error::query("no rows"))?;
        assert_eq!(unboxed::<i64>(first)?, [1, 2]);
        assert!(matches!(rows.next().await, Some(Err(error)) if matches!(error.kind(), ErrorKind::Decode { .. })));
        assert!(rows.next().await.is_none());
        let mut rows = driver.stream(statement("SELECT x", [], Intent::Read), one::<i64>(), Batching::Wire);
        assert!(matches!(rows.next().await, Some(Err(error)) if matches!(error.kind(), ErrorKind::Database { .. })));
        assert!(rows.next().await.is_none());
        Ok(())
    })
}

#[test]
fn a_dropped_stream_frees_its_snapshot() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = filled(&scratch, scratch.options())?;
    let outsider = scratch.outsider()?;
    let rows = reading(&driver)?;
    block_on(insert(&driver, "later"))?;
    assert!(!is_free(&outsider)?, "the stream's snapshot is older than the last write");
    drop(rows);
    let freed = eventually("the stream is gone", Duration::from_secs(5), || is_free(&outsider))?;
    assert!(freed < Duration::from_secs(1), "{freed:?}");
    Ok(())
}

#[test]
fn a_stalled_stream_expires() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = filled(&scratch, scratch.options().stream_timeout(Duration::from_millis(50)))?;
    let outsider = scratch.outsider()?;
    let rows = reading(&driver)?;
    block_on(insert(&driver, "later"))?;
    eventually("the stream has expired", Duration::from_secs(5), || is_free(&outsider))?;
    let rest: Vec<_> = block_on(rows.collect());
    let error = rest.last().and_then(|last| last.as_ref().err());
    assert!(matches!(error.map(Error::kind), Some(ErrorKind::Timeout { .. })), "{error:?}");
    assert!(rest.len() < 10, "the rows that waited, then the error");
    Ok(())
}

#[test]
fn a_loop_over_streams_may_ask_more() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = filled(&scratch, scratch.options().readers(1))?;
    let streams: Vec<_> = (0..20).map(|_| reading(&driver)).collect::<Result<_>>()?;
    assert_eq!(block_on(read::<i64>(&driver, NUMBERS, [Value::I64(20_000)]))?.len(), 20_000);
    block_on(insert(&driver, "later"))?;
    for rows in streams {
        assert_eq!(block_on(rows.count()), 999, "a stream sees what there was when it began");
    }
    Ok(())
}

#[test]
fn a_stream_in_memory_waits_for_none() -> Result<()> {
    let driver = block_on(SqliteDriver::connect(SqliteOptions::memory()))?;
    block_on(run(&driver, BOOK, []))?;
    let mut rows = numbers(&driver, 20_000, Batching::Cursor(10));
    block_on(rows.try_next())?;
    block_on(insert(&driver, "meanwhile"))?;
    assert_eq!(block_on(count(&driver))?, 1);
    assert_eq!(block_on(rows.count()), 1_999);
    Ok(())
}

#[test]
fn an_endless_query_stops_with_its_stream() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = filled(&scratch, scratch.options())?;
    let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                   SELECT max(i) FROM n, book WHERE book.id = 1";
    let mut rows = driver.stream(statement(endless, [], Intent::Read), one::<i64>(), Batching::Wire);
    assert!(poll_now(&mut rows.next()).is_none());
    drop(rows);
    let outsider = scratch.outsider()?;
    block_on(insert(&driver, "later"))?;
    eventually("the query has stopped", Duration::from_secs(5), || is_free(&outsider))?;
    Ok(())
}

#[test]
fn closing_ends_a_stream_with_an_error() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = filled(&scratch, scratch.options())?;
    let rows = reading(&driver)?;
    let start = Instant::now();
    block_on(driver.close());
    assert!(start.elapsed() < Duration::from_secs(5));
    let rest: Vec<_> = block_on(rows.collect());
    let error = rest.last().and_then(|last| last.as_ref().err());
    assert!(matches!(error.map(Error::kind), Some(ErrorKind::Connection { .. })), "{error:?}");
    Ok(())
}
