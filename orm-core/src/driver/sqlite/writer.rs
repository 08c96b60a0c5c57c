//! The thread that writes: one connection, one queue, and one commit for all that wait together.
//!
//! A [`Job`] gets the writer's connection for as long as it runs. A transaction that is held for several statements has
//! it [lent](super::lent) for its time, and runs them on its own thread.

use super::census::Presence;
use super::error::closed;
use super::lent::Lent;
use super::session::{Session, changes_rows};
use super::turn::{Reply, Turn, Turns};
use crate::error::{Error, ErrorKind, IntegrityKind, QueryMistake, Result};
use crate::row::Rows;
use crate::statement::{Done, Intent, Statement};
use crate::sync::mpsc;

/// Most statements that share one commit.
const GROUP: usize = 256;

/// Who gets the jobs.
#[derive(Debug)]
pub(super) enum Writer {
    /// The thread of a file's only writing connection, and the turns on it.
    Queue(mpsc::Sender<Job>, Turns),
    /// Any thread, with the only connection of a database in memory.
    Shared,
}

/// Something to do on the connection that writes.
pub(super) enum Job {
    /// One statement, which may share its commit with others.
    Write(Write),
    /// Statements in one transaction.
    All(Vec<Statement>, Reply<Vec<Done>>),
    /// A transaction elsewhere.
    Lend(Reply<Lent>),
    /// Nothing; the thread ends, and what is queued behind is refused.
    Close,
}

/// One statement that writes.
pub(super) struct Write {
    pub(super) statement: Statement,
    /// Takes what the statement returns.
    pub(super) rows: Option<Box<dyn Rows>>,
    pub(super) reply: Reply<Answer>,
}

/// What one statement did.
pub(super) struct Answer {
    pub(super) done: Done,
    pub(super) rows: Option<Box<dyn Rows>>,
}

/// Does the jobs of a queue until it is closed, or no sender is left.
pub(super) fn serve(session: Session, queue: mpsc::Receiver<Job>, turns: &Turns, presence: Presence) {
    // The connection is closed before it counts as gone, and no caller waits for a job that this queue takes with it.
    drop(work(session, &queue, turns));
    drop((queue, presence));
}

/// Gives the connection back at the end, if it is there.
fn work(mut session: Session, queue: &mpsc::Receiver<Job>, turns: &Turns) -> Option<Session> {
    let mut next = queue.recv();
    while let Ok(job) = next {
        let behind = match job {
            Job::Close => return Some(session),
            Job::Write(write) if write.may_share() => {
                let (group, behind) = gather(write, queue);
                commit_together(&turns.begin(&session), group);
                behind
            }
            Job::Lend(reply) => {
                session = lend(session, reply, turns)?;
                None
            }
            job => {
                job.run(turns.begin(&session));
                None
            }
        };
        next = behind.map_or_else(|| queue.recv(), Ok);
    }
    Some(session)
}

/// Lends the connection in a transaction that has begun, and waits for it. None if it never came back.
fn lend(session: Session, reply: Reply<Lent>, turns: &Turns) -> Option<Session> {
    if !reply.begins() {
        return Some(session);
    }
    let entry = turns.enter();
    entry.begins();
    if let Err(error) = session.command("BEGIN IMMEDIATE") {
        reply.send(Err(error));
        return Some(session);
    }
    let (back, returned) = mpsc::channel();
    // A caller that does not wait any more drops what is lent, and thereby gives it back.
    reply.send(Ok(Lent::from_writer(session, back, entry)));
    returned.recv().ok()
}

/// The writes that wait right behind one, and the first job that is something else.
fn gather(first: Write, queue: &mpsc::Receiver<Job>) -> (Vec<Write>, Option<Job>) {
    let mut group = vec![first];
    while group.len() < GROUP {
        match queue.try_recv() {
            Ok(Job::Write(write)) if write.may_share() => group.push(write),
            other => return (group, other.ok()),
        }
    }
    (group, None)
}

impl Job {
    /// Does it, on a connection that may write.
    pub(super) fn run(self, turn: Turn<'_>) {
        match self {
            Self::Write(write) if write.reply.begins() => write.run_alone(&turn),
            Self::All(statements, reply) if reply.begins() => {
                turn.entry.begins();
                let result = run_all(&turn, &statements);
                turn.session.clean();
                reply.send(result);
            }
            // What was given up is not done. Only the thread of a queue lends, and it does so itself.
            Self::Write(_) | Self::All(..) | Self::Lend(_) | Self::Close => {}
        }
    }
}

impl Write {
    /// Only what changes rows may run in a transaction with others; `PRAGMA` and `VACUUM` may not.
    fn may_share(&self) -> bool {
        self.statement.intent == Intent::Write && changes_rows(&self.statement.sql)
    }

    fn run(&mut self, turn: &Turn<'_>) -> Result<Done> {
        turn.sends(&self.statement).execute(&self.statement, self.rows.as_deref_mut().map(|rows| rows as &mut dyn Rows))
    }

