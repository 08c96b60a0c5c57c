//! N10, B1: many threads of several processes read and write one row of one SQLite file. None is lost, and none waits in vain.

use std::thread;
use std::time::{Duration, Instant};

use dormouse::prelude::*;
use dormouse::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::support::worker::{Worker, acknowledge, job};
use crate::support::{Place, share_of};

const PROCESSES: usize = 4;
const THREADS: usize = 16;
const TIMES: (usize, usize) = (1_000, 20);

#[derive(Model, Debug)]
struct Counter {
    id: i64,
    value: i64,
}

/// What a process is to do.
#[derive(Serialize, Deserialize)]
struct Job {
    url: String,
    times: usize,
}

impl Job {
    /// Increments the counter, and tells how long each increment waited for its turn.
    fn run(&self, acknowledge: impl Fn(Duration) + Sync) -> Result<()> {
        let db = dormouse::async_to_sync(Database::connect(&self.url)).run()??;
        thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(|| self.increment(&db, &acknowledge))).collect();
            threads.into_iter().try_for_each(|thread| thread.join().expect("a thread that increments"))
        })
    }

    fn increment(&self, db: &Database, acknowledge: &impl Fn(Duration)) -> Result<()> {
        for _ in 0..self.times {
            let asked = Instant::now();
            let waited = atomic(|tx| {
                let waited = asked.elapsed();
                let mut counter = Counter::objects().using(tx).get_one()?;
                counter.value += 1;
                counter.save(tx)?;
                Ok(waited)
            });
            acknowledge(waited.using(db).run()?);
        }
        Ok(())
    }
}

async fn counter(url: &str) -> Result<Database> {
    let db = Database::connect(url).await?;
    db.create_tables(dormouse::models![Counter]).await?;
    Counter::objects().using(&db).acreate(|c| c.value(0)).await?;
    Ok(db)
}

/// What the processes run. As a test of its own, it does the work of one.
#[test]
fn process() -> Result<()> {
    if let Some(job) = job::<Job>() {
        return job.run(|waited| acknowledge(waited.as_micros()));
    }
    let place = Place::sqlite();
    let db = dormouse::async_to_sync(counter(place.url())).run()??;
    Job { url: place.url().to_owned(), times: 5 }.run(|_| ())?;
    assert_eq!(Counter::objects().using(&db).blocking().get_one()?.value, 5 * THREADS as i64);
    Ok(())
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "how fast it was, for a reader of the log")]
async fn none_is_lost_and_none_is_locked_out() -> Result<()> {
    let place = Place::sqlite();
    let url = place.url().replace("synchronous=off", "synchronous=full");
    let db = counter(&url).await?;
    let job = Job { url, times: share_of(TIMES.0, TIMES.1) };
    let begun = Instant::now();
    let processes: Vec<_> = (0..PROCESSES).map(|_| Worker::start("faults::increments::process", &job)).collect();
    let waits = tokio::task::spawn_blocking(|| {
        let threads = processes.into_iter().map(|process| thread::spawn(|| process.finish())).collect::<Vec<_>>();
        threads.into_iter().flat_map(|thread| thread.join().expect("a process that increments")).collect::<Vec<_>>()
    });
    let waits = waits.await.map_err(Error::other)?;
    let took = begun.elapsed();
    let mut waits: Vec<_> = waits.iter().map(|waited| Duration::from_micros(waited.parse().expect("a time"))).collect();
    waits.sort_unstable();
    let all = PROCESSES * THREADS * job.times;
    assert_eq!((Counter::objects().using(&db).aget_one().await?.value, waits.len()), (all as i64, all));
    let (middle, late, last) = (waits[all / 2], waits[all * 99 / 100], waits[all - 1]);
    println!("{all} in {took:?}; waited: p50 {middle:?}, p99 {late:?}, at most {last:?}");
    db.close().await;
    place.remove().await
}
