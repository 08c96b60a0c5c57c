//! An embedded async ORM with lazy, typed querysets.

pub use orm_core::driver::{Batching, Driver, Server};
pub use orm_core::error::{Error, ErrorKind, IntegrityKind, Result, ValidationErrors};
pub use orm_core::exec::{Action, Database, Databases, Deleted, Instance, RowStream, Save, SaveDraft, setup};
pub use orm_core::queryset::{Objects, QuerySet, Using};
pub use orm_core::{driver, error, exec, expr, model, query, queryset, row, statement, value};
pub use orm_derive::{Choices, Columns, FieldType, Model};

pub mod prelude;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

/// The declarations of models, for [`Database::create_tables`]: `models![Author, Book]`.
#[macro_export]
macro_rules! models {
    ($($model:ty),* $(,)?) => {
        [$(<$model as $crate::__private::Declare>::declared()),*]
    };
}
