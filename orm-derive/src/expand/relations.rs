//! What the compiler is asked to prove of relations without a column: that the other side is as `#[related]` says.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::ir::{Model, Relation};

pub(crate) fn checks(model: &Model) -> TokenStream {
    model.relations.iter().filter_map(|relation| check(model, relation)).collect()
}

/// A function that is never called: it reads the field on the other side, as what it must be.
fn check(model: &Model, relation: &Relation) -> Option<TokenStream> {
    let (this, other) = (&model.ident, &relation.target);
    let field = relation.related.field.as_ref()?;
    let proof = if relation.many_to_many { "is_many_to_many" } else { "is_key_to" };
    let proof = quote::format_ident!("{proof}");
    Some(quote_spanned! { field.span() =>
        const _: fn(&#other) = |other| __d::#proof::<#this>(&other.#field);
    })
}
