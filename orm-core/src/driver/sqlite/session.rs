//! One connection to SQLite: how it is opened, and how a statement runs on it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::bind::bind;
use super::census::Presence;
use super::check::placed;
use super::error::{is_full, translate};
use super::function;
use super::options::{Journal, Mode, SqliteOptions};
use super::patience;
use super::row::Line;
use super::watch::{Cancel, TICKS, Watch};
use super::{encoding, pragma};
use crate::driver::refusal::{A_TABLE, keys_used_up};
use crate::driver::words::{Verb, first_word, is_among, verb};
use crate::error::{ConnectionFault, Error, ErrorKind, QueryMistake, Result, Retry, Waiting};
use crate::row::{Columns, Rows};
use crate::statement::{Done, Statement};

/// One connection.
#[derive(Debug)]
pub(super) struct Session {
    connection: Connection,
    watch: Arc<Watch>,
    busy_timeout: Duration,
    /// Whether it may change anything.
    writes: bool,
    _presence: Presence,
}

/// Bytes that the write-ahead log may keep on the disk when it is not needed.
const LOG_LIMIT: i64 = 64 * 1024 * 1024;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Reads a file.
    Reader,
    /// Writes to a file; the first to be opened.
    Writer,
    /// Reads and writes a database in memory.
    Memory,
}

/// How a read under a budget ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    /// All rows are there, after so many [ticks](TICKS) of its budget.
    Finished(u32),
    /// It used its budget up.
    TooLong,
    /// A lock is held elsewhere, and waiting is for threads.
    Occupied,
}

impl Session {
    /// Opens a connection and makes it ready.
    pub(super) fn open(options: &SqliteOptions, role: Role, presence: Presence) -> Result<Self> {
        let explained = |error| explain(options, error);
        let connection = match &options.file {
            Some(file) => Connection::open_with_flags(file, flags(options.mode, role)),
            None => Connection::open_in_memory_with_flags(flags(Mode::Create, role)),
        };
        let mut connection = connection.map_err(explained)?;
        let watch = configure(&mut connection, options, role).map_err(explained)?;
        if role == Role::Writer
            && options.mode != Mode::ReadOnly
            && connection.is_readonly("main").map_err(explained)?
        {
            return Err(Error::connection(
                ConnectionFault::File,
                format!("file `{options}` cannot be written; open it with `?mode=ro`"),
            )
            .with_retry(Retry::No));
        }
        if role == Role::Writer {
            encoding::check(&connection, options)?;
        }
        let writes = role != Role::Reader;
        Ok(Self { connection, watch, busy_timeout: options.busy_timeout, writes, _presence: presence })
    }

    /// The file itself: absolute, and without links. `None` in memory, and if it is not UTF-8.
    pub(super) fn path(&self) -> Option<&str> {
        self.connection.path().filter(|path| !path.is_empty())
    }

    /// Runs a read on the calling task, as far as its budget of opcodes goes.
    pub(super) fn read_within_budget(&self, statement: &Statement, rows: &mut dyn Rows) -> Result<Attempt> {
        let (result, ticks) = self.watch.within_budget(|| self.read(statement, |row| rows.push(row)));
        match result {
            Ok(()) => Ok(Attempt::Finished(ticks)),
            Err(_) if ticks > TICKS => Ok(Attempt::TooLong),
            Err(error) if matches!(error.kind(), ErrorKind::Timeout { what: Waiting::File, .. }) => {
                Ok(Attempt::Occupied)
            }
            Err(error) => Err(error),
        }
    }

    /// Runs a read on a thread that may wait, until it ends or is cancelled; tells whether it was a short one.
    pub(super) fn read_patiently(
        &mut self,
        statement: &Statement,
        cancel: &Arc<Cancel>,
        each: impl FnMut(&dyn Columns) -> Result<()>,
    ) -> Result<bool> {
        self.wait_for_locks(true)?;
        let (result, short) = self.watch.until_cancelled(cancel, || self.read(statement, each));
        self.wait_for_locks(false)?;
        result.map(|()| short)
    }

    fn read(&self, statement: &Statement, each: impl FnMut(&dyn Columns) -> Result<()>) -> Result<()> {
        self.prepared(statement, |prepared| {
            if !prepared.readonly() {
                return Err(QueryMistake::ReadThatWrites.into());
            }
            self.step(prepared, each)
        })
    }

