//! The connections to one server: at most so many, opened when needed, checked when they were idle for long.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{
    self, Manager, Metrics, PoolConfig, PoolError, QueueMode, RecycleError, RecycleResult, TimeoutType, Timeouts,
};
use sqlx::Connection as _;

use super::holders::Holders;
use super::lease::Lease;
use super::protocol::{Opened, Protocol};
use crate::error::{Error, ErrorKind, Result};
use crate::sync::{Home, Runtimes};

/// A connection that was idle for longer is asked whether it lives before it is used.
const IDLE: Duration = Duration::from_secs(30);
/// How long that question, a ROLLBACK and a farewell may take.
pub(super) const BRIEFLY: Duration = Duration::from_secs(5);

/// A pool of connections that speak protocol `P`.
pub(super) struct Pool<P: Protocol>(managed::Pool<Opener<P>>);

impl<P: Protocol> Pool<P> {
    /// An empty pool.
    pub(super) fn new(protocol: P) -> Result<Self> {
        let options = protocol.options();
        let timeouts = Timeouts {
            wait: Some(options.acquire_timeout),
            create: Some(options.connect_timeout),
            recycle: Some(BRIEFLY),
        };
        // The connection used last is used next, so that the others become idle and are asked before use.
        let config = PoolConfig { max_size: options.max_connections, timeouts, queue_mode: QueueMode::Lifo };
        let opener = Opener {
            protocol: Arc::new(protocol),
            suspect: Mutex::new(None),
            holders: Arc::default(),
            runtimes: Runtimes::default(),
        };
        let pool = managed::Pool::builder(opener).config(config).runtime(deadpool::Runtime::Tokio1).build();
        pool.map(Self).map_err(|error| Error::configuration("the pool cannot be built").with_source(error))
    }

    /// What all connections of the pool speak.
    pub(super) fn protocol(&self) -> &P {
        &self.0.manager().protocol
    }

    /// Takes a connection that is clean and, as far as is known, alive.
    ///
    /// All that is asked of a server comes through here, so here is where it is refused if it cannot be waited for.
    pub(super) async fn acquire(&self) -> Result<Lease<P>> {
        let manager = self.0.manager();
        manager.runtimes.enter().map_err(|lack| Error::configuration(lack.to_string()))?;
        let taken = {
            let _waiting = manager.holders.wait();
            self.0.get().await
        };
        let object = taken.map_err(|error| self.refusal(error))?;
        Ok(Lease::new(object, Arc::clone(&manager.protocol), manager.holders.enter()))
    }

    /// Makes the pool ask each of its connections before the next use, because one was found dead.
    pub(super) fn suspect(&self) {
        *self.0.manager().suspect.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Closes the idle connections now and the others when they come back.
    pub(super) async fn close(&self) {
        let idle = self.0.retain(|_, _| false).removed;
        self.0.close();
        // Those that cannot be waited for here are closed without a farewell.
        let can_wait = self.0.manager().runtimes.enter().is_ok();
        let near = idle.into_iter().filter(|placed| can_wait && placed.home.is_near());
        let farewells = near.map(|placed| tokio::time::timeout(BRIEFLY, placed.opened.connection.close()));
        futures::future::join_all(farewells).await;
    }

    fn refusal(&self, error: PoolError<Error>) -> Error {
        let options = self.protocol().options();
        match error {
            PoolError::Backend(error) => error,
            PoolError::Timeout(TimeoutType::Wait) => {
                let holders = self.0.manager().holders.list();
                ErrorKind::PoolExhausted { after: options.acquire_timeout, holders }.into()
            }
            PoolError::Timeout(_) => {
                let (location, limit) = (options.location(), options.connect_timeout);
                Error::connection(format!("no answer from {location} within {limit:?}"))
            }
            PoolError::Closed => Error::connection(format!("the connections to {} were closed", options.location())),
            PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                Error::connection(format!("no connection to {}", options.location()))
            }
        }
    }
}

impl<P: Protocol> Clone for Pool<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P: Protocol> fmt::Debug for Pool<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("protocol", self.protocol()).field("status", &self.0.status()).finish()
    }
}

/// Opens connections for a pool, and asks old ones whether they live.
pub(super) struct Opener<P> {
    protocol: Arc<P>,
    /// When a connection was last found dead: what was last used before may be dead too.
    suspect: Mutex<Option<Instant>>,
    /// Who has the connections that are out.
    holders: Arc<Holders>,
    runtimes: Runtimes,
}

/// A connection, and the runtime that its socket belongs to.
pub(super) struct Placed<P: Protocol> {
    pub(super) opened: Opened<P>,
    home: Home,
}

impl<P: Protocol> Manager for Opener<P> {
    type Type = Placed<P>;
    type Error = Error;

    async fn create(&self) -> Result<Placed<P>> {
        // Boxed, because every verb's future would be as large as that of opening a connection.
        let (opened, home) = self.runtimes.open(Box::pin(self.protocol.open())).await.map_err(|error| {
            Error::configuration("no runtime could be started for the connections").with_source(error)
        })?;
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
