//! What a program that uses models brings into scope: `use dormouse::prelude::*;`.

pub use orm_core::expr::{Expression, Q};
pub use orm_core::model::{Draft, ForeignKey, HasMany, ManyToMany, Model, OneToOne};
pub use orm_core::value::Json;
pub use orm_derive::{Choices, FieldType, Model};
pub use rust_decimal::Decimal;
pub use rust_decimal::dec;
