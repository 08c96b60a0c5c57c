//! What the models of a list refer to: whether it is there, found before anything is sent, and on every database (some make a
//! table whose foreign key leads nowhere, and refuse its rows); and the type that a column takes of a key of others.

use crate::dialect::Dialect;
use crate::error::{Error, Result, SetupMistake};
use crate::model::{ModelDef, Reference, RelationKind};
use crate::schema::{Column, ForeignKey, Pairs, Table};

/// Tells whether every managed model of a list refers to models of the list, or to some whose tables are made elsewhere.
///
/// # Errors
/// `Configuration` that names both models.
pub(super) fn check(models: &[&'static ModelDef]) -> Result<()> {
    for model in models.iter().copied() {
        for reference in Reference::all(model).filter(|_| model.managed) {
            present(models, model, reference.name, reference.target())?;
        }
        for relation in model.relations {
            let RelationKind::ManyToMany { through, reverse_of } = relation.kind else { continue };
            // What cannot be the pairs of a relation is told here, not at the first query.
            Pairs::of(model, relation)?;
            let made_here = model.managed && reverse_of.is_none();
            match through {
                Some(through) if made_here => present(models, model, relation.name, through())?,
                None if made_here => present(models, model, relation.name, (relation.target)())?,
                _ => {}
            }
        }
    }
    Ok(())
}

fn present(models: &[&'static ModelDef], model: &ModelDef, field: &'static str, target: &ModelDef) -> Result<()> {
    if !target.managed || models.iter().any(|model| model.same_table(target)) {
        return Ok(());
    }
    Err(SetupMistake::NotGiven { model: model.name, field, target: target.name }.into())
}

/// Gives the columns that refer to columns of others their types, where a type of ours could not refer to them; and those that
/// refer to such a column of ours. A column of several keys takes the first type that it is given.
///
/// # Errors
/// `Configuration` for a field that has no values in common with what it refers to.
pub(super) fn take_types(tables: &mut [Table], models: &[&'static ModelDef], dialect: &Dialect) -> Result<()> {
    let theirs = targets(models);
    loop {
        let mut taken = Vec::new();
        for (at, table) in tables.iter().enumerate() {
            for end in ends(table) {
                let name = end.type_taken(&theirs, tables, dialect)?.filter(|_| end.column.type_name.is_none());
                taken.extend(name.map(|name| (at, end.place, name)));
            }
        }
        if taken.is_empty() {
            return Ok(());
        }
        for (table, place, name) in taken {
            tables[table].columns[place].type_name.get_or_insert(name);
        }
    }
}

/// The models of tables of others that are referred to.
fn targets(models: &[&'static ModelDef]) -> Vec<&'static ModelDef> {
    let models = models.iter().copied().filter(|model| model.managed);
    let targets = models.clone().flat_map(Reference::all).map(|reference| reference.target());
    let related = models.flat_map(|model| model.relations).map(|relation| (relation.target)());
    targets.chain(related).filter(|model| !model.managed).collect()
}

/// A column that refers, and the one that it refers to: one of the pairs of a foreign key.
struct End<'t> {
    table: &'t Table,
    key: &'t ForeignKey,
    column: &'t Column,
    /// Where the column stands in its table.
    place: usize,
    /// The name of the column referred to.
    there: &'t str,
}

fn ends(table: &Table) -> impl Iterator<Item = End<'_>> {
    let pairs = table.foreign_keys.iter().flat_map(|key| key.columns.iter().map(move |pair| (key, pair)));
    pairs.filter_map(|(key, (name, there))| {
        let (place, column) = table.columns.iter().enumerate().find(|(_, column)| column.name == *name)?;
        Some(End { table, key, column, place, there })
    })
}

impl End<'_> {
    /// The type that the column takes from the one it refers to, if that has one of others.
    fn type_taken(&self, theirs: &[&'static ModelDef], tables: &[Table], dialect: &Dialect) -> Result<Option<String>> {
        let key = self.key;
        let is_target = |model: &&&ModelDef| model.table == key.target && model.schema == key.target_schema.as_deref();
        if let Some(target) = theirs.iter().find(is_target) {
            return self.type_of_others(target, dialect);
        }
        let target = tables.iter().find(|other| key.refers_to(other));
        Ok(target.and_then(|target| target.column(self.there)?.type_name.clone()))
    }

    fn type_of_others(&self, target: &'static ModelDef, dialect: &Dialect) -> Result<Option<String>> {
        let Self { table, key, column, .. } = self;
        let facts = dialect.facts().and_then(|facts| facts.of(target));
        let Some(there) = facts.as_ref().and_then(|facts| facts.column(self.there)) else { return Ok(None) };
        if dialect.spelling().refuses(column.kind, there) {
            return Err(Error::configuration(format!(
                "`{}.{}` is {:?}, and the column `{}` of `{}` that it refers to is of the type `{}`, with which such values \
                 cannot be compared: give the key of `{}` a type for it",
                table.model, column.name, column.kind, self.there, key.target, there.type_name, target.name
            )));
        }
        if !dialect.spelling().is_referable(there) {
            return Err(Error::configuration(format!(
                "`{}.{}` refers to the column `{}` of `{}`, which is of the type `{}`, and {} makes no foreign key to that: \
                 let the table be made elsewhere (`managed = false`), without a constraint",
                table.model,
                column.name,
                self.there,
                key.target,
                there.type_name,
                dialect.name()
            )));
        }
        Ok(dialect.spelling().referring(column.kind, there))
    }
}
