//! From a checked model to the code that fills in its data.
//!
//! The handles and the draft stand beside the struct, where users name them; everything else stands in an unnamed
//! `const`, where `__d` is the library and no name can meet one of the user's.

mod declare;
mod definition;
mod draft;
mod handles;
mod implementation;
mod relations;

pub(crate) use draft::Draft;
pub(crate) use handles::{handles, key_type};

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::Model;

/// Everything that the derive adds for a model.
pub(crate) fn model(model: &Model) -> TokenStream {
    let draft = Draft::of(model);
    let (handles, builder) = (handles(model), draft.builder());
    let parts = [
        handles::methods(model),
        definition::statics(model),
        implementation::model(model, &draft),
        declare::declare(model),
        draft.methods(),
        relations::checks(model),
    ];
    let parts = unnamed(parts);
    quote! { #handles #builder #parts }
}

/// Everything that the derive adds for a struct of shared columns.
pub(crate) fn columns(model: &Model) -> TokenStream {
    let draft = Draft::of(model);
    let (handles, builder) = (handles(model), draft.builder());
    let parts = unnamed([handles::debug(model), implementation::columns(model, &draft), draft.methods()]);
    quote! { #handles #builder #parts }
}

/// Puts items where they collide with nothing.
pub(crate) fn unnamed(parts: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    let parts = parts.into_iter();
    quote! {
        #[allow(clippy::all, deprecated, dead_code, unused_imports, non_camel_case_types, non_snake_case)]
        const _: () = {
            use ::dormouse::__private as __d;
            #(#parts)*
        };
    }
}
