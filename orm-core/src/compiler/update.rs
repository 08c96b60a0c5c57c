//! UPDATE.

use std::mem;

use super::collation::declared;
use super::kept::{self, Columns, Shape, Verb};
use super::ours::is_ours;
use super::stored::{Given, Sample};
use super::writer::{Scope, Writer};
use crate::ast::{Node, Save, Update, Written, key_has};
use crate::dialect::{Dialect, OldRows};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{FieldDef, ModelDef, Path};
use crate::planner::{Joins, Place, Rows, field_at, reads};
use crate::statement::{Intent, Statement};
use crate::value::{Kind, Value};

/// A column and what it becomes.
type Assignment<'q> = (&'static FieldDef, &'q Node);

/// The statement of an UPDATE; `None` if it assigns nothing or is known to concern no row.
pub fn update(update: &Update, dialect: &Dialect) -> Result<Option<Statement>> {
    let nodes: Vec<&Node> = update.assignments.iter().map(|(_, node)| node).collect();
    let Some(rows) = Rows::of(update.model, &update.condition, &nodes)? else { return Ok(None) };
    if update.assignments.is_empty() {
        return Ok(None);
    }
    let given = given(update)?;
    let mut writer = Writer::new(dialect);
    writer.push("UPDATE ");
    writer.table(update.model);
    let keys = paths_see_assigned(dialect, &given);
    if dialect.features().old_rows != OldRows::Seen
        && let Some(joins) = rows.with_assigned(&nodes, &keys)?
    {
        writer.update_from_old_rows(&rows, &joins, &given)?;
        return writer.finish(Intent::Write).map(Some);
    }
    let assigned: Vec<_> = given.iter().map(|(field, _)| *field).collect();
    let assignments = if dialect.features().old_values { given } else { ordered(given, update.model, dialect)? };
    writer.push(" SET ");
    writer.separated(assignments, ", ", |writer, (field, node)| {
        writer.identifier(field.column);
        writer.push(" = ");
        match node {
            Node::Value(value) => writer.stored(value, field, update.model, Sample::Row),
            node => writer.guarded(update.model, field, Given::Expression, |writer| {
                writer.assigned(node, field, Scope::Correlated(update.model))
            }),
        }
    })?;
    writer.rows_of(&rows)?;
    writer.numbered_on(" RETURNING ", update.model, assigned)?;
    if writer.reads_list_for_each_row() {
        writer = Writer::new(dialect);
        writer.push("UPDATE ");
        writer.table(update.model);
        writer.update_from_old_rows(&rows, &rows.with_all(&nodes)?, &self::given(update)?)?;
    }
    writer.finish(Intent::Write).map(Some)
}

/// The statement of an UPDATE of one row; `None` if it writes nothing.
///
/// # Errors
/// `Validation` for a value that its column cannot hold.
pub fn save(save: Save, dialect: &Dialect) -> Result<Option<Statement>> {
    let Save { root, written, values } = save;
    let binds = bound(root.model, &written, values)?;
    if binds.len() <= root.model.primary_key.len() {
        return Ok(None);
    }
    // Of a table of others the types are looked at each time; beside a text key with a collation the words depend on the value.
    let depends =
        !is_ours(root.model) || root.model.key_fields().any(|key| key.kind == Kind::Text && declared(key).is_some());
    let columns = match &written {
        _ if depends => None,
        Written::Whole => Some(Columns::Whole),
        Written::Only(_) => Columns::these(written.fields(root.model)),
    };
    let shape = columns.map(|columns| Shape::new(Verb::Update, root.model, columns, dialect));
    if let Some(sql) = shape.and_then(kept::find) {
        return Ok(Some(Statement::new(sql, binds, Intent::Write)));
    }
    let statement = update(&of_row(root, &written, &binds), dialect)?;
    if let (Some(shape), Some(statement)) = (shape, &statement) {
        kept::keep(shape, statement, &binds);
    }
    Ok(statement)
}

/// What the UPDATE of a row binds: the columns it writes, as they store it, and then the key.
fn bound(model: &'static ModelDef, written: &Written, mut values: Vec<Value>) -> Result<Vec<Value>> {
    let key = model.primary_key;
    let leading = key.len().min(values.len());
    let is_all = matches!(written, Written::Whole) && !model.fields.iter().any(|field| field.generated);
    if is_all && key.iter().copied().eq(0..leading) {
        // Most rows have their key in front, and need no second vector.
        model.fields.iter().zip(&mut values).try_for_each(|(field, value)| field.fit(value))?;
        values.rotate_left(leading);
        return Ok(values);
    }
    let mut take = |index| values.get_mut(index).map(|value| mem::replace(value, Value::Bool(false)));
    let mut binds = Vec::with_capacity(model.fields.len());
    for index in written.fields(model) {
        let mut value = take(index).ok_or_else(|| incomplete(model))?;
        field_at(model, index)?.fit(&mut value)?;
        binds.push(value);
    }
    for &index in key {
        let mut value = take(index).ok_or_else(|| incomplete(model))?;
        field_at(model, index)?.fit(&mut value)?;
        binds.push(value);
    }
    Ok(binds)
}

fn incomplete(model: &ModelDef) -> Error {
    Error::query(format!("a row of `{}` has a value for each of its fields", model.name))
}

/// The UPDATE of a row by what it binds.
fn of_row(root: &'static Path, written: &Written, binds: &[Value]) -> Update {
    let mut values = binds.iter().cloned().map(Node::Value);
    let assignments = written.fields(root.model).zip(values.by_ref()).collect();
    Update { model: root.model, assignments, condition: key_has(root, values) }
}

