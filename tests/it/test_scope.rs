//! Tests of tests: a whole test in a transaction that is undone, and databases that are thrown away.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use dormouse::prelude::*;
use dormouse::{
    Error, ErrorKind, Isolation, Result, TestDatabase, assert_num_queries, async_to_sync, on_commit, sync_to_async,
};
use futures::FutureExt;
use futures::future::join_all;

use crate::support::{matrix, server};

#[derive(Model, Debug, Clone, PartialEq)]
struct Guest {
    id: i64,
    #[field(unique, max_length = 50)]
    name: String,
    visits: i32,
}

/// The table, and a guest that stays.
async fn open_house(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Guest]).await?;
    arrive("host").await.map(drop)
}

async fn arrive(name: &str) -> Result<Guest> {
    Guest::objects().acreate(|g| g.name(name).visits(1)).await
}

async fn names() -> Result<Vec<String>> {
    Guest::objects().order_by(|g| g.name.asc()).values(|g| g.name).await
}

async fn is_as_before(db: &Database) -> Result<()> {
    let left = Guest::objects().using(db).values(|g| (g.name, g.visits)).await?;
    assert_eq!(left, [("host".to_owned(), 1)]);
    Ok(())
}

matrix! {
    async fn what_a_test_does_is_undone(db: &Database) -> Result<()> {
        open_house(db).await?;
        for _ in 0..2 {
            db.test_scope(async {
                arrive("ann").await?;
                Guest::objects().aupdate(|g| g.visits.set(g.visits + 1)).await?;
                assert_eq!(names().await?, ["ann", "host"]);
                Ok::<_, Error>(())
            }).await??;
            is_as_before(db).await?;
        }
        Ok(())
    }

    async fn an_error_or_a_panic_is_handed_on_and_undone(db: &Database) -> Result<()> {
        open_house(db).await?;
        let failed = db.test_scope(async {
            arrive("ann").await?;
            Err::<(), _>(Error::other("no"))
        }).await?;
        assert_eq!(failed.unwrap_err().to_string(), "no");
        is_as_before(db).await?;
        let panicking = db.test_scope(async {
            arrive("ann").await.unwrap();
            panic!("as intended")
        });
        let panic = AssertUnwindSafe(panicking).catch_unwind().await.map(|_: Result<()>| ()).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"as intended"));
        is_as_before(db).await
    }

    async fn a_test_that_is_dropped_is_undone(db: &Database) -> Result<()> {
        open_house(db).await?;
        let stuck = db.test_scope(async {
            arrive("ann").await?;
            Guest::objects().aupdate(|g| g.visits.set(g.visits + 1)).await?;
            std::future::pending::<Result<()>>().await
        });
        assert!(tokio::time::timeout(Duration::from_millis(300), stuck).await.is_err());
        // Waits for the row until the server has noticed.
        Guest::objects().filter(|g| g.name.eq("host")).aupdate(|g| g.visits.set(g.visits + 1)).await?;
        Guest::objects().aupdate(|g| g.visits.set(g.visits - 1)).await?;
        is_as_before(db).await
    }

    async fn every_way_to_ask_the_database_is_in_the_test(db: &Database) -> Result<()> {
        open_house(db).await?;
        let original = db.clone();
        let aliased = Databases::new().add("default", db.clone()).add("same", db.clone());
        aliased.scope(db.test_scope(async move {
            arrive("ann").await?;
            let seen = [
                Guest::objects().acount().await?,
                Guest::objects().using(&original).acount().await?,
                Guest::objects().using("same").acount().await?,
                Guest::objects().acount().using(original.clone()).await?,
                Guest::objects().stream().try_collect::<Vec<_>>().await?.len() as u64,
                Guest::objects().using("same").aiterator(1).try_collect::<Vec<_>>().await?.len() as u64,
                sync_to_async({
                    let db = original.clone();
                    move || Guest::objects().using(&db).blocking().count()
                }).await??,
                sync_to_async(|| async_to_sync(Guest::objects().acount().into_future()).run()).await???,
                atomic(|tx| Guest::objects().using(tx).count()).await?,
                atomic(|_| Guest::objects().blocking().count()).using("same").await?,
                sync_to_async(|| atomic(|tx| Guest::objects().using(tx).count()).run()).await??,
            ];
            assert_eq!(seen, [2; 11]);
            assert_eq!(original.execute_sql("DELETE FROM guest").await?, 2);
            assert_eq!(names().await?, Vec::<String>::new());
            Ok::<_, Error>(())
        })).await??;
        is_as_before(db).await
    }

    async fn what_is_asked_at_once_takes_turns(db: &Database) -> Result<()> {
        open_house(db).await?;
        db.test_scope(async {
            let arrivals = join_all((0..20).map(|number| async move {
                match number % 3 {
                    0 => arrive(&format!("guest {number}")).await.map(drop),
                    1 => atomic(move |tx| {
                        let guest = Guest::objects().using(tx).create(|g| g.name(format!("guest {number}")).visits(0))?;
                        assert_eq!(Guest::objects().using(tx).filter(|g| g.id.eq(guest.id)).update(|g| g.visits.set(1))?, 1);
                        Ok(())
                    }).await,
                    _ => Guest::objects().stream().try_collect::<Vec<_>>().await.map(drop),
                }
            }));
            for arrived in arrivals.await {
                arrived?;
            }
            // A loop over a stream may write what it reads.
            let mut guests = Guest::objects().stream();
            while let Some(mut guest) = guests.try_next().await? {
                guest.visits += 1;
                guest.asave().await?;
            }
            assert_eq!(Guest::objects().filter(|g| g.visits.eq(2)).acount().await?, 15);
            Ok::<_, Error>(())
        }).await??;
        is_as_before(db).await
    }

    async fn an_error_of_the_database_is_undone_alone(db: &Database) -> Result<()> {
        open_house(db).await?;
        db.test_scope(async {
            arrive("ann").await?;
            assert!(arrive("ann").await.unwrap_err().is_unique_violation());
            assert!(db.execute_sql("SELECT no_such_column FROM guest").await.is_err());
            let both = join_all([arrive("ann"), arrive("bob")]).await;
            assert!(both[0].is_err() && both[1].is_ok(), "{both:?}");
            assert_eq!(names().await?, ["ann", "bob", "host"]);
            Ok::<_, Error>(())
        }).await??;
        is_as_before(db).await
    }

    async fn a_row_that_cannot_be_decoded_costs_nothing_else(db: &Database) -> Result<()> {
        open_house(db).await?;
        db.test_scope(async {
            for number in 0..100 {
                arrive(&format!("{number}")).await?;
            }
            let wrong = Strange::objects().await.unwrap_err();
            assert!(matches!(wrong.kind(), ErrorKind::Decode { .. }), "{wrong:?}");
            assert!(Strange::objects().stream().try_collect::<Vec<_>>().await.is_err());
            assert_eq!(Guest::objects().acount().await?, 101);
            Ok::<_, Error>(())
        }).await??;
        is_as_before(db).await
    }

    async fn a_transaction_is_a_savepoint(db: &Database) -> Result<()> {
        open_house(db).await?;
        db.test_scope(async {
            let failed: Result<()> = atomic(|tx| {
                Guest::objects().using(tx).create(|g| g.name("ann").visits(1))?;
                tx.savepoint(|tx| Guest::objects().using(tx).create(|g| g.name("bob").visits(1)))?;
                Err(Error::other("no"))
            }).await;
            assert_eq!(failed.unwrap_err().to_string(), "no");
            let broken = atomic(|tx| {
                Guest::objects().using(tx).create(|g| g.name("ann").visits(1))?;
                Guest::objects().using(tx).create(|g| g.name("host").visits(1)).unwrap_err();
                Ok(())
            }).await.unwrap_err();
            assert!(matches!(broken.kind(), ErrorKind::BrokenTransaction), "{broken:?}");
            assert_eq!(names().await?, ["host"]);
            // What is for the outermost one only is allowed to the outermost one of the code under test.
            atomic(|tx| {
                Guest::objects().using(tx).create(|g| g.name("ann").visits(1))?;
                tx.savepoint(|tx| -> Result<()> {
                    Guest::objects().using(tx).create(|g| g.name("bob").visits(1))?;
                    Err(Error::other("undone alone"))
                }).unwrap_err();
                let durable = atomic(|_| Ok(())).durable(true).run().unwrap_err();
                assert!(durable.to_string().contains("durable"), "{durable}");
                Ok(())
            }).durable(true).isolation(Isolation::Serializable).retries(2).timeout(Duration::from_secs(60)).await?;
            assert_eq!(names().await?, ["ann", "host"]);
            // The same rules as outside.
            assert!(Guest::objects().select_for_update().await.is_err());
            atomic(|tx| Guest::objects().select_for_update().using(tx).to_vec()).await?;
            Ok::<_, Error>(())
        }).await??;
        is_as_before(db).await
    }

    async fn hooks_run_when_the_code_under_test_has_committed(db: &Database) -> Result<()> {
        open_house(db).await?;
        db.test_scope(sync_to_async(|| {
            let log = Rc::new(RefCell::new(Vec::new()));
            let note = |word: &'static str| {
                let log = Rc::clone(&log);
                move || log.borrow_mut().push(word)
            };
            atomic(|tx| {
                tx.on_commit(note("committed"));
                atomic(|tx| { tx.on_commit(note("nested")); Ok(()) }).run()?;
                assert!(log.borrow().is_empty());
                Ok(())
            }).run()?;
            let failed: Result<()> = atomic(|tx| { tx.on_commit(note("rolled back")); Err(Error::other("no")) }).run();
            assert!(failed.is_err());
            on_commit(note("at once"));
            assert_eq!(*log.borrow(), ["committed", "nested", "at once"]);
            Ok::<_, Error>(())
        }).into_future()).await???;
        is_as_before(db).await
    }

    /// What a handler does in tests must be what it does in the program, dropped statements included.
    async fn a_statement_or_transaction_that_is_dropped_is_undone_alone(db: &Database) -> Result<()> {
        open_house(db).await?;
        let ran = Arc::new(AtomicU32::new(0));
        db.test_scope(async {
            for polls in 0..12 {
                let counted = Arc::clone(&ran);
                let mut statement = Guest::objects().aupdate(|g| g.visits.set(g.visits + 1));
                let mut transaction = atomic(move |tx| {
                    counted.fetch_add(1, Ordering::SeqCst);
                    Guest::objects().using(tx).create(|g| g.name(format!("guest {polls}")).visits(1))
                }).into_future().fuse();
                for _ in 0..polls {
                    let _ = (&mut statement).now_or_never();
                    let _ = (&mut transaction).now_or_never();
                    tokio::task::yield_now().await;
                }
                drop((statement, transaction));
                assert!(names().await?.contains(&"host".to_owned()), "the test goes on");
            }
            let came = Guest::objects().filter(|g| g.name.startswith("guest")).acount().await?;
            assert_eq!(came, u64::from(ran.load(Ordering::SeqCst)), "a closure that has begun runs to its end");
            Ok::<_, Error>(())
        }).await??;
        is_as_before(db).await
    }

    async fn scopes_are_nested(db: &Database) -> Result<()> {
        open_house(db).await?;
        db.test_scope(async {
            arrive("ann").await?;
            for name in ["bob", "eve"] {
                db.test_scope(async {
                    arrive(name).await?;
                    let more = atomic(move |tx| {
                        tx.savepoint(|tx| Guest::objects().using(tx).create(|g| g.name("more").visits(1)))?;
                        Guest::objects().using(tx).count()
                    });
                    assert_eq!(more.await?, 4);
                    assert!(arrive("ann").await.is_err());
                    assert_eq!(names().await?, ["ann", name, "host", "more"]);
                    Ok::<_, Error>(())
                }).await??;
                assert_eq!(names().await?, ["ann", "host"]);
            }
            Ok::<_, Error>(())
        }).await??;
        is_as_before(db).await
    }

    async fn tasks_that_are_spawned_are_not_in_the_test(db: &Database) -> Result<()> {
        open_house(db).await?;
        db.test_scope(async {
            arrive("ann").await?;
            let outside = tokio::spawn(Guest::objects().using(db).acount()).await.expect("no panic")?;
            assert_eq!((outside, Guest::objects().acount().await?), (1, 2));
            Ok::<_, Error>(())
        }).await??;
        is_as_before(db).await
    }

    async fn statements_are_counted_in_a_test(db: &Database) -> Result<()> {
        open_house(db).await?;
        db.test_scope(async {
            assert_num_queries!(2, async { arrive("ann").await?; names().await })?;
            assert_num_queries!(1, atomic(|tx| Guest::objects().using(tx).count()))
        }).await??;
        is_as_before(db).await
    }

    async fn what_is_checked_at_commit_is_checked(db: &Database) -> Result<()> {
        if !db.dialect().features().deferrable_uniques {
            return Ok(());
        }
        db.create_tables(dormouse::models![Seat]).await?;
        let outcomes = async || -> Result<_> {
            let seat = |number: i64| Seat::objects().acreate(move |s| s.number(number));
            let (one, two) = (seat(1).await?, seat(2).await?);
            let taken = seat(2).await.map(drop);
            // For a moment, two have the same.
            let swapped = atomic(move |_| {
                Seat::objects().filter(|s| s.pk.eq(one.id)).blocking().update(|s| s.number.set(2))?;
                Seat::objects().filter(|s| s.pk.eq(two.id)).blocking().update(|s| s.number.set(1))
            }).await;
            let doubled = atomic(|tx| Seat::objects().using(tx).update(|s| s.number.set(7))).await;
            let outcomes = [taken.map_err(|error| error.is_unique_violation()), swapped.map(drop).map_err(|_| false), doubled.map(drop).map_err(|error| error.is_unique_violation())];
            Ok((outcomes, Seat::objects().order_by(|s| s.id.asc()).values(|s| s.number).await?))
        };
        let inside = db.test_scope(outcomes()).await??;
        assert_eq!(inside, ([Err(true), Ok(()), Err(true)], vec![2, 1]));
        assert_eq!(inside, outcomes().await?, "as outside");
        Ok(())
    }

    async fn several_databases_are_undone(db: &Database) -> Result<()> {
        open_house(db).await?;
        let other = TestDatabase::create("sqlite::memory:").await?;
        other.scope(open_house(other.database())).await?;
        db.test_scope(other.database().test_scope(async {
            arrive("ann").await?;
            assert_eq!(names().await?, ["ann", "host"], "the inner one is the default one");
            assert_eq!(Guest::objects().using(db).adelete().await?.total, 1);
            assert_eq!(Guest::objects().using(db).acount().await?, 0);
            Ok::<_, Error>(())
        })).await???;
        is_as_before(db).await?;
        is_as_before(other.database()).await?;
        other.remove().await
    }

    async fn the_schema_may_be_changed_where_that_can_be_undone(db: &Database) -> Result<()> {
        let made = db.test_scope(async {
            db.create_tables(dormouse::models![Guest]).await?;
            arrive("ann").await
        }).await?;
        let undone = db.dialect().features().transactional_ddl;
        assert_eq!(made.is_ok(), undone, "{made:?}");
        assert!(Guest::objects().acount().await.is_err());
        Ok(())
    }
}

