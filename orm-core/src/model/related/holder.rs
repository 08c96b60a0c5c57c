//! Holders without the types behind them: what loads a relation reads a key and keeps rows, whatever they are.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::model::{AnyModel, AnyRows, Key, KeyReader, Model, decode_model};
use crate::row::{Collect, Decoder, RowReader, Rows, Shape};
use crate::value::Value;

/// The field of a model's struct that holds a relation: `ForeignKey<T>`, `OneToOne<T>`, their `Option`s, `HasMany<T>`
/// and `ManyToMany<T>`. For generated code and the library.
pub trait RelationHolder {
    /// Reads the row referred to from the columns that follow, and keeps it; passes over them if the key is NULL.
    fn attach(&mut self, row: &mut RowReader<'_>, shape: &Shape) -> Result<()> {
        let _ = (row, shape);
        Err(Error::query("the rows of a relation to many do not stand behind another row"))
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

/// How rows of a model are read by who does not know its type.
#[derive(Clone, Copy)]
pub struct Target {
    buffer: fn() -> Box<dyn Rows>,
    unbox: fn(Box<dyn Rows>) -> Result<Box<dyn AnyRows>>,
    key: KeyReader,
}

impl Target {
    /// That of a model.
    pub fn of<M: Model>() -> Self {
        Self {
            buffer: || Collect::boxed(Decoder::new(decode_model::<M>, Arc::default())),
            unbox: |rows| Ok(Box::new(Collect::<M>::unbox(rows)?)),
            key: |row| M::Key::read(row)?.values(),
        }
    }

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
