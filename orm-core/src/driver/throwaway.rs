//! Databases for a while: empty at first, and gone with everything in them.

mod words;

use std::fmt;
use std::path::PathBuf;

use url::Url;
use uuid::Uuid;

pub(super) use self::words::Words;
use super::grammar::wrong_url;
use super::url::{Scheme, scheme};
use super::{connect, mysql, postgres, sqlite};
use crate::error::Result;
use crate::statement::Statement;

/// A database with a name of its own beside the one of a URL: on the same server, or a file in the temporary folder.
///
/// Nothing is there before [`create`](Self::create), and it stays until [`remove`](Self::remove).
pub struct Throwaway {
    url: String,
    place: Place,
}

enum Place {
    /// With the file and what lies beside it.
    Folder(PathBuf),
    Server {
        /// Where databases are made from.
        url: String,
        words: Words,
    },
}

impl Throwaway {
    /// Finds a name. The options of the URL hold for the new database too.
    ///
    /// # Errors
    /// `Configuration` for a URL that names no database.
    pub fn beside(url: &str) -> Result<Self> {
        let name = format!("dormouse_test_{}", Uuid::new_v4().simple());
        let words = match scheme(url)? {
            Scheme::Sqlite => {
                let (folder, url) = sqlite::throwaway(url, &name)?;
                return Ok(Self { url, place: Place::Folder(folder) });
            }
            Scheme::Postgres => postgres::throwaway(&name),
            Scheme::Mysql => mysql::throwaway(&name),
        };
        let mut own = Url::parse(url).map_err(|error| wrong_url(format!("{error} in the database URL")))?;
        own.set_path(&name);
        Ok(Self { url: own.into(), place: Place::Server { url: url.to_owned(), words } })
    }

    /// The URL to connect to it, with the password if there is one.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Makes the database.
    ///
    /// # Errors
    /// `Database` if the user may not create databases.
    pub async fn create(&self) -> Result<()> {
        match &self.place {
            Place::Folder(folder) => sqlite::make_folder(folder),
            Place::Server { url, words } => {
                let server = connect(url).await?;
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
        match &self.place {
            Place::Folder(folder) => sqlite::remove_folder(folder),
            Place::Server { url, words } => {
                let server = connect(url).await?;
                let removed = words.remove_from(&server).await;
                server.close().await;
                removed
            }
        }
    }
}

impl fmt::Debug for Throwaway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL may hold a password.
        f.debug_struct("Throwaway").finish_non_exhaustive()
    }
}
