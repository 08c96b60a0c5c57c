use std::time::Duration;

use futures::TryStreamExt;
use futures::executor::block_on;

use super::{BOOK, Scratch, count, insert, one, run, statement, unboxed};
use crate::driver::sqlite::{Journal, Mode, SqliteDriver, SqliteOptions, Synchronous};
use crate::driver::{Batching, Driver, TransactionOptions};
use crate::error::{ConnectionFault, Error, ErrorKind, Result, Retry};
use crate::statement::Intent;

fn refused(url: &str) -> String {
    url.parse::<SqliteOptions>().err().map_or_else(|| format!("{url} was taken"), |error| error.to_string())
}

#[test]
fn a_url_says_what_to_open_and_how() -> Result<()> {
    let url = "sqlite:///a%20b/c.db?mode=rwc&readers=3&busy_timeout=500ms&acquire_timeout=2s&synchronous=normal&inline=off\
               &inline_opcodes=100&statement_cache_size=7&stream_timeout=1.5s";
    let expected = SqliteOptions::file("/a b/c.db")
        .mode(Mode::Create)
        .readers(3)
        .busy_timeout(Duration::from_millis(500))
        .acquire_timeout(Duration::from_secs(2))
        .synchronous(Synchronous::Normal)
        .inline(false)
        .inline_opcodes(100)
        .statement_cache_size(7)
        .stream_timeout(Duration::from_millis(1_500));
    assert_eq!(url.parse::<SqliteOptions>()?, expected);
    for memory in ["sqlite::memory:", "sqlite://:memory:", "sqlite:?mode=memory"] {
        assert_eq!(memory.parse::<SqliteOptions>()?, SqliteOptions::memory());
    }
    for file in ["sqlite://books.db", "sqlite:books.db", "sqlite://books.db?mode=rw"] {
        assert_eq!(file.parse::<SqliteOptions>()?, SqliteOptions::file("books.db"));
    }
    Ok(())
}

#[test]
fn a_wrong_option_is_named_with_what_is_allowed() {
    for (url, words) in [
        ("sqlite://a.db?reader=1", "an unknown option; did you mean `readers`?; known are mode, readers, "),
        ("sqlite://a.db?mode=rx", "`mode` is one of ro, rw, rwc, memory"),
        ("sqlite://a.db?readers=0", "`readers` is a whole number from 1 to 256"),
        ("sqlite://a.db?busy_timeout=5", "`busy_timeout` is a time of at most 12 days with its unit"),
        ("sqlite://a.db?busy_timeout=-5s", "`busy_timeout` is a time of at most 12 days with its unit"),
        ("sqlite://a.db?acquire_timeout=0s", "is a time above 0"),
        ("sqlite://a.db?acquire_timeout=30", "such as `500ms`, `30s` or `5m`"),
        ("sqlite://a.db?synchronous=maybe", "off, normal, full, extra"),
        ("sqlite://a.db?inline=1", "on, off"),
        ("sqlite://a.db?journal=delete", "keep, wal"),
        ("sqlite://", "needs a path"),
        ("sqlite:a%00b", "has a NUL character"),
        ("postgres://a", "a SQLite URL is"),
    ] {
        assert!(refused(url).contains(words), "{}", refused(url));
    }
}

#[test]
fn what_is_not_an_option_is_not_repeated() {
    for url in
        ["sqlite:x.db?hunter2=1", "sqlite:x.db?hunter2", "sqlite:x.db?password=hunter2", "sqlite:x.db?mode=hunter2"]
    {
        assert!(!refused(url).contains("hunter2") && !refused(url).contains("password"), "{}", refused(url));
    }
}

