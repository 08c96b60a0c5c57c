//! Dormouse, on either database.

use std::path::Path;

use dormouse::prelude::*;

use super::Peer;
use crate::data::{hair_color, name};
use crate::{POOL, Result};

/// A user.
#[derive(Model)]
#[model(table = "users")]
pub struct User {
    pub id: i64,
    pub name: String,
    pub hair_color: Option<String>,
}

/// An author.
#[derive(Model)]
#[model(table = "authors")]
pub struct Author {
    pub id: i64,
    pub name: String,
}

/// A book.
#[derive(Model)]
#[model(table = "books")]
pub struct Book {
    pub id: i64,
    pub title: String,
    #[field(on_delete = Cascade)]
    pub author: ForeignKey<Author>,
}

/// Dormouse as it comes.
#[derive(Clone)]
pub struct Dormouse(Database);

impl Dormouse {
    /// Opens a SQLite file.
    pub async fn sqlite(path: &Path) -> Result<Self> {
        let url = format!("sqlite://{}?mode=rw&synchronous=full&readers={POOL}", path.display());
        Ok(Self(Database::connect(&url).await?))
    }

    /// Connects to PostgreSQL.
    pub async fn postgres(url: &str) -> Result<Self> {
        Ok(Self(Database::connect(&format!("{url}&max_connections={POOL}")).await?))
    }
}

impl Peer for Dormouse {
    type User = User;
    type Book = Book;

    fn name(&self) -> &'static str {
        "**Dormouse**"
    }

    async fn users(&self) -> Result<Vec<User>> {
        Ok(User::objects().using(&self.0).await?)
    }

    async fn stream(&self) -> Result<usize> {
        let mut users = User::objects().using(&self.0).stream();
        let mut count = 0;
        while let Some(user) = users.try_next().await? {
            std::hint::black_box(user);
            count += 1;
        }
        Ok(count)
    }

    async fn user(&self, id: i64) -> Result<User> {
        Ok(User::objects().using(&self.0).aget(|u| u.id.eq(id)).await?)
    }

    async fn books(&self) -> Result<Vec<Book>> {
        let books = Book::objects().select_related(|b| b.author).using(&self.0).await?;
        match books.first() {
            Some(book) if book.author.loaded().is_none() => Err("an author was not loaded".into()),
            _ => Ok(books),
        }
    }

    async fn insert(&self) -> Result<User> {
        let ada = User::objects().using(&self.0).acreate(|u| u.name("Ada").hair_color("black"));
        Ok(ada.await?)
    }

    async fn save(&self, count: usize) -> Result<()> {
        let saved = atomic(move |tx| {
            for id in 1..=count {
                let mut user = User { id: id as i64, name: name(id), hair_color: hair_color(id).map(str::to_owned) };
                user.save(tx)?;
            }
            Ok(())
        });
        Ok(saved.using(&self.0).await?)
    }
}
