//! Shows what is written for each dialect.

use std::fmt::Write;

use expect_test::Expect;

use crate::ast::{Condition, Connector, Function, Insert, LookupOperator, Node, Ordering, Output, Select, Selected};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::exec;
use crate::model::ModelDef;
use crate::planner;
use crate::statement::Statement;
use crate::value::{Kind, Value};

use super::music::{Field, TRACK, at};

/// Holds a statement in all dialects against the text expected.
pub(super) fn check(write: impl Fn(&Dialect) -> Result<Option<Statement>>, expected: &Expect) {
    expected.assert_eq(&shown(write));
}

/// Holds a SELECT against the text expected.
pub(super) fn check_select(select: &Select, expected: &Expect) {
    check(|dialect| exec::select(select, dialect), expected);
}

/// The statement of an INSERT.
pub(super) fn insert(insert: &Insert, dialect: &Dialect) -> Result<Statement> {
    exec::insert(planner::rows(insert.clone())?, dialect)
}

/// Holds the condition of a SELECT of tracks, and its complement, against the text expected.
pub(super) fn check_condition(condition: &Condition, expected: &Expect) {
    let mut both = String::new();
    for condition in [condition.clone(), condition.clone().negate()] {
        let names = Selected::Outputs(vec![Output::Node(at(&TRACK, &["id"]))].into());
        let select = Select { selected: names, condition, order: Some(Vec::new()), ..Select::all(&TRACK) };
        let text = shown(|dialect| exec::select(&select, dialect));
        let text = text.replace("SELECT \"track\".\"id\" FROM \"track\"", "…");
        both.push_str(&text.replace("SELECT `track`.`id` FROM `track`", "…"));
    }
    expected.assert_eq(&both);
}

/// Holds the error of a statement, the same in all dialects, against the text expected.
pub(super) fn check_error(write: impl Fn(&Dialect) -> Result<Option<Statement>>, expected: &Expect) {
    let errors = Dialect::all().map(|dialect| match write(&dialect) {
        Err(error) => error.to_string(),
        Ok(statement) => format!("no error: {statement:?}"),
    });
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    expected.assert_eq(&errors[0]);
}

/// The text of each dialect, with the bound values; a line for several if they agree.
fn shown(write: impl Fn(&Dialect) -> Result<Option<Statement>>) -> String {
    let mut groups: Vec<(Vec<&str>, String)> = Vec::new();
    for dialect in Dialect::all() {
        let text = match write(&dialect) {
            Ok(Some(statement)) => with_binds(&statement),
            Ok(None) => "nothing is sent".to_owned(),
            Err(error) => format!("error: {error}"),
        };
        match groups.iter_mut().find(|(_, known)| *known == text) {
            Some((names, _)) => names.push(dialect.name()),
            None => groups.push((vec![dialect.name()], text)),
        }
    }
    let mut all = String::new();
    for (names, text) in groups {
        let names = if names.len() == Dialect::all().len() { "all".to_owned() } else { names.join(", ") };
        writeln!(all, "{names}: {text}").unwrap();
    }
    all
}

fn with_binds(statement: &Statement) -> String {
    if statement.binds.is_empty() {
        return statement.sql.to_string();
    }
    let binds: Vec<String> = statement.binds.iter().map(|value| format!("{value:?}")).collect();
    format!("{} -- {}", statement.sql, binds.join(", "))
}

pub(super) fn select(model: &'static ModelDef, condition: Condition) -> Select {
    Select { condition, ..Select::all(model) }
}

/// A SELECT of expressions without an order.
pub(super) fn values(model: &'static ModelDef, nodes: Vec<Node>) -> Select {
    let outputs: Vec<Output> = nodes.into_iter().map(Output::Node).collect();
    Select { selected: Selected::Outputs(outputs.into()), order: Some(Vec::new()), ..Select::all(model) }
}

pub(super) fn test(operator: LookupOperator, operands: impl Into<Vec<Node>>) -> Condition {
    Condition::lookup(operator, operands.into())
}

pub(super) fn eq(left: Node, right: impl Into<Value>) -> Condition {
    test(LookupOperator::Eq, [left, Node::Value(right.into())])
}

pub(super) fn and(parts: impl IntoIterator<Item = Condition>) -> Condition {
    Condition::group(Connector::And, parts)
}

pub(super) fn or(parts: impl IntoIterator<Item = Condition>) -> Condition {
    Condition::group(Connector::Or, parts)
}

pub(super) fn val(value: impl Into<Value>) -> Node {
    Node::Value(value.into())
}

pub(super) fn list(values: impl IntoIterator<Item = impl Into<Value>>) -> Node {
    let values: Vec<Value> = values.into_iter().map(Into::into).collect();
    let kind = values.first().map_or(Kind::I64, Value::kind);
    Node::Value(Value::List(kind, values))
}

pub(super) fn call(function: Function, arguments: impl Into<Vec<Node>>, kind: Kind) -> Node {
    let arguments = arguments.into();
    let nullable = arguments.iter().any(Node::nullable);
    Node::call(function, arguments, kind, nullable)
}

pub(super) fn asc(field: Field) -> Ordering {
    Ordering { node: field, descending: false, nulls: None }
}

pub(super) fn desc(field: Field) -> Ordering {
    Ordering { node: field, descending: true, nulls: None }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::I64(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::I32(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

impl From<rust_decimal::Decimal> for Value {
    fn from(value: rust_decimal::Decimal) -> Self {
        Self::Decimal(value)
    }
}
