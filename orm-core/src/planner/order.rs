//! The order of rows: the query's own, else the model's, turned round if asked.

use std::ptr;

use super::plan::{Expr, Term};
use super::purpose::Purpose;
use super::scope::Scope;
use super::tables::{Col, Joins, Table};
use crate::ast::{Node, Nulls, Ordering, Output, Select, Selected, by_key};
use crate::dialect::Features;
use crate::error::{QueryMistake, Result};
use crate::model::{Column, FieldDef, Path};
use crate::row::Shape;

/// One term of an order as the query or its model names it.
#[derive(Debug, Clone, Copy)]
struct Wish<'q> {
    what: Sorted<'q>,
    descending: bool,
    nulls: Option<Nulls>,
    /// Which column of the result it is, counted from 1, if DISTINCT selects just this expression.
    position: Option<usize>,
}

/// What a term of an order compares.
#[derive(Debug, Clone, Copy)]
enum Sorted<'q> {
    /// An expression.
    Node(&'q Node),
    /// A column of the root.
    Field(&'static FieldDef),
    /// A column.
    Column(Column),
}

impl<'q> Wish<'q> {
    fn reversed(self) -> Self {
        let nulls = self.nulls.map(|nulls| match nulls {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        });
        Self { descending: !self.descending, nulls, ..self }
    }

    /// The term, with its columns found.
    fn term(self, scope: &mut Scope<'_>) -> Result<Term<'q>> {
        let what = match self.what {
            Sorted::Field(field) => Expr::Column(scope.joins.root().column(field)),
            Sorted::Column(column) => scope.column(column)?,
            Sorted::Node(node) => scope.expr(node)?,
        };
        let Self { descending, nulls, position, .. } = self;
        Ok(Term { what, is_null: false, descending, nulls, position })
    }
}

/// The terms of the order that a purpose asks for: the query's own, else the model's, turned round if asked.
pub(super) fn terms<'q>(select: &'q Select, purpose: Purpose<'_>, scope: &mut Scope<'_>) -> Result<Vec<Term<'q>>> {
    let wishes = match purpose {
        Purpose::Rows if select.distinct => selected_only(select, wishes(select), &scope.joins)?,
        Purpose::Rows => wishes(select),
        Purpose::Keys if select.is_sliced() => wishes(select),
        Purpose::Keys | Purpose::Existence | Purpose::Counted | Purpose::Values(_) => return Ok(Vec::new()),
    };
    let terms = wishes.into_iter().map(|wish| wish.term(scope)).collect::<Result<_>>()?;
    Ok(in_words_of(scope.dialect.features(), terms))
}

/// The same order in terms that the database knows.
fn in_words_of<'q>(features: &Features, terms: Vec<Term<'q>>) -> Vec<Term<'q>> {
    let mut known = Vec::with_capacity(terms.len());
    for term in terms {
        // Such a database orders decimals by other words than it selects them.
        let position = term.position.filter(|_| !features.decimals_as_text);
        let nulls = term.nulls.filter(|_| features.nulls_order);
        if let (Some(wished), None) = (term.nulls, nulls) {
            let descending = wished == Nulls::First;
            known.push(Term { what: term.what.clone(), is_null: true, descending, nulls, position: None });
        }
        known.push(Term { position, nulls, ..term });
    }
    known
}

impl Sorted<'_> {
    /// The column that is compared, if it is one whose table is joined.
    fn located(self, joins: &Joins) -> Option<Col> {
        match self {
            Self::Field(field) => Some(joins.root().column(field)),
            Self::Node(Node::Column(column)) => joins.locate(*column),
            Self::Column(column) => joins.locate(column),
            Self::Node(_) => None,
        }
    }
}

/// The terms of a query's order.
fn wishes(select: &Select) -> Vec<Wish<'_>> {
    let mut terms: Vec<Wish<'_>> = match &select.order {
        Some(own) => own.iter().map(own_term).collect(),
        None => models_own(select).collect(),
    };
    if terms.is_empty() && select.reversed && !(select.distinct && select.can_repeat()) {
        terms = select.model.key_fields().map(ascending).collect();
    }
    if select.reversed {
        terms = terms.into_iter().map(Wish::reversed).collect();
    }
    terms
}

fn own_term(term: &Ordering) -> Wish<'_> {
    Wish { what: Sorted::Node(&term.node), descending: term.descending, nulls: term.nulls, position: None }
}

fn models_own(select: &Select) -> impl Iterator<Item = Wish<'static>> {
    let model = select.model;
    model.ordering.iter().filter_map(move |term| {
        let field = model.fields.get(term.field)?;
        Some(Wish { descending: term.descending, ..ascending(field) })
    })
}

