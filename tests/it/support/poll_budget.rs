//! Dropping a future at an exact place, instead of at a time.

use std::future::{Future, IntoFuture, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// Polls a future at most so many times, each time when it asked for it, then drops it. Gives its output if it was ready before.
pub(crate) async fn poll_budget<F: IntoFuture>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future.into_future());
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
