//! Whether what the models of a list refer to is there: found before anything is sent, and on every database. (Some make a
//! table whose foreign key leads nowhere, and refuse its rows.)

use crate::error::{Error, Result};
use crate::model::{ModelDef, RelationKind};
use crate::query::Declared;
use crate::schema::Pairs;

/// Tells whether every managed model of a list refers to models of the list, or to some whose tables are made elsewhere.
///
/// # Errors
/// `Configuration` that names both models.
pub(super) fn check(declared: &[Declared]) -> Result<()> {
    for model in declared.iter().map(|entry| entry.definition) {
        for field in model.fields.iter().filter(|_| model.managed) {
            if let Some(key) = &field.foreign_key {
                present(declared, model, field.name, (key.target)())?;
            }
        }
        for relation in model.relations {
            let RelationKind::ManyToMany { through, reverse_of } = relation.kind else { continue };
            // What cannot be the pairs of a relation is told here, not at the first query.
            Pairs::of(model, relation)?;
            let made_here = model.managed && reverse_of.is_none();
            match through {
                Some(through) if made_here => present(declared, model, relation.name, through())?,
                None if made_here => present(declared, model, relation.name, (relation.target)())?,
                _ => {}
            }
        }
    }
    Ok(())
}

fn present(declared: &[Declared], model: &ModelDef, field: &str, target: &ModelDef) -> Result<()> {
    let same = |entry: &Declared| entry.definition.same_table(target);
    if !target.managed || declared.iter().any(same) {
        return Ok(());
    }
    Err(Error::configuration(format!(
        "`{}.{field}` refers to `{target}`, which is not among the models given: name it beside `{}`, or declare it with \
         `managed = false` if its table is made elsewhere",
        model.name,
        model.name,
        target = target.name
    )))
}
