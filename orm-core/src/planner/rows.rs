//! The shape of an UPDATE or DELETE: which rows it changes, and whether it must choose them before it changes any.

use super::check;
use super::clause::Clause;
use super::join::{Joins, Place, shortest};
use crate::ast::{Condition, Node, Walk};
use crate::error::Result;
use crate::model::{FieldDef, ModelDef, OnDelete};

/// What an UPDATE or DELETE needs.
#[derive(Debug)]
pub struct Rows<'q> {
    /// The condition in normal form.
    pub condition: Clause<'q>,
    /// The joins of its to-one paths.
    pub joins: Joins,
}

impl<'q> Rows<'q> {
    /// Plans which rows of a model are meant, and looks through the expressions that go with them; `None` if it is
    /// known that no row is meant.
    pub fn of(model: &'static ModelDef, condition: &'q Condition, nodes: &[&Node]) -> Result<Option<Self>> {
        check::condition(condition)?;
        nodes.iter().try_for_each(|node| check::node(node))?;
        let condition = Clause::of(condition, false);
        if condition == Clause::Constant(false) {
            return Ok(None);
        }
        let mut joins = Joins::new(model);
        joins.add_clause(&condition)?;
        joins.require(&condition);
        Ok(Some(Self { condition, joins }))
    }

    /// The joins of the condition and of the expressions that an UPDATE assigns, if one of these reads another row of
    /// the table that is changed, or goes by one of the `keys` that change: their values are then computed before any
    /// row changes.
    pub fn with_assigned(&self, nodes: &[&Node], keys: &[&FieldDef]) -> Result<Option<Joins>> {
        let mut assigned = Joins::new(self.joins.root());
        assigned.add_each(nodes)?;
        let meets = assigned.iter().any(|(_, join, _)| {
            let is_changed = join.from == Place::Root && keys.iter().any(|key| std::ptr::eq(*key, join.key));
            is_changed || join.target.same_table(self.joins.root())
        });
        if meets { self.with_all(nodes).map(Some) } else { Ok(None) }
    }

    /// The joins of the condition and of the expressions that an UPDATE assigns.
    pub fn with_all(&self, nodes: &[&Node]) -> Result<Joins> {
        let mut joins = self.joins.clone();
        joins.add_each(nodes)?;
        Ok(joins)
    }
}

/// Tells whether a DELETE can change, by the foreign keys that lead back to its table, what its own condition reads of
/// rows that are still to be judged.
pub(crate) fn changes_its_condition(model: &'static ModelDef, condition: &Condition) -> bool {
    model.fields.iter().any(|field| {
        let Some(key) = &field.foreign_key else { return false };
        // On a table that others made, the rule of the model need not be that of the database.
        let rule = !model.managed || matches!(key.on_delete, OnDelete::SetNull | OnDelete::SetDefault);
        rule && reads(condition.walk(), model, field) && reaches((key.target)(), model, &mut Vec::new())
    })
}

/// Tells whether rows of a model are deleted with those of another that they refer to, directly or by others.
fn reaches(from: &'static ModelDef, to: &ModelDef, seen: &mut Vec<&'static ModelDef>) -> bool {
    if from.same_table(to) {
        return true;
    }
    if seen.iter().any(|other| std::ptr::eq(*other, from)) {
        return false;
    }
    seen.push(from);
    let mut keys = from.fields.iter().filter_map(|field| field.foreign_key.as_ref());
    keys.any(|key| (!from.managed || key.on_delete == OnDelete::Cascade) && reaches((key.target)(), to, seen))
}

/// Tells whether an expression reads a column of the row, also as the first step of a path.
pub(crate) fn reads(walk: Walk<'_>, model: &ModelDef, field: &FieldDef) -> bool {
    walk.columns().any(|column| {
        let (mut path, mut read) = shortest(column);
        while let Some((before, key)) = path.step {
            (path, read) = (before, key);
        }
        path.model == model && std::ptr::eq(read, field)
    })
}
