//! What is refused before anything is written: faults noted while the query was built, trees too deep, and what documents do not
//! have.

use super::plan::{Columns, Distinct, Expr, Item, Plan};
use super::purpose::Purpose;
use super::tables::{Joins, Table};
use crate::ast::{Condition, Lock, LookupOperator, Node, Output, Select, Selected, Tree};
use crate::error::{Earlier, Error, ErrorKind, QueryMistake, Result};
use crate::model::Path;
use crate::value::Kind;

/// How many groups and calls may stand inside each other.
const DEEPEST: u32 = 256;

/// Refuses a SELECT with a fault, or too deep.
pub(super) fn select(select: &Select, purpose: Purpose<'_>) -> Result<()> {
    if let Some(fault) = &select.fault {
        return Err(fault.clone());
    }
    condition(&select.condition)?;
    select.order.iter().flatten().try_for_each(|term| node(&term.node))?;
    match (purpose, &select.selected) {
        (Purpose::Values(nodes), _) => nodes.iter().try_for_each(node),
        (_, Selected::Model(_)) => Ok(()),
        (_, Selected::Outputs(outputs)) => outputs.iter().try_for_each(output),
    }
}

/// Refuses a lock that a database could not take.
pub(super) fn lock(select: &Select, lock: &Lock, joins: &Joins) -> Result<()> {
    if select.distinct && select.can_repeat() {
        return Err(QueryMistake::After { method: "select_for_update", after: Earlier::Distinct }.into());
    }
    for path in &lock.of {
        if !joins.is_there(locked(path, joins)?) {
            return Err(QueryMistake::MayBeMissing { path: format!("{path:?}") }.into());
        }
    }
    Ok(())
}

/// Refuses a SELECT that orders documents or tells them apart: each database would have another order, and some would look at
/// their texts.
pub(super) fn documents(plan: &Plan<'_>) -> Result<()> {
    let is_document = |item: &Item<'_>| match item {
        Item::Row(table) => table.columns().any(|column| column.field.kind == Kind::Json),
        Item::Expr(node) => node.kind() == Kind::Json,
    };
    if let (Columns::Items(items), Distinct::Yes | Distinct::Sure) = (&plan.columns, plan.distinct)
        && items.iter().any(is_document)
    {
        return Err(QueryMistake::DocumentsDistinct.into());
    }
    if plan.order.iter().any(|term| term.what.kind() == Kind::Json) {
        return Err(QueryMistake::DocumentsOrdered.into());
    }
    Ok(())
}

/// Refuses a comparison by an order that documents do not have.
pub(super) fn comparison(operator: LookupOperator, operands: &[Expr<'_>]) -> Result<()> {
    use LookupOperator as L;
    let by_order = matches!(operator, L::Lt | L::Lte | L::Gt | L::Gte | L::Between);
    if by_order && operands.first().is_some_and(|first| first.kind() == Kind::Json) {
        return Err(QueryMistake::DocumentsOrdered.into());
    }
    Ok(())
}

/// The table of a path that a lock names.
pub(super) fn locked(path: &Path, joins: &Joins) -> Result<Table> {
    joins.table(path).ok_or_else(|| Error::internal(format!("`of` names `{path:?}`, which was not joined")))
}

fn output(output: &Output) -> Result<()> {
    match output {
        Output::Node(inner) => node(inner),
        Output::Row(_) => Ok(()),
    }
}

/// Refuses an expression with a fault, or too deep.
pub(super) fn node(node: &Node) -> Result<()> {
    depth(node.depth())?;
    faults_in_node(node)
}

/// Refuses a condition with a fault, or too deep.
pub(super) fn condition(condition: &Condition) -> Result<()> {
    depth(condition.depth())?;
    faults_in_condition(condition)
}

fn depth(found: u32) -> Result<()> {
    if found <= DEEPEST {
        return Ok(());
    }
    Err(ErrorKind::TooComplex { what: "levels of expressions", found: found.into(), limit: DEEPEST.into() }.into())
}

/// Recurses as deep as the tree, which is checked before.
fn faults_in_node(tree: &Node) -> Result<()> {
    match tree {
        // A query inside is looked at when it is planned.
        Node::Column(_) | Node::Outer { .. } | Node::Value(_) | Node::Subquery { .. } => Ok(()),
        Node::Fault(fault) => Err(fault.clone()),
        Node::Condition(condition) => faults_in_condition(condition),
        Node::Call(call) => {
            call.filter.iter().try_for_each(faults_in_condition)?;
            call.arguments.iter().try_for_each(faults_in_node)
        }
    }
}

fn faults_in_condition(condition: &Condition) -> Result<()> {
    match &condition.tree {
        Tree::Empty | Tree::Constant(_) | Tree::Exists(_) => Ok(()),
        Tree::Lookup(lookup) => {
            let column = lookup.operands.iter().find_map(|operand| match operand {
                Node::Column(column) => Some(column),
                _ => None,
            });
            let named = |error: Error| column.map_or(error.clone(), |column| error.of_column(format!("{column:?}")));
            lookup.operands.iter().try_for_each(|operand| faults_in_node(operand).map_err(named))
        }
        Tree::Group(group) => group.parts.iter().try_for_each(faults_in_condition),
    }
}
