//! Lists: a parameter for each value, one for all of them, or keys written out.

use super::form::Form;
use super::plan::{Among, Clause, Expr, Listed};
use super::scope::Scope;
use crate::ast::LookupOperator;
use crate::dialect::{Dialect, Left, List, Made};
use crate::error::{Error, Result};
use crate::value::{Kind, Value};

/// How long a list of parameters becomes before it is sent as one.
const LONGEST_LIST: usize = 512;

/// How many values of keys are written out, each compared in any form that others may have given it, so that an index serves.
const MOST_WRITTEN_OUT: usize = 64;

impl<'q> Among<'q> {
    fn of(left: Expr<'q>, values: Vec<&'q Value>, dialect: &Dialect) -> Self {
        let bytes = !dialect.features().lists_hold_nul && values.iter().any(|value| has_nul(value));
        let facts = left.unlike_ours(dialect);
        Self { left, values, facts, bytes }
    }

    fn list(&self, dialect: &Dialect) -> List<'_> {
        let left = self.compared(dialect);
        List { kind: self.left.kind(), longest: longest(&self.values).min(self.most(left)), left }
    }

    /// How much of a text need be looked at: what is longer than a column of ours, cut off behind that, is not in it either.
    fn most(&self, left: Left<'_>) -> usize {
        let column = self.left.as_column().filter(|column| column.field.kind == Kind::Text);
        match (column.and_then(|column| column.field.typed().max_length), left) {
            (Some(most), Left::Ours) => most as usize + 1,
            _ => usize::MAX,
        }
    }

    /// How what is on the left compares.
    fn compared(&self, dialect: &Dialect) -> Left<'_> {
        let is_settled = || Form::shared(std::slice::from_ref(&self.left)).is_some();
        match (self.left.kind(), &self.facts) {
            (Kind::Text, _) if self.bytes => Left::Bytes,
            (Kind::Decimal, _) if dialect.features().decimals_as_text && !is_settled() => Left::Unsettled,
            (_, Some(facts)) => Left::Column(facts),
            (Kind::Text, None) if !self.left.is_collated(dialect) && dialect.spelling().knows_collations() => {
                Left::Unknown
            }
            _ if matches!(self.left, Expr::Call(_)) => Left::Computed,
            _ => Left::Ours,
        }
    }
}

