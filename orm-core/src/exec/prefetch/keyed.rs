//! Rows that are followed by a key.

use std::any::Any;

use crate::error::{Error, Result};
use crate::model::KeyReader;
use crate::row::{Columns, RowReader, Rows};
use crate::value::Value;

/// A buffer that keeps, beside each row, the key in the row's last column.
pub(super) struct Keyed {
    read: KeyReader,
    keys: Vec<Vec<Value>>,
    rows: Box<dyn Rows>,
}

impl Keyed {
    /// An empty buffer around one for the rows.
    pub(super) fn boxed(read: KeyReader, rows: Box<dyn Rows>) -> Box<dyn Rows> {
        Box::new(Self { read, keys: Vec::new(), rows })
    }

    /// The buffer of the rows, and the keys.
    pub(super) fn unbox(rows: Box<dyn Rows>) -> Result<(Box<dyn Rows>, Vec<Vec<Value>>)> {
        let keyed = rows.into_any().downcast::<Self>();
        keyed.map(|keyed| (keyed.rows, keyed.keys)).map_err(|_| Error::query("the driver returned another buffer"))
    }
}

impl Rows for Keyed {
    fn push(&mut self, row: &dyn Columns) -> Result<()> {
        let mut last = RowReader::new(row);
        last.skip(row.len().saturating_sub(1));
        self.keys.push((self.read)(&mut last)?);
        self.rows.push(row)
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn clear(&mut self) {
        self.keys.clear();
        self.rows.clear();
    }

    fn fresh(&self) -> Box<dyn Rows> {
        Self::boxed(self.read, self.rows.fresh())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
