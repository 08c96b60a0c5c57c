//! C5: connections that are ended while they are idle. Reads do not notice, and what must not be done twice fails at most once
//! for each of them.

use dormouse::prelude::*;
use dormouse::{Database, Result};
use futures::future::{join_all, try_join_all};
use url::Url;
use uuid::Uuid;

use super::ledger;
use crate::support::{Place, share_of};

/// How often that many are.
const TIMES: (usize, usize) = (250, 10);
/// How many connections are idle when they are ended.
const CONNECTIONS: usize = 4;

/// Ends all connections again and again, and asks the same `Database` each time.
async fn end_again_and_again(place: Place, end: impl AsyncFn() -> Result<()>) -> Result<()> {
    let db = Database::connect(place.url()).await?;
    ledger::open(&db).await?;
    for _ in 0..share_of(TIMES.0, TIMES.1) {
        try_join_all((0..CONNECTIONS).map(|_| ledger::read(&db))).await?;
        end().await?;
        try_join_all((0..CONNECTIONS).map(|_| ledger::read(&db))).await?;
        end().await?;
        let notes = join_all((0..2 * CONNECTIONS).map(|_| ledger::note(&db, 0, Uuid::new_v4()))).await;
        let failed = notes.iter().filter(|note| note.is_err()).count();
        assert!(failed <= CONNECTIONS, "{notes:?}");
    }
    db.close().await;
    place.remove().await
}

/// A session of MySQL and MariaDB.
#[derive(Model, Debug)]
#[model(table = "PROCESSLIST")]
struct Process {
    #[field(primary_key)]
    id: i64,
    db: Option<String>,
}

#[tokio::test]
async fn postgres() -> Result<()> {
    let place = Place::postgres().await?;
    let admin = Database::connect(place.url()).await?;
    let end = async || {
        let all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        admin.execute_sql(all).await.map(drop)
    };
    end_again_and_again(place, end).await
}

#[tokio::test]
async fn mariadb() -> Result<()> {
    let place = Place::mariadb().await?;
    let mut url = Url::parse(place.url()).expect("a URL");
    let name = url.path().trim_start_matches('/').to_owned();
    url.set_path("information_schema");
    let admin = Database::connect(url.as_str()).await?;
    let end = async || {
        for process in Process::objects().using(&admin).filter(|p| p.db.eq(name.as_str())).await? {
            // It may have ended meanwhile.
            admin.execute_sql(format!("KILL CONNECTION {}", process.id)).await.ok();
        }
        Ok(())
    };
    end_again_and_again(place, end).await
}
