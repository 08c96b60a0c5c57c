//! PostgreSQL.

mod calendar;
mod digits;
mod documents;
mod list;
mod lookup;
mod numbers;
mod texts;

use super::existing::{self, Existing};
use super::explain::{Explain, ExplainFormat};
use super::facts::{Collation, ColumnFacts};
use super::features::{Comments, Features, OldRows, Placeholder, RowLocks};
use super::fit::{Fit, Holds, finest, within};
use super::keys;
use super::list::{List, Made};
use super::spelling::Spelling;
use super::standard::{self, in_template, may_be_finer, may_be_fraction};
use super::words::Test;
use crate::ast::{Call, Function, LookupOperator};
use crate::error::{ErrorKind, Result};
use crate::schema;
use crate::value::{Kind, Value, datetime_text};

pub(super) const NAME: &str = "PostgreSQL";

pub(super) static FEATURES: Features = Features {
    quote: '"',
    placeholder: Placeholder::Dollar,
    max_binds: 65_535,
    returning: true,
    stores_as_given: false,
    typed_parameters: true,
    array_parameters: true,
    lists_hold_nul: true,
    nulls_order: true,
    no_limit: None,
    binds_limit: true,
    aggregate_filter: true,
    reads_target: true,
    limit_in_subquery: true,
    outer_in_from: true,
    prefix_ranges: true,
    old_values: true,
    old_rows: OldRows::Seen,
    conflicts_fail: "",
    default_row: "DEFAULT VALUES",
    default_word: "DEFAULT",
    schemas: true,
    decimals_as_text: false,
    transactional_ddl: true,
    alter_constraints: true,
    // Immediate unless a transaction asks: `SET CONSTRAINTS ALL DEFERRED` for rows that refer to each other.
    deferrable_keys: " DEFERRABLE INITIALLY IMMEDIATE",
    deferrable_uniques: true,
    set_default: true,
    checks_on_auto: true,
    checks_on_set_null: true,
    drop_foreign_key: "DROP CONSTRAINT",
    partial_indexes: true,
    expression_indexes: true,
    index_options: true,
    virtual_columns: false,
    auto_is_key: false,
    comments: Comments::Statements,
    row_locks: Some(RowLocks { no_key: true, of: true }),
};

/// The columns of a table, with the types below their domains. The collation of the C library's `C` and `C.UTF-8`, and those
/// that PostgreSQL has built in, are by code point; that of a database may be any.
const FACTS: &str = "SELECT CAST(a.attname AS TEXT), format_type(a.atttypid, -1), format_type(b.oid, -1), \
    CASE b.typtype WHEN 'e' THEN 'enum' ELSE CAST(b.typname AS TEXT) END, \
    COALESCE(CASE n.nspname WHEN 'pg_catalog' THEN '' ELSE quote_ident(n.nspname) || '.' END \
    || '\"' || replace(c.collname, '\"', '\"\"') || '\"', ''), '', \
    COALESCE(b.typname IN ('text', 'varchar', 'name') AND CASE c.collprovider \
    WHEN 'c' THEN c.collcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8') WHEN 'b' THEN TRUE \
    WHEN 'd' THEN (SELECT CASE COALESCE(to_jsonb(d) ->> 'datlocprovider', 'c') WHEN 'b' THEN TRUE \
    WHEN 'c' THEN d.datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8') ELSE FALSE END \
    FROM pg_database d WHERE d.datname = current_database()) ELSE FALSE END, FALSE), \
    CASE WHEN b.typname IN ('int2', 'int4', 'int8') THEN CAST(0 AS BIGINT) WHEN b.modifier < 0 THEN NULL \
    WHEN b.typname IN ('time', 'timestamp', 'timestamptz') THEN CAST(b.modifier AS BIGINT) \
    WHEN b.typname = 'varchar' THEN CAST(b.modifier - 4 AS BIGINT) WHEN b.typname = 'numeric' THEN CAST((((b.modifier - 4) & 2047) # 1024) - 1024 AS BIGINT) END, FALSE, FALSE, FALSE, FALSE \
    FROM pg_attribute a JOIN LATERAL (WITH RECURSIVE s AS (SELECT t.*, a.atttypmod AS modifier FROM pg_type t WHERE t.oid = a.atttypid \
    UNION ALL SELECT t.*, s.typtypmod FROM s JOIN pg_type t ON s.typtype = 'd' AND t.oid = s.typbasetype) \
    SELECT * FROM s WHERE typtype <> 'd') b ON TRUE \
    LEFT JOIN pg_collation c ON c.oid = a.attcollation LEFT JOIN pg_namespace n ON n.oid = c.collnamespace \
    WHERE a.attrelid = to_regclass(COALESCE(quote_ident($1) || '.', '') || quote_ident($2)) AND a.attnum > 0 AND NOT a.attisdropped";

