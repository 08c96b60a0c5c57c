//! A database with its writer, and clients of it.

use std::any::Any;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::poll;
use shuttle::future::{block_on, yield_now};
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;

use super::census::Census;
use super::lane::Lane;
use super::lent::Lent;
use super::readers::Readers;
use super::session::{Database, Session};
use super::turn::Turns;
use super::workers::{Workers, spawn};
use super::writer::{Writer, serve};
use crate::error::{Error, ErrorKind, Result};
use crate::row::{Columns, Rows};
use crate::statement::{Done, Intent, Statement};
use crate::sync::mpsc;

/// A database whose writer works.
#[derive(Clone)]
pub(super) struct Rig {
    pub(super) lane: Arc<Lane>,
    pub(super) database: Database,
    given_up: Arc<Mutex<Vec<u32>>>,
}

impl Rig {
    /// One that is waited for as long as it takes.
    pub(super) fn open() -> Self {
        Self::with(Duration::MAX)
    }

    /// One that is not.
    pub(super) fn impatient() -> Self {
        Self::with(Duration::ZERO)
    }

    fn with(patience: Duration) -> Self {
        let (census, database) = (Arc::new(Census::default()), Database::default());
        let session = Session::open(database.clone(), census.enter().unwrap());
        let (queue, jobs) = mpsc::channel();
        let presence = census.enter().unwrap();
        let turns = Turns::new(patience);
        let own = turns.clone();
        spawn("sqlite-writer", move || serve(session, jobs, &own, presence)).unwrap();
        let lane = Lane {
            readers: Arc::new(Readers),
            workers: Workers::new(Arc::clone(&census)),
            writer: Writer::Queue(queue, turns),
            census,
            long_reads: Arc::default(),
            closing: Arc::default(),
            in_memory: false,
            inline: false,
            stream_timeout: Duration::ZERO,
        };
        Self { lane: Arc::new(lane), database, given_up: Arc::default() }
    }

    /// Runs clients at once, to their ends, and the writer to its own. The last client takes the lane along.
    pub(super) fn run(self, clients: &[fn(Self, u32)]) -> Database {
        let (database, given_up, census) =
            (self.database.clone(), Arc::clone(&self.given_up), Arc::clone(&self.lane.census));
        let start = |(client, number): (&fn(Self, u32), u32)| {
            let (rig, client) = (self.clone(), *client);
            thread::spawn(move || client(rig, 10 * number))
        };
        let started: Vec<_> = clients.iter().zip(1..).map(start).collect();
        drop(self);
        started.into_iter().for_each(|client| client.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        census.close();
        block_on(census.emptied());
        for number in given_up.lock().unwrap().iter() {
            assert!(!database.holds(*number), "{number} was given up, and done");
        }
        database
    }

    /// Inserts a number, and compares what is answered with what is kept.
    pub(super) async fn insert(&self, number: u32, how: &str) -> Result<()> {
        let rows = thread_rng().r#gen::<bool>().then(|| Box::new(Count(0)) as Box<dyn Rows>);
        let answer = self.noted(self.lane.write(insert(number, how), rows).await, &[number]);
        assert_eq!(answer.is_ok(), self.database.holds(number), "{number}: {:?}", answer.as_ref().err());
        let answer = answer?;
        assert_eq!(answer.done.rows_affected, 1);
        assert!(answer.rows.is_none_or(|rows| rows.len() == 1), "rows of another attempt");
        Ok(())
    }

    /// Runs statements in one transaction, which insert these numbers.
    pub(super) async fn write_all(&self, statements: Vec<Statement>, numbers: &[u32]) -> Result<Vec<Done>> {
        self.noted(self.lane.write_all(statements).await, numbers)
    }

    /// Notes what was given up.
    fn noted<T>(&self, answer: Result<T>, numbers: &[u32]) -> Result<T> {
        answer.inspect_err(|error| {
            if in_vain(error) {
                self.given_up.lock().unwrap().extend(numbers);
            }
        })
    }

    pub(super) async fn lend(&self) -> Result<Lent> {
        self.lane.lend(Default::default()).await
    }
}

pub(super) fn insert(number: u32, how: &str) -> Statement {
    let intent = if how == "open" { Intent::Schema } else { Intent::Write };
    Statement::new(format!("insert {number} {how}").trim(), Vec::new(), intent)
}

/// Tells whether something was waited for in vain.
pub(super) fn in_vain(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::PoolExhausted { .. })
}

/// Polls a future at most so often; none if that was not enough.
pub(super) async fn few_polls<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    for _ in 0..thread_rng().gen_range(0..4) {
        if let std::task::Poll::Ready(value) = poll!(&mut future) {
            return Some(value);
        }
        yield_now().await;
    }
    None
}

/// Counts rows.
struct Count(usize);

impl Rows for Count {
    fn push(&mut self, _: &dyn Columns) -> Result<()> {
        self.0 += 1;
        Ok(())
    }

    fn len(&self) -> usize {
        self.0
    }

    fn clear(&mut self) {
        self.0 = 0;
    }

    fn fresh(&self) -> Box<dyn Rows> {
        Box::new(Self(0))
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
