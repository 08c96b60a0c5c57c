//! What a model says of its table: conditions and expressions, in the words of the dialects that can say them.

use std::collections::BTreeMap;

use crate::compiler::writer::Writer;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::expr::Generated;
use crate::model::{FieldDef, ModelDef};
use crate::planner::{Clause, Expr};
use crate::schema::{self, Check, Index, Rule, Table, Unique, Written};
use crate::value::Kind;

/// A model's table, with all that the model says of it planned for each of some databases.
#[derive(Debug)]
pub struct Ruled<'q> {
    /// The model.
    pub model: &'static ModelDef,
    /// CHECK constraints by name.
    pub checks: Vec<(&'static str, ForEach<'q, Clause<'q>>)>,
    /// The rows of a UNIQUE constraint or an index, by its name.
    pub conditions: Vec<(&'static str, ForEach<'q, Clause<'q>>)>,
    /// What a UNIQUE constraint or an index is over, by its name.
    pub expressions: Vec<(&'static str, Vec<ForEach<'q, Expr<'q>>>)>,
    /// Generated columns, and what they are computed from.
    pub generated: Vec<(&'q Generated, ForEach<'q, Expr<'q>>)>,
}

/// A condition or an expression, planned for each of some databases.
pub type ForEach<'q, T> = Vec<(&'q Dialect, T)>;

impl Ruled<'_> {
    /// The table, with what the model says of it in words.
    pub(super) fn table(&self) -> Result<Table> {
        let mut table = Table::of(self.model)?;
        for (name, condition) in &self.checks {
            let rule = Rule::Written(self.of_condition(name, condition)?);
            table.checks.push(Check { name: (*name).to_owned(), rule });
        }
        self.add_conditions(&mut table)?;
        self.add_expressions(&mut table)?;
        self.generated
            .iter()
            .try_for_each(|(generated, planned)| self.add_generated(&mut table, generated, planned))?;
        Ok(table)
    }
}

/// What a condition or expressions belong to.
enum Keys<'t> {
    Unique(&'t mut Unique),
    Index(&'t mut Index),
}

fn keys_named<'t>(table: &'t mut Table, name: &str) -> Result<Keys<'t>> {
    let Table { name: table, uniques, indexes, .. } = table;
    let mut uniques = uniques.iter_mut().filter(|unique| unique.name == name).map(Keys::Unique);
    let mut indexes = indexes.iter_mut().filter(|index| index.name == name).map(Keys::Index);
    uniques.next().or_else(|| indexes.next()).ok_or_else(|| {
        Error::configuration(format!(
            "`{table}` has no UNIQUE constraint or index `{name}` to put a condition or expressions on"
        ))
    })
}

impl Ruled<'_> {
    /// The rows that a UNIQUE constraint or an index is about.
    fn add_conditions(&self, table: &mut Table) -> Result<()> {
        for (name, condition) in &self.conditions {
            let condition = Some(self.of_condition(name, condition)?);
            match keys_named(table, name)? {
                Keys::Unique(unique) => unique.condition = condition,
                Keys::Index(index) => index.condition = condition,
            }
        }
        Ok(())
    }

    /// What a UNIQUE constraint or an index is over, besides columns.
    fn add_expressions(&self, table: &mut Table) -> Result<()> {
        for (name, expressions) in &self.expressions {
            let part = |part| self.of(name, part, |writer, node| writer.key_part(node));
            let expressions = expressions.iter().map(part).collect::<Result<_>>()?;
            match keys_named(table, name)? {
                Keys::Unique(unique) => unique.expressions = expressions,
                Keys::Index(index) => index.expressions = expressions,
            }
        }
        Ok(())
    }

    /// What a column is computed from.
    fn add_generated(&self, table: &mut Table, generated: &Generated, planned: &ForEach<'_, Expr<'_>>) -> Result<()> {
        let missing = || Error::internal(format!("`{}` has no field {}", self.model.name, generated.field));
        let field = self.model.fields.get(generated.field).ok_or_else(missing)?;
        let column = table.columns.get_mut(generated.field).ok_or_else(missing)?;
        let expression = self.of(field.name, planned, |writer, node| writer.computed(node, field))?;
        column.generated = Some(schema::Generated { expression, stored: generated.stored });
        Ok(())
    }

    fn of_condition(&self, name: &str, condition: &ForEach<'_, Clause<'_>>) -> Result<Written> {
        self.of(name, condition, |writer, clause| writer.clause(clause))
    }

    /// A condition or expression; of several dialects, those that cannot say it have no words.
    fn of<T>(
        &self,
        name: &str,
        planned: &ForEach<'_, T>,
        write: impl Fn(&mut Writer<'_>, &T) -> Result<()>,
    ) -> Result<Written> {
        let mut words = BTreeMap::new();
        for (dialect, what) in planned {
            let mut writer = Writer::inline(dialect);
            match write(&mut writer, what) {
                Ok(()) => drop(words.insert(dialect.name().to_owned(), writer.into_text())),
                Err(error) => match error.kind() {
                    ErrorKind::Unsupported { .. } if planned.len() > 1 => {}
                    ErrorKind::Unsupported { feature, backend } => {
                        let feature = format!("`{name}` of `{}`: {feature}", self.model.name);
                        return Err(ErrorKind::Unsupported { feature, backend }.into());
                    }
                    _ => return Err(error),
                },
            }
        }
        Ok(Written(words))
    }
}

impl Writer<'_> {
    /// What a generated column is computed from.
    fn computed(&mut self, node: &Expr<'_>, field: &FieldDef) -> Result<()> {
        if field.kind == Kind::Decimal && self.counts_digits() {
            return self.computed_decimal(node, field);
        }
        self.expr(node)
    }

    /// A part of an index: a column, or an expression in parentheses. (A column in parentheses is refused by some.)
    fn key_part(&mut self, node: &Expr<'_>) -> Result<()> {
        let computed = node.as_column().is_none();
        self.push(if computed { "(" } else { "" });
        if computed && node.kind() == Kind::Decimal && self.counts_digits() {
            self.counted(node, std::slice::from_ref(node))?;
        } else {
            self.expr(node)?;
        }
        self.write(if computed { ")" } else { "" })
    }
}
