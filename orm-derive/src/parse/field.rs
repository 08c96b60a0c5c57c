//! One field of a model: its type and its options, as written.

use std::collections::BTreeMap;

use syn::parse::ParseStream;
use syn::{Attribute, Expr, ExprClosure, Ident, LitInt, LitStr, Token, Type, Visibility};

use super::entry::{Entry, EntryValue, Known, read};
use super::written::Written;
use crate::diag::{Faults, near_miss, one_of};
use crate::naming;

const FIELD: Known = Known {
    attribute: "field",
    options: &[
        ("primary_key", "primary_key"),
        ("auto", "auto` or `auto = false"),
        ("unique", "unique"),
        ("index", "index` or `index = false"),
        ("column", "column = \"…\""),
        ("name", "name = \"…\""),
        ("max_length", "max_length = 200"),
        ("min_length", "min_length = 2"),
        ("min", "min = 0"),
        ("max", "max = 10"),
        ("blank", "blank"),
        ("regex", "regex = \"…\""),
        ("email", "email"),
        ("url", "url"),
        ("max_digits", "max_digits = 8"),
        ("decimal_places", "decimal_places = 2"),
        ("default", "default = 0"),
        ("db_default", "db_default = \"now()\""),
        ("auto_now", "auto_now"),
        ("auto_now_add", "auto_now_add"),
        ("generated", "generated(|row| …, stored)` or `generated(|row| …, virtual)"),
        ("collation", "collation = \"…\""),
        ("comment", "comment = \"…\""),
        ("on_delete", "on_delete = Cascade"),
        ("deferred", "deferred"),
        ("flatten", "flatten"),
    ],
    repeatable: &[],
};

const RELATED: Known = Known { attribute: "related", options: &[("through", "through = BookTag")], repeatable: &[] };

const ON_DELETE: &[&str] = &["Cascade", "Protect", "Restrict", "SetNull", "SetDefault", "DoNothing"];

/// A field of a model.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) ty: Type,
    pub(crate) docs: Vec<Attribute>,
    pub(crate) written: Written,
    pub(crate) options: FieldOptions,
    pub(crate) related: Related,
}

/// What `#[field(…)]` says.
#[derive(Default)]
pub(crate) struct FieldOptions {
    /// Where each option was given.
    pub(crate) given: BTreeMap<String, Ident>,
    pub(crate) primary_key: bool,
    pub(crate) auto: Option<bool>,
    pub(crate) unique: bool,
    pub(crate) index: Option<bool>,
    pub(crate) column: Option<LitStr>,
    pub(crate) name: Option<Ident>,
    pub(crate) max_length: Option<LitInt>,
    pub(crate) min_length: Option<LitInt>,
    pub(crate) min: Option<String>,
    pub(crate) max: Option<String>,
    pub(crate) blank: bool,
    pub(crate) regex: Option<LitStr>,
    pub(crate) email: bool,
    pub(crate) url: bool,
    pub(crate) max_digits: Option<LitInt>,
    pub(crate) decimal_places: Option<LitInt>,
    pub(crate) default: Option<Expr>,
    pub(crate) db_default: Option<String>,
    pub(crate) auto_now: bool,
    pub(crate) auto_now_add: bool,
    pub(crate) generated: Option<Generated>,
    pub(crate) collation: Option<LitStr>,
    pub(crate) comment: Option<LitStr>,
    pub(crate) on_delete: Option<Ident>,
    pub(crate) flatten: bool,
}

/// A column that the database computes.
#[derive(Clone)]
pub(crate) struct Generated {
    pub(crate) expression: ExprClosure,
    pub(crate) stored: bool,
}

/// What `#[related(…)]` says.
#[derive(Default)]
pub(crate) struct Related {
    /// The field on the other side.
    pub(crate) field: Option<Ident>,
    /// The model of the pairs.
    pub(crate) through: Option<Type>,
    /// The attribute, if there is one.
    pub(crate) attribute: Option<Attribute>,
}

impl Field {
    pub(crate) fn parse(field: &syn::Field, faults: &mut Faults) -> Option<Self> {
        Some(Self {
            ident: field.ident.clone()?,
            vis: field.vis.clone(),
            ty: field.ty.clone(),
            docs: super::docs(&field.attrs),
            written: Written::of(&field.ty),
            options: FieldOptions::parse(&field.attrs, faults),
            related: Related::parse(&field.attrs, faults),
        })
    }
}

