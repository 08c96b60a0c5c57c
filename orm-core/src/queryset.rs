//! Lazy, typed querysets: a shell over one untyped [`Select`].
//!
//! Nothing here touches a database. The verbs that do are a second `impl` block, in `exec/queryset.rs`.

mod filter;
mod lock;
mod order;
mod prefetch;
mod related;
mod slice;
mod source;
mod tag;
mod using;
mod values;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

pub use prefetch::{PrefetchOf, Prefetched};
pub use related::Related;
pub use source::Source;
pub use using::Using;

use crate::ast::{Select, Selected};
use crate::model::{Model, decode_model};
use crate::row::Decoder;

/// A question about the rows of `M`, answered with `T`s: pure data until it is streamed or awaited.
///
/// Cloning copies a pointer; every method gives a new queryset and leaves a clone unchanged. `Debug` shows the question
/// and never asks it.
#[must_use = "a queryset does nothing until it is awaited, streamed, or finished with an a-method"]
pub struct QuerySet<M, T = M> {
    query: Arc<Select>,
    decoder: Decoder<T>,
    using: Using,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> QuerySet<M> {
    /// All rows of the model.
    pub fn new() -> Self {
        let shape = Arc::default();
        Self {
            query: Arc::new(Select::of(M::definition(), Selected::Model(Arc::clone(&shape)))),
            decoder: Decoder::new(decode_model::<M>, shape),
            using: Using::Default,
            model: PhantomData,
        }
    }
}

impl<M: Model> Default for QuerySet<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M, T> QuerySet<M, T> {
    /// The same question, to go on with: Django's `all()`.
    pub fn all(self) -> Self {
        self
    }

    /// No rows, whatever else is asked; evaluating it sends nothing.
    pub fn none(self) -> Self {
        self.with(|query| query.nothing = true)
    }

    fn asking(self, using: Using) -> Self {
        Self { using, ..self }
    }

    /// The untyped query.
    pub fn query(&self) -> &Select {
        &self.query
    }

    /// Where it is to be asked.
    pub(crate) fn place(&self) -> &Using {
        &self.using
    }

    /// Takes the queryset apart: the untyped query, how its rows are read, and where it is to be asked.
    pub fn into_parts(self) -> (Arc<Select>, Decoder<T>, Using) {
        (self.query, self.decoder, self.using)
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Select)) -> Self {
        change(Arc::make_mut(&mut self.query));
        self
    }

    fn selecting<U>(self, selected: Selected, decoder: Decoder<U>) -> QuerySet<M, U> {
        let Self { query, using, .. } = self.with(|query| {
            query.selected = selected;
            query.prefetch.clear();
        });
        QuerySet { query, decoder, using, model: PhantomData }
    }
}

impl<M, T> Clone for QuerySet<M, T> {
    fn clone(&self) -> Self {
        Self {
            query: Arc::clone(&self.query),
            decoder: self.decoder.clone(),
            using: self.using.clone(),
            model: PhantomData,
        }
    }
}

impl<M: Model, T> fmt::Debug for QuerySet<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("QuerySet").field(&self.query).finish()
    }
}

/// `Book::objects()`: where every question about a model begins.
pub trait Objects: Model {
    /// All rows of the model (Django's default manager).
    fn objects() -> QuerySet<Self> {
        QuerySet::new()
    }
}

impl<M: Model> Objects for M {}
