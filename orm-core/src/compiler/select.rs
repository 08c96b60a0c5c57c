//! SELECT, and the questions that are answered without rows.

use super::lookup::no_order;
use super::writer::{Scope, Writer};
use crate::ast::{Lock, Node, Nulls, Output, Select, Selected, Wait};
use crate::dialect::{Dialect, Explain};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{FieldDef, ModelDef};
use crate::planner::{Clause, Joins, Place, Plan, Purpose, Sorted, Term, field_at, shortest};
use crate::row::Shape;
use crate::statement::{Intent, Statement};
use crate::value::{Kind, Value};

/// The statement of a SELECT; `None` if it is known to have no rows.
pub fn select(select: &Select, dialect: &Dialect) -> Result<Option<Statement>> {
    let Some(plan) = Plan::of(select, Purpose::Rows)? else { return Ok(None) };
    let mut writer = Writer::new(dialect);
    writer.rows(select, &plan, Naming::None)?;
    if let Some(lock) = &select.lock {
        writer.lock(lock, &plan.joins)?;
    }
    writer.finish(Intent::Read).map(Some)
}

/// How many rows a SELECT has: one row of one integer. `None`: known to be 0.
pub fn count(select: &Select, dialect: &Dialect) -> Result<Option<Statement>> {
    let mut writer = Writer::new(dialect);
    if select.distinct && select.can_repeat() {
        let Some(plan) = Plan::of(select, Purpose::Rows)? else { return Ok(None) };
        writer.push("SELECT COUNT(*) FROM (");
        writer.rows(select, &Plan { order: Vec::new(), ..plan }, Naming::Numbered)?;
        writer.derived();
    } else {
        let Some(plan) = Plan::of(select, Purpose::Existence)? else { return Ok(None) };
        if select.is_sliced() {
            writer.push("SELECT COUNT(*) FROM (SELECT 1 AS ");
            writer.identifier("c0");
            writer.body(&plan)?;
            writer.slice(&plan);
            writer.derived();
        } else {
            writer.push("SELECT COUNT(*)");
            writer.body(&plan)?;
        }
    }
    writer.finish(Intent::Read).map(Some)
}

/// Whether a SELECT has any row: one row or none. `None`: known to have none.
pub fn exists(select: &Select, dialect: &Dialect) -> Result<Option<Statement>> {
    let mut writer = Writer::new(dialect);
    if select.distinct && select.offset > 0 && select.can_repeat() {
        let Some(plan) = Plan::of(select, Purpose::Rows)? else { return Ok(None) };
        writer.push("SELECT 1 FROM (");
        writer.rows(select, &Plan { order: Vec::new(), ..plan }, Naming::Numbered)?;
        writer.derived();
        writer.push(" LIMIT 1");
    } else {
        let Some(plan) = Plan::of(select, Purpose::Existence)? else { return Ok(None) };
        writer.push("SELECT 1");
        writer.body(&plan)?;
        writer.push(" LIMIT 1");
        writer.offset(plan.offset);
    }
    writer.finish(Intent::Read).map(Some)
}

/// The values of aggregates over the rows of a SELECT: one row. `None`: known to have no rows.
pub fn aggregate(select: &Select, values: &[Node], dialect: &Dialect) -> Result<Option<Statement>> {
    if select.distinct && select.can_repeat() {
        return Err(Error::query("`aaggregate` cannot follow `distinct` on values: it is over rows of the model"));
    }
    let mut writer = Writer::new(dialect);
    if select.is_sliced() {
        let Some(slice) = Plan::of(select, Purpose::Keys)? else { return Ok(None) };
        writer.aggregate_of_slice(select, &slice, values)?;
    } else {
        let Some(plan) = Plan::of(select, Purpose::Values(values))? else { return Ok(None) };
        writer.values(values, &plan)?;
        writer.body(&plan)?;
    }
    writer.finish(Intent::Read).map(Some)
}

/// The statement that asks how the database would run another.
pub fn explain(statement: Statement, options: &Explain, dialect: &Dialect) -> Result<Statement> {
    let sql = format!("{}{}", dialect.spelling().explain(options)?, statement.sql);
    Ok(Statement { sql: sql.into(), persistent: false, ..statement })
}

/// How the columns of a SELECT are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// Not at all: rows are read by position.
    None,
    /// `c0`, `c1` …, for a subquery, whose columns may not be equal in name.
    Numbered,
}

