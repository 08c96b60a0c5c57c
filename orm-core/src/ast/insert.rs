//! An INSERT.

use crate::model::ModelDef;
use crate::value::Value;

/// An INSERT of rows into a model's table.
#[derive(Debug, Clone)]
pub struct Insert {
    /// The model.
    pub model: &'static ModelDef,
    /// The columns that are given, as indices into the model's fields.
    pub fields: Vec<usize>,
    /// The values of each row, in the order of `fields`.
    pub rows: Vec<Vec<Value>>,
    /// Whether all columns of the new rows come back (where the database can).
    pub returning: bool,
}
