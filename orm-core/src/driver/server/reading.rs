//! An answer while it arrives: rows are decoded where they are, one after the other.

use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use futures::{StreamExt, poll};
use sqlx::Either;

use super::fault::Fault;
use super::protocol::{Answer, FormedRow, Protocol};
use crate::row::Rows;
use crate::statement::Done;

/// The answer to one statement, read row by row.
pub(in crate::driver) struct Reading<'c, P: Protocol> {
    answer: Answer<'c, P>,
    protocol: Arc<P>,
    /// Whether the statement waits for no lock.
    nowait: bool,
    /// Found at the first row, the same for all.
    forms: Vec<P::Form>,
    done: Done,
}

impl<'c, P: Protocol> Reading<'c, P> {
    pub(in crate::driver) fn new(answer: Answer<'c, P>, protocol: Arc<P>, nowait: bool) -> Self {
        Self { answer, protocol, nowait, forms: Vec::new(), done: Done::default() }
    }

    /// Decodes the next row; false at the end. Nothing is lost when the future is dropped.
    pub(in crate::driver) async fn row(&mut self, rows: &mut dyn Rows) -> Result<bool, Fault> {
        while let Some(step) = self.answer.next().await {
            match step.map_err(|error| self.protocol.fault(error, self.nowait))? {
                Either::Left(tally) => add(&mut self.done, P::done(tally)),
                Either::Right(row) => {
                    if self.forms.is_empty() {
                        self.forms = P::forms(&row);
                    }
                    rows.push(&FormedRow::<P> { row: &row, forms: &self.forms })?;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Decodes up to `most` rows; false at the end. Unless patient, it stops early when there are some and the next
    /// has not arrived.
    pub(in crate::driver) async fn fill(
        &mut self,
        rows: &mut dyn Rows,
        most: usize,
        patient: bool,
    ) -> Result<bool, Fault> {
        for filled in 0..most {
            let mut next = pin!(self.row(rows));
            let more = match poll!(next.as_mut()) {
                Poll::Ready(more) => more?,
                Poll::Pending if filled > 0 && !patient => return Ok(true),
                Poll::Pending => next.await?,
            };
            if !more {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads what is left, keeping no row.
    pub(in crate::driver) async fn drain(mut self) -> Result<Done, Fault> {
        while let Some(step) = self.answer.next().await {
            if let Either::Left(tally) = step.map_err(|error| self.protocol.fault(error, self.nowait))? {
                add(&mut self.done, P::done(tally));
            }
        }
        Ok(self.done)
    }

    /// What the statement did, known at the end.
    pub(in crate::driver) fn done(&self) -> Done {
        self.done
    }
}

fn add(done: &mut Done, more: Done) {
    done.rows_affected += more.rows_affected;
    done.last_insert_id = more.last_insert_id.or(done.last_insert_id);
}
