//! Assignments: what the columns of a row become.

use std::marker::PhantomData;

use super::field::{Col, ToOne};
use super::operand::{Computed, Known, Operand};
use super::tuple::for_each_tuple;
use crate::ast::Node;
use crate::error::{QueryMistake, Result};
use crate::model::{Column, ForeignKey, Model, ModelDef};
use crate::value::{FieldType, Here, Maybe, Presence, Value};

/// A column of `R` and what it becomes: made by `set`, taken by `aupdate`.
#[derive(Debug, Clone)]
#[must_use]
pub struct Assignment<R> {
    column: Column,
    node: Node,
    root: PhantomData<fn() -> R>,
}

impl<R> Assignment<R> {
    /// The index of the column in the model's fields and its new value; a value is checked as the column stores it.
    pub(crate) fn checked(self, model: &'static ModelDef) -> Result<(usize, Node)> {
        let own = self.column.path.is_empty() && *self.column.path.model == *model;
        let index = model.fields.iter().position(|field| std::ptr::eq(field, self.column.field));
        let (true, Some(index)) = (own, index) else {
            let takes = "columns of the model itself, not of a related one";
            return Err(QueryMistake::Argument { method: "aupdate", model: model.name, takes }.into());
        };
        match self.node {
            Node::Value(mut value) => {
                self.column.field.fit(&mut value).map_err(|error| error.of_model(model.name))?;
                Ok((index, Node::Value(value)))
            }
            Node::Fault(error) => Err(error.of_column(format!("{:?}", self.column))),
            node => Ok((index, node)),
        }
    }
}

impl<R: 'static, T: FieldType> Col<R, T> {
    /// Sets the column to a value or an expression (in `aupdate`); all expressions see the old row.
    pub fn set<V>(self, value: V) -> Assignment<R>
    where
        V: Operand<R, T::Bare>,
        T::Presence: Admits<V::Source>,
    {
        assign(self.column(), value.operand())
    }

    /// Sets the column to NULL.
    pub fn set_null(self) -> Assignment<R>
    where
        T: FieldType<Presence = Maybe>,
    {
        assign(self.column(), Node::Value(Value::Null(T::KIND)))
    }
}

impl<R: 'static, M: Model<Key: FieldType>, P: Presence> ToOne<R, M, P> {
    /// Sets the foreign key to a row, a key or an expression (in `aupdate`).
    pub fn set<V>(self, value: V) -> Assignment<R>
    where
        V: Operand<R, ForeignKey<M>>,
        P: Admits<V::Source>,
    {
        assign(self.column(), value.operand())
    }
}

fn assign<R>(column: Column, node: Node) -> Assignment<R> {
    Assignment { column, node, root: PhantomData }
}

/// Which sources a column takes: one that is NOT NULL takes no `Option`.
#[diagnostic::on_unimplemented(
    message = "this column is NOT NULL, and the value may be NULL",
    label = "expected a value that cannot be NULL",
    note = "unwrap the `Option` first, or make the model's field an `Option`"
)]
pub trait Admits<Source> {}

#[diagnostic::do_not_recommend]
impl Admits<Known> for Here {}
#[diagnostic::do_not_recommend]
impl Admits<Computed<Here>> for Here {}
#[diagnostic::do_not_recommend]
impl<S> Admits<S> for Maybe {}

/// What `aupdate` takes: one assignment, a tuple, an array or a `Vec` of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an assignment",
    note = "write `|b| b.stock.set(b.stock - 1)` or a tuple of such"
)]
pub trait Assignments<R> {
    /// The assignments.
    fn assignments(self) -> Vec<Assignment<R>>;
}

impl<R> Assignments<R> for Assignment<R> {
    fn assignments(self) -> Vec<Self> {
        vec![self]
    }
}

impl<R> Assignments<R> for Vec<Assignment<R>> {
    fn assignments(self) -> Self {
        self
    }
}

impl<R, const N: usize> Assignments<R> for [Assignment<R>; N] {
    fn assignments(self) -> Vec<Assignment<R>> {
        self.into()
    }
}

macro_rules! tuples {
    ($(($($part:ident $index:tt),*);)*) => {$(
        impl<R, $($part: Assignments<R>),*> Assignments<R> for ($($part,)*) {
            fn assignments(self) -> Vec<Assignment<R>> {
                let mut all = Vec::new();
                $(all.extend(self.$index.assignments());)*
                all
            }
        }
    )*};
}

for_each_tuple!(tuples);
