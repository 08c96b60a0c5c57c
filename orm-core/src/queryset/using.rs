//! Which database a question is put to, as data.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

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
