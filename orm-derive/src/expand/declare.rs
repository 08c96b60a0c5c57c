//! `impl Declare`: the conditions and expressions that metadata cannot hold.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, LitStr};

use crate::ir::Model;
use crate::parse::On;

pub(crate) fn declare(model: &Model) -> TokenStream {
    let ident = &model.ident;
    let checks = model.checks.iter().map(|(name, condition)| quote!(.check::<#ident>(#name, #condition)));
    let on = model.uniques.iter().map(|unique| &unique.written.on);
    let on = on.chain(model.indexes.iter().map(|index| &index.written.on));
    let constraints = on.flat_map(|on| declared(model, on));
    let generated = model.columns.iter().enumerate().filter_map(|(index, column)| {
        let (ty, generated) = (&column.ty, column.generated()?);
        let (expression, stored) = (&generated.expression, generated.stored);
        Some(quote!(.generated::<#ident, #ty, _>(#index, #stored, #expression)))
    });
    quote! {
        #[automatically_derived]
        impl __d::Declare for #ident {
            fn declared() -> __d::Declared {
                use __d::Expression as _;
                __d::Declared::plain(&__DEFINITION) #(#checks)* #(#constraints)* #(#generated)*
            }
        }
    }
}

fn declared(model: &Model, on: &On) -> Vec<TokenStream> {
    let ident = &model.ident;
    let name = on.name.as_ref().map_or(String::new(), LitStr::value);
    let condition = on.condition.as_ref().map(|condition: &Expr| quote!(.condition::<#ident>(#name, #condition)));
    let expressions = on.expressions.as_ref().map(|expressions| quote!(.expressions::<#ident, _>(#name, #expressions)));
    condition.into_iter().chain(expressions).collect()
}
