//! A connection lent for the time of a transaction: its statements run on the thread that holds it, without a hop.

use std::sync::Arc;
use std::time::Instant;

use super::readers::Reader;
use super::session::Session;
use crate::driver::holders::Entry;
use crate::driver::words::stays_in_transaction;
use crate::driver::{self, Answer, TransactionOptions, at_hand, ended};
use crate::error::Result;
use crate::row::Rows;
use crate::statement::{Done, Statement};
use crate::sync::mpsc;

/// A transaction.
///
/// Dropped anywhere, in whatever state, it rolls back and returns its connection.
#[derive(Debug)]
pub(super) struct Lent {
    owner: Owner,
}

/// Where the connection goes back to.
#[derive(Debug)]
enum Owner {
    Writer(Session, mpsc::Sender<Session>, Entry),
    Reader(Reader, Entry),
    /// It is back already.
    Returned,
}

impl Lent {
    /// Of the writer, which has begun the transaction.
    pub(super) fn from_writer(session: Session, back: mpsc::Sender<Session>, entry: Entry) -> Self {
        Self { owner: Owner::Writer(session, back, entry) }
    }

    /// Of the readers, or of a database in memory.
    pub(super) fn from_reader(mut reader: Reader, options: TransactionOptions) -> Result<Self> {
        let entry = reader.enter();
        entry.begins();
        let session = reader.session()?;
        session.wait_for_locks(true)?;
        session.only_read(options.read_only)?;
        session.command("BEGIN")?;
        Ok(Self { owner: Owner::Reader(reader, entry) })
    }

    /// The connection, while the transaction is open.
    fn session(&mut self) -> Result<&mut Session> {
        let session = match &mut self.owner {
            Owner::Writer(session, ..) => Some(session),
            Owner::Reader(reader, _) => Some(reader.session()?),
            Owner::Returned => None,
        };
        // A full disk, for one, makes SQLite roll back by itself (https://sqlite.org/lang_transaction.html).
        session.filter(|session| session.is_in_transaction()).ok_or_else(ended)
    }

    fn run(&mut self, statement: &Statement, rows: Option<&mut (dyn Rows + '_)>) -> Result<Done> {
        stays_in_transaction(&statement.sql, &[])?;
        self.owner.sends(&statement.sql);
        self.session()?.execute(statement, rows)
    }

    fn command(&mut self, sql: &str) -> Answer<'_, ()> {
        at_hand(self.session().and_then(|session| session.command(sql)))
    }

    fn end(&mut self, sql: &str) -> Result<()> {
        let ended = self.session().and_then(|session| session.command(sql));
        self.give_back();
        ended
    }

    fn give_back(&mut self) {
        match std::mem::replace(&mut self.owner, Owner::Returned) {
            Owner::Writer(session, back, entry) => {
                session.interrupt_at(None);
                session.clean();
                drop(entry);
                // A writer that is gone needs it no more.
                drop(back.send(session));
            }
            Owner::Reader(mut reader, _entry) => {
                let reset = reader.session().and_then(|session| {
                    session.interrupt_at(None);
                    session.clean();
                    session.wait_for_locks(false)?;
                    session.only_read(false)
                });
                // Only a database that is being closed refuses that.
                reset.unwrap_or_default();
            }
            Owner::Returned => {}
        }
    }
}

impl Owner {
    /// Tells others what is sent now.
    fn sends(&self, sql: &Arc<str>) {
        match self {
            Self::Writer(.., entry) | Self::Reader(_, entry) => entry.sends(sql),
            Self::Returned => {}
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.give_back();
    }
}

impl driver::Session for Lent {
    fn answers_at_once(&self) -> bool {
        true
    }

    fn interrupt_at(&mut self, at: Instant) {
        // What has ended needs no interruption.
        self.session().map(|session| session.interrupt_at(Some(at))).unwrap_or_default();
    }

    fn fetch<'s>(&'s mut self, statement: &'s Statement, mut rows: Box<dyn Rows>) -> Answer<'s, Box<dyn Rows>> {
        let run = self.run(statement, Some(rows.as_mut()));
        at_hand(run.map(|_| rows))
    }

    fn execute<'s>(&'s mut self, statement: &'s Statement) -> Answer<'s, Done> {
        at_hand(self.run(statement, None))
    }

    fn savepoint(&mut self, number: u32) -> Answer<'_, ()> {
        self.command(&format!("SAVEPOINT s{number}"))
    }

    fn release(&mut self, number: u32) -> Answer<'_, ()> {
        self.command(&format!("RELEASE s{number}"))
    }

    fn roll_back_to(&mut self, number: u32) -> Answer<'_, ()> {
        let session = self.session();
        let rolled_back = session.and_then(|session| {
            session.command(&format!("ROLLBACK TO s{number}"))?;
            session.command(&format!("RELEASE s{number}"))
        });
        at_hand(rolled_back)
    }

    fn commit(&mut self) -> Answer<'_, ()> {
        at_hand(self.end("COMMIT"))
    }

    fn roll_back(&mut self) -> Answer<'_, ()> {
        let open = self.session().is_ok();
        if open {
            return at_hand(self.end("ROLLBACK"));
        }
        self.give_back();
        at_hand(Ok(()))
    }

    fn has_ended(&self) -> bool {
        match &self.owner {
            Owner::Writer(session, ..) => !session.is_in_transaction(),
            Owner::Reader(reader, _) => !reader.is_in_transaction(),
            Owner::Returned => true,
        }
    }
}
