//! What went wrong on the wire, and what it left behind.

use crate::error::Error;

/// An error on the wire, and the state of the connection after it.
#[derive(Debug)]
pub(in crate::driver) struct Fault {
    pub(in crate::driver) error: Error,
    pub(in crate::driver) after: After,
}

/// What can be done with a connection after a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::driver) enum After {
    /// The server refused the statement and waits for the next.
    Usable,
    /// The same, and the statement would pass if it were prepared anew.
    Replan,
    /// The same, and it might pass if it were prepared anew: its parameters may have the types of columns that were changed
    /// since.
    Retype,
    /// The server refused the statement, rolled the whole transaction back, and waits for the next.
    RolledBack,
    /// The connection is gone.
    Lost,
    /// What the connection still holds is not known.
    Unknown,
}

impl After {
    pub(in crate::driver) fn is_usable(self) -> bool {
        matches!(self, Self::Usable | Self::Replan | Self::Retype | Self::RolledBack)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self { error, after: After::Unknown }
    }
}
