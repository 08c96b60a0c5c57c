//! Arithmetic, typed by one table.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use chrono::TimeDelta;
use rust_decimal::Decimal;

use super::field::{Col, Expr, Typed};
use super::operand::encoded;
use crate::ast::{Function, Node};
use crate::error::{Error, QueryMistake};
use crate::value::{FieldType, Here, Maybe, Presence, Value};

/// The table of arithmetic: which bare types meet, and what comes out. Signed integers widen to the larger, and one that
/// meets an unsigned integer becomes an `i64`, since differences may be below 0; with a `Decimal` integers become
/// decimals, with a float `f64`; a `Decimal` and a float do not meet.
///
/// Integers are computed in 64 bits on every database, and a result that its type or column cannot hold is `OutOfRange`.
/// Division by zero is NULL, but by the number 0 refused; quotients of decimals have 10 places (`docs/arithmetic.md`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` and `{Right}` do not meet in arithmetic",
    label = "no result type for `{Self}` with `{Right}`",
    note = "a Decimal is exact and an f64 is not: convert one of them first"
)]
pub trait Arith<Right> {
    /// The bare type of the result.
    type Out: FieldType;
}

macro_rules! table {
    ($($left:ty, $($right:ty),* => $out:ty;)*) => {$($(
        impl Arith<$right> for $left {
            type Out = $out;
        }
    )*)*};
}

table! {
    i8, i8 => i8;
    i8, i16 => i16;
    i8, i32 => i32;
    i8, i64, u8, u16, u32, u64 => i64;
    i16, i8, i16 => i16;
    i16, i32 => i32;
    i16, i64, u8, u16, u32, u64 => i64;
    i32, i8, i16, i32 => i32;
    i32, i64, u8, u16, u32, u64 => i64;
    i64, i8, i16, i32, i64, u8, u16, u32, u64 => i64;
    u8, i8, i16, i32, i64, u8, u16, u32, u64 => i64;
    u16, i8, i16, i32, i64, u8, u16, u32, u64 => i64;
    u32, i8, i16, i32, i64, u8, u16, u32, u64 => i64;
    u64, i8, i16, i32, i64, u8, u16, u32, u64 => i64;
    f32, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64 => f64;
    f64, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64 => f64;
    Decimal, i8, i16, i32, i64, u8, u16, u32, u64, Decimal => Decimal;
    i8, f32, f64 => f64; i8, Decimal => Decimal;
    i16, f32, f64 => f64; i16, Decimal => Decimal;
    i32, f32, f64 => f64; i32, Decimal => Decimal;
    i64, f32, f64 => f64; i64, Decimal => Decimal;
    u8, f32, f64 => f64; u8, Decimal => Decimal;
    u16, f32, f64 => f64; u16, Decimal => Decimal;
    u32, f32, f64 => f64; u32, Decimal => Decimal;
    u64, f32, f64 => f64; u64, Decimal => Decimal;
    TimeDelta, TimeDelta => TimeDelta;
}

/// What is multiplied and divided: numbers. Durations are only added and subtracted, since their product is none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be multiplied or divided",
    label = "only `+` and `-` are known for it",
    note = "a product or quotient of durations is no duration: compute it in Rust, or store a number"
)]
pub trait Factor {}

macro_rules! factors {
    ($($number:ty),*) => {$(
        impl Factor for $number {}
    )*};
}

factors!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, Decimal);

/// The right side of an arithmetic operator on root `R`: a number, or an expression.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number or an expression of this model",
    label = "cannot be used in arithmetic here"
)]
pub trait Term<R> {
    /// Its type.
    type Type: FieldType;
    /// Whether dividing by it can give NULL because it is zero: not for a number known now.
    type Zero: Presence;

    /// The untyped operand.
    fn term(self) -> Node;
}

macro_rules! literals {
    ($($number:ty),*) => {$(
        impl<R> Term<R> for $number {
            type Type = Self;
            type Zero = Here;

            fn term(self) -> Node {
                known(&self)
            }
        }
    )*};
}

literals!(i8, i16, i32, i64, u8, u16, u32, u64, f64, Decimal, TimeDelta);

/// A number known now: a float is finite, since only some databases compute with one that is not.
fn known<T: FieldType>(number: &T) -> Node {
    match encoded(number.encode()) {
        Node::Value(Value::F64(float)) if !float.is_finite() => Node::Fault(Error::out_of_range(
            "an operand is infinite or NaN, which arithmetic in a database does not know; check the value before",
        )),
        node => node,
    }
}

