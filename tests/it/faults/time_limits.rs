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
        let is_meant = matches!(refused.kind(), ErrorKind::Timeout { what: Waiting::Lock, after: Some(after) } if *after == Duration::from_secs(1));
        assert!(is_meant && refused.retry() == Retry::Safe, "{refused:?}");
    }
    assert!((2..20).contains(&since.elapsed().as_secs()), "{:?}", since.elapsed());
    go_on.send(()).map_err(Error::other)?;
    standing.await.expect("no panic")?;
    assert_eq!(knock().await?, 1);
    db.close().await;
    place.remove().await
}

/// What an error says of a limit is what the server was told: none to wait with `nowait`, also in SQL of the program, and `least` for
/// half a second.
async fn an_error_names_the_limit_that_was_in_force(place: Place, least: Duration) -> Result<()> {
    let db = doors(&place, "lock_timeout=0.5s").await?;
    let (go_on, standing) = stand_in_the_door(&db).await;
    let lock = |after| ErrorKind::Timeout { what: Waiting::Lock, after: Some(after) };
    let waits = || Door::objects().select_for_update();
    for (refused, limit) in [
        (atomic(move |tx| waits().using(tx).to_vec()).using(&db).await.map(drop), least),
        (atomic(move |tx| waits().nowait().using(tx).to_vec()).using(&db).await.map(drop), Duration::ZERO),
        (atomic(move |tx| waits().nowait().using(tx).first()).using(&db).await.map(drop), Duration::ZERO),
        (
            atomic(|tx| tx.execute_sql("SELECT * FROM door FOR UPDATE nowait ")).using(&db).await.map(drop),
            Duration::ZERO,
        ),
    ] {
        let refused = refused.unwrap_err();
        assert_eq!((refused.kind(), refused.retry()), (&lock(limit), Retry::Safe));
    }
    go_on.send(()).map_err(Error::other)?;
    standing.await.expect("no panic")?;
    db.close().await;
    place.remove().await
}

/// A limit that the URL does not set is one of the database's own, and not known.
async fn a_limit_of_the_database_is_no_limit_of_the_url(
    place: Place,
    setting: &'static str,
    sleep: &'static str,
) -> Result<()> {
    let db = doors(&place, "").await?;
    let slept = atomic(move |tx| {
        tx.execute_sql(setting)?;
        tx.execute_sql(sleep)
    });
    let refused = slept.using(&db).await.map(drop).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::Timeout { what: Waiting::Statement, after: None });
    let told = "the statement took longer than the database's own settings allow";
    assert_eq!((refused.to_string().as_str(), refused.retry()), (told, Retry::No));
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

#[tokio::test]
async fn an_error_names_the_limit_that_was_in_force_postgres() -> Result<()> {
    an_error_names_the_limit_that_was_in_force(Place::postgres().await?, Duration::from_millis(500)).await
}

#[tokio::test]
async fn an_error_names_the_limit_that_was_in_force_mariadb() -> Result<()> {
    an_error_names_the_limit_that_was_in_force(Place::mariadb().await?, Duration::from_secs(1)).await
}

#[tokio::test]
async fn a_limit_of_the_database_is_no_limit_of_the_url_postgres() -> Result<()> {
    let setting = "SET LOCAL statement_timeout = 100";
    a_limit_of_the_database_is_no_limit_of_the_url(Place::postgres().await?, setting, "SELECT pg_sleep(20)").await
}

#[tokio::test]
async fn a_limit_of_the_database_is_no_limit_of_the_url_mariadb() -> Result<()> {
    let setting = "SET SESSION max_statement_time = 0.1";
    a_limit_of_the_database_is_no_limit_of_the_url(Place::mariadb().await?, setting, "SELECT SLEEP(20)").await
}
