//! SQLite. The driver registers `dormouse_fold`, `dormouse_json`, `regexp`, `iregexp`, the `decimal_…` functions and the collation
//! `decimal` on every connection.

use super::existing::{self, Existing};
use super::explain::Explain;
use super::facts::ColumnFacts;
use super::features::{Comments, Features, OldRows, Placeholder};
use super::fit::{Fit, Holds, integer};
use super::keys;
use super::list::{Left, List, Made, row, slot};
use super::spelling::Spelling;
use super::standard;
use super::words::Test;
use crate::ast::{Call, Function, LookupOperator};
use crate::error::{ErrorKind, Result};
use crate::schema;
use crate::value::{Kind, Value};

pub(super) const NAME: &str = "SQLite";

pub(super) static FEATURES: Features = Features {
    quote: '"',
    placeholder: Placeholder::Question,
    max_binds: 32_766,
    returning: true,
    stores_as_given: true,
    typed_parameters: false,
    array_parameters: false,
    lists_hold_nul: false,
    nulls_order: true,
    no_limit: Some("-1"),
    binds_limit: false,
    aggregate_filter: true,
    reads_target: true,
    limit_in_subquery: true,
    outer_in_from: true,
    prefix_ranges: true,
    old_values: true,
    old_rows: OldRows::From,
    conflicts_fail: " OR ABORT",
    default_row: "DEFAULT VALUES",
    default_word: "NULL",
    schemas: false,
    decimals_as_text: true,
    transactional_ddl: true,
    alter_constraints: false,
    // `PRAGMA defer_foreign_keys` defers any key.
    deferrable_keys: "",
    deferrable_uniques: false,
    set_default: true,
    checks_on_auto: true,
    checks_on_set_null: true,
    drop_foreign_key: "",
    partial_indexes: true,
    expression_indexes: true,
    index_options: false,
    virtual_columns: true,
    auto_is_key: true,
    comments: Comments::Absent,
    row_locks: None,
};

/// The base type is the affinity, by SQLite's rules (<https://sqlite.org/datatype3.html#determination_of_column_affinity>).
/// A new row has its number in a key without an index of its own: that is the rowid. Any other key may be NULL here
/// (<https://sqlite.org/lang_createtable.html#the_primary_key>). A table settles conflicts by itself if its text says so somewhere;
/// one in another file, whose text is not at hand, may. RETURNING of a virtual table, such as one for full-text search, has
/// -1 for the number of the row (<https://sqlite.org/lang_returning.html#limitations_and_caveats>).
const FACTS: &str = "SELECT \"name\", \"type\", \"type\", CASE WHEN \"type\" LIKE '%INT%' THEN 'INTEGER' \
    WHEN \"type\" LIKE '%CHAR%' OR \"type\" LIKE '%CLOB%' OR \"type\" LIKE '%TEXT%' THEN 'TEXT' \
    WHEN \"type\" LIKE '%BLOB%' OR \"type\" = '' THEN 'BLOB' \
    WHEN \"type\" LIKE '%REAL%' OR \"type\" LIKE '%FLOA%' OR \"type\" LIKE '%DOUB%' THEN 'REAL' \
    WHEN \"type\" = 'ANY' COLLATE NOCASE AND EXISTS (SELECT 1 FROM pragma_table_list(?2) WHERE \"strict\") THEN 'BLOB' \
    ELSE 'NUMERIC' END, '', '', FALSE, NULL, \
    NOT \"notnull\" AND ifnull(\"dflt_value\", 'NULL') = 'NULL' COLLATE NOCASE AND \"hidden\" < 2 \
    AND (\"pk\" = 0 OR EXISTS (SELECT 1 FROM pragma_index_list(?2) WHERE \"origin\" = 'pk')), \
    \"pk\" > 0 AND NOT EXISTS (SELECT 1 FROM pragma_index_list(?2) WHERE \"origin\" = 'pk'), \
    ifnull((SELECT max(instr(upper(\"sql\"), 'CONFLICT')) FROM (SELECT \"name\", \"sql\" FROM sqlite_schema \
    UNION ALL SELECT \"name\", \"sql\" FROM sqlite_temp_schema) WHERE \"name\" = ?2 COLLATE NOCASE), 1) > 0, \
    EXISTS (SELECT 1 FROM pragma_table_list(?2) WHERE \"type\" = 'virtual') \
    FROM pragma_table_xinfo(?2)";

