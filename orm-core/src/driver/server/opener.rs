//! How the connections of a pool are opened, and when one that was idle is asked whether it lives.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use sqlx::Connection as _;

use super::opening::Openings;
use super::protocol::{Opened, Protocol};
use crate::driver::holders::Holders;
use crate::error::{Error, Result, RuntimeLack, SetupMistake};
use crate::sync::{Home, Runtimes};

/// A connection that was idle for longer is asked whether it lives before it is used.
const IDLE: Duration = Duration::from_secs(30);

/// Opens connections for a pool, and asks old ones whether they live.
pub(in crate::driver) struct Opener<P: Protocol> {
    pub(in crate::driver) protocol: Arc<P>,
    /// When a connection was last found dead: what was last used before may be dead too.
    suspect: Mutex<Option<Instant>>,
    /// Who has the connections that are out.
    pub(in crate::driver) holders: Arc<Holders>,
    pub(in crate::driver) runtimes: Runtimes,
    pub(in crate::driver) openings: Openings<P>,
}

impl<P: Protocol> Opener<P> {
    pub(in crate::driver) fn new(protocol: P) -> Self {
        Self {
            protocol: Arc::new(protocol),
            suspect: Mutex::new(None),
            holders: Arc::default(),
            runtimes: Runtimes::default(),
            openings: Openings::default(),
        }
    }

    /// Notes that a connection was found dead just now.
    pub(in crate::driver) fn suspect(&self) {
        *self.suspect.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

/// A connection, and the runtime that its socket belongs to.
pub(in crate::driver) struct Placed<P: Protocol> {
    pub(in crate::driver) opened: Opened<P>,
    pub(in crate::driver) home: Home,
}

impl<P: Protocol> Manager for Opener<P> {
    type Type = Placed<P>;
    type Error = Error;

    async fn create(&self) -> Result<Placed<P>> {
        let site = self
            .runtimes
            .site()
            .map_err(|error| Error::from(SetupMistake::NoRuntime { lacks: RuntimeLack::Thread }).with_source(error))?;
        let (opened, home) = self.openings.open(&self.protocol, site).await;
        Ok(Placed { opened: opened?, home })
    }

    async fn recycle(&self, placed: &mut Placed<P>, metrics: &Metrics) -> RecycleResult<Error> {
        if !placed.home.is_near() {
            return Err(RecycleError::message("the connection belongs to another runtime"));
        }
        let used = metrics.recycled.unwrap_or(metrics.created);
        let suspect = *self.suspect.lock().unwrap_or_else(PoisonError::into_inner);
        if used.elapsed() > IDLE || suspect.is_some_and(|since| used < since) {
            placed.opened.connection.ping().await.map_err(|_| RecycleError::message("the connection is dead"))?;
        }
        Ok(())
    }
}
