//! What generated code names. Not for users; may change in any release.

pub use std::marker::PhantomData;
pub use std::sync::LazyLock;

pub use orm_core::error::{Error, Result};
pub use orm_core::expr::{
    Col, Comparable, Declare, Declared, Definite, Expression, Generated, KeyOf, Known, Node, Operand, Optional, Q,
    RowOf, Textual, ToMany, ToOne, encoded,
};
pub use orm_core::model::draft::{Deserialize, Deserializer};
pub use orm_core::model::related::{is_key_to, is_many_to_many};
pub use orm_core::model::{
    Assign, ColumnValues, Columns, DraftValues, FieldDef, ForeignKey, ForeignKeyDef, HasMany, IndexDef, IntoColumns,
    IntoDraft, Link, ManyToMany, Missing, Model, ModelDef, NewRow, OnDelete, OneToOne, OrderingDef, Path, Provided,
    RelationDef, RelationHolder, RelationKind, Set, UniqueDef, concat, place,
};
pub use orm_core::row::RowReader;
pub use orm_core::value::{At, Cell, Choices, Field, FieldType, Here, Kind, Maybe, Mismatch, Presence, Value};
pub use orm_core::value::{int_choice, no_choice, text_choice};
pub use orm_derive::dec;
pub use rust_decimal::Decimal;
