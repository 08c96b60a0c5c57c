//! `#[derive(Choices)]`: an enum without data is a column type, a closed list of values.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Ident, Variant};

use crate::diag::Faults;
use crate::expand::unnamed;
use crate::naming::{self, Rename};
use crate::parse::{Known, read, rename};

const CHOICES: Known = Known {
    attribute: "choices",
    options: &[("rename_all", "rename_all = \"SCREAMING_SNAKE_CASE\""), ("int", "int")],
    repeatable: &[],
};

const CHOICE: Known =
    Known {
        attribute: "choice", options: &[("value", "value = \"…\""), ("label", "label = \"…\"")], repeatable: &[]
    };

/// The enum.
struct Choices {
    ident: Ident,
    vis: syn::Visibility,
    int: bool,
    choices: Vec<Choice>,
}

/// One variant.
struct Choice {
    ident: Ident,
    value: String,
    label: String,
}

pub(crate) fn derive(input: DeriveInput) -> TokenStream {
    let mut faults = Faults::default();
    let choices = Choices::of(&input, &mut faults);
    match choices {
        Some(choices) if faults.is_empty() => choices.expand(),
        _ => faults.report(),
    }
}

impl Choices {
    fn of(input: &DeriveInput, faults: &mut Faults) -> Option<Self> {
        let Data::Enum(data) = &input.data else {
            faults.at(&input.ident, "`Choices` is derived for enums; for a newtype derive `FieldType`");
            return None;
        };
        if !input.generics.params.is_empty() {
            faults.at(&input.generics, "an enum of choices cannot be generic");
        }
        if data.variants.is_empty() {
            faults.at(&input.ident, "an enum of choices needs a variant");
        }
        let (mut rule, mut int) = (Rename::Snake, false);
        for entry in read(&input.attrs, &CHOICES, faults) {
            match entry.name().as_str() {
                "rename_all" => rule = entry.text(faults).and_then(|text| rename(&text, faults)).unwrap_or(rule),
                _ => int = entry.flag(faults),
            }
        }
        let choices: Vec<_> = data.variants.iter().map(|variant| Choice::of(variant, rule, int, faults)).collect();
        for (index, choice) in choices.iter().enumerate().filter(|_| !int) {
            if let Some(first) = choices[..index].iter().find(|before| before.value == choice.value) {
                faults.at(&choice.ident, format_args!("`{}` has the value `{}` already", first.ident, choice.value));
            }
        }
        Some(Self { ident: input.ident.clone(), vis: input.vis.clone(), int, choices })
    }

    fn expand(&self) -> TokenStream {
        unnamed([self.column_type(), self.methods(), self.text()])
    }

    fn column_type(&self) -> TokenStream {
        let ident = &self.ident;
        let (kind, list, encoded) = if self.int {
            (quote!(I64), quote!(Int), quote!(self.value()))
        } else {
            (quote!(Text), quote!(Text), quote!(::std::convert::Into::into(self.value())))
        };
        let values = self.choices.iter().map(|choice| self.value(choice));
        let read = if self.int { quote!(int_choice) } else { quote!(text_choice) };
        quote! {
            #[automatically_derived]
            impl __d::FieldType for #ident {
                type Bare = Self;
                type Nullable = ::std::option::Option<Self>;
                type Presence = __d::Here;
                const KIND: __d::Kind = __d::Kind::#kind;
                const CHOICES: ::std::option::Option<__d::Choices> =
                    ::std::option::Option::Some(__d::Choices::#list(&[#(#values),*]));

                fn decode(cell: __d::Cell<'_>) -> ::std::result::Result<Self, __d::Mismatch> {
                    __d::#read(cell, Self::from_value)
                }

                fn encode(&self) -> __d::Result<__d::Value> {
                    ::std::result::Result::Ok(__d::Value::#kind(#encoded))
                }
            }
        }
    }

    /// `ALL`, `value()`, `label()` and `from_value()`.
    fn methods(&self) -> TokenStream {
        let Self { ident, vis, choices, .. } = self;
        let variants: Vec<&Ident> = choices.iter().map(|choice| &choice.ident).collect();
        let values: Vec<TokenStream> = choices.iter().map(|choice| self.value(choice)).collect();
        let labels = choices.iter().map(|choice| &choice.label);
        let (stored, taken) = if self.int { (quote!(i64), quote!(i64)) } else { (quote!(&'static str), quote!(&str)) };
        let arms = if self.int {
            quote!(#(value if value == #values => ::std::option::Option::Some(Self::#variants),)*)
        } else {
            quote!(#(#values => ::std::option::Option::Some(Self::#variants),)*)
        };
        quote! {
            #[automatically_derived]
            impl #ident {
                /// Every choice, in the order of the enum.
                #vis const ALL: &'static [Self] = &[#(Self::#variants),*];

                /// The value that the database stores.
                #[must_use]
                #vis const fn value(&self) -> #stored {
                    match self { #(Self::#variants => #values,)* }
                }

                /// The choice in words, for people.
                #[must_use]
                #vis const fn label(&self) -> &'static str {
                    match self { #(Self::#variants => #labels,)* }
                }

                /// The choice that the database stores as this value.
                #[must_use]
                #vis fn from_value(value: #taken) -> ::std::option::Option<Self> {
                    match value {
                        #arms
                        _ => ::std::option::Option::None,
                    }
                }
            }
        }
    }

    /// `Display` and `FromStr`: the stored value, of text.
    fn text(&self) -> TokenStream {
        let ident = &self.ident;
        let parsed = if self.int {
            quote!(text.parse().ok().and_then(Self::from_value))
        } else {
            quote!(Self::from_value(text))
        };
        quote! {
            #[automatically_derived]
            impl ::std::fmt::Display for #ident {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    ::std::fmt::Display::fmt(&self.value(), f)
                }
            }

            #[automatically_derived]
            impl ::std::str::FromStr for #ident {
                type Err = __d::Error;

                fn from_str(text: &str) -> __d::Result<Self> {
                    #parsed.ok_or_else(__d::no_choice::<Self>)
                }
            }
        }
    }

    /// The stored value as an expression.
    fn value(&self, choice: &Choice) -> TokenStream {
        let (ident, variant, value) = (&self.ident, &choice.ident, &choice.value);
        if self.int { quote!((#ident::#variant as i64)) } else { quote!(#value) }
    }
}

impl Choice {
    fn of(variant: &Variant, rule: Rename, int: bool, faults: &mut Faults) -> Self {
        let name = naming::plain(&variant.ident);
        let (mut value, mut label) = (None, None);
        if !variant.fields.is_empty() {
            faults.at(&variant.fields, "a choice carries no data: one column holds one value of a closed list");
        }
        for entry in read(&variant.attrs, &CHOICE, faults) {
            match entry.name().as_str() {
                "value" if int => faults.at(&entry.name, "the value is the discriminant: write `Variant = 1`"),
                "value" => value = entry.text(faults),
                _ => label = entry.text(faults),
            }
        }
        Self {
            value: value.map_or_else(|| rule.apply(&name), |value| value.value()),
            label: label.map_or_else(|| words(&name), |label| label.value()),
            ident: variant.ident.clone(),
        }
    }
}

/// A variant's name in words: `OutOfPrint` is "Out of print".
fn words(name: &str) -> String {
    let spaced = Rename::Snake.apply(name).replace('_', " ");
    let mut letters = spaced.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
