//! Values on their way to the database, cells on their way back, and the types that are both.
//!
//! A [`FieldType`] is a Rust type that a column can have. It encodes to a [`Value`], which a driver binds, and
//! decodes from a [`Cell`], which a driver reads. Neither side knows the other: a new Rust type is one file in
//! this room, a new database none.

mod cell;
mod field_type;
mod kind;

mod choices;
mod chrono;
mod decimal;
mod finite;
mod json;
mod std;
mod uuid;
mod whole;

pub use self::cell::{Cell, Mismatch};
pub use self::choices::{int_choice, no_choice, text_choice};
pub use self::chrono::{datetime_text, parse_datetime, parse_time};
pub use self::decimal::parse_decimal;
pub(crate) use self::field_type::does_not_fit;
pub use self::field_type::{At, Choices, Field, FieldType, Here, Maybe, Presence, Stored};
pub use self::json::Json;
pub(crate) use self::json::canonical;
pub use self::kind::{Kind, Text, Value};
pub use self::uuid::parse_uuid;
