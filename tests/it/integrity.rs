//! What the database refuses, told apart on every database, with constraint and columns.

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, IntegrityKind, Result};

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
struct Shelf {
    id: i64,
    #[field(unique, max_length = 20)]
    label: String,
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

/// The kind, constraint and columns of an integrity error.
fn violation(error: &Error) -> (IntegrityKind, Option<&str>, Vec<&str>) {
    match error.kind() {
        ErrorKind::Integrity { kind, constraint, columns } => {
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
        Item::objects().acreate(|i| i.shelf(&shelf).place(1).name("x")).await?;
        let used = shelf.adelete().await.unwrap_err();
        assert!(used.is_foreign_key_violation(), "{used:?}");
        assert_eq!(Shelf::objects().acount().await?, 1);
        Ok(())
    }

    async fn a_check(db: &Database) -> Result<()> {
        let shelf = shelves(db).await?;
        let error = Item::objects().acreate(|i| i.shelf(&shelf).place(0).name("x")).await.unwrap_err();
        assert!(error.is_check_violation(), "{error:?}");
        let (_, constraint, _) = violation(&error);
        assert!(constraint.is_some_and(|name| name.contains("place_is_positive")), "{error:?}");
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

    async fn a_refused_write_leaves_the_connection_usable(db: &Database) -> Result<()> {
        shelves(db).await?;
        for _ in 0..30 {
            assert!(Shelf::objects().acreate(|s| s.label("top")).await.is_err());
        }
        assert_eq!(Shelf::objects().acreate(|s| s.label("bottom")).await?.label, "bottom");
        Ok(())
    }
}
