//! Sync querysets: each method waits for the a-method of the same name.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::vec;

use super::transaction::{Transaction, innermost};
use super::wait::wait_in;
use crate::error::{Error, Result};
use crate::exec::{Action, Database, Deleted};
use crate::expr::{AggregateSelection, Assignments, Orders, Q};
use crate::model::{IntoDraft, Model};
use crate::queryset::{QuerySet, Source, Using};
use crate::value::Here;

/// A queryset to be asked by sync code, in a transaction (`qs.using(tx)`) or on the pool (`qs.blocking()`).
///
/// On a thread that drives async tasks, each method returns `SynchronousOnlyOperation`. On a thread inside `atomic`, all
/// of them run in its transaction.
#[must_use = "a queryset does nothing until it is asked"]
pub struct SyncQuerySet<'t, M, T = M> {
    queryset: QuerySet<M, T>,
    /// It ends before its transaction, and on the same thread.
    transaction: PhantomData<&'t Transaction>,
}

impl<'t> Source for &'t Transaction {
    type QuerySet<M, T> = SyncQuerySet<'t, M, T>;

    fn of<M, T>(self, queryset: QuerySet<M, T>) -> SyncQuerySet<'t, M, T> {
        SyncQuerySet { queryset: queryset.using(self.database()), transaction: PhantomData }
    }
}

/// Sync evaluation outside of a transaction.
pub trait Blocking {
    /// The sync queryset.
    type Sync;

    /// The same question, to be asked by sync code.
    fn blocking(self) -> Self::Sync;
}

impl<M, T> Blocking for QuerySet<M, T> {
    type Sync = SyncQuerySet<'static, M, T>;

    fn blocking(self) -> Self::Sync {
        SyncQuerySet { queryset: self, transaction: PhantomData }
    }
}

/// The database that sync code means: in its transaction, if this thread has one there.
pub(super) fn settle(using: &Using) -> Result<Database> {
    let database = Database::named(using)?;
    if database.held().is_some() {
        return Ok(database);
    }
    match innermost(&database) {
        Some(transaction) => Ok(transaction.database().clone()),
        None => database.apart(),
    }
}

impl<M: Model, T: Send + 'static> SyncQuerySet<'_, M, T> {
    /// Narrows or orders the question further: `.change(|books| books.filter(…).limit(3))`.
    pub fn change(self, change: impl FnOnce(QuerySet<M, T>) -> QuerySet<M, T>) -> Self {
        Self { queryset: change(self.queryset), ..self }
    }

