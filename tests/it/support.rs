//! The matrix: a test body, run on every database, each time on an empty one of its own.

mod dice;
mod explain;
mod explaining;
pub(crate) mod leak;
mod locales;
mod panics;
mod plain;
mod poll_budget;
pub(crate) mod proxy;
mod rig;
pub(crate) mod server;
mod share;
pub(crate) mod worker;

use std::env;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use dormouse::driver::Throwaway;
use dormouse::{Database, Result};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use tokio::runtime::Builder;
use tokio::time::timeout;

/// Turns each `async fn name(db: &Database) -> Result<()>` into three tests: `name::sqlite`, `name::postgres` and
/// `name::mariadb`. The database is also the default one while the body runs.
macro_rules! matrix {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: &Database) -> $result:ty $body:block)*) => {$(
        $crate::support::on_each!(
            $(#[$meta])* async fn $name($db: &Database) -> $result $body
            on sqlite, postgres, mariadb
        );
    )*};
}

pub(crate) use dice::Dice;
pub(crate) use explain::{Content, check_index, fill_up, uses_index};
pub(crate) use explaining::{Plans, explaining};
pub(crate) use locales::{everywhere, locales, on_each};
pub(crate) use matrix;
pub(crate) use poll_budget::{poll_budget, poll_budget_and_wake};
pub(crate) use rig::{Rig, run_rig, sweep};
pub(crate) use share::{share_of, tell};

/// A test body, at work.
pub(crate) type Work<'a> = LocalBoxFuture<'a, Result<()>>;

/// Runs a test body on the place of a name, in a runtime of its own.
pub(crate) fn run_named(place: &str, body: fn(&Database) -> Work<'_>) -> Result<()> {
    in_runtime(Box::pin(async { run(Place::named(place).await?, body).await }))
}

/// Runs a whole test on the calling thread.
pub(crate) fn in_runtime(test: Work<'_>) -> Result<()> {
    Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(test)
}

/// Runs a test body on a place of its own, and takes the place away, whatever happens.
pub(crate) async fn run(place: Place, body: impl AsyncFnOnce(&Database) -> Result<()>) -> Result<()> {
    let db = Database::connect(place.url()).await?;
    let test: Work<'_> = Box::pin(body(&db));
    let outcome = outcome(Box::pin(db.scope(test))).await;
    conclude(place, db, outcome).await
}

/// Takes a place away, and gives the test's own outcome.
async fn conclude(place: Place, db: Database, outcome: Outcome) -> Result<()> {
    db.close().await;
    let plain = if matches!(place, Place::File { .. }) { plain::is_plain(place.url()) } else { Ok(()) };
    place.remove().await?;
    let result = outcome.unwrap_or_else(|panic| resume_unwind(panic));
    plain.expect("a file that other programs can use");
    result
}

/// How a test ends: with a result, or with a panic.
type Outcome = std::thread::Result<Result<()>>;

/// Runs a test to its end; one that takes too long panics.
async fn outcome(test: Work<'_>) -> Outcome {
    let patience = patience();
    let in_time =
        async { timeout(patience, test).await.unwrap_or_else(|_| panic!("the test took longer than {patience:?}")) };
    AssertUnwindSafe(in_time).catch_unwind().await
}

/// How long a test may take before it counts as hanging.
pub(crate) fn patience() -> Duration {
    share_of(Duration::from_secs(3600), Duration::from_secs(120))
}

/// An empty database for one test. (Small, because the futures of tests hold it more than once.)
pub(crate) enum Place {
    File { url: String, database: Box<Throwaway> },
    Server { url: String, database: Box<Throwaway> },
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let database = Throwaway::beside("sqlite::memory:").expect("a URL");
        // There is no server to wait for.
        database.create().now_or_never().expect("a folder at once").expect("a folder");
        Self::File { url: database.url().to_owned(), database: Box::new(database) }
    }

    pub(crate) async fn postgres() -> Result<Self> {
        Self::beside(&server("DORMOUSE_TEST_POSTGRES")).await
    }

    pub(crate) async fn mariadb() -> Result<Self> {
        Self::beside(&server("DORMOUSE_TEST_MYSQL")).await
    }

    /// On the server of a URL.
    pub(crate) async fn beside(server: &str) -> Result<Self> {
        let database = Throwaway::beside(server)?;
        database.create().await?;
        Ok(Self::Server { url: database.url().to_owned(), database: Box::new(database) })
    }

    /// The same place, connected to with parameters of the URL.
    pub(crate) fn with(mut self, parameters: &str) -> Self {
        let (Self::File { url, .. } | Self::Server { url, .. }) = &mut self;
        if !parameters.is_empty() {
            let sign = if url.contains('?') { '&' } else { '?' };
            *url = format!("{url}{sign}{parameters}");
        }
        self
    }

    pub(crate) fn url(&self) -> &str {
        let (Self::File { url, .. } | Self::Server { url, .. }) = self;
        url
    }

    pub(crate) async fn remove(self) -> Result<()> {
        let (Self::File { database, .. } | Self::Server { database, .. }) = &self;
        database.remove().await
    }
}

/// Also of a test that failed, a file goes: there is no server to wait for.
impl Drop for Place {
    fn drop(&mut self) {
        if let Self::File { database, .. } = self {
            database.remove().now_or_never().expect("at once").unwrap_or_default();
        }
    }
}

/// The server that a variable names.
pub(crate) fn server(variable: &str) -> String {
    env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run the tests with `tests/run`, which finds or starts the servers")
    })
}
