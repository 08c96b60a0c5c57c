#![doc = include_str!("../README.md")]

pub use orm_core::bridge::{
    Atomic, Blocking, SyncContext, SyncInstance, SyncQuerySet, SyncSaveDraft, TestDatabase, Transaction, async_to_sync,
    atomic, on_commit, sync_to_async, try_atomic,
};
pub use orm_core::driver::{Batching, Driver, Isolation, Server, Session, TransactionOptions};
pub use orm_core::error::{
    ConnectionFault, Earlier, Error, ErrorKind, Holder, IntegrityKind, QueryMistake, RangeLimit, Result, Retry,
    RuntimeLack, SetupMistake, ValidationErrors, ValueLimit, Waiting,
};
pub use orm_core::exec::{
    Action, Database, Databases, Deleted, Instance, QueryRecord, RowStream, Save, SaveDraft, capture_queries, setup,
};
pub use orm_core::queryset::{Objects, QuerySet, Source, Using};
pub use orm_core::{ast, bridge, driver, error, exec, expr, model, queryset, row, statement, value};
pub use orm_derive::{Choices, Columns, FieldType, Model};

// What columns hold, so that a program needs none of these among its own dependencies.
pub use {chrono, rust_decimal, serde_json, uuid};

pub mod prelude;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[cfg(doctest)]
#[doc = include_str!("../docs/testing.md")]
struct Testing;

#[cfg(doctest)]
#[doc = include_str!("../docs/errors.md")]
struct Errors;

#[cfg(doctest)]
#[doc = include_str!("../docs/relations.md")]
struct Relations;

#[cfg(doctest)]
#[doc = include_str!("../docs/tracing.md")]
struct Tracing;

/// The declarations of models, for [`Database::create_tables`]: `models![Author, Book]`.
#[macro_export]
macro_rules! models {
    ($($model:ty),* $(,)?) => {
        [$(<$model as $crate::__private::Declare>::declared()),*]
    };
}

/// A [`Decimal`](rust_decimal::Decimal) of a number that is written out: `dec!(9.99)`, `dec!(-1_000.50)`, `dec!(12e-6)`. It is read while
/// the program is compiled, keeps its digits (`9.90` is not `9.9`), and may stand in a `const`; what does not fit is an error of the compiler.
///
/// ```
/// use dormouse::prelude::*;
///
/// const PRICE: Decimal = dec!(9.90);
/// assert_eq!(PRICE.to_string(), "9.90");
/// ```
#[macro_export]
macro_rules! dec {
    ($($number:tt)*) => {
        $crate::__private::dec!($crate, $($number)*)
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
