//! The words of SQLite that decide something here, where its codes do not. All are in English in its sources, not translated, and
//! part of what it tests (<https://sqlite.org/src/dir?name=src>).

/// `ON DELETE RESTRICT`, whose code is that of a trigger with RAISE: `SQLITE_CONSTRAINT_TRIGGER` (fkey.c, `fkActionTrigger`). A
/// trigger of the program that says the same is taken for a foreign key.
pub(super) const RESTRICT: &str = "FOREIGN KEY constraint failed";

/// A sum past 64 bits, whose code is that of any error: `SQLITE_ERROR` (func.c, `sumFinalize`).
pub(super) const SUM_PAST_64_BITS: &str = "integer overflow";

/// Between what is violated and the names: `UNIQUE constraint failed: book.name, book.author_id` and `NOT NULL constraint failed:
/// book.name` name columns, `CHECK constraint failed: positive` the constraint (vdbe.c, `OP_HaltIfNull`; insert.c,
/// `sqlite3UniqueConstraint`). The code tells which it is.
pub(super) const NAMES: &str = "constraint failed: ";

/// Around the name of an index over expressions, which has no columns: `UNIQUE constraint failed: index 'by_fold'` (insert.c,
/// `sqlite3UniqueConstraint`).
pub(super) const INDEX: (&str, char) = ("index '", '\'');

/// Before the name of a schema that is not attached: `unknown database other` (pragma.c, `sqlite3TwoPartName`).
pub(super) const UNKNOWN_SCHEMA: &str = "unknown database ";
