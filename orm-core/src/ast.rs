//! Questions and changes as untyped data: what the planner reads.
//!
//! One tree, whose files are its chapters: a [`Node`] may be a [`Condition`], whose operands are nodes; a [`Select`] has
//! both, and may stand in either as a [`Subquery`]; prefetches are selects. [`Node::walk`] is the way through it,
//! [`Condition::fold`] makes another of it. Walking, comparing, printing and dropping take little stack at any depth. The
//! typed side that builds it is one room up, in `expr`.

mod comparison;
mod function;
mod node;
mod subquery;

mod debug;
mod dismantle;
mod equality;
mod fold;
mod walk;

mod key;
mod order;

mod delete;
mod insert;
mod lock;
mod prefetch;
mod select;
mod update;

#[cfg(test)]
mod tests;

pub use comparison::LookupOperator;
pub use delete::Delete;
pub use function::Function;
pub use insert::Insert;
pub(crate) use key::{by_key, column_in, key_has, key_in, key_is, one_of};
pub use lock::{Lock, Wait};
pub use node::{Call, Condition, Connector, Group, Lookup, Node, Tree};
pub use order::{Nulls, Ordering};
pub use prefetch::{Prefetch, Relation};
pub use select::{Output, Select, Selected};
pub use subquery::Subquery;
pub use update::{Save, Update, Written};
pub use walk::{Part, Walk};
