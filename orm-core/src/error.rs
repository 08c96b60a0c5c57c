//! The one error type of the library. It stands on the ground floor: kinds carry names, numbers and boxed
//! sources, never a type from upstairs.

mod connection;
mod limit;
mod query;
mod setup;
mod validation;
mod waiting;

pub(crate) use self::setup::nearest;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use self::connection::ConnectionFault;
pub use self::limit::RangeLimit;
pub use self::query::{Earlier, QueryMistake};
pub use self::setup::{RuntimeLack, SetupMistake};
pub use self::validation::{ValidationErrors, ValueLimit};
pub use self::waiting::Waiting;

/// The result of everything in this library that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, and what to do next.
///
/// Match on [`Error::kind`], or ask the predicates. `Display` tells this level only; the cause is
/// [`source`](StdError::source). Neither ever holds a password or a bound value.
#[derive(Clone)]
pub struct Error(Box<Repr>);

#[derive(Clone)]
struct Repr {
    kind: ErrorKind,
    source: Option<Arc<dyn StdError + Send + Sync>>,
    /// Whether the database never saw the statement.
    unsent: bool,
    /// Whether it may be tried again, where the kind alone does not tell.
    retry: Option<Retry>,
}

/// The kinds of [`Error`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A query for exactly one row found none.
    #[error("no {model} matches the query")]
    DoesNotExist {
        /// Name of the model.
        model: &'static str,
    },
    /// A query for exactly one row found several.
    #[error("more than one {model} matches the query; narrow the filter, or use `afirst`")]
    MultipleObjectsReturned {
        /// Name of the model.
        model: &'static str,
    },
    /// The database refused a write because of a constraint.
    ///
    /// Of a row that is not deleted, or whose key is not changed, because others refer to it, constraint, table and columns are
    /// theirs. What the database does not tell with its error, the model that was written to or deleted from does, or the
    /// database's catalog, which is asked after the refusal: so a table without a model is named too.
    #[error("{kind} constraint violated{}{}", named(constraint), placed(table, columns))]
    Integrity {
        /// Which kind of constraint.
        kind: IntegrityKind,
        /// Name of the constraint. `None` of a table that was made elsewhere where the database does not tell it: SQLite
        /// tells the name of a CHECK alone, and no server that of NOT NULL. A name is never made up.
        constraint: Option<String>,
        /// Name of the table that has the constraint. `None` where neither the database tells it nor a model: of SQL of the
        /// program on SQLite and MySQL.
        table: Option<String>,
        /// Names of the columns; none where neither the database tells them nor a model. (In a transaction PostgreSQL tells
        /// nothing more after an error, so those of a table that no relation of the model leads to are missing.)
        columns: Vec<String>,
    },
    /// Values that the model's own rules refuse, before the database is asked.
    #[error("{0}")]
    Validation(ValidationErrors),
    /// A query that is not one, or a transaction that is used as none can be.
    #[error("invalid query: {0}")]
    Query(QueryMistake),
    /// A query beyond a limit of the library or of the database.
    #[error("the query has {found} {what}, the limit is {limit}")]
    TooComplex {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        found: u64,
        /// How many there may be.
        limit: u64,
    },
    /// A feature that this database does not have.
    #[error("{backend} does not support {feature}")]
    Unsupported {
        /// The feature.
        feature: String,
        /// The database.
        backend: &'static str,
    },
    /// A value that its column type cannot hold.
    #[error("value out of range: {reason}")]
    OutOfRange {
        /// What it is past.
        of: RangeLimit,
        /// Name of the column, or of the model and its field, where that is known.
        column: Option<String>,
        /// What does not fit where.
        reason: String,
    },
    /// A column whose content does not fit the model.
    #[error("column `{column}`: expected {expected}, found {found}")]
    Decode {
        /// Name of the column in the result.
        column: String,
        /// The type the model asks for.
        expected: &'static str,
        /// What the database sent.
        found: String,
    },
    /// Options, URLs, models or set-up that cannot work.
    #[error("configuration: {0}")]
    Configuration(SetupMistake),
    /// The database cannot be reached, or the connection was lost.
    #[error("connection: {reason}")]
    Connection {
        /// Why, for programs.
        fault: ConnectionFault,
        /// What happened, without secrets, for people.
        reason: String,
    },
    /// Something took longer than its limit.
    #[error("{what} took longer than {}", limit(*after))]
    Timeout {
        /// What was waited for.
        what: Waiting,
        /// The limit, as the database keeps it: zero for `nowait`, which does not wait. `None` where the library set none, so that it
        /// is one of the database's own settings, or of its role's or server's.
        after: Option<Duration>,
    },
    /// All connections of a pool stayed in use for as long as one may be waited for.
    #[error("no connection became free within {after:?}; {}", held_by(holders))]
    PoolExhausted {
        /// How long it was waited for.
        after: Duration,
        /// Who has the connections, longest first.
        holders: Vec<Holder>,
    },
    /// The database ended the statement in favour of a concurrent one (serialization failure or deadlock).
    #[error("conflict with a concurrent transaction (code {code})")]
    Serialization {
        /// The database's own code.
        code: String,
    },
    /// An earlier error of the database broke the transaction: nothing more is sent, and nothing is committed. The
    /// source is that error.
    #[error("the transaction is broken by an earlier error and must be rolled back; catch errors around a savepoint")]
    BrokenTransaction,
    /// The connection was lost while COMMIT was answered: the changes are either all kept or all gone.
    #[error(
        "the connection was lost during COMMIT: whether the changes were kept is unknown; look before trying again"
    )]
    CommitOutcomeUnknown,
    /// A statement of the program ended the transaction that it ran in: what was done before is kept, unless the statement
    /// itself rolled it back (a procedure may), and nothing more is sent.
    #[error(
        "a statement ended the transaction that it ran in, and what was done before it is kept, unless the statement \
         rolled it back; run it outside `atomic`"
    )]
    CommittedByStatement,
    /// Sync evaluation on a thread that drives async tasks.
    #[error("`{method}` would block the async runtime; await the a-method, or wrap the work in `sync_to_async`")]
    SynchronousOnlyOperation {
        /// Name of the method.
        method: &'static str,
    },
    /// Any other error that the database reported.
    #[error("database error{}: {message}", coded(code))]
    Database {
        /// The database's own code: SQLSTATE, or a number.
        code: Option<String>,
        /// The database's message.
        message: String,
    },
    /// A fault of the library itself, or of a driver that is not its own.
    #[error("this is a bug in dormouse, please report it with the query and the version: {what}")]
    Internal {
        /// What should have been otherwise.
        what: String,
    },
    /// An error of the application, carried through the library.
    #[error("{message}")]
    Other {
        /// The error's own text.
        message: String,
    },
}