impl Scope<'_> {
    /// Whether an expression is one of some values. A list is one parameter where the database has arrays, or where it is
    /// long; else each value is one.
    pub(super) fn said_any<'q>(&mut self, left: Expr<'q>, values: Vec<&'q Value>, negated: bool) -> Result<Clause<'q>> {
        if self.is_schema() {
            return Ok(Clause::In { left, values, negated });
        }
        if let Some(forms) = self.forms(LookupOperator::In, &left, &values, negated) {
            return Ok(forms);
        }
        if let [value] = values.as_slice()
            && !left.may_lack(&values, self.dialect)
        {
            return self.said(Clause::equal(left, value, negated));
        }
        if let Some((short, long)) = self.long_apart(&left, &values) {
            let parts = [self.said_any(left.clone(), short, negated)?, self.said_any(left, long, negated)?];
            return Ok(Clause::group(parts.into(), negated));
        }
        match self.one_parameter(&left, &values) {
            Some((among, made)) => Ok(self.listed(Listed { columns: vec![among], made, differs: false, negated })),
            None => Ok(Clause::In { left, values: self.padded(values, 1), negated }),
        }
    }

    /// The comparison with a text that may be refused beside a column, as a list.
    pub(super) fn lacking<'q>(
        &mut self,
        operator: LookupOperator,
        left: &Expr<'q>,
        value: &'q Value,
        negated: bool,
    ) -> Option<Clause<'q>> {
        if self.is_schema() || !left.may_lack(&[value], self.dialect) {
            return None;
        }
        let (among, made) = self.one_parameter(left, &[value])?;
        let differs = operator == LookupOperator::Differs;
        Some(self.listed(Listed { columns: vec![among], made, differs, negated }))
    }

    fn listed<'q>(&mut self, listed: Listed<'q>) -> Clause<'q> {
        self.binds_list = true;
        Clause::Listed(Box::new(listed))
    }

    /// The texts of a list that is one parameter, and those apart that are so long that it would be read again for each row.
    fn long_apart<'q>(&self, left: &Expr<'_>, values: &[&'q Value]) -> Option<(Vec<&'q Value>, Vec<&'q Value>)> {
        if left.kind() != Kind::Text || (values.len() <= LONGEST_LIST && !left.may_lack(values, self.dialect)) {
            return None;
        }
        let most = self.dialect.spelling().longest_listed(&left.unlike_ours(self.dialect)?)?;
        let parts: (Vec<_>, Vec<_>) = values.iter().partition(|value| longest(&[value]) <= most);
        (!parts.0.is_empty() && !parts.1.is_empty()).then_some(parts)
    }

    /// An expression beside a list that is one parameter; nothing where each of the values is one.
    fn one_parameter<'q>(&self, left: &Expr<'q>, values: &[&'q Value]) -> Option<(Among<'q>, Made)> {
        // Documents are equal by value, which IN does not know.
        let long = self.dialect.features().array_parameters || values.len() > LONGEST_LIST || left.kind() == Kind::Json;
        if !long && !left.may_lack(values, self.dialect) {
            return None;
        }
        let among = Among::of(left.clone(), values.to_vec(), self.dialect);
        // A join by another character set uses no index, so there is a list of parameters as long as it fits.
        if matches!(among.compared(self.dialect), Left::Unknown) && self.are_bound(values.len()) {
            return None;
        }
        let made = self.dialect.spelling().list(&[among.list(self.dialect)])?;
        Some((among, made))
    }

    fn are_bound(&self, values: usize) -> bool {
        values <= self.dialect.features().max_binds * 9 / 10
    }

    /// Whether a key of several columns is one of several.
    pub(super) fn keys<'q>(&mut self, operands: &[Expr<'q>], negated: bool) -> Result<Clause<'q>> {
        let (columns, lists) = operands.split_at(operands.len() / 2);
        let columns = columns.iter().zip(lists).map(|(column, list)| match list.as_own_value() {
            Some(Value::List(_, items)) => Ok(Among::of(column.clone(), items.iter().collect(), self.dialect)),
            _ => Err(Error::internal("a list of keys has a list for each column")),
        });
        let columns: Vec<Among<'q>> = columns.collect::<Result<_>>()?;
        if !self.writes_out(&columns, negated) {
            let lists: Vec<List<'_>> = columns.iter().map(|column| column.list(self.dialect)).collect();
            if let Some(made) = self.dialect.spelling().list(&lists) {
                return Ok(self.listed(Listed { columns, made, differs: false, negated }));
            }
        }
        self.keys_written_out(columns, negated)
    }

    /// Whether keys are written out: in a schema, where one is NULL, and where that needs few words and an index may serve
    /// which serves no list.
    fn writes_out(&self, columns: &[Among<'_>], negated: bool) -> bool {
        let count: usize = columns.iter().map(|column| column.values.len()).sum();
        self.is_schema()
            || columns.iter().any(|column| {
                let unknown = matches!(column.compared(self.dialect), Left::Unknown) && self.are_bound(count);
                let forms = !negated && count <= MOST_WRITTEN_OUT && column.left.has_forms(self.dialect);
                unknown || forms || column.values.iter().any(|value| value.is_null())
            })
    }

    fn keys_written_out<'q>(&mut self, mut columns: Vec<Among<'q>>, negated: bool) -> Result<Clause<'q>> {
        // What is compared as it stands first: it costs least.
        columns.sort_by_key(|column| column.left.has_forms(self.dialect));
        let equal = |at: usize| {
            let values = columns.iter().filter_map(move |column| Some((&column.left, *column.values.get(at)?)));
            values.map(|(left, value)| Clause::equal(left.clone(), value, negated))
        };
        let length = columns.first().map_or(0, |column| column.values.len());
        let keys = (0..length).map(|at| Clause::group(equal(at).collect(), !negated));
        self.said(Clause::group(keys.collect(), negated))
    }
}

/// How many characters the longest text of a list has, or bytes.
fn longest(values: &[&Value]) -> usize {
    let length = |value: &&Value| match value {
        Value::Text(text) => text.chars().count(),
        Value::Bytes(bytes) => bytes.len(),
        _ => 0,
    };
    values.iter().map(length).max().unwrap_or(0)
}

/// Tells whether a text has a character that does not survive in JSON.
fn has_nul(value: &Value) -> bool {
    matches!(value, Value::Text(text) if text.contains('\0'))
}
