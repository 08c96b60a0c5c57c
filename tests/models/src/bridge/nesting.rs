//! Sync code that waits for async code that awaits sync code: no thread waits for ever, and every answer arrives.

use std::future::IntoFuture;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::Poll;

use futures::future::{BoxFuture, join};
use futures::{FutureExt, poll};
use shuttle::future::{block_on, yield_now};
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;
use tokio::sync::oneshot;

use super::{SyncContext, async_to_sync, sync_to_async};
use crate::check::check;
use crate::error::Result;

/// Awaits sync code in a context, so many levels of both deep.
fn down(context: SyncContext, depth: usize) -> BoxFuture<'static, usize> {
    async move {
        let inner = context.clone();
        let work = move || match depth {
            0 => 0,
            _ => async_to_sync(down(inner, depth - 1)).run().unwrap(),
        };
        context.scope(sync_to_async(work).into_future()).await.unwrap() + 1
    }
    .boxed()
}

#[test]
fn a_waiting_thread_is_replaced_at_any_depth() {
    check(2_000, || {
        let context = SyncContext::new();
        let clients = [2, 3].map(|depth| {
            let future = down(context.clone(), depth);
            thread::spawn(move || assert_eq!(block_on(future), depth + 1))
        });
        drop(context);
        clients.into_iter().for_each(|client| client.join().unwrap());
    });
}

#[test]
fn a_wait_within_a_wait_does_not_end_the_outer_one() {
    check(2_000, || {
        let context = SyncContext::new();
        let same = context.clone();
        let outer = async move {
            // On the waiting thread itself, which then waits a second time.
            sync_to_async(|| async_to_sync(yield_now()).run()).await.unwrap().unwrap();
            same.scope(sync_to_async(|| 3).into_future()).await.unwrap()
        };
        let work = sync_to_async(move || async_to_sync(outer).run().unwrap());
        assert_eq!(block_on(context.scope(work.into_future())).unwrap(), 3);
    });
}

#[test]
fn what_is_queued_already_runs_during_a_wait() {
    check(2_000, || {
        let context = SyncContext::new();
        let (tell, told) = oneshot::channel();
        let hears = sync_to_async(move || async_to_sync(told).run().unwrap().unwrap());
        let tells = sync_to_async(move || tell.send(5).unwrap());
        let (heard, told) = block_on(context.scope(join(hears.into_future(), tells.into_future())));
        assert_eq!(told.map(|()| heard.unwrap()).unwrap(), 5);
    });
}

#[test]
fn any_nesting_ends() {
    check(4_000, || {
        let context = SyncContext::new();
        let clients = [3, 2].map(|depth| {
            let context = context.clone();
            thread::spawn(move || block_on(context.scope(async_code(context.clone(), depth))))
        });
        drop(context);
        clients.into_iter().for_each(|client| client.join().unwrap());
    });
}

/// Sync code, which may wait.
fn sync_code(context: &SyncContext, depth: usize) {
    thread::yield_now();
    if depth > 0 {
        async_to_sync(async_code(context.clone(), depth - 1)).run().unwrap();
    }
}

/// Async code, which awaits sync code once or twice.
fn async_code(context: SyncContext, depth: usize) -> BoxFuture<'static, ()> {
    async move {
        for _ in 0..thread_rng().gen_range(1..3) {
            await_somehow(&context, depth).await;
        }
    }
    .boxed()
}

/// Awaits sync code where it is, in the context, anywhere, two at once, or not to its end.
async fn await_somehow(context: &SyncContext, depth: usize) {
    let work = || {
        let inner = context.clone();
        sync_to_async(move || sync_code(&inner, depth))
    };
    match thread_rng().gen_range(0..6) {
        0 => work().await.unwrap(),
        1 => context.scope(work().into_future()).await.unwrap(),
        2 => work().thread_sensitive(false).await.unwrap(),
        3 => {
            let both = join(work().into_future(), context.scope(work().into_future())).await;
            assert!(both.0.is_ok() && both.1.is_ok());
        }
        4 => drop(poll!(work().into_future())),
        _ => yield_now().await,
    }
}

#[test]
fn a_panic_goes_through_all_levels() {
    check(1_000, || {
        let context = SyncContext::new();
        let inner = context.clone();
        let panics = async move {
            let work = inner.scope(sync_to_async(|| resume_unwind(Box::new("inner"))).into_future());
            work.await.unwrap()
        };
        let work = sync_to_async(move || async_to_sync(panics).run().unwrap()).into_future();
        let caught = catch_unwind(AssertUnwindSafe(|| block_on(context.scope(work)).unwrap()));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"inner"));
        // The thread, and the one that took its place, can still work.
        assert_eq!(block_on(context.scope(down(context.clone(), 1))), 2);
    });
}

#[test]
fn what_outlives_the_wait_is_refused() {
    check(1_000, || {
        let clients = [(); 2].map(|()| thread::spawn(outlive));
        clients.into_iter().for_each(|client| client.join().unwrap());
    });
}

/// Takes work out of the wait that it belongs to.
fn outlive() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let mut work = sync_to_async(move || counted.fetch_add(1, SeqCst)).into_future();
    async_to_sync(async { assert!(poll!(&mut work).is_pending()) }).run().unwrap();
    let answer = block_on(work);
    assert_eq!(answer.is_ok(), runs.load(SeqCst) == 1);
}
