//! A SELECT.

use std::fmt;
use std::sync::Arc;

use super::lock::Lock;
use super::node::{Condition, Connector, Node};
use super::order::Ordering;
use super::prefetch::Prefetch;
use crate::error::{Earlier, Error, QueryMistake};
use crate::model::{ModelDef, Path};
use crate::row::Shape;

/// A SELECT over one model and the to-one paths that its expressions name. `Debug` shows what differs from all rows.
#[derive(Clone)]
pub struct Select {
    /// The model at the root.
    pub model: &'static ModelDef,
    /// What is selected.
    pub selected: Selected,
    /// Which rows.
    pub condition: Condition,
    /// A path whose row must be there.
    pub present: Option<&'static Path>,
    /// In which order; `None`: the model's own.
    pub order: Option<Vec<Ordering>>,
    /// Whether the order is turned round (of no order: by key, descending).
    pub reversed: bool,
    /// Whether equal rows of the result count once.
    pub distinct: bool,
    /// How many rows at most.
    pub limit: Option<u64>,
    /// How many rows are passed over first.
    pub offset: u64,
    /// How its rows are locked.
    pub lock: Option<Lock>,
    /// Which relations are loaded after its rows, by queries of their own.
    pub prefetch: Vec<Prefetch>,
    /// Whether it is known to have no rows (`none()`): then nothing is sent.
    pub nothing: bool,
    /// What its statements are called in a comment, for those who read a server's logs.
    pub tag: Option<&'static str>,
    /// The first thing that cannot be meant; reported when the query is evaluated.
    pub fault: Option<Error>,
}

/// What a SELECT selects.
#[derive(Debug, Clone)]
pub enum Selected {
    /// The model's columns, then those of related models as the shape says.
    Model(Arc<Shape>),
    /// These expressions and rows.
    Outputs(Arc<[Output]>),
}

/// One item of a SELECT list.
#[derive(Debug, Clone)]
pub enum Output {
    /// An expression: one column.
    Node(Node),
    /// All columns of the model at a path, in the order of its definition.
    Row(&'static Path),
}

impl Output {
    /// The path of a whole row.
    pub fn as_row(&self) -> Option<&'static Path> {
        match self {
            Self::Row(path) => Some(path),
            Self::Node(_) => None,
        }
    }

    /// The expression, if it is no whole row.
    pub fn as_node(&self) -> Option<&Node> {
        match self {
            Self::Node(node) => Some(node),
            Self::Row(_) => None,
        }
    }
}

impl fmt::Debug for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct(self.model.name);
        match &self.selected {
            Selected::Model(shape) if shape.related.is_empty() => {}
            selected => _ = debug.field("selected", selected),
        }
        if !self.condition.is_empty() {
            debug.field("condition", &self.condition);
        }
        if let Some(present) = &self.present {
            debug.field("present", present);
        }
        if let Some(order) = &self.order {
            debug.field("order", order);
        }
        for (name, set) in [("reversed", self.reversed), ("distinct", self.distinct), ("nothing", self.nothing)] {
            if set {
                debug.field(name, &set);
            }
        }
        if self.is_sliced() {
            debug.field("offset", &self.offset).field("limit", &self.limit);
        }
        if let Some(lock) = &self.lock {
            debug.field("lock", lock);
        }
        if !self.prefetch.is_empty() {
            debug.field("prefetch", &self.prefetch);
        }
        if let Some(tag) = &self.tag {
            debug.field("tag", tag);
        }
        if let Some(fault) = &self.fault {
            debug.field("fault", fault);
        }
        debug.finish()
    }
}

impl Select {
    /// All rows of a model.
    pub fn all(model: &'static ModelDef) -> Self {
        Self::of(model, Selected::Model(Arc::default()))
    }

    /// What is selected of all rows of a model.
    pub const fn of(model: &'static ModelDef, selected: Selected) -> Self {
        Self {
            model,
            selected,
            condition: Condition::EMPTY,
            present: None,
            order: None,
            reversed: false,
            distinct: false,
            limit: None,
            offset: 0,
            lock: None,
            prefetch: Vec::new(),
            nothing: false,
            tag: None,
            fault: None,
        }
    }

    /// The expressions and rows that it selects; none where it selects whole rows of its model.
    pub fn outputs(&self) -> &[Output] {
        match &self.selected {
            Selected::Outputs(outputs) => outputs,
            Selected::Model(_) => &[],
        }
    }

    /// Tells whether a slice was taken.
    pub fn is_sliced(&self) -> bool {
        self.limit.is_some() || self.offset > 0
    }

    /// Tells whether it cannot have rows, so that nothing needs to be sent.
    pub fn is_empty(&self) -> bool {
        self.nothing || self.limit == Some(0)
    }

    /// Tells whether its rows can be equal: those of a model, with its key, cannot.
    pub fn can_repeat(&self) -> bool {
        match &self.selected {
            Selected::Model(_) => false,
            Selected::Outputs(outputs) => {
                !outputs.iter().any(|output| matches!(output, Output::Row(path) if path.is_empty()))
            }
        }
    }

    /// Notes that `method` has no meaning after a slice, if one was taken.
    pub fn unsliced(&mut self, method: &'static str) {
        if self.is_sliced() {
            self.fail(QueryMistake::After { method, after: Earlier::Slice }.into());
        }
    }

    /// Notes a fault; the first one stays.
    pub fn fail(&mut self, fault: Error) {
        self.fault.get_or_insert(fault);
    }

    /// Narrows the rows.
    pub fn narrow(&mut self, method: &'static str, condition: Condition) {
        self.unsliced(method);
        let all = std::mem::replace(&mut self.condition, Condition::EMPTY);
        self.condition = all.join(Connector::And, condition);
    }

    /// Takes rows `start..end` of what is left of the slice taken so far.
    pub fn slice(&mut self, start: u64, end: Option<u64>) {
        let left = self.limit.map(|limit| limit.saturating_sub(start));
        let wanted = end.map(|end| end.saturating_sub(start));
        self.limit = left.into_iter().chain(wanted).min();
        self.offset = self.offset.saturating_add(start);
    }
}
