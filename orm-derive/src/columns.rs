//! `#[derive(Columns)]`: columns that models share, step by step.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::diag::Faults;
use crate::ir::Model;
use crate::{check, expand, fallback};

pub(crate) fn derive(input: DeriveInput) -> TokenStream {
    let mut faults = Faults::default();
    let Some(model) = Model::of_columns(&input, &mut faults) else { return faults.report() };
    check::check_columns(&model, &mut faults);
    if faults.is_empty() {
        return expand::columns(&model);
    }
    let mut tokens = faults.report();
    tokens.extend(fallback::columns(model));
    tokens
}
