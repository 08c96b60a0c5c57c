use std::sync::Arc;
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use futures::executor::block_on;

use super::{BOOK, Scratch, count, decoded, everywhere, insert, one, poll_now, read, run, statement, unboxed};
use crate::driver::Driver;
use crate::driver::sqlite::{SqliteDriver, SqliteOptions};
use crate::error::{Error, Result};
use crate::row::Rows;
use crate::statement::Intent;
use crate::value::Value;

fn here() -> Box<dyn Rows> {
    decoded::<ThreadId>(|row, _| row.read::<i64>().map(|_| std::thread::current().id()))
}

async fn where_run(driver: &SqliteDriver, sql: &str, binds: impl Into<Vec<Value>>) -> Result<Vec<ThreadId>> {
    unboxed(driver.fetch(statement(sql, binds, Intent::Read), here()).await?)
}

const NUMBERS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n";

#[test]
fn short_reads_run_on_the_callers_thread_and_long_ones_do_not() -> Result<()> {
    everywhere(|driver| async move {
        let this = std::thread::current().id();
        let short = where_run(&driver, "SELECT 1", []).await?;
        assert_eq!(short == [this], driver.lane.inline);
        let long = where_run(&driver, NUMBERS, [Value::I64(20_000)]).await?;
        assert!(long.len() == 20_000 && long.iter().all(|thread| *thread != this));
        // Remembered: not even a first row is read here.
        let remembered = where_run(&driver, NUMBERS, [Value::I64(1)]).await?;
        assert!(remembered.iter().all(|thread| *thread != this));
        // Forgotten: it turned out to be short.
        let forgotten = where_run(&driver, NUMBERS, [Value::I64(1)]).await?;
        assert_eq!(forgotten == [this], driver.lane.inline);
        Ok(())
    })
}

#[test]
fn all_rows_come_once_whatever_the_budget() -> Result<()> {
    let scratch = Scratch::new()?;
    for budget in [4, 5, 50, 500, 5_000] {
        for options in [scratch.options(), SqliteOptions::memory()] {
            let driver = block_on(SqliteDriver::connect(options.inline_opcodes(budget)))?;
            for most in [0, 1, 2, 10, 100, 1_000] {
                let expected: Vec<i64> = (1..=most.max(1)).collect();
                assert_eq!(block_on(read::<i64>(&driver, NUMBERS, [Value::I64(most)]))?, expected);
            }
        }
    }
    Ok(())
}

#[test]
fn a_dropped_read_stops() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = block_on(SqliteDriver::connect(scratch.options().readers(1)))?;
    block_on(run(&driver, BOOK, []))?;
    let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n, book";
    let mut read = driver.fetch(statement(endless, [], Intent::Read), one::<i64>());
    assert!(poll_now(&mut read).is_none());
    // The only connection for long reads is taken until the drop.
    drop(read);
    let start = Instant::now();
    assert_eq!(block_on(where_run(&driver, NUMBERS, [Value::I64(20_000)]))?.len(), 20_000);
    assert!(start.elapsed() < Duration::from_secs(2));
    Ok(())
}

#[test]
fn long_reads_do_not_hold_up_short_ones() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = block_on(SqliteDriver::connect(scratch.options().readers(1)))?;
    let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
    let mut reads: Vec<_> = (0..4).map(|_| driver.fetch(statement(endless, [], Intent::Read), one::<i64>())).collect();
    for read in &mut reads {
        assert!(poll_now(read).is_none());
    }
    assert_eq!(block_on(read::<i64>(&driver, "SELECT 1", []))?, [1]);
    Ok(())
}

#[test]
fn many_threads_read_and_write() -> Result<()> {
    let scratch = Scratch::new()?;
    for options in [scratch.options(), scratch.options().readers(1).inline_opcodes(4), SqliteOptions::memory()] {
        let driver = block_on(SqliteDriver::connect(options))?;
        block_on(run(&driver, "DROP TABLE IF EXISTS book", []))?;
        block_on(run(&driver, BOOK, []))?;
        let work = |thread: usize| -> Result<()> {
            block_on(async {
                for round in 0..25 {
                    let title = format!("{thread}-{round}");
                    let done = insert(&driver, &title).await?;
                    let id = done.last_insert_id.ok_or_else(|| Error::query("no key"))?;
                    let found =
                        read::<String>(&driver, "SELECT title FROM book WHERE id = ?", [Value::I64(id)]).await?;
                    assert_eq!(found, std::slice::from_ref(&title), "a write that was answered is read");
                    assert!(insert(&driver, &title).await.is_err_and(|error| error.is_unique_violation()));
                    let all = read::<i64>(&driver, "SELECT id FROM book", []).await?;
                    assert!(all.contains(&id));
                }
                Ok(())
            })
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16).map(|thread| scope.spawn(move || work(thread))).collect();
            threads
                .into_iter()
                .try_for_each(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })?;
        assert_eq!(block_on(count(&driver))?, 400);
    }
    Ok(())
}

#[tokio::test]
async fn works_on_a_current_thread_runtime() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = Arc::new(SqliteDriver::connect(scratch.options()).await?);
    run(&driver, BOOK, []).await?;
    let tasks = (0..50).map(|task| {
        let driver = Arc::clone(&driver);
        tokio::spawn(async move {
            insert(&driver, &task.to_string()).await?;
            read::<i64>(&driver, NUMBERS, [Value::I64(task * 100 + 1)]).await
        })
    });
    for (task, rows) in futures::future::join_all(tasks).await.into_iter().enumerate() {
        assert_eq!(rows.map_err(Error::other)??.len(), task * 100 + 1);
    }
    assert_eq!(count(&driver).await?, 50);
    Ok(())
}

#[test]
fn a_changed_schema_is_seen_by_kept_statements() -> Result<()> {
    everywhere(|driver| async move {
        insert(&driver, "one").await?;
        let rows = || decoded::<usize>(|row, _| row.read::<i64>().map(|_| 0));
        for _ in 0..20 {
            driver.fetch(statement("SELECT * FROM book", [], Intent::Read), rows()).await?;
        }
        run(&driver, "ALTER TABLE book ADD COLUMN isbn TEXT DEFAULT 'x'", []).await?;
        let rows = decoded::<String>(|row, _| {
            row.skip(4);
            row.read()
        });
        let found = driver.fetch(statement("SELECT * FROM book", [], Intent::Read), rows).await?;
        assert_eq!(unboxed::<String>(found)?, ["x"]);
        Ok(())
    })
}
