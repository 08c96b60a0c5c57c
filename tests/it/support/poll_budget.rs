//! Dropping a future at an exact place, instead of at a time.

use std::future::{Future, IntoFuture, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::timeout;

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

/// The same, but drops the future only when it has asked for another poll, or a moment later: with an answer that it never took.
pub(crate) async fn poll_budget_and_wake<F: IntoFuture>(future: F, polls: usize) -> Option<F::Output> {
    const MOMENT: Duration = Duration::from_millis(5);
    let mut future = pin!(future.into_future());
    let output = poll_budget(future.as_mut(), polls).await;
    if output.is_none() {
        let mut asleep = true;
        let woken = poll_fn(|_| if std::mem::take(&mut asleep) { Poll::Pending } else { Poll::Ready(()) });
        timeout(MOMENT, woken).await.unwrap_or_default();
    }
    output
}
