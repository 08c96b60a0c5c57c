//! A connection to a server held for a transaction.
//!
//! Its lease stays dirty until COMMIT or ROLLBACK is answered, so that the connection of a transaction that is dropped in
//! any other way is closed, and the server rolls back.

use std::borrow::Cow;

use tokio::time::timeout;

use super::fault::{After, Fault};
use super::lease::{Lease, unknown_outcome};
use super::marker::Marker;
use super::pool::{BRIEFLY, Pool};
use super::protocol::Protocol;
use crate::driver::parts::keeps_session;
use crate::driver::words::{may_end_transaction, stays_in_transaction};
use crate::driver::{Answer, Session, TransactionOptions, at_hand, ended, later};
use crate::error::{Error, ErrorKind, Result};
use crate::row::Rows;
use crate::statement::{Done, Statement};

/// A transaction on a server.
pub(in crate::driver) struct Held<P: Protocol> {
    /// None once the transaction has ended.
    lease: Option<Lease<P>>,
    pool: Pool<P>,
    /// Whether all that ran leaves the session as it was.
    keeps_session: bool,
}

impl<P: Protocol> Held<P> {
    /// Takes a connection and begins.
    pub(in crate::driver) async fn begin(pool: Pool<P>, options: TransactionOptions) -> Result<Self> {
        let mut lease = pool.acquire().await?;
        lease.entry().begins();
        let begin = pool.protocol().begin_held(options);
        if let Err(fault) = lease.text(begin.clone()).await {
            // Nothing has begun, so a connection that was found dead is replaced.
            lease = pool.recover(lease, fault, &[], true).await?;
            lease.text(begin).await.map_err(|fault| fault.error)?;
        }
        Ok(Self { lease: Some(lease), pool, keeps_session: true })
    }

    /// Takes the lease for one exchange with the server: if the exchange is not finished, the transaction is over.
    fn take(&mut self) -> Result<Lease<P>> {
        self.lease.take().ok_or_else(ended)
    }

    /// Keeps the lease as far as the outcome of an exchange allows.
    async fn keep<T>(&mut self, mut lease: Lease<P>, outcome: Result<T, Fault>) -> Result<T> {
        let fault = match outcome {
            Ok(value) => {
                self.lease = Some(lease);
                return Ok(value);
            }
            Err(fault) => fault,
        };
        match fault.after {
            After::Usable => self.lease = Some(lease),
            After::Replan => {
                // The schema was changed under the transaction. Run again from its start, it will pass.
                if lease.replan().await.is_ok() {
                    self.lease = Some(lease);
                }
                let code = "the schema has changed".to_owned();
                return Err(Error::new(ErrorKind::Serialization { code }).with_source(fault.error));
            }
            // The next transaction on this connection prepares it anew.
            After::Retype => {
                if lease.replan().await.is_ok() {
                    self.lease = Some(lease);
                }
            }
            After::RolledBack => self.give_back(lease).await,
            After::Lost => {
                drop(lease);
                self.pool.suspect();
            }
            After::Unknown => drop(lease),
        }
        Err(fault.error)
    }

    /// Gives a connection back after the server itself ended the transaction.
    async fn give_back(&mut self, mut lease: Lease<P>) {
        if rolls_back(&mut lease).await {
            self.finish(lease);
        }
    }

    fn finish(&mut self, mut lease: Lease<P>) {
        if self.keeps_session {
            lease.finish([]);
        }
    }

    /// Refuses what would end the transaction behind the library's back.
    fn admit(&mut self, statement: &Statement) -> Result<()> {
        stays_in_transaction(&statement.sql, P::COMMITTING)?;
        self.keeps_session &= keeps_session(statement, P::LEXIS);
        Ok(())
    }

    /// The savepoint around a statement that might end the transaction unnoticed.
    fn marker(statement: &Statement) -> Option<Marker> {
        P::MARKER.filter(|_| may_end_transaction(&statement.sql))
    }

    /// Takes the lease for a statement.
    async fn admitted(&mut self, statement: &Statement) -> Result<Lease<P>> {
        self.admit(statement)?;
        let mut lease = self.take()?;
        let Some(marker) = Self::marker(statement) else { return Ok(lease) };
        let outcome = lease.text(marker.set).await;
        self.keep(lease, outcome).await?;
        self.take()
    }

