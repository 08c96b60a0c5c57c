//! Names that no database, or not every one, would take: found before anything is sent, and the same on each, so that
//! what was tried on one works on the others.

use std::collections::HashMap;

use super::Table;
use super::naming::LONGEST;
use crate::error::{Error, Result, SetupMistake};

/// Tells whether the names of tables that are to stand together can be: none is empty, too long or there twice.
///
/// # Errors
/// `Configuration` that names the models.
pub fn check_names(tables: &[Table]) -> Result<()> {
    let mut taken = Taken::default();
    for table in tables {
        let of = |what: &'static str, name| Name { what, name, table };
        taken.take(Space::Relations, of("table", &table.name))?;
        if let Some(schema) = &table.schema {
            of("schema", schema).check()?;
        }
        check_columns(table)?;
        for unique in &table.uniques {
            // A UNIQUE constraint is an index too, and has its name.
            taken.take(Space::Relations, of("UNIQUE constraint", &unique.name))?;
            taken.take(Space::Constraints, of("UNIQUE constraint", &unique.name))?;
        }
        for index in &table.indexes {
            taken.take(Space::Relations, of("index", &index.name))?;
        }
        for check in &table.checks {
            taken.take(Space::Constraints, of("CHECK constraint", &check.name))?;
        }
        for key in &table.foreign_keys {
            taken.take(Space::Constraints, of("foreign key", &key.name))?;
        }
    }
    Ok(())
}

fn check_columns(table: &Table) -> Result<()> {
    let mut columns: HashMap<String, &str> = HashMap::new();
    for column in &table.columns {
        Name { what: "column", name: &column.name, table }.check()?;
        if let Some(first) = columns.insert(column.name.to_lowercase(), &column.name) {
            let fault = format!("is that of its column `{first}` to a database: give one of them another");
            return Err(Name { what: "column", name: &column.name, table }.refused(fault));
        }
    }
    Ok(())
}

/// What may not have one name in a schema: on some databases tables and indexes, on others constraints.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Space {
    Relations,
    Constraints,
}

/// The names met so far. Most databases take capitals and small letters for one.
#[derive(Default)]
struct Taken<'t>(HashMap<(Space, Option<&'t str>, String), Name<'t>>);

impl<'t> Taken<'t> {
    fn take(&mut self, space: Space, name: Name<'t>) -> Result<()> {
        name.check()?;
        let Some(first) = self.0.insert((space, name.table.schema.as_deref(), name.name.to_lowercase()), name) else {
            return Ok(());
        };
        let Name { what, name, table: Table { model, .. } } = name;
        let (model, name, other) = (model.clone(), name.to_owned(), first.table.model.clone());
        Err(SetupMistake::NameTaken { model, what, name, other, other_what: first.what }.into())
    }
}

/// A name, and what has it.
#[derive(Clone, Copy)]
struct Name<'t> {
    what: &'static str,
    name: &'t str,
    table: &'t Table,
}

impl Name<'_> {
    fn check(self) -> Result<()> {
        let name = self.name;
        let fault = if name.is_empty() {
            "is empty".to_owned()
        } else if name.contains('\0') {
            "contains a NUL character".to_owned()
        } else if name.len() > LONGEST {
            format!("is {} bytes long: databases take at most {LONGEST}", name.len())
        } else if name.ends_with(' ') {
            "ends in a space, which some databases refuse".to_owned()
        } else if let Some(wide) = name.chars().find(|character| *character > '\u{ffff}') {
            format!("contains `{wide}`, which some databases refuse")
        } else {
            return Ok(());
        };
        Err(self.refused(fault))
    }

    fn refused(self, fault: String) -> Error {
        let Self { what, name, table: Table { model, .. } } = self;
        SetupMistake::Name { model: model.clone(), what, name: name.to_owned(), fault }.into()
    }
}
