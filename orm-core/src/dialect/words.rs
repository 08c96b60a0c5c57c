//! A comparison in the words of a database.

/// A comparison in the words of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words<'w> {
    /// The comparison.
    pub holds: &'w str,
    /// Its opposite, where no operand is NULL.
    pub fails: &'w str,
    /// What is done to the operands.
    pub pattern: Pattern,
}

/// What becomes of the right operand of a text lookup, or of decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Nothing.
    Plain,
    /// A LIKE pattern: `!`, `%` and `_` escaped by `!`, and `%` before or after.
    Like {
        /// Whether anything may stand before.
        before: bool,
        /// Whether anything may stand after.
        after: bool,
    },
    /// Each operand becomes a whole number of the last digit that any of them has: decimals in a schema.
    Counted,
}

/// A comparison in words that are known beforehand.
pub type Test = Words<'static>;

impl Test {
    /// A comparison of operands as they are.
    pub(crate) const fn plain(holds: &'static str, fails: &'static str) -> Self {
        Self { holds, fails, pattern: Pattern::Plain }
    }

    /// A comparison with a LIKE pattern.
    pub(crate) const fn like(holds: &'static str, fails: &'static str, before: bool, after: bool) -> Self {
        Self { holds, fails, pattern: Pattern::Like { before, after } }
    }
}
