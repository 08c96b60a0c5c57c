//! Which database is meant where code runs: by a handle, by an alias, or without any.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use super::database::Database;
use super::databases::Databases;
use super::surroundings::Surroundings;
use crate::error::{QueryMistake, Result, SetupMistake};
use crate::queryset::Using;

/// The alias of the database that serves when none is named.
const DEFAULT: &str = "default";

static SETUP: OnceLock<Databases> = OnceLock::new();

impl Databases {
    /// Those of the calling code, if it has any.
    fn current() -> Option<Self> {
        let here = Surroundings::look(|surroundings| surroundings.databases.clone()).flatten();
        here.or_else(|| SETUP.get().cloned())
    }

    /// Those of the calling code, but for the default one.
    pub(super) fn current_with_default(database: Database) -> Self {
        Self::current().unwrap_or_default().add(DEFAULT, database)
    }

    /// Runs a future in which these are the databases, instead of those of [`setup`]. Tasks that it spawns do not
    /// inherit them.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        let surroundings = Surroundings { databases: Some(self), ..Surroundings::current() };
        surroundings.scope(future).await
    }
}

/// Sets the databases of the program, once.
///
/// # Errors
/// `Configuration` if they are set already.
pub fn setup(databases: Databases) -> Result<()> {
    SETUP.set(databases).map_err(|_| SetupMistake::SetUpTwice.into())
}

impl Database {
    /// Runs a future in which this is the default database: for tests and tenants. Tasks that it spawns do not inherit
    /// it.
    pub async fn scope<F: Future>(&self, future: F) -> F::Output {
        Databases::new().add(DEFAULT, self.clone()).scope(future).await
    }

    /// The database that is meant.
    pub(crate) fn resolve(using: &Using) -> Result<Self> {
        Self::named(using)?.apart()
    }

    /// The same, unless a transaction of the database waits for the calling code.
    pub(crate) fn apart(self) -> Result<Self> {
        let waits = |surroundings: &Surroundings| surroundings.waiting.iter().any(|waiting| waiting.is_same(&self));
        if self.held().is_none() && Surroundings::look(waits) == Some(true) {
            return Err(QueryMistake::TransactionWaits.into());
        }
        Ok(self)
    }

    /// The database that a name means here.
    pub(crate) fn named(using: &Using) -> Result<Self> {
        let named = match using {
            Using::Handle(handle) => Self::from_handle(Arc::clone(handle)),
            Using::Alias(alias) => current()?.get(alias).cloned(),
            Using::Default => current()?.get(DEFAULT).cloned(),
        };
        named.map(Self::or_stand_in)
    }

    /// What is asked here instead, in a `test_scope`. (A transaction that has begun there is in it already.)
    fn or_stand_in(self) -> Self {
        let find = |surroundings: &Surroundings| {
            let found = surroundings.stand_ins.iter().rev().find(|(database, _)| database.is_same(&self));
            found.map(|(_, stand_in)| stand_in.clone())
        };
        Surroundings::look(find).flatten().unwrap_or(self)
    }
}

fn current() -> Result<Databases> {
    Databases::current().ok_or_else(|| SetupMistake::NoDatabase.into())
}
