//! The pages as askama templates: what each one is given. askama escapes every value for HTML.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::forms::{BookForm, Messages};
use super::listing::{LONGEST_SEARCH, Listing, Order};
use super::models::Book;
use super::routes;

/// The part of the list before its rows. The list is streamed, so it is three templates.
#[derive(Template)]
#[template(path = "list_top.html", config = "examples/book_web/askama.toml")]
pub(crate) struct ListTop<'a> {
    listing: &'a Listing,
    total: u64,
    longest_search: usize,
}

impl<'a> ListTop<'a> {
    pub(crate) fn new(listing: &'a Listing, total: u64) -> Self {
        Self { listing, total, longest_search: LONGEST_SEARCH }
    }

    fn title(&self) -> &'static str {
        "Books"
    }

    /// The number of books with a comma at each thousand.
    fn total_text(&self) -> String {
        let digits = self.total.to_string();
        let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
        groups.join(",")
    }
}

/// One row of the list.
#[derive(Template)]
#[template(path = "list_row.html", config = "examples/book_web/askama.toml")]
pub(crate) struct ListRow<'a> {
    book: &'a Book,
}

impl<'a> ListRow<'a> {
    pub(crate) fn new(book: &'a Book) -> Self {
        Self { book }
    }
}

/// The part of the list after its rows.
#[derive(Template)]
#[template(path = "list_bottom.html", config = "examples/book_web/askama.toml")]
pub(crate) struct ListBottom<'a> {
    listing: &'a Listing,
    total: u64,
    pages: u64,
}

impl<'a> ListBottom<'a> {
    pub(crate) fn new(listing: &'a Listing, total: u64) -> Self {
        Self { listing, total, pages: Listing::pages(total) }
    }

    /// The pages to offer: the first, the last, and those around this one; None for a gap.
    fn offered(&self) -> Vec<Option<PageLink<'_>>> {
        let here = self.listing.page;
        let mut offered: Vec<Option<PageLink<'_>>> = Vec::new();
        for page in 1..=self.pages {
            if page == 1 || page == self.pages || page.abs_diff(here) <= 2 {
                offered.push(Some(self.link(page)));
            } else if offered.last().is_some_and(Option::is_some) {
                offered.push(None);
            }
        }
        offered
    }

    fn link(&self, page: u64) -> PageLink<'_> {
        PageLink { listing: self.listing, page }
    }
}

/// The address of another page of the same list. A template for the sake of its percent-encoding.
#[derive(Template)]
#[template(
    source = "{{ routes::LIST }}?q={{ listing.q|urlencode_strict }}&order={{ listing.order.name() }}&page={{ page }}",
    ext = "txt"
)]
struct PageLink<'a> {
    listing: &'a Listing,
    page: u64,
}

/// One book.
#[derive(Template)]
#[template(path = "detail.html", config = "examples/book_web/askama.toml")]
pub(crate) struct DetailPage<'a> {
    pub(crate) book: &'a Book,
    /// Who else is named on the cover.
    pub(crate) credits: &'a [String],
    /// Other books of the same author.
    pub(crate) others: &'a [Book],
    /// What just happened.
    pub(crate) notice: Option<&'static str>,
}

impl DetailPage<'_> {
    fn title(&self) -> &str {
        &self.book.title
    }
}

/// The form that adds a book or edits one.
#[derive(Template)]
#[template(path = "form.html", config = "examples/book_web/askama.toml")]
pub(crate) struct FormPage<'a> {
    pub(crate) title: &'static str,
    pub(crate) action: &'static str,
    pub(crate) back: String,
    pub(crate) form: &'a BookForm,
    pub(crate) errors: &'a Messages,
    /// A book that has the title already.
    pub(crate) namesake: Option<&'a Book>,
}

impl FormPage<'_> {
    fn title(&self) -> &'static str {
        self.title
    }
}

/// The question before a book is deleted.
#[derive(Template)]
#[template(path = "delete.html", config = "examples/book_web/askama.toml")]
pub(crate) struct DeletePage<'a> {
    pub(crate) book: &'a Book,
}

impl DeletePage<'_> {
    fn title(&self) -> &'static str {
        "Delete this book?"
    }
}

/// What went wrong.
#[derive(Template)]
#[template(path = "problem.html", config = "examples/book_web/askama.toml")]
pub(crate) struct ProblemPage<'a> {
    pub(crate) status: u16,
    pub(crate) reason: &'static str,
    pub(crate) explanation: &'a str,
}

impl ProblemPage<'_> {
    fn title(&self) -> &'static str {
        self.reason
    }
}

/// Renders a page; a template fails only if one of its values does, which none of ours can.
pub(crate) fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a template failed");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl IntoResponse for ProblemPage<'_> {
    fn into_response(self) -> Response {
        page(&self)
    }
}
