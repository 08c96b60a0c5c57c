//! Which to-one relations are loaded with the rows, by a join.

use std::ptr;
use std::sync::Arc;

use super::QuerySet;
use crate::ast::Selected;
use crate::error::QueryMistake;
use crate::expr::{ToOne, for_each_tuple};
use crate::model::{Column, Model, decode_model};
use crate::row::{Decoder, Shape};
use crate::value::{Here, Presence};

impl<M: Model> QuerySet<M> {
    /// Loads to-one relations with the rows, by joins: `|b| b.author`, a path (`|b| b.author.country` loads both), or
    /// a tuple. Several calls add up. The rows are then in the holders: `book.author.loaded()`.
    pub fn select_related<P: Related<M>>(self, paths: impl FnOnce(&'static M::Fields<M, Here>) -> P) -> Self {
        let mut shape = match &self.query.selected {
            Selected::Model(shape) => Shape::clone(shape),
            Selected::Outputs(_) => Shape::default(),
        };
        let mut columns = Vec::new();
        paths(M::fields()).columns(&mut columns);
        let known = columns.iter().all(|column| add(&mut shape, *column).is_some());
        let shape = Arc::new(shape);
        let decoder = Decoder::new(decode_model::<M>, Arc::clone(&shape));
        self.with(|query| {
            query.selected = Selected::Model(shape);
            if !known {
                let (model, takes) = (query.model.name, "foreign keys of the model itself");
                query.fail(QueryMistake::Argument { method: "select_related", model, takes }.into());
            }
        })
        .decoding(decoder)
    }

    fn decoding(mut self, decoder: Decoder<M>) -> Self {
        self.decoder = decoder;
        self
    }
}

/// What `select_related` takes: a foreign key at the end of a path, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a to-one relation",
    label = "expected a foreign key, or a tuple of them",
    note = "to-many relations are loaded by `prefetch_related`"
)]
pub trait Related<R> {
    /// Adds the foreign keys' columns to a list.
    fn columns(self, list: &mut Vec<Column>);
}

impl<R: 'static, M: Model, P: Presence> Related<R> for ToOne<R, M, P> {
    fn columns(self, list: &mut Vec<Column>) {
        list.push(self.column());
    }
}

macro_rules! tuples {
    ($(($($part:ident $index:tt),*);)*) => {$(
        impl<R, $($part: Related<R>),*> Related<R> for ($($part,)*) {
            fn columns(self, list: &mut Vec<Column>) {
                $(self.$index.columns(list);)*
            }
        }
    )*};
}

for_each_tuple!(tuples);

/// Adds a foreign key, and those on the way to it, to a shape; gives the shape behind it.
fn add(shape: &mut Shape, column: Column) -> Option<&mut Shape> {
    let before = match column.path.step {
        Some((path, field)) => add(shape, Column { path, field })?,
        None => shape,
    };
    let index = column.path.model.fields.iter().position(|field| ptr::eq(field, column.field))?;
    let place = match before.related.iter().position(|(field, _)| *field == index) {
        Some(place) => place,
        None => {
            before.related.push((index, Shape::default()));
            before.related.len() - 1
        }
    };
    before.related.get_mut(place).map(|(_, shape)| shape)
}
