//! Foreign keys of several columns. No attribute says them yet, so the models are told about them by hand.

use std::sync::LazyLock;

use dormouse::expr::Declared;
use dormouse::model::{
    CompositeKeyDef, DraftValues, FieldDef, ForeignKeyDef, IntoDraft, ModelDef, OnDelete, Path, RelationDef,
    RelationKind,
};
use dormouse::prelude::*;
use dormouse::row::RowReader;
use dormouse::value::{Here, Presence, Value};
use dormouse::{Error, ErrorKind, IntegrityKind, Result};
use orm_core::compiler;

use crate::support::matrix;

mod rows {
    use dormouse::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(primary_key(depot, code))]
    pub(super) struct Stock {
        pub(super) depot: i32,
        #[field(max_length = 20)]
        pub(super) code: String,
        pub(super) label: String,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    pub(super) struct Line {
        #[field(primary_key)]
        pub(super) number: i64,
        pub(super) depot: Option<i32>,
        #[field(max_length = 20)]
        pub(super) code: Option<String>,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    pub(super) struct Bin {
        #[field(primary_key)]
        pub(super) number: i64,
        pub(super) depot: i32,
        #[field(max_length = 20)]
        pub(super) code: String,
    }
}

/// Makes a model of another, with another definition. (It has no new rows: saving writes those that are there.)
macro_rules! told {
    ($($name:ident, $root:ident: $definition:expr;)*) => {$(
        static $root: LazyLock<Path> = LazyLock::new(|| Path::root(Box::leak(Box::new($definition))));

        #[derive(Debug, Clone, PartialEq)]
        struct $name(rows::$name);

        impl Model for $name {
            type Key = <rows::$name as Model>::Key;
            type Fields<R: 'static, N: Presence> = <rows::$name as Model>::Fields<R, N>;
            type New = NoRow;
            type Draft = NoRow;

            fn root() -> &'static Path {
                &$root
            }

            fn fields() -> &'static Self::Fields<Self, Here> {
                static FIELDS: LazyLock<<rows::$name as Model>::Fields<$name, Here>> =
                    LazyLock::new(|| $name::fields_at(&$root));
                &FIELDS
            }

            fn fields_at<R: 'static, N: Presence>(path: &'static Path) -> Self::Fields<R, N> {
                rows::$name::fields_at(path)
            }

            fn new() -> NoRow {
                NoRow
            }

            fn key(&self) -> Self::Key {
                self.0.key()
            }

            fn decode(row: &mut RowReader<'_>) -> Result<Self> {
                rows::$name::decode(row).map(Self)
            }

            fn encode(&self) -> Result<Vec<Value>> {
                self.0.encode()
            }
        }

        impl IntoDraft<$name> for NoRow {
            fn into_draft(self) -> DraftValues<$name> {
                unreachable!("rows are made as `rows::{}`", stringify!($name))
            }
        }
    )*};
}

struct NoRow;

const fn several(
    name: &'static str,
    fields: &'static [usize],
    target: fn() -> &'static ModelDef,
    on_delete: OnDelete,
) -> CompositeKeyDef {
    CompositeKeyDef { name, fields, key: ForeignKeyDef { target, on_delete, one_to_one: false } }
}

const fn many(name: &'static str, target: fn() -> &'static ModelDef) -> RelationDef {
    RelationDef { name, target, kind: RelationKind::HasMany { field: "stock" } }
}

static OF_STOCK: [RelationDef; 2] = [many("lines", || LINE.model), many("bins", || BIN.model)];
static OF_LINE: [CompositeKeyDef; 1] = [several("stock", &[1, 2], || STOCK.model, OnDelete::SetNull)];
static OF_BIN: [CompositeKeyDef; 1] = [several("stock", &[1, 2], || STOCK.model, OnDelete::Restrict)];

told! {
    Stock, STOCK: ModelDef { relations: &OF_STOCK, ..*rows::Stock::definition() };
    Line, LINE: ModelDef { foreign_keys: &OF_LINE, ..*rows::Line::definition() };
    Bin, BIN: ModelDef { foreign_keys: &OF_BIN, ..*rows::Bin::definition() };
}

