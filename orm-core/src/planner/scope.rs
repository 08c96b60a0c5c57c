//! Expressions of a query with their columns found: each stands in a table of the statement.

use std::mem;

use super::plan::{Called, Expr, Operands, Related};
use super::tables::{Col, Join, Joins, Name, Table};
use crate::ast::{Call, Node};
use crate::dialect::{Dialect, OldRows};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Column, ModelDef, Path};
use crate::row::Shape;
use crate::value::Value;

/// How many queries may stand inside each other.
const DEEPEST: usize = 32;

/// Where the expressions of a query stand.
#[derive(Debug)]
pub(super) struct Scope<'d> {
    pub(super) dialect: &'d Dialect,
    /// The tables that the query needed so far.
    pub(super) joins: Joins,
    paths: Paths,
    /// The queries around it, the outermost first.
    around: Vec<(Joins, Paths)>,
    /// How many aliases the statement has.
    aliases: usize,
    /// The columns of queries around that were met: in how many queries each of those stands itself.
    outer: Vec<usize>,
    /// The joins by which subqueries follow paths from the row that is changed.
    pub(super) followed: Vec<Join>,
    /// How many parameters its lists have.
    listed: usize,
    /// Whether a list is one parameter.
    pub(super) binds_list: bool,
}

/// A point in the planning of a statement, to come back to if what follows is folded away.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    aliases: usize,
    outer: usize,
    followed: usize,
    listed: usize,
    binds_list: bool,
}

/// What becomes of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paths {
    /// It is joined.
    Joined,
    /// A subquery follows it from the row that is changed.
    Followed,
    /// It has no place here.
    Refused,
}

impl<'d> Scope<'d> {
    /// The rows of a model, with those that its paths lead to.
    pub(super) fn rows(model: &'static ModelDef, dialect: &'d Dialect) -> Self {
        Self {
            dialect,
            joins: Joins::new(model),
            paths: Paths::Joined,
            around: Vec::new(),
            aliases: 0,
            outer: Vec::new(),
            followed: Vec::new(),
            listed: 0,
            binds_list: false,
        }
    }

    /// The one row that is changed.
    pub(super) fn changed(model: &'static ModelDef, dialect: &'d Dialect) -> Self {
        Self { paths: Paths::Followed, ..Self::rows(model, dialect) }
    }

    /// The schema of a table.
    pub(super) fn schema(model: &'static ModelDef, dialect: &'d Dialect) -> Self {
        let mut schema = Self::rows(model, dialect);
        (schema.joins.root.name, schema.paths) = (Name::Bare, Paths::Refused);
        schema
    }

    /// Plans a query inside this one.
    pub(super) fn inside<T>(
        &mut self,
        model: &'static ModelDef,
        plan: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if self.paths == Paths::Refused {
            let reason = format!("a condition in the schema of `{}` can hold no query", self.joins.root().model.name);
            return Err(Error::configuration(reason));
        }
        if self.around.len() == DEEPEST {
            let (found, limit) = (DEEPEST as u64 + 1, DEEPEST as u64);
            return Err(ErrorKind::TooComplex { what: "queries inside each other", found, limit }.into());
        }
        let joins = self.anew(model);
        let around = (mem::replace(&mut self.joins, joins), mem::replace(&mut self.paths, Paths::Joined));
        self.around.push(around);
        let planned = plan(self);
        if let Some(around) = self.around.pop() {
            (self.joins, self.paths) = around;
        }
        planned
    }

    /// One more query in the place of this one. (At the outermost level none of its names can be meant inside the other.)
    pub(super) fn start_anew(&mut self, model: &'static ModelDef) {
        if self.is_inside() {
            self.joins = self.anew(model);
        } else {
            (self.joins, self.aliases) = (Joins::new(model), 0);
        }
    }

    /// The tables of one more query: none but its root.
    fn anew(&mut self, model: &'static ModelDef) -> Joins {
        self.aliases += 1;
        self.joins.inside(model, self.aliases)
    }

