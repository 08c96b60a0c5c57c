//! Tables as data: owned, comparable and serializable, so that migrations can keep them and hold them against each
//! other. [`Table::of`] makes one from a model; the compiler writes the DDL.

mod names;
mod naming;
mod pairs;
mod table;

pub use names::check_names;
pub use naming::{constraint_name, foreign_key_name, length_check};
pub use pairs::Pairs;
pub use table::JoinTable;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::OnDelete;
use crate::value::Kind;

/// A table with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The model it is made from, for messages: `Book`, or `Book.tags` for pairs.
    pub model: String,
    /// The schema that it is in, where it is not the one that the connection looks in.
    pub schema: Option<String>,
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The names of the primary key's columns.
    pub primary_key: Vec<String>,
    /// The UNIQUE constraints, those of single columns included.
    pub uniques: Vec<Unique>,
    /// The indexes, those of foreign keys included.
    pub indexes: Vec<Index>,
    /// The CHECK constraints, those of narrow integers and choices included.
    pub checks: Vec<Check>,
    /// The foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// The comment in the database.
    pub comment: Option<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds; the dialects spell the type.
    pub kind: Kind,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Whether the database numbers new rows by it.
    pub auto: bool,
    /// The most characters of a text, or bytes.
    pub max_length: Option<u32>,
    /// The most characters of its texts, where all of them are known (`Choices`).
    pub longest_choice: Option<u32>,
    /// How many digits a decimal has in all.
    pub max_digits: Option<u32>,
    /// How many of them stand behind the point.
    pub decimal_places: Option<u32>,
    /// The default, as an SQL literal or expression.
    pub default: Option<String>,
    /// The collation of a text.
    pub collation: Option<String>,
    /// The type that it takes from the column of others that it refers to, in the words of the database.
    pub type_name: Option<String>,
    /// What the database computes it from.
    pub generated: Option<Generated>,
    /// The comment in the database.
    pub comment: Option<String>,
}

/// What the database computes a column from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Generated {
    /// The expression.
    pub expression: Written,
    /// Whether it is stored, or computed when read.
    pub stored: bool,
}

/// A UNIQUE constraint; with a condition or expressions, a unique index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unique {
    /// Its name.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// What it is over instead of columns.
    pub expressions: Vec<Written>,
    /// Whether it is checked at commit.
    pub deferrable: bool,
    /// The rows it concerns.
    pub condition: Option<Written>,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// The names of its columns, each with whether it descends.
    pub columns: Vec<(String, bool)>,
    /// What it is over instead of columns.
    pub expressions: Vec<Written>,
    /// Further columns kept in the index, where the database can.
    pub include: Vec<String>,
    /// The access method, where the database has several.
    pub method: Option<String>,
    /// The rows it covers, where the database can leave some out.
    pub condition: Option<Written>,
}

/// A CHECK constraint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// What it demands.
    pub rule: Rule,
}

/// What a CHECK constraint demands. NULL always passes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Rule {
    /// An integer lies within bounds; a bound that the column's type has anyway is absent.
    Range {
        /// The name of the column.
        column: String,
        /// The least value.
        min: Option<i64>,
        /// The greatest value.
        max: Option<i64>,
    },
    /// A text is one of a list.
    Texts {
        /// The name of the column.
        column: String,
        /// The texts.
        values: Vec<String>,
    },
    /// An integer is one of a list.
    Integers {
        /// The name of the column.
        column: String,
        /// The integers.
        values: Vec<i64>,
    },
    /// A condition written with the model.
    Written(Written),
}

impl ForeignKey {
    /// Tells whether this is the table referred to.
    pub fn refers_to(&self, table: &Table) -> bool {
        self.target == table.name && self.target_schema == table.schema
    }

    /// The names of the columns that refer.
    pub fn referring(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(column, _)| column.as_str())
    }

    /// The names of the columns referred to.
    pub fn referred(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(_, target)| target.as_str())
    }
}

impl Rule {
    /// The column that it concerns, if that is one alone.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::Range { column, .. } | Self::Texts { column, .. } | Self::Integers { column, .. } => Some(column),
            Self::Written(_) => None,
        }
    }
}

/// A condition or expression in the words of each dialect, by the dialect's name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Written(pub BTreeMap<String, String>);

/// A foreign key, of one column or of several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// Its name.
    pub name: String,
    /// The names of the columns that refer, each with that of the column it refers to.
    pub columns: Vec<(String, String)>,
    /// The schema of the table referred to.
    pub target_schema: Option<String>,
    /// The name of the table referred to.
    pub target: String,
    /// What happens to the row when the row it refers to is deleted.
    pub on_delete: OnDelete,
}
