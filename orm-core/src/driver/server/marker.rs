//! How it is found out that a statement has ended its transaction, or left one open.

use super::fault::Fault;
use crate::error::ErrorKind;

/// A savepoint that is set before a statement which might end its transaction, and released after it: where it is gone by
/// then, so is the transaction.
#[derive(Debug, Clone, Copy)]
pub(in crate::driver) struct Marker {
    pub(in crate::driver) set: &'static str,
    pub(in crate::driver) release: &'static str,
    /// The server's code for a savepoint that is not there. Any other error says nothing of the transaction.
    pub(in crate::driver) missing: &'static str,
}

impl Marker {
    /// Whether a release failed because the savepoint is gone.
    pub(in crate::driver) fn is_missing(self, fault: &Fault) -> bool {
        matches!(fault.error.kind(), ErrorKind::Database { code: Some(code), .. } if code == self.missing)
    }
}
