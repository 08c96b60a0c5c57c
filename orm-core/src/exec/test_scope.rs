//! Tests in one transaction that is undone.

use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;

use futures::FutureExt;

use super::database::Database;
use super::databases::Databases;
use super::surroundings::Surroundings;
use crate::driver::Shared;
use crate::error::Result;

impl Database {
    /// Runs a whole test, the code under test included, in one transaction that is rolled back afterwards, also on a panic
    /// (Django's `TestCase`).
    ///
    /// Everything in the future that asks this database is in it: a-methods, streams, transactions, sync code behind
    /// [`sync_to_async`](crate::bridge::sync_to_async), by whatever handle or alias; and it is the default database
    /// there. What is asked at the same time takes turns. Each statement and each [`atomic`](crate::bridge::atomic) is a
    /// savepoint, so errors undo what they would have undone outside; work for
    /// [`on_commit`](crate::bridge::on_commit) runs when the outermost `atomic` ends.
    ///
    /// Tasks that it spawns are not in it. Scopes of the same database may be nested; the inner one is undone alone.
    ///
    /// # Errors
    /// Those of beginning a transaction. What the future returns is not looked at.
    pub async fn test_scope<F: Future>(&self, future: F) -> Result<F::Output> {
        let outer = Self::resolve(&self.into())?;
        let shared = Arc::new(Shared::begin(outer.driver()).await?);
        let inside = outer.with_driver(Arc::clone(&shared) as _);
        let surroundings = Surroundings {
            databases: Some(Databases::current_with_default(self.clone())),
            ..Surroundings::current().standing_in(self.clone(), inside)
        };
        let outcome = AssertUnwindSafe(surroundings.scope(future)).catch_unwind().await;
        // A connection on which even this fails is closed, which rolls back too.
        shared.roll_back().await.unwrap_or_default();
        Ok(outcome.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}
