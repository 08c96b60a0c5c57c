//! To-one paths become joins, each path once.

use super::plan::Clause;
use super::tables::{Join, Joins, Place, field_at};
use crate::ast::{Node, Output, Part, Selected};
use crate::error::{Error, ErrorKind, QueryMistake, Result};
use crate::model::{Column, FieldDef, ModelDef, Path};
use crate::row::Shape;

/// How many joins a query may have: SQLite takes 64 tables, MySQL 61.
const MOST: usize = 60;

impl Joins {
    /// The joins to one column.
    pub fn to(root: &'static ModelDef, column: Column) -> Result<Self> {
        let mut joins = Self::new(root);
        joins.add_path(column.shortest().0)?;
        Ok(joins)
    }

    /// Adds what a selection needs.
    pub(super) fn add_selected(&mut self, selected: &Selected) -> Result<()> {
        match selected {
            Selected::Model(shape) => self.add_shape(Place::Root, self.root, shape),
            Selected::Outputs(outputs) => outputs.iter().try_for_each(|output| match output {
                Output::Node(node) => self.add_node(node),
                Output::Row(path) => self.add_path(path).map(drop),
            }),
        }
    }

    /// Adds what expressions need.
    pub(super) fn add_nodes(&mut self, nodes: &[Node]) -> Result<()> {
        nodes.iter().try_for_each(|node| self.add_node(node))
    }

    /// Adds what a condition needs.
    pub(super) fn add_clause(&mut self, clause: &Clause<'_>) -> Result<()> {
        match clause {
            Clause::Constant(_) | Clause::KeyIn { .. } => Ok(()),
            Clause::Test { lookup, .. } => self.add_nodes(&lookup.operands),
            Clause::Any { left: node, .. } | Clause::IsNull { node, .. } => self.add_node(node),
            Clause::All(parts) | Clause::Either(parts) | Clause::Odd { parts, .. } => {
                parts.iter().try_for_each(|part| self.add_clause(part))
            }
        }
    }

    /// Adds what an expression needs.
    pub(super) fn add_node(&mut self, node: &Node) -> Result<()> {
        match node {
            // Most are columns and values, and need no walk.
            Node::Column(column) => self.add_column(*column),
            Node::Value(_) => Ok(()),
            node => node.walk().columns().try_for_each(|column| self.add_column(column)),
        }
    }

    fn add_column(&mut self, column: Column) -> Result<()> {
        self.add_path(column.shortest().0).map(drop)
    }

    fn add_shape(&mut self, place: Place, model: &'static ModelDef, shape: &Shape) -> Result<()> {
        for (index, inner) in &shape.related {
            let key = field_at(model, *index)?;
            let Some(foreign) = &key.foreign_key else {
                return Err(Error::internal(format!("`{}.{}` is no foreign key", model.name, key.name)));
            };
            let target = (foreign.target)();
            let joined = self.add(place, key, target)?;
            self.add_shape(joined, target, inner)?;
        }
        Ok(())
    }

    fn add_path(&mut self, path: &Path) -> Result<Place> {
        let Some((before, key)) = path.step else {
            self.expect_root(path)?;
            return Ok(Place::Root);
        };
        let from = self.add_path(before)?;
        self.add(from, key, path.model)
    }

    fn add(&mut self, from: Place, key: &'static FieldDef, target: &'static ModelDef) -> Result<Place> {
        if let Some(place) = self.find(from, key) {
            return Ok(place);
        }
        if self.list.len() == MOST {
            let (found, limit) = (MOST as u64 + 1, MOST as u64);
            return Err(ErrorKind::TooComplex { what: "joins", found, limit }.into());
        }
        let [target_key] = target.primary_key else {
            return Err(QueryMistake::NoKey { model: target.name, needed: "of one column to join by" }.into());
        };
        let target_key = field_at(target, *target_key)?;
        self.list.push(Join { from, key, target, target_key });
        Ok(Place::Joined(self.list.len() - 1))
    }

    /// Makes those joins INNER without which the condition cannot hold: it rejects NULL in their columns.
    pub(super) fn require(&mut self, condition: &Clause<'_>) {
        if !self.list.is_empty() {
            self.required = self.rejecting(condition);
        }
    }

    /// Makes the joins of a path INNER.
    pub(super) fn require_path(&mut self, path: &Path) -> Result<()> {
        let place = self.add_path(path)?;
        self.required |= self.way_to(place);
        Ok(())
    }

    /// The joins whose absent rows fail the condition, as bits.
    fn rejecting(&self, clause: &Clause<'_>) -> u64 {
        match clause {
            Clause::Test { lookup, negated: false } => {
                lookup.operands.iter().fold(0, |bits, node| bits | self.strict(node))
            }
            Clause::Any { left: node, negated: false, .. } | Clause::IsNull { node, negated: true } => {
                self.strict(node)
            }
            Clause::All(parts) => parts.iter().fold(0, |bits, part| bits | self.rejecting(part)),
            Clause::Either(parts) => parts.iter().fold(u64::MAX, |bits, part| bits & self.rejecting(part)),
            Clause::Constant(_)
            | Clause::KeyIn { .. }
            | Clause::Test { .. }
            | Clause::Any { .. }
            | Clause::IsNull { .. }
            | Clause::Odd { .. } => 0,
        }
    }

    /// The joins without which an expression is NULL, as bits.
    fn strict(&self, node: &Node) -> u64 {
        let is_strict = |part: Part<'_>| matches!(part, Part::Node(Node::Call(call)) if call.function.is_strict());
        let columns = node.walk().entering(is_strict).columns();
        columns.filter_map(|column| self.locate(column).ok()).fold(0, |bits, (place, _)| bits | self.way_to(place))
    }
}