    /// Takes the tables of the query for its plan.
    pub(super) fn take_joins(&mut self) -> Joins {
        let root = self.joins.root;
        let empty = Joins { root, list: Vec::new(), required: 0, letter: self.joins.letter };
        mem::replace(&mut self.joins, empty)
    }

    /// Whether it is the schema of a table, where no value is bound.
    pub(super) fn is_schema(&self) -> bool {
        self.paths == Paths::Refused
    }

    /// Tells whether so many parameters more of lists leave half of the limit for the rest of the statement.
    pub(super) fn has_room_for(&self, more: usize) -> bool {
        self.listed + more <= self.dialect.features().max_binds / 2
    }

    /// A list of which each value becomes so many parameters, with the last one repeated: as long as the next power of two, if there
    /// is room, so that few texts serve all lengths.
    pub(super) fn padded<'q>(&mut self, mut values: Vec<&'q Value>, parameters: usize) -> Vec<&'q Value> {
        let length = values.len().next_power_of_two();
        if let Some(last) = values.last().copied().filter(|_| self.has_room_for(length * parameters)) {
            values.resize(length, last);
        }
        self.listed += values.len() * parameters;
        values
    }

    /// Whether a list that is one parameter would be read again for each row that an UPDATE or DELETE judges, as its subquery is
    /// a dependent one.
    pub(super) fn reads_lists_again(&self) -> bool {
        self.binds_list && self.dialect.features().old_rows == OldRows::Joined
    }

    /// Whether it is a query inside another one.
    pub(super) fn is_inside(&self) -> bool {
        self.depth() > 0
    }

    /// In how many queries the one that is planned stands.
    pub(super) fn depth(&self) -> usize {
        self.around.len()
    }

    /// Tells whether what was planned since reads a query around one that stands in so many.
    pub(super) fn reads_around(&self, depth: usize, since: Mark) -> bool {
        self.outer.iter().skip(since.outer).any(|read| *read < depth)
    }

    /// How far the planning is.
    pub(super) fn mark(&self) -> Mark {
        let Self { aliases, listed, binds_list, .. } = *self;
        Mark { aliases, outer: self.outer.len(), followed: self.followed.len(), listed, binds_list }
    }

    /// Forgets what was planned since, which is folded away: its tables, the columns it read, and the room of its lists.
    pub(super) fn forget(&mut self, since: Mark) {
        self.joins.forget(since.aliases);
        self.around.iter_mut().for_each(|(joins, _)| joins.forget(since.aliases));
        self.outer.truncate(since.outer);
        self.followed.truncate(since.followed);
        let Mark { aliases, listed, binds_list, .. } = since;
        (self.aliases, self.listed, self.binds_list) = (aliases, listed, binds_list);
    }

    /// The table at the end of a path, which is joined.
    pub(super) fn table(&mut self, path: &Path) -> Result<Table> {
        self.joins.add_path(path, &mut self.aliases, self.dialect)
    }

    /// The tables of the model and of its related models, depth first; those are joined.
    pub(super) fn tables(&mut self, shape: &Shape) -> Result<Vec<Table>> {
        let root = self.joins.root();
        let mut tables = vec![root];
        self.joins.add_shape(root, shape, &mut tables, &mut self.aliases, self.dialect)?;
        Ok(tables)
    }

    /// An expression.
    pub(super) fn expr<'q>(&mut self, node: &'q Node) -> Result<Expr<'q>> {
        match node {
            Node::Column(column) => self.column(*column),
            Node::Outer { column, levels } => self.outer_column(*column, levels.get() as usize),
            Node::Value(value) => Ok(Expr::value(value)),
            Node::Fault(fault) => Err(fault.clone()),
            Node::Call(call) => self.call(call),
            Node::Condition(condition) => Ok(Expr::Truth(Box::new(self.truth(condition)?))),
            Node::Subquery { query, kind, nullable } => self.value(query, *kind, *nullable),
        }
    }

    /// Several expressions.
    pub(super) fn exprs<'q>(&mut self, nodes: &'q [Node]) -> Result<Operands<'q>> {
        Ok(match nodes {
            [one] => Operands::One([self.expr(one)?]),
            [left, right] => Operands::Two([self.expr(left)?, self.expr(right)?]),
            several => Operands::Any(several.iter().map(|node| self.expr(node)).collect::<Result<_>>()?),
        })
    }

    fn call<'q>(&mut self, call: &'q Call) -> Result<Expr<'q>> {
        let filter = call.filter.as_ref().map(|filter| self.clause(filter, false)).transpose()?;
        let filter = filter.filter(|filter| !filter.is_always());
        let arguments = self.exprs(&call.arguments)?;
        let called = Called { call, arguments, filter };
        let has_filter = self.dialect.features().aggregate_filter;
        Ok(Expr::Call(Box::new(if has_filter { called } else { called.without_filter() })))
    }

    /// A column of the query.
    pub(super) fn column<'q>(&mut self, column: Column) -> Result<Expr<'q>> {
        let Self { joins, paths, aliases, dialect, followed, .. } = self;
        let found = found(column, joins, *paths, aliases, dialect)?;
        note_followed(&found, followed);
        Ok(found)
    }

    /// A column of a query around, so many levels further out.
    fn outer_column<'q>(&mut self, column: Column, levels: usize) -> Result<Expr<'q>> {
        let Self { around, aliases, dialect, outer, followed, .. } = self;
        let stands = around.len().checked_sub(levels);
        let Some((depth, (joins, paths))) = stands.and_then(|depth| Some((depth, around.get_mut(depth)?))) else {
            let name = column.path.model.name;
            return Err(Error::internal(format!("a column of `{name}` stands in no query of it")));
        };
        outer.push(depth);
        let found = found(column, joins, *paths, aliases, dialect)?;
        note_followed(&found, followed);
        Ok(found)
    }
}