#[derive(Debug)]
pub(super) struct Postgres;

impl Spelling for Postgres {
    fn name(&self) -> &'static str {
        NAME
    }

    fn test(&self, operator: LookupOperator, kind: Kind, collated: bool) -> Test {
        match operator {
            // A column that was made elsewhere may be JSON, which has no equality; of JSONB, the cast is nothing.
            LookupOperator::Eq if kind == Kind::Json => {
                Test::plain("CAST({0} AS JSONB) = CAST({1} AS JSONB)", "CAST({0} AS JSONB) <> CAST({1} AS JSONB)")
            }
            other => standard::comparison(other).unwrap_or_else(|| lookup::text(other, collated)),
        }
    }

    fn existing(&self) -> &'static Existing {
        &existing::POSTGRES
    }

    fn facts_query(&self) -> Option<&'static str> {
        Some(FACTS)
    }

    fn key_columns_query(&self) -> Option<&'static str> {
        Some(keys::COLUMNS_POSTGRES)
    }

    fn refuses(&self, kind: Kind, column: &ColumnFacts) -> bool {
        let among = |types: &[&str]| types.contains(&column.base.as_str());
        !match kind {
            Kind::Bool => among(&["bool"]),
            Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration => among(&["int2", "int4", "int8", "numeric", "oid"]),
            Kind::F32 => among(&["float4", "float8", "int2", "int4", "int8"]),
            Kind::F64 => among(&["float4", "float8", "int2", "int4", "int8"]),
            Kind::Decimal => among(&["numeric", "int2", "int4", "int8", "float4", "float8"]),
            // A text is sent without a type in the binary format: beside an integer its bytes would be read as one.
            Kind::Text => among(&["text", "varchar", "bpchar", "char", "name", "citext", "enum"]),
            Kind::Bytes => among(&["bytea"]),
            Kind::Date => among(&["date"]),
            Kind::Time => among(&["time"]),
            // The time zone of a session is UTC.
            Kind::DateTime | Kind::Timestamp => among(&["timestamp", "timestamptz"]),
            Kind::Uuid => among(&["uuid"]),
            Kind::Json => among(&["json", "jsonb", "text", "varchar"]),
        }
    }

    fn by_collation(&self, name: &str, column: Option<&ColumnFacts>) -> Option<String> {
        let wished = self.own_collation(Some(name))?;
        let known = column.is_some_and(|column| column.collation.as_ref() == Some(&wished) && column.base != "citext");
        (!known).then(|| format!("CAST({{0}} AS TEXT) COLLATE {}", in_template(&wished.name)))
    }

    fn by_code_point(&self, _: Option<&ColumnFacts>) -> &'static str {
        // The operators of `citext` and the like have an order of their own.
        "CAST({0} AS TEXT) COLLATE \"C\""
    }

    fn plain_text(&self) -> &'static str {
        "CAST({0} AS TEXT)"
    }

    fn own_collation(&self, declared: Option<&str>) -> Option<Collation> {
        let name = format!("\"{}\"", declared.unwrap_or("C").replace('"', "\"\""));
        Some(Collation { name, charset: String::new() })
    }

    fn equal_texts(&self, left: &ColumnFacts, right: &ColumnFacts) -> Option<String> {
        let is_enum = |column: &ColumnFacts| column.base == "enum";
        if is_enum(left) && left.base_name != right.base_name {
            return Some("CAST({0} AS TEXT) = CAST({1} AS TEXT) COLLATE \"C\"".to_owned());
        }
        let form = |column: &ColumnFacts, slot: &str| match self.compared_as(Kind::Text, column) {
            Some(words) => words.replace("{0}", slot),
            None => slot.to_owned(),
        };
        let (first, second) = (form(left, "{0}"), form(right, "{1}"));
        let second = match left.base.as_str() {
            own if own == right.base => second,
            "citext" | "bpchar" => format!("CAST({second} AS {})", in_template(&left.base_name)),
            _ if matches!(right.base.as_str(), "text" | "varchar") => second,
            _ => format!("CAST({second} AS TEXT)"),
        };
        // Otherwise none would be chosen, or one that the left column's index does not have.
        let second = match &left.collation {
            Some(collation) if left.collation != right.collation => {
                format!("{second} COLLATE {}", in_template(&collation.name))
            }
            _ => second,
        };
        ((first.as_str(), second.as_str()) != ("{0}", "{1}")).then(|| format!("{first} = {second}"))
    }

    fn compared_as(&self, kind: Kind, column: &ColumnFacts) -> Option<String> {
        match (kind, column.base.as_str()) {
            (Kind::Text, "enum") if !self.is_referable(column) => {
                Some(format!("CAST({{0}} AS {})", in_template(&column.base_name)))
            }
            // A text past its length would be an error beside it, a number past its range, and there is no sum of it.
            (Kind::Text, "name" | "char") => Some("CAST({0} AS TEXT)".to_owned()),
            (_, "oid") => Some("CAST({0} AS BIGINT)".to_owned()),
            (Kind::F32, "float8") => Some(numbers::SINGLE.to_owned()),
            // Read by the digits that are certain, it has to be compared by them.
            (Kind::Decimal, "float4" | "float8") => Some("CAST(CAST({0} AS DOUBLE PRECISION) AS NUMERIC)".to_owned()),
            (Kind::Json, "json" | "text" | "varchar") => Some("CAST({0} AS JSONB)".to_owned()),
            _ => None,
        }
    }

    fn readable(&self, kind: Kind, column: Option<&ColumnFacts>) -> Option<&'static str> {
        match column? {
            _ if kind == Kind::Json => Some(documents::IS_READ),
            column if may_be_finer(kind, column) => Some(numbers::is_float(kind)),
            column if may_be_fraction(kind, column) => Some(numbers::IS_WHOLE),
            column if kind == Kind::Decimal => digits::is_read(column),
            _ => calendar::is_read(kind),
        }
    }

    fn checked(&self, kind: Kind, column: Option<&ColumnFacts>) -> Option<&'static str> {
        match column? {
            _ if kind == Kind::Json => Some(documents::READ),
            column if may_be_finer(kind, column) => Some(numbers::as_float(kind)),
            column if may_be_fraction(kind, column) => Some(numbers::WHOLE),
            column if kind == Kind::Decimal => digits::read(column),
            _ => calendar::read(kind),
        }
    }

    fn orders_unread(&self, kind: Kind) -> bool {
        standard::orders_unread(kind)
    }

    fn stored_as(&self, column: &ColumnFacts) -> Option<String> {
        match column.base.as_str() {
            "enum" => Some(format!("CAST(CAST({{0}} AS TEXT) AS {})", in_template(&column.base_name))),
            "json" => Some("CAST({0} AS JSON)".to_owned()),
            // A negative integer of 32 bits would be taken for its bits.
            "oid" => Some("CAST({0} AS BIGINT)".to_owned()),
            // It would lose the blanks at its end.
            "bpchar" => Some(format!(
                "(CAST({{0}} AS TEXT) || SUBSTRING('', {} + CASE WHEN CAST({{0}} AS TEXT) COLLATE \"C\" LIKE '% ' THEN 1 ELSE 0 END))",
                i32::MAX
            )),
            // It would be cut.
            base => texts::most_bytes(base).map(|most| {
                format!(
                    "(CAST({{0}} AS TEXT) || SUBSTRING('', {} + GREATEST(0, OCTET_LENGTH(CAST({{0}} AS TEXT)) - {most})))",
                    i32::MAX
                )
            }),
        }
    }

    fn changes(&self, value: &Value, column: &ColumnFacts) -> Option<String> {
        let number = match value {
            Value::I16(number) => (*number).into(),
            Value::I32(number) => (*number).into(),
            Value::I64(number) | Value::Duration(number) => *number,
            Value::Text(text) => return texts::changes(text, column),
            _ => return None,
        };
        // A negative one of 32 bits would be taken for its bits.
        let fits = column.base != "oid" || u32::try_from(number).is_ok();
        (!fits).then(|| format!("only numbers up to {} are allowed, and none below 0", u32::MAX))
    }

    fn accepted_as(&self, kind: Kind, column: &ColumnFacts, value: Option<&Value>) -> Option<String> {
        let most = column.places.filter(|_| kind == Kind::Text && standard::may_lose_blanks(value))?;
        Some(texts::with_its_blanks(most).replace("{0}", "CAST({0} AS TEXT)"))
    }

    fn join_texts(&self) -> &'static str {
        "(({0} || {1} || {2}) COLLATE \"C\")"
    }

    fn call(&self, call: &Call) -> Option<&'static str> {
        match call.function {
            Function::Divide => Some(numbers::divide(call.kind)),
            Function::Modulo => Some(numbers::modulo(call.kind)),
            other => aggregate(call).or_else(|| standard::call(other)),
        }
    }

    fn list(&self, columns: &[List<'_>]) -> Option<Made> {
        Some(list::made(columns))
    }

    fn listed_as(&self, kind: Kind, column: &ColumnFacts) -> Kind {
        match (kind, column.base.as_str()) {
            (Kind::DateTime | Kind::Timestamp, "timestamp") => Kind::DateTime,
            (Kind::DateTime | Kind::Timestamp, "timestamptz") => Kind::Timestamp,
            _ => kind,
        }
    }

    fn cast(&self, kind: Kind) -> Option<&'static str> {
        Some(type_name(kind))
    }

    fn document(&self) -> &'static str {
        "CAST({0} AS JSONB)"
    }

    fn computed(&self, from: Kind, to: Kind, sure: bool) -> Option<&'static str> {
        match to {
            _ if sure && from == to => None,
            Kind::I64 | Kind::Duration => Some("CAST({0} AS BIGINT)"),
            Kind::F64 => Some("CAST({0} AS DOUBLE PRECISION)"),
            Kind::Decimal if !sure => Some("CAST({0} AS NUMERIC)"),
            _ => None,
        }
    }

    fn integer_as_float(&self, sure: bool) -> Option<&'static str> {
        (!sure).then_some("CAST({0} AS DOUBLE PRECISION)")
    }

    fn fitted(&self, fit: &Fit) -> Option<String> {
        let whole = if fit.is_whole() { "{0}" } else { "CAST({0} AS BIGINT)" };
        Some(match fit.to {
            Holds::Integers { least, most, narrow } if narrow || !fit.own => within(whole, least, most),
            Holds::Singles if !fit.own => "CAST({0} AS REAL)".to_owned(),
            Holds::WholeFloats { single: true } => "CAST(CAST({0} AS REAL) AS BIGINT)".to_owned(),
            Holds::WholeFloats { single: false } => "CAST(CAST({0} AS DOUBLE PRECISION) AS BIGINT)".to_owned(),
            Holds::Decimals(_) => return digits::fitted(fit),
            Holds::Texts(most) if fit.own => texts::with_its_blanks(most.into()),
            // It would be rounded.
            Holds::Moments(places) => format!(
                "({{0}} - CAST(EXTRACT(MICROSECONDS FROM {{0}}) AS BIGINT) % {} * INTERVAL '1 microsecond')",
                finest(places)
            ),
            Holds::Texts(most) => {
                format!("({{0}} || SUBSTRING('', {} + GREATEST(0, CHAR_LENGTH({{0}}) - {most})))", i32::MAX)
            }
            _ => return None,
        })
    }

    fn column_type(&self, column: &schema::Column, _: bool) -> String {
        let mut name = match (column.kind, column.max_length, column.max_digits) {
            (Kind::Text, Some(length), _) => format!("VARCHAR({length})"),
            (Kind::Decimal, _, Some(digits)) => format!("NUMERIC({digits}, {})", column.decimal_places.unwrap_or(0)),
            (kind, ..) => type_name(kind).to_owned(),
        };
        if column.kind == Kind::Text {
            // By code point, whatever the locale of the database, and so that LIKE and ranges are served by an index.
            let collation = column.collation.as_deref().unwrap_or("C");
            name = format!("{name} COLLATE \"{}\"", collation.replace('"', "\"\""));
        }
        name
    }

    /// There is no equality of a domain over an enum.
    fn is_referable(&self, column: &ColumnFacts) -> bool {
        column.base != "enum" || column.type_name == column.base_name
    }

    /// Texts and integers refer to each other, whatever their types.
    fn referring(&self, kind: Kind, column: &ColumnFacts) -> Option<String> {
        let base = column.base.as_str();
        let is_ours = match kind {
            Kind::Text => matches!(base, "text" | "varchar" | "bpchar" | "name"),
            Kind::I16 => base == "int2",
            Kind::I32 => base == "int4",
            Kind::I64 | Kind::Duration => base == "int8",
            Kind::F32 => base == "float4",
            Kind::F64 => base == "float8",
            Kind::Decimal => base == "numeric",
            Kind::DateTime => base == "timestamp",
            Kind::Timestamp => base == "timestamptz",
            Kind::Json => base == "jsonb",
            Kind::Bool | Kind::Bytes | Kind::Date | Kind::Time | Kind::Uuid => true,
        };
        (!is_ours).then(|| column.type_name.clone())
    }

    fn auto(&self) -> &'static str {
        "GENERATED BY DEFAULT AS IDENTITY"
    }

    /// By the sequence's own steps and bounds; not where the user may only take numbers, nor where the numbers fall. A short
    /// way is gone number by number: another connection may take numbers meanwhile, and `setval` would set the sequence back
    /// before them. On a long way it would have to take a thousand in that moment. Of a sequence that was never used, the
    /// first number is taken to see where it stands. (CASE keeps the order of the questions.)
    fn number_on(&self) -> Option<&'static str> {
        Some(concat!(
            "(SELECT CASE WHEN steps < 1 THEN NULL WHEN steps <= 1000 AND last + steps * seqincrement <= seqmax",
            " THEN (SELECT MAX(taken) FROM (SELECT nextval(seqrelid) AS taken FROM generate_series(1, steps)) AS dormouse_taken)",
            " ELSE setval(seqrelid, CAST(LEAST(last + steps * seqincrement, seqmax) AS BIGINT)) END",
            // How often it must be asked until it is not below the key.
            " FROM (SELECT *, DIV(CAST({2} AS BIGINT) - last + seqincrement - 1, seqincrement) AS steps",
            " FROM (SELECT seqrelid, seqincrement, seqmax,",
            " CAST(COALESCE(pg_sequence_last_value(seqrelid), nextval(seqrelid)) AS NUMERIC) AS last",
            " FROM pg_sequence AS dormouse_sequence WHERE seqrelid = CAST(pg_get_serial_sequence({0}, {1}) AS REGCLASS)",
            " AND seqincrement > 0 AND CAST({2} AS BIGINT) BETWEEN seqmin AND seqmax AND has_sequence_privilege(seqrelid, 'UPDATE')",
            " AND has_sequence_privilege(seqrelid, 'USAGE, SELECT')) AS dormouse_place) AS dormouse_way)",
        ))
    }

    fn literal(&self, value: &Value) -> String {
        match value {
            Value::Bytes(bytes) => format!("'\\x{}'::bytea", standard::hex(bytes)),
            Value::Timestamp(moment) => format!("'{}+00'::timestamptz", datetime_text(moment.naive_utc())),
            value => standard::literal(value),
        }
    }

    fn explain(&self, options: &Explain) -> Result<String> {
        let format = match options.format {
            Some(ExplainFormat::Tree) => {
                return Err(ErrorKind::Unsupported { feature: "EXPLAIN as a tree".to_owned(), backend: NAME }.into());
            }
            Some(format) => Some(format!("FORMAT {}", format.word())),
            None => None,
        };
        let flags = [(options.analyze, "ANALYZE"), (options.verbose, "VERBOSE"), (options.buffers, "BUFFERS")];
        let flags = flags.into_iter().filter(|(on, _)| *on).map(|(_, word)| word.to_owned());
        let words: Vec<String> = flags.chain(format).collect();
        Ok(if words.is_empty() { "EXPLAIN ".to_owned() } else { format!("EXPLAIN ({}) ", words.join(", ")) })
    }
}

const fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "BOOLEAN",
        Kind::I16 => "SMALLINT",
        Kind::I32 => "INTEGER",
        Kind::I64 | Kind::Duration => "BIGINT",
        Kind::F32 => "REAL",
        Kind::F64 => "DOUBLE PRECISION",
        Kind::Decimal => "NUMERIC",
        Kind::Text => "TEXT",
        Kind::Bytes => "BYTEA",
        Kind::Date => "DATE",
        Kind::Time => "TIME",
        Kind::DateTime => "TIMESTAMP",
        Kind::Timestamp => "TIMESTAMPTZ",
        Kind::Uuid => "UUID",
        Kind::Json => "JSONB",
    }
}

/// The aggregates whose result or operand has another type than ours: the sum and mean of integers are NUMERIC, that of
/// a float of 32 bits has as many, and there is no least or greatest boolean, UUID or text of bytes.
fn aggregate(call: &Call) -> Option<&'static str> {
    use Function as F;
    let operand = call.arguments.first()?.kind();
    Some(match (call.function, operand) {
        (F::Sum, Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration) => "CAST(SUM({d}{0}){f} AS BIGINT)",
        // A mean of long numbers would have a few places only, and be rounded twice.
        (F::Avg, Kind::I16 | Kind::I32 | Kind::I64) => {
            "CAST(AVG({d}CAST({0} AS NUMERIC(160, 30))){f} AS DOUBLE PRECISION)"
        }
        (F::Avg, Kind::Duration) => "CAST(AVG({d}CAST({0} AS NUMERIC(160, 30))){f} AS BIGINT)",
        (F::Sum, Kind::F32) => "SUM({d}CAST({0} AS DOUBLE PRECISION)){f}",
        (F::Avg, Kind::Decimal) => "ROUND(AVG({d}CAST({0} AS NUMERIC(160, 30))){f}, 10)",
        (F::Min, Kind::Bytes) => "(ARRAY_AGG({0} ORDER BY {0}){f})[1]",
        (F::Max, Kind::Bytes) => "(ARRAY_AGG({0} ORDER BY {0} DESC NULLS LAST){f})[1]",
        (F::Min, Kind::Bool) => "BOOL_AND({d}{0}){f}",
        (F::Max, Kind::Bool) => "BOOL_OR({d}{0}){f}",
        (F::Min, Kind::Uuid) => "CAST(MIN({d}CAST({0} AS TEXT)){f} AS UUID)",
        (F::Max, Kind::Uuid) => "CAST(MAX({d}CAST({0} AS TEXT)){f} AS UUID)",
        _ => return None,
    })
}
