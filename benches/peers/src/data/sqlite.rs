//! The rows in a SQLite file.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use tempfile::TempDir;

use super::{AUTHORS, author_name, hair_color, name, title};
use crate::Result;

/// What every peer sets on every connection: a write-ahead log, and a commit that is on the disk before it is answered.
pub const PRAGMAS: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 60000;";

const SCHEMA: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, hair_color TEXT);
    CREATE TABLE authors (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL);
    CREATE TABLE books (
        id INTEGER PRIMARY KEY NOT NULL,
        title TEXT NOT NULL,
        author_id INTEGER NOT NULL REFERENCES authors (id)
    );
    CREATE INDEX books_author_id ON books (author_id);
";

/// A database file in a directory of its own, which is deleted with it.
pub struct File {
    connection: Connection,
    path: PathBuf,
    _directory: TempDir,
}

impl File {
    /// A new file with empty tables.
    pub fn create() -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("peers.db");
        let connection = Connection::open(&path)?;
        connection.execute_batch(PRAGMAS)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection, path, _directory: directory })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the users those of the ids 1 to `count`, and no others.
    pub fn users(&mut self, count: usize) -> Result<()> {
        let transaction = self.connection.transaction()?;
        transaction.execute("DELETE FROM users", ())?;
        for id in 1..=count {
            transaction
                .prepare_cached("INSERT INTO users (id, name, hair_color) VALUES (?, ?, ?)")?
                .execute(params![id as i64, name(id), hair_color(id)])?;
        }
        transaction.commit()?;
        self.settle()
    }

    /// Makes the books those of the ids 1 to `count`, and no others.
    pub fn books(&mut self, count: usize) -> Result<()> {
        let transaction = self.connection.transaction()?;
        transaction.execute_batch("DELETE FROM books; DELETE FROM authors;")?;
        for id in 1..=AUTHORS {
            transaction
                .prepare_cached("INSERT INTO authors (id, name) VALUES (?, ?)")?
                .execute(params![id as i64, author_name(id)])?;
        }
        for id in 1..=count {
            transaction
                .prepare_cached("INSERT INTO books (id, title, author_id) VALUES (?, ?, ?)")?
                .execute(params![id as i64, title(id), (1 + id % AUTHORS) as i64])?;
        }
        transaction.commit()?;
        self.settle()
    }

    /// Moves the write-ahead log into the file, so that no peer reads through what another one wrote.
    fn settle(&self) -> Result<()> {
        Ok(self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize;")?)
    }
}