const JSON_EQUAL: &str = "dormouse_json({0}) = dormouse_json({1})";
const JSON_DIFFERS: &str = "dormouse_json({0}) <> dormouse_json({1})";

/// Asked of each kind of value by name.
macro_rules! as_read {
    ($function:literal, $kind:expr) => {
        match $kind {
            Kind::Bool => concat!($function, "({0}, 'bool', {1})"),
            Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration => concat!($function, "({0}, 'integer', {1})"),
            Kind::F32 => concat!($function, "({0}, 'wide single', {1})"),
            Kind::F64 => concat!($function, "({0}, 'float', {1})"),
            Kind::Decimal => concat!($function, "({0}, 'decimal', {1})"),
            Kind::Text => concat!($function, "({0}, 'text', {1})"),
            Kind::Bytes => concat!($function, "({0}, 'bytes', {1})"),
            Kind::Date => concat!($function, "({0}, 'date', {1})"),
            Kind::Time => concat!($function, "({0}, 'time', {1})"),
            Kind::DateTime | Kind::Timestamp => concat!($function, "({0}, 'moment', {1})"),
            Kind::Uuid => concat!($function, "({0}, 'uuid', {1})"),
            Kind::Json => concat!($function, "({0}, 'json', {1})"),
        }
    };
}

/// A UUID as others write it.
const UUID_FORMS: [&str; 5] = [
    "dormouse_uuid({0}, 0)",
    "dormouse_uuid({0}, 1)",
    "dormouse_uuid({0}, 2)",
    "dormouse_uuid({0}, 3)",
    "dormouse_uuid({0}, 4)",
];

#[derive(Debug)]
pub(super) struct Sqlite;

