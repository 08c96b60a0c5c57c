//! The shape of an answer: what a query needs beside its own words. Reads the query and nothing else.
//!
//! [`Plan::of`] takes the steps in order: refuse what cannot be meant, bring the condition into a normal form, settle
//! the order, join each to-one path once, and hold DISTINCT against the order. A [`Plan`] borrows from its query.

mod check;
mod clause;
mod join;
mod order;
mod prefetch;
mod purpose;
mod rows;

pub use clause::Clause;
pub use join::{Join, Joins, Place};
pub(crate) use join::{field_at, shortest};
pub use order::{Sorted, Term};
pub(crate) use order::{keeps_own_order, natural};
pub use prefetch::{Children, ToldBy};
pub use purpose::Purpose;
pub use rows::Rows;
pub(crate) use rows::{changes_its_condition, reads};

use crate::ast::Select;
use crate::error::Result;

/// What a SELECT needs.
#[derive(Debug)]
pub struct Plan<'q> {
    /// The condition in normal form.
    pub condition: Clause<'q>,
    /// The terms of the order.
    pub order: Vec<Term<'q>>,
    /// The joins of its to-one paths.
    pub joins: Joins,
    /// How many rows at most.
    pub limit: Option<i64>,
    /// How many rows are passed over first.
    pub offset: i64,
}

impl<'q> Plan<'q> {
    /// Plans a SELECT; `None` if it is known to have no rows.
    pub fn of(select: &'q Select, purpose: Purpose<'q>) -> Result<Option<Self>> {
        // 1. What cannot be meant.
        check::select(select, purpose)?;
        if select.is_empty() {
            return Ok(None);
        }

        // 2. The condition: negation at the leaves, constants folded, equalities gathered.
        let condition = Clause::of(&select.condition, false);
        let Ok(offset) = i64::try_from(select.offset) else { return Ok(None) };
        if condition == Clause::Constant(false) {
            return Ok(None);
        }

        // 3. The order: the query's own, else the model's, turned round if asked.
        let order = match purpose {
            Purpose::Rows => order::terms(select),
            Purpose::Keys if select.is_sliced() => order::terms(select),
            Purpose::Keys | Purpose::Existence | Purpose::Values(_) => Vec::new(),
        };

        // 4. The joins, in the order of first use.
        let mut joins = Joins::new(select.model);
        match purpose {
            Purpose::Rows => joins.add_selected(&select.selected)?,
            Purpose::Values(nodes) => joins.add_nodes(nodes)?,
            Purpose::Keys | Purpose::Existence => {}
        }
        joins.add_clause(&condition)?;
        order.iter().filter_map(Term::node).try_for_each(|node| joins.add_node(node))?;
        joins.require(&condition);
        if let Some(path) = select.present {
            joins.require_path(path)?;
        }

        // 5. DISTINCT against the order.
        let order = if select.distinct { order::selected_only(select, order, &joins)? } else { order };

        // 6. What is locked must be there.
        if let (Purpose::Rows, Some(lock)) = (purpose, &select.lock) {
            check::lock(select, lock, &joins)?;
        }

        let limit = select.limit.map(|limit| i64::try_from(limit).unwrap_or(i64::MAX));
        Ok(Some(Self { condition, order, joins, limit, offset }))
    }
}
