//! In which order, and whether equal rows count once.

use super::QuerySet;
use crate::ast::Ordering;
use crate::expr::Orders;
use crate::model::Model;
use crate::value::Here;

impl<M: Model, T> QuerySet<M, T> {
    /// Orders the rows: `|b| b.name.asc()`, a tuple, an array or a `Vec`. Replaces the order asked for before and the
    /// model's own; `|_| ()` is no order.
    pub fn order_by<O: Orders<M>>(self, order: impl FnOnce(&'static M::Fields<M, Here>) -> O) -> Self {
        self.by_terms(order(M::fields()).terms())
    }

    fn by_terms(self, terms: Vec<Ordering>) -> Self {
        self.with(|query| {
            query.unsliced("order_by");
            query.order = Some(terms);
            query.reversed = false;
        })
    }

    /// Turns the order round, NULLs included. No order is taken as by key.
    pub fn reverse(self) -> Self {
        self.with(|query| {
            query.unsliced("reverse");
            query.reversed = !query.reversed;
        })
    }

    /// Equal rows of the result count once.
    pub fn distinct(self) -> Self {
        self.with(|query| {
            query.unsliced("distinct");
            query.distinct = true;
        })
    }
}
