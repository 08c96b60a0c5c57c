//! MySQL and MariaDB: one dialect in two editions.

mod accepted;
mod calendar;
mod collations;
mod digits;
mod documents;
mod edition;
mod limits;
mod lists;
mod numbers;

pub(super) use self::edition::{MARIADB, MARIADB_FEATURES, MARIADB_NAME, MYSQL, MYSQL_FEATURES, MYSQL_NAME};

use self::edition::{Mysql, unicode};
use self::limits::Stored;
use super::existing::{self, Existing};
use super::explain::{Explain, ExplainFormat};
use super::facts::{Collation, ColumnFacts};
use super::fit::{Fit, Holds, finest};
use super::keys;
use super::list::{List, Made};
use super::spelling::Spelling;
use super::standard;
use super::words::Test;
use crate::ast::{Call, Function, LookupOperator, Node};
use crate::error::{Error, ErrorKind, Result};
use crate::schema;
use crate::value::{Kind, Value};

/// MariaDB takes BETWEEN for `=` where the bounds are equal to each other by the collation of the connection, whatever
/// that of the column: 'B' and 'b'.
const BETWEEN_TEXTS: Test = Test::plain("({0} >= {1} AND {0} <= {2})", "({0} < {1} OR {0} > {2})");

/// The 32 digits of a UUID that is kept as a text.
macro_rules! digits {
    ($text:literal) => {
        concat!("REPLACE(CONVERT(", $text, " USING ascii), '-', '')")
    };
}

/// A UUID that is kept as a text, in our form.
macro_rules! uuid {
    ($text:literal) => {
        concat!(
            "LOWER(INSERT(INSERT(INSERT(INSERT(",
            digits!($text),
            ", 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-'))"
        )
    };
}

/// A UUID as others write it.
const UUID_FORMS: [&str; 4] = [
    uuid!("{0}"),
    concat!("LOWER(", digits!("{0}"), ")"),
    concat!("UPPER(", uuid!("{0}"), ")"),
    concat!("UPPER(", digits!("{0}"), ")"),
];

