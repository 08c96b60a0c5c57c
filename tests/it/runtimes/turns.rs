//! A task that asks in a loop lets others run: time limits end it, `close` and other tasks get their turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use dormouse::Result;
use dormouse::prelude::*;
use futures::FutureExt;
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use tokio::time::{sleep, timeout};

use crate::library::{Book, fill};
use crate::support::{Place, matrix};

/// Far below the time a hanging test takes, far above the time that any of these needs.
const SOON: Duration = Duration::from_secs(20);

/// Asks until there is an error, or for ever.
async fn ask_for_ever(db: Database) -> Result<u64> {
    loop {
        Book::objects().using(&db).acount().await?;
        Book::objects().using(&db).afirst().await?;
    }
}

/// The same loops on the database of a test and, where that is a file, in memory.
async fn a_limit_fires(db: &Database) {
    let started = Instant::now();
    let outcome = timeout(Duration::from_millis(200), ask_for_ever(db.clone())).await;
    assert!(outcome.is_err(), "{outcome:?}");
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

async fn memory() -> Result<Database> {
    let db = Database::connect("sqlite::memory:").await?;
    db.scope(fill(&db)).await?;
    Ok(db)
}

matrix! {
    async fn a_time_limit_ends_a_loop_of_look_ups(db: &Database) -> Result<()> {
        fill(db).await?;
        a_limit_fires(db).await;
        Ok(())
    }

    async fn other_tasks_run_beside_loops_of_look_ups(db: &Database) -> Result<()> {
        fill(db).await?;
        let loops: Vec<_> = (0..4).map(|_| tokio::spawn(ask_for_ever(db.clone()))).collect();
        let started = Instant::now();
        for _ in 0..5 {
            sleep(Duration::from_millis(20)).await;
        }
        assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
        for asking in loops {
            asking.abort();
            assert!(asking.await.expect_err("it goes on for ever").is_cancelled());
        }
        Ok(())
    }

    async fn a_time_limit_ends_a_loop_of_what_is_not_sent(db: &Database) -> Result<()> {
        let started = Instant::now();
        let unsent = async {
            loop {
                assert_eq!(Book::objects().using(db).none().acount().await?, 0);
                assert!(Book::objects().using(db).filter(|b| b.id.in_(Vec::<i64>::new())).await?.is_empty());
                assert!(Book::objects().using("unknown").acount().await.is_err());
            }
            #[allow(unreachable_code)]
            Ok::<(), dormouse::Error>(())
        };
        assert!(timeout(Duration::from_millis(200), unsent).await.is_err());
        assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
        Ok(())
    }

    // The tables are not made.
    async fn a_time_limit_ends_a_loop_of_errors(db: &Database) -> Result<()> {
        let started = Instant::now();
        let refused = async { while Book::objects().using(db).acount().await.is_err() {} };
        assert!(timeout(Duration::from_millis(200), refused).await.is_err());
        assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
        Ok(())
    }

    async fn a_database_closes_beside_loops_of_look_ups(db: &Database) -> Result<()> {
        fill(db).await?;
        let loops: Vec<_> = (0..30).map(|_| tokio::spawn(ask_for_ever(db.clone()))).collect();
        sleep(Duration::from_millis(20)).await;
        timeout(SOON, db.close()).await.expect("in time");
        for asking in loops {
            assert!(timeout(SOON, asking).await.expect("in time").expect("no panic").is_err());
        }
        Ok(())
    }
}

#[tokio::test]
async fn the_same_in_memory() -> Result<()> {
    a_limit_fires(&memory().await?).await;
    Ok(())
}

#[test]
fn workers_of_a_runtime_are_not_kept() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let db = memory().await?;
        let loops: Vec<_> = (0..4).map(|_| tokio::spawn(ask_for_ever(db.clone()))).collect();
        let slept = tokio::spawn(async { sleep(Duration::from_millis(50)).await });
        timeout(SOON, slept).await.expect("in time").expect("no panic");
        loops.iter().for_each(tokio::task::JoinHandle::abort);
        Ok(())
    })
}

/// An executor that counts nothing gets its turns too.
#[test]
fn on_an_executor_without_a_budget() -> Result<()> {
    let db = futures::executor::block_on(memory())?;
    let (stopped, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let (mut pool, stop, count) = (LocalPool::new(), Arc::clone(&stopped), Arc::clone(&asked));
    let asking = async move {
        while !stop.load(Ordering::Relaxed) {
            Book::objects().using(&db).acount().await.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
        }
    };
    let (handle, stop) = (pool.spawner().spawn_local_with_handle(asking).unwrap(), Arc::clone(&stopped));
    pool.spawner().spawn_local(async move { stop.store(true, Ordering::Relaxed) }).unwrap();
    pool.run_until(handle);
    assert!(asked.load(Ordering::Relaxed) <= 1_000, "{asked:?}");
    Ok(())
}

/// A single look-up is answered at once, as before.
#[test]
fn a_look_up_needs_no_second_poll() -> Result<()> {
    let place = Place::sqlite();
    let db = futures::executor::block_on(async {
        let db = Database::connect(place.url()).await?;
        db.scope(fill(&db)).await.map(|()| db)
    })?;
    let mut count = Book::objects().using(&db).acount();
    assert!(matches!(count.poll_unpin(&mut Context::from_waker(Waker::noop())), Poll::Ready(Ok(5))));
    Ok(())
}
