//! diesel-async with deadpool, on either database: Diesel's own SQLite client behind `spawn_blocking`, tokio-postgres.

use std::path::Path;

use diesel::prelude::*;
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use futures::{FutureExt as _, TryStreamExt as _};

use super::diesel::{ADA, Author, Book, User, authors, books, users};
use super::{Peer, Ping};
use crate::data::sqlite::PRAGMAS;
use crate::data::{hair_color, name};
use crate::{POOL, Result};

type SqliteConnection = SyncConnectionWrapper<diesel::SqliteConnection>;

/// diesel-async on SQLite.
#[derive(Clone)]
pub struct Sqlite {
    pool: Pool<SqliteConnection>,
    ping: Ping,
}

impl Sqlite {
    /// Opens a file.
    pub fn open(path: &Path, ping: Ping) -> Result<Self> {
        let mut config = ManagerConfig::<SqliteConnection>::default();
        config.recycling_method = recycling(ping);
        config.custom_setup = Box::new(|path| {
            let path = path.to_owned();
            async move {
                let mut connection = SqliteConnection::establish(&path).await?;
                connection.batch_execute(PRAGMAS).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(connection)
            }
            .boxed()
        });
        let manager = AsyncDieselConnectionManager::new_with_config(path.to_string_lossy(), config);
        Ok(Self { pool: Pool::builder(manager).max_size(POOL).build()?, ping })
    }
}

impl Peer for Sqlite {
    type User = User;
    type Book = (Book, Author);

    fn name(&self) -> &'static str {
        self.ping.name("diesel-async, default pings", "diesel-async")
    }

    async fn users(&self) -> Result<Vec<User>> {
        let mut connection = self.pool.get().await?;
        Ok(users::table.select(User::as_select()).load(&mut connection).await?)
    }

    async fn stream(&self) -> Result<usize> {
        let mut connection = self.pool.get().await?;
        let mut users = users::table.select(User::as_select()).load_stream(&mut connection).await?;
        let mut count = 0;
        while let Some(user) = users.try_next().await? {
            std::hint::black_box(user);
            count += 1;
        }
        Ok(count)
    }

    async fn user(&self, id: i64) -> Result<User> {
        let mut connection = self.pool.get().await?;
        Ok(users::table.find(id).select(User::as_select()).first(&mut connection).await?)
    }

    async fn books(&self) -> Result<Vec<(Book, Author)>> {
        let mut connection = self.pool.get().await?;
        let joined = books::table.inner_join(authors::table).select((Book::as_select(), Author::as_select()));
        Ok(joined.load(&mut connection).await?)
    }

    async fn insert(&self) -> Result<User> {
        let mut connection = self.pool.get().await?;
        let insert = diesel::insert_into(users::table).values(ADA).returning(User::as_returning());
        Ok(insert.get_result(&mut connection).await?)
    }

    async fn save(&self, count: usize) -> Result<()> {
        let mut connection = self.pool.get().await?;
        let saved = connection.transaction(async |connection| {
            for id in 1..=count {
                let user = User { id: id as i64, name: name(id), hair_color: hair_color(id).map(str::to_owned) };
                diesel::update(users::table.find(user.id)).set(&user).execute(connection).await?;
            }
            Ok::<_, diesel::result::Error>(())
        });
        Ok(saved.await?)
    }
}

/// diesel-async on PostgreSQL.
#[derive(Clone)]
pub struct Postgres {
    pool: Pool<AsyncPgConnection>,
    ping: Ping,
}

impl Postgres {
    /// Connects.
    pub fn connect(url: &str, ping: Ping) -> Result<Self> {
        let mut config = ManagerConfig::<AsyncPgConnection>::default();
        config.recycling_method = recycling(ping);
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        Ok(Self { pool: Pool::builder(manager).max_size(POOL).build()?, ping })
    }
}

impl Peer for Postgres {
    type User = User;
    type Book = (Book, Author);

    fn name(&self) -> &'static str {
        self.ping.name("diesel-async, default pings", "diesel-async")
    }

    async fn users(&self) -> Result<Vec<User>> {
        let mut connection = self.pool.get().await?;
        Ok(users::table.select(User::as_select()).load(&mut connection).await?)
    }

    async fn stream(&self) -> Result<usize> {
        let mut connection = self.pool.get().await?;
        let mut users = users::table.select(User::as_select()).load_stream(&mut connection).await?;
        let mut count = 0;
        while let Some(user) = users.try_next().await? {
            std::hint::black_box(user);
            count += 1;
        }
        Ok(count)
    }

    async fn user(&self, id: i64) -> Result<User> {
        let mut connection = self.pool.get().await?;
        Ok(users::table.find(id).select(User::as_select()).first(&mut connection).await?)
    }

    async fn books(&self) -> Result<Vec<(Book, Author)>> {
        let mut connection = self.pool.get().await?;
        let joined = books::table.inner_join(authors::table).select((Book::as_select(), Author::as_select()));
        Ok(joined.load(&mut connection).await?)
    }

    async fn insert(&self) -> Result<User> {
        let mut connection = self.pool.get().await?;
        let insert = diesel::insert_into(users::table).values(ADA).returning(User::as_returning());
        Ok(insert.get_result(&mut connection).await?)
    }

    async fn save(&self, count: usize) -> Result<()> {
        let mut connection = self.pool.get().await?;
        let saved = connection.transaction(async |connection| {
            for id in 1..=count {
                let user = User { id: id as i64, name: name(id), hair_color: hair_color(id).map(str::to_owned) };
                diesel::update(users::table.find(user.id)).set(&user).execute(connection).await?;
            }
            Ok::<_, diesel::result::Error>(())
        });
        Ok(saved.await?)
    }
}

fn recycling<C>(ping: Ping) -> RecyclingMethod<C> {
    match ping {
        Ping::Default => RecyclingMethod::default(),
        Ping::Off => RecyclingMethod::Fast,
    }
}
