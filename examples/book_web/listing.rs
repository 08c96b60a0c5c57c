//! Which books a list shows: read from the address, checked, and turned into a queryset.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use dormouse::prelude::*;
use serde::Deserialize;

use super::models::Book;
use super::problem::Problem;

/// Rows on one page.
pub(crate) const PAGE: u64 = 25;

/// The longest search, in characters.
pub(crate) const LONGEST_SEARCH: usize = 200;

/// A search, an order and a page number, all three valid.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Listing {
    pub(crate) q: String,
    pub(crate) order: Order,
    pub(crate) page: u64,
    /// Whether the reader has just deleted a book.
    pub(crate) deleted: bool,
}

impl Listing {
    /// The books searched for, on all pages. Nothing is asked of the database yet.
    pub(crate) fn books(&self) -> QuerySet<Book> {
        let books = Book::objects().select_related(|b| b.author);
        // Each word must occur in the title or in the author's name. The words are taken literally: `%` is a percent
        // sign, and case is not minded in any script.
        self.q
            .split_whitespace()
            .fold(books, |books, word| books.filter(|b| b.title.icontains(word) | b.author.name.icontains(word)))
    }

    /// The books of this page, in order. The key comes last so that the order of equal books never changes from one
    /// page to the next.
    pub(crate) fn rows(&self) -> QuerySet<Book> {
        let order = self.order;
        let books = match order {
            Order::Title => self.books().order_by(|b| (b.title.asc(), b.id.asc())),
            Order::Author => self.books().order_by(|b| (b.author.name.asc(), b.title.asc(), b.id.asc())),
            Order::Oldest => self.books().order_by(|b| (b.year.asc().nulls_last(), b.id.asc())),
            Order::Newest => self.books().order_by(|b| (b.year.desc().nulls_last(), b.id.asc())),
            Order::Price => self.books().order_by(|b| (b.price.asc().nulls_last(), b.id.asc())),
            Order::Added => self.books().order_by(|b| b.id.desc()),
        };
        books.offset((self.page - 1) * PAGE).limit(PAGE)
    }

    /// How many pages so many books take; an empty list is one page, too.
    pub(crate) fn pages(total: u64) -> u64 {
        total.div_ceil(PAGE).max(1)
    }

    /// Refuses a page after the last one.
    pub(crate) fn check_page(&self, total: u64) -> Result<(), Problem> {
        let pages = Self::pages(total);
        if self.page <= pages {
            return Ok(());
        }
        let count = if pages == 1 { "one page".to_owned() } else { format!("{pages} pages") };
        Err(Problem::not_found(format!("There is no page {}: the list has {count}.", self.page)))
    }
}

/// The orders a reader can choose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Order {
    #[default]
    Title,
    Author,
    Oldest,
    Newest,
    Price,
    Added,
}

impl Order {
    pub(crate) const ALL: [Self; 6] = [Self::Title, Self::Author, Self::Oldest, Self::Newest, Self::Price, Self::Added];

    /// The name in the address.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Author => "author",
            Self::Oldest => "oldest",
            Self::Newest => "newest",
            Self::Price => "price",
            Self::Added => "added",
        }
    }

    /// The words in the chooser.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Title => "by title",
            Self::Author => "by author",
            Self::Oldest => "oldest first",
            Self::Newest => "newest first",
            Self::Price => "cheapest first",
            Self::Added => "last added first",
        }
    }
}

/// The address as it came: everything optional, everything text.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    order: String,
    page: String,
    done: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Listing {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(asked) = Query::<Asked>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Problem::bad_request(format!("The address cannot be read: {rejection}.")))?;
        let deleted = asked.done == "deleted";
        Ok(Self { q: search(&asked.q)?, order: order(&asked.order)?, page: page(&asked.page)?, deleted })
    }
}

fn search(text: &str) -> Result<String, Problem> {
    let length = text.chars().count();
    if length > LONGEST_SEARCH {
        return Err(Problem::address_too_long(format!(
            "The search has {length} characters; at most {LONGEST_SEARCH} are looked for."
        )));
    }
    // No title has a control character in it, and PostgreSQL has no text with a NUL.
    if text.chars().any(char::is_control) {
        return Err(Problem::bad_request("The search contains a control character, which no title has."));
    }
    Ok(text.trim().to_owned())
}

fn order(name: &str) -> Result<Order, Problem> {
    if name.is_empty() {
        return Ok(Order::default());
    }
    Order::ALL.into_iter().find(|order| order.name() == name).ok_or_else(|| {
        let known = Order::ALL.map(Order::name).join(", ");
        Problem::bad_request(format!("There is no order of that name. There are: {known}."))
    })
}

fn page(number: &str) -> Result<u64, Problem> {
    // So many pages that no list has them, and the offset in rows still fits every database's integers.
    const MOST: u64 = 1_000_000_000;
    match number.parse() {
        _ if number.is_empty() => Ok(1),
        Ok(page @ 1..=MOST) => Ok(page),
        _ => Err(Problem::bad_request("The page must be a whole number: 1, 2, 3 and so on.")),
    }
}
