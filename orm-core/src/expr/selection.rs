//! What `values` takes: expressions, whole rows, and tuples of them.

use std::marker::PhantomData;

use super::field::{Col, Expr, ToOne, Typed};
use super::q::Q;
use super::tuple::for_each_tuple;
use crate::ast::{Node, Output};
use crate::error::Result;
use crate::model::{Model, Path};
use crate::row::{RowReader, Shape};
use crate::value::{FieldType, Here, Maybe, Presence};

/// Something that can be selected per row of root `R`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected",
    label = "expected a column, an expression, a row, or a tuple of at most 16 of them",
    note = "aggregates belong into `aaggregate`; more than 16 columns fit into nested tuples"
)]
pub trait Selection<R> {
    /// The type of the result per row.
    type Out: Send + 'static;

    /// Adds the untyped outputs to a list.
    fn outputs(self, list: &mut Vec<Output>);

    /// Reads the result from a row.
    fn decode(row: &mut RowReader<'_>) -> Result<Self::Out>;
}

impl<R: 'static, T: FieldType> Selection<R> for Col<R, T> {
    type Out = T;

    fn outputs(self, list: &mut Vec<Output>) {
        list.push(Output::Node(self.node()));
    }

    fn decode(row: &mut RowReader<'_>) -> Result<T> {
        row.read()
    }
}

impl<R: 'static, T: FieldType> Selection<R> for Expr<R, T> {
    type Out = T;

    fn outputs(self, list: &mut Vec<Output>) {
        list.push(Output::Node(self.into_node()));
    }

    fn decode(row: &mut RowReader<'_>) -> Result<T> {
        row.read()
    }
}

impl<R: 'static, M: Model<Key: FieldType>, P: Presence> Selection<R> for ToOne<R, M, P> {
    type Out = P::Of<M::Key>;

    fn outputs(self, list: &mut Vec<Output>) {
        list.push(Output::Node(self.node()));
    }

    fn decode(row: &mut RowReader<'_>) -> Result<Self::Out> {
        row.read()
    }
}

impl<R> Selection<R> for Q<R> {
    type Out = bool;

    fn outputs(self, list: &mut Vec<Output>) {
        list.push(Output::Node(Node::Condition(self.into_condition())));
    }

    fn decode(row: &mut RowReader<'_>) -> Result<bool> {
        row.read()
    }
}

/// The whole row of the model at a path: made by `row()` of the handles, decoded to an `M`, or to an `Option<M>` where
/// the path is nullable.
#[derive(Debug)]
pub struct RowOf<R, M, P> {
    path: &'static Path,
    types: PhantomData<fn() -> (R, M, P)>,
}

impl<R, M, P> RowOf<R, M, P> {
    /// The row at a path (generated code calls this).
    pub fn new(path: &'static Path) -> Self {
        Self { path, types: PhantomData }
    }
}

impl<R, M: Model> Selection<R> for RowOf<R, M, Here> {
    type Out = M;

    fn outputs(self, list: &mut Vec<Output>) {
        list.push(Output::Row(self.path));
    }

    fn decode(row: &mut RowReader<'_>) -> Result<M> {
        M::decode(row)
    }
}

impl<R, M: Model> Selection<R> for RowOf<R, M, Maybe> {
    type Out = Option<M>;

    fn outputs(self, list: &mut Vec<Output>) {
        list.push(Output::Row(self.path));
    }

    fn decode(row: &mut RowReader<'_>) -> Result<Option<M>> {
        let definition = M::definition();
        let key = definition.primary_key.first().copied().unwrap_or(0);
        if row.is_null_ahead(key)? {
            row.skip(definition.fields.len());
            return Ok(None);
        }
        M::decode(row).map(Some)
    }
}

/// Decodes the result of a selection: the decoder of `values`.
pub fn decode_selection<R, S: Selection<R>>(row: &mut RowReader<'_>, _: &Shape) -> Result<S::Out> {
    S::decode(row)
}

macro_rules! tuples {
    ($(($($part:ident $index:tt),*);)*) => {$(
        impl<R, $($part: Selection<R>),*> Selection<R> for ($($part,)*) {
            type Out = ($($part::Out,)*);

            fn outputs(self, list: &mut Vec<Output>) {
                $(self.$index.outputs(list);)*
            }

            fn decode(row: &mut RowReader<'_>) -> Result<Self::Out> {
                Ok(($($part::decode(row)?,)*))
            }
        }
    )*};
}

for_each_tuple!(tuples);