    /// Runs any statement to its end; `rows` takes what it returns.
    pub(super) fn execute(&self, statement: &Statement, mut rows: Option<&mut (dyn Rows + '_)>) -> Result<Done> {
        let outcome = self.prepared(statement, |prepared| {
            if rows.is_none() && prepared.column_count() == 0 {
                let changes = prepared.raw_execute().map_err(|error| self.translate(error))?;
                return Ok(self.done(&statement.sql, changes as u64));
            }
            self.step(prepared, |row| rows.as_mut().map_or(Ok(()), |rows| rows.push(row)))?;
            Ok(self.done(&statement.sql, self.connection.changes()))
        });
        outcome.map_err(|error| {
            let used_up = is_full(&error) && self.has_used_up_keys(&statement.sql);
            if used_up { Error::new(keys_used_up(A_TABLE)).with_source(error) } else { placed(&self.connection, error) }
        })
    }

    /// Tells whether a statement inserts into a table that has given its last number: SQLite's error is that of a full disk.
    fn has_used_up_keys(&self, sql: &str) -> bool {
        let asked = "SELECT 1 FROM sqlite_sequence WHERE seq = 9223372036854775807 AND instr(?1, name)";
        // Without such tables, there is no table of their numbers either.
        inserts(sql) && self.connection.prepare(asked).and_then(|mut asked| asked.exists([sql])).unwrap_or(false)
    }

    /// Runs a command without values or rows.
    pub(super) fn command(&self, sql: &str) -> Result<()> {
        patience::allow(self.busy_timeout);
        let run = || self.connection.prepare_cached(sql)?.raw_execute();
        run().map(drop).map_err(|error| self.translate(error))
    }

    /// Interrupts what runs at this moment, or does not any more.
    pub(super) fn interrupt_at(&self, at: Option<Instant>) {
        self.watch.follow(at.map(|at| Arc::new(Cancel::at(at))));
    }

    /// Waits for locks that other processes hold, or does not: readers mostly run on the caller's task.
    pub(super) fn wait_for_locks(&mut self, wait: bool) -> Result<()> {
        patience::wait(&mut self.connection, wait).map_err(|error| self.translate(error))
    }

    /// Refuses writes, or admits them again where the connection is one that writes.
    pub(super) fn only_read(&self, only: bool) -> Result<()> {
        if !self.writes {
            return Ok(());
        }
        self.connection.pragma_update(None, "query_only", only).map_err(|error| self.translate(error))
    }

    /// Tells whether a statement has rows.
    pub(super) fn has_rows(&self, sql: &str) -> Result<bool> {
        let run = || self.connection.prepare(sql)?.exists([]);
        run().map_err(|error| self.translate(error))
    }

    /// Tells whether a transaction is open.
    pub(super) fn is_in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Ends a transaction that should not be open; tells whether there was one.
    pub(super) fn clean(&self) -> bool {
        let open = self.is_in_transaction();
        if open {
            // If even this fails, the connection stays in its transaction, and its owner drops it.
            self.command("ROLLBACK").unwrap_or_default();
        }
        open
    }

    fn prepared<T>(
        &self,
        statement: &Statement,
        job: impl FnOnce(&mut rusqlite::Statement<'_>) -> Result<T>,
    ) -> Result<T> {
        patience::allow(self.busy_timeout);
        let (mut kept, mut once);
        if pragma::may_set(&statement.sql) {
            pragma::check(&statement.sql, self.is_in_transaction())?;
        }
        let prepared: &mut rusqlite::Statement<'_> = if statement.persistent {
            kept = self.connection.prepare_cached(&statement.sql).map_err(|error| self.translate(error))?;
            &mut kept
        } else {
            once = self.connection.prepare(&statement.sql).map_err(|error| self.translate(error))?;
            &mut once
        };
        bind(prepared, &statement.binds, |error| self.translate(error)).map_err(Error::of_unsent)?;
        // A decoder is the user's code: its panic must not take the connection with it.
        catch_unwind(AssertUnwindSafe(|| job(prepared)))
            .unwrap_or_else(|_| Err(Error::other("the decoder of a row panicked")))
    }

    fn step(
        &self,
        prepared: &mut rusqlite::Statement<'_>,
        mut each: impl FnMut(&dyn Columns) -> Result<()>,
    ) -> Result<()> {
        let mut cursor = prepared.raw_query();
        while let Some(row) = cursor.next().map_err(|error| self.translate(error))? {
            each(&Line(row))?;
        }
        Ok(())
    }

    fn done(&self, sql: &str, changes: u64) -> Done {
        // SQLite's counters keep the values of the last statement that changed rows, which may be an older one.
        match verb(sql) {
            Some(Verb::Update | Verb::Delete) => Done { rows_affected: changes, last_insert_id: None },
            Some(Verb::Select) => Done::default(),
            _ => {
                let rows_affected = if changes_rows(sql) { changes } else { 0 };
                let inserted = rows_affected > 0 && inserts(sql);
                Done { rows_affected, last_insert_id: inserted.then(|| self.connection.last_insert_rowid()) }
            }
        }
    }

    fn translate(&self, error: rusqlite::Error) -> Error {
        translate(error, self.busy_timeout)
    }
}

/// Tells by the first word whether a statement changes rows, and therefore may run in a transaction with others.
pub(super) fn changes_rows(sql: &str) -> bool {
    match verb(sql) {
        Some(verb) => verb != Verb::Select,
        None => is_among(first_word(sql), &["update", "insert", "delete", "replace", "with"]),
    }
}

/// Tells whether a statement inserts, and does nothing else: an INSERT that may have become an UPDATE leaves the key of
/// an older one behind.
fn inserts(sql: &str) -> bool {
    let inserts = match verb(sql) {
        Some(verb) => verb == Verb::Insert,
        None => is_among(first_word(sql), &["insert", "replace"]),
    };
    inserts && !sql.as_bytes().windows(9).any(|window| window.eq_ignore_ascii_case(b"do update"))
}

fn flags(mode: Mode, role: Role) -> OpenFlags {
    // A connection is used by one thread at a time, so SQLite needs no locks of its own.
    OpenFlags::SQLITE_OPEN_NO_MUTEX
        | match mode {
            Mode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Mode::Create if role != Role::Reader => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            Mode::ReadWrite | Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE,
        }
}

fn configure(connection: &mut Connection, options: &SqliteOptions, role: Role) -> rusqlite::Result<Arc<Watch>> {
    patience::allow(options.busy_timeout);
    patience::wait(connection, true)?;
    connection.set_prepared_statement_cache_capacity(options.statement_cache_size);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    // An unknown "name" must be an error, not a text (https://sqlite.org/quirks.html#dblquote).
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    // Views and triggers of a file from elsewhere may only call functions that do no harm.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    function::register(connection)?;
    match role {
        Role::Memory => {}
        Role::Writer if options.mode == Mode::ReadOnly => {
            // SQLite reads a file only when it must: this is where it notices that the file is none of its own.
            connection.query_row("PRAGMA schema_version", [], |_| Ok(()))?;
        }
        Role::Writer => {
            if options.journal == Journal::Wal || is_new(connection)? {
                use_write_ahead_log(connection, options.busy_timeout)?;
            }
            connection.pragma_update(None, "synchronous", options.synchronous.word())?;
            // A log that grew while a read went on for long shrinks again.
            connection.pragma_update_and_check(None, "journal_size_limit", LOG_LIMIT, |_| Ok(()))?;
        }
        Role::Reader => {
            connection.pragma_update(None, "query_only", true)?;
            patience::wait(connection, false)?;
        }
    }
    Watch::over(connection, options.inline_opcodes)
}

/// Tells whether nothing was ever written to the file.
fn is_new(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA page_count", [], |row| row.get::<_, i64>(0)).map(|pages| pages == 0)
}

/// Readers and the writer do not wait for each other in this mode. SQLite does not call its busy handler while it
/// changes the mode, so another process that opens the same file makes it fail at once.
fn use_write_ahead_log(connection: &Connection, patience: Duration) -> rusqlite::Result<()> {
    let deadline = Instant::now() + patience;
    loop {
        let mode = connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0));
        let changed = mode.and_then(|mode| match mode.as_str() {
            "wal" => Ok(()),
            _ => connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())),
        });
        match changed {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(5));
            }
            changed => return changed,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
}

