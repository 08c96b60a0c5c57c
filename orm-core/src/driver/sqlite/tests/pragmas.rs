use super::{count, everywhere, insert, read, run, statement};
use crate::driver::sqlite::SqliteDriver;
use crate::driver::{Driver, TransactionOptions};
use crate::error::{Error, ErrorKind, QueryMistake, Result};
use crate::statement::{Done, Intent, Statement};

/// What would change the meaning of later statements, in the forms that SQLite reads.
const SETTING: [&str; 24] = [
    "PRAGMA foreign_keys = OFF",
    "pragma main.foreign_keys(0)",
    "/* a */ PRAGMA -- b\n \"foreign_keys\"/**/=/**/'off'",
    "; PRAGMA foreign_keys = OFF",
    "/*! a */ PRAGMA foreign_keys = OFF",
    "PRAGMA ignore_check_constraints = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA writable_schema = ON",
    "PRAGMA query_only = ON",
    "PRAGMA journal_mode = MEMORY",
    "PRAGMA synchronous = OFF",
    "PRAGMA busy_timeout = 1",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA case_sensitive_like = ON",
    "PRAGMA read_uncommitted = ON",
    "PRAGMA legacy_alter_table = ON",
    "PRAGMA trusted_schema = ON",
    "PRAGMA schema_version = 7",
    "EXPLAIN PRAGMA foreign_keys = OFF",
    "EXPLAIN QUERY PLAN PRAGMA ignore_check_constraints = 1",
    "/*! WITH */ PRAGMA query_only = 1",
    "SELECT 1; PRAGMA foreign_keys = 0",
    "SELECT title FROM book; PRAGMA foreign_keys = 0",
    "PRAGMA user_version = 3; EXPLAIN PRAGMA foreign_keys = 0",
];

/// What holds still after each: keys and checks, also for a table that the statement was to let through.
async fn is_unharmed(driver: &SqliteDriver, sql: &str) -> Result<()> {
    let error = run(driver, "INSERT INTO book (title, series) VALUES ('x', 99)", []).await.err();
    assert!(error.is_some_and(|error| error.is_foreign_key_violation()), "{sql}");
    let error = run(driver, "INSERT INTO book (title, pages) VALUES ('x', -1)", []).await.err();
    assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::Integrity { .. })), "{sql}: {error:?}");
    insert(driver, sql).await?;
    Ok(())
}

fn refused(done: Result<Done>, sql: &str) -> String {
    let error = done.expect_err(sql);
    let is_refused =
        matches!(error.kind(), ErrorKind::Unsupported { .. } | ErrorKind::Query(QueryMistake::CommentReadTwice));
    assert!(is_refused, "{sql}: {error:?}");
    error.to_string()
}

#[test]
fn what_would_hold_for_all_later_writes_is_refused() -> Result<()> {
    everywhere(|driver| async move {
        let driver = &driver;
        for sql in SETTING {
            refused(run(driver, sql, []).await, sql);
            refused(driver.execute(Statement { persistent: false, ..Statement::schema(sql) }).await, sql);
            let all = vec![Statement::schema("SELECT 1"), Statement::schema(sql)];
            refused(driver.execute_all(all).await.map(|_| Done::default()), sql);
            let mut session = driver.session(TransactionOptions::default()).await?;
            let within = statement(sql, [], Intent::Write);
            refused(session.execute(&within).await, sql);
            session.commit().await?;
            is_unharmed(driver, sql).await?;
        }
        assert_eq!(count(driver).await?, SETTING.len() as i64);
        Ok(())
    })
}

#[test]
fn the_refusal_names_what_to_use_instead() -> Result<()> {
    everywhere(|driver| async move {
        for (sql, words) in [
            ("PRAGMA synchronous = OFF", "`?synchronous=…`"),
            ("PRAGMA journal_mode = WAL", "`?journal=wal`"),
            ("PRAGMA Foreign_Keys = OFF", "`PRAGMA defer_foreign_keys = ON`"),
            ("PRAGMA defer_foreign_keys = ON", "`atomic`"),
        ] {
            let told = refused(run(&driver, sql, []).await, sql);
            assert!(told.contains(words), "{told}");
        }
        Ok(())
    })
}

#[test]
fn what_asks_or_is_kept_in_the_file_is_not_refused() -> Result<()> {
    everywhere(|driver| async move {
        let driver = &driver;
        for sql in [
            "PRAGMA foreign_keys",
            "PRAGMA journal_mode",
            "PRAGMA table_info(book)",
            "PRAGMA foreign_key_check(book)",
            "PRAGMA integrity_check(5)",
            "PRAGMA optimize(-1)",
            "PRAGMA wal_checkpoint(PASSIVE)",
            "PRAGMA user_version = 7",
            "PRAGMA Cache_Size = -4000",
            "EXPLAIN PRAGMA foreign_keys",
            "CREATE VIEW pragma_foreign_keys_off AS SELECT 1 AS one",
        ] {
            run(driver, sql, []).await?;
        }
        assert_eq!(read::<i64>(driver, "SELECT foreign_keys FROM pragma_foreign_keys", []).await?, [1]);
        run(driver, "DROP VIEW pragma_foreign_keys_off", []).await?;
        Ok(())
    })
}

#[test]
fn keys_are_deferred_for_one_transaction() -> Result<()> {
    everywhere(|driver| async move {
        let driver = &driver;
        run(driver, "DROP TABLE IF EXISTS page", []).await?;
        run(driver, "CREATE TABLE page (book INTEGER REFERENCES book (id))", []).await?;
        let write = |sql| statement(sql, [], Intent::Write);
        let mut session = driver.session(TransactionOptions::default()).await?;
        session.execute(&write("PRAGMA defer_foreign_keys = ON")).await?;
        session.execute(&write("INSERT INTO page VALUES (1)")).await?;
        session.execute(&write("INSERT INTO book (id, title) VALUES (1, 'one')")).await?;
        session.commit().await?;
        let mut session = driver.session(TransactionOptions::default()).await?;
        let early = session.execute(&write("INSERT INTO page VALUES (2)")).await;
        assert!(early.is_err_and(|error| error.is_foreign_key_violation()));
        session.roll_back().await?;
        run(driver, "DROP TABLE page", []).await.map(drop)
    })
}
