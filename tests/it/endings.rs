//! Transactions that end otherwise than their closure says: statements that commit, and nesting without end.

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result, Retry, Transaction};

use crate::support::{Place, matrix, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Node {
    id: i64,
    v: i64,
}

async fn count() -> Result<u64> {
    Node::objects().acount().await
}

/// What commits on MySQL or MariaDB, by its own words or by those of others.
const COMMITS: [&str; 24] = [
    "COMMIT",
    "commit work",
    "/* a */ COMMIT",
    "-- a\nCOMMIT",
    "# a\nCOMMIT",
    "(COMMIT",
    "/*!50000 COMMIT */",
    "/*M! COMMIT */",
    "/*!100100 COMMIT */",
    "ROLLBACK",
    "BEGIN",
    "START TRANSACTION",
    "CREATE TABLE other (id INT)",
    "DROP TABLE IF EXISTS nothing",
    "TRUNCATE TABLE empty_table",
    "LOCK TABLES node WRITE",
    "IF 1 = 1 THEN COMMIT; END IF",
    "BEGIN NOT ATOMIC COMMIT; END",
    "FOR i IN 1..2 DO COMMIT; END FOR",
    "SET STATEMENT max_statement_time = 1 FOR COMMIT",
    "SET PASSWORD FOR nobody@nowhere = ''",
    "EXECUTE IMMEDIATE 'COMMIT'",
    "CALL commits()",
    "CALL commits_and_begins()",
];

fn committed(error: &Error) -> bool {
    *error.kind() == ErrorKind::CommittedByStatement
}

/// Runs a statement behind a row, and says what became of both: the outcomes, and whether the row is there.
async fn behind_a_row(sql: &'static str, ending: Result<(), ()>) -> Result<(Result<u64>, Result<()>, bool)> {
    Node::objects().adelete().await?;
    let (told, outcome) = std::sync::mpsc::channel();
    let ended = atomic(move |tx| {
        Node::new().v(1).save(tx)?;
        let ran = tx.execute_sql(sql);
        let is_over = ran.as_ref().is_err_and(|error| !matches!(error.kind(), ErrorKind::Unsupported { .. }));
        told.send(ran).unwrap();
        let later = Node::new().v(2).save(tx);
        assert_eq!(later.is_err_and(|error| matches!(error.kind(), ErrorKind::BrokenTransaction)), is_over, "{sql}");
        ending.map_err(|()| Error::other("undo"))
    })
    .await;
    Ok((outcome.recv().unwrap(), ended, Node::objects().filter(|n| n.v.eq(1)).aexists().await?))
}

async fn no_statement_commits_unnoticed(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Node]).await?;
    for setup in [
        "CREATE TABLE empty_table (id INT)",
        "CREATE USER IF NOT EXISTS nobody@nowhere",
        "CREATE PROCEDURE commits() COMMIT",
        "CREATE PROCEDURE commits_and_begins() BEGIN COMMIT; START TRANSACTION; END",
        "CREATE PROCEDURE counts() SELECT COUNT(*) FROM node",
    ] {
        db.execute_sql(setup).await?;
    }
    for sql in COMMITS {
        for ending in [Ok(()), Err(())] {
            let (ran, ended, kept) = behind_a_row(sql, ending).await?;
            let error = ran.expect_err(sql);
            if committed(&error) {
                assert!(kept, "{sql}");
                let error = ended.expect_err(sql);
                assert!(committed(&error) && error.retry() == Retry::MaybeCommitted, "{sql}: {error:?}");
            } else if matches!(error.kind(), ErrorKind::Unsupported { .. }) {
                // It was not sent, and the transaction goes on.
                assert_eq!((ended.is_ok(), kept), (ending.is_ok(), ending.is_ok()), "{sql}: {ended:?}");
            } else {
                // The server refused it.
                assert!(ended.is_err() && !kept, "{sql}: {error:?}");
            }
        }
    }
    // What commits nothing leaves the transaction as it was, in savepoints too.
    for sql in ["CALL counts()", "SET @x = 1", "DO 1", "(SELECT 1)", "ANALYZE SELECT 1", "KILL QUERY 0"] {
        let (ran, ended, kept) = behind_a_row(sql, Err(())).await?;
        assert!(!ran.is_err_and(|error| committed(&error)) && ended.is_err() && !kept, "{sql}");
    }
    let nested = atomic(|tx| {
        Node::new().v(1).save(tx)?;
        tx.savepoint(|tx| tx.execute_sql("CALL counts()"))?;
        let inner = tx.savepoint(|tx| tx.execute_sql("CALL commits()"));
        assert!(inner.is_err_and(|error| committed(&error)));
        Ok(())
    });
    assert!(committed(&nested.await.unwrap_err()));
    db.execute_sql("DROP USER nobody@nowhere").await?;
    Ok(())
}

#[tokio::test]
async fn no_statement_of_mariadb_commits_unnoticed() -> Result<()> {
    run(Place::mariadb().await?, no_statement_commits_unnoticed).await
}

/// Savepoints inside each other, by either way; gives how many there were.
fn nest(tx: &Transaction, db: &Database, most: u64) -> Result<u64> {
    if most == 0 {
        return Ok(0);
    }
    Node::new().v(1).save(tx)?;
    let deeper = if most.is_multiple_of(2) {
        tx.savepoint(|tx| nest(tx, db, most - 1))
    } else {
        let database = db.clone();
        atomic(move |tx| nest(tx, &database, most - 1)).using(db).run()
    };
    deeper.map(|deeper| deeper + 1)
}

matrix! {
    async fn nesting_has_a_limit_that_is_an_error(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Node]).await?;
        let inner = db.clone();
        assert_eq!(atomic(move |tx| nest(tx, &inner, 100)).await?, 100);
        assert_eq!(count().await?, 100);

        let inner = db.clone();
        let error = atomic(move |tx| nest(tx, &inner, 10_000)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TooComplex { limit: 100, .. }), "{error:?}");
        assert_eq!(count().await?, 100);

        // Caught, it breaks nothing.
        let inner = db.clone();
        atomic(move |tx| {
            assert!(nest(tx, &inner, 101).is_err());
            Node::new().v(1).save(tx)
        }).await?;
        assert_eq!(count().await?, 102, "and the row that was saved before the first savepoint");
        Ok(())
    }
}
