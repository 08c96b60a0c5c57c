//! An embedded async ORM with lazy, typed querysets.

pub use orm_core::error::{Error, ErrorKind, IntegrityKind, Result, ValidationErrors};
pub use orm_core::{driver, error, expr, model, query, row, statement, value};
pub use orm_derive::{Choices, FieldType, Model};

pub mod prelude;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
