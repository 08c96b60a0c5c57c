//! Texts that are the same for every row that is saved or asked for: written once, found again by all that they depend on.

use std::cell::RefCell;
use std::ptr;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::dialect::Dialect;
use crate::model::ModelDef;
use crate::statement::Statement;
use crate::value::Value;

/// More texts than any program has models, and sets of columns that it saves.
const MOST: usize = 10_000;

static KEPT: LazyLock<RwLock<FxHashMap<Shape, Arc<str>>>> = LazyLock::new(RwLock::default);

/// What the text of a statement on one row depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    verb: Verb,
    /// The address of its metadata, which is what makes it this model.
    model: usize,
    /// The address of its features, which is what makes it this dialect.
    dialect: usize,
    columns: Columns,
}

/// The columns that are written, or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Columns {
    /// All that can be.
    Whole,
    /// A bit for each.
    These(u128),
}

/// What is done to the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Verb {
    Insert { returning: bool },
    Select { column: Option<usize>, ordered: bool, limit: Option<u64>, tag: Option<&'static str> },
    Update,
}

impl Columns {
    /// The columns of these indices; none if they are not in the model's own order, or too many.
    pub(super) fn these(indices: impl IntoIterator<Item = usize>) -> Option<Self> {
        let bits = indices.into_iter().try_fold(0, |bits: u128, index| {
            let bit = 1_u128.checked_shl(u32::try_from(index).ok()?)?;
            (bits < bit).then_some(bits | bit)
        });
        bits.map(Self::These)
    }
}

impl Shape {
    pub(super) fn new(verb: Verb, model: &'static ModelDef, columns: Columns, dialect: &Dialect) -> Self {
        let (model, dialect) = (ptr::from_ref(model).addr(), ptr::from_ref(dialect.features()).addr());
        Self { verb, model, dialect, columns }
    }
}

thread_local! {
    /// The last text that this thread found: after one row of a kind, another often follows.
    static LAST: RefCell<Option<(Shape, Arc<str>)>> = const { RefCell::new(None) };
}

/// The text that was kept for a shape.
pub(super) fn find(shape: Shape) -> Option<Arc<str>> {
    LAST.with_borrow_mut(|last| {
        if last.as_ref().is_none_or(|(known, _)| *known != shape) {
            let found = KEPT.read().unwrap_or_else(PoisonError::into_inner).get(&shape).cloned()?;
            *last = Some((shape, found));
        }
        last.as_ref().map(|(_, sql)| Arc::clone(sql))
    })
}

/// Keeps the text of a statement, if it binds just what any row of its shape would: these values.
pub(super) fn keep(shape: Shape, statement: &Statement, binds: &[Value]) {
    if !statement.persistent || statement.binds != binds {
        return;
    }
    let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
    if kept.len() < MOST {
        kept.insert(shape, Arc::clone(&statement.sql));
    }
}
