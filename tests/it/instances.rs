//! What a row can do: be created, saved, deleted, read again.

use chrono::{DateTime, Utc};
use dormouse::prelude::*;
use dormouse::{ErrorKind, QueryMistake, Result, ValidationErrors, ValueLimit};

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
struct Note {
    id: i64,
    #[field(max_length = 20)]
    title: String,
    #[field(default = 3)]
    stars: i32,
    text: Option<String>,
    #[field(auto_now_add)]
    created: DateTime<Utc>,
    #[field(auto_now)]
    changed: DateTime<Utc>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Rectangle {
    id: i64,
    width: i32,
    #[field(generated(|r| r.width * 2, stored))]
    double: i32,
    height: i32,
}

matrix! {
    async fn what_the_database_computes_is_not_written(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Rectangle]).await?;
        let mut made = Rectangle::objects().acreate(|r| r.width(3).height(1)).await?;
        assert_eq!(made.double, 6);
        (made.width, made.height) = (5, 2);
        made.asave().await?;
        let read = made.arefresh_from_db().await?;
        assert_eq!((read.width, read.double, read.height), (5, 10, 2));
        let copy = db.clone();
        let saved = atomic(move |tx| {
            made.width = 7;
            made.save(tx)?;
            made.refresh_from_db(tx)?;
            Ok(made)
        });
        let mut saved = saved.using(&copy).await?;
        assert_eq!((saved.width, saved.double), (7, 14));
        let refused = saved.asave().fields(|r| (r.width, r.double)).await.unwrap_err();
        let mistake = QueryMistake::Computed { model: "Rectangle", field: "double" };
        assert_eq!(refused.kind(), &ErrorKind::Query(mistake));
        Ok(())
    }

    async fn a_created_row_is_as_the_database_has_it(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Note]).await?;
        let before = Utc::now() - chrono::TimeDelta::milliseconds(1);
        let note = Note::objects().acreate(|n| n.title("first")).await?;
        assert_eq!((note.title.as_str(), note.stars, note.text.as_deref()), ("first", 3, None));
        assert!(before <= note.created && note.created <= Utc::now());
        assert_eq!(note.created, note.changed);
        assert_eq!(Note::objects().aget_one().await?, note);

        let second = Note::new().title("second").stars(5).text("x").asave().await?;
        assert!(second.id > note.id);
        assert_eq!(second.arefresh_from_db().await?, second);
        Ok(())
    }

    async fn saving_writes_every_column_but_the_key(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Note]).await?;
        let mut note = Note::objects().acreate(|n| n.title("a").text("b")).await?;
        let other = Note::objects().acreate(|n| n.title("other")).await?;
        let first_change = note.changed;
        (note.title, note.stars, note.text) = ("c".to_owned(), -1, None);
        note.asave().await?;
        assert!(note.changed >= first_change);
        assert_eq!(note.arefresh_from_db().await?, note);
        assert_eq!(other.arefresh_from_db().await?, other);
        Ok(())
    }

    async fn saving_some_fields_leaves_the_others(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Note]).await?;
        let mut stale = Note::objects().acreate(|n| n.title("a")).await?;
        let mut fresh = stale.clone();
        fresh.title = "changed meanwhile".to_owned();
        fresh.asave().await?;
        stale.stars = 4;
        stale.asave().fields(|n| n.stars).await?;
        let read = stale.arefresh_from_db().await?;
        assert_eq!((read.title.as_str(), read.stars), ("changed meanwhile", 4));
        Ok(())
    }

    async fn some_fields_are_saved_without_a_moment_that_is_not_among_them(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Note]).await?;
        let mut note = Note::objects().acreate(|n| n.title("a")).await?;
        let first = note.changed;
        note.stars = 4;
        note.asave().fields(|n| n.stars).await?;
        assert_eq!((note.changed, note.arefresh_from_db().await?), (first, note.clone()));
        note.asave().fields(|n| (n.stars, n.changed)).await?;
        assert!(note.changed > first);
        assert_eq!(note.arefresh_from_db().await?, note);
        let saved = atomic(move |tx| {
            let before = note.changed;
            note.stars = 5;
            note.save_fields(tx, |n| n.stars)?;
            assert_eq!(note.changed, before);
            assert_eq!(Note::objects().using(tx).get_one()?, note);
            note.save_fields(tx, |n| n.changed)?;
            assert!(note.changed > before);
            assert_eq!(Note::objects().using(tx).get_one()?, note);
            note.save(tx)?;
            Ok(note)
        });
        let saved = saved.using(db).await?;
        assert_eq!(saved.arefresh_from_db().await?, saved);
        Ok(())
    }

    async fn a_row_is_as_it_was_if_it_is_not_saved(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Note]).await?;
        let mut note = Note::objects().acreate(|n| n.title("a")).await?;
        drop(note.asave());
        assert_eq!(note.arefresh_from_db().await?, note);
        note.adelete().await?;
        let before = note.clone();
        assert!(note.asave().await.unwrap_err().is_does_not_exist());
        assert!(note.asave().fields(|n| n.changed).await.unwrap_err().is_does_not_exist());
        assert_eq!(note, before);
        let failed = atomic(move |tx| {
            assert!(note.save(tx).unwrap_err().is_does_not_exist());
            assert!(note.save_fields(tx, |n| n.changed).unwrap_err().is_does_not_exist());
            Ok(note)
        });
        assert_eq!(failed.using(db).await?, before);
        Ok(())
    }

    async fn a_row_that_is_gone_cannot_be_saved(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Note]).await?;
        let mut note = Note::objects().acreate(|n| n.title("a")).await?;
        assert_eq!(note.adelete().await?.total, 1);
        assert!(note.asave().await.unwrap_err().is_does_not_exist());
        assert!(note.arefresh_from_db().await.unwrap_err().is_does_not_exist());
        assert_eq!(note.adelete().await?.total, 0);
        assert_eq!(Note::objects().acount().await?, 0);
        Ok(())
    }

    async fn a_text_too_long_is_refused_before_it_is_sent(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Note]).await?;
        let long = "x".repeat(21);
        let refused = Note::objects().acreate(|n| n.title(&long)).await.unwrap_err();
        assert_eq!(refused.to_string(), "validation of `Note` failed: title: at most 20 characters are allowed");
        let mut note = Note::objects().acreate(|n| n.title("é".repeat(20))).await?;
        note.title = long;
        let mut errors = ValidationErrors { model: Some("Note"), ..ValidationErrors::default() };
        errors.add("title", ValueLimit::Characters { most: 20 });
        assert_eq!(note.asave().await.unwrap_err().kind(), &ErrorKind::Validation(errors));
        assert_eq!(note.arefresh_from_db().await?.title, "é".repeat(20));
        Ok(())
    }

    async fn many_tasks_create_at_once(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Note]).await?;
        let tasks: Vec<_> = (0..100)
            .map(|number| tokio::spawn(Note::objects().using(db).acreate(|n| n.title(format!("note {number}")))))
            .collect();
        let mut ids = Vec::new();
        for task in tasks {
            ids.push(task.await.expect("no panic")?.id);
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 100);
        assert_eq!(Note::objects().acount().await?, 100);
        Ok(())
    }
}
