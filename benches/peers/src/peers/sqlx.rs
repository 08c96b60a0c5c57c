//! sqlx with `query_as` and its own pool.

use std::path::Path;

use futures::TryStreamExt as _;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{FromRow, PgPool, SqlitePool};

use super::{Peer, Ping};
use crate::data::{hair_color, name};
use crate::{POOL, Result};

const ALL: &str = "SELECT id, name, hair_color FROM users";
const BY_KEY: &str = "SELECT id, name, hair_color FROM users WHERE id = $1";
const BOOKS: &str = "SELECT b.id, b.title, b.author_id, a.id AS a_id, a.name AS a_name
    FROM books b JOIN authors a ON a.id = b.author_id";
const UPDATE: &str = "UPDATE users SET name = $1, hair_color = $2 WHERE id = $3";
const INSERT: &str = "INSERT INTO users (name, hair_color) VALUES ($1, $2) RETURNING id, name, hair_color";

/// A user.
#[derive(FromRow)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub hair_color: Option<String>,
}

/// An author.
#[derive(FromRow)]
pub struct Author {
    #[sqlx(rename = "a_id")]
    pub id: i64,
    #[sqlx(rename = "a_name")]
    pub name: String,
}

/// A book and its author.
#[derive(FromRow)]
pub struct Book {
    pub id: i64,
    pub title: String,
    pub author_id: i64,
    #[sqlx(flatten)]
    pub author: Author,
}

/// sqlx on SQLite.
#[derive(Clone)]
pub struct Sqlite {
    pool: SqlitePool,
    ping: Ping,
}

impl Sqlite {
    /// Opens a file.
    pub async fn open(path: &Path, ping: Ping) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new()
            .max_connections(POOL as u32)
            .min_connections(POOL as u32)
            .test_before_acquire(ping == Ping::Default)
            .connect_with(options)
            .await?;
        Ok(Self { pool, ping })
    }
}

impl Peer for Sqlite {
    type User = User;
    type Book = Book;

    fn name(&self) -> &'static str {
        self.ping.name("sqlx `query_as`, default pings", "sqlx `query_as`")
    }

    async fn users(&self) -> Result<Vec<User>> {
        Ok(sqlx::query_as(ALL).fetch_all(&self.pool).await?)
    }

    async fn stream(&self) -> Result<usize> {
        let mut users = sqlx::query_as::<_, User>(ALL).fetch(&self.pool);
        let mut count = 0;
        while let Some(user) = users.try_next().await? {
            std::hint::black_box(user);
            count += 1;
        }
        Ok(count)
    }

    async fn user(&self, id: i64) -> Result<User> {
        Ok(sqlx::query_as(BY_KEY).bind(id).fetch_one(&self.pool).await?)
    }

    async fn books(&self) -> Result<Vec<Book>> {
        Ok(sqlx::query_as(BOOKS).fetch_all(&self.pool).await?)
    }

    async fn insert(&self) -> Result<User> {
        Ok(sqlx::query_as(INSERT).bind("Ada").bind(Some("black")).fetch_one(&self.pool).await?)
    }

    async fn save(&self, count: usize) -> Result<()> {
        let mut transaction = self.pool.begin().await?;
        for id in 1..=count {
            let user = User { id: id as i64, name: name(id), hair_color: hair_color(id).map(str::to_owned) };
            let update = sqlx::query(UPDATE).bind(&user.name).bind(&user.hair_color).bind(user.id);
            update.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}

/// sqlx on PostgreSQL.
#[derive(Clone)]
pub struct Postgres {
    pool: PgPool,
    ping: Ping,
}

impl Postgres {
    /// Connects.
    pub async fn connect(url: &str, ping: Ping) -> Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(POOL as u32)
            .min_connections(POOL as u32)
            .test_before_acquire(ping == Ping::Default)
            .connect(url)
            .await?;
        Ok(Self { pool, ping })
    }
}

impl Peer for Postgres {
    type User = User;
    type Book = Book;

    fn name(&self) -> &'static str {
        self.ping.name("sqlx `query_as`, default pings", "sqlx `query_as`")
    }

    async fn users(&self) -> Result<Vec<User>> {
        Ok(sqlx::query_as(ALL).fetch_all(&self.pool).await?)
    }

    async fn stream(&self) -> Result<usize> {
        let mut users = sqlx::query_as::<_, User>(ALL).fetch(&self.pool);
        let mut count = 0;
        while let Some(user) = users.try_next().await? {
            std::hint::black_box(user);
            count += 1;
        }
        Ok(count)
    }

    async fn user(&self, id: i64) -> Result<User> {
        Ok(sqlx::query_as(BY_KEY).bind(id).fetch_one(&self.pool).await?)
    }

    async fn books(&self) -> Result<Vec<Book>> {
        Ok(sqlx::query_as(BOOKS).fetch_all(&self.pool).await?)
    }

    async fn insert(&self) -> Result<User> {
        Ok(sqlx::query_as(INSERT).bind("Ada").bind(Some("black")).fetch_one(&self.pool).await?)
    }

    async fn save(&self, count: usize) -> Result<()> {
        let mut transaction = self.pool.begin().await?;
        for id in 1..=count {
            let user = User { id: id as i64, name: name(id), hair_color: hair_color(id).map(str::to_owned) };
            let update = sqlx::query(UPDATE).bind(&user.name).bind(&user.hair_color).bind(user.id);
            update.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}
