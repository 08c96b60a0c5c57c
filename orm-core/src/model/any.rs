//! Models as rows whose type is not known: what loads relations fills them.

use std::sync::Arc;

use super::key::Key;
use super::related::{AnyModel, AnyRows, KeyReader, Link, Loaded, RelationHolder, Target};
use super::{Model, decode_model};
use crate::error::Result;
use crate::row::{Collect, Decoder};
use crate::value::Value;

impl Target {
    /// That of a model.
    pub fn of<M: Model>() -> Self {
        Self {
            buffer: || Collect::boxed(Decoder::new(decode_model::<M>, Arc::default())),
            unbox: |rows| Ok(Box::new(Collect::<M>::unbox(rows)?)),
            key: |row| M::Key::read(row)?.values(),
        }
    }
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