impl<R, T: FieldType> Term<R> for Col<R, T> {
    type Type = T;
    type Zero = Maybe;

    fn term(self) -> Node {
        Node::Column(self.column())
    }
}

impl<R, T: FieldType> Term<R> for Expr<R, T> {
    type Type = T;
    type Zero = Maybe;

    fn term(self) -> Node {
        self.into_node()
    }
}

/// The bare type of `A op B`.
type Out<A, B> = <<A as FieldType>::Bare as Arith<<B as FieldType>::Bare>>::Out;
/// The type of `A op B`: an `Option` if either side is one.
type Combined<A, B> =
    <<<A as FieldType>::Presence as Presence>::And<<B as FieldType>::Presence> as Presence>::Of<Out<A, B>>;
/// The type of `A / B`: an `Option` also if `B` may be zero.
type Quotient<A, B, Z> = <Z as Presence>::Of<Combined<A, B>>;

macro_rules! operators {
    ($holder:ident: $($operator:ident $method:ident $function:ident $out:ty $(where $factor:ident)?;)*) => {$(
        impl<R: 'static, T, V> $operator<V> for $holder<R, T>
        where
            T: FieldType,
            V: Term<R>,
            T::Bare: Arith<<V::Type as FieldType>::Bare> $(+ $factor)?,
        {
            type Output = Expr<R, $out>;

            fn $method(self, right: V) -> Self::Output {
                apply(Function::$function, [self.node(), right.term()])
            }
        }
    )*};
}

macro_rules! arithmetic {
    ($($holder:ident),*) => {$(
        operators! {
            $holder:
            Add add Add Combined<T, V::Type>;
            Sub sub Subtract Combined<T, V::Type>;
            Mul mul Multiply Combined<T, V::Type> where Factor;
            Div div Divide Quotient<T, V::Type, V::Zero> where Factor;
            Rem rem Modulo Quotient<T, V::Type, V::Zero> where Factor;
        }

        impl<R: 'static, T: FieldType> Neg for $holder<R, T>
        where
            T::Bare: Arith<T::Bare>,
        {
            type Output = Expr<R, Combined<T, T>>;

            fn neg(self) -> Self::Output {
                apply(Function::Negate, [self.node()])
            }
        }
    )*};
}

arithmetic!(Col, Expr);

macro_rules! literals_on_the_left {
    ($holder:ident, $number:ty: $($operator:ident $method:ident $function:ident $out:ty;)*) => {$(
        impl<R: 'static, T> $operator<$holder<R, T>> for $number
        where
            T: FieldType,
            $number: Arith<T::Bare>,
        {
            type Output = Expr<R, $out>;

            fn $method(self, right: $holder<R, T>) -> Self::Output {
                apply(Function::$function, [known(&self), right.node()])
            }
        }
    )*};
}

macro_rules! numbers_on_the_left {
    ($($number:ty),*) => {$(
        literals_on_the_left! {
            Col, $number:
            Add add Add Combined<$number, T>;
            Sub sub Subtract Combined<$number, T>;
            Mul mul Multiply Combined<$number, T>;
            Div div Divide Quotient<$number, T, Maybe>;
            Rem rem Modulo Quotient<$number, T, Maybe>;
        }
        literals_on_the_left! {
            Expr, $number:
            Add add Add Combined<$number, T>;
            Sub sub Subtract Combined<$number, T>;
            Mul mul Multiply Combined<$number, T>;
            Div div Divide Quotient<$number, T, Maybe>;
            Rem rem Modulo Quotient<$number, T, Maybe>;
        }
    )*};
}

numbers_on_the_left!(i32, i64, f64, Decimal);

fn apply<R, T: FieldType, const N: usize>(function: Function, arguments: [Node; N]) -> Expr<R, T> {
    let divided = matches!(function, Function::Divide | Function::Modulo);
    if divided && matches!(arguments.last(), Some(Node::Value(divisor)) if is_zero(divisor)) {
        return Expr::from_node(Node::Fault(QueryMistake::DivisionByZero.into()));
    }
    Expr::from_node(Node::call(function, arguments.into(), T::KIND, T::NULLABLE))
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::I16(integer) => *integer == 0,
        Value::I32(integer) => *integer == 0,
        Value::I64(integer) | Value::Duration(integer) => *integer == 0,
        Value::F32(float) => *float == 0.0,
        Value::F64(float) => *float == 0.0,
        Value::Decimal(decimal) => decimal.is_zero(),
        _ => false,
    }
}
