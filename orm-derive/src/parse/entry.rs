//! One option of an attribute: `flag`, `name = value` or `name(…)`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitInt, LitStr, Meta, Token, parenthesized, token};

use crate::diag::{Faults, near_miss};
use crate::naming;

/// An option as written.
pub(crate) struct Entry {
    pub(crate) name: Ident,
    pub(crate) value: EntryValue,
    example: &'static str,
}

/// What stands behind an option's name.
pub(crate) enum EntryValue {
    Nothing,
    Is(Box<Expr>),
    List(TokenStream),
}

/// The options that an attribute knows.
pub(crate) struct Known {
    /// The attribute's name.
    pub(crate) attribute: &'static str,
    /// Each option's name, and how it is written.
    pub(crate) options: &'static [(&'static str, &'static str)],
    /// The options that may be given more than once.
    pub(crate) repeatable: &'static [&'static str],
}

/// Reads the options of all attributes of a name; unknown and repeated ones are reported and left out.
pub(crate) fn read(attributes: &[Attribute], known: &Known, faults: &mut Faults) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(known.attribute)) {
        for entry in parsed(attribute, faults) {
            if let Some(entry) = recognized(entry, &entries, known, faults) {
                entries.push(entry);
            }
        }
    }
    entries
}

fn parsed(attribute: &Attribute, faults: &mut Faults) -> Vec<Entry> {
    let Meta::List(list) = &attribute.meta else {
        let name = attribute.path().to_token_stream();
        faults.at(attribute, format_args!("options stand in parentheses: `#[{name}(…)]`"));
        return Vec::new();
    };
    let mut entries = Vec::new();
    let all = |input: ParseStream<'_>| {
        while !input.is_empty() {
            match input.parse().and_then(|entry| end(input).map(|()| entry)) {
                Ok(entry) => entries.push(entry),
                Err(error) => {
                    faults.add(error);
                    skip(input)?;
                }
            }
        }
        Ok(())
    };
    let read = all.parse2(list.tokens.clone());
    read.unwrap_or_else(|error| faults.add(error));
    entries
}

/// The comma between two options.
fn end(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() { Ok(()) } else { input.parse::<Token![,]>().map(drop) }
}

/// Passes over the rest of an option that cannot be read.
fn skip(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    end(input)
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            EntryValue::Is(input.parse()?)
        } else if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            EntryValue::List(content.parse()?)
        } else {
            EntryValue::Nothing
        };
        Ok(Self { name, value, example: "" })
    }
}

fn recognized(entry: Entry, before: &[Entry], known: &Known, faults: &mut Faults) -> Option<Entry> {
    let name = entry.name();
    let Some((_, example)) = known.options.iter().find(|(option, _)| *option == name) else {
        let meant = near_miss(&name, known.options.iter().map(|(option, _)| *option));
        let meant = if meant.is_empty() { also_known(known) } else { meant };
        faults.at(&entry.name, format_args!("`{name}` is no option of `#[{}(…)]`{meant}", known.attribute));
        return None;
    };
    let repeated = before.iter().any(|before| before.name == entry.name) && !known.repeatable.contains(&name.as_str());
    if repeated {
        faults.at(&entry.name, format_args!("`{name}` is given twice"));
        return None;
    }
    Some(Entry { example, ..entry })
}

fn also_known(known: &Known) -> String {
    let names: Vec<&str> = known.options.iter().map(|(option, _)| *option).collect();
    format!("; it knows {}", names.join(", "))
}

impl Entry {
    /// The option's name.
    pub(crate) fn name(&self) -> String {
        naming::plain(&self.name)
    }

    /// `name`, or `name = true` or `false`.
    pub(crate) fn flag(&self, faults: &mut Faults) -> bool {
        match &self.value {
            EntryValue::Nothing => true,
            EntryValue::Is(value) => match &**value {
                Expr::Lit(ExprLit { lit: Lit::Bool(value), .. }) => value.value,
                _ => self.malformed::<bool>(faults).unwrap_or_default(),
            },
            EntryValue::List(_) => self.malformed::<bool>(faults).unwrap_or_default(),
        }
    }

    /// `name = "text"`.
    pub(crate) fn text(&self, faults: &mut Faults) -> Option<LitStr> {
        match self.literal() {
            Some(Lit::Str(text)) => Some(text.clone()),
            _ => self.malformed(faults),
        }
    }

    /// `name = "text"`, where the text is a name in the database.
    pub(crate) fn named(&self, faults: &mut Faults) -> Option<LitStr> {
        let name = self.text(faults)?;
        if let Some(fault) = unfit_name(&name.value()) {
            faults.at(&name, fault);
        }
        Some(name)
    }

    /// `name = 200`.
    pub(crate) fn count(&self, faults: &mut Faults) -> Option<LitInt> {
        match self.literal() {
            Some(Lit::Int(number)) if number.base10_parse::<u32>().is_ok() => Some(number.clone()),
            _ => self.malformed(faults),
        }
    }

    /// `name = 0.5`, also negative, or a text: as a text.
    pub(crate) fn bound(&self, faults: &mut Faults) -> Option<String> {
        let EntryValue::Is(value) = &self.value else { return self.malformed(faults) };
        match &**value {
            Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => {
                number(expr).map(|number| format!("-{number}"))
            }
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            other => number(other),
        }
        .or_else(|| self.malformed(faults))
    }

    /// `name = SomeWord`.
    pub(crate) fn word(&self, faults: &mut Faults) -> Option<Ident> {
        match &self.value {
            EntryValue::Is(value) => match &**value {
                Expr::Path(path) if path.path.get_ident().is_some() => path.path.get_ident().cloned(),
                _ => self.malformed(faults),
            },
            _ => self.malformed(faults),
        }
    }

    /// `name = any expression`.
    pub(crate) fn expression(&self, faults: &mut Faults) -> Option<Expr> {
        match &self.value {
            EntryValue::Is(value) => Some((**value).clone()),
            _ => self.malformed(faults),
        }
    }

    /// What stands in the parentheses of `name(…)`, by a parser of its own.
    pub(crate) fn list<P: Parser>(&self, parser: P, faults: &mut Faults) -> Option<P::Output> {
        match &self.value {
            EntryValue::List(tokens) if tokens.is_empty() => self.malformed(faults),
            EntryValue::List(tokens) => parser.parse2(tokens.clone()).map_err(|error| faults.add(error)).ok(),
            _ => self.malformed(faults),
        }
    }

    /// Reports that the option has another form, and shows it.
    pub(crate) fn malformed<T>(&self, faults: &mut Faults) -> Option<T> {
        faults.at(self, format_args!("`{}` is written `{}`", self.name(), self.example));
        None
    }

    fn literal(&self) -> Option<&Lit> {
        match &self.value {
            EntryValue::Is(value) => match &**value {
                Expr::Lit(literal) => Some(&literal.lit),
                _ => None,
            },
            _ => None,
        }
    }
}

/// What makes a name unfit for every database.
pub(crate) fn unfit_name(name: &str) -> Option<&'static str> {
    match name {
        "" => Some("a name in the database cannot be empty"),
        name if name.contains('\0') => Some("a name in the database cannot contain a NUL character"),
        _ => None,
    }
}

fn number(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Some(number.base10_digits().to_owned()),
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => Some(number.base10_digits().to_owned()),
        _ => None,
    }
}

impl ToTokens for Entry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.name.to_tokens(tokens);
        match &self.value {
            EntryValue::Nothing => {}
            EntryValue::Is(value) => value.to_tokens(tokens),
            EntryValue::List(list) => list.to_tokens(tokens),
        }
    }
}