/// Whether what failed may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// Nothing was changed, and another attempt may well pass: a serialization failure, a deadlock, a lock not had in
    /// time, a server that could not be reached.
    Safe,
    /// It may have been committed, although its answer was lost: look before trying again.
    MaybeCommitted,
    /// Another attempt is not known to do better: it would fail the same way, or, after a time limit of the program's own, take as
    /// long again.
    No,
}

/// Who has a connection of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// How long it has been held.
    pub held_for: Duration,
    /// Whether it is held for a transaction.
    pub in_transaction: bool,
    /// The statement that was sent last, without values, and how long ago: if it was sent again and again before anybody
    /// waited, the first of them.
    pub sent: Option<(Arc<str>, Duration)>,
}

impl Holder {
    /// For drivers: one that has held its connection for so long, and sent its last statement so long ago.
    pub fn new(held_for: Duration, in_transaction: bool, sent: Option<(Arc<str>, Duration)>) -> Self {
        Self { held_for, in_transaction, sent }
    }
}

/// For messages: the first words of the statement are enough to find it.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 120;
        write!(f, "for {:.1?}", self.held_for)?;
        f.write_str(if self.in_transaction { ", in a transaction" } else { "" })?;
        let Some((sql, ago)) = &self.sent else { return f.write_str(", which has sent nothing yet") };
        let words: Vec<&str> = sql.split_whitespace().collect();
        let text: String = words.join(" ").chars().take(SHOWN).collect();
        write!(f, ", which sent `{text}` {ago:.1?} ago")
    }
}

