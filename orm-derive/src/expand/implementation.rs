//! `impl Model`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::draft::Draft;
use super::handles;
use crate::ir::{Column, Model};

pub(crate) fn model(model: &Model, draft: &Draft<'_>) -> TokenStream {
    let Model { ident, handles: name, .. } = model;
    let (start, complete, new) = (draft.start(), draft.complete(), draft.empty());
    let key_type = handles::key_type(model, &model.key);
    let (key, at, decode, attach, touch) = (key(model), handles::at(model), decode(model), attach(model), touch(model));
    let encode = model.columns.iter().map(|column| {
        let (ident, ty) = (&column.ident, column.stored());
        quote_spanned!(column.ty.span()=> <#ty as __d::FieldType>::encode(&self.#ident)?)
    });
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

            fn attach(&mut self, field: usize, row: &mut __d::RowReader<'_>, shape: &__d::Shape) -> __d::Result<()> {
                #attach
            }

            fn encode(&self) -> __d::Result<::std::vec::Vec<__d::Value>> {
                ::std::result::Result::Ok(::std::vec![#(#encode),*])
            }

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

fn decode(model: &Model) -> TokenStream {
    let columns = model.columns.iter().map(|column| {
        let (ident, ty) = (&column.ident, column.stored());
        let value = quote_spanned!(column.ty.span()=> row.read::<#ty>()?);
        quote!(#ident: #value,)
    });
    let relations = model.relations.iter().map(|relation| &relation.ident);
    quote! {
        ::std::result::Result::Ok(Self {
            #(#columns)*
            #(#relations: ::std::default::Default::default(),)*
        })
    }
}

fn attach(model: &Model) -> TokenStream {
    let held = model.columns.iter().enumerate().filter(|(_, column)| column.target().is_some());
    let arms: Vec<_> = held
        .map(|(index, Column { ident, .. })| quote!(#index => __d::Attach::attach(&mut self.#ident, row, shape),))
        .collect();
    if arms.is_empty() {
        return quote! { let _ = (row, shape); __d::no_relation(&__DEFINITION, field) };
    }
    quote! {
        match field {
            #(#arms)*
            _ => __d::no_relation(&__DEFINITION, field),
        }
    }
}

/// `touch`, of a model with fields that every save sets to now.
fn touch(model: &Model) -> Option<TokenStream> {
    let touched = model.columns.iter().enumerate().filter(|(_, column)| column.options.auto_now);
    let arms: Vec<_> =
        touched.map(|(index, Column { ident, .. })| quote!(#index => self.#ident = row.read()?,)).collect();
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