/// Notes the joins by which a column is read from the row that is changed.
fn note_followed(found: &Expr<'_>, followed: &mut Vec<Join>) {
    if let Expr::Related(related) = found {
        followed.extend(related.steps.iter().map(|(join, _)| *join));
    }
}

/// A column where it is found among the tables of a query.
fn found<'q>(
    column: Column,
    joins: &mut Joins,
    paths: Paths,
    aliases: &mut usize,
    dialect: &Dialect,
) -> Result<Expr<'q>> {
    match paths {
        Paths::Joined => Ok(Expr::Column(known(joins.add_column(column, aliases, dialect)?, dialect))),
        Paths::Followed => related(column, joins, *aliases, dialect),
        Paths::Refused => bare(column, joins.root()).map(Expr::Column),
    }
}

/// A column with what is known of it.
fn known(column: Col, dialect: &Dialect) -> Col {
    if column.has_own_type() {
        return column;
    }
    let facts = dialect.column_facts(column.table.model, column.field);
    Col { nulls_others: facts.is_some_and(|facts| dialect.spelling().reads_as_null(&facts)), ..column }
}

/// A column seen from the row that is changed: behind a path, by a subquery. (Its aliases are its own: nothing else stands
/// inside it.)
fn related<'q>(column: Column, joins: &Joins, mut aliases: usize, dialect: &Dialect) -> Result<Expr<'q>> {
    let mut joins = Joins { list: Vec::new(), ..joins.clone() };
    let column = known(joins.add_column(column, &mut aliases, dialect)?, dialect);
    if joins.is_empty() {
        return Ok(Expr::Column(column));
    }
    let changed = joins.root().model;
    let is_copied = |table: Table| table.model.same_table(changed) && !dialect.features().reads_target;
    let steps = joins.list.iter().map(|join| (*join, is_copied(join.table))).collect();
    Ok(Expr::Related(Box::new(Related { column, steps })))
}

/// A column of the table whose schema is written.
fn bare(column: Column, root: Table) -> Result<Col> {
    let (path, field) = column.shortest();
    if path.is_empty() && path.model == root.model {
        return Ok(root.column(field));
    }
    Err(Error::configuration(format!(
        "a condition in the schema of `{}` can only name its own columns, not `{}`",
        root.model.name, column.field.name
    )))
}
