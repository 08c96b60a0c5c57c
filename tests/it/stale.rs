//! Tables of others that change while this program runs: what was known of them, and what was prepared for them.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result, Transaction, atomic};

use crate::support::{Place, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "old_word", managed = false)]
struct Word {
    id: i64,
    word: String,
}

/// The same with texts as they are on the way.
async fn words() -> Result<Vec<String>> {
    Word::objects().order_by(|w| w.word.asc()).values(|w| w.word).await
}

/// The same as a stream, whose statement is written in the same way.
async fn streamed() -> Result<Vec<String>> {
    Word::objects().order_by(|w| w.word.asc()).values(|w| w.word).stream().try_collect().await
}

/// Beside a second program, on each server.
macro_rules! beside_another {
    ($(async fn $name:ident($db:ident, $other:ident) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn body($db: &Database, $other: &Database) -> Result<()> $body

            async fn both(place: Place) -> Result<()> {
                let place = place.with("max_connections=2");
                let url = place.url().to_owned();
                run(place, async |db: &Database| {
                    let other = Database::connect(&url).await?;
                    let outcome = body(db, &other).await;
                    other.close().await;
                    outcome
                })
                .await
            }

            #[tokio::test]
            async fn postgres() -> Result<()> {
                both(Place::postgres().await?).await
            }

            #[tokio::test]
            async fn mariadb() -> Result<()> {
                both(Place::mariadb().await?).await
            }
        }
    )*};
}

fn is_postgres(db: &Database) -> bool {
    db.dialect().name() == "PostgreSQL"
}

async fn run_all(db: &Database, statements: &[&str]) -> Result<()> {
    for statement in statements {
        db.execute_sql(*statement).await?;
    }
    Ok(())
}

const POSTGRES: &[&str] = &[
    "CREATE TYPE mood AS ENUM ('ok', 'sad')",
    "CREATE TABLE old_word (id BIGINT PRIMARY KEY, word mood NOT NULL)",
    "INSERT INTO old_word VALUES (1, 'sad'), (2, 'ok')",
];

const MARIADB: &[&str] = &[
    "CREATE TABLE old_word (id BIGINT PRIMARY KEY, word VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL)",
    "INSERT INTO old_word VALUES (1, 'sad'), (2, 'ok')",
];

