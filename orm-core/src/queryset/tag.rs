//! Names of statements in a server's logs.

use super::QuerySet;

impl<M, T> QuerySet<M, T> {
    /// Names the statements of the queryset, for those who read the logs and the list of running statements of a server: each
    /// ends in the comment `/*tag='book%20list'*/`, as [sqlcommenter](https://google.github.io/sqlcommenter/spec/) writes it.
    ///
    /// For its rows, counts, aggregates, updates, deletes and what it prefetches; not for `acreate`. A later tag takes the place of
    /// an earlier one, and an empty one removes it. It is known when the program is compiled, because a text per request would be a
    /// statement per request to every cache of prepared statements.
    pub fn tag(self, tag: &'static str) -> Self {
        self.with(|query| query.tag = Some(tag).filter(|tag| !tag.is_empty()))
    }
}
