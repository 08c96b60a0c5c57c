//! The statements that are sent most: a row is inserted, or saved by its key. As they are the same for all rows of a model but for
//! their values, their texts are kept.

use std::sync::Arc;

use super::arithmetic::as_kind;
use super::kept::{self, Columns, Shape, Verb};
use super::ours::is_ours;
use crate::ast::Written;
use crate::dialect::{Dialect, declared};
use crate::error::Result;
use crate::model::ModelDef;
use crate::planner::{NewRows, RowChange, field_at};
use crate::statement::Statement;
use crate::value::{Kind, Value};

/// A statement on one row whose text may be kept.
#[derive(Debug)]
pub struct OneRow {
    model: &'static ModelDef,
    shape: Shape,
    by_key: bool,
}

impl OneRow {
    /// The INSERT of one row; `None` for several.
    pub fn inserted(rows: &NewRows, dialect: &Dialect) -> Option<Self> {
        let given = &rows.given;
        let columns = Columns::these(given.fields.iter().copied()).filter(|_| given.rows.len() == 1)?;
        let shape = Shape::new(Verb::Insert { returning: given.returning }, given.model, columns, dialect);
        Some(Self { model: given.model, shape, by_key: false })
    }

    /// The UPDATE of a row that is saved; `None` for a set of columns that has no short name.
    pub fn saved(row: &RowChange, dialect: &Dialect) -> Option<Self> {
        let model = row.root.model;
        let columns = match &row.written {
            Written::Whole => Columns::Whole,
            Written::Only(_) => Columns::these(row.written.fields(model))?,
        };
        Some(Self { model, shape: Shape::new(Verb::Update, model, columns, dialect), by_key: true })
    }

    /// The text, if it is known from another row.
    pub fn text(&self) -> Option<Arc<str>> {
        kept::find(self.shape)
    }

    /// Keeps the text of the statement for other rows, if it binds just what they would: these values. (Of a table of others the
    /// types are looked at each time; beside a text key with a collation the words depend on the value.)
    pub fn keep(&self, statement: &Statement, binds: &[Value]) {
        let is_collated = || self.model.key_fields().any(|key| key.kind == Kind::Text && declared(key).is_some());
        if is_ours(self.model) && !(self.by_key && is_collated()) {
            kept::keep(self.shape, statement, binds);
        }
    }
}

/// What the INSERT of new rows binds.
///
/// # Errors
/// A column that the model does not have.
pub fn bound(rows: NewRows) -> Result<Vec<Value>> {
    let given = rows.given;
    let row = given.fields.iter().zip(given.rows.into_iter().flatten());
    row.map(|(&index, value)| Ok(as_kind(value, field_at(given.model, index)?.kind))).collect()
}