/// The tables, with two rows that can be referred to.
async fn stocked(db: &Database) -> Result<()> {
    db.create_tables([LINE.model, BIN.model, STOCK.model].map(Declared::plain)).await?;
    for (depot, code) in [(1, "nut"), (2, "bolt")] {
        rows::Stock::objects().acreate(|s| s.depot(depot).code(code).label("")).await?;
    }
    Ok(())
}

fn violation(error: &Error) -> (Option<&str>, Vec<&str>) {
    match error.kind() {
        ErrorKind::Integrity { kind: IntegrityKind::ForeignKey, constraint, columns, .. } => {
            (constraint.as_deref(), columns.iter().map(String::as_str).collect())
        }
        other => panic!("{other:?}"),
    }
}

const OF_LINES: &str = "line_depot_code_c1347415_fk";

matrix! {
    async fn refer_to_a_row_by_both_columns(db: &Database) -> Result<()> {
        stocked(db).await?;
        let line = rows::Line::objects().acreate(|l| l.number(1).depot(1).code("nut")).await?;
        // One column that is NULL makes it refer to nothing.
        rows::Line::objects().acreate(|l| l.number(2).depot(7)).await?;
        for (depot, code) in [(1, "bolt"), (3, "nut"), (3, "screw")] {
            let error = rows::Line::objects().acreate(|l| l.number(3).depot(depot).code(code)).await.unwrap_err();
            assert!(error.is_foreign_key_violation(), "{error:?}");
            let error = Line(rows::Line { depot: Some(depot), code: Some(code.into()), ..line.clone() }).asave().await.unwrap_err();
            assert_eq!(violation(&error), (Some(OF_LINES), vec!["depot", "code"]), "{error:?}");
        }
        let moved = rows::Line { depot: Some(2), code: Some("bolt".into()), ..line };
        Line(moved.clone()).asave().await?;
        assert_eq!(rows::Line::objects().aget(|l| l.number.eq(1)).await?, moved);
        Ok(())
    }

    async fn are_named_by_an_update_of_one_of_the_columns(db: &Database) -> Result<()> {
        stocked(db).await?;
        rows::Bin::objects().acreate(|b| b.number(1).depot(1).code("nut")).await?;
        let wanted = (Some("bin_depot_code_3f7fc134_fk"), vec!["depot", "code"]);
        let error = Bin::objects().aupdate(|b| b.code.set("screw")).await.unwrap_err();
        assert_eq!(violation(&error), wanted, "{error:?}");
        // There is such a code somewhere else, and no other key has the column.
        let error = Bin::objects().aupdate(|b| b.code.set("bolt")).await.unwrap_err();
        assert_eq!(violation(&error), wanted, "{error:?}");
        Ok(())
    }

    async fn of_rows_that_go_become_null_or_keep_them(db: &Database) -> Result<()> {
        stocked(db).await?;
        rows::Line::objects().acreate(|l| l.number(1).depot(1).code("nut")).await?;
        rows::Bin::objects().acreate(|b| b.number(1).depot(2).code("bolt")).await?;
        assert_eq!(Stock::objects().filter(|s| s.depot.eq(1)).adelete().await?.total, 1);
        let line = rows::Line::objects().aget(|l| l.number.eq(1)).await?;
        assert_eq!((line.depot, line.code), (None, None));
        let error = Stock::objects().adelete().await.unwrap_err();
        assert_eq!(violation(&error), (Some("bin_depot_code_3f7fc134_fk"), vec!["depot", "code"]), "{error:?}");
        Ok(())
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "old_part", managed = false, primary_key(number, code))]
struct OldPart {
    number: i64,
    code: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Note {
    id: i64,
    number: i64,
    #[field(max_length = 20)]
    code: String,
}

static OF_NOTE: [CompositeKeyDef; 1] = [several("part", &[1, 2], OldPart::definition, OnDelete::Cascade)];

matrix! {
    async fn have_the_types_of_a_table_of_others(db: &Database) -> Result<()> {
        let (before, number, code) = match db.server().product {
            "SQLite" => (None, "BIGINT", "VARCHAR(20) COLLATE NOCASE"),
            "PostgreSQL" => (Some("CREATE EXTENSION citext"), "INT", "CITEXT"),
            _ => (None, "INT UNSIGNED", "VARCHAR(20) CHARACTER SET latin1"),
        };
        if let Some(sql) = before {
            db.execute_sql(sql).await?;
        }
        db.execute_sql(format!("CREATE TABLE old_part (number {number}, code {code}, PRIMARY KEY (number, code))")).await?;
        let note: &'static ModelDef = Box::leak(Box::new(ModelDef { foreign_keys: &OF_NOTE, ..*Note::definition() }));
        db.create_tables([Declared::plain(note)]).await?;
        OldPart::objects().acreate(|p| p.number(1).code("nut")).await?;
        Note::objects().acreate(|n| n.id(1).number(1).code("nut")).await?;
        for (number, code) in [(1, "bolt"), (2, "nut")] {
            let error = Note::objects().acreate(|n| n.id(2).number(number).code(code)).await.unwrap_err();
            assert!(error.is_foreign_key_violation(), "{error:?}");
        }
        assert_eq!(OldPart::objects().adelete().await?.total, 1);
        assert_eq!(Note::objects().acount().await?, 0);
        Ok(())
    }
}

const fn part(column: FieldDef) -> FieldDef {
    FieldDef { primary_key: true, ..column }
}

/// A depot has a clerk who leads it, and a clerk a depot; both are numbered in their region.
static DEPOT: ModelDef = ModelDef {
    name: "Depot",
    table: "depot",
    fields: &[
        part(FieldDef::of::<i32>("region", "region")),
        part(FieldDef::of::<i32>("number", "number")),
        FieldDef { nullable: true, ..FieldDef::of::<i32>("leader", "leader") },
    ],
    primary_key: &[0, 1],
    foreign_keys: &[several("led_by", &[0, 2], || &CLERK, OnDelete::DoNothing)],
    ..ModelDef::PLAIN
};

static CLERK: ModelDef = ModelDef {
    name: "Clerk",
    table: "clerk",
    fields: &[
        part(FieldDef::of::<i32>("region", "region")),
        part(FieldDef::of::<i32>("number", "number")),
        FieldDef::of::<i32>("depot", "depot"),
    ],
    primary_key: &[0, 1],
    foreign_keys: &[several("works_in", &[0, 2], || &DEPOT, OnDelete::Restrict)],
    ..ModelDef::PLAIN
};

matrix! {
    async fn close_a_circle_of_tables(db: &Database) -> Result<()> {
        let models = [&DEPOT, &CLERK].map(Declared::plain);
        db.create_tables(models.clone()).await?;
        db.execute_sql("INSERT INTO depot (region, number) VALUES (1, 1)").await?;
        db.execute_sql("INSERT INTO clerk (region, number, depot) VALUES (1, 7, 1)").await?;
        db.execute_sql("UPDATE depot SET leader = 7").await?;
        for wrong in ["UPDATE depot SET leader = 8", "UPDATE clerk SET depot = 2", "UPDATE clerk SET region = 2"] {
            let error = db.execute_sql(wrong).await.unwrap_err();
            assert!(error.is_foreign_key_violation(), "{error:?}");
        }
        if !db.dialect().features().deferrable_keys.is_empty() {
            // Neither could come first.
            atomic(|tx| {
                tx.execute_sql("SET CONSTRAINTS ALL DEFERRED")?;
                tx.execute_sql("INSERT INTO clerk (region, number, depot) VALUES (2, 1, 1)")?;
                tx.execute_sql("INSERT INTO depot (region, number, leader) VALUES (2, 1, 1)")
            })
            .await?;
        }
        db.execute_sql("UPDATE depot SET leader = NULL").await?;
        db.execute_sql("DELETE FROM clerk").await?;
        for statement in compiler::drop_schema(&dormouse::exec::tables(&models)?, db.dialect())? {
            db.execute_sql(statement.sql.to_string()).await?;
        }
        db.create_tables(models).await
    }
}
