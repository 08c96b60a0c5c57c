//! Comparisons as the database can say them, and so that its indexes serve: prefixes as ranges, lists as one parameter,
//! moments and UUIDs of others in any of their forms.

use std::borrow::Cow;

use chrono::{Datelike, Days, NaiveDate};

use super::check;
use super::plan::{Clause, Expr, Forms, Near, Operands};
use super::scope::Scope;
use crate::ast::LookupOperator;
use crate::error::Result;
use crate::value::{Kind, Text, Value};

/// How many UUIDs are listed in all their forms before they are sent as one list, where they can be.
const MOST_IN_ALL_FORMS: usize = 64;

impl Scope<'_> {
    /// The same condition as the database can say it, with an error where it meets what is not read.
    pub(super) fn legal<'q>(&mut self, clause: Clause<'q>) -> Result<Clause<'q>> {
        let said = self.said(clause)?;
        Ok(self.checked(said, true))
    }

    /// The same condition as the database can say it.
    pub(super) fn said<'q>(&mut self, clause: Clause<'q>) -> Result<Clause<'q>> {
        match clause {
            Clause::Test { operator, operands, negated } => self.said_test(operator, operands, negated),
            Clause::In { left, values, negated } => self.said_any(left, values, negated),
            Clause::And(parts) => Ok(Clause::group(self.said_parts(parts)?, true)),
            Clause::Or(parts) => Ok(Clause::group(self.said_parts(parts)?, false)),
            Clause::Xor { parts, negated } => Ok(Clause::Xor { parts: self.said_parts(parts)?, negated }),
            other => Ok(other),
        }
    }

    fn said_parts<'q>(&mut self, parts: Vec<Clause<'q>>) -> Result<Vec<Clause<'q>>> {
        parts.into_iter().map(|part| self.said(part)).collect()
    }

    fn said_test<'q>(&mut self, operator: LookupOperator, operands: Operands<'q>, negated: bool) -> Result<Clause<'q>> {
        use LookupOperator as L;
        check::comparison(operator, &operands)?;
        if operator == L::KeyIn {
            return self.keys(&operands, negated);
        }
        if let [left, right] = &*operands
            && let Some(value) = right.as_own_value()
        {
            let equality = matches!(operator, L::Eq | L::Differs);
            if let Some(forms) = self.forms(operator, left, &[value], negated) {
                return Ok(forms);
            }
            if equality && let Some(listed) = self.lacking(operator, left, value, negated) {
                return Ok(listed);
            }
            if let (L::StartsWith, Value::Text(prefix)) = (operator, value)
                && let Some(operands) = self.prefix_range(left, prefix)
            {
                return Ok(Clause::Test { operator: L::HalfOpen, operands, negated });
            }
        }
        match if negated { None } else { self.near(operator, &operands) } {
            Some((from, until)) => Ok(Clause::Near(Box::new(Near { from, until, operator, operands }))),
            None => Ok(Clause::Test { operator, operands, negated }),
        }
    }

    /// A UUID of a table made elsewhere that is one of some: each of its forms is looked for, so that an index serves.
    pub(super) fn forms<'q>(
        &mut self,
        operator: LookupOperator,
        left: &Expr<'q>,
        values: &[&'q Value],
        negated: bool,
    ) -> Option<Clause<'q>> {
        use LookupOperator as L;
        let known = left.kind() == Kind::Uuid
            && matches!(operator, L::Eq | L::In | L::Differs)
            && values.iter().all(|value| matches!(value, Value::Uuid(_)));
        if !known || !left.lists_forms(self.dialect) {
            return None;
        }
        let spelling = self.dialect.spelling();
        let as_lists = values.len() > MOST_IN_ALL_FORMS && spelling.forms_list().is_some();
        let forms = spelling.forms(Kind::Uuid).len();
        if !as_lists && !self.has_room_for(values.len() * forms) {
            return None;
        }
        self.binds_list |= as_lists;
        let (left, values) = (left.clone(), values.to_vec());
        let values = if as_lists { values } else { self.padded(values, forms) };
        Some(Clause::Forms(Box::new(Forms { operator, left, values, as_lists, negated })))
    }

    /// The texts that start with a prefix, as a range of code points: from the prefix to the first text after them all.
    fn prefix_range<'q>(&self, left: &Expr<'q>, prefix: &Text) -> Option<Operands<'q>> {
        if !self.dialect.features().prefix_ranges || !left.has_ranges(self.dialect) {
            return None;
        }
        let text = |text| Expr::Value(Cow::Owned(Value::Text(text)));
        let mut after = prefix.clone();
        while let Some(last) = after.pop() {
            // The range of characters passes over the surrogates.
            if let Some(next) = (last..=char::MAX).nth(1) {
                after.push(next);
                return Some(Operands::Any(vec![left.clone(), text(prefix.clone()), text(after)]));
            }
        }
        None
    }

    /// What texts alone tell of a comparison with moments in a table made elsewhere.
    fn near(&self, operator: LookupOperator, operands: &[Expr<'_>]) -> Option<(Option<NaiveDate>, Option<NaiveDate>)> {
        use LookupOperator as L;
        let [left, values @ ..] = operands else { return None };
        let days: Vec<NaiveDate> = values.iter().map(day).collect::<Option<_>>()?;
        let (from, to) = match operator {
            L::Eq => (days.first(), days.first()),
            L::Lt | L::Lte => (None, days.first()),
            L::Gt | L::Gte => (days.first(), None),
            L::Between => (days.first(), days.last()),
            _ => return None,
        };
        // Years of another number of digits are in another order.
        let in_order = |day: &NaiveDate| (0..=9999).contains(&day.year());
        let from = from.and_then(|day| day.checked_sub_days(Days::new(1))).filter(in_order);
        let until = to.and_then(|day| day.checked_add_days(Days::new(2))).filter(in_order);
        ((from.is_some() || until.is_some()) && left.is_converted(self.dialect)).then_some((from, until))
    }
}

fn day(node: &Expr<'_>) -> Option<NaiveDate> {
    match node.as_value()? {
        Value::Timestamp(moment) => Some(moment.date_naive()),
        Value::DateTime(moment) => Some(moment.date()),
        _ => None,
    }
}
