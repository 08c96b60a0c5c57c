//! Databases for tests. They stand beside the act because the drop of one waits.

use std::fmt;
use std::future::Future;
use std::thread;
use std::time::Duration;

use super::wait::wait;
use crate::driver::Throwaway;
use crate::error::{ConnectionFault, Error, Result};
use crate::exec::Database;

/// How long a removal may take that is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A new, empty database for a test, which is gone afterwards: for what a
/// [`test_scope`](Database::test_scope) cannot hold, such as spawned tasks, several connections, or changes of the schema on
/// MySQL (Django's `TransactionTestCase`).
///
/// [`remove`](Self::remove) removes it; so does dropping it, which waits for that on the dropping thread.
pub struct TestDatabase {
    database: Database,
    place: Place,
}

impl TestDatabase {
    /// Makes a database of a random name on the server that a URL names, or a SQLite file in the temporary folder, with the
    /// options of the URL.
    ///
    /// # Errors
    /// Those of [`Database::connect`], and `Database` if the user may not create databases.
    pub async fn create(url: &str) -> Result<Self> {
        let place = Place(Some(Throwaway::beside(url)?));
        place.get()?.create().await?;
        let database = Database::connect(place.get()?.url()).await?;
        Ok(Self { database, place })
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The URL to connect to it again, with the password if there is one.
    pub fn url(&self) -> &str {
        self.place.0.as_ref().map(Throwaway::url).unwrap_or_default()
    }

    /// Runs a future in which this is the default database. Tasks that it spawns do not inherit it.
    pub async fn scope<F: Future>(&self, future: F) -> F::Output {
        self.database.scope(future).await
    }

    /// Closes the connections and removes the database.
    ///
    /// # Errors
    /// Those of the server, or of the file system.
    pub async fn remove(mut self) -> Result<()> {
        self.database.close().await;
        let removed = self.place.get()?.remove().await;
        self.place.0 = None;
        removed
    }
}

/// Where the database is; none when it is gone.
struct Place(Option<Throwaway>);

impl Place {
    fn get(&self) -> Result<&Throwaway> {
        self.0.as_ref().ok_or_else(|| Error::connection(ConnectionFault::Closed, "the database was removed"))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(place) = self.0.take() else { return };
        // On a thread that may wait; this one may drive tasks.
        let removing = thread::spawn(move || {
            let removed = async { tokio::time::timeout(PATIENCE, place.remove()).await.map_err(Error::other)? };
            wait("remove", removed)
        });
        let removed = removing.join().unwrap_or_else(|_| Err(Error::other("the removal panicked")));
        if let Err(error) = removed {
            tracing::error!(target: "dormouse", %error, "a test's database could not be removed");
        }
    }
}

impl fmt::Debug for TestDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TestDatabase").field(&self.database).finish()
    }
}