impl Writer<'_> {
    fn rows(&mut self, select: &Select, plan: &Plan<'_>, naming: Naming) -> Result<()> {
        self.push(if select.distinct && select.can_repeat() { "SELECT DISTINCT " } else { "SELECT " });
        self.selected(select, &plan.joins, naming)?;
        self.body(plan)?;
        self.order(plan)?;
        self.slice(plan);
        Ok(())
    }

    fn selected(&mut self, select: &Select, joins: &Joins, naming: Naming) -> Result<()> {
        let mut column = 0;
        match &select.selected {
            Selected::Model(shape) => self.shape(joins.root(), Place::Root, shape, joins, &mut column),
            Selected::Outputs(outputs) if outputs.is_empty() => self.write("1"),
            Selected::Outputs(outputs) => self.separated(outputs.iter(), ", ", |writer, output| match output {
                Output::Node(node) => {
                    writer.output(node, select.distinct, naming, joins)?;
                    writer.numbered(naming, &mut column)
                }
                Output::Row(path) => {
                    let place = joins.place(path)?;
                    writer.separated(path.model.fields, ", ", |writer, field| {
                        if select.distinct && field.kind == Kind::Json {
                            return Err(not_distinct());
                        }
                        match naming {
                            Naming::None if !select.distinct => writer.row_column(joins, place, field)?,
                            Naming::None if field.kind == Kind::Text => writer.ordered_column(joins, place, field)?,
                            Naming::None | Naming::Numbered => writer.read_at(joins, place, field)?,
                        }
                        writer.numbered(naming, &mut column)
                    })
                }
            }),
        }
    }

    /// An expression of a SELECT list. Where equal ones count as one, a column has one form.
    fn output(&mut self, node: &Node, distinct: bool, naming: Naming, joins: &Joins) -> Result<()> {
        if distinct && node.kind() == Kind::Json {
            return Err(not_distinct());
        }
        let Node::Column(column) = node else {
            self.lone(node, Scope::Rows(joins))?;
            if distinct {
                self.told_apart(node);
            }
            return Ok(());
        };
        if distinct && node.kind() == Kind::Text {
            return self.ordered(node, Scope::Rows(joins));
        }
        let (path, field) = shortest(*column);
        let converted = self.conversion(path.model, field).is_some();
        // What is counted is not read afterwards.
        let changed = converted && (distinct || field.kind == Kind::Decimal);
        if !changed && naming == Naming::None {
            return self.column(*column, Scope::Rows(joins));
        }
        self.node(node, Scope::Rows(joins))?;
        if naming == Naming::None {
            self.push(" AS ");
            self.identifier(field.column);
        }
        Ok(())
    }

    /// A column of a whole row.
    fn row_column(&mut self, joins: &Joins, place: Place, field: &FieldDef) -> Result<()> {
        self.shown(joins.model(place), field, |writer| {
            writer.column_at(joins, place, field);
            Ok(())
        })
    }

    fn numbered(&mut self, naming: Naming, column: &mut usize) -> Result<()> {
        if naming == Naming::Numbered {
            self.push(" AS ");
            self.identifier(&format!("c{column}"));
            *column += 1;
        }
        Ok(())
    }

    /// A model's columns, then those of the related models, depth first.
    fn shape(
        &mut self,
        model: &'static ModelDef,
        place: Place,
        shape: &Shape,
        joins: &Joins,
        written: &mut usize,
    ) -> Result<()> {
        for field in model.fields {
            self.push(if *written > 0 { ", " } else { "" });
            self.row_column(joins, place, field)?;
            *written += 1;
        }
        for (index, inner) in &shape.related {
            let key = field_at(model, *index)?;
            let joined = joins.find(place, key);
            let (Some(joined), Some(foreign)) = (joined, &key.foreign_key) else {
                return Err(Error::query(format!("`{}.{}` was not joined", model.name, key.name)));
            };
            self.shape((foreign.target)(), joined, inner, joins, written)?;
        }
        Ok(())
    }

    fn values(&mut self, values: &[Node], plan: &Plan<'_>) -> Result<()> {
        self.push("SELECT ");
        self.separated(values, ", ", |writer, node| writer.lone(node, Scope::Rows(&plan.joins)))
    }

    /// Aggregates over the rows whose keys are in the slice.
    fn aggregate_of_slice(&mut self, select: &Select, slice: &Plan<'_>, values: &[Node]) -> Result<()> {
        let every_row = every_row(select);
        let Some(plan) = Plan::of(&every_row, Purpose::Values(values))? else { return Ok(()) };
        self.values(values, &plan)?;
        self.from(&plan.joins)?;
        self.push(" WHERE ");
        let wrapped = !self.features().limit_in_subquery;
        self.key_in(select.model, wrapped, |writer| writer.keys(slice))
    }

    /// The keys of the rows of a plan.
    fn keys(&mut self, plan: &Plan<'_>) -> Result<()> {
        self.select_keys(&plan.joins)?;
        self.body(plan)?;
        self.order(plan)?;
        self.slice(plan);
        Ok(())
    }

    /// `SELECT` and the primary key of the root.
    pub(super) fn select_keys(&mut self, joins: &Joins) -> Result<()> {
        self.push("SELECT ");
        self.separated(joins.root().key_fields(), ", ", |writer, field| {
            writer.column_at(joins, Place::Root, field);
            Ok(())
        })
    }

    /// Whether the primary key of a row is among those of a subquery; wrapped in another, where the database cannot do
    /// with the plain one.
    pub(super) fn key_in(
        &mut self,
        model: &'static ModelDef,
        wrapped: bool,
        subquery: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        match model.primary_key {
            [] => return Err(Error::query(format!("`{}` has no primary key to find its rows by", model.name))),
            [key] => self.root_column(model, field_at(model, *key)?),
            _ => {
                self.push("(");
                self.separated(model.key_fields(), ", ", |writer, field| {
                    writer.root_column(model, field);
                    Ok(())
                })?;
                self.push(")");
            }
        }
        self.push(if wrapped { " IN (SELECT * FROM (" } else { " IN (" });
        subquery(self)?;
        if wrapped {
            self.derived();
        }
        self.push(")");
        Ok(())
    }

    /// The end of a subquery in FROM.
    fn derived(&mut self) {
        self.push(") AS ");
        self.identifier("s");
    }

    /// FROM and WHERE.
    fn body(&mut self, plan: &Plan<'_>) -> Result<()> {
        self.from(&plan.joins)?;
        let ordered = self.doubtful_order(plan)?;
        if ordered.is_empty() {
            return self.where_(&plan.condition, Scope::Rows(&plan.joins));
        }
        self.push(" WHERE ");
        if plan.condition != Clause::Constant(true) {
            self.part(&plan.condition, Scope::Rows(&plan.joins))?;
            self.push(" AND ");
        }
        self.separated(ordered, " AND ", |writer, (place, field)| writer.readable_at(&plan.joins, place, field))
    }

    /// FROM with its joins.
    pub(super) fn from(&mut self, joins: &Joins) -> Result<()> {
        self.push(" FROM ");
        self.table(joins.root());
        for (index, join, inner) in joins.iter() {
            self.push(if inner { " INNER JOIN " } else { " LEFT JOIN " });
            self.table(join.target);
            self.push(" AS ");
            self.table_at(joins, Place::Joined(index));
            self.push(" ON ");
            self.joined_by(joins, index, join, inner)?;
        }
        Ok(())
    }

    /// WHERE, unless every row is meant.
    pub(super) fn where_(&mut self, condition: &Clause<'_>, scope: Scope<'_>) -> Result<()> {
        if *condition == Clause::Constant(true) {
            return Ok(());
        }
        self.push(" WHERE ");
        self.clause(condition, scope)
    }

    fn order(&mut self, plan: &Plan<'_>) -> Result<()> {
        self.push(if plan.order.is_empty() { "" } else { " ORDER BY " });
        self.separated(&plan.order, ", ", |writer, term| writer.term(term, &plan.joins))
    }

    fn term(&mut self, term: &Term<'_>, joins: &Joins) -> Result<()> {
        if let (Some(nulls), false) = (term.nulls, self.features().nulls_order) {
            self.sorted(term.what, joins)?;
            self.push(if nulls == Nulls::First { " IS NULL DESC, " } else { " IS NULL, " });
        }
        // Two placeholders of one value are two values to a database that numbers them; and MariaDB loses rows of a
        // DISTINCT that is ordered by what it selects with a NULLIF or a CONVERT in it. SQLite orders decimals by other words.
        match term.position.filter(|_| !self.features().decimals_as_text) {
            Some(position) => self.push(&position.to_string()),
            None => self.sorted(term.what, joins)?,
        }
        self.direction(term)
    }

    fn direction(&mut self, term: &Term<'_>) -> Result<()> {
        self.push(if term.descending { " DESC" } else { "" });
        if let (Some(nulls), true) = (term.nulls, self.features().nulls_order) {
            self.push(if nulls == Nulls::First { " NULLS FIRST" } else { " NULLS LAST" });
        }
        Ok(())
    }

    /// A column that is ordered, or told apart from others.
    fn ordered_column(&mut self, joins: &Joins, place: Place, field: &FieldDef) -> Result<()> {
        let Some(words) = self.column_order(joins.model(place), field) else {
            return self.formed_at(joins, place, field);
        };
        self.template(&words, &mut |writer, _| writer.formed_at(joins, place, field))
    }

    fn sorted(&mut self, what: Sorted<'_>, joins: &Joins) -> Result<()> {
        match what {
            Sorted::Node(node) if node.kind() == Kind::Json => Err(no_order()),
            Sorted::Node(node) if !matches!(node, Node::Column(_)) => {
                self.ordered(node, Scope::Rows(joins))?;
                self.write(self.spelling().compared(node.kind()))
            }
            what => match what.located(joins)? {
                Some((_, FieldDef { kind: Kind::Json, .. })) => Err(no_order()),
                Some((place, field)) => {
                    self.ordered_column(joins, place, field)?;
                    self.write(self.spelling().compared(field.kind))
                }
                None => Ok(()),
            },
        }
    }

    /// LIMIT and OFFSET. The offset is bound: pages of one query are one text.
    fn slice(&mut self, plan: &Plan<'_>) {
        if let Some(limit) = plan.limit {
            self.push(" LIMIT ");
            if self.features().binds_limit {
                self.bind(Value::I64(limit));
            } else {
                self.push(&limit.to_string());
            }
        } else if let (1.., Some(none)) = (plan.offset, self.features().no_limit) {
            self.push(" LIMIT ");
            self.push(none);
        }
        self.offset(plan.offset);
    }

    /// FOR UPDATE.
    fn lock(&mut self, lock: &Lock, joins: &Joins) -> Result<()> {
        let Some(can) = self.features().row_locks else { return Ok(()) };
        self.push(match lock.no_key {
            true if !can.no_key => return Err(self.cannot("`no_key` of `select_for_update`")),
            true => " FOR NO KEY UPDATE",
            false => " FOR UPDATE",
        });
        if !lock.of.is_empty() && !can.of {
            return Err(self.cannot("`of` of `select_for_update`"));
        }
        let locked = locked(lock, joins)?;
        // Without names, all tables are meant.
        if can.of && locked.len() < joins.iter().count() + 1 {
            self.push(" OF ");
            self.separated(locked, ", ", |writer, place| {
                writer.table_at(joins, place);
                Ok(())
            })?;
        }
        self.push(match lock.wait {
            Wait::Wait => "",
            Wait::NoWait => " NOWAIT",
            Wait::Skip => " SKIP LOCKED",
        });
        Ok(())
    }

    fn cannot(&self, feature: &str) -> Error {
        ErrorKind::Unsupported { feature: feature.to_owned(), backend: self.dialect.name() }.into()
    }

    fn offset(&mut self, offset: i64) {
        if offset > 0 {
            self.push(" OFFSET ");
            self.bind(Value::I64(offset));
        }
    }
}

/// The error of rows that are told apart by a document: some databases would look at its text.
fn not_distinct() -> Error {
    Error::query("`distinct` cannot tell documents (JSON) apart alike on every database: leave them out of the values")
}

/// The tables whose rows are locked: those that were named, else all but the nullable ones, whose rows may be missing.
fn locked(lock: &Lock, joins: &Joins) -> Result<Vec<Place>> {
    if !lock.of.is_empty() {
        return lock.of.iter().map(|path| joins.place(path)).collect();
    }
    let inner = joins.iter().filter(|(.., inner)| *inner).map(|(index, ..)| Place::Joined(index));
    Ok([Place::Root].into_iter().chain(inner).collect())
}

/// A SELECT of all rows of the same model, to aggregate over some of them.
fn every_row(select: &Select) -> Select {
    Select { fault: select.fault.clone(), ..Select::all(select.model) }
}
