//! Slices: some of the rows. They compose relatively, as in Django: `slice(10..30).slice(15..)` is rows 25 to 30.

use std::ops::{Bound, RangeBounds};

use super::QuerySet;

impl<M, T> QuerySet<M, T> {
    /// At most this many rows.
    pub fn limit(self, rows: u64) -> Self {
        self.with(|query| query.slice(0, Some(rows)))
    }

    /// Without the first rows.
    pub fn offset(self, rows: u64) -> Self {
        self.with(|query| query.slice(rows, None))
    }

    /// The rows of a range, counted from 0 (Django's `qs[a:b]`).
    pub fn slice(self, range: impl RangeBounds<u64>) -> Self {
        let start = match range.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&start) => start.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&end) => Some(end.saturating_add(1)),
            Bound::Excluded(&end) => Some(end),
            Bound::Unbounded => None,
        };
        self.with(|query| query.slice(start, end))
    }
}
