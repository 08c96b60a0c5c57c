//! SELECT, and the questions that are answered without rows.

use super::check;
use super::order;
use super::plan::{Clause, Columns, Distinct, Item, Limit, Locked, Plan, Shown, Source};
use super::purpose::Purpose;
use super::scope::Scope;
use super::tables::{Joins, Table};
use crate::ast::{Lock, Node, Output, Select, Selected};
use crate::dialect::Dialect;
use crate::error::{Earlier, ErrorKind, QueryMistake, Result};

/// Plans a SELECT of rows; `None` if it is known to have none.
///
/// # Errors
/// What cannot be meant, and `Unsupported` for a lock that the database does not have.
pub fn select<'q>(select: &'q Select, dialect: &Dialect) -> Result<Option<Plan<'q>>> {
    rows(select, Purpose::Rows, &mut Scope::rows(select.model, dialect))
}

/// Plans how many rows a SELECT has: one row of one integer. `None`: known to be 0.
///
/// # Errors
/// What cannot be meant.
pub fn count<'q>(select: &'q Select, dialect: &Dialect) -> Result<Option<Plan<'q>>> {
    let mut scope = Scope::rows(select.model, dialect);
    let purpose = if select.distinct && select.can_repeat() { Purpose::Counted } else { Purpose::Existence };
    let Some(inner) = rows(select, purpose, &mut scope)? else { return Ok(None) };
    if inner.distinct == Distinct::No && !select.is_sliced() {
        return Ok(Some(Plan { columns: Columns::Count, ..inner }));
    }
    let rows = Box::new(Plan { shown: Shown::Named, ..inner });
    Ok(Some(Plan::over(Columns::Count, Source::Rows(rows))))
}

/// Plans whether a SELECT has any row: one row or none. `None`: known to have none.
///
/// # Errors
/// What cannot be meant.
pub fn exists<'q>(select: &'q Select, dialect: &Dialect) -> Result<Option<Plan<'q>>> {
    let rows = existence(select, &mut Scope::rows(select.model, dialect))?;
    Ok(rows.map(|plan| Plan { limit: Limit::One, ..plan }))
}

/// Rows that are there if a SELECT has any; `None`: known to have none.
pub(super) fn existence<'q>(select: &'q Select, scope: &mut Scope<'_>) -> Result<Option<Plan<'q>>> {
    // Rows that are passed over are counted first.
    if select.distinct && select.offset > 0 && select.can_repeat() {
        let since = scope.mark();
        let Some(inner) = rows(select, Purpose::Counted, scope)? else { return Ok(None) };
        scope.check_apart(since)?;
        let rows = Source::Rows(Box::new(Plan { shown: Shown::Named, ..inner }));
        return Ok(Some(Plan::over(Columns::One, rows)));
    }
    let existence = rows(select, Purpose::Existence, scope)?;
    Ok(existence.map(|plan| Plan { limit: Limit::None, ..plan }))
}

/// Plans the values of aggregates over the rows of a SELECT: one row. `None`: known to have no rows.
///
/// # Errors
/// What cannot be meant.
pub fn aggregate<'q>(select: &'q Select, of: &'q [Node], dialect: &Dialect) -> Result<Option<Plan<'q>>> {
    if select.distinct && select.can_repeat() {
        return Err(QueryMistake::After { method: "aaggregate", after: Earlier::Distinct }.into());
    }
    unless_empty(select, Purpose::Values(of), || values(select, of, &mut Scope::rows(select.model, dialect)))
}

/// The values of aggregates over the rows of a SELECT, after its slice.
pub(super) fn values<'q>(select: &'q Select, of: &'q [Node], scope: &mut Scope<'_>) -> Result<Plan<'q>> {
    if !select.is_sliced() {
        return plan(select, Purpose::Values(of), scope);
    }
    of.iter().try_for_each(check::node)?;
    let since = scope.mark();
    let Some(slice) = rows(select, Purpose::Keys, scope)? else {
        scope.forget(since);
        return Ok(without_rows(expressions(of, scope)?, scope));
    };
    let keys = Box::new(scope.without_limit(slice, since)?);
    // The keys are those of a query of their own.
    scope.start_anew(select.model);
    let columns = expressions(of, scope)?;
    let condition = Clause::key_in(scope.joins.root(), keys)?;
    Ok(Plan { condition, ..Plan::over(columns, Source::Tables(scope.take_joins())) })
}

/// The values of an expression over the rows of a SELECT inside another one.
pub(super) fn inner<'q>(select: &'q Select, scope: &mut Scope<'_>) -> Result<Plan<'q>> {
    plan(select, if select.is_sliced() { Purpose::Rows } else { Purpose::Counted }, scope)
}

/// A SELECT that is known to have no rows, where it is written nevertheless.
fn without_rows<'q>(columns: Columns<'q>, scope: &mut Scope<'_>) -> Plan<'q> {
    let condition = Clause::Constant(false);
    Plan { condition, ..Plan::over(columns, Source::Tables(scope.take_joins())) }
}

/// The plan of a SELECT; `None` if it is known to have no rows.
fn rows<'q>(select: &'q Select, purpose: Purpose<'q>, scope: &mut Scope<'_>) -> Result<Option<Plan<'q>>> {
    unless_empty(select, purpose, || plan(select, purpose, scope))
}

/// What is planned for a SELECT, unless it is known to have no rows; nothing is planned where it says so itself.
fn unless_empty<'q>(
    select: &'q Select,
    purpose: Purpose<'q>,
    plan: impl FnOnce() -> Result<Plan<'q>>,
) -> Result<Option<Plan<'q>>> {
    if select.is_empty() {
        return check::select(select, purpose).map(|()| None);
    }
    let plan = plan()?;
    Ok(if plan.condition.is_never() { None } else { Some(plan) })
}