/// Which constraint a write violated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IntegrityKind {
    /// UNIQUE or PRIMARY KEY.
    Unique,
    /// FOREIGN KEY.
    ForeignKey,
    /// NOT NULL.
    NotNull,
    /// CHECK.
    Check,
    /// EXCLUDE.
    Exclusion,
    /// One that the database did not name.
    Other,
}

impl fmt::Display for IntegrityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unique => "unique",
            Self::ForeignKey => "foreign key",
            Self::NotNull => "not null",
            Self::Check => "check",
            Self::Exclusion => "exclusion",
            Self::Other => "integrity",
        })
    }
}

impl Error {
    /// Makes an error of a kind.
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Repr { kind, source: None, unsent: false, retry: None }))
    }

    /// Carries an error of the application through the library.
    pub fn other(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let source = source.into();
        Self::new(ErrorKind::Other { message: source.to_string() }).with_source(source)
    }

    /// Makes an error about options, URLs or set-up that no [`SetupMistake`] tells.
    pub fn configuration(reason: impl Into<String>) -> Self {
        SetupMistake::Other { reason: reason.into() }.into()
    }

    /// Makes an error about a connection.
    pub fn connection(fault: ConnectionFault, reason: impl Into<String>) -> Self {
        Self::new(ErrorKind::Connection { fault, reason: reason.into() })
    }

    /// Makes an error about a query that no [`QueryMistake`] tells.
    pub fn query(reason: impl Into<String>) -> Self {
        QueryMistake::Other { reason: reason.into() }.into()
    }

    /// Makes an error about a fault of the library itself.
    pub fn internal(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal { what: what.into() })
    }

    /// Makes an error about a value that does not fit.
    pub fn out_of_range(reason: impl Into<String>) -> Self {
        Self::new(ErrorKind::past(RangeLimit::Type, reason))
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// The same error with a kind that tells more.
    #[must_use]
    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// The same error, of a value for a column, which it names if it is one out of range.
    #[must_use]
    pub(crate) fn of_column(self, column: impl fmt::Display) -> Self {
        let ErrorKind::OutOfRange { of, reason, .. } = self.kind() else { return self };
        let (of, reason) = (*of, format!("`{column}`: {reason}"));
        self.with_kind(ErrorKind::OutOfRange { of, column: Some(column.to_string()), reason })
    }

    /// The same error, of a value for a field of the model, which it names if its rules refuse.
    #[must_use]
    pub(crate) fn of_model(mut self, model: &'static str) -> Self {
        if let ErrorKind::Validation(errors) = &mut self.0.kind {
            errors.model.get_or_insert(model);
        }
        self
    }

    /// Both errors, where both refuse values; else this one.
    #[must_use]
    pub(crate) fn and(mut self, other: Self) -> Self {
        if let (ErrorKind::Validation(all), ErrorKind::Validation(more)) = (&mut self.0.kind, other.0.kind) {
            more.fields.into_iter().for_each(|(field, limits)| all.fields.entry(field).or_default().extend(limits));
        }
        self
    }

    /// The same error, of a statement that a driver did not send: a transaction goes on after it.
    #[must_use]
    pub fn of_unsent(mut self) -> Self {
        self.0.unsent = true;
        self
    }

    /// The same error, where more is known than its kind tells of whether another attempt may pass: of a database that could not be
    /// opened, nothing was asked.
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.0.retry = Some(retry);
        self
    }

    /// Tells whether the statement was not sent.
    pub(crate) fn is_unsent(&self) -> bool {
        self.0.unsent || matches!(self.kind(), ErrorKind::Unsupported { .. })
    }

    /// What kind of error this is.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The cause, if it has this type.
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.0.source.as_deref().and_then(|source| source.downcast_ref())
    }

    /// Tells whether a query for one row found none.
    pub fn is_does_not_exist(&self) -> bool {
        matches!(self.kind(), ErrorKind::DoesNotExist { .. })
    }

    /// Tells whether a UNIQUE or PRIMARY KEY constraint was violated.
    pub fn is_unique_violation(&self) -> bool {
        self.is_integrity(IntegrityKind::Unique)
    }

    /// Tells whether a FOREIGN KEY constraint was violated.
    pub fn is_foreign_key_violation(&self) -> bool {
        self.is_integrity(IntegrityKind::ForeignKey)
    }

    /// Tells whether a NOT NULL constraint was violated.
    pub fn is_not_null_violation(&self) -> bool {
        self.is_integrity(IntegrityKind::NotNull)
    }

    /// Tells whether a CHECK constraint was violated.
    pub fn is_check_violation(&self) -> bool {
        self.is_integrity(IntegrityKind::Check)
    }

    /// Tells whether what failed may be tried again.
    pub fn retry(&self) -> Retry {
        if let Some(retry) = self.0.retry {
            return retry;
        }
        match self.kind() {
            ErrorKind::Serialization { .. } | ErrorKind::PoolExhausted { .. } => Retry::Safe,
            ErrorKind::Timeout { what: Waiting::Lock | Waiting::File, .. } => Retry::Safe,
            ErrorKind::CommitOutcomeUnknown | ErrorKind::CommittedByStatement | ErrorKind::Connection { .. } => {
                Retry::MaybeCommitted
            }
            ErrorKind::BrokenTransaction => self.downcast_ref::<Self>().map_or(Retry::No, Self::retry),
            _ => Retry::No,
        }
    }

    fn is_integrity(&self, wanted: IntegrityKind) -> bool {
        matches!(self.kind(), ErrorKind::Integrity { kind, .. } if *kind == wanted)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("kind", self.kind());
        if let Some(source) = &self.0.source {
            debug.field("source", source);
        }
        debug.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

impl ErrorKind {
    /// A value past a limit, of a column that is not known.
    pub(crate) fn past(of: RangeLimit, reason: impl Into<String>) -> Self {
        Self::OutOfRange { of, column: None, reason: reason.into() }
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

impl From<QueryMistake> for Error {
    fn from(mistake: QueryMistake) -> Self {
        Self::new(ErrorKind::Query(mistake))
    }
}

impl From<SetupMistake> for Error {
    fn from(mistake: SetupMistake) -> Self {
        Self::new(ErrorKind::Configuration(mistake))
    }
}

fn named(constraint: &Option<String>) -> String {
    constraint.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default()
}

fn placed(table: &Option<String>, columns: &[String]) -> String {
    match (table, columns) {
        (None, []) => String::new(),
        (None, columns) => format!(" on ({})", columns.join(", ")),
        (Some(table), []) => format!(" on `{table}`"),
        (Some(table), columns) => format!(" on `{table}` ({})", columns.join(", ")),
    }
}

fn coded(code: &Option<String>) -> String {
    code.as_ref().map(|code| format!(" {code}")).unwrap_or_default()
}

fn limit(after: Option<Duration>) -> String {
    after.map_or_else(|| "the database's own settings allow".to_owned(), |limit| format!("{limit:?}"))
}

fn held_by(holders: &[Holder]) -> String {
    if holders.is_empty() {
        return "none of them is in use".to_owned();
    }
    let held: Vec<String> = holders.iter().map(ToString::to_string).collect();
    let are = if held.len() == 1 { "is" } else { "are" };
    format!("{} {are} held: {}", held.len(), held.join("; "))
}
