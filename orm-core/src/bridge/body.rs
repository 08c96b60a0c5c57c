//! The closures of transactions: what runs once, and what may run again.

use std::fmt;

use super::transaction::Transaction;
use crate::error::Result;

/// A closure that runs once, or several times.
pub trait Body<T, E> {
    /// Runs it; none if it has run already and cannot again.
    fn run(&mut self, transaction: &Transaction) -> Option<Result<T, E>>;

    /// How often it may be tried again.
    fn retries(&self) -> u32 {
        0
    }
}

/// A closure that runs once.
pub struct Once<F>(pub(super) Option<F>);

/// A closure of which clones run.
pub struct Repeated<F> {
    pub(super) work: Option<F>,
    pub(super) times: u32,
}

impl<T, E, F: FnOnce(&Transaction) -> Result<T, E>> Body<T, E> for Once<F> {
    fn run(&mut self, transaction: &Transaction) -> Option<Result<T, E>> {
        self.0.take().map(|work| work(transaction))
    }
}

impl<T, E, F: FnOnce(&Transaction) -> Result<T, E> + Clone> Body<T, E> for Repeated<F> {
    fn run(&mut self, transaction: &Transaction) -> Option<Result<T, E>> {
        self.work.clone().map(|work| work(transaction))
    }

    fn retries(&self) -> u32 {
        self.times
    }
}

impl<F> fmt::Debug for Once<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Once")
    }
}

impl<F> fmt::Debug for Repeated<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repeated").field("times", &self.times).finish_non_exhaustive()
    }
}
