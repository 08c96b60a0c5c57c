//! Reads: on the caller's task while they are short, on a thread when they are not.

use std::cell::Cell;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::{consume_budget, yield_now};

use super::error::closed;
use super::lane::Lane;
use super::readers::Line;
use super::session::Attempt;
use super::watch::CancelOnDrop;
use crate::error::Result;
use crate::row::Rows;
use crate::statement::Statement;

impl Lane {
    /// Collects all rows of a read.
    pub(super) async fn read(&self, statement: Statement, mut rows: Box<dyn Rows>) -> Result<Box<dyn Rows>> {
        if !self.inline || self.long_reads.contains(&statement.sql) {
            return self.read_on_thread(statement, rows).await;
        }
        let_others_run().await;
        match self.attempt(&statement, rows.as_mut()).await? {
            Attempt::Finished => return Ok(rows),
            Attempt::TooLong => self.long_reads.remember(&statement.sql),
            Attempt::Occupied => {}
        }
        // Nothing was delivered yet, so it may run again from its start.
        rows.clear();
        self.read_on_thread(statement, rows).await
    }

    async fn attempt(&self, statement: &Statement, rows: &mut dyn Rows) -> Result<Attempt> {
        if self.in_memory {
            return self.readers.take(Line::Long).await?.session()?.read_within_budget(statement, rows);
        }
        let attempt = self.readers.seated(|session| session.read_within_budget(statement, rows));
        attempt.unwrap_or(Ok(Attempt::Occupied))
    }

    async fn read_on_thread(&self, statement: Statement, mut rows: Box<dyn Rows>) -> Result<Box<dyn Rows>> {
        let mut reader = self.readers.take(Line::Long).await?;
        let (reply, answer) = oneshot::channel();
        let cancel = CancelOnDrop::default();
        let cancelled = Arc::clone(&cancel.0);
        let long_reads = Arc::clone(&self.long_reads);
        self.workers.run(move || {
            let result = reader
                .turn()
                .and_then(|turn| turn.sends(&statement).read_patiently(&statement, &cancelled, |row| rows.push(row)));
            if let Ok(true) = result {
                long_reads.forget(&statement.sql);
            }
            // A caller that is answered may read again at once.
            drop(reader);
            // The answer of a dropped read is not waited for.
            reply.send(result.map(|_| rows)).unwrap_or_default();
        })?;
        answer.await.map_err(|_| closed())?
    }
}

/// A task that only asks what is answered inline never waits, so here it gives its time away at times: otherwise no other
/// task of its thread would run, no time limit around it would end it, and no `close` would get its turn. On tokio by
/// the budget that each task has; on an executor that counts nothing, once in so many reads.
async fn let_others_run() {
    const MOST: u32 = 128;
    thread_local! {
        static READS: Cell<u32> = const { Cell::new(0) };
    }
    consume_budget().await;
    let reads = READS.get().wrapping_add(1);
    READS.set(reads);
    if reads.is_multiple_of(MOST) && Handle::try_current().is_err() {
        yield_now().await;
    }
}
