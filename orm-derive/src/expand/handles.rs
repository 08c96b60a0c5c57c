//! The struct of handles: what a closure gets, one field per column and relation.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::ir::{Column, Flattened, Model, Relation};
use crate::naming;
use crate::parse::Written;

/// `pub struct BookFields<R, N> { … }`.
pub(crate) fn handles(model: &Model) -> TokenStream {
    let Model { ident, vis, handles, .. } = model;
    let fields = model.columns.iter().map(field).chain(model.flattened.iter().map(flattened));
    let fields = fields.chain(model.relations.iter().map(relation));
    let key = key(model);
    let (root, presence) = match model.shared {
        true => (None, None),
        false => (Some(quote!(= #ident)), Some(quote!(= ::dormouse::__private::Here))),
    };
    let docs = format!("The handles of [`{ident}`]'s fields: what a closure of a queryset gets.");
    quote! {
        #[doc = #docs]
        #[allow(dead_code, non_snake_case)]
        #vis struct #handles<
            R: 'static #root,
            N: ::dormouse::__private::Presence #presence,
        > {
            #(#fields)*
            #key
            __path: &'static ::dormouse::__private::Path,
            __types: ::dormouse::__private::PhantomData<fn() -> (R, N)>,
        }
    }
}

fn field(column: &Column) -> TokenStream {
    let Column { vis, name, docs, .. } = column;
    let ty = handle_type(column);
    let line = format!("The column `{}`.", column.column);
    let docs = if docs.is_empty() { quote!(#[doc = #line]) } else { quote!(#(#docs)*) };
    quote! { #docs #vis #name: #ty, }
}

fn flattened(flattened: &Flattened) -> TokenStream {
    let Flattened { vis, name, docs, .. } = flattened;
    let columns = flattened.as_columns();
    let line = format!("The columns of `{}`.", naming::plain(name));
    let docs = if docs.is_empty() { quote!(#[doc = #line]) } else { quote!(#(#docs)*) };
    quote! { #docs #vis #name: #columns::Fields<R, N>, }
}

fn relation(relation: &Relation) -> TokenStream {
    let Relation { vis, ident, docs, target, .. } = relation;
    let line = format!("The relation `{}`.", naming::plain(ident));
    let docs = if docs.is_empty() { quote!(#[doc = #line]) } else { quote!(#(#docs)*) };
    quote! { #docs #vis #ident: ::dormouse::__private::ToMany<R, #target, N>, }
}

fn handle_type(column: &Column) -> TokenStream {
    let ty = &column.ty;
    match &column.written {
        Written::Key { target, nullable: false, .. } => quote!(::dormouse::__private::ToOne<R, #target, N>),
        Written::Key { target, nullable: true, .. } => {
            quote!(::dormouse::__private::ToOne<R, #target, ::dormouse::__private::Maybe>)
        }
        _ => quote_spanned! {ty.span()=>
            ::dormouse::__private::Col<R, ::dormouse::__private::At<N, #ty>>
        },
    }
}

/// The handle `pk`, where no field has taken the name.
fn key(model: &Model) -> Option<TokenStream> {
    let ty = match &*model.key {
        _ if has_own_pk(model) => return None,
        [] => return None,
        [one] => handle_type(&model.columns[*one]),
        many => {
            let key = key_type(model, many);
            quote!(::dormouse::__private::KeyOf<R, #key, N>)
        }
    };
    let vis = &model.vis;
    Some(quote! {
        /// The primary key.
        #vis pk: #ty,
    })
}

fn has_own_pk(model: &Model) -> bool {
    model.columns.iter().any(|column| column.name == "pk")
}

/// The type of the primary key: of one column, or a tuple.
pub(crate) fn key_type(model: &Model, key: &[usize]) -> TokenStream {
    let part = |&index: &usize| {
        let column = &model.columns[index];
        let ty = &column.ty;
        match column.target() {
            Some(target) => quote!(<#target as ::dormouse::__private::Model>::Key),
            None => quote!(#ty),
        }
    };
    match key {
        [one] => part(one),
        many => {
            let parts = many.iter().map(part);
            quote!((#(#parts,)*))
        }
    }
}

/// The handles at a path, as an expression; `path` is in scope, and for shared columns the index of the `first`.
pub(crate) fn at(model: &Model) -> TokenStream {
    let handles = &model.handles;
    let made = model.columns.iter().enumerate().map(|(index, column)| {
        let local = format_ident!("__{index}");
        let handle = if column.target().is_some() { quote!(__d::ToOne) } else { quote!(__d::Col) };
        let field = if model.shared { quote!(path.model.fields[first + #index]) } else { quote!(__FIELDS[#index]) };
        quote!(let #local = #handle::new(path, &#field);)
    });
    let flattened = model.flattened.iter().enumerate().map(|(place, flattened)| {
        let (name, columns, first) = (&flattened.name, flattened.as_columns(), Flattened::first(place));
        quote!(#name: #columns::fields_at(path, #first),)
    });
    let relations = model.relations.iter().enumerate().map(|(index, relation)| {
        let ident = &relation.ident;
        quote!(#ident: __d::ToMany::new(path, &__DEFINITION.relations[#index]),)
    });
    let named = model.columns.iter().enumerate().map(|(index, column)| {
        let (name, local) = (&column.name, format_ident!("__{index}"));
        quote!(#name: #local,)
    });
    let key = match &*model.key {
        _ if has_own_pk(model) => None,
        [] => None,
        [one] => {
            let local = format_ident!("__{one}");
            Some(quote!(pk: #local,))
        }
        _ => Some(quote!(pk: __d::KeyOf::new(path),)),
    };
    quote! {
        #(#made)*
        #handles { #(#named)* #(#flattened)* #(#relations)* #key __path: path, __types: __d::PhantomData }
    }
}

/// `row()`, and `Debug` in one line.
pub(crate) fn methods(model: &Model) -> TokenStream {
    let Model { ident, vis, handles, .. } = model;
    let debug = debug(model);
    quote! {
        impl<R: 'static, N: __d::Presence> #handles<R, N> {
            /// The whole row, to be selected by `values`.
            #vis fn row(&self) -> __d::RowOf<R, #ident, N> {
                __d::RowOf::new(self.__path)
            }
        }

        #debug
    }
}

/// `Debug` in one line.
pub(crate) fn debug(model: &Model) -> TokenStream {
    let handles = &model.handles;
    let name = handles.to_string();
    quote! {
        #[automatically_derived]
        impl<R: 'static, N: __d::Presence> ::std::fmt::Debug for #handles<R, N> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(#name)
            }
        }
    }
}
