//! `--import`: a CSV file of books into the tables. The file is read and checked whole before the first row is written,
//! so that a broken row can stop everything while nothing has happened yet.

mod rows;
mod write;

use std::fmt;
use std::path::Path;

use indicatif::ProgressBar;

use super::problem::chain;
use rows::Broken;
use write::Refused;

/// What becomes of an import with broken rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OnError {
    /// Import nothing.
    Abort,
    /// Import the other rows.
    Skip,
}

/// What an import did.
#[derive(Debug)]
pub(crate) struct Imported {
    /// Books that are new.
    pub(crate) books: usize,
    /// Authors that are new.
    pub(crate) authors: usize,
    /// Rows whose book was there before.
    pub(crate) known: usize,
    /// Rows that were passed over.
    pub(crate) broken: Vec<Broken>,
}

/// Imports a file. The bar shows how far the writing is.
pub(crate) async fn import(file: &Path, on_error: OnError, bar: &ProgressBar) -> Result<Imported, Failure> {
    let (rows, broken) = rows::read(file)?;
    if on_error == OnError::Abort && !broken.is_empty() {
        return Err(Failure::Broken(broken));
    }
    let added = write::write(&rows, bar).await.map_err(Failure::Database)?;
    let (books, authors) = (added.books.len(), added.authors.len());
    Ok(Imported { books, authors, known: rows.len() - books, broken })
}

/// Why nothing was imported.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The file cannot be read, or is no list of books.
    File(String),
    /// Rows are broken, and the import is to be whole or not at all.
    Broken(Vec<Broken>),
    /// The database refused.
    Database(Refused),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(reason) => f.write_str(reason),
            Self::Broken(rows) => {
                writeln!(f, "nothing was imported, because of {}:", Rows(rows.len()))?;
                list(f, rows)?;
                f.write_str("`--on-error skip` imports the other rows")
            }
            Self::Database(Refused { error, taken_back: Ok(()) }) => {
                write!(f, "nothing was imported: {}", chain(error))
            }
            Self::Database(Refused { error, .. }) => {
                write!(
                    f,
                    "the import broke off, a part of it stays, and importing again completes it: {}",
                    chain(error)
                )
            }
        }
    }
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "imported {} books and {} authors", self.books, self.authors)?;
        if self.known > 0 {
            write!(f, "; {} books were there already", self.known)?;
        }
        if !self.broken.is_empty() {
            writeln!(f, "; passed over {}:", Rows(self.broken.len()))?;
            list(f, &self.broken)?;
        }
        Ok(())
    }
}

/// A number of broken rows, in words.
struct Rows(usize);

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("one broken row"),
            many => write!(f, "{many} broken rows"),
        }
    }
}

/// The broken rows, one per line; a file that is no such list at all should not fill the screen.
fn list(f: &mut fmt::Formatter<'_>, rows: &[Broken]) -> fmt::Result {
    const MOST: usize = 50;
    for row in rows.iter().take(MOST) {
        writeln!(f, "  line {}: {}", row.line, row.reason)?;
    }
    match rows.len().checked_sub(MOST) {
        Some(more @ 1..) => writeln!(f, "  and {more} more"),
        _ => Ok(()),
    }
}
