//! What an expression becomes when a column stores it.

use super::writer::{Scope, Writer};
use crate::dialect::{Fit, Holds};
use crate::error::Result;
use crate::expr::Node;
use crate::model::FieldDef;
use crate::value::Kind;

impl Writer<'_> {
    /// An expression as a column stores it: rounded to its digits, and an error past what it holds.
    pub(super) fn assigned(&mut self, node: &Node, field: &FieldDef, scope: Scope<'_>) -> Result<()> {
        let own = match scope {
            Scope::Rows(joins) => joins.root().managed,
            Scope::Correlated(model) | Scope::Table(model) => model.managed,
        };
        let to = holds(field).filter(|_| !is_alike(node, field));
        let template = to.and_then(|to| self.spelling().fitted(&Fit { from: node.kind(), to, own }));
        match (template, node) {
            (Some(template), _) => self.template(&template, &mut |writer, _| writer.node(node, scope)),
            // A column goes into another in the form that it has.
            (None, Node::Column(column)) => self.column(*column, scope),
            (None, _) => self.node(node, scope),
        }
    }
}

fn holds(field: &FieldDef) -> Option<Holds> {
    Some(match field.kind {
        kind @ (Kind::I16 | Kind::I32 | Kind::I64) => {
            let (least, most) = field.range.unwrap_or(match kind {
                Kind::I16 => (i16::MIN.into(), i16::MAX.into()),
                Kind::I32 => (i32::MIN.into(), i32::MAX.into()),
                _ => (i64::MIN, i64::MAX),
            });
            Holds::Integers { least, most, narrow: field.range.is_some() }
        }
        Kind::F32 => Holds::Singles,
        Kind::Decimal => Holds::Decimals(field.scale()),
        Kind::Text => Holds::Texts(field.max_length?),
        _ => return None,
    })
}

/// Tells whether an expression is a column that holds no more than this one.
fn is_alike(node: &Node, field: &FieldDef) -> bool {
    let Node::Column(column) = node else { return false };
    let other = column.field;
    other.kind == field.kind
        && match field.kind {
            Kind::I16 | Kind::I32 | Kind::I64 => field.range.is_none() || field.range == other.range,
            Kind::Text => other.max_length.is_some_and(|length| Some(length) <= field.max_length),
            Kind::Decimal => false,
            _ => true,
        }
}
