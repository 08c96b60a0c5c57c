//! Writes and transactions: handed to the thread that writes, or done with the only connection of a database in memory.

use super::error::closed;
use super::lane::Lane;
use super::lent::Lent;
use super::readers::Line;
use super::turn::{Reply, answer};
use super::writer::{Answer, Job, Write, Writer};
use crate::driver::TransactionOptions;
use crate::driver::parts::{Lexis, stay_in_transaction};
use crate::driver::words::stays_outside_transactions;
use crate::error::Result;
use crate::row::Rows;
use crate::statement::{Done, Statement};

impl Lane {
    /// Runs one statement that writes.
    pub(super) async fn write(&self, statement: Statement, rows: Option<Box<dyn Rows>>) -> Result<Answer> {
        stays_outside_transactions(&statement.sql)?;
        self.submit(|reply| Job::Write(Write { statement, rows, reply })).await
    }

    /// Begins a transaction, on the connection that writes unless it only reads.
    pub(super) async fn lend(&self, options: TransactionOptions) -> Result<Lent> {
        if options.read_only || matches!(self.writer, Writer::Shared) {
            return Lent::from_reader(self.readers.take(Line::Long).await?, options);
        }
        self.submit(Job::Lend).await
    }

    /// Runs statements in one transaction.
    pub(super) async fn write_all(&self, statements: Vec<Statement>) -> Result<Vec<Done>> {
        stay_in_transaction(&statements, Lexis::Postgres)?;
        self.submit(|reply| Job::All(statements, reply)).await
    }

    async fn submit<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T> {
        let (reply, waiter) = answer();
        let job = job(reply);
        match &self.writer {
            Writer::Queue(queue, turns) => {
                queue.send(job).map_err(|_| closed())?;
                waiter.wait_turn(turns).await
            }
            Writer::Shared => {
                let mut reader = self.readers.take(Line::Long).await?;
                // Without a connection the job is dropped, which its caller notices.
                self.workers.run(move || reader.turn().map(|turn| job.run(turn)).unwrap_or_default())?;
                waiter.wait().await
            }
        }
    }
}
