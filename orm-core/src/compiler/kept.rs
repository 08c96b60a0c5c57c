//! Texts that are the same for every row that is saved: written once, found again by all that they depend on.

use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use std::{mem, ptr};

use rustc_hash::FxHashMap;

use super::expr::as_kind;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::model::ModelDef;
use crate::planner::field_at;
use crate::statement::{Intent, Statement};
use crate::value::Value;

/// More texts than any program has models and sets of columns that it saves.
const MOST: usize = 10_000;

static KEPT: LazyLock<RwLock<FxHashMap<Shape, Arc<str>>>> = LazyLock::new(RwLock::default);

/// What the text of a statement on one row depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    verb: Verb,
    /// The address of its metadata, which is what makes it this model.
    model: usize,
    dialect: &'static str,
    /// A bit for each column.
    fields: u128,
}

/// What is done to the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Verb {
    Insert { returning: bool },
    Update,
}

impl Shape {
    /// The shape of a statement; none if the columns are not in the model's own order, or too many.
    pub(super) fn of(verb: Verb, model: &'static ModelDef, fields: &[usize], dialect: &Dialect) -> Option<Self> {
        let in_order = fields.is_sorted_by(|one, next| one < next);
        let bits =
            fields.iter().try_fold(0, |bits, &index| Some(bits | 1_u128.checked_shl(u32::try_from(index).ok()?)?));
        let fields = bits.filter(|_| in_order)?;
        Some(Self { verb, model: ptr::from_ref(model).addr(), dialect: dialect.name(), fields })
    }
}

/// The statement of a row: its text as it was kept and what the row binds; or as it is written now, and kept if it binds
/// just that.
pub(super) fn kept<R>(
    shape: Option<Shape>,
    row: R,
    write: impl FnOnce(&R) -> Result<Statement>,
    binds: impl FnOnce(R) -> Result<Vec<Value>>,
) -> Result<Statement> {
    let Some(shape) = shape else { return write(&row) };
    let sql = KEPT.read().unwrap_or_else(PoisonError::into_inner).get(&shape).cloned();
    if let Some(sql) = sql {
        return Ok(Statement::new(sql, binds(row)?, Intent::Write));
    }
    let statement = write(&row)?;
    if statement.persistent && statement.binds == binds(row)? {
        keep(shape, &statement.sql);
    }
    Ok(statement)
}

fn keep(shape: Shape, sql: &Arc<str>) {
    let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
    if kept.len() < MOST {
        kept.insert(shape, Arc::clone(sql));
    }
}

/// Values as their columns take them.
pub(super) fn fitted<'f>(
    model: &'static ModelDef,
    fields: impl IntoIterator<Item = &'f usize>,
    mut values: Vec<Value>,
) -> Result<Vec<Value>> {
    for (value, &index) in values.iter_mut().zip(fields) {
        let kind = field_at(model, index)?.kind;
        *value = as_kind(mem::replace(value, Value::Null(kind)), kind);
    }
    Ok(values)
}
