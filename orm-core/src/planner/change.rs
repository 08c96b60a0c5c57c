//! UPDATE and DELETE: which rows they concern, and whether these must be chosen before one of them changes.

use std::ptr;

use super::check;
use super::plan::{Assigned, Change, Choice, Chosen, Clause, Columns, Plan, Source};
use super::scope::Scope;
use super::tables::{Joins, Table, field_at};
use crate::ast::{Condition, Delete, Node, Part, Update, Walk};
use crate::dialect::{Dialect, OldRows};
use crate::error::{Error, ErrorKind, QueryMistake, Result};
use crate::model::{Column, FieldDef, ModelDef, OnDelete, Path, Reference};

/// A column and the expression that it becomes.
type Given<'q> = (&'static FieldDef, &'q Node);

/// Plans an UPDATE; `None` if it assigns nothing or is known to concern no row.
///
/// # Errors
/// What cannot be meant, and `Unsupported` where the database cannot compute all new values from the old row.
pub fn update<'q>(update: &'q Update, dialect: &Dialect) -> Result<Option<Change<'q>>> {
    let given = given(update)?;
    let Some(found) = Found::of(update.model, &update.condition, &given, dialect)? else { return Ok(None) };
    if given.is_empty() {
        return Ok(None);
    }
    if found.reads_changed(update, &given) {
        return found.first(&given).map(Some);
    }
    let mut row = Scope::changed(update.model, dialect);
    let assignments = assigned(&given, &mut row)?;
    if found.must_come_first(&row, &given) {
        return found.first(&given).map(Some);
    }
    let assignments = if dialect.features().old_values { assignments } else { ordered(assignments, &given, &found)? };
    Ok(Some(Change::of(assignments, found.rows()?)))
}

/// Plans a DELETE; `None` if it is known to concern no row.
///
/// # Errors
/// What cannot be meant.
pub fn delete<'q>(delete: &'q Delete, dialect: &Dialect) -> Result<Option<Chosen<'q>>> {
    let Some(found) = Found::of(delete.model, &delete.condition, &[], dialect)? else { return Ok(None) };
    let changes_what_it_reads = dialect.features().old_rows == OldRows::Joined
        && (asks(delete.condition.walk()) || changes_its_condition(delete.model, &delete.condition));
    if changes_what_it_reads || found.scope.reads_lists_again() {
        return found.first(&[]).map(|change| Some(change.rows));
    }
    found.rows().map(Some)
}

/// The rows that a condition finds.
struct Found<'q, 'd> {
    condition: Clause<'q>,
    scope: Scope<'d>,
}

