//! `atomic`: a closure in a transaction.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::panic::resume_unwind;
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;

use super::body::{Body, Once, Repeated};
use super::sync_to_async::{arrival, crossing};
use super::threads;
use super::transaction::{Transaction, innermost, run_outermost};
use super::wait::wait;
use crate::driver::{Isolation, TransactionOptions};
use crate::error::{Error, QueryMistake, Result, Retry};
use crate::exec::Database;
use crate::queryset::Using;

/// Runs a closure in a transaction: `atomic(|tx| …).await?` from async code, `atomic(|tx| …).run()?` from sync code.
///
/// Commits when the closure returns `Ok`, rolls back when it returns an error or panics. Awaited, it takes a connection
/// first, then runs on a thread that may block; dropped before the closure has begun, it never runs, and dropped later, it
/// runs to its end. Inside another transaction of the same database on the same thread, `run` is a savepoint.
///
/// Any error but [`CommitOutcomeUnknown`](crate::error::ErrorKind::CommitOutcomeUnknown) and
/// [`CommittedByStatement`](crate::error::ErrorKind::CommittedByStatement) means that nothing was committed. That includes an
/// error of the database that the closure caught, unless it was caught around a savepoint.
pub fn atomic<F, T>(work: F) -> Atomic<Once<F>, T, Error>
where
    F: FnOnce(&Transaction) -> Result<T>,
{
    try_atomic(work)
}

/// The same, with an error type of your own: `try_atomic(|tx| -> Result<_, MyError> { … })`.
pub fn try_atomic<E, F, T>(work: F) -> Atomic<Once<F>, T, E>
where
    F: FnOnce(&Transaction) -> Result<T, E>,
    E: From<Error>,
{
    Atomic { body: Once(Some(work)), settings: Settings::default(), output: PhantomData }
}

/// A transaction to be awaited or run: see [`atomic`].
#[must_use = "a transaction does nothing until it is awaited or run"]
pub struct Atomic<B, T, E> {
    body: B,
    settings: Settings,
    output: PhantomData<fn() -> (T, E)>,
}

#[derive(Debug, Default)]
struct Settings {
    using: Using,
    options: TransactionOptions,
    durable: bool,
    timeout: Option<Duration>,
}

impl<B, T, E> Atomic<B, T, E> {
    /// Runs in another database than the default one: `&db`, or an alias.
    pub fn using(mut self, using: impl Into<Using>) -> Self {
        self.settings.using = using.into();
        self
    }

    /// What the transaction sees of concurrent ones. Without it: READ COMMITTED on servers; SQLite is always
    /// serializable. Only for the outermost one.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.settings.options.isolation = Some(isolation);
        self
    }

    /// Whether the transaction only reads: on SQLite it then does not wait for those that write. Only for the outermost
    /// one.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.settings.options.read_only = read_only;
        self
    }

    /// Whether it must be the outermost one, so that its changes are kept when it returns.
    pub fn durable(mut self, durable: bool) -> Self {
        self.settings.durable = durable;
        self
    }

    /// How long all of it may take, but for the wait for a connection. Then the statement that runs is cancelled,
    /// and everything is undone. Only for the outermost one.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.settings.timeout = Some(limit);
        self
    }
}

impl<F: Clone, T, E> Atomic<Once<F>, T, E> {
    /// Runs the closure again, up to so often, when the database ended the transaction in favour of another one
    /// (serialization failure, deadlock, a lock not had in time), after a short wait of random length. Never when it may
    /// have been committed. Inside another transaction it has no effect: that one must be tried again as a whole.
    ///
    /// Each attempt runs a clone of the closure, with what it captured as it was at first; so all of that must be `Clone`.
    pub fn retries(self, times: u32) -> Atomic<Repeated<F>, T, E> {
        let Self { body: Once(work), settings, .. } = self;
        Atomic { body: Repeated { work, times }, settings, output: PhantomData }
    }
}

impl<B: Body<T, E>, T, E: From<Error>> Atomic<B, T, E> {
    /// Runs the transaction on this thread.
    ///
    /// # Errors
    /// The closure's own, those of the database, and `SynchronousOnlyOperation` on a thread that drives async tasks.
    pub fn run(self) -> Result<T, E> {
        let Self { mut body, settings, .. } = self;
        let database = Database::named(&settings.using)?;
        if let Some(outer) = innermost(&database) {
            settings.check_nested()?;
            return outer.try_savepoint(|transaction| once(&mut body, transaction));
        }
        let database = database.apart()?;
        let begun = wait("atomic", settings.begin(&database))?;
        settings.transact(&database, begun, &mut body)
    }
}

/// A closure that is no longer known by its type, so that what runs it is compiled once for all that give the same.
type AnyBody<T, E> = Box<dyn Body<T, E> + Send>;

