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
        keyed.map(|keyed| (keyed.rows, keyed.keys)).map_err(|_| Error::internal("the driver returned another buffer"))
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::row::{Collect, Decoder};

    /// The rows and keys of a buffer.
    fn taken(buffer: Box<dyn Rows>) -> Result<(Vec<i64>, Vec<Vec<Value>>)> {
        let (rows, keys) = Keyed::unbox(buffer)?;
        Ok((Collect::unbox(rows)?, keys))
    }

    #[test]
    fn what_is_forgotten_or_begun_afresh_is_forgotten_with_its_keys() -> Result<()> {
        let numbers = Collect::boxed(Decoder::new(|row, _| row.read::<i64>(), Arc::default()));
        let mut buffer = Keyed::boxed(|row| Ok(vec![Value::I64(row.read()?)]), numbers);
        let row = |number, key| vec![Value::I64(number), Value::Text("between".into()), Value::I64(key)];
        buffer.push(&row(1, 10))?;
        buffer.clear();
        buffer.push(&row(2, 20))?;
        let mut fresh = buffer.fresh();
        fresh.push(&row(3, 30))?;
        assert_eq!((buffer.len(), taken(buffer)?), (1, (vec![2], vec![vec![Value::I64(20)]])));
        assert_eq!(taken(fresh)?, (vec![3], vec![vec![Value::I64(30)]]));
        Ok(())
    }
}
