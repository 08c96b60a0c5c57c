//! Which rows.

use super::QuerySet;
use crate::ast::Condition;
use crate::expr::Q;
use crate::model::Model;
use crate::value::Here;

impl<M: Model, T> QuerySet<M, T> {
    /// Only the rows for which a condition is true. Several calls are and-ed.
    pub fn filter(self, condition: impl FnOnce(&'static M::Fields<M, Here>) -> Q<M>) -> Self {
        let condition = condition(M::fields()).into_condition();
        self.narrowed("filter", condition)
    }

    /// Only the rows for which a condition is not true: exactly the complement of [`filter`](Self::filter), rows with
    /// NULLs included.
    pub fn exclude(self, condition: impl FnOnce(&'static M::Fields<M, Here>) -> Q<M>) -> Self {
        let condition = (!condition(M::fields())).into_condition();
        self.narrowed("exclude", condition)
    }

    fn narrowed(self, method: &'static str, condition: Condition) -> Self {
        self.with(|query| query.narrow(method, condition))
    }

    /// [`filter`](Self::filter) if there is a value to filter by.
    pub fn filter_if<V>(
        self,
        value: Option<V>,
        condition: impl FnOnce(&'static M::Fields<M, Here>, V) -> Q<M>,
    ) -> Self {
        match value {
            Some(value) => self.filter(|fields| condition(fields, value)),
            None => self,
        }
    }

    /// Goes on differently if something holds: `qs.when(recent, |qs| qs.order_by(|b| b.published.desc()))`.
    pub fn when(self, holds: bool, change: impl FnOnce(Self) -> Self) -> Self {
        if holds { change(self) } else { self }
    }
}
