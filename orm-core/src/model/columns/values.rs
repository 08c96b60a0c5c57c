//! New values of shared columns: the whole struct, or its builder.

use std::fmt;
use std::marker::PhantomData;

use super::Columns;
use crate::error::{Error, Result};
use crate::model::Assign;
use crate::value::Value;

/// What a draft takes for a flattened struct `C`: a value of it, or its builder once every required column is set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not give the columns of `{C}`",
    label = "expected `{C}`, or its builder with every required column set",
    note = "`.times(Times {{ … }})` gives every column; `.times(Times::new().seen(now))` leaves the others to their defaults"
)]
pub trait IntoColumns<C> {
    /// The values by field; what is not given is left to defaults and the database.
    fn into_columns(self) -> Result<Vec<Option<Value>>>;
}

#[diagnostic::do_not_recommend]
impl<C: Columns> IntoColumns<C> for C {
    fn into_columns(self) -> Result<Vec<Option<Value>>> {
        let mut row = Vec::with_capacity(C::FIELDS.len());
        self.encode(&mut row)?;
        Ok(row.into_iter().map(Some).collect())
    }
}

/// Values of shared columns in the making; the derive generates a builder around it.
pub struct ColumnValues<C> {
    values: Vec<Option<Value>>,
    fault: Option<Error>,
    columns: PhantomData<fn() -> C>,
}

impl<C: Columns> ColumnValues<C> {
    /// Nothing given.
    pub fn new() -> Self {
        Self { values: vec![None; C::FIELDS.len()], fault: None, columns: PhantomData }
    }

    /// Gives the field at `index` a value. A value that cannot be encoded is reported when the row is saved.
    #[must_use]
    pub fn with<T>(mut self, index: usize, value: impl Assign<T>) -> Self {
        match value.assign() {
            Ok(value) => self.values[index] = Some(value),
            Err(error) => self.fault = self.fault.or(Some(error)),
        }
        self
    }

    /// The values given, or the first error among them.
    pub fn into_values(self) -> Result<Vec<Option<Value>>> {
        self.fault.map_or(Ok(self.values), Err)
    }
}

impl<C: Columns> Default for ColumnValues<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> Clone for ColumnValues<C> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), fault: self.fault.clone(), columns: PhantomData }
    }
}

impl<C: Columns> fmt::Debug for ColumnValues<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = C::FIELDS.iter().zip(&self.values);
        f.debug_map().entries(fields.filter_map(|(field, value)| Some((field.name, value.as_ref()?)))).finish()
    }
}
