//! Databases for a while: empty at first, and gone with everything in them.

mod place;
mod words;

use std::path::Path;
use std::{fmt, fs, io};

use uuid::Uuid;

pub(super) use self::place::Place;
pub(super) use self::words::Words;
use super::url::{Scheme, scheme};
use super::{connect, mysql, postgres, sqlite};
use crate::error::{ConnectionFault, Error, Result};
use crate::statement::Statement;

/// A database with a name of its own beside the one of a URL: on the same server, or a file in the temporary folder.
///
/// Nothing is there before [`create`](Self::create), and it stays until [`remove`](Self::remove).
pub struct Throwaway(Place);

impl Throwaway {
    /// Finds a name. The options of the URL hold for the new database too.
    ///
    /// # Errors
    /// `Configuration` for a URL that names no database.
    pub fn beside(url: &str) -> Result<Self> {
        let name = format!("dormouse_test_{}", Uuid::new_v4().simple());
        let place = match scheme(url)? {
            Scheme::Sqlite => sqlite::throwaway(url, &name),
            Scheme::Postgres => postgres::throwaway(url, &name),
            Scheme::Mysql => mysql::throwaway(url, &name),
        };
        place.map(Self)
    }

    /// The URL to connect to it, with the password if there is one.
    pub fn url(&self) -> &str {
        let (Place::Folder { url, .. } | Place::Server { url, .. }) = &self.0;
        url
    }

    /// Makes the database.
    ///
    /// # Errors
    /// `Database` if the user may not create databases.
    pub async fn create(&self) -> Result<()> {
        match &self.0 {
            Place::Folder { folder, .. } => make_folder(folder),
            Place::Server { from, words, .. } => {
                let server = connect(from).await?;
                let created = server.execute(Statement::schema(words.create.as_str())).await;
                server.close().await;
                created.map(drop)
            }
        }
    }

    /// Removes the database, if it is there, whichever sessions are connected to it.
    ///
    /// # Errors
    /// Those of the server, or of the file system.
    pub async fn remove(&self) -> Result<()> {
        match &self.0 {
            Place::Folder { folder, .. } => remove_folder(folder),
            Place::Server { from, words, .. } => {
                let server = connect(from).await?;
                let removed = words.remove_from(&server).await;
                server.close().await;
                removed
            }
        }
    }
}

fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir(folder).map_err(|error| failed("make", error))
}

fn remove_folder(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", error)),
        _ => Ok(()),
    }
}

fn failed(verb: &str, error: io::Error) -> Error {
    Error::connection(ConnectionFault::File, format!("cannot {verb} a folder for a database: {error}"))
        .with_source(error)
}

impl fmt::Debug for Throwaway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL may hold a password.
        f.debug_struct("Throwaway").finish_non_exhaustive()
    }
}
