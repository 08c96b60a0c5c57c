//! Holders and rows without the types behind them: what loads a relation reads a key and keeps rows, whatever they are.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::row::{RowReader, Rows, Shape};
use crate::value::Value;

/// The field of a model's struct that holds a relation: `ForeignKey<T>`, `OneToOne<T>`, their `Option`s, `HasMany<T>`
/// and `ManyToMany<T>`. For generated code and the library.
pub trait RelationHolder {
    /// Reads the row referred to from the columns that follow, and keeps it; passes over them if the key is NULL.
    fn attach(&mut self, row: &mut RowReader<'_>, shape: &Shape) -> Result<()> {
        let _ = (row, shape);
        Err(Error::internal("the rows of a relation to many do not stand behind another row"))
    }

    /// The key of the row referred to; none if it is NULL, and for relations to many.
    fn key(&self) -> Result<Option<Vec<Value>>> {
        Ok(None)
    }

    /// The row referred to, if it is loaded and not shared.
    fn row(&mut self) -> Option<&mut dyn AnyModel> {
        None
    }

    /// Keeps what was loaded: the row of a to-one relation, a `Vec` of rows of another. Both are made by [`AnyRows`].
    fn fill(&mut self, loaded: Loaded);

    /// How the related rows are read.
    fn target(&self) -> Target;
}

/// What a holder keeps, to be shared: a row, or a `Vec` of rows.
pub type Loaded = Arc<dyn Any + Send + Sync>;

/// Which relation of a model: an index into one of its two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Link {
    /// To one row: an index into [`ModelDef::fields`](crate::model::ModelDef::fields).
    One(usize),
    /// To many rows: an index into [`ModelDef::relations`](crate::model::ModelDef::relations).
    Many(usize),
}

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

/// How rows of a model are read by who does not know its type.
#[derive(Clone, Copy)]
pub struct Target {
    pub(in crate::model) buffer: fn() -> Box<dyn Rows>,
    pub(in crate::model) unbox: fn(Box<dyn Rows>) -> Result<Box<dyn AnyRows>>,
    pub(in crate::model) key: KeyReader,
}

impl Target {
    /// How a key of the model is read.
    pub fn key(self) -> KeyReader {
        self.key
    }

    /// An empty buffer for rows without others behind them.
    pub fn buffer(self) -> Box<dyn Rows> {
        (self.buffer)()
    }

    /// The rows of such a buffer.
    pub fn unbox(self, rows: Box<dyn Rows>) -> Result<Box<dyn AnyRows>> {
        (self.unbox)(rows)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").finish_non_exhaustive()
    }
}
