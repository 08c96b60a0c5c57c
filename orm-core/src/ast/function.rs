//! Operators, functions and aggregates: a flat list. The dialects spell them.

/// An operator, a function or an aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Function {
    /// `a + b`.
    Add,
    /// `a - b`.
    Subtract,
    /// `a * b`.
    Multiply,
    /// `a / b`: whole if both are integers; NULL if `b` is zero.
    Divide,
    /// `a % b`, with the sign of `a`; NULL if `b` is zero.
    Modulo,
    /// `-a`.
    Negate,
    /// How many rows of a group, without an argument; with one, how many values that are not NULL.
    Count,
    /// The sum over a group.
    Sum,
    /// The mean over a group.
    Avg,
    /// The least value of a group.
    Min,
    /// The greatest value of a group.
    Max,
}

impl Function {
    /// Tells whether it is one value of many rows: it may count equal values once, and leave rows out.
    pub const fn is_aggregate(self) -> bool {
        matches!(self, Self::Count | Self::Sum | Self::Avg | Self::Min | Self::Max)
    }

    /// Tells whether it is NULL as soon as one argument is.
    pub const fn is_strict(self) -> bool {
        !self.is_aggregate()
    }
}
