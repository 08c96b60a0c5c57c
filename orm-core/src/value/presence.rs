//! Whether the row at the end of a path is sure to be there, in types.

use super::FieldType;

/// [`Here`] or [`Maybe`]: what a path does to the types of the columns at its end.
pub trait Presence: Send + Sync + 'static {
    /// The presence of what needs both this and a `P`.
    type And<P: Presence>: Presence;
    /// The type of a column of type `T` at the end of such a path.
    type Of<T: FieldType>: FieldType<Bare = T::Bare, Nullable = T::Nullable>;
    /// Whether the row may be absent.
    const MAYBE: bool;
}

/// The row is there: columns keep their types.
#[derive(Debug, Clone, Copy)]
pub struct Here;

/// The row may be absent, because a key on the way may be NULL: every column is an `Option`.
#[derive(Debug, Clone, Copy)]
pub struct Maybe;

impl Presence for Here {
    type And<P: Presence> = P;
    type Of<T: FieldType> = T;
    const MAYBE: bool = false;
}

impl Presence for Maybe {
    type And<P: Presence> = Self;
    type Of<T: FieldType> = T::Nullable;
    const MAYBE: bool = true;
}
