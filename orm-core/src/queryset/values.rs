//! What is selected instead of whole models.

use std::sync::Arc;

use super::QuerySet;
use crate::ast::Selected;
use crate::expr::{Selection, decode_selection};
use crate::model::Model;
use crate::row::Decoder;
use crate::value::Here;

impl<M: Model, T> QuerySet<M, T> {
    /// Selects expressions instead of models: one, or a tuple of at most 16 (tuples nest). The types follow the
    /// columns; behind a nullable foreign key they are `Option`s.
    pub fn values<S: Selection<M>>(
        self,
        selection: impl FnOnce(&'static M::Fields<M, Here>) -> S,
    ) -> QuerySet<M, S::Out> {
        let mut outputs = Vec::new();
        selection(M::fields()).outputs(&mut outputs);
        self.selecting(Selected::Outputs(outputs.into()), Decoder::new(decode_selection::<M, S>, Arc::default()))
    }
}
