//! Transactions as sync code sees them.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::thread;

use super::wait::wait_in;
use crate::error::{Error, QueryMistake, Result};
use crate::exec::{Database, Held};

/// An open transaction, or a savepoint in one. The closure of [`atomic`](super::atomic) gets a reference to it.
///
/// It cannot leave its thread: a transaction is never held across an `.await`, so nothing can drop it half-way.
pub struct Transaction {
    /// A handle whose statements run in the transaction.
    database: Database,
    hooks: Rc<RefCell<Vec<Work>>>,
    rolls_back: Cell<bool>,
}

type Work = Box<dyn FnOnce()>;

thread_local! {
    /// The open transactions and savepoints of this thread, innermost last.
    static OPEN: RefCell<Vec<Rc<Transaction>>> = const { RefCell::new(Vec::new()) };
}

impl Transaction {
    /// Runs a closure in a savepoint: on an error or a panic, what it did is undone, and the transaction can go on.
    ///
    /// # Errors
    /// The closure's own, and those of the database.
    pub fn savepoint<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        self.try_savepoint(work)
    }

    /// The same, with an error type of your own.
    ///
    /// # Errors
    /// The closure's own, and those of the database.
    pub fn try_savepoint<T, E: From<Error>>(&self, work: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        let held = self.held()?;
        let number = wait_in(Some(held), "savepoint", held.savepoint())?;
        let before = self.hooks.borrow().len();
        let inner =
            Self { database: self.database.clone(), hooks: Rc::clone(&self.hooks), rolls_back: Cell::new(false) };
        let (outcome, rolls_back) = run_in(inner, work);
        let ended = match &outcome {
            Ok(Ok(_)) if !rolls_back => wait_in(Some(held), "savepoint", held.release(number)),
            // If this fails, the whole transaction is broken, and says so at its next statement.
            Ok(Ok(_)) => wait_in(Some(held), "savepoint", held.roll_back_to(number)),
            Ok(Err(_)) | Err(_) => wait_in(Some(held), "savepoint", held.roll_back_to(number)).or(Ok(())),
        };
        if rolls_back || ended.is_err() || !matches!(outcome, Ok(Ok(_))) {
            let undone = self.hooks.borrow_mut().split_off(before);
            drop(undone);
        }
        let value = outcome.unwrap_or_else(|panic| resume_unwind(panic))?;
        ended?;
        Ok(value)
    }

    /// Runs a closure after the outermost transaction has been committed, in the order of the calls. Those of a part that
    /// was rolled back are forgotten. An error or panic in one is reported to `tracing`, undoes nothing, and does not
    /// keep the others from running.
    pub fn on_commit<R: Hook>(&self, work: impl FnOnce() -> R + 'static) {
        self.hooks.borrow_mut().push(Box::new(move || report(work)));
    }

    /// Whether the transaction, or the savepoint, is rolled back although its closure returns `Ok`.
    pub fn set_rollback(&self, rolls_back: bool) {
        self.rolls_back.set(rolls_back);
    }

    /// Runs one SQL statement as it stands, and gives the number of rows it changed.
    ///
    /// # Errors
    /// `Query` (`TransactionCommand`) for `COMMIT`, `BEGIN` and their like, `Unsupported` for another statement that would end the
    /// transaction: on MySQL and MariaDB, `CREATE TABLE` does.
    pub fn execute_sql(&self, sql: impl Into<std::sync::Arc<str>>) -> Result<u64> {
        wait_in(self.database.held(), "execute_sql", self.database.execute_sql(sql))
    }

    /// A handle whose statements run in the transaction.
    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    fn held(&self) -> Result<&Held> {
        self.database.held().ok_or_else(|| QueryMistake::TransactionEnded.into())
    }
}

/// How the closure of a transaction ended, and whether it wants to be undone.
pub(super) type Outcome<T, E> = (thread::Result<Result<T, E>>, bool);

/// Runs a closure while a transaction is the innermost of its thread.
fn run_in<T, E>(transaction: Transaction, work: impl FnOnce(&Transaction) -> Result<T, E>) -> Outcome<T, E> {
    let transaction = Rc::new(transaction);
    OPEN.with_borrow_mut(|open| open.push(Rc::clone(&transaction)));
    let outcome = catch_unwind(AssertUnwindSafe(|| work(&transaction)));
    OPEN.with_borrow_mut(Vec::pop);
    (outcome, transaction.rolls_back.get())
}

/// Runs the closure of an outermost transaction, and hands out what is to be done after its commit.
pub(super) fn run_outermost<T, E>(
    database: Database,
    work: impl FnOnce(&Transaction) -> Result<T, E>,
) -> (Outcome<T, E>, Hooks) {
    let hooks = Rc::new(RefCell::new(Vec::new()));
    let transaction = Transaction { database, hooks: Rc::clone(&hooks), rolls_back: Cell::new(false) };
    let outcome = run_in(transaction, work);
    (outcome, Hooks(hooks.take()))
}

/// What is to be done after a commit.
pub(super) struct Hooks(Vec<Work>);

impl Hooks {
    pub(super) fn run(self) {
        self.0.into_iter().for_each(|work| work());
    }
}

/// The innermost transaction of this thread on a database.
pub(super) fn innermost(database: &Database) -> Option<Rc<Transaction>> {
    OPEN.with_borrow(|open| open.iter().rev().find(|transaction| transaction.database.is_same(database)).cloned())
}

/// The databases of the open transactions of this thread.
pub(super) fn open() -> Vec<Database> {
    OPEN.with_borrow(|open| open.iter().map(|transaction| transaction.database.clone()).collect())
}

/// Runs a closure after the commit of this thread's transaction; outside of one, at once.
pub fn on_commit<R: Hook>(work: impl FnOnce() -> R + 'static) {
    match OPEN.with_borrow(|open| open.last().cloned()) {
        Some(transaction) => transaction.on_commit(work),
        None => report(work),
    }
}

/// What a closure for after the commit may return: nothing, or a result whose error is reported.
pub trait Hook {
    /// The error, in words.
    fn failure(self) -> Option<String>;
}

impl Hook for () {
    fn failure(self) -> Option<String> {
        None
    }
}

impl<T, E: fmt::Display> Hook for Result<T, E> {
    fn failure(self) -> Option<String> {
        self.err().map(|error| error.to_string())
    }
}

fn report<R: Hook>(work: impl FnOnce() -> R) {
    let failure = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(outcome) => outcome.failure(),
        Err(_) => Some("it panicked".to_owned()),
    };
    if let Some(failure) = failure {
        tracing::error!(target: "dormouse", error = failure, "work after a commit failed; the commit stands");
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").field("on", &self.database).finish_non_exhaustive()
    }
}
