//! The handle of a composite primary key.

use std::fmt;
use std::marker::PhantomData;

use super::order::Order;
use super::q::Q;
use super::selection::Selection;
use crate::ast::{Node, Output, key_in, key_is};
use crate::error::Result;
use crate::model::{Column, Key, Path};
use crate::row::RowReader;
use crate::value::Here;

/// The primary key of several columns on root `R`: compared with a tuple `K`.
pub struct KeyOf<R, K, P> {
    path: &'static Path,
    types: PhantomData<fn() -> (R, K, P)>,
}

impl<R, K: Key, P> KeyOf<R, K, P> {
    /// The key of the model at a path (generated code calls this).
    pub const fn new(path: &'static Path) -> Self {
        Self { path, types: PhantomData }
    }

    /// Equal to a key.
    pub fn eq(&self, key: K) -> Q<R> {
        Q::from_condition(key_is(self.path, &key))
    }

    /// Not equal to a key.
    pub fn ne(&self, key: K) -> Q<R> {
        !self.eq(key)
    }

    /// One of several keys; of none, never.
    pub fn in_(&self, keys: impl IntoIterator<Item = K>) -> Q<R> {
        Q::from_condition(key_in(self.path, keys))
    }

    /// None of several keys.
    pub fn not_in(&self, keys: impl IntoIterator<Item = K>) -> Q<R> {
        !self.in_(keys)
    }

    /// Ascending order, first column first.
    pub fn asc(&self) -> Vec<Order<R>> {
        self.columns().map(|column| Order::new(Node::Column(column), false)).collect()
    }

    /// Descending order, first column first.
    pub fn desc(&self) -> Vec<Order<R>> {
        self.columns().map(|column| Order::new(Node::Column(column), true)).collect()
    }

    fn columns(&self) -> impl Iterator<Item = Column> {
        let path = self.path;
        path.model.key_fields().map(move |field| Column { path, field })
    }
}

impl<R, K, P> Clone for KeyOf<R, K, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, K, P> Copy for KeyOf<R, K, P> {}

impl<R, K, P> fmt::Debug for KeyOf<R, K, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.pk", self.path.model.name)
    }
}

impl<R, K: Key> Selection<R> for KeyOf<R, K, Here> {
    type Out = K;

    fn outputs(self, list: &mut Vec<Output>) {
        list.extend(self.columns().map(|column| Output::Node(Node::Column(column))));
    }

    fn decode(row: &mut RowReader<'_>) -> Result<K> {
        K::read(row)
    }
}
