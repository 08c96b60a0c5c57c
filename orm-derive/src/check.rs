//! What a model may not say.

use crate::diag::Faults;
use crate::ir::Model;

pub(crate) fn check(_model: &Model, _faults: &mut Faults) {}
