//! Aggregates: one value of many rows.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::TimeDelta;
use rust_decimal::Decimal;

use super::q::Q;
use super::tuple::for_each_tuple;
use crate::ast::{Call, Function, Node};
use crate::error::Result;
use crate::row::RowReader;
use crate::value::FieldType;

/// An aggregate over the rows of root `R` with a value of type `T`. Only `aaggregate` takes it (a plain `filter` or
/// `values` does not: those speak of one row).
#[must_use]
pub struct Agg<R, T> {
    function: Function,
    argument: Option<Node>,
    distinct: bool,
    filter: Q<R>,
    value: PhantomData<fn() -> T>,
}

impl<R, T: FieldType> Agg<R, T> {
    pub(super) fn of(function: Function, argument: Node) -> Self {
        Self { function, argument: Some(argument), distinct: false, filter: Q::new(), value: PhantomData }
    }

    /// Counts equal values once.
    pub fn distinct(mut self) -> Self {
        self.distinct = true;
        self
    }

    /// Only the rows of a condition take part; several are and-ed.
    pub fn filter(mut self, condition: Q<R>) -> Self {
        self.filter &= condition;
        self
    }

    fn node(self) -> Node {
        let filter = self.filter.into_condition();
        let call = Call::new(self.function, self.argument.into_iter().collect(), T::KIND, T::NULLABLE);
        Node::Call(Arc::new(call.over(self.distinct, (!filter.is_empty()).then_some(filter))))
    }
}

impl<R, T> Clone for Agg<R, T> {
    fn clone(&self) -> Self {
        Self { argument: self.argument.clone(), filter: self.filter.clone(), value: PhantomData, ..*self }
    }
}

impl<R, T> fmt::Debug for Agg<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(&format!("{:?}", self.function)).field(&self.argument).finish()
    }
}

/// A type whose values can be added up, and the type of the sum.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be summed",
    label = "`sum()` works on numbers and durations",
    note = "to count values use `count()`"
)]
pub trait Summable {
    /// The type of the sum: integers add up to `i64`, and an overflow is an error.
    type Sum: FieldType;
}

/// A type whose values have a mean, and the type of the mean.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no average",
    label = "`avg()` works on numbers and durations",
    note = "to count values use `count()`"
)]
pub trait Averageable {
    /// The type of the mean: of integers `f64`, of decimals a decimal.
    type Avg: FieldType;
}

macro_rules! numbers {
    ($($number:ty => $sum:ty, $avg:ty;)*) => {$(
        impl Summable for $number {
            type Sum = $sum;
        }

        impl Averageable for $number {
            type Avg = $avg;
        }
    )*};
}

numbers! {
    i8 => i64, f64;
    i16 => i64, f64;
    i32 => i64, f64;
    i64 => i64, f64;
    u8 => i64, f64;
    u16 => i64, f64;
    u32 => i64, f64;
    u64 => i64, f64;
    f32 => f64, f64;
    f64 => f64, f64;
    Decimal => Decimal, Decimal;
    TimeDelta => TimeDelta, TimeDelta;
}

/// What `aaggregate` takes: one aggregate or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregate",
    label = "expected an aggregate, or a tuple of them",
    note = "write `|b| b.price.avg()` or `|b| (b.id.count(), b.price.max())`; for values of each row use `values`"
)]
pub trait AggregateSelection<R> {
    /// The type of the answer.
    type Out: Send + 'static;

    /// Adds the untyped aggregates to a list.
    fn nodes(self, list: &mut Vec<Node>);

    /// Reads the answer.
    fn decode(row: &mut RowReader<'_>) -> Result<Self::Out>;
}

impl<R, T: FieldType> AggregateSelection<R> for Agg<R, T> {
    type Out = T;

    fn nodes(self, list: &mut Vec<Node>) {
        list.push(self.node());
    }

    fn decode(row: &mut RowReader<'_>) -> Result<T> {
        row.read()
    }
}

macro_rules! tuples {
    ($(($($part:ident $index:tt),*);)*) => {$(
        impl<R, $($part: AggregateSelection<R>),*> AggregateSelection<R> for ($($part,)*) {
            type Out = ($($part::Out,)*);

            fn nodes(self, list: &mut Vec<Node>) {
                $(self.$index.nodes(list);)*
            }

            fn decode(row: &mut RowReader<'_>) -> Result<Self::Out> {
                Ok(($($part::decode(row)?,)*))
            }
        }
    )*};
}

for_each_tuple!(tuples);
