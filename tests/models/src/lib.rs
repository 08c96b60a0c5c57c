//! Models: the concurrent code of the library under a model checker, which runs it in many orders of events and finds
//! the ones that deadlock or break a promise.
//!
//! What is tested is the source that ships: its files are compiled again here, by path, with another room
//! `sync`, whose threads, locks and channels are [shuttle](https://docs.rs/shuttle)'s. What they name
//! beside that is the real thing where it never blocks, else a stand-in as small as it can be.

#![cfg(test)]
#![allow(dead_code, unused_imports, unreachable_pub, reason = "the library's files are used in part")]
#![allow(clippy::large_enum_variant, reason = "judged with the types that ship, not with those in their place")]

use orm_core::{error, row, statement, value};

mod bridge;
mod check;
mod driver;
mod exec;
#[path = "../../it/support/share.rs"]
mod share;
mod sync;
