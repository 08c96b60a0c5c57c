//! The bridge: sync and async code that wait for each other, on every kind of thread.

use std::future::IntoFuture;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result, SyncContext, async_to_sync, sync_to_async};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::library::{Author, Book, fill};
use crate::support::matrix;

/// How long a piece of the bridge may take before it counts as a deadlock.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a test body on a thread without a runtime, under a watch.
fn watched(body: impl FnOnce() + Send + 'static) {
    let (done, watch) = mpsc::channel();
    let thread = thread::spawn(move || {
        body();
        done.send(()).ok();
    });
    match watch.recv_timeout(PATIENCE) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("a deadlock: not done after {PATIENCE:?}"),
        _ => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
    }
}

fn runtimes() -> Vec<(&'static str, Runtime)> {
    let multi =
        |threads| Builder::new_multi_thread().worker_threads(threads).max_blocking_threads(2).enable_all().build();
    vec![
        ("current-thread", Builder::new_current_thread().max_blocking_threads(2).enable_all().build().unwrap()),
        ("one worker", multi(1).unwrap()),
        ("four workers", multi(4).unwrap()),
    ]
}

/// Async code that waits for sync code that waits for async code …, so deep; gives the depth that was reached.
fn down_async(depth: u32, sensitive: bool) -> BoxFuture<'static, u32> {
    async move {
        if depth == 0 {
            return 0;
        }
        sync_to_async(move || down_sync(depth - 1, sensitive)).thread_sensitive(sensitive).await.unwrap() + 1
    }
    .boxed()
}

fn down_sync(depth: u32, sensitive: bool) -> u32 {
    if depth == 0 { 0 } else { async_to_sync(down_async(depth - 1, sensitive)).run().unwrap() + 1 }
}

#[test]
fn a_wait_within_a_wait_does_not_end_the_outer_one() {
    watched(|| {
        let context = SyncContext::new();
        let same = context.clone();
        let outer = async move {
            // On the thread that waits, which then waits a second time.
            sync_to_async(|| async_to_sync(tokio::task::yield_now()).run()).await.unwrap().unwrap();
            same.scope(sync_to_async(|| 3).into_future()).await.unwrap()
        };
        let work = sync_to_async(move || async_to_sync(outer).run().unwrap());
        let runtime = Builder::new_current_thread().build().unwrap();
        assert_eq!(runtime.block_on(context.scope(work.into_future())).unwrap(), 3);
    });
}

#[test]
fn sync_code_that_outlives_its_wait_is_refused() {
    watched(|| {
        let leaves = async {
            let mut work = sync_to_async(|| 1).into_future();
            assert!(futures::poll!(&mut work).is_pending());
            work
        };
        let work = async_to_sync(leaves).run().unwrap();
        assert!(futures::executor::block_on(work).is_err());
    });
}

#[test]
fn nesting_never_deadlocks() {
    for sensitive in [true, false] {
        for depth in [1, 2, 3, 8, 16] {
            watched(move || {
                assert_eq!(down_sync(depth, sensitive), depth, "on a plain thread");
                for (name, runtime) in runtimes() {
                    assert_eq!(runtime.block_on(down_async(depth, sensitive)), depth, "{name}");
                    let spawned = runtime.spawn(down_async(depth, sensitive));
                    assert_eq!(runtime.block_on(spawned).unwrap(), depth, "{name}, in a task");
                    let blocking = runtime.spawn_blocking(move || down_sync(depth, sensitive));
                    assert_eq!(runtime.block_on(blocking).unwrap(), depth, "{name}, in spawn_blocking");
                    let contained = SyncContext::new();
                    assert_eq!(
                        runtime.block_on(contained.scope(down_async(depth, sensitive))),
                        depth,
                        "{name}, in a context"
                    );
                    // From inside one runtime into another one.
                    let other = Builder::new_current_thread().enable_all().build().unwrap();
                    let there = runtime.spawn_blocking(move || other.block_on(down_async(depth, sensitive)));
                    assert_eq!(runtime.block_on(there).unwrap(), depth, "{name}, in another runtime");
                }
                assert_eq!(futures::executor::block_on(down_async(depth, sensitive)), depth, "another executor");
            });
        }
    }
}

