//! Comparisons with columns of tables that the library did not make, on a database that keeps any value in any column: one
//! that is not read must not match by its type (a number is less than every text), so it is an error there too.

use super::writer::{Scope, Writer};
use crate::error::Result;
use crate::expr::{Function, LookupOperator, Node};
use crate::model::Column;
use crate::planner::{Clause, shortest};

impl Writer<'_> {
    /// A comparison that fails with an error where it meets a value that is not read.
    pub(super) fn readable_clause(&mut self, clause: &Clause<'_>, scope: Scope<'_>) -> Result<()> {
        let columns = self.doubtful(clause);
        if columns.is_empty() {
            return self.bare_clause(clause, scope);
        }
        self.push("(");
        for (column, template) in columns {
            self.template(template, &mut |writer, slot| match slot {
                b'0' => writer.column(column, scope),
                _ => {
                    let name = writer.spelling().text_literal(column.field.column);
                    writer.write(&name)
                }
            })?;
            self.push(" AND ");
        }
        self.bare_clause(clause, scope)?;
        self.write(")")
    }

    /// The columns by whose unread values a comparison might hold. What equals a value of ours is read.
    fn doubtful(&self, clause: &Clause<'_>) -> Vec<(Column, &'static str)> {
        use LookupOperator as L;
        let mut columns = Vec::new();
        if self.is_inline() {
            return columns;
        }
        match clause {
            Clause::Any { left, negated: true, .. } => self.doubtful_in(left, &mut columns),
            Clause::Test { lookup, negated } => {
                let known = matches!(lookup.operands.as_slice(), [Node::Column(_), Node::Value(_)]);
                let equality = matches!(lookup.operator, L::Eq | L::In) && known && !negated;
                if !equality && !matches!(lookup.operator, L::IsNull | L::KeyIn) {
                    lookup.operands.iter().for_each(|operand| self.doubtful_in(operand, &mut columns));
                }
            }
            _ => {}
        }
        columns
    }

    fn doubtful_in(&self, node: &Node, columns: &mut Vec<(Column, &'static str)>) {
        match node {
            Node::Column(column) => {
                let (path, field) = shortest(*column);
                columns.extend(self.readable(path.model, field).map(|template| (*column, template)));
            }
            Node::Call(call) if !matches!(call.function, Function::Aggregate { .. }) => {
                call.arguments.iter().for_each(|argument| self.doubtful_in(argument, columns));
            }
            _ => {}
        }
    }
}
