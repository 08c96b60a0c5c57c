//! What a database says of tables that are not ours: asked once, kept beside the dialect, read when a statement is written.
//!
//! A statement that was written before the answer is right as well, and may do more than it must.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::model::ModelDef;

/// What is known of the tables that are not ours, by name: nothing of those that a statement names and that the database
/// has not been asked about yet.
#[derive(Debug, Default)]
pub struct Facts {
    tables: RwLock<HashMap<TableName, Option<Arc<TableFacts>>>>,
    version: AtomicU64,
    forgotten: AtomicU64,
    /// Those of the database, for those of a transaction.
    outer: Option<Arc<Facts>>,
    /// Whether the transaction has changed tables, so that they are others inside it than outside.
    apart: AtomicBool,
    /// The tables that were asked about, for those that note it.
    named: Option<RwLock<HashSet<TableName>>>,
}

/// The schema, where a model names one, and the table.
pub type TableName = (Option<&'static str>, &'static str);

/// What is known of a table: its columns by name, as the database tells names apart.
#[derive(Debug)]
pub struct TableFacts {
    columns: HashMap<String, ColumnFacts>,
    folded: fn(&str) -> String,
}

impl TableFacts {
    /// Those of columns, by names that are the same when they are folded.
    pub fn new(columns: impl IntoIterator<Item = (String, ColumnFacts)>, folded: fn(&str) -> String) -> Self {
        Self { columns: columns.into_iter().map(|(name, column)| (folded(&name), column)).collect(), folded }
    }

    /// Tells whether there is no such table.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Whether it may settle a conflict by itself.
    pub fn settles_conflicts(&self) -> bool {
        self.columns.values().any(|column| column.settles_conflicts)
    }

    /// Whether a row that is inserted comes back without the number that it gets.
    pub fn returns_unnumbered(&self) -> bool {
        self.columns.values().any(|column| column.returns_unnumbered)
    }

    /// What is known of a column.
    pub fn column(&self, name: &str) -> Option<&ColumnFacts> {
        self.columns.get(&(self.folded)(name))
    }
}

/// What is known of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnFacts {
    /// The name of its type, in the database's own words.
    pub type_name: String,
    /// The name of the type below all domains, as it is written in a cast.
    pub base_name: String,
    /// What that type is: its name, or `enum` for every enum.
    pub base: String,
    /// The collation, if its values have one.
    pub collation: Option<Collation>,
    /// Whether its values are ordered by code point.
    pub by_code_point: bool,
    /// How many decimal places its numbers, or the seconds of its times and moments, keep, or how many characters its texts
    /// have at most, where it says so.
    pub places: Option<i64>,
    /// Whether a new row that gives no value for it is known to have NULL there.
    pub left_null: bool,
    /// Whether NULL that is written to it becomes another value: a moment or a number of the database's own.
    pub fills_null: bool,
    /// Whether its table may settle a conflict by itself: by another value, or by leaving rows out or deleting them.
    pub settles_conflicts: bool,
    /// Whether its table is one whose inserted rows come back without the number that they get.
    pub returns_unnumbered: bool,
}

/// How texts are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collation {
    /// Its name, as it is written behind COLLATE.
    pub name: String,
    /// The character set, where texts have one of their own.
    pub charset: String,
}

impl ColumnFacts {
    /// Whether its values are decimals that may have a fraction, which an integer does not read.
    pub fn may_have_fractions(&self) -> bool {
        matches!(self.base.as_str(), "numeric" | "decimal") && self.places.is_none_or(|places| places > 0)
    }

    /// Whether its values are integers.
    pub fn is_whole(&self) -> bool {
        let base = self.base.as_str();
        matches!(base, "int2" | "int4" | "int8" | "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year")
    }

    /// Whether an integer that is stored in it stays one: it has integers, or anything, as each column but a few on a database
    /// without types has.
    pub fn keeps_integers(&self) -> bool {
        self.is_whole() || matches!(self.base.as_str(), "INTEGER" | "NUMERIC" | "BLOB")
    }

    /// Whether its values are floats, and of those, whether of 32 bits.
    pub fn is_single(&self) -> Option<bool> {
        match self.base.as_str() {
            "float4" | "float" => Some(true),
            "float8" | "double" => Some(false),
            _ => None,
        }
    }
}

