//! What a table of others may be: a view, a table in parts, one for a while, one of two of the same name; and what is asked
//! about it finds the one that statements find.

use dormouse::prelude::*;
use dormouse::{ErrorKind, QueryMistake, Result, atomic};
use url::Url;

use crate::support::{Place, matrix, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Old \"Sheet", managed = false)]
struct Sheet {
    id: i64,
    #[field(column = "The Word")]
    word: String,
}

/// Its words are in an order that is not that of code points, and equal by their own collation.
async fn check(about: &str) -> Result<()> {
    let words = Sheet::objects().order_by(|s| s.word.asc()).values(|s| s.word).await?;
    assert_eq!(words, ["B", "a"], "{about}");
    assert_eq!(Sheet::objects().aaggregate(|s| s.word.max()).await?.as_deref(), Some("a"), "{about}");
    assert_eq!(Sheet::objects().filter(|s| s.word.gt("B")).values(|s| s.id).await?, [2], "{about}");
    let many = (0..600).map(|n| format!("word {n}")).chain(["B".to_owned()]);
    assert_eq!(Sheet::objects().filter(|s| s.word.in_(many)).values(|s| s.id).await?, [1], "{about}");
    assert_eq!(Sheet::objects().filter(|s| s.word.contains("a")).acount().await?, 1, "{about}");
    Ok(())
}

