//! One growing text and its bound values.

use std::cell::Cell;
use std::fmt::{Display, Write};

use crate::dialect::{Dialect, Features, Placeholder, Spelling};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{FieldDef, ModelDef};
use crate::planner::{Col, Name, Table};
use crate::statement::{Intent, Statement};
use crate::value::Value;

/// The longest text that is sent, in bytes.
const LONGEST: usize = 4 << 20;

/// The longest text that is worth keeping prepared, in bytes: what is longer grew with its data.
const WORTH_KEEPING: usize = 16 << 10;

thread_local! {
    /// Where this thread wrote its last text: the next one needs no memory of its own.
    static BUFFER: Cell<String> = const { Cell::new(String::new()) };
}

/// The buffer of this thread, empty; a writer inside another one gets a new one.
fn taken() -> String {
    // Gone already, if a query is written while the thread ends.
    let mut buffer = BUFFER.try_with(Cell::take).unwrap_or_default();
    buffer.reserve(1024);
    buffer
}

fn give_back(mut buffer: String) {
    if buffer.capacity() <= WORTH_KEEPING {
        buffer.clear();
        BUFFER.try_with(|place| place.set(buffer)).ok();
    }
}

/// Writes one statement.
#[derive(Debug)]
pub(super) struct Writer<'d> {
    pub(super) dialect: &'d Dialect,
    sql: String,
    binds: Vec<Value>,
    inline: bool,
    /// The first schema named, where a database has none.
    without_schemas: Option<&'static str>,
    /// The first column found whose type is not one for its field.
    unfit: Option<String>,
    /// Whether texts take the types of the columns beside them.
    untyped_texts: bool,
}

impl<'d> Writer<'d> {
    pub(super) fn new(dialect: &'d Dialect) -> Self {
        Self {
            dialect,
            sql: taken(),
            binds: Vec::with_capacity(8),
            inline: false,
            without_schemas: None,
            unfit: None,
            untyped_texts: false,
        }
    }

    /// For the schema: values are written into the text.
    pub(super) fn inline(dialect: &'d Dialect) -> Self {
        Self { inline: true, ..Self::new(dialect) }
    }

    /// Whether values are written into the text.
    pub(super) fn is_inline(&self) -> bool {
        self.inline
    }

