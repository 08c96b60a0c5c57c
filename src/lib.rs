#![doc = include_str!("../README.md")]

pub use orm_core::bridge::{
    Atomic, Blocking, SyncContext, SyncInstance, SyncQuerySet, SyncSaveDraft, TestDatabase, Transaction, async_to_sync,
    atomic, on_commit, sync_to_async, try_atomic,
};
pub use orm_core::driver::{Batching, Driver, Isolation, Server, Session, TransactionOptions};
pub use orm_core::error::{
    Earlier, Error, ErrorKind, Holder, IntegrityKind, QueryMistake, RangeLimit, Result, Retry, RuntimeLack,
    SetupMistake, ValidationErrors, ValueLimit, Waiting,
};
pub use orm_core::exec::{
    Action, Database, Databases, Deleted, Instance, QueryRecord, RowStream, Save, SaveDraft, capture_queries, setup,
};
pub use orm_core::queryset::{Objects, QuerySet, Source, Using};
pub use orm_core::{ast, bridge, driver, error, exec, expr, model, queryset, row, statement, value};
pub use orm_derive::{Choices, Columns, FieldType, Model};

pub mod prelude;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[cfg(doctest)]
#[doc = include_str!("../docs/testing.md")]
struct Testing;

#[cfg(doctest)]
#[doc = include_str!("../docs/relations.md")]
struct Relations;

/// The declarations of models, for [`Database::create_tables`]: `models![Author, Book]`.
#[macro_export]
macro_rules! models {
    ($($model:ty),* $(,)?) => {
        [$(<$model as $crate::__private::Declare>::declared()),*]
    };
}

/// Asserts how many statements a future sends, and gives what it returns: `assert_num_queries!(2, async { … })`. Must be
/// used in async code; a failure lists the statements.
#[macro_export]
macro_rules! assert_num_queries {
    ($expected:expr, $future:expr $(,)?) => {{
        let (output, queries) = $crate::capture_queries(::std::future::IntoFuture::into_future($future)).await;
        let texts: ::std::vec::Vec<&str> = queries.iter().map(|query| &*query.sql).collect();
        ::std::assert_eq!(queries.len(), $expected, "statements sent:\n{}", texts.join("\n"));
        output
    }};
}
