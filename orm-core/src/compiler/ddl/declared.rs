//! What a model says of its table: conditions and expressions, in the words of the dialects that can say them.

use std::collections::BTreeMap;

use crate::ast::{Condition, Node};
use crate::compiler::writer::Writer;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::expr::{Declared, Generated};
use crate::model::{FieldDef, ModelDef};
use crate::planner::{expression, rule};
use crate::schema::{self, Check, Index, Rule, Table, Unique, Written};
use crate::value::Kind;

/// The table of a model, with what the model says of it.
pub(super) fn table(entry: &Declared, dialects: &[Dialect]) -> Result<Table> {
    let mut table = Table::of(entry.definition)?;
    let words = Words { model: entry.definition, dialects };
    for (name, condition) in &entry.checks {
        let rule = Rule::Written(words.of_condition(name, condition)?);
        table.checks.push(Check { name: (*name).to_owned(), rule });
    }
    words.add_conditions(&mut table, &entry.conditions)?;
    words.add_expressions(&mut table, &entry.expressions)?;
    entry.generated.iter().try_for_each(|generated| words.add_generated(&mut table, generated))?;
    Ok(table)
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

/// What a model says of its table, in the words of some dialects.
struct Words<'d> {
    model: &'static ModelDef,
    dialects: &'d [Dialect],
}

impl Words<'_> {
    /// The rows that a UNIQUE constraint or an index is about.
    fn add_conditions(&self, table: &mut Table, conditions: &[(&str, Condition)]) -> Result<()> {
        for (name, condition) in conditions {
            let condition = Some(self.of_condition(name, condition)?);
            match keys_named(table, name)? {
                Keys::Unique(unique) => unique.condition = condition,
                Keys::Index(index) => index.condition = condition,
            }
        }
        Ok(())
    }

    /// What a UNIQUE constraint or an index is over, besides columns.
    fn add_expressions(&self, table: &mut Table, expressions: &[(&str, Vec<Node>)]) -> Result<()> {
        for (name, nodes) in expressions {
            let part = |node: &Node| self.of(name, |writer| writer.key_part(node, self.model));
            let expressions = nodes.iter().map(part).collect::<Result<_>>()?;
            match keys_named(table, name)? {
                Keys::Unique(unique) => unique.expressions = expressions,
                Keys::Index(index) => index.expressions = expressions,
            }
        }
        Ok(())
    }

    /// What a column is computed from.
    fn add_generated(&self, table: &mut Table, generated: &Generated) -> Result<()> {
        let missing = || Error::internal(format!("`{}` has no field {}", self.model.name, generated.field));
        let field = self.model.fields.get(generated.field).ok_or_else(missing)?;
        let column = table.columns.get_mut(generated.field).ok_or_else(missing)?;
        let expression = self.of(field.name, |writer| writer.computed(&generated.expression, field, self.model))?;
        column.generated = Some(schema::Generated { expression, stored: generated.stored });
        Ok(())
    }

    fn of_condition(&self, name: &str, condition: &Condition) -> Result<Written> {
        self.of(name, |writer| writer.clause(&rule(condition, self.model, writer.dialect)?))
    }

    /// A condition or expression; of several dialects, those that cannot say it have no words.
    fn of(&self, name: &str, write: impl Fn(&mut Writer<'_>) -> Result<()>) -> Result<Written> {
        let mut words = BTreeMap::new();
        for dialect in self.dialects {
            let mut writer = Writer::inline(dialect);
            match write(&mut writer) {
                Ok(()) => drop(words.insert(dialect.name().to_owned(), writer.into_text())),
                Err(error) => match error.kind() {
                    ErrorKind::Unsupported { .. } if self.dialects.len() > 1 => {}
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
    fn computed(&mut self, node: &Node, field: &FieldDef, model: &'static ModelDef) -> Result<()> {
        let node = expression(node, model, self.dialect)?;
        if field.kind == Kind::Decimal && self.counts_digits() {
            return self.computed_decimal(&node, field);
        }
        self.expr(&node)
    }

    /// A part of an index: a column, or an expression in parentheses. (A column in parentheses is refused by some.)
    fn key_part(&mut self, node: &Node, model: &'static ModelDef) -> Result<()> {
        let node = expression(node, model, self.dialect)?;
        let computed = node.as_column().is_none();
        self.push(if computed { "(" } else { "" });
        if computed && node.kind() == Kind::Decimal && self.counts_digits() {
            self.counted(&node, std::slice::from_ref(&node))?;
        } else {
            self.expr(&node)?;
        }
        self.write(if computed { ")" } else { "" })
    }
}