#[test]
fn many_nested_calls_at_once_get_through() {
    watched(|| {
        for (name, runtime) in runtimes() {
            let tasks: Vec<_> = (0..64).map(|task| runtime.spawn(down_async(4, task % 2 == 0))).collect();
            for task in tasks {
                assert_eq!(runtime.block_on(task).unwrap(), 4, "{name}");
            }
        }
    });
}

/// A task that was spawned inside knows nothing of the thread that waits for it, whose context it asks for work.
#[test]
fn work_of_a_task_that_is_waited_for_gets_a_thread() {
    watched(|| {
        for (_, runtime) in runtimes() {
            let sum = runtime.block_on(async {
                sync_to_async(|| {
                    async_to_sync(async {
                        tokio::spawn(async { sync_to_async(|| 20).await.unwrap() + 1 }).await.unwrap()
                    })
                    .run()
                    .unwrap()
                        + 1
                })
                .await
                .unwrap()
            });
            assert_eq!(sum, 22);
        }
    });
}

#[test]
fn work_of_a_context_runs_on_one_thread_in_order() {
    watched(|| {
        let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
        let seen = |context: &SyncContext| -> Vec<(u32, ThreadId)> {
            let log = Arc::new(Mutex::new(Vec::new()));
            let work = (0..50).map(|number| {
                let log = Arc::clone(&log);
                sync_to_async(move || log.lock().unwrap().push((number, thread::current().id()))).into_future()
            });
            runtime.block_on(context.scope(futures::future::join_all(work)));
            Arc::into_inner(log).unwrap().into_inner().unwrap()
        };
        let (one, other) = (SyncContext::new(), SyncContext::new());
        let (first, second, again) = (seen(&one), seen(&other), seen(&one));
        for log in [&first, &second, &again] {
            assert!(
                log.iter().enumerate().all(|(index, (number, _))| index as u32 == *number),
                "out of order: {log:?}"
            );
            assert!(log.iter().all(|(_, thread)| *thread == log[0].1), "several threads");
        }
        assert_eq!(first[0].1, again[0].1);
        assert_ne!(first[0].1, second[0].1);
    });
}

#[test]
fn sync_work_inside_async_to_sync_comes_back_to_the_waiting_thread() {
    watched(|| {
        let here = thread::current().id();
        let there = async_to_sync(async { sync_to_async(|| thread::current().id()).await }).run().unwrap().unwrap();
        assert_eq!(here, there);
        let elsewhere = async { sync_to_async(|| thread::current().id()).thread_sensitive(false).await };
        assert_ne!(here, async_to_sync(elsewhere).run().unwrap().unwrap());
    });
}

#[test]
fn panics_cross_the_bridge() {
    watched(|| {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let caught = catch_unwind(AssertUnwindSafe(|| {
            runtime.block_on(async {
                sync_to_async(|| {
                    async_to_sync(async {
                        if true {
                            panic!("deep down")
                        }
                    })
                    .run()
                })
                .await
            })
        }));
        assert_eq!(caught.unwrap_err().downcast_ref::<&str>(), Some(&"deep down"));
        // And leave the thread of the context fit for the next.
        assert_eq!(runtime.block_on(sync_to_async(|| 7).into_future()).unwrap(), 7);
    });
}

#[test]
fn on_a_thread_that_drives_tasks_waiting_is_an_error() {
    watched(|| {
        let refused =
            || matches!(async_to_sync(async {}).run().unwrap_err().kind(), ErrorKind::SynchronousOnlyOperation { .. });
        for (name, runtime) in runtimes() {
            assert!(runtime.block_on(async { refused() }), "{name}");
            assert!(runtime.block_on(runtime.spawn(async move { refused() })).unwrap(), "{name}, in a task");
            assert!(
                runtime.block_on(
                    tokio::task::LocalSet::new()
                        .run_until(async { tokio::task::spawn_local(async move { refused() }).await.unwrap() })
                ),
                "{name}, LocalSet"
            );
            assert!(
                !runtime.block_on(runtime.spawn_blocking(move || async_to_sync(async {}).run().is_err())).unwrap(),
                "{name}, spawn_blocking"
            );
            assert!(
                !runtime.block_on(async { sync_to_async(|| async_to_sync(async {}).run().is_err()).await.unwrap() }),
                "{name}, bridge"
            );
            // Async code that sync code waits for drives tasks again.
            assert!(
                runtime.block_on(async {
                    sync_to_async(move || async_to_sync(async move { refused() }).run().unwrap()).await.unwrap()
                }),
                "{name}, bridge and back"
            );
        }
        let multi = Builder::new_multi_thread().worker_threads(1).build().unwrap();
        assert!(
            !multi
                .block_on(multi.spawn(async { tokio::task::block_in_place(|| async_to_sync(async {}).run().is_err()) }))
                .unwrap()
        );
        assert!(futures::executor::block_on(async { refused() }));
        assert!(!refused_here());
    });
}

