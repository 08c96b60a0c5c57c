//! The rows into the tables: authors first, then their books, then who else is named on them. What is there already is
//! left alone, so that the same file can be imported again: what an interrupted import left undone is then done. If the
//! database refuses a row, all that was added is taken away.

use std::collections::{HashMap, HashSet};

use dormouse::prelude::*;
use dormouse::{Action, Result};
use futures::stream;
use indicatif::ProgressBar;

use super::super::models::{Author, Book, Credit};
use super::rows::Row;

/// Rows sent before their answers are looked at, and how many of them are under way at once.
const BATCH: usize = 500;
const AT_ONCE: usize = 8;

/// The keys of what was added.
#[derive(Debug, Default)]
pub(super) struct Added {
    pub(super) authors: Vec<i64>,
    pub(super) books: Vec<i64>,
    credits: Vec<i64>,
}

/// What the database refused, and whether all that was added before could be taken away.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(super) error: dormouse::Error,
    pub(super) taken_back: Result<()>,
}

/// Writes the rows; on an error, nothing of them stays.
pub(super) async fn write(rows: &[Row], bar: &ProgressBar) -> Result<Added, Refused> {
    let mut added = Added::default();
    match added.add(rows, bar).await {
        Ok(()) => Ok(added),
        Err(error) => {
            bar.set_message("taking back");
            Err(Refused { error, taken_back: added.take_back().await })
        }
    }
}

impl Added {
    async fn add(&mut self, rows: &[Row], bar: &ProgressBar) -> Result<()> {
        let authors = Authors(self.add_authors(rows, bar).await?);
        let books = Books(self.add_books(rows, &authors, bar).await?);
        self.add_credits(rows, &authors, &books, bar).await
    }

    /// All authors by name, after those of the rows were added.
    async fn add_authors(&mut self, rows: &[Row], bar: &ProgressBar) -> Result<HashMap<String, i64>> {
        let mut known: HashMap<String, i64> = Author::objects().values(|a| (a.name, a.id)).await?.into_iter().collect();
        let mut seen = HashSet::new();
        let names = rows.iter().flat_map(|row| &row.authors);
        let new = names.filter(|name| !known.contains_key(*name) && seen.insert(*name));
        let new: Vec<Action<Author>> = new.map(|name| Author::objects().acreate(|a| a.name(name))).collect();
        for author in create_all("authors", new, &mut self.authors, bar).await? {
            known.insert(author.name, author.id);
        }
        Ok(known)
    }

    /// All books by what tells them apart, after those of the rows were added.
    async fn add_books(
        &mut self,
        rows: &[Row],
        authors: &Authors,
        bar: &ProgressBar,
    ) -> Result<HashMap<Identity, i64>> {
        let mut known = HashMap::new();
        let mut books = Book::objects().stream();
        while let Some(book) = books.try_next().await? {
            known.insert(identity(&book.title, book.author.id(), book.year), book.id);
        }
        let mut new = Vec::new();
        for row in rows {
            let Some(author) = authors.key(row.author()) else { continue };
            if known.contains_key(&identity(&row.title, author, row.year)) {
                continue;
            }
            // No price: the file has none, and none is made up.
            new.push(Book::objects().acreate(|b| {
                b.title(&row.title)
                    .author(author)
                    .year(row.year)
                    .edition(Book::edition_of(row.year))
                    .isbn(row.isbn.as_deref())
                    .language(row.language.as_deref())
            }));
        }
        for book in create_all("books", new, &mut self.books, bar).await? {
            known.insert(identity(&book.title, book.author.id(), book.year), book.id);
        }
        Ok(known)
    }

    /// Who else is named, for every book of the rows.
    async fn add_credits(&mut self, rows: &[Row], authors: &Authors, books: &Books, bar: &ProgressBar) -> Result<()> {
        let mut known = HashSet::new();
        let mut credits = Credit::objects().stream();
        while let Some(credit) = credits.try_next().await? {
            known.insert((credit.book.id(), credit.author.id()));
        }
        let mut new = Vec::new();
        for row in rows {
            let Some(book) = authors.key(row.author()).and_then(|author| books.key(row, author)) else { continue };
            for (position, name) in (1..).zip(&row.authors).skip(1) {
                match authors.key(name) {
                    Some(author) if known.insert((book, author)) => {
                        new.push(Credit::objects().acreate(|c| c.book(book).author(author).position(position)));
                    }
                    _ => {}
                }
            }
        }
        create_all("further names", new, &mut self.credits, bar).await.map(drop)
    }

    /// Takes away all that was added, what refers to others first.
    async fn take_back(self) -> Result<()> {
        for keys in self.credits.chunks(BATCH) {
            Credit::objects().filter(|c| c.id.in_(keys.iter().copied())).adelete().await?;
        }
        for keys in self.books.chunks(BATCH) {
            Book::objects().filter(|b| b.id.in_(keys.iter().copied())).adelete().await?;
        }
        for keys in self.authors.chunks(BATCH) {
            Author::objects().filter(|a| a.id.in_(keys.iter().copied())).adelete().await?;
        }
        Ok(())
    }
}

/// Creates rows, a few at a time, and notes their keys. A batch is always brought to its end, so that the keys are
/// complete when one of its rows was refused.
async fn create_all<M: Model<Key = i64>>(
    what: &'static str,
    rows: Vec<Action<M>>,
    keys: &mut Vec<i64>,
    bar: &ProgressBar,
) -> Result<Vec<M>> {
    bar.set_message(what);
    bar.set_length(rows.len() as u64);
    bar.set_position(0);
    let mut created = Vec::with_capacity(rows.len());
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let batch = stream::iter(rows.by_ref().take(BATCH)).buffered(AT_ONCE).inspect(|_| bar.inc(1));
        let answers: Vec<Result<M>> = batch.collect().await;
        keys.extend(answers.iter().flatten().map(M::key));
        created.extend(answers.into_iter().collect::<Result<Vec<M>>>()?);
    }
    Ok(created)
}

/// Title, author and year: what tells books apart. The case of the title does not; some databases do not mind it.
type Identity = (String, i64, Option<i32>);

fn identity(title: &str, author: i64, year: Option<i32>) -> Identity {
    (title.to_lowercase(), author, year)
}

/// The keys of all authors.
struct Authors(HashMap<String, i64>);

impl Authors {
    fn key(&self, name: &str) -> Option<i64> {
        self.0.get(name).copied()
    }
}

/// The keys of all books.
struct Books(HashMap<Identity, i64>);

impl Books {
    fn key(&self, row: &Row, author: i64) -> Option<i64> {
        self.0.get(&identity(&row.title, author, row.year)).copied()
    }
}
