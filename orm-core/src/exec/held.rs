//! A transaction that verbs run in, instead of on the pool.

use std::fmt;
use std::time::{Duration, Instant};

use futures::future::Either;
use futures::lock::{Mutex, MutexGuard};
use tokio::time::timeout_at;

use crate::driver::{Answer, Session, at_hand, later};
use crate::error::{Error, ErrorKind, QueryMistake, Result, Waiting};
use crate::row::Rows;
use crate::statement::{Done, Statement};

/// A transaction and what became of it. Used by one thread; the lock is never waited for.
pub(crate) struct Held {
    state: Mutex<State>,
    /// Whether what it is asked never waits.
    at_once: bool,
}

struct State {
    session: Box<dyn Session>,
    /// How many savepoints are open.
    depth: u32,
    /// The first error of the database since the innermost savepoint.
    broken: Option<Error>,
    /// The last error that had the whole transaction, or a part of it, rolled back: it says whether to try again.
    cause: Option<Error>,
    deadline: Option<Deadline>,
}

/// How many savepoints may be open inside each other. Each has a closure on the stack of its thread.
const MOST_SAVEPOINTS: u32 = 100;

/// How long after its deadline a transaction waits for the answer to its COMMIT.
const LAST_WORD: Duration = Duration::from_secs(2);

/// When a transaction must have ended.
#[derive(Debug, Clone, Copy)]
struct Deadline {
    at: Instant,
    limit: Duration,
}

impl Held {
    pub(super) fn new(mut session: Box<dyn Session>, limit: Option<Duration>) -> Self {
        let deadline = limit.and_then(|limit| Some(Deadline { at: Instant::now().checked_add(limit)?, limit }));
        if let Some(deadline) = deadline {
            session.interrupt_at(deadline.at);
        }
        let at_once = session.answers_at_once();
        Self { at_once, state: Mutex::new(State { session, depth: 0, broken: None, cause: None, deadline }) }
    }

    pub(super) async fn fetch(&self, statement: &Statement, rows: Box<dyn Rows>) -> Result<Box<dyn Rows>> {
        let mut state = self.usable()?;
        let deadline = state.deadline;
        let outcome = in_time(deadline, state.session.fetch(statement, rows)).await;
        state.note(outcome)
    }

    pub(super) async fn execute(&self, statement: &Statement) -> Result<Done> {
        let mut state = self.usable()?;
        let deadline = state.deadline;
        let outcome = in_time(deadline, state.session.execute(statement)).await;
        state.note(outcome)
    }

    /// The same without a future, where the answer is at hand: thousands of rows are saved this way.
    pub(super) fn execute_now(&self, statement: &Statement) -> Option<Result<Done>> {
        if !self.at_once {
            return None;
        }
        let run = || {
            let mut state = self.usable()?;
            let deadline = state.deadline;
            let outcome = match in_time(deadline, state.session.execute(statement)) {
                Either::Left(outcome) => outcome.into_inner(),
                Either::Right(_) => Err(Error::internal("the session did not answer at once")),
            };
            state.note(outcome)
        };
        Some(run())
    }

    pub(super) async fn execute_all(&self, statements: Vec<Statement>) -> Result<Vec<Done>> {
        let mut done = Vec::with_capacity(statements.len());
        for statement in statements {
            done.push(self.execute(&statement).await?);
        }
        Ok(done)
    }

    /// Looks something up for the sake of an error's message, although the transaction is broken: for databases that
    /// go on after an error.
    pub(super) async fn look_up(&self, statement: &Statement, rows: Box<dyn Rows>) -> Result<Box<dyn Rows>> {
        self.lock()?.session.fetch(statement, rows).await
    }

    /// Sets a savepoint and tells its number.
    pub(crate) async fn savepoint(&self) -> Result<u32> {
        let mut state = self.usable()?;
        let (number, deadline) = (state.depth + 1, state.deadline);
        if number > MOST_SAVEPOINTS {
            let (found, limit) = (number.into(), MOST_SAVEPOINTS.into());
            return Err(ErrorKind::TooComplex { what: "savepoints inside each other", found, limit }.into());
        }
        let outcome = in_time(deadline, state.session.savepoint(number)).await;
        state.note(outcome)?;
        state.depth = number;
        Ok(number)
    }

    /// Ends a savepoint and keeps what was done since; an error, and all undone, if the database had refused something.
    pub(crate) async fn release(&self, number: u32) -> Result<()> {
        let refusal = self.lock()?.refusal();
        if let Some(error) = refusal {
            self.roll_back_to(number).await?;
            return Err(error);
        }
        let mut state = self.lock()?;
        let deadline = state.deadline;
        let outcome = in_time(deadline, state.session.release(number)).await;
        state.note(outcome)?;
        state.depth = number - 1;
        Ok(())
    }

    /// Ends a savepoint and undoes what was done since. Heals a transaction that was broken since.
    pub(crate) async fn roll_back_to(&self, number: u32) -> Result<()> {
        let mut state = self.lock()?;
        if state.session.has_ended() {
            return Err(state.broken());
        }
        let deadline = state.deadline;
        let outcome = in_time(deadline, state.session.roll_back_to(number)).await;
        state.note(outcome)?;
        state.depth = number - 1;
        state.broken = None;
        Ok(())
    }