async fn awaited<T, E>(settings: Settings, mut body: AnyBody<T, E>) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let database = Database::resolve(&settings.using)?;
    // First, so that there are never more threads than connections.
    let begun = Begun(Some(settings.begin(&database).await?));
    let (task, answer) = crossing(move || settings.transact(&database, begun.take()?, &mut *body));
    threads::run(task)?;
    arrival(answer).await?
}

impl<B, T, E> IntoFuture for Atomic<B, T, E>
where
    B: Body<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    type Output = Result<T, E>;
    type IntoFuture = BoxFuture<'static, Result<T, E>>;

    fn into_future(self) -> BoxFuture<'static, Result<T, E>> {
        let Self { body, settings, .. } = self;
        Box::pin(awaited(settings, Box::new(body)))
    }
}

/// A transaction on its way to its thread.
struct Begun(Option<Database>);

impl Begun {
    fn take(mut self) -> Result<Database> {
        self.0.take().ok_or_else(|| Error::internal("a transaction was begun, and taken before"))
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        // Its outcome is not wanted any more. On the thread it was meant for, its connection can be saved.
        if let Some(database) = &self.0 {
            roll_back(database);
        }
    }
}

impl Settings {
    fn begin<'a>(&self, database: &'a Database) -> impl Future<Output = Result<Database>> + use<'a> {
        database.begin(self.options, self.timeout)
    }

    fn check_nested(&self) -> Result<()> {
        let setting = match self {
            Self { durable: true, .. } => "durable",
            Self { options: TransactionOptions { isolation: Some(_), .. }, .. } => "isolation",
            Self { options: TransactionOptions { read_only: true, .. }, .. } => "read_only",
            Self { timeout: Some(_), .. } => "timeout",
            _ => return Ok(()),
        };
        Err(QueryMistake::InsideTransaction { setting }.into())
    }

    /// Runs a body in a transaction that has begun, and in further ones if it must be tried again.
    fn transact<T, E>(&self, database: &Database, begun: Database, body: &mut dyn Body<T, E>) -> Result<T, E>
    where
        E: From<Error>,
    {
        let mut begun = begun;
        let mut attempt = 0;
        loop {
            let (error, cause) = match attempt_once(begun, body) {
                Ok(value) => return Ok(value),
                Err(failed) => failed,
            };
            let again = cause.is_some_and(|cause| cause.retry() == Retry::Safe) && attempt < body.retries();
            if !again {
                return Err(error);
            }
            attempt += 1;
            wait("atomic", pause(attempt))?;
            begun = wait("atomic", self.begin(database))?;
        }
    }
}

/// Runs a body in a transaction. An error comes with what the database said last.
fn attempt_once<T, E>(begun: Database, body: &mut dyn Body<T, E>) -> Result<T, (E, Option<Error>)>
where
    E: From<Error>,
{
    let database = begun.clone();
    let not_held = || (E::from(Error::internal("a transaction was begun without a connection")), None);
    let held = database.held().ok_or_else(not_held)?;
    let ((outcome, rolls_back), hooks) = run_outermost(begun, |transaction| once(body, transaction));
    // Whatever the closure says of it: neither is it undone, nor all of it kept.
    let committed = held.committed_by_statement().filter(|_| outcome.is_ok());
    if let Some(error) = committed {
        roll_back(&database);
        return Err((E::from(error.clone()), Some(error)));
    }
    let value = match outcome {
        Ok(Ok(value)) => value,
        Ok(Err(error)) => {
            roll_back(&database);
            return Err((error, held.cause()));
        }
        Err(panic) => {
            roll_back(&database);
            resume_unwind(panic)
        }
    };
    if rolls_back {
        roll_back(&database);
        return Ok(value);
    }
    wait("atomic", database.commit()).map_err(|error| (E::from(error.clone()), Some(error)))?;
    hooks.run();
    Ok(value)
}

fn once<T, E: From<Error>>(body: &mut dyn Body<T, E>, transaction: &Transaction) -> Result<T, E> {
    body.run(transaction).unwrap_or_else(|| Err(Error::internal("the closure has run already").into()))
}

fn roll_back(database: &Database) {
    // A connection on which even this fails is closed, which rolls back too.
    wait("atomic", database.roll_back()).unwrap_or_default();
}

/// Waits a little, longer each time, and never as long as the others that were turned away at the same moment.
async fn pause(attempt: u32) -> Result<()> {
    const SHORTEST: Duration = Duration::from_millis(2);
    const LONGEST: Duration = Duration::from_millis(250);
    let most = SHORTEST.saturating_mul(1 << attempt.min(7)).min(LONGEST);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    // The clock and the thread tell rivals apart well enough.
    let seed = uuid::Uuid::new_v4().as_u128() ^ now.as_nanos();
    let part = f64::from(u16::try_from(seed % 1_000).unwrap_or_default()) / 1_000.0;
    tokio::time::sleep(most.mul_f64(part)).await;
    Ok(())
}

impl<B, T, E> fmt::Debug for Atomic<B, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Atomic").field("settings", &self.settings).finish_non_exhaustive()
    }
}
