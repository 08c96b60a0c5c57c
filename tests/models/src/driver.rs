//! The driver's own files, between stand-ins for what they name.

mod sqlite;

#[path = "../../../orm-core/src/driver/fault.rs"]
mod fault;
#[path = "../../../orm-core/src/driver/held.rs"]
mod held;
#[path = "../../../orm-core/src/driver/holders.rs"]
mod holders;
#[path = "../../../orm-core/src/driver/lease.rs"]
mod lease;
#[path = "../../../orm-core/src/driver/marker.rs"]
mod marker;
#[path = "../../../orm-core/src/driver/opener.rs"]
mod opener;
#[path = "../../../orm-core/src/driver/opening.rs"]
mod opening;
#[path = "../../../orm-core/src/driver/parts.rs"]
mod parts;
#[path = "../../../orm-core/src/driver/pool.rs"]
mod pool;
#[path = "../../../orm-core/src/driver/pooled.rs"]
mod pooled;
#[path = "../../../orm-core/src/driver/reading.rs"]
mod reading;
#[path = "../../../orm-core/src/driver/words.rs"]
mod words;

mod cleanliness;
mod protocol;
mod wire;

use orm_core::driver::{Answer, Batching, Driver, Server, Session, TransactionOptions, at_hand, ended, later};
