//! N4: a client is killed in the middle of its commits. What was acknowledged is there, no transaction is half there, and no
//! lock is left behind.

use std::collections::HashSet;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use dormouse::prelude::*;
use dormouse::{Error, Result};
use futures::future::{BoxFuture, FutureExt, try_join_all};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ledger;
use crate::support::worker::{Worker, acknowledge, job};
use crate::support::{Dice, Place, share_of};

const KILLS: (usize, usize) = (1_000, 12);
/// Clients at a time, and what each does at a time.
const CLIENTS: usize = 4;
const TRANSFERS: usize = 2;
const NOTES: usize = 4;
/// The latest moment after its first answers at which a client is killed, in microseconds.
const LATEST: usize = 60_000;

/// What a client is to do.
#[derive(Serialize, Deserialize)]
struct Job {
    url: String,
    round: i64,
    /// How often each of its tasks writes; for ever without.
    times: Option<usize>,
}

impl Job {
    /// Writes, and tells what was acknowledged.
    async fn run(&self, acknowledge: impl Fn(Uuid) + Sync) -> Result<()> {
        let db = &Database::connect(&self.url).await?;
        let transfers =
            (0..TRANSFERS).map(|_| self.repeat(&acknowledge, |id| ledger::transfer(db, self.round, id).boxed()));
        let notes = (0..NOTES).map(|_| self.repeat(&acknowledge, |id| ledger::note(db, self.round, id).boxed()));
        futures::try_join!(try_join_all(transfers), try_join_all(notes))?;
        db.close().await;
        Ok(())
    }

    async fn repeat<'a>(
        &self,
        acknowledge: &impl Fn(Uuid),
        write: impl Fn(Uuid) -> BoxFuture<'a, Result<()>>,
    ) -> Result<()> {
        for _ in 0..self.times.unwrap_or(usize::MAX) {
            let id = Uuid::new_v4();
            write(id).await?;
            acknowledge(id);
        }
        Ok(())
    }
}

/// What the clients run. As a test of its own, it checks that clients which are not killed lose nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn client() -> Result<()> {
    if let Some(job) = job::<Job>() {
        return job.run(acknowledge).await;
    }
    let place = Place::sqlite();
    let db = Database::connect(place.url()).await?;
    ledger::open(&db).await?;
    let acknowledged = Mutex::new(HashSet::new());
    let job = Job { url: place.url().to_owned(), round: 1, times: Some(5) };
    job.run(|id| assert!(acknowledged.lock().unwrap().insert(id))).await?;
    assert_eq!(ledger::kept(&db, 1).await?, acknowledged.into_inner().unwrap());
    db.close().await;
    place.remove().await
}

/// Runs clients and kills each at its own moment; gives what was acknowledged.
fn kill_clients(url: &str, round: i64, moments: Vec<Duration>) -> HashSet<Uuid> {
    let job = Job { url: url.to_owned(), round, times: None };
    let clients: Vec<_> =
        moments.into_iter().map(|moment| (Worker::start("faults::client_kills::client", &job), moment)).collect();
    let killed = clients.into_iter().map(|(mut client, moment)| {
        thread::spawn(move || {
            let first = client.hear();
            thread::sleep(moment);
            first.into_iter().chain(client.kill()).map(|id| id.parse().expect("an id")).collect::<Vec<Uuid>>()
        })
    });
    let killed: Vec<_> = killed.collect();
    killed.into_iter().flat_map(|client| client.join().expect("a client that was killed")).collect()
}

/// Kills clients round by round, and counts after each what is there. `reopen` is the URL of the second look.
#[expect(clippy::print_stdout, reason = "how much was at stake, for a reader of the log")]
async fn kill_in_rounds(url: &str, reopen: &str, intact: impl AsyncFn(&Database) -> Result<()>) -> Result<()> {
    let db = Database::connect(url).await?;
    ledger::open(&db).await?;
    db.close().await;
    let mut dice = Dice::of("kills of clients");
    let (mut heard, mut unheard) = (0, 0);
    for round in 1..=share_of(KILLS.0, KILLS.1).div_ceil(CLIENTS) as i64 {
        let moments = (0..CLIENTS).map(|_| Duration::from_micros(dice.below(LATEST) as u64)).collect();
        let clients = url.to_owned();
        let acknowledged = tokio::task::spawn_blocking(move || kill_clients(&clients, round, moments));
        let acknowledged = acknowledged.await.map_err(Error::other)?;
        let db = Database::connect(reopen).await?;
        let kept = ledger::kept(&db, round).await?;
        let lost: Vec<_> = acknowledged.difference(&kept).collect();
        assert!(lost.is_empty(), "round {round}: of {} acknowledged, {} are lost", acknowledged.len(), lost.len());
        let more = kept.len() - acknowledged.len();
        assert!(more <= CLIENTS * (TRANSFERS + NOTES), "round {round}: {more} that were not waited for");
        (heard, unheard) = (heard + acknowledged.len(), unheard + more);
        intact(&db).await?;
        db.close().await;
    }
    println!("{heard} commits were acknowledged, {unheard} more were kept");
    Ok(())
}

/// SQLite's own check of a whole file.
#[derive(Model, Debug)]
#[model(table = "pragma_integrity_check")]
struct Check {
    #[field(primary_key)]
    integrity_check: String,
}

#[tokio::test]
async fn sqlite() -> Result<()> {
    let place = Place::sqlite();
    let url = place.url().replace("synchronous=off", "synchronous=full");
    // A client that does not wait for locks notices each one that is left.
    let reopen = format!("{url}&busy_timeout=0ms");
    let intact = async |db: &Database| {
        let verdicts = Check::objects().using(db).await?;
        assert_eq!(verdicts.iter().map(|check| &check.integrity_check).collect::<Vec<_>>(), ["ok"]);
        ledger::transfer(db, 0, Uuid::new_v4()).await
    };
    kill_in_rounds(&url, &reopen, intact).await?;
    place.remove().await
}

#[tokio::test]
async fn postgres() -> Result<()> {
    let place = Place::postgres().await?;
    kill_in_rounds(place.url(), place.url(), async |_| Ok(())).await?;
    place.remove().await
}

#[tokio::test]
async fn mariadb() -> Result<()> {
    let place = Place::mariadb().await?;
    kill_in_rounds(place.url(), place.url(), async |_| Ok(())).await?;
    place.remove().await
}
