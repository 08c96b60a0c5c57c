//! What `driver/server/protocol.rs` asks of a kind of server, of which there is one here: the [`wire`](crate::driver::wire).

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures::stream::BoxStream;
use sqlx::{Either, SqlStr};

use super::fault::Fault;
use super::marker::Marker;
use crate::driver::TransactionOptions;
use crate::driver::parts::Lexis;
use crate::driver::wire;
use crate::error::Result;
use crate::row::Columns;
use crate::statement::{Done, Statement};
use crate::value::{Cell, Value};

pub(in crate::driver) type Connection<P> = <P as Wire>::Link;
pub(in crate::driver) type Answer<'c, P> = BoxStream<'c, sqlx::Result<Either<Done, <P as Wire>::Row>>>;

/// The types of the client, the same for all.
pub(in crate::driver) trait Wire {
    type Link;
    type Row;
}

impl<P> Wire for P {
    type Link = wire::Link;
    type Row = wire::Row;
}

pub(in crate::driver) trait Protocol: fmt::Debug + Send + Sync + Sized + 'static {
    type Form: Copy + Send + Sync;

    const COMMIT: &'static str;
    const COMMIT_HELD: &'static str;
    const LEXIS: Lexis;
    const COMMITTING: &'static [&'static str];
    const CHECK: Option<&'static str>;
    const MARKER: Option<Marker>;

    fn options(&self) -> &Options;
    fn open(&self) -> impl Future<Output = Result<Opened<Self>>> + Send;
    fn abandon(self: &Arc<Self>, session: String, sent: Option<&str>);
    fn begin(&self, read_only: bool) -> Cow<'static, str>;
    fn begin_held(&self, options: TransactionOptions) -> Cow<'static, str>;
    fn bind(&self, statement: &Statement) -> Result<Vec<Value>>;
    fn send<'c>(&self, link: &'c mut wire::Link, statement: &Statement, binds: Vec<Value>) -> Answer<'c, Self>;
    fn send_text(link: &mut wire::Link, sql: SqlStr) -> Answer<'_, Self>;
    fn forms(row: &wire::Row) -> Vec<Self::Form>;
    fn cell(row: &wire::Row) -> Cell<'_>;
    fn done(tally: Done) -> Done;
    fn fault(&self, error: sqlx::Error, nowait: bool) -> Fault;
    fn cursor(name: &str, sql: &str) -> Option<String>;
}

/// What the pool wants to know of a URL.
#[derive(Debug)]
pub(in crate::driver) struct Options {
    pub(in crate::driver) max_connections: usize,
    pub(in crate::driver) acquire_timeout: std::time::Duration,
    pub(in crate::driver) connect_timeout: std::time::Duration,
    pub(in crate::driver) pooler: bool,
}

impl Options {
    pub(in crate::driver) fn location(&self) -> &'static str {
        "nowhere"
    }
}

pub(in crate::driver) struct Opened<P: Protocol> {
    pub(in crate::driver) connection: Connection<P>,
    pub(in crate::driver) session: String,
}

pub(in crate::driver) struct FormedRow<'r, P: Protocol> {
    pub(in crate::driver) row: &'r <P as Wire>::Row,
    pub(in crate::driver) forms: &'r [P::Form],
}

impl<P: Protocol> Columns for FormedRow<'_, P> {
    fn len(&self) -> usize {
        self.forms.len()
    }

    fn cell(&self, _: usize) -> Result<Cell<'_>> {
        Ok(P::cell(self.row))
    }

    fn name(&self, _: usize) -> String {
        String::new()
    }
}
