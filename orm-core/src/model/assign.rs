//! What may be assigned to a field: a value of its type, and what becomes one.

use compact_str::ToCompactString;
use std::borrow::Cow;

use super::Model;
use super::related::{ForeignKey, OneToOne};
use crate::error::Result;
use crate::value::{FieldType, Value};

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
