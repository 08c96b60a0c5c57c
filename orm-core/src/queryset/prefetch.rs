//! Which relations are loaded with the rows, by queries of their own.

use std::marker::PhantomData;

use super::QuerySet;
use crate::ast::{Prefetch, Select};
use crate::expr::{ToMany, ToOne, for_each_tuple};
use crate::model::Model;
use crate::value::{Here, Presence};

impl<M: Model> QuerySet<M> {
    /// Loads relations after the rows, each by one more query for all of them: `|a| a.books`, a path
    /// (`|b| b.author.books` loads the authors, then their books), what is behind a relation
    /// (`|a| a.books.prefetch(|b| b.tags)`), or a tuple. Several calls add up. The rows are then in the holders:
    /// `author.books.loaded()`.
    ///
    /// Related rows come in the order of their model, else by key. Of no rows, and of keys that are all NULL, nothing
    /// more is sent; what `select_related` has joined is not loaded again. Where a queryset gives no models (`values`,
    /// `acount`, `aupdate`), it has no effect. `docs/relations.md` has an example and the details.
    pub fn prefetch_related<P: Prefetched<M>>(self, relations: impl FnOnce(&'static M::Fields<M, Here>) -> P) -> Self {
        let relations = relations(M::fields());
        self.with(|query| relations.add_to(query))
    }
}

/// What `prefetch_related` takes: a relation of root `R`, what is behind one, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no relation of `{R}`",
    label = "expected a `HasMany`, a `ManyToMany` or a foreign key of `{R}`, or a tuple of them",
    note = "`prefetch_related` loads related rows; the columns of a row are always loaded"
)]
pub trait Prefetched<R> {
    /// Adds the relations to a query.
    fn add_to(self, query: &mut Select);
}

/// A relation on root `R`, and what is loaded behind it: made by `prefetch` of the handles.
#[derive(Debug, Clone)]
#[must_use]
pub struct PrefetchOf<R> {
    prefetch: Prefetch,
    root: PhantomData<fn() -> R>,
}

impl<R> PrefetchOf<R> {
    fn new(prefetch: Prefetch) -> Self {
        Self { prefetch, root: PhantomData }
    }
}

impl<R: 'static, M: Model, P: Presence> ToOne<R, M, P> {
    /// The relation, and what is loaded behind it: `|b| b.author.prefetch(|a| (a.books, a.awards))`.
    pub fn prefetch<B: Prefetched<M>>(self, behind: impl FnOnce(&'static M::Fields<M, Here>) -> B) -> PrefetchOf<R> {
        PrefetchOf::new(Prefetch::to_one(self.column(), related(behind(M::fields()))))
    }
}

impl<R, M: Model, P> ToMany<R, M, P> {
    /// The relation, and what is loaded behind it: `|a| a.books.prefetch(|b| b.tags)`.
    pub fn prefetch<B: Prefetched<M>>(self, behind: impl FnOnce(&'static M::Fields<M, Here>) -> B) -> PrefetchOf<R> {
        PrefetchOf::new(Prefetch::to_many(self.path(), self.relation(), related(behind(M::fields()))))
    }
}

/// All rows of a model, and what is loaded behind them.
fn related<M: Model>(behind: impl Prefetched<M>) -> Select {
    let mut query = Select::all(M::definition());
    behind.add_to(&mut query);
    query
}

impl<R: 'static, M: Model, P: Presence> Prefetched<R> for ToOne<R, M, P> {
    fn add_to(self, query: &mut Select) {
        query.add_prefetch(Prefetch::to_one(self.column(), Select::all(M::definition())));
    }
}

impl<R, M: Model, P> Prefetched<R> for ToMany<R, M, P> {
    fn add_to(self, query: &mut Select) {
        query.add_prefetch(Prefetch::to_many(self.path(), self.relation(), Select::all(M::definition())));
    }
}

impl<R> Prefetched<R> for PrefetchOf<R> {
    fn add_to(self, query: &mut Select) {
        query.add_prefetch(self.prefetch);
    }
}

macro_rules! tuples {
    ($(($($part:ident $index:tt),*);)*) => {$(
        impl<R, $($part: Prefetched<R>),*> Prefetched<R> for ($($part,)*) {
            fn add_to(self, query: &mut Select) {
                $(self.$index.add_to(query);)*
            }
        }
    )*};
}

for_each_tuple!(tuples);