beside_another! {
    async fn a_table_that_was_not_there_is_found_later(db, other) {
        for _ in 0..2 {
            let error = words().await.unwrap_err();
            let code = if is_postgres(db) { "42P01" } else { "1146" };
            let is_usual = |kind: &ErrorKind| matches!(kind, ErrorKind::Database { code: Some(found), .. } if found == code);
            assert!(is_usual(error.kind()), "{error:?}");
        }
        run_all(other, if is_postgres(db) { POSTGRES } else { MARIADB }).await?;
        assert_eq!(words().await?, ["ok", "sad"]);
        assert_eq!(Word::objects().filter(|w| w.word.in_(["ok", "sad"])).acount().await?, 2);
        Ok(())
    }

    async fn a_column_of_another_type_is_asked_for_again(db, other) {
        run_all(other, if is_postgres(db) { POSTGRES } else { MARIADB }).await?;
        let many = || vec!["sad"; 600];
        let all_ways = async || {
            assert_eq!(words().await?, ["ok", "sad"]);
            assert_eq!(Word::objects().filter(|w| w.word.in_(many())).acount().await?, 1);
            assert_eq!(Word::objects().filter(|w| w.word.eq("sad")).acount().await?, 1);
            assert_eq!(Word::objects().filter(|w| w.word.in_(many())).aupdate(|w| w.word.set("sad")).await?, 1);
            let mut made = Word::objects().acreate(|w| w.id(3).word("ok")).await?;
            made.asave().await?;
            assert_eq!(made.adelete().await?.total, 1);
            Ok::<_, dormouse::Error>(())
        };
        all_ways().await?;
        let changes: &[&[&str]] = if is_postgres(db) {
            &[
                &["ALTER TABLE old_word ALTER word TYPE TEXT", "DROP TYPE mood"],
                &["CREATE TYPE mood AS ENUM ('ok', 'other', 'sad')", "ALTER TABLE old_word ALTER word TYPE mood USING word::mood"],
                // The type is another of the same name.
                &["ALTER TABLE old_word ALTER word TYPE TEXT", "DROP TYPE mood", "CREATE TYPE mood AS ENUM ('ok', 'sad', 'other')",
                    "ALTER TABLE old_word ALTER word TYPE mood USING word::mood"],
                &["CREATE DOMAIN moods AS mood", "ALTER TABLE old_word ALTER word TYPE moods"],
                &["ALTER TABLE old_word ALTER word TYPE CHAR(5)"],
            ]
        } else {
            &[
                &["ALTER TABLE old_word MODIFY word VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL"],
                &["ALTER TABLE old_word MODIFY word ENUM('sad', 'ok') CHARACTER SET utf8mb3 NOT NULL"],
                &["ALTER TABLE old_word MODIFY word VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL"],
            ]
        };
        for change in changes {
            run_all(other, change).await?;
            for _ in 0..3 {
                all_ways().await?;
            }
        }
        Ok(())
    }

    async fn a_refusal_is_looked_at_again(db, other) {
        if !is_postgres(db) {
            return Ok(());
        }
        run_all(other, &["CREATE TABLE old_word (id BIGINT PRIMARY KEY, word INT NOT NULL)", "INSERT INTO old_word VALUES (1, 7)"]).await?;
        for _ in 0..2 {
            let error = words().await.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Configuration { .. }), "{error:?}");
        }
        other.execute_sql("ALTER TABLE old_word ALTER word TYPE TEXT").await?;
        assert_eq!(words().await?, ["7"]);
        Ok(())
    }

    async fn a_stream_follows_its_table(db, other) {
        streamed().await.unwrap_err();
        run_all(other, if is_postgres(db) { POSTGRES } else { MARIADB }).await?;
        assert_eq!(streamed().await?, ["ok", "sad"]);
        if !is_postgres(db) {
            return Ok(());
        }
        run_all(db, &["DROP TABLE old_word", "CREATE TABLE old_word (id BIGINT PRIMARY KEY, word INT NOT NULL)"]).await?;
        run_all(db, &["INSERT INTO old_word VALUES (1, 7)"]).await?;
        let error = streamed().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Configuration { .. }), "{error:?}");
        other.execute_sql("ALTER TABLE old_word ALTER word TYPE TEXT").await?;
        assert_eq!(streamed().await?, ["7"], "a refusal is looked at again");
        Ok(())
    }

    async fn prepared_statements_follow_their_table(db, other) {
        run_all(other, if is_postgres(db) { POSTGRES } else { MARIADB }).await?;
        let ask = |tx: &Transaction| -> Result<usize> {
            let all = Word::objects().using(tx).filter(|w| w.word.eq("sad")).to_vec()?;
            Ok(all.len())
        };
        let changes: &[&[&str]] = if is_postgres(db) {
            &[
                &["ALTER TABLE old_word DROP word", "DROP TYPE mood", "CREATE TYPE mood AS ENUM ('ok', 'sad', 'other')",
                    "ALTER TABLE old_word ADD word mood NOT NULL DEFAULT 'sad'", "UPDATE old_word SET word = 'ok' WHERE id = 2"],
                &["ALTER TABLE old_word ALTER word DROP DEFAULT", "ALTER TABLE old_word ALTER word TYPE TEXT"],
                &["ALTER TABLE old_word ALTER id TYPE INT"],
            ]
        } else {
            &[&["ALTER TABLE old_word MODIFY id INT NOT NULL"], &["ALTER TABLE old_word MODIFY word TEXT NOT NULL"]]
        };
        for change in changes {
            for _ in 0..3 {
                assert_eq!(Word::objects().filter(|w| w.word.eq("sad")).await?.len(), 1);
                assert_eq!(atomic(ask).await?, 1);
            }
            run_all(other, change).await?;
            // A transaction is over with the error; once each connection has met it, the next one passes.
            let mut passed = Vec::new();
            for _ in 0..3 {
                passed.push(atomic(ask).retries(2).await.ok());
            }
            assert_eq!(passed.last(), Some(&Some(1)), "{passed:?}");
        }
        Ok(())
    }
}

