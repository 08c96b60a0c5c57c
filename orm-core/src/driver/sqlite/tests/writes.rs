use futures::executor::block_on;
use futures::future::join_all;

use super::{BOOK, Scratch, count, everywhere, insert, is_free, one, poll_now, read, run, statement, unboxed};
use crate::driver::Driver;
use crate::driver::sqlite::SqliteDriver;
use crate::error::{Error, ErrorKind, Result};
use crate::statement::{Done, Intent, Statement};
use crate::value::{Kind, Value};

#[test]
fn what_a_write_did_is_told() -> Result<()> {
    everywhere(|driver| async move {
        let driver = &driver;
        let done = |rows_affected, last_insert_id| Done { rows_affected, last_insert_id };
        assert_eq!(insert(driver, "one").await?, done(1, Some(1)));
        assert_eq!(run(driver, "INSERT INTO book (title) VALUES ('two'), ('three')", []).await?, done(2, Some(3)));
        assert_eq!(run(driver, "UPDATE book SET pages = 1", []).await?, done(3, None));
        assert_eq!(run(driver, "UPDATE book SET pages = 1 WHERE id = 2", []).await?, done(1, None));
        assert_eq!(run(driver, "CREATE INDEX i ON book (pages)", []).await?, done(0, None));
        assert_eq!(run(driver, "SELECT * FROM book", []).await?, done(0, None));
        let nothing = "INSERT INTO book (title) VALUES ('one') ON CONFLICT DO NOTHING";
        assert_eq!(run(driver, nothing, []).await?, done(0, None));
        let instead = "INSERT INTO book (title) VALUES ('one') ON CONFLICT (title) DO UPDATE SET pages = 2";
        assert_eq!(run(driver, instead, []).await?, done(1, None));
        assert_eq!(run(driver, "DELETE FROM book WHERE id > 99", []).await?, done(0, None));
        assert_eq!(run(driver, "DELETE FROM book", []).await?, done(3, None));
        Ok(())
    })
}

#[test]
fn a_write_returns_rows() -> Result<()> {
    everywhere(|driver| async move {
        let sql = "INSERT INTO book (title) SELECT value FROM json_each(?) RETURNING id";
        let titles = (0..2_000).map(|title| Value::Text(title.to_string().into())).collect();
        let write = statement(sql, [Value::List(Kind::Text, titles)], Intent::Write);
        let ids = unboxed::<i64>(driver.fetch(write, one::<i64>()).await?)?;
        assert_eq!(ids, (1..=2_000).collect::<Vec<_>>());
        assert_eq!(count(&driver).await?, 2_000);
        let wrong = statement("UPDATE book SET pages = 7 RETURNING title", [], Intent::Write);
        assert!(driver.fetch(wrong, one::<i64>()).await.is_err());
        let changed = read::<i64>(&driver, "SELECT count(pages) FROM book", []).await?;
        assert_eq!(changed, [0], "what could not be answered is not committed");
        Ok(())
    })
}

/// Writes that all wait while another process holds the lock, and therefore meet in one group.
fn queued(driver: &SqliteDriver, scratch: &Scratch, statements: &[&str]) -> Result<Vec<Result<Done>>> {
    let outsider = scratch.outsider()?;
    outsider.execute_batch("BEGIN IMMEDIATE").map_err(Error::other)?;
    // The first waits for the lock, the others for the first.
    let mut first = run_boxed(driver, "UPDATE book SET pages = pages");
    assert!(poll_now(&mut first).is_none());
    let mut others: Vec<_> = statements.iter().map(|sql| run_boxed(driver, sql)).collect();
    for other in &mut others {
        assert!(poll_now(other).is_none());
    }
    outsider.execute_batch("COMMIT").map_err(Error::other)?;
    block_on(first)?;
    Ok(block_on(join_all(others)))
}

fn run_boxed(driver: &SqliteDriver, sql: &str) -> futures::future::BoxFuture<'static, Result<Done>> {
    driver.execute(statement(sql, [], Intent::Write))
}

fn opened(scratch: &Scratch) -> Result<SqliteDriver> {
    let driver = block_on(SqliteDriver::connect(scratch.options()))?;
    block_on(run(&driver, BOOK, []))?;
    Ok(driver)
}

