//! What a model says about its table, as a tree of statics: a model has fields and relations, and these name models.

use std::fmt;

use crate::error::{Result, SetupMistake};
use crate::value::{Choices, FieldType, Kind, Value};

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
    /// The foreign keys of several columns; one of a single column is part of its field.
    pub foreign_keys: &'static [CompositeKeyDef],
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
        foreign_keys: &[],
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

    /// Tells whether it has a foreign key.
    pub(crate) fn has_references(&self) -> bool {
        !self.foreign_keys.is_empty() || self.fields.iter().any(|field| field.foreign_key.is_some())
    }

    /// Tells whether the field at an index is a foreign key, or part of one.
    pub fn refers(&self, index: usize) -> bool {
        self.fields.get(index).is_some_and(|field| field.foreign_key.is_some())
            || self.foreign_keys.iter().any(|key| key.fields.contains(&index))
    }

    /// The fields of the primary key.
    pub fn key_fields(&'static self) -> impl Iterator<Item = &'static FieldDef> {
        self.primary_key.iter().filter_map(|&index| self.fields.get(index))
    }

    /// The one field of the primary key.
    ///
    /// # Errors
    /// `Configuration` of several: no single field refers to such a model, and no query follows a key of several.
    pub fn single_key(&'static self) -> Result<&'static FieldDef> {
        match self.primary_key {
            [key] => self.fields.get(*key),
            _ => None,
        }
        .ok_or_else(|| SetupMistake::NoKey { model: self.name }.into())
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

/// What a model says about one column. The derive writes the entries that differ from [`FieldDef::PLAIN`].
#[derive(Debug, Clone, Copy)]
pub struct FieldDef {
    /// The Rust name of the field, or the one that its handle has instead.
    pub name: &'static str,
    /// The Rust name of the field, where its handle has another.
    pub field: Option<&'static str>,
    /// The name of the column.
    pub column: &'static str,
    /// What the column holds.
    pub kind: Kind,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Whether it is the primary key, or part of it.
    pub primary_key: bool,
    /// Whether the database numbers new rows by it.
    pub auto: bool,
    /// Whether no two rows may have the same value.
    pub unique: bool,
    /// Whether it has an index of its own.
    pub index: bool,
    /// The most characters of a text, or bytes.
    pub max_length: Option<u32>,
    /// The fewest characters of a text.
    pub min_length: Option<u32>,
    /// The least value, as written in the attribute.
    pub min: Option<&'static str>,
    /// The greatest value, as written in the attribute.
    pub max: Option<&'static str>,
    /// Whether a required text may be empty.
    pub blank: bool,
    /// A regular expression that a text must match.
    pub regex: Option<&'static str>,
    /// Whether a text must be an e-mail address.
    pub email: bool,
    /// Whether a text must be a URL.
    pub url: bool,
    /// How many digits a decimal has in all.
    pub max_digits: Option<u32>,
    /// How many of them stand behind the point.
    pub decimal_places: Option<u32>,
    /// The least and greatest integer of a narrow or unsigned type.
    pub range: Option<(i64, i64)>,
    /// The closed list of values.
    pub choices: Option<Choices>,
    /// The value of a new row that does not say.
    pub default: Option<fn() -> Result<Value>>,
    /// The same, given to the database as an SQL literal or expression.
    pub db_default: Option<&'static str>,
    /// Whether every save sets it to now.
    pub auto_now: bool,
    /// Whether the insert sets it to now.
    pub auto_now_add: bool,
    /// Whether the database computes it: read, never written. From what is among the model's `Declarations`.
    pub generated: bool,
    /// The collation of a text.
    pub collation: Option<&'static str>,
    /// The comment in the database.
    pub comment: Option<&'static str>,
    /// The model it refers to, for a foreign key.
    pub foreign_key: Option<ForeignKeyDef>,
}

impl FieldDef {
    /// A NOT NULL text column with no options: what generated code starts from.
    pub const PLAIN: Self = Self {
        name: "",
        field: None,
        column: "",
        kind: Kind::Text,
        nullable: false,
        primary_key: false,
        auto: false,
        unique: false,
        index: false,
        max_length: None,
        min_length: None,
        min: None,
        max: None,
        blank: false,
        regex: None,
        email: false,
        url: false,
        max_digits: None,
        decimal_places: None,
        range: None,
        choices: None,
        default: None,
        db_default: None,
        auto_now: false,
        auto_now_add: false,
        generated: false,
        collation: None,
        comment: None,
        foreign_key: None,
    };

    /// A column for values of type `T`, with no options.
    pub const fn of<T: FieldType>(name: &'static str, column: &'static str) -> Self {
        Self { name, column, kind: T::KIND, nullable: T::NULLABLE, range: T::RANGE, choices: T::CHOICES, ..Self::PLAIN }
    }

    /// Tells whether a new row must give it: nothing else will.
    pub fn required(&self) -> bool {
        let given = self.auto || self.auto_now || self.auto_now_add || self.generated;
        !given && !self.nullable && self.default.is_none() && self.db_default.is_none()
    }
}

/// The model that the columns of a foreign key refer to.
#[derive(Debug, Clone, Copy)]
pub struct ForeignKeyDef {
    /// The model referred to, by its primary key.
    pub target: fn() -> &'static ModelDef,
    /// What happens to the row when the row it refers to is deleted.
    pub on_delete: OnDelete,
    /// Whether at most one row refers to each (`OneToOne`).
    pub one_to_one: bool,
}

/// A foreign key of several columns. Where one of them is NULL it refers to no row.
#[derive(Debug, Clone, Copy)]
pub struct CompositeKeyDef {
    /// The Rust name of the relation.
    pub name: &'static str,
    /// Indices into [`ModelDef::fields`], in the order of the primary key that they refer to. Each says its own type.
    pub fields: &'static [usize],
    /// What they refer to.
    pub key: ForeignKeyDef,
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