impl Spelling for Mysql {
    fn name(&self) -> &'static str {
        self.name
    }

    fn test(&self, operator: LookupOperator, kind: Kind, collated: bool) -> Test {
        match (operator, kind) {
            (LookupOperator::Eq, Kind::Json) => return self.json_equal,
            (LookupOperator::Differs, Kind::Json) => return self.json_differs,
            _ => {}
        }
        if let (LookupOperator::Between, Kind::Text) = (operator, kind) {
            return BETWEEN_TEXTS;
        }
        standard::comparison(operator).unwrap_or_else(|| self.text_test(operator, collated))
    }

    fn existing(&self) -> &'static Existing {
        if self.name == MYSQL_NAME { &existing::MYSQL } else { &existing::MARIADB }
    }

    fn facts_query(&self) -> Option<&'static str> {
        Some(collations::FACTS)
    }

    fn key_columns_query(&self) -> Option<&'static str> {
        Some(keys::COLUMNS_MYSQL)
    }

    fn unique_columns_query(&self) -> Option<&'static str> {
        Some(keys::UNIQUE_MYSQL)
    }

    fn column_names(&self) -> fn(&str) -> String {
        str::to_lowercase
    }

    fn refuses(&self, kind: Kind, column: &ColumnFacts) -> bool {
        let base = column.base.as_str();
        let is_float = matches!(base, "float" | "double");
        let is_bytes = ["binary", "blob"].iter().any(|end| base.ends_with(end));
        let is_whole = column.is_whole();
        let is_text = base.ends_with("text") || matches!(base, "char" | "varchar");
        let is_moment = matches!(base, "datetime" | "timestamp");
        // Beside a number or a date a text is read as one, as far as it can be: '1x' would equal 1.
        !match kind {
            Kind::Bool => matches!(base, "tinyint" | "bit"),
            Kind::I16 | Kind::I32 | Kind::I64 => is_whole || matches!(base, "decimal" | "bit"),
            Kind::Duration => is_whole || base == "decimal",
            Kind::F32 | Kind::F64 => is_whole || is_float,
            // A float would be compared by other digits than those that are read.
            Kind::Decimal => is_whole || base == "decimal",
            Kind::Text => is_text || matches!(base, "enum" | "set" | "uuid" | "inet4" | "inet6"),
            Kind::Bytes => is_bytes,
            Kind::Date => base == "date",
            Kind::Time => base == "time",
            Kind::DateTime | Kind::Timestamp => is_moment,
            // A UUID is bound as its 36 characters.
            Kind::Uuid => matches!(base, "uuid" | "char" | "varchar" | "text"),
            Kind::Json => base == "json" || is_text,
        }
    }

    fn compared_as(&self, kind: Kind, column: &ColumnFacts) -> Option<String> {
        match (kind, column.base.as_str()) {
            // Read as 32 bits, it has to be compared as 32 bits; what is beyond them is the number that it is.
            (Kind::F32, "double") => Some("IF(ABS({0}) < 3.4028235677973366E38, CAST({0} AS FLOAT), {0})".to_owned()),
            // The server has the parts of its own type in another order than that of the digits.
            (Kind::Uuid, "uuid") => Some("CAST({0} AS CHAR(36) CHARACTER SET ascii) COLLATE ascii_bin".to_owned()),
            // A number beside a YEAR is taken for a year, 24 for 2024; the greatest of a BIT comes as the bits of its digits.
            (kind, "year") if is_number(kind) => Some("CAST({0} AS SIGNED)".to_owned()),
            (kind, "bit") if is_number(kind) || kind == Kind::Bool => Some("CAST({0} AS UNSIGNED)".to_owned()),
            (Kind::Uuid, _) if is_text(column) => Some(concat!(uuid!("{0}"), " COLLATE ascii_bin").to_owned()),
            _ => None,
        }
    }

    fn readable(&self, kind: Kind, column: Option<&ColumnFacts>) -> Option<&'static str> {
        match (kind, column?) {
            (Kind::Json, column) => (column.base != "json").then_some(documents::is_read(self.name)),
            (kind, column) if standard::may_be_finer(kind, column) => Some(numbers::is_float(kind)),
            (kind, column) if standard::may_be_fraction(kind, column) => Some(numbers::IS_WHOLE),
            (Kind::Decimal, column) => digits::is_read(column),
            (kind, _) => calendar::is_read(kind),
        }
    }

    fn checked(&self, kind: Kind, column: Option<&ColumnFacts>) -> Option<&'static str> {
        match column? {
            column if kind == Kind::Json => (column.base != "json").then_some(documents::read(self.name)),
            column if standard::may_be_finer(kind, column) => Some(numbers::as_float(kind)),
            column if standard::may_be_fraction(kind, column) => Some(numbers::WHOLE),
            column if kind == Kind::Decimal => digits::read(column),
            _ => calendar::read(kind),
        }
    }

    fn orders_unread(&self, kind: Kind) -> bool {
        standard::orders_unread(kind)
    }

    fn accepted_as(&self, kind: Kind, column: &ColumnFacts, value: Option<&Value>) -> Option<String> {
        match (kind, column.base.as_str()) {
            _ if column.fills_null && value.is_none() => Some(numbers::NOT_FILLED.to_owned()),
            // Stored as 2024; 100 is a year that is out of range.
            (kind, "year") if is_number(kind) => Some("IF({0} BETWEEN 1 AND 99, 100, {0})".to_owned()),
            // All 64 bits of a negative number would be kept.
            (kind, "bit") if is_number(kind) => Some("({0} + CAST(0 AS UNSIGNED))".to_owned()),
            (Kind::Text, "enum") => Some(accepted::one_of(&column.base_name, self.collation)),
            (Kind::Text, "set") => Some(accepted::some_of(&column.base_name, self.collation)),
            (Kind::Bytes, "binary") => accepted::of_length(&column.base_name),
            (Kind::Text, "uuid" | "inet4" | "inet6") => Some(accepted::in_one_form(&column.base, self.collation)),
            (Kind::Text, _) if standard::may_lose_blanks(value) => accepted::with_its_blanks(column),
            _ => None,
        }
    }

    fn changes(&self, value: &Value, column: &ColumnFacts) -> Option<String> {
        match (value, column.type_name.as_str()) {
            (Value::Bytes(bytes), "binary") => {
                let length = accepted::length(&column.base_name).filter(|length| bytes.len() < *length)?;
                Some(format!("exactly {length} bytes are allowed"))
            }
            (Value::Text(text), "char") if text.ends_with(' ') => Some("no blank at the end is allowed".to_owned()),
            _ => None,
        }
    }

    fn forms(&self, kind: Kind) -> &'static [&'static str] {
        if kind == Kind::Uuid { &UUID_FORMS } else { &[] }
    }

    /// A UUID that is in the row already, in whatever form, is what other keys refer to.
    fn guard(&self, kind: Kind) -> Option<&'static str> {
        (kind == Kind::Uuid).then_some(concat!(
            "IF(",
            uuid!("{1}"),
            " COLLATE ascii_bin = ",
            uuid!("{0}"),
            " COLLATE ascii_bin, {1}, {0})"
        ))
    }

    fn keeps(&self, _: Kind, column: &ColumnFacts, changes: bool) -> bool {
        !changes || !is_text(column)
    }

    fn by_code_point(&self, facts: Option<&ColumnFacts>) -> &'static str {
        self.ordered(facts)
    }

    fn by_collation(&self, name: &str, column: Option<&ColumnFacts>) -> Option<String> {
        let wished = Self::declared(name);
        let known = column.and_then(|column| column.collation.as_ref());
        let is_enum = column.is_some_and(|column| matches!(column.base.as_str(), "enum" | "set"));
        if known == Some(&wished) && !is_enum {
            return None;
        }
        let text = match known {
            Some(known) if known.charset == wished.charset => "{0}".to_owned(),
            _ => format!("CONVERT({{0}} USING {})", collations::written(&wished.charset)),
        };
        Some(format!("{text} COLLATE {}", collations::written(&wished.name)))
    }

    fn own_collation(&self, declared: Option<&str>) -> Option<Collation> {
        Some(declared.map_or_else(|| self.own(), Self::declared))
    }

    fn equal_texts(&self, left: &ColumnFacts, right: &ColumnFacts) -> Option<String> {
        self.equal(left.collation.as_ref()?, right.collation.as_ref()?)
    }

    fn document(&self) -> &'static str {
        self.document
    }

    fn reads_as_null(&self, column: &ColumnFacts) -> bool {
        matches!(column.base.as_str(), "uuid" | "inet4" | "inet6")
    }

    fn may_lack(&self, collation: &Collation, text: &str) -> bool {
        Self::may_lack(collation, text)
    }

    fn call(&self, call: &Call) -> Option<&'static str> {
        match call.function {
            Function::Divide => Some(numbers::divide(call.kind)),
            Function::Multiply if call.kind == Kind::Decimal => {
                numbers::product(call, self.name == MARIADB_NAME).or_else(|| standard::call(call.function))
            }
            Function::Subtract if numbers::may_wrap(call) => Some(numbers::DIFFERENCE),
            // What is left of a negative decimal may be -0, which is less than 0 there; a sum never is.
            Function::Modulo if call.kind == Kind::Decimal => Some("({0} % NULLIF({1}, 0) + 0)"),
            Function::Modulo => Some("({0} % NULLIF({1}, 0))"),
            Function::Sum => Some(numbers::sum(call.arguments.first().map(Node::kind))),
            Function::Avg => Some(numbers::average(call.arguments.first().map(Node::kind))),
            // An argument that cannot be NULL is not computed there, so a number past its type would be counted.
            Function::Count if matches!(call.arguments.first(), Some(Node::Call(argument)) if argument.kind != Kind::Text) => {
                Some("COUNT({d}NULLIF({0}, NULL)){f}")
            }
            other => standard::call(other),
        }
    }

    fn longest_listed(&self, column: &ColumnFacts) -> Option<usize> {
        lists::longest_key(column)
    }

    fn list(&self, columns: &[List<'_>]) -> Option<Made> {
        self.list_of(columns)
    }

    fn cast(&self, kind: Kind) -> Option<&'static str> {
        Some(match kind {
            Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration => "SIGNED",
            Kind::Date => "DATE",
            Kind::Time => "TIME(6)",
            Kind::DateTime | Kind::Timestamp => "DATETIME(6)",
            _ => return None,
        })
    }

    fn computed(&self, from: Kind, _: Kind, sure: bool) -> Option<&'static str> {
        if sure { None } else { numbers::computed(from) }
    }

    fn integer_as_float(&self, sure: bool) -> Option<&'static str> {
        (!sure).then_some(numbers::DOUBLE)
    }

    fn fitted(&self, fit: &Fit) -> Option<String> {
        Some(match fit.to {
            // Blanks past the length would be cut off: with a dot behind them they are refused.
            Holds::Texts(most) if fit.own => format!("CONCAT({{0}}, IF(CHAR_LENGTH({{0}}) > {most}, '.', ''))"),
            Holds::Texts(most) => {
                format!("CONCAT({{0}}, SUBSTRING('', {} + GREATEST(0, CHAR_LENGTH({{0}}) - {most})))", i64::MAX)
            }
            // Whether it would be rounded is a setting.
            Holds::Moments(places) => {
                format!("({{0}} - INTERVAL (MICROSECOND({{0}}) % {}) MICROSECOND)", finest(places))
            }
            _ => return numbers::fitted(fit),
        })
    }

    fn join_texts(&self) -> &'static str {
        "CONCAT({0}, {1}, {2})"
    }

    fn column_type(&self, column: &schema::Column, keyed: bool) -> String {
        match column.kind {
            Kind::Bool => "TINYINT(1)".to_owned(),
            Kind::I16 => "SMALLINT".to_owned(),
            Kind::I32 => "INT".to_owned(),
            Kind::I64 | Kind::Duration => "BIGINT".to_owned(),
            Kind::F32 => "FLOAT".to_owned(),
            Kind::F64 => "DOUBLE".to_owned(),
            Kind::Decimal => numbers::decimal_type(column.max_digits, column.decimal_places),
            Kind::Text => self.text_type(column, keyed),
            Kind::Bytes => match limits::stored(column, keyed) {
                Stored::InRow(length) => format!("VARBINARY({length})"),
                Stored::Beside => "LONGBLOB".to_owned(),
            },
            Kind::Date => "DATE".to_owned(),
            Kind::Time => "TIME(6)".to_owned(),
            Kind::DateTime | Kind::Timestamp => "DATETIME(6)".to_owned(),
            Kind::Uuid => "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin".to_owned(),
            Kind::Json => "JSON".to_owned(),
        }
    }

    /// A foreign key has the very type of what it refers to: sign, character set and collation too.
    fn referring(&self, kind: Kind, column: &ColumnFacts) -> Option<String> {
        let is_ours = match (kind, column.base.as_str()) {
            (Kind::I16, "smallint") | (Kind::I32, "int") | (Kind::I64 | Kind::Duration, "bigint") => {
                !column.base_name.contains("unsigned")
            }
            _ => false,
        };
        let collation = column.collation.as_ref();
        let collation = collation.map(|own| format!(" CHARACTER SET {} COLLATE {}", own.charset, own.name));
        (!is_ours).then(|| format!("{}{}", column.base_name, collation.unwrap_or_default()))
    }

    fn check_table(&self, table: &schema::Table) -> Result<()> {
        self.check_references(table)?;
        self.check_lengths(table)
    }

    fn length_check(&self, column: &schema::Column, keyed: bool) -> Option<u32> {
        let beside = column.kind == Kind::Text && limits::stored(column, keyed) == Stored::Beside;
        column.max_length.filter(|_| beside)
    }

    fn default_literal(&self, literal: &str) -> String {
        literal.replace('\\', "\\\\")
    }

    fn auto(&self) -> &'static str {
        "AUTO_INCREMENT"
    }

    fn literal(&self, value: &Value) -> String {
        match value {
            Value::Text(text) => self.text_literal(text),
            Value::Json(json) => self.text_literal(&json.to_string()),
            value => standard::literal(value),
        }
    }

    fn text_literal(&self, text: &str) -> String {
        standard::text_literal(&text.replace('\\', "\\\\"))
    }

    fn table_options(&self) -> &'static str {
        self.table_options
    }

    fn explain(&self, options: &Explain) -> Result<String> {
        let unsupported =
            |feature: &str| Err(Error::new(ErrorKind::Unsupported { feature: feature.to_owned(), backend: self.name }));
        let mariadb = self.name == MARIADB_NAME;
        if options.verbose || options.buffers {
            return unsupported("EXPLAIN with VERBOSE or BUFFERS");
        }
        let verb = match (options.analyze, mariadb) {
            (false, _) => "EXPLAIN",
            (true, true) => "ANALYZE",
            (true, false) => "EXPLAIN ANALYZE",
        };
        Ok(match options.format {
            None | Some(ExplainFormat::Text) => format!("{verb} "),
            Some(ExplainFormat::Json) => format!("{verb} FORMAT=JSON "),
            Some(ExplainFormat::Tree) if !mariadb => format!("{verb} FORMAT=TREE "),
            Some(_) => return unsupported("EXPLAIN in this format"),
        })
    }
}

fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration | Kind::F32 | Kind::F64 | Kind::Decimal)
}

/// Whether a UUID in a column is a text, in one of several forms.
fn is_text(column: &ColumnFacts) -> bool {
    matches!(column.base.as_str(), "char" | "varchar" | "text")
}

impl Mysql {
    fn text_test(&self, operator: LookupOperator, collated: bool) -> Test {
        use LookupOperator as L;
        let [contains, starts, ends, i_contains, i_starts, i_ends, i_exact] = self.like;
        match operator {
            // The flag stands in the pattern: the column's collation decides otherwise.
            L::Regex if !collated => Test::plain(
                concat!(unicode!("{0}"), " REGEXP CONCAT('(?-i)', ", unicode!("{1}"), ")"),
                concat!(unicode!("{0}"), " NOT REGEXP CONCAT('(?-i)', ", unicode!("{1}"), ")"),
            ),
            L::IRegex if !collated => Test::plain(
                concat!(unicode!("{0}"), " REGEXP CONCAT('(?i)', ", unicode!("{1}"), ")"),
                concat!(unicode!("{0}"), " NOT REGEXP CONCAT('(?i)', ", unicode!("{1}"), ")"),
            ),
            L::Regex => Test::plain("{0} REGEXP CONCAT('(?-i)', {1})", "{0} NOT REGEXP CONCAT('(?-i)', {1})"),
            L::IRegex => Test::plain("{0} REGEXP CONCAT('(?i)', {1})", "{0} NOT REGEXP CONCAT('(?i)', {1})"),
            other if collated => standard::like(other),
            L::StartsWith => starts,
            L::EndsWith => ends,
            L::IContains => i_contains,
            L::IStartsWith => i_starts,
            L::IEndsWith => i_ends,
            L::IExact => i_exact,
            _ => contains,
        }
    }

    fn text_type(&self, column: &schema::Column, keyed: bool) -> String {
        let name = match limits::stored(column, keyed) {
            Stored::InRow(length) => format!("VARCHAR({length})"),
            Stored::Beside => "LONGTEXT".to_owned(),
        };
        match &column.collation {
            Some(collation) => format!("{name} COLLATE `{}`", collation.replace('`', "``")),
            None => format!("{name}{}", self.text),
        }
    }
}
