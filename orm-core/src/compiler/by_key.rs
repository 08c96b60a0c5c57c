//! The look-up of one row by its key: as most of them are the same but for the key, the text is kept.

use std::ptr;

use super::kept::{self, Columns, Shape, Verb};
use super::ours::is_ours;
use crate::ast::{Condition, LookupOperator, Node, Select, Selected, Tree};
use crate::dialect::Dialect;
use crate::model::ModelDef;
use crate::statement::{Intent, Statement};
use crate::value::Value;

/// A SELECT of the row that has a key, and of nothing besides.
#[derive(Debug)]
pub struct ByKey<'q> {
    model: &'static ModelDef,
    shape: Shape,
    key: &'q Value,
    /// The limit, where that is bound too.
    limit: Option<i64>,
}

impl<'q> ByKey<'q> {
    /// What such a SELECT looks up; `None` for any other one, and for keys on which its text may depend.
    pub fn of(select: &'q Select, dialect: &Dialect) -> Option<Self> {
        // Named one by one, so that what a SELECT may ask besides is thought of here.
        let Select {
            model,
            selected: Selected::Model(related),
            condition,
            present: None,
            order: Some(order),
            reversed: false,
            distinct: false,
            limit: Some(limit @ 1..),
            offset: 0,
            lock: None,
            prefetch: _,
            nothing: false,
            fault: None,
        } = select
        else {
            return None;
        };
        if !related.related.is_empty() || !order.is_empty() {
            return None;
        }
        let key = key_in(condition, model)?;
        let shape = Shape::new(Verb::Select { limit: *limit }, model, Columns::Whole, dialect);
        let bound = i64::try_from(*limit).ok().filter(|_| dialect.features().binds_limit);
        Some(Self { model, shape, key, limit: bound })
    }

    /// The statement, if its text is known from another key.
    pub fn statement(&self) -> Option<Statement> {
        kept::find(self.shape).map(|sql| Statement::new(sql, self.binds(), Intent::Read))
    }

    /// Keeps the text of the statement for other keys. (Of a table of others the types are looked at each time.)
    pub fn keep(&self, statement: &Statement) {
        if is_ours(self.model) {
            kept::keep(self.shape, statement, &self.binds());
        }
    }

    fn binds(&self) -> Vec<Value> {
        let mut binds = vec![self.key.clone()];
        binds.extend(self.limit.map(Value::I64));
        binds
    }
}

/// The value that a condition wants the key to have, if it wants nothing else: a number or a UUID.
fn key_in<'q>(condition: &'q Condition, model: &ModelDef) -> Option<&'q Value> {
    let Condition { negated: false, tree: Tree::Lookup(lookup) } = condition else { return None };
    let (LookupOperator::Eq, [Node::Column(column), Node::Value(value)]) = (lookup.operator, &*lookup.operands) else {
        return None;
    };
    let is_plain = matches!(value, Value::I16(_) | Value::I32(_) | Value::I64(_) | Value::Uuid(_));
    let is_key = column.path.is_empty() && ptr::eq(column.path.model, model) && column.field.primary_key;
    let is_whole = model.primary_key.len() == 1 && value.kind() == column.field.kind;
    (is_plain && is_key && is_whole).then_some(value)
}
