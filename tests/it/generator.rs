//! Random rows, questions and changes, answered by the databases and by plain Rust.
//!
//! A round writes random rows, asks 25 questions of them, then changes them and asks 25 times more. All is drawn from a
//! seed that is new in each run; an ask that is answered wrongly is made smaller and printed with its seed.

mod ask;
mod build;
mod changes;
mod make;
mod models;
mod oracle;
mod pending;
mod run;
mod scalar;
mod typed;
mod values;

use dormouse::{Database, Result};

use crate::support::{Place, run as run_on};

/// How many asks a server and SQLite get when all is wanted.
const SERVER: usize = 100_000;
const SQLITE: usize = 1_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() -> Result<()> {
    run_on(Place::sqlite(), async |db: &Database| run::run(db, run::SQLITE, 2_000, SQLITE).await).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() -> Result<()> {
    run_on(Place::postgres().await?, async |db: &Database| run::run(db, run::POSTGRES, 2_000, SERVER).await).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mariadb() -> Result<()> {
    run_on(Place::mariadb().await?, async |db: &Database| run::run(db, run::MARIADB, 2_000, SERVER).await).await
}
