//! Transactions that end otherwise than their closure says: statements that commit, and nesting without end.

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, QueryMistake, Result, Retry, Transaction, Waiting};

use crate::support::leak::has_all_permits;
use crate::support::proxy::{Cut, Ending, Since, Way};
use crate::support::{Place, matrix, run, sweep};

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
    "SET STATEMENT max_statement_time = 1 FOR SET PASSWORD FOR guest@nowhere = ''",
    "EXECUTE IMMEDIATE 'COMMIT'",
    "CALL commits()",
    "CALL commits_and_begins()",
];

/// What the manuals list as committing by itself: told by its first words.
const REFUSED: [&str; 12] = [
    "SET PASSWORD FOR guest@nowhere = ''",
    "set  password = ''",
    "SET DEFAULT ROLE NONE",
    "BACKUP STAGE START",
    "LOAD INDEX INTO CACHE node",
    "CACHE INDEX node IN hot",
    "CREATE TABLE other (id INT)",
    "ALTER TABLE node ADD w INT",
    "RENAME TABLE node TO other",
    "GRANT SELECT ON node TO guest@nowhere",
    "ANALYZE TABLE node",
    "FLUSH STATUS",
];

fn committed(error: &Error) -> bool {
    *error.kind() == ErrorKind::CommittedByStatement
}

/// Whether a statement was refused before it was sent.
fn unsent(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unsupported { .. } | ErrorKind::Query(QueryMistake::TransactionCommand { .. }))
}

/// Runs a statement behind a row, and says what became of both: the outcomes, and whether the row is there.
async fn behind_a_row(sql: &'static str, ending: Result<(), ()>) -> Result<(Result<u64>, Result<()>, bool)> {
    Node::objects().adelete().await?;
    let (told, outcome) = std::sync::mpsc::channel();
    let ended = atomic(move |tx| {
        Node::new().v(1).save(tx)?;
        let ran = tx.execute_sql(sql);
        let is_over = ran.as_ref().is_err_and(|error| !unsent(error));
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
        "CREATE USER IF NOT EXISTS guest@nowhere",
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
            } else if unsent(&error) {
                // It was not sent, and the transaction goes on.
                assert_eq!((ended.is_ok(), kept), (ending.is_ok(), ending.is_ok()), "{sql}: {ended:?}");
            } else {
                // The server refused it.
                assert!(ended.is_err() && !kept, "{sql}: {error:?}");
            }
        }
    }
    for sql in REFUSED {
        let (ran, ended, kept) = behind_a_row(sql, Ok(())).await?;
        assert!(matches!(ran.expect_err(sql).kind(), ErrorKind::Unsupported { .. }), "{sql}");
        assert!(ended.is_ok() && kept, "{sql}");
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
    db.execute_sql("DROP USER guest@nowhere").await?;
    Ok(())
}

#[tokio::test]
async fn no_statement_of_mariadb_commits_unnoticed() -> Result<()> {
    run(Place::mariadb().await?, no_statement_commits_unnoticed).await
}

matrix! {
    async fn transactions_by_sql_of_your_own_are_refused_alike(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Node]).await?;
        let node = Node::objects().acreate(|n| n.v(1)).await?;
        for sql in ["BEGIN", "/* a */ begin", "START TRANSACTION"] {
            let error = db.execute_sql(sql).await.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Query(QueryMistake::LeavesTransactionOpen)), "{sql}: {error:?}");
        }
        assert_eq!(db.execute_sql("UPDATE node SET v = 2").await?, 1);
        let commands = ["ROLLBACK", "COMMIT", "END", "SAVEPOINT a", "ROLLBACK TO SAVEPOINT a", "RELEASE SAVEPOINT a"];
        let is_refused = |sql: &str, error: &Error| {
            let ErrorKind::Query(QueryMistake::TransactionCommand { command }) = error.kind() else { return false };
            sql.split(' ').next() == Some(command)
        };
        for sql in commands {
            let error = db.execute_sql(sql).await.unwrap_err();
            assert!(is_refused(sql, &error), "{sql}: {error:?}");
        }
        atomic(move |tx| {
            for sql in commands.into_iter().chain(["BEGIN"]) {
                let error = tx.execute_sql(sql).unwrap_err();
                assert!(is_refused(sql, &error), "{sql}: {error:?}");
            }
            tx.execute_sql("UPDATE node SET v = v + 1")
        })
        .await?;
        assert_eq!(Node::objects().aget(|n| n.id.eq(node.id)).await?.v, 3);
        Ok(())
    }
}

