//! The shape of a statement: a query becomes a plan that says all but the words, for what a database can do.
//!
//! Each kind of statement takes its steps in order: refuse what cannot be meant, find the table of each column (a to-one path is
//! joined once), bring conditions into a normal form, settle the order, hold DISTINCT against it, and say by other means what the
//! database lacks (its [`Features`](crate::dialect::Features)). A plan borrows from its query.

mod change;
mod check;
mod clause;
mod filter;
mod form;
mod insert;
mod join;
mod legal;
mod list;
mod null;
mod order;
mod plan;
mod prefetch;
mod purpose;
mod readable;
mod save;
mod schema;
mod scope;
mod select;
mod subquery;
mod tables;
mod texts;
mod tree;

pub use change::{delete, update};
pub(crate) use form::Form;
pub use insert::{NewRows, insert, rows};
pub(crate) use null::{are_nulled, nullable};
pub(crate) use order::{keeps_own_order, natural};
pub use plan::{
    Among, Assigned, Called, Change, Choice, Chosen, Clause, Columns, Distinct, Expr, Forms, Inner, Item, Limit,
    Listed, Locked, Near, New, Operands, Plan, Related, Returned, Rows, Shown, Source, Term, Where,
};
pub use prefetch::{Children, ToldBy};
pub use save::{RowChange, row, save};
pub(crate) use schema::{expression, rule};
pub use select::{aggregate, count, exists, select};
pub(crate) use tables::field_at;
pub use tables::{Col, Join, Joins, Name, Table};
