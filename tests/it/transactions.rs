//! Transactions: what is promised, and what would catch us lying.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use dormouse::prelude::*;
use dormouse::{
    Error, ErrorKind, Isolation, QueryMistake, Result, Retry, Waiting, async_to_sync, on_commit, sync_to_async,
    try_atomic,
};
use futures::FutureExt;
use tokio::runtime::Handle;
use tokio::sync::Barrier;

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
struct Account {
    id: i64,
    #[field(unique, max_length = 50)]
    owner: String,
    balance: i64,
}

async fn accounts(db: &Database, owners: &[&str]) -> Result<()> {
    db.create_tables(dormouse::models![Account]).await?;
    for owner in owners {
        Account::objects().using(db).acreate(|a| a.owner(*owner).balance(100)).await?;
    }
    Ok(())
}

async fn balance(owner: &str) -> Result<i64> {
    Ok(Account::objects().aget(|a| a.owner.eq(owner)).await?.balance)
}

fn is_broken(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::BrokenTransaction)
}

matrix! {
    async fn a_transfer_is_whole(db: &Database) -> Result<()> {
        accounts(db, &["ann", "bob"]).await?;
        let moved = atomic(|tx| {
            let mut ann = Account::objects().using(tx).get(|a| a.owner.eq("ann"))?;
            let mut bob = Account::objects().using(tx).get(|a| a.owner.eq("bob"))?;
            ann.balance -= 30;
            bob.balance += 30;
            ann.save(tx)?;
            bob.save(tx)?;
            Ok(30)
        }).await?;
        assert_eq!((moved, balance("ann").await?, balance("bob").await?), (30, 70, 130));
        Ok(())
    }

    async fn an_error_undoes_everything(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let failed: Result<()> = atomic(|tx| {
            Account::objects().using(tx).create(|a| a.owner("new").balance(1))?;
            Account::objects().using(tx).update(|a| a.balance.set(0))?;
            Err(Error::other("no"))
        }).await;
        assert_eq!(failed.unwrap_err().to_string(), "no");
        assert_eq!((Account::objects().acount().await?, balance("ann").await?), (1, 100));
        Ok(())
    }

    async fn a_panic_undoes_everything_and_goes_on(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let transaction = atomic(|tx| -> Result<()> {
            Account::objects().using(tx).update(|a| a.balance.set(0))?;
            panic!("as intended");
        }).using(db).into_future();
        let panic = AssertUnwindSafe(transaction).catch_unwind().await.unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"as intended"));
        assert_eq!(balance("ann").await?, 100);
        Ok(())
    }

    async fn set_rollback_undoes_without_an_error(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let seen = atomic(|tx| {
            Account::objects().using(tx).update(|a| a.balance.set(1))?;
            tx.set_rollback(true);
            Ok(Account::objects().using(tx).get_one()?.balance)
        }).await?;
        assert_eq!((seen, balance("ann").await?), (1, 100));
        Ok(())
    }

    /// A6: a swallowed error of the database must not end in `Ok` with the data gone.
    async fn a_swallowed_error_is_an_error(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let swallowed = atomic(|tx| {
            Account::objects().using(tx).create(|a| a.owner("bob").balance(1))?;
            let refused = Account::objects().using(tx).create(|a| a.owner("ann").balance(1));
            assert!(refused.unwrap_err().is_unique_violation());
            Ok(())
        }).await.unwrap_err();
        assert!(is_broken(&swallowed), "{swallowed:?}");
        assert!(swallowed.downcast_ref::<Error>().is_some_and(Error::is_unique_violation), "{swallowed:?}");
        assert_eq!((swallowed.retry(), Account::objects().acount().await?), (Retry::No, 1));
        Ok(())
    }

    async fn a_broken_transaction_sends_nothing_more(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let (outcome, queries) = dormouse::capture_queries(atomic(|tx| {
            let refused = Account::objects().using(tx).create(|a| a.owner("ann").balance(1));
            assert!(refused.is_err());
            let next = Account::objects().using(tx).create(|a| a.owner("canary").balance(1)).unwrap_err();
            assert!(is_broken(&next), "{next:?}");
            assert!(is_broken(&Account::objects().using(tx).count().unwrap_err()));
            assert!(is_broken(&tx.savepoint(|_| Ok(())).unwrap_err()));
            Ok(())
        }).into_future()).await;
        assert!(is_broken(&outcome.unwrap_err()));
        let accepted = queries.iter().filter(|query| query.succeeded).count();
        assert_eq!((accepted, Account::objects().acount().await?), (0, 1), "{queries:?}");
        Ok(())
    }

    async fn a_savepoint_is_undone_alone(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        atomic(|tx| {
            Account::objects().using(tx).create(|a| a.owner("bob").balance(1))?;
            let refused = tx.savepoint(|tx| {
                Account::objects().using(tx).create(|a| a.owner("eve").balance(1))?;
                Account::objects().using(tx).create(|a| a.owner("ann").balance(1))
            });
            assert!(refused.unwrap_err().is_unique_violation());
            let panicked = catch_unwind(AssertUnwindSafe(|| tx.savepoint(|tx| -> Result<()> {
                Account::objects().using(tx).create(|a| a.owner("mal").balance(1))?;
                panic!("as intended");
            })));
            assert!(panicked.is_err());
            // Swallowed inside, but it is not the outer one that is broken.
            let swallowed = tx.savepoint(|tx| {
                Account::objects().using(tx).create(|a| a.owner("ann").balance(1)).unwrap_err();
                Ok(())
            });
            assert!(is_broken(&swallowed.unwrap_err()));
            tx.savepoint(|tx| {
                Account::objects().using(tx).create(|a| a.owner("zoe").balance(1))?;
                tx.set_rollback(true);
                Ok(())
            })?;
            tx.savepoint(|tx| Account::objects().using(tx).create(|a| a.owner("dan").balance(1)))?;
            Ok(())
        }).await?;
        let owners = Account::objects().order_by(|a| a.owner.asc()).values(|a| a.owner).await?;
        assert_eq!(owners, ["ann", "bob", "dan"]);
        Ok(())
    }

    /// A8: eight levels deep, and everything on the thread is in the transaction by itself.
    async fn nested_and_ambient_work_joins(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        fn deeper(level: i64) -> Result<i64> {
            atomic(|_| {
                Account::objects().blocking().create(|a| a.owner(format!("level {level}")).balance(level))?;
                if level < 8 { deeper(level + 1) } else { Ok(Account::objects().blocking().len()? as i64) }
            }).run()
        }
        let undone = atomic(|tx| {
            assert_eq!(deeper(1)?, 9);
            assert_eq!(Account::objects().using(tx).count()?, 9);
            tx.set_rollback(true);
            Ok(())
        }).await;
        undone?;
        assert_eq!(Account::objects().acount().await?, 1);
        atomic(|_| deeper(1)).await?;
        assert_eq!(Account::objects().acount().await?, 9);
        Ok(())
    }

    async fn what_is_for_the_outermost_is_refused_inside(db: &Database) -> Result<()> {
        accounts(db, &[]).await?;
        atomic(|_| {
            let durable = atomic(|_| Ok(())).durable(true).run().unwrap_err();
            assert!(durable.to_string().contains("durable"), "{durable}");
            let isolation = atomic(|_| Ok(())).isolation(Isolation::Serializable).run().unwrap_err();
            assert!(isolation.to_string().contains("isolation"), "{isolation}");
            Ok(())
        }).durable(true).await
    }

    async fn hooks_run_after_the_outermost_commit_in_order(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let database = db.clone();
        let log = sync_to_async(move || {
            let log = Rc::new(RefCell::new(Vec::new()));
            let note = |word: &'static str| {
                let log = Rc::clone(&log);
                move || log.borrow_mut().push(word)
            };
            atomic(|tx| {
                tx.on_commit(note("first"));
                tx.savepoint(|_| { on_commit(note("second")); Ok(()) })?;
                tx.savepoint(|tx| -> Result<()> { tx.on_commit(note("undone")); Err(Error::other("no")) }).unwrap_err();
                tx.on_commit(|| -> Result<()> { Err(Error::other("reported")) });
                tx.on_commit(|| { if true { panic!("as intended") } });
                tx.on_commit(note("last"));
                assert!(log.borrow().is_empty());
                Ok(())
            }).using(&database).run()?;
            atomic(|tx| -> Result<()> { tx.on_commit(note("rolled back")); Err(Error::other("no")) }).using(&database).run().unwrap_err();
            on_commit(note("at once"));
            Ok::<_, Error>(log.take())
        }).await??;
        assert_eq!(log, ["first", "second", "last", "at once"]);
        Ok(())
    }

    async fn hooks_of_a_retried_attempt_are_forgotten(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let (attempts, hooks) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let (counted, noted) = (Arc::clone(&attempts), Arc::clone(&hooks));
        // A closure that does not ask the database fails for reasons that another attempt would not mend.
        let failed: Result<()> = atomic(move |tx| {
            counted.fetch_add(1, Ordering::Relaxed);
            let noted = Arc::clone(&noted);
            tx.on_commit(move || { noted.fetch_add(1, Ordering::Relaxed); });
            Err(Error::other("no"))
        }).retries(5).await;
        assert!(failed.is_err());
        assert_eq!((attempts.load(Ordering::Relaxed), hooks.load(Ordering::Relaxed)), (1, 0));
        Ok(())
    }

    /// A deadlock, or a failed serialization: each takes the other's row. One must be told to try again, and both pass.
    async fn conflicts_are_tried_again(db: &Database) -> Result<()> {
        accounts(db, &["ann", "bob"]).await?;
        let attempts = Arc::new(AtomicU32::new(0));
        let transfer = |from: &'static str, to: &'static str| {
            let attempts = Arc::clone(&attempts);
            tokio::spawn(atomic(move |tx| {
                attempts.fetch_add(1, Ordering::Relaxed);
                for (owner, change) in [(from, -1), (to, 1)] {
                    let mut account = Account::objects().using(tx).get(|a| a.owner.eq(owner))?;
                    account.balance += change;
                    account.save(tx)?;
                }
                Ok(())
            }).isolation(Isolation::Serializable).retries(50).using(db).into_future())
        };
        let mut tasks = Vec::new();
        for _ in 0..8 {
            tasks.push(transfer("ann", "bob"));
            tasks.push(transfer("bob", "ann"));
        }
        for task in tasks {
            task.await.expect("no panic")?;
        }
        assert_eq!((balance("ann").await?, balance("bob").await?), (100, 100));
        assert!(attempts.load(Ordering::Relaxed) >= 16);
        Ok(())
    }

    /// A7: the victim of a conflict swallows the error, writes on, and returns `Ok`.
    async fn the_victim_of_a_conflict_writes_nothing(db: &Database) -> Result<()> {
        accounts(db, &["ann", "bob"]).await?;
        let barrier = Arc::new(std::sync::Barrier::new(2));
        let rival = |first: &'static str, second: &'static str| {
            let barrier = Arc::clone(&barrier);
            tokio::spawn(atomic(move |tx| {
                Account::objects().using(tx).filter(|a| a.owner.eq(first)).update(|a| a.balance.set(a.balance + 1))?;
                barrier.wait();
                let taken = Account::objects().using(tx).filter(|a| a.owner.eq(second)).update(|a| a.balance.set(a.balance + 1));
                if taken.is_err() {
                    let canary = Account::objects().using(tx).create(|a| a.owner("canary").balance(0));
                    assert!(is_broken(&canary.unwrap_err()));
                }
                Ok(())
            }).using(db).into_future())
        };
        // Where only one may write at a time, there is no deadlock to be had.
        if db.dialect().features().array_parameters || db.dialect().features().no_limit.is_some_and(|limit| limit.len() > 2) {
            let (one, two) = (rival("ann", "bob"), rival("bob", "ann"));
            let outcomes = [one.await.expect("no panic"), two.await.expect("no panic")];
            let victims: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
            assert_eq!(victims.len(), 1, "{outcomes:?}");
            assert!(is_broken(victims[0]) && victims[0].retry() == Retry::Safe, "{victims:?}");
            assert_eq!((balance("ann").await?, balance("bob").await?), (101, 101));
        }
        assert_eq!(Account::objects().filter(|a| a.owner.eq("canary")).acount().await?, 0);
        Ok(())
    }

    async fn read_only_refuses_writes(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let refused = atomic(|tx| {
            assert_eq!(Account::objects().using(tx).count()?, 1);
            Account::objects().using(tx).update(|a| a.balance.set(0))
        }).read_only(true).await;
        assert!(refused.is_err());
        assert_eq!(balance("ann").await?, 100);
        // The connection is not spoiled for others.
        atomic(|tx| Account::objects().using(tx).update(|a| a.balance.set(5))).await?;
        assert_eq!(balance("ann").await?, 5);
        Ok(())
    }

    async fn a_repeatable_read_sees_one_moment(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let other = db.clone();
        let (before, after) = atomic(move |tx| {
            let before = Account::objects().using(tx).get_one()?.balance;
            let other = other.clone();
            let changed = std::thread::spawn(move || Account::objects().using(&other).blocking().update(|a| a.balance.set(7)));
            changed.join().expect("no panic")?;
            Ok((before, Account::objects().using(tx).get_one()?.balance))
        }).isolation(Isolation::RepeatableRead).read_only(true).await?;
        assert_eq!((before, after, balance("ann").await?), (100, 100, 7));
        Ok(())
    }

    async fn a_time_limit_undoes_everything(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let late = atomic(|tx| {
            Account::objects().using(tx).update(|a| a.balance.set(0))?;
            while Account::objects().using(tx).count()? == 1 {}
            Ok(())
        }).timeout(Duration::from_millis(50)).await.unwrap_err();
        let slow = atomic(|tx| {
            Account::objects().using(tx).update(|a| a.balance.set(0))?;
            std::thread::sleep(Duration::from_millis(60));
            Ok(())
        }).timeout(Duration::from_millis(50)).await.unwrap_err();
        for error in [late, slow] {
            assert!(matches!(error.kind(), ErrorKind::Timeout { what: Waiting::Transaction, .. }), "{error:?}");
        }
        assert_eq!(balance("ann").await?, 100);
        Ok(())
    }

    async fn a_time_limit_interrupts_a_statement(db: &Database) -> Result<()> {
        let owners: Vec<String> = (0..100).map(|number| format!("owner {number}")).collect();
        accounts(db, &owners.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        // It would take hours.
        let sql = "UPDATE account SET balance = (SELECT COUNT(*) FROM account a, account b, account c, account d, account e, account f)";
        let begun = Instant::now();
        let error = atomic(move |tx| tx.execute_sql(sql)).timeout(Duration::from_millis(200)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Timeout { what: Waiting::Transaction, .. }), "{error:?}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        // And nothing else: the limit has gone with the transaction.
        let rich = atomic(|tx| Account::objects().using(tx).update(|a| a.balance.set(a.balance + 1))).await?;
        assert_eq!((rich, balance("owner 7").await?), (100, 101));
        Ok(())
    }

    async fn a_future_in_the_closure_cannot_wait_for_another_database(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let other = Database::connect("sqlite::memory:").await?;
        accounts(&other, &["bob"]).await?;
        let (runtime, asked) = (Handle::current(), Account::objects().using(&other));
        let error = atomic(move |tx| {
            Account::objects().using(tx).count()?;
            Ok(runtime.block_on(async { asked.blocking().update(|a| a.balance.set(7)) }).unwrap_err())
        }).await?;
        assert!(matches!(error.kind(), ErrorKind::SynchronousOnlyOperation { .. }), "{error:?}");
        assert_eq!(Account::objects().using(&other).aget_one().await?.balance, 100, "it was sent all the same");
        Ok(())
    }

    async fn errors_of_your_own_come_out(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        #[derive(Debug)]
        enum Refusal { Poor(i64), Database(Error) }
        impl From<Error> for Refusal {
            fn from(error: Error) -> Self { Self::Database(error) }
        }
        let withdraw = |amount: i64| try_atomic(move |tx| -> Result<(), Refusal> {
            let mut ann = Account::objects().using(tx).get(|a| a.owner.eq("ann"))?;
            ann.balance -= amount;
            ann.save(tx)?;
            if ann.balance < 0 { Err(Refusal::Poor(ann.balance)) } else { Ok(()) }
        }).using(db).into_future();
        assert!(matches!(withdraw(300).await, Err(Refusal::Poor(-200))));
        assert!(withdraw(60).await.is_ok());
        assert_eq!(balance("ann").await?, 40);
        let missing = try_atomic(|tx| -> Result<Account, Refusal> { Ok(Account::objects().using(tx).get(|a| a.owner.eq("x"))?) }).await;
        assert!(matches!(missing, Err(Refusal::Database(error)) if error.is_does_not_exist()));
        Ok(())
    }

    async fn statements_that_would_end_the_transaction_are_not_sent(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        atomic(|tx| {
            Account::objects().using(tx).update(|a| a.balance.set(1))?;
            for sql in ["COMMIT", "/* x */ rollback", "BEGIN", "savepoint a"] {
                let refused = tx.execute_sql(sql).unwrap_err();
                let is_command = matches!(refused.kind(), ErrorKind::Query(QueryMistake::TransactionCommand { .. }));
                assert!(is_command, "{sql}: {refused:?}");
            }
            tx.set_rollback(true);
            Ok(())
        }).await?;
        assert_eq!(balance("ann").await?, 100);
        Ok(())
    }

    async fn changes_of_the_schema_are_undone_or_refused(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let transactional = db.dialect().features().transactional_ddl;
        let outcome = atomic(move |tx| {
            Account::objects().using(tx).update(|a| a.balance.set(1))?;
            match tx.execute_sql("CREATE TABLE later (id INTEGER)") {
                Ok(_) => assert!(transactional),
                Err(error) => assert!(!transactional && matches!(error.kind(), ErrorKind::Unsupported { .. }), "{error:?}"),
            }
            Err::<(), _>(Error::other("no"))
        }).await;
        assert!(outcome.is_err());
        assert_eq!(balance("ann").await?, 100);
        assert!(db.execute_sql("SELECT * FROM later").await.is_err());
        Ok(())
    }

    async fn a_future_dropped_before_the_closure_does_nothing(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        for polls in 0..6 {
            let ran = Arc::new(AtomicU32::new(0));
            let counted = Arc::clone(&ran);
            let mut work = Box::pin(atomic(move |tx| {
                counted.fetch_add(1, Ordering::Relaxed);
                Account::objects().using(tx).update(|a| a.balance.set(a.balance + 1))
            }).using(db).into_future());
            let before = balance("ann").await?;
            for _ in 0..polls {
                if (&mut work).now_or_never().is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(work);
            // The next write comes after it, whether it ran or not.
            Account::objects().filter(|a| a.owner.eq("none")).aupdate(|a| a.balance.set(0)).await?;
            atomic(|tx| Account::objects().using(tx).filter(|a| a.owner.eq("ann")).update(|a| a.balance.set(a.balance + 0))).await?;
            let added = balance("ann").await? - before;
            assert!(added == 0 || ran.load(Ordering::Relaxed) == 1, "{polls}: {added}");
        }
        let asked: Vec<_> = (0..30).map(|_| tokio::spawn(Account::objects().using(db).acount())).collect();
        for task in asked {
            assert_eq!(task.await.expect("no panic")?, 1);
        }
        Ok(())
    }

    async fn tasks_and_threads_see_nothing_uncommitted(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let other = db.clone();
        let seen = atomic(move |tx| {
            Account::objects().using(tx).update(|a| a.balance.set(1))?;
            let other = other.clone();
            let spawned = async_to_sync(async move {
                let task = tokio::spawn(Account::objects().using(&other).values(|a| a.balance).into_future());
                // Not on the transaction's own stack, where it could wait for itself.
                let refused = Account::objects().using(&other).acount().await.unwrap_err();
                assert!(refused.to_string().contains("a transaction of this database waits"), "{refused}");
                task.await.expect("no panic")
            }).run()??;
            Ok(spawned)
        }).await?;
        assert_eq!((seen, balance("ann").await?), (vec![100], 1));
        Ok(())
    }

    /// B1 in small: many threads read, then increment; none is lost and none is refused.
    async fn increments_are_not_lost(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let threads: Vec<_> = (0..8).map(|_| {
            let db = db.clone();
            std::thread::spawn(move || -> Result<()> {
                for _ in 0..25 {
                    atomic(|tx| {
                        let mut ann = Account::objects().using(tx).get(|a| a.owner.eq("ann"))?;
                        ann.balance += 1;
                        ann.save(tx)
                    }).isolation(Isolation::Serializable).retries(1_000).using(&db).run()?;
                }
                Ok(())
            })
        }).collect();
        tokio::task::spawn_blocking(|| threads.into_iter().try_for_each(|thread| thread.join().expect("no panic"))).await.expect("no panic")?;
        assert_eq!(balance("ann").await?, 300);
        Ok(())
    }

    async fn loops_may_write_what_they_read(db: &Database) -> Result<()> {
        accounts(db, &["a", "b", "c", "d"]).await?;
        let rounds = atomic(|tx| {
            let mut rounds = 0;
            for account in Account::objects().order_by(|a| a.balance.asc()).using(tx) {
                let mut account = account?;
                account.balance += 1_000;
                account.save(tx)?;
                rounds += 1;
            }
            Ok(rounds)
        }).await?;
        assert_eq!((rounds, Account::objects().filter(|a| a.balance.eq(1_100)).acount().await?), (4, 4));
        Ok(())
    }

    async fn writes_wait_for_the_transaction_before_them(db: &Database) -> Result<()> {
        accounts(db, &["ann"]).await?;
        let barrier = Arc::new(Barrier::new(2));
        let (inside, outside) = (Arc::clone(&barrier), Arc::clone(&barrier));
        let transaction = tokio::spawn(atomic(move |tx| {
            Account::objects().using(tx).update(|a| a.balance.set(a.balance * 2))?;
            async_to_sync(inside.wait()).run()?;
            Account::objects().using(tx).update(|a| a.balance.set(a.balance * 2))
        }).using(db).into_future());
        outside.wait().await;
        Account::objects().aupdate(|a| a.balance.set(a.balance + 1)).await?;
        transaction.await.expect("no panic")?;
        assert_eq!(balance("ann").await?, 401);
        Ok(())
    }

    async fn rows_are_locked_inside_transactions_only(db: &Database) -> Result<()> {
        accounts(db, &["ann", "bob"]).await?;
        let outside = Account::objects().select_for_update().await.unwrap_err();
        assert!(outside.to_string().contains("inside `atomic`"), "{outside}");
        assert!(Account::objects().select_for_update().stream().try_collect::<Vec<_>>().await.is_err());
        assert!(Account::objects().nowait().acount().await.unwrap_err().to_string().contains("select_for_update"));
        // Counting locks nothing.
        assert_eq!(Account::objects().select_for_update().acount().await?, 2);

        let locks = db.dialect().features().row_locks;
        let other = db.clone();
        atomic(move |tx| {
            let ann = Account::objects().select_for_update().using(tx).get(|a| a.owner.eq("ann"))?;
            assert_eq!(ann.balance, 100);
            if locks.is_none() {
                // The whole database is locked: no other could begin.
                return Ok(());
            }
            let rival = std::thread::spawn(move || {
                let free = atomic(|tx| Account::objects().select_for_update().skip_locked().values(|a| a.owner).using(tx).to_vec()).using(&other).run()?;
                let refused = atomic(|tx| Account::objects().select_for_update().nowait().using(tx).first()).using(&other).run().unwrap_err();
                Ok::<_, Error>((free, refused))
            });
            let (free, refused) = rival.join().expect("no panic")?;
            assert_eq!(free, ["bob"]);
            assert_eq!(refused.retry(), Retry::Safe, "{refused:?}");
            Ok(())
        }).await?;

        let no_key = atomic(|tx| Account::objects().select_for_update().no_key().using(tx).count().and(Account::objects().select_for_update().no_key().using(tx).to_vec())).await;
        assert_eq!(no_key.is_ok(), locks.is_none_or(|locks| locks.no_key), "{no_key:?}");
        Ok(())
    }
}

/// A database in memory has one connection for everything.
#[tokio::test]
async fn a_database_in_memory_has_transactions() -> Result<()> {
    let db = Database::connect("sqlite::memory:").await?;
    accounts(&db, &["ann"]).await?;
    for failing in [true, false] {
        let changed = atomic(move |tx| {
            Account::objects().using(tx).update(|a| a.balance.set(1))?;
            if failing { Err(Error::other("no")) } else { Ok(()) }
        });
        assert_eq!(changed.using(&db).await.is_err(), failing);
        let ann = Account::objects().using(&db).aget_one().await?;
        assert_eq!(ann.balance, if failing { 100 } else { 1 });
    }
    assert!(atomic(|tx| Account::objects().using(tx).delete()).read_only(true).using(&db).await.is_err());
    assert_eq!(atomic(|tx| Account::objects().using(tx).delete()).using(&db).await?.total, 1);
    Ok(())
}
