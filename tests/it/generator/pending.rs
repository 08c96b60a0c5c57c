//! What the databases do not answer alike yet: left out of the asks, or of what is compared.

/// Integers past 64 bits, past the type that they are handed back as, or past their column.
pub(crate) const OVERFLOW: bool = true;
/// `%` of decimals and floats.
pub(crate) const MODULO: bool = true;
/// The digits of decimal quotients and means.
pub(crate) const QUOTIENT: bool = true;
/// Sums and differences of decimals.
pub(crate) const SUMS: bool = true;
/// Order and arithmetic of decimals in a SQLite table that others made.
pub(crate) const OLD_DECIMALS: bool = true;
/// Literals of several types in arithmetic.
pub(crate) const LITERALS: bool = true;
/// An order of what counts once by an expression with a literal.
pub(crate) const DISTINCT_LITERALS: bool = false;
/// Sums of 32-bit floats.
pub(crate) const SINGLE_SUMS: bool = true;
/// A foreign key and what lies behind it, set in one update.
pub(crate) const KEYS_WITH_MORE: bool = false;
/// What is past a narrow column by an expression is `OutOfRange`, not a violated check.
pub(crate) const RANGES: bool = false;
