//! Names of constraints and indexes: made once from table and columns, the same on every run.

/// The longest name that all databases take, in bytes (PostgreSQL's `NAMEDATALEN` is 64, with the final zero).
const LONGEST: usize = 63;

/// The name of a constraint or index: table, columns and kind joined by `_`. What is longer than 63 bytes is cut and
/// ends in a short hash of the whole, so that two long names never meet.
pub fn constraint_name(table: &str, columns: &[&str], kind: &str) -> String {
    let whole = format!("{table}_{}_{kind}", columns.join("_"));
    if whole.len() <= LONGEST {
        return whole;
    }
    let tail = format!("_{:08x}_{kind}", hash(&whole));
    let cut = whole.floor_char_boundary(LONGEST - tail.len());
    format!("{}{tail}", &whole[..cut])
}

/// FNV-1a: short and, unlike the standard library's hasher, the same in every release.
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
    fn short_names_are_plain() {
        assert_eq!(constraint_name("book", &["name", "author_id"], "uniq"), "book_name_author_id_uniq");
    }

    #[test]
    fn long_names_are_cut_and_stay_different() {
        let (a, b) = ("a".repeat(62), "ä".repeat(40));
        let first = constraint_name(&a, &["x"], "idx");
        let second = constraint_name(&a, &["y"], "idx");
        assert_ne!(first, second);
        assert_eq!(first, constraint_name(&a, &["x"], "idx"));
        assert_eq!(first, format!("{}_473304e4_idx", "a".repeat(50)));
        assert!(constraint_name(&b, &["x"], "check").len() <= LONGEST);
    }

    #[test]
    fn models_become_stems() {
        assert_eq!(snake_case("InvoiceLine"), "invoice_line");
        assert_eq!(snake_case("Mp3File"), "mp3_file");
    }
}
