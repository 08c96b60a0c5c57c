//! Lists that are one parameter: a JSON array, made rows by `JSON_TABLE`.
//!
//! MariaDB reads such a list once, and keeps it by a key, if the key is short enough; a longer one it reads again for each
//! row of the table. So texts have the shortest of a few types that holds them all, and documents are told by a digest.

use super::collations::{CHARSET, is_word};
use super::{MARIADB_NAME, Mysql};
use crate::dialect::{Left, List, Made};
use crate::value::Kind;

/// The lengths of the types of texts: few, so that few texts of statements serve. Rows with a key of more bytes than four
/// times the last are read again and again.
const LENGTHS: [usize; 5] = [32, 64, 128, 256, 512];

impl Mysql {
    /// Whether `{0}` is in the list `{1}`.
    pub(super) fn list_of(&self, list: &List<'_>) -> Option<Made> {
        let subquery = |item: &str, kind: &str| {
            format!("SELECT {item} FROM JSON_TABLE({{1}}, '$[*]' COLUMNS (`v` {kind} PATH '$')) AS `l`")
        };
        Some(match (list.kind, list.left) {
            (_, Left::Bytes) => return None,
            (Kind::Text, Left::Column(column)) => {
                let collation = column.collation.as_ref()?;
                Made::among("{0}", &self.texts_in(&collation.name, &collation.charset, list.longest)?)
            }
            // What JSON_UNQUOTE gives takes the character set and collation of what it is compared with.
            (Kind::Text, Left::Unknown) => Made::among("{0}", &subquery("JSON_UNQUOTE(`v`)", "JSON")),
            (Kind::Bytes, _) => Made::among("{0}", &subquery("UNHEX(`v`)", &hexadecimal(list.longest))),
            (Kind::Json, _) => self.documents(),
            _ => Made::among("{0}", &subquery("`v`", &self.item_type(list)?)),
        })
    }

    /// The rows of the list of rows `{0}`.
    pub(super) fn rows_of(&self, lists: &[List<'_>]) -> Option<String> {
        let types = lists.iter().enumerate().map(|(index, list)| {
            let kind = self.item_type(list)?;
            Some(format!("`v{index}` {kind} PATH '$[{index}]'"))
        });
        let types: Vec<String> = types.collect::<Option<_>>()?;
        let columns: Vec<String> = (0..lists.len()).map(|index| format!("`v{index}`")).collect();
        let (columns, types) = (columns.join(", "), types.join(", "));
        Some(format!("SELECT {columns} FROM JSON_TABLE({{0}}, '$[*]' COLUMNS ({types})) AS `l`"))
    }

    /// The type of an item as it stands in the array.
    fn item_type(&self, list: &List<'_>) -> Option<String> {
        Some(match list.kind {
            Kind::Bool | Kind::I16 | Kind::I32 | Kind::I64 | Kind::Duration => "BIGINT".to_owned(),
            Kind::Decimal => "DECIMAL(65, 30)".to_owned(),
            Kind::Text => text_type(CHARSET, self.collation, list.longest),
            Kind::Uuid => "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin".to_owned(),
            Kind::Date => "DATE".to_owned(),
            Kind::Time => "TIME(6)".to_owned(),
            Kind::DateTime | Kind::Timestamp => "DATETIME(6)".to_owned(),
            Kind::F32 | Kind::F64 => "DOUBLE".to_owned(),
            Kind::Json | Kind::Bytes => return None,
        })
    }

    /// A list of texts in another collation than ours: what its character set lacks is not in it.
    fn texts_in(&self, name: &str, charset: &str, longest: usize) -> Option<String> {
        if !is_word(name) || !is_word(charset) {
            return None;
        }
        let item = text_type(charset, name, longest);
        if charset == CHARSET {
            return Some(format!("SELECT `v` FROM JSON_TABLE({{1}}, '$[*]' COLUMNS (`v` {item} PATH '$')) AS `l`"));
        }
        let own = text_type(CHARSET, self.collation, longest);
        Some(format!(
            "SELECT `v` FROM JSON_TABLE({{1}}, '$[*]' COLUMNS (`v` {item} PATH '$', `w` {own} PATH '$')) AS `l` \
             WHERE CONVERT(`v` USING {CHARSET}) = `w`"
        ))
    }

    /// A list of documents, each a text in the array.
    fn documents(&self) -> Made {
        let rows = "FROM JSON_TABLE({1}, '$[*]' COLUMNS (`v` LONGTEXT PATH '$')) AS `l`";
        if self.name != MARIADB_NAME {
            let holds = format!("EXISTS (SELECT 1 {rows} WHERE {{0}} = CAST(`l`.`v` AS JSON))");
            return Made { fails: format!("NOT {holds}").into(), holds: holds.into() };
        }
        let digest = |document: &str| format!("SHA2(JSON_NORMALIZE(CONCAT({document}, ' ')), 256)");
        let among = Made::among(&digest("{0}"), &format!("SELECT {} {rows}", digest("`v`")));
        // A text that is no document has no normal form.
        Made { fails: format!("({}) IS NOT TRUE", among.holds).into(), ..among }
    }
}

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