    /// Keeps the rows for which a condition is true.
    pub fn filter(self, condition: impl FnOnce(&'static M::Fields<M, Here>) -> Q<M>) -> Self {
        self.change(|queryset| queryset.filter(condition))
    }

    /// Leaves out the rows for which a condition is true.
    pub fn exclude(self, condition: impl FnOnce(&'static M::Fields<M, Here>) -> Q<M>) -> Self {
        self.change(|queryset| queryset.exclude(condition))
    }

    /// Orders the rows.
    pub fn order_by<O: Orders<M>>(self, order: impl FnOnce(&'static M::Fields<M, Here>) -> O) -> Self {
        self.change(|queryset| queryset.order_by(order))
    }

    /// All rows.
    ///
    /// # Errors
    /// Those of the database.
    pub fn to_vec(self) -> Result<Vec<T>> {
        self.ask("to_vec", IntoFuture::into_future)
    }

    /// Every so many-th row, beginning with the first: the step of a slice.
    ///
    /// # Errors
    /// Those of the database.
    pub fn step_by(self, step: usize) -> Result<Vec<T>> {
        Ok(self.to_vec()?.into_iter().step_by(step.max(1)).collect())
    }

    /// The first row, if any; without an order, by key.
    ///
    /// # Errors
    /// Those of the database.
    pub fn first(self) -> Result<Option<T>> {
        self.ask("first", QuerySet::afirst)
    }

    /// The last row, if any; without an order, by key.
    ///
    /// # Errors
    /// Those of the database.
    pub fn last(self) -> Result<Option<T>> {
        self.ask("last", QuerySet::alast)
    }

    /// The row at an index, if any; without an order, by key.
    ///
    /// # Errors
    /// Those of the database.
    pub fn nth(self, index: u64) -> Result<Option<T>> {
        self.ask("nth", |queryset| queryset.offset(index).limit(1).afirst())
    }

    /// The one row for which a condition is true.
    ///
    /// # Errors
    /// `DoesNotExist` or `MultipleObjectsReturned`.
    pub fn get(self, condition: impl FnOnce(&'static M::Fields<M, Here>) -> Q<M>) -> Result<T> {
        self.ask("get", |queryset| queryset.aget(condition))
    }

    /// The one row of the queryset.
    ///
    /// # Errors
    /// `DoesNotExist` or `MultipleObjectsReturned`.
    pub fn get_one(self) -> Result<T> {
        self.ask("get_one", QuerySet::aget_one)
    }

    /// The one row for which a condition is true, if any.
    ///
    /// # Errors
    /// `MultipleObjectsReturned`.
    pub fn get_opt(self, condition: impl FnOnce(&'static M::Fields<M, Here>) -> Q<M>) -> Result<Option<T>> {
        self.ask("get_opt", |queryset| queryset.aget_opt(condition))
    }

    /// The row that comes last by these columns.
    ///
    /// # Errors
    /// `DoesNotExist` of no rows.
    pub fn latest<O: Orders<M>>(self, by: impl FnOnce(&'static M::Fields<M, Here>) -> O) -> Result<T> {
        self.ask("latest", |queryset| queryset.alatest(by))
    }

    /// The row that comes first by these columns.
    ///
    /// # Errors
    /// `DoesNotExist` of no rows.
    pub fn earliest<O: Orders<M>>(self, by: impl FnOnce(&'static M::Fields<M, Here>) -> O) -> Result<T> {
        self.ask("earliest", |queryset| queryset.aearliest(by))
    }

    /// How many rows there are, counted by the database.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count(self) -> Result<u64> {
        self.ask("count", QuerySet::acount)
    }

    /// How many rows there are: Django's `len`, but counted by the database.
    ///
    /// # Errors
    /// Those of the database.
    pub fn len(self) -> Result<u64> {
        self.count()
    }

    /// Whether there are any rows.
    ///
    /// # Errors
    /// Those of the database.
    pub fn exists(self) -> Result<bool> {
        self.ask("exists", QuerySet::aexists)
    }

    /// Whether there are no rows.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_empty(self) -> Result<bool> {
        self.exists().map(|exists| !exists)
    }

    /// Whether a row is among those of the queryset, by its key.
    ///
    /// # Errors
    /// Those of the database.
    pub fn contains(self, row: &M) -> Result<bool> {
        self.ask("contains", |queryset| queryset.acontains(row))
    }

    /// Aggregates over all rows.
    ///
    /// # Errors
    /// Those of the database.
    pub fn aggregate<A: AggregateSelection<M>>(
        self,
        aggregates: impl FnOnce(&'static M::Fields<M, Here>) -> A,
    ) -> Result<A::Out> {
        self.ask("aggregate", |queryset| queryset.aaggregate(aggregates))
    }

    /// Changes columns of all rows. Gives the number of rows matched.
    ///
    /// # Errors
    /// `Validation`, `Integrity`, `Query` after a slice.
    pub fn update<A: Assignments<M>>(self, set: impl FnOnce(&'static M::Fields<M, Here>) -> A) -> Result<u64> {
        self.ask("update", |queryset| queryset.aupdate(set))
    }

    /// Deletes all rows.
    ///
    /// # Errors
    /// `Integrity`, `Query` after a slice.
    pub fn delete(self) -> Result<Deleted> {
        self.ask("delete", QuerySet::adelete)
    }

    /// How the database would run the query, in its own words.
    ///
    /// # Errors
    /// Those of the database.
    pub fn explain(self) -> Result<String> {
        self.ask("explain", QuerySet::aexplain)
    }

    /// Waits for an a-method on the database, or the transaction, that is meant here.
    fn ask<U>(self, method: &'static str, verb: impl FnOnce(QuerySet<M, T>) -> Action<U>) -> Result<U> {
        let database = settle(self.queryset.place())?;
        wait_in(database.held(), method, verb(self.queryset.using(&database)))
    }
}

impl<M: Model> SyncQuerySet<'_, M> {
    /// Inserts a row and gives it back as the database has it.
    ///
    /// # Errors
    /// `Validation`, `Integrity`.
    pub fn create<D: IntoDraft<M>>(self, draft: impl FnOnce(M::New) -> D) -> Result<M> {
        self.ask("create", |queryset| queryset.acreate(draft))
    }

    /// The rows of these keys, by key.
    ///
    /// # Errors
    /// Those of the database.
    pub fn in_bulk(self, keys: impl IntoIterator<Item = M::Key>) -> Result<HashMap<M::Key, M>> {
        self.ask("in_bulk", |queryset| queryset.ain_bulk(keys))
    }
}

impl<M: Model, T: Send + 'static> IntoIterator for SyncQuerySet<'_, M, T> {
    type Item = Result<T>;
    type IntoIter = Rows<T>;

    /// All rows. They are all read before the first is given out, so the loop may write what it reads.
    fn into_iter(self) -> Rows<T> {
        let (rows, error) = match self.to_vec() {
            Ok(rows) => (rows, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        Rows { rows: rows.into_iter(), error }
    }
}

/// The rows of a sync queryset, or the error instead of them.
pub struct Rows<T> {
    rows: vec::IntoIter<T>,
    error: Option<Error>,
}

impl<T> Iterator for Rows<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        self.error.take().map(Err).or_else(|| self.rows.next().map(Ok))
    }
}

impl<M, T> Clone for SyncQuerySet<'_, M, T> {
    fn clone(&self) -> Self {
        Self { queryset: self.queryset.clone(), transaction: PhantomData }
    }
}

impl<M: Model, T> fmt::Debug for SyncQuerySet<'_, M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SyncQuerySet").field(&self.queryset).finish()
    }
}

impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("left", &self.rows.len()).field("error", &self.error).finish()
    }
}
