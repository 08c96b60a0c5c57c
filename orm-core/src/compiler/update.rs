//! UPDATE.

use super::expr::as_kind;
use super::kept::{Shape, Verb, fitted, kept};
use super::writer::{Scope, Writer};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::expr::{Condition, Function, Node, Tree, key_has};
use crate::model::{FieldDef, ModelDef};
use crate::planner::{Rows, field_at, shortest};
use crate::query::{Save, Update};
use crate::statement::{Intent, Statement};

/// A column and what it becomes.
type Assignment<'q> = (&'static FieldDef, &'q Node);

/// The statement of an UPDATE; `None` if it assigns nothing or is known to concern no row.
pub fn update(update: &Update, dialect: &Dialect) -> Result<Option<Statement>> {
    let nodes: Vec<&Node> = update.assignments.iter().map(|(_, node)| node).collect();
    let Some(rows) = Rows::of(update.model, &update.condition, &nodes)? else { return Ok(None) };
    if update.assignments.is_empty() {
        return Ok(None);
    }
    let assignments = assignments(update, dialect)?;
    let mut writer = Writer::new(dialect);
    writer.push("UPDATE ");
    writer.identifier(update.model.table);
    writer.push(" SET ");
    writer.separated(assignments, ", ", |writer, (field, node)| {
        writer.identifier(field.column);
        writer.push(" = ");
        match node {
            Node::Value(value) => {
                writer.bind(as_kind(value.clone(), field.kind));
                Ok(())
            }
            node => writer.assigned(node, field, update.model),
        }
    })?;
    writer.rows_of(&rows)?;
    writer.finish(Intent::Write).map(Some)
}

/// The statement of an UPDATE of one row.
pub fn save(save: Save, dialect: &Dialect) -> Result<Statement> {
    let model = save.root.model;
    let shape = Shape::of(Verb::Update, model, &save.fields, dialect);
    let binds = |save: Save| fitted(model, save.fields.iter().chain(model.primary_key), save.values);
    kept(shape, save, |save| written(save, dialect), binds)
}

fn written(save: &Save, dialect: &Dialect) -> Result<Statement> {
    let mut values = save.values.iter().cloned().map(Node::Value);
    let update_of_row = Update {
        model: save.root.model,
        assignments: save.fields.iter().copied().zip(values.by_ref()).collect(),
        condition: key_has(save.root, values),
    };
    update(&update_of_row, dialect)?.ok_or_else(|| Error::query("a row is saved with some of its columns"))
}

impl Writer<'_> {
    /// An expression as a column stores it: where columns keep no scale, rounded to the column's.
    fn assigned(&mut self, node: &Node, field: &FieldDef, model: &'static ModelDef) -> Result<()> {
        let scale = field.max_digits.zip(field.decimal_places);
        let (Some(function), Some((digits, places))) = (self.features().decimal_fit, scale) else {
            return self.node(node, Scope::Correlated(model));
        };
        self.push(function);
        self.push("(");
        self.node(node, Scope::Correlated(model))?;
        self.push(&format!(", {digits}, {places})"));
        Ok(())
    }

    /// The WHERE of a statement that changes rows; by their keys, if joins tell which.
    pub(super) fn rows_of(&mut self, rows: &Rows<'_>) -> Result<()> {
        if rows.joins.is_empty() {
            return self.where_(&rows.condition, Scope::Rows(&rows.joins));
        }
        self.push(" WHERE ");
        let wrapped = !self.features().reads_target;
        self.key_in(rows.joins.root(), wrapped, |writer| {
            writer.select_keys(&rows.joins)?;
            writer.from(&rows.joins)?;
            writer.where_(&rows.condition, Scope::Rows(&rows.joins))
        })
    }
}

/// The assignments, in an order in which every expression sees the old row.
fn assignments<'q>(update: &'q Update, dialect: &Dialect) -> Result<Vec<Assignment<'q>>> {
    let mut left = Vec::with_capacity(update.assignments.len());
    for (index, node) in &update.assignments {
        let field = field_at(update.model, *index)?;
        if left.iter().any(|(other, _): &Assignment<'_>| std::ptr::eq(*other, field)) {
            return Err(Error::query(format!("`{}` is assigned twice", field.name)));
        }
        left.push((field, node));
    }
    if dialect.features().old_values {
        return Ok(left);
    }
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let free = left.iter().position(|(field, _)| {
            let others = left.iter().filter(|(other, _)| !std::ptr::eq(*other, *field));
            others.into_iter().all(|(_, node)| !reads(node, update.model, field))
        });
        let Some(free) = free else { return Err(circular(dialect)) };
        ordered.push(left.remove(free));
    }
    Ok(ordered)
}

fn circular(dialect: &Dialect) -> Error {
    let feature = "columns that become each other in one UPDATE (update one after the other)".to_owned();
    ErrorKind::Unsupported { feature, backend: dialect.name() }.into()
}

/// Tells whether an expression reads a column of the row, also as the first step of a path.
fn reads(node: &Node, model: &ModelDef, field: &FieldDef) -> bool {
    match node {
        Node::Column(column) => {
            let (mut path, mut read) = shortest(*column);
            while let Some((before, key)) = path.step {
                (path, read) = (before, key);
            }
            path.model == model && std::ptr::eq(read, field)
        }
        Node::Value(_) | Node::Fault(_) => false,
        Node::Condition(condition) => reads_in(condition, model, field),
        Node::Call(call) => {
            let filter = match &call.function {
                Function::Aggregate { filter: Some(filter), .. } => reads_in(filter, model, field),
                _ => false,
            };
            filter || call.arguments.iter().any(|argument| reads(argument, model, field))
        }
    }
}

fn reads_in(condition: &Condition, model: &ModelDef, field: &FieldDef) -> bool {
    match &condition.tree {
        Tree::Empty | Tree::Constant(_) => false,
        Tree::Lookup(lookup) => lookup.operands.iter().any(|operand| reads(operand, model, field)),
        Tree::Group(group) => group.parts.iter().any(|part| reads_in(part, model, field)),
    }
}
