//! H: transactions that get in each other's way are told so, and pass when they are tried again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use dormouse::prelude::*;
use dormouse::{Isolation, Result, Retry};
use futures::future::{join, try_join_all};

use crate::support::{Place, matrix, share_of};

#[derive(Model, Debug)]
struct Account {
    #[field(primary_key)]
    number: i64,
    balance: i64,
}

const THREADS: i64 = 32;
/// So many that an index is of use, and so few that they are met again.
const ACCOUNTS: i64 = 500;
/// With so many tries all are done, but for one in a thousand.
const TRIES: u32 = 10;

async fn open_accounts(db: &Database, count: i64) -> Result<()> {
    db.create_tables(dormouse::models![Account]).await?;
    let open = atomic(move |tx| {
        (0..count)
            .try_for_each(|number| Account::objects().using(tx).create(|a| a.number(number).balance(100)).map(drop))
    });
    open.using(db).await
}

/// Numbers that look like random ones, the same in each run.
fn scattered(seed: i64, limit: i64) -> i64 {
    let mixed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (mixed >> 33).rem_euclid(limit)
}

/// Reads both, then writes both: without serializability, money is lost or made. Tells how often it was tried.
fn transfer(db: &Database, from: i64, to: i64) -> Result<u32> {
    let tries = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&tries);
    let moved = atomic(move |tx| {
        counted.fetch_add(1, Ordering::Relaxed);
        let mut payer = Account::objects().using(tx).get(|a| a.number.eq(from))?;
        let mut payee = Account::objects().using(tx).get(|a| a.number.eq(to))?;
        payer.balance -= 7;
        payee.balance += 7;
        payer.save(tx)?;
        payee.save(tx)
    });
    moved.isolation(Isolation::Serializable).retries(10 * TRIES).using(db).run()?;
    Ok(tries.load(Ordering::Relaxed))
}

/// Tells how often each was tried.
fn transfers(db: &Database, teller: i64, count: i64) -> Result<Vec<u32>> {
    let transfers = (0..count).map(|number| {
        let from = scattered(teller * 1_000_003 + number, ACCOUNTS);
        let to = (from + 1 + scattered(teller * 7_919 + number * 31, ACCOUNTS - 1)) % ACCOUNTS;
        transfer(db, from, to)
    });
    transfers.collect()
}

matrix! {
    async fn no_money_is_lost_or_made(db: &Database) -> Result<()> {
        open_accounts(db, ACCOUNTS).await?;
        let each = share_of(200, 6);
        let tellers: Vec<_> = (0..THREADS).map(|teller| {
            let db = db.clone();
            thread::spawn(move || transfers(&db, teller, each))
        }).collect();
        let joined = move || tellers.into_iter().map(|teller| teller.join().expect("no panic")).collect::<Result<Vec<_>>>();
        let tries = tokio::task::spawn_blocking(joined).await.expect("no panic")?.concat();
        let balances: Vec<i64> = Account::objects().values(|a| a.balance).await?;
        assert_eq!(balances.iter().sum::<i64>(), ACCOUNTS * 100);
        assert!(balances.iter().any(|balance| *balance != 100));
        let late = tries.iter().filter(|tries| **tries > TRIES).count();
        assert!(late <= 1 + tries.len() / 1_000, "{late} of {}, one after {:?} tries", tries.len(), tries.iter().max());
        Ok(())
    }
}

/// Each takes its own row, then the other's. Says whether it was the victim.
async fn embrace(db: &Database, own: i64, other: i64, meet: &Arc<Barrier>, first: Option<&'static str>) -> bool {
    let meet = Arc::clone(meet);
    let work = atomic(move |tx| {
        if let Some(first) = first {
            tx.execute_sql(first)?;
        }
        let add = |number: i64| {
            Account::objects().filter(|a| a.number.eq(number)).using(tx).update(|a| a.balance.set(a.balance + 1))
        };
        add(own)?;
        meet.wait();
        add(other)
    });
    match work.using(db).await {
        Ok(_) => false,
        Err(error) if error.retry() == Retry::Safe => true,
        Err(error) => panic!("{error:?}"),
    }
}

async fn a_deadlock_has_one_victim(place: Place, first: Option<&'static str>) -> Result<()> {
    const AT_ONCE: i64 = 8;
    let db = Database::connect(&format!("{}?max_connections={}", place.url(), 2 * AT_ONCE)).await?;
    open_accounts(&db, 2 * AT_ONCE).await?;
    let rounds = share_of(1_000, 24) / AT_ONCE;
    for _ in 0..rounds {
        let pairs = (0..AT_ONCE).map(async |pair| {
            let (one, two, meet) = (2 * pair, 2 * pair + 1, Arc::new(Barrier::new(2)));
            let victims = join(embrace(&db, one, two, &meet, first), embrace(&db, two, one, &meet, first)).await;
            assert!(victims.0 ^ victims.1, "{victims:?}");
            Ok::<_, dormouse::Error>(())
        });
        try_join_all(pairs).await?;
    }
    let balances = Account::objects().using(&db).values(|a| a.balance).await?;
    assert!(balances.iter().all(|balance| *balance == 100 + rounds), "one of two has been there: {balances:?}");
    db.close().await;
    place.remove().await
}

#[tokio::test]
async fn a_deadlock_has_one_victim_postgres() -> Result<()> {
    // How long the server waits before it looks for one.
    a_deadlock_has_one_victim(Place::postgres().await?, Some("SET LOCAL deadlock_timeout = '20ms'")).await
}

#[tokio::test]
async fn a_deadlock_has_one_victim_mariadb() -> Result<()> {
    a_deadlock_has_one_victim(Place::mariadb().await?, None).await
}
