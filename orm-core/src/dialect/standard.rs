//! What the databases share.

use super::facts::ColumnFacts;
use super::words::Test;
use crate::ast::{Function, LookupOperator};
use crate::value::{Kind, Value, datetime_text};

/// The comparisons that all databases write alike.
pub(super) const fn comparison(operator: LookupOperator) -> Option<Test> {
    use LookupOperator as L;
    Some(match operator {
        L::Eq => Test::plain("{0} = {1}", "{0} <> {1}"),
        L::Differs => Test::plain("{0} <> {1}", "{0} = {1}"),
        L::Lt => Test::plain("{0} < {1}", "{0} >= {1}"),
        L::Lte => Test::plain("{0} <= {1}", "{0} > {1}"),
        L::Gt => Test::plain("{0} > {1}", "{0} <= {1}"),
        L::Gte => Test::plain("{0} >= {1}", "{0} < {1}"),
        L::Between => Test::plain("{0} BETWEEN {1} AND {2}", "{0} NOT BETWEEN {1} AND {2}"),
        L::HalfOpen => Test::plain("({0} >= {1} AND {0} < {2})", "({0} < {1} OR {0} >= {2})"),
        L::In => Test::plain("{0} IN ({1})", "{0} NOT IN ({1})"),
        L::IsNull => Test::plain("{0} IS NULL", "{0} IS NOT NULL"),
        // Not the bare column: SQLite and MySQL use an index only for a comparison.
        L::IsTrue => Test::plain("{0} = TRUE", "{0} <> TRUE"),
        _ => return None,
    })
}

/// The text lookups of databases whose LIKE minds case.
pub(super) const fn like(operator: LookupOperator) -> Test {
    use LookupOperator as L;
    const HOLDS: &str = "{0} LIKE {1} ESCAPE '!'";
    const FAILS: &str = "{0} NOT LIKE {1} ESCAPE '!'";
    const FOLDED_HOLDS: &str = "LOWER({0}) LIKE LOWER({1}) ESCAPE '!'";
    const FOLDED_FAILS: &str = "LOWER({0}) NOT LIKE LOWER({1}) ESCAPE '!'";
    match operator {
        L::StartsWith => Test::like(HOLDS, FAILS, false, true),
        L::EndsWith => Test::like(HOLDS, FAILS, true, false),
        L::IContains => Test::like(FOLDED_HOLDS, FOLDED_FAILS, true, true),
        L::IStartsWith => Test::like(FOLDED_HOLDS, FOLDED_FAILS, false, true),
        L::IEndsWith => Test::like(FOLDED_HOLDS, FOLDED_FAILS, true, false),
        L::IExact => Test::plain("LOWER({0}) = LOWER({1})", "LOWER({0}) <> LOWER({1})"),
        _ => Test::like(HOLDS, FAILS, true, true),
    }
}

/// Whether blanks at the end of a text may be cut off in silence, where they are too many: not of a value without them.
pub(super) fn may_lose_blanks(value: Option<&Value>) -> bool {
    value.is_none_or(|value| matches!(value, Value::Text(text) if text.ends_with(' ')))
}

/// Whether an integer field may meet a fraction in a column of others.
pub(super) fn may_be_fraction(kind: Kind, column: &ColumnFacts) -> bool {
    matches!(kind, Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration) && column.may_have_fractions()
}

/// Whether a float field may meet an integer in a column of others that is no float.
pub(super) fn may_be_finer(kind: Kind, column: &ColumnFacts) -> bool {
    match column.base.as_str() {
        "int8" | "bigint" => matches!(kind, Kind::F32 | Kind::F64),
        "int4" | "int" => kind == Kind::F32,
        _ => false,
    }
}

/// Whether a server has an order of the values of a kind that holds for those which are not read.
pub(super) const fn orders_unread(kind: Kind) -> bool {
    matches!(kind, Kind::Date | Kind::Time | Kind::DateTime | Kind::Timestamp | Kind::Decimal)
}

/// The operators and aggregates that all databases write alike.
pub(super) const fn call(function: Function) -> Option<&'static str> {
    Some(match function {
        Function::Add => "({0} + {1})",
        Function::Subtract => "({0} - {1})",
        Function::Multiply => "({0} * {1})",
        Function::Negate => "(-{0})",
        Function::Count => "COUNT({d}{0}){f}",
        Function::Sum => "SUM({d}{0}){f}",
        Function::Avg => "AVG({d}{0}){f}",
        Function::Min => "MIN({d}{0}){f}",
        Function::Max => "MAX({d}{0}){f}",
        Function::Divide | Function::Modulo => return None,
    })
}

/// A name as it stands in a template.
pub(super) fn in_template(name: &str) -> String {
    name.replace('{', "{{}")
}

/// Text between quotes, with those inside doubled.
pub(super) fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value as SQL.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Null(_) => "NULL".to_owned(),
        Value::Bool(true) => "TRUE".to_owned(),
        Value::Bool(false) => "FALSE".to_owned(),
        Value::I16(value) => value.to_string(),
        Value::I32(value) => value.to_string(),
        Value::I64(value) | Value::Duration(value) => value.to_string(),
        Value::F32(value) => format!("{value:e}"),
        Value::F64(value) => format!("{value:e}"),
        Value::Decimal(value) => value.to_string(),
        Value::Text(value) => text_literal(value),
        Value::Bytes(value) => format!("X'{}'", hex(value)),
        Value::Date(value) => format!("'{value}'"),
        Value::Time(value) => format!("'{value}'"),
        Value::DateTime(value) => format!("'{}'", datetime_text(*value)),
        Value::Timestamp(value) => format!("'{}'", datetime_text(value.naive_utc())),
        Value::Uuid(value) => format!("'{value}'"),
        Value::Json(value) => text_literal(&value.to_string()),
        Value::List(_, values) => values.iter().map(literal).collect::<Vec<_>>().join(", "),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
