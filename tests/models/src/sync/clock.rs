//! Time, which passes at any moment that the checker likes.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use shuttle::rand::{Rng, thread_rng};
use shuttle::thread::yield_now;

/// Most looks at the clock before a time is over.
const LOOKS: u32 = 12;

/// Time until so much of it has passed: soon or late, whatever it is called, but `Duration::MAX` never.
pub(crate) fn sleep(time: Duration) -> io::Result<Sleep> {
    Ok(Sleep { looks: (time < Duration::MAX).then(|| thread_rng().gen_range(0..LOOKS)) })
}

/// `tokio::time::Sleep`.
pub(crate) struct Sleep {
    looks: Option<u32>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(looks) = &mut self.looks else { return Poll::Pending };
        let Some(left) = looks.checked_sub(1) else { return Poll::Ready(()) };
        *looks = left;
        yield_now();
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
