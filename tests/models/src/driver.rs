//! The driver's own files, between stand-ins for what they name.

mod sqlite;

#[path = "../../../orm-core/src/driver/holders.rs"]
mod holders;
#[path = "../../../orm-core/src/driver/parts.rs"]
mod parts;
#[path = "../../../orm-core/src/driver/words.rs"]
mod words;

mod cleanliness;
mod server;
mod wire;

use orm_core::driver::{Answer, Batching, Driver, Server, Session, TransactionOptions, at_hand, ended, later};
