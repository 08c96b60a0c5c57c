//! `impl Model`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::draft::Draft;
use super::{definition, handles};
use crate::ir::{Column, Flattened, Model, Relation};

pub(crate) fn model(model: &Model, draft: &Draft<'_>) -> TokenStream {
    let Model { ident, handles: name, .. } = model;
    let (start, complete, new) = (draft.start(), draft.complete(), draft.empty());
    let key_type = handles::key_type(model, &model.key);
    let (key, at, decode, touch) = (key(model), handles::at(model), decode(model), touch(model));
    let (encode, holder) = (encode(model), holder(model));
    quote! {
        #[automatically_derived]
        impl __d::Model for #ident {
            type Key = #key_type;
            type Fields<R: 'static, N: __d::Presence> = #name<R, N>;
            type New = #start;
            type Draft = #complete;

            fn root() -> &'static __d::Path {
                &__ROOT
            }

            fn fields() -> &'static #name<Self, __d::Here> {
                static __HANDLES: __d::LazyLock<#name<#ident, __d::Here>> =
                    __d::LazyLock::new(|| <#ident as __d::Model>::fields_at(&__ROOT));
                &__HANDLES
            }

            fn fields_at<R: 'static, N: __d::Presence>(path: &'static __d::Path) -> #name<R, N> {
                #at
            }

            fn new() -> Self::New {
                #new
            }

            fn key(&self) -> Self::Key {
                #key
            }

            fn decode(row: &mut __d::RowReader<'_>) -> __d::Result<Self> {
                #decode
            }

            fn encode(&self) -> __d::Result<::std::vec::Vec<__d::Value>> {
                #encode
            }

            #holder

            #touch
        }
    }
}

fn key(model: &Model) -> TokenStream {
    let part = |&index: &usize| {
        let column = &model.columns[index];
        let field = &column.ident;
        if column.target().is_some() {
            quote!(self.#field.id())
        } else {
            quote!(::std::clone::Clone::clone(&self.#field))
        }
    };
    match &*model.key {
        [one] => part(one),
        many => {
            let parts = many.iter().map(part);
            quote!((#(#parts,)*))
        }
    }
}

fn encode(model: &Model) -> TokenStream {
    let values = encoded(model);
    if model.flattened.is_empty() {
        return quote!(::std::result::Result::Ok(::std::vec![#(#values),*]));
    }
    let flattened = model.flattened.iter().map(|flattened| (&flattened.ident, flattened.as_columns()));
    let shared = flattened.map(|(ident, columns)| quote!(#columns::encode(&self.#ident, &mut row)?;));
    quote! {
        let mut row = ::std::vec![#(#values),*];
        #(#shared)*
        ::std::result::Result::Ok(row)
    }
}

/// Each column's value, as an expression.
fn encoded(model: &Model) -> impl Iterator<Item = TokenStream> {
    model.columns.iter().map(|column| {
        let (ident, ty) = (&column.ident, column.stored());
        quote_spanned!(column.ty.span()=> <#ty as __d::FieldType>::encode(&self.#ident)?)
    })
}

fn decode(model: &Model) -> TokenStream {
    let columns = model.columns.iter().map(|column| {
        let (ident, ty) = (&column.ident, column.stored());
        let value = quote_spanned!(column.ty.span()=> row.read::<#ty>()?);
        quote!(#ident: #value,)
    });
    let flattened = model.flattened.iter().map(|flattened| {
        let (ident, columns) = (&flattened.ident, flattened.as_columns());
        quote!(#ident: #columns::decode(row)?,)
    });
    let relations = model.relations.iter().map(|relation| &relation.ident);
    quote! {
        ::std::result::Result::Ok(Self {
            #(#columns)*
            #(#flattened)*
            #(#relations: ::std::default::Default::default(),)*
        })
    }
}

/// `holder`, of a model or a struct of shared columns with relations.
fn holder(model: &Model) -> Option<TokenStream> {
    let (argument, one) = match model.shared {
        true => (quote!(field: usize), None),
        false => (quote!(field: __d::Link), Some(quote!(__d::Link::One))),
    };
    let held = model.columns.iter().enumerate().filter(|(_, column)| column.target().is_some());
    let arms: Vec<_> = held
        .map(|(index, Column { ident, .. })| quote!(#one(#index) => ::std::option::Option::Some(&mut self.#ident),))
        .chain(model.relations.iter().enumerate().map(|(index, Relation { ident, .. })| {
            quote!(__d::Link::Many(#index) => ::std::option::Option::Some(&mut self.#ident),)
        }))
        .chain(passed_on(model, |first, columns, ident| {
            quote!(#one(field @ #first..) => #columns::holder(&mut self.#ident, field - #first),)
        }))
        .collect();
    if arms.is_empty() {
        return None;
    }
    Some(quote! {
        fn holder(&mut self, #argument) -> ::std::option::Option<&mut dyn __d::RelationHolder> {
            match field {
                #(#arms)*
                _ => ::std::option::Option::None,
            }
        }
    })
}

/// Arms of a `match` on a field's index that leave flattened columns to their struct: from the last struct to the first,
/// each from its first column on.
fn passed_on(model: &Model, arm: impl Fn(Ident, TokenStream, &Ident) -> TokenStream) -> Vec<TokenStream> {
    let flattened = model.flattened.iter().enumerate().rev();
    flattened.map(|(place, flattened)| arm(Flattened::first(place), flattened.as_columns(), &flattened.ident)).collect()
}

/// `touch`, of a model with fields that every save sets to now.
fn touch(model: &Model) -> Option<TokenStream> {
    let touched = model.columns.iter().enumerate().filter(|(_, column)| column.options.auto_now);
    let arms: Vec<_> = touched
        .map(|(index, Column { ident, .. })| quote!(#index => self.#ident = row.read()?,))
        .chain(passed_on(
            model,
            |first, columns, ident| quote!(#first.. => #columns::touch(&mut self.#ident, field - #first, row)?,),
        ))
        .collect();
    if arms.is_empty() {
        return None;
    }
    Some(quote! {
        fn touch(&mut self, field: usize, row: &mut __d::RowReader<'_>) -> __d::Result<()> {
            match field {
                #(#arms)*
                _ => {}
            }
            ::std::result::Result::Ok(())
        }
    })
}

/// `impl Columns`, of a struct of shared columns.
pub(crate) fn columns(model: &Model, draft: &Draft<'_>) -> TokenStream {
    let Model { ident, handles: name, .. } = model;
    let (fields, values) = (definition::shared(model), encoded(model));
    let (start, new, state) = (draft.start(), draft.empty(), draft.whole());
    let (at, decode, holder, touch) = (handles::at(model), decode(model), holder(model), touch(model));
    quote! {
        #[automatically_derived]
        impl __d::Columns for #ident {
            const FIELDS: &'static [__d::FieldDef] = #fields;

            type Fields<R: 'static, N: __d::Presence> = #name<R, N>;
            type New = #start;
            type Start<F: 'static> = #state;

            fn fields_at<R: 'static, N: __d::Presence>(path: &'static __d::Path, first: usize) -> #name<R, N> {
                #at
            }

            fn new() -> Self::New {
                #new
            }

            fn decode(row: &mut __d::RowReader<'_>) -> __d::Result<Self> {
                #decode
            }

            fn encode(&self, row: &mut ::std::vec::Vec<__d::Value>) -> __d::Result<()> {
                row.extend([#(#values),*]);
                ::std::result::Result::Ok(())
            }

            #holder

            #touch
        }
    }
}
