//! rusqlite: cached statements, columns by index, inline in the calling task.

use std::path::Path;

use rusqlite::{Connection, Row};

use super::Peer;
use super::connections::Connections;
use crate::Result;
use crate::data::sqlite::PRAGMAS;
use crate::data::{hair_color, name};

/// The baseline on SQLite.
#[derive(Clone)]
pub struct Rusqlite(Connections<Connection>);

impl Rusqlite {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self> {
        let open = || -> Result<Connection> {
            let connection = Connection::open(path)?;
            connection.execute_batch(PRAGMAS)?;
            Ok(connection)
        };
        Ok(Self(Connections::open(open)?))
    }
}

/// A user.
pub struct User {
    pub id: i64,
    pub name: String,
    pub hair_color: Option<String>,
}

/// An author.
pub struct Author {
    pub id: i64,
    pub name: String,
}

/// A book.
pub struct Book {
    pub id: i64,
    pub title: String,
    pub author_id: i64,
}

impl Peer for Rusqlite {
    type User = User;
    type Book = (Book, Author);

    fn name(&self) -> &'static str {
        "rusqlite, by index (sync)"
    }

    async fn users(&self) -> Result<Vec<User>> {
        self.0.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, name, hair_color FROM users")?;
            let users = statement.query_map((), user)?;
            Ok(users.collect::<rusqlite::Result<_>>()?)
        })
    }

    async fn stream(&self) -> Result<usize> {
        self.0.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, name, hair_color FROM users")?;
            let mut count = 0;
            for user in statement.query_map((), user)? {
                std::hint::black_box(user?);
                count += 1;
            }
            Ok(count)
        })
    }

    async fn user(&self, id: i64) -> Result<User> {
        self.0.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, name, hair_color FROM users WHERE id = ?")?;
            Ok(statement.query_row([id], user)?)
        })
    }

    async fn books(&self) -> Result<Vec<(Book, Author)>> {
        self.0.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT b.id, b.title, b.author_id, a.id, a.name FROM books b JOIN authors a ON a.id = b.author_id",
            )?;
            let books = statement.query_map((), |row| {
                let book = Book { id: row.get(0)?, title: row.get(1)?, author_id: row.get(2)? };
                Ok((book, Author { id: row.get(3)?, name: row.get(4)? }))
            })?;
            Ok(books.collect::<rusqlite::Result<_>>()?)
        })
    }

    async fn insert(&self) -> Result<User> {
        self.0.with(|connection| {
            let mut statement = connection
                .prepare_cached("INSERT INTO users (name, hair_color) VALUES (?, ?) RETURNING id, name, hair_color")?;
            Ok(statement.query_row(("Ada", Some("black")), user)?)
        })
    }

    async fn save(&self, count: usize) -> Result<()> {
        self.0.with(|connection| {
            let transaction = connection.transaction()?;
            for id in 1..=count {
                let user = User { id: id as i64, name: name(id), hair_color: hair_color(id).map(str::to_owned) };
                let mut update =
                    transaction.prepare_cached("UPDATE users SET name = ?, hair_color = ? WHERE id = ?")?;
                update.execute((&user.name, &user.hair_color, user.id))?;
            }
            Ok(transaction.commit()?)
        })
    }
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User { id: row.get(0)?, name: row.get(1)?, hair_color: row.get(2)? })
}
