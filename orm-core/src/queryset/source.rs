//! What tells a queryset which database it asks.

use super::{QuerySet, Using};

impl<M, T> QuerySet<M, T> {
    /// Asks another database than the default one: `&db`, or an alias. With a transaction, `tx`, it becomes a sync
    /// queryset.
    pub fn using<S: Source>(self, source: S) -> S::QuerySet<M, T> {
        source.of(self)
    }
}

/// What `using` takes, and what the queryset becomes by it: a database or alias leaves it an async one, a transaction makes
/// it a sync one.
pub trait Source {
    /// The queryset that asks there.
    type QuerySet<M, T>;

    /// Makes a queryset ask there.
    fn of<M, T>(self, queryset: QuerySet<M, T>) -> Self::QuerySet<M, T>;
}

impl<U: Into<Using>> Source for U {
    type QuerySet<M, T> = QuerySet<M, T>;

    fn of<M, T>(self, queryset: QuerySet<M, T>) -> QuerySet<M, T> {
        queryset.asking(self.into())
    }
}
