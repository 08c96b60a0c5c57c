//! The peers: each does the same work in its own way.

pub mod connections;
pub mod diesel;
pub mod diesel_async;
pub mod dormouse;
pub mod rusqlite;
pub mod sea_orm;
pub mod sqlx;
pub mod tokio_postgres;

use std::future::Future;

use crate::Result;

/// One way to a database. Cloning copies a handle.
pub trait Peer: Clone + Send + Sync + 'static {
    /// `(i64, TEXT, Option<TEXT>)`
    type User: Send + 'static;
    /// A book and its author.
    type Book: Send + 'static;

    /// The name in the tables.
    fn name(&self) -> &'static str;
    /// All users, in a `Vec`.
    fn users(&self) -> impl Future<Output = Result<Vec<Self::User>>> + Send;
    /// All users one by one; how many there were.
    fn stream(&self) -> impl Future<Output = Result<usize>> + Send;
    /// One user by primary key.
    fn user(&self, id: i64) -> impl Future<Output = Result<Self::User>> + Send;
    /// All books, each with its author, by one join.
    fn books(&self) -> impl Future<Output = Result<Vec<Self::Book>>> + Send;
    /// Inserts one user in a transaction of its own and gives the row back.
    fn insert(&self) -> impl Future<Output = Result<Self::User>> + Send;
    /// Writes the users 1 to `count` again, by a statement for each, in one transaction.
    fn save(&self, count: usize) -> impl Future<Output = Result<()>> + Send;
}

/// Whether a pool asks a connection if it lives before it hands it out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ping {
    /// As the peer's own default is.
    Default,
    /// Never: one round trip less.
    Off,
}

impl Ping {
    /// The name in the tables.
    fn name(self, default: &'static str, off: &'static str) -> &'static str {
        match self {
            Self::Default => default,
            Self::Off => off,
        }
    }
}
