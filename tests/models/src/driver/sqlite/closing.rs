//! The end of a database: everything that is queued is answered or refused, and no thread is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use futures::future::join3;
use orm_core::driver::Session;
use shuttle::future::block_on;
use shuttle::thread;

use super::census::Census;
use super::rig::{Rig, few_polls, insert};
use super::workers::Workers;
use crate::check::check;

fn closes(rig: Rig, number: u32) {
    block_on(async {
        rig.lane.close().await;
        assert_eq!(rig.database.connections(), 0, "closed, and still there");
        assert!(rig.insert(number, "").await.is_err());
        assert!(rig.lend().await.is_err());
    });
}

/// What is answered is compared with what is kept.
fn writes(rig: Rig, number: u32) {
    block_on(async {
        let others = join3(rig.insert(number, ""), transacts(&rig, number + 1), rig.insert(number + 2, "")).await;
        drop(others);
    });
}

async fn transacts(rig: &Rig, number: u32) {
    let Ok(mut lent) = rig.lend().await else { return };
    // A transaction that has begun may end.
    lent.execute(&insert(number, "")).await.unwrap();
    lent.commit().await.unwrap();
    assert!(rig.database.holds(number));
}

fn gives_up(rig: Rig, number: u32) {
    block_on(async {
        drop(few_polls(rig.lend()).await);
        drop(few_polls(rig.insert(number, "")).await);
    });
}

#[test]
fn closing_leaves_no_caller_waiting() {
    check(4_000, || drop(Rig::open().run(&[writes, closes, writes])));
}

#[test]
fn closing_twice_with_callers_who_go_is_safe() {
    check(3_000, || drop(Rig::open().run(&[closes, gives_up, writes, closes])));
}

#[test]
fn dropping_ends_the_thread() {
    check(2_000, || {
        let database = Rig::open().run(&[gives_up, gives_up]);
        // That the thread has ended is seen at the end of each execution.
        assert!(database.committed().len() <= 2);
    });
}

#[test]
fn a_task_that_was_taken_runs_once() {
    check(3_000, || {
        let census = Arc::new(Census::default());
        let workers = Arc::new(Workers::new(Arc::clone(&census)));
        let runs = Arc::new(AtomicUsize::new(0));
        let clients = [(); 2].map(|()| {
            let (workers, runs) = (Arc::clone(&workers), Arc::clone(&runs));
            thread::spawn(move || {
                let task = || {
                    let runs = Arc::clone(&runs);
                    move || _ = runs.fetch_add(1, SeqCst)
                };
                (0..3).filter(|_| workers.run(task()).is_ok()).count()
            })
        });
        thread::yield_now();
        workers.close();
        census.close();
        let taken: usize = clients.into_iter().map(|client| client.join().unwrap()).sum();
        block_on(census.emptied());
        assert_eq!(runs.load(SeqCst), taken);
    });
}
