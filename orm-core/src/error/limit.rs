//! What a value can be past.

/// What is too small for a value that is [out of range](super::ErrorKind::OutOfRange).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RangeLimit {
    /// The type of a column, or of a field that it is given to.
    Type,
    /// The type of a field that reads what is stored in its column, or would be: another program wrote it, or the column keeps
    /// values in another form.
    Stored,
    /// The 64 bits in which expressions are computed.
    Arithmetic,
    /// What the database reads of a JSON document.
    Document,
    /// The automatic keys of a table: no greater one is left.
    Keys,
}
