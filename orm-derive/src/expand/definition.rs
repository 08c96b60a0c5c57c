//! The statics: a model's metadata.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::ir::{Column, Constraint, Flattened, Model, Place, Relation};
use crate::naming;
use crate::parse::{Index, Unique, Written};

/// `__FIELDS`, `__DEFINITION` and `__ROOT`.
pub(crate) fn statics(model: &Model) -> TokenStream {
    let (fields, options) = (fields(model), options(model));
    let (name, table, key) = (naming::plain(&model.ident), &model.table, &model.key);
    quote! {
        #fields

        static __DEFINITION: __d::ModelDef = __d::ModelDef {
            name: #name,
            table: #table,
            fields: &__FIELDS,
            primary_key: &[#(#key),*],
            #options
            ..__d::ModelDef::PLAIN
        };

        static __ROOT: __d::Path = __d::Path::root(&__DEFINITION);
    }
}

/// `__FIELDS`; with flattened structs, their columns behind the model's own.
fn fields(model: &Model) -> TokenStream {
    let (count, own) = (model.columns.len(), model.columns.iter().map(field));
    let Some(first) = model.flattened.first() else {
        return quote!(static __FIELDS: [__d::FieldDef; #count] = [#(#own),*];);
    };
    let firsts = (0..=model.flattened.len()).map(Flattened::first);
    let before = std::iter::once(quote!(#count)).chain(model.flattened.iter().enumerate().map(|(place, flattened)| {
        let (first, columns) = (Flattened::first(place), flattened.as_columns());
        quote!(#first + #columns::FIELDS.len())
    }));
    let (end, parts) = (Flattened::first(model.flattened.len()), model.flattened.iter().map(Flattened::as_columns));
    let concatenated = quote_spanned!(first.ty.span()=> __d::concat(&[&[#(#own),*], #(#parts::FIELDS),*]));
    quote! {
        #(const #firsts: usize = #before;)*
        static __FIELDS: [__d::FieldDef; #end] = #concatenated;
    }
}

/// `FIELDS` of shared columns.
pub(crate) fn shared(model: &Model) -> TokenStream {
    let fields = model.columns.iter().map(field);
    quote!(&[#(#fields),*])
}

fn options(model: &Model) -> TokenStream {
    let mut tokens = TokenStream::new();
    let mut list = |name: &str, items: Vec<TokenStream>| {
        if !items.is_empty() {
            let name = quote::format_ident!("{name}");
            tokens.extend(quote!(#name: &[#(#items),*],));
        }
    };
    let ordering =
        |(field, descending): &(Place, bool)| quote!(__d::OrderingDef { field: #field, descending: #descending });
    list("relations", model.relations.iter().map(relation).collect());
    list("ordering", model.ordering.iter().map(ordering).collect());
    list("uniques", model.uniques.iter().map(unique).collect());
    list("indexes", model.indexes.iter().map(index).collect());
    if !model.managed {
        tokens.extend(quote!(managed: false,));
    }
    if let Some(schema) = &model.schema {
        tokens.extend(quote!(schema: Some(#schema),));
    }
    if let Some(comment) = &model.comment {
        tokens.extend(quote!(comment: Some(#comment),));
    }
    tokens
}

fn relation(relation: &Relation) -> TokenStream {
    let (name, target) = (naming::plain(&relation.ident), &relation.target);
    let field = relation.related.field.as_ref().map(naming::plain);
    let kind = if relation.many_to_many {
        let through =
            option(relation.related.through.as_ref().map(|through| quote!(<#through as __d::Model>::definition)));
        let reverse_of = option(field);
        quote!(__d::RelationKind::ManyToMany { through: #through, reverse_of: #reverse_of })
    } else {
        quote!(__d::RelationKind::HasMany { field: #field })
    };
    quote!(__d::RelationDef { name: #name, target: <#target as __d::Model>::definition, kind: #kind })
}

fn unique(unique: &Constraint<Unique>) -> TokenStream {
    let Unique { on, deferrable, .. } = &unique.written;
    let name = on.name.as_ref().map_or(String::new(), syn::LitStr::value);
    let fields = unique.fields.iter().map(|(field, _)| field);
    quote!(__d::UniqueDef { name: #name, fields: &[#(#fields),*], deferrable: #deferrable })
}

fn index(index: &Constraint<Index>) -> TokenStream {
    let Index { on, method, .. } = &index.written;
    let name = on.name.as_ref().map_or(String::new(), syn::LitStr::value);
    let (method, include) = (option(method.as_ref()), &index.include);
    let fields = index.fields.iter().map(|(field, descending)| quote!((#field, #descending)));
    quote!(__d::IndexDef { name: #name, fields: &[#(#fields),*], include: &[#(#include),*], method: #method })
}

/// One entry of `__FIELDS`: only what differs from a plain column.
fn field(column: &Column) -> TokenStream {
    let (name, ty) = (column.plain_name(), column.stored());
    let mut said = said(column);
    if let Some(foreign_key) = foreign_key(column) {
        said.extend(quote!(foreign_key: Some(#foreign_key),));
    }
    let column = &column.column;
    let plain = quote!(__d::FieldDef::of::<#ty>(#name, #column));
    if said.is_empty() { plain } else { quote!(__d::FieldDef { #said ..#plain }) }
}

fn said(column: &Column) -> TokenStream {
    let options = &column.options;
    let flags = [
        ("primary_key", column.key),
        ("auto", column.auto),
        ("unique", column.unique()),
        ("index", column.index),
        ("blank", options.blank),
        ("email", options.email),
        ("url", options.url),
        ("auto_now", options.auto_now),
        ("auto_now_add", options.auto_now_add),
        ("generated", options.generated.is_some()),
    ];
    let ty = &column.ty;
    let default = options.default.as_ref().map(|value| quote!(|| <_ as __d::Assign<#ty>>::assign(#value)));
    let field = (column.ident != column.name).then(|| naming::plain(&column.ident));
    let values: [(&str, Option<TokenStream>); 12] = [
        ("field", tokens(&field)),
        ("max_length", tokens(&options.max_length)),
        ("min_length", tokens(&options.min_length)),
        ("min", tokens(&options.min)),
        ("max", tokens(&options.max)),
        ("regex", tokens(&options.regex)),
        ("max_digits", tokens(&options.max_digits)),
        ("decimal_places", tokens(&options.decimal_places)),
        ("default", default),
        ("db_default", tokens(&options.db_default)),
        ("collation", tokens(&options.collation)),
        ("comment", tokens(&options.comment)),
    ];
    let flags = flags.into_iter().filter(|(_, said)| *said).map(|(name, _)| (name, quote!(true)));
    let values = values
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .map(|(name, value)| (name, quote!(Some(#value))));
    let entries = flags.chain(values).map(|(name, value)| {
        let name = quote::format_ident!("{name}");
        quote!(#name: #value,)
    });
    entries.collect()
}

fn foreign_key(column: &Column) -> Option<TokenStream> {
    let Written::Key { target, one_to_one, .. } = &column.written else { return None };
    let on_delete = column.options.on_delete.as_ref()?;
    Some(quote! {
        __d::ForeignKeyDef {
            target: <#target as __d::Model>::definition,
            on_delete: __d::OnDelete::#on_delete,
            one_to_one: #one_to_one,
        }
    })
}

fn tokens(value: &Option<impl ToTokens>) -> Option<TokenStream> {
    value.as_ref().map(ToTokens::to_token_stream)
}

fn option(value: Option<impl ToTokens>) -> TokenStream {
    value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
}