impl FieldOptions {
    fn parse(attributes: &[Attribute], faults: &mut Faults) -> Self {
        let mut options = Self::default();
        for entry in read(attributes, &FIELD, faults) {
            options.given.insert(entry.name(), entry.name.clone());
            options.take(&entry, faults);
        }
        options
    }

    fn take(&mut self, entry: &Entry, faults: &mut Faults) {
        match entry.name().as_str() {
            "primary_key" => self.primary_key = entry.flag(faults),
            "auto" => self.auto = Some(entry.flag(faults)),
            "unique" => self.unique = entry.flag(faults),
            "index" => self.index = Some(entry.flag(faults)),
            "column" => self.column = entry.named(faults),
            "name" => self.name = identifier(entry, faults),
            "max_length" => self.max_length = entry.count(faults),
            "min_length" => self.min_length = entry.count(faults),
            "min" => self.min = entry.bound(faults),
            "max" => self.max = entry.bound(faults),
            "blank" => self.blank = entry.flag(faults),
            "regex" => self.regex = entry.text(faults),
            "email" => self.email = entry.flag(faults),
            "url" => self.url = entry.flag(faults),
            "max_digits" => self.max_digits = entry.count(faults),
            "decimal_places" => self.decimal_places = entry.count(faults),
            "default" => self.default = entry.expression(faults),
            "db_default" => self.db_default = entry.bound(faults),
            "auto_now" => self.auto_now = entry.flag(faults),
            "auto_now_add" => self.auto_now_add = entry.flag(faults),
            "generated" => self.generated = entry.list(generated, faults),
            "collation" => self.collation = entry.text(faults),
            "comment" => self.comment = entry.text(faults),
            "on_delete" => self.on_delete = entry.word(faults).and_then(|word| on_delete(word, faults)),
            "deferred" => faults.at(&entry.name, "columns that load late do not exist yet; leave `deferred` out"),
            "flatten" => self.flatten = entry.flag(faults),
            _ => {}
        }
    }

    /// Where the option was given.
    pub(crate) fn place(&self, option: &str) -> Option<&Ident> {
        self.given.get(option)
    }
}

fn identifier(entry: &Entry, faults: &mut Faults) -> Option<Ident> {
    let text = entry.text(faults)?;
    let ident = text.parse_with(<Ident as syn::ext::IdentExt>::parse_any).ok();
    if ident.is_none() {
        faults.at(&text, "`name` is the Rust name of handle and setter: letters, digits and `_`");
    }
    let raw = |name: String| syn::parse_str(&name).unwrap_or_else(|_| Ident::new_raw(&name, text.span()));
    ident.map(|ident| {
        let mut ident = raw(naming::plain(&ident));
        ident.set_span(text.span());
        ident
    })
}

fn on_delete(word: Ident, faults: &mut Faults) -> Option<Ident> {
    let name = word.to_string();
    if ON_DELETE.contains(&name.as_str()) {
        return Some(word);
    }
    let meant = near_miss(&name, ON_DELETE.iter().copied());
    faults.at(&word, format_args!("`on_delete` is {}{meant}", one_of(ON_DELETE)));
    None
}

fn generated(input: ParseStream<'_>) -> syn::Result<Generated> {
    let expression = input.parse()?;
    input.parse::<Token![,]>()?;
    let stored = if input.peek(Token![virtual]) {
        input.parse::<Token![virtual]>()?;
        false
    } else {
        let word: Ident = input.parse()?;
        if word != "stored" {
            return Err(syn::Error::new(word.span(), "a generated column is `stored` or `virtual`"));
        }
        true
    };
    input.parse::<Option<Token![,]>>()?;
    Ok(Generated { expression, stored })
}

impl Related {
    fn parse(attributes: &[Attribute], faults: &mut Faults) -> Self {
        let Some(attribute) = attributes.iter().find(|attribute| attribute.path().is_ident("related")) else {
            return Self::default();
        };
        let mut related = Self { attribute: Some(attribute.clone()), ..Self::default() };
        if let Some(field) = only_word(attribute) {
            related.field = Some(field);
            return related;
        }
        for entry in read(attributes, &RELATED, faults) {
            related.through = match &entry.value {
                EntryValue::Is(value) => syn::parse2(quote::ToTokens::to_token_stream(value)).ok(),
                _ => None,
            };
            if related.through.is_none() {
                entry.malformed::<()>(faults);
            }
        }
        related
    }
}

/// The field in `#[related(field)]`.
fn only_word(attribute: &Attribute) -> Option<Ident> {
    attribute.parse_args().ok().filter(|word: &Ident| word != "through")
}
