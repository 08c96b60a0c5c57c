//! The order of rows: the query's own, else the model's, turned round if asked.

use std::ptr;

use super::plan::{Sorted, Term};
use super::tables::{Joins, Place};
use crate::ast::{Node, Nulls, Ordering, Output, Select, Selected, by_key};
use crate::dialect::Features;
use crate::error::{QueryMistake, Result};
use crate::model::{Column, FieldDef, Path};
use crate::row::Shape;

impl Term<'_> {
    fn reversed(self) -> Self {
        let nulls = self.nulls.map(|nulls| match nulls {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        });
        Self { descending: !self.descending, nulls, ..self }
    }
}

/// The expression that is compared, if it is one that the query names.
pub(super) fn node<'q>(term: &Term<'q>) -> Option<&'q Node> {
    if let Sorted::Node(node) = term.what { Some(node) } else { None }
}

/// The same order in terms that the database knows.
pub(super) fn in_words_of<'q>(features: &Features, terms: Vec<Term<'q>>) -> Vec<Term<'q>> {
    let mut known = Vec::with_capacity(terms.len());
    for term in terms {
        // Such a database orders decimals by other words than it selects them.
        let position = term.position.filter(|_| !features.decimals_as_text);
        let nulls = term.nulls.filter(|_| features.nulls_order);
        if let (Some(wished), None) = (term.nulls, nulls) {
            known.push(Term { is_null: true, descending: wished == Nulls::First, nulls, position: None, ..term });
        }
        known.push(Term { position, nulls, ..term });
    }
    known
}

impl Sorted<'_> {
    /// The column that is compared, if it is one, and where it stands.
    pub fn located(self, joins: &Joins) -> Result<Option<(Place, &'static FieldDef)>> {
        match self {
            Self::Field(field) => Ok(Some((Place::Root, field))),
            Self::Node(Node::Column(column)) => joins.locate(*column).map(Some),
            Self::Column(column) => joins.locate(column).map(Some),
            Self::Node(_) => Ok(None),
        }
    }
}

/// The terms of a query's order.
pub(super) fn terms(select: &Select) -> Vec<Term<'_>> {
    let mut terms: Vec<Term<'_>> = match &select.order {
        Some(own) => own.iter().map(own_term).collect(),
        None => models_own(select).collect(),
    };
    if terms.is_empty() && select.reversed && !(select.distinct && select.can_repeat()) {
        terms = select.model.key_fields().map(ascending).collect();
    }
    if select.reversed {
        terms = terms.into_iter().map(Term::reversed).collect();
    }
    terms
}

fn own_term(term: &Ordering) -> Term<'_> {
    Term {
        what: Sorted::Node(&term.node),
        descending: term.descending,
        nulls: term.nulls,
        position: None,
        is_null: false,
    }
}

fn models_own(select: &Select) -> impl Iterator<Item = Term<'static>> {
    let model = select.model;
    model.ordering.iter().filter_map(move |term| {
        let field = model.fields.get(term.field)?;
        Some(Term { descending: term.descending, ..ascending(field) })
    })
}

fn ascending(field: &'static FieldDef) -> Term<'static> {
    Term { what: Sorted::Field(field), descending: false, nulls: None, position: None, is_null: false }
}

/// Sees to it that DISTINCT orders by what it selects: by anything else the rows would have to repeat. An order that
/// the query names is an error then; the model's own is left out.
pub(super) fn selected_only<'q>(select: &'q Select, mut terms: Vec<Term<'q>>, joins: &Joins) -> Result<Vec<Term<'q>>> {
    for term in &mut terms {
        if is_selected(select, term.what, joins)? {
            term.position = position(select, term.what, joins)?;
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
            term.position = position(select, term.what, joins)?;
        }
    }
    Ok(terms)
}

/// The place of what is ordered by among the columns of the result. A column of ours is written as it is, in both places.
fn position(select: &Select, what: Sorted<'_>, joins: &Joins) -> Result<Option<usize>> {
    let Selected::Outputs(outputs) = &select.selected else { return Ok(None) };
    let location = what.located(joins)?;
    if location.is_some_and(|(place, field)| field.has_own_type(joins.model(place)) && field.collation.is_none()) {
        return Ok(None);
    }
    let is_sorted = |node: &Node| match (node, location) {
        (Node::Column(column), Some((place, field))) => {
            joins.locate(*column).is_ok_and(|(other, selected)| other == place && ptr::eq(selected, field))
        }
        (node, _) => matches!(what, Sorted::Node(sorted) if sorted == node),
    };
    let mut column = 1;
    for output in outputs.iter() {
        match output {
            Output::Node(node) if is_sorted(node) => return Ok(Some(column)),
            Output::Node(_) => column += 1,
            Output::Row(path) => {
                let field =
                    location.filter(|(place, _)| joins.place(path).ok() == Some(*place)).map(|(_, field)| field);
                let at = field.and_then(|field| path.model.fields.iter().position(|other| ptr::eq(other, field)));
                if let Some(at) = at {
                    return Ok(Some(column + at));
                }
                column += path.model.fields.len();
            }
        }
    }
    Ok(None)
}

/// What DISTINCT selects, as an order: the expressions, and the keys of whole rows.
fn selected(select: &Select) -> impl Iterator<Item = Term<'_>> {
    let outputs = match &select.selected {
        Selected::Outputs(outputs) => outputs.as_ref(),
        Selected::Model(_) => &[],
    };
    let term = |what| Term { what, descending: false, nulls: None, position: None, is_null: false };
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
    models_own(select).all(|term| is_selected(select, term.what, &Joins::new(select.model)).unwrap_or(false))
}

fn is_selected(select: &Select, what: Sorted<'_>, joins: &Joins) -> Result<bool> {
    let location = what.located(joins)?;
    Ok(match &select.selected {
        Selected::Model(shape) => {
            location.is_some_and(|(place, _)| place == Place::Root || contains(shape, select, place, joins))
        }
        Selected::Outputs(outputs) => outputs.iter().any(|output| match (output, what) {
            (Output::Node(Node::Column(column)), _) => match (location, joins.locate(*column)) {
                (Some((place, field)), Ok((other, selected))) => place == other && std::ptr::eq(field, selected),
                _ => false,
            },
            (Output::Node(node), Sorted::Node(sorted)) => node == sorted,
            (Output::Node(_), Sorted::Field(_) | Sorted::Column(_)) => false,
            (Output::Row(path), _) => location.is_some_and(|(place, _)| joins.place(path).ok() == Some(place)),
        }),
    })
}

/// Tells whether the shape selects the model at a place.
fn contains(shape: &Shape, select: &Select, wanted: Place, joins: &Joins) -> bool {
    let mut stack = vec![(Place::Root, select.model, shape)];
    while let Some((place, model, shape)) = stack.pop() {
        if place == wanted {
            return true;
        }
        for (index, inner) in &shape.related {
            let Some(key) = model.fields.get(*index) else { continue };
            let target = key.foreign_key.as_ref().map(|foreign| (foreign.target)());
            if let (Some(joined), Some(target)) = (joins.find(place, key), target) {
                stack.push((joined, target, inner));
            }
        }
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
