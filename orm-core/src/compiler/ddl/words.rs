//! What all statements of a schema share.

use crate::compiler::writer::Writer;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::Written;
use crate::statement::Statement;

impl Writer<'_> {
    /// The statement that was written.
    pub(super) fn into_schema(self) -> Statement {
        Statement::schema(self.into_text())
    }

    pub(super) fn constraint(&mut self, name: &str) {
        self.push("CONSTRAINT ");
        self.identifier(name);
        self.push(" ");
    }

    pub(super) fn written(&mut self, condition: &Written) -> Result<()> {
        match condition.0.get(self.dialect.name()) {
            Some(words) => self.write(words),
            None => Err(Error::internal(format!("a condition has no words for {}", self.dialect.name()))),
        }
    }

    pub(super) fn supported(&self, supported: bool, feature: &str) -> Result<()> {
        if supported {
            return Ok(());
        }
        Err(ErrorKind::Unsupported { feature: feature.to_owned(), backend: self.dialect.name() }.into())
    }
}
