//! A database with its writer, and clients of it.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use futures::poll;
use shuttle::future::yield_now;
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;

use super::census::Census;
use super::lane::Lane;
use super::lent::Lent;
use super::readers::Readers;
use super::session::{Database, Session};
use super::workers::{Workers, spawn};
use super::writer::{Writer, serve};
use crate::error::Result;
use crate::row::{Columns, Rows};
use crate::statement::{Intent, Statement};
use crate::sync::mpsc;

/// A database whose writer works.
#[derive(Clone)]
pub(super) struct Rig {
    pub(super) lane: Arc<Lane>,
    pub(super) database: Database,
}

impl Rig {
    pub(super) fn open() -> Self {
        let (census, database) = (Arc::new(Census::default()), Database::default());
        let session = Session::open(database.clone(), census.enter().unwrap());
        let (queue, jobs) = mpsc::channel();
        let presence = census.enter().unwrap();
        spawn("sqlite-writer", move || serve(session, jobs, presence)).unwrap();
        let lane = Lane {
            readers: Arc::new(Readers),
            workers: Workers::new(Arc::clone(&census)),
            writer: Writer::Queue(queue),
            census,
            long_reads: Arc::default(),
            closing: Arc::default(),
            in_memory: false,
            inline: false,
            stream_timeout: Duration::ZERO,
        };
        Self { lane: Arc::new(lane), database }
    }

    /// Runs clients at once, to their ends. The last of them takes the lane along.
    pub(super) fn run(self, clients: &[fn(Self, u32)]) -> Database {
        let database = self.database.clone();
        let start = |(client, number): (&fn(Self, u32), u32)| {
            let (rig, client) = (self.clone(), *client);
            thread::spawn(move || client(rig, 10 * number))
        };
        let started: Vec<_> = clients.iter().zip(1..).map(start).collect();
        drop(self);
        started.into_iter().for_each(|client| client.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        database
    }

    /// Inserts a number, and compares what is answered with what is kept.
    pub(super) async fn insert(&self, number: u32, how: &str) -> Result<()> {
        let rows = thread_rng().r#gen::<bool>().then(|| Box::new(Count(0)) as Box<dyn Rows>);
        let answer = self.lane.write(insert(number, how), rows).await;
        assert_eq!(answer.is_ok(), self.database.holds(number), "{number}: {:?}", answer.as_ref().err());
        let answer = answer?;
        assert_eq!(answer.done.rows_affected, 1);
        assert!(answer.rows.is_none_or(|rows| rows.len() == 1), "rows of another attempt");
        Ok(())
    }

    pub(super) async fn lend(&self) -> Result<Lent> {
        self.lane.lend(Default::default()).await
    }
}

pub(super) fn insert(number: u32, how: &str) -> Statement {
    let intent = if how == "open" { Intent::Schema } else { Intent::Write };
    Statement::new(format!("insert {number} {how}").trim(), Vec::new(), intent)
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
