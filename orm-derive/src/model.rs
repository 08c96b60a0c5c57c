//! `#[derive(Model)]`, step by step.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::diag::Faults;
use crate::ir::Model;
use crate::{check, expand, fallback};

pub(crate) fn derive(input: DeriveInput) -> TokenStream {
    let mut faults = Faults::default();
    let Some(model) = Model::of(&input, &mut faults) else { return faults.report() };
    check::check(&model, &mut faults);
    if faults.is_empty() {
        return expand::model(&model);
    }
    let mut tokens = faults.report();
    tokens.extend(fallback::model(model));
    tokens
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse_quote;

    use super::*;

    fn messages(input: DeriveInput) -> usize {
        derive(input).to_string().matches("compile_error").count()
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let input = parse_quote! {
            #[model(tabel = "book", ordering(nmae))]
            struct Book {
                #[field(max_lenght = 3, unique, unique)]
                name: String,
                author: ForeignKey<Author>,
            }
        };
        // The table, the ordering, the length, the second `unique`, the missing key, the missing `on_delete`.
        assert_eq!(messages(input), 6);
    }

    #[test]
    fn a_mistake_leaves_the_names_alive() {
        let expanded = derive(parse_quote! {
            struct Book {
                id: i64,
                #[field(max_lenght = 3)]
                name: String,
            }
        });
        let expanded = expanded.to_string();
        for name in ["struct BookFields", "struct BookDraft", "Model for Book", "Declare for Book"] {
            assert!(expanded.contains(name), "{name}");
        }
    }

    #[test]
    fn the_expansion_stays_small() {
        let fields = (0..10).map(|index| {
            let name = quote::format_ident!("field_{index}");
            quote!(#[field(max_length = 100)] pub #name: String,)
        });
        let expanded = derive(parse_quote! {
            pub struct Book {
                pub id: i64,
                #(#fields)*
            }
        });
        // Compile time is a feature: a model of eleven columns is data and calls, no more.
        let size = expanded.to_string().len();
        assert!(size < 20_000, "{size} characters");
    }
}
