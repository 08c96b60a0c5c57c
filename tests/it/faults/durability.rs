//! B5: without being asked, a commit on SQLite is on the disk before it is acknowledged.

use dormouse::Result;
use dormouse::prelude::*;
use tempfile::TempDir;

/// SQLite's own view of a connection.
#[derive(Model, Debug)]
#[model(table = "pragma_synchronous")]
struct Synchronous {
    #[field(primary_key)]
    synchronous: i64,
}

async fn synchronous(options: &str) -> Result<i64> {
    let folder = TempDir::new().expect("a temporary directory");
    let db =
        Database::connect(&format!("sqlite://{}?mode=rwc{options}", folder.path().join("test.db").display())).await?;
    // In a transaction, it is the connection that writes which answers.
    let level = atomic(|tx| Synchronous::objects().using(tx).get_one()).using(&db).await?.synchronous;
    db.close().await;
    Ok(level)
}

#[tokio::test]
async fn commits_wait_for_the_disk() -> Result<()> {
    // https://sqlite.org/pragma.html#pragma_synchronous
    for (options, level) in [("", 2), ("&synchronous=normal", 1), ("&synchronous=extra", 3)] {
        assert_eq!(synchronous(options).await?, level, "{options}");
    }
    Ok(())
}
