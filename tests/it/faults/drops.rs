//! A11: what holds a connection can be dropped anywhere: on a thread without a runtime, as the last act of a thread, while unwinding,
//! and after its runtime. Nothing panics, and nothing is left behind.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

use dormouse::Result;
use dormouse::prelude::*;
use tokio::runtime;
use tokio::time::timeout;

use crate::library::fill;
use crate::support::leak::has_all_permits;
use crate::support::{poll_budget, sweep};
use crate::verbs::{Stage, Work, every_verb};

/// All but those whose sync code runs futures of the user's, with the clocks of the runtime that ends.
fn every_verb_on_its_own_clocks(stage: &Stage) -> Vec<(&'static str, Work)> {
    let mut verbs = every_verb(stage);
    verbs.retain(|(name, _)| !["async_to_sync::async_to_sync", "sync_to_async::sync_to_async"].contains(name));
    verbs
}

/// Something that holds a connection, or is about to.
type Thing = Box<dyn Any + Send>;

/// Operations in the middle of their work, and the database itself.
async fn things(url: &str, verbs: fn(&Stage) -> Vec<(&'static str, Work)>) -> Result<Vec<Thing>> {
    let db = Database::connect(url).await?;
    let stage = Stage::of(&db, url).await?;
    let mut things: Vec<Thing> = Vec::new();
    for (_, mut work) in verbs(&stage) {
        // As far as it comes: it may wait for one that came before it.
        let _ = timeout(Duration::from_millis(5), poll_budget(&mut work, 4)).await;
        things.push(Box::new(work));
    }
    things.push(Box::new(db));
    Ok(things)
}

thread_local! {
    static LAST: RefCell<Vec<Thing>> = const { RefCell::new(Vec::new()) };
}

/// Where things are dropped.
const PLACES: [fn(Vec<Thing>); 3] = [
    drop,
    |things| LAST.set(things),
    |things| {
        let unwound = catch_unwind(AssertUnwindSafe(move || {
            let _things = things;
            panic!("things are dropped on the way");
        }));
        assert!(unwound.is_err());
    },
];

/// On a thread without a runtime.
fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    thread::spawn(work).join().expect("no panic")
}

sweep! {
    async fn on_any_thread(rig: &mut Rig) -> Result<()> {
        rig.direct.scope(fill(&rig.direct)).await?;
        let url = rig.direct_url(50);
        for place in PLACES {
            let things = things(url.as_str(), every_verb).await?;
            tokio::task::spawn_blocking(move || on_a_thread(move || place(things))).await.expect("no panic");
            rig.probe.is_clean().await;
        }
        let db = rig.connect(2).await?;
        has_all_permits(&db, 2).await
    } on sqlite, postgres, mariadb;

    async fn around_the_end_of_a_runtime(rig: &mut Rig) -> Result<()> {
        rig.direct.scope(fill(&rig.direct)).await?;
        for with_the_runtime in [true, false] {
            let url = rig.direct_url(50);
            let end = move || -> Result<()> {
                let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
                let things = runtime.block_on(things(url.as_str(), every_verb_on_its_own_clocks))?;
                if with_the_runtime {
                    runtime.spawn(async move { std::future::pending::<()>().await; drop(things) });
                    drop(runtime);
                } else {
                    drop(runtime);
                    drop(things);
                }
                Ok(())
            };
            tokio::task::spawn_blocking(move || on_a_thread(end)).await.expect("no panic")?;
            rig.probe.is_clean().await;
        }
        Ok(())
    } on sqlite, postgres, mariadb;
}
