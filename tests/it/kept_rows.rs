//! Rows that tables keep which no relation of the model leads to: the error names constraint, table and columns all the same.

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, IntegrityKind, Result};

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
struct Rack {
    id: i64,
    #[field(unique)]
    code: i64,
}

/// The rack has no relation back.
#[derive(Model, Debug, Clone, PartialEq)]
struct Slot {
    id: i64,
    #[field(on_delete = Protect)]
    rack: ForeignKey<Rack>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Tray {
    id: i64,
    #[field(on_delete = Cascade)]
    rack: ForeignKey<Rack>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Cup {
    id: i64,
    #[field(on_delete = Restrict)]
    tray: ForeignKey<Tray>,
}

/// Goes along with its rack, and refers to a tray that does too, so it never keeps one.
#[derive(Model, Debug, Clone, PartialEq)]
struct Bowl {
    id: i64,
    #[field(on_delete = Cascade)]
    rack: ForeignKey<Rack>,
    #[field(on_delete = DoNothing)]
    tray: ForeignKey<Tray>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Lid {
    id: i64,
    #[field(on_delete = DoNothing)]
    tray: ForeignKey<Tray>,
}

/// Its label refers to a row, which the model does not know.
#[derive(Model, Debug, Clone, PartialEq)]
struct Thing {
    id: i64,
    code: i64,
    label_id: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(row, place))]
struct Cell {
    row: i64,
    place: i64,
    text: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(a, b, c, d))]
struct Wide {
    a: i64,
    b: i64,
    c: i64,
    d: i64,
    text: String,
}

/// Constraint, table and columns.
type Broken<'e> = (Option<&'e str>, Option<&'e str>, Vec<&'e str>);

fn broken(error: &Error) -> Broken<'_> {
    match error.kind() {
        ErrorKind::Integrity { kind: IntegrityKind::ForeignKey, constraint, table, columns, .. } => {
            (constraint.as_deref(), table.as_deref(), columns.iter().map(String::as_str).collect())
        }
        other => panic!("expected a foreign key, found {other:?}"),
    }
}

