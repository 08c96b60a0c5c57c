//! The act: databases, and the verbs that ask them.
//!
//! One way for data to flow: a verb compiles its query with the database's dialect, the driver runs the statement and
//! decodes rows where they are, and the verb hands them on. Every verb is an [`Action`] or a [`RowStream`], owned,
//! `Send` and `'static`.

mod action;
mod compile;
mod create;
mod database;
mod databases;
mod facts;
mod held;
mod instance;
mod integrity;
mod keeper;
mod missing_tables;
mod overflow;
mod prefetch;
mod present;
mod queryset;
mod record;
mod referrer;
mod resolve;
mod statements;
mod stream;
mod surroundings;
mod tables;
mod test_scope;
mod trace;
mod turns;
mod write;

pub use action::Action;
pub use create::SaveDraft;
pub use database::Database;
pub use databases::Databases;
pub use instance::{Instance, Save};

pub use record::{QueryRecord, capture_queries};
pub use resolve::setup;
pub use stream::RowStream;
pub use tables::tables;
pub use write::Deleted;

#[cfg(test)]
pub(crate) use compile::{aggregate, count, delete, exists, insert, row, select, update};
pub(crate) use held::Held;
pub(crate) use instance::save;
pub(crate) use surroundings::Surroundings;
#[cfg(test)]
pub(crate) use tables::create_tables;
