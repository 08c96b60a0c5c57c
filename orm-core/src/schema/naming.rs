//! Names of constraints and indexes: made once from table and columns, the same on every run.

use super::{Column, Table};
use crate::model::Reference;

/// The longest name that all databases take, in bytes (PostgreSQL's `NAMEDATALEN` is 64, with the final zero).
pub(super) const LONGEST: usize = 63;

/// The name of a constraint or index: table and columns joined by `_`, a short hash of them, and the kind, in at most 63
/// bytes. Index `name` of `user_role` and index `role_name` of `user` are told apart by the hash alone.
pub fn constraint_name(table: &str, columns: &[&str], kind: &str) -> String {
    let columns = columns.join("\0");
    let tail = format!("_{:08x}_{kind}", hash(&format!("{table}\0{columns}\0{kind}")));
    let stem = format!("{table}_{}", columns.replace('\0', "_"));
    let cut = stem.floor_char_boundary(LONGEST - tail.len());
    format!("{}{tail}", &stem[..cut])
}

/// The name of the constraint of a model's foreign key.
pub fn foreign_key_name(reference: &Reference) -> String {
    constraint_name(reference.model.table, &reference.columns().collect::<Vec<_>>(), "fk")
}

/// The name of the check that a text is no longer than its column says.
pub fn length_check(table: &Table, column: &Column) -> String {
    constraint_name(&table.name, &[&column.name], "length")
}

/// The name of a table of pairs: `<table>_<relation>`; one that is too long is cut and ends in a short hash.
pub(super) fn pairs_name(table: &str, relation: &str) -> String {
    let whole = format!("{table}_{relation}");
    if whole.len() <= LONGEST {
        return whole;
    }
    let tail = format!("_{:08x}", hash(&format!("{table}\0{relation}")));
    let cut = whole.floor_char_boundary(LONGEST - tail.len());
    format!("{}{tail}", &whole[..cut])
}

/// FNV-1a: short and, unlike the standard library's hasher, the same in every release and on every machine.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The Rust name of a model as the stem of a column: `InvoiceLine` becomes `invoice_line`.
pub(super) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut before_is_lower = false;
    for character in name.chars() {
        if character.is_uppercase() && before_is_lower {
            snake.push('_');
        }
        before_is_lower = character.is_lowercase() || character.is_ascii_digit();
        snake.extend(character.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_names_are_the_same_for_ever() {
        // These stand in databases: another hash would be another name.
        assert_eq!(constraint_name("book", &["name", "author_id"], "uniq"), "book_name_author_id_1eea43ef_uniq");
    }

    #[test]
    fn what_reads_alike_is_told_apart() {
        let name = |table, columns: &[&str]| constraint_name(table, columns, "idx");
        assert_ne!(name("user", &["role_name"]), name("user_role", &["name"]));
        assert_ne!(name("a", &["b", "c"]), name("a", &["b_c"]));
        assert_ne!(constraint_name("a", &["b"], "idx"), constraint_name("a", &["b"], "uniq"));
    }

    #[test]
    fn no_name_is_too_long() {
        for letter in ["a", "ä", "語"] {
            let long = letter.repeat(62);
            let (first, second) = (constraint_name(&long, &["x"], "check"), constraint_name(&long, &["y"], "check"));
            assert!(first.len() <= LONGEST && second.len() <= LONGEST, "{first}");
            assert_ne!(first, second);
            assert!(pairs_name(&long, "x").len() <= LONGEST);
            assert_ne!(pairs_name(&long, "tags"), pairs_name(&long, "tagged"));
        }
        assert_eq!(pairs_name("book", "tags"), "book_tags");
    }

    #[test]
    fn models_become_stems() {
        assert_eq!(snake_case("InvoiceLine"), "invoice_line");
        assert_eq!(snake_case("Mp3File"), "mp3_file");
    }
}