/// A name that SQLite does not tell, and that is none of ours.
fn told(db: &Database, name: &'static str) -> Option<&'static str> {
    Some(name).filter(|_| db.server().product != "SQLite")
}

async fn rack(db: &Database) -> Result<Rack> {
    db.create_tables(dormouse::models![Rack, Slot, Tray, Cup, Bowl, Lid]).await?;
    // Rows that others refer to, so that one's own must be told from them.
    let other = Rack::new().code(10).asave().await?;
    Slot::new().rack(&other).asave().await?;
    Rack::new().code(20).asave().await
}

matrix! {
    async fn a_model_without_a_relation_back(db: &Database) -> Result<()> {
        let rack = rack(db).await?;
        let slot = Slot::new().rack(&rack).asave().await?;
        let expected = (Some("slot_rack_id_200be5e7_fk"), Some("slot"), vec!["rack_id"]);
        let rows = || Rack::objects().filter(|r| r.code.eq(20));
        let in_savepoint = rows();
        let mut errors = vec![
            rack.clone().adelete().await.unwrap_err(),
            rows().adelete().await.unwrap_err(),
            Rack::objects().adelete().await.unwrap_err(),
            rows().aupdate(|r| r.id.set(99)).await.unwrap_err(),
            rows().aupdate(|r| r.id.set(r.id + 99)).await.unwrap_err(),
        ];
        // PostgreSQL answers nothing more in a transaction that an error broke.
        if db.server().product != "PostgreSQL" {
            errors.push(atomic(move |tx| Ok(tx.savepoint(|tx| in_savepoint.using(tx).delete()))).await?.unwrap_err());
        }
        for error in &errors {
            assert_eq!(broken(error), expected, "{error:?}");
        }
        slot.adelete().await?;
        assert_eq!(rows().adelete().await?.total, 1);
        Ok(())
    }

    async fn a_row_that_would_go_along_is_kept(db: &Database) -> Result<()> {
        let rack = rack(db).await?;
        let tray = Tray::new().rack(&rack).asave().await?;
        Cup::new().tray(&tray).asave().await?;
        for error in [rack.adelete().await.unwrap_err(), Rack::objects().filter(|r| r.code.gt(10)).adelete().await.unwrap_err()] {
            assert_eq!(broken(&error), (Some("cup_tray_id_5f47dff2_fk"), Some("cup"), vec!["tray_id"]), "{error:?}");
        }
        Ok(())
    }

    /// Bowl and lid refer to the tray; the bowl goes along with the rack.
    async fn a_row_that_goes_along_another_way_keeps_none(db: &Database) -> Result<()> {
        let rack = rack(db).await?;
        let tray = Tray::new().rack(&rack).asave().await?;
        Bowl::new().rack(&rack).tray(&tray).asave().await?;
        let lid = Lid::new().tray(&tray).asave().await?;
        for error in [rack.clone().adelete().await.unwrap_err(), Rack::objects().filter(|r| r.code.eq(20)).adelete().await.unwrap_err()] {
            assert_eq!(broken(&error).1, Some("lid"), "{error:?}");
            assert_eq!(broken(&error).2, vec!["tray_id"], "{error:?}");
        }
        // One of another rack does keep the tray.
        lid.adelete().await?;
        let other = Rack::objects().aget(|r| r.code.eq(10)).await?;
        let bowl = Bowl::new().rack(&other).tray(&tray).asave().await?;
        let error = rack.clone().adelete().await.unwrap_err();
        assert_eq!((broken(&error).1, broken(&error).2), (Some("bowl"), vec!["tray_id"]), "{error:?}");
        bowl.adelete().await?;
        assert_eq!(rack.adelete().await?.total, 1);
        Ok(())
    }

    /// The same with tables of others, where the rows that go are several steps along a tree, and two keys lead to `twig`.
    async fn a_row_that_goes_along_a_tree_keeps_none(db: &Database) -> Result<()> {
        let rack = rack(db).await?;
        for sql in [
            "CREATE TABLE branch (id INTEGER NOT NULL PRIMARY KEY, rack_id BIGINT, parent INTEGER, \
             FOREIGN KEY (rack_id) REFERENCES rack (id) ON DELETE CASCADE, \
             FOREIGN KEY (parent) REFERENCES branch (id) ON DELETE CASCADE)",
            "CREATE TABLE twig (id INTEGER NOT NULL PRIMARY KEY, rack_id BIGINT, branch_id INTEGER, at_id INTEGER, \
             FOREIGN KEY (rack_id) REFERENCES rack (id) ON DELETE CASCADE, \
             FOREIGN KEY (branch_id) REFERENCES branch (id) ON DELETE CASCADE, \
             FOREIGN KEY (at_id) REFERENCES branch (id))",
            "CREATE TABLE zebra (id INTEGER NOT NULL PRIMARY KEY, twig_id INTEGER, FOREIGN KEY (twig_id) REFERENCES twig (id))",
            "INSERT INTO branch VALUES (2, NULL, NULL), (3, NULL, 2), (4, NULL, 3)",
            "INSERT INTO twig VALUES (1, NULL, 4, 4)",
            "INSERT INTO zebra VALUES (1, 1)",
        ] {
            db.execute_sql(sql).await?;
        }
        db.execute_sql(format!("UPDATE branch SET rack_id = {} WHERE id = 2", rack.id)).await?;
        let error = rack.clone().adelete().await.unwrap_err();
        assert_eq!((broken(&error).1, broken(&error).2), (Some("zebra"), vec!["twig_id"]), "{error:?}");
        db.execute_sql("DELETE FROM zebra").await?;
        assert_eq!(rack.adelete().await?.total, 1);
        Ok(())
    }

    async fn a_table_without_a_model(db: &Database) -> Result<()> {
        let rack = rack(db).await?;
        let quote = db.dialect().features().quote;
        let named = |name: &str| format!("{quote}{name}{quote}");
        // Capitals and spaces; a key of its own that goes along, and a UNIQUE that is referred to.
        db.execute_sql(format!(
            "CREATE TABLE {} (id INTEGER NOT NULL PRIMARY KEY, {} BIGINT NOT NULL, CONSTRAINT {} FOREIGN KEY ({}) REFERENCES rack (code))",
            named("My Note"), named("Rack Code"), named("Of Rack"), named("Rack Code"),
        )).await?;
        db.execute_sql(format!("INSERT INTO {} VALUES (1, 20)", named("My Note"))).await?;
        let expected = (told(db, "Of Rack"), Some("My Note"), vec!["Rack Code"]);
        let errors = [
            rack.clone().adelete().await.unwrap_err(),
            Rack::objects().filter(|r| r.code.eq(20)).aupdate(|r| r.code.set(21)).await.unwrap_err(),
            {
                let mut changed = rack.clone();
                changed.code = 22;
                changed.asave().await.unwrap_err()
            },
        ];
        for error in errors {
            assert_eq!(broken(&error), expected, "{error:?}");
        }
        // A row that keeps none of these.
        db.execute_sql(format!("UPDATE {} SET {} = 10", named("My Note"), named("Rack Code"))).await?;
        assert_eq!(rack.adelete().await?.total, 1);
        Ok(())
    }

    /// A row refers to the code, which is written as it was: it has nothing to do with the label that is not there.
    async fn a_save_that_leaves_what_is_referred_to(db: &Database) -> Result<()> {
        for sql in [
            "CREATE TABLE label (id BIGINT NOT NULL PRIMARY KEY)",
            "CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY, code BIGINT NOT NULL UNIQUE, label_id BIGINT, \
             FOREIGN KEY (label_id) REFERENCES label (id))",
            "CREATE TABLE child (id BIGINT NOT NULL PRIMARY KEY, code BIGINT, FOREIGN KEY (code) REFERENCES thing (code))",
            "INSERT INTO thing VALUES (1, 10, NULL)",
            "INSERT INTO child VALUES (1, 10)",
        ] {
            db.execute_sql(sql).await?;
        }
        let mut thing = Thing::objects().aget(|t| t.id.eq(1)).await?;
        thing.label_id = Some(99);
        let error = thing.asave().await.unwrap_err();
        let expected = told(db, "thing").map_or((None, vec![]), |table| (Some(table), vec!["label_id"]));
        assert_eq!((broken(&error).1, broken(&error).2), expected, "{error:?}");
        let mut thing = Thing::objects().aget(|t| t.id.eq(1)).await?;
        thing.code = 11;
        let error = thing.asave().await.unwrap_err();
        assert_eq!((broken(&error).1, broken(&error).2), (Some("child"), vec!["code"]), "{error:?}");
        Ok(())
    }

    async fn a_key_of_several_columns(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Cell]).await?;
        db.execute_sql(
            "CREATE TABLE mark (id INTEGER NOT NULL PRIMARY KEY, b BIGINT, a BIGINT, CONSTRAINT at_cell FOREIGN KEY (a, b) \
             REFERENCES cell (row, place))".replace("row,", if db.server().product == "PostgreSQL" { "\"row\"," } else { "`row`," }).as_str(),
        ).await?;
        for (row, place) in [(1, 2), (2, 1)] {
            Cell::new().row(row).place(place).text("x").asave().await?;
        }
        db.execute_sql("INSERT INTO mark (id, a, b) VALUES (1, 1, 2)").await?;
        let first = Cell::objects().filter(|c| c.row.eq(1));
        for error in [first.clone().adelete().await.unwrap_err(), first.aupdate(|c| c.place.set(c.place + 1)).await.unwrap_err()] {
            assert_eq!(broken(&error), (told(db, "at_cell"), Some("mark"), vec!["a", "b"]), "{error:?}");
        }
        assert_eq!(Cell::objects().filter(|c| c.row.eq(2)).adelete().await?.total, 1);
        Ok(())
    }

    /// MariaDB's message ends after 511 bytes, in the midst of the columns.
    async fn a_key_of_long_names(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Wide]).await?;
        let names: Vec<String> = ["w", "x", "y", "z"].iter().map(|letter| letter.repeat(63)).collect();
        let table = "t".repeat(63);
        let columns: Vec<String> = names.iter().map(|name| format!("{name} BIGINT")).collect();
        db.execute_sql(format!(
            "CREATE TABLE {table} (id INTEGER NOT NULL PRIMARY KEY, {}, CONSTRAINT {} FOREIGN KEY ({}) REFERENCES wide (a, b, c, d))",
            columns.join(", "), "k".repeat(63), names.join(", "),
        )).await?;
        Wide::new().a(1).b(2).c(3).d(4).text("x").asave().await?;
        db.execute_sql(format!("INSERT INTO {table} VALUES (1, 1, 2, 3, 4)")).await?;
        for error in [Wide::objects().adelete().await.unwrap_err(), Wide::objects().aupdate(|w| w.c.set(w.c + 1)).await.unwrap_err()] {
            assert_eq!(broken(&error).1, Some(&*table), "{error:?}");
            assert_eq!(broken(&error).2, names, "{error:?}");
        }
        Ok(())
    }

    /// Through tables that no model knows, each with rows that keep the next.
    async fn along_tables_without_models(db: &Database) -> Result<()> {
        let rack = rack(db).await?;
        db.execute_sql("CREATE TABLE box (id INTEGER NOT NULL PRIMARY KEY, rack_id BIGINT, \
                        FOREIGN KEY (rack_id) REFERENCES rack (id) ON DELETE CASCADE)").await?;
        db.execute_sql("CREATE TABLE toy (id INTEGER NOT NULL PRIMARY KEY, box_id INTEGER, \
                        CONSTRAINT toy_box FOREIGN KEY (box_id) REFERENCES box (id))").await?;
        db.execute_sql(format!("INSERT INTO box VALUES (1, {}), (2, NULL)", rack.id)).await?;
        db.execute_sql("INSERT INTO toy VALUES (1, 2), (2, 1)").await?;
        let error = rack.clone().adelete().await.unwrap_err();
        assert_eq!(broken(&error), (told(db, "toy_box"), Some("toy"), vec!["box_id"]), "{error:?}");
        db.execute_sql("DELETE FROM toy WHERE box_id = 1").await?;
        assert_eq!(rack.adelete().await?.total, 1);
        Ok(())
    }
}

#[test]
fn sqlite_knows_the_key_where_a_table_says_nothing_of_it() -> Result<()> {
    futures::executor::block_on(async {
        let db = Database::connect("sqlite::memory:").await?;
        Databases::new()
            .add("default", db.clone())
            .scope(async {
                let rack = rack(&db).await?;
                // No column is named, the name in other capitals, on a table without rowids.
                db.execute_sql("CREATE TABLE Peg (a INTEGER PRIMARY KEY REFERENCES RACK) WITHOUT ROWID").await?;
                db.execute_sql(format!("INSERT INTO Peg VALUES ({})", rack.id)).await?;
                let error = rack.adelete().await.unwrap_err();
                assert_eq!(broken(&error), (None, Some("Peg"), vec!["a"]), "{error:?}");
                Ok(())
            })
            .await
    })
}
