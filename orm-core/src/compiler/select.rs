//! SELECT.

use super::writer::Writer;
use crate::ast::{Nulls, Wait};
use crate::dialect::{Dialect, Explain};
use crate::error::{Error, Result};
use crate::planner::{
    Clause, Col, Columns, Distinct, Expr, Item, Joins, Limit, Locked, Name, Plan, Shown, Source, Table, Term,
};
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
        self.push(if plan.distinct == Distinct::Yes { "SELECT DISTINCT " } else { "SELECT " });
        match &plan.source {
            Source::Tables(joins) => {
                self.selected(plan, joins)?;
                self.from(joins)?;
                self.where_(&plan.condition)?;
                self.order(&plan.order)?;
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
        plan.lock.as_ref().map_or(Ok(()), |lock| self.lock(lock))
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
        match &plan.columns {
            Columns::Row(table) => self.separated(table.columns(), ", ", Self::shown),
            Columns::Items(items) => self.items(items, plan),
            Columns::Keys => self.separated(joins.root().keys(), ", ", |writer, column| {
                writer.column(column);
                Ok(())
            }),
            Columns::All => self.write("*"),
            Columns::Count => self.write("COUNT(*)"),
            Columns::One => {
                self.push("1");
                self.numbered(plan.shown, &mut 0)
            }
        }
    }

    fn items(&mut self, items: &[Item<'_>], plan: &Plan<'_>) -> Result<()> {
        let distinct = plan.distinct != Distinct::No;
        let mut written = 0;
        self.separated(items, ", ", |writer, item| match item {
            Item::Expr(node) => {
                writer.output(node, distinct, plan.shown)?;
                writer.numbered(plan.shown, &mut written)
            }
            Item::Row(table) => writer.separated(table.columns(), ", ", |writer, column| {
                writer.output_column(column, distinct, plan.shown)?;
                writer.numbered(plan.shown, &mut written)
            }),
        })
    }

    /// A column of a whole row in a SELECT list.
    fn output_column(&mut self, column: Col, distinct: bool, shown: Shown) -> Result<()> {
        match column.field.kind {
            _ if !distinct && shown == Shown::Read => self.shown(column),
            Kind::Text if distinct && shown == Shown::Read => self.ordered_column(&Expr::Column(column), column),
            _ => self.read(&Expr::Column(column)),
        }
    }

    /// An expression of a SELECT list. Where equal ones count as one, a column has one form.
    fn output(&mut self, node: &Expr<'_>, distinct: bool, shown: Shown) -> Result<()> {
        let Some(column) = node.as_column() else {
            self.lone(node)?;
            if distinct {
                self.told_apart(node);
            }
            return Ok(());
        };
        if distinct && node.kind() == Kind::Text {
            return self.ordered(node);
        }
        let converted = self.conversion_of(column).is_some();
        // What is counted is not read afterwards.
        let changed = converted && (distinct || column.field.kind == Kind::Decimal);
        if !changed && shown == Shown::Read {
            return self.bare(node);
        }
        self.expr(node)?;
        if shown == Shown::Read {
            self.push(" AS ");
            self.identifier(column.field.column);
        }
        Ok(())
    }

    fn numbered(&mut self, shown: Shown, column: &mut usize) -> Result<()> {
        if shown == Shown::Named {
            self.push(" AS ");
            self.identifier(&format!("c{column}"));
            *column += 1;
        }
        Ok(())
    }

    /// Whether the primary key of a row is among those of a subquery.
    pub(super) fn key_in(&mut self, table: Table, keys: &Plan<'_>) -> Result<()> {
        let several = table.model.primary_key.len() > 1;
        self.push(if several { "(" } else { "" });
        self.separated(table.keys(), ", ", |writer, column| {
            writer.column(column);
            Ok(())
        })?;
        self.push(if several { ") IN (" } else { " IN (" });
        self.plan(keys)?;
        self.write(")")
    }

    /// FROM with its joins.
    pub(super) fn from(&mut self, joins: &Joins) -> Result<()> {
        self.push(" FROM ");
        self.table(joins.root().model);
        if joins.root().name != Name::Own {
            self.push(" AS ");
            self.table_name(joins.root());
        }
        for (join, inner) in joins.iter() {
            self.push(if inner { " INNER JOIN " } else { " LEFT JOIN " });
            self.table(join.table.model);
            self.push(" AS ");
            self.table_name(join.table);
            self.push(" ON ");
            self.joined_by(join, inner)?;
        }
        Ok(())
    }

    /// WHERE, unless every row is meant.
    pub(super) fn where_(&mut self, condition: &Clause<'_>) -> Result<()> {
        if condition.is_always() {
            return Ok(());
        }
        self.push(" WHERE ");
        self.clause(condition)
    }

    fn order(&mut self, order: &[Term<'_>]) -> Result<()> {
        self.push(if order.is_empty() { "" } else { " ORDER BY " });
        self.separated(order, ", ", Self::term)
    }

    fn term(&mut self, term: &Term<'_>) -> Result<()> {
        match term.position {
            // Two placeholders of one value are two values to a database that numbers them; and MariaDB loses rows of a
            // DISTINCT that is ordered by what it selects with a NULLIF or a CONVERT in it.
            Some(position) => self.number(position),
            None => self.sorted(&term.what)?,
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
    fn ordered_column(&mut self, node: &Expr<'_>, column: Col) -> Result<()> {
        match self.column_order(column) {
            Some(words) => self.template(&words, &mut |writer, _| writer.formed(node)),
            None => self.formed(node),
        }
    }

    fn sorted(&mut self, node: &Expr<'_>) -> Result<()> {
        match node.as_column() {
            Some(column) => self.ordered_column(node, column)?,
            None => self.ordered(node)?,
        }
        self.write(self.spelling().compared(node.kind()))
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
    fn lock(&mut self, lock: &Locked) -> Result<()> {
        self.push(if lock.no_key { " FOR NO KEY UPDATE" } else { " FOR UPDATE" });
        if let Some(of) = &lock.of {
            self.push(" OF ");
            self.separated(of, ", ", |writer, table| {
                writer.table_name(*table);
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
