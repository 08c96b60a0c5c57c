//! What the drivers of servers share: connections in a pool, who has one, and whether it may go back there.

pub(super) mod fault;
pub(super) mod marker;
pub(super) mod options;
pub(super) mod pool;
pub(super) mod pooled;
pub(super) mod protocol;
pub(super) mod refusal;

mod held;
mod lease;
mod opener;
mod opening;
mod reading;
