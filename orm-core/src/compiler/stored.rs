//! What an expression or a value becomes when a column stores it.

use super::arithmetic::as_kind;
use super::writer::Writer;
use crate::dialect::{Fit, Holds};
use crate::error::{ErrorKind, IntegrityKind, Result};
use crate::model::{FieldDef, ModelDef};
use crate::planner::Expr;
use crate::value::{Kind, Value};

/// The places of a second that every value may have.
const MICROSECONDS: u16 = 6;

/// Where the form of a value that is written comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sample {
    /// From the row that is changed.
    Row,
    /// From the rows that are there.
    Table,
}

/// What a column is given.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given<'v> {
    /// A value, and where its form comes from.
    Value(&'v Value, Sample),
    /// An expression over the row.
    Expression,
}

impl Writer<'_> {
    /// An expression as a column stores it: rounded to its digits, and an error past what it holds.
    pub(super) fn assigned(&mut self, node: &Expr<'_>, field: &FieldDef, model: &'static ModelDef) -> Result<()> {
        self.check_type(model, field);
        match self.stored_as(model, field) {
            Some(words) => self.template(&words, &mut |writer, _| writer.fitted(node, field, model)),
            None => self.fitted(node, field, model),
        }
    }

    fn fitted(&mut self, node: &Expr<'_>, field: &FieldDef, model: &ModelDef) -> Result<()> {
        let to = self.held(node, field, model);
        let kept = to.and_then(|_| self.kept_places(model, field));
        let fit = |to| Fit { from: node.kind(), sure: is_sure(node), to, own: self.is_own(model, field), kept };
        let template = to.and_then(|to| self.spelling().fitted(&fit(to)));
        match template {
            // Measured as a plain text, whatever type its column has.
            Some(template) if field.kind == Kind::Text => {
                self.template(&template, &mut |writer, _| writer.ordered(node))
            }
            Some(template) => self.template(&template, &mut |writer, _| writer.expr(node)),
            // In a table of others a column goes into another in the form that it has.
            None if node.as_column().is_some() && self.conversion(model, field).is_some() => self.checked(node),
            None => self.expr(node),
        }
    }
}

