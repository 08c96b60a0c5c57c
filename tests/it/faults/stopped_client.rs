//! C6: a client that stops in the middle of a transaction does not keep its locks.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::support::worker::{Worker, acknowledge, job};
use crate::support::{Place, patience};

#[derive(Model, Debug)]
struct Account {
    id: i64,
    balance: i64,
}

/// What the client is to do.
#[derive(Serialize, Deserialize)]
struct Job {
    url: String,
    /// A file that is there as soon as the client may go on.
    signal: PathBuf,
}

impl Job {
    /// Writes, and waits in the middle for the signal.
    async fn run(self, acknowledge: impl Fn() + Send + 'static) -> Result<()> {
        let db = Database::connect(&self.url).await?;
        let interrupted = atomic(move |tx| {
            add(tx, 10)?;
            acknowledge();
            while !self.signal.exists() {
                thread::sleep(Duration::from_millis(5));
            }
            add(tx, 10)
        });
        let outcome = interrupted.using(&db).await;
        // A new transaction is a new chance.
        atomic(|tx| add(tx, 1)).using(&db).await?;
        db.close().await;
        outcome
    }
}

fn add(tx: &Transaction, amount: i64) -> Result<()> {
    Account::objects().using(tx).update(|a| a.balance.set(a.balance + amount)).map(drop)
}

async fn account(place: &Place) -> Result<Database> {
    let db = Database::connect(place.url()).await?;
    db.create_tables(dormouse::models![Account]).await?;
    Account::objects().using(&db).acreate(|a| a.balance(0)).await?;
    Ok(db)
}

async fn balance(db: &Database) -> Result<i64> {
    Ok(Account::objects().using(db).aget_one().await?.balance)
}

/// What the client runs. As a test of its own, it is not stopped.
#[tokio::test]
async fn client() -> Result<()> {
    if let Some(job) = job::<Job>() {
        let error = job.run(|| acknowledge("locked")).await.expect_err("the transaction was ended");
        assert!(matches!(error.kind(), ErrorKind::Connection { .. }), "{error:?}");
        return Ok(());
    }
    let place = Place::sqlite();
    let db = account(&place).await?;
    let signal = std::env::current_exe().map_err(Error::other)?;
    Job { url: place.url().to_owned(), signal }.run(|| ()).await?;
    assert_eq!(balance(&db).await?, 21);
    db.close().await;
    place.remove().await
}

async fn loses_its_locks(place: Place) -> Result<()> {
    let db = account(&place).await?;
    let folder = TempDir::new().map_err(Error::other)?;
    let signal = folder.path().join("go");
    let job = Job { url: format!("{}?idle_transaction_timeout=1s", place.url()), signal: signal.clone() };
    let mut client = Worker::start("faults::stopped_client::client", &job);
    assert_eq!(client.hear().as_deref(), Some("locked"));
    client.signal("STOP");
    let locked = atomic(|tx| Account::objects().select_for_update().using(tx).get_one()).using(&db).into_future();
    assert_eq!(timeout(patience(), locked).await.expect("the lock")?.balance, 0);
    std::fs::write(&signal, "").map_err(Error::other)?;
    client.signal("CONT");
    client.finish();
    assert_eq!(balance(&db).await?, 1);
    db.close().await;
    place.remove().await
}

#[tokio::test]
async fn postgres() -> Result<()> {
    loses_its_locks(Place::postgres().await?).await
}

#[tokio::test]
async fn mariadb() -> Result<()> {
    loses_its_locks(Place::mariadb().await?).await
}
