//! Lists that are one parameter, of one column or of several: what is compared stands on the left, and the database reads the
//! list once.

use std::borrow::Cow;

use super::arithmetic::{as_kind, beside};
use super::lookup::check_comparable;
use super::writer::Writer;
use crate::error::{Error, Result};
use crate::planner::{Among, Expr, Listed, nullable};
use crate::value::{Kind, Value};

impl Writer<'_> {
    /// Whether the expressions are in one row of a list, or in none of them.
    pub(super) fn listed(&mut self, listed: &Listed<'_>) -> Result<()> {
        for Among { left, values, .. } in &listed.columns {
            values.first().map_or(Ok(()), |value| check_comparable(left.kind(), value.kind()))?;
        }
        let lefts: Vec<Expr<'_>> = listed.columns.iter().map(|column| column.left.clone()).collect();
        let sent: Vec<(Kind, Vec<Value>)> = listed.columns.iter().map(|column| self.sent(column)).collect();
        let kinds: Vec<Kind> = sent.iter().map(|(kind, _)| *kind).collect();
        let mut parameters = self.parameters(sent).into_iter();
        let unequal = listed.differs.then(|| listed.made.clone().unequal(nullable(&lefts)));
        let made = unequal.as_ref().unwrap_or(&listed.made);
        self.holds_or_not(made.words(), &lefts, listed.negated, |writer, words| {
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

    /// The values of a column of a list as they are sent.
    fn sent(&self, column: &Among<'_>) -> (Kind, Vec<Value>) {
        if column.bytes {
            return (Kind::Bytes, column.values.iter().map(|value| as_bytes(value)).collect());
        }
        let kind = list_kind(beside(&column.left), &column.values);
        let kind = column.facts.as_ref().map_or(kind, |facts| self.spelling().listed_as(kind, facts));
        let sent = column.values.iter().map(|value| as_moment(self.item(&column.left, kind, value), kind));
        (kind, sent.collect())
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

fn as_bytes(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::Bytes(text.as_bytes().to_vec()),
        value => value.clone(),
    }
}
