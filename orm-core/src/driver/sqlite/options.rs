//! What to open, and how: [`SqliteOptions`], also from a URL.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use crate::driver::grammar::{self, CACHE_SIZES, duration, number, one_of};
use crate::error::{Error, Result};

/// How a SQLite database is opened.
///
/// ```
/// use orm_core::driver::sqlite::SqliteOptions;
///
/// let options: SqliteOptions = "sqlite://books.db?mode=rwc&readers=4&busy_timeout=2s".parse()?;
/// assert_eq!(options.to_string(), "books.db");
/// # Ok::<(), orm_core::error::Error>(())
/// ```
///
/// A URL is `sqlite://path`, `sqlite:path` or `sqlite::memory:`, then `?` and options: those of the setters here, by the same names, which
/// stand in a table in `docs/options.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteOptions {
    /// The file; `None` is a private database in memory.
    pub(super) file: Option<PathBuf>,
    pub(super) mode: Mode,
    pub(super) readers: usize,
    pub(super) busy_timeout: Duration,
    pub(super) acquire_timeout: Duration,
    pub(super) synchronous: Synchronous,
    pub(super) journal: Journal,
    pub(super) inline: bool,
    pub(super) inline_opcodes: u32,
    pub(super) statement_cache_size: usize,
    pub(super) stream_timeout: Duration,
}

/// What may be done with a database file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// Read an existing file.
    ReadOnly,
    /// Read and write an existing file.
    #[default]
    ReadWrite,
    /// Read and write; make the file if it is missing.
    Create,
}

/// When SQLite waits for the disk (`PRAGMA synchronous`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Synchronous {
    /// Never: a power cut may corrupt the file.
    Off,
    /// At checkpoints: a power cut may lose the last transactions, a crash of the program none.
    Normal,
    /// At each commit: what was answered is on the disk.
    #[default]
    Full,
    /// As [`Full`](Self::Full), and the directory too.
    Extra,
}

/// Which journal the file has (`PRAGMA journal_mode`), which is written into it for every program that opens it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Journal {
    /// A file that is there keeps the mode it has; a new one gets a write-ahead log. In other modes those who read and the
    /// one who writes wait for each other.
    #[default]
    Keep,
    /// A write-ahead log, from now on.
    Wal,
}

