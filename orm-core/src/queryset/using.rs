//! Which database a question is put to, as data.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::QuerySet;

/// Which database a queryset or an a-method asks: made from `&Database` or an alias.
#[derive(Clone, Default)]
pub enum Using {
    /// The one of the current scope, else the alias `default`.
    #[default]
    Default,
    /// The one of this alias.
    Alias(Arc<str>),
    /// This one. (Erased: the database itself lives some floors up.)
    Handle(Arc<dyn Any + Send + Sync>),
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

impl From<&str> for Using {
    fn from(alias: &str) -> Self {
        Self::Alias(alias.into())
    }
}

impl fmt::Debug for Using {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the default database"),
            Self::Alias(alias) => write!(f, "the database `{alias}`"),
            Self::Handle(_) => f.write_str("a given database"),
        }
    }
}