impl Spelling for Sqlite {
    fn name(&self) -> &'static str {
        NAME
    }

    fn test(&self, operator: LookupOperator, kind: Kind, collated: bool) -> Test {
        match (operator, kind) {
            (_, Kind::Decimal) if !collated => by_number(operator),
            (LookupOperator::Eq, Kind::Json) => Test::plain(JSON_EQUAL, JSON_DIFFERS),
            (LookupOperator::Differs, Kind::Json) => Test::plain(JSON_DIFFERS, JSON_EQUAL),
            _ => standard::comparison(operator).unwrap_or_else(|| text(operator)),
        }
    }

    fn existing(&self) -> &'static Existing {
        &existing::SQLITE
    }

    fn facts_query(&self) -> Option<&'static str> {
        Some(FACTS)
    }

    fn keys_query(&self) -> Option<&'static str> {
        Some(keys::TO_TABLE_SQLITE)
    }

    fn column_names(&self) -> fn(&str) -> String {
        str::to_ascii_lowercase
    }

    fn knows_collations(&self) -> bool {
        false
    }

    fn by_collation(&self, name: &str, _: Option<&ColumnFacts>) -> Option<String> {
        Some(format!("{{0}} COLLATE {}", standard::in_template(&quoted(name))))
    }

    fn by_code_point(&self, _: Option<&ColumnFacts>) -> &'static str {
        // Where the column's own is the same, its index serves.
        "{0} COLLATE BINARY"
    }

    fn call(&self, call: &Call) -> Option<&'static str> {
        match (call.function, call.kind) {
            (function, Kind::Decimal) => decimal(function),
            (function, _) if function.is_aggregate() => aggregate(call).or_else(|| plain(function)),
            (function, kind) => number(function, kind),
        }
    }

    fn document(&self) -> &'static str {
        "dormouse_json({0})"
    }

    fn schema_call(&self, call: &Call) -> Option<&'static str> {
        match (call.function, call.kind) {
            (function, Kind::Decimal) => decimal(function),
            (Function::Modulo, Kind::F32 | Kind::F64) => number(call.function, call.kind),
            (function, _) => plain(function),
        }
    }

    fn list(&self, columns: &[List<'_>]) -> Option<Made> {
        let value = |at: usize| match columns.len() {
            1 => "\"value\"".to_owned(),
            _ => format!("json_extract(\"value\", '$[{at}]')"),
        };
        let words = columns.iter().enumerate().map(|(at, list)| {
            let (left, item) = list_words(list);
            (left.replace("{0}", &slot(at)), item.replace("{0}", &value(at)))
        });
        let (lefts, items): (Vec<String>, Vec<String>) = words.unzip();
        let list = slot(columns.len());
        let made = Made::among(&row(&lefts), &format!("SELECT {} FROM json_each({list})", items.join(", ")));
        if columns.len() == 1 {
            return Some(made);
        }
        // A row that is NOT IN a list is held against each of its rows, to tell false from NULL; CASE asks for truth alone.
        Some(Made { fails: format!("CASE WHEN {} THEN FALSE ELSE TRUE END", made.holds).into(), ..made })
    }

    fn cast(&self, _: Kind) -> Option<&'static str> {
        None
    }

    fn compared(&self, kind: Kind) -> &'static str {
        if kind == Kind::Decimal { " COLLATE decimal" } else { "" }
    }

    fn integer_as_decimal(&self) -> Option<&'static str> {
        Some("CAST({0} AS TEXT)")
    }

    fn fitted(&self, fit: &Fit) -> Option<String> {
        Some(match fit.to {
            Holds::Integers { least: i64::MIN, most: i64::MAX, .. } if fit.is_whole() => return None,
            Holds::Integers { least, most, .. } => {
                format!("integer_fit({{0}}, {}, {most})", integer(least))
            }
            Holds::Singles => "float_fit({0})".to_owned(),
            Holds::Decimals(Some((digits, places))) => format!("decimal_fit({{0}}, {digits}, {places})"),
            Holds::Decimals(None) => "decimal_fit({0})".to_owned(),
            Holds::Texts(most) => format!("text_fit({{0}}, {most})"),
            Holds::WholeFloats { single: true } => "float_fit(CAST({0} AS REAL))".to_owned(),
            Holds::WholeFloats { single: false } => "CAST({0} AS REAL)".to_owned(),
            Holds::Moments(_) => return None,
        })
    }

    fn integer_as_float(&self, _: bool) -> Option<&'static str> {
        Some("CAST({0} AS REAL)")
    }

    fn column_type(&self, column: &schema::Column, _: bool) -> String {
        let name = match column.kind {
            Kind::Bool | Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration => "INTEGER",
            Kind::F32 | Kind::F64 => "REAL",
            Kind::Bytes => "BLOB",
            Kind::Decimal
            | Kind::Text
            | Kind::Date
            | Kind::Time
            | Kind::DateTime
            | Kind::Timestamp
            | Kind::Uuid
            | Kind::Json => "TEXT",
        };
        match &column.collation {
            Some(collation) if column.kind == Kind::Text => format!("{name} COLLATE {}", quoted(collation)),
            _ => name.to_owned(),
        }
    }

    fn auto(&self) -> &'static str {
        "PRIMARY KEY AUTOINCREMENT"
    }

    fn literal(&self, value: &Value) -> String {
        match value {
            // A decimal is text here.
            Value::Decimal(value) => format!("'{value}'"),
            value => standard::literal(value),
        }
    }

    fn foreign(&self, kind: Kind) -> Option<&'static str> {
        Some(match kind {
            Kind::Decimal => "decimal_at({0}, {1})",
            Kind::DateTime | Kind::Timestamp => "dormouse_moment({0})",
            Kind::Time => "dormouse_time({0})",
            Kind::Uuid => "dormouse_uuid({0})",
            Kind::F32 => "dormouse_single({0})",
            _ => return None,
        })
    }

    /// A known value must not become what the column's type makes of it, in the comparison or in the condition beside it: a
    /// plus hides the type.
    fn compared_as(&self, kind: Kind, column: &ColumnFacts) -> Option<String> {
        let template = match (kind, column.base.as_str()) {
            (Kind::Text, "INTEGER" | "REAL" | "NUMERIC")
            | (Kind::Bool | Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration, "TEXT" | "REAL") => "+{0}",
            _ => return None,
        };
        Some(template.to_owned())
    }

    fn readable(&self, kind: Kind, _: Option<&ColumnFacts>) -> Option<&'static str> {
        Some(as_read!("dormouse_readable", kind))
    }

    fn checked(&self, kind: Kind, _: Option<&ColumnFacts>) -> Option<&'static str> {
        Some(as_read!("dormouse_read", kind))
    }

    fn forms(&self, kind: Kind) -> &'static [&'static str] {
        if kind == Kind::Uuid { &UUID_FORMS } else { &[] }
    }

    fn stored(&self, kind: Kind) -> Option<&'static str> {
        matches!(kind, Kind::DateTime | Kind::Timestamp | Kind::Uuid).then_some(
            "dormouse_like({0}, ifnull({1}, (SELECT \"type\" FROM pragma_table_info({2}) WHERE \"name\" = {3} COLLATE NOCASE)))",
        )
    }

    fn guard(&self, kind: Kind) -> Option<&'static str> {
        Some(match kind {
            Kind::Bool => "dormouse_kept({0}, {1}, 'bool', {2}, {3})",
            Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration => "dormouse_kept({0}, {1}, 'integer', {2}, {3})",
            Kind::F32 => "dormouse_kept({0}, {1}, 'single', {2}, {3})",
            Kind::F64 => "dormouse_kept({0}, {1}, 'float', {2}, {3})",
            Kind::Decimal => "dormouse_kept({0}, {1}, 'decimal', {2}, {3})",
            Kind::Text => "dormouse_kept({0}, {1}, 'text', {2}, {3})",
            Kind::Bytes => "dormouse_kept({0}, {1}, 'bytes', {2}, {3})",
            Kind::Date => "dormouse_kept({0}, {1}, 'date', {2}, {3})",
            Kind::Time => "dormouse_kept({0}, {1}, 'time', {2}, {3})",
            Kind::DateTime | Kind::Timestamp => "dormouse_kept({0}, {1}, 'moment', {2}, {3})",
            Kind::Uuid => "dormouse_kept({0}, {1}, 'uuid', {2}, {3})",
            Kind::Json => "dormouse_kept({0}, {1}, 'json', {2}, {3})",
        })
    }

    fn keeps(&self, kind: Kind, column: &ColumnFacts, changes: bool) -> bool {
        let affinity = column.base.as_str();
        match kind {
            Kind::Bytes | Kind::Date => true,
            Kind::Bool | Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration => !matches!(affinity, "TEXT" | "REAL"),
            Kind::Text => matches!(affinity, "TEXT" | "BLOB"),
            // These have more than one form.
            _ if changes => false,
            Kind::F32 | Kind::F64 => affinity != "TEXT",
            Kind::Decimal | Kind::Uuid | Kind::Json => matches!(affinity, "TEXT" | "BLOB"),
            Kind::Time | Kind::DateTime | Kind::Timestamp => true,
        }
    }

    fn forms_list(&self) -> Option<&'static str> {
        Some("SELECT \"value\" FROM json_each({0}) UNION ALL SELECT dormouse_uuid(\"value\", 4) FROM json_each({1})")
    }

    fn is_plain(&self, template: &str) -> bool {
        !REGISTERED.iter().any(|name| template.contains(name))
    }

    fn explain(&self, options: &Explain) -> Result<String> {
        if *options != Explain::default() {
            return Err(ErrorKind::Unsupported { feature: "options of EXPLAIN".to_owned(), backend: NAME }.into());
        }
        Ok("EXPLAIN QUERY PLAN ".to_owned())
    }
}

