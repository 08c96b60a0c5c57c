//! What code takes from where it runs, and takes along when it changes threads: databases, open transactions, and who
//! listens to its queries.

use std::future::Future;

use super::database::Database;
use super::databases::Databases;
use super::record::Recorder;
use super::trace::Traced;

tokio::task_local! {
    static CURRENT: Surroundings;
}

/// Where code runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    /// Instead of those of `setup`.
    pub(super) databases: Option<Databases>,
    /// What listens to what is sent. It has a place of its own (a statement asks it, and it knows no database).
    pub(super) recorder: Option<Recorder>,
    /// Databases with a transaction that waits, on another thread, for this code: to ask them here could wait for that
    /// very transaction.
    pub(super) waiting: Vec<Database>,
    /// Databases, and the one that is asked instead of each; the last counts.
    pub(super) stand_ins: Vec<(Database, Database)>,
    /// In which span of `tracing` it is, so that its statements are in that on other threads too.
    pub(super) traced: Option<Traced>,
}

impl Surroundings {
    /// Those of the calling code.
    pub(crate) fn current() -> Self {
        Self { recorder: Recorder::current(), traced: Traced::current(), ..Self::look(Self::clone).unwrap_or_default() }
    }

    /// Looks at those of the calling code, if it has any.
    pub(super) fn look<T>(look: impl FnOnce(&Self) -> T) -> Option<T> {
        CURRENT.try_with(look).ok()
    }

    /// The same, of code that transactions of these databases wait for.
    pub(crate) fn awaited_by(mut self, transactions: impl IntoIterator<Item = Database>) -> Self {
        self.waiting.extend(transactions);
        self
    }

    /// The same, where one database is asked instead of another.
    pub(super) fn standing_in(mut self, of: Database, with: Database) -> Self {
        self.stand_ins.push((of, with));
        self
    }

    /// Runs a future in them. Tasks that it spawns do not inherit them.
    pub(crate) async fn scope<F: Future>(self, future: F) -> F::Output {
        let recorder = self.recorder.clone();
        Recorder::scope(recorder, CURRENT.scope(self, future)).await
    }

    /// Runs a closure in them.
    pub(crate) fn run<T>(self, work: impl FnOnce() -> T) -> T {
        let (recorder, traced) = (self.recorder.clone(), self.traced.clone());
        Traced::run(traced, || Recorder::run(recorder, || CURRENT.sync_scope(self, work)))
    }
}