impl Writer<'_> {
    /// Whether a list that is one parameter would be read again for each row of the table: MySQL and MariaDB make the
    /// subquery of an UPDATE or DELETE a dependent one, and read it once in a subquery that chooses the rows first.
    /// (This too belongs to the planner once it plans whole statements.)
    pub(super) fn reads_list_for_each_row(&self) -> bool {
        self.features().old_rows == OldRows::Joined && self.binds_list()
    }

    /// The rest of an UPDATE that reads other rows of its own table, where a statement sees the rows that it has changed
    /// already: keys and new values come from a subquery that is complete before the first row changes. (Which rows are
    /// chosen first, here and in `delete`, is for the planner to say once it plans whole statements.)
    fn update_from_old_rows(&mut self, rows: &Rows<'_>, joins: &Joins, given: &[Assignment<'_>]) -> Result<()> {
        if self.features().old_rows == OldRows::Joined {
            self.push(" INNER JOIN ");
            self.old_rows(rows, joins, given)?;
            self.push(" ON ");
            self.same_key(joins)?;
            self.push(" SET ");
            return self.assigned_from_old_rows(joins, given);
        }
        self.push(" SET ");
        self.assigned_from_old_rows(joins, given)?;
        self.push(" FROM ");
        self.old_rows(rows, joins, given)?;
        self.push(" WHERE ");
        self.same_key(joins)
    }

    /// The keys of the rows, and what their columns become.
    pub(super) fn old_rows(&mut self, rows: &Rows<'_>, joins: &Joins, given: &[Assignment<'_>]) -> Result<()> {
        self.push("(SELECT ");
        self.separated(joins.root().key_fields().enumerate(), ", ", |writer, (index, field)| {
            writer.column_at(joins, Place::Root, field);
            writer.push(" AS ");
            writer.identifier(&format!("k{index}"));
            Ok(())
        })?;
        for (index, (field, node)) in given.iter().enumerate().filter(|(_, (_, node))| !is_value(node)) {
            self.push(", ");
            self.assigned(node, field, Scope::Rows(joins))?;
            self.push(" AS ");
            self.identifier(&format!("c{index}"));
        }
        self.from(joins)?;
        self.where_(&rows.condition, Scope::Rows(joins))?;
        // A subquery with a limit is never merged into the statement around it.
        if let Some(all) = self.features().no_limit {
            self.push(" LIMIT ");
            self.push(all);
        }
        self.push(") AS ");
        self.old_rows_table(joins);
        Ok(())
    }

    fn assigned_from_old_rows(&mut self, joins: &Joins, given: &[Assignment<'_>]) -> Result<()> {
        let qualified = self.features().old_rows == OldRows::Joined;
        self.separated(given.iter().enumerate(), ", ", |writer, (index, (field, node))| {
            if qualified {
                writer.root_column(joins.root(), field);
            } else {
                writer.identifier(field.column);
            }
            writer.push(" = ");
            match node {
                Node::Value(value) => writer.stored(value, field, joins.root(), Sample::Row),
                _ => writer.guarded(joins.root(), field, Given::Expression, |writer| writer.write_old(joins, index)),
            }
        })
    }

    pub(super) fn same_key(&mut self, joins: &Joins) -> Result<()> {
        self.separated(joins.root().key_fields().enumerate(), " AND ", |writer, (index, field)| {
            writer.old_rows_column(joins, &format!("k{index}"));
            writer.push(" = ");
            writer.root_column(joins.root(), field);
            Ok(())
        })
    }

    fn write_old(&mut self, joins: &Joins, index: usize) -> Result<()> {
        self.old_rows_column(joins, &format!("c{index}"));
        Ok(())
    }

    fn old_rows_column(&mut self, joins: &Joins, name: &str) {
        self.old_rows_table(joins);
        self.push(".");
        self.identifier(name);
    }

    /// The name before those of the joins, which is no name of a table here either.
    fn old_rows_table(&mut self, joins: &Joins) {
        self.identifier(&format!("{}0", joins.prefix()));
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

/// The columns whose new values a subquery in SET would see, if its path goes by them.
fn paths_see_assigned<'q>(dialect: &Dialect, given: &[Assignment<'q>]) -> Vec<&'q FieldDef> {
    let sees = dialect.features().old_rows == OldRows::Joined && given.len() > 1;
    given.iter().filter(|_| sees).map(|(field, _)| *field).collect()
}

fn is_value(node: &Node) -> bool {
    matches!(node, Node::Value(_))
}

/// The assignments as they were given, each column once.
fn given(update: &Update) -> Result<Vec<Assignment<'_>>> {
    let mut given = Vec::with_capacity(update.assignments.len());
    for (index, node) in &update.assignments {
        let field = field_at(update.model, *index)?;
        if given.iter().any(|(other, _): &Assignment<'_>| std::ptr::eq(*other, field)) {
            return Err(Error::query(format!("`{}` is assigned twice", field.name)));
        }
        given.push((field, node));
    }
    Ok(given)
}

/// The assignments, in an order in which every expression sees the old row.
fn ordered<'q>(mut left: Vec<Assignment<'q>>, model: &ModelDef, dialect: &Dialect) -> Result<Vec<Assignment<'q>>> {
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let free = left.iter().position(|(field, _)| {
            let others = left.iter().filter(|(other, _)| !std::ptr::eq(*other, *field));
            others.into_iter().all(|(_, node)| !reads(node.walk(), model, field))
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
