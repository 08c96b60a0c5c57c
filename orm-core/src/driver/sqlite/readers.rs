//! The connections that read, and who may use them when.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use super::census::Census;
use super::error::closed;
use super::options::SqliteOptions;
use super::session::{Role, Session};
use super::turn::{Turn, Turns};
use super::watch::Cancel;
use crate::driver::holders::Entry;
use crate::error::Result;
use crate::row::Columns;
use crate::statement::Statement;

/// How many streams may be open at once.
const STREAMS: usize = 256;

/// The connections that read.
///
/// A short read sits down on a seat: a connection that a thread finds again where it left it, with the caches of its
/// processor still warm. Longer ones and streams wait in lines of their own, so that none can hold up another: a loop
/// over a stream that looks something up for each row always gets through. A database in memory has one connection,
/// therefore one line and no seats.
#[derive(Debug)]
pub(super) struct Readers {
    options: SqliteOptions,
    census: Arc<Census>,
    seats: Vec<Mutex<Option<Session>>>,
    /// For the lines; `None` when closed.
    idle: Mutex<Option<Vec<Session>>>,
    long: Places,
    streams: Places,
}

/// How many of a line may have a connection at once, and who does.
#[derive(Debug, Clone)]
struct Places {
    free: Arc<Semaphore>,
    turns: Turns,
}

/// What a connection is wanted for, when not for a short read on a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A read on a thread.
    Long,
    /// A read on a thread, as fast as its rows are taken.
    Stream,
}

impl Readers {
    /// Opens the connections of a file, or takes the only one of a database in memory.
    pub(super) fn open(options: SqliteOptions, census: &Arc<Census>) -> Result<Arc<Self>> {
        let places =
            |number| Places { free: Arc::new(Semaphore::new(number)), turns: Turns::new(options.acquire_timeout) };
        let one = places(1);
        let line = |number| if options.file.is_some() { places(number) } else { one.clone() };
        let mut readers = Self {
            long: line(options.readers),
            streams: line(STREAMS),
            options,
            census: Arc::clone(census),
            seats: Vec::new(),
            idle: Mutex::new(Some(Vec::new())),
        };
        if readers.options.file.is_none() {
            readers.put(readers.connect()?);
        } else if readers.options.inline {
            // One for each thread that may be running tasks, and one more.
            for _ in 0..=readers.options.readers {
                readers.seats.push(Mutex::new(Some(readers.connect()?)));
            }
        }
        Ok(Arc::new(readers))
    }

    /// Runs a short read on a free seat, if there is one.
    pub(super) fn seated<T>(&self, read: impl FnOnce(&Session) -> Result<T>) -> Option<Result<T>> {
        let own = SEAT.with(|seat| *seat);
        let free = (0..self.seats.len()).find_map(|offset| {
            match self.seats[(own + offset) % self.seats.len()].try_lock() {
                Ok(seat) => Some(seat),
                Err(TryLockError::Poisoned(seat)) => Some(seat.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            }
        })?;
        let Some(session) = free.as_ref() else {
            return Some(Err(closed()));
        };
        let result = read(session);
        session.clean();
        Some(result)
    }

    /// Waits in a line for a connection.
    pub(super) async fn take(self: &Arc<Self>, line: Line) -> Result<Reader> {
        let Places { free, turns } = self.places(line);
        let permit = match Arc::clone(free).try_acquire_owned() {
            Ok(permit) => permit,
            Err(TryAcquireError::NoPermits) => {
                turns.wait(Box::pin(Arc::clone(free).acquire_owned())).await?.map_err(|_| closed())?
            }
            Err(TryAcquireError::Closed) => return Err(closed()),
        };
        let session = self.idle.lock().unwrap_or_else(PoisonError::into_inner).as_mut().ok_or_else(closed)?.pop();
        Ok(Reader { session, readers: Arc::clone(self), line, _permit: permit })
    }

    fn places(&self, line: Line) -> &Places {
        match line {
            Line::Long => &self.long,
            Line::Stream => &self.streams,
        }
    }

    /// Closes the idle connections now and the others when they come back.
    pub(super) fn close(&self) {
        self.long.free.close();
        self.streams.free.close();
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(idle);
        for seat in &self.seats {
            seat.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }

    fn connect(&self) -> Result<Session> {
        let role = if self.options.file.is_some() { Role::Reader } else { Role::Memory };
        Session::open(&self.options, role, self.census.enter()?)
    }

    fn put(&self, session: Session) {
        if let Some(idle) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).as_mut()
            && idle.len() < self.options.readers
        {
            idle.push(session);
        }
    }
}

static NEXT_SEAT: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Where this thread looks for a free seat first.
    static SEAT: usize = NEXT_SEAT.fetch_add(1, Ordering::Relaxed);
}

/// A connection that its holder gives back by dropping it.
#[derive(Debug)]
pub(super) struct Reader {
    session: Option<Session>,
    readers: Arc<Readers>,
    line: Line,
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

    /// Notes that a caller has the connection, for those who wait in its line.
    pub(super) fn enter(&self) -> Entry {
        self.readers.places(self.line).turns.enter()
    }

    /// A turn on the connection, which is opened now if none was idle.
    pub(super) fn turn(&mut self) -> Result<Turn<'_>> {
        let entry = self.enter();
        Ok(Turn { session: self.session()?, entry })
    }

    /// Runs a read on a thread that may wait, until it ends or is cancelled; tells whether it was a short one. The connection is
    /// opened now if none was idle.
    pub(super) fn read_patiently(
        &mut self,
        statement: &Statement,
        cancel: &Arc<Cancel>,
        each: impl FnMut(&dyn Columns) -> Result<()>,
    ) -> Result<bool> {
        let entry = self.enter();
        entry.sends(&statement.sql);
        self.session()?.read_patiently(statement, cancel, each)
    }

    /// Tells whether a transaction is open.
    pub(super) fn is_in_transaction(&self) -> bool {
        self.session.as_ref().is_some_and(Session::is_in_transaction)
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