/// With texts whose order tells by which collation they are ordered.
async fn collated(db: &Database, collation: &str) -> Result<()> {
    db.execute_sql(format!("CREATE TABLE old_word (id BIGINT PRIMARY KEY, word TEXT COLLATE \"{collation}\")")).await?;
    db.execute_sql("INSERT INTO old_word VALUES (1, 'B'), (2, 'a')").await?;
    Ok(())
}

fn greatest(tx: &Transaction) -> Result<Option<String>> {
    Word::objects().using(tx).aggregate(|w| w.word.max())
}

const CODE_POINTS: &str = "ALTER TABLE old_word ALTER word TYPE TEXT COLLATE \"C\"";
const LETTERS: &str = "ALTER TABLE old_word ALTER word TYPE TEXT COLLATE \"en-x-icu\"";

async fn in_and_out_of_transactions(db: &Database) -> Result<()> {
    collated(db, "en-x-icu").await?;
    assert_eq!(words().await?, ["B", "a"]);
    let undone = atomic(|tx| {
        tx.execute_sql(CODE_POINTS)?;
        assert_eq!(greatest(tx)?.as_deref(), Some("a"));
        Err::<(), _>(dormouse::Error::other("undone"))
    });
    undone.await.unwrap_err();
    assert_eq!(words().await?, ["B", "a"], "what was seen inside does not hold outside");
    atomic(|tx| {
        let part = tx.savepoint(|part| {
            part.execute_sql(CODE_POINTS)?;
            assert_eq!(greatest(part)?.as_deref(), Some("a"));
            Err::<(), _>(dormouse::Error::other("undone"))
        });
        part.unwrap_err();
        assert_eq!(greatest(tx)?.as_deref(), Some("a"), "nor behind the savepoint");
        tx.execute_sql(CODE_POINTS).map(drop)
    })
    .await?;
    assert_eq!(words().await?, ["B", "a"]);
    atomic(|tx| tx.execute_sql(LETTERS).map(drop)).await?;
    assert_eq!(words().await?, ["B", "a"], "what is committed holds for all");
    db.execute_sql(CODE_POINTS).await?;
    assert_eq!(words().await?, ["B", "a"]);
    db.test_scope(async {
        db.execute_sql(LETTERS).await?;
        assert_eq!(words().await?, ["B", "a"]);
        db.execute_sql(CODE_POINTS).await?;
        words().await
    })
    .await??;
    Ok(())
}