#[derive(Model, Debug)]
#[model(unique(number, deferrable))]
struct Seat {
    id: i64,
    number: i64,
}

/// What is made, used, and removed by `end`; afterwards it is gone.
async fn is_thrown_away(url: &str, end: impl AsyncFnOnce(TestDatabase) -> Result<()>) -> Result<()> {
    let test = TestDatabase::create(url).await?;
    let own = test.url().to_owned();
    test.scope(async {
        open_house(test.database()).await?;
        let spawned = tokio::spawn(Guest::objects().using(test.database()).acount());
        assert_eq!(spawned.await.expect("no panic")?, 1);
        Ok::<_, Error>(())
    })
    .await?;
    Box::pin(end(test)).await?;
    assert!(Database::connect(&own.replace("mode=rwc", "mode=rw")).await.is_err(), "it is gone");
    Ok(())
}

/// All ways to end.
async fn however_it_ends(url: &str) -> Result<()> {
    is_thrown_away(url, async |test| {
        let other = TestDatabase::create(url).await?;
        assert!(other.scope(names()).await.is_err(), "each is a database of its own");
        other.remove().await?;
        test.remove().await
    })
    .await?;
    is_thrown_away(url, async |test| {
        drop(test);
        Ok(())
    })
    .await?;
    // A task still works on it.
    is_thrown_away(url, async |test| {
        let database = test.database().clone();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let work = atomic(move |tx| {
            Guest::objects().using(tx).update(|g| g.visits.set(0))?;
            begun.send(()).expect("the test waits");
            while Guest::objects().using(tx).count().is_ok() {}
            Ok(())
        });
        let work = tokio::spawn(work.timeout(Duration::from_secs(2)).using(&database).into_future());
        has_begun.await.expect("it begins");
        drop(test);
        assert!(work.await.expect("no panic").is_err());
        Ok(())
    })
    .await?;
    let panicking = AssertUnwindSafe(is_thrown_away(url, async |test| {
        let _test = test;
        panic!("as intended")
    }));
    assert!(panicking.catch_unwind().await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_file_for_a_test_is_thrown_away() -> Result<()> {
    however_it_ends("sqlite::memory:?readers=2").await
}

#[tokio::test]
async fn a_database_for_a_test_is_thrown_away_postgres() -> Result<()> {
    however_it_ends(&server("DORMOUSE_TEST_POSTGRES")).await
}

#[tokio::test]
async fn a_database_for_a_test_is_thrown_away_mariadb() -> Result<()> {
    however_it_ends(&server("DORMOUSE_TEST_MYSQL")).await
}

#[tokio::test]
async fn a_database_that_cannot_be_made_is_an_error() {
    for url in ["oracle://a@b/c", "sqlite::memory:?colour=red", "postgres://guest:geheim@127.0.0.1:1/d", "mysql:"] {
        let error = TestDatabase::create(url).await.map(drop).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
    }
}

/// The guests, as a program sees them that takes their names for numbers.
#[derive(Model, Debug)]
#[model(table = "guest")]
struct Strange {
    id: i64,
    name: i64,
}
