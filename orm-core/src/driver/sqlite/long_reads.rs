//! Which reads are too long for the caller's task.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Marks for statements that did not end within their budget, so that they are not tried in vain again.
///
/// Without a lock, because each read looks here: a text has a bit, and may share it. The worst that comes of it is a
/// short read that changes its thread once.
#[derive(Debug)]
pub(super) struct LongReads {
    any: AtomicBool,
    marks: [AtomicU64; 64],
}

impl Default for LongReads {
    fn default() -> Self {
        Self { any: AtomicBool::new(false), marks: [const { AtomicU64::new(0) }; 64] }
    }
}

impl LongReads {
    /// Tells whether a statement is marked, or shares its mark with one that is.
    pub(super) fn contains(&self, sql: &str) -> bool {
        let marked = || {
            let (mark, bit) = self.mark(sql);
            mark.load(Ordering::Relaxed) & bit != 0
        };
        self.any.load(Ordering::Relaxed) && marked()
    }

    /// Marks a statement.
    pub(super) fn remember(&self, sql: &str) {
        let (mark, bit) = self.mark(sql);
        mark.fetch_or(bit, Ordering::Relaxed);
        self.any.store(true, Ordering::Relaxed);
    }

    /// Takes the mark back: the same text may be short with other values.
    pub(super) fn forget(&self, sql: &str) {
        if self.contains(sql) {
            let (mark, bit) = self.mark(sql);
            mark.fetch_and(!bit, Ordering::Relaxed);
        }
    }

    fn mark(&self, sql: &str) -> (&AtomicU64, u64) {
        let mut hasher = DefaultHasher::new();
        sql.hash(&mut hasher);
        let hash = hasher.finish();
        (&self.marks[(hash % 64) as usize], 1 << (hash / 64 % 64))
    }
}
