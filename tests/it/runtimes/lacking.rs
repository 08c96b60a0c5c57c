//! Where a server cannot be waited for, that is an error that says what to do; SQLite works anywhere.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};
use futures::executor;
use tokio::runtime::Builder;

use crate::library::fill;
use crate::support::matrix;
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
                        assert!(matches!(error.kind(), ErrorKind::Configuration { .. }), "{verb}, {advice}: {error:?}");
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

#[test]
fn connecting_is_refused_alike() {
    for (advice, run) in executors() {
        for variable in ["DORMOUSE_TEST_POSTGRES", "DORMOUSE_TEST_MYSQL"] {
            let url = crate::support::server(variable);
            let connect = Box::pin(async move { Database::connect(&url).await.map(drop) });
            let error = run(connect).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Configuration { .. }), "{error:?}");
            assert!(error.to_string().contains(advice), "{error}");
        }
    }
}
