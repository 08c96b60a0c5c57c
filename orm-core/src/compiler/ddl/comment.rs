//! Comments on tables and columns: where they are defined, or as statements.

use crate::compiler::writer::Writer;
use crate::dialect::{Comments, Dialect};
use crate::schema::Table;
use crate::statement::Statement;

/// The comments of a table, where they are statements.
pub(super) fn comments(table: &Table, dialect: &Dialect) -> Vec<Statement> {
    if dialect.features().comments != Comments::Statements {
        return Vec::new();
    }
    let of_columns = table.columns.iter().filter_map(|column| Some((Some(&column.name), column.comment.as_ref()?)));
    let of_table = table.comment.iter().map(|comment| (None, comment));
    of_table.chain(of_columns).map(|(column, comment)| comment_on(table, column, comment, dialect)).collect()
}

fn comment_on(table: &Table, column: Option<&String>, comment: &str, dialect: &Dialect) -> Statement {
    let mut writer = Writer::inline(dialect);
    writer.push(if column.is_some() { "COMMENT ON COLUMN " } else { "COMMENT ON TABLE " });
    writer.qualified(table.schema.as_deref(), &table.name);
    if let Some(column) = column {
        writer.push(".");
        writer.identifier(column);
    }
    writer.push(" IS ");
    writer.push(&dialect.spelling().text_literal(comment));
    writer.into_schema()
}

impl Writer<'_> {
    /// The comment of what is being defined, where it stands there.
    pub(super) fn inline_comment(&mut self, comment: Option<&str>) {
        if let (Some(comment), Comments::Inline) = (comment, self.features().comments) {
            self.push(" COMMENT ");
            let comment = self.spelling().text_literal(comment);
            self.push(&comment);
        }
    }
}
