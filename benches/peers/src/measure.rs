//! How the clock is read.

use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};
use tokio::runtime::Runtime;

use crate::Result;
use crate::peers::Peer;
use crate::work::Work;

/// One measurement, to be made with every peer.
#[derive(Clone)]
pub struct Case<W> {
    /// Criterion's group, after the name of the database.
    pub group: &'static str,
    /// What tells this case from others of its group.
    pub parameter: usize,
    /// How many tasks do the work at once.
    pub tasks: usize,
    /// The work.
    pub work: W,
}

/// Measures works in tasks of one multi-thread runtime, as the handlers of a web server run.
pub struct Measure<'a> {
    /// Where the figures go.
    pub criterion: &'a mut Criterion,
    /// Where the tasks run.
    pub runtime: &'a Runtime,
    /// The first word of the groups.
    pub database: &'static str,
}

impl Measure<'_> {
    /// The time for one piece of work: with several tasks, the whole time by the number of works.
    pub fn peer(&mut self, peer: &impl Peer, case: &Case<impl Work>) {
        let runtime = self.runtime;
        let mut group = self.criterion.benchmark_group(format!("{} {}", self.database, case.group));
        group.bench_function(BenchmarkId::new(peer.name(), case.parameter), |bencher| {
            bencher.iter_custom(|turns| {
                let timed = runtime.block_on(timed(case.tasks as u64, turns, peer.clone(), case.work.clone()));
                timed.unwrap_or_else(|error| panic!("{}: {error}", peer.name()))
            });
        });
    }
}

async fn timed(tasks: u64, turns: u64, peer: impl Peer, work: impl Work) -> Result<Duration> {
    let share = move |task| turns / tasks + u64::from(task < turns % tasks);
    // Begun and timed in a task, as the thread that blocks on the runtime is not one of its workers.
    tokio::spawn(async move {
        let start = Instant::now();
        let others: Vec<_> =
            (1..tasks).map(|task| tokio::spawn(repeated(share(task), task, peer.clone(), work.clone()))).collect();
        repeated(share(0), 0, peer, work).await?;
        for other in others {
            other.await??;
        }
        Ok(start.elapsed())
    })
    .await?
}

async fn repeated(turns: u64, task: u64, peer: impl Peer, work: impl Work) -> Result<()> {
    for turn in 0..turns {
        // Tasks begin at different rows.
        work.run(&peer, turn + task * 1_009).await?;
    }
    Ok(())
}
