//! What may stand on the other side of a lookup.

use compact_str::ToCompactString;
use std::borrow::Cow;
use std::marker::PhantomData;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::field::{Col, Expr, ToOne, Typed};
use crate::ast::Node;
use crate::error::Result;
use crate::model::{ForeignKey, Model};
use crate::value::{FieldType, Here, Kind, Presence, Value};

/// What an expression of bare type `T` on root `R` may be compared with, or set to: values, references to values,
/// `Option`s of them, and other expressions of the same root.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with, or assigned to, a column of type `{T}`",
    label = "expected a value or an expression of type `{T}`",
    note = "a condition may only use columns of the model it filters, and values of the column's own type"
)]
pub trait Operand<R, T> {
    /// Where it comes from: [`Known`], [`Optional`] or [`Computed`].
    type Source;

    /// The untyped operand.
    fn operand(self) -> Node;
}

/// The source of an operand that is a value.
#[derive(Debug, Clone, Copy)]
pub struct Known;

/// The source of an operand that is an `Option`.
#[derive(Debug, Clone, Copy)]
pub struct Optional;

/// The source of an operand that is an expression, there or maybe absent.
#[derive(Debug, Clone, Copy)]
pub struct Computed<P>(PhantomData<P>);

/// The sources of operands that an order can be asked of: all but `Option`.
#[diagnostic::on_unimplemented(
    message = "an `Option` may be NULL, and NULL is neither less nor greater than anything, nor part of a text",
    label = "expected a value or an expression, not an `Option`",
    note = "unwrap it first, use `filter_if` for a condition that may be left out, or `is_null()` to ask for NULL"
)]
pub trait Definite {}

#[diagnostic::do_not_recommend]
impl Definite for Known {}
#[diagnostic::do_not_recommend]
impl<P> Definite for Computed<P> {}

/// A value as a node; one that cannot be encoded is reported when the query is compiled.
pub fn encoded(value: Result<Value>) -> Node {
    Node::encoded(value)
}

impl<R, T: FieldType<Presence = Here>> Operand<R, T> for T {
    type Source = Known;

    fn operand(self) -> Node {
        encoded(self.encode())
    }
}

impl<R, T: FieldType<Presence = Here>> Operand<R, T> for &T {
    type Source = Known;

    fn operand(self) -> Node {
        encoded(self.encode())
    }
}

impl<R, T> Operand<R, T> for Option<T>
where
    T: FieldType<Bare = T, Nullable = Option<T>, Presence = Here>,
{
    type Source = Optional;

    fn operand(self) -> Node {
        encoded(self.encode())
    }
}

macro_rules! text {
    ($($text:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<R> Operand<R, String> for $text {
            type Source = Known;

            fn operand(self) -> Node {
                Node::Value(Value::Text(self.to_compact_string()))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<R> Operand<R, String> for Option<$text> {
            type Source = Optional;

            fn operand(self) -> Node {
                Node::Value(self.map_or(Value::Null(Kind::Text), |text| Value::Text(text.to_compact_string())))
            }
        }
    )*};
}

text!(&str, &&str, Cow<'_, str>, char);

#[diagnostic::do_not_recommend]
impl<R> Operand<R, String> for Option<&String> {
    type Source = Optional;

    fn operand(self) -> Node {
        <Option<&str> as Operand<R, String>>::operand(self.map(String::as_str))
    }
}

macro_rules! numbers {
    ($($number:ty => $wider:ty, $variant:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<R> Operand<R, $wider> for $number {
            type Source = Known;

            fn operand(self) -> Node {
                Node::Value(Value::$variant(self.into()))
            }
        }
    )*};
}

numbers! {
    i32 => Decimal, Decimal;
    i64 => Decimal, Decimal;
    i32 => f64, F64;
}

impl<R, T, U> Operand<R, T> for Col<R, U>
where
    U: FieldType<Bare: Comparable<T>>,
{
    type Source = Computed<U::Presence>;

    fn operand(self) -> Node {
        Node::Column(self.column())
    }
}

impl<R, T, U> Operand<R, T> for Expr<R, U>
where
    U: FieldType<Bare: Comparable<T>>,
{
    type Source = Computed<U::Presence>;

    fn operand(self) -> Node {
        self.into_node()
    }
}

impl<R: 'static, T, M, P> Operand<R, T> for ToOne<R, M, P>
where
    M: Model<Key: FieldType + Comparable<T>>,
    P: Presence,
{
    type Source = Computed<P>;

    fn operand(self) -> Node {
        self.node()
    }
}

/// A type whose values can be compared with those of `T` in SQL: the same type, or another number.
#[diagnostic::on_unimplemented(
    message = "a column of type `{T}` cannot be compared with one of type `{Self}`",
    label = "the types differ"
)]
pub trait Comparable<T> {}

impl<T: FieldType> Comparable<T> for T {}

macro_rules! comparable {
    ($($left:ty: $($right:ty),*;)*) => {$($(
        impl Comparable<$right> for $left {}
    )*)*};
}

comparable! {
    i8: i16, i32, i64, u8, u16, u32, u64, f32, f64, Decimal;
    i16: i8, i32, i64, u8, u16, u32, u64, f32, f64, Decimal;
    i32: i8, i16, i64, u8, u16, u32, u64, f32, f64, Decimal;
    i64: i8, i16, i32, u8, u16, u32, u64, f32, f64, Decimal;
    u8: i8, i16, i32, i64, u16, u32, u64, f32, f64, Decimal;
    u16: i8, i16, i32, i64, u8, u32, u64, f32, f64, Decimal;
    u32: i8, i16, i32, i64, u8, u16, u64, f32, f64, Decimal;
    u64: i8, i16, i32, i64, u8, u16, u32, f32, f64, Decimal;
    f32: i8, i16, i32, i64, u8, u16, u32, u64, f64;
    f64: i8, i16, i32, i64, u8, u16, u32, u64, f32;
    Decimal: i8, i16, i32, i64, u8, u16, u32, u64;
}

#[diagnostic::do_not_recommend]
impl<R, M> Operand<R, ForeignKey<M>> for &M
where
    M: Model<Key: FieldType>,
{
    type Source = Known;

    fn operand(self) -> Node {
        encoded(self.key().encode())
    }
}

#[diagnostic::do_not_recommend]
impl<R, M> Operand<R, ForeignKey<M>> for Option<&M>
where
    M: Model<Key: FieldType>,
{
    type Source = Optional;

    fn operand(self) -> Node {
        encoded(self.map_or(Ok(Value::Null(<M::Key as FieldType>::KIND)), |model| model.key().encode()))
    }
}

macro_rules! keys {
    ($($key:ty),*) => {$(
        impl<M: Model<Key = $key>> Comparable<ForeignKey<M>> for $key {}

        #[diagnostic::do_not_recommend]
        impl<R, M: Model<Key = $key>> Operand<R, ForeignKey<M>> for $key {
            type Source = Known;

            fn operand(self) -> Node {
                encoded(self.encode())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<R, M: Model<Key = $key>> Operand<R, ForeignKey<M>> for Option<$key> {
            type Source = Optional;

            fn operand(self) -> Node {
                encoded(self.encode())
            }
        }
    )*};
}

keys!(i8, i16, i32, i64, u8, u16, u32, u64, Uuid, String);

#[diagnostic::do_not_recommend]
impl<R, M: Model<Key = String>> Operand<R, ForeignKey<M>> for &str {
    type Source = Known;

    fn operand(self) -> Node {
        Node::Value(Value::Text(self.into()))
    }
}
