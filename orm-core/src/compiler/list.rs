//! Lists that are one parameter, of one column or of several: what is compared stands on the left, and the database reads the
//! list once.

use std::borrow::Cow;

use super::arithmetic::{as_kind, beside};
use super::writer::Writer;
use crate::ast::LookupOperator;
use crate::dialect::{ColumnFacts, Left, List, Made};
use crate::error::{Error, Result};
use crate::planner::{Clause, Expr};
use crate::value::{Kind, Value};

/// How long a list of parameters becomes before it is sent as one.
const LONGEST_LIST: usize = 512;

/// How many values of keys are written out, each compared in any form that others may have given it, so that an index serves.
const MOST_WRITTEN_OUT: usize = 64;

/// An expression, and what it is in each row of a list.
#[derive(Debug)]
pub(super) struct Among<'n> {
    left: &'n Expr<'n>,
    values: Vec<&'n Value>,
    /// What is known of a column that may not be like ours.
    facts: Option<ColumnFacts>,
    /// Whether the values are sent as bytes, since one of them cannot be in a list as a text.
    bytes: bool,
}

impl<'n> Among<'n> {
    fn list<'a>(&'a self, writer: &Writer<'_>) -> List<'a> {
        let left = self.compared(writer);
        List { kind: self.left.kind(), longest: longest(&self.values).min(self.most(left)), left }
    }

    /// How much of a text need be looked at: what is longer than a column of ours, cut off behind that, is not in it either.
    fn most(&self, left: Left<'_>) -> usize {
        let column = self.left.as_column().filter(|column| column.field.kind == Kind::Text);
        match (column.and_then(|column| column.field.typed().max_length), left) {
            (Some(most), Left::Ours) => most as usize + 1,
            _ => usize::MAX,
        }
    }

    /// How what is on the left compares.
    fn compared<'a>(&'a self, writer: &Writer<'_>) -> Left<'a> {
        let left = std::slice::from_ref(self.left);
        match (self.left.kind(), &self.facts) {
            (Kind::Text, _) if self.bytes => Left::Bytes,
            (Kind::Decimal, _)
                if writer.features().decimals_as_text && !writer.is_settled(LookupOperator::In, left) =>
            {
                Left::Unsettled
            }
            (_, Some(facts)) => Left::Column(facts),
            (Kind::Text, None) if !writer.is_collated(self.left) && writer.spelling().knows_collations() => {
                Left::Unknown
            }
            _ if matches!(self.left, Expr::Call(_)) => Left::Computed,
            _ => Left::Ours,
        }
    }

    /// The values as they are sent.
    fn sent(&self, writer: &Writer<'_>) -> (Kind, Vec<Value>) {
        if self.bytes {
            return (Kind::Bytes, self.values.iter().map(|value| as_bytes(value)).collect());
        }
        let kind = list_kind(beside(self.left), &self.values);
        let kind = self.facts.as_ref().map_or(kind, |facts| writer.spelling().listed_as(kind, facts));
        (kind, self.values.iter().map(|value| as_moment(writer.listed(self.left, kind, value), kind)).collect())
    }
}

