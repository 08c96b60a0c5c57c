//! Names in Rust and names in the database.

use heck::{ToKebabCase, ToLowerCamelCase, ToPascalCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase};
use syn::Ident;
use syn::ext::IdentExt;

/// How the columns of a model are written (`rename_all`), named as serde names it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rename {
    Snake,
    Pascal,
    Camel,
    Screaming,
    Lower,
    Upper,
    Kebab,
    ScreamingKebab,
}

/// The spellings of [`Rename`], each written in itself.
pub(crate) const RENAMES: &[&str] = &[
    "snake_case",
    "PascalCase",
    "camelCase",
    "SCREAMING_SNAKE_CASE",
    "lowercase",
    "UPPERCASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

impl Rename {
    /// The rule of this spelling.
    pub(crate) fn from_spelling(spelling: &str) -> Option<Self> {
        Some(match spelling {
            "snake_case" => Self::Snake,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "SCREAMING_SNAKE_CASE" => Self::Screaming,
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            _ => return None,
        })
    }

    /// A name written by this rule.
    pub(crate) fn apply(self, name: &str) -> String {
        match self {
            Self::Snake => name.to_snake_case(),
            Self::Pascal => name.to_pascal_case(),
            Self::Camel => name.to_lower_camel_case(),
            Self::Screaming => name.to_shouty_snake_case(),
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
            Self::Kebab => name.to_kebab_case(),
            Self::ScreamingKebab => name.to_shouty_kebab_case(),
        }
    }
}

/// The table of a model that names none.
pub(crate) fn table(model: &Ident) -> String {
    plain(model).to_snake_case()
}

/// The column of a field that names none: of a foreign key with `_id` behind it.
pub(crate) fn column(field: &Ident, foreign_key: bool, rename: Option<Rename>) -> String {
    let name = plain(field);
    let name = if foreign_key { format!("{name}_id") } else { name };
    rename.map_or(name.clone(), |rename| rename.apply(&name))
}

/// An identifier without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

#[cfg(test)]
mod tests {
    use quote::format_ident;

    use super::*;

    #[test]
    fn tables_and_columns_follow_the_names_in_rust() {
        assert_eq!(table(&format_ident!("InvoiceLine")), "invoice_line");
        assert_eq!(column(&format_ident!("r#type"), false, None), "type");
        assert_eq!(column(&format_ident!("author"), true, None), "author_id");
        assert_eq!(column(&format_ident!("artist"), true, Some(Rename::Pascal)), "ArtistId");
        assert_eq!(column(&format_ident!("Odd_Name"), false, None), "Odd_Name");
    }

    #[test]
    fn each_rule_is_spelled_as_it_writes() {
        for spelling in RENAMES.iter().filter(|spelling| spelling.contains(['_', '-'])) {
            let rule = Rename::from_spelling(spelling).map(|rename| rename.apply(&spelling.to_lowercase()));
            assert_eq!(rule.as_deref(), Some(*spelling));
        }
        assert!(RENAMES.iter().all(|spelling| Rename::from_spelling(spelling).is_some()));
        assert_eq!(Rename::Pascal.apply("unit_price"), "UnitPrice");
        assert_eq!(Rename::Camel.apply("unit_price"), "unitPrice");
    }
}
