//! The matrix: a test body, run on every database, each time on an empty one of its own.

mod dice;
pub(crate) mod leak;
mod panics;
mod poll_budget;
pub(crate) mod proxy;
mod rig;
mod share;

use std::env;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use dormouse::{Database, Result};
use futures::FutureExt;
use tempfile::TempDir;
use tokio::time::timeout;
use url::Url;
use uuid::Uuid;

/// Turns each `async fn name(db: &Database) -> Result<()>` into three tests: `name::sqlite`, `name::postgres` and
/// `name::mariadb`. The database is also the default one while the body runs.
macro_rules! matrix {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: &Database) -> $result:ty $body:block)*) => {$(
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn body($db: &dormouse::Database) -> $result $body

            #[tokio::test]
            async fn sqlite() -> dormouse::Result<()> {
                let place = $crate::support::Place::sqlite();
                $crate::support::run(place, body).await
            }

            #[tokio::test]
            async fn postgres() -> dormouse::Result<()> {
                let place = $crate::support::Place::postgres().await?;
                $crate::support::run(place, body).await
            }

            #[tokio::test]
            async fn mariadb() -> dormouse::Result<()> {
                let place = $crate::support::Place::mariadb().await?;
                $crate::support::run(place, body).await
            }
        }
    )*};
}

pub(crate) use dice::Dice;
pub(crate) use matrix;
pub(crate) use poll_budget::{poll_budget, poll_budget_and_wake};
pub(crate) use rig::{Rig, run_rig, sweep};
pub(crate) use share::{share_of, tell};

/// Runs a test body on a place of its own, and takes the place away, whatever happens.
pub(crate) async fn run(place: Place, body: impl AsyncFnOnce(&Database) -> Result<()>) -> Result<()> {
    let patience = patience();
    let db = Database::connect(place.url()).await?;
    let test = AssertUnwindSafe(timeout(patience, db.scope(body(&db))));
    let outcome = test.catch_unwind().await;
    db.close().await;
    place.remove().await?;
    match outcome {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => panic!("the test took longer than {patience:?}"),
        Err(panic) => resume_unwind(panic),
    }
}

/// How long a test may take before it counts as hanging.
pub(crate) fn patience() -> Duration {
    share_of(Duration::from_secs(3600), Duration::from_secs(120))
}

/// An empty database for one test.
pub(crate) enum Place {
    File { url: String, folder: TempDir },
    Server { url: String, admin: String, name: String, remove: fn(&str) -> String },
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary directory");
        let url = format!("sqlite://{}?mode=rwc&synchronous=off", folder.path().join("test.db").display());
        Self::File { url, folder }
    }

    pub(crate) async fn postgres() -> Result<Self> {
        let admin = server("DORMOUSE_TEST_POSTGRES");
        let create = |name: &str| format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
        Self::create(admin, create, |name| format!("DROP DATABASE {name} WITH (FORCE)")).await
    }

    pub(crate) async fn mariadb() -> Result<Self> {
        let admin = server("DORMOUSE_TEST_MYSQL");
        let create = |name: &str| format!("CREATE DATABASE {name} CHARACTER SET utf8mb4");
        Self::create(admin, create, |name| format!("DROP DATABASE {name}")).await
    }

    async fn create(admin: String, create: fn(&str) -> String, remove: fn(&str) -> String) -> Result<Self> {
        let name = format!("dormouse_test_{}", Uuid::new_v4().simple());
        ask(&admin, create(&name)).await?;
        let mut url = Url::parse(&admin).expect("the URL of a test server");
        url.set_path(&name);
        Ok(Self::Server { url: url.into(), admin, name, remove })
    }

    pub(crate) fn url(&self) -> &str {
        let (Self::File { url, .. } | Self::Server { url, .. }) = self;
        url
    }

    pub(crate) async fn remove(self) -> Result<()> {
        match self {
            Self::File { folder, .. } => folder.close().map_err(dormouse::Error::other),
            Self::Server { admin, name, remove, .. } => ask(&admin, remove(&name)).await,
        }
    }
}

/// Runs one statement on a connection of its own.
async fn ask(url: &str, sql: String) -> Result<()> {
    let db = Database::connect(url).await?;
    db.execute_sql(sql).await?;
    db.close().await;
    Ok(())
}

fn server(variable: &str) -> String {
    env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run the tests with `tests/run`, which finds or starts the servers")
    })
}
