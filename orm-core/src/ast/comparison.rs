//! The comparisons.

/// The comparisons. Those that have a complement in the API (`ne`, `not_in`, `is_not_null`) are its negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LookupOperator {
    /// Equal; to NULL: is NULL.
    Eq,
    /// SQL's `<>`: different, and neither is NULL.
    Differs,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// One of a list (`Value::List`), or of the values of a subquery; of none, never.
    In,
    /// From … to …, both included.
    Between,
    /// From … up to, but not including, ….
    HalfOpen,
    /// The columns of a key have the values of one of several rows: the columns, then as many lists of equal length.
    KeyIn,
    /// Is NULL.
    IsNull,
    /// A boolean expression is true.
    IsTrue,
    /// Equal without regard to case.
    IExact,
    /// Contains the text.
    Contains,
    /// The same without regard to case.
    IContains,
    /// Starts with the text.
    StartsWith,
    /// The same without regard to case.
    IStartsWith,
    /// Ends with the text.
    EndsWith,
    /// The same without regard to case.
    IEndsWith,
    /// Matches the regular expression somewhere.
    Regex,
    /// The same without regard to case.
    IRegex,
}
