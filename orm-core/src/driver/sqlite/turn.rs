//! Turns: a caller waits for one at most so long, and is then told which had it. What was given up is never done.

use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, select};
use tokio::sync::oneshot;

use super::error::closed;
use super::session::Session;
use crate::driver::holders::{Entry, Holders};
use crate::error::{ConnectionFault, Error, ErrorKind, Result};
use crate::statement::Statement;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::sleep;

/// How much longer is waited if no caller has a turn: the next is about to begin.
const SOON: Duration = Duration::from_millis(100);

/// What some have while others wait for it.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    patience: Duration,
    holders: Arc<Holders>,
}

impl Turns {
    /// Turns that are waited for at most so long.
    pub(super) fn new(patience: Duration) -> Self {
        Self { patience, holders: Arc::default() }
    }

    /// Notes that a caller has a turn, until what is returned is dropped.
    pub(super) fn enter(&self) -> Entry {
        self.holders.enter()
    }

    /// A turn on a connection.
    pub(super) fn begin<'c>(&self, session: &'c Session) -> Turn<'c> {
        Turn { session, entry: self.enter() }
    }

    /// Waits for a turn; in vain at most so long. The clock is only looked at if there is something to wait for.
    pub(super) async fn wait<T>(&self, mut turn: impl Future<Output = T> + Unpin) -> Result<T> {
        let _waiting = self.holders.wait();
        let mut holders = Vec::new();
        for patience in [self.patience, SOON] {
            let over = sleep(patience).map_err(|error| {
                Error::connection(ConnectionFault::System, "cannot start a thread that watches the time")
                    .with_source(error)
            })?;
            match select(turn, Box::pin(over)).await {
                Either::Left((turn, _)) => return Ok(turn),
                Either::Right(((), waiting)) => turn = waiting,
            }
            holders = self.holders.list();
            if !holders.is_empty() {
                break;
            }
        }
        Err(ErrorKind::PoolExhausted { after: self.patience, holders }.into())
    }
}

/// A connection while a caller has its turn.
#[derive(Debug)]
pub(super) struct Turn<'c> {
    pub(super) session: &'c Session,
    /// What others are told of it.
    pub(super) entry: Entry,
}

impl<'c> Turn<'c> {
    /// The connection, to send this on.
    pub(super) fn sends(&self, statement: &Statement) -> &'c Session {
        self.entry.sends(&statement.sql);
        self.session
    }
}

/// The two ends of an answer: who gives it, and who waits for it.
pub(super) fn answer<T>() -> (Reply<T>, Waiter<T>) {
    let (reply, answer) = oneshot::channel();
    let claim = Claim::default();
    (Reply { reply, claim: claim.clone() }, Waiter { answer, claim })
}

/// Whether a job has begun or was given up. Each excludes the other.
#[derive(Debug, Clone, Default)]
struct Claim(Arc<AtomicBool>);

impl Claim {
    /// Takes it; false if the other end was faster.
    fn take(&self) -> bool {
        !self.0.swap(true, Ordering::Relaxed)
    }
}

/// Where an answer goes.
#[derive(Debug)]
pub(super) struct Reply<T> {
    reply: oneshot::Sender<Result<T>>,
    claim: Claim,
}

impl<T> Reply<T> {
    /// Begins the job. If this is false, it was given up and must not be done.
    pub(super) fn begins(&self) -> bool {
        !self.is_closed() && self.claim.take()
    }

    /// Tells whether the answer is not waited for any more.
    pub(super) fn is_closed(&self) -> bool {
        self.reply.is_closed()
    }

    /// Answers. A caller that dropped the future after the job began is not told how it ended.
    pub(super) fn send(self, answer: Result<T>) {
        self.reply.send(answer).map_err(drop).unwrap_or_default();
    }
}

/// Who waits for an answer.
#[derive(Debug)]
pub(super) struct Waiter<T> {
    answer: oneshot::Receiver<Result<T>>,
    claim: Claim,
}

impl<T> Waiter<T> {
    /// Waits for the answer. A job that does not begin in time never does; one that has begun is answered.
    pub(super) async fn wait_turn(mut self, turns: &Turns) -> Result<T> {
        match turns.wait(&mut self.answer).await {
            Ok(answer) => answer.map_err(|_| closed())?,
            Err(in_vain) if self.claim.take() => Err(in_vain),
            Err(_) => self.wait().await,
        }
    }

    /// Waits for the answer, as long as it takes.
    pub(super) async fn wait(self) -> Result<T> {
        self.answer.await.map_err(|_| closed())?
    }
}
