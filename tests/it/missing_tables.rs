//! Programs that start twice: `create_missing_tables` leaves the tables that are there.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result, SetupMistake, models};
use futures::future::try_join_all;

use crate::library::{Author, Book, Publisher};
use crate::support::matrix;

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Size {
    Small,
    Large,
}

/// A column of every type.
#[derive(Model, Debug)]
struct Everything {
    id: i64,
    flag: bool,
    small: i8,
    short: i16,
    int: i32,
    unsigned: u32,
    single: f32,
    double: f64,
    #[field(max_digits = 20, decimal_places = 4)]
    exact: Decimal,
    free: Option<Decimal>,
    #[field(max_length = 40, unique)]
    name: String,
    note: Option<String>,
    #[field(max_length = 8, index)]
    bytes: Vec<u8>,
    blob: Vec<u8>,
    day: chrono::NaiveDate,
    time: chrono::NaiveTime,
    naive: chrono::NaiveDateTime,
    at: Option<chrono::DateTime<chrono::Utc>>,
    took: chrono::TimeDelta,
    token: uuid::Uuid,
    document: serde_json::Value,
    size: Size,
    #[field(on_delete = Cascade)]
    parent: Option<ForeignKey<Everything>>,
    labels: ManyToMany<Label>,
}

#[derive(Model, Debug)]
struct Label {
    #[field(primary_key, max_length = 20)]
    word: String,
}

/// A table as an older program made it.
mod before {
    use dormouse::prelude::*;

    #[derive(Model, Debug)]
    pub(super) struct Shelf {
        pub(super) id: i64,
        #[field(max_length = 20)]
        pub(super) name: String,
        pub(super) place: Option<i32>,
    }
}

mod with_more {
    use dormouse::prelude::*;

    #[derive(Model, Debug)]
    pub(super) struct Shelf {
        pub(super) id: i64,
        #[field(max_length = 20)]
        pub(super) name: String,
        pub(super) place: Option<i32>,
        pub(super) width: Option<i32>,
    }
}

mod with_another_type {
    use dormouse::prelude::*;

    #[derive(Model, Debug)]
    pub(super) struct Shelf {
        pub(super) id: i64,
        #[field(max_length = 20)]
        pub(super) name: String,
        pub(super) place: Option<f64>,
    }
}

mod with_null {
    use dormouse::prelude::*;

    #[derive(Model, Debug)]
    pub(super) struct Shelf {
        pub(super) id: i64,
        #[field(max_length = 20)]
        pub(super) name: Option<String>,
        pub(super) place: Option<i32>,
    }
}

mod without_null {
    use dormouse::prelude::*;

    #[derive(Model, Debug)]
    pub(super) struct Shelf {
        pub(super) id: i64,
        #[field(max_length = 20)]
        pub(super) name: String,
        pub(super) place: i32,
    }
}

/// What the error of a table that differs names, and its text.
fn differs(made: Result<()>) -> (String, String, String, String) {
    let error = made.unwrap_err();
    match error.kind() {
        ErrorKind::Configuration(SetupMistake::TableDiffers { model, table, column, .. }) => {
            (model.clone(), table.clone(), column.clone(), error.to_string())
        }
        other => panic!("{other:?}"),
    }
}

matrix! {
    async fn a_program_starts_twice(db: &Database) -> Result<()> {
        for _ in 0..3 {
            db.create_missing_tables(models![Everything, Label]).await?;
        }
        assert_eq!(Everything::objects().acount().await?, 0);
        // What was made by `create_tables` is the same.
        db.create_tables(models![Publisher, Author, Book]).await?;
        db.create_missing_tables(models![Publisher, Author, Book]).await
    }

    async fn tables_are_made_beside_those_that_are_there(db: &Database) -> Result<()> {
        db.create_tables(models![Publisher]).await?;
        let chilton = Publisher::objects().acreate(|p| p.name("Chilton")).await?;
        db.create_missing_tables(models![Book, Author, Publisher]).await?;
        let lem = Author::objects().acreate(|a| a.name("Lem").publisher(&chilton)).await?;
        Book::objects().acreate(|b| b.title("Solaris").author(&lem).price(dec!(8))).await?;
        // With their keys and constraints.
        assert!(Author::objects().acreate(|a| a.name("Lem")).await.unwrap_err().is_unique_violation());
        assert!(chilton.adelete().await.is_err());
        Ok(())
    }

    async fn a_table_that_differs_is_named(db: &Database) -> Result<()> {
        db.create_tables(models![before::Shelf]).await?;
        db.create_missing_tables(models![before::Shelf]).await?;
        let shelf = |column: &str| ("Shelf".to_owned(), "shelf".to_owned(), column.to_owned());
        for (made, column, fault) in [
            (db.create_missing_tables(models![Label, with_more::Shelf]).await, "width", "is not there"),
            (db.create_missing_tables(models![Label, with_another_type::Shelf]).await, "place", "is of the type `int"),
            (db.create_missing_tables(models![Label, with_null::Shelf]).await, "name", "is NOT NULL there"),
            (db.create_missing_tables(models![Label, without_null::Shelf]).await, "place", "may be NULL there"),
        ] {
            let (model, table, at, text) = differs(made);
            assert_eq!((model, table, at), shelf(column), "{text}");
            assert!(text.contains(fault) && text.contains("ALTER TABLE"), "{text}");
        }
        // Nothing was made.
        assert!(Label::objects().acount().await.is_err());
        // Columns that the model does not know are of no concern.
        db.create_tables(models![Label]).await?;
        db.execute_sql("ALTER TABLE label ADD COLUMN colour INTEGER").await?;
        db.create_missing_tables(models![Label]).await
    }

    async fn several_programs_start_at_once(db: &Database) -> Result<()> {
        for _ in 0..5 {
            let start = || db.create_missing_tables(models![Everything, Label, Publisher, Author, Book]);
            try_join_all((0..6).map(|_| start())).await?;
            // Foreign keys, unique constraints and pairs are all there.
            let label = Label::objects().acreate(|l| l.word("a")).await?;
            assert!(Label::objects().acreate(|l| l.word("a")).await.unwrap_err().is_unique_violation());
            label.adelete().await?;
            for table in ["book", "author", "publisher", "everything_labels", "everything", "label"] {
                db.execute_sql(format!("DROP TABLE {table}")).await?;
            }
        }
        Ok(())
    }

    async fn create_tables_names_the_table_that_is_there(db: &Database) -> Result<()> {
        db.create_tables(models![Publisher]).await?;
        let error = db.create_tables(models![Publisher, Author, Book]).await.unwrap_err();
        let ErrorKind::Configuration(SetupMistake::TableExists { model, table }) = error.kind() else {
            panic!("{error:?}");
        };
        assert_eq!((model.as_str(), table.as_str()), ("Publisher", "publisher"));
        assert!(error.to_string().contains("create_missing_tables"), "{error}");
        Ok(())
    }
}
