//! What `#[model(…)]` says of the table, as written.

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, LitStr, Token, token};

use super::entry::{Entry, Known, read, unfit_name};
use crate::diag::{Faults, near_miss, one_of};
use crate::naming::{self, RENAMES, Rename};

const MODEL: Known = Known {
    attribute: "model",
    options: &[
        ("table", "table = \"…\""),
        ("schema", "schema = \"…\""),
        ("rename_all", "rename_all = \"PascalCase\""),
        ("primary_key", "primary_key(a, b)"),
        ("ordering", "ordering(-published, name)"),
        ("unique", "unique(a, b)"),
        ("index", "index(fields(a, -b))"),
        ("check", "check(price_not_negative, |row| row.price.gte(0))"),
        ("managed", "managed = false"),
        ("comment", "comment = \"…\""),
        ("hooks", "hooks"),
    ],
    repeatable: &["unique", "index", "check"],
};

const COLUMNS: Known =
    Known { attribute: "columns", options: &[("rename_all", "rename_all = \"PascalCase\"")], repeatable: &[] };

/// What `#[model(…)]` says.
#[derive(Default)]
pub(crate) struct ModelOptions {
    pub(crate) table: Option<LitStr>,
    pub(crate) schema: Option<LitStr>,
    pub(crate) rename_all: Option<Rename>,
    pub(crate) primary_key: Vec<Ident>,
    pub(crate) ordering: Vec<Term>,
    pub(crate) uniques: Vec<Unique>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) checks: Vec<(String, Expr)>,
    pub(crate) unmanaged: bool,
    pub(crate) comment: Option<LitStr>,
}

/// A field, or with `-` before it, a field downwards.
#[derive(Clone)]
pub(crate) struct Term {
    pub(crate) field: Ident,
    pub(crate) descending: bool,
}

/// `unique(…)`.
pub(crate) struct Unique {
    pub(crate) place: Ident,
    pub(crate) on: On,
    pub(crate) deferrable: bool,
}

/// `index(…)`.
pub(crate) struct Index {
    pub(crate) place: Ident,
    pub(crate) on: On,
    pub(crate) include: Vec<Ident>,
    pub(crate) method: Option<LitStr>,
}

/// What a constraint or an index stands on.
#[derive(Default)]
pub(crate) struct On {
    pub(crate) name: Option<LitStr>,
    pub(crate) fields: Vec<Term>,
    pub(crate) expressions: Option<Expr>,
    pub(crate) condition: Option<Expr>,
}

impl ModelOptions {
    pub(crate) fn parse(attributes: &[Attribute], faults: &mut Faults) -> Self {
        let mut options = Self::default();
        for entry in read(attributes, &MODEL, faults) {
            options.take(&entry, faults);
        }
        options
    }

    fn take(&mut self, entry: &Entry, faults: &mut Faults) {
        match entry.name().as_str() {
            "table" => self.table = entry.named(faults),
            "schema" => self.schema = entry.named(faults),
            "rename_all" => self.rename_all = entry.text(faults).and_then(|text| rename(&text, faults)),
            "primary_key" => self.primary_key = entry.list(idents, faults).unwrap_or_default(),
            "ordering" => self.ordering = entry.list(terms, faults).unwrap_or_default(),
            "unique" => self.uniques.extend(unique(entry, faults)),
            "index" => self.indexes.extend(index(entry, faults)),
            "check" => self.checks.extend(entry.list(check, faults)),
            "managed" => self.unmanaged = !entry.flag(faults),
            "comment" => self.comment = entry.text(faults),
            "hooks" => {
                faults.at(&entry.name, "a model has no hooks; connect a signal instead (`pre_save`, `post_save` …)")
            }
            _ => {}
        }
    }
}

/// What `#[columns(…)]` says: how the columns are written.
pub(crate) fn columns_rename(attributes: &[Attribute], faults: &mut Faults) -> Option<Rename> {
    let entries = read(attributes, &COLUMNS, faults);
    entries.iter().find_map(|entry| entry.text(faults)).and_then(|text| rename(&text, faults))
}