#[test]
fn what_cannot_be_opened_is_explained() -> Result<()> {
    let scratch = Scratch::new()?;
    std::fs::write(scratch.0.join("text.db"), "not a database, but long enough to be read as one".repeat(50))
        .map_err(Error::other)?;
    let at = |name: &str| scratch.0.join(name);
    for (options, words) in [
        (SqliteOptions::file(at("missing.db")), "add `?mode=rwc`"),
        (SqliteOptions::file(at("missing.db")).mode(Mode::ReadOnly), "there is no file"),
        (SqliteOptions::file(at("no/such/x.db")).mode(Mode::Create), "there is no directory"),
        (SqliteOptions::file(at("")).mode(Mode::Create), "is a directory"),
        (SqliteOptions::file(at("text.db")), "is not a SQLite database"),
        (SqliteOptions::file(at("text.db")).mode(Mode::ReadOnly), "is not a SQLite database"),
    ] {
        let error = block_on(SqliteDriver::connect(options)).err();
        let kind = error.as_ref().map(Error::kind);
        assert!(matches!(kind, Some(ErrorKind::Connection { fault: ConnectionFault::File, .. })), "{error:?}");
        assert!(error.as_ref().is_some_and(|error| error.to_string().contains(words)), "{error:?}");
        assert_eq!(error.map(|error| error.retry()), Some(Retry::No), "{words}");
    }
    assert!(!at("missing.db").exists());
    Ok(())
}

/// The options of a file by a path that leads there through a link.
#[cfg(unix)]
fn linked(scratch: &Scratch, name: &str) -> Result<SqliteOptions> {
    let link = scratch.0.join("link");
    std::fs::remove_file(&link).unwrap_or_default();
    std::os::unix::fs::symlink(scratch.0.join(name), &link).map_err(Error::other)?;
    Ok(SqliteOptions::file(link.join("x.db")).mode(Mode::Create))
}

#[cfg(unix)]
#[test]
fn every_connection_opens_the_file_that_was_found_first() -> Result<()> {
    let scratch = Scratch::new()?;
    block_on(async {
        for name in ["one", "two"] {
            std::fs::create_dir(scratch.0.join(name)).map_err(Error::other)?;
        }
        for inline in [true, false] {
            let driver = SqliteDriver::connect(linked(&scratch, "one")?.inline(inline)).await?;
            run(&driver, "DROP TABLE IF EXISTS book", []).await?;
            run(&driver, BOOK, []).await?;
            insert(&driver, "one").await?;
            linked(&scratch, "two")?;
            assert_eq!(count(&driver).await?, 1, "a reader");
            let mut held =
                driver.session(TransactionOptions { read_only: true, ..TransactionOptions::default() }).await?;
            let counted = held.fetch(&statement("SELECT count(*) FROM book", [], Intent::Read), one::<i64>()).await?;
            assert_eq!(unboxed::<i64>(counted)?, [1], "a transaction that reads");
            held.roll_back().await?;
            let rows = streamed(&driver).await?;
            assert_eq!(rows, 1, "a stream");
            driver.close().await;
        }
        assert!(!scratch.0.join("two/x.db").exists());
        Ok(())
    })
}

/// How many rows a stream gives.
async fn streamed(driver: &SqliteDriver) -> Result<usize> {
    let read = statement("SELECT id FROM book", [], Intent::Read);
    let batches: Vec<_> = driver.stream(read, one::<i64>(), Batching::Cursor(10)).try_collect().await?;
    batches.into_iter().map(|batch| unboxed::<i64>(batch).map(|rows| rows.len())).sum()
}

#[test]
fn connections_are_set_up() -> Result<()> {
    let scratch = Scratch::new()?;
    block_on(async {
        let driver = SqliteDriver::connect(scratch.options()).await?;
        let pragma = "SELECT (SELECT foreign_keys FROM pragma_foreign_keys) \
                      || (SELECT synchronous FROM pragma_synchronous) || (SELECT journal_mode FROM pragma_journal_mode)";
        let write = statement(pragma, [], Intent::Write);
        assert_eq!(unboxed::<String>(driver.fetch(write, one::<String>()).await?)?, ["12wal"]);
        assert_eq!(driver.server().product, "SQLite");
        assert!(driver.server().version >= (3, 51, 0));
        assert_eq!(driver.server().location, scratch.path().display().to_string());
        Ok(())
    })
}