/// How the names begin that the driver registers, in the templates here.
const REGISTERED: [&str; 7] = ["decimal", "integer_", "float_", "text_", "dormouse_", "regexp(", "iregexp("];

/// A comparison of decimals that may differ in form.
const fn by_number(operator: LookupOperator) -> Test {
    use LookupOperator as L;
    match operator {
        L::Differs => Test::plain("{0} COLLATE decimal <> {1}", "{0} COLLATE decimal = {1}"),
        L::Lt => Test::plain("{0} COLLATE decimal < {1}", "{0} COLLATE decimal >= {1}"),
        L::Lte => Test::plain("{0} COLLATE decimal <= {1}", "{0} COLLATE decimal > {1}"),
        L::Gt => Test::plain("{0} COLLATE decimal > {1}", "{0} COLLATE decimal <= {1}"),
        L::Gte => Test::plain("{0} COLLATE decimal >= {1}", "{0} COLLATE decimal < {1}"),
        L::Between => {
            Test::plain("{0} COLLATE decimal BETWEEN {1} AND {2}", "{0} COLLATE decimal NOT BETWEEN {1} AND {2}")
        }
        L::In => Test::plain("{0} COLLATE decimal IN ({1})", "{0} COLLATE decimal NOT IN ({1})"),
        L::IsNull => Test::plain("{0} IS NULL", "{0} IS NOT NULL"),
        _ => Test::plain("{0} COLLATE decimal = {1}", "{0} COLLATE decimal <> {1}"),
    }
}

