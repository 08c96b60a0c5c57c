//! In the place of the driver of SQLite, where the Cargo feature `sqlite` is off.

use std::sync::Arc;

use super::Driver;
use super::throwaway::Place;
use crate::error::{Result, SetupMistake};

const OFF: SetupMistake = SetupMistake::FeatureOff { database: "SQLite", feature: "sqlite" };

/// Refuses the URL.
pub(super) async fn connect(_: &str) -> Result<Arc<dyn Driver>> {
    Err(OFF.into())
}

/// Refuses the URL.
pub(super) fn throwaway(_: &str, _: &str) -> Result<Place> {
    Err(OFF.into())
}
