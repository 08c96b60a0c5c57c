//! What a SELECT is planned for.

use crate::ast::Node;

/// What a SELECT is planned for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose<'q> {
    /// Its rows, in order.
    Rows,
    /// Its rows, in no order.
    Counted,
    /// How many or whether any: neither columns nor order matter.
    Existence,
    /// These expressions instead of its columns, without order.
    Values(&'q [Node]),
    /// The keys of its rows: the order matters for a slice only.
    Keys,
}
