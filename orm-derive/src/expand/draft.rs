//! The builder of new rows: one type parameter per required field, which says whether it is set.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use crate::ir::{Column, Flattened, Model};
use crate::naming;

/// The draft of a model, and the names of its states.
pub(crate) struct Draft<'m> {
    model: &'m Model,
    /// The required columns, by index.
    required: Vec<usize>,
    /// The type parameter of each, then of each flattened struct.
    states: Vec<Ident>,
}

impl<'m> Draft<'m> {
    pub(crate) fn of(model: &'m Model) -> Self {
        let required = model.required();
        let count = required.len() + model.flattened.len();
        let states = (0..count).map(|index| format_ident!("__S{index}")).collect();
        Self { model, required, states }
    }

    /// `pub struct BookDraft<…> { … }`.
    pub(crate) fn builder(&self) -> TokenStream {
        let Model { ident, vis, draft, shared, .. } = self.model;
        let (states, values) = (&self.states, if *shared { "ColumnValues" } else { "DraftValues" });
        let values = format_ident!("{values}");
        let docs = format!("A new row of [`{ident}`] in the making: one setter per field.");
        quote! {
            #[doc = #docs]
            #[must_use]
            #vis struct #draft<#(#states = ::dormouse::__private::Set),*> {
                __values: ::dormouse::__private::#values<#ident>,
                __states: ::dormouse::__private::PhantomData<fn() -> (#(#states,)*)>,
            }
        }
    }

    /// The type with nothing set.
    pub(crate) fn start(&self) -> TokenStream {
        let draft = &self.model.draft;
        let own = self.required_names().map(|name| quote!(__d::Missing<required_field::#name>));
        let flattened = self.model.flattened.iter().map(|flattened| {
            let (columns, name) = (flattened.as_columns(), &flattened.name);
            quote!(#columns::Start<required_field::#name>)
        });
        let states = own.chain(flattened);
        quote!(#draft<#(#states),*>)
    }

    /// The state of a whole struct of shared columns that is not given.
    pub(crate) fn whole(&self) -> TokenStream {
        if self.required.is_empty() { quote!(__d::Set) } else { quote!(__d::Missing<F>) }
    }

    fn required_names(&self) -> impl Iterator<Item = &Ident> {
        self.required.iter().map(|&index| &self.model.columns[index].name)
    }

    /// The type with everything set.
    pub(crate) fn complete(&self) -> TokenStream {
        let draft = &self.model.draft;
        quote!(#draft)
    }

    /// A draft of any state without values.
    pub(crate) fn empty(&self) -> TokenStream {
        let values = if self.model.shared { quote!(__d::ColumnValues) } else { quote!(__d::DraftValues) };
        self.holding(&quote!(#values::new()))
    }

    fn holding(&self, values: &TokenStream) -> TokenStream {
        let draft = &self.model.draft;
        quote!(#draft { __values: #values, __states: __d::PhantomData })
    }

    /// The setters, the markers of missing fields, and the draft's traits.
    pub(crate) fn methods(&self) -> TokenStream {
        let draft = &self.model.draft;
        let states = &self.states;
        let markers = self.required_names().chain(self.model.flattened.iter().map(|flattened| &flattened.name));
        let settable = self.model.columns.iter().enumerate().filter(|(_, column)| column.generated().is_none());
        let setters = settable.map(|(index, column)| self.setter(index, column));
        let flattened = self.model.flattened.iter().enumerate();
        let setters = setters.chain(flattened.map(|(place, flattened)| self.shared_setter(place, flattened)));
        let cloned = self.holding(&quote!(self.__values.clone()));
        let uses = if self.model.shared { self.columns() } else { self.row() };
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

            #uses
        }
    }

    /// What a draft of a model is: a new row, complete or not, and to be read from JSON.
    fn row(&self) -> TokenStream {
        let (Model { ident, draft, .. }, states) = (self.model, &self.states);
        let read = self.holding(&quote!(__d::Deserialize::deserialize(deserializer)?));
        quote! {
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
            impl<'de> __d::Deserialize<'de> for #draft {
                fn deserialize<D: __d::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    ::std::result::Result::Ok(#read)
                }
            }
        }
    }

    /// What a draft of shared columns is: something for the setter of a flattened field.
    fn columns(&self) -> TokenStream {
        let (Model { ident, draft, .. }, states) = (self.model, &self.states);
        quote! {
            #[automatically_derived]
            impl<#(#states: __d::Provided),*> __d::IntoColumns<#ident> for #draft<#(#states),*> {
                fn into_columns(self) -> __d::Result<::std::vec::Vec<::std::option::Option<__d::Value>>> {
                    self.__values.into_values()
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

    fn shared_setter(&self, place: usize, flattened: &Flattened) -> TokenStream {
        let Flattened { vis, name, ty, .. } = flattened;
        let (first, result) = (Flattened::first(place), self.with_set(self.required.len() + place));
        let holding = self.holding(&quote!(self.__values.with_columns::<#ty>(#first, columns)));
        let docs = format!("Sets the columns of `{}`, by a value or its builder.", naming::plain(name));
        quote! {
            #[doc = #docs]
            #vis fn #name(self, columns: impl __d::IntoColumns<#ty>) -> #result {
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