/// The plan of a SELECT, whose condition is never true if it is known to have no rows.
fn plan<'q>(select: &'q Select, purpose: Purpose<'q>, scope: &mut Scope<'_>) -> Result<Plan<'q>> {
    // 1. What cannot be meant.
    check::select(select, purpose)?;

    // 2. What is selected. Paths become joins, in the order of first use.
    let columns = columns(select, purpose, scope)?;

    // 3. The condition: negation at the leaves, constants folded, equalities gathered.
    let condition = if select.is_empty() { Clause::Constant(false) } else { scope.clause(&select.condition, false)? };
    let Ok(offset) = i64::try_from(select.offset) else { return Ok(without_rows(columns, scope)) };
    if condition.is_never() {
        return Ok(without_rows(columns, scope));
    }

    // 4. The order, held against DISTINCT, and as the database can say it.
    let order = order::terms(select, purpose, scope)?;
    let condition = scope.checked_for(condition, &order);

    // 5. The joins whose rows must be there.
    scope.joins.require(&condition);
    if let Some(path) = select.present {
        let table = scope.table(path)?;
        scope.joins.require_table(table);
    }
    let joins = scope.take_joins();

    // 6. The lock: what is locked must be there.
    let lock = match (purpose, &select.lock) {
        (Purpose::Rows, Some(lock)) if !scope.is_inside() => locked(select, lock, &joins, scope.dialect)?,
        _ => None,
    };

    let limit = select.limit.map_or(Limit::None, |limit| Limit::Rows(i64::try_from(limit).unwrap_or(i64::MAX)));
    let rows = Plan::over(columns, Source::Tables(joins));
    let plan = Plan { distinct: distinct(select, purpose), condition, order, limit, offset, lock, ..rows };
    check::documents(&plan)?;
    Ok(plan)
}

fn distinct(select: &Select, purpose: Purpose<'_>) -> Distinct {
    let is_row = matches!(select.selected, Selected::Model(_));
    match purpose {
        Purpose::Rows | Purpose::Counted if !select.distinct || is_row => Distinct::No,
        Purpose::Rows | Purpose::Counted if select.can_repeat() => Distinct::Yes,
        Purpose::Rows | Purpose::Counted => Distinct::Sure,
        Purpose::Keys | Purpose::Existence | Purpose::Values(_) => Distinct::No,
    }
}

fn columns<'q>(select: &'q Select, purpose: Purpose<'q>, scope: &mut Scope<'_>) -> Result<Columns<'q>> {
    match (purpose, &select.selected) {
        (Purpose::Values(nodes), _) => expressions(nodes, scope),
        (Purpose::Keys, _) => Ok(Columns::Keys),
        (Purpose::Existence, _) => Ok(Columns::One),
        (Purpose::Rows | Purpose::Counted, Selected::Model(shape)) if shape.related.is_empty() => {
            Ok(Columns::Row(scope.joins.root()))
        }
        (Purpose::Rows | Purpose::Counted, Selected::Model(shape)) => {
            Ok(Columns::Items(scope.tables(shape)?.into_iter().map(Item::Row).collect()))
        }
        (Purpose::Rows | Purpose::Counted, Selected::Outputs(outputs)) if outputs.is_empty() => Ok(Columns::One),
        (Purpose::Rows | Purpose::Counted, Selected::Outputs(outputs)) => {
            outputs.iter().map(|output| item(output, scope)).collect::<Result<_>>().map(Columns::Items)
        }
    }
}

fn item<'q>(output: &'q Output, scope: &mut Scope<'_>) -> Result<Item<'q>> {
    match output {
        Output::Node(node) => scope.expr(node).map(Item::Expr),
        Output::Row(path) => scope.table(path).map(Item::Row),
    }
}

fn expressions<'q>(nodes: &'q [Node], scope: &mut Scope<'_>) -> Result<Columns<'q>> {
    nodes.iter().map(|node| scope.expr(node).map(Item::Expr)).collect::<Result<_>>().map(Columns::Items)
}

/// The lock as the database can take it; none where it locks as a whole.
fn locked(select: &Select, lock: &Lock, joins: &Joins, dialect: &Dialect) -> Result<Option<Locked>> {
    check::lock(select, lock, joins)?;
    let Some(can) = dialect.features().row_locks else { return Ok(None) };
    let cannot = |feature: &str| {
        let (feature, backend) = (format!("{feature} of `select_for_update`"), dialect.name());
        Err(ErrorKind::Unsupported { feature, backend }.into())
    };
    if lock.no_key && !can.no_key {
        return cannot("`no_key`");
    }
    if !lock.of.is_empty() && !can.of {
        return cannot("`of`");
    }
    let of = those_locked(lock, joins)?;
    // Without names, all tables are meant.
    let of = Some(of).filter(|of| can.of && of.len() < joins.iter().count() + 1);
    Ok(Some(Locked { no_key: lock.no_key, wait: lock.wait, of }))
}

/// The tables whose rows are locked: those that were named, else all but the nullable ones, whose rows may be missing.
fn those_locked(lock: &Lock, joins: &Joins) -> Result<Vec<Table>> {
    if !lock.of.is_empty() {
        return lock.of.iter().map(|path| check::locked(path, joins)).collect();
    }
    let inner = joins.iter().filter(|(_, inner)| *inner).map(|(join, _)| join.table);
    Ok([joins.root()].into_iter().chain(inner).collect())
}
