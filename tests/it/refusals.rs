//! What a database refuses is told by its kind and by the right names, whatever characters those have, and no value is told.

use std::error::Error as _;

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, IntegrityKind, QueryMistake, Result};

use crate::support::matrix;

const SECRET: &str = "ann's se\"cret";
const NUMBER: i64 = 471_100_815;

/// All that an error shows holds no value.
fn is_discreet(error: &Error) {
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(inner) = source {
        text = format!("{text} {inner} {inner:?}");
        source = inner.source();
    }
    assert!(!text.contains("cret") && !text.contains(&NUMBER.to_string()), "{text}");
}

/// The kind, table and columns of a violation, of one that shows no value.
fn violation<T: std::fmt::Debug>(refused: Result<T>) -> (IntegrityKind, Option<String>, Option<String>, Vec<String>) {
    let error = refused.unwrap_err();
    is_discreet(&error);
    match error.kind().clone() {
        ErrorKind::Integrity { kind, constraint, table, columns } => (kind, constraint, table, columns),
        other => panic!("expected an integrity error, found {other:?}"),
    }
}

#[derive(Model, Debug)]
#[model(table = "par", managed = false)]
struct Parent {
    #[field(primary_key, max_length = 40)]
    code: String,
}

#[derive(Model, Debug)]
#[model(table = "parts", managed = false)]
struct Part {
    id: i64,
    n: i64,
    #[field(max_length = 40)]
    word: String,
}

/// Names as other programs give them, in a table of our own …
#[derive(Model, Debug)]
#[model(unique(a, b))]
struct Sized {
    id: i64,
    #[field(column = "size(mm)", on_delete = Restrict)]
    up: Option<ForeignKey<Sized>>,
    #[field(column = "Preis, EUR")]
    a: i32,
    #[field(column = "c.d")]
    b: i32,
    #[field(column = "it's", unique)]
    c: i32,
    #[field(column = "a, sized.b", unique)]
    d: i32,
}

/// … and of others.
#[derive(Model, Debug)]
#[model(table = "odd.t", managed = false)]
struct Odd {
    id: i64,
    #[field(column = "size(mm)", on_delete = DoNothing)]
    up: ForeignKey<Part>,
    #[field(column = "Preis, EUR", on_delete = DoNothing)]
    other: ForeignKey<Part>,
    #[field(column = "it's \"x`y")]
    c: i64,
    #[field(column = ")=(")]
    d: i64,
}

#[derive(Model, Debug)]
#[model(table = "narrow", managed = false)]
struct Narrow {
    id: i64,
    word: String,
    state: String,
    #[field(column = "it's n")]
    n: i64,
}

