//! Types of columns of others that make something else of what they are given: it is refused instead.

use super::collations::written;
use crate::dialect::facts::ColumnFacts;
use crate::dialect::standard::in_template;

/// A text for an ENUM of this type (`enum('a','b')`). It would take digits for the index of a value, and other letters for
/// those that its collation holds to be equal: with words behind them they are refused.
pub(super) fn one_of(type_name: &str, collation: &str) -> String {
    let values = values(type_name);
    format!(
        "IF(CONVERT({{0}} USING utf8mb4) COLLATE {collation} IN ({values}), {{0}}, CONCAT({{0}}, ' is no value'))",
        values = in_template(values)
    )
}

/// The same for a SET, which would put the values in its own order.
pub(super) fn some_of(type_name: &str, collation: &str) -> String {
    // No value has a comma.
    let values = values(type_name).split(',').map(|value| {
        let bare = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
        format!("(\\\\Q{}\\\\E,)?", bare.unwrap_or_default())
    });
    let values: String = values.collect();
    format!(
        "IF(CONCAT(CONVERT({{0}} USING utf8mb4), ',') COLLATE {collation} REGEXP '^({values}|,)$', {{0}}, \
         CONCAT({{0}}, ' is no value'))",
        values = in_template(&values)
    )
}

/// Bytes for a BINARY of this type (`binary(16)`), which would fill them up with zeros: with blanks behind them they are too many.
pub(super) fn of_length(type_name: &str) -> Option<String> {
    let length = length(type_name)?;
    Some(format!("IF(OCTET_LENGTH({{0}}) < {length}, CONCAT({{0}}, SPACE({})), {{0}})", length + 1))
}

/// A text for a type of the database's own (`inet6`), which would store it in another form: with words behind it it is refused.
pub(super) fn in_one_form(base: &str, collation: &str) -> String {
    format!(
        "IF(CONVERT(CAST({{0}} AS {base}) USING utf8mb4) = CONVERT({{0}} USING utf8mb4) COLLATE {collation}, {{0}}, \
         CONCAT({{0}}, ' is no value'))"
    )
}

/// A text for a type that would cut off blanks at the end without a word, where they are too many: with a dot behind them
/// they are refused. CHAR keeps none.
pub(super) fn with_its_blanks(column: &ColumnFacts) -> Option<String> {
    let length = length(&column.base_name);
    Some(match (column.type_name.as_str(), length, most_bytes(&column.type_name)) {
        ("char", Some(length), _) => format!("CONCAT({{0}}, IF({{0}} LIKE '% ', REPEAT('.', {}), ''))", length + 1),
        ("varchar", Some(length), _) => format!("CONCAT({{0}}, IF(CHAR_LENGTH({{0}}) > {length}, '.', ''))"),
        (_, _, Some(most)) => {
            let charset = written(&column.collation.as_ref()?.charset);
            format!("CONCAT({{0}}, IF(OCTET_LENGTH(CONVERT({{0}} USING {charset})) > {most}, '.', ''))")
        }
        _ => return None,
    })
}

/// How many bytes a text of this type has at most; nothing of a type that has more than can be sent.
fn most_bytes(type_name: &str) -> Option<u32> {
    match type_name {
        "tinytext" => Some(0xff),
        "text" => Some(0xffff),
        "mediumtext" => Some(0xff_ffff),
        _ => None,
    }
}

/// The number in the parentheses of a type.
pub(super) fn length(type_name: &str) -> Option<usize> {
    type_name.split_once('(')?.1.split_once(')')?.0.parse().ok()
}

/// The values of an ENUM or SET, as they are written.
fn values(type_name: &str) -> &str {
    type_name.split_once('(').and_then(|(_, values)| values.strip_suffix(')')).unwrap_or("''")
}
