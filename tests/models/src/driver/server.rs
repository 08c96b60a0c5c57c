//! What the drivers of servers share: the files themselves.

#[path = "../../../../orm-core/src/driver/server/fault.rs"]
pub(super) mod fault;
#[path = "../../../../orm-core/src/driver/server/held.rs"]
pub(super) mod held;
#[path = "../../../../orm-core/src/driver/server/lease.rs"]
pub(super) mod lease;
#[path = "../../../../orm-core/src/driver/server/marker.rs"]
pub(super) mod marker;
#[path = "../../../../orm-core/src/driver/server/opener.rs"]
pub(super) mod opener;
#[path = "../../../../orm-core/src/driver/server/opening.rs"]
pub(super) mod opening;
#[path = "../../../../orm-core/src/driver/server/pool.rs"]
pub(super) mod pool;
#[path = "../../../../orm-core/src/driver/server/pooled.rs"]
pub(super) mod pooled;
#[path = "../../../../orm-core/src/driver/server/reading.rs"]
pub(super) mod reading;

pub(super) mod protocol;
