//! Commands of transactions among statements: refused wherever they stand, and before anything is sent.

use futures::StreamExt;

use super::{MYSQL, POSTGRES, SERVERS, Scratch, change_schema, one, own_id, read, stream_of_i64, write};
use crate::driver::{Batching, Driver, TransactionOptions, connect};
use crate::error::{Error, ErrorKind, QueryMistake, Result};
use crate::row::{Collect, Decoder};
use crate::statement::Statement;

const ROW: &str = "INSERT INTO t VALUES (1)";

fn is_command(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Query(QueryMistake::TransactionCommand { .. })) && error.is_unsent()
}

fn schema(texts: &[&str]) -> Vec<Statement> {
    texts.iter().map(|sql| Statement::schema(*sql)).collect()
}

async fn count(driver: &dyn Driver) -> Result<i64> {
    one(driver, "SELECT count(*) FROM t", Vec::new()).await
}

/// What must be refused on a driver as a whole, without a row of it.
async fn refuses_commands(driver: &dyn Driver) -> Result<()> {
    change_schema(driver, "CREATE TABLE t (id bigint)").await?;
    for texts in [
        &[ROW, "COMMIT", ROW] as &[&str],
        &[ROW, "/* a */ rollback", ROW],
        &[ROW, "BEGIN"],
        &[ROW, "SAVEPOINT a"],
        &["START TRANSACTION", ROW],
        &[ROW, "INSERT INTO t VALUES (2); COMMIT"],
        &["INSERT INTO t VALUES (2); -- a\n Commit; INSERT INTO t VALUES (3)", ROW],
        &["INSERT INTO t VALUES ('2;'); ROLLBACK; BEGIN"],
    ] {
        let error = driver.execute_all(schema(texts)).await.err();
        assert!(error.as_ref().is_some_and(is_command), "{texts:?}: {error:?}");
        let prepared = texts.iter().map(|sql| write(sql, Vec::new())).collect();
        let error = driver.execute_all(prepared).await.err();
        assert!(error.as_ref().is_some_and(is_command), "{texts:?}: {error:?}");
        assert_eq!(count(driver).await?, 0, "{texts:?}");
    }
    let behind = Statement::schema("INSERT INTO t VALUES (2); COMMIT");
    assert!(driver.execute(behind.clone()).await.is_err());
    let mut session = driver.session(TransactionOptions::default()).await?;
    session.execute(&Statement::schema(ROW)).await?;
    assert!(session.execute(&behind).await.is_err());
    assert!(!session.has_ended());
    session.roll_back().await?;
    assert_eq!(count(driver).await?, 0);
    driver.execute_all(schema(&[ROW, "INSERT INTO t VALUES (2) -- ; COMMIT"])).await?;
    assert_eq!(count(driver).await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_command_of_transactions_is_refused_wherever_it_stands() -> Result<()> {
    #[cfg(feature = "sqlite")]
    refuses_commands(&*connect("sqlite::memory:").await?).await?;
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        refuses_commands(&*scratch.connect("max_connections=1").await?).await?;
    }
    Ok(())
}

#[tokio::test]
async fn quotes_comments_and_bodies_hold_no_command() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let driver = &*scratch.connect("max_connections=1").await?;
        change_schema(driver, "CREATE TABLE t (word text)").await?;
        let own = match server {
            POSTGRES => "INSERT INTO t VALUES ($a$ ; COMMIT; $a$), (E'\\'; COMMIT; \\'')",
            _ => "INSERT INTO t VALUES ('\\'; COMMIT; \\''), (\"; COMMIT\") # ; COMMIT",
        };
        let several =
            "INSERT INTO t VALUES ('; COMMIT'), ('it''s; COMMIT') /* ; COMMIT */; -- ; COMMIT\n DELETE FROM t";
        driver.execute_all(schema(&[several, own])).await?;
        assert_eq!(count(driver).await?, 2);
        if server == MYSQL {
            change_schema(driver, "CREATE PROCEDURE p() BEGIN SELECT 1; COMMIT; END").await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_a_text_sets_behind_its_first_statement_is_gone_with_its_connection() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let driver = &*scratch.connect("max_connections=1").await?;
        let id = async || one::<i64>(driver, own_id(server), Vec::new()).await;
        let set = if server == POSTGRES { "SET search_path = ''" } else { "SET sql_mode = ''" };
        change_schema(driver, "CREATE TABLE t (id bigint)").await?;
        let before = id().await?;
        change_schema(driver, "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)").await?;
        assert_eq!(id().await?, before);
        change_schema(driver, &format!("INSERT INTO t VALUES (3); {set}")).await?;
        let after = id().await?;
        assert_ne!(after, before);
        driver.execute_all(schema(&[&format!("DELETE FROM t; {set}")])).await?;
        assert_ne!(id().await?, after);
        assert_eq!(count(driver).await?, 0);
    }
    Ok(())
}

/// Behind a pooler each statement has a transaction of its own, which the program must not end.
#[tokio::test]
#[cfg(feature = "postgres")]
async fn behind_a_pooler_a_command_of_transactions_is_refused() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("max_connections=1&pooler=transaction").await?;
    change_schema(driver, "CREATE TABLE t (id bigint)").await?;
    let before: i64 = one(driver, own_id(POSTGRES), Vec::new()).await?;
    let refused = |error: Option<Error>, sql: &str| {
        let error = error.unwrap_or_else(|| panic!("{sql}"));
        assert!(matches!(error.kind(), ErrorKind::Query(_)), "{sql}: {error:?}");
        assert!(error.to_string().contains("`atomic`"), "{sql}: {error}");
    };
    for sql in [
        "BEGIN",
        "START TRANSACTION",
        "COMMIT",
        "/* a */ commit",
        "ROLLBACK",
        "ABORT",
        "END",
        "SAVEPOINT a",
        "RELEASE a",
        "ROLLBACK TO a",
        "PREPARE TRANSACTION 'a'",
    ] {
        refused(driver.execute(write(sql, Vec::new())).await.err(), sql);
        refused(driver.execute_all(vec![write(ROW, Vec::new()), write(sql, Vec::new())]).await.err(), sql);
        let rows = Collect::boxed(Decoder::new(|row, _| row.read::<i64>(), std::sync::Arc::default()));
        refused(driver.fetch(read(sql, Vec::new()), rows).await.err(), sql);
        let mut stream = stream_of_i64(driver, sql, Batching::Wire);
        refused(stream.next().await.and_then(Result::err), sql);
        let mut session = driver.session(TransactionOptions::default()).await?;
        refused(session.execute(&write(sql, Vec::new())).await.err(), sql);
        session.commit().await?;
    }
    assert_eq!(count(driver).await?, 0);
    driver.execute(write(ROW, Vec::new())).await?;
    assert_eq!(count(driver).await?, 1);
    assert_eq!(one::<i64>(driver, own_id(POSTGRES), Vec::new()).await?, before, "nothing was sent");
    Ok(())
}
