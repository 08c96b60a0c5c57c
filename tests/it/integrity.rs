//! What the database refuses, told apart on every database, with constraint and columns.

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, IntegrityKind, Result, sync_to_async};

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
struct Shelf {
    id: i64,
    #[field(unique, max_length = 20)]
    label: String,
    #[related(shelf)]
    items: HasMany<Item>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(unique(shelf, place), check(place_is_positive, |i| i.place.gt(0)))]
struct Item {
    id: i64,
    #[field(on_delete = Restrict)]
    shelf: ForeignKey<Shelf>,
    place: i32,
    #[field(max_length = 20)]
    name: String,
}

/// The same tables, as if others had made them.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shelf", managed = false)]
struct LegacyShelf {
    id: i64,
    #[field(unique, max_length = 20)]
    label: String,
    #[related(shelf)]
    items: HasMany<LegacyItem>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "item", managed = false, unique(shelf, place))]
struct LegacyItem {
    id: i64,
    #[field(on_delete = Restrict)]
    shelf: ForeignKey<LegacyShelf>,
    place: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(unique(a, b, name = "it's.odd"), check("it's `so`", |o| o.a.gt(0)))]
struct Odd {
    id: i64,
    a: i32,
    b: i32,
    #[field(on_delete = Restrict)]
    up: Option<ForeignKey<Odd>>,
}

