//! Row locks.

use crate::model::Path;

/// The lock that a SELECT takes on its rows until the end of the transaction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lock {
    /// Whether rows that refer to the locked ones may still be inserted (PostgreSQL's FOR NO KEY UPDATE).
    pub no_key: bool,
    /// What is done about rows that another transaction has locked.
    pub wait: Wait,
    /// The tables whose rows are locked, by path; all that are joined, if none is named.
    pub of: Vec<&'static Path>,
}

/// What is done about rows that another transaction has locked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wait {
    /// They are waited for.
    #[default]
    Wait,
    /// They are an error.
    NoWait,
    /// They are passed over.
    Skip,
}
