//! The order of rows.

use super::node::Node;

/// One term of an ORDER BY.
#[derive(Debug, Clone, PartialEq)]
pub struct Ordering {
    /// What is compared.
    pub node: Node,
    /// Whether the greatest comes first.
    pub descending: bool,
    /// Where NULLs come; without it, where the database puts them.
    pub nulls: Option<Nulls>,
}

/// Where NULLs come in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// Before all values.
    First,
    /// After all values.
    Last,
}

impl Ordering {
    /// The opposite order, NULLs included.
    #[must_use]
    pub fn reversed(self) -> Self {
        let nulls = self.nulls.map(|nulls| match nulls {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        });
        Self { descending: !self.descending, nulls, ..self }
    }
}