impl Facts {
    /// Those that hold in a transaction: those of the database, until the transaction changes tables.
    pub fn within(outer: Arc<Self>) -> Self {
        Self { outer: Some(outer), ..Self::default() }
    }

    /// The same, which notes the tables that it is asked about.
    pub fn noting(outer: Arc<Self>) -> Self {
        Self { named: Some(RwLock::default()), ..Self::within(outer) }
    }

    /// The tables that were asked about.
    pub fn named(&self) -> HashSet<TableName> {
        let named = self.named.as_ref().map(|named| named.read().unwrap_or_else(PoisonError::into_inner).clone());
        named.unwrap_or_default()
    }

    /// Where it is kept.
    fn shared(&self) -> &Self {
        self.outer.as_ref().filter(|_| !self.is_apart()).map_or(self, |outer| outer.shared())
    }

    /// Whether a transaction has changed tables. A savepoint may undo it at any time.
    pub fn is_apart(&self) -> bool {
        self.apart.load(Ordering::Acquire)
    }

    /// What is known of a model's table; where nothing is, that is noted.
    pub fn of(&self, model: &ModelDef) -> Option<Arc<TableFacts>> {
        let facts = self.shared();
        let table = (model.schema, model.table);
        if let Some(named) = &self.named {
            named.write().unwrap_or_else(PoisonError::into_inner).insert(table);
        }
        let known = facts.tables.read().unwrap_or_else(PoisonError::into_inner).get(&table).cloned().flatten();
        if known.is_none() {
            facts.tables.write().unwrap_or_else(PoisonError::into_inner).entry(table).or_default();
            facts.version.fetch_add(1, Ordering::Release);
        }
        known
    }

    /// A number that changes whenever something is learnt, or was looked for in vain.
    pub fn version(&self) -> u64 {
        self.shared().version.load(Ordering::Acquire)
    }

    /// A number that changes whenever something is forgotten.
    pub fn forgotten(&self) -> u64 {
        self.shared().forgotten.load(Ordering::Acquire)
    }

    /// The tables that the database has not been asked about yet.
    pub fn wanted(&self) -> Vec<TableName> {
        let tables = self.shared().tables.read().unwrap_or_else(PoisonError::into_inner);
        tables.iter().filter(|(_, facts)| facts.is_none()).map(|(table, _)| *table).collect()
    }

    /// Keeps what is known of a table, unless the tables may have changed since it was asked for: since
    /// [`forgotten`](Self::forgotten) was this.
    pub fn learn(&self, table: TableName, facts: TableFacts, since: u64) {
        let shared = self.shared();
        let mut tables = shared.tables.write().unwrap_or_else(PoisonError::into_inner);
        if shared.forgotten.load(Ordering::Acquire) == since {
            tables.insert(table, Some(Arc::new(facts)));
        }
        shared.version.fetch_add(1, Ordering::Release);
    }

    /// Forgets the tables that were not there: they may be made at any time, by other programs too.
    pub fn forget_absent(&self) {
        let mut tables = self.shared().tables.write().unwrap_or_else(PoisonError::into_inner);
        tables.retain(|_, facts| facts.as_ref().is_none_or(|facts| !facts.is_empty()));
    }

    /// Forgets everything, because this connection may have changed tables: in a transaction, no other sees that yet.
    pub fn forget(&self) {
        self.apart.store(self.outer.is_some(), Ordering::Release);
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        self.count_forgotten();
        tables.clear();
    }

    /// Forgets some tables, because another program may have changed them; tells whether anything was known of them.
    pub fn doubt(&self, doubtful: &HashSet<TableName>) -> bool {
        let shared = self.shared();
        let mut tables = shared.tables.write().unwrap_or_else(PoisonError::into_inner);
        shared.count_forgotten();
        doubtful.iter().filter(|table| tables.remove(*table).flatten().is_some()).count() > 0
    }

    /// The end of a transaction: what it has changed is to be asked for by all.
    pub fn publish(&self) {
        if let Some(outer) = self.outer.as_ref().filter(|_| self.is_apart()) {
            outer.forget();
        }
    }

    fn count_forgotten(&self) {
        self.forgotten.fetch_add(1, Ordering::Release);
        self.version.fetch_add(1, Ordering::Release);
    }
}
