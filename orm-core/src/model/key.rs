//! Primary keys: one column's type, or a tuple of several.

use std::fmt::Debug;
use std::hash::Hash;

use crate::error::Result;
use crate::row::RowReader;
use crate::value::{FieldType, Value};

/// The type of a primary key.
pub trait Key: Clone + Eq + Hash + Debug + Send + Sync + 'static {
    /// The key's columns as values, in order.
    fn values(&self) -> Result<Vec<Value>>;

    /// Reads the key's columns, in order.
    fn read(row: &mut RowReader<'_>) -> Result<Self>;
}

impl<T> Key for T
where
    T: FieldType + Clone + Eq + Hash + Debug,
{
    fn values(&self) -> Result<Vec<Value>> {
        Ok(vec![self.encode()?])
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.read()
    }
}

macro_rules! composite {
    ($($part:ident $index:tt),*) => {
        impl<$($part),*> Key for ($($part,)*)
        where
            $($part: FieldType + Clone + Eq + Hash + Debug),*
        {
            fn values(&self) -> Result<Vec<Value>> {
                Ok(vec![$(self.$index.encode()?),*])
            }

            fn read(row: &mut RowReader<'_>) -> Result<Self> {
                Ok(($(row.read::<$part>()?,)*))
            }
        }
    };
}

composite!(A 0, B 1);
composite!(A 0, B 1, C 2);
composite!(A 0, B 1, C 2, D 3);