#[test]
fn writes_that_wait_together_are_committed_together() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = opened(&scratch)?;
    let outsider = scratch.outsider()?;
    assert!(is_free(&outsider)?);
    let inserts: Vec<_> = (0..200).map(|title| format!("INSERT INTO book (title) VALUES ('{title}')")).collect();
    let inserts: Vec<_> = inserts.iter().map(String::as_str).collect();
    for result in queued(&driver, &scratch, &inserts)? {
        assert_eq!(result?.rows_affected, 1);
    }
    let frames: i64 =
        outsider.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1)).map_err(Error::other)?;
    assert!(frames < 40, "200 commits would write at least 400 pages to the log, these wrote {frames}");
    assert_eq!(block_on(count(&driver))?, 200);
    Ok(())
}

#[test]
fn one_that_fails_is_undone_alone() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = opened(&scratch)?;
    let results = queued(
        &driver,
        &scratch,
        &[
            "INSERT INTO book (title) VALUES ('one')",
            "INSERT INTO book (title) VALUES ('two'), ('one')",
            "INSERT INTO book (title) VALUES ('three')",
            "INSERT INTO nowhere VALUES (1)",
            "DELETE FROM book WHERE title = 'three'",
        ],
    )?;
    let failed: Vec<_> = results.iter().map(Result::is_err).collect();
    assert_eq!(failed, [false, true, false, true, false]);
    assert_eq!(block_on(read::<String>(&driver, "SELECT title FROM book", []))?, ["one"]);
    Ok(())
}

#[test]
fn what_ends_the_transaction_of_all_is_answered_to_one() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = opened(&scratch)?;
    let trigger = "CREATE TRIGGER no BEFORE INSERT ON book WHEN new.title = 'bad' \
                   BEGIN SELECT raise(ROLLBACK, 'not today'); END";
    block_on(run(&driver, trigger, []))?;
    for bad in ["INSERT INTO book (title) VALUES ('bad')", "INSERT INTO book (title, series) VALUES ('lost', 99)"] {
        block_on(run(&driver, "DELETE FROM book", []))?;
        let good = ["INSERT INTO book (title) VALUES ('one')", bad, "INSERT INTO book (title) VALUES ('two')"];
        let results = queued(&driver, &scratch, &good)?;
        let failed: Vec<_> = results.iter().map(Result::is_err).collect();
        assert_eq!(failed, [false, true, false], "{bad}");
        assert_eq!(block_on(read::<String>(&driver, "SELECT title FROM book ORDER BY id", []))?, ["one", "two"]);
    }
    Ok(())
}

#[test]
fn a_group_returns_rows_once() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = opened(&scratch)?;
    let outsider = scratch.outsider()?;
    outsider.execute_batch("BEGIN IMMEDIATE").map_err(Error::other)?;
    let mut writes: Vec<_> = (0..20)
        .map(|title| {
            // The last one is refused at the commit, so that all others run again.
            let series = if title == 19 { "99" } else { "NULL" };
            let sql = format!("INSERT INTO book (title, series) VALUES ('{title}', {series}) RETURNING title");
            driver.fetch(statement(&sql, [], Intent::Write), one::<String>())
        })
        .collect();
    for write in &mut writes {
        assert!(poll_now(write).is_none());
    }
    outsider.execute_batch("COMMIT").map_err(Error::other)?;
    for (title, rows) in block_on(join_all(writes)).into_iter().enumerate() {
        match rows {
            Ok(rows) => assert_eq!(unboxed::<String>(rows)?, [title.to_string()]),
            Err(error) => assert!(title == 19 && error.is_foreign_key_violation(), "{error:?}"),
        }
    }
    assert_eq!(block_on(count(&driver))?, 19);
    Ok(())
}

#[test]
fn a_write_dropped_before_it_began_is_not_done() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = opened(&scratch)?;
    let outsider = scratch.outsider()?;
    outsider.execute_batch("BEGIN IMMEDIATE").map_err(Error::other)?;
    let mut first = run_boxed(&driver, "INSERT INTO book (title) VALUES ('first')");
    let mut dropped = run_boxed(&driver, "INSERT INTO book (title) VALUES ('dropped')");
    let mut all = driver.execute_all(vec![statement("DELETE FROM book", [], Intent::Write)]);
    let mut last = run_boxed(&driver, "INSERT INTO book (title) VALUES ('last')");
    assert!(poll_now(&mut first).is_none() && poll_now(&mut dropped).is_none());
    assert!(poll_now(&mut all).is_none() && poll_now(&mut last).is_none());
    drop((dropped, all));
    outsider.execute_batch("COMMIT").map_err(Error::other)?;
    block_on(futures::future::try_join(first, last))?;
    assert_eq!(block_on(read::<String>(&driver, "SELECT title FROM book ORDER BY id", []))?, ["first", "last"]);
    Ok(())
}