    pub(super) fn features(&self) -> &'static Features {
        self.dialect.features()
    }

    pub(super) fn spelling(&self) -> &'static dyn Spelling {
        self.dialect.spelling()
    }

    pub(super) fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    /// The same as the last step of what could have failed.
    pub(super) fn write(&mut self, sql: &str) -> Result<()> {
        self.push(sql);
        Ok(())
    }

    /// A name between quotes, those inside doubled.
    pub(super) fn identifier(&mut self, name: &str) {
        let quote = self.features().quote;
        self.sql.push(quote);
        if name.bytes().any(|byte| char::from(byte) == quote) {
            self.sql.push_str(&name.replace(quote, &String::from_iter([quote, quote])));
        } else {
            self.sql.push_str(name);
        }
        self.sql.push(quote);
    }

    /// The table of a model, in its schema.
    pub(super) fn table(&mut self, model: &ModelDef) {
        if let (Some(schema), false) = (model.schema, self.features().schemas) {
            self.without_schemas.get_or_insert(schema);
        }
        self.untyped_texts |= !model.managed && !self.inline;
        self.qualified(model.schema, model.table);
    }

    /// Notes a column of a table of others whose type is not one for its field: what cannot be compared is neither read nor
    /// written.
    #[inline]
    pub(super) fn check_type(&mut self, model: &ModelDef, field: &FieldDef) {
        if !field.has_own_type(model) {
            self.check_type_of_others(model, field);
        }
    }

    fn check_type_of_others(&mut self, model: &ModelDef, field: &FieldDef) {
        self.untyped_texts |= model.managed && self.column_facts(model, field).is_some();
        if model.managed || self.inline || self.unfit.is_some() {
            return;
        }
        let Some(facts) = self.dialect.table_facts(model) else { return };
        let column = facts.column(field.column).filter(|column| self.spelling().refuses(field.kind, column));
        self.unfit = column.map(|column| {
            format!(
                "`{}.{}` is {:?}, and the column `{}` is of the type `{}`, with which such values cannot be compared: give the \
                 field a type for it, or leave it out",
                model.name, field.name, field.kind, field.column, column.type_name
            )
        });
    }

    /// A table in a schema, or where the connection looks for it.
    pub(super) fn qualified(&mut self, schema: Option<&str>, table: &str) {
        if let Some(schema) = schema {
            self.identifier(schema);
            self.push(".");
        }
        self.identifier(table);
    }

    /// A bound value.
    pub(super) fn bind(&mut self, value: Value) {
        if self.inline {
            self.sql.push_str(&self.dialect.spelling().literal(&value));
            return;
        }
        self.binds.push(value);
        match self.features().placeholder {
            Placeholder::Question => self.sql.push('?'),
            Placeholder::Dollar => {
                self.sql.push('$');
                self.number(self.binds.len());
            }
        }
    }

    /// The items with something between.
    pub(super) fn separated<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &str,
        mut write: impl FnMut(&mut Self, T) -> Result<()>,
    ) -> Result<()> {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            write(self, item)?;
        }
        Ok(())
    }

    /// Names between quotes, separated by commas.
    pub(super) fn identifiers<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) -> Result<()> {
        self.separated(names, ", ", |writer, name| {
            writer.identifier(name);
            Ok(())
        })
    }

    /// The name by which the columns of a table are qualified.
    pub(super) fn table_name(&mut self, table: Table) {
        match table.name {
            Name::Bare => {}
            Name::Own => self.identifier(table.model.table),
            Name::Alias(letter, number) => {
                let quote = self.features().quote;
                self.sql.push(quote);
                self.sql.push(letter);
                self.number(number);
                self.sql.push(quote);
            }
        }
    }

    /// A number in the text.
    pub(super) fn number(&mut self, number: impl Display) {
        // Writing to a String cannot fail.
        write!(self.sql, "{number}").ok();
    }

    /// A column where it stands in a statement.
    pub(super) fn column(&mut self, column: Col) {
        self.check_type(column.table.model, column.field);
        if column.table.name != Name::Bare {
            self.table_name(column.table);
            self.push(".");
        }
        self.identifier(column.field.column);
    }

    /// A column of a model's own table.
    pub(super) fn root_column(&mut self, model: &'static ModelDef, field: &'static FieldDef) {
        self.column(Table::own(model).column(field));
    }

    /// The statement, if it is within bounds.
    pub(super) fn finish(self, intent: Intent) -> Result<Statement> {
        if let Some(schema) = self.without_schemas {
            return Err(no_schemas(schema, self.dialect));
        }
        if let Some(reason) = self.unfit {
            return Err(Error::configuration(reason));
        }
        bounded("bytes of SQL text", self.sql.len(), LONGEST)?;
        bounded("bound values (send fewer in one statement)", self.binds.len(), self.features().max_binds)?;
        let persistent = self.sql.len() <= WORTH_KEEPING;
        let statement = Statement::new(self.sql.as_str(), self.binds, intent);
        give_back(self.sql);
        Ok(Statement { persistent, untyped_texts: self.untyped_texts, ..statement })
    }

    /// The text of a statement that changes the schema, or of a part of one.
    pub(super) fn into_text(self) -> String {
        let text = self.sql.as_str().to_owned();
        give_back(self.sql);
        text
    }
}

/// The error of a table in a schema, where there are none.
pub(super) fn no_schemas(schema: &str, dialect: &Dialect) -> Error {
    ErrorKind::Unsupported { feature: format!("tables in a schema (`{schema}`)"), backend: dialect.name() }.into()
}

fn bounded(what: &'static str, found: usize, limit: usize) -> Result<()> {
    if found <= limit {
        return Ok(());
    }
    Err(ErrorKind::TooComplex { what, found: found as u64, limit: limit as u64 }.into())
}
