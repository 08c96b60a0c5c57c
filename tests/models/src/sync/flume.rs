//! `flume`, as far as it is used here: channels without room, whose senders find a receiver that waits, or none.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::{Mutex, MutexGuard};
use shuttle::thread::yield_now;

/// Most looks of a receiver at its place before its time is over. It may be over at any moment.
const LOOKS: u32 = 6;

pub(crate) fn bounded<T>(room: usize) -> (Sender<T>, Receiver<T>) {
    assert_eq!(room, 0, "only channels without room");
    let state = State { places: VecDeque::new(), next: 0, senders: 1, receivers: 1, wakers: Vec::new() };
    let channel = Arc::new(Mutex::new(state));
    (Sender(Arc::clone(&channel)), Receiver(channel))
}

struct State<T> {
    /// Receivers that wait, by number, and what they were given.
    places: VecDeque<(u64, Option<T>)>,
    next: u64,
    senders: usize,
    receivers: usize,
    wakers: Vec<Waker>,
}

type Channel<T> = Arc<Mutex<State<T>>>;

fn lock<T>(channel: &Channel<T>) -> MutexGuard<'_, State<T>> {
    channel.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) struct Sender<T>(Channel<T>);

pub(crate) enum TrySendError<T> {
    Full(T),
    Disconnected(T),
}

impl<T> Sender<T> {
    pub(crate) fn try_send(&self, item: T) -> Result<(), TrySendError<T>> {
        let mut state = lock(&self.0);
        if state.receivers == 0 {
            return Err(TrySendError::Disconnected(item));
        }
        match state.places.iter_mut().find(|(_, given)| given.is_none()) {
            Some((_, place)) => {
                *place = Some(item);
                Ok(())
            }
            None => Err(TrySendError::Full(item)),
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        lock(&self.0).senders += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut state = lock(&self.0);
        state.senders -= 1;
        if state.senders == 0 {
            let wakers = std::mem::take(&mut state.wakers);
            drop(state);
            wakers.into_iter().for_each(Waker::wake);
        }
    }
}

pub(crate) struct Receiver<T>(Channel<T>);

#[derive(Debug)]
pub(crate) enum RecvError {
    Disconnected,
}

impl<T> Receiver<T> {
    /// Waits for an item, or until the time is over.
    pub(crate) fn recv_timeout(&self, _: Duration) -> Result<T, RecvError> {
        let number = self.sit_down();
        for _ in 0..thread_rng().gen_range(0..LOOKS) {
            let state = lock(&self.0);
            if state.senders == 0 || state.places.iter().any(|(place, given)| *place == number && given.is_some()) {
                break;
            }
            drop(state);
            yield_now();
        }
        self.stand_up(number).ok_or(RecvError::Disconnected)
    }

    fn sit_down(&self) -> u64 {
        let mut state = lock(&self.0);
        state.next += 1;
        let number = state.next;
        state.places.push_back((number, None));
        number
    }

    fn stand_up(&self, number: u64) -> Option<T> {
        let mut state = lock(&self.0);
        let place = state.places.iter().position(|(place, _)| *place == number)?;
        state.places.remove(place).and_then(|(_, given)| given)
    }

    /// Waits until no sender is left. An item is never waited for this way.
    pub(crate) async fn recv_async(&self) -> Result<T, RecvError> {
        poll_fn(|context| {
            let mut state = lock(&self.0);
            if state.senders == 0 {
                return Poll::Ready(Err(RecvError::Disconnected));
            }
            state.wakers.push(context.waker().clone());
            Poll::Pending
        })
        .await
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        lock(&self.0).receivers += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        lock(&self.0).receivers -= 1;
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receiver")
    }
}