    /// Commits; an error, and all undone, if the database had refused something that no savepoint undid, or the time is up.
    pub(crate) async fn commit(&self) -> Result<()> {
        let refusal = self.usable().err();
        if let Some(error) = refusal {
            self.roll_back().await?;
            return Err(error);
        }
        let mut state = self.lock()?;
        let deadline = state.deadline;
        let outcome = in_time_to_know(deadline, state.session.commit()).await;
        state.note(outcome)
    }

    /// Undoes everything.
    pub(crate) async fn roll_back(&self) -> Result<()> {
        self.lock()?.session.roll_back().await
    }

    /// Says the error that broke the transaction in the words of the model, which knows more of it than the database told: it is
    /// what later statements and the commit give as their cause.
    pub(super) fn completes(&self, told: &Error, completed: &Error) {
        let Ok(mut state) = self.lock() else { return };
        let State { broken, cause, .. } = &mut *state;
        for noted in [broken, cause].into_iter().flatten().filter(|noted| noted.kind() == told.kind()) {
            *noted = completed.clone();
        }
    }

    /// Tells whether what it is asked never waits.
    pub(crate) fn answers_at_once(&self) -> bool {
        self.at_once
    }

    /// The error of a statement that committed the transaction, which then cannot be undone.
    pub(crate) fn committed_by_statement(&self) -> Option<Error> {
        self.cause().filter(|cause| *cause.kind() == ErrorKind::CommittedByStatement)
    }

    /// The last error of the database in this transaction.
    pub(crate) fn cause(&self) -> Option<Error> {
        self.lock().ok().and_then(|state| state.cause.clone())
    }

    #[inline]
    fn lock(&self) -> Result<MutexGuard<'_, State>> {
        self.state.try_lock().ok_or_else(|| QueryMistake::TransactionBusy.into())
    }

    /// The transaction, if it may go on.
    #[inline]
    fn usable(&self) -> Result<MutexGuard<'_, State>> {
        let mut state = self.lock()?;
        if let Some(error) = state.refusal() {
            return Err(error);
        }
        if let Some(deadline) = state.deadline.filter(|deadline| deadline.has_passed()) {
            let expired = deadline.expired();
            state.broken = Some(expired.clone());
            state.cause = Some(expired.clone());
            return Err(expired);
        }
        Ok(state)
    }
}

impl State {
    /// Keeps the first error of the database.
    #[inline]
    fn note<T>(&mut self, outcome: Result<T>) -> Result<T> {
        // What was refused before it was sent has broken nothing.
        if let Err(error) = &outcome
            && !error.is_unsent()
        {
            self.broken.get_or_insert_with(|| error.clone());
            self.cause = Some(error.clone());
        }
        outcome
    }

    /// Why nothing more may be sent. (A session that has ended refuses in the same words.)
    #[inline]
    fn refusal(&self) -> Option<Error> {
        self.broken.is_some().then(|| self.broken())
    }

    fn broken(&self) -> Error {
        let broken = Error::new(ErrorKind::BrokenTransaction);
        match self.broken.as_ref().or(self.cause.as_ref()) {
            Some(cause) => broken.with_source(cause.clone()),
            None => broken,
        }
    }
}

impl Deadline {
    fn has_passed(self) -> bool {
        Instant::now() >= self.at
    }

    fn expired(self) -> Error {
        ErrorKind::Timeout { what: Waiting::Transaction, after: Some(self.limit) }.into()
    }

    /// The outcome of what ended at the deadline or before.
    fn judge<T>(self, outcome: Result<T>) -> Result<T> {
        match outcome {
            Err(error) if self.has_passed() => Err(self.expired().with_source(error)),
            outcome => outcome,
        }
    }
}

/// Waits until the deadline. A statement that is left at it takes the connection with it.
#[inline]
fn in_time<'s, T: 's>(deadline: Option<Deadline>, answer: Answer<'s, T>) -> Answer<'s, T> {
    let Some(deadline) = deadline else { return answer };
    match answer {
        Either::Left(outcome) => at_hand(deadline.judge(outcome.into_inner())),
        Either::Right(outcome) => later(async move {
            match timeout_at(deadline.at.into(), outcome).await {
                Ok(outcome) => deadline.judge(outcome),
                Err(_) => Err(deadline.expired()),
            }
        }),
    }
}

/// Waits longer than the deadline: who leaves a COMMIT without its answer does not know what became of it.
async fn in_time_to_know(deadline: Option<Deadline>, commit: Answer<'_, ()>) -> Result<()> {
    match (commit, deadline) {
        (Either::Right(commit), Some(deadline)) => {
            let last = deadline.at.checked_add(LAST_WORD).unwrap_or(deadline.at);
            let unknown = || Error::new(ErrorKind::CommitOutcomeUnknown).with_source(deadline.expired());
            timeout_at(last.into(), commit).await.unwrap_or_else(|_| Err(unknown()))
        }
        (commit, _) => commit.await,
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").finish_non_exhaustive()
    }
}
