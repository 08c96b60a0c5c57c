//! Columns of tables that the library did not make, which may hold what is not read: an error where they do.

use super::writer::Writer;
use crate::dialect::declared;
use crate::error::Result;
use crate::planner::{Col, Expr};
use crate::value::Kind;

impl Writer<'_> {
    /// A column, with an error where it holds what is not read; any other expression.
    pub(super) fn checked(&mut self, node: &Expr<'_>) -> Result<()> {
        let Some(column) = node.as_column().filter(|_| !self.is_inline()) else { return self.bare(node) };
        let (model, field) = (column.table.model, column.field);
        // What a function gives has no collation any more, and the one that was wished for may be any.
        let keeps_collation = field.kind == Kind::Text && declared(field).is_some();
        if keeps_collation || self.dialect.readable(model, field).is_none() {
            return self.bare(node);
        }
        let facts = self.column_facts(model, field);
        match self.spelling().checked(field.kind, facts.as_ref()) {
            Some(template) => self.asked(template, node, column),
            None => self.bare(node),
        }
    }

    /// The condition that a column holds what is read, with the same error.
    pub(super) fn readable(&mut self, node: &Expr<'_>) -> Result<()> {
        let condition = |column: Col| Some((column, self.dialect.readable(column.table.model, column.field)?));
        match node.as_column().and_then(condition) {
            Some((column, template)) => self.asked(template, node, column),
            None => self.write("TRUE"),
        }
    }

    fn asked(&mut self, template: &str, node: &Expr<'_>, column: Col) -> Result<()> {
        self.template(template, &mut |writer, slot| match slot {
            b'0' => writer.bare(node),
            _ => writer.write(&writer.spelling().text_literal(column.field.column)),
        })
    }
}
