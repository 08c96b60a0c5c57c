//! tokio-postgres: cached statements, columns by index, deadpool's pool without pings.

use std::str::FromStr as _;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use futures::TryStreamExt as _;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, NoTls, Row};

use super::Peer;
use super::rusqlite::{Author, Book, User};
use crate::data::{hair_color, name};
use crate::{POOL, Result};

const ALL: &str = "SELECT id, name, hair_color FROM users";

/// The baseline on PostgreSQL.
#[derive(Clone)]
pub struct TokioPostgres(Pool);

impl TokioPostgres {
    /// Connects.
    pub fn connect(url: &str) -> Result<Self> {
        let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(Config::from_str(url)?, NoTls, config);
        Ok(Self(Pool::builder(manager).max_size(POOL).build()?))
    }
}

impl Peer for TokioPostgres {
    type User = User;
    type Book = (Book, Author);

    fn name(&self) -> &'static str {
        "tokio-postgres, by index"
    }

    async fn users(&self) -> Result<Vec<User>> {
        let client = self.0.get().await?;
        let statement = client.prepare_cached(ALL).await?;
        client.query(&statement, &[]).await?.iter().map(user).collect()
    }

    async fn stream(&self) -> Result<usize> {
        let client = self.0.get().await?;
        let statement = client.prepare_cached(ALL).await?;
        let rows = client.query_raw(&statement, std::iter::empty::<&dyn ToSql>()).await?;
        let mut rows = std::pin::pin!(rows);
        let mut count = 0;
        while let Some(row) = rows.try_next().await? {
            std::hint::black_box(user(&row)?);
            count += 1;
        }
        Ok(count)
    }

    async fn user(&self, id: i64) -> Result<User> {
        let client = self.0.get().await?;
        let statement = client.prepare_cached("SELECT id, name, hair_color FROM users WHERE id = $1").await?;
        user(&client.query_one(&statement, &[&id]).await?)
    }

    async fn books(&self) -> Result<Vec<(Book, Author)>> {
        let client = self.0.get().await?;
        let statement = client
            .prepare_cached(
                "SELECT b.id, b.title, b.author_id, a.id, a.name FROM books b JOIN authors a ON a.id = b.author_id",
            )
            .await?;
        client.query(&statement, &[]).await?.iter().map(book).collect()
    }

    async fn insert(&self) -> Result<User> {
        let client = self.0.get().await?;
        let statement = client
            .prepare_cached("INSERT INTO users (name, hair_color) VALUES ($1, $2) RETURNING id, name, hair_color")
            .await?;
        user(&client.query_one(&statement, &[&"Ada", &Some("black")]).await?)
    }

    async fn save(&self, count: usize) -> Result<()> {
        let mut client = self.0.get().await?;
        let transaction = client.transaction().await?;
        for id in 1..=count {
            let user = User { id: id as i64, name: name(id), hair_color: hair_color(id).map(str::to_owned) };
            let update =
                transaction.prepare_cached("UPDATE users SET name = $1, hair_color = $2 WHERE id = $3").await?;
            transaction.execute(&update, &[&user.name, &user.hair_color, &user.id]).await?;
        }
        Ok(transaction.commit().await?)
    }
}

fn user(row: &Row) -> Result<User> {
    Ok(User { id: row.try_get(0)?, name: row.try_get(1)?, hair_color: row.try_get(2)? })
}

fn book(row: &Row) -> Result<(Book, Author)> {
    let book = Book { id: row.try_get(0)?, title: row.try_get(1)?, author_id: row.try_get(2)? };
    Ok((book, Author { id: row.try_get(3)?, name: row.try_get(4)? }))
}
