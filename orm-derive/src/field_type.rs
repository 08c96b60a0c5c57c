//! `#[derive(FieldType)]`: a newtype is a column type.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Field, Ident, Member, Type};

use crate::diag::Faults;
use crate::expand::unnamed;
use crate::parse::Class;

pub(crate) fn derive(input: DeriveInput) -> TokenStream {
    let mut faults = Faults::default();
    match newtype(&input, &mut faults) {
        Some((member, field)) => unnamed([column_type(&input.ident, &member, &field.ty), key(&input.ident)]),
        None => faults.report(),
    }
}

/// The one field of the struct.
fn newtype<'i>(input: &'i DeriveInput, faults: &mut Faults) -> Option<(Member, &'i Field)> {
    if !input.generics.params.is_empty() {
        faults.at(&input.generics, "a generic newtype cannot be a column type; implement `FieldType` by hand");
        return None;
    }
    let (members, field) = match &input.data {
        Data::Struct(data) => (data.fields.members(), data.fields.iter().next()),
        Data::Enum(_) => {
            faults.at(&input.ident, "for an enum derive `Choices`");
            return None;
        }
        Data::Union(_) => {
            faults.at(&input.ident, "a union cannot be a column type");
            return None;
        }
    };
    let members: Vec<Member> = members.collect();
    match (&*members, field) {
        ([member], Some(field)) => Some((member.clone(), field)),
        _ => {
            let message = "`FieldType` is derived for newtypes, structs with one field: `struct Isbn(String);`";
            faults.at(&input.ident, message);
            None
        }
    }
}

/// The column type, delegating to the type inside.
fn column_type(ident: &Ident, member: &Member, inner: &Type) -> TokenStream {
    let textual = (Class::of(inner) == Class::Text).then(|| quote!(impl __d::Textual for #ident {}));
    quote! {
        #[automatically_derived]
        impl __d::FieldType for #ident {
            type Bare = Self;
            type Nullable = ::std::option::Option<Self>;
            type Presence = __d::Here;
            const KIND: __d::Kind = <#inner as __d::FieldType>::KIND;
            const RANGE: ::std::option::Option<(i64, i64)> = <#inner as __d::FieldType>::RANGE;
            const CHOICES: ::std::option::Option<__d::Choices> = <#inner as __d::FieldType>::CHOICES;

            fn decode(cell: __d::Cell<'_>) -> ::std::result::Result<Self, __d::Mismatch> {
                ::std::result::Result::Ok(Self { #member: __d::FieldType::decode(cell)? })
            }

            fn encode(&self) -> __d::Result<__d::Value> {
                __d::FieldType::encode(&self.#member)
            }
        }

        #textual
    }
}

/// What makes it usable for a foreign key to a model whose primary key it is.
fn key(ident: &Ident) -> TokenStream {
    let assigned = [quote!(ForeignKey), quote!(OneToOne)].map(|holder| {
        quote! {
            #[automatically_derived]
            impl<M: __d::Model<Key = #ident>> __d::Assign<__d::#holder<M>> for #ident {
                fn assign(self) -> __d::Result<__d::Value> {
                    __d::FieldType::encode(&self)
                }
            }

            #[automatically_derived]
            impl<M: __d::Model<Key = #ident>> __d::Assign<::std::option::Option<__d::#holder<M>>> for #ident {
                fn assign(self) -> __d::Result<__d::Value> {
                    __d::FieldType::encode(&self)
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl<M: __d::Model<Key = #ident>> __d::Comparable<__d::ForeignKey<M>> for #ident {}

        #[automatically_derived]
        impl<R, M: __d::Model<Key = #ident>> __d::Operand<R, __d::ForeignKey<M>> for #ident {
            type Source = __d::Known;

            fn operand(self) -> __d::Node {
                __d::encoded(__d::FieldType::encode(&self))
            }
        }

        #(#assigned)*
    }
}
