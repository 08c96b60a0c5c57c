//! Lists that are one parameter: of texts that need more than JSON or an array, and of keys of several columns.

use super::arithmetic::{as_kind, beside};
use super::expr::may_be_null;
use super::writer::{Scope, Writer};
use crate::dialect::{ColumnFacts, Left, List, Made};
use crate::error::{Error, Result};
use crate::expr::{LookupOperator, Node, any_of};
use crate::model::Column;
use crate::planner::Clause;
use crate::value::{Kind, Value};

/// How long a list of parameters becomes before it is sent as one.
const LONGEST_LIST: usize = 512;

impl Writer<'_> {
    /// The words and the parameter of a list that is one parameter; none of one that is as many as its values.
    pub(super) fn one_parameter(&self, left: &Node, values: &[&Value]) -> Option<(Made, Value)> {
        // Documents are equal by value, which IN does not know.
        let long = self.features().array_parameters || values.len() > LONGEST_LIST || left.kind() == Kind::Json;
        let lacks = self.may_lack(left, values);
        if !long && !lacks {
            return None;
        }
        // Where a column may lack a character, JSON holds any.
        let nul = !lacks && values.iter().any(|value| has_nul(value));
        if nul && left.kind() != Kind::Text {
            return None;
        }
        let column = if nul { None } else { self.unlike_ours(left) };
        let list = List { kind: left.kind(), longest: longest(values), left: self.left_of(left, nul, column.as_ref()) };
        // A join by another character set uses no index, so there is a list of parameters as long as it fits.
        if matches!(list.left, Left::Unknown) && values.len() <= self.features().max_binds * 9 / 10 {
            return None;
        }
        let made = self.spelling().list(&list)?;
        if nul {
            return Some((made, Value::List(Kind::Bytes, values.iter().map(|value| as_bytes(value)).collect())));
        }
        let kind = list_kind(beside(left), values);
        Some((made, Value::List(kind, values.iter().map(|value| self.listed(left, kind, value)).collect())))
    }

    /// How what is on the left of a list compares.
    fn left_of<'f>(&self, left: &Node, nul: bool, column: Option<&'f ColumnFacts>) -> Left<'f> {
        let settled = self.is_settled(LookupOperator::In, std::slice::from_ref(left));
        match (left.kind(), column) {
            (Kind::Text, _) if nul => Left::Bytes,
            (Kind::Text, Some(column)) => Left::Column(column),
            (Kind::Text, None) if !self.is_collated(left) && self.spelling().knows_collations() => Left::Unknown,
            (Kind::Decimal, _) if !settled => Left::Unsettled,
            _ => Left::Ours,
        }
    }

    /// How many parameters a list of some length gets: as many as the next power of two, unless it breaks the limit.
    pub(super) fn padded(&self, length: usize) -> usize {
        let padded = length.next_power_of_two();
        if self.bound_so_far() + padded <= self.features().max_binds / 2 { padded } else { length }
    }

    /// Whether a key of several columns is one of several: a join with the rows of one parameter, so that an index on the
    /// key serves. Keys of other kinds than numbers, texts, dates and UUIDs of our own tables are written out.
    pub(super) fn key_among(&mut self, operands: &[Node], negated: bool, scope: Scope<'_>) -> Result<()> {
        let (columns, lists) = operands.split_at(operands.len() / 2);
        let lists = columns.iter().zip(lists).map(|(column, list)| match (column, list) {
            (Node::Column(column), Node::Value(Value::List(_, items))) => Ok((*column, items.as_slice())),
            _ => Err(Error::query("a list of keys has a list for each column")),
        });
        let lists: Vec<(Column, &[Value])> = lists.collect::<Result<_>>()?;
        let kinds = lists.iter().map(|(column, items)| {
            let longest = longest(&items.iter().collect::<Vec<_>>());
            List { kind: column.field.kind, longest, left: Left::Ours }
        });
        let rows = self.spelling().rows(&kinds.collect::<Vec<_>>());
        match rows {
            Some(rows) if !self.is_inline() && lists.iter().all(|(column, items)| self.is_listable(*column, items)) => {
                self.key_in_rows(columns, &lists, &rows, negated, scope)
            }
            _ => self.keys_written_out(&lists, negated, scope),
        }
    }

    /// Tells whether the values of a column of a key can stand in a list of rows.
    fn is_listable(&self, column: Column, items: &[Value]) -> bool {
        let kind = column.field.kind;
        let known = match kind {
            Kind::Bool | Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration => true,
            Kind::Text => self.is_collated(&Node::Column(column)) && !items.iter().any(has_nul),
            Kind::Date | Kind::Uuid => column.path.model.managed,
            _ => false,
        };
        known && items.iter().all(|item| as_kind(item.clone(), kind).kind() == kind && !item.is_null())
    }

    fn key_in_rows(
        &mut self,
        columns: &[Node],
        lists: &[(Column, &[Value])],
        rows: &str,
        negated: bool,
        scope: Scope<'_>,
    ) -> Result<()> {
        let nullable = negated && columns.iter().any(may_be_null);
        self.push(if nullable { "(" } else { "" });
        self.push("(");
        self.separated(lists, ", ", |writer, (column, _)| writer.column(*column, scope))?;
        self.push(if negated && !nullable { ") NOT IN (" } else { ") IN (" });
        let arrays = self.features().array_parameters;
        self.template(rows, &mut |writer, slot| {
            let list = if arrays { one_column(lists, slot) } else { Some(all_rows(lists)) };
            writer.bind(list.ok_or_else(|| Error::query("a list of keys has too few columns"))?);
            Ok(())
        })?;
        self.push(if nullable { ")) IS NOT TRUE" } else { ")" });
        Ok(())
    }

    fn keys_written_out(&mut self, lists: &[(Column, &[Value])], negated: bool, scope: Scope<'_>) -> Result<()> {
        let Some((first, items)) = lists.first() else { return Err(Error::query("a key has a column at least")) };
        let key = |at: usize| lists.iter().filter_map(|(_, items)| items.get(at).cloned()).collect::<Vec<Value>>();
        let condition = any_of(first.path, (0..items.len()).map(key));
        self.push("(");
        self.clause(&Clause::of(&condition, negated), scope)?;
        self.push(")");
        Ok(())
    }
}

fn one_column(lists: &[(Column, &[Value])], slot: u8) -> Option<Value> {
    let (column, items) = lists.get(usize::from(slot.checked_sub(b'0')?))?;
    let kind = column.field.kind;
    Some(Value::List(kind, items.iter().map(|item| as_kind(item.clone(), kind)).collect()))
}

fn all_rows(lists: &[(Column, &[Value])]) -> Value {
    let length = lists.first().map_or(0, |(_, items)| items.len());
    let row = |at: usize| lists.iter().filter_map(|(_, items)| items.get(at).cloned()).collect();
    Value::List(Kind::I64, (0..length).map(|at| Value::List(Kind::I64, row(at))).collect())
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
