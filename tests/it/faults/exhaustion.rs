//! More tasks than connections: who waits in vain is told who holds them, and nothing is lost by it.

use std::collections::BTreeSet;
use std::sync::{Arc, Barrier};

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Holder, Result, Retry};
use futures::future::{join_all, try_join_all};
use tokio::sync::oneshot;

use crate::support::{Place, share_of};

#[derive(Model, Debug)]
struct Visit {
    id: i64,
    session: i64,
    #[field(max_length = 50)]
    secret: Option<String>,
}

/// A statement that takes a while and notes the session that it runs in.
const VISIT_POSTGRES: &str = "INSERT INTO visit (session) SELECT pg_backend_pid() FROM pg_sleep(0.02)";
const VISIT_MARIADB: &str = "INSERT INTO visit (session) SELECT CONNECTION_ID() + SLEEP(0.02)";
/// One that takes longer than any test.
const SLEEP_POSTGRES: &str = "SELECT pg_sleep(600)";
const SLEEP_MARIADB: &str = "SELECT SLEEP(600)";

async fn crowd(place: &Place, options: &str) -> Result<Database> {
    let db = Database::connect(&format!("{}?{options}", place.url())).await?;
    db.create_tables(dormouse::models![Visit]).await?;
    for session in 0..3 {
        Visit::objects().using(&db).acreate(|v| v.session(session).secret("geheim")).await?;
    }
    Ok(db)
}

/// Asks until no connection is free any more.
async fn exhausted(db: &Database) -> Error {
    loop {
        match Visit::objects().using(db).acount().await {
            Err(error) => return error,
            Ok(_) => tokio::task::yield_now().await,
        }
    }
}

/// A statement that runs, a transaction whose closure thinks, and a stream that nobody takes.
async fn who_holds_what_is_told(place: Place, sleep: &'static str) -> Result<()> {
    let db = crowd(&place, "max_connections=3&acquire_timeout=0.3").await?;
    let mut stream = Visit::objects().using(&db).aiterator(1);
    stream.try_next().await?.expect("a row");
    let ((thinks, has_begun), (go_on, may_go_on)) = (oneshot::channel(), std::sync::mpsc::channel::<()>());
    let transaction = atomic(move |tx| {
        Visit::objects().using(tx).filter(|v| v.secret.eq("geheim")).update(|v| v.session.set(7))?;
        thinks.send(()).expect("somebody waits");
        may_go_on.recv().map_err(Error::other)
    });
    let transaction = tokio::spawn(transaction.using(&db).into_future());
    has_begun.await.expect("it begins");
    let statement = tokio::spawn(db.execute_sql(sleep));

    let error = exhausted(&db).await;
    assert_eq!(error.retry(), Retry::Safe);
    let ErrorKind::PoolExhausted { holders, .. } = error.kind() else { panic!("{error:?}") };
    let [streaming, thinking, sleeping] = holders.as_slice() else { panic!("{error}") };
    let sent = |holder: &Holder, text: &str| holder.sent.as_ref().is_some_and(|(sql, _)| sql.contains(text));
    assert!(sent(thinking, "UPDATE") && thinking.in_transaction, "{error}");
    assert!(sent(sleeping, sleep) && !sleeping.in_transaction, "{error}");
    assert!(streaming.sent.is_some() && streaming.held_for >= thinking.held_for, "{error}");
    let said = error.to_string();
    for told in ["within 300ms", "3 are held", "in a transaction, which sent `UPDATE", sleep] {
        assert!(said.contains(told), "no {told:?} in: {said}");
    }
    assert!(!format!("{said} {error:?}").contains("geheim"), "{said}");

    // Each of them that ends makes room.
    go_on.send(()).map_err(Error::other)?;
    transaction.await.expect("no panic")?;
    assert_eq!(Visit::objects().using(&db).acount().await?, 3);
    statement.abort();
    drop(stream);
    db.close().await;
    place.remove().await
}

/// A3: who waits in vain neither closes a connection nor keeps one.
async fn waiting_in_vain_costs_nothing(place: Place, visit: &'static str) -> Result<()> {
    const POOL: usize = 5;
    const AT_ONCE: usize = 100;
    let db = crowd(&place, &format!("max_connections={POOL}&acquire_timeout=0.1")).await?;
    let (mut served, mut refused) = (0, 0);
    for _ in 0..share_of(10_000, 400) / AT_ONCE {
        let visits: Vec<_> = (0..AT_ONCE).map(|_| tokio::spawn(db.execute_sql(visit))).collect();
        for outcome in join_all(visits).await {
            match outcome.expect("no panic") {
                Ok(_) => served += 1,
                Err(error) if matches!(error.kind(), ErrorKind::PoolExhausted { .. }) => refused += 1,
                Err(error) => return Err(error),
            }
        }
    }
    let seen = Visit::objects().using(&db).filter(|v| v.secret.is_null()).values(|v| v.session).await?;
    let sessions = BTreeSet::from_iter(&seen);
    assert_eq!(seen.len(), served);
    assert!(served > 0 && refused > 0, "{served} served, {refused} refused");
    assert!(sessions.len() <= 2 * POOL, "{} sessions for {POOL} connections", sessions.len());

    // All connections are there, at once.
    let together = Arc::new(Barrier::new(POOL));
    let meetings = (0..POOL).map(|_| {
        let together = Arc::clone(&together);
        let meeting = atomic(move |tx| {
            together.wait();
            Visit::objects().using(tx).count()
        });
        tokio::spawn(meeting.using(&db).into_future())
    });
    for met in try_join_all(meetings).await.expect("no panic") {
        assert_eq!(met?, 3 + served as u64);
    }
    db.close().await;
    place.remove().await
}

#[tokio::test]
async fn who_holds_what_is_told_postgres() -> Result<()> {
    who_holds_what_is_told(Place::postgres().await?, SLEEP_POSTGRES).await
}

#[tokio::test]
async fn who_holds_what_is_told_mariadb() -> Result<()> {
    who_holds_what_is_told(Place::mariadb().await?, SLEEP_MARIADB).await
}

#[tokio::test]
async fn waiting_in_vain_costs_nothing_postgres() -> Result<()> {
    waiting_in_vain_costs_nothing(Place::postgres().await?, VISIT_POSTGRES).await
}

#[tokio::test]
async fn waiting_in_vain_costs_nothing_mariadb() -> Result<()> {
    waiting_in_vain_costs_nothing(Place::mariadb().await?, VISIT_MARIADB).await
}
