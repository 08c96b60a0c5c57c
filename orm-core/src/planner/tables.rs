//! The tables that a statement reads, and how the columns of each are qualified.

use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::model::{Column, FieldDef, ModelDef, Path};

/// A table where a statement reads it.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The model whose table it is.
    pub model: &'static ModelDef,
    /// How its columns are qualified.
    pub name: Name,
    /// Whether its row may be missing, so that each of its columns can be NULL.
    pub nullable: bool,
}

/// How the columns of a table are qualified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// Not at all: in the schema of the table.
    Bare,
    /// By the name of the table.
    Own,
    /// By an alias: a letter and a number.
    Alias(char, usize),
}

/// A column where a statement reads it.
#[derive(Debug, Clone, Copy)]
pub struct Col {
    /// Its table.
    pub table: Table,
    /// The column.
    pub field: &'static FieldDef,
    /// Whether what is compared with it counts as NULL where the type of the column cannot read it: in a table of others.
    pub nulls_others: bool,
}

/// The table at the root of a query, and the joins in the order of first use; each after the one it starts from.
#[derive(Debug, Clone)]
pub struct Joins {
    pub(super) root: Table,
    pub(super) list: Vec<Join>,
    pub(super) required: u64,
    pub(super) letter: char,
}

/// One join: the row that a foreign key refers to.
#[derive(Debug, Clone, Copy)]
pub struct Join {
    /// The table that is joined.
    pub table: Table,
    /// Its primary key.
    pub target: &'static FieldDef,
    /// The foreign key that refers to it.
    pub key: Col,
    /// Whether the primary key, and whether the foreign key, may hold what is not read.
    pub(super) unread: [bool; 2],
}

impl Table {
    /// A table by its own name.
    pub const fn own(model: &'static ModelDef) -> Self {
        Self { model, name: Name::Own, nullable: false }
    }

    /// A column of it.
    pub const fn column(self, field: &'static FieldDef) -> Col {
        Col { table: self, field, nulls_others: false }
    }

    /// The columns of its primary key.
    pub fn keys(self) -> impl Iterator<Item = Col> {
        self.model.key_fields().map(move |field| self.column(field))
    }

    /// All its columns.
    pub fn columns(self) -> impl Iterator<Item = Col> {
        self.model.fields.iter().map(move |field| self.column(field))
    }

    /// Tells whether both are the same table of one query.
    pub fn is(self, other: Self) -> bool {
        self.name == other.name
    }
}

impl Col {
    /// Tells whether it can be NULL where it stands.
    pub const fn nullable(self) -> bool {
        self.table.nullable || self.field.nullable
    }

    /// Tells whether it is sure to have a type of ours.
    #[inline]
    pub(crate) fn has_own_type(self) -> bool {
        self.field.has_own_type(self.table.model)
    }

    /// Tells whether it may hold what is not read.
    pub(super) fn may_be_unread(self, dialect: &Dialect) -> bool {
        dialect.readable(self.table.model, self.field).is_some()
    }

    /// Tells whether both are the same column of one query.
    pub fn is(self, other: Self) -> bool {
        self.table.is(other.table) && std::ptr::eq(self.field, other.field)
    }
}

impl Join {
    /// The primary key that the foreign key refers to.
    pub const fn target(&self) -> Col {
        self.table.column(self.target)
    }

    /// The columns that are looked at for what is not read, as they are joined by: the primary key, and the foreign key of an inner
    /// join. (That of another was looked at before.)
    pub fn checked(&self, inner: bool) -> impl Iterator<Item = Col> {
        let [there, here] = self.unread;
        [(there, self.target()), (here && inner, self.key)].into_iter().filter_map(|(is, column)| is.then_some(column))
    }
}

impl Joins {
    /// No joins yet.
    pub fn new(root: &'static ModelDef) -> Self {
        Self { root: Table::own(root), list: Vec::new(), required: 0, letter: letter(root.table) }
    }

    /// The same of a query inside another one: its root has an alias, so that the queries around it can have the same table.
    pub(super) const fn inside(&self, root: &'static ModelDef, number: usize) -> Self {
        let root = Table { name: Name::Alias(self.letter, number), ..Table::own(root) };
        Self { root, list: Vec::new(), required: 0, letter: self.letter }
    }

    /// The table at the root.
    pub const fn root(&self) -> Table {
        self.root
    }

    /// Tells whether the root stands alone.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The joins, each with whether its rows are sure to be there (INNER).
    pub fn iter(&self) -> impl Iterator<Item = (&Join, bool)> {
        self.list.iter().map(|join| (join, self.is_there(join.table)))
    }

    /// A name that is none of a table or join here.
    pub const fn free_name(&self) -> Name {
        Name::Alias(self.letter, 0)
    }

    /// Where a column is read; none if its table is not joined. A target's primary key is the foreign key that refers to it:
    /// no join needed.
    pub(super) fn locate(&self, column: Column) -> Option<Col> {
        let (path, field) = column.shortest();
        Some(self.table(path)?.column(field))
    }

    /// The table of the model at the end of a path, if it is joined.
    pub(super) fn table(&self, path: &Path) -> Option<Table> {
        match path.step {
            None => (path.model == self.root.model).then_some(self.root),
            Some((before, key)) => self.find(self.table(before)?, key),
        }
    }

    /// The table that a key refers to, if it is joined.
    pub(super) fn find(&self, from: Table, key: &FieldDef) -> Option<Table> {
        let is_same = |join: &&Join| join.key.table.is(from) && std::ptr::eq(join.key.field, key);
        self.list.iter().find(is_same).map(|join| join.table)
    }

    pub(super) fn expect_root(&self, path: &Path) -> Result<Table> {
        if path.model == self.root.model {
            return Ok(self.root);
        }
        Err(Error::internal(format!(
            "a column of `{}` has no place in a query of `{}`",
            path.model.name, self.root.model.name
        )))
    }

    /// Tells whether the rows of a table are sure to be there: the condition requires them, or the key cannot be NULL and its
    /// own row is there. (Only in a table of ours, where a constraint sees to it that the row referred to exists.)
    pub(super) fn is_there(&self, table: Table) -> bool {
        let Some((index, join)) = self.join(table) else { return true };
        let from = join.key.table;
        self.required & (1 << index) != 0 || (!join.key.field.nullable && from.model.managed && self.is_there(from))
    }

    /// The joins on the way to a table, its own included, as bits.
    pub(super) fn way_to(&self, table: Table) -> u64 {
        self.join(table).map_or(0, |(index, join)| (1 << index) | self.way_to(join.key.table))
    }

    /// The join of a table and its place; none of the root.
    fn join(&self, table: Table) -> Option<(usize, &Join)> {
        self.list.iter().enumerate().find(|(_, join)| join.table.is(table))
    }
}

/// A column of a model by its index.
pub(crate) fn field_at(model: &'static ModelDef, index: usize) -> Result<&'static FieldDef> {
    model.fields.get(index).ok_or_else(|| Error::internal(format!("`{}` has no field {index}", model.name)))
}

/// `t`, unless the root's own name could be such an alias.
fn letter(table: &str) -> char {
    let numbered = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    if table.strip_prefix(['t', 'T']).is_some_and(numbered) { 'u' } else { 't' }
}
