//! Rows, read by position and decoded where they are.
//!
//! A driver stands on a row and shows it as [`Columns`]; [`RowReader`] reads it from left to right into Rust types;
//! [`Rows`] is the typed buffer that a driver fills without knowing the type.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::value::{Cell, FieldType, Value};

/// The row that a driver stands on.
pub trait Columns {
    /// How many columns the row has.
    fn len(&self) -> usize;

    /// Column `index` as the driver found it; an error if the wire holds something unreadable.
    fn cell(&self, index: usize) -> Result<Cell<'_>>;

    /// The name of column `index` in the result, for messages.
    fn name(&self, index: usize) -> String;

    /// Tells whether the row has no columns.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Reads a row from left to right.
pub struct RowReader<'r> {
    columns: &'r dyn Columns,
    next: usize,
}

impl fmt::Debug for RowReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowReader").field("next", &self.next).finish_non_exhaustive()
    }
}

impl<'r> RowReader<'r> {
    /// Starts at the first column.
    pub fn new(columns: &'r dyn Columns) -> Self {
        Self { columns, next: 0 }
    }

    /// Reads the next column.
    pub fn read<T: FieldType>(&mut self) -> Result<T> {
        let index = self.next;
        self.next += 1;
        T::decode(self.columns.cell(index)?).map_err(|mismatch| mismatch.in_column(self.columns.name(index)))
    }

    /// The next column as the driver found it; none behind the last.
    pub fn next_cell(&mut self) -> Result<Option<Cell<'r>>> {
        if self.next >= self.columns.len() {
            return Ok(None);
        }
        self.next += 1;
        self.columns.cell(self.next - 1).map(Some)
    }

    /// Tells whether the column `ahead` places further is NULL, without moving.
    pub fn is_null_ahead(&self, ahead: usize) -> Result<bool> {
        Ok(self.columns.cell(self.next + ahead)? == Cell::Null)
    }

    /// Passes over columns.
    pub fn skip(&mut self, columns: usize) {
        self.next += columns;
    }
}

/// Which to-one relations follow a model's own columns in a row (`select_related`), as a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// Per related model: the index of the relation's field, and what follows the related model's own columns.
    pub related: Vec<(usize, Shape)>,
}

/// How a row becomes a `T`: a function and the shape it is told. Two words, no closure.
pub struct Decoder<T> {
    decode: fn(&mut RowReader<'_>, &Shape) -> Result<T>,
    shape: Arc<Shape>,
}

impl<T> Decoder<T> {
    /// A decoder from its function and shape.
    pub fn new(decode: fn(&mut RowReader<'_>, &Shape) -> Result<T>, shape: Arc<Shape>) -> Self {
        Self { decode, shape }
    }

    /// Decodes one row.
    pub fn decode(&self, row: &dyn Columns) -> Result<T> {
        (self.decode)(&mut RowReader::new(row), &self.shape)
    }
}

impl<T> Clone for Decoder<T> {
    fn clone(&self) -> Self {
        Self { decode: self.decode, shape: Arc::clone(&self.shape) }
    }
}

impl<T> fmt::Debug for Decoder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").field("shape", &self.shape).finish_non_exhaustive()
    }
}

/// A buffer of decoded rows whose type the driver does not know.
pub trait Rows: Send {
    /// Decodes the row and keeps it.
    fn push(&mut self, row: &dyn Columns) -> Result<()>;
    /// How many rows it holds.
    fn len(&self) -> usize;
    /// Forgets all rows, to start again.
    fn clear(&mut self);
    /// An empty buffer of the same type.
    fn fresh(&self) -> Box<dyn Rows>;
    /// Gives the buffer back to the code that knows its type.
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send>;
    /// Tells whether it holds no rows.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The [`Rows`] that collects into a `Vec<T>`.
#[derive(Debug)]
pub struct Collect<T> {
    decoder: Decoder<T>,
    rows: Vec<T>,
}

impl<T: Send + 'static> Collect<T> {
    /// An empty buffer, boxed as drivers take it.
    pub fn boxed(decoder: Decoder<T>) -> Box<dyn Rows> {
        Box::new(Self { decoder, rows: Vec::new() })
    }

    /// Takes the rows out of a buffer made by [`Collect::boxed`] with the same `T`.
    pub fn unbox(rows: Box<dyn Rows>) -> Result<Vec<T>> {
        let collected = rows.into_any().downcast::<Self>();
        collected.map(|collected| collected.rows).map_err(|_| Error::internal("the driver returned another buffer"))
    }
}

impl<T: Send + 'static> Rows for Collect<T> {
    fn push(&mut self, row: &dyn Columns) -> Result<()> {
        self.rows.push(self.decoder.decode(row)?);
        Ok(())
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn clear(&mut self) {
        self.rows.clear();
    }

    fn fresh(&self) -> Box<dyn Rows> {
        Self::boxed(self.decoder.clone())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// Values as a row, to decode what was never in a database.
impl Columns for Vec<Value> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn cell(&self, index: usize) -> Result<Cell<'_>> {
        Ok(match self.get(index) {
            None | Some(Value::Null(_) | Value::List(..)) => Cell::Null,
            Some(Value::Bool(value)) => Cell::Bool(*value),
            Some(Value::I16(value)) => Cell::Int((*value).into()),
            Some(Value::I32(value)) => Cell::Int((*value).into()),
            Some(Value::I64(value) | Value::Duration(value)) => Cell::Int(*value),
            Some(Value::F32(value)) => Cell::Float((*value).into()),
            Some(Value::F64(value)) => Cell::Float(*value),
            Some(Value::Decimal(value)) => Cell::Decimal(*value),
            Some(Value::Text(value)) => Cell::Text(value),
            Some(Value::Bytes(value)) => Cell::Bytes(value),
            Some(Value::Date(value)) => Cell::Date(*value),
            Some(Value::Time(value)) => Cell::Time(*value),
            Some(Value::DateTime(value)) => Cell::DateTime(*value),
            Some(Value::Timestamp(value)) => Cell::Timestamp(*value),
            Some(Value::Uuid(value)) => Cell::Uuid(*value),
            Some(Value::Json(_)) => return Err(Error::internal("a JSON value has no cell without a database")),
        })
    }

    fn name(&self, index: usize) -> String {
        index.to_string()
    }
}
