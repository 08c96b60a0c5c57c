//! What planned expressions, conditions and statements are, and how they are made.

use std::borrow::Cow;

use super::plan::{Clause, Columns, Distinct, Expr, Forms, Item, Limit, Listed, Operands, Plan, Shown, Source};
use super::tables::{Col, Table};
use crate::ast::LookupOperator;
use crate::error::{QueryMistake, Result};
use crate::value::{Kind, Value};

impl<'q> Plan<'q> {
    /// The one expression that it selects.
    pub fn output(&self) -> Option<&Expr<'q>> {
        match (&self.columns, &self.source) {
            (Columns::All, Source::Rows(rows)) => rows.output(),
            (Columns::Items(items), _) => match items.as_slice() {
                [Item::Expr(output)] => Some(output),
                _ => None,
            },
            _ => None,
        }
    }

    /// Tells whether a slice is taken.
    pub(super) fn is_sliced(&self) -> bool {
        self.limit != Limit::None || self.offset > 0
    }

    /// All columns and rows of another SELECT, for databases that do without it only there.
    pub(super) fn around(inner: Self) -> Self {
        Self::over(Columns::All, Source::Rows(Box::new(inner)))
    }

    /// Columns of all rows of a source.
    pub(super) const fn over(columns: Columns<'q>, source: Source<'q>) -> Self {
        Self {
            distinct: Distinct::No,
            columns,
            shown: Shown::Read,
            source,
            condition: Clause::Constant(true),
            order: Vec::new(),
            limit: Limit::None,
            offset: 0,
            lock: None,
        }
    }
}

impl<'q> Expr<'q> {
    /// A value of the query.
    pub(crate) const fn value(value: &'q Value) -> Self {
        Self::Value(Cow::Borrowed(value))
    }

    /// What the expression's value is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Column(column) => column.field.kind,
            Self::Value(value) => value.kind(),
            Self::Call(called) => called.call.kind,
            Self::Truth(_) => Kind::Bool,
            Self::Related(related) => related.column.field.kind,
            Self::Subquery(inner) => inner.kind,
            Self::Where(inner) => inner.argument.as_ref().map_or(Kind::I64, Self::kind),
        }
    }

    /// The column that it is, of a table of the statement or behind a path.
    pub fn as_column(&self) -> Option<Col> {
        match self {
            Self::Column(column) => Some(*column),
            Self::Related(related) => Some(related.column),
            _ => None,
        }
    }

    /// The expression that its value comes from: what a subquery selects, else itself.
    pub fn source(&self) -> &Self {
        match self {
            Self::Subquery(inner) => inner.plan.output().map_or(self, Self::source),
            _ => self,
        }
    }

    /// The value of the query that it is.
    pub(super) fn as_own_value(&self) -> Option<&'q Value> {
        match self {
            Self::Value(Cow::Borrowed(value)) => Some(value),
            _ => None,
        }
    }

    /// The value that it is.
    pub fn as_value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}

impl<'q> Clause<'q> {
    /// All of the parts, or any of them; a part that is such a group itself is no level of its own.
    pub(crate) fn group(parts: Vec<Self>, all: bool) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        parts.into_iter().for_each(|part| part.join(&mut flat, all));
        Self::flat_group(flat, all)
    }

    /// Adds it to the parts of a group.
    pub(super) fn join(self, parts: &mut Vec<Self>, all: bool) {
        match self {
            Self::And(mut inner) if all => parts.append(&mut inner),
            Self::Or(mut inner) if !all => parts.append(&mut inner),
            part => parts.push(part),
        }
    }

    /// The same of parts none of which is such a group.
    pub(super) fn flat_group(mut parts: Vec<Self>, all: bool) -> Self {
        match parts.len() {
            0 => Self::Constant(all),
            1 => parts.swap_remove(0),
            _ if all => Self::And(parts),
            _ => Self::Or(parts),
        }
    }

    /// The complement, also in normal form.
    pub(super) fn complement(self) -> Self {
        let complements = |parts: Vec<Self>| parts.into_iter().map(Self::complement).collect();
        match self {
            Self::Constant(value) => Self::Constant(!value),
            Self::Test { operator, operands, negated } => Self::Test { operator, operands, negated: !negated },
            Self::In { left, values, negated } => Self::In { left, values, negated: !negated },
            Self::Listed(listed) => Self::Listed(Box::new(Listed { negated: !listed.negated, ..*listed })),
            Self::Forms(forms) => Self::Forms(Box::new(Forms { negated: !forms.negated, ..*forms })),
            Self::IsNull { node, negated } => Self::IsNull { node, negated: !negated },
            Self::Exists { rows, negated } => Self::Exists { rows, negated: !negated },
            Self::And(parts) => Self::Or(complements(parts)),
            Self::Or(parts) => Self::And(complements(parts)),
            Self::Xor { parts, negated } => Self::Xor { parts, negated: !negated },
            // These have no word for it.
            only @ (Self::Near(_) | Self::Readable(_) | Self::KeyInRows { .. }) => {
                Self::Xor { parts: vec![only, Self::Constant(false)], negated: true }
            }
        }
    }

    /// The primary key of a row is among some.
    pub(super) fn key_in(table: Table, keys: Box<Plan<'q>>) -> Result<Self> {
        if table.model.primary_key.is_empty() {
            return Err(QueryMistake::NoKey { model: table.model.name, needed: "to find its rows by" }.into());
        }
        Ok(Self::KeyInRows { table, keys })
    }

    /// An expression has a value, or it has not.
    pub(crate) fn equal(node: Expr<'q>, value: &'q Value, negated: bool) -> Self {
        if value.is_null() {
            return Self::IsNull { node, negated };
        }
        let operands = Operands::Two([node, Expr::value(value)]);
        Self::Test { operator: LookupOperator::Eq, operands, negated }
    }

    /// Tells whether every row is meant.
    pub const fn is_always(&self) -> bool {
        matches!(self, Self::Constant(true))
    }

    /// Tells whether no row is meant.
    pub const fn is_never(&self) -> bool {
        matches!(self, Self::Constant(false))
    }
}
