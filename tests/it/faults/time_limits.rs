//! C6: no client waits for ever for a lock, and none keeps one for ever by doing nothing.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result, Retry, Waiting};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::Place;

#[derive(Model, Debug)]
struct Door {
    id: i64,
    #[field(max_length = 100)]
    sign: String,
}

async fn doors(place: &Place, options: &str) -> Result<Database> {
    let db = Database::connect(&format!("{}?{options}", place.url())).await?;
    db.create_tables(dormouse::models![Door]).await?;
    Door::objects().using(&db).acreate(|d| d.sign("open")).await?;
    Ok(db)
}

/// A transaction that has changed every row, and does nothing until it is told to go on.
async fn stand_in_the_door(db: &Database) -> (mpsc::Sender<()>, JoinHandle<Result<()>>) {
    let ((stands, has_begun), (go_on, may_go_on)) = (oneshot::channel(), mpsc::channel());
    let standing = atomic(move |tx| {
        Door::objects().using(tx).update(|d| d.sign.set("closed"))?;
        stands.send(()).expect("the test waits");
        may_go_on.recv().map_err(Error::other)?;
        Door::objects().using(tx).count().map(drop)
    });
    let standing = tokio::spawn(standing.using(db).into_future());
    has_begun.await.expect("it begins");
    (go_on, standing)
}

async fn signs(db: &Database) -> Result<Vec<String>> {
    Door::objects().using(db).values(|d| d.sign).await
}

/// What the documentation says of the limits, as the server itself sees it inside `atomic`.
async fn limits_are_set_by_default(place: Place, note: &'static str, expected: &str) -> Result<()> {
    let db = doors(&place, "").await?;
    atomic(move |tx| tx.execute_sql(note)).using(&db).await?;
    assert_eq!(signs(&db).await?, ["open", expected]);
    db.close().await;
    place.remove().await
}

async fn a_lock_is_not_waited_for_for_ever(place: Place) -> Result<()> {
    let db = doors(&place, "lock_timeout=1s").await?;
    let (go_on, standing) = stand_in_the_door(&db).await;
    let since = Instant::now();
    let knock = || Door::objects().using(&db).aupdate(|d| d.sign.set("knocked"));
    let in_transaction = atomic(|tx| Door::objects().select_for_update().using(tx).get_one()).using(&db);
    for refused in [knock().await.unwrap_err(), in_transaction.await.map(drop).unwrap_err()] {
        let is_meant = matches!(refused.kind(), ErrorKind::Timeout { what: Waiting::Lock, after } if *after == Duration::from_secs(1));
        assert!(is_meant && refused.retry() == Retry::Safe, "{refused:?}");
    }
    assert!((2..20).contains(&since.elapsed().as_secs()), "{:?}", since.elapsed());
    go_on.send(()).map_err(Error::other)?;
    standing.await.expect("no panic")?;
    assert_eq!(knock().await?, 1);
    db.close().await;
    place.remove().await
}

/// The client stops in the middle: its locks are free after the limit, and it is told that nothing was committed.
async fn a_transaction_that_does_nothing_ends(place: Place) -> Result<()> {
    let db = doors(&place, "idle_transaction_timeout=1s").await?;
    let (go_on, standing) = stand_in_the_door(&db).await;
    let since = Instant::now();
    // Waits for the lock until the server takes it away.
    let knocked = Door::objects().using(&db).filter(|d| d.sign.eq("open")).aupdate(|d| d.sign.set("knocked")).await?;
    assert!(since.elapsed() < Duration::from_secs(15), "{:?}", since.elapsed());
    assert_eq!(knocked, 1);
    go_on.send(()).map_err(Error::other)?;
    let told = standing.await.expect("no panic").unwrap_err();
    assert!(!matches!(told.kind(), ErrorKind::CommitOutcomeUnknown), "{told:?}");
    assert_eq!(signs(&db).await?, ["knocked"]);
    db.close().await;
    place.remove().await
}

#[tokio::test]
async fn limits_are_set_by_default_postgres() -> Result<()> {
    let note = "INSERT INTO door (sign) SELECT current_setting('lock_timeout') || ' ' || \
                current_setting('idle_in_transaction_session_timeout')";
    limits_are_set_by_default(Place::postgres().await?, note, "30s 5min").await
}

#[tokio::test]
async fn limits_are_set_by_default_mariadb() -> Result<()> {
    let note = "INSERT INTO door (sign) \
                SELECT CONCAT(@@innodb_lock_wait_timeout, ' ', @@lock_wait_timeout, ' ', @@idle_transaction_timeout)";
    limits_are_set_by_default(Place::mariadb().await?, note, "30 30 300").await
}

#[tokio::test]
async fn a_lock_is_not_waited_for_for_ever_postgres() -> Result<()> {
    a_lock_is_not_waited_for_for_ever(Place::postgres().await?).await
}

#[tokio::test]
async fn a_lock_is_not_waited_for_for_ever_mariadb() -> Result<()> {
    a_lock_is_not_waited_for_for_ever(Place::mariadb().await?).await
}

#[tokio::test]
async fn a_transaction_that_does_nothing_ends_postgres() -> Result<()> {
    a_transaction_that_does_nothing_ends(Place::postgres().await?).await
}

#[tokio::test]
async fn a_transaction_that_does_nothing_ends_mariadb() -> Result<()> {
    a_transaction_that_does_nothing_ends(Place::mariadb().await?).await
}