/// Statements that leave a transaction open, without a word at their start that says so.
const LEFT_OPEN: [&str; 4] = [
    "SET autocommit = 0",
    "SET @x = 1, autocommit = 0",
    "BEGIN NOT ATOMIC START TRANSACTION; INSERT INTO node (v) VALUES (7); END",
    "CALL begins()",
];

async fn what_is_left_open_is_told_and_undone(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Node]).await?;
    db.execute_sql("CREATE PROCEDURE begins() BEGIN START TRANSACTION; INSERT INTO node (v) VALUES (7); END").await?;
    for sql in LEFT_OPEN {
        let error = db.execute_sql(sql).await.expect_err(sql);
        assert!(matches!(error.kind(), ErrorKind::Query(QueryMistake::LeavesTransactionOpen)), "{sql}: {error:?}");
        assert_eq!(count().await?, 0, "{sql}");
        Node::objects().acreate(|n| n.v(1)).await?;
        let committed = atomic(|tx| Node::objects().using(tx).delete()).await?;
        assert_eq!(committed.total, 1, "{sql}: the next is committed at once");
    }
    for sql in ["BEGIN NOT ATOMIC INSERT INTO node (v) VALUES (7); END", "SET @x = 1", "DO 1"] {
        db.execute_sql(sql).await?;
    }
    assert_eq!(count().await?, 1);
    Ok(())
}

#[tokio::test]
async fn what_mariadb_is_left_open_with_is_told_and_undone() -> Result<()> {
    run(Place::mariadb().await?, what_is_left_open_is_told_and_undone).await
}

/// What the library asks behind a statement that may have ended its transaction.
const QUESTION: &str = "RELEASE SAVEPOINT dormouse_marker";

/// The number of an error that a server may answer the question with, and whether the library's is the right one.
const ANSWERS: [(u16, fn(&ErrorKind) -> bool); 6] = [
    (1213, |kind| matches!(kind, ErrorKind::Serialization { .. })),
    (1020, |kind| matches!(kind, ErrorKind::Serialization { .. })),
    (1205, |kind| matches!(kind, ErrorKind::Timeout { what: Waiting::Lock, .. })),
    (1969, |kind| matches!(kind, ErrorKind::Timeout { what: Waiting::Statement, .. })),
    (1927, |kind| matches!(kind, ErrorKind::Connection { .. })),
    (1317, |kind| matches!(kind, ErrorKind::Database { .. })),
];

/// A row, and a statement behind which the server is asked.
async fn row_and_call(db: &Database) -> Error {
    let work = atomic(|tx| {
        Node::new().v(1).save(tx)?;
        tx.execute_sql("CALL counts()")?;
        Node::new().v(2).save(tx).map(drop)
    });
    work.using(db).await.unwrap_err()
}

sweep! {
    async fn another_answer_is_an_error_of_its_own(rig: &mut Rig) -> Result<()> {
        rig.direct.create_tables(dormouse::models![Node]).await?;
        rig.direct.execute_sql("CREATE PROCEDURE counts() SELECT COUNT(*) FROM node").await?;
        let db = rig.connect(1).await?;
        for (number, is_right) in ANSWERS {
            let fails = format!("SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'refused'");
            rig.direct.execute_sql(format!("CREATE PROCEDURE fails_{number}() {fails}")).await?;
            rig.proxy().swap(QUESTION, &format!("CALL fails_{number}()"));
            let error = row_and_call(&db).await;
            assert!(is_right(error.kind()), "{number}: {error:?}");
        }
        rig.proxy().swap(QUESTION, "RELEASE SAVEPOINT nothing");
        assert!(committed(&row_and_call(&db).await));
        rig.proxy().cut(Cut { way: Way::ToClient, after: 0, since: Since::Said(QUESTION), ending: Ending::Reset });
        let error = row_and_call(&db).await;
        assert!(matches!(error.kind(), ErrorKind::Connection { .. }), "{error:?}");

        assert_eq!(Node::objects().using(&rig.direct).acount().await?, 0);
        has_all_permits(&db, 1).await?;
        rig.probe.is_clean().await;
        Ok(())
    } on mariadb;
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
