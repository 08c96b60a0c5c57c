//! Expressions and conditions as untyped data, and the typed handles that build them.
mod condition;
mod node;
mod order;
pub use condition::{Condition, Connector, Group, Lookup, LookupOperator, Q, Tree};
pub use node::{AggregateFunction, Call, Function, Node, Output};
pub use order::{Nulls, Order, Ordering, Orders};
