//! The lookups: what can be asked of an expression.

use std::ops::{Bound, RangeBounds};

use super::aggregate::{Agg, Averageable, Summable};
use super::field::Typed;
use super::operand::{Definite, Operand};
use super::order::Order;
use super::q::Q;
use crate::ast::{Condition, Function, LookupOperator, Node};
use crate::value::{FieldType, Kind, Value};

/// The lookups, orders and aggregates of everything that has a typed value on root `R` (Django's field lookups).
///
/// A lookup returns a [`Q`] of the same root. Text is taken literally: `%`, `_` and `\` have no meaning in it. The plain
/// text lookups mind case and the `i` forms fold it, for all of Unicode, on every database.
pub trait Expression: Typed + Sized {
    /// Equal to a value or an expression. `None` asks for NULL, as in Django.
    fn eq<V: Operand<Self::Root, Self::Against>>(&self, other: V) -> Q<Self::Root> {
        compare(LookupOperator::Eq, self, other)
    }

    /// Not equal: exactly `!eq`, so a NULL column is not equal to any value (SQL's IS DISTINCT FROM).
    fn ne<V: Operand<Self::Root, Self::Against>>(&self, other: V) -> Q<Self::Root> {
        !self.eq(other)
    }

    /// SQL's `<>`: different, where neither side is NULL.
    fn differs<V: Operand<Self::Root, Self::Against, Source: Definite>>(&self, other: V) -> Q<Self::Root> {
        compare(LookupOperator::Differs, self, other)
    }

    /// Less than.
    fn lt<V: Operand<Self::Root, Self::Against, Source: Definite>>(&self, other: V) -> Q<Self::Root> {
        compare(LookupOperator::Lt, self, other)
    }

    /// Less than or equal.
    fn lte<V: Operand<Self::Root, Self::Against, Source: Definite>>(&self, other: V) -> Q<Self::Root> {
        compare(LookupOperator::Lte, self, other)
    }

    /// Greater than.
    fn gt<V: Operand<Self::Root, Self::Against, Source: Definite>>(&self, other: V) -> Q<Self::Root> {
        compare(LookupOperator::Gt, self, other)
    }

    /// Greater than or equal.
    fn gte<V: Operand<Self::Root, Self::Against, Source: Definite>>(&self, other: V) -> Q<Self::Root> {
        compare(LookupOperator::Gte, self, other)
    }

    /// One of several values; `None`s among them are dropped, as in Django. Of none: false, and nothing is sent if that
    /// decides the query.
    fn in_<I>(&self, values: I) -> Q<Self::Root>
    where
        I: IntoIterator,
        I::Item: Operand<Self::Root, Self::Against>,
    {
        let mut items = Vec::new();
        for value in values {
            items.push(value.operand());
        }
        one_of(self.node(), items)
    }

    /// None of several values: exactly `!in_`.
    fn not_in<I>(&self, values: I) -> Q<Self::Root>
    where
        I: IntoIterator,
        I::Item: Operand<Self::Root, Self::Against>,
    {
        !self.in_(values)
    }

    /// From `low` to `high`, both included; if `low` is greater, never.
    fn between<L, H>(&self, low: L, high: H) -> Q<Self::Root>
    where
        L: Operand<Self::Root, Self::Against, Source: Definite>,
        H: Operand<Self::Root, Self::Against, Source: Definite>,
    {
        lookup(LookupOperator::Between, [self.node(), low.operand(), high.operand()])
    }

    /// Within a Rust range: `a..b`, `a..=b`, `a..`, `..b`.
    fn in_range<V>(&self, range: impl RangeBounds<V>) -> Q<Self::Root>
    where
        V: Operand<Self::Root, Self::Against, Source: Definite> + Clone,
    {
        let start = match range.start_bound() {
            Bound::Included(low) => self.gte(low.clone()),
            Bound::Excluded(low) => self.gt(low.clone()),
            Bound::Unbounded => Q::new(),
        };
        let end = match range.end_bound() {
            Bound::Included(high) => self.lte(high.clone()),
            Bound::Excluded(high) => self.lt(high.clone()),
            Bound::Unbounded => Q::new(),
        };
        start & end
    }

    /// Is NULL.
    fn is_null(&self) -> Q<Self::Root> {
        lookup(LookupOperator::IsNull, [self.node()])
    }

    /// Is not NULL.
    fn is_not_null(&self) -> Q<Self::Root> {
        !self.is_null()
    }

    /// A boolean expression as a condition: true where it is true, false where it is false or NULL.
    fn is_true(&self) -> Q<Self::Root>
    where
        Self::Type: FieldType<Bare = bool>,
    {
        lookup(LookupOperator::IsTrue, [self.node()])
    }

    /// Contains a text, anywhere.
    fn contains<V: Operand<Self::Root, String, Source: Definite>>(&self, text: V) -> Q<Self::Root>
    where
        <Self::Type as FieldType>::Bare: Textual,
    {
        text_lookup(LookupOperator::Contains, self, text)
    }

    /// Contains a text, whatever the case.
    fn icontains<V: Operand<Self::Root, String, Source: Definite>>(&self, text: V) -> Q<Self::Root>
    where
        <Self::Type as FieldType>::Bare: Textual,
    {
        text_lookup(LookupOperator::IContains, self, text)
    }

    /// Starts with a text.
    fn startswith<V: Operand<Self::Root, String, Source: Definite>>(&self, text: V) -> Q<Self::Root>
    where
        <Self::Type as FieldType>::Bare: Textual,
    {
        text_lookup(LookupOperator::StartsWith, self, text)
    }