/// How a column of a list is compared, and how its item is read.
const fn list_words(list: &List<'_>) -> (&'static str, &'static str) {
    match (list.kind, list.left) {
        (Kind::Text, Left::Bytes) => ("{0}", "CAST(unhex({0}) AS TEXT)"),
        (Kind::Json, _) => ("dormouse_json({0})", "dormouse_json({0})"),
        (Kind::Decimal, Left::Unsettled) => ("{0} COLLATE decimal", "{0}"),
        // JSON has no bytes, and not every float survives it.
        (Kind::Bytes, _) => ("{0}", "unhex({0})"),
        (Kind::F32 | Kind::F64, _) => ("{0}", "dormouse_float({0})"),
        // Compared by the collation of what is on the left.
        _ => ("{0}", "{0}"),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether bytes end with others. (`substr` of no bytes is NULL, not no bytes.)
macro_rules! ends {
    ($left:literal, $right:literal) => {
        Test::plain(
            concat!(
                "ifnull(substr(",
                $left,
                ", length(",
                $left,
                ") - length(",
                $right,
                ") + 1), ",
                $left,
                ") = ",
                $right
            ),
            concat!(
                "ifnull(substr(",
                $left,
                ", length(",
                $left,
                ") - length(",
                $right,
                ") + 1), ",
                $left,
                ") <> ",
                $right
            ),
        )
    };
}

/// The text lookups. LIKE folds ASCII here, whatever the collation, so `instr` and the bytes at the end serve; both
/// are exact for text that contains U+0000 too, where `length` is not.
const fn text(operator: LookupOperator) -> Test {
    use LookupOperator as L;
    match operator {
        L::StartsWith => Test::plain("instr({0}, {1}) = 1", "instr({0}, {1}) <> 1"),
        L::EndsWith => ends!("CAST({0} AS BLOB)", "CAST({1} AS BLOB)"),
        L::IExact => Test::plain("dormouse_fold({0}) = dormouse_fold({1})", "dormouse_fold({0}) <> dormouse_fold({1})"),
        L::IContains => Test::plain(
            "instr(dormouse_fold({0}), dormouse_fold({1})) > 0",
            "instr(dormouse_fold({0}), dormouse_fold({1})) = 0",
        ),
        L::IStartsWith => Test::plain(
            "instr(dormouse_fold({0}), dormouse_fold({1})) = 1",
            "instr(dormouse_fold({0}), dormouse_fold({1})) <> 1",
        ),
        L::IEndsWith => ends!("CAST(dormouse_fold({0}) AS BLOB)", "CAST(dormouse_fold({1}) AS BLOB)"),
        L::Regex => Test::plain("regexp({1}, {0})", "NOT regexp({1}, {0})"),
        L::IRegex => Test::plain("iregexp({1}, {0})", "NOT iregexp({1}, {0})"),
        _ => Test::plain("instr({0}, {1}) > 0", "instr({0}, {1}) = 0"),
    }
}

const fn decimal(function: Function) -> Option<&'static str> {
    Some(match function {
        Function::Add => "decimal_add({0}, {1})",
        Function::Subtract => "decimal_sub({0}, {1})",
        Function::Multiply => "decimal_mul({0}, {1})",
        Function::Divide => "decimal_div({0}, {1})",
        Function::Modulo => "decimal_rem({0}, {1})",
        Function::Negate => "decimal_sub('0', {0})",
        Function::Sum => "decimal_sum({d}{0}){f}",
        Function::Avg => "decimal_avg({d}{0}){f}",
        Function::Min => "MIN({d}{0} COLLATE decimal){f}",
        Function::Max => "MAX({d}{0} COLLATE decimal){f}",
        Function::Count => "COUNT({d}{0}){f}",
    })
}

/// Arithmetic of other numbers: SQLite's own goes on with a float where an integer does not fit, and with infinity.
const fn number(function: Function, kind: Kind) -> Option<&'static str> {
    let float = matches!(kind, Kind::F32 | Kind::F64);
    Some(match function {
        Function::Add if float => "float_add({0}, {1})",
        Function::Subtract if float => "float_sub({0}, {1})",
        Function::Multiply if float => "float_mul({0}, {1})",
        Function::Divide if float => "float_div({0}, {1})",
        Function::Modulo if float => "float_rem({0}, {1})",
        Function::Add => "integer_add({0}, {1})",
        Function::Subtract => "integer_sub({0}, {1})",
        Function::Multiply => "integer_mul({0}, {1})",
        Function::Divide => "integer_div({0}, {1})",
        Function::Negate if !float => "integer_neg({0})",
        other => return plain(other),
    })
}

/// The same in words that every program knows.
const fn plain(function: Function) -> Option<&'static str> {
    Some(match function {
        Function::Divide => "({0} / {1})",
        Function::Modulo => "({0} % {1})",
        other => return standard::call(other),
    })
}

/// The aggregates that SQLite would compute with less digits, or not at all past 64 bits on the way.
fn aggregate(call: &Call) -> Option<&'static str> {
    use Function as F;
    Some(match (call.function, call.arguments.first()?.kind()) {
        (F::Sum, Kind::I64 | Kind::Duration) => "integer_sum({d}{0}){f}",
        (F::Sum, Kind::F32 | Kind::F64) => "float_sum({d}{0}){f}",
        (F::Avg, Kind::F32 | Kind::F64) => "float_avg({d}{0}){f}",
        (F::Avg, Kind::Duration) => "integer_avg({d}{0}){f}",
        // Its own is the quotient of a float.
        (F::Avg, Kind::I16 | Kind::I32 | Kind::I64) => "integer_mean({d}{0}){f}",
        _ => return None,
    })
}
