//! The SELECTs that are asked most: of whole rows, all or those with a number or a UUID in one column. As they are the same but
//! for the value, their texts are kept.

use std::ptr;

use super::kept::{self, Columns, Shape, Verb};
use super::ours::is_ours;
use crate::ast::{Condition, LookupOperator, Node, Select, Selected, Tree};
use crate::dialect::Dialect;
use crate::model::ModelDef;
use crate::statement::{Intent, Statement};
use crate::value::Value;

/// A SELECT of whole rows, and of nothing besides.
#[derive(Debug)]
pub struct WholeRows<'q> {
    model: &'static ModelDef,
    shape: Shape,
    /// The value of the column, if there is one.
    value: Option<&'q Value>,
    /// The limit, where that is bound too.
    limit: Option<i64>,
}

impl<'q> WholeRows<'q> {
    /// What such a SELECT asks; `None` for any other one, and for values on which its text may depend.
    pub fn of(select: &'q Select, dialect: &Dialect) -> Option<Self> {
        // Named one by one, so that what a SELECT may ask besides is thought of here.
        let Select {
            model,
            selected: Selected::Model(related),
            condition,
            present: None,
            order,
            reversed: false,
            distinct: false,
            // Of other limits there may be many, and some write them into the text.
            limit: limit @ (None | Some(1..=2)),
            offset: 0,
            lock: None,
            prefetch: _,
            nothing: false,
            tag,
            fault: None,
        } = select
        else {
            return None;
        };
        let ordered = order.is_none();
        if !related.related.is_empty() || order.as_ref().is_some_and(|order| !order.is_empty()) {
            return None;
        }
        let equal = if condition.is_empty() { None } else { Some(equality(condition, model)?) };
        let bound = limit.and_then(|limit| i64::try_from(limit).ok()).filter(|_| dialect.features().binds_limit);
        let verb = Verb::Select { column: equal.map(|(column, _)| column), ordered, limit: *limit, tag: *tag };
        let shape = Shape::new(verb, model, Columns::Whole, dialect);
        Some(Self { model, shape, value: equal.map(|(_, value)| value), limit: bound })
    }

    /// The statement, if its text is known from another value.
    pub fn statement(&self) -> Option<Statement> {
        kept::find(self.shape).map(|sql| Statement::new(sql, self.binds(), Intent::Read))
    }

    /// Keeps the text of the statement for other values. (Of a table of others the types are looked at each time.)
    pub fn keep(&self, statement: &Statement) {
        if is_ours(self.model) {
            kept::keep(self.shape, statement, &self.binds());
        }
    }

    fn binds(&self) -> Vec<Value> {
        self.value.cloned().into_iter().chain(self.limit.map(Value::I64)).collect()
    }
}

/// The column of the model, by its index, that a condition wants to have a value, if it wants nothing else.
fn equality<'q>(condition: &'q Condition, model: &ModelDef) -> Option<(usize, &'q Value)> {
    let Condition { negated: false, tree: Tree::Lookup(lookup) } = condition else { return None };
    let (LookupOperator::Eq, [Node::Column(column), Node::Value(value)]) = (lookup.operator, &*lookup.operands) else {
        return None;
    };
    let is_plain = matches!(value, Value::I16(_) | Value::I32(_) | Value::I64(_) | Value::Uuid(_));
    let is_own = column.path.is_empty() && ptr::eq(column.path.model, model);
    if !is_plain || !is_own || value.kind() != column.field.kind {
        return None;
    }
    Some((model.fields.iter().position(|field| ptr::eq(field, column.field))?, value))
}
