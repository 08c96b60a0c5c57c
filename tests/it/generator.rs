//! Random rows, questions and changes, answered by the databases and by plain Rust.
//!
//! A round writes random rows, asks 50 questions of them, then changes them and asks 25 times more. All is drawn from a
//! seed that is new in each run; an ask that is answered wrongly is made smaller and printed with its seed.

mod ask;
mod build;
mod changes;
mod expressions;
mod make;
mod models;
mod oracle;
mod others;
mod run;
mod scalar;
mod typed;
mod values;

use dormouse::{Database, Result};

use crate::support::{Dice, Place, locales, run as run_on, share_of};
use run::{run, run_at, run_from};

/// How many asks a server and SQLite get in an ordinary run, and when all is wanted.
const SERVER: (usize, usize) = (2_000, 100_000);
const SQLITE: (usize, usize) = (10_000, 1_000_000);
/// The same for other ways to the same databases.
const OTHER: (usize, usize) = (1_000, 50_000);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() -> Result<()> {
    run_at(Place::sqlite(), "", others::SQLITE, SQLITE.0, SQLITE.1).await
}

/// Readers on threads of their own, whatever is read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_by_its_readers() -> Result<()> {
    run_at(Place::sqlite(), "inline=off&statement_cache_size=20", others::SQLITE, OTHER.0, OTHER.1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_in_memory() -> Result<()> {
    let db = Database::connect("sqlite::memory:").await?;
    run(&db, others::SQLITE, OTHER.0, OTHER.1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() -> Result<()> {
    run_at(Place::postgres().await?, "", others::POSTGRES, SERVER.0, SERVER.1).await
}

/// One connection keeps all statements.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_by_one_connection() -> Result<()> {
    let one = "max_connections=2&statement_cache_size=10000";
    run_at(Place::postgres().await?, one, others::POSTGRES, OTHER.0, OTHER.1).await
}

/// Fifty times on new connections, when all is wanted: one that has to give up a statement for each new one is slow there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mariadb() -> Result<()> {
    let (times, seed) = (share_of(50, 1), Dice::seed_or_random());
    for time in 0..times {
        let place = Place::mariadb().await?.with("statement_cache_size=1000");
        // The rounds of one time are not those of another.
        let seed = seed.wrapping_add(time as u64 * 1_000_000);
        run_on(place, async |db: &Database| run_from(seed, db, others::MARIADB, SERVER.0, SERVER.1 / times).await)
            .await?;
    }
    Ok(())
}

locales! {
    async fn in_any_locale(db: &Database) -> Result<()> {
        let kind = if db.server().product == "PostgreSQL" { others::POSTGRES } else { others::MARIADB };
        run(db, kind, OTHER.0, OTHER.1).await
    }
}
