use std::time::Duration;

use futures::executor::block_on;
use futures::stream::StreamExt;

use super::{BOOK, Scratch, count, insert, one, poll_now, run, statement};
use crate::driver::sqlite::{SqliteDriver, SqliteOptions};
use crate::driver::{Batching, Driver, Session, TransactionOptions};
use crate::error::{Error, ErrorKind, Holder, Result, Retry};
use crate::statement::{Done, Intent};
use crate::value::Value;

const SHORTLY: Duration = Duration::from_millis(100);

const ENDLESS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

fn opened(options: SqliteOptions) -> Result<SqliteDriver> {
    let driver = block_on(SqliteDriver::connect(options.acquire_timeout(SHORTLY)))?;
    block_on(run(&driver, BOOK, []))?;
    Ok(driver)
}

/// Who has what was waited for in vain.
fn holders<T>(waited: Result<T>) -> Vec<Holder> {
    let Err(error) = waited else { panic!("it was not waited for in vain") };
    assert_eq!(error.retry(), Retry::Safe, "{error}");
    match error.kind() {
        ErrorKind::PoolExhausted { after, holders } if *after == SHORTLY => holders.clone(),
        _ => panic!("{error:?}"),
    }
}

fn sent(holder: &Holder) -> &str {
    holder.sent.as_ref().map_or("nothing", |(sql, _)| sql)
}

fn begin(driver: &SqliteDriver, options: TransactionOptions) -> Result<Box<dyn Session>> {
    block_on(driver.session(options))
}

fn insert_all(driver: &SqliteDriver) -> Result<Vec<Done>> {
    let sql = ["INSERT INTO book (title) VALUES ('one')", "INSERT INTO book (title) VALUES ('two')"];
    block_on(driver.execute_all(sql.map(|sql| statement(sql, [], Intent::Write)).into()))
}

#[test]
fn a_wait_in_vain_for_a_transaction_is_told_and_nothing_is_done() -> Result<()> {
    let scratch = Scratch::new()?;
    for options in [scratch.options(), SqliteOptions::memory()] {
        let driver = opened(options)?;
        let mut transaction = begin(&driver, TransactionOptions::default())?;
        let update = statement("UPDATE book SET title = ?", [Value::Text("geheim".into())], Intent::Write);
        block_on(transaction.execute(&update))?;
        for holders in [
            holders(block_on(insert(&driver, "in vain"))),
            holders(insert_all(&driver)),
            holders(begin(&driver, TransactionOptions::default())),
        ] {
            let [holder] = holders.as_slice() else { panic!("{holders:?}") };
            assert!(holder.in_transaction && holder.held_for >= SHORTLY, "{holder}");
            assert_eq!(sent(holder), "UPDATE book SET title = ?");
        }
        block_on(transaction.commit())?;
        drop(transaction);
        assert_eq!(block_on(count(&driver))?, 0);
        insert_all(&driver)?;
        assert_eq!(block_on(count(&driver))?, 2, "what was given up was done later");
    }
    Ok(())
}

#[test]
fn what_has_begun_is_waited_for() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = opened(scratch.options())?;
    let outsider = scratch.outsider()?;
    outsider.execute_batch("BEGIN IMMEDIATE").map_err(Error::other)?;
    let mut begun = driver.execute_all(vec![statement("INSERT INTO book (title) VALUES ('begun')", [], Intent::Write)]);
    assert!(poll_now(&mut begun).is_none());
    let holders = holders(block_on(insert(&driver, "in vain")));
    assert!(matches!(holders.as_slice(), [holder] if holder.in_transaction), "{holders:?}");
    // Its own time is up as well, but it waits for the lock of another process.
    std::thread::sleep(2 * SHORTLY);
    assert!(poll_now(&mut begun).is_none());
    outsider.execute_batch("COMMIT").map_err(Error::other)?;
    assert_eq!(block_on(begun)?.len(), 1);
    assert_eq!(block_on(count(&driver))?, 1);
    Ok(())
}

#[test]
fn reads_on_threads_wait_for_each_other_and_short_ones_for_none() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = opened(scratch.options().readers(1))?;
    let long = || driver.fetch(statement(ENDLESS, [], Intent::Read), one::<i64>());
    let mut reading = long();
    assert!(poll_now(&mut reading).is_none());
    let read_only = TransactionOptions { read_only: true, ..TransactionOptions::default() };
    for holders in [holders(block_on(long())), holders(begin(&driver, read_only))] {
        let [holder] = holders.as_slice() else { panic!("{holders:?}") };
        assert!(!holder.in_transaction && sent(holder) == ENDLESS, "{holder}");
    }
    assert_eq!(block_on(count(&driver))?, 0);
    block_on(insert(&driver, "one"))?;
    drop(reading);
    let mut transaction = begin(&driver, read_only)?;
    let read = statement("SELECT 7", [], Intent::Read);
    block_on(transaction.fetch(&read, one::<i64>()))?;
    let holders = holders(block_on(long()));
    assert!(matches!(holders.as_slice(), [holder] if holder.in_transaction && sent(holder) == "SELECT 7"));
    Ok(())
}

#[test]
fn in_memory_all_wait_for_a_stream_that_finds_nothing() -> Result<()> {
    let driver = opened(SqliteOptions::memory())?;
    // The connection is free again.
    block_on(count(&driver))?;
    let mut stream = driver.stream(statement(ENDLESS, [], Intent::Read), one::<i64>(), Batching::Wire);
    assert!(poll_now(&mut stream.next()).is_none());
    let mut second = driver.stream(statement("SELECT 1", [], Intent::Read), one::<i64>(), Batching::Wire);
    for holders in [
        holders(block_on(insert(&driver, "in vain"))),
        holders(block_on(count(&driver))),
        holders(begin(&driver, TransactionOptions::default())),
        holders(block_on(second.next()).unwrap_or_else(|| Err(Error::query("no answer")))),
    ] {
        assert!(matches!(holders.as_slice(), [holder] if sent(holder) == ENDLESS), "{holders:?}");
    }
    drop(stream);
    assert_eq!(block_on(count(&driver))?, 0);
    Ok(())
}

/// A future that was polled once has its place in the line, and keeps what it is given there.
#[test]
fn a_turn_that_is_not_taken_does_not_stop_the_clock() -> Result<()> {
    let driver = opened(SqliteOptions::memory())?;
    let transaction = begin(&driver, TransactionOptions::default())?;
    let mut sleepy = Box::pin(insert(&driver, "sleepy"));
    assert!(poll_now(&mut sleepy).is_none());
    drop(transaction);
    let Err(error) = block_on(insert(&driver, "in vain")) else { panic!("there was no room") };
    assert!(error.to_string().ends_with("within 100ms; none of them is in use"), "{error}");
    block_on(sleepy)?;
    assert_eq!(block_on(count(&driver))?, 1);
    Ok(())
}