impl SqliteOptions {
    /// Options for a database file, which must exist unless the [`mode`](Self::mode) says otherwise.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { file: Some(path.into()), ..Self::memory() }
    }

    /// Options for a private database in memory, which ends with its driver.
    pub fn memory() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            file: None,
            mode: Mode::default(),
            readers: cores.clamp(2, 256),
            busy_timeout: Duration::from_secs(5),
            acquire_timeout: Duration::from_secs(30),
            synchronous: Synchronous::default(),
            journal: Journal::default(),
            inline: true,
            inline_opcodes: 4_000,
            statement_cache_size: 256,
            stream_timeout: Duration::from_secs(30),
        }
    }

    /// Sets what may be done with the file.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Sets how many long reads run at once. As many connections and one more are kept for short reads.
    #[must_use]
    pub fn readers(mut self, readers: usize) -> Self {
        self.readers = readers.clamp(1, 256);
        self
    }

    /// Sets how long to wait for a lock that another process holds.
    #[must_use]
    pub fn busy_timeout(mut self, busy_timeout: Duration) -> Self {
        self.busy_timeout = busy_timeout;
        self
    }

    /// Sets how long to wait for a connection that others of this process have: to write, for a transaction, a long read
    /// or a stream, and in memory for anything.
    #[must_use]
    pub fn acquire_timeout(mut self, acquire_timeout: Duration) -> Self {
        self.acquire_timeout = acquire_timeout;
        self
    }

    /// Sets when SQLite waits for the disk.
    #[must_use]
    pub fn synchronous(mut self, synchronous: Synchronous) -> Self {
        self.synchronous = synchronous;
        self
    }

    /// Sets whether a file that is there keeps its journal mode.
    #[must_use]
    pub fn journal(mut self, journal: Journal) -> Self {
        self.journal = journal;
        self
    }

    /// Sets whether short reads run on the calling task instead of a thread of their own.
    #[must_use]
    pub fn inline(mut self, inline: bool) -> Self {
        self.inline = inline;
        self
    }

    /// Sets how many SQLite opcodes a read may take on the calling task; 4,000 are about 50 µs.
    #[must_use]
    pub fn inline_opcodes(mut self, inline_opcodes: u32) -> Self {
        self.inline_opcodes = inline_opcodes.clamp(4, 1_000_000);
        self
    }

    /// Sets how many statements each connection keeps prepared.
    #[must_use]
    pub fn statement_cache_size(mut self, statement_cache_size: usize) -> Self {
        self.statement_cache_size = statement_cache_size.clamp(*CACHE_SIZES.start(), *CACHE_SIZES.end());
        self
    }

    /// Sets how long a stream whose rows are not taken keeps its connection before it ends with an error.
    #[must_use]
    pub fn stream_timeout(mut self, stream_timeout: Duration) -> Self {
        self.stream_timeout = stream_timeout;
        self
    }

    /// The file, unless the database is in memory.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Whether the name is one of SQLite's own URIs, with options in it.
    pub(super) fn says_more_than_a_path(&self) -> bool {
        let name = self.file.as_deref().unwrap_or(Path::new("")).as_os_str().as_encoded_bytes();
        name.starts_with(b"file:") && name.contains(&b'?')
    }

    fn set(&mut self, name: &'static str, value: &str) -> Result<()> {
        match name {
            "mode" if value == "memory" => self.file = None,
            "mode" => self.mode = one_of(name, value, &MODES, &["memory"])?,
            "readers" => self.readers = number(name, value, 1..=256)?,
            "busy_timeout" => self.busy_timeout = duration(name, value, Duration::ZERO)?,
            "acquire_timeout" => self.acquire_timeout = duration(name, value, Duration::from_millis(1))?,
            "synchronous" => self.synchronous = one_of(name, value, &SYNCHRONOUS, &[])?,
            "journal" => self.journal = one_of(name, value, &[("keep", Journal::Keep), ("wal", Journal::Wal)], &[])?,
            "inline" => self.inline = one_of(name, value, &[("on", true), ("off", false)], &[])?,
            "inline_opcodes" => self.inline_opcodes = number(name, value, 4..=1_000_000)?,
            "statement_cache_size" => self.statement_cache_size = number(name, value, CACHE_SIZES)?,
            "stream_timeout" => self.stream_timeout = duration(name, value, Duration::ZERO)?,
            _ => return Err(grammar::unread(name)),
        }
        Ok(())
    }
}

/// The file's name, or `:memory:`.
impl std::fmt::Display for SqliteOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.file {
            Some(file) => file.display().fmt(f),
            None => f.write_str(":memory:"),
        }
    }
}

impl FromStr for SqliteOptions {
    type Err = Error;

    fn from_str(url: &str) -> Result<Self> {
        let rest = url
            .strip_prefix("sqlite:")
            .ok_or_else(|| grammar::wrong_url("a SQLite URL is `sqlite://path`, `sqlite:path` or `sqlite::memory:`"))?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = percent_encoding::percent_decode_str(path.strip_prefix("//").unwrap_or(path));
        let path = path.decode_utf8().map_err(|_| grammar::wrong_url("the path of a SQLite URL must be UTF-8"))?;
        if path.contains('\0') {
            return Err(grammar::wrong_url(
                "the path of a SQLite URL has a NUL character, which no file name can have",
            ));
        }
        let mut options = if path == ":memory:" { Self::memory() } else { Self::file(path.as_ref()) };
        let given = url::form_urlencoded::parse(query.as_bytes());
        grammar::SQLITE.read(given, |name, value| options.set(name, value))?;
        if options.file.as_deref() == Some(Path::new("")) {
            return Err(grammar::wrong_url("a SQLite URL needs a path, such as `sqlite://books.db`"));
        }
        Ok(options)
    }
}

const MODES: [(&str, Mode); 3] = [("ro", Mode::ReadOnly), ("rw", Mode::ReadWrite), ("rwc", Mode::Create)];

const SYNCHRONOUS: [(&str, Synchronous); 4] = [
    ("off", Synchronous::Off),
    ("normal", Synchronous::Normal),
    ("full", Synchronous::Full),
    ("extra", Synchronous::Extra),
];

impl Synchronous {
    pub(super) fn word(self) -> &'static str {
        SYNCHRONOUS.iter().find(|(_, synchronous)| *synchronous == self).map_or("full", |(word, _)| word)
    }
}
