//! Lists that are one parameter: a JSON array, made rows by `JSON_TABLE`.
//!
//! MariaDB reads such a list once, and keeps it by a key, if the key is short enough; a longer one it reads again for each
//! row of the table. So texts have the shortest of a few types that holds them all, and documents are told by a digest.

use super::collations::{CHARSET, is_word};
use super::edition::{MARIADB_NAME, Mysql};
use crate::dialect::facts::{Collation, ColumnFacts};
use crate::dialect::list::{Left, List, Made, row, slot};
use crate::value::Kind;

/// The lengths of the types of texts: few, so that few texts of statements serve. Rows with a key of more bytes than four
/// times the last are read again and again.
const LENGTHS: [usize; 5] = [32, 64, 128, 256, 512];

/// How an expression, `{0}`, is compared with the items of a list, each `{0}` too. MariaDB keeps a list by a key only where both
/// are numbers of one kind, or both are texts.
struct Item {
    left: &'static str,
    read: &'static str,
    /// The type of an item as it stands in the array.
    stands: String,
    /// A type that any item has, where it may be lost in the other.
    whole: Option<String>,
    /// What tells whether an item, `{0}`, which is `{1}` as a whole, can be in a column at all.
    held: Option<&'static str>,
}

impl Item {
    fn bare(stands: &str) -> Self {
        Self::read("{0}", "{0}", stands)
    }

    fn read(left: &'static str, read: &'static str, stands: &str) -> Self {
        Self { left, read, stands: stands.to_owned(), whole: None, held: None }
    }
}

