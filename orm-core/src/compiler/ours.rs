//! Which columns are of types of ours, as far as the models say.

use crate::model::{Column, ModelDef};
use crate::planner::shortest;

/// Whether a column is sure to be of a type of ours.
pub(super) fn has_our_type(column: Column) -> bool {
    let (path, field) = shortest(column);
    field.has_own_type(path.model)
}

/// Whether all columns of a model are sure to be of types of ours.
pub(crate) fn is_ours(model: &ModelDef) -> bool {
    model.fields.iter().all(|field| field.has_own_type(model))
}
