//! What a database says of tables that are not ours: asked once, kept beside the dialect, read when a statement is written.
//!
//! A statement that was written before the answer is right as well, and may do more than it must.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::model::ModelDef;

/// What is known of the tables that are not ours, by name; of those that a statement wanted to know and that are
/// not asked about yet, nothing.
#[derive(Debug, Default)]
pub struct Facts {
    tables: RwLock<HashMap<TableName, Option<Arc<TableFacts>>>>,
    version: AtomicU64,
}

/// The schema, where a model names one, and the table.
pub type TableName = (Option<&'static str>, &'static str);

/// What is known of a table: its columns by name.
pub type TableFacts = HashMap<String, ColumnFacts>;

/// What is known of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnFacts {
    /// The name of its type, in the database's own words.
    pub type_name: String,
    /// The same without a domain around it; `enum` for every enum.
    pub base: String,
    /// The collation, if its values have one.
    pub collation: Option<Collation>,
    /// Whether its values are ordered by code point.
    pub by_code_point: bool,
}

/// How texts are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collation {
    /// Its name, as it is written behind COLLATE.
    pub name: String,
    /// The character set, where texts have one of their own.
    pub charset: String,
}

impl Facts {
    /// What is known of a model's table; where nothing is, that is noted.
    pub fn of(&self, model: &ModelDef) -> Option<Arc<TableFacts>> {
        let known =
            self.tables.read().unwrap_or_else(PoisonError::into_inner).get(&(model.schema, model.table)).cloned();
        if known.as_ref().is_none_or(Option::is_none) {
            self.tables.write().unwrap_or_else(PoisonError::into_inner).entry((model.schema, model.table)).or_default();
            self.version.fetch_add(1, Ordering::Release);
        }
        known.flatten()
    }

    /// A number that changes whenever something is learnt, or was looked for in vain.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// The tables that are not asked about yet.
    pub fn wanted(&self) -> Vec<TableName> {
        let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        tables.iter().filter(|(_, facts)| facts.is_none()).map(|(table, _)| *table).collect()
    }

    /// Keeps what is known of a table.
    pub fn learn(&self, table: TableName, facts: TableFacts) {
        self.tables.write().unwrap_or_else(PoisonError::into_inner).insert(table, Some(Arc::new(facts)));
        self.version.fetch_add(1, Ordering::Release);
    }

    /// Forgets everything: the tables may have changed.
    pub fn forget(&self) {
        self.tables.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.version.fetch_add(1, Ordering::Release);
    }
}
