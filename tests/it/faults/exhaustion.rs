//! More tasks than connections: who waits in vain is told who holds them, and nothing is lost by it.

use std::collections::BTreeSet;
use std::sync::{Arc, Barrier, mpsc};

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Holder, Result, Retry};
use futures::future::{join_all, try_join_all};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::leak::has_all_permits;
use crate::support::{Place, share_of, tell};

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
const VISIT_SQLITE: &str = "INSERT INTO visit (session) WITH RECURSIVE n (i) AS \
                            (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT max(i) FROM n";
/// One that takes longer than any test.
const SLEEP_POSTGRES: &str = "SELECT pg_sleep(600)";
const SLEEP_MARIADB: &str = "SELECT SLEEP(600)";

async fn crowd(place: &Place, options: &str) -> Result<Database> {
    let first = if place.url().contains('?') { '&' } else { '?' };
    let db = Database::connect(&format!("{}{first}{options}", place.url())).await?;
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

/// A transaction whose closure has done something, and thinks until it is told to go on.
struct Thinking {
    go_on: mpsc::Sender<()>,
    transaction: JoinHandle<Result<()>>,
}

impl Thinking {
    /// One that has written what is told to none.
    async fn written(db: &Database) -> Self {
        let update = |tx: &Transaction| {
            Visit::objects().using(tx).filter(|v| v.secret.eq("geheim")).update(|v| v.session.set(7)).map(drop)
        };
        Self::begin(db, false, update).await
    }

    async fn begin(db: &Database, read_only: bool, work: fn(&Transaction) -> Result<()>) -> Self {
        let ((thinks, has_begun), (go_on, may_go_on)) = (oneshot::channel(), mpsc::channel::<()>());
        let transaction = atomic(move |tx| {
            work(tx)?;
            thinks.send(()).expect("the test waits");
            may_go_on.recv().map_err(Error::other)
        });
        let transaction = tokio::spawn(transaction.read_only(read_only).using(db).into_future());
        has_begun.await.expect("it begins");
        Self { go_on, transaction }
    }

    async fn goes_on(self) -> Result<()> {
        self.go_on.send(()).map_err(Error::other)?;
        self.transaction.await.expect("no panic")
    }
}

/// Who has what was waited for in vain; no value is told with it.
fn holders(error: &Error) -> &[Holder] {
    assert_eq!(error.retry(), Retry::Safe);
    let told = format!("{error} {error:?}");
    assert!(told.contains("within 300ms") && !told.contains("geheim"), "{told}");
    let ErrorKind::PoolExhausted { holders, .. } = error.kind() else { panic!("{error:?}") };
    holders
}

fn sent(holder: &Holder, text: &str) -> bool {
    holder.sent.as_ref().is_some_and(|(sql, _)| sql.contains(text))
}

/// A statement that runs, a transaction whose closure thinks, and a stream that is not taken.
async fn who_holds_what_is_told(place: Place, sleep: &'static str) -> Result<()> {
    let db = crowd(&place, "max_connections=3&acquire_timeout=0.3s").await?;
    let mut stream = Visit::objects().using(&db).aiterator(1);
    stream.try_next().await?.expect("a row");
    let thinking = Thinking::written(&db).await;
    let statement = tokio::spawn(db.execute_sql(sleep));

    let error = exhausted(&db).await;
    let [streaming, thinks, sleeping] = holders(&error) else { panic!("{error}") };
    assert!(sent(thinks, "UPDATE") && thinks.in_transaction, "{error}");
    assert!(sent(sleeping, sleep) && !sleeping.in_transaction, "{error}");
    assert!(streaming.sent.is_some() && streaming.held_for >= thinks.held_for, "{error}");
    let said = error.to_string();
    for told in ["3 are held", "in a transaction, which sent `UPDATE", sleep] {
        assert!(said.contains(told), "no {told:?} in: {said}");
    }

    // Each of them that ends makes room.
    thinking.goes_on().await?;
    assert_eq!(Visit::objects().using(&db).acount().await?, 3);
    statement.abort();
    drop(stream);
    db.close().await;
    place.remove().await
}

/// The one connection that writes, and the one for long reads: each is waited for by those who need it, and told of.
async fn who_holds_what_is_told_of_a_file(place: Place) -> Result<()> {
    let db = crowd(&place, "readers=1&inline=off&acquire_timeout=300ms").await?;
    let visits = || Visit::objects().using(&db);
    let writer = Thinking::written(&db).await;
    let reader = Thinking::begin(&db, true, |tx| Visit::objects().using(tx).count().map(drop)).await;

    let in_turn = atomic(|tx| Visit::objects().using(tx).delete().map(drop)).using(&db);
    let (created, deleted, counted) =
        tokio::join!(visits().acreate(|v| v.session(9)), in_turn.into_future(), visits().acount());
    for error in [created.err(), deleted.err()].map(|error| error.expect("in vain")) {
        let [thinks] = holders(&error) else { panic!("{error}") };
        assert!(sent(thinks, "UPDATE") && thinks.in_transaction, "{error}");
        assert!(error.to_string().contains("1 is held: for "), "{error}");
    }
    let error = counted.expect_err("in vain");
    let [thinks] = holders(&error) else { panic!("{error}") };
    assert!(sent(thinks, "SELECT") && thinks.in_transaction, "{error}");

    // Each of them that ends makes room, and what was given up is not done then.
    reader.goes_on().await?;
    assert_eq!(visits().acount().await?, 3);
    writer.goes_on().await?;
    visits().acreate(|v| v.session(9)).await?;
    assert_eq!(visits().filter(|v| v.session.eq(9)).acount().await?, 1);
    assert_eq!(visits().acount().await?, 4);
    db.close().await;
    place.remove().await
}

/// The only connection of a database in memory.
async fn who_holds_what_is_told_in_memory() -> Result<()> {
    let db = Database::connect("sqlite::memory:?acquire_timeout=300ms").await?;
    db.create_tables(dormouse::models![Visit]).await?;
    let visits = || Visit::objects().using(&db);
    visits().acreate(|v| v.session(1).secret("geheim")).await?;
    let thinking = Thinking::written(&db).await;
    let first = async { visits().aiterator(1).try_next().await };
    let (created, counted, streamed) = tokio::join!(visits().acreate(|v| v.session(2)), visits().acount(), first);
    for error in [created.err(), counted.err(), streamed.err()].map(|error| error.expect("in vain")) {
        let [thinks] = holders(&error) else { panic!("{error}") };
        assert!(sent(thinks, "UPDATE") && thinks.in_transaction, "{error}");
    }
    thinking.goes_on().await?;
    assert_eq!(visits().filter(|v| v.session.eq(7)).acount().await?, 1);
    assert_eq!(visits().acount().await?, 1);
    db.close().await;
    Ok(())
}

/// A3: who waits in vain neither closes a connection nor keeps one.
async fn waiting_in_vain_costs_nothing(place: Place, visit: &'static str) -> Result<()> {
    const POOL: usize = 5;
    const AT_ONCE: usize = 100;
    let db = crowd(&place, &format!("max_connections={POOL}&acquire_timeout=0.1s")).await?;
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

/// A3, where one writes at a time: who waits in vain has written nothing, and will not.
async fn waiting_in_vain_writes_nothing(place: Place) -> Result<()> {
    const AT_ONCE: usize = 100;
    let db = crowd(&place, "readers=2&acquire_timeout=100ms").await?;
    let (mut served, mut refused) = (0, 0);
    for _ in 0..share_of(10_000, 400) / AT_ONCE {
        let visits = (0..AT_ONCE).map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                match number % 4 {
                    0 => db.execute_sql(VISIT_SQLITE).await,
                    _ => atomic(|tx| tx.execute_sql(VISIT_SQLITE)).using(&db).await,
                }
            })
        });
        for outcome in join_all(visits).await {
            match outcome.expect("no panic") {
                Ok(_) => served += 1,
                Err(error) if matches!(error.kind(), ErrorKind::PoolExhausted { .. }) => refused += 1,
                Err(error) => return Err(error),
            }
        }
    }
    tell(format!("{served} served, {refused} refused"));
    assert!(served > 0 && refused > 0);

    // All connections are there, and nothing is left to be done.
    Visit::objects().using(&db).acreate(|v| v.session(1).secret("geheim")).await?;
    has_all_permits(&db, 2).await?;
    assert_eq!(Visit::objects().using(&db).acount().await?, 4 + served);
    db.close().await;
    place.remove().await
}

#[tokio::test]
async fn who_holds_what_is_told_sqlite() -> Result<()> {
    who_holds_what_is_told_of_a_file(Place::sqlite()).await?;
    who_holds_what_is_told_in_memory().await
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
async fn waiting_in_vain_costs_nothing_sqlite() -> Result<()> {
    waiting_in_vain_writes_nothing(Place::sqlite()).await
}

#[tokio::test]
async fn waiting_in_vain_costs_nothing_postgres() -> Result<()> {
    waiting_in_vain_costs_nothing(Place::postgres().await?, VISIT_POSTGRES).await
}

#[tokio::test]
async fn waiting_in_vain_costs_nothing_mariadb() -> Result<()> {
    waiting_in_vain_costs_nothing(Place::mariadb().await?, VISIT_MARIADB).await
}