    /// Starts with a text, whatever the case.
    fn istartswith<V: Operand<Self::Root, String, Source: Definite>>(&self, text: V) -> Q<Self::Root>
    where
        <Self::Type as FieldType>::Bare: Textual,
    {
        text_lookup(LookupOperator::IStartsWith, self, text)
    }

    /// Ends with a text.
    fn endswith<V: Operand<Self::Root, String, Source: Definite>>(&self, text: V) -> Q<Self::Root>
    where
        <Self::Type as FieldType>::Bare: Textual,
    {
        text_lookup(LookupOperator::EndsWith, self, text)
    }

    /// Ends with a text, whatever the case.
    fn iendswith<V: Operand<Self::Root, String, Source: Definite>>(&self, text: V) -> Q<Self::Root>
    where
        <Self::Type as FieldType>::Bare: Textual,
    {
        text_lookup(LookupOperator::IEndsWith, self, text)
    }

    /// Equal to a text, whatever the case.
    fn iexact<V: Operand<Self::Root, String, Source: Definite>>(&self, text: V) -> Q<Self::Root>
    where
        <Self::Type as FieldType>::Bare: Textual,
    {
        text_lookup(LookupOperator::IExact, self, text)
    }

    /// Matches a regular expression somewhere. The dialect is the database's own: `fancy-regex` on SQLite, POSIX with
    /// Perl's shorthands on PostgreSQL, PCRE on MariaDB, ICU on MySQL.
    fn regex<V: Operand<Self::Root, String, Source: Definite>>(&self, pattern: V) -> Q<Self::Root>
    where
        <Self::Type as FieldType>::Bare: Textual,
    {
        text_lookup(LookupOperator::Regex, self, pattern)
    }

    /// Matches a regular expression somewhere, whatever the case.
    fn iregex<V: Operand<Self::Root, String, Source: Definite>>(&self, pattern: V) -> Q<Self::Root>
    where
        <Self::Type as FieldType>::Bare: Textual,
    {
        text_lookup(LookupOperator::IRegex, self, pattern)
    }

    /// Ascending order.
    fn asc(&self) -> Order<Self::Root> {
        Order::new(self.node(), false)
    }

    /// Descending order.
    fn desc(&self) -> Order<Self::Root> {
        Order::new(self.node(), true)
    }

    /// How many values are not NULL.
    fn count(&self) -> Agg<Self::Root, i64> {
        Agg::of(Function::Count, self.node())
    }

    /// The sum; NULL of no values.
    fn sum(&self) -> Agg<Self::Root, <<<Self::Type as FieldType>::Bare as Summable>::Sum as FieldType>::Nullable>
    where
        <Self::Type as FieldType>::Bare: Summable,
    {
        Agg::of(Function::Sum, self.node())
    }

    /// The mean; NULL of no values.
    fn avg(&self) -> Agg<Self::Root, <<<Self::Type as FieldType>::Bare as Averageable>::Avg as FieldType>::Nullable>
    where
        <Self::Type as FieldType>::Bare: Averageable,
    {
        Agg::of(Function::Avg, self.node())
    }

    /// The least value; NULL of no values.
    fn min(&self) -> Agg<Self::Root, <Self::Type as FieldType>::Nullable> {
        const { assert!(has_order(<Self::Type as FieldType>::KIND), "JSON has no least value: documents have no order") }
        Agg::of(Function::Min, self.node())
    }

    /// The greatest value; NULL of no values.
    fn max(&self) -> Agg<Self::Root, <Self::Type as FieldType>::Nullable> {
        const { assert!(has_order(<Self::Type as FieldType>::KIND), "JSON has no greatest value: documents have no order") }
        Agg::of(Function::Max, self.node())
    }
}

impl<E: Typed> Expression for E {}

const fn has_order(kind: Kind) -> bool {
    !matches!(kind, Kind::Json)
}

/// A type whose column holds text.
#[diagnostic::on_unimplemented(
    message = "text lookups work on text, and this column holds `{Self}`",
    label = "not a text column"
)]
pub trait Textual {}

impl Textual for String {}

/// The values of the list in one lookup, each expression among them in one of its own.
fn one_of<R>(left: Node, items: Vec<Node>) -> Q<R> {
    let mut values = Vec::new();
    let mut any = Vec::new();
    for item in items {
        match item {
            Node::Value(value) if value.is_null() => {}
            Node::Value(value) => values.push(value),
            other => any.push(lookup(LookupOperator::Eq, [left.clone(), other])),
        }
    }
    if !values.is_empty() {
        let list = Node::Value(Value::List(left.kind(), values));
        any.push(lookup(LookupOperator::In, [left, list]));
    }
    Q::any_of(any)
}

fn compare<E, V>(operator: LookupOperator, left: &E, right: V) -> Q<E::Root>
where
    E: Typed,
    V: Operand<E::Root, E::Against>,
{
    lookup(operator, [left.node(), right.operand()])
}

fn text_lookup<E, V>(operator: LookupOperator, left: &E, right: V) -> Q<E::Root>
where
    E: Typed,
    V: Operand<E::Root, String>,
{
    lookup(operator, [left.node(), right.operand()])
}

fn lookup<R, const N: usize>(operator: LookupOperator, operands: [Node; N]) -> Q<R> {
    Q::from_condition(Condition::lookup(operator, operands.into()))
}
