//! A database as data: what it can do ([`Features`]) and how it spells things. The only room above the wire that knows
//! databases by name.
//!
//! Spellings are templates: `{0}`, `{1}` … stand for the operands, and may stand more than once; `{{}` is a brace of a name.

mod columns;
mod existing;
mod explain;
mod facts;
mod features;
mod fit;
mod keys;
mod list;
mod mysql;
mod postgres;
mod spelling;
mod sqlite;
mod standard;
mod words;

pub(crate) use columns::{TextOrder, declared};
pub(crate) use existing::Existing;
pub use explain::{Explain, ExplainFormat};
pub use facts::{Collation, ColumnFacts, Facts, TableFacts, TableName};
pub use features::{Comments, Features, OldRows, Placeholder, RowLocks};
pub(crate) use fit::{Fit, Holds};
pub(crate) use list::{Left, List, Made};
pub(crate) use spelling::Spelling;
pub use words::{Pattern, Test, Words};

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};

/// A database that statements are written for.
#[derive(Clone)]
pub struct Dialect {
    features: &'static Features,
    spelling: &'static dyn Spelling,
    facts: Option<Arc<Facts>>,
}

impl Dialect {
    /// The dialect of a server, by the name of its product.
    pub fn of(product: &str) -> Result<Self> {
        match product {
            sqlite::NAME => Ok(Self::sqlite()),
            postgres::NAME => Ok(Self::postgres()),
            mysql::MYSQL_NAME => Ok(Self::mysql()),
            mysql::MARIADB_NAME => Ok(Self::mariadb()),
            other => Err(Error::configuration(format!("no dialect for the database `{other}`"))),
        }
    }

    /// SQLite, with the functions and collations that the driver registers.
    pub const fn sqlite() -> Self {
        Self { features: &sqlite::FEATURES, spelling: &sqlite::Sqlite, facts: None }
    }

    /// PostgreSQL.
    pub const fn postgres() -> Self {
        Self { features: &postgres::FEATURES, spelling: &postgres::Postgres, facts: None }
    }

    /// MySQL.
    pub const fn mysql() -> Self {
        Self { features: &mysql::MYSQL_FEATURES, spelling: &mysql::MYSQL, facts: None }
    }

    /// MariaDB.
    pub const fn mariadb() -> Self {
        Self { features: &mysql::MARIADB_FEATURES, spelling: &mysql::MARIADB, facts: None }
    }

    /// Every dialect, for what is written ahead for all of them.
    pub const fn all() -> [Self; 4] {
        [Self::sqlite(), Self::postgres(), Self::mysql(), Self::mariadb()]
    }

    /// The name of the database, for messages and as the key of what is kept per dialect.
    pub fn name(&self) -> &'static str {
        self.spelling.name()
    }

    /// What the database can do.
    pub fn features(&self) -> &'static Features {
        self.features
    }

    /// The dialect of one database, which can be asked.
    pub(crate) fn with_facts(self) -> Self {
        let facts = self.spelling.facts_query().map(|_| Arc::default());
        Self { facts, ..self }
    }

    /// The dialect of a transaction in it.
    pub(crate) fn within_transaction(&self) -> Self {
        let facts = self.facts.as_ref().map(|facts| Arc::new(Facts::within(Arc::clone(facts))));
        Self { facts, ..self.clone() }
    }

    /// The same with facts that note which tables a statement is written by.
    pub(crate) fn noting(&self) -> Self {
        let facts = self.facts.as_ref().map(|facts| Arc::new(Facts::noting(Arc::clone(facts))));
        Self { facts, ..self.clone() }
    }

    /// What makes two names of one column the same.
    pub(crate) fn column_names(&self) -> fn(&str) -> String {
        self.spelling.column_names()
    }

    /// What asks for the facts of a table's columns.
    pub(crate) fn facts_query(&self) -> Option<&'static str> {
        self.spelling.facts_query()
    }

    /// What asks for the foreign keys to a table, where an error of one names nothing.
    pub(crate) fn keys_query(&self) -> Option<&'static str> {
        self.spelling.keys_query()
    }

    /// What asks for the columns of a UNIQUE, where an error names its index alone.
    pub(crate) fn unique_columns_query(&self) -> Option<&'static str> {
        self.spelling.unique_columns_query()
    }

    /// What asks for the columns of a foreign key, where an error names the key alone.
    pub(crate) fn key_columns_query(&self) -> Option<&'static str> {
        self.spelling.key_columns_query()
    }

    /// What asks for the tables that are there.
    pub(crate) fn existing(&self) -> &'static Existing {
        self.spelling.existing()
    }

    /// What is known of the tables that are not ours.
    pub(crate) fn facts(&self) -> Option<&Facts> {
        self.facts.as_deref()
    }

    /// How the database spells things.
    pub(crate) fn spelling(&self) -> &'static dyn Spelling {
        self.spelling
    }
}

impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Dialect").field(&self.name()).finish()
    }
}

impl PartialEq for Dialect {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Dialect {}
