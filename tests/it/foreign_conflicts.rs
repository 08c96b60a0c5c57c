//! Tables of others on SQLite that settle a conflict by themselves (`ON CONFLICT REPLACE` and the like): a write that meets one is an
//! error, and no row is lost or changed in silence.

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, IntegrityKind, Result};

use crate::support::{Place, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "seat", managed = false)]
struct Seat {
    id: i64,
    name: Option<String>,
    note: Option<String>,
    spare: Option<String>,
    #[field(on_delete = DoNothing)]
    up: Option<ForeignKey<Seat>>,
}

const WAYS: [&str; 5] = ["REPLACE", "IGNORE", "FAIL", "ROLLBACK", "ABORT"];

/// Three rows; the first has nothing to spare, and is above the third.
async fn filled(db: &Database, table: &str) -> Result<Vec<Seat>> {
    db.execute_sql(table).await?;
    db.execute_sql(
        "INSERT INTO seat VALUES (1, 'a', 'n', NULL, NULL), (2, 'b', 'n', 's', NULL), (3, 'c', 'n', NULL, 1)",
    )
    .await?;
    rows().await
}

async fn rows() -> Result<Vec<Seat>> {
    Seat::objects().order_by(|s| s.id.asc()).await
}

async fn refused<T: std::fmt::Debug>(write: impl Future<Output = Result<T>>, kind: IntegrityKind, before: &[Seat]) {
    check(&write.await.unwrap_err(), kind);
    assert_eq!(rows().await.unwrap(), before);
}

fn check(error: &Error, expected: IntegrityKind) {
    assert!(matches!(error.kind(), ErrorKind::Integrity { kind, .. } if *kind == expected), "{error:?}");
}

/// What gives NULL to a column that must not have it.
async fn nulls(before: &[Seat]) -> Result<()> {
    let kind = IntegrityKind::NotNull;
    refused(Seat::objects().acreate(|s| s.id(9).name("x").note(None::<&str>)), kind, before).await;
    refused(Seat::new().id(9).name("x").note(None::<&str>).asave(), kind, before).await;
    let mut changed = before[1].clone();
    changed.note = None;
    refused(changed.asave(), kind, before).await;
    refused(Seat::objects().aupdate(|s| s.note.set(None::<&str>)), kind, before).await;
    refused(Seat::objects().aupdate(|s| s.note.set(s.spare)), kind, before).await;
    refused(Seat::objects().aupdate(|s| s.note.set(s.up.spare)), kind, before).await;
    let tried = atomic(move |tx| {
        let undone = tx.savepoint(|part| Seat::objects().using(part).update(|s| s.note.set(s.spare)));
        check(&undone.unwrap_err(), kind);
        Seat::objects().using(tx).filter(|s| s.id.eq(1)).update(|s| s.spare.set(None::<&str>))
    });
    assert_eq!(tried.await?, 1);
    assert_eq!(rows().await?, before);
    Ok(())
}

/// What gives a name or a key twice.
async fn twice(before: &[Seat]) -> Result<()> {
    let kind = IntegrityKind::Unique;
    for id in [1, 9] {
        refused(Seat::objects().acreate(|s| s.id(id).name("a").note("x")), kind, before).await;
        refused(Seat::new().id(id).name("a").note("x").asave(), kind, before).await;
    }
    refused(Seat::objects().acreate(|s| s.id(1).name("x").note("x")), kind, before).await;
    let mut changed = before[1].clone();
    changed.name = Some("a".to_owned());
    refused(changed.asave(), kind, before).await;
    refused(Seat::objects().filter(|s| s.id.gte(2)).aupdate(|s| s.name.set("z")), kind, before).await;
    refused(Seat::objects().filter(|s| s.id.gte(2)).aupdate(|s| s.name.set(s.note)), kind, before).await;
    refused(Seat::objects().filter(|s| s.id.eq(3)).aupdate(|s| s.name.set(s.up.name)), kind, before).await;
    refused(Seat::objects().aupdate(|s| s.id.set(7)), kind, before).await;
    let tried = atomic(move |tx| {
        let undone = tx.savepoint(|part| Seat::objects().using(part).create(|s| s.id(2).name("x").note("x")));
        check(&undone.unwrap_err(), kind);
        Seat::objects().using(tx).filter(|s| s.id.eq(1)).update(|s| s.spare.set(None::<&str>))
    });
    assert_eq!(tried.await?, 1);
    assert_eq!(rows().await?, before);
    Ok(())
}

async fn in_each_way(table: &str) -> Result<()> {
    for way in WAYS {
        run(Place::sqlite(), async |db| {
            let before = filled(db, &table.replace("ON CONFLICT", &format!("on /* it */ conflict {way}"))).await?;
            nulls(&before).await?;
            twice(&before).await
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_conflict_that_the_table_settles_is_an_error() -> Result<()> {
    let columns = "name TEXT UNIQUE ON CONFLICT, note TEXT NOT NULL ON CONFLICT DEFAULT 'd', spare TEXT, up_id INTEGER";
    in_each_way(&format!("CREATE TABLE seat (id INTEGER PRIMARY KEY ON CONFLICT, {columns})")).await?;
    in_each_way(&format!("CREATE TABLE seat (id BIGINT NOT NULL PRIMARY KEY ON CONFLICT, {columns}) WITHOUT ROWID"))
        .await
}

#[tokio::test]
async fn a_conflict_of_several_columns_is_an_error() -> Result<()> {
    let columns = "id INTEGER, name TEXT, note TEXT NOT NULL ON CONFLICT DEFAULT 'd', spare TEXT, up_id INTEGER";
    let keys = "PRIMARY KEY (id) ON CONFLICT, UNIQUE (name) ON CONFLICT, CHECK (note <> '') ON CONFLICT";
    in_each_way(&format!("CREATE TABLE seat ({columns}, {keys})")).await
}

/// A table that settles nothing keeps what its triggers say: theirs is a conflict of another table.
#[tokio::test]
async fn a_trigger_settles_its_own_conflicts() -> Result<()> {
    run(Place::sqlite(), async |db| {
        let columns = "id INTEGER PRIMARY KEY, name TEXT, note TEXT, spare TEXT, up_id INTEGER";
        filled(db, &format!("CREATE TABLE seat ({columns})")).await?;
        db.execute_sql("CREATE TABLE seen (note TEXT UNIQUE)").await?;
        db.execute_sql("CREATE TRIGGER t AFTER INSERT ON seat BEGIN INSERT OR IGNORE INTO seen VALUES (NEW.note); END")
            .await?;
        for id in 7..9 {
            Seat::objects().acreate(|s| s.id(id).note("same")).await?;
        }
        assert_eq!(Seat::objects().acount().await?, 5);
        Ok(())
    })
    .await
}
