//! Columns of tables that the library did not make, on a database without types for what they hold: such a value has
//! many forms there. It is read, compared and written so that each form means the same. Columns of our own stay bare.

use std::borrow::Cow;

use chrono::{Datelike, Days, NaiveDate};

use super::lookup::nullable;
use super::stored::{Given, Sample};
use super::writer::{Scope, Writer};
use crate::ast::{LookupOperator, Node};
use crate::dialect::{ColumnFacts, Made};
use crate::error::Result;
use crate::model::{Column, FieldDef, ModelDef};
use crate::planner::{Join, Joins, Place};
use crate::value::{Kind, Text, Value};

/// How many UUIDs are listed in all their forms before they are sent as one list, where they can be.
const LONGEST_LIST: usize = 64;

impl Writer<'_> {
    /// How a column is converted to our own form, if it needs to be.
    pub(super) fn conversion(&self, model: &ModelDef, field: &FieldDef) -> Option<Cow<'static, str>> {
        if self.has_own_type(model, field) {
            return None;
        }
        if let Some(template) = self.spelling().foreign(field.kind) {
            return Some(template.into());
        }
        self.spelling().compared_as(field.kind, &self.column_facts(model, field)?).map(Cow::from)
    }

    /// What is known of a column that may not be of a type of ours: in a table of others, or one that may have the type of a key of
    /// others that it refers to.
    pub(super) fn column_facts(&self, model: &ModelDef, field: &FieldDef) -> Option<ColumnFacts> {
        if self.has_own_type(model, field) || self.is_inline() || (model.managed && !self.spelling().knows_collations())
        {
            return None;
        }
        self.facts(model)?.column(field.column).cloned()
    }

    /// A column in our own form, where what is not read was looked for elsewhere.
    pub(super) fn formed(&mut self, column: Column, scope: Scope<'_>) -> Result<()> {
        let (path, field) = column.shortest();
        match self.conversion(path.model, field) {
            Some(template) => self.in_our_form(&template, field, |writer| writer.column(column, scope)),
            None => self.column(column, scope),
        }
    }

    /// The column of a place in our own form.
    pub(super) fn formed_at(&mut self, joins: &Joins, place: Place, field: &FieldDef) -> Result<()> {
        match self.conversion(joins.model(place), field) {
            Some(template) => self.in_our_form(&template, field, |writer| writer.write_at(joins, place, field)),
            None => self.write_at(joins, place, field),
        }
    }

    /// A column as an expression has it: what is read, in our own form.
    pub(super) fn read(&mut self, column: Column, scope: Scope<'_>) -> Result<()> {
        let (path, field) = column.shortest();
        match self.conversion(path.model, field) {
            Some(template) => self.in_our_form(&template, field, |writer| writer.checked(column, scope)),
            None => self.checked(column, scope),
        }
    }

    /// The same of a place.
    pub(super) fn read_at(&mut self, joins: &Joins, place: Place, field: &FieldDef) -> Result<()> {
        match self.conversion(joins.model(place), field) {
            Some(template) => self.in_our_form(&template, field, |writer| writer.checked_at(joins, place, field)),
            None => self.checked_at(joins, place, field),
        }
    }

    pub(super) fn write_at(&mut self, joins: &Joins, place: Place, field: &FieldDef) -> Result<()> {
        self.column_at(joins, place, field);
        Ok(())
    }

    fn in_our_form(&mut self, template: &str, field: &FieldDef, write: impl Fn(&mut Self) -> Result<()>) -> Result<()> {
        self.template(template, &mut |writer, slot| match (slot, field.scale()) {
            (b'0', _) => write(writer),
            (_, Some((_, places))) => writer.write(&places.to_string()),
            _ => writer.write("NULL"),
        })
    }

    /// A column as it is read: what we read in any form stays bare; a decimal gets the places of its column.
    pub(super) fn shown(
        &mut self,
        model: &ModelDef,
        field: &FieldDef,
        write: impl Fn(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let conversion = if field.kind == Kind::Decimal { self.conversion(model, field) } else { None };
        match conversion {
            Some(template) => {
                self.in_our_form(&template, field, write)?;
                self.push(" AS ");
                self.identifier(field.column);
                Ok(())
            }
            None => write(self),
        }
    }

    /// A value as a column stores it.
    pub(super) fn stored(&mut self, value: &Value, field: &FieldDef, model: &ModelDef, sample: Sample) -> Result<()> {
        let value = self.kept_whole(value, field, model)?;
        self.guarded(model, field, Given::Value(&value, sample), |writer| {
            writer.in_their_form(value.clone(), field, model, sample)
        })
    }

    /// A value in the form that the column has already: in the row, in other rows, or by its declared type. A foreign key has
    /// the form of the keys that it refers to, which the database compares as they are.
    fn in_their_form(&mut self, value: Value, field: &FieldDef, model: &ModelDef, sample: Sample) -> Result<()> {
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
    pub(super) fn joined_by(&mut self, joins: &Joins, index: usize, join: &Join, inner: bool) -> Result<()> {
        let (there, here) = ((Place::Joined(index), join.target_key), (join.from, join.key));
        let (target, source) = (joins.model(there.0), joins.model(here.0));
        if let Some(words) = self.equal_fields((target, there.1), (source, here.1)) {
            return self.template(&words, &mut |writer, slot| match slot {
                b'0' => writer.write_at(joins, there.0, there.1),
                _ => writer.write_at(joins, here.0, here.1),
            });
        }
        if self.have_one_form((target, there.1), (source, here.1)) {
            self.write_at(joins, there.0, there.1)?;
            self.push(" = ");
            return self.write_at(joins, here.0, here.1);
        }
        self.key_meets(joins, there, here, !inner)?;
        if inner && self.lists_forms(target, there.1) && self.lists_forms(source, here.1) {
            self.push(" AND ");
            self.key_meets(joins, here, there, false)?;
        }
        // The other side of a LEFT JOIN was checked.
        for (place, field) in [there, here].into_iter().take(if inner { 2 } else { 1 }) {
            if self.is_doubtful(joins.model(place), field) {
                self.push(" AND ");
                self.readable_at(joins, place, field)?;
            }
        }
        Ok(())
    }

    /// Whether a key is equal to another, in any form; checked: the other is looked at even where nothing is equal to it.
    fn key_meets(
        &mut self,
        joins: &Joins,
        (place, key): (Place, &FieldDef),
        (from, other): (Place, &FieldDef),
        checked: bool,
    ) -> Result<()> {
        let side = |writer: &mut Self| match checked {
            true => writer.checked_at(joins, from, other),
            false => writer.write_at(joins, from, other),
        };
        let (model, other_model) = (joins.model(place), joins.model(from));
        if self.lists_forms(model, key) {
            self.column_at(joins, place, key);
            self.push(" IN (");
            self.separated(self.spelling().forms(key.kind), ", ", |writer, form| {
                writer.template(form, &mut |writer, _| side(writer))
            })?;
            return self.write(")");
        }
        self.formed_at(joins, place, key)?;
        let conversion = self.conversion(other_model, other);
        if conversion.is_some() {
            self.push(self.spelling().compared(key.kind));
        }
        self.push(" = ");
        match conversion {
            Some(template) => self.in_our_form(&template, other, side),
            None => side(self),
        }
    }

    /// Whether two columns have the same type and collation, by which the database holds its keys to be equal, so that either
    /// index serves.
    fn have_one_form(&self, left: (&ModelDef, &FieldDef), right: (&ModelDef, &FieldDef)) -> bool {
        let type_of = |(model, field): (&ModelDef, &FieldDef)| self.facts(model)?.column(field.column).cloned();
        let texts = self.lists_forms(left.0, left.1) && self.lists_forms(right.0, right.1);
        texts
            && self.spelling().knows_collations()
            && type_of(left).is_some_and(|column| type_of(right) == Some(column))
    }

    /// Whether a column may have several forms, each of which is looked for, so that an index serves.
    fn lists_forms(&self, model: &ModelDef, field: &FieldDef) -> bool {
        self.conversion(model, field).is_some() && !self.spelling().forms(field.kind).is_empty()
    }

    /// Whether a column may have several forms, and an index serves where a single value is looked for.
    pub(super) fn has_forms(&self, node: &Node) -> bool {
        let Node::Column(column) = node else { return false };
        let (path, field) = column.shortest();
        let moment = matches!(field.kind, Kind::DateTime | Kind::Timestamp);
        self.lists_forms(path.model, field) || (moment && self.conversion(path.model, field).is_some())
    }

    /// What texts alone tell of a comparison with moments in a table made elsewhere, so that an index serves: in every form
    /// the date is in front, no more than a day off by the offset.
    pub(super) fn near(&self, operator: LookupOperator, operands: &[Node]) -> Vec<(&'static str, NaiveDate)> {
        use LookupOperator as L;
        if self.is_ours() {
            return Vec::new();
        }
        let [Node::Column(column), values @ ..] = operands else { return Vec::new() };
        let (path, field) = column.shortest();
        if self.conversion(path.model, field).is_none() {
            return Vec::new();
        }
        let days: Option<Vec<NaiveDate>> = values.iter().map(day).collect();
        let Some(days) = days else { return Vec::new() };
        let (from, to) = match operator {
            L::Eq => (days.first(), days.first()),
            L::Lt | L::Lte => (None, days.first()),
            L::Gt | L::Gte => (days.first(), None),
            L::Between => (days.first(), days.last()),
            _ => (None, None),
        };
        let from = from.and_then(|day| day.checked_sub_days(Days::new(1)));
        let to = to.and_then(|day| day.checked_add_days(Days::new(2)));
        let bounds = [(" >= ", from), (" < ", to)].into_iter().filter_map(|(sign, day)| Some((sign, day?)));
        // Years of another number of digits are in another order.
        bounds.filter(|(_, day)| (0..=9999).contains(&day.year())).collect()
    }

    /// Whether a UUID of a table made elsewhere is one of some: each of its forms is looked for, so that an index serves.
    /// Tells whether that was the question.
    pub(super) fn uuids(
        &mut self,
        operator: LookupOperator,
        left: &Node,
        values: &[&Value],
        negated: bool,
        scope: Scope<'_>,
    ) -> Result<bool> {
        if self.is_ours() {
            return Ok(false);
        }
        let Node::Column(column) = left else { return Ok(false) };
        let (path, field) = column.shortest();
        let equality = matches!(operator, LookupOperator::Eq | LookupOperator::In | LookupOperator::Differs);
        let known = equality && field.kind == Kind::Uuid && values.iter().all(|value| matches!(value, Value::Uuid(_)));
        if !known || !self.lists_forms(path.model, field) {
            return Ok(false);
        }
        let count = self.spelling().forms(Kind::Uuid).len();
        let list = self.spelling().forms_list().filter(|_| values.len() > LONGEST_LIST);
        let fits = list.is_some() || self.has_room_for(values.len() * count);
        if !fits {
            return Ok(false);
        }
        let operands = std::slice::from_ref(left);
        let equal = Made::plain("{0} IN ({1})", "{0} NOT IN ({1})");
        let made = match operator {
            LookupOperator::Differs if self.read_as_null(operands) => equal.unequal(nullable(operands)),
            LookupOperator::Differs => Made { holds: equal.fails, fails: equal.holds },
            _ => equal,
        };
        self.holds_or_not(made.words(), operands, negated, scope, |writer, words| {
            writer.template(words, &mut |writer, slot| match (slot, list) {
                (b'0', _) => writer.column(*column, scope),
                (_, Some(list)) => writer.listed_forms(values, list),
                _ => writer.bound_forms(values, count),
            })
        })?;
        Ok(true)
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
        let padded = values.len().next_power_of_two();
        let length = if self.has_room_for(padded * count) { padded } else { values.len() };
        let padding = values.last().into_iter().cycle().take(length - values.len());
        let all = values.iter().chain(padding);
        self.separated(all.flat_map(|value| forms(value).into_iter().take(count)), ", ", |writer, form| {
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

fn day(node: &Node) -> Option<NaiveDate> {
    match node {
        Node::Value(Value::Timestamp(moment)) => Some(moment.date_naive()),
        Node::Value(Value::DateTime(moment)) => Some(moment.date()),
        _ => None,
    }
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
