//! One database, several runtimes: connections of one that has ended, or that stands still, are never met by another.

use std::sync::{Arc, Barrier, LazyLock};
use std::thread;
use std::time::Duration;

use dormouse::prelude::*;
use dormouse::{Error, Result, async_to_sync, sync_to_async};
use futures::StreamExt;
use tokio::runtime::{Builder, Runtime};

use crate::library::{Publisher, fill};
use crate::support::{Place, share_of, tell};

/// Where databases are made and removed, which is none of the runtimes that are tested.
static STAGE: LazyLock<Runtime> = LazyLock::new(|| Builder::new_multi_thread().enable_all().build().unwrap());

fn small() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn large() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Makes three tests of a body that is not async.
macro_rules! on_each {
    ($($(#[$meta:meta])* fn $name:ident($db:ident: &Database) -> Result<()> $body:block)*) => {$(
        mod $name {
            use super::*;

            $(#[$meta])*
            fn body($db: &Database) -> Result<()> $body

            #[test]
            fn sqlite() -> Result<()> {
                run(Ok(Place::sqlite()), body)
            }

            #[test]
            fn postgres() -> Result<()> {
                run(STAGE.block_on(Place::postgres()), body)
            }

            #[test]
            fn mariadb() -> Result<()> {
                run(STAGE.block_on(Place::mariadb()), body)
            }
        }
    )*};
}

fn run(place: Result<Place>, body: fn(&Database) -> Result<()>) -> Result<()> {
    let place = place?;
    // The runtime in which it was connected has ended before its first use.
    let db = small().block_on(async {
        let db = Database::connect(place.url()).await?;
        db.scope(fill(&db)).await.map(|()| db)
    })?;
    let outcome = body(&db);
    drop(db);
    STAGE.block_on(place.remove())?;
    outcome
}

/// One of the ways to use a database, by number.
async fn use_it(db: &Database, way: usize) -> Result<()> {
    let all = || Publisher::objects().using(db);
    match way % 6 {
        0 => assert_eq!(all().acount().await?, 2),
        1 => {
            let counted = all();
            assert_eq!(atomic(move |tx| counted.using(tx).count()).using(db).await?, 2);
        }
        2 => {
            let undone = atomic(|tx| {
                Publisher::new().name("new").save(tx)?;
                assert_eq!(Publisher::objects().using(tx).count()?, 3);
                tx.savepoint(|tx| Publisher::new().name("newer").save(tx))?;
                Err::<(), _>(Error::other("undone"))
            });
            assert!(undone.using(db).await.unwrap_err().to_string().contains("undone"));
        }
        3 => drop(all().stream().next().await.transpose()?),
        4 => db.test_scope(in_a_scope()).await??,
        _ => {
            let counted = all();
            assert_eq!(sync_to_async(move || counted.blocking().count()).await??, 2);
        }
    }
    Ok(())
}

async fn in_a_scope() -> Result<()> {
    Publisher::objects().acreate(|p| p.name("new")).await?;
    assert_eq!(atomic(|tx| Publisher::objects().using(tx).count()).await?, 3);
    let names: Vec<_> = Publisher::objects().stream().map(|row| row.map(|row| row.name)).collect().await;
    assert_eq!(names.len(), 3);
    Ok(())
}

on_each! {
    fn runtimes_follow_each_other(db: &Database) -> Result<()> {
        let rounds = share_of(1_000, 90);
        for round in 0..rounds {
            // Each way follows each other one, in runtimes of both kinds.
            let (first, second) = (round % 6, round / 6 % 6);
            let runtime = if round % 4 == 3 { large() } else { small() };
            runtime.block_on(async {
                use_it(db, first).await?;
                use_it(db, second).await
            }).unwrap_or_else(|error| panic!("round {round}, ways {first} and {second}: {error:?}"));
        }
        tell(format!("{rounds} runtimes, one after the other: no failure"));
        Ok(())
    }

    fn tests_of_one_file_run_at_once(db: &Database) -> Result<()> {
        const TESTS: usize = 12;
        let rounds = share_of(100, 6);
        for round in 0..rounds {
            let together = Arc::new(Barrier::new(TESTS));
            let tests = (0..TESTS).map(|test| {
                let (db, together) = (db.clone(), Arc::clone(&together));
                thread::spawn(move || {
                    together.wait();
                    // The runtime of each ends while the others go on.
                    small().block_on(async {
                        use_it(&db, if test % 2 == 0 { 4 } else { 1 }).await?;
                        use_it(&db, test + round).await
                    })
                })
            });
            let tests: Vec<_> = tests.collect();
            for (test, outcome) in tests.into_iter().enumerate() {
                outcome.join().expect("no panic").unwrap_or_else(|error| panic!("round {round}, test {test}: {error:?}"));
            }
        }
        tell(format!("{rounds} rounds of {TESTS} runtimes at once: no failure"));
        Ok(())
    }

    /// A runtime of one thread drives its sockets only while it is waited in.
    fn a_runtime_that_stands_still_holds_up_no_other(db: &Database) -> Result<()> {
        let (still, other) = (small(), large());
        for way in 0..6 {
            still.block_on(use_it(db, way))?;
            assert_eq!(Publisher::objects().using(db).blocking().count()?, 2);
            other.block_on(async { tokio::time::timeout(Duration::from_secs(30), use_it(db, way)).await.expect("in time") })?;
            async_to_sync(use_it(db, way)).force_new_loop(true).run()??;
            async_to_sync(use_it(db, way)).run()??;
        }
        Ok(())
    }
}
