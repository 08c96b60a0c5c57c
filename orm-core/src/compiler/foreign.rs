//! Columns of tables that the library did not make, on a database without types for what they hold: such a value has
//! many forms there. It is read, compared and written so that each form means the same. Columns of our own stay bare.

use std::borrow::Cow;

use super::stored::{Given, Sample};
use super::writer::Writer;
use crate::ast::LookupOperator;
use crate::dialect::{ColumnFacts, Made};
use crate::error::{Error, Result};
use crate::model::{FieldDef, ModelDef};
use crate::planner::{Col, Expr, Forms, Join, Near, are_nulled, nullable};
use crate::value::{Kind, Text, Value};

impl Writer<'_> {
    /// How a column is converted to our own form, if it needs to be.
    pub(super) fn conversion(&self, model: &ModelDef, field: &FieldDef) -> Option<Cow<'static, str>> {
        self.dialect.conversion(model, field)
    }

    /// What is known of a column that may not be of a type of ours.
    pub(super) fn column_facts(&self, model: &ModelDef, field: &FieldDef) -> Option<ColumnFacts> {
        self.dialect.column_facts(model, field)
    }

    /// The conversion of a column where it stands.
    pub(super) fn conversion_of(&self, column: Col) -> Option<Cow<'static, str>> {
        self.conversion(column.table.model, column.field)
    }

    /// A column in our own form, where what is not read was looked for elsewhere; any other expression.
    pub(super) fn formed(&mut self, node: &Expr<'_>) -> Result<()> {
        self.converted(node, |writer| writer.bare(node))
    }

    /// A column as an expression has it: what is read, in our own form.
    pub(super) fn read(&mut self, node: &Expr<'_>) -> Result<()> {
        self.converted(node, |writer| writer.checked(node))
    }

    fn converted(&mut self, node: &Expr<'_>, write: impl Fn(&mut Self) -> Result<()>) -> Result<()> {
        let Some(column) = node.as_column() else { return write(self) };
        match self.conversion_of(column) {
            Some(template) => self.in_our_form(&template, column.field, write),
            None => write(self),
        }
    }

    fn in_our_form(&mut self, template: &str, field: &FieldDef, write: impl Fn(&mut Self) -> Result<()>) -> Result<()> {
        self.template(template, &mut |writer, slot| match (slot, field.scale()) {
            (b'0', _) => write(writer),
            (_, Some((_, places))) => writer.write(&places.to_string()),
            _ => writer.write("NULL"),
        })
    }

    /// A column as it is read: what we read in any form stays bare; a decimal gets the places of its column.
    pub(super) fn shown(&mut self, column: Col) -> Result<()> {
        let conversion = if column.field.kind == Kind::Decimal { self.conversion_of(column) } else { None };
        let Some(template) = conversion else {
            self.column(column);
            return Ok(());
        };
        self.in_our_form(&template, column.field, |writer| {
            writer.column(column);
            Ok(())
        })?;
        self.push(" AS ");
        self.identifier(column.field.column);
        Ok(())
    }

    /// A value as a column stores it.
    pub(super) fn stored(
        &mut self,
        value: &Value,
        field: &'static FieldDef,
        model: &'static ModelDef,
        sample: Sample,
    ) -> Result<()> {
        let value = self.kept_whole(value, field, model)?;
        self.guarded(model, field, Given::Value(&value, sample), |writer| {
            writer.in_their_form(value.clone(), field, model, sample)
        })
    }

    /// A value in the form that the column has already: in the row, in other rows, or by its declared type. A foreign key has
    /// the form of the keys that it refers to, which the database compares as they are.
    fn in_their_form(
        &mut self,
        value: Value,
        field: &'static FieldDef,
        model: &'static ModelDef,
        sample: Sample,
    ) -> Result<()> {
        self.check_type(model, field);
        let template = self.spelling().stored(field.kind).filter(|_| self.conversion(model, field).is_some());
        let Some(template) = template else {
            self.bind(value);
            return Ok(());
        };
        let referred = referred(model, field).or_else(|| origin(model, field));
        let sample = if referred.is_some() { Sample::Table } else { sample };
        let (model, field) = referred.unwrap_or((model, field));
        self.template(template, &mut |writer, slot| {
            match (slot, sample) {
                (b'0', _) => writer.bind(value.clone()),
                (b'1', Sample::Row) => writer.root_column(model, field),
                // A few rows tell; in a column of NULLs the search ends.
                (b'1', Sample::Table) => {
                    writer.push("(SELECT MAX(\"c0\") FROM (SELECT ");
                    writer.identifier(field.column);
                    writer.push(" AS \"c0\" FROM ");
                    writer.identifier(model.table);
                    writer.push(" LIMIT 100))");
                }
                (b'2', _) => return writer.text(model.table),
                _ => return writer.text(field.column),
            }
            Ok(())
        })
    }

    pub(super) fn text(&mut self, text: &str) -> Result<()> {
        let literal = self.spelling().text_literal(text);
        self.write(&literal)
    }

    /// The condition of a join. Either side of an inner one may be looked for; of another, that which is joined.
    pub(super) fn joined_by(&mut self, join: &Join, inner: bool) -> Result<()> {
        let (there, here) = (join.target(), join.key);
        if let Some(words) = self.equal_columns(there, here) {
            return self.template(&words, &mut |writer, slot| {
                writer.column(if slot == b'0' { there } else { here });
                Ok(())
            });
        }
        if self.have_one_form(there, here) {
            self.column(there);
            self.push(" = ");
            self.column(here);
            return Ok(());
        }
        self.key_meets(there, here, !inner)?;
        if inner && self.lists_forms(there) && self.lists_forms(here) {
            self.push(" AND ");
            self.key_meets(here, there, false)?;
        }
        join.checked(inner).try_for_each(|column| {
            self.push(" AND ");
            self.readable(&Expr::Column(column))
        })
    }

    /// Whether a key is equal to another, in any form; checked: the other is looked at even where nothing is equal to it.
    fn key_meets(&mut self, key: Col, other: Col, checked: bool) -> Result<()> {
        let other_side = Expr::Column(other);
        let side = |writer: &mut Self| if checked { writer.checked(&other_side) } else { writer.bare(&other_side) };
        if self.lists_forms(key) {
            self.column(key);
            self.push(" IN (");
            self.separated(self.spelling().forms(key.field.kind), ", ", |writer, form| {
                writer.template(form, &mut |writer, _| side(writer))
            })?;
            return self.write(")");
        }
        self.formed(&Expr::Column(key))?;
        let conversion = self.conversion_of(other);
        if conversion.is_some() {
            self.push(self.spelling().compared(key.field.kind));
        }
        self.push(" = ");
        match conversion {
            Some(template) => self.in_our_form(&template, other.field, side),
            None => side(self),
        }
    }

    /// Whether two columns have the same type and collation, by which the database holds its keys to be equal, so that either
    /// index serves.
    fn have_one_form(&self, left: Col, right: Col) -> bool {
        let type_of = |column: Col| self.dialect.table_facts(column.table.model)?.column(column.field.column).cloned();
        self.lists_forms(left)
            && self.lists_forms(right)
            && self.spelling().knows_collations()
            && type_of(left).is_some_and(|column| type_of(right) == Some(column))
    }

    fn lists_forms(&self, column: Col) -> bool {
        self.dialect.lists_forms(column.table.model, column.field)
    }

    /// A comparison with moments, with what texts alone tell of it.
    pub(super) fn near(&mut self, near: &Near<'_>) -> Result<()> {
        let Some(left) = near.operands.first() else { return Err(Error::internal("a comparison has no operands")) };
        let test = self.test(near.operator, &near.operands)?;
        self.push("(");
        for (sign, day) in [(" >= ", near.from), (" < ", near.until)] {
            let Some(day) = day else { continue };
            self.bare(left)?;
            self.push(sign);
            self.bind(Value::Date(day));
            self.push(" AND ");
        }
        self.either_way(test, &near.operands, false)?;
        self.write(")")
    }

    /// A column of others beside UUIDs, in all their forms.
    pub(super) fn forms(&mut self, forms: &Forms<'_>) -> Result<()> {
        let operands = std::slice::from_ref(&forms.left);
        let count = self.spelling().forms(Kind::Uuid).len();
        let list = self.spelling().forms_list().filter(|_| forms.as_lists);
        let equal = Made::plain("{0} IN ({1})", "{0} NOT IN ({1})");
        let made = match forms.operator {
            LookupOperator::Differs if are_nulled(operands) => equal.unequal(nullable(operands)),
            LookupOperator::Differs => Made { holds: equal.fails, fails: equal.holds },
            _ => equal,
        };
        self.holds_or_not(made.words(), operands, forms.negated, |writer, words| {
            writer.template(words, &mut |writer, slot| match (slot, list) {
                (b'0', _) => writer.bare(&forms.left),
                (_, Some(list)) => writer.listed_forms(&forms.values, list),
                _ => writer.bound_forms(&forms.values, count),
            })
        })
    }

    /// All forms of UUIDs, in two parameters.
    fn listed_forms(&mut self, values: &[&Value], list: &str) -> Result<()> {
        self.template(list, &mut |writer, slot| {
            writer.bind(match slot {
                b'0' => Value::List(Kind::Text, values.iter().flat_map(|value| texts(value)).collect()),
                _ => Value::List(Kind::Uuid, values.iter().map(|value| (*value).clone()).collect()),
            });
            Ok(())
        })
    }

    /// The first forms of UUIDs, each a parameter.
    fn bound_forms(&mut self, values: &[&Value], count: usize) -> Result<()> {
        self.separated(values.iter().flat_map(|value| forms(value).into_iter().take(count)), ", ", |writer, form| {
            writer.bind(form);
            Ok(())
        })
    }
}

/// The column that a foreign key refers to, with its model, if that is another one.
fn origin(model: &ModelDef, field: &FieldDef) -> Option<(&'static ModelDef, &'static FieldDef)> {
    let is_another = |(target, key): &(&ModelDef, &FieldDef)| target.table != model.table || key.column != field.column;
    field.keys_referred().next().filter(is_another)
}

/// The column of others that a foreign key of ours refers to at last.
fn referred(model: &ModelDef, field: &FieldDef) -> Option<(&'static ModelDef, &'static FieldDef)> {
    origin(model, field)?;
    field.keys_referred().find(|(model, _)| !model.managed)
}

/// The forms in which others write a UUID.
fn forms(value: &Value) -> Vec<Value> {
    let mut forms = texts(value);
    if let Value::Uuid(uuid) = value {
        forms.push(Value::Bytes(uuid.as_bytes().to_vec()));
    }
    forms
}

fn texts(value: &Value) -> Vec<Value> {
    let Value::Uuid(uuid) = value else { return Vec::new() };
    let lower = [uuid.hyphenated().to_string(), uuid.simple().to_string()];
    let upper = lower.clone().map(|text| text.to_uppercase());
    lower.into_iter().chain(upper).map(|text| Value::Text(Text::from(text))).collect()
}
