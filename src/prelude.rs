//! What a program that uses models brings into scope: `use dormouse::prelude::*;`.

pub use crate::dec;
pub use futures::{StreamExt as _, TryStreamExt as _};
pub use orm_core::bridge::{Blocking as _, SyncInstance as _, SyncSaveDraft as _, Transaction, atomic};
pub use orm_core::exec::{Database, Databases, Instance as _, SaveDraft as _};
pub use orm_core::expr::{Expression as _, Q};
pub use orm_core::model::{Columns, Draft, ForeignKey, HasMany, ManyToMany, Model, OneToOne};
pub use orm_core::queryset::{Objects as _, QuerySet};
pub use orm_core::value::Json;
pub use orm_derive::{Choices, Columns, FieldType, Model};
pub use rust_decimal::Decimal;