fn ascending(field: &'static FieldDef) -> Wish<'static> {
    Wish { what: Sorted::Field(field), descending: false, nulls: None, position: None }
}

/// Sees to it that DISTINCT orders by what it selects: by anything else the rows would have to repeat. An order that
/// the query names is an error then; the model's own is left out.
fn selected_only<'q>(select: &'q Select, mut terms: Vec<Wish<'q>>, joins: &Joins) -> Result<Vec<Wish<'q>>> {
    for term in &mut terms {
        if is_selected(select, term.what, joins) {
            term.position = position(select, term.what, joins);
            continue;
        }
        if select.order.is_none() {
            terms = Vec::new();
            break;
        }
        return Err(QueryMistake::NotSelected { term: describe(term.what) }.into());
    }
    if terms.is_empty() && select.reversed && select.can_repeat() {
        terms = selected(select).map(|term| term.reversed()).collect();
        for term in &mut terms {
            term.position = position(select, term.what, joins);
        }
    }
    Ok(terms)
}

/// The place of what is ordered by among the columns of the result. A column of ours is written as it is, in both places.
fn position(select: &Select, what: Sorted<'_>, joins: &Joins) -> Option<usize> {
    let Selected::Outputs(outputs) = &select.selected else { return None };
    let location = what.located(joins);
    if location.is_some_and(|column| column.has_own_type() && column.field.collation.is_none()) {
        return None;
    }
    let mut column = 1;
    for output in outputs.iter() {
        match output {
            Output::Node(node) if is_sorted(node, what, joins) => return Some(column),
            Output::Node(_) => column += 1,
            Output::Row(path) => {
                let sorted = location.filter(|column| is_of(*column, path, joins));
                let at = |sorted: Col| path.model.fields.iter().position(|other| ptr::eq(other, sorted.field));
                if let Some(at) = sorted.and_then(at) {
                    return Some(column + at);
                }
                column += path.model.fields.len();
            }
        }
    }
    None
}

/// Tells whether an expression that is selected is what is ordered by.
fn is_sorted(node: &Node, what: Sorted<'_>, joins: &Joins) -> bool {
    match (node, what) {
        (Node::Column(column), _) => match (joins.locate(*column), what.located(joins)) {
            (Some(selected), Some(sorted)) => selected.is(sorted),
            _ => false,
        },
        (node, Sorted::Node(sorted)) => node == sorted,
        (_, Sorted::Field(_) | Sorted::Column(_)) => false,
    }
}

/// Tells whether a column is one of the row at the end of a path.
fn is_of(column: Col, path: &Path, joins: &Joins) -> bool {
    joins.table(path).is_some_and(|table| table.is(column.table))
}

/// What DISTINCT selects, as an order: the expressions, and the keys of whole rows.
fn selected(select: &Select) -> impl Iterator<Item = Wish<'_>> {
    let outputs = match &select.selected {
        Selected::Outputs(outputs) => outputs.as_ref(),
        Selected::Model(_) => &[],
    };
    let term = |what| Wish { what, descending: false, nulls: None, position: None };
    outputs.iter().flat_map(move |output| match output {
        Output::Node(node) => vec![term(Sorted::Node(node))],
        Output::Row(path) => {
            path.model.key_fields().map(|field| term(Sorted::Column(Column { path, field }))).collect()
        }
    })
}

/// The order in which a queryset has a first and a last row where none was asked for: by key, or, where equal rows count
/// once, by what is selected.
pub(crate) fn natural(select: &Select, root: &'static Path) -> Vec<Ordering> {
    if !(select.distinct && select.can_repeat()) {
        return by_key(root);
    }
    let nodes = selected(select).filter_map(|term| match term.what {
        Sorted::Node(node) => Some(node.clone()),
        Sorted::Column(column) => Some(Node::Column(column)),
        Sorted::Field(_) => None,
    });
    nodes.map(|node| Ordering { node, descending: false, nulls: None }).collect()
}

/// Tells whether the model's own order can be that of a queryset whose equal rows count once: all of it is selected.
pub(crate) fn keeps_own_order(select: &Select) -> bool {
    if !(select.distinct && select.can_repeat()) {
        return true;
    }
    models_own(select).all(|term| is_selected(select, term.what, &Joins::new(select.model)))
}

fn is_selected(select: &Select, what: Sorted<'_>, joins: &Joins) -> bool {
    let location = what.located(joins);
    match &select.selected {
        Selected::Model(shape) => location.is_some_and(|column| contains(shape, column.table, joins)),
        Selected::Outputs(outputs) => outputs.iter().any(|output| match output {
            Output::Node(node) => is_sorted(node, what, joins),
            Output::Row(path) => location.is_some_and(|column| is_of(column, path, joins)),
        }),
    }
}

/// Tells whether the shape selects the rows of a table.
fn contains(shape: &Shape, wanted: Table, joins: &Joins) -> bool {
    let mut stack = vec![(joins.root(), shape)];
    while let Some((table, shape)) = stack.pop() {
        if table.is(wanted) {
            return true;
        }
        stack.extend(shape.related.iter().filter_map(|(index, inner)| {
            let key = table.model.fields.get(*index)?;
            Some((joins.find(table, key)?, inner))
        }));
    }
    false
}

fn describe(what: Sorted<'_>) -> String {
    match what {
        Sorted::Field(field) => format!("`{}`", field.name),
        Sorted::Column(column) => column_name(column),
        Sorted::Node(Node::Column(column)) => column_name(*column),
        Sorted::Node(_) => "an expression".to_owned(),
    }
}

fn way(path: &Path) -> String {
    path.step.map_or_else(String::new, |(before, key)| format!("{}{}.", way(before), key.name))
}

fn column_name(Column { path, field }: Column) -> String {
    format!("`{}{}`", way(path), field.name)
}
