//! The Rust types that columns can have; and whether the row at the end of a path is sure to be there, in types. Each of the
//! two traits names the other.

use super::cell::{Cell, Mismatch};
use super::kind::{Kind, Value};
use crate::error::{Error, Result};

/// A Rust type that a column can have.
///
/// `Option<T>` is the nullable form of `T`; every other type is NOT NULL. Implement it for your own types with
/// `#[derive(FieldType)]` (newtypes) and `#[derive(Choices)]` (enums).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column type",
    label = "no column can hold this",
    note = "use a type of the standard library, chrono, uuid, Decimal or serde_json, `Json<T>`, or derive `FieldType` (newtype) or `Choices` (enum)"
)]
pub trait FieldType: Sized + Send + Sync + 'static {
    /// The type without its `Option`.
    type Bare: FieldType;
    /// The type with an `Option`, once.
    type Nullable: FieldType<Bare = Self::Bare, Nullable = Self::Nullable>;
    /// Whether a value may be absent: [`Maybe`] for an `Option`, else [`Here`].
    type Presence: Presence;
    /// The kind of column.
    const KIND: Kind;
    /// Whether the column may be NULL.
    const NULLABLE: bool = <Self::Presence as Presence>::MAYBE;
    /// The least and greatest integer, where that is narrower than the kind.
    const RANGE: Option<(i64, i64)> = None;
    /// The values allowed, where they are a closed list (see `Choices`), as stored.
    const CHOICES: Option<Choices> = None;

    /// Reads the value from a cell.
    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch>;

    /// Writes the value; fails where the column cannot hold it.
    fn encode(&self) -> Result<Value>;
}

/// A column type as itself. Generated code names its columns' types through [`Field`] alone, so that a type that is none is
/// reported in one way, and once.
pub trait Stored {
    /// The type.
    type Itself: FieldType;
}

impl<T: FieldType> Stored for T {
    type Itself = T;
}

/// `T`, if it is a column type.
pub type Field<T> = <T as Stored>::Itself;

/// The type of a column of type `T` at the end of a path of presence `N`: `T`, or its `Option` where the path may be absent.
pub type At<N, T> = <N as Presence>::Of<T>;

/// The closed list of values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choices {
    /// Stored as text.
    Text(&'static [&'static str]),
    /// Stored as integers.
    Int(&'static [i64]),
}

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

impl<T> FieldType for Option<T>
where
    T: FieldType<Bare = T, Nullable = Option<T>>,
{
    type Bare = T;
    type Nullable = Self;
    type Presence = Maybe;
    const KIND: Kind = T::KIND;
    const RANGE: Option<(i64, i64)> = T::RANGE;
    const CHOICES: Option<Choices> = T::CHOICES;

    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Null => Ok(None),
            cell => T::decode(cell).map(Some),
        }
    }

    fn encode(&self) -> Result<Value> {
        match self {
            None => Ok(Value::Null(T::KIND)),
            Some(value) => value.encode(),
        }
    }
}

/// A number that its column's type cannot hold. (No error shows a value.)
pub(crate) fn does_not_fit(rust_type: &str) -> Error {
    Error::out_of_range(format!("the number does not fit {rust_type}"))
}
