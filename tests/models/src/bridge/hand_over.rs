//! Work for a context: in order, one at a time, answered once, and never when it is not waited for.

use std::future::IntoFuture;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::task::Poll;

use futures::future::join;
use futures::{FutureExt, poll};
use shuttle::future::{block_on, yield_now};
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;

use super::{SyncContext, async_to_sync, sync_to_async};
use crate::check::check;
use crate::error::Result;
use crate::sync::thread::be_scarce;

/// Runs clients at once in one context, which they leave when they are done.
fn in_one_context(clients: usize, client: impl AsyncFn(usize) + Copy + Send + 'static) {
    let context = SyncContext::new();
    let start = |number| {
        let context = context.clone();
        thread::spawn(move || block_on(context.scope(client(number))))
    };
    let started: Vec<_> = (0..clients).map(start).collect();
    drop(context);
    started.into_iter().for_each(|client| client.join().unwrap());
}

#[test]
fn work_runs_in_order_and_alone() {
    check(3_000, || {
        let bench = Bench::default();
        let context = SyncContext::new();
        let clients = [1, 2].map(|client| {
            let (context, bench) = (context.clone(), bench.clone());
            thread::spawn(move || block_on(context.scope(in_order(client, bench))))
        });
        drop(context);
        clients.into_iter().for_each(|client| client.join().unwrap());
    });
}

#[test]
fn only_a_wait_lets_another_in() {
    check(2_000, || {
        let bench = Bench::default();
        let context = SyncContext::new();
        let clients = [1, 2, 3].map(|client| {
            let (context, bench) = (context.clone(), bench.clone());
            let work = move || {
                bench.work();
                async_to_sync(yield_now()).run().unwrap();
                client
            };
            let work = sync_to_async(work).into_future();
            thread::spawn(move || assert_eq!(block_on(context.scope(work)).unwrap(), client))
        });
        drop(context);
        clients.into_iter().for_each(|client| client.join().unwrap());
    });
}

/// Who works in a context right now.
#[derive(Clone, Default)]
struct Bench(Arc<AtomicUsize>);

impl Bench {
    /// Works for a while, alone.
    fn work(&self) {
        assert_eq!(self.0.fetch_add(1, SeqCst), 0, "two work in one context");
        thread::yield_now();
        assert_eq!(self.0.fetch_sub(1, SeqCst), 1);
    }
}

/// Awaits two at once: the one that is polled first runs first.
async fn in_order(client: usize, bench: Bench) {
    let turn = Arc::new(AtomicUsize::new(0));
    let work = |place: usize| {
        let (bench, turn) = (bench.clone(), Arc::clone(&turn));
        let work = sync_to_async(move || {
            bench.work();
            assert_eq!(turn.fetch_add(1, SeqCst), place, "out of order");
            client * 10 + place
        });
        work.into_future()
    };
    let (first, second) = join(work(0), work(1)).await;
    assert_eq!((first.unwrap(), second.unwrap()), (client * 10, client * 10 + 1));
    assert_eq!(work(2).await.unwrap(), client * 10 + 2);
}

#[test]
fn nothing_runs_for_none() {
    check(3_000, || in_one_context(2, async |_| give_up().await));
}

/// Awaits work for a few polls only.
async fn give_up() {
    let [begun, given_up, for_none] = [(); 3].map(|()| Arc::new(AtomicBool::new(false)));
    let mut work = {
        let (begun, given_up, for_none) = (Arc::clone(&begun), Arc::clone(&given_up), Arc::clone(&for_none));
        let work = sync_to_async(move || {
            for_none.store(given_up.load(SeqCst), SeqCst);
            begun.store(true, SeqCst);
            thread::yield_now();
            7
        });
        work.into_future()
    };
    for _ in 0..thread_rng().gen_range(0..3) {
        if let Poll::Ready(answer) = poll!(&mut work) {
            return assert_eq!(answer.unwrap(), 7);
        }
        yield_now().await;
    }
    drop(work);
    given_up.store(!begun.load(SeqCst), SeqCst);
    // The context lives on; and this runs behind what was given up.
    assert_eq!(sync_to_async(|| 8).await.unwrap(), 8);
    assert!(!for_none.load(SeqCst), "it began although it was not waited for");
}

#[test]
fn a_panic_arrives_where_the_answer_would() {
    check(2_000, || {
        in_one_context(2, async |client| {
            let panic = AssertUnwindSafe(panicking(client)).catch_unwind().await.unwrap_err();
            assert_eq!(panic.downcast_ref(), Some(&client));
            assert_eq!(sync_to_async(move || client).await.unwrap(), client);
        });
    });
}

async fn panicking(client: usize) -> Result<()> {
    let work = move || {
        thread::yield_now();
        // Without a word on the terminal.
        resume_unwind(Box::new(client))
    };
    sync_to_async(work).await
}

#[test]
fn without_a_thread_work_is_refused_and_not_lost() {
    check(2_000, || {
        be_scarce();
        in_one_context(3, async |client| {
            let ran = Arc::new(AtomicUsize::new(0));
            let runs = Arc::clone(&ran);
            let answer = sync_to_async(move || runs.fetch_add(client + 1, SeqCst)).await;
            assert_eq!(ran.load(SeqCst), if answer.is_ok() { client + 1 } else { 0 });
        });
    });
}

#[test]
fn contexts_do_not_wait_for_each_other() {
    check(2_000, || {
        let told = Arc::new(AtomicBool::new(false));
        let in_its_own = |work: Box<dyn FnOnce() + Send>| {
            let future = sync_to_async(work).into_future();
            thread::spawn(|| block_on(SyncContext::new().scope(future)).unwrap())
        };
        let hears = Arc::clone(&told);
        let waits = in_its_own(Box::new(move || {
            while !hears.load(SeqCst) {
                thread::yield_now()
            }
        }));
        in_its_own(Box::new(move || told.store(true, SeqCst))).join().unwrap();
        waits.join().unwrap();
    });
}