async fn by_any_words(db: &Database) -> Result<()> {
    collated(db, "C").await?;
    for change in [
        "/* first */ ALTER TABLE old_word ALTER word TYPE TEXT COLLATE \"{}\"",
        "-- first\n ALTER TABLE old_word ALTER word TYPE TEXT COLLATE \"{}\"",
        "DO $$ BEGIN ALTER TABLE old_word ALTER word TYPE TEXT COLLATE \"{}\"; END $$",
    ] {
        for collation in ["C", "en-x-icu"] {
            db.execute_sql(change.replace("{}", collation)).await?;
            assert_eq!(words().await?, ["B", "a"], "{change}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_a_transaction_sees_of_tables_is_its_own() -> Result<()> {
    run(Place::postgres().await?, in_and_out_of_transactions).await
}

#[tokio::test]
async fn what_changes_a_table_is_noticed_by_any_words() -> Result<()> {
    run(Place::postgres().await?, by_any_words).await
}

#[derive(Model, Debug, Clone)]
#[model(table = "kept", managed = false)]
struct Kept {
    #[field(primary_key)]
    n: i64,
}

async fn behind_a_commit(db: &Database) -> Result<()> {
    db.execute_sql("CREATE TABLE kept (n BIGINT)").await?;
    let body = "BEGIN INSERT INTO kept VALUES (1); COMMIT; PERFORM no_such(); END";
    db.execute_sql(format!("CREATE PROCEDURE keeps() LANGUAGE plpgsql AS $$ {body} $$")).await?;
    for (rows, sql) in [(1, "CALL keeps()".to_owned()), (2, format!("DO $$ {body} $$"))] {
        let error = db.execute_sql(sql).await.unwrap_err();
        let is_unknown = matches!(error.kind(), ErrorKind::Database { code: Some(code), .. } if code == "42883");
        assert!(is_unknown, "{error:?}");
        assert_eq!(Kept::objects().acount().await?, rows);
    }
    Ok(())
}

#[tokio::test]
async fn what_was_committed_before_a_refusal_is_not_done_twice() -> Result<()> {
    run(Place::postgres().await?, behind_a_commit).await
}

/// A text that a column of numbers would make a number of; a rebuilt table keeps it.
async fn in_transactions_alone(db: &Database) -> Result<()> {
    let made = |declared: &str| format!("CREATE TABLE old_word (id INTEGER PRIMARY KEY, word {declared} NOT NULL)");
    let changes: [fn(&Transaction) -> Result<()>; 3] = [
        |tx| {
            let mut row = Word::objects().using(tx).get_one()?;
            row.word = "007".to_owned();
            row.save(tx)
        },
        |tx| Word::objects().using(tx).update(|w| w.word.set("007")).map(drop),
        |tx| Word::objects().using(tx).create(|w| w.id(2).word("007")).map(drop),
    ];
    for change in changes {
        run_all(db, &["DROP TABLE IF EXISTS old_word", &made("STRING"), "INSERT INTO old_word VALUES (1, 'x')"])
            .await?;
        let error = atomic(change).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
        let url = db.server().location.clone();
        let other = rusqlite::Connection::open(&url).unwrap();
        other
            .execute_batch(&format!("DROP TABLE old_word; {}; INSERT INTO old_word VALUES (1, 'x')", made("TEXT")))
            .unwrap();
        let tries = [atomic(change).await, atomic(change).await, atomic(change).await];
        assert!(tries[1].is_ok() || tries[0].is_ok(), "one error at most: {tries:?}");
        assert_eq!(Word::objects().filter(|w| w.word.eq("007")).acount().await?, 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_refused_write_in_a_transaction_is_looked_at_again() -> Result<()> {
    run(Place::sqlite(), in_transactions_alone).await
}

async fn by_a_procedure(db: &Database) -> Result<()> {
    let ordered = "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL";
    db.execute_sql(format!("CREATE TABLE old_word (id BIGINT PRIMARY KEY, word {ordered})")).await?;
    db.execute_sql("INSERT INTO old_word VALUES (1, 'B'), (2, 'a')").await?;
    db.execute_sql(
        "CREATE PROCEDURE alters() ALTER TABLE old_word CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
    )
    .await?;
    assert_eq!(words().await?, ["B", "a"]);
    let error = atomic(|tx| tx.execute_sql("CALL alters()").map(drop)).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::CommittedByStatement);
    assert_eq!(words().await?, ["B", "a"]);
    Ok(())
}

#[tokio::test]
async fn what_a_procedure_committed_is_asked_for_again() -> Result<()> {
    run(Place::mariadb().await?, by_a_procedure).await
}

async fn two_long_lists(db: &Database) -> Result<()> {
    run_all(db, if is_postgres(db) { POSTGRES } else { MARIADB }).await?;
    let many = |word: &str| {
        (0..40_000).map(|number| if number == 7 { word.to_owned() } else { "ok".to_owned() }).collect::<Vec<_>>()
    };
    let condition = Word::objects().filter(|w| w.word.in_(many("sad")) & w.word.in_(many("sad")));
    assert_eq!(condition.acount().await?, 2, "the first question of the table");
    Ok(())
}

#[tokio::test]
async fn the_first_question_may_have_two_long_lists() -> Result<()> {
    run(Place::mariadb().await?, two_long_lists).await
}
