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
use super::watch::{CancelOnDrop, TICKS};
use crate::error::Result;
use crate::row::Rows;
use crate::statement::Statement;

impl Lane {
    /// Collects all rows of a read.
    pub(super) async fn read(self: Arc<Self>, statement: Statement, mut rows: Box<dyn Rows>) -> Result<Box<dyn Rows>> {
        if self.inline && !self.long_reads.contains(&statement.sql) {
            let_others_run().await;
            let attempt = self.attempt(&statement, rows.as_mut()).await;
            // An error may come as soon, again and again.
            spend(if let Ok(Attempt::Finished(ticks)) = &attempt { *ticks } else { 0 });
            match attempt? {
                Attempt::Finished(_) => return Ok(rows),
                Attempt::TooLong => self.long_reads.remember(&statement.sql),
                Attempt::Occupied => {}
            }
            // Nothing was delivered yet, so it may run again from its start.
            rows.clear();
        }
        // Boxed, so that the future of the others is small.
        Box::pin(self.read_on_thread(statement, rows)).await
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
            let result = reader.read_patiently(&statement, &cancelled, |row| rows.push(row));
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

thread_local! {
    /// What the inline reads of this thread have used since its last step, in ticks.
    static SPENT: Cell<u32> = const { Cell::new(0) };
    /// The steps of this thread.
    static STEPS: Cell<u32> = const { Cell::new(0) };
}

/// Notes what an inline read has used: its ticks, and one for all besides.
fn spend(ticks: u32) {
    SPENT.set(SPENT.get().saturating_add(1 + ticks));
}

/// A task that only asks what is answered inline never waits, so here it gives its time away at times: otherwise no other
/// task of its thread would run, no time limit around it would end it, and no `close` would get its turn. A long read is a
/// step, and so are a few short ones together: on a runtime of several threads a change of tasks wakes another thread, which
/// costs as much as ten short reads. On tokio a task runs for as many steps as its budget allows; on an executor that counts
/// nothing, for so many.
async fn let_others_run() {
    const MOST: u32 = 128;
    if SPENT.get() < TICKS {
        return;
    }
    SPENT.set(0);
    consume_budget().await;
    let steps = STEPS.get().wrapping_add(1);
    STEPS.set(steps);
    if steps.is_multiple_of(MOST) && Handle::try_current().is_err() {
        yield_now().await;
    }
}