#[test]
fn a_file_to_read_is_not_written() -> Result<()> {
    let scratch = Scratch::new()?;
    block_on(async {
        let driver = SqliteDriver::connect(scratch.options()).await?;
        run(&driver, BOOK, []).await?;
        insert(&driver, "one").await?;
        let reader = SqliteDriver::connect(scratch.options().mode(Mode::ReadOnly)).await?;
        assert_eq!(count(&reader).await?, 1);
        let error = insert(&reader, "two").await.err();
        assert!(error.is_some_and(|error| error.to_string().contains("readonly")));
        assert_eq!(count(&reader).await?, 1);
        Ok(())
    })
}

#[test]
fn many_open_the_same_new_file_at_once() -> Result<()> {
    let scratch = Scratch::new()?;
    let opened = futures::future::try_join_all((0..8).map(|_| SqliteDriver::connect(scratch.options())));
    let drivers = block_on(opened)?;
    block_on(run(&drivers[0], BOOK, []))?;
    for (index, driver) in drivers.iter().enumerate() {
        block_on(insert(driver, &index.to_string()))?;
    }
    assert_eq!(block_on(count(&drivers[0]))?, 8);
    Ok(())
}

/// What is written into a file that another program made stays as it was.
#[test]
fn the_file_of_another_program_keeps_its_settings() -> Result<()> {
    let scratch = Scratch::new()?;
    let asked = ["journal_mode", "page_size", "auto_vacuum", "user_version", "application_id", "encoding"];
    let settings = || -> Result<Vec<String>> {
        let other = rusqlite::Connection::open(scratch.0.join("test.db")).map_err(Error::other)?;
        let ask =
            |name| other.query_row(&format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"), [], |row| row.get(0));
        asked.into_iter().map(|name| ask(name).map_err(Error::other)).collect()
    };
    let other = rusqlite::Connection::open(scratch.0.join("test.db")).map_err(Error::other)?;
    other
        .execute_batch(&format!(
            "PRAGMA page_size = 1024; PRAGMA auto_vacuum = INCREMENTAL; \
             PRAGMA user_version = 7; PRAGMA application_id = 9; {BOOK}"
        ))
        .map_err(Error::other)?;
    drop(other);
    let found = settings()?;
    assert_eq!(found, ["delete", "1024", "2", "7", "9", "UTF-8"]);
    block_on(async {
        let driver = SqliteDriver::connect(scratch.options()).await?;
        let both = |number: i32| {
            let driver = &driver;
            async move {
                insert(driver, &number.to_string()).await?;
                count(driver).await
            }
        };
        futures::future::try_join_all((0..50).map(both)).await?;
        assert_eq!(count(&driver).await?, 50);
        driver.close().await;
        Ok::<_, Error>(())
    })?;
    assert_eq!(settings()?, found);
    block_on(async {
        let driver = SqliteDriver::connect(scratch.options().journal(Journal::Wal)).await?;
        driver.close().await;
        Ok::<_, Error>(())
    })?;
    assert_eq!(settings()?[0], "wal");
    Ok(())
}

/// Texts in UTF-16 are not in the order of code points.
#[test]
fn a_file_in_utf_16_is_refused() -> Result<()> {
    for encoding in ["UTF-16le", "UTF-16be"] {
        let scratch = Scratch::new()?;
        let other = rusqlite::Connection::open(scratch.0.join("test.db")).map_err(Error::other)?;
        other.execute_batch(&format!("PRAGMA encoding = '{encoding}'; {BOOK}")).map_err(Error::other)?;
        drop(other);
        for mode in [Mode::Create, Mode::ReadWrite, Mode::ReadOnly] {
            let error = block_on(SqliteDriver::connect(scratch.options().mode(mode))).err();
            let told = error.as_ref().map(|error| (error.kind(), error.to_string()));
            let is_told = matches!(&told, Some((ErrorKind::Configuration(_), text)) if text.contains(encoding));
            assert!(is_told, "{mode:?}: {told:?}");
        }
    }
    block_on(async {
        let scratch = Scratch::new()?;
        let driver = SqliteDriver::connect(scratch.options()).await?;
        let error = run(&driver, "PRAGMA encoding = 'UTF-16le'", []).await.err();
        assert!(error.is_some_and(|error| matches!(error.kind(), ErrorKind::Unsupported { .. })));
        Ok(())
    })
}
