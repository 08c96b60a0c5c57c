//! Several databases by alias.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::database::Database;
use crate::error::{Result, SetupMistake};

/// Databases by alias (Django's `DATABASES`). Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Databases {
    by_alias: Arc<BTreeMap<String, Database>>,
}

impl Databases {
    /// No databases.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more. The one called `default` serves what names none.
    #[must_use]
    pub fn add(mut self, alias: impl Into<String>, database: Database) -> Self {
        Arc::make_mut(&mut self.by_alias).insert(alias.into(), database);
        self
    }

    /// The database of an alias.
    ///
    /// # Errors
    /// `Configuration`, with the aliases there are.
    pub fn get(&self, alias: &str) -> Result<&Database> {
        self.by_alias.get(alias).ok_or_else(|| {
            let known = self.by_alias.keys().cloned().collect();
            SetupMistake::UnknownAlias { alias: alias.to_owned(), known }.into()
        })
    }
}
