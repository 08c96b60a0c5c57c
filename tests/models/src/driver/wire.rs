//! A server that knows who did what on which session, and whose every answer takes its time.
//!
//! Each unit of work has a number, which its statements carry: `insert 7`, `select 7`. What one unit leaves behind on a
//! session (an answer that was not read to its end, a transaction, a setting) must never be met by another one.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::BoxStream;
use shuttle::future::yield_now;
use shuttle::rand::{Rng, thread_rng};
use sqlx::{Either, SqlStr};

use super::TransactionOptions;
use super::parts::Lexis;
use super::server::fault::{After, Fault};
use super::server::marker::Marker;
use super::server::protocol::{Answer, Opened, Options, Protocol};
use crate::error::{ConnectionFault, Error, Result};
use crate::statement::{Done, Statement};
use crate::value::{Cell, Value};

/// Rows of every answer that has some.
pub(super) const ROWS: usize = 3;
pub(super) const CONNECTIONS: usize = 2;

/// The server, and the protocol to it.
#[derive(Debug, Clone)]
pub(super) struct Server {
    state: Arc<Mutex<State>>,
    options: Arc<Options>,
}

#[derive(Debug, Default)]
struct State {
    open: usize,
    last: u64,
    abandoned: Vec<String>,
    committed: Vec<i64>,
    /// Whether statements are refused and connections lost at times.
    fails: bool,
}

impl Server {
    pub(super) fn new(fails: bool, pooler: bool) -> Self {
        let options = Options {
            max_connections: CONNECTIONS,
            acquire_timeout: Duration::from_secs(1),
            connect_timeout: Duration::from_secs(1),
            pooler,
        };
        Self { state: Arc::new(Mutex::new(State { fails, ..State::default() })), options: Arc::new(options) }
    }

    pub(super) fn open_links(&self) -> usize {
        self.state(|state| state.open)
    }

    /// How often a unit's change was kept.
    pub(super) fn kept(&self, unit: i64) -> usize {
        self.state(|state| state.committed.iter().filter(|committed| **committed == unit).count())
    }

    fn state<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap())
    }
}

/// A session.
pub(super) struct Link {
    server: Server,
    lost: bool,
    /// Whose answer has not been read to its end.
    unread: Option<i64>,
    /// The open transaction: of whom, as far as known, and what it would keep.
    transaction: Option<(Option<i64>, Vec<i64>)>,
    /// Who changed a setting.
    setting: Option<i64>,
}

/// A row for a unit.
pub(super) struct Row(i64);

type Step = Either<Done, Row>;

impl Link {
    pub(super) async fn ping(&mut self) -> sqlx::Result<()> {
        self.alive()
    }

    pub(super) async fn close(self) -> sqlx::Result<()> {
        yield_now().await;
        assert!(self.transaction.is_none() && self.unread.is_none(), "a farewell in the middle of work");
        Ok(())
    }

    pub(super) async fn clear_cached_statements(&mut self) -> sqlx::Result<()> {
        self.alive()
    }

    fn alive(&self) -> sqlx::Result<()> {
        if self.lost { Err(failure("lost")) } else { Ok(()) }
    }