/// A name in the quotes of the database.
fn quoted(db: &Database, name: &str) -> String {
    if db.dialect().name() == "MariaDB" { format!("`{name}`") } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

matrix! {
    async fn views_and_odd_names_are_tables_as_well(db: &Database) -> Result<()> {
        let (text, order) = match db.dialect().name() {
            "SQLite" => ("TEXT COLLATE NOCASE", ""),
            "PostgreSQL" => ("TEXT COLLATE \"en-x-icu\"", ""),
            _ => ("VARCHAR(20) CHARACTER SET latin1", " ORDER BY id"),
        };
        let (sheet, word) = (quoted(db, "Old \"Sheet"), quoted(db, "The Word"));
        db.execute_sql(format!("CREATE TABLE {sheet} (id INT PRIMARY KEY, {word} {text} NOT NULL)")).await?;
        db.execute_sql(format!("INSERT INTO {sheet} VALUES (1, 'B'), (2, 'a')")).await?;
        check("odd names").await?;
        let made = Sheet::objects().acreate(|s| s.id(3).word("c")).await?;
        assert_eq!(made.adelete().await?.total, 1);
        db.execute_sql(format!("CREATE TABLE basis AS SELECT * FROM {sheet}")).await?;
        db.execute_sql(format!("DROP TABLE {sheet}")).await?;
        db.execute_sql(format!("CREATE VIEW {sheet} AS SELECT * FROM basis{order}")).await?;
        check("a view").await
    }
}

async fn of_postgres(db: &Database) -> Result<()> {
    let table = "\"Old \"\"Sheet\" (id BIGINT, \"The Word\" TEXT COLLATE \"en-x-icu\" NOT NULL)";
    db.execute_sql(format!("CREATE TABLE {table} PARTITION BY RANGE (id)")).await?;
    db.execute_sql("CREATE TABLE part PARTITION OF \"Old \"\"Sheet\" FOR VALUES FROM (1) TO (9)").await?;
    db.execute_sql("INSERT INTO \"Old \"\"Sheet\" VALUES (1, 'B'), (2, 'a')").await?;
    check("parts").await?;
    // One for a while stands before it, for the transaction alone.
    let inside = atomic(|tx| {
        tx.execute_sql(
            "CREATE TEMP TABLE \"Old \"\"Sheet\" (id BIGINT, \"The Word\" TEXT COLLATE \"C\" NOT NULL) ON COMMIT DROP",
        )?;
        tx.execute_sql("INSERT INTO \"Old \"\"Sheet\" VALUES (1, 'x')")?;
        Sheet::objects().using(tx).aggregate(|s| s.word.max())
    });
    assert_eq!(inside.await?.as_deref(), Some("x"));
    check("after one for a while").await
}

#[tokio::test]
async fn tables_in_parts_and_for_a_while() -> Result<()> {
    run(Place::postgres().await?, of_postgres).await
}

/// The one that the connection finds is the one that is asked about.
#[tokio::test]
async fn of_two_tables_of_one_name_the_first_in_the_path_counts() -> Result<()> {
    let place = Place::postgres().await?;
    let url = place.url().to_owned();
    run(place, async |db: &Database| {
        for (schema, collation, words) in [("one", "en-x-icu", "(1, 'B'), (2, 'a')"), ("two", "C", "(1, 'x')")] {
            db.execute_sql(format!("CREATE SCHEMA {schema}")).await?;
            let sheet = format!("{schema}.\"Old \"\"Sheet\"");
            let text = format!("TEXT COLLATE \"{collation}\" NOT NULL");
            db.execute_sql(format!("CREATE TABLE {sheet} (id BIGINT, \"The Word\" {text})")).await?;
            db.execute_sql(format!("INSERT INTO {sheet} VALUES {words}")).await?;
        }
        let separator = if url.contains('?') { '&' } else { '?' };
        let beside = Database::connect(&format!("{url}{separator}search_path=one,two")).await?;
        beside.scope(check("the first")).await?;
        beside.close().await;
        Ok(())
    })
    .await
}

/// Without rights on it, the error is that of the server.
#[tokio::test]
async fn a_table_without_rights_is_refused_by_the_server() -> Result<()> {
    let place = Place::postgres().await?;
    let url = place.url().to_owned();
    run(place, async |db: &Database| {
        db.execute_sql("CREATE TABLE \"Old \"\"Sheet\" (id BIGINT, \"The Word\" TEXT)").await?;
        let role = format!("dormouse_{}", uuid::Uuid::new_v4().simple());
        db.execute_sql(format!("CREATE ROLE {role} LOGIN PASSWORD 'word'")).await?;
        let mut limited = Url::parse(&url).expect("a URL");
        limited.set_username(&role).expect("a name");
        limited.set_password(Some("word")).expect("a password");
        let refused = async {
            let limited = Database::connect(limited.as_str()).await?;
            let refused = Sheet::objects().using(&limited).await;
            limited.close().await;
            Ok::<_, dormouse::Error>(refused.expect_err("it has no rights"))
        };
        let refused = refused.await;
        db.execute_sql(format!("DROP ROLE {role}")).await?;
        let refused = refused?;
        let code = |kind: &ErrorKind| matches!(kind, ErrorKind::Database { code: Some(code), .. } if code == "42501");
        assert!(code(refused.kind()), "{refused:?}");
        Ok(())
    })
    .await
}

/// A table of ours, whose trigger leaves rows out.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kept_word")]
struct Kept {
    id: i64,
    word: String,
}

/// What a trigger leaves out in silence is no new row, with a key that is given and without one.
#[tokio::test]
async fn a_row_that_sqlite_ignores_is_an_error() -> Result<()> {
    run(Place::sqlite(), async |db: &Database| {
        let sheet = quoted(db, "Old \"Sheet");
        db.execute_sql(format!("CREATE TABLE {sheet} (id INTEGER PRIMARY KEY, \"The Word\" TEXT NOT NULL)")).await?;
        db.execute_sql(format!(
            "CREATE TRIGGER s BEFORE INSERT ON {sheet} WHEN NEW.\"The Word\" = 'x' BEGIN SELECT RAISE(IGNORE); END"
        ))
        .await?;
        assert_eq!(Sheet::objects().acreate(|s| s.id(1).word("a")).await?.id, 1);
        assert_eq!(Sheet::objects().acreate(|s| s.word("b")).await?.id, 2);
        for ignored in [Sheet::objects().acreate(|s| s.id(9).word("x")).await, Sheet::new().word("x").asave().await] {
            assert!(
                matches!(ignored.as_ref().unwrap_err().kind(), ErrorKind::Query(QueryMistake::NotStored { .. })),
                "{ignored:?}"
            );
        }
        assert_eq!(Sheet::objects().acount().await?, 2);
        db.create_tables(dormouse::models![Kept]).await?;
        db.execute_sql(
            "CREATE TRIGGER t BEFORE INSERT ON kept_word WHEN NEW.word = 'x' BEGIN SELECT RAISE(IGNORE); END",
        )
        .await?;
        for ignored in [Kept::objects().acreate(|k| k.id(9).word("x")).await, Kept::new().word("x").asave().await] {
            assert!(
                matches!(ignored.as_ref().unwrap_err().kind(), ErrorKind::Query(QueryMistake::NotStored { .. })),
                "{ignored:?}"
            );
        }
        assert_eq!(Kept::objects().acreate(|k| k.id(9).word("y")).await?.id, 9);
        assert_eq!(Kept::objects().acount().await?, 1);
        db.execute_sql(format!("DROP TABLE {}", quoted(db, "Old \"Sheet"))).await?;
        Ok(())
    })
    .await
}

/// A row that a view passes on is given back with the key that it was given.
#[tokio::test]
async fn a_row_is_created_through_a_view_of_sqlite() -> Result<()> {
    run(Place::sqlite(), async |db: &Database| {
        let sheet = quoted(db, "Old \"Sheet");
        db.execute_sql("CREATE TABLE basis (id INTEGER PRIMARY KEY, word TEXT NOT NULL)").await?;
        db.execute_sql(format!("CREATE VIEW {sheet} AS SELECT id, word AS \"The Word\" FROM basis")).await?;
        db.execute_sql(format!(
            "CREATE TRIGGER t INSTEAD OF INSERT ON {sheet} BEGIN INSERT INTO basis VALUES (NEW.id, NEW.\"The Word\"); END"
        ))
        .await?;
        let made = Sheet::objects().acreate(|s| s.id(3).word("c")).await?;
        assert_eq!(Sheet::objects().await?, [made]);
        Ok(())
    })
    .await
}
