//! The row that SQLite stands on, shown as [`Columns`]: no copy, no name unless something is wrong.

use rusqlite::types::ValueRef;

use crate::error::{Error, ErrorKind, Result};
use crate::row::Columns;
use crate::value::Cell;

pub(super) struct Line<'r, 's>(pub(super) &'r rusqlite::Row<'s>);

impl Columns for Line<'_, '_> {
    fn len(&self) -> usize {
        self.0.as_ref().column_count()
    }

    fn cell(&self, index: usize) -> Result<Cell<'_>> {
        match self.0.get_ref(index) {
            Ok(ValueRef::Null) => Ok(Cell::Null),
            Ok(ValueRef::Integer(value)) => Ok(Cell::Int(value)),
            Ok(ValueRef::Real(value)) => Ok(Cell::Float(value)),
            Ok(ValueRef::Text(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Cell::Text(text)),
                Err(_) => Err(self.not_utf8(index)),
            },
            Ok(ValueRef::Blob(bytes)) => Ok(Cell::Bytes(bytes)),
            Err(error) => Err(self.no_such_column(index).with_source(error)),
        }
    }

    fn name(&self, index: usize) -> String {
        self.0.as_ref().column_name(index).map_or_else(|_| index.to_string(), str::to_owned)
    }
}

impl Line<'_, '_> {
    #[cold]
    fn not_utf8(&self, index: usize) -> Error {
        let found = "text that is not UTF-8".to_owned();
        ErrorKind::Decode { column: self.name(index), expected: "text", found }.into()
    }

    #[cold]
    fn no_such_column(&self, index: usize) -> Error {
        Error::internal(format!("column {index} was asked of a row with {} columns", self.len()))
    }
}
