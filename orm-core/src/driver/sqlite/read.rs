//! Reads: on the caller's task while they are short, on a thread when they are not.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::oneshot;

use super::Lane;
use super::error::closed;
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
        let attempt = {
            let mut reader = self.readers.take(Line::Short).await?;
            reader.session()?.read_within_budget(&statement, rows.as_mut())?
        };
        match attempt {
            Attempt::Finished => return Ok(rows),
            Attempt::TooLong => self.long_reads.remember(&statement.sql),
            Attempt::Locked => {}
        }
        // Nothing was delivered yet, so it may run again from its start.
        rows.clear();
        self.read_on_thread(statement, rows).await
    }

    async fn read_on_thread(&self, statement: Statement, mut rows: Box<dyn Rows>) -> Result<Box<dyn Rows>> {
        let mut reader = self.readers.take(Line::Long).await?;
        let (reply, answer) = oneshot::channel();
        let cancel = CancelOnDrop::default();
        let cancelled = Arc::clone(&cancel.0);
        let long_reads = Arc::clone(&self.long_reads);
        self.workers.run(move || {
            let result = reader
                .session()
                .and_then(|session| session.read_patiently(&statement, &cancelled, &mut |row| rows.push(row)));
            if let Ok(true) = result {
                long_reads.forget(&statement.sql);
            }
            // Whoever is answered may read again at once.
            drop(reader);
            // Nobody waits for the answer of a dropped read.
            reply.send(result.map(|_| rows)).unwrap_or_default();
        })?;
        answer.await.map_err(|_| closed())?
    }
}

/// The texts of statements that did not end within their budget, so that they are not tried in vain again.
#[derive(Debug, Default)]
pub(super) struct LongReads(RwLock<HashSet<Arc<str>>>);

impl LongReads {
    const MOST: usize = 1_024;

    fn contains(&self, sql: &str) -> bool {
        let texts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        !texts.is_empty() && texts.contains(sql)
    }

    fn remember(&self, sql: &Arc<str>) {
        let mut texts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if texts.len() >= Self::MOST {
            texts.clear();
        }
        texts.insert(Arc::clone(sql));
    }

    /// The same text may be short with other values.
    fn forget(&self, sql: &str) {
        if self.contains(sql) {
            self.0.write().unwrap_or_else(PoisonError::into_inner).remove(sql);
        }
    }
}
