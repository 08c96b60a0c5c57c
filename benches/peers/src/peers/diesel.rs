//! Diesel: synchronous, inline in the calling task.

use std::path::Path;

use diesel::connection::{DefaultLoadingMode, SimpleConnection as _};
use diesel::prelude::*;

use super::Peer;
use super::connections::Connections;
use crate::Result;
use crate::data::sqlite::PRAGMAS;
use crate::data::{hair_color, name};

diesel::table! {
    users (id) {
        id -> BigInt,
        name -> Text,
        hair_color -> Nullable<Text>,
    }
}

diesel::table! {
    authors (id) {
        id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    books (id) {
        id -> BigInt,
        title -> Text,
        author_id -> BigInt,
    }
}

diesel::joinable!(books -> authors (author_id));
diesel::allow_tables_to_appear_in_same_query!(books, authors);

/// A user.
#[derive(AsChangeset, Queryable, Selectable)]
#[diesel(table_name = users, treat_none_as_null = true)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub hair_color: Option<String>,
}

/// A user without a key.
#[derive(Insertable)]
#[diesel(table_name = users)]
pub struct NewUser<'a> {
    pub name: &'a str,
    pub hair_color: Option<&'a str>,
}

/// The user that is inserted.
pub const ADA: NewUser<'static> = NewUser { name: "Ada", hair_color: Some("black") };

/// An author.
#[derive(Queryable, Selectable)]
#[diesel(table_name = authors)]
pub struct Author {
    pub id: i64,
    pub name: String,
}

/// A book.
#[derive(Queryable, Selectable)]
#[diesel(table_name = books)]
pub struct Book {
    pub id: i64,
    pub title: String,
    pub author_id: i64,
}

/// Diesel on SQLite.
#[derive(Clone)]
pub struct Diesel(Connections<SqliteConnection>);

impl Diesel {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self> {
        let path = path.to_string_lossy();
        let open = || -> Result<SqliteConnection> {
            let mut connection = SqliteConnection::establish(&path)?;
            connection.batch_execute(PRAGMAS)?;
            Ok(connection)
        };
        Ok(Self(Connections::open(open)?))
    }
}

impl Peer for Diesel {
    type User = User;
    type Book = (Book, Author);

    fn name(&self) -> &'static str {
        "Diesel (sync)"
    }

    async fn users(&self) -> Result<Vec<User>> {
        self.0.with(|connection| Ok(users::table.select(User::as_select()).load(connection)?))
    }

    async fn stream(&self) -> Result<usize> {
        self.0.with(|connection| {
            let mut count = 0;
            for user in users::table.select(User::as_select()).load_iter::<User, DefaultLoadingMode>(connection)? {
                std::hint::black_box(user?);
                count += 1;
            }
            Ok(count)
        })
    }

    async fn user(&self, id: i64) -> Result<User> {
        self.0.with(|connection| Ok(users::table.find(id).select(User::as_select()).first(connection)?))
    }

    async fn books(&self) -> Result<Vec<(Book, Author)>> {
        self.0.with(|connection| {
            let joined = books::table.inner_join(authors::table).select((Book::as_select(), Author::as_select()));
            Ok(joined.load(connection)?)
        })
    }

    async fn insert(&self) -> Result<User> {
        self.0.with(|connection| {
            Ok(diesel::insert_into(users::table).values(ADA).returning(User::as_returning()).get_result(connection)?)
        })
    }

    async fn save(&self, count: usize) -> Result<()> {
        self.0.with(|connection| {
            connection.transaction(|connection| {
                for id in 1..=count {
                    let user = User { id: id as i64, name: name(id), hair_color: hair_color(id).map(str::to_owned) };
                    diesel::update(users::table.find(user.id)).set(&user).execute(connection)?;
                }
                Ok::<_, diesel::result::Error>(())
            })?;
            Ok(())
        })
    }
}
