//! Types of columns of others that make something else of what they are given: it is refused instead.

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

/// The number in the parentheses of a type.
pub(super) fn length(type_name: &str) -> Option<usize> {
    type_name.split_once('(')?.1.split_once(')')?.0.parse().ok()
}

/// The values of an ENUM or SET, as they are written.
fn values(type_name: &str) -> &str {
    type_name.split_once('(').and_then(|(_, values)| values.strip_suffix(')')).unwrap_or("''")
}
