//! The same work done by Dormouse and by its peers, on the same data and with the same settings.
//!
//! `benches/sqlite.rs` and `benches/postgres.rs` say what is measured, `work` what each measurement does, `peers` how
//! each peer does it in the way its documentation teaches, `measure` how the clock is read.

pub mod data;
pub mod measure;
pub mod peers;
pub mod queryset;
pub mod work;

/// Any failure ends a measurement.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Connections in each pool; tasks that share it in the measurements with many tasks.
pub const POOL: usize = 4;
