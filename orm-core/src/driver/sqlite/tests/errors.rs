use std::time::{Duration, Instant};

use futures::executor::block_on;

use super::{BOOK, Scratch, count, decoded, everywhere, insert, read, run, statement};
use crate::driver::Driver;
use crate::driver::sqlite::SqliteDriver;
use crate::error::{Error, ErrorKind, IntegrityKind, QueryMistake, Result};
use crate::statement::Intent;
use crate::value::Value;

async fn refused(driver: &SqliteDriver, sql: &str) -> Result<ErrorKind> {
    run(driver, sql, [])
        .await
        .err()
        .map(|error| error.kind().clone())
        .ok_or_else(|| Error::query(format!("{sql} passed")))
}

#[test]
fn constraints_are_told_apart() -> Result<()> {
    everywhere(|driver| async move {
        let driver = &driver;
        run(driver, "DROP TABLE IF EXISTS pair", []).await?;
        let table = "CREATE TABLE pair (a INTEGER, b INTEGER, c TEXT, d INTEGER REFERENCES book (id), UNIQUE (a, b), \
                     CONSTRAINT positive CHECK (b > 0)) STRICT";
        run(driver, table, []).await?;
        run(driver, "CREATE UNIQUE INDEX by_fold ON pair (dormouse_fold(c))", []).await?;
        insert(driver, "one").await?;
        run(driver, "INSERT INTO pair VALUES (1, 2, 'x', NULL)", []).await?;

        let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let unique = IntegrityKind::Unique;
        let cases = [
            ("INSERT INTO book (title) VALUES ('one')", unique, None, Some("book"), columns(&["title"])),
            ("INSERT INTO book (id, title) VALUES (1, 'two')", unique, None, Some("book"), columns(&["id"])),
            ("INSERT INTO pair VALUES (1, 2, 'y', NULL)", unique, None, Some("pair"), columns(&["a", "b"])),
            ("INSERT INTO pair VALUES (1, 3, 'X', NULL)", unique, Some("by_fold"), None, vec![]),
            ("INSERT INTO book (title) VALUES (NULL)", IntegrityKind::NotNull, None, Some("book"), columns(&["title"])),
            ("INSERT INTO pair VALUES (1, 0, 'z', NULL)", IntegrityKind::Check, Some("positive"), Some("pair"), vec![]),
            ("INSERT INTO book (title, pages) VALUES ('z', 0)", IntegrityKind::Check, None, Some("book"), vec![]),
            ("INSERT INTO pair VALUES (1, 3, 'z', 99)", IntegrityKind::ForeignKey, None, None, vec![]),
            // Deferred: noticed at the commit.
            ("INSERT INTO book (title, series) VALUES ('z', 99)", IntegrityKind::ForeignKey, None, None, vec![]),
        ];
        for (sql, kind, constraint, table, columns) in cases {
            let (constraint, table) = (constraint.map(str::to_owned), table.map(str::to_owned));
            let expected = ErrorKind::Integrity { kind, constraint, table, columns };
            assert_eq!(refused(driver, sql).await?, expected, "{sql}");
        }
        assert_eq!(count(driver).await?, 1);
        let error = run(driver, "INSERT INTO pair VALUES ('text', 3, 'z', NULL)", []).await.err();
        assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::OutOfRange { .. })), "{error:?}");
        Ok(())
    })
}

#[test]
fn the_databases_own_words_come_through() -> Result<()> {
    everywhere(|driver| async move {
        for (sql, words) in [
            ("SELECT 1 FROM nowhere", "no such table: nowhere"),
            ("SELECT absent FROM book", "no such column: absent"),
            ("SELEC 1", "syntax error"),
            // Without double-quoted strings this is a column that does not exist, not a text.
            ("SELECT \"absent\"", "no such column: \"absent\""),
        ] {
            let error = read::<i64>(&driver, sql, []).await.err();
            match error.as_ref().map(Error::kind) {
                Some(ErrorKind::Database { code: Some(code), message }) => {
                    assert!(code == "1" && message.contains(words), "{message}");
                }
                other => return Err(Error::query(format!("{sql}: {other:?}"))),
            }
        }
        let error = run(&driver, "CREATE INDEX i ON book (\"absent\")", []).await.err();
        assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::Database { .. })), "{error:?}");
        let many = vec![Value::I64(1); 40_000];
        let sql = format!("SELECT 1 IN ({})", vec!["?"; 40_000].join(","));
        let error = read::<i64>(&driver, &sql, many).await.err();
        assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::Database { .. })), "{error:?}");
        Ok(())
    })
}

