//! No connections that only read.

use std::convert::Infallible;
use std::sync::Arc;

use super::error::closed;
use super::session::Session;
use super::turn::Turn;
use crate::driver::holders::Entry;
use crate::error::Result;

#[derive(Debug)]
pub(super) struct Readers;

pub(super) enum Line {
    Long,
}

impl Readers {
    pub(super) async fn take(self: &Arc<Self>, _: Line) -> Result<Reader> {
        Err(closed())
    }

    pub(super) fn close(&self) {}
}

#[derive(Debug)]
pub(super) struct Reader(Infallible);

impl Reader {
    pub(super) fn session(&mut self) -> Result<&mut Session> {
        match self.0 {}
    }

    pub(super) fn enter(&self) -> Entry {
        match self.0 {}
    }

    pub(super) fn turn(&mut self) -> Result<Turn<'_>> {
        match self.0 {}
    }

    pub(super) fn is_in_transaction(&self) -> bool {
        match self.0 {}
    }
}
