//! The connections that read, and who may use them when.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use super::census::Census;
use super::error::closed;
use super::options::SqliteOptions;
use super::session::{Role, Session};
use crate::error::Result;

/// How many streams may be open at once.
const STREAMS: usize = 256;

/// The connections that read.
///
/// Three lines of callers wait for them, each for a share of its own, so that none can hold up another: a loop over
/// a stream that looks something up for each row always gets through. A database in memory has one connection and
/// therefore one line.
#[derive(Debug)]
pub(super) struct Readers {
    options: SqliteOptions,
    census: Arc<Census>,
    /// `None` when closed. Boxed, because each read moves one out and back.
    #[expect(clippy::vec_box, reason = "a connection is large, and moves with every read")]
    idle: Mutex<Option<Vec<Box<Session>>>>,
    /// How many are kept open; more exist only while streams do.
    kept: usize,
    short: Arc<Semaphore>,
    long: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

/// What a connection is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A read on the caller's task, within its budget.
    Short,
    /// A read on a thread.
    Long,
    /// A read on a thread, as fast as somebody takes its rows.
    Stream,
}

impl Readers {
    /// Opens the connections of a file, or takes the only one of a database in memory.
    pub(super) fn open(options: &SqliteOptions, census: &Arc<Census>) -> Result<Arc<Self>> {
        let one_line = Arc::new(Semaphore::new(1));
        let line = |permits| if options.file.is_some() { Arc::new(Semaphore::new(permits)) } else { one_line.clone() };
        let readers = Self {
            options: options.clone(),
            census: Arc::clone(census),
            idle: Mutex::new(Some(Vec::new())),
            kept: options.readers + 1,
            short: line(options.readers + 1),
            long: line(options.readers),
            streams: line(STREAMS),
        };
        for _ in 0..if options.file.is_some() { options.readers } else { 1 } {
            readers.put(readers.connect()?);
        }
        Ok(Arc::new(readers))
    }

    /// Waits for a connection.
    pub(super) async fn take(self: &Arc<Self>, line: Line) -> Result<Reader> {
        let line = match line {
            Line::Short => &self.short,
            Line::Long => &self.long,
            Line::Stream => &self.streams,
        };
        let permit = match Arc::clone(line).try_acquire_owned() {
            Ok(permit) => permit,
            Err(TryAcquireError::NoPermits) => Arc::clone(line).acquire_owned().await.map_err(|_| closed())?,
            Err(TryAcquireError::Closed) => return Err(closed()),
        };
        let session = self.idle.lock().unwrap_or_else(PoisonError::into_inner).as_mut().ok_or_else(closed)?.pop();
        Ok(Reader { session, readers: Arc::clone(self), _permit: permit })
    }

    /// Closes the idle connections now and the others when they come back.
    pub(super) fn close(&self) {
        for line in [&self.short, &self.long, &self.streams] {
            line.close();
        }
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(idle);
    }

    fn connect(&self) -> Result<Box<Session>> {
        let role = if self.options.file.is_some() { Role::Reader } else { Role::Memory };
        Session::open(&self.options, role, self.census.enter()?).map(Box::new)
    }

    fn put(&self, session: Box<Session>) {
        if let Some(idle) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).as_mut()
            && idle.len() < self.kept
        {
            idle.push(session);
        }
    }
}

/// A connection that its holder gives back by dropping it.
#[derive(Debug)]
pub(super) struct Reader {
    session: Option<Box<Session>>,
    readers: Arc<Readers>,
    /// Given back after the connection, because fields are dropped after `Drop::drop`.
    _permit: OwnedSemaphorePermit,
}

impl Reader {
    /// The connection, opened now if none was idle.
    pub(super) fn session(&mut self) -> Result<&mut Session> {
        match &mut self.session {
            Some(session) => Ok(session),
            none => Ok(none.insert(self.readers.connect()?)),
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            session.clean();
            if !session.is_in_transaction() {
                self.readers.put(session);
            }
        }
    }
}
