//! Lists that are one parameter: of texts that need more than JSON or an array, and of keys of several columns.

use super::arithmetic::as_kind;
use super::expr::may_be_null;
use super::lookup::{LONGEST_LIST, has_nul};
use super::writer::{Scope, Writer};
use crate::error::{Error, Result};
use crate::expr::{Node, any_of};
use crate::model::Column;
use crate::planner::Clause;
use crate::value::{Kind, Value};

impl Writer<'_> {
    /// A long list of texts that needs another form than the usual one: texts with NUL characters, and texts of tables
    /// of others or with a collation of their own. Tells whether it was written.
    pub(super) fn other_list(
        &mut self,
        left: &Node,
        values: &[&Value],
        negated: bool,
        scope: Scope<'_>,
    ) -> Result<bool> {
        let Node::Column(column) = left else { return Ok(false) };
        // A join by another character set uses no index, so MySQL gets a list of parameters as long as it fits.
        let unsorted = !self.features().array_parameters && !self.features().reads_target;
        let most = if unsorted { self.features().max_binds * 9 / 10 } else { LONGEST_LIST };
        if left.kind() != Kind::Text || values.len() <= LONGEST_LIST {
            return Ok(false);
        }
        if values.iter().any(|value| has_nul(value)) {
            let Some(test) = self.spelling().texts_as_bytes() else { return Ok(false) };
            let bytes = values.iter().filter_map(|value| match value {
                Value::Text(text) => Some(Value::Bytes(text.as_bytes().to_vec())),
                _ => None,
            });
            let operands = [left.clone(), Node::Value(Value::List(Kind::Bytes, bytes.collect()))];
            return self.either_way(test, &operands, negated, scope).map(|()| true);
        }
        if self.is_collated(left) || self.listed_in(left).is_some() || values.len() <= most {
            return Ok(false);
        }
        let test = self.spelling().foreign_texts();
        let list = Value::List(Kind::Text, values.iter().map(|value| (*value).clone()).collect());
        let nullable = negated && may_be_null(left);
        self.push(if nullable { "(" } else { "" });
        self.template(if negated { test.fails } else { test.holds }, &mut |writer, slot| {
            match slot {
                b'0' => return writer.column(*column, scope),
                b't' => writer.table(column.path.model),
                b'c' => writer.identifier(column.field.column),
                b'l' => writer.push(&writer.spelling().text_literal(column.field.column)),
                _ => writer.bind(list.clone()),
            }
            Ok(())
        })?;
        if nullable {
            self.push(" OR ");
            self.column(*column, scope)?;
            self.push(" IS NULL)");
        }
        Ok(true)
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
        let kinds: Vec<Kind> = lists.iter().map(|(column, _)| column.field.kind).collect();
        let rows = self.spelling().rows(&kinds);
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
