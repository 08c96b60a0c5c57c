//! A model's table and the options that concern more than one column.

use std::fmt;

use super::field::FieldDef;
use super::relation::RelationDef;
use crate::error::{Error, Result};

/// What a model says about its table (Django's `Meta`). `Debug` shows its name.
pub struct ModelDef {
    /// The Rust name of the struct.
    pub name: &'static str,
    /// The name of the table.
    pub table: &'static str,
    /// The schema that the table is in, where it is not the one that the connection looks in.
    pub schema: Option<&'static str>,
    /// The columns, in the order of the struct's fields, those of flattened structs last; relations without a
    /// column are not among them.
    pub fields: &'static [FieldDef],
    /// The primary key, as indices into `fields`.
    pub primary_key: &'static [usize],
    /// The to-many relations.
    pub relations: &'static [RelationDef],
    /// The order of a queryset that names none.
    pub ordering: &'static [OrderingDef],
    /// UNIQUE constraints over several columns, or conditional.
    pub uniques: &'static [UniqueDef],
    /// Indexes over several columns, or with options.
    pub indexes: &'static [IndexDef],
    /// Whether the library creates and alters the table.
    pub managed: bool,
    /// The comment of the table in the database.
    pub comment: Option<&'static str>,
}

impl ModelDef {
    /// A model without columns: what generated code starts from.
    pub const PLAIN: Self = Self {
        name: "",
        table: "",
        schema: None,
        fields: &[],
        primary_key: &[],
        relations: &[],
        ordering: &[],
        uniques: &[],
        indexes: &[],
        managed: true,
        comment: None,
    };

    /// Tells whether the other model has the same table.
    pub fn same_table(&self, other: &Self) -> bool {
        self.table == other.table && self.schema == other.schema
    }

    /// The field of this Rust name.
    pub fn field(&'static self, name: &str) -> Option<&'static FieldDef> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The to-many relation of this Rust name.
    pub fn relation(&'static self, name: &str) -> Option<&'static RelationDef> {
        self.relations.iter().find(|relation| relation.name == name)
    }

    /// The fields of the primary key.
    pub fn key_fields(&'static self) -> impl Iterator<Item = &'static FieldDef> {
        self.primary_key.iter().filter_map(|&index| self.fields.get(index))
    }

    /// The one field of the primary key.
    ///
    /// # Errors
    /// `Configuration` of several: nothing can refer to such a model.
    pub fn single_key(&'static self) -> Result<&'static FieldDef> {
        match self.primary_key {
            [key] => self.fields.get(*key),
            _ => None,
        }
        .ok_or_else(|| {
            Error::configuration(format!("`{}` needs a primary key of one column to be referred to", self.name))
        })
    }
}

impl fmt::Debug for ModelDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for ModelDef {
    /// Two definitions are the same if they are the same static.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for ModelDef {}

/// One column of the default ordering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderingDef {
    /// Index into [`ModelDef::fields`].
    pub field: usize,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// A UNIQUE constraint. Its condition, if any, is among the model's `Declarations` under the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UniqueDef {
    /// The name of the constraint; empty for one made from table and columns.
    pub name: &'static str,
    /// Indices into [`ModelDef::fields`].
    pub fields: &'static [usize],
    /// Whether it is checked at commit.
    pub deferrable: bool,
}

/// An index. Its condition, if any, is among the model's `Declarations` under the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexDef {
    /// The name of the index; empty for one made from table and columns.
    pub name: &'static str,
    /// Indices into [`ModelDef::fields`], each with whether it descends.
    pub fields: &'static [(usize, bool)],
    /// Further columns kept in the index.
    pub include: &'static [usize],
    /// The access method, where the database has several.
    pub method: Option<&'static str>,
}
