//! The book demo, driven over HTTP from end to end: the same site that `cargo run --example book_web` serves.

#![allow(clippy::expect_used)]

// Its `main` and its command line are not used here.
#[allow(dead_code)]
#[path = "../../examples/book_web/main.rs"]
mod book_web;
mod browsing;
mod changing;
mod contested;
mod guarded;
mod importing;
mod migrating;
mod serving;

use std::fs;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use dormouse::prelude::*;
use dormouse::{Database, Result};
use indicatif::ProgressBar;
use tempfile::TempDir;
use tower::ServiceExt;
use url::form_urlencoded;

use book_web::import::{Imported, OnError, import};
use book_web::middleware::AccessLog;
use book_web::models::{Author, Book, Credit};
use book_web::{catalogue, database, site};

/// The site, and a folder for its files.
struct Site {
    router: Router,
    folder: TempDir,
}

/// An answer, whole.
struct Page {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
    pieces: usize,
}

impl Site {
    /// The site on empty tables.
    async fn empty(db: &Database) -> Result<Self> {
        database::prepare(db).await?;
        let folder = TempDir::new().map_err(dormouse::Error::other)?;
        let log = fs::File::create(folder.path().join("access.log")).map_err(dormouse::Error::other)?;
        Ok(Self { router: site::router(AccessLog::new(log)), folder })
    }

    /// The site with its small catalogue.
    async fn filled(db: &Database) -> Result<Self> {
        let site = Self::empty(db).await?;
        database::fill_if_empty().await?;
        Ok(site)
    }

    async fn get(&self, path: &str) -> Page {
        self.ask(Request::get(path).body(Body::empty())).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(form.into())).await
    }

    async fn ask(&self, request: axum::http::Result<Request<Body>>) -> Page {
        let request = request.expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let pieces: Vec<_> = body.into_data_stream().try_collect().await.expect("a whole body");
        let text = String::from_utf8(pieces.concat()).expect("a body of text");
        Page { status: parts.status, headers: parts.headers, text, pieces: pieces.len() }
    }

    /// The list of a search.
    async fn search(&self, text: &str) -> Page {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", text).finish();
        self.get(&format!("/?{query}")).await
    }

    async fn import(&self, csv: &str, on_error: OnError) -> std::result::Result<Imported, String> {
        let file = self.folder.path().join("books.csv");
        fs::write(&file, csv).map_err(|error| error.to_string())?;
        import(&file, on_error, &ProgressBar::hidden()).await.map_err(|failure| failure.to_string())
    }
}

impl Page {
    #[track_caller]
    fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    #[track_caller]
    fn has(self, text: &str) -> Self {
        assert!(self.text.contains(text), "no {text:?} in:\n{}", self.text);
        self
    }

    #[track_caller]
    fn lacks(self, text: &str) -> Self {
        assert!(!self.text.contains(text), "{text:?} in:\n{}", self.text);
        self
    }

    /// Where a redirect leads.
    #[track_caller]
    fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers[header::LOCATION].to_str().expect("an address")
    }

    /// The titles of a list, in order.
    fn titles(&self) -> Vec<&str> {
        let rows = self.text.split("<th scope=\"row\">").skip(1);
        rows.filter_map(|row| row.split_once("\">")?.1.split_once("</a>").map(|(title, _)| title)).collect()
    }
}

const DUNE: [(&str, &str); 4] = [("title", "Dune"), ("author", "Frank Herbert"), ("year", "1965"), ("price", "9.99")];

/// The key of a book of the catalogue.
async fn key_of(title: &str) -> Result<i64> {
    Ok(Book::objects().aget(|b| b.title.eq(title)).await?.id)
}