/// Why a database could not be opened, in more words than SQLite has.
fn explain(options: &SqliteOptions, error: rusqlite::Error) -> Error {
    let (reason, retry) = match (error.sqlite_error_code(), options.path()) {
        (Some(rusqlite::ErrorCode::NotADatabase), _) => {
            (format!("file `{options}` is not a SQLite database, or it is encrypted"), Retry::No)
        }
        (Some(rusqlite::ErrorCode::CannotOpen), Some(file)) => cannot_open(file, options.mode),
        _ => return translate(error, options.busy_timeout),
    };
    Error::connection(ConnectionFault::File, reason).with_retry(retry).with_source(error)
}

fn cannot_open(file: &Path, mode: Mode) -> (String, Retry) {
    let shown = file.display();
    let missing_directory =
        file.parent().filter(|directory| *directory != Path::new("") && !directory.is_dir()).map(Path::display);
    let reason = match (missing_directory, mode) {
        (Some(directory), _) => format!("cannot open `{shown}`: there is no directory `{directory}`"),
        (None, _) if file.is_dir() => format!("cannot open `{shown}`: it is a directory"),
        (None, Mode::ReadWrite) if !file.exists() => {
            format!("there is no file `{shown}`; add `?mode=rwc` to make it")
        }
        (None, Mode::ReadOnly) if !file.exists() => format!("there is no file `{shown}`"),
        (None, _) => {
            return (format!("cannot open `{shown}`: access denied, or no file descriptors left"), Retry::Safe);
        }
    };
    (reason, Retry::No)
}