/// A name in the quotes of the database.
fn quote(db: &Database, name: &str) -> String {
    match db.dialect().name() {
        "MariaDB" => format!("`{}`", name.replace('`', "``")),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

matrix! {
    /// A row that refers to one whose key is changed goes along, into the value of another.
    async fn a_key_that_is_changed_leads_to_a_double_value(db: &Database) -> Result<()> {
        db.execute_sql("CREATE TABLE par (code VARCHAR(40) NOT NULL PRIMARY KEY)").await?;
        let child = "CREATE TABLE chi (id INTEGER NOT NULL PRIMARY KEY, par_code VARCHAR(40) NOT NULL, CONSTRAINT uq UNIQUE (par_code)";
        let up = "FOREIGN KEY (par_code) REFERENCES par (code) ON UPDATE CASCADE";
        let rows = "INSERT INTO chi VALUES (1, 'a'), (2, 'ann''s se\"cret')";
        db.execute_sql("INSERT INTO par VALUES ('a')").await?;
        match db.dialect().name() {
            "SQLite" => {
                // A key that is added later makes no dangling row here; a trigger does what a key does.
                db.execute_sql(format!("{child})")).await?;
                db.execute_sql(rows).await?;
                db.execute_sql("CREATE TRIGGER up AFTER UPDATE OF code ON par BEGIN UPDATE chi SET par_code = NEW.code \
                                WHERE par_code = OLD.code; END").await?;
            }
            "PostgreSQL" => {
                db.execute_sql(format!("{child})")).await?;
                db.execute_sql(rows).await?;
                db.execute_sql(format!("ALTER TABLE chi ADD {up} NOT VALID")).await?;
            }
            _ => {
                db.execute_sql(format!("{child})")).await?;
                db.execute_sql(rows).await?;
                db.execute_sql(format!("SET STATEMENT foreign_key_checks = 0 FOR ALTER TABLE chi ADD {up}")).await?;
            }
        }
        let (kind, constraint, table, columns) = violation(Parent::objects().aupdate(|p| p.code.set(SECRET)).await);
        assert_eq!((kind, table.as_deref()), (IntegrityKind::Unique, Some("chi")));
        match db.dialect().name() {
            "SQLite" => assert_eq!((constraint, columns), (None, names(&["par_code"]))),
            "PostgreSQL" => assert_eq!((constraint.as_deref(), columns), (Some("uq"), names(&["par_code"]))),
            _ => assert_eq!((constraint.as_deref(), columns), (Some("uq"), Vec::new())),
        }
        assert_eq!(Parent::objects().values(|p| p.code).await?, ["a"]);
        Ok(())
    }

    async fn a_row_that_no_partition_takes(db: &Database) -> Result<()> {
        let table = "CREATE TABLE parts (id BIGINT NOT NULL, n BIGINT NOT NULL, word VARCHAR(40) NOT NULL";
        match db.dialect().name() {
            // What comes nearest.
            "SQLite" => db.execute_sql(format!("{table}, CHECK (n < 10))")).await?,
            "PostgreSQL" => {
                db.execute_sql(format!("{table}) PARTITION BY RANGE (n)")).await?;
                db.execute_sql("CREATE TABLE p1 PARTITION OF parts FOR VALUES FROM (0) TO (10)").await?
            }
            _ => db.execute_sql(format!("{table}) PARTITION BY RANGE (n) (PARTITION p1 VALUES LESS THAN (10))")).await?,
        };
        Part::objects().acreate(|p| p.id(1).n(1).word("x")).await?;
        for refused in [
            Part::objects().acreate(|p| p.id(2).n(NUMBER).word("x")).await.map(drop),
            Part::objects().aupdate(|p| p.n.set(NUMBER)).await.map(drop),
            Part::objects().aupdate(|p| p.n.set(p.n + (NUMBER - 1))).await.map(drop),
            db.execute_sql(format!("INSERT INTO parts SELECT id + 1, n + {NUMBER}, word FROM parts")).await.map(drop),
        ] {
            assert_eq!(violation(refused).0, IntegrityKind::Check);
        }
        assert_eq!(Part::objects().values(|p| p.n).await?, [1]);
        Ok(())
    }

    async fn columns_of_any_name_in_a_table_of_our_own(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Sized]).await?;
        let root = Sized::new().a(1).b(1).c(1).d(1).asave().await?;
        Sized::new().a(2).b(1).c(2).d(2).up(&root).asave().await?;
        let row = |a, c, d| Sized::new().a(a).b(1).c(c).d(d);
        for (refused, kind, columns) in [
            (row(1, 3, 3).asave().await, IntegrityKind::Unique, names(&["Preis, EUR", "c.d"])),
            (row(3, 1, 3).asave().await, IntegrityKind::Unique, names(&["it's"])),
            (row(3, 3, 1).asave().await, IntegrityKind::Unique, names(&["a, sized.b"])),
            (row(3, 3, 3).up(77).asave().await, IntegrityKind::ForeignKey, names(&["size(mm)"])),
        ] {
            let (found, constraint, table, told) = violation(refused);
            assert_eq!((found, table.as_deref(), &told), (kind, Some("sized"), &columns));
            assert!(constraint.as_ref().is_some_and(|name| name.starts_with("sized_")), "{constraint:?}");
        }
        let (kind, _, table, columns) = violation(root.adelete().await);
        assert_eq!((kind, table.as_deref(), columns), (IntegrityKind::ForeignKey, Some("sized"), names(&["size(mm)"])));
        Ok(())
    }

    async fn columns_of_any_name_in_a_table_of_others(db: &Database) -> Result<()> {
        let [t, up, other, c, d] = ["odd.t", "size(mm)", "Preis, EUR", "it's \"x`y", ")=("].map(|name| quote(db, name));
        db.execute_sql("CREATE TABLE parts (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL, word VARCHAR(40) NOT NULL)").await?;
        db.execute_sql(format!(
            "CREATE TABLE {t} (id BIGINT NOT NULL PRIMARY KEY, {up} BIGINT NOT NULL, {other} BIGINT NOT NULL, {c} BIGINT NOT NULL, \
             {d} BIGINT NOT NULL, UNIQUE ({up}, {other}), UNIQUE ({c}), UNIQUE ({d}, {other}), \
             FOREIGN KEY ({up}) REFERENCES parts (id), FOREIGN KEY ({other}) REFERENCES parts (id))"
        )).await?;
        for id in [1, 2] {
            Part::objects().acreate(|p| p.id(id).n(1).word("x")).await?;
        }
        let row = |up: i64, other: i64, c, d| Odd::objects().acreate(|o| o.id(c).up(up).other(other).c(c).d(d));
        row(1, 1, 1, 1).await?;
        let server = db.dialect().name() != "SQLite";
        for (refused, kind, columns) in [
            (row(1, 1, 2, 2).await, IntegrityKind::Unique, ["size(mm)", "Preis, EUR"].as_slice()),
            (Odd::objects().acreate(|o| o.id(2).up(2).other(2).c(1).d(1)).await, IntegrityKind::Unique, &["it's \"x`y"]),
            (row(2, 1, 2, 1).await, IntegrityKind::Unique, &[")=(", "Preis, EUR"]),
            (row(3, 1, 2, 2).await, IntegrityKind::ForeignKey, &["size(mm)"]),
            (row(2, 3, 2, 2).await, IntegrityKind::ForeignKey, &["Preis, EUR"]),
        ] {
            let (found, constraint, table, told) = violation(refused);
            assert_eq!((found, table.as_deref(), told), (kind, Some("odd.t"), names(columns)));
            assert_eq!(constraint.is_some(), server, "{constraint:?}");
        }
        for (at, column) in ["size(mm)", "Preis, EUR", "it's \"x`y", ")=("].into_iter().enumerate() {
            let mut values = ["1"; 4];
            values[at] = "NULL";
            let sql = format!("INSERT INTO {t} VALUES (9, {})", values.join(", "));
            let (kind, _, _, told) = violation(db.execute_sql(sql).await);
            assert_eq!(kind, IntegrityKind::NotNull);
            // Of SQL of the program SQLite's text does not tell where the table ends.
            assert!(told == [column] || (!server && told == [format!("t.{column}")]), "{told:?}");
        }
        Ok(())
    }

    async fn a_column_that_is_too_narrow_is_named_where_it_is_known(db: &Database) -> Result<()> {
        if db.dialect().name() == "SQLite" {
            // Its columns hold anything.
            return Ok(());
        }
        let (state, n) = (if db.dialect().name() == "MariaDB" { "ENUM('on', 'off')" } else { "VARCHAR(3)" }, quote(db, "it's n"));
        db.execute_sql(format!("CREATE TABLE narrow (id BIGINT NOT NULL PRIMARY KEY, word VARCHAR(5) NOT NULL, \
                                state {state} NOT NULL, {n} SMALLINT NOT NULL)")).await?;
        Narrow::objects().acreate(|w| w.id(1).word("x").state("on").n(7)).await?;
        let row = |word: &'static str, state: &'static str, n| Narrow::objects().acreate(|w| w.id(2).word(word).state(state).n(n));
        for (refused, column) in [
            (row(SECRET, "on", 1).await.map(drop), "word"),
            (row("x", SECRET, 1).await.map(drop), "state"),
            (row("x", "on", NUMBER).await.map(drop), "it's n"),
            (Narrow::objects().aupdate(|w| w.word.set(SECRET)).await.map(drop), "word"),
            (Narrow::objects().aupdate(|w| w.state.set(SECRET)).await.map(drop), "state"),
            (Narrow::objects().aupdate(|w| w.n.set(NUMBER)).await.map(drop), "it's n"),
        ] {
            let error = refused.unwrap_err();
            is_discreet(&error);
            let ErrorKind::OutOfRange { column: told, .. } = error.kind() else { panic!("{error:?}") };
            assert!(told.as_deref() == Some(column) || db.dialect().name() != "MariaDB", "{error:?}");
        }
        Ok(())
    }

    /// An expression's column is known if it is the only one.
    async fn a_column_that_is_computed_is_named(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Tally]).await?;
        Tally::new().small(200u8).word("longer").short("abc").asave().await?;
        let all = Tally::objects;
        for (refused, column) in [
            (all().aupdate(|t| t.small.set(t.small * 2)).await, "Tally.small"),
            (all().aupdate(|t| t.short.set(t.word)).await, "Tally.short"),
            (all().aupdate(|t| (t.short.set(t.word), t.word.set("x"))).await, "Tally.short"),
        ] {
            let error = refused.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::OutOfRange { column: Some(told), .. } if told == column), "{error:?}");
        }
        Ok(())
    }

    async fn a_pattern_that_cannot_be_read_is_a_mistake_of_the_query(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Tally]).await?;
        Tally::new().small(1u8).word("x").short("x").asave().await?;
        let all = Tally::objects;
        for pattern in ["(", "[", "*", "(secret", "[secret"] {
            for refused in [
                all().filter(|t| t.word.regex(pattern)).acount().await.map(drop),
                all().exclude(|t| t.word.iregex(pattern)).await.map(drop),
                all().filter(|t| t.word.regex(pattern)).stream().try_next().await.map(drop),
                all().filter(|t| t.word.regex(pattern)).aupdate(|t| t.small.set(2u8)).await.map(drop),
                all().filter(|t| t.word.regex(pattern)).adelete().await.map(drop),
                atomic(move |tx| all().filter(|t| t.word.regex(pattern)).using(tx).to_vec()).await.map(drop),
            ] {
                let error = refused.unwrap_err();
                is_discreet(&error);
                assert!(matches!(error.kind(), ErrorKind::Query(QueryMistake::Pattern { .. })), "{pattern}: {error:?}");
            }
        }
        assert_eq!(all().values(|t| t.small).await?, [1]);
        Ok(())
    }
}

#[derive(Model, Debug)]
struct Tally {
    id: i64,
    small: u8,
    word: String,
    #[field(max_length = 3)]
    short: String,
}
