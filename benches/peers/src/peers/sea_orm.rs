//! SeaORM, on either database.

use std::path::Path;

use futures::TryStreamExt as _;
use sea_orm::entity::prelude::*;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ActiveValue, ConnectOptions, Database, DatabaseConnection, TransactionTrait};

use super::{Peer, Ping};
use crate::data::{hair_color, name};
use crate::{POOL, Result};

/// Users.
pub mod user {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        pub hair_color: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Authors.
pub mod author {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "authors")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::book::Entity")]
        Book,
    }

    impl Related<super::book::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Book.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Books.
pub mod book {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "books")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub title: String,
        pub author_id: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::author::Entity", from = "Column::AuthorId", to = "super::author::Column::Id")]
        Author,
    }

    impl Related<super::author::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Author.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// SeaORM's pool, which is sqlx's.
#[derive(Clone)]
pub struct SeaOrm {
    database: DatabaseConnection,
    ping: Ping,
}

impl SeaOrm {
    /// Connects to a SQLite file.
    pub async fn sqlite(path: &Path, ping: Ping) -> Result<Self> {
        let mut options = options(format!("sqlite://{}", path.display()), ping);
        options.map_sqlx_sqlite_opts(|options| {
            options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full)
        });
        Ok(Self { database: Database::connect(options).await?, ping })
    }

    /// Connects to PostgreSQL.
    pub async fn postgres(url: &str, ping: Ping) -> Result<Self> {
        Ok(Self { database: Database::connect(options(url.to_owned(), ping)).await?, ping })
    }
}

fn options(url: String, ping: Ping) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(POOL as u32).min_connections(POOL as u32).sqlx_logging(false);
    options.test_before_acquire(ping == Ping::Default);
    options
}

impl Peer for SeaOrm {
    type User = user::Model;
    type Book = (book::Model, Option<author::Model>);

    fn name(&self) -> &'static str {
        self.ping.name("SeaORM 2, default pings", "SeaORM 2")
    }

    async fn users(&self) -> Result<Vec<user::Model>> {
        Ok(user::Entity::find().all(&self.database).await?)
    }

    async fn stream(&self) -> Result<usize> {
        let mut users = user::Entity::find().stream(&self.database).await?;
        let mut count = 0;
        while let Some(user) = users.try_next().await? {
            std::hint::black_box(user);
            count += 1;
        }
        Ok(count)
    }

    async fn user(&self, id: i64) -> Result<user::Model> {
        Ok(user::Entity::find_by_id(id).one(&self.database).await?.ok_or("no such user")?)
    }

    async fn books(&self) -> Result<Vec<(book::Model, Option<author::Model>)>> {
        Ok(book::Entity::find().find_also_related(author::Entity).all(&self.database).await?)
    }

    async fn insert(&self) -> Result<user::Model> {
        let ada = user::ActiveModel {
            id: ActiveValue::NotSet,
            name: ActiveValue::Set("Ada".to_owned()),
            hair_color: ActiveValue::Set(Some("black".to_owned())),
        };
        Ok(ada.insert(&self.database).await?)
    }

    async fn save(&self, count: usize) -> Result<()> {
        let transaction = self.database.begin().await?;
        for id in 1..=count {
            let user = user::ActiveModel {
                id: ActiveValue::Unchanged(id as i64),
                name: ActiveValue::Set(name(id)),
                hair_color: ActiveValue::Set(hair_color(id).map(str::to_owned)),
            };
            user.update(&transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}
