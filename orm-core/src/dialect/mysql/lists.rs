//! Lists that are one parameter: a JSON array, made rows by `JSON_TABLE`.
//!
//! MariaDB reads such a list once, and keeps it by a key, if the key is short enough; a longer one it reads again for each
//! row of the table. So texts have the shortest of a few types that holds them all, and documents are told by a digest.

use super::collations::{CHARSET, is_word};
use super::{MARIADB_NAME, Mysql};
use crate::dialect::{Left, List, Made, row, slot};
use crate::value::Kind;

/// The lengths of the types of texts: few, so that few texts of statements serve. Rows with a key of more bytes than four
/// times the last are read again and again.
const LENGTHS: [usize; 5] = [32, 64, 128, 256, 512];

/// How an expression, `{0}`, is compared with the items of a list, each `{0}` too.
struct Item {
    left: &'static str,
    read: &'static str,
    /// The type of an item as it stands in the array.
    stands: String,
    /// Where an item may be lost in that type, the one that has all; what is not the same in both is not in the list.
    whole: Option<String>,
}

impl Item {
    fn bare(stands: &str) -> Self {
        Self::read("{0}", "{0}", stands.to_owned())
    }

    const fn read(left: &'static str, read: &'static str, stands: String) -> Self {
        Self { left, read, stands, whole: None }
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
            if let Some(whole) = &item.whole {
                types.push(format!("`w{at}` {whole} PATH '{path}'"));
                conditions.push(format!("CONVERT(`v{at}` USING {CHARSET}) = `w{at}`"));
            }
        }
        let list = slot(columns.len());
        let mut rows = format!("FROM JSON_TABLE({list}, '$[*]' COLUMNS ({})) AS `l`", types.join(", "));
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
        Some(match (list.kind, list.left) {
            (Kind::Text, Left::Column(column)) => {
                let collation = column.collation.as_ref()?;
                self.text_in(&collation.name, &collation.charset, list.longest)?
            }
            // What JSON_UNQUOTE gives takes the character set and collation of what it is compared with.
            (Kind::Text, Left::Unknown) => Item::read("{0}", "JSON_UNQUOTE({0})", "JSON".to_owned()),
            (Kind::Text, _) => Item::bare(&text_type(CHARSET, self.collation, list.longest)),
            (Kind::Bytes, _) => Item::read("{0}", "UNHEX({0})", hexadecimal(list.longest)),
            (Kind::Json, _) => self.document_in(),
            (Kind::Bool | Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration, _) => Item::bare("BIGINT"),
            (Kind::Decimal, _) => Item::bare("DECIMAL(65, 30)"),
            (Kind::Uuid, _) => Item::bare("CHAR(36) CHARACTER SET ascii COLLATE ascii_bin"),
            (Kind::Date, _) => Item::bare("DATE"),
            (Kind::Time, _) => Item::bare("TIME(6)"),
            (Kind::DateTime | Kind::Timestamp, _) => Item::bare("DATETIME(6)"),
            (Kind::F32 | Kind::F64, _) => Item::bare("DOUBLE"),
        })
    }

    /// A text in another collation than ours: what its character set lacks is not in the list.
    fn text_in(&self, name: &str, charset: &str, longest: usize) -> Option<Item> {
        if !is_word(name) || !is_word(charset) {
            return None;
        }
        let whole = (charset != CHARSET).then(|| text_type(CHARSET, self.collation, longest));
        Some(Item { whole, ..Item::bare(&text_type(charset, name, longest)) })
    }

    /// A document, which is a text in the array.
    fn document_in(&self) -> Item {
        let stands = "LONGTEXT".to_owned();
        if self.name == MARIADB_NAME {
            Item::read(DIGEST, DIGEST, stands)
        } else {
            Item::read("{0}", "CAST({0} AS JSON)", stands)
        }
    }
}

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

fn fitting(longest: usize) -> Option<usize> {
    LENGTHS.into_iter().find(|length| *length >= longest)
}