#[test]
fn a_trigger_speaks_for_itself() -> Result<()> {
    everywhere(|driver| async move {
        // What a function of the library said before, on the same thread, is another's error.
        let fitted = read::<i64>(&driver, "SELECT integer_fit(300, 0, 255)", []).await.err();
        let said = fitted.as_ref().map(ToString::to_string).unwrap_or_default();
        assert!(matches!(fitted.as_ref().map(Error::kind), Some(ErrorKind::OutOfRange { .. })), "{said}");
        for told in ["not today", "regexp: not today", "integer_fit: beyond", &said] {
            let trigger = format!("CREATE TRIGGER no BEFORE INSERT ON book BEGIN SELECT raise(ABORT, '{told}'); END");
            run(&driver, trigger.as_str(), []).await?;
            let error = insert(&driver, "one").await.err();
            match error.as_ref().map(Error::kind) {
                Some(ErrorKind::Database { message, .. }) => assert_eq!(message, told),
                other => return Err(Error::query(format!("{other:?}"))),
            }
            run(&driver, "DROP TRIGGER no", []).await?;
        }
        Ok(())
    })
}

#[test]
fn statements_that_cannot_be_are_refused() -> Result<()> {
    everywhere(|driver| async move {
        let driver = &driver;
        let query = |error: Option<Error>| matches!(error.as_ref().map(Error::kind), Some(ErrorKind::Query { .. }));
        let error = read::<i64>(driver, "SELECT ?", []).await.err();
        let mistake = QueryMistake::Placeholders { wanted: 1, given: 0 };
        assert_eq!(error.as_ref().map(Error::kind), Some(&ErrorKind::Query(mistake)));
        assert!(query(read::<i64>(driver, "SELECT 1", [Value::I64(1)]).await.err()));
        assert!(query(read::<i64>(driver, "SELECT 1; SELECT 2", []).await.err()));
        assert!(query(read::<i64>(driver, "INSERT INTO book (title) VALUES ('x') RETURNING id", []).await.err()));
        assert!(query(run(driver, "BEGIN", []).await.err()));
        assert!(read::<i64>(driver, "BEGIN", []).await?.is_empty());
        insert(driver, "after").await?;
        assert_eq!(count(driver).await?, 1);
        Ok(())
    })
}

#[test]
fn a_decoder_fails_as_itself() -> Result<()> {
    everywhere(|driver| async move {
        insert(&driver, "one").await?;
        let error = read::<i64>(&driver, "SELECT title FROM book", []).await.err();
        let kind = error.as_ref().map(Error::kind).cloned();
        let expected = ErrorKind::Decode { column: "title".into(), expected: "i64", found: "text".into() };
        assert_eq!(kind, Some(expected));
        let rows = decoded::<(i64, i64)>(|row, _| Ok((row.read()?, row.read()?)));
        let error = driver.fetch(statement("SELECT 1", [], Intent::Read), rows).await.err();
        assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::Internal { .. })), "{error:?}");
        let said = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(said.starts_with("this is a bug in dormouse, please report it"), "{said}");
        let error = read::<String>(&driver, "SELECT CAST(x'ff' AS TEXT) AS t", []).await.err();
        assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::Decode { .. })), "{error:?}");
        Ok(())
    })
}

#[test]
fn a_decoder_that_panics_costs_nothing() -> Result<()> {
    everywhere(|driver| async move {
        let rows = || decoded::<i64>(|_, _| std::panic::resume_unwind(Box::new("a bug")));
        insert(&driver, "one").await?;
        for _ in 0..20 {
            let error = driver.fetch(statement("SELECT 1", [], Intent::Read), rows()).await.err();
            assert!(error.is_some_and(|error| error.to_string().contains("panicked")));
        }
        let write = statement("INSERT INTO book (title) VALUES ('two') RETURNING id", [], Intent::Write);
        assert!(driver.fetch(write, rows()).await.is_err());
        assert_eq!(count(&driver).await?, 1, "what could not be answered is not committed");
        Ok(())
    })
}

#[test]
fn a_lock_held_elsewhere_is_waited_for() -> Result<()> {
    let scratch = Scratch::new()?;
    let options = scratch.options().busy_timeout(Duration::from_millis(20));
    let driver = block_on(SqliteDriver::connect(options))?;
    block_on(run(&driver, BOOK, []))?;
    let outsider = scratch.outsider()?;
    outsider.execute_batch("BEGIN IMMEDIATE").map_err(Error::other)?;
    let start = Instant::now();
    let error = block_on(insert(&driver, "one")).err();
    assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::Timeout { .. })), "{error:?}");
    assert!(start.elapsed() >= Duration::from_millis(20));
    let all = block_on(driver.execute_all(vec![statement("DELETE FROM book", [], Intent::Write)])).err();
    assert!(matches!(all.as_ref().map(Error::kind), Some(ErrorKind::Timeout { .. })), "{all:?}");
    outsider.execute_batch("COMMIT").map_err(Error::other)?;
    block_on(insert(&driver, "one"))?;
    assert_eq!(block_on(count(&driver))?, 1);
    Ok(())
}
