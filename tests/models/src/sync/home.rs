//! Runtimes, of which the checker has one, where everything may be used.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use shuttle::future::{JoinHandle, spawn};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Home;

/// What a runtime may lack; the checker's lacks nothing.
#[expect(dead_code, reason = "nothing is lacking here")]
pub(crate) enum Lack {
    Runtime,
    Timers,
    Sockets,
}

impl Home {
    pub(crate) fn is_near(self) -> bool {
        true
    }

    pub(crate) fn runs_here(self) -> bool {
        true
    }
}

#[derive(Debug, Default)]
pub(crate) struct Runtimes(());

impl Runtimes {
    pub(crate) fn enter(&self) -> Result<(), Lack> {
        Ok(())
    }

    pub(crate) fn site(&self) -> io::Result<Site> {
        Ok(Site)
    }
}

#[derive(Debug)]
pub(crate) struct Site;

impl Site {
    pub(crate) fn home(&self) -> Home {
        Home
    }

    pub(crate) fn enter<T>(&self, run: impl FnOnce() -> T) -> T {
        run()
    }

    pub(crate) fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Task<T> {
        Task(spawn(work))
    }
}

#[derive(Debug)]
pub(crate) struct Task<T>(JoinHandle<T>);

impl<T> Task<T> {
    pub(crate) fn home(&self) -> Home {
        Home
    }

    pub(crate) async fn end(mut self) -> Option<T> {
        self.0.abort();
        (&mut self).await
    }
}

impl<T> Future for Task<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(Result::ok)
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
