//! Tables in a schema, or on MySQL and MariaDB in another database of the server.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result, models};

use crate::support::{Place, matrix, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "event", schema = "dormouse_audit", comment = "what happened", unique(kind, place))]
struct Event {
    id: i64,
    #[field(index, max_length = 20, comment = "of what kind")]
    kind: String,
    place: Option<i32>,
    #[field(on_delete = Cascade)]
    caused_by: Option<ForeignKey<Event>>,
    #[related(event)]
    entries: HasMany<Entry>,
    tags: ManyToMany<Tag>,
}

/// Of the same name, where the connection looks for tables.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "event")]
struct Entry {
    id: i64,
    #[field(on_delete = Cascade)]
    event: ForeignKey<Event>,
    note: Option<i32>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(schema = "dormouse_audit")]
struct Tag {
    id: i64,
    #[field(unique, max_length = 20)]
    word: String,
}

/// Makes the schema and the tables; false where there are no schemas.
async fn tables(db: &Database) -> Result<bool> {
    if !db.dialect().features().schemas {
        let error = db.create_tables(models![Event, Entry, Tag]).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{error:?}");
        let error = Event::objects().acount().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{error:?}");
        return Ok(false);
    }
    db.execute_sql("CREATE SCHEMA dormouse_audit").await?;
    db.create_tables(models![Event, Entry, Tag]).await?;
    Ok(true)
}

async fn everything(db: &Database) -> Result<()> {
    if !tables(db).await? {
        return Ok(());
    }
    let first = Event::new().kind("fire").place(1).asave().await?;
    let second = Event::objects().acreate(|e| e.kind("smoke").place(2).caused_by(&first)).await?;
    let entry = Entry::new().event(&second).note(7).asave().await?;

    let entries = Entry::objects().filter(|e| e.event.caused_by.kind.eq("fire")).select_related(|e| e.event);
    assert_eq!(entries.await?[0].event.loaded().map(|event| &*event.kind), Some("smoke"));
    let events = Event::objects().order_by(|e| e.id).prefetch_related(|e| (e.entries, e.tags)).await?;
    assert_eq!(events[1].entries.loaded().map(<[_]>::len), Some(1));

    let mut changed = second.clone();
    changed.place = Some(3);
    changed.asave().await?;
    assert_eq!(
        Event::objects()
            .filter(|e| e.caused_by.kind.eq("fire"))
            .aupdate(|e| e.place.set(e.caused_by.place + 8))
            .await?,
        1
    );
    assert_eq!(changed.arefresh_from_db().await?.place, Some(9));
    assert_eq!(Entry::objects().aupdate(|e| e.note.set(e.event.place)).await?, 1);
    assert_eq!(entry.arefresh_from_db().await?.note, Some(9));

    let doubled = Event::new().kind("fire").place(1).asave().await.unwrap_err();
    assert!(doubled.is_unique_violation(), "{doubled:?}");
    let ErrorKind::Integrity { columns, .. } = doubled.kind() else { panic!("{doubled:?}") };
    assert_eq!(columns, &["kind", "place"]);

    assert_eq!(Event::objects().filter(|e| e.caused_by.kind.eq("fire")).adelete().await?.total, 1);
    assert_eq!((Entry::objects().acount().await?, Event::objects().acount().await?), (0, 1));
    first.adelete().await?;
    Ok(())
}

matrix! {
    async fn tables_stand_in_the_schema_that_is_named(db: &Database) -> Result<()> {
        let outcome = everything(db).await;
        if db.dialect().name() == "MariaDB" {
            // A database of its own, which nothing else takes away.
            db.execute_sql("DROP TABLE IF EXISTS event, event_tags").await?;
            db.execute_sql("DROP SCHEMA dormouse_audit").await?;
        }
        outcome
    }
}

#[derive(Model, Debug)]
#[model(schema = "dormouse_audit")]
struct Outward {
    id: i64,
    #[field(on_delete = Cascade)]
    plain: ForeignKey<Plain>,
}

#[derive(Model, Debug)]
struct Plain {
    id: i64,
    #[field(max_length = 20)]
    word: String,
}

matrix! {
    async fn a_key_out_of_a_schema_works_or_is_refused(db: &Database) -> Result<()> {
        let postgres = db.dialect().name() == "PostgreSQL";
        if postgres {
            db.execute_sql("CREATE SCHEMA dormouse_audit").await?;
        }
        let made = db.create_tables(models![Outward, Plain]).await;
        if postgres {
            return made;
        }
        let error = made.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unsupported { .. } | ErrorKind::Configuration { .. }), "{error:?}");
        Ok(())
    }
}

#[tokio::test]
async fn a_url_names_the_schemas_to_look_in() -> Result<()> {
    let place = Place::postgres().await?;
    let urls = ["search_path=shop", "options=-csearch_path%3Dshop"].map(|option| format!("{}?{option}", place.url()));
    // Boxed, because a debug build keeps every future of a test on its thread's stack.
    Box::pin(run(place, async |db: &Database| {
        db.execute_sql("CREATE SCHEMA shop").await?;
        for (round, url) in urls.iter().enumerate() {
            Box::pin(words_in_the_shop(url, round == 0)).await?;
        }
        assert!(Plain::objects().acount().await.is_err(), "it is not where this connection looks");
        assert_eq!(db.execute_sql("UPDATE shop.plain SET word = 'there'").await?, 2);
        Ok(())
    }))
    .await
}

async fn words_in_the_shop(url: &str, first: bool) -> Result<()> {
    let shop = Database::connect(url).await?;
    if first {
        shop.create_tables(models![Plain]).await?;
    }
    Plain::objects().using(&shop).acreate(|p| p.word("here")).await?;
    shop.close().await;
    Ok(())
}
