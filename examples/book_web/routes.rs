//! Every address of the site, once. The router takes its patterns from here and every link is reversed from the same
//! name, so that an address is changed in one line and a link to a page that does not exist does not compile.

use std::fmt;

pub(crate) const LIST: Page = Page("/");
pub(crate) const ADD: Page = Page("/add");
pub(crate) const JSON: Page = Page("/books.json");
pub(crate) const NDJSON: Page = Page("/books.ndjson");
pub(crate) const STYLE: Page = Page("/static/style.css");
pub(crate) const ICON: Page = Page("/static/icon.svg");

pub(crate) const DETAIL: BookPage = BookPage("/detail/{id}");
pub(crate) const EDIT: BookPage = BookPage("/detail/{id}/edit");
pub(crate) const DELETE: BookPage = BookPage("/detail/{id}/delete");

/// A page with a fixed address, which is also its link: `{{ LIST }}` in a template.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page(&'static str);

impl Page {
    /// What the router matches.
    pub(crate) const fn pattern(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A page about one book: `{{ DETAIL.of(book.id) }}` in a template.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BookPage(&'static str);

impl BookPage {
    /// What the router matches.
    pub(crate) const fn pattern(self) -> &'static str {
        self.0
    }

    /// The link for the book with this key.
    pub(crate) fn of(self, id: impl fmt::Display) -> String {
        self.0.replace("{id}", &id.to_string())
    }
}
