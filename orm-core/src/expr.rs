//! Expressions and conditions as untyped data, and the typed handles that build them.
//!
//! The typed side ([`Col`], [`Expr`], [`Agg`], [`ToOne`], [`ToMany`], [`Q`]) is a thin shell: it knows the root `R` on
//! which an expression may be used and the Rust type of its value, and builds [`Node`]s and [`Condition`]s. Everything
//! below sees only those.

mod condition;
mod node;
mod order;

mod aggregate;
mod tuple;

mod field;
mod key;
mod lookup;
mod operand;
mod operator;
mod rebase;
mod selection;

pub use aggregate::{Agg, AggregateSelection, Averageable, Summable};
pub use condition::{Condition, Connector, Group, Lookup, LookupOperator, Q, Tree};
pub use field::{Col, Expr, ToMany, ToOne, Typed};
pub use key::KeyOf;
pub(crate) use key::{by_key, column_in, key_has, key_in, key_is, one_of};
pub use lookup::{Expression, Textual};
pub use node::{AggregateFunction, Call, Function, Node, Output};
pub use operand::{Comparable, Computed, Definite, Known, Operand, Optional, encoded};
pub use operator::{Admits, Arith, Assignment, Assignments, Factor, Term};
pub use order::{Nulls, Order, Ordering, Orders};
pub use selection::{RowOf, Selection, decode_selection};
pub(crate) use tuple::for_each_tuple;
