//! Rows of models whose types are not known: what loads relations fills them.

use std::sync::Arc;

use super::related::{Link, Loaded, RelationHolder};
use super::{Key, Model};
use crate::error::Result;
use crate::row::RowReader;
use crate::value::Value;

/// A row of some model.
pub trait AnyModel: Send {
    /// Its primary key.
    fn own_key(&self) -> Result<Vec<Value>>;

    /// How a key of its model is read.
    fn key_reader(&self) -> KeyReader;

    /// What holds a relation.
    fn holder_of(&mut self, link: Link) -> Option<&mut dyn RelationHolder>;
}

/// Reads a primary key from a row, and gives it as it is bound.
pub type KeyReader = fn(&mut RowReader<'_>) -> Result<Vec<Value>>;

/// Rows of one model.
pub trait AnyRows: Send {
    /// Each of the rows.
    fn each(&mut self) -> Vec<&mut dyn AnyModel>;

    /// Each row by itself, for holders of one.
    fn alone(self: Box<Self>) -> Vec<Loaded>;

    /// The rows in so many groups, for holders of many; per row, its group.
    fn grouped(self: Box<Self>, groups: &[usize], count: usize) -> Vec<Loaded>;
}

impl<M: Model> AnyModel for M {
    fn own_key(&self) -> Result<Vec<Value>> {
        self.key().values()
    }

    fn key_reader(&self) -> KeyReader {
        |row| M::Key::read(row)?.values()
    }

    fn holder_of(&mut self, link: Link) -> Option<&mut dyn RelationHolder> {
        self.holder(link)
    }
}

impl<M: Model> AnyRows for Vec<M> {
    fn each(&mut self) -> Vec<&mut dyn AnyModel> {
        self.iter_mut().map(|row| row as &mut dyn AnyModel).collect()
    }

    fn alone(self: Box<Self>) -> Vec<Loaded> {
        self.into_iter().map(|row| Arc::new(row) as Loaded).collect()
    }

    fn grouped(self: Box<Self>, groups: &[usize], count: usize) -> Vec<Loaded> {
        let mut grouped: Vec<Self> = Vec::new();
        grouped.resize_with(count, Self::new);
        for (row, group) in self.into_iter().zip(groups) {
            if let Some(group) = grouped.get_mut(*group) {
                group.push(row);
            }
        }
        grouped.into_iter().map(|group| Arc::new(group) as Loaded).collect()
    }
}
