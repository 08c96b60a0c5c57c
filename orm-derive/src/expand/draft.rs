//! The builder of new rows: one type parameter per required field, which says whether it is set.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use crate::ir::{Column, Model};
use crate::naming;

/// The draft of a model, and the names of its states.
pub(crate) struct Draft<'m> {
    model: &'m Model,
    /// The required columns, by index.
    required: Vec<usize>,
    /// The type parameter of each.
    states: Vec<Ident>,
}

impl<'m> Draft<'m> {
    pub(crate) fn of(model: &'m Model) -> Self {
        let required = model.required();
        let states = (0..required.len()).map(|index| format_ident!("__S{index}")).collect();
        Self { model, required, states }
    }

    /// `pub struct BookDraft<…> { … }`.
    pub(crate) fn builder(&self) -> TokenStream {
        let Model { ident, vis, draft, .. } = self.model;
        let states = &self.states;
        let docs = format!("A new row of [`{ident}`] in the making: one setter per field.");
        quote! {
            #[doc = #docs]
            #[must_use]
            #vis struct #draft<#(#states = ::dormouse::__private::Set),*> {
                __values: ::dormouse::__private::DraftValues<#ident>,
                __states: ::dormouse::__private::PhantomData<fn() -> (#(#states,)*)>,
            }
        }
    }

    /// The type with nothing set.
    pub(crate) fn start(&self) -> TokenStream {
        let draft = &self.model.draft;
        let names = self.required.iter().map(|&index| &self.model.columns[index].name);
        quote!(#draft<#(__d::Missing<required_field::#names>),*>)
    }

    /// The type with everything set.
    pub(crate) fn complete(&self) -> TokenStream {
        let draft = &self.model.draft;
        quote!(#draft)
    }

    /// A draft of any state without values.
    pub(crate) fn empty(&self) -> TokenStream {
        self.holding(&quote!(__d::DraftValues::new()))
    }

    fn holding(&self, values: &TokenStream) -> TokenStream {
        let draft = &self.model.draft;
        quote!(#draft { __values: #values, __states: __d::PhantomData })
    }

    /// The setters, the markers of missing fields, and the draft's traits.
    pub(crate) fn methods(&self) -> TokenStream {
        let Model { ident, draft, .. } = self.model;
        let states = &self.states;
        let markers = self.required.iter().map(|&index| &self.model.columns[index].name);
        let settable = self.model.columns.iter().enumerate().filter(|(_, column)| column.generated().is_none());
        let setters = settable.map(|(index, column)| self.setter(index, column));
        let cloned = self.holding(&quote!(self.__values.clone()));
        let read = self.holding(&quote!(__d::Deserialize::deserialize(deserializer)?));
        quote! {
            /// The fields that a new row must be given, each as a name for the compiler's messages.
            pub mod required_field {
                #(pub enum #markers {})*
            }

            #[automatically_derived]
            impl<#(#states),*> #draft<#(#states),*> {
                #(#setters)*
            }

            #[automatically_derived]
            impl<#(#states),*> __d::NewRow for #draft<#(#states),*> {
                type Model = #ident;
            }

            #[automatically_derived]
            impl<#(#states: __d::Provided),*> __d::IntoDraft<#ident> for #draft<#(#states),*> {
                fn into_draft(self) -> __d::DraftValues<#ident> {
                    self.__values
                }
            }

            #[automatically_derived]
            impl<#(#states),*> ::std::clone::Clone for #draft<#(#states),*> {
                fn clone(&self) -> Self {
                    #cloned
                }
            }

            #[automatically_derived]
            impl<#(#states),*> ::std::fmt::Debug for #draft<#(#states),*> {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    ::std::fmt::Debug::fmt(&self.__values, f)
                }
            }

            #[automatically_derived]
            impl<'de> __d::Deserialize<'de> for #draft {
                fn deserialize<D: __d::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    ::std::result::Result::Ok(#read)
                }
            }
        }
    }

    fn setter(&self, index: usize, column: &Column) -> TokenStream {
        let Column { vis, name, ty, .. } = column;
        let place = self.required.iter().position(|&required| required == index);
        let result = place.map_or(quote!(Self), |place| self.with_set(place));
        let holding = self.holding(&quote!(self.__values.with::<#ty>(#index, value)));
        let docs = format!("Sets `{}`.", naming::plain(name));
        quote! {
            #[doc = #docs]
            #vis fn #name(self, value: impl __d::Assign<#ty>) -> #result {
                #holding
            }
        }
    }

    /// The type after the required field at a place was set.
    fn with_set(&self, place: usize) -> TokenStream {
        let draft = &self.model.draft;
        let states = self.states.iter().enumerate();
        let states = states.map(|(index, state)| if index == place { quote!(__d::Set) } else { quote!(#state) });
        quote!(#draft<#(#states),*>)
    }
}
