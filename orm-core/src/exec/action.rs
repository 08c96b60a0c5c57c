//! What an a-method returns: a future that can still be told which database to ask.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::BoxFuture;

use super::database::Database;
use super::turns;
use crate::error::{QueryMistake, Result};
use crate::queryset::Using;

type Task<T> = BoxFuture<'static, Result<T>>;
type Start<T> = Box<dyn FnOnce(Database) -> Task<T> + Send>;

/// A verb that waits to be awaited. Nothing is compiled or sent before; dropping it at any point leaks nothing.
#[must_use = "an action does nothing until it is awaited"]
pub struct Action<T> {
    state: State<T>,
}

enum State<T> {
    Waiting { using: Using, start: Start<T> },
    Running(Task<T>),
    Done,
}

impl<T> Action<T> {
    pub(super) fn new<F>(using: Using, start: impl FnOnce(Database) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        Self { state: State::Waiting { using, start: Box::new(move |database| Box::pin(start(database))) } }
    }

    /// Asks another database than the default one: `&db`, or an alias.
    pub fn using(mut self, other: impl Into<Using>) -> Self {
        if let State::Waiting { using, .. } = &mut self.state {
            *using = other.into();
        }
        self
    }
}

impl<T> Future for Action<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let mut task = match mem::replace(&mut self.state, State::Done) {
            State::Waiting { using, start } if turns::proceed(context).is_pending() => {
                self.state = State::Waiting { using, start };
                return Poll::Pending;
            }
            State::Waiting { using, start } => start(Database::resolve(&using)?),
            State::Running(task) => task,
            State::Done => return Poll::Ready(Err(QueryMistake::PolledAgain.into())),
        };
        let polled = task.as_mut().poll(context);
        if polled.is_pending() {
            self.state = State::Running(task);
        }
        polled
    }
}

impl<T> fmt::Debug for Action<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Waiting { using, .. } => return write!(f, "Action (waiting, on {using:?})"),
            State::Running(_) => "running",
            State::Done => "done",
        };
        write!(f, "Action ({state})")
    }
}
