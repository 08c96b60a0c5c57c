//! Columns of others that keep another value where NULL is written: it is refused before it is stored.

use chrono::{DateTime, TimeZone, Utc};
use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, IntegrityKind, Result};

use crate::support::{Place, matrix, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "stamp", managed = false)]
struct Stamp {
    id: i64,
    at: Option<DateTime<Utc>>,
    other: Option<DateTime<Utc>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "counter", managed = false)]
struct Counter {
    #[field(primary_key, max_length = 20)]
    name: String,
    seq: Option<i64>,
}

/// The same with a row that it refers to, so that it is changed along that relation.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "mark", managed = false)]
struct Mark {
    id: i64,
    at: Option<DateTime<Utc>>,
    other: Option<DateTime<Utc>>,
    #[field(on_delete = DoNothing)]
    seal: ForeignKey<Stamp>,
}

fn moment(seconds: i64) -> DateTime<Utc> {
    Utc.timestamp_opt(seconds, 0).single().expect("a moment")
}

fn refused(error: &Error, table: &str, column: &str) {
    let ErrorKind::Integrity { kind: IntegrityKind::NotNull, table: told, columns, .. } = error.kind() else {
        panic!("{error:?}")
    };
    assert_eq!((told.as_deref(), columns.as_slice()), (Some(table), [column.to_owned()].as_slice()), "{error:?}");
}

#[tokio::test]
async fn a_timestamp_of_mariadb_is_not_the_moment_of_null() -> Result<()> {
    run(Place::mariadb().await?, async |db: &Database| {
        let columns = "at TIMESTAMP NOT NULL, other TIMESTAMP NULL";
        db.execute_sql(format!("CREATE TABLE stamp (id BIGINT NOT NULL PRIMARY KEY, {columns})")).await?;
        let then = moment(1_000_000_000);
        let mut row = Stamp::objects().acreate(|s| s.id(1).at(then)).await?;
        let before = row.clone();
        let later = Stamp::objects().acreate(|s| s.id(2).at(then).other(then)).await?;

        refused(&Stamp::objects().acreate(|s| s.id(3).at(None)).await.unwrap_err(), "stamp", "at");
        refused(&Stamp::objects().aupdate(|s| s.at.set(None)).await.unwrap_err(), "stamp", "at");
        refused(&Stamp::objects().aupdate(|s| s.at.set(s.other)).await.unwrap_err(), "stamp", "at");
        let in_atomic = atomic(|tx| Stamp::objects().using(tx).update(|s| s.at.set(None))).await;
        refused(&in_atomic.unwrap_err(), "stamp", "at");
        row.at = None;
        refused(&row.asave().await.unwrap_err(), "stamp", "at");
        assert_eq!(Stamp::objects().order_by(|s| s.id.asc()).await?, [before, later]);

        let given = Stamp::objects().filter(|s| s.id.eq(2));
        assert_eq!(given.aupdate(|s| s.at.set(s.other)).await?, 1);
        assert_eq!(Stamp::objects().aupdate(|s| s.other.set(None)).await?, 2);
        Ok(())
    })
    .await
}

matrix! {
    async fn null_along_a_relation_is_refused(db: &Database) -> Result<()> {
        let (key, filled) = match db.dialect().name() {
            "SQLite" => ("INTEGER PRIMARY KEY", "TEXT NOT NULL ON CONFLICT REPLACE DEFAULT '2001-09-09 01:46:40'"),
            "PostgreSQL" => ("BIGINT PRIMARY KEY", "TIMESTAMPTZ NOT NULL DEFAULT now()"),
            _ => ("BIGINT PRIMARY KEY", "TIMESTAMP NOT NULL"),
        };
        let nullable = if key.starts_with('I') { "TEXT" } else { "TIMESTAMP NULL" };
        for table in ["stamp", "mark"] {
            let columns = format!("id {key}, at {filled}, other {nullable}, seal_id BIGINT");
            db.execute_sql(format!("CREATE TABLE {table} ({columns})")).await?;
        }
        let (then, later) = (moment(1_000_000_000), moment(1_100_000_000));
        Stamp::objects().acreate(|s| s.id(1).at(then)).await?;
        Stamp::objects().acreate(|s| s.id(2).at(then).other(later)).await?;
        let mut before = Vec::new();
        for (id, seal) in [(1, 2), (2, 1), (3, 2)] {
            before.push(Mark::objects().acreate(|m| m.id(id).at(then).seal(ForeignKey::new(seal))).await?);
        }
        let marks = || Mark::objects().order_by(|m| m.id.asc());

        // One of the three rows would have NULL, and then all.
        refused(&Mark::objects().aupdate(|m| m.at.set(m.seal.other)).await.unwrap_err(), "mark", "at");
        assert_eq!(marks().await?, before);
        let of_one = Mark::objects().filter(|m| m.seal.id.eq(1));
        refused(&of_one.clone().aupdate(|m| m.at.set(m.seal.other)).await.unwrap_err(), "mark", "at");
        refused(&of_one.aupdate(|m| m.at.set(None)).await.unwrap_err(), "mark", "at");
        let in_atomic = atomic(|tx| Mark::objects().using(tx).update(|m| (m.other.set(m.seal.at), m.at.set(m.seal.other))));
        refused(&in_atomic.await.unwrap_err(), "mark", "at");
        assert_eq!(marks().await?, before);

        let of_two = Mark::objects().filter(|m| m.seal.id.eq(2));
        assert_eq!(of_two.aupdate(|m| (m.at.set(m.seal.other), m.other.set(None))).await?, 2);
        let given: Vec<_> = marks().await?.into_iter().map(|mark| mark.at).collect();
        assert_eq!(given, [Some(later), Some(then), Some(later)]);
        Ok(())
    }

    async fn a_number_of_the_database_is_not_null(db: &Database) -> Result<()> {
        let seq = match db.dialect().name() {
            "SQLite" => "seq INTEGER PRIMARY KEY",
            "PostgreSQL" => "seq BIGINT GENERATED BY DEFAULT AS IDENTITY",
            _ => "seq BIGINT AUTO_INCREMENT UNIQUE",
        };
        db.execute_sql(format!("CREATE TABLE counter (name VARCHAR(20) NOT NULL UNIQUE, {seq})")).await?;
        let mut row = Counter::objects().acreate(|c| c.name("a")).await?;
        assert!(row.seq.is_some());
        refused(&Counter::objects().acreate(|c| c.name("b").seq(None)).await.unwrap_err(), "counter", "seq");
        refused(&Counter::objects().aupdate(|c| c.seq.set(None)).await.unwrap_err(), "counter", "seq");
        row.seq = None;
        refused(&row.asave().await.unwrap_err(), "counter", "seq");
        assert_eq!(Counter::objects().acount().await?, 1);
        Ok(())
    }
}