impl Writer<'_> {
    /// The texts of a list that is one parameter, and those apart that are so long that it would be read again for each row.
    pub(super) fn long_apart<'v>(
        &self,
        left: &Expr<'_>,
        values: &[&'v Value],
    ) -> Option<(Vec<&'v Value>, Vec<&'v Value>)> {
        if left.kind() != Kind::Text || (values.len() <= LONGEST_LIST && !self.may_lack(left, values)) {
            return None;
        }
        let most = self.spelling().longest_listed(&self.unlike_ours(left)?)?;
        let parts: (Vec<_>, Vec<_>) = values.iter().partition(|value| longest(&[value]) <= most);
        (!parts.0.is_empty() && !parts.1.is_empty()).then_some(parts)
    }

    /// An expression beside a list that is one parameter; nothing where each of the values is one.
    pub(super) fn one_parameter<'n>(&self, left: &'n Expr<'n>, values: &[&'n Value]) -> Option<(Among<'n>, Made)> {
        // Documents are equal by value, which IN does not know.
        let long = self.features().array_parameters || values.len() > LONGEST_LIST || left.kind() == Kind::Json;
        if !long && !self.may_lack(left, values) {
            return None;
        }
        let among = self.column_of_list(left, values.to_vec());
        // A join by another character set uses no index, so there is a list of parameters as long as it fits.
        if matches!(among.compared(self), Left::Unknown) && self.are_bound(values.len()) {
            return None;
        }
        let made = self.spelling().list(&[among.list(self)])?;
        Some((among, made))
    }

    fn are_bound(&self, values: usize) -> bool {
        values <= self.features().max_binds * 9 / 10
    }

    fn column_of_list<'n>(&self, left: &'n Expr<'n>, values: Vec<&'n Value>) -> Among<'n> {
        let bytes = !self.features().lists_hold_nul && values.iter().any(|value| has_nul(value));
        Among { left, values, facts: self.unlike_ours(left), bytes }
    }

    /// Whether the expressions are in one row of a list, or in none of them.
    pub(super) fn in_list(&mut self, columns: &[Among<'_>], made: &Made, negated: bool) -> Result<()> {
        let lefts: Vec<Expr<'_>> = columns.iter().map(|column| column.left.clone()).collect();
        let sent: Vec<(Kind, Vec<Value>)> = columns.iter().map(|column| column.sent(self)).collect();
        let kinds: Vec<Kind> = sent.iter().map(|(kind, _)| *kind).collect();
        let mut parameters = self.parameters(sent).into_iter();
        self.holds_or_not(made.words(), &lefts, negated, |writer, words| {
            writer.template(words, &mut |writer, slot| {
                let at = usize::from(slot.wrapping_sub(b'0'));
                if let (Some(left), Some(kind)) = (lefts.get(at), kinds.get(at)) {
                    return writer.operand(left, &[left.clone(), Expr::Value(Cow::Owned(Value::Null(*kind)))]);
                }
                writer.bind(parameters.next().ok_or_else(|| Error::internal("a list has too few columns"))?);
                Ok(())
            })
        })
    }

    /// A list for each column where a parameter can be an array, else one list of rows.
    fn parameters(&self, lists: Vec<(Kind, Vec<Value>)>) -> Vec<Value> {
        if lists.len() == 1 || self.features().array_parameters {
            return lists.into_iter().map(|(kind, values)| Value::List(kind, values)).collect();
        }
        let length = lists.first().map_or(0, |(_, values)| values.len());
        let mut columns: Vec<_> = lists.into_iter().map(|(_, values)| values.into_iter()).collect();
        let rows = (0..length).map(|_| Value::List(Kind::I64, columns.iter_mut().filter_map(Iterator::next).collect()));
        vec![Value::List(Kind::I64, rows.collect())]
    }

    /// How many parameters a list of some length gets: as many as the next power of two, unless it breaks the limit.
    pub(super) fn padded(&self, length: usize) -> usize {
        let padded = length.next_power_of_two();
        if self.has_room_for(padded) { padded } else { length }
    }

    /// Whether so many parameters more leave half of the limit for the rest of the statement.
    pub(super) fn has_room_for(&self, more: usize) -> bool {
        self.bound_so_far() + more <= self.features().max_binds / 2
    }

    /// Whether a key of several columns is one of several.
    pub(super) fn key_among(&mut self, operands: &[Expr<'_>], negated: bool) -> Result<()> {
        let (columns, lists) = operands.split_at(operands.len() / 2);
        let columns = columns.iter().zip(lists).map(|(column, list)| match list.as_value() {
            Some(Value::List(_, items)) => Ok(self.column_of_list(column, items.iter().collect())),
            _ => Err(Error::internal("a list of keys has a list for each column")),
        });
        let columns: Vec<Among<'_>> = columns.collect::<Result<_>>()?;
        if !self.writes_out(&columns, negated) {
            let lists: Vec<List<'_>> = columns.iter().map(|column| column.list(self)).collect();
            if let Some(made) = self.spelling().list(&lists) {
                return self.in_list(&columns, &made, negated);
            }
        }
        self.keys_written_out(&columns, negated)
    }

    /// Whether keys are written out: in a schema, where one is NULL, and where that needs few words and an index may serve
    /// which serves no list.
    fn writes_out(&self, columns: &[Among<'_>], negated: bool) -> bool {
        let count: usize = columns.iter().map(|column| column.values.len()).sum();
        self.is_inline()
            || columns.iter().any(|column| {
                let unknown = matches!(column.compared(self), Left::Unknown) && self.are_bound(count);
                let forms = !negated && count <= MOST_WRITTEN_OUT && self.has_forms(column.left);
                unknown || forms || column.values.iter().any(|value| value.is_null())
            })
    }

    fn keys_written_out(&mut self, columns: &[Among<'_>], negated: bool) -> Result<()> {
        let mut columns: Vec<&Among<'_>> = columns.iter().collect();
        // What is compared as it stands first: it costs least.
        columns.sort_by_key(|column| self.has_forms(column.left));
        let equal = |at: usize| {
            let values = columns.iter().filter_map(move |column| Some((column.left, *column.values.get(at)?)));
            values.map(|(left, value)| Clause::equal(left.clone(), value, negated))
        };
        let length = columns.first().map_or(0, |column| column.values.len());
        let keys = (0..length).map(|at| Clause::group(equal(at).collect(), !negated));
        let clause = Clause::group(keys.collect(), negated);
        self.push("(");
        self.clause(&clause)?;
        self.write(")")
    }
}

/// How many characters the longest text of a list has, or bytes.
fn longest(values: &[&Value]) -> usize {
    let length = |value: &&Value| match value {
        Value::Text(text) => text.chars().count(),
        Value::Bytes(bytes) => bytes.len(),
        _ => 0,
    };
    values.iter().map(length).max().unwrap_or(0)
}

/// The one kind of a list's items: that of what is compared with them, or the wider one of integers.
fn list_kind(left: Kind, values: &[&Value]) -> Kind {
    if values.iter().all(|value| as_kind((*value).clone(), left).kind() == left) {
        return left;
    }
    let first = values.first().map_or(left, |value| value.kind());
    if values.iter().all(|value| value.kind() == first) { first } else { Kind::I64 }
}

/// A moment with a zone as one without, or the other way round: the zone is UTC.
fn as_moment(value: Value, kind: Kind) -> Value {
    match (value, kind) {
        (Value::Timestamp(moment), Kind::DateTime) => Value::DateTime(moment.naive_utc()),
        (Value::DateTime(moment), Kind::Timestamp) => Value::Timestamp(moment.and_utc()),
        (value, _) => value,
    }
}

/// Tells whether a text has a character that does not survive in JSON.
fn has_nul(value: &Value) -> bool {
    matches!(value, Value::Text(text) if text.contains('\0'))
}

fn as_bytes(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::Bytes(text.as_bytes().to_vec()),
        value => value.clone(),
    }
}
