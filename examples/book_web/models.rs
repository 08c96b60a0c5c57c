//! The three tables of the demo, and how a book's values are shown.

use chrono::{DateTime, Utc};
use dormouse::prelude::*;

/// Someone who wrote, translated or drew.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "author", ordering(name))]
pub(crate) struct Author {
    pub(crate) id: i64,
    #[field(unique, max_length = 200)]
    pub(crate) name: String,
}

/// A book and the author named first on its cover.
///
/// Two books may share a title, and an author may publish one again years later: only all three together are unique.
/// Whether a new book with a known title is meant is asked by the form.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "book",
    unique(title, author, edition),
    check("edition", |b| (b.year.is_not_null() & b.edition.eq(b.year)) | (b.year.is_null() & b.edition.eq(NO_YEAR))),
    index(fields(year)),
    index(fields(price))
)]
pub(crate) struct Book {
    pub(crate) id: i64,
    #[field(min_length = 1, max_length = 300)]
    pub(crate) title: String,
    #[field(on_delete = Restrict)]
    pub(crate) author: ForeignKey<Author>,
    /// Year of first publication; negative before our era, None where it is not known.
    pub(crate) year: Option<i32>,
    /// The year by which it is told apart from others of the same title and author: NULL is equal to nothing, so a UNIQUE over
    /// the year itself would let in the same book twice, if its year is not known.
    pub(crate) edition: i32,
    /// None where there is none: imported books come without.
    #[field(max_digits = 8, decimal_places = 2)]
    pub(crate) price: Option<Decimal>,
    #[field(max_length = 13)]
    pub(crate) isbn: Option<String>,
    #[field(max_length = 16)]
    pub(crate) language: Option<String>,
    #[field(auto_now_add)]
    pub(crate) created_at: DateTime<Utc>,
}

/// A further person named on a book's cover, after its author: a co-author, an illustrator, a translator.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "credit", unique(book, author), ordering(position))]
pub(crate) struct Credit {
    pub(crate) id: i64,
    #[field(on_delete = Cascade)]
    pub(crate) book: ForeignKey<Book>,
    #[field(on_delete = Restrict)]
    pub(crate) author: ForeignKey<Author>,
    /// The place on the cover: 2 for the first one after the author.
    pub(crate) position: i32,
}

/// The edition of a book whose year is not known: there was no year 0.
const NO_YEAR: i32 = 0;

impl Book {
    /// The edition of a book of a year.
    pub(crate) fn edition_of(year: Option<i32>) -> i32 {
        year.unwrap_or(NO_YEAR)
    }

    /// The author's name. Pages read books with `select_related(|b| b.author)`: nothing is ever loaded behind their back.
    pub(crate) fn author_name(&self) -> &str {
        self.author.loaded().map_or("", |author| &author.name)
    }

    /// The year as people write it.
    pub(crate) fn year_text(&self) -> String {
        match self.year {
            None => "unknown".to_owned(),
            Some(year) if year < 0 => format!("{} BC", year.unsigned_abs()),
            Some(year) => year.to_string(),
        }
    }

    /// The price with its cents.
    pub(crate) fn price_text(&self) -> String {
        self.price.map_or_else(|| "none".to_owned(), |price| format!("${price:.2}"))
    }
}
