//! The words: a planned query becomes a [`Statement`](crate::statement::Statement) in a database's dialect.
//!
//! Nothing here asks a database: a text follows from the query, the dialect and the values, and for tables that are not ours
//! from what is known of their columns so far. Where that is not known yet, it is noted in the dialect's facts as wanted, and
//! what is written meanwhile holds for any column; exec asks, and has the statement written again. What is written for every
//! row that is saved, or asked for by one column, is kept. Values are always bound.
//!
//! The table of a statement keeps its name; those that are joined, and all of the queries inside it, are `t1`, `t2` …. Every
//! column is written as `"table"."column"`. No name that a user chose becomes an alias.

mod arithmetic;
mod collation;
mod ddl;
mod decimal;
mod delete;
mod expr;
mod foreign;
mod insert;
mod keeper;
mod kept;
mod list;
mod lookup;
mod one_row;
mod ours;
mod plain;
mod readable;
mod select;
mod stored;
mod tag;
mod update;
mod whole_rows;
mod writer;

#[cfg(test)]
mod tests;

pub use ddl::{ForEach, Ruled, create_schema, create_tables, drop_schema, tables, tables_of};
pub use delete::delete;
pub use insert::insert;
pub use keeper::{Keeper, KeyNames, keeper};
pub use one_row::{OneRow, bound};
pub(crate) use ours::is_ours;
pub use select::{explain, select};
pub use tag::tagged;
pub use update::update;
pub use whole_rows::WholeRows;
