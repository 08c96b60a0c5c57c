//! SELECT.

use super::lookup::no_order;
use super::ours::is_ours;
use super::writer::{Scope, Writer};
use crate::ast::{Node, Nulls, Output, Wait};
use crate::dialect::{Dialect, Explain};
use crate::error::{Error, QueryMistake, Result};
use crate::model::{FieldDef, ModelDef};
use crate::planner::{Clause, Columns, Distinct, Joins, Limit, Locked, Place, Plan, Sorted, Source, Term, field_at};
use crate::row::Shape;
use crate::statement::{Intent, Statement};
use crate::value::{Kind, Value};

/// The statement of a SELECT.
///
/// # Errors
/// What the database cannot say, and what is too long.
pub fn select(plan: &Plan<'_>, dialect: &Dialect) -> Result<Statement> {
    let mut writer = Writer::new(dialect);
    writer.plan(plan)?;
    writer.finish(Intent::Read)
}

/// The statement that asks how the database would run another.
pub fn explain(statement: Statement, options: &Explain, dialect: &Dialect) -> Result<Statement> {
    let sql = format!("{}{}", dialect.spelling().explain(options)?, statement.sql);
    Ok(Statement { sql: sql.into(), persistent: false, ..statement })
}

impl Writer<'_> {
    /// A SELECT, whole.
    pub(super) fn plan(&mut self, plan: &Plan<'_>) -> Result<()> {
        let ours = matches!(&plan.source, Source::Tables(joins) if joins.models().all(is_ours));
        let before = self.set_ours(ours);
        self.planned(plan)?;
        self.set_ours(before);
        Ok(())
    }

    fn planned(&mut self, plan: &Plan<'_>) -> Result<()> {
        self.push(if plan.distinct == Distinct::Yes { "SELECT DISTINCT " } else { "SELECT " });
        match &plan.source {
            Source::Tables(joins) => {
                self.selected(plan, joins)?;
                self.from(joins)?;
                self.filter(plan, joins)?;
                self.order(&plan.order, joins)?;
            }
            Source::Rows(rows) => {
                self.selected_of_rows(&plan.columns)?;
                self.push(" FROM (");
                self.plan(rows)?;
                self.push(") AS ");
                self.identifier("s");
            }
        }
        self.slice(plan);
        match (&plan.lock, &plan.source) {
            (Some(lock), Source::Tables(joins)) => self.lock(lock, joins),
            _ => Ok(()),
        }
    }

    fn selected_of_rows(&mut self, columns: &Columns<'_>) -> Result<()> {
        self.write(match columns {
            Columns::All => "*",
            Columns::Count => "COUNT(*)",
            Columns::One => "1",
            _ => return Err(Error::internal("only whole rows are selected from a subquery")),
        })
    }

    fn selected(&mut self, plan: &Plan<'_>, joins: &Joins) -> Result<()> {
        match plan.columns {
            Columns::Model(shape) => self.shape(joins.root(), Place::Root, shape, joins, &mut 0),
            Columns::Outputs(outputs) => self.outputs(outputs, plan, joins),
            Columns::Values(nodes) => self.separated(nodes, ", ", |writer, node| writer.lone(node, Scope::Rows(joins))),
            Columns::Keys => self.separated(joins.root().key_fields(), ", ", |writer, field| {
                writer.column_at(joins, Place::Root, field);
                Ok(())
            }),
            Columns::All => self.write("*"),
            Columns::Count => self.write("COUNT(*)"),
            Columns::One => {
                self.push("1");
                self.numbered(plan.named, &mut 0)
            }
        }
    }

    fn outputs(&mut self, outputs: &[Output], plan: &Plan<'_>, joins: &Joins) -> Result<()> {
        let distinct = plan.distinct != Distinct::No;
        let mut column = 0;
        self.separated(outputs, ", ", |writer, output| match output {
            Output::Node(node) => {
                writer.output(node, distinct, plan.named, joins)?;
                writer.numbered(plan.named, &mut column)
            }
            Output::Row(path) => {
                let place = joins.place(path)?;
                writer.separated(path.model.fields, ", ", |writer, field| {
                    writer.output_column(joins, place, field, distinct, plan.named)?;
                    writer.numbered(plan.named, &mut column)
                })
            }
        })
    }

    /// A column of a whole row in a SELECT list.
    fn output_column(
        &mut self,
        joins: &Joins,
        place: Place,
        field: &FieldDef,
        distinct: bool,
        named: bool,
    ) -> Result<()> {
        match field.kind {
            Kind::Json if distinct => Err(not_distinct()),
            _ if named => self.read_at(joins, place, field),
            Kind::Text if distinct => self.ordered_column(joins, place, field),
            _ if distinct => self.read_at(joins, place, field),
            _ => self.row_column(joins, place, field),
        }
    }

    /// An expression of a SELECT list. Where equal ones count as one, a column has one form.
    fn output(&mut self, node: &Node, distinct: bool, named: bool, joins: &Joins) -> Result<()> {
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
        let (path, field) = column.shortest();
        let converted = self.conversion(path.model, field).is_some();
        // What is counted is not read afterwards.
        let changed = converted && (distinct || field.kind == Kind::Decimal);
        if !changed && !named {
            return self.column(*column, Scope::Rows(joins));
        }
        self.node(node, Scope::Rows(joins))?;
        if !named {
            self.push(" AS ");
            self.identifier(field.column);
        }
        Ok(())
    }

    /// A column of a whole row.
    fn row_column(&mut self, joins: &Joins, place: Place, field: &FieldDef) -> Result<()> {
        if self.is_ours() {
            self.column_at(joins, place, field);
            return Ok(());
        }
        self.shown(joins.model(place), field, |writer| {
            writer.column_at(joins, place, field);
            Ok(())
        })
    }

    fn numbered(&mut self, named: bool, column: &mut usize) -> Result<()> {
        if named {
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
                return Err(Error::internal(format!("`{}.{}` was not joined", model.name, key.name)));
            };
            self.shape((foreign.target)(), joined, inner, joins, written)?;
        }
        Ok(())
    }

    /// Whether the primary key of a row is among those of a subquery.
    pub(super) fn key_in(&mut self, model: &'static ModelDef, keys: &Plan<'_>) -> Result<()> {
        match model.primary_key {
            [] => return Err(QueryMistake::NoKey { model: model.name, needed: "to find its rows by" }.into()),
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
        self.push(" IN (");
        self.plan(keys)?;
        self.write(")")
    }

    /// WHERE; what an order would meet that is not read is an error there.
    fn filter(&mut self, plan: &Plan<'_>, joins: &Joins) -> Result<()> {
        let ordered = self.doubtful_order(&plan.order, joins)?;
        if ordered.is_empty() {
            return self.where_(&plan.condition, Scope::Rows(joins));
        }
        self.push(" WHERE ");
        if !plan.condition.is_always() {
            self.part(&plan.condition, Scope::Rows(joins))?;
            self.push(" AND ");
        }
        self.separated(ordered, " AND ", |writer, (place, field)| writer.readable_at(joins, place, field))
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
        if condition.is_always() {
            return Ok(());
        }
        self.push(" WHERE ");
        self.clause(condition, scope)
    }

    fn order(&mut self, order: &[Term<'_>], joins: &Joins) -> Result<()> {
        self.push(if order.is_empty() { "" } else { " ORDER BY " });
        self.separated(order, ", ", |writer, term| writer.term(term, joins))
    }

    fn term(&mut self, term: &Term<'_>, joins: &Joins) -> Result<()> {
        match term.position {
            // Two placeholders of one value are two values to a database that numbers them; and MariaDB loses rows of a
            // DISTINCT that is ordered by what it selects with a NULLIF or a CONVERT in it.
            Some(position) => self.number(position),
            None => self.sorted(term.what, joins)?,
        }
        self.push(if term.is_null { " IS NULL" } else { "" });
        self.push(if term.descending { " DESC" } else { "" });
        self.write(match term.nulls {
            Some(Nulls::First) => " NULLS FIRST",
            Some(Nulls::Last) => " NULLS LAST",
            None => "",
        })
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
        match plan.limit {
            Limit::One => self.push(" LIMIT 1"),
            Limit::Rows(limit) if self.features().binds_limit => {
                self.push(" LIMIT ");
                self.bind(Value::I64(limit));
            }
            Limit::Rows(limit) => {
                self.push(" LIMIT ");
                self.number(limit);
            }
            Limit::None => {
                if let (1.., Some(none)) = (plan.offset, self.features().no_limit) {
                    self.push(" LIMIT ");
                    self.push(none);
                }
            }
        }
        if plan.offset > 0 {
            self.push(" OFFSET ");
            self.bind(Value::I64(plan.offset));
        }
    }

    /// FOR UPDATE.
    fn lock(&mut self, lock: &Locked, joins: &Joins) -> Result<()> {
        self.push(if lock.no_key { " FOR NO KEY UPDATE" } else { " FOR UPDATE" });
        if let Some(of) = &lock.of {
            self.push(" OF ");
            self.separated(of, ", ", |writer, place| {
                writer.table_at(joins, *place);
                Ok(())
            })?;
        }
        self.write(match lock.wait {
            Wait::Wait => "",
            Wait::NoWait => " NOWAIT",
            Wait::Skip => " SKIP LOCKED",
        })
    }
}

/// The error of rows that are told apart by a document: some databases would look at its text.
fn not_distinct() -> Error {
    QueryMistake::DocumentsDistinct.into()
}