#[test]
fn several_statements_are_all_or_nothing() -> Result<()> {
    everywhere(|driver| async move {
        let driver = &driver;
        let all =
            |texts: &[&str]| driver.execute_all(texts.iter().map(|sql| statement(sql, [], Intent::Write)).collect());
        let done = all(&["INSERT INTO book (title) VALUES ('one')", "UPDATE book SET pages = 3"]).await?;
        assert_eq!(done.iter().map(|done| done.rows_affected).collect::<Vec<_>>(), [1, 1]);
        for texts in [
            ["DELETE FROM book", "INSERT INTO nowhere VALUES (1)"],
            ["CREATE TABLE new (id)", "INSERT INTO book (title) VALUES ('one')"],
            ["DELETE FROM book", "INSERT INTO book (title, series) VALUES ('x', 99)"],
            ["DELETE FROM book", "ROLLBACK"],
        ] {
            assert!(all(&texts).await.is_err(), "{texts:?}");
            assert_eq!(count(driver).await?, 1, "{texts:?}");
        }
        assert!(read::<i64>(driver, "SELECT 1 FROM new", []).await.is_err());
        assert!(all(&[]).await?.is_empty());
        Ok(())
    })
}

#[test]
fn a_table_is_rebuilt_without_its_children_noticing() -> Result<()> {
    everywhere(|driver| async move {
        let driver = &driver;
        let all = |texts: &[&str]| driver.execute_all(texts.iter().map(|sql| Statement::schema(*sql)).collect());
        run(driver, "DROP TABLE IF EXISTS page", []).await?;
        run(driver, "CREATE TABLE page (book INTEGER REFERENCES book (id) ON DELETE CASCADE)", []).await?;
        insert(driver, "one").await?;
        run(driver, "INSERT INTO page VALUES (1)", []).await?;
        let new = BOOK.replacen("book", "new", 1);
        let rebuild = ["PRAGMA foreign_keys = OFF", &new, "INSERT INTO new SELECT * FROM book", "DROP TABLE book"];
        let mut whole = rebuild.to_vec();
        whole.push("ALTER TABLE new RENAME TO book");
        assert_eq!(all(&whole).await?.len(), 5);
        assert_eq!(read::<i64>(driver, "SELECT count(*) FROM page", []).await?, [1]);
        // Without the last step, rows point to nothing.
        assert!(all(&rebuild).await.is_err_and(|error| error.is_foreign_key_violation()));
        assert_eq!(count(driver).await?, 1);
        let error = run(driver, "INSERT INTO page VALUES (99)", []).await.err();
        assert!(error.is_some_and(|error| error.is_foreign_key_violation()), "foreign keys are on again");
        Ok(())
    })
}

#[test]
fn what_cannot_run_in_a_transaction_runs_alone() -> Result<()> {
    everywhere(|driver| async move {
        driver.execute(Statement::schema("VACUUM")).await?;
        let mode = statement("PRAGMA user_version = 7", [], Intent::Write);
        driver.fetch(mode, one::<i64>()).await?;
        assert_eq!(read::<i64>(&driver, "PRAGMA user_version", []).await?, [7]);
        Ok(())
    })
}

#[test]
fn a_full_disk_is_an_error_and_nothing_else() -> Result<()> {
    let scratch = Scratch::new()?;
    let driver = opened(&scratch)?;
    block_on(run(&driver, "PRAGMA max_page_count = 20", []))?;
    let big = format!("INSERT INTO book (title) VALUES ('{}')", "x".repeat(200_000));
    let results = queued(&driver, &scratch, &["INSERT INTO book (title) VALUES ('one')", &big])?;
    assert!(results[0].is_ok());
    let kind = results[1].as_ref().err().map(Error::kind);
    assert!(matches!(kind, Some(ErrorKind::Database { code: Some(code), .. }) if code == "13"), "{kind:?}");
    block_on(insert(&driver, "two"))?;
    assert_eq!(block_on(count(&driver))?, 2);
    Ok(())
}
