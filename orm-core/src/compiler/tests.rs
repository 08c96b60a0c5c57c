//! Golden SQL: the words of every dialect, without a database.

mod aggregate;
mod check;
mod composite;
mod ddl;
mod foreign;
mod join;
mod limits;
mod lock;
mod lookup;
mod music;
mod near;
mod null;
mod old_rows;
mod order;
mod parameters;
mod prefetch;
mod rules;
mod subquery;
mod tag;
mod text;
mod whole_rows;
mod write;