impl Mysql {
    /// Whether a row is among those of a list; the list is read once.
    pub(super) fn list_of(&self, columns: &[List<'_>]) -> Option<Made> {
        let items: Vec<Item> = columns.iter().map(|list| self.item(list)).collect::<Option<_>>()?;
        let (mut lefts, mut reads, mut types, mut conditions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (at, item) in items.iter().enumerate() {
            let path = if columns.len() == 1 { "$".to_owned() } else { format!("$[{at}]") };
            lefts.push(item.left.replace("{0}", &slot(at)));
            reads.push(item.read.replace("{0}", &format!("`v{at}`")));
            types.push(format!("`v{at}` {} PATH '{path}'", item.stands));
            types.extend(item.whole.iter().map(|whole| format!("`w{at}` {whole} PATH '{path}'")));
            let held =
                item.held.map(|held| held.replace("{0}", &format!("`v{at}`")).replace("{1}", &format!("`w{at}`")));
            conditions.extend(held);
        }
        let list = slot(columns.len());
        let mut rows = format!("FROM JSON_TABLE({list}, '$[*]' COLUMNS ({})) AS `dormouse_list`", types.join(", "));
        let documents = columns.iter().any(|list| list.kind == Kind::Json);
        if documents && self.name != MARIADB_NAME {
            // IN does not know when documents are equal.
            conditions.extend(lefts.iter().zip(&reads).map(|(left, item)| format!("{left} = {item}")));
            let holds = format!("EXISTS (SELECT 1 {rows} WHERE {})", conditions.join(" AND "));
            return Some(Made { fails: format!("NOT {holds}").into(), holds: holds.into() });
        }
        if !conditions.is_empty() {
            rows = format!("{rows} WHERE {}", conditions.join(" AND "));
        }
        let made = Made::among(&row(&lefts), &format!("SELECT {} {rows}", reads.join(", ")));
        // A text that is no document has no normal form.
        Some(if documents { Made { fails: format!("({}) IS NOT TRUE", made.holds).into(), ..made } } else { made })
    }

    fn item(&self, list: &List<'_>) -> Option<Item> {
        if let Left::Column(column) = list.left
            && let Some(item) = self.item_of_others(list, column)
        {
            return Some(item);
        }
        Some(match (list.kind, list.left) {
            // What JSON_UNQUOTE gives takes the character set and collation of what it is compared with.
            (Kind::Text, Left::Unknown) => Item::read("{0}", "JSON_UNQUOTE({0})", "JSON"),
            (Kind::Text, Left::Column(_)) => return None,
            (Kind::Text, _) => self.text_of_ours(list.longest),
            (Kind::Bytes, _) if is_long(list.longest) => {
                Item::read(LONG, "SHA2(UNHEX({0}), 256)", &hexadecimal(list.longest))
            }
            (Kind::Bytes, _) => Item::read("{0}", "UNHEX({0})", &hexadecimal(list.longest)),
            (Kind::Json, _) if self.name == MARIADB_NAME => Item::read(DIGEST, DIGEST, "LONGTEXT"),
            (Kind::Json, _) => Item::read("{0}", "CAST({0} AS JSON)", "LONGTEXT"),
            // Beside a subquery an expression with a parameter is a float.
            (Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration, Left::Computed) => {
                Item::read("CAST({0} AS SIGNED)", "{0}", "BIGINT")
            }
            (Kind::Bool | Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration, _) => Item::bare("BIGINT"),
            (Kind::Decimal, Left::Computed) => Item::read(COMPUTED, "{0}", DECIMAL),
            (Kind::Decimal, _) => Item::bare(DECIMAL),
            (Kind::Uuid, _) => Item::bare("CHAR(36) CHARACTER SET ascii COLLATE ascii_bin"),
            (Kind::Date, _) => Item::bare("DATE"),
            (Kind::Time, _) => Item::bare("TIME(6)"),
            (Kind::DateTime | Kind::Timestamp, _) => Item::bare("DATETIME(6)"),
            (Kind::F32 | Kind::F64, _) => Item::bare("DOUBLE"),
        })
    }

    /// The items beside a column of others that has another type than ours.
    fn item_of_others(&self, list: &List<'_>, column: &ColumnFacts) -> Option<Item> {
        let base = column.base.as_str();
        match (list.kind, &column.collation) {
            (Kind::Text, _) if column.by_code_point => Some(self.text_of_ours(list.longest)),
            (Kind::Text, Some(collation)) => self.text_in(collation, list.longest),
            (Kind::Text, None) => {
                let (read, held) = read_as(base)?;
                Some(Item {
                    held: Some(held),
                    ..Item::read("{0}", read, &text_type(CHARSET, self.collation, list.longest))
                })
            }
            (Kind::Decimal, _) if column.is_whole() => Some(Item::read("CAST({0} AS DECIMAL(65, 30))", "{0}", DECIMAL)),
            (Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration, _) if base == "decimal" => Some(Item::bare(DECIMAL)),
            (Kind::F32 | Kind::F64, _) if column.is_whole() => Some(Item::read("CAST({0} AS DOUBLE)", "{0}", "DOUBLE")),
            _ => None,
        }
    }

    /// A text whose equals have the same bytes.
    fn text_of_ours(&self, longest: usize) -> Item {
        let form = if is_long(longest) { LONG } else { "{0}" };
        Item::read(form, form, &text_type(CHARSET, self.collation, longest))
    }

    /// A text in another collation than ours: what its character set lacks is not in the list.
    fn text_in(&self, collation: &Collation, longest: usize) -> Option<Item> {
        if !is_word(&collation.name) || !is_word(&collation.charset) {
            return None;
        }
        let item = Item::bare(&text_type(&collation.charset, &collation.name, longest));
        if collation.charset == CHARSET {
            return Some(item);
        }
        let whole = Some(text_type(CHARSET, self.collation, longest));
        Some(Item { whole, held: Some("CONVERT({0} USING utf8mb4) = {1}"), ..item })
    }
}

/// A text as a value of a type of the database's own, and what tells whether it is one.
fn read_as(base: &str) -> Option<(&'static str, &'static str)> {
    Some(match base {
        "uuid" => ("CAST({0} AS UUID)", "CAST({0} AS UUID) IS NOT NULL"),
        "inet4" => ("CAST({0} AS INET4)", "CAST({0} AS INET4) IS NOT NULL"),
        "inet6" => ("CAST({0} AS INET6)", "CAST({0} AS INET6) IS NOT NULL"),
        _ => return None,
    })
}

/// What is too long for a key, as a digest.
const LONG: &str = "SHA2({0}, 256)";

const DECIMAL: &str = "DECIMAL(65, 30)";

/// A decimal that is computed, in the type of the items. One that has more digits than that is equal to none of them: it becomes a
/// number that is past every `Decimal`.
const COMPUTED: &str = "IF(ABS({0}) < 1e30 AND {0} = CAST({0} AS DECIMAL(65, 30)), CAST({0} AS DECIMAL(65, 30)), \
    1000000000000000000000000000000)";

/// Documents of one value have one digest, which is short enough for a key.
const DIGEST: &str = "SHA2(JSON_NORMALIZE(CONCAT({0}, ' ')), 256)";

fn text_type(charset: &str, collation: &str, longest: usize) -> String {
    let name = fitting(longest).map_or("LONGTEXT".to_owned(), |length| format!("VARCHAR({length})"));
    format!("{name} CHARACTER SET {charset} COLLATE {collation}")
}

/// The type of bytes as they are written, two digits each.
fn hexadecimal(longest: usize) -> String {
    let name = fitting(longest).map_or("LONGTEXT".to_owned(), |length| format!("VARCHAR({})", 2 * length));
    format!("{name} CHARACTER SET ascii")
}

/// How long a text may be that a list has by a key, where none is told by a digest.
pub(super) fn longest_key(column: &ColumnFacts) -> Option<usize> {
    LENGTHS.last().copied().filter(|_| column.collation.is_some() && !column.by_code_point)
}

fn is_long(longest: usize) -> bool {
    fitting(longest).is_none()
}

fn fitting(longest: usize) -> Option<usize> {
    LENGTHS.into_iter().find(|length| *length >= longest)
}
