//! Nobody is told who holds connections.

use std::sync::Arc;

use crate::error::Holder;

#[derive(Debug, Default)]
pub(super) struct Holders;

impl Holders {
    pub(super) fn enter(self: &Arc<Self>) -> Entry {
        Entry
    }

    pub(super) fn list(&self) -> Vec<Holder> {
        Vec::new()
    }
}

#[derive(Debug)]
pub(super) struct Entry;

impl Entry {
    pub(super) fn sends(&self, _: &Arc<str>) {}

    pub(super) fn begins(&self) {}
}
