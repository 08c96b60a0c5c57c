//! From tokens to what was written: options by name, each with its span, nothing decided yet.

mod entry;
mod field;
mod options;
mod written;

pub(crate) use entry::{Known, read};
pub(crate) use field::{Field, FieldOptions, Generated, Related};
pub(crate) use options::{Index, ModelOptions, On, Term, Unique, columns_rename, rename};
pub(crate) use written::{Class, Written};

use syn::Attribute;

/// The documentation among the attributes.
pub(crate) fn docs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect()
}