    fn answer(&mut self, sql: String) -> BoxStream<'_, sqlx::Result<Step>> {
        async_stream::try_stream! {
            let mut words = sql.split(' ');
            let verb = words.next().unwrap_or_default().to_owned();
            let unit = words.next().and_then(|number| number.parse().ok());
            self.receive(&verb, unit)?;
            yield_now().await;
            self.run(&verb, unit)?;
            for _ in 0..if verb == "select" { ROWS } else { 0 } {
                yield Either::Right(Row(unit.unwrap_or_default()));
                yield_now().await;
            }
            self.unread = None;
            yield Either::Left(Done { rows_affected: 1, last_insert_id: None });
        }
        .boxed()
    }

    /// Takes a statement, which must not meet what another unit left.
    fn receive(&mut self, verb: &str, unit: Option<i64>) -> sqlx::Result<()> {
        self.alive()?;
        assert_eq!(self.unread, None, "unit {unit:?} gets an answer that is not its own");
        if let (Some(unit), Some((owner, _))) = (unit, &mut self.transaction) {
            assert_eq!(*owner.get_or_insert(unit), unit, "in a transaction that is not its own");
        }
        // What has no number ends what the same unit began, unless it begins something itself.
        let met = self.setting.filter(|owner| unit.map_or(verb == "begin", |unit| unit != *owner));
        assert_eq!(met, None, "unit {unit:?} meets a setting that is not its own");
        self.unread = unit.or(Some(0));
        Ok(())
    }

    fn run(&mut self, verb: &str, unit: Option<i64>) -> sqlx::Result<()> {
        self.fail(unit.is_some())?;
        match (verb, self.transaction.take()) {
            ("begin", None) => self.transaction = Some((None, Vec::new())),
            ("commit", Some((_, changes))) => self.server.state(|state| state.committed.extend(changes)),
            ("rollback", _) => {}
            ("insert", None) => self.server.state(|state| state.committed.extend(unit)),
            ("insert", Some((owner, mut changes))) => {
                changes.extend(unit);
                self.transaction = Some((owner, changes));
            }
            ("set", transaction) => (self.setting, self.transaction) = (unit, transaction),
            ("select" | "check", transaction) => self.transaction = transaction,
            (verb, transaction) => panic!("`{verb}` in {transaction:?}"),
        }
        Ok(())
    }

    /// Refuses the statement, or loses the connection. Only what is prepared can have to be prepared anew.
    fn fail(&mut self, prepared: bool) -> sqlx::Result<()> {
        let fails = self.server.state(|state| state.fails);
        match thread_rng().gen_range(0..24) {
            0 | 1 if fails => {
                self.unread = None;
                Err(failure("usable"))
            }
            2 if fails && prepared => {
                self.unread = None;
                Err(failure("replan"))
            }
            3 if fails => {
                (self.unread, self.transaction) = (None, None);
                Err(failure("rolled back"))
            }
            4 if fails => {
                self.lost = true;
                Err(failure("lost"))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.server.state(|state| state.open -= 1);
    }
}

fn failure(what: &str) -> sqlx::Error {
    sqlx::Error::Protocol(what.to_owned())
}

impl Protocol for Server {
    type Form = ();

    const COMMIT: &'static str = "commit";
    const COMMIT_HELD: &'static str = "commit";
    const LEXIS: Lexis = Lexis::Postgres;
    const COMMITTING: &'static [&'static str] = &[];
    const CHECK: Option<&'static str> = Some("check");
    const MARKER: Option<Marker> = None;

    fn options(&self) -> &Options {
        &self.options
    }

    async fn open(&self) -> Result<Opened<Self>> {
        yield_now().await;
        let session = self.state(|state| {
            state.open += 1;
            assert!(state.open <= CONNECTIONS, "more connections than allowed");
            state.last += 1;
            state.last.to_string()
        });
        let (unread, transaction, setting) = (None, None, None);
        let link = Link { server: self.clone(), lost: false, unread, transaction, setting };
        Ok(Opened { connection: link, session })
    }

    fn abandon(self: &Arc<Self>, session: String, _: Option<&str>) {
        self.state(|state| state.abandoned.push(session));
    }

    fn begin(&self, _: bool) -> Cow<'static, str> {
        "begin".into()
    }

    fn begin_held(&self, _: TransactionOptions) -> Cow<'static, str> {
        "begin".into()
    }

    fn bind(&self, statement: &Statement) -> Result<Vec<Value>> {
        Ok(statement.binds.clone())
    }

    fn send<'c>(&self, link: &'c mut Link, statement: &Statement, _: Vec<Value>) -> Answer<'c, Self> {
        link.answer(statement.sql.to_string())
    }

    fn send_text(link: &mut Link, sql: SqlStr) -> Answer<'_, Self> {
        link.answer(sql.as_str().to_lowercase())
    }

    fn forms(_: &Row) -> Vec<()> {
        vec![()]
    }

    fn cell(row: &Row) -> Cell<'_> {
        Cell::Int(row.0)
    }

    fn done(tally: Done) -> Done {
        tally
    }

    fn fault(&self, error: sqlx::Error, _: bool) -> Fault {
        let text = error.to_string();
        let known = [("usable", After::Usable), ("replan", After::Replan), ("rolled", After::RolledBack)];
        let after = known.into_iter().find(|(word, _)| text.contains(word)).map_or(After::Lost, |(_, after)| after);
        Fault { error: Error::connection(ConnectionFault::Lost, text), after }
    }

    fn cursor(_: &str, _: &str) -> Option<String> {
        None
    }
}
