//! The pages with the book form: one to add a book, one to edit it. A struct handler, because they differ by a value.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use axum::RequestExt;
use axum::extract::{Form, FromRequest, Path, Request};
use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use dormouse::prelude::*;
use tokio::time::timeout;

use super::forms::{BookForm, Entry, Messages};
use super::models::{Author, Book};
use super::pages;
use super::problem::Problem;
use super::routes;
use super::views::{self, FormPage};

/// The form's two uses, each a handler for GET (show it) and POST (save it).
#[derive(Debug, Clone, Copy)]
pub(crate) enum FormView {
    Add,
    Edit,
}

impl Handler<(), ()> for FormView {
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, _state: ()) -> Self::Future {
        Box::pin(async move { self.respond(request).await.into_response() })
    }
}

impl FormView {
    async fn respond(self, mut request: Request) -> Result<Response, Problem> {
        let book = match self {
            Self::Add => None,
            Self::Edit => {
                let id = request.extract_parts::<Path<String>>().await.map_err(|_| Problem::internal())?;
                Some(pages::find(&id).await?)
            }
        };
        if request.method() != Method::POST {
            let form = book.as_ref().map(BookForm::of).unwrap_or_default();
            return Ok(self.page(book.as_ref(), &form, &Refusal::default()));
        }
        let form = received(request, PATIENCE).await?;
        match save(&form, book.as_ref()).await? {
            Ok(id) => Ok(Redirect::to(&format!("{}?done={}", routes::DETAIL.of(id), self.done())).into_response()),
            Err(refusal) => {
                let page = self.page(book.as_ref(), &form, &refusal);
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
        }
    }

    /// The form with everything that was typed, and the messages beside it.
    fn page(self, book: Option<&Book>, form: &BookForm, refusal: &Refusal) -> Response {
        let (title, action) = match self {
            Self::Add => ("Add a book", "Add the book"),
            Self::Edit => ("Edit the book", "Save"),
        };
        let back = book.map_or_else(|| routes::LIST.to_string(), |book| routes::DETAIL.of(book.id));
        let namesake = refusal.namesake.as_ref();
        views::page(&FormPage { title, action, back, form, errors: &refusal.messages, namesake })
    }

    fn done(self) -> &'static str {
        match self {
            Self::Add => "added",
            Self::Edit => "changed",
        }
    }
}

/// How long a form may take to arrive.
const PATIENCE: Duration = Duration::from_secs(15);

/// The form, once it is here. Until then no database is asked, so that a slow browser holds none of its connections.
pub(crate) async fn received(request: Request, patience: Duration) -> Result<BookForm, Problem> {
    match timeout(patience, Form::<BookForm>::from_request(request, &())).await {
        Ok(Ok(Form(form))) => Ok(form),
        Ok(Err(rejection)) => Err(Problem::unreadable_form(rejection.into_response().status())),
        Err(_) => Err(Problem::unreadable_form(StatusCode::REQUEST_TIMEOUT)),
    }
}

/// Why a form was not saved.
#[derive(Debug, Default)]
struct Refusal {
    messages: Messages,
    /// A book that has the title already.
    namesake: Option<Book>,
}

impl From<Messages> for Refusal {
    fn from(messages: Messages) -> Self {
        Self { messages, namesake: None }
    }
}

/// How often a form is saved if others save theirs in the same moment.
const ATTEMPTS: usize = 3;

/// Saves the form as a new book or into an existing one: its key, or why not.
async fn save(form: &BookForm, book: Option<&Book>) -> Result<Result<i64, Refusal>, Problem> {
    let entry = match form.checked() {
        Ok(entry) => entry,
        Err(messages) => return Ok(Err(messages.into())),
    };
    for _ in 0..ATTEMPTS {
        if let Some(refusal) = refuse_known(form, &entry, book).await? {
            return Ok(Err(refusal));
        }
        match write(entry.clone(), book.cloned()).await {
            Ok(id) => return Ok(Ok(id)),
            // Between our question and our writing, another request has added the same book, or its author: now both are found.
            Err(error) if error.is_unique_violation() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Err(Messages::one("title", SAME_BOOK).into()))
}

const SAME_BOOK: &str = "This book is already in the catalogue, with the same title, author and year.";

/// Asks the database whether the title is taken, by any other book.
async fn refuse_known(form: &BookForm, entry: &Entry, book: Option<&Book>) -> dormouse::Result<Option<Refusal>> {
    let others = Book::objects().filter_if(book, |b, book| b.pk.ne(book.id)).filter(|b| b.title.iexact(&entry.title));
    let twin = others.clone().filter(|b| b.author.name.iexact(&entry.author) & b.year.eq(entry.year));
    if twin.aexists().await? {
        return Ok(Some(Messages::one("title", SAME_BOOK).into()));
    }
    // A title that was kept, and one that the reader means, may be shared.
    if form.is_another_book() || book.is_some_and(|book| book.title == entry.title) {
        return Ok(None);
    }
    let Some(namesake) = others.select_related(|b| b.author).order_by(|b| b.id.asc()).afirst().await? else {
        return Ok(None);
    };
    let year = namesake.year.map_or_else(String::new, |_| format!(" ({})", namesake.year_text()));
    let message = format!("“{}” by {}{year} is already in the catalogue.", namesake.title, namesake.author_name());
    Ok(Some(Refusal { messages: Messages::one("title", message), namesake: Some(namesake) }))
}

/// Writes the book, after its author if that one is new: both or none.
async fn write(entry: Entry, book: Option<Book>) -> dormouse::Result<i64> {
    atomic(move |tx| {
        let known = Author::objects().filter(|a| a.name.iexact(&entry.author)).order_by(|a| a.id.asc());
        let author = match known.using(tx).first()? {
            Some(author) => author,
            None => Author::new().name(&entry.author).save(tx)?,
        };
        let Entry { title, year, price, isbn, language, .. } = entry;
        let (author, edition) = (ForeignKey::from(&author), Book::edition_of(year));
        let Some(book) = book else {
            let book = Book::new().title(title).author(author.id()).year(year).edition(edition).price(price);
            return Ok(book.isbn(isbn).language(language).save(tx)?.id);
        };
        let mut book = Book { title, author, year, edition, price, isbn, language, ..book };
        book.save(tx)?;
        Ok(book.id)
    })
    .await
}
