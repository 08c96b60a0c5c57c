//! Rows that do not exist yet: values by field, whatever the model.
//!
//! The derive generates one builder per model, whose type says which required fields are set ([`Missing`] or [`Set`]);
//! it is a shell over [`DraftValues`], which is the same for all.

mod deserialize;

#[doc(hidden)]
pub use serde::{Deserialize, Deserializer};

use compact_str::ToCompactString;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use super::Model;
use super::columns::{Columns, IntoColumns};
use super::related::{ForeignKey, OneToOne};
use crate::error::{Error, Result};
use crate::value::{FieldType, Value};

/// The values of a new row, by the index of their field; what is not given is left to defaults and the database.
pub struct DraftValues<M> {
    values: Vec<Option<Value>>,
    fault: Option<Error>,
    model: PhantomData<fn() -> M>,
}

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

    /// Gives the field at `index` NULL.
    #[must_use]
    pub fn with_null(mut self, index: usize) -> Self {
        self.values[index] = M::definition().fields.get(index).map(|field| Value::Null(field.kind));
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

/// Something that is a complete new row of `M`: its builder once every required field is set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a complete new `{M}`",
    note = "return the builder, with every required field set: `|b| b.name(\"…\").price(…)`"
)]
pub trait IntoDraft<M: Model>: Send + 'static {
    /// The values of the row.
    fn into_draft(self) -> DraftValues<M>;
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

/// What may be assigned to a field of type `T`.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` cannot be set to `{Self}`",
    label = "expected a value for `{T}`"
)]
pub trait Assign<T> {
    /// The value to store.
    fn assign(self) -> Result<Value>;
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> Assign<T> for T {
    fn assign(self) -> Result<Value> {
        self.encode()
    }
}

#[diagnostic::do_not_recommend]
impl<T> Assign<Option<T>> for T
where
    T: FieldType<Bare = T, Nullable = Option<T>>,
{
    fn assign(self) -> Result<Value> {
        self.encode()
    }
}

macro_rules! text {
    ($($text:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Assign<String> for $text {
            fn assign(self) -> Result<Value> {
                Ok(Value::Text(self.to_compact_string()))
            }
        }

        #[diagnostic::do_not_recommend]
        impl Assign<Option<String>> for $text {
            fn assign(self) -> Result<Value> {
                Ok(Value::Text(self.to_compact_string()))
            }
        }

        #[diagnostic::do_not_recommend]
        impl Assign<Option<String>> for Option<$text> {
            fn assign(self) -> Result<Value> {
                Ok(self.map_or(Value::Null(crate::value::Kind::Text), |text| Value::Text(text.to_compact_string())))
            }
        }
    )*};
}

text!(&str, &String, Cow<'_, str>, char);

macro_rules! whole_decimals {
    ($($integer:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Assign<rust_decimal::Decimal> for $integer {
            fn assign(self) -> Result<Value> {
                Ok(Value::Decimal(self.into()))
            }
        }

        #[diagnostic::do_not_recommend]
        impl Assign<Option<rust_decimal::Decimal>> for $integer {
            fn assign(self) -> Result<Value> {
                Ok(Value::Decimal(self.into()))
            }
        }
    )*};
}

whole_decimals!(i32, i64);

macro_rules! references {
    ($($holder:ident),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: Model> Assign<$holder<M>> for &M
        where
            M::Key: FieldType,
        {
            fn assign(self) -> Result<Value> {
                self.key().encode()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model> Assign<Option<$holder<M>>> for &M
        where
            M::Key: FieldType,
        {
            fn assign(self) -> Result<Value> {
                self.key().encode()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model> Assign<Option<$holder<M>>> for Option<&M>
        where
            M::Key: FieldType,
        {
            fn assign(self) -> Result<Value> {
                self.map_or(Ok(Value::Null(<M::Key as FieldType>::KIND)), |model| model.key().encode())
            }
        }
    )*};
}

references!(ForeignKey, OneToOne);

macro_rules! keys {
    ($holder:ident: $($key:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: Model<Key = $key>> Assign<$holder<M>> for $key {
            fn assign(self) -> Result<Value> {
                self.encode()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model<Key = $key>> Assign<Option<$holder<M>>> for $key {
            fn assign(self) -> Result<Value> {
                self.encode()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model<Key = $key>> Assign<Option<$holder<M>>> for Option<$key> {
            fn assign(self) -> Result<Value> {
                self.encode()
            }
        }
    )*};
}

keys!(ForeignKey: i8, i16, i32, i64, u8, u16, u32, u64, uuid::Uuid, String);
keys!(OneToOne: i8, i16, i32, i64, u8, u16, u32, u64, uuid::Uuid, String);

macro_rules! text_keys {
    ($($holder:ident),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: Model<Key = String>> Assign<$holder<M>> for &str {
            fn assign(self) -> Result<Value> {
                Ok(Value::Text(self.into()))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model<Key = String>> Assign<Option<$holder<M>>> for &str {
            fn assign(self) -> Result<Value> {
                Ok(Value::Text(self.into()))
            }
        }
    )*};
}

text_keys!(ForeignKey, OneToOne);