/// The rule that a `rename_all` spells.
pub(crate) fn rename(text: &LitStr, faults: &mut Faults) -> Option<Rename> {
    let spelling = text.value();
    let rename = Rename::from_spelling(&spelling);
    if rename.is_none() {
        let meant = near_miss(&spelling, RENAMES.iter().copied());
        faults.at(text, format_args!("`rename_all` is {}{meant}", one_of(RENAMES)));
    }
    rename
}

fn unique(entry: &Entry, faults: &mut Faults) -> Option<Unique> {
    let parts = entry.list(parts, faults)?;
    let mut unique = Unique { place: entry.name.clone(), on: On::default(), deferrable: false };
    for part in parts {
        match part {
            Part::Option(option) if option.name() == "deferrable" => unique.deferrable = option.flag(faults),
            other => unique.on.take(other, "`name`, `where`, `on` or `deferrable`", faults),
        }
    }
    Some(unique)
}

fn index(entry: &Entry, faults: &mut Faults) -> Option<Index> {
    let parts = entry.list(parts, faults)?;
    let mut index = Index { place: entry.name.clone(), on: On::default(), include: Vec::new(), method: None };
    for part in parts {
        match part {
            Part::Option(option) if option.name() == "include" => {
                index.include = option.list(idents, faults).unwrap_or_default();
            }
            Part::Option(option) if option.name() == "method" => index.method = option.text(faults),
            other => index.on.take(other, "`fields`, `name`, `where`, `on`, `include` or `method`", faults),
        }
    }
    Some(index)
}

impl On {
    fn take(&mut self, part: Part, known: &str, faults: &mut Faults) {
        let option = match part {
            Part::Field(term) => return self.fields.push(term),
            Part::Option(option) => option,
        };
        match option.name().as_str() {
            "fields" => self.fields.extend(option.list(terms, faults).unwrap_or_default()),
            "name" => self.name = option.named(faults),
            "where" => self.condition = option.expression(faults),
            "on" => self.expressions = option.expression(faults),
            other => faults.at(&option.name, format_args!("`{other}` is not known here; options are {known}")),
        }
    }
}

/// A field or an option, between two commas of `unique(…)` and `index(…)`.
enum Part {
    Field(Term),
    Option(Entry),
}

impl Parse for Part {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let option = input.peek2(Token![=]) || input.peek2(token::Paren) || input.fork().call(flag).is_ok();
        if option { input.parse().map(Self::Option) } else { input.parse().map(Self::Field) }
    }
}

fn flag(input: ParseStream<'_>) -> syn::Result<Ident> {
    let word: Ident = input.parse()?;
    if word == "deferrable" { Ok(word) } else { Err(input.error("a field")) }
}

impl Parse for Term {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let descending = input.parse::<Option<Token![-]>>()?.is_some();
        Ok(Self { field: input.call(Ident::parse_any)?, descending })
    }
}

fn parts(input: ParseStream<'_>) -> syn::Result<Vec<Part>> {
    Ok(Punctuated::<Part, Token![,]>::parse_terminated(input)?.into_iter().collect())
}

fn terms(input: ParseStream<'_>) -> syn::Result<Vec<Term>> {
    Ok(Punctuated::<Term, Token![,]>::parse_terminated(input)?.into_iter().collect())
}

fn idents(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    Ok(Punctuated::<Ident, Token![,]>::parse_terminated_with(input, Ident::parse_any)?.into_iter().collect())
}

fn check(input: ParseStream<'_>) -> syn::Result<(String, Expr)> {
    let name = if input.peek(LitStr) {
        let name: LitStr = input.parse()?;
        unfit_name(&name.value()).map_or(Ok(name.value()), |fault| Err(syn::Error::new(name.span(), fault)))?
    } else {
        let nameless = |_| input.error("a check has a name: `check(price_not_negative, |row| row.price.gte(0))`");
        naming::plain(&input.call(Ident::parse_any).map_err(nameless)?)
    };
    input.parse::<Token![,]>()?;
    let condition = input.parse()?;
    input.parse::<Option<Token![,]>>()?;
    Ok((name, condition))
}
