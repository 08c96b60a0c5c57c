//! The same books for programs: a page of them as JSON, or all of them as NDJSON, one line per book.

use axum::Json;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use dormouse::prelude::*;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;

use super::listing::{Listing, PAGE};
use super::models::Book;
use super::pages;
use super::problem::{JsonProblem, Problem};
use super::routes;

/// A book as programs see it. The price is text, because JSON's numbers are no decimals.
#[derive(Debug, Serialize)]
struct BookJson {
    id: i64,
    title: String,
    author: String,
    year: Option<i32>,
    price: Option<Decimal>,
    isbn: Option<String>,
    language: Option<String>,
    url: String,
}

impl From<Book> for BookJson {
    fn from(book: Book) -> Self {
        Self {
            id: book.id,
            author: book.author_name().to_owned(),
            url: routes::DETAIL.of(book.id),
            title: book.title,
            year: book.year,
            price: book.price,
            isbn: book.isbn,
            language: book.language,
        }
    }
}

/// One page of the list, with the same search, order and page number as the HTML one.
#[derive(Debug, Serialize)]
struct PageJson {
    count: u64,
    page: u64,
    pages: u64,
    per_page: u64,
    books: Vec<BookJson>,
}

pub(crate) async fn json(listing: Result<Listing, Problem>) -> Result<Response, JsonProblem> {
    let listing = listing?;
    let count = listing.books().acount().await?;
    listing.check_page(count)?;
    let books = listing.rows().await?.into_iter().map(BookJson::from).collect();
    let page = PageJson { count, page: listing.page, pages: Listing::pages(count), per_page: PAGE, books };
    Ok(Json(page).into_response())
}

/// The whole catalogue, however large: the rows go from the database to the wire, and only a few are ever in memory. A
/// reader that is slow slows the query down; one that goes away ends it.
pub(crate) async fn ndjson() -> Result<Response, JsonProblem> {
    let mut books = Book::objects().select_related(|b| b.author).order_by(|b| b.id.asc()).stream();
    let first = books.try_next().await?;
    let lines = stream::iter(first.map(Ok)).chain(books).map(|book| line(book?.into()));
    // Lines that are ready together are sent together: a packet per line would be a waste.
    let packets = lines.ready_chunks(64).map(|lines| lines.into_iter().collect::<Result<Vec<_>, _>>());
    let body = pages::streamed(packets.map_ok(|lines| Bytes::from(lines.concat())));
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

fn line(book: BookJson) -> Result<Vec<u8>, axum::BoxError> {
    let mut line = serde_json::to_vec(&book)?;
    line.push(b'\n');
    Ok(line)
}
