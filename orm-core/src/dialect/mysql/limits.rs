//! How long the texts of a table may be: a row and an index have room for so many bytes, whatever they hold.

use super::accepted;
use super::edition::Mysql;
use crate::error::{Error, Result, SetupMistake};
use crate::schema::{Column, ForeignKey, Index, Table, Unique};
use crate::value::Kind;

/// The most bytes of the columns of an index together.
const KEY_BYTES: u64 = 3072;

/// The most bytes of a row, without what is stored beside it (LONGTEXT, LONGBLOB, JSON).
const ROW_BYTES: u64 = 65_535;

/// The longest text, in characters, that stands in the row itself. A longer one is a LONGTEXT with a check.
const IN_ROW: u32 = 4_000;

/// How a text or bytes are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    /// In the row, with at most so many characters or bytes.
    InRow(u32),
    /// Beside the row, of any length.
    Beside,
}

/// How a text or bytes are stored. Keyed ones must stand in the row.
pub(super) fn stored(column: &Column, keyed: bool) -> Stored {
    let known = column.max_length.or(if keyed { column.longest_choice } else { None });
    match (column.kind, known) {
        (Kind::Text, Some(length)) if keyed || length <= IN_ROW => Stored::InRow(length.max(1)),
        (Kind::Bytes, Some(length)) if keyed => Stored::InRow(length.max(1)),
        _ => Stored::Beside,
    }
}

impl Mysql {
    /// A key without a schema leads to the schema of its own table here, not to where the connection looks.
    pub(super) fn check_references(&self, table: &Table) -> Result<()> {
        let outward = |key: &&ForeignKey| table.schema.is_some() && key.target_schema.is_none();
        let Some(key) = table.foreign_keys.iter().find(outward) else { return Ok(()) };
        let fault = format!(
            "the table is in a schema and refers to the table `{}`, which names none: on {} give that model its `schema` too",
            key.target, self.name
        );
        Err(refused(table, None, fault))
    }

    /// Tells whether the rows of a table, and their keys, can be as long as its columns allow.
    pub(super) fn check_lengths(&self, table: &Table) -> Result<()> {
        let uniques = table.uniques.iter().map(|Unique { name, columns, .. }| (name, columns.iter().collect()));
        let indexes = table
            .indexes
            .iter()
            .map(|Index { name, columns, .. }| (name, columns.iter().map(|(column, _)| column).collect()));
        let primary = ("PRIMARY KEY".to_owned(), table.primary_key.iter().collect());
        for (name, columns) in uniques.chain(indexes).chain([(&primary.0, primary.1)]) {
            self.check_key(table, name, columns)?;
        }
        let row = row_bytes(table);
        if row <= ROW_BYTES {
            return Ok(());
        }
        let fault = format!(
            "a row may be {row} bytes long, and {} has {ROW_BYTES} for one: leave out the `max_length` of some of its texts, \
             or give them one over {IN_ROW}, which is stored beside the row",
            self.name
        );
        Err(refused(table, None, fault))
    }

    fn check_key(&self, table: &Table, name: &str, columns: Vec<&String>) -> Result<()> {
        let mut length = 0;
        for column in columns.into_iter().filter_map(|column| table.column(column)) {
            let Some(bytes) = bytes(table, column) else {
                return Err(self.without_length(table, column));
            };
            length += bytes;
        }
        if length <= KEY_BYTES {
            return Ok(());
        }
        let fault = format!(
            "the columns of `{name}` may be {length} bytes long, and {} has {KEY_BYTES} for a key: a character takes 4, so \
             give the texts among them a smaller `max_length`",
            self.name
        );
        Err(refused(table, None, fault))
    }

    fn without_length(&self, table: &Table, column: &Column) -> Error {
        let (what, most) = match column.kind {
            Kind::Text => ("text", KEY_BYTES / 4),
            Kind::Bytes => ("bytes", KEY_BYTES),
            kind => {
                let fault = format!("the column is unique or indexed, which {} cannot do for {kind:?}", self.name);
                return refused(table, Some(column), fault);
            }
        };
        let fault = format!(
            "the {what} column is unique or indexed: on {} it needs a `max_length` of at most {most}",
            self.name
        );
        refused(table, Some(column), fault)
    }
}

fn refused(table: &Table, column: Option<&Column>, fault: String) -> Error {
    let column = column.map(|column| column.name.clone());
    SetupMistake::Table { model: table.model.clone(), column, fault }.into()
}

/// What a pointer to what is stored beside the row takes in it.
const BESIDE: u64 = 12;

/// The most bytes of a row: each text and bytes column has two more for its length, and each eight columns one for their NULLs.
/// (<https://dev.mysql.com/doc/refman/8.4/en/column-count-limit.html#row-size-limits>)
fn row_bytes(table: &Table) -> u64 {
    let sized = |column: &Column| if matches!(column.kind, Kind::Text | Kind::Bytes) { 2 } else { 0 };
    let of = |column: &Column| bytes(table, column).map_or(BESIDE, |bytes| bytes + sized(column));
    table.columns.iter().map(of).sum::<u64>() + (table.columns.len() as u64).div_ceil(8)
}

/// The most bytes that a column takes in a key, and in the row beside its length; none if it is stored beside the row.
fn bytes(table: &Table, column: &Column) -> Option<u64> {
    if let Some(name) = &column.type_name {
        return accepted::length(name).map_or(Some(30), |length| u64::try_from(length).ok().map(|length| 4 * length));
    }
    Some(match column.kind {
        Kind::Text | Kind::Bytes => match stored(column, table.is_keyed(&column.name)) {
            Stored::InRow(length) if column.kind == Kind::Text => u64::from(length) * 4,
            Stored::InRow(length) => length.into(),
            Stored::Beside => return None,
        },
        Kind::Json => return None,
        Kind::Uuid => 36,
        Kind::Decimal => 30,
        _ => 8,
    })
}
