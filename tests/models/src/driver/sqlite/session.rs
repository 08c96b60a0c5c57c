//! A connection to a database that holds numbers, one per `insert`, and fails as it is told.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use shuttle::rand::{Rng, thread_rng};
use shuttle::thread::yield_now;

use super::census::Presence;
use crate::error::{Error, ErrorKind, IntegrityKind, Result};
use crate::row::Rows;
use crate::statement::{Done, Statement};

/// What is kept, and who is there.
#[derive(Debug, Clone, Default)]
pub(super) struct Database(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    committed: Vec<u32>,
    /// Whether COMMIT fails at times.
    fails: bool,
    connections: usize,
}

impl Database {
    pub(super) fn committed(&self) -> Vec<u32> {
        self.state(|state| state.committed.clone())
    }

    pub(super) fn holds(&self, number: u32) -> bool {
        self.state(|state| state.committed.contains(&number))
    }

    pub(super) fn connections(&self) -> usize {
        self.state(|state| state.connections)
    }

    pub(super) fn fail_at_times(&self) {
        self.state(|state| state.fails = true);
    }

    fn state<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }
}

/// A connection. Between any two of its steps, others have their turn.
#[derive(Debug)]
pub(super) struct Session {
    database: Database,
    transaction: RefCell<Option<Transaction>>,
    _presence: Presence,
}

#[derive(Debug, Default)]
struct Transaction {
    numbers: Vec<u32>,
    savepoints: Vec<(String, usize)>,
    /// Whether a deferred constraint is violated.
    late: bool,
}

impl Session {
    pub(super) fn open(database: Database, presence: Presence) -> Self {
        database.state(|state| state.connections += 1);
        Self { database, transaction: RefCell::default(), _presence: presence }
    }

    /// Inserts a number: `insert 7`; with one more word, it `fails`, `ends` the transaction as a full disk does, is found
    /// wrong too `late`, or has left a transaction `open`.
    pub(super) fn execute(&self, statement: &Statement, rows: Option<&mut (dyn Rows + '_)>) -> Result<Done> {
        yield_now();
        let words: Vec<&str> = statement.sql.split(' ').collect();
        let number = words[1].parse().unwrap();
        if let Some(rows) = rows {
            rows.push(&Vec::new())?;
        }
        let how = words.get(2).copied().unwrap_or_default();
        match (how, &mut *self.transaction.borrow_mut()) {
            ("fails", Some(transaction)) => {
                // What a statement did before it failed is there until it is undone.
                transaction.numbers.push(number);
                return Err(refused());
            }
            ("fails" | "late", None) => return Err(refused()),
            ("ends", transaction) => {
                *transaction = None;
                return Err(broken());
            }
            ("open", transaction) => {
                *transaction = Some(Transaction { numbers: vec![number], ..Transaction::default() })
            }
            (_, Some(transaction)) => {
                transaction.numbers.push(number);
                transaction.late |= how == "late";
            }
            (_, None) => self.keep(&[number])?,
        }
        Ok(Done { rows_affected: 1, last_insert_id: None })
    }

    pub(super) fn command(&self, sql: &str) -> Result<()> {
        yield_now();
        let mut open = self.transaction.borrow_mut();
        let words: Vec<&str> = sql.split(' ').collect();
        match (words.as_slice(), &mut *open) {
            (["BEGIN", "IMMEDIATE"], none @ None) => *none = Some(Transaction::default()),
            (["COMMIT"], Some(transaction)) if transaction.late => return Err(refused()),
            (["COMMIT"], Some(transaction)) => {
                self.keep(&transaction.numbers)?;
                *open = None;
            }
            (["ROLLBACK"], Some(_)) => *open = None,
            (["SAVEPOINT", name], Some(transaction)) => transaction.save(name),
            (["ROLLBACK", "TO", name], Some(transaction)) => transaction.undo(name),
            (["RELEASE", name], Some(transaction)) => transaction.release(name),
            (_, state) => panic!("`{sql}` in {state:?}"),
        }
        Ok(())
    }

    fn keep(&self, numbers: &[u32]) -> Result<()> {
        self.database.state(|state| {
            if state.fails && thread_rng().gen_ratio(1, 3) {
                return Err(broken());
            }
            state.committed.extend(numbers);
            Ok(())
        })
    }

    pub(super) fn is_in_transaction(&self) -> bool {
        self.transaction.borrow().is_some()
    }

    pub(super) fn clean(&self) -> bool {
        yield_now();
        self.transaction.take().is_some()
    }

    pub(super) fn has_rows(&self, _: &str) -> Result<bool> {
        Ok(false)
    }

    pub(super) fn interrupt_at(&self, _: Option<Instant>) {}

    pub(super) fn wait_for_locks(&self, _: bool) -> Result<()> {
        Ok(())
    }

    pub(super) fn only_read(&self, _: bool) -> Result<()> {
        Ok(())
    }
}

impl Transaction {
    fn save(&mut self, name: &str) {
        self.savepoints.push((name.to_owned(), self.numbers.len()));
    }

    fn undo(&mut self, name: &str) {
        let (found, length) = self.savepoints.last().expect("a savepoint");
        assert_eq!(found, name);
        self.numbers.truncate(*length);
    }

    fn release(&mut self, name: &str) {
        assert_eq!(self.savepoints.pop().expect("a savepoint").0, name);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.database.state(|state| state.connections -= 1);
    }
}

pub(super) fn changes_rows(sql: &str) -> bool {
    sql.starts_with("insert")
}

/// The fault of one statement.
fn refused() -> Error {
    ErrorKind::Integrity { kind: IntegrityKind::Check, constraint: None, table: None, columns: Vec::new() }.into()
}

/// The fault of the disk.
fn broken() -> Error {
    ErrorKind::Database { code: None, message: "disk I/O error".to_owned() }.into()
}
