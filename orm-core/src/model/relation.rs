//! How models refer to each other.

use super::options::ModelDef;

/// The model that a foreign key's column refers to.
#[derive(Debug, Clone, Copy)]
pub struct ForeignKeyDef {
    /// The model referred to, by its primary key.
    pub target: fn() -> &'static ModelDef,
    /// What happens to the row when the row it refers to is deleted.
    pub on_delete: OnDelete,
    /// Whether at most one row refers to each (`OneToOne`).
    pub one_to_one: bool,
}

/// What happens to a row when the row it refers to is deleted (Django's `on_delete`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum OnDelete {
    /// It is deleted too.
    Cascade,
    /// The delete is refused.
    Protect,
    /// The delete is refused, unless the row goes by another path of the same delete.
    Restrict,
    /// Its key becomes NULL.
    SetNull,
    /// Its key becomes the column's default.
    SetDefault,
    /// Nothing; the database may refuse.
    DoNothing,
}

/// A relation to many rows: no column of its own.
#[derive(Debug, Clone, Copy)]
pub struct RelationDef {
    /// The Rust name of the field.
    pub name: &'static str,
    /// The model of the related rows.
    pub target: fn() -> &'static ModelDef,
    /// How the rows are found.
    pub kind: RelationKind,
}

/// How the rows of a to-many relation are found.
#[derive(Debug, Clone, Copy)]
pub enum RelationKind {
    /// The target has a foreign key to this model: the reverse side of `Target::field`.
    HasMany {
        /// The Rust name of the target's foreign key.
        field: &'static str,
    },
    /// A table of pairs stands between.
    ManyToMany {
        /// The model of the pairs; without one the table is made from the two names.
        through: Option<fn() -> &'static ModelDef>,
        /// The forward relation's name, on the reverse side.
        reverse_of: Option<&'static str>,
    },
}
