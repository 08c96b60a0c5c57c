//! Who holds the connections of a pool, to tell those who waited for one in vain.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::error::Holder;

/// What the connections that are out are out for, in the order in which they were taken.
#[derive(Debug, Default)]
pub(super) struct Holders {
    held: Mutex<Held>,
    /// How many wait for a connection, and may ask who has them.
    waiting: AtomicUsize,
}

#[derive(Debug, Default)]
struct Held {
    last: u64,
    by_number: BTreeMap<u64, Holding>,
}

#[derive(Debug)]
struct Holding {
    since: Instant,
    in_transaction: bool,
    sent: Option<(Arc<str>, Instant)>,
}

impl Holders {
    /// Notes that a connection is taken, until what is returned is dropped.
    pub(super) fn enter(self: &Arc<Self>) -> Entry {
        let mut held = self.lock();
        held.last += 1;
        let number = held.last;
        held.by_number.insert(number, Holding { since: Instant::now(), in_transaction: false, sent: None });
        Entry { holders: Arc::clone(self), number, sent: AtomicUsize::new(0) }
    }

    /// Notes that a caller waits for a connection, until what is returned is dropped.
    pub(super) fn wait(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting { waiting: &self.waiting, _span: tracing::debug_span!(target: "dormouse", "acquire") }
    }

    /// All of them, longest first.
    pub(super) fn list(&self) -> Vec<Holder> {
        self.lock().by_number.values().map(Holding::tell).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holding {
    fn tell(&self) -> Holder {
        let sent = self.sent.as_ref().map(|(sql, since)| (Arc::clone(sql), since.elapsed()));
        Holder::new(self.since.elapsed(), self.in_transaction, sent)
    }
}

/// A caller that waits for a connection.
#[derive(Debug)]
pub(super) struct Waiting<'h> {
    waiting: &'h AtomicUsize,
    /// Closed with it, so that the time is seen in traces.
    _span: tracing::Span,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection that is out.
#[derive(Debug)]
pub(super) struct Entry {
    holders: Arc<Holders>,
    number: u64,
    /// The address of the text noted last.
    sent: AtomicUsize,
}

impl Entry {
    /// Notes what is sent now. As long as no caller waits, the same text is noted once, with the time of the first: a
    /// transaction may send it thousands of times, and a look at the clock costs as much as a small statement.
    #[inline]
    pub(super) fn sends(&self, sql: &Arc<str>) {
        let address = Arc::as_ptr(sql).addr();
        let again = self.sent.load(Ordering::Relaxed) == address;
        if again && self.holders.waiting.load(Ordering::Relaxed) == 0 {
            return;
        }
        self.sent.store(address, Ordering::Relaxed);
        self.note(|holding| holding.sent = Some((Arc::clone(sql), Instant::now())));
    }

    /// Notes that a transaction begins.
    pub(super) fn begins(&self) {
        self.note(|holding| holding.in_transaction = true);
    }

    /// The text that was sent last; one that was sent again and again, too.
    pub(super) fn sent_last(&self) -> Option<Arc<str>> {
        let held = self.holders.lock();
        held.by_number.get(&self.number).and_then(|holding| holding.sent.as_ref()).map(|(sql, _)| Arc::clone(sql))
    }

    fn note(&self, note: impl FnOnce(&mut Holding)) {
        if let Some(holding) = self.holders.lock().by_number.get_mut(&self.number) {
            note(holding);
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.holders.lock().by_number.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, Holders, Instant};

    fn noted(holders: &Holders) -> Option<Instant> {
        holders.lock().by_number.values().find_map(|holding| holding.sent.as_ref().map(|(_, at)| *at))
    }

    #[test]
    fn the_same_text_is_noted_again_only_if_a_caller_waits() {
        let (holders, sql): (Arc<Holders>, Arc<str>) = (Arc::default(), "UPDATE".into());
        let entry = holders.enter();
        entry.sends(&sql);
        let first = noted(&holders);
        assert!(first.is_some());
        entry.sends(&sql);
        assert_eq!(noted(&holders), first);

        let waiting = holders.wait();
        entry.sends(&sql);
        let again = noted(&holders);
        assert!(again > first);
        drop(waiting);
        entry.sends(&sql);
        assert_eq!(noted(&holders), again);

        // Another text, though it reads the same.
        entry.sends(&Arc::from("UPDATE"));
        assert!(noted(&holders) > again);
    }
}
