//! Lists of PostgreSQL: arrays.

use super::texts::most_bytes;
use crate::dialect::list::{Left, List, Made, row, slot};
use crate::dialect::standard::in_template;
use crate::value::Kind;

/// The words that look for keys in lists, each list as one parameter.
pub(super) fn made(columns: &[List<'_>]) -> Made {
    let words = columns.iter().enumerate().map(|(at, list)| {
        let left = if list.kind == Kind::Json { "CAST({0} AS JSONB)" } else { "{0}" };
        (left.replace("{0}", &slot(at)), typed_list(list).replace("{0}", &slot(columns.len() + at)))
    });
    let (lefts, lists): (Vec<String>, Vec<String>) = words.unzip();
    if let ([left], [list], [column]) = (lefts.as_slice(), lists.as_slice(), columns)
        && has_type_of_list(column)
    {
        let (holds, fails) = (format!("{left} = ANY({list})"), format!("{left} <> ALL({list})"));
        return Made { holds: holds.into(), fails: fails.into() };
    }
    let items: Vec<String> = (0..lists.len()).map(|at| format!("v{at}")).collect();
    let rows = format!("FROM unnest({}) AS dormouse_list({})", lists.join(", "), items.join(", "));
    let equal: Vec<String> = lefts.iter().zip(&items).map(|(left, item)| format!("{left} = {item}")).collect();
    // NOT IN would read a list again for each row, if it took more memory than a hash may.
    let fails = format!("NOT EXISTS (SELECT 1 {rows} WHERE {})", equal.join(" AND "));
    Made { fails: fails.into(), ..Made::among(&row(&lefts), &format!("SELECT * {rows}")) }
}

/// Whether what is compared has the type of the items, so that a hash serves ANY.
fn has_type_of_list(list: &List<'_>) -> bool {
    let Left::Column(column) = list.left else { return true };
    match (list.kind, column.base.as_str()) {
        (Kind::I16, base) => base == "int2",
        (Kind::I32, base) => base == "int4",
        (Kind::I64 | Kind::Duration, base) => matches!(base, "int8" | "oid"),
        (Kind::F32, base) => base == "float4",
        (Kind::F64, base) => base == "float8",
        (Kind::Decimal, base) => base == "numeric",
        (Kind::Text, base) => base != "enum",
        _ => true,
    }
}

/// A list in the type of the column that it is compared with: a list of texts is no list of `citext`.
fn typed_list(list: &List<'_>) -> String {
    match (list.kind, list.left) {
        (Kind::Text, Left::Column(column)) if most_bytes(&column.base).is_none() => {
            format!("CAST({{0}} AS {}[])", in_template(&column.base_name))
        }
        _ => "{0}".to_owned(),
    }
}