impl Writer<'_> {
    /// What a column holds, if it is less than the expression may be: a column of others may hold fewer places than its field.
    fn held(&self, node: &Expr<'_>, field: &FieldDef, model: &ModelDef) -> Option<Holds> {
        let held = Holds::of(field).filter(|_| !is_alike(node, field));
        let Some(column) = self.column_facts(model, field) else { return held };
        match (field.kind, held) {
            (Kind::F32 | Kind::F64, _) if column.keeps_integers() => {
                Some(Holds::WholeFloats { single: field.kind == Kind::F32 })
            }
            (_, Some(Holds::Decimals(Some((digits, places))))) => {
                let kept = self.kept_places(model, field).map_or(places, |kept| kept.min(places));
                Some(Holds::Decimals(Some((digits.saturating_sub(places - kept), kept))))
            }
            _ => held.or_else(|| self.places(model, field).map(Holds::Moments)),
        }
    }

    /// How many places of a second a column of a table of others keeps, if fewer than a value may have.
    fn places(&self, model: &ModelDef, field: &FieldDef) -> Option<u16> {
        if !matches!(field.kind, Kind::Time | Kind::DateTime | Kind::Timestamp) {
            return None;
        }
        let places = self.column_facts(model, field)?.places?;
        u16::try_from(places).ok().filter(|places| *places < MICROSECONDS)
    }

    /// How many decimal places a column of a table of others keeps of a number, where it says so.
    fn kept_places(&self, model: &ModelDef, field: &FieldDef) -> Option<u32> {
        let column = self.column_facts(model, field).filter(|_| field.kind == Kind::Decimal)?;
        u32::try_from(column.places?).ok()
    }

    /// A value as its column keeps it whole.
    pub(super) fn kept_whole(&self, value: &Value, field: &FieldDef, model: &ModelDef) -> Result<Value> {
        self.as_kept(value, field, model).map_err(|error| error.of_model(model.name))
    }

    fn as_kept(&self, value: &Value, field: &FieldDef, model: &ModelDef) -> Result<Value> {
        self.check_null(value, field, model)?;
        let value = as_kind(value.clone(), field.kind);
        if let Some(places) = self.places(model, field) {
            return field.in_places(value, places);
        }
        self.check_number(&value, field, model)?;
        match self.column_facts(model, field).and_then(|column| self.spelling().changes(&value, &column)) {
            Some(wanted) => Err(field.refused(wanted)),
            None => Ok(value),
        }
    }

    /// A column of a table of others may keep another value than NULL.
    fn check_null(&self, value: &Value, field: &FieldDef, model: &ModelDef) -> Result<()> {
        let column = Some(value).filter(|value| value.is_null()).and_then(|_| self.column_facts(model, field));
        if !column.is_some_and(|column| column.fills_null) {
            return Ok(());
        }
        let (table, columns) = (Some(model.table.to_owned()), vec![field.column.to_owned()]);
        Err(ErrorKind::Integrity { kind: IntegrityKind::NotNull, constraint: None, table, columns }.into())
    }

    /// A column of a table of others may keep fewer places or digits of a number than its field.
    fn check_number(&self, value: &Value, field: &FieldDef, model: &ModelDef) -> Result<()> {
        let (Kind::I16 | Kind::I32 | Kind::I64 | Kind::F32 | Kind::F64 | Kind::Decimal) = field.kind else {
            return Ok(());
        };
        let Some(column) = self.column_facts(model, field) else { return Ok(()) };
        if let Some(places) = column.places {
            field.check_places(value, places)?;
        }
        match column.is_single() {
            Some(single) => field.check_float(value, single),
            None => Ok(()),
        }
    }

    /// What is written into a column. A table of others may keep another value than that: then it is looked at by the
    /// database before it is stored, and one that does not change is left as it is.
    pub(super) fn guarded(
        &mut self,
        model: &'static ModelDef,
        field: &'static FieldDef,
        given: Given<'_>,
        write: impl Fn(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let accepted = self.accepted_as(model, field, given);
        let write = |writer: &mut Self| match &accepted {
            Some(template) => writer.template(template, &mut |writer, slot| match slot {
                b'0' => write(writer),
                _ => writer.text(field.column),
            }),
            None => write(writer),
        };
        let Some((template, affinity)) = self.guard(model, field, given) else { return write(self) };
        self.template(template, &mut |writer, slot| match (slot, given) {
            (b'0', _) => write(writer),
            (b'1', Given::Value(_, Sample::Table)) => writer.write("NULL"),
            (b'1', _) => {
                writer.root_column(model, field);
                Ok(())
            }
            (b'2', _) => writer.text(field.column),
            _ => writer.text(&affinity),
        })
    }

    /// Makes a conflict an error where a table of others would settle it by itself.
    pub(super) fn conflicts_fail(&mut self, model: &ModelDef) {
        let words = self.features().conflicts_fail;
        if !model.managed
            && !words.is_empty()
            && self.dialect.table_facts(model).is_some_and(|table| table.settles_conflicts())
        {
            self.push(words);
        }
    }

    fn accepted_as(&self, model: &ModelDef, field: &FieldDef, given: Given<'_>) -> Option<String> {
        let value = if let Given::Value(value, _) = given { Some(value) } else { None };
        self.spelling().accepted_as(field.kind, &self.column_facts(model, field)?, value)
    }

    /// Whether a column is of a type of ours.
    fn is_own(&self, model: &ModelDef, field: &FieldDef) -> bool {
        model.managed && self.column_facts(model, field).is_none()
    }

    fn guard(&self, model: &ModelDef, field: &FieldDef, given: Given<'_>) -> Option<(&'static str, String)> {
        let template = self.spelling().guard(field.kind).filter(|_| !model.managed)?;
        let column = &self.column_facts(model, field)?;
        let safe = match given {
            Given::Value(_, sample) => self.spelling().keeps(field.kind, column, matches!(sample, Sample::Row)),
            Given::Expression => false,
        };
        (!safe).then(|| (template, column.base.clone()))
    }
}

/// Tells whether the database has an expression in the type of its kind: a column of others may have a wider one.
fn is_sure(node: &Expr<'_>) -> bool {
    node.source().as_column().is_none_or(|column| column.has_own_type())
}

/// Tells whether an expression is a column that holds no more than this one.
fn is_alike(node: &Expr<'_>, field: &FieldDef) -> bool {
    let Some(column) = node.source().as_column() else { return false };
    if !is_sure(node) {
        return false;
    }
    let other = column.field.typed();
    other.kind == field.kind
        && match field.kind {
            Kind::I16 | Kind::I32 | Kind::I64 => field.range.is_none() || field.range == other.range,
            Kind::Text => other.max_length.is_some_and(|length| Some(length) <= field.max_length),
            Kind::Decimal => false,
            _ => true,
        }
}
