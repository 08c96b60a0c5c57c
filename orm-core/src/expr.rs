//! The typed handles that build expressions and conditions.
//!
//! The typed side ([`Col`], [`Expr`], [`Agg`], [`ToOne`], [`ToMany`], [`Q`]) is a thin shell: it knows the root `R` on
//! which an expression may be used and the Rust type of its value, and builds [`Node`]s and [`Condition`]s. Everything
//! below sees only those.

mod order;
mod q;

mod aggregate;
mod tuple;

mod assignment;
mod declared;
mod field;
mod key;
mod lookup;
mod operand;
mod operator;
mod selection;

pub use aggregate::{Agg, AggregateSelection, Averageable, Summable};
pub use assignment::{Admits, Assignment, Assignments};
pub use declared::{Declare, Declared, Generated};
pub use field::{Col, Expr, ToMany, ToOne, Typed};
pub use key::KeyOf;
pub use lookup::{Expression, Textual};
pub use operand::{Comparable, Computed, Definite, Known, Operand, Optional, encoded};
pub use operator::{Arith, Factor, Term};
pub use order::{Order, Orders};
pub use q::Q;
pub use selection::{RowOf, Selection, decode_selection};
pub(crate) use tuple::for_each_tuple;

pub use crate::ast::{
    Call, Condition, Connector, Function, Group, Lookup, LookupOperator, Node, Nulls, Ordering, Output, Tree,
};