fn refused_here() -> bool {
    async_to_sync(async {}).run().is_err()
}

#[test]
fn a_loop_of_its_own_ends_with_its_future() {
    watched(|| {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let home = runtime.handle().id();
        let (same, own) = runtime.block_on(async {
            sync_to_async(|| {
                let id = || async { Handle::current().id() };
                (async_to_sync(id()).run().unwrap(), async_to_sync(id()).force_new_loop(true).run().unwrap())
            })
            .await
            .unwrap()
        });
        assert_eq!(same, home);
        assert_ne!(own, home);
        let slept =
            async_to_sync(async { tokio::time::sleep(Duration::from_millis(1)).await }).force_new_loop(true).run();
        assert!(slept.is_ok());
    });
}

#[test]
fn a_dropped_future_does_not_begin_its_work() {
    watched(|| {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (release, gate) = mpsc::channel::<()>();
        let (began, begun) = mpsc::channel::<&str>();
        let context = SyncContext::new();
        runtime.block_on(context.scope(async {
            let other = began.clone();
            let first = sync_to_async(move || {
                other.send("first").unwrap();
                gate.recv().unwrap();
            })
            .into_future();
            let mut second = sync_to_async(move || began.send("second").unwrap()).into_future();
            let mut first = first;
            assert!((&mut first).now_or_never().is_none());
            assert!((&mut second).now_or_never().is_none());
            drop(second);
            release.send(()).unwrap();
            first.await.unwrap();
            sync_to_async(|| ()).await.unwrap();
        }));
        assert_eq!(begun.into_iter().collect::<Vec<_>>(), ["first"]);
    });
}

#[test]
fn a_program_without_a_runtime_can_use_a_database() {
    watched(|| {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("plain.db").display());
        for url in
            [url, std::env::var("DORMOUSE_TEST_POSTGRES").unwrap(), std::env::var("DORMOUSE_TEST_MYSQL").unwrap()]
        {
            let db = async_to_sync(Database::connect(&url)).run().unwrap().unwrap();
            for _ in 0..3 {
                let sum = atomic(|tx| tx.execute_sql("SELECT 1")).using(&db).run();
                assert!(sum.is_ok(), "{sum:?}");
            }
            async_to_sync(db.close()).run().unwrap();
        }
    });
}

