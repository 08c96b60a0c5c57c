//! Who holds the connections of a pool, to tell those who waited for one in vain.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::error::Holder;

/// What the connections that are out are out for, in the order in which they were taken.
#[derive(Debug, Default)]
pub(super) struct Holders(Mutex<Held>);

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
        Entry { holders: Arc::clone(self), number }
    }

    /// All of them, longest first.
    pub(super) fn list(&self) -> Vec<Holder> {
        self.lock().by_number.values().map(Holding::tell).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holding {
    fn tell(&self) -> Holder {
        let sent = self.sent.as_ref().map(|(sql, since)| (Arc::clone(sql), since.elapsed()));
        Holder::new(self.since.elapsed(), self.in_transaction, sent)
    }
}

/// A connection that is out.
#[derive(Debug)]
pub(super) struct Entry {
    holders: Arc<Holders>,
    number: u64,
}

impl Entry {
    /// Notes what is sent now.
    pub(super) fn sends(&self, sql: &Arc<str>) {
        self.note(|holding| holding.sent = Some((Arc::clone(sql), Instant::now())));
    }

    /// Notes that a transaction begins.
    pub(super) fn begins(&self) {
        self.note(|holding| holding.in_transaction = true);
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
