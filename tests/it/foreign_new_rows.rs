//! New rows in SQLite files that other programs made: what the draft leaves out is what the table gives, and nothing that
//! could not be read is stored.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result, SetupMistake};

use crate::support::{Place, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "note", managed = false)]
struct Note {
    id: i64,
    title: String,
    nick: Option<String>,
}

/// A key that the model believes to have a default.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "note", managed = false)]
struct Coded {
    #[field(primary_key)]
    title: String,
    #[field(db_default = "7")]
    id: i64,
}

const COLUMNS: &str = "title TEXT, nick TEXT DEFAULT 'none'";

/// Keys that SQLite leaves NULL.
const NOT_NUMBERED: [&str; 7] = [
    "id BIGINT PRIMARY KEY",
    "id INT PRIMARY KEY",
    "id UNSIGNED BIG INT PRIMARY KEY",
    "id INTEGER PRIMARY KEY DESC",
    "id INTEGER UNIQUE",
    "\"ID\" INTEGER",
    "id BIGINT DEFAULT NULL PRIMARY KEY",
];

/// Keys that it numbers, or has a default for, and the first.
const NUMBERED: [(&str, i64); 5] = [
    ("id INTEGER PRIMARY KEY", 1),
    ("id integer PRIMARY KEY AUTOINCREMENT", 1),
    ("\"ID\" INTEGER NOT NULL PRIMARY KEY", 1),
    ("id BIGINT PRIMARY KEY DEFAULT 7", 7),
    ("id INTEGER PRIMARY KEY ASC", 1),
];

#[tokio::test]
async fn a_key_that_the_table_does_not_number_is_given() -> Result<()> {
    for key in NOT_NUMBERED {
        run(Place::sqlite(), async |db| {
            db.execute_sql(format!("CREATE TABLE note ({key}, {COLUMNS})")).await?;
            refused(Note::objects().acreate(|n| n.title("a")).await, "Note.id", key);
            refused(Note::new().title("a").asave().await, "Note.id", key);
            refused(Coded::objects().acreate(|n| n.title("a")).await, "Coded.id", key);
            refused(atomic(|tx| Note::objects().using(tx).create(|n| n.title("a"))).await, "Note.id", key);
            assert!(Note::objects().await?.is_empty(), "{key}");
            let given = Note::objects().acreate(|n| n.id(5).title("a").nick("b")).await?;
            assert_eq!(Note::objects().await?, [given], "{key}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

fn refused<T: std::fmt::Debug>(answer: Result<T>, name: &str, key: &str) {
    let error = answer.expect_err(key);
    let ErrorKind::Configuration(SetupMistake::ValueMissing { model, field, .. }) = error.kind() else {
        panic!("{key}: {error:?}")
    };
    assert_eq!(format!("{model}.{field}"), name, "{key}");
}

#[tokio::test]
async fn what_the_table_gives_is_in_the_new_row() -> Result<()> {
    for (key, first) in NUMBERED {
        run(Place::sqlite(), async |db| {
            db.execute_sql(format!("CREATE TABLE note ({key}, {COLUMNS})")).await?;
            let created = Note::objects().acreate(|n| n.title("a")).await?;
            assert_eq!((created.id, created.nick.as_deref()), (first, Some("none")), "{key}");
            assert_eq!(Note::objects().await?, [created], "{key}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_key_that_must_not_be_null_is_refused_by_the_database() -> Result<()> {
    for end in ["", " WITHOUT ROWID"] {
        run(Place::sqlite(), async |db| {
            db.execute_sql(format!("CREATE TABLE note (id BIGINT NOT NULL PRIMARY KEY, {COLUMNS}){end}")).await?;
            let error = Note::objects().acreate(|n| n.title("a")).await.expect_err(end);
            assert!(matches!(error.kind(), ErrorKind::Integrity { .. }), "{error:?}");
            assert_eq!(Note::objects().acount().await?, 0);
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// A table for full-text search, whose rows have a number and nothing else that tells them apart.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "page", managed = false)]
struct Page {
    #[field(primary_key, column = "rowid")]
    id: i64,
    body: String,
}

#[tokio::test]
async fn a_row_of_a_virtual_table_comes_back_with_its_number() -> Result<()> {
    run(Place::sqlite(), async |db| {
        db.execute_sql("CREATE VIRTUAL TABLE page USING fts5(body)").await?;
        let mut first = Page::objects().acreate(|p| p.body("one")).await?;
        let second = Page::new().body("two").asave().await?;
        let third = atomic(|tx| Page::objects().using(tx).create(|p| p.body("three"))).await?;
        let given = Page::objects().acreate(|p| p.id(9).body("nine")).await?;
        assert_eq!([first.id, second.id, third.id, given.id], [1, 2, 3, 9]);
        first.body = "uno".to_owned();
        first.asave().await?;
        assert_eq!(Page::objects().order_by(|p| p.id).await?, [first, second, third, given]);
        Ok(())
    })
    .await
}
