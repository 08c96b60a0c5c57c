//! Servers that cannot be reached, and those that refuse: whether another attempt may pass.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result, Retry, atomic};

use crate::support::server::{Server, Victim};
use crate::support::{Place, run, server};

#[derive(Model, Debug, Clone, PartialEq)]
struct Parcel {
    id: i64,
    weight: i32,
}

fn judged<T>(outcome: Result<T>) -> Retry {
    let error = outcome.err().expect("no server answers");
    assert!(matches!(error.kind(), ErrorKind::Connection { .. }), "{error:?}");
    error.retry()
}

#[tokio::test]
async fn nothing_was_sent_to_a_server_that_is_down() -> Result<()> {
    for mut server in [Server::postgres(), Server::mariadb()] {
        let db = Database::connect(server.url()).await?;
        server.kill(Victim::All);
        let parcels = || Parcel::objects().using(&db);
        // The connection that was open is found dead: it is not known how far the statement came.
        parcels().acount().await.expect_err("the connection is gone");
        assert_eq!(judged(parcels().acreate(|p| p.weight(1)).await), Retry::Safe);
        assert_eq!(judged(parcels().acount().await), Retry::Safe);
        assert_eq!(judged(parcels().aupdate(|p| p.weight.set(2)).await), Retry::Safe);
        assert_eq!(judged(parcels().stream().try_collect::<Vec<_>>().await), Retry::Safe);
        assert_eq!(judged(atomic(|tx| Parcel::objects().using(tx).count()).using(&db).await), Retry::Safe);
        assert_eq!(judged(db.execute_sql("SELECT 1").await), Retry::Safe);
        assert_eq!(judged(Database::connect(server.url()).await), Retry::Safe);
        db.close().await;
        assert_eq!(judged(Parcel::objects().using(&db).acount().await), Retry::No, "closed");
    }
    Ok(())
}

#[tokio::test]
async fn a_refused_user_is_refused_again_and_a_full_server_is_not() -> Result<()> {
    for (place, variable) in
        [(Place::postgres().await?, "DORMOUSE_TEST_POSTGRES"), (Place::mariadb().await?, "DORMOUSE_TEST_MYSQL")]
    {
        run(place, async |db: &Database| refusals(db, &server(variable)).await).await?;
    }
    Ok(())
}

async fn refusals(db: &Database, server: &str) -> Result<()> {
    let is_postgres = db.dialect().name() == "PostgreSQL";
    let database = db.server().location.rsplit_once('/').map(|(_, name)| name.to_owned()).expect("a database");
    let user = format!("few_{}", &database[database.len() - 12..]);
    let mut url = url::Url::parse(server).expect("a URL");
    url.set_path("no_such_database");
    assert_eq!(judged(Database::connect(url.as_str()).await), Retry::No, "no such database");
    url.set_path(&database);
    url.set_username(&user).expect("a user");
    assert_eq!(judged(Database::connect(url.as_str()).await), Retry::No, "no such user");
    let (create, drop) = if is_postgres {
        (format!("CREATE ROLE {user} LOGIN CONNECTION LIMIT 1"), format!("DROP ROLE {user}"))
    } else {
        let create = format!("CREATE USER {user}@'%' WITH MAX_USER_CONNECTIONS 1");
        (create, format!("DROP USER {user}@'%'"))
    };
    db.execute_sql(create).await?;
    if !is_postgres {
        db.execute_sql(format!("GRANT ALL ON {database}.* TO {user}@'%'")).await?;
    }
    let outcome = full(url.as_str()).await;
    db.execute_sql(drop).await?;
    outcome
}

/// Asks for a second connection where there may be one.
async fn full(url: &str) -> Result<()> {
    let only = Database::connect(url).await?;
    let second = Database::connect(url).await;
    only.close().await;
    assert_eq!(judged(second), Retry::Safe, "too many connections");
    Ok(())
}