impl<'q, 'd> Found<'q, 'd> {
    /// Looks through the condition and the expressions that go with it; `None` if it is known that no row is meant.
    fn of(
        model: &'static ModelDef,
        condition: &'q Condition,
        given: &[Given<'q>],
        dialect: &'d Dialect,
    ) -> Result<Option<Self>> {
        check::condition(condition)?;
        given.iter().try_for_each(|(_, node)| check::node(node))?;
        let mut scope = Scope::rows(model, dialect);
        let condition = scope.clause(condition, false)?;
        if condition.is_never() {
            return Ok(None);
        }
        scope.joins.require(&condition);
        Ok(Some(Self { condition, scope }))
    }

    /// Tells whether new values must be computed before any row changes, since a query in an expression reads another row of the
    /// table, or goes by a column that changes, where a statement sees what it has changed already.
    fn reads_changed(&self, update: &Update, given: &[Given<'_>]) -> bool {
        let model = update.model;
        match self.scope.dialect.features().old_rows {
            OldRows::Seen => false,
            OldRows::From => given.iter().any(|(_, node)| reads_table(node.walk(), model)),
            OldRows::Joined => {
                let sees_assigned = given.len() > 1;
                let reads = |node: &Node| reads_table(node.walk(), model) || (sees_assigned && asks(node.walk()));
                given.iter().any(|(_, node)| reads(node)) || reads_table(update.condition.walk(), model)
            }
        }
    }

    /// Tells the same of the paths that expressions follow from the row that is changed; or a list would be read for each row.
    fn must_come_first(&self, row: &Scope<'_>, given: &[Given<'_>]) -> bool {
        let old_rows = self.scope.dialect.features().old_rows;
        if old_rows == OldRows::Seen {
            return false;
        }
        if self.scope.reads_lists_again() || row.reads_lists_again() {
            return true;
        }
        let root = self.scope.joins.root();
        // The columns whose new values a subquery in SET would see, if its path goes by them.
        let sees_assigned = old_rows == OldRows::Joined && given.len() > 1;
        let is_assigned = |key: &FieldDef| sees_assigned && given.iter().any(|(field, _)| ptr::eq(*field, key));
        row.followed.iter().any(|join| {
            (join.key.table.is(root) && is_assigned(join.key.field)) || join.table.model.same_table(root.model)
        })
    }

    fn first(self, given: &[Given<'q>]) -> Result<Change<'q>> {
        let Self { condition, mut scope } = self;
        let assignments = assigned(given, &mut scope)?;
        let is_joined = scope.dialect.features().old_rows == OldRows::Joined;
        let by = if is_joined { Choice::Joined } else { Choice::From };
        Ok(Change::of(assignments, Chosen { condition, joins: scope.joins, by }))
    }

    /// The rows by the condition alone, or by their keys, if its paths lead to other tables.
    fn rows(self) -> Result<Chosen<'q>> {
        let Self { condition, scope: Scope { joins, dialect, .. } } = self;
        if joins.is_empty() {
            return Ok(Chosen { condition, joins, by: Choice::Condition });
        }
        let table = Table::own(joins.root().model);
        let keys = Plan { condition, ..Plan::over(Columns::Keys, Source::Tables(joins)) };
        let keys = Box::new(if dialect.features().reads_target { keys } else { Plan::around(keys) });
        Ok(Chosen { condition: Clause::key_in(table, keys)?, joins: Joins::new(table.model), by: Choice::Condition })
    }
}

/// Tells whether a query stands inside an expression.
fn asks(mut walk: Walk<'_>) -> bool {
    walk.any(|part| matches!(part, Part::Select(_)))
}

/// Tells whether a query inside an expression reads the table that is changed.
fn reads_table(mut walk: Walk<'_>, changed: &ModelDef) -> bool {
    while let Some(part) = walk.next() {
        let reads = match part {
            Part::Select(select) => select.model.same_table(changed),
            Part::Node(Node::Column(Column { path, .. }) | Node::Outer { column: Column { path, .. }, .. }) => {
                walk.levels() > 0 && goes_by(path, changed)
            }
            Part::Node(_) | Part::Condition(_) => false,
        };
        if reads {
            return true;
        }
    }
    false
}

fn goes_by(path: &Path, changed: &ModelDef) -> bool {
    path.step.is_some_and(|(before, _)| path.model.same_table(changed) || goes_by(before, changed))
}

/// The assignments, with the columns of their expressions found.
fn assigned<'q>(given: &[Given<'q>], scope: &mut Scope<'_>) -> Result<Vec<Assigned<'q>>> {
    given.iter().map(|(field, node)| Ok((*field, scope.expr(node)?))).collect()
}

/// The assignments as they were given, each column once.
fn given(update: &Update) -> Result<Vec<Given<'_>>> {
    let mut given: Vec<Given<'_>> = Vec::with_capacity(update.assignments.len());
    for (index, node) in &update.assignments {
        let field = field_at(update.model, *index)?;
        if given.iter().any(|(other, _)| ptr::eq(*other, field)) {
            return Err(QueryMistake::AssignedTwice { model: update.model.name, field: field.name }.into());
        }
        given.push((field, node));
    }
    Ok(given)
}

/// The assignments, in an order in which every expression sees the old row.
fn ordered<'q>(mut left: Vec<Assigned<'q>>, given: &[Given<'q>], rows: &Found<'_, '_>) -> Result<Vec<Assigned<'q>>> {
    let Scope { dialect, joins, .. } = &rows.scope;
    let model = joins.root().model;
    let mut unread: Vec<&Given<'_>> = given.iter().collect();
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let free = unread.iter().position(|(field, _)| {
            let mut others = unread.iter().filter(|(other, _)| !ptr::eq(*other, *field));
            others.all(|(_, node)| !reads(node.walk(), model, field))
        });
        let Some(free) = free else { return Err(circular(dialect)) };
        unread.remove(free);
        ordered.push(left.remove(free));
    }
    Ok(ordered)
}

fn circular(dialect: &Dialect) -> Error {
    let feature = "columns that become each other in one UPDATE (update one after the other)".to_owned();
    ErrorKind::Unsupported { feature, backend: dialect.name() }.into()
}

/// Tells whether a DELETE can change, by the foreign keys that lead back to its table, what its own condition reads of
/// rows that are still to be judged.
fn changes_its_condition(model: &'static ModelDef, condition: &Condition) -> bool {
    Reference::all(model).any(|reference| {
        // On a table that others made, the rule of the model need not be that of the database.
        let rule = !model.managed || matches!(reference.key.on_delete, OnDelete::SetNull | OnDelete::SetDefault);
        rule && reference.fields.iter().any(|field| reads(condition.walk(), model, field))
            && reaches(reference.target(), model, &mut Vec::new())
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
    let cascades = |reference: &Reference| !from.managed || reference.key.on_delete == OnDelete::Cascade;
    Reference::all(from).any(|reference| cascades(&reference) && reaches(reference.target(), to, seen))
}

/// Tells whether an expression reads a column of the row, also as the first step of a path.
fn reads(walk: Walk<'_>, model: &ModelDef, field: &FieldDef) -> bool {
    walk.columns().any(|column| {
        let (mut path, mut read) = column.shortest();
        while let Some((before, key)) = path.step {
            (path, read) = (before, key);
        }
        path.model == model && std::ptr::eq(read, field)
    })
}
