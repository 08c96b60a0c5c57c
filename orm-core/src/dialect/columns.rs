//! What is known of a model's columns in a database, and what follows from it.

use std::borrow::Cow;
use std::sync::Arc;

use super::Dialect;
use super::facts::{ColumnFacts, TableFacts};
use crate::model::{FieldDef, ModelDef};
use crate::value::Kind;

/// How a text is ordered.
#[derive(Debug)]
pub(crate) enum TextOrder {
    /// By code point: ours, or known to be like ours.
    CodePoints,
    /// As was wished for: as it is, or in these words.
    Wished(Option<String>),
    /// Perhaps otherwise: by code point in these words.
    Unsure(&'static str),
}

impl Dialect {
    /// The same dialect without a database that could be asked: for what is written into a schema.
    pub(crate) fn without_facts(&self) -> Self {
        Self { facts: None, ..self.clone() }
    }

    /// What is known of a table that is not ours.
    pub(crate) fn table_facts(&self, model: &ModelDef) -> Option<Arc<TableFacts>> {
        self.facts()?.of(model)
    }

    /// What is known of a column that may not be of a type of ours: in a table of others, or one that may have the type of a
    /// key of others that it refers to.
    pub(crate) fn column_facts(&self, model: &ModelDef, field: &FieldDef) -> Option<ColumnFacts> {
        if field.has_own_type(model) || (model.managed && !self.spelling.knows_collations()) {
            return None;
        }
        self.table_facts(model)?.column(field.column).cloned()
    }

    /// How a column is converted to our own form, if it needs to be.
    pub(crate) fn conversion(&self, model: &ModelDef, field: &FieldDef) -> Option<Cow<'static, str>> {
        if field.has_own_type(model) {
            return None;
        }
        if let Some(template) = self.spelling.foreign(field.kind) {
            return Some(template.into());
        }
        self.spelling.compared_as(field.kind, &self.column_facts(model, field)?).map(Cow::from)
    }

    /// The condition that a column holds what is read, which fails with an error where it does not; none where it is sure to.
    pub(crate) fn readable(&self, model: &ModelDef, field: &FieldDef) -> Option<&'static str> {
        if field.has_own_type(model) {
            return None;
        }
        self.spelling.readable(field.kind, self.column_facts(model, field).as_ref())
    }

    /// Whether a column may have several forms, each of which is looked for, so that an index serves.
    pub(crate) fn lists_forms(&self, model: &ModelDef, field: &FieldDef) -> bool {
        self.conversion(model, field).is_some() && !self.spelling.forms(field.kind).is_empty()
    }

    /// What is known of a column of texts.
    pub(crate) fn text_facts(&self, model: &ModelDef, field: &FieldDef) -> Option<ColumnFacts> {
        let column = self.column_facts(model, field);
        if !model.managed || column.is_some() {
            return column;
        }
        let collation = Some(self.spelling.own_collation(declared(field))?);
        let text = || "text".to_owned();
        Some(ColumnFacts { type_name: text(), base_name: text(), base: text(), collation, ..ColumnFacts::default() })
    }

    /// What is known of a column that may not be like ours.
    pub(crate) fn unlike_ours(&self, model: &ModelDef, field: &FieldDef) -> Option<ColumnFacts> {
        if model.managed && (field.kind != Kind::Text || declared(field).is_none()) {
            return self.column_facts(model, field);
        }
        self.text_facts(model, field)
    }

    /// How the text of a column is ordered.
    pub(crate) fn text_order(&self, model: &ModelDef, field: &FieldDef) -> TextOrder {
        let wished = declared(field);
        let column = self.column_facts(model, field);
        let column = column.as_ref();
        if model.managed && column.is_none() {
            return wished.map_or(TextOrder::CodePoints, |_| TextOrder::Wished(None));
        }
        match wished {
            Some(name) => TextOrder::Wished(self.spelling.by_collation(name, column)),
            None if column.is_some_and(|column| column.by_code_point) => TextOrder::CodePoints,
            None => TextOrder::Unsure(self.spelling.by_code_point(column)),
        }
    }
}

/// The collation that the model gives a text: a key has that of what it refers to.
pub(crate) fn declared(field: &FieldDef) -> Option<&'static str> {
    field.typed().collation.or(field.collation)
}
