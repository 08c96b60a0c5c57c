//! The files of SQLite's writer and of its threads, between stand-ins for what they name.

#[path = "../../../../orm-core/src/driver/sqlite/census.rs"]
mod census;
#[path = "../../../../orm-core/src/driver/sqlite/lane.rs"]
mod lane;
#[path = "../../../../orm-core/src/driver/sqlite/lent.rs"]
mod lent;
#[path = "../../../../orm-core/src/driver/sqlite/turn.rs"]
mod turn;
#[path = "../../../../orm-core/src/driver/sqlite/workers.rs"]
mod workers;
#[path = "../../../../orm-core/src/driver/sqlite/write.rs"]
mod write;
#[path = "../../../../orm-core/src/driver/sqlite/writer.rs"]
mod writer;

mod readers;
mod session;

mod closing;
mod commits;
mod lending;
mod rig;
mod waiting;

mod error {
    use crate::error::{ConnectionFault, Error};

    pub(super) fn closed() -> Error {
        Error::connection(ConnectionFault::Closed, "the database was closed")
    }
}

mod long_reads {
    #[derive(Debug, Default)]
    pub(super) struct LongReads;
}
