//! Where a server cannot be waited for, that is an error that says what to do; SQLite works anywhere.

use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result, SetupMistake};
use futures::executor;
use tokio::runtime::Builder;

use crate::library::fill;
use crate::support::matrix;
use crate::support::worker::{Worker, acknowledge, job};
use crate::verbs::{Stage, Work, every_verb};

/// Executors on which a server cannot be waited for, each with a word of the advice.
fn executors() -> [(&'static str, fn(Work) -> Result<()>); 4] {
    [
        ("inside a tokio runtime", |work| executor::block_on(work)),
        ("no timers", |work| Builder::new_current_thread().enable_io().build().unwrap().block_on(work)),
        ("no I/O", |work| Builder::new_current_thread().enable_time().build().unwrap().block_on(work)),
        ("no timers", |work| {
            let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
            runtime.block_on(runtime.spawn(work)).unwrap()
        }),
    ]
}

fn is_lack(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Configuration(SetupMistake::NoRuntime { .. }))
}

/// What waits in the library's own loop works anywhere; two verbs are those of another database here, and one forgets its error.
const WORK_ANYWHERE: [&str; 7] = [
    "atomic::try_atomic",
    "IntoFuture for SyncToAsync",
    "sync_to_async::sync_to_async",
    "context::scope",
    "async_to_sync::async_to_sync",
    "database::connect",
    "database::close",
];

matrix! {
    async fn every_verb_works_or_says_what_it_needs(db: &Database) -> Result<()> {
        fill(db).await?;
        let is_a_server = db.server().product != "SQLite";
        let url = "sqlite::memory:";
        let mut refused = 0;
        for (advice, run) in executors() {
            let stage = Stage::of(db, url).await?;
            for (verb, work) in every_verb(&stage) {
                let run = move || catch_unwind(AssertUnwindSafe(|| run(work)));
                let outcome = std::thread::spawn(run).join().expect("caught");
                match outcome.unwrap_or_else(|_| panic!("{verb}, {advice}: a panic")) {
                    Ok(()) => assert!(!is_a_server || WORK_ANYWHERE.contains(&verb), "{verb}, {advice}: worked"),
                    Err(error) => {
                        assert!(is_a_server, "{verb}, {advice}: {error:?}");
                        assert!(is_lack(&error), "{verb}, {advice}: {error:?}");
                        assert!(error.to_string().contains(advice), "{verb}: {error}");
                        refused += 1;
                    }
                }
            }
        }
        assert!(!is_a_server || refused > 100, "{refused}");
        // The database is as usable as before.
        for (verb, work) in every_verb(&Stage::of(db, url).await?) {
            work.await.unwrap_or_else(|error| panic!("{verb}: {error:?}"));
        }
        Ok(())
    }
}

/// In a process of its own, whose panic hook counts.
#[test]
fn a_panic_hook_hears_once_of_a_runtime_that_lacks_something() {
    const HEARD: [&str; 2] = ["1", "2"];
    if job::<String>().is_none() {
        let (_, module) = module_path!().split_once("::").unwrap();
        let name = format!("{module}::a_panic_hook_hears_once_of_a_runtime_that_lacks_something");
        assert_eq!(Worker::start(&name, &"").finish(), HEARD);
        return;
    }
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    panic::set_hook(Box::new(|_| {
        COUNT.fetch_add(1, Ordering::Relaxed);
    }));
    for lacking in [Builder::new_multi_thread().enable_time(), Builder::new_multi_thread().enable_io()] {
        let runtime = lacking.worker_threads(4).build().unwrap();
        let asking = (0..40).map(|_| {
            let url = crate::support::server("DORMOUSE_TEST_POSTGRES");
            runtime.spawn(async move { Database::connect(&url).await.map(drop) })
        });
        let asking: Vec<_> = asking.collect();
        for refused in asking {
            let error = runtime.block_on(refused).unwrap().unwrap_err();
            assert!(is_lack(&error), "{error:?}");
        }
        acknowledge(COUNT.load(Ordering::Relaxed));
    }
}

#[test]
fn connecting_is_refused_alike() {
    for (advice, run) in executors() {
        for variable in ["DORMOUSE_TEST_POSTGRES", "DORMOUSE_TEST_MYSQL"] {
            let url = crate::support::server(variable);
            let connect = Box::pin(async move { Database::connect(&url).await.map(drop) });
            let error = run(connect).unwrap_err();
            assert!(is_lack(&error), "{error:?}");
            assert!(error.to_string().contains(advice), "{error}");
        }
    }
}
