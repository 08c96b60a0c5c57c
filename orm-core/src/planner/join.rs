//! To-one paths become joins, each path once.

use super::plan::{Clause, Expr};
use super::tables::{Col, Join, Joins, Name, Table, field_at};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, QueryMistake, Result};
use crate::model::{Column, FieldDef, ModelDef, Path};
use crate::row::Shape;

/// How many joins a query may have: SQLite takes 64 tables, MySQL 61.
const MOST: usize = 60;

impl Joins {
    /// The tables of a model and of its related models, depth first; those are joined.
    pub(super) fn add_shape(
        &mut self,
        table: Table,
        shape: &Shape,
        tables: &mut Vec<Table>,
        aliases: &mut usize,
        dialect: &Dialect,
    ) -> Result<()> {
        for (index, inner) in &shape.related {
            let key = field_at(table.model, *index)?;
            let Some(foreign) = &key.foreign_key else {
                return Err(Error::internal(format!("`{}.{}` is no foreign key", table.model.name, key.name)));
            };
            let joined = self.add(table, key, (foreign.target)(), aliases, dialect)?;
            tables.push(joined);
            self.add_shape(joined, inner, tables, aliases, dialect)?;
        }
        Ok(())
    }

    /// The table at the end of a path, which is joined; `aliases` counts those of the statement.
    pub(super) fn add_path(&mut self, path: &Path, aliases: &mut usize, dialect: &Dialect) -> Result<Table> {
        let Some((before, key)) = path.step else { return self.expect_root(path) };
        let from = self.add_path(before, aliases, dialect)?;
        self.add(from, key, path.model, aliases, dialect)
    }

    fn add(
        &mut self,
        from: Table,
        key: &'static FieldDef,
        target: &'static ModelDef,
        aliases: &mut usize,
        dialect: &Dialect,
    ) -> Result<Table> {
        if let Some(table) = self.find(from, key) {
            return Ok(table);
        }
        if self.list.len() == MOST {
            let (found, limit) = (MOST as u64 + 1, MOST as u64);
            return Err(ErrorKind::TooComplex { what: "joins", found, limit }.into());
        }
        let [target_key] = target.primary_key else {
            return Err(QueryMistake::NoKey { model: target.name, needed: "of one column to join by" }.into());
        };
        let nullable = from.nullable || key.nullable || !from.model.managed;
        *aliases += 1;
        let table = Table { model: target, name: Name::Alias(self.letter, *aliases), nullable };
        let (key, target) = (from.column(key), field_at(target, *target_key)?);
        let unread = [table.column(target), key].map(|column| column.may_be_unread(dialect));
        self.list.push(Join { table, target, key, unread });
        Ok(table)
    }

    /// A column, whose path is joined.
    pub(super) fn add_column(&mut self, column: Column, aliases: &mut usize, dialect: &Dialect) -> Result<Col> {
        let (path, field) = column.shortest();
        Ok(self.add_path(path, aliases, dialect)?.column(field))
    }

    /// Forgets the joins of what was folded away: those with a later alias.
    pub(super) fn forget(&mut self, aliases: usize) {
        self.list.retain(|join| matches!(join.table.name, Name::Alias(_, number) if number <= aliases));
    }

    /// Makes those joins INNER without which the condition cannot hold: it rejects NULL in their columns.
    pub(super) fn require(&mut self, condition: &Clause<'_>) {
        if !self.list.is_empty() {
            self.required = self.rejecting(condition);
        }
    }

    /// Makes the joins on the way to a table INNER.
    pub(super) fn require_table(&mut self, table: Table) {
        self.required |= self.way_to(table);
    }

    /// The joins whose absent rows fail the condition, as bits.
    fn rejecting(&self, clause: &Clause<'_>) -> u64 {
        match clause {
            Clause::Test { operands, negated: false, .. } => self.strict_in(operands),
            Clause::In { left: node, negated: false, .. } | Clause::IsNull { node, negated: true } => self.strict(node),
            Clause::Listed(listed) if !listed.negated => {
                listed.columns.iter().fold(0, |bits, column| bits | self.strict(&column.left))
            }
            Clause::Forms(forms) if !forms.negated => self.strict(&forms.left),
            Clause::Near(near) => self.strict_in(&near.operands),
            Clause::And(parts) => parts.iter().fold(0, |bits, part| bits | self.rejecting(part)),
            Clause::Or(parts) => parts.iter().fold(u64::MAX, |bits, part| bits & self.rejecting(part)),
            Clause::Constant(_)
            | Clause::Readable(_)
            | Clause::KeyInRows { .. }
            | Clause::Exists { .. }
            | Clause::Test { .. }
            | Clause::In { .. }
            | Clause::Listed(_)
            | Clause::Forms(_)
            | Clause::IsNull { .. }
            | Clause::Xor { .. } => 0,
        }
    }

    /// The joins without which an expression is NULL, as bits.
    fn strict(&self, node: &Expr<'_>) -> u64 {
        match node {
            Expr::Column(column) => self.way_to(column.table),
            Expr::Call(called) if called.call.function.is_strict() => self.strict_in(&called.arguments),
            _ => 0,
        }
    }

    fn strict_in(&self, nodes: &[Expr<'_>]) -> u64 {
        nodes.iter().fold(0, |bits, node| bits | self.strict(node))
    }
}
