//! The connections to one server: at most so many, opened when needed, checked when they were idle for long.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{self, PoolConfig, PoolError, QueueMode, TimeoutType, Timeouts};
use sqlx::Connection as _;

use super::fault::{After, Fault};
use super::lease::Lease;
use super::opener::Opener;
use super::protocol::Protocol;
use crate::driver::words::may_end_transaction;
use crate::error::{ConnectionFault, Error, ErrorKind, Result, Retry, RuntimeLack, SetupMistake};
use crate::statement::Statement;
use crate::sync::Lack;

/// How long the question whether a connection lives, a ROLLBACK and a farewell may take.
pub(in crate::driver) const BRIEFLY: Duration = Duration::from_secs(5);

/// A pool of connections that speak protocol `P`.
pub(in crate::driver) struct Pool<P: Protocol>(managed::Pool<Opener<P>>);

impl<P: Protocol> Pool<P> {
    /// An empty pool.
    pub(in crate::driver) fn new(protocol: P) -> Result<Self> {
        let options = protocol.options();
        let timeouts = Timeouts {
            wait: Some(options.acquire_timeout),
            create: Some(options.connect_timeout),
            recycle: Some(BRIEFLY),
        };
        // The connection used last is used next, so that the others become idle and are asked before use.
        let config = PoolConfig { max_size: options.max_connections, timeouts, queue_mode: QueueMode::Lifo };
        let opener = Opener::new(protocol);
        let pool = managed::Pool::builder(opener).config(config).runtime(deadpool::Runtime::Tokio1).build();
        pool.map(Self).map_err(|error| Error::internal("the pool cannot be built").with_source(error))
    }

    /// What all connections of the pool speak.
    pub(in crate::driver) fn protocol(&self) -> &P {
        &self.0.manager().protocol
    }

    /// Takes a connection that is clean and, as far as is known, alive.
    ///
    /// All that is asked of a server comes through here, so here is where it is refused if it cannot be waited for.
    pub(in crate::driver) async fn acquire(&self) -> Result<Lease<P>> {
        let manager = self.0.manager();
        manager.runtimes.enter().map_err(lacking)?;
        let taken = {
            let _waiting = manager.holders.wait();
            self.0.get().await
        };
        let object = taken.map_err(|error| self.refusal(error))?;
        Ok(Lease::new(object, Arc::clone(&manager.protocol), manager.holders.enter()))
    }

    /// Makes the pool ask each of its connections before the next use, because one was found dead.
    pub(in crate::driver) fn suspect(&self) {
        self.0.manager().suspect();
    }

    /// Finds a connection for a second attempt at statements, or says that there must be none. Whether they may be repeated
    /// after a connection was lost is said; after a refusal it is found here.
    pub(in crate::driver) async fn recover(
        &self,
        mut lease: Lease<P>,
        fault: Fault,
        statements: &[Statement],
        repeatable: bool,
    ) -> Result<Lease<P>> {
        match fault.after {
            After::Replan | After::Retype => {
                let unchanged = statements.iter().all(|statement| did_nothing(fault.after, statement));
                lease.replan().await.map_err(|fault| fault.error)?;
                if unchanged { Ok(lease) } else { Err(fault.error) }
            }
            After::Lost => {
                drop(lease);
                self.suspect();
                if repeatable { self.acquire().await } else { Err(fault.error) }
            }
            After::Usable | After::RolledBack | After::Unknown => Err(fault.error),
        }
    }

    /// Closes the idle connections now and the others when they come back.
    pub(in crate::driver) async fn close(&self) {
        let idle = self.0.retain(|_, _| false).removed;
        self.0.close();
        // Those that cannot be waited for here are closed without a farewell.
        let can_wait = self.0.manager().runtimes.enter().is_ok();
        let near = idle.into_iter().filter(|placed| can_wait && placed.home.is_near());
        let farewells = near.map(|placed| tokio::time::timeout(BRIEFLY, placed.opened.connection.close()));
        futures::future::join(futures::future::join_all(farewells), self.0.manager().openings.close(BRIEFLY)).await;
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
                Error::connection(ConnectionFault::NoAnswer, format!("no answer from {location} within {limit:?}"))
                    .with_retry(Retry::Safe)
            }
            PoolError::Closed => {
                let reason = format!("the connections to {} were closed", options.location());
                Error::connection(ConnectionFault::Closed, reason).with_retry(Retry::No)
            }
            error @ (PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_)) => {
                Error::internal("the pool has no runtime, or a hook").with_source(error)
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

/// Whether a statement that was refused for its plan has stored nothing, writes too, and may pass when it is prepared anew.
fn did_nothing(after: After, statement: &Statement) -> bool {
    // A procedure or block may have committed a part before it met the error. What was never kept has the types of now.
    !may_end_transaction(&statement.sql) && (after == After::Replan || statement.persistent)
}

fn lacking(lack: Lack) -> Error {
    let lacks = match lack {
        Lack::Runtime => RuntimeLack::Runtime,
        Lack::Timers => RuntimeLack::Timers,
        Lack::Sockets => RuntimeLack::Sockets,
    };
    SetupMistake::NoRuntime { lacks }.into()
}
