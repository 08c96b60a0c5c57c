//! The words: a planned query becomes a [`Statement`](crate::statement::Statement) in a database's dialect.
//!
//! Every function here is pure: the same query, dialect and values give the same text. What is written for every row
//! that is saved is kept. Values are always bound. Where it is known that no row can be meant, the answer is `None`, and
//! nothing needs to be sent.
//!
//! Tables keep their names at the root, and are `t1`, `t2` … where they are joined; every column is written as
//! `"table"."column"`. No name that a user chose becomes an alias.

mod arithmetic;
mod collation;
mod ddl;
mod decimal;
mod delete;
mod expr;
mod foreign;
mod insert;
mod kept;
mod list;
mod lookup;
mod plain;
mod readable;
mod select;
mod stored;
mod update;
mod writer;

#[cfg(test)]
mod tests;

pub use ddl::{create_schema, create_tables, drop_schema, tables};
pub use delete::delete;
pub use insert::insert;
pub use select::{aggregate, count, exists, explain, select};
pub use update::{save, update};