    fn run_alone(mut self, turn: &Turn<'_>) {
        if self.reply.is_closed() {
            return;
        }
        // SQLite commits a statement that is left before its last row, so one with rows needs a transaction to be
        // undone when a row cannot be decoded.
        let result = if self.rows.is_some() && self.may_share() {
            in_transaction(turn.session, || self.run(turn))
        } else {
            self.run(turn)
        };
        let result = if turn.session.clean() { result.and_then(|_| Err(left_open())) } else { result };
        self.answer(result);
    }

    fn answer(self, result: Result<Done>) {
        let Self { rows, reply, .. } = self;
        reply.send(result.map(|done| Answer { done, rows }));
    }

    fn start_again(&mut self) {
        if let Some(rows) = &mut self.rows {
            rows.clear();
        }
    }
}

/// Why a group was not committed.
enum Refused {
    /// Because of one of its statements: without the others, each gets the answer that is its own.
    One,
    /// For a reason that concerns them all.
    All(Error),
}

/// Commits several statements at once. None is answered before the commit; one that fails is undone alone.
fn commit_together(turn: &Turn<'_>, mut group: Vec<Write>) {
    group.retain(|write| write.reply.begins());
    if group.len() < 2 {
        return group.into_iter().for_each(|write| write.run_alone(turn));
    }
    let results = try_together(turn, &mut group);
    turn.session.clean();
    match results {
        Ok(results) => group.into_iter().zip(results).for_each(|(write, result)| write.answer(result)),
        Err(Refused::All(error)) => group.into_iter().for_each(|write| write.answer(Err(error.clone()))),
        Err(Refused::One) => group.into_iter().for_each(|mut write| {
            write.start_again();
            write.run_alone(turn);
        }),
    }
}

fn try_together(turn: &Turn<'_>, group: &mut [Write]) -> Result<Vec<Result<Done>>, Refused> {
    let session = turn.session;
    // What waits for the lock of another process is told by its first statement.
    if let Some(first) = group.first() {
        turn.sends(&first.statement);
    }
    session.command("BEGIN IMMEDIATE").map_err(Refused::All)?;
    let mut results = Vec::with_capacity(group.len());
    for write in group {
        if write.reply.is_closed() {
            results.push(Err(closed()));
            continue;
        }
        session.command("SAVEPOINT one").map_err(Refused::All)?;
        let result = write.run(turn);
        // A full disk, or a trigger that says so, ends the whole transaction (https://sqlite.org/lang_transaction.html).
        if !session.is_in_transaction() {
            return Err(Refused::One);
        }
        if result.is_err() {
            session.command("ROLLBACK TO one").map_err(Refused::All)?;
        }
        session.command("RELEASE one").map_err(Refused::All)?;
        results.push(result);
    }
    session.command("COMMIT").map_err(|error| match error.kind() {
        // A deferred constraint is checked here, and is the fault of one.
        ErrorKind::Integrity { .. } => Refused::One,
        _ => Refused::All(error),
    })?;
    Ok(results)
}

fn run_all(turn: &Turn<'_>, statements: &[Statement]) -> Result<Vec<Done>> {
    match statements {
        [] => Ok(Vec::new()),
        [first, rest @ ..] if is_foreign_keys_off(&first.sql) => without_foreign_keys(turn, first, rest),
        statements => in_transaction(turn.session, || run_each(turn, statements)),
    }
}

fn run_each(turn: &Turn<'_>, statements: &[Statement]) -> Result<Vec<Done>> {
    let run = |statement| {
        let done = turn.sends(statement).execute(statement, None)?;
        let still = turn.session.is_in_transaction();
        still.then_some(done).ok_or_else(|| QueryMistake::EndsTransaction.into())
    };
    statements.iter().map(run).collect()
}

fn in_transaction<T>(session: &Session, run: impl FnOnce() -> Result<T>) -> Result<T> {
    session.command("BEGIN IMMEDIATE")?;
    let result = run().and_then(|result| session.command("COMMIT").map(|()| result));
    if result.is_err() {
        session.clean();
    }
    result
}

/// Rebuilding a table deletes its rows, and those that point to them with it, unless foreign keys are off. SQLite
/// changes that only outside of a transaction, so it is done here, checked, and put back
/// (<https://sqlite.org/lang_altertable.html#otheralter>).
fn without_foreign_keys(turn: &Turn<'_>, first: &Statement, rest: &[Statement]) -> Result<Vec<Done>> {
    let session = turn.session;
    session.command("PRAGMA foreign_keys = OFF")?;
    let result = in_transaction(session, || {
        turn.sends(first);
        let mut done = vec![Done::default()];
        done.extend(run_each(turn, rest)?);
        if session.has_rows("PRAGMA foreign_key_check")? {
            let kind = IntegrityKind::ForeignKey;
            return Err(ErrorKind::Integrity { kind, constraint: None, table: None, columns: Vec::new() }.into());
        }
        Ok(done)
    });
    session.clean();
    session.command("PRAGMA foreign_keys = ON")?;
    result
}

fn is_foreign_keys_off(sql: &str) -> bool {
    let words: String = sql.chars().filter(|letter| !letter.is_whitespace() && *letter != ';').collect();
    words.eq_ignore_ascii_case("PRAGMAforeign_keys=OFF")
}

fn left_open() -> Error {
    QueryMistake::LeavesTransactionOpen.into()
}
