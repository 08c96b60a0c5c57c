//! Runtimes, of which the checker has one, where everything may be used.

use std::convert::Infallible;
use std::io;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Home;

impl Home {
    pub(crate) fn is_near(self) -> bool {
        true
    }
}

#[derive(Debug, Default)]
pub(crate) struct Runtimes(());

impl Runtimes {
    pub(crate) fn enter(&self) -> Result<(), Infallible> {
        Ok(())
    }

    pub(crate) async fn open<F: Future>(&self, opening: F) -> io::Result<(F::Output, Home)> {
        Ok((opening.await, Home))
    }
}
