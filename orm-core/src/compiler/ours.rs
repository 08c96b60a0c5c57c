//! Which columns are of types of ours, as far as the models say.

use crate::model::ModelDef;

/// Whether all columns of a model are sure to be of types of ours.
pub(crate) fn is_ours(model: &ModelDef) -> bool {
    model.fields.iter().all(|field| field.has_own_type(model))
}
