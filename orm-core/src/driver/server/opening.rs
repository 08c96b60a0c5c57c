//! The opening of a connection, which goes on when its caller stops waiting: the next caller takes it over. Otherwise callers that
//! wait for less than an opening takes would never be served.

use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use futures::future::{BoxFuture, join_all};
use sqlx::Connection as _;
use tokio::time::timeout;

use super::protocol::{Opened, Protocol};
use crate::error::Result;
use crate::sync::{Home, Site, Task};

/// What an opening without a caller comes to, and when; nothing if it took too long.
type Outcome<P> = Option<(Result<Opened<P>>, Instant)>;

/// A connection that has waited for a caller for longer is asked whether it lives.
const FRESH: Duration = Duration::from_secs(1);

/// The openings of a pool that no caller waits for; `None` when closed. Only a caller that finds none begins another, and each that is
/// here was left by one that had a place in the pool: of them and of connections there are never more than the pool may have.
pub(in crate::driver) struct Openings<P: Protocol>(Mutex<Option<Vec<Task<Outcome<P>>>>>);

impl<P: Protocol> Default for Openings<P> {
    fn default() -> Self {
        Self(Mutex::new(Some(Vec::new())))
    }
}

impl<P: Protocol> Openings<P> {
    /// Opens a connection, or waits for one whose caller has left; what has failed without a caller does not concern this one.
    pub(in crate::driver) async fn open(&self, protocol: &Arc<P>, site: Site) -> (Result<Opened<P>>, Home) {
        while let Some(task) = self.take() {
            let home = task.home();
            let mut adopted = Adopted { openings: self, task: Some(task) };
            if let Some((Ok(mut opened), since)) = (&mut adopted).await
                && (since.elapsed() < FRESH || opened.connection.ping().await.is_ok())
            {
                return (Ok(opened), home);
            }
        }
        let (home, limit) = (site.home(), protocol.options().connect_timeout);
        let protocol = Arc::clone(protocol);
        let opening: BoxFuture<'static, _> = Box::pin(async move { protocol.open().await });
        (Begun { openings: self, opening: Some(opening), site, began: Instant::now(), limit }.await, home)
    }

    /// One that goes on where this caller waits. Those elsewhere may stand still, and are given up.
    fn take(&self) -> Option<Task<Outcome<P>>> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = left.as_mut()?;
        left.retain(|task| task.home().runs_here());
        left.pop()
    }

    /// Keeps one for the next caller. After the close it ends.
    fn keep(&self, task: Task<Outcome<P>>) {
        if let Some(left) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            left.push(task);
        }
    }

    fn are_closed(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Ends those that no caller waits for, and waits that long for their end where that comes by itself; later ones end with
    /// their callers.
    pub(in crate::driver) async fn close(&self, briefly: Duration) {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
        let near = left.into_iter().filter(|task| task.home().runs_here());
        join_all(near.map(|task| timeout(briefly, end::<P>(task)))).await;
    }
}

async fn end<P: Protocol>(task: Task<Outcome<P>>) {
    if let Some(Some((Ok(opened), _))) = task.end().await {
        // The server may be told that it is over, and need not be.
        opened.connection.close().await.unwrap_or_default();
    }
}

/// An opening with its caller, who began it.
struct Begun<'o, P: Protocol> {
    openings: &'o Openings<P>,
    opening: Option<BoxFuture<'static, Result<Opened<P>>>>,
    site: Site,
    began: Instant,
    limit: Duration,
}

impl<P: Protocol> Future for Begun<'_, P> {
    type Output = Result<Opened<P>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(opening) = &mut this.opening else { return Poll::Pending };
        let outcome = ready!(this.site.enter(|| opening.as_mut().poll(context)));
        this.opening = None;
        Poll::Ready(outcome)
    }
}

impl<P: Protocol> Drop for Begun<'_, P> {
    fn drop(&mut self) {
        let rest = self.limit.saturating_sub(self.began.elapsed());
        if let Some(opening) = self.opening.take().filter(|_| !rest.is_zero() && !self.openings.are_closed()) {
            self.openings.keep(self.site.spawn(async move {
                let outcome = timeout(rest, opening).await.ok()?;
                Some((outcome, Instant::now()))
            }));
        }
    }
}

/// An opening with a caller who has taken it over.
struct Adopted<'o, P: Protocol> {
    openings: &'o Openings<P>,
    task: Option<Task<Outcome<P>>>,
}

impl<P: Protocol> Future for Adopted<'_, P> {
    type Output = Outcome<P>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(task) = &mut self.task else { return Poll::Pending };
        let outcome = ready!(Pin::new(task).poll(context));
        self.task = None;
        Poll::Ready(outcome.flatten())
    }
}

impl<P: Protocol> Drop for Adopted<'_, P> {
    fn drop(&mut self) {
        if let Some(task) = mem::take(&mut self.task) {
            self.openings.keep(task);
        }
    }
}