    /// Keeps the lease, unless the statement has ended the transaction: what comes later would be kept one by one.
    async fn judged<T>(&mut self, statement: &Statement, mut lease: Lease<P>, outcome: Result<T, Fault>) -> Result<T> {
        let still_open = outcome.as_ref().err().is_none_or(|fault| fault.after == After::Usable);
        if let Some(marker) = Self::marker(statement).filter(|_| still_open) {
            match lease.text(marker.release).await {
                Ok(_) => {}
                Err(fault) if marker.is_missing(&fault) => {
                    let ended = Error::new(ErrorKind::CommittedByStatement);
                    return Err(match outcome {
                        Ok(_) => ended,
                        Err(fault) => ended.with_source(fault.error),
                    });
                }
                Err(fault) => return self.keep(lease, Err(fault)).await,
            }
        }
        self.keep(lease, outcome).await
    }

    async fn command(&mut self, sql: String) -> Result<()> {
        let mut lease = self.take()?;
        let outcome = lease.text(sql).await;
        self.keep(lease, outcome).await.map(drop)
    }
}

/// Says ROLLBACK; false if there is no answer soon. Then the connection is closed, which rolls back too.
async fn rolls_back<P: Protocol>(lease: &mut Lease<P>) -> bool {
    let answer = timeout(BRIEFLY, lease.text(Cow::Borrowed("ROLLBACK"))).await;
    answer.is_ok_and(|answer| answer.is_ok())
}

impl<P: Protocol> Session for Held<P> {
    fn fetch<'s>(&'s mut self, statement: &'s Statement, mut rows: Box<dyn Rows>) -> Answer<'s, Box<dyn Rows>> {
        later(async move {
            let mut lease = self.admitted(statement).await?;
            let outcome = lease.fetch(statement, rows.as_mut()).await;
            self.judged(statement, lease, outcome).await.map(|_| rows)
        })
    }

    fn execute<'s>(&'s mut self, statement: &'s Statement) -> Answer<'s, Done> {
        later(async move {
            let mut lease = self.admitted(statement).await?;
            let outcome = lease.execute(statement).await;
            self.judged(statement, lease, outcome).await
        })
    }

    fn savepoint(&mut self, number: u32) -> Answer<'_, ()> {
        later(self.command(format!("SAVEPOINT s{number}")))
    }

    fn release(&mut self, number: u32) -> Answer<'_, ()> {
        later(self.command(format!("RELEASE SAVEPOINT s{number}")))
    }

    fn roll_back_to(&mut self, number: u32) -> Answer<'_, ()> {
        later(self.command(format!("ROLLBACK TO SAVEPOINT s{number}; RELEASE SAVEPOINT s{number}")))
    }

    fn check(&mut self) -> Answer<'_, ()> {
        match P::CHECK {
            Some(sql) => later(self.command(sql.to_owned())),
            None => at_hand(Ok(())),
        }
    }

    fn commit(&mut self) -> Answer<'_, ()> {
        later(async move {
            let mut lease = self.take()?;
            match lease.text(Cow::Borrowed(P::COMMIT_HELD)).await {
                Ok(_) => {
                    self.finish(lease);
                    Ok(())
                }
                Err(fault) if fault.after.is_usable() => {
                    self.give_back(lease).await;
                    Err(fault.error)
                }
                Err(fault) => {
                    drop(lease);
                    self.pool.suspect();
                    Err(unknown_outcome(fault).error)
                }
            }
        })
    }

    fn roll_back(&mut self) -> Answer<'_, ()> {
        later(async move {
            // A connection that is gone has rolled back.
            let Some(mut lease) = self.lease.take() else { return Ok(()) };
            if rolls_back(&mut lease).await {
                self.finish(lease);
            } else {
                self.pool.suspect();
            }
            Ok(())
        })
    }

    fn has_ended(&self) -> bool {
        self.lease.is_none()
    }
}

impl<P: Protocol> std::fmt::Debug for Held<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").field("ended", &self.has_ended()).finish_non_exhaustive()
    }
}
