//! C6: a client that stops in the middle of a transaction does not keep its locks.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::support::worker::{Worker, acknowledge, job};
use crate::support::{Place, patience};

/// The bound in this test; the default would make it take minutes.
const BOUND: &str = "SET LOCAL idle_in_transaction_session_timeout = '500ms'";
/// How long the library's own bound is, in the server's unit.
const DEFAULT: &str = "300000";

#[derive(Model, Debug)]
struct Account {
    id: i64,
    balance: i64,
}

/// The server's own view of the session's settings.
#[derive(Model, Debug)]
#[model(table = "pg_settings")]
struct Setting {
    #[field(primary_key)]
    name: String,
    setting: String,
}

/// What the client is to do.
#[derive(Serialize, Deserialize)]
struct Job {
    url: String,
    /// There as soon as the client may go on.
    signal: PathBuf,
}

impl Job {
    async fn run(self) -> Result<()> {
        let db = Database::connect(&self.url).await?;
        let stopped = atomic(move |tx| hold_a_lock(tx, &self.signal)).using(&db).await;
        let error = stopped.expect_err("the transaction was ended");
        assert!(matches!(error.kind(), ErrorKind::Connection { .. }), "{error:?}");
        // A new transaction is a new chance.
        atomic(|tx| Account::objects().using(tx).update(|a| a.balance.set(a.balance + 1))).using(&db).await?;
        db.close().await;
        Ok(())
    }
}

fn hold_a_lock(tx: &Transaction, signal: &Path) -> Result<()> {
    tx.execute_sql(BOUND)?;
    Account::objects().using(tx).update(|a| a.balance.set(a.balance + 10))?;
    acknowledge("locked");
    while !signal.exists() {
        thread::sleep(Duration::from_millis(5));
    }
    Account::objects().using(tx).update(|a| a.balance.set(a.balance + 10)).map(drop)
}

/// What the client runs. As a test of its own, it looks at the bound that every transaction has.
#[tokio::test]
async fn client() -> Result<()> {
    if let Some(job) = job::<Job>() {
        return job.run().await;
    }
    let place = Place::postgres().await?;
    let db = Database::connect(place.url()).await?;
    let bound = atomic(|tx| Setting::objects().using(tx).get(|s| s.name.eq("idle_in_transaction_session_timeout")));
    assert_eq!(bound.using(&db).await?.setting, DEFAULT);
    db.close().await;
    place.remove().await
}

#[tokio::test]
async fn postgres() -> Result<()> {
    let place = Place::postgres().await?;
    let db = Database::connect(place.url()).await?;
    db.create_tables(dormouse::models![Account]).await?;
    Account::objects().using(&db).acreate(|a| a.balance(0)).await?;
    let folder = TempDir::new().map_err(Error::other)?;
    let signal = folder.path().join("go");
    let mut client =
        Worker::start("faults::stopped_client::client", &Job { url: place.url().to_owned(), signal: signal.clone() });
    assert_eq!(client.hear().as_deref(), Some("locked"));
    client.signal("STOP");
    let waiting = atomic(|tx| Account::objects().select_for_update().using(tx).get_one()).using(&db).into_future();
    assert_eq!(timeout(patience(), waiting).await.expect("the lock")?.balance, 0);
    std::fs::write(&signal, "").map_err(Error::other)?;
    client.signal("CONT");
    client.finish();
    assert_eq!(Account::objects().using(&db).aget_one().await?.balance, 1);
    db.close().await;
    place.remove().await
}
