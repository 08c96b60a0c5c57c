//! The schema and the rows that every peer meets.

pub mod postgres;
pub mod sqlite;

/// Authors that share the books of the join.
pub const AUTHORS: usize = 100;

/// The name of a user.
pub fn name(id: usize) -> String {
    format!("User {id}")
}

/// The colour of a user's hair; one in three has none.
pub fn hair_color(id: usize) -> Option<&'static str> {
    match id % 3 {
        0 => None,
        1 => Some("black"),
        _ => Some("brown"),
    }
}

/// The title of a book.
pub fn title(id: usize) -> String {
    format!("The history of number {id}")
}

/// The name of an author.
pub fn author_name(id: usize) -> String {
    format!("Author {id}")
}
