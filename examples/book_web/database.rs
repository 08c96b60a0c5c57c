//! A new database: its tables, and the small catalogue.

use std::collections::HashMap;

use dormouse::Result;
use dormouse::prelude::*;

use super::catalogue::BOOKS;
use super::models::{Author, Book, Credit};

/// Makes the tables if they are not there.
pub(crate) async fn prepare(database: &Database) -> Result<()> {
    database.create_missing_tables(dormouse::models![Author, Book, Credit]).await
}

/// Fills an empty catalogue; tells how many books were added.
pub(crate) async fn fill_if_empty() -> Result<usize> {
    if Book::objects().aexists().await? {
        return Ok(0);
    }
    let mut authors: HashMap<String, Author> = HashMap::new();
    for author in Author::objects().await? {
        authors.insert(author.name.clone(), author);
    }
    for (title, name, year, price) in BOOKS {
        if !authors.contains_key(name) {
            authors.insert(name.to_owned(), Author::objects().acreate(|a| a.name(name)).await?);
        }
        if let Some(author) = authors.get(name) {
            Book::objects().acreate(|b| b.title(title).author(author).year(year).edition(year).price(price)).await?;
        }
    }
    Ok(BOOKS.len())
}
