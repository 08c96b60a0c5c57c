//! What orders rows, typed.

use std::marker::PhantomData;

use super::field::{Col, Expr, ToOne, Typed};
use super::tuple::for_each_tuple;
use crate::ast::{Node, Nulls, Ordering};

/// A term of an order on root `R`, whatever the column's type: made by `asc()` and `desc()`.
#[derive(Debug)]
#[must_use]
pub struct Order<R> {
    pub(crate) term: Ordering,
    root: PhantomData<fn() -> R>,
}

impl<R> Order<R> {
    pub(super) fn new(node: Node, descending: bool) -> Self {
        Self { term: Ordering { node, descending, nulls: None }, root: PhantomData }
    }

    /// NULLs before all values.
    pub fn nulls_first(mut self) -> Self {
        self.term.nulls = Some(Nulls::First);
        self
    }

    /// NULLs after all values.
    pub fn nulls_last(mut self) -> Self {
        self.term.nulls = Some(Nulls::Last);
        self
    }

    /// The opposite order, NULLs included.
    pub fn reversed(self) -> Self {
        Self { term: self.term.reversed(), root: PhantomData }
    }
}

impl<R> Clone for Order<R> {
    fn clone(&self) -> Self {
        Self { term: self.term.clone(), root: PhantomData }
    }
}

/// What `order_by` takes: one term, a tuple, an array or a `Vec` of terms; `()` for no order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an order",
    note = "write `|b| b.name.asc()` or `|b| (b.published.desc(), b.name.asc())`"
)]
pub trait Orders<R> {
    /// The terms, most significant first.
    fn terms(self) -> Vec<Ordering>;
}

impl<R> Orders<R> for Order<R> {
    fn terms(self) -> Vec<Ordering> {
        vec![self.term]
    }
}

/// A column, an expression or a foreign key by itself: ascending.
macro_rules! ascending {
    ($($handle:ident<R, $($parameter:ident),*>;)*) => {$(
        impl<R: 'static, $($parameter),*> Orders<R> for $handle<R, $($parameter),*>
        where
            Self: Typed,
        {
            fn terms(self) -> Vec<Ordering> {
                vec![Ordering { node: self.node(), descending: false, nulls: None }]
            }
        }
    )*};
}

ascending! {
    Col<R, T>;
    Expr<R, T>;
    ToOne<R, M, P>;
}

impl<R> Orders<R> for () {
    fn terms(self) -> Vec<Ordering> {
        Vec::new()
    }
}

impl<R> Orders<R> for Vec<Order<R>> {
    fn terms(self) -> Vec<Ordering> {
        self.into_iter().map(|order| order.term).collect()
    }
}

impl<R, const N: usize> Orders<R> for [Order<R>; N] {
    fn terms(self) -> Vec<Ordering> {
        self.into_iter().map(|order| order.term).collect()
    }
}

macro_rules! tuples {
    ($(($($part:ident $index:tt),*);)*) => {$(
        impl<R, $($part: Orders<R>),*> Orders<R> for ($($part,)*) {
            fn terms(self) -> Vec<Ordering> {
                let mut terms = Vec::new();
                $(terms.extend(self.$index.terms());)*
                terms
            }
        }
    )*};
}

for_each_tuple!(tuples);
