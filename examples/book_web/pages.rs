//! The pages to read, and the one to delete: function handlers.

use askama::Template;
use async_stream::try_stream;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Redirect, Response};
use dormouse::prelude::*;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use serde::Deserialize;

use super::listing::Listing;
use super::models::{Book, Credit};
use super::problem::{Problem, chain};
use super::routes;
use super::views::{self, DeletePage, DetailPage, ListBottom, ListRow, ListTop};

/// The list. Its HTML is streamed: each row is sent as the database hands it out, and no page is ever whole in memory.
pub(crate) async fn list(listing: Listing) -> Result<Response, Problem> {
    let total = listing.books().acount().await?;
    listing.check_page(total)?;
    let mut rows = listing.rows().stream();
    // Once the answer has begun its status is said. So the first row is awaited before: a database that is gone, or a
    // table that is not there, still gets the page for it.
    let first = rows.try_next().await?;
    let rows = stream::iter(first.map(Ok)).chain(rows);
    Ok(([(CONTENT_TYPE, "text/html; charset=utf-8")], streamed(html(listing, total, rows))).into_response())
}

/// The list's HTML, piece by piece.
fn html(
    listing: Listing,
    total: u64,
    rows: impl Stream<Item = dormouse::Result<Book>> + Send + 'static,
) -> impl Stream<Item = Result<String, axum::BoxError>> + Send + 'static {
    try_stream! {
        yield ListTop::new(&listing, total).render()?;
        for await book in rows {
            yield ListRow::new(&book?).render()?;
        }
        yield ListBottom::new(&listing, total).render()?;
    }
}

/// A body of pieces. An error half-way ends the connection, so that half a page is not taken for the whole one.
pub(crate) fn streamed<T: Into<Bytes> + Send + 'static>(
    pieces: impl Stream<Item = Result<T, axum::BoxError>> + Send + 'static,
) -> Body {
    Body::from_stream(pieces.inspect_err(|error| tracing::error!(error = %chain(error.as_ref()), "a page broke off")))
}

/// One book, who else is named on it, and what else there is by its author.
pub(crate) async fn detail(Path(id): Path<String>, Query(done): Query<Done>) -> Result<Response, Problem> {
    let book = find(&id).await?;
    let credits = Credit::objects()
        .filter(|c| c.book.eq(book.id))
        .order_by(|c| c.position.asc())
        .values(|c| c.author.name)
        .await?;
    let others = Book::objects()
        .filter(|b| b.author.eq(book.author.id()) & b.pk.ne(book.id))
        .order_by(|b| (b.year.asc().nulls_last(), b.title.asc()))
        .limit(10)
        .await?;
    Ok(views::page(&DetailPage { book: &book, credits: &credits, others: &others, notice: done.notice() }))
}

/// What the reader did just before, told by the address that the form leads to.
#[derive(Deserialize)]
pub(crate) struct Done {
    done: Option<String>,
}

impl Done {
    fn notice(&self) -> Option<&'static str> {
        match self.done.as_deref() {
            Some("added") => Some("The book was added."),
            Some("changed") => Some("The changes were saved."),
            _ => None,
        }
    }
}

/// The question before a book is deleted: a link must not be able to delete anything.
pub(crate) async fn confirm_delete(Path(id): Path<String>) -> Result<Response, Problem> {
    let book = find(&id).await?;
    Ok(views::page(&DeletePage { book: &book }))
}

/// Deletes a book. Its credits go with it; its author stays.
pub(crate) async fn delete(Path(id): Path<String>) -> Result<Redirect, Problem> {
    find(&id).await?.adelete().await?;
    Ok(Redirect::to(&format!("{}?done=deleted", routes::LIST)))
}

/// The book with the key that stands in an address, and its author.
pub(crate) async fn find(id: &str) -> Result<Book, Problem> {
    let no_key = |_| Problem::not_found("There is no such book: a book's address ends in its number.");
    let id: i64 = id.parse().map_err(no_key)?;
    Ok(Book::objects().select_related(|b| b.author).aget(|b| b.pk.eq(id)).await?)
}

/// The stylesheet, compiled in so that the program is one file.
pub(crate) async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("static/style.css"))
}

/// The icon.
pub(crate) async fn icon() -> impl IntoResponse {
    ([(CONTENT_TYPE, "image/svg+xml")], include_str!("static/icon.svg"))
}
