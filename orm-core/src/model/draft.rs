//! Rows that do not exist yet: values by field, whatever the model.
//!
//! The derive generates one builder per model, whose type says which required fields are set ([`Missing`] or [`Set`]);
//! it is a shell over [`DraftValues`], which is the same for all.

mod deserialize;

#[doc(hidden)]
pub use serde::{Deserialize, Deserializer};

use std::fmt;
use std::marker::PhantomData;

use super::assign::Assign;
use super::columns::{Columns, IntoColumns};
use super::{DraftValues, Model};
use crate::error::{Error, Result};
use crate::value::Value;

impl<M: Model> DraftValues<M> {
    /// Nothing given.
    pub fn new() -> Self {
        Self { values: vec![None; M::definition().fields.len()], fault: None, model: PhantomData }
    }

    /// Gives the field at `index` a value. A value that cannot be encoded is reported when the row is saved.
    #[must_use]
    pub fn with<T>(mut self, index: usize, value: impl Assign<T>) -> Self {
        match value.assign() {
            Ok(value) => self.values[index] = Some(value),
            Err(error) => self.fault = self.fault.or_else(|| Some(named::<M>(index, error))),
        }
        self
    }

    /// Gives the columns of a flattened struct, which start at index `first`: all that it gives, and nothing else.
    #[must_use]
    pub fn with_columns<C: Columns>(mut self, first: usize, columns: impl IntoColumns<C>) -> Self {
        match columns.into_columns() {
            Ok(values) => self.values.iter_mut().skip(first).zip(values).for_each(|(place, value)| *place = value),
            Err(error) => self.fault = self.fault.or(Some(error)),
        }
        self
    }

    /// The values given, or the first error among them.
    pub fn into_values(self) -> Result<Vec<Option<Value>>> {
        match self.fault {
            Some(error) => Err(error),
            None => Ok(self.values),
        }
    }

    /// Sets what is not given, from an existing row's columns.
    pub fn given(&self, index: usize) -> Option<&Value> {
        self.values.get(index).and_then(Option::as_ref)
    }
}

fn named<M: Model>(index: usize, error: Error) -> Error {
    let definition = M::definition();
    match definition.fields.get(index) {
        Some(field) => error.of_column(format!("{}.{}", definition.name, field.name)),
        None => error,
    }
}

impl<M: Model> Default for DraftValues<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M> Clone for DraftValues<M> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), fault: self.fault.clone(), model: PhantomData }
    }
}

impl<M: Model> fmt::Debug for DraftValues<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = M::definition().fields.iter().zip(&self.values);
        let given = fields.filter_map(|(field, value)| value.as_ref().map(|value| (field.name, value)));
        write!(f, "Draft<{}> ", M::definition().name)?;
        f.debug_map().entries(given).finish()
    }
}

/// A new row in the making, complete or not: every state of a model's builder.
pub trait NewRow: Sized {
    /// Whose row it will be.
    type Model: Model;
}

/// The state of a required field that was set.
#[derive(Debug, Clone, Copy)]
pub struct Set;

/// The state of a required field that was not set; `F` is named after the field.
#[derive(Debug, Clone, Copy)]
pub struct Missing<F>(PhantomData<fn() -> F>);

/// The states with which a row can be saved: [`Set`].
#[diagnostic::on_unimplemented(
    message = "a required field of the new row is not set: `{Self}`",
    label = "the field named in `Missing<…>` is required",
    note = "call its setter before saving, or give the field a default in the model"
)]
pub trait Provided: 'static {}

impl Provided for Set {}
