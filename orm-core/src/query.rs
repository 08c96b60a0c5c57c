//! Queries as untyped data: what the planner reads.

mod declared;
mod insert;
mod lock;
mod prefetch;
mod select;
mod update;

pub use declared::{Declare, Declared, Generated};
pub use insert::Insert;
pub use lock::{Lock, Wait};
pub use prefetch::{Prefetch, Relation};
pub use select::{Select, Selected};
pub use update::{Delete, Save, Update, Written};
