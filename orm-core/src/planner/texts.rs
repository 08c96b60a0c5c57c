//! How the values of expressions are compared: as ours are, or otherwise.

use super::plan::Expr;
use crate::dialect::{ColumnFacts, Dialect, TextOrder};
use crate::value::{Kind, Value};

impl Expr<'_> {
    /// How the text is ordered.
    pub(crate) fn text_order(&self, dialect: &Dialect) -> TextOrder {
        match self.source() {
            Self::Column(column) => dialect.text_order(column.table.model, column.field),
            Self::Related(related) => dialect.text_order(related.column.table.model, related.column.field),
            Self::Call(called) => {
                let mut texts = called.arguments.iter().filter(|argument| argument.kind() == Kind::Text);
                let is_unsure = |text: &Self| matches!(text.text_order(dialect), TextOrder::Unsure(_));
                match texts.any(is_unsure) {
                    true => TextOrder::Unsure(dialect.spelling().by_code_point(None)),
                    false => TextOrder::CodePoints,
                }
            }
            _ => TextOrder::CodePoints,
        }
    }

    /// Tells whether a text is sure to be compared code point by code point: in a column of ours without a collation, or
    /// in one that is known to be like ours.
    pub(crate) fn is_collated(&self, dialect: &Dialect) -> bool {
        let Some(column) = self.as_column() else { return false };
        if self.kind() != Kind::Text {
            return column.has_own_type() && column.field.collation.is_none();
        }
        matches!(self.text_order(dialect), TextOrder::CodePoints)
    }

    /// Tells whether the texts that start with a prefix are a range to the database, perhaps in other words.
    pub(super) fn has_ranges(&self, dialect: &Dialect) -> bool {
        let free =
            || !dialect.spelling().knows_collations() && matches!(self.text_order(dialect), TextOrder::Unsure(_));
        self.as_column().is_some() && (self.is_collated(dialect) || free())
    }

    /// What is known of it as a column that may not be like ours.
    pub(super) fn unlike_ours(&self, dialect: &Dialect) -> Option<ColumnFacts> {
        let column = self.as_column()?;
        dialect.unlike_ours(column.table.model, column.field)
    }

    /// Tells whether some of these texts may be refused beside it, so that they are looked for in a list.
    pub(super) fn may_lack(&self, values: &[&Value], dialect: &Dialect) -> bool {
        if self.kind() != Kind::Text {
            return false;
        }
        let Some(collation) = self.unlike_ours(dialect).and_then(|column| column.collation) else { return false };
        let lacks = |value: &Value| matches!(value, Value::Text(text) if dialect.spelling().may_lack(&collation, text));
        values.iter().any(|value| lacks(value))
    }

    /// Tells whether it is a column that may have several forms.
    pub(super) fn lists_forms(&self, dialect: &Dialect) -> bool {
        self.as_column().is_some_and(|column| dialect.lists_forms(column.table.model, column.field))
    }

    /// Tells whether it is a column whose values are converted to our own form.
    pub(super) fn is_converted(&self, dialect: &Dialect) -> bool {
        self.as_column().is_some_and(|column| dialect.conversion(column.table.model, column.field).is_some())
    }

    /// Tells whether it is a column that may have several forms, and an index serves where a single value is looked for.
    pub(super) fn has_forms(&self, dialect: &Dialect) -> bool {
        self.lists_forms(dialect)
            || (matches!(self.kind(), Kind::DateTime | Kind::Timestamp) && self.is_converted(dialect))
    }
}