/// Of a table whose UNIQUE the model does not know.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "odd", managed = false)]
struct Plain {
    id: i64,
    a: i32,
    b: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct House {
    id: i64,
    number: i32,
    #[related(house)]
    rooms: HasMany<Room>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Room {
    id: i64,
    #[field(on_delete = Cascade)]
    house: ForeignKey<House>,
    #[related(room)]
    lamps: HasMany<Lamp>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Lamp {
    id: i64,
    #[field(on_delete = Protect)]
    room: ForeignKey<Room>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Link {
    id: i64,
    #[field(on_delete = DoNothing)]
    next: Option<ForeignKey<Link>>,
    #[related(link)]
    tags: HasMany<Tag>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Tag {
    id: i64,
    #[field(on_delete = DoNothing)]
    link: ForeignKey<Link>,
}

/// The table of an integrity error.
fn table(error: &Error) -> Option<&str> {
    match error.kind() {
        ErrorKind::Integrity { table, .. } => table.as_deref(),
        other => panic!("expected an integrity error, found {other:?}"),
    }
}

/// The kind, constraint and columns of an integrity error.
fn violation(error: &Error) -> (IntegrityKind, Option<&str>, Vec<&str>) {
    match error.kind() {
        ErrorKind::Integrity { kind, constraint, columns, .. } => {
            (*kind, constraint.as_deref(), columns.iter().map(String::as_str).collect())
        }
        other => panic!("expected an integrity error, found {other:?}"),
    }
}

async fn shelves(db: &Database) -> Result<Shelf> {
    db.create_tables(dormouse::models![Item, Shelf]).await?;
    Shelf::objects().acreate(|s| s.label("top")).await
}

matrix! {
    async fn a_unique_column(db: &Database) -> Result<()> {
        shelves(db).await?;
        let error = Shelf::objects().acreate(|s| s.label("top")).await.unwrap_err();
        assert!(error.is_unique_violation(), "{error:?}");
        assert_eq!(violation(&error), (IntegrityKind::Unique, Some("shelf_label_b04a69b2_uniq"), vec!["label"]), "{error:?}");
        assert_eq!(table(&error), Some("shelf"), "{error:?}");
        assert!(!format!("{error:?} {error}").contains("top"), "no value in the message: {error:?}");
        assert_eq!(Shelf::objects().acount().await?, 1);
        Ok(())
    }

    async fn several_columns_together(db: &Database) -> Result<()> {
        let shelf = shelves(db).await?;
        let item = |place| Item::objects().acreate(|i| i.shelf(&shelf).place(place).name("x"));
        item(1).await?;
        item(2).await?;
        let error = item(1).await.unwrap_err();
        assert!(error.is_unique_violation(), "{error:?}");
        let expected = (IntegrityKind::Unique, Some("item_shelf_id_place_5dee2e72_uniq"), vec!["shelf_id", "place"]);
        assert_eq!(violation(&error), expected, "{error:?}");

        let moved = Item::objects().filter(|i| i.place.eq(2)).aupdate(|i| i.place.set(1)).await.unwrap_err();
        assert_eq!(violation(&moved), expected, "{moved:?}");
        assert_eq!([table(&error), table(&moved)], [Some("item"); 2], "{moved:?}");
        Ok(())
    }

    async fn a_primary_key(db: &Database) -> Result<()> {
        let shelf = shelves(db).await?;
        let error = Shelf::objects().acreate(|s| s.id(shelf.id).label("other")).await.unwrap_err();
        assert!(error.is_unique_violation(), "{error:?}");
        Ok(())
    }

    async fn a_foreign_key(db: &Database) -> Result<()> {
        let shelf = shelves(db).await?;
        let orphan = Item::objects().acreate(|i| i.shelf(shelf.id + 1).place(1).name("x")).await.unwrap_err();
        assert!(orphan.is_foreign_key_violation(), "{orphan:?}");
        let expected = (IntegrityKind::ForeignKey, Some("item_shelf_id_6a8552a9_fk"), vec!["shelf_id"]);
        assert_eq!(violation(&orphan), expected, "{orphan:?}");
        assert_eq!(table(&orphan), Some("item"), "{orphan:?}");
        Item::objects().acreate(|i| i.shelf(&shelf).place(1).name("x")).await?;
        let used = shelf.adelete().await.unwrap_err();
        assert!(used.is_foreign_key_violation(), "{used:?}");
        assert_eq!(Shelf::objects().acount().await?, 1);
        Ok(())
    }

    async fn a_row_that_is_referred_to(db: &Database) -> Result<()> {
        let shelf = shelves(db).await?;
        Item::objects().acreate(|i| i.shelf(&shelf).place(1).name("x")).await?;
        let expected = (IntegrityKind::ForeignKey, Some("item_shelf_id_6a8552a9_fk"), vec!["shelf_id"]);
        let used = shelf.adelete().await.unwrap_err();
        assert_eq!(violation(&used), expected, "{used:?}");
        assert_eq!(table(&used), Some("item"), "{used:?}");
        let told = "foreign key constraint violated `item_shelf_id_6a8552a9_fk` on `item` (shelf_id)";
        assert_eq!(used.to_string(), told);

        db.create_tables(dormouse::models![Odd]).await?;
        let root = Odd::new().a(1).b(1).asave().await?;
        Odd::new().a(1).b(2).up(&root).asave().await?;
        let used = root.adelete().await.unwrap_err();
        assert_eq!(violation(&used).2, ["up_id"], "{used:?}");
        assert_eq!(table(&used), Some("odd"), "{used:?}");
        assert!(violation(&used).1.is_some_and(|name| name.starts_with("odd_up_id_")), "{used:?}");
        Ok(())
    }

    /// Rows of a queryset, outside and inside of transactions, async and sync.
    async fn rows_that_are_kept(db: &Database) -> Result<()> {
        let shelf = shelves(db).await?;
        let free = Shelf::objects().acreate(|s| s.label("free")).await?;
        Item::objects().acreate(|i| i.shelf(&shelf).place(1).name("x")).await?;
        let expected = (IntegrityKind::ForeignKey, Some("item_shelf_id_6a8552a9_fk"), vec!["shelf_id"]);
        let some = || Shelf::objects().filter(|s| s.label.ne("free") | s.id.gt(1_000_000_i64));
        for rows in [Shelf::objects(), some()] {
            let (in_sync, in_atomic, in_savepoint) = (rows.clone(), rows.clone(), rows.clone());
            let errors = [
                rows.adelete().await.unwrap_err(),
                sync_to_async(move || in_sync.blocking().delete()).await?.unwrap_err(),
                atomic(move |tx| in_atomic.using(tx).delete()).await.unwrap_err(),
                atomic(move |tx| Ok(tx.savepoint(|tx| in_savepoint.using(tx).delete()))).await?.unwrap_err(),
            ];
            for error in errors {
                assert_eq!(violation(&error), expected, "{error:?}");
                assert_eq!(table(&error), Some("item"), "{error:?}");
            }
        }
        let own = shelf.clone();
        let error = atomic(move |tx| own.delete(tx)).await.unwrap_err();
        assert_eq!(violation(&error), expected, "{error:?}");
        assert_eq!(Shelf::objects().filter(|s| s.label.eq("free")).adelete().await?.total, 1);
        assert_eq!(Shelf::objects().values(|s| s.id).await?, [shelf.id]);
        assert!(free.id > shelf.id);

        // A row that would go along with others may be kept too.
        db.create_tables(dormouse::models![House, Room, Lamp]).await?;
        let house = House::new().number(1).asave().await?;
        let room = Room::new().house(&house).asave().await?;
        Lamp::new().room(&room).asave().await?;
        for error in [house.adelete().await.unwrap_err(), House::objects().adelete().await.unwrap_err()] {
            assert_eq!(violation(&error).2, ["room_id"], "{error:?}");
            assert_eq!(table(&error), Some("lamp"), "{error:?}");
            assert!(violation(&error).1.is_some_and(|name| name.starts_with("lamp_room_id_")), "{error:?}");
        }
        Ok(())
    }

    /// The key that rows refer to, and a key that becomes the value of an expression.
    async fn a_key_that_is_changed(db: &Database) -> Result<()> {
        let shelf = shelves(db).await?;
        Item::objects().acreate(|i| i.shelf(&shelf).place(777).name("x")).await?;
        let expected = (IntegrityKind::ForeignKey, Some("item_shelf_id_6a8552a9_fk"), vec!["shelf_id"]);
        let errors = [
            Shelf::objects().aupdate(|s| s.id.set(50)).await.unwrap_err(),
            Shelf::objects().filter(|s| s.label.eq("top")).aupdate(|s| s.id.set(s.id + 50)).await.unwrap_err(),
            Item::objects().aupdate(|i| i.shelf.set(777)).await.unwrap_err(),
            Item::objects().aupdate(|i| i.shelf.set(i.shelf.id + 50)).await.unwrap_err(),
            Item::objects().aupdate(|i| (i.place.set(3), i.shelf.set(i.shelf.id + 50))).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!((violation(&error), table(&error)), (expected.clone(), Some("item")), "{error:?}");
        }
        db.create_tables(dormouse::models![House, Room, Lamp]).await?;
        let house = House::new().number(1).asave().await?;
        Room::new().house(&house).asave().await?;
        let error = House::objects().aupdate(|h| h.id.set(9)).await.unwrap_err();
        assert_eq!((violation(&error).2, table(&error)), (vec!["house_id"], Some("room")), "{error:?}");
        Ok(())
    }

    /// Rows that refer to each other and go together are not what kept them.
    async fn what_goes_along_keeps_nothing(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Link, Tag]).await?;
        let first = Link::new().asave().await?;
        let second = Link::new().next(&first).asave().await?;
        if db.dialect().name() == "MariaDB" {
            // There NO ACTION is RESTRICT, row by row.
            assert_eq!(violation(&Link::objects().adelete().await.unwrap_err()).2, ["next_id"]);
            return Ok(());
        }
        let tag = Tag::new().link(&second).asave().await?;
        let error = Link::objects().adelete().await.unwrap_err();
        assert_eq!((violation(&error).2, table(&error)), (vec!["link_id"], Some("tag")), "{error:?}");
        let error = Link::objects().filter(|l| l.pk.eq(first.id)).adelete().await.unwrap_err();
        assert_eq!(violation(&error).2, ["next_id"], "{error:?}");
        tag.adelete().await?;
        assert_eq!(Link::objects().adelete().await?.total, 2);
        Ok(())
    }

    async fn names_with_dots_and_quotes(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Odd]).await?;
        Odd::new().a(1).b(1).asave().await?;
        let doubled = Odd::new().a(1).b(1).asave().await.unwrap_err();
        assert_eq!(violation(&doubled), (IntegrityKind::Unique, Some("it's.odd"), vec!["a", "b"]), "{doubled:?}");
        let refused = Odd::new().a(0).b(1).asave().await.unwrap_err();
        assert_eq!(violation(&refused).1, Some("it's `so`"), "{refused:?}");
        Ok(())
    }

    async fn no_name_is_made_up_for_a_table_of_others(db: &Database) -> Result<()> {
        db.execute_sql("CREATE TABLE shelf (id INTEGER NOT NULL PRIMARY KEY, label VARCHAR(20) NOT NULL UNIQUE)").await?;
        db.execute_sql("CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, shelf_id INTEGER NOT NULL, place INTEGER NOT NULL, \
                        UNIQUE (shelf_id, place), FOREIGN KEY (shelf_id) REFERENCES shelf (id))").await?;
        let shelf = LegacyShelf::objects().acreate(|s| s.id(1).label("top")).await?;
        LegacyItem::objects().acreate(|i| i.id(1).shelf(&shelf).place(1)).await?;
        let errors = [
            LegacyShelf::objects().acreate(|s| s.id(2).label("top")).await.unwrap_err(),
            LegacyItem::objects().acreate(|i| i.id(2).shelf(&shelf).place(1)).await.unwrap_err(),
            LegacyItem::objects().acreate(|i| i.id(2).shelf(7).place(1)).await.unwrap_err(),
            shelf.adelete().await.unwrap_err(),
        ];
        // The servers name what the statement did not.
        let names: [Option<&str>; 4] = match db.dialect().name() {
            "SQLite" => [None; 4],
            "PostgreSQL" => ["shelf_label_key", "item_shelf_id_place_key", "item_shelf_id_fkey", "item_shelf_id_fkey"].map(Some),
            _ => ["label", "shelf_id", "item_ibfk_1", "item_ibfk_1"].map(Some),
        };
        for (error, name) in errors.iter().zip(names) {
            assert_eq!(violation(error).1, name, "{error:?}");
        }
        assert_eq!(errors.each_ref().map(table), ["shelf", "item", "item", "item"].map(Some));
        assert_eq!(errors.each_ref().map(|error| violation(error).2), [
            vec!["label"],
            vec!["shelf_id", "place"],
            vec!["shelf_id"],
            vec!["shelf_id"],
        ]);
        Ok(())
    }

    async fn a_unique_of_others_is_told(db: &Database) -> Result<()> {
        db.execute_sql("CREATE TABLE odd (id INTEGER NOT NULL PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL)").await?;
        db.execute_sql("CREATE UNIQUE INDEX their_name ON odd (b, a)").await?;
        Plain::objects().acreate(|o| o.id(1).a(1).b(1)).await?;
        Plain::objects().acreate(|o| o.id(2).a(2).b(1)).await?;
        let errors = [
            Plain::objects().acreate(|o| o.id(3).a(1).b(1)).await.unwrap_err(),
            Plain::objects().filter(|o| o.id.eq(2)).aupdate(|o| o.a.set(1)).await.unwrap_err(),
            atomic(|tx| Plain::objects().using(tx).create(|o| o.id(3).a(1).b(1))).await.unwrap_err(),
        ];
        for error in errors {
            let (kind, _, columns) = violation(&error);
            assert_eq!((kind, table(&error), columns), (IntegrityKind::Unique, Some("odd"), vec!["b", "a"]), "{error:?}");
        }
        Ok(())
    }

    async fn a_check(db: &Database) -> Result<()> {
        let shelf = shelves(db).await?;
        let error = Item::objects().acreate(|i| i.shelf(&shelf).place(0).name("x")).await.unwrap_err();
        assert!(error.is_check_violation(), "{error:?}");
        let (_, constraint, _) = violation(&error);
        assert!(constraint.is_some_and(|name| name.contains("place_is_positive")), "{error:?}");
        assert_eq!(table(&error), Some("item"));
        let error = db.execute_sql("UPDATE item SET place = 0").await;
        assert_eq!(error?, 0, "no row, no error");
        Ok(())
    }

    async fn a_check_without_a_name_gets_none_of_ours(db: &Database) -> Result<()> {
        db.execute_sql("CREATE TABLE payment (id INTEGER PRIMARY KEY, amount INTEGER, CHECK (amount < 1000))").await?;
        let refused = async |db: &Database| db.execute_sql("INSERT INTO payment VALUES (1, 1000)").await.unwrap_err();
        let caught = atomic(|tx| Ok(tx.execute_sql("INSERT INTO payment VALUES (1, 1000)").unwrap_err()));
        for error in [refused(db).await, caught.await.unwrap_or_else(|error| error.downcast_ref::<Error>().cloned().unwrap())] {
            let (kind, constraint, _) = violation(&error);
            assert_eq!((kind, table(&error)), (IntegrityKind::Check, Some("payment")), "{error:?}");
            assert!(constraint.is_none_or(|name| !name.contains('<')), "no name is an expression: {error:?}");
        }
        Ok(())
    }

    async fn null_where_none_may_be(db: &Database) -> Result<()> {
        shelves(db).await?;
        // The types refuse it, so it takes SQL to try.
        let error = db.execute_sql("INSERT INTO shelf (label) VALUES (NULL)").await.unwrap_err();
        assert!(error.is_not_null_violation(), "{error:?}");
        assert_eq!(violation(&error).2, ["label"], "{error:?}");
        Ok(())
    }

    async fn a_broken_transaction_tells_the_whole_error_that_broke_it(db: &Database) -> Result<()> {
        let shelf = shelves(db).await?;
        let first = Item::objects().acreate(|i| i.shelf(&shelf).place(1).name("x")).await?;
        type Breaks = fn(&dormouse::Transaction, Shelf, Item) -> Result<()>;
        let breaks: [Breaks; 4] = [
            |tx, _, _| Shelf::new().label("top").save(tx).map(drop),
            |tx, shelf, _| Item::new().shelf(&shelf).place(1).name("y").save(tx).map(drop),
            |tx, _, _| Item::objects().using(tx).update(|i| i.shelf.set(77)).map(drop),
            |tx, shelf, _| shelf.delete(tx).map(drop),
        ];
        for breaks in breaks {
            let (shelf, first) = (shelf.clone(), first.clone());
            let (told, direct) = std::sync::mpsc::channel();
            let ended = atomic(move |tx| {
                told.send(breaks(tx, shelf, first).unwrap_err()).unwrap();
                Ok(())
            });
            let ended = ended.await.unwrap_err();
            let direct = direct.recv().unwrap();
            assert!(matches!(ended.kind(), ErrorKind::BrokenTransaction), "{ended:?}");
            let source: &Error = ended.downcast_ref().expect("a cause");
            assert_eq!(source.kind(), direct.kind(), "as it was told when it was caught");
            assert!(violation(source).1.is_some() && !violation(source).2.is_empty(), "{source:?}");
        }
        Ok(())
    }

    async fn a_refused_write_leaves_the_connection_usable(db: &Database) -> Result<()> {
        shelves(db).await?;
        for _ in 0..30 {
            assert!(Shelf::objects().acreate(|s| s.label("top")).await.is_err());
        }
        assert_eq!(Shelf::objects().acreate(|s| s.label("bottom")).await?.label, "bottom");
        Ok(())
    }
}
