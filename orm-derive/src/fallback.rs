//! What stands in for a model that has mistakes: the names, so that nothing else is reported.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use crate::check::KEY_COLUMNS;
use crate::expand::{self, Draft};
use crate::ir::{Column, Flattened, Model};
use crate::naming;

pub(crate) fn model(mut model: Model) -> TokenStream {
    leave_out_clashes(&mut model);
    let draft = Draft::of(&model);
    let (handles, builder) = (expand::handles(&model), draft.builder());
    let parts = expand::unnamed([implementation(&model, &draft), draft.methods()]);
    quote! { #handles #builder #parts }
}

pub(crate) fn columns(mut model: Model) -> TokenStream {
    leave_out_clashes(&mut model);
    model.flattened.clear();
    let draft = Draft::of(&model);
    let (handles, builder) = (expand::handles(&model), draft.builder());
    let parts = expand::unnamed([shared(&model, &draft), draft.methods()]);
    quote! { #handles #builder #parts }
}

/// Drops the columns and relations whose names generated code cannot bear; they were reported.
fn leave_out_clashes(model: &mut Model) {
    let key: Vec<_> = model.key.iter().map(|&index| model.columns[index].ident.clone()).collect();
    let own_key = |column: &Column| key.len() == 1 && key.contains(&column.ident);
    let mut names = BTreeSet::new();
    model.columns.retain(|column| {
        let name = column.plain_name();
        let borne = !name.starts_with("__") && (name != "pk" || own_key(column));
        borne && names.insert(name)
    });
    let mut is_borne = |name: &Ident| {
        let name = naming::plain(name);
        !name.starts_with("__") && name != "pk" && names.insert(name)
    };
    model.flattened.retain(|flattened| is_borne(&flattened.name));
    model.relations.retain(|relation| is_borne(&relation.ident));
    model.key = (0..model.columns.len()).filter(|&index| key.contains(&model.columns[index].ident)).collect();
}

fn implementation(model: &Model, draft: &Draft<'_>) -> TokenStream {
    let Model { ident, vis, handles, .. } = model;
    let (start, complete) = (draft.start(), draft.complete());
    let key = match &*model.key {
        [] => quote!(i64),
        [key @ .., _] if key.len() >= KEY_COLUMNS => quote!(i64),
        key => expand::key_type(model, key),
    };
    // The setters of flattened structs name them.
    let firsts = (0..model.flattened.len()).map(Flattened::first);
    quote! {
        #(const #firsts: usize = 0;)*

        impl<R: 'static, N: __d::Presence> #handles<R, N> {
            #vis fn row(&self) -> __d::RowOf<R, #ident, N> {
                ::std::unreachable!()
            }
        }

        impl __d::Model for #ident {
            type Key = #key;
            type Fields<R: 'static, N: __d::Presence> = #handles<R, N>;
            type New = #start;
            type Draft = #complete;

            fn root() -> &'static __d::Path {
                ::std::unreachable!()
            }

            fn fields() -> &'static #handles<Self, __d::Here> {
                ::std::unreachable!()
            }

            fn fields_at<R: 'static, N: __d::Presence>(_: &'static __d::Path) -> #handles<R, N> {
                ::std::unreachable!()
            }

            fn new() -> Self::New {
                ::std::unreachable!()
            }

            fn key(&self) -> Self::Key {
                ::std::unreachable!()
            }

            fn decode(_: &mut __d::RowReader<'_>) -> __d::Result<Self> {
                ::std::unreachable!()
            }

            fn encode(&self) -> __d::Result<::std::vec::Vec<__d::Value>> {
                ::std::unreachable!()
            }
        }

        impl __d::Declare for #ident {
            fn declared() -> __d::Declared {
                ::std::unreachable!()
            }
        }
    }
}

fn shared(model: &Model, draft: &Draft<'_>) -> TokenStream {
    let Model { ident, handles, .. } = model;
    let (start, state) = (draft.start(), draft.whole());
    let fields = model.columns.iter().map(|column| {
        let (name, column) = (column.plain_name(), &column.column);
        quote!(__d::FieldDef { name: #name, column: #column, ..__d::FieldDef::PLAIN })
    });
    quote! {
        impl __d::Columns for #ident {
            const FIELDS: &'static [__d::FieldDef] = &[#(#fields),*];

            type Fields<R: 'static, N: __d::Presence> = #handles<R, N>;
            type New = #start;
            type Start<F: 'static> = #state;

            fn fields_at<R: 'static, N: __d::Presence>(_: &'static __d::Path, _: usize) -> #handles<R, N> {
                ::std::unreachable!()
            }

            fn new() -> Self::New {
                ::std::unreachable!()
            }

            fn decode(_: &mut __d::RowReader<'_>) -> __d::Result<Self> {
                ::std::unreachable!()
            }

            fn encode(&self, _: &mut ::std::vec::Vec<__d::Value>) -> __d::Result<()> {
                ::std::unreachable!()
            }
        }
    }
}
