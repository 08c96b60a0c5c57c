//! Texts in other collations and character sets than ours.

use super::edition::{MYSQL_NAME, Mysql};
use crate::dialect::facts::{Collation, ColumnFacts};
use crate::dialect::standard::in_template;

/// The character set of our own columns, and of what is bound.
pub(super) const CHARSET: &str = "utf8mb4";

/// What the names of MariaDB's collations that belong to several character sets begin with.
const OF_ANY_CHARSET: &str = "uca1400";

/// The columns of a table. A collation that pads with spaces puts "a" behind "a\t", so its order is not that of code points; nor
/// is that of a CHAR, which is sorted with its blanks.
pub(super) const FACTS: &str = "SELECT column_name, data_type, \
    column_type, \
    CASE WHEN data_type IN ('char', 'varchar') AND character_maximum_length < 36 THEN 'short text' ELSE data_type END, \
    COALESCE(collation_name, ''), \
    COALESCE(character_set_name, ''), COALESCE(data_type NOT IN ('char', 'enum', 'set') \
    AND collation_name IN ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin'), FALSE), \
    CAST(COALESCE(datetime_precision, numeric_scale) AS SIGNED), FALSE, \
    COALESCE(data_type = 'timestamp' AND is_nullable = 'NO' OR extra LIKE '%auto_increment%', FALSE), FALSE, FALSE \
    FROM information_schema.columns WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ?";

impl Mysql {
    /// The name begins with the character set; those of MariaDB that do not are of the column's.
    pub(super) fn declared(name: &str) -> Collation {
        let charset = name.split('_').next().filter(|charset| *charset != OF_ANY_CHARSET).unwrap_or(CHARSET).to_owned();
        Collation { name: name.to_owned(), charset }
    }

    /// Ours, from the words of a column's type.
    pub(super) fn own(&self) -> Collation {
        Collation { name: self.collation.to_owned(), charset: CHARSET.to_owned() }
    }

    pub(super) fn ordered(&self, facts: Option<&ColumnFacts>) -> &'static str {
        let charset = facts.and_then(|facts| facts.collation.as_ref()).map(|collation| collation.charset.as_str());
        match (charset == Some(CHARSET), self.name == MYSQL_NAME) {
            (true, true) => "{0} COLLATE utf8mb4_0900_bin",
            (true, false) => "{0} COLLATE utf8mb4_nopad_bin",
            (false, true) => "CONVERT({0} USING utf8mb4) COLLATE utf8mb4_0900_bin",
            (false, false) => "CONVERT({0} USING utf8mb4) COLLATE utf8mb4_nopad_bin",
        }
    }

    /// The left operand as it is, so that its index serves. What is lost on the way into its character set is equal to
    /// nothing there.
    pub(super) fn equal(&self, left: &Collation, right: &Collation) -> Option<String> {
        let (name, charset, own) = (&left.name, &left.charset, self.collation);
        if left == right || !is_word(name) || !is_word(charset) {
            return None;
        }
        Some(if left.charset == right.charset {
            format!("{{0}} = {{1}} COLLATE {name}")
        } else if charset == CHARSET {
            format!("{{0}} = CONVERT({{1}} USING {charset}) COLLATE {name}")
        } else {
            format!(
                "({{0}} = CONVERT({{1}} USING {charset}) COLLATE {name} AND CONVERT(CONVERT({{1}} USING {charset}) USING \
                 {CHARSET}) = CONVERT({{1}} USING {CHARSET}) COLLATE {own})"
            )
        })
    }

    /// Tells whether a text that is bound may be refused beside a column of this collation.
    pub(super) fn may_lack(collation: &Collation, text: &str) -> bool {
        collation.charset != CHARSET && !text.is_ascii()
    }
}

/// A name as it is written in a template.
pub(super) fn written(name: &str) -> String {
    if is_word(name) { name.to_owned() } else { in_template(&format!("`{}`", name.replace('`', "``"))) }
}

/// Tells whether a name can be written as it is.
pub(super) fn is_word(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