matrix! {
    /// Every sync method, in a transaction and on the pool, says what its a-method says.
    async fn sync_methods_mirror_the_a_methods(db: &Database) -> Result<()> {
        fill(db).await?;
        let books = || Book::objects().order_by(|b| b.id.asc());
        let all = books().await?;
        let (dune, count) = (all[0].clone(), all.len() as u64);
        let check = move |sync: &dyn Fn() -> dormouse::SyncQuerySet<'static, Book>| -> Result<()> {
            assert_eq!(sync().to_vec()?, all);
            assert_eq!(sync().into_iter().collect::<Result<Vec<_>>>()?, all);
            assert_eq!((sync().count()?, sync().len()?, sync().exists()?, sync().is_empty()?), (count, count, true, false));
            assert_eq!((sync().first()?, sync().last()?), (all.first().cloned(), all.last().cloned()));
            assert_eq!((sync().nth(2)?, sync().nth(99)?), (all.get(2).cloned(), None));
            assert_eq!(sync().step_by(2)?, all.iter().step_by(2).cloned().collect::<Vec<_>>());
            assert_eq!(sync().get(|b| b.title.eq("Dune"))?, dune);
            assert_eq!(sync().filter(|b| b.title.eq("Dune")).get_one()?, dune);
            assert_eq!(sync().get_opt(|b| b.title.eq("?"))?, None);
            assert!(sync().get(|b| b.title.eq("?")).unwrap_err().is_does_not_exist());
            assert!(sync().contains(&dune)?);
            assert_eq!(sync().latest(|b| b.price.asc())?.title, "Roadside Picnic");
            assert_eq!(sync().earliest(|b| b.price.desc())?.title, "Roadside Picnic");
            assert_eq!(sync().aggregate(|b| b.id.count())?, count as i64);
            assert_eq!(sync().in_bulk([dune.id])?.len(), 1);
            assert!(!sync().explain()?.is_empty());
            assert_eq!(sync().exclude(|b| b.pages.is_null()).order_by(|b| b.pages.asc()).count()?, 3);
            Ok(())
        };
        let on_the_pool = check.clone();
        sync_to_async(move || on_the_pool(&|| books().blocking())).await??;
        atomic(move |_| check(&|| books().blocking())).await
    }

    async fn rows_and_drafts_save_in_sync_code(db: &Database) -> Result<()> {
        fill(db).await?;
        let other = db.clone();
        let written = move |tx: &Transaction| -> Result<()> {
            let mut author = Author::new().name("Le Guin").born(1929).save(tx)?;
            author.name = "Ursula K. Le Guin".to_owned();
            author.save(tx)?;
            author.born = Some(1900);
            author.name = "not written".to_owned();
            author.save_fields(tx, |a| a.born)?;
            author.refresh_from_db(tx)?;
            assert_eq!((author.name.as_str(), author.born), ("Ursula K. Le Guin", Some(1900)));
            // By its name, the database is the transaction too.
            let born = Author::objects().using(&other).blocking().get(|a| a.name.contains("Guin"))?.born;
            assert_eq!(born, Some(1900));
            author.delete(&other)?;
            assert!(author.refresh_from_db(tx).unwrap_err().is_does_not_exist());
            assert_eq!(Author::objects().using(tx).filter(|a| a.born.is_null()).update(|a| a.born.set(1))?, 1);
            assert_eq!(Book::objects().using(tx).filter(|b| b.title.eq("Solaris")).delete()?.total, 1);
            Ok(())
        };
        atomic(written).await?;
        assert_eq!((Author::objects().acount().await?, Book::objects().acount().await?), (3, 4));
        Ok(())
    }

    async fn in_async_code_sync_methods_say_what_to_do(db: &Database) -> Result<()> {
        fill(db).await?;
        let check = |error: dormouse::Error, method: &str| {
            assert!(matches!(error.kind(), ErrorKind::SynchronousOnlyOperation { method: named } if *named == method), "{error:?}");
            assert!(error.to_string().contains("sync_to_async"));
        };
        check(Book::objects().blocking().count().unwrap_err(), "count");
        check(Book::objects().blocking().to_vec().unwrap_err(), "to_vec");
        check(Book::objects().blocking().first().unwrap_err(), "first");
        check(Book::objects().blocking().into_iter().next().unwrap().unwrap_err(), "to_vec");
        check(atomic(|_| Ok(())).run().unwrap_err(), "atomic");
        let db = db.clone();
        let spawned = tokio::spawn(async move { Book::objects().using(&db).blocking().exists().unwrap_err() });
        check(spawned.await.expect("no panic"), "exists");
        Ok(())
    }

    async fn the_scope_crosses_the_bridge(db: &Database) -> Result<()> {
        fill(db).await?;
        let count = sync_to_async(|| Book::objects().blocking().count()).await??;
        let deeper = sync_to_async(|| async_to_sync(Book::objects().acount()).run()).thread_sensitive(false).await???;
        let spawned = tokio::task::spawn_blocking({
            let db = db.clone();
            move || Book::objects().using(&db).blocking().count()
        });
        assert_eq!((count, deeper, spawned.await.expect("no panic")?), (5, 5, 5));
        Ok(())
    }

    async fn queries_are_counted(db: &Database) -> Result<()> {
        fill(db).await?;
        let count = dormouse::assert_num_queries!(2, async {
            Book::objects().afirst().await?;
            sync_to_async(|| Book::objects().blocking().count()).await?
        })?;
        assert_eq!(count, 5);
        dormouse::assert_num_queries!(0, Book::objects().none().acount())?;
        let (_, queries) = dormouse::capture_queries(atomic(|tx| {
            Book::objects().using(tx).count()?;
            tx.savepoint(|tx| Book::objects().using(tx).exists())
        }).into_future()).await;
        assert_eq!(queries.len(), 2, "{queries:?}");
        Ok(())
    }
}
