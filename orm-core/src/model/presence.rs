//! Whether the row at the end of a path is sure to be there, in types.

use crate::value::FieldType;

/// [`Here`] or [`Maybe`]: what a path does to the types of the columns at its end.
pub trait Presence: Send + Sync + 'static {
    /// The type of a column of type `T` at the end of such a path.
    type Of<T: FieldType>: FieldType<Bare = T::Bare, Nullable = T::Nullable>;
    /// The presence of a path that goes on with a `P` step.
    type Then<P: Presence>: Presence;
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
    type Of<T: FieldType> = T;
    type Then<P: Presence> = P;
    const MAYBE: bool = false;
}

impl Presence for Maybe {
    type Of<T: FieldType> = T::Nullable;
    type Then<P: Presence> = Self;
    const MAYBE: bool = true;
}
