//! Conditions in normal form: negation at the leaves only (De Morgan's laws hold, see
//! [`Condition`](crate::ast::Condition)), groups flat, constants folded, equalities of one column gathered.

use super::plan::Clause;
use crate::ast::{Condition, Connector, Group, Lookup, LookupOperator, Node, Tree};
use crate::model::Column;
use crate::value::{Kind, Value};

impl<'q> Clause<'q> {
    /// The normal form of a condition, or of its complement. No condition at all holds for every row, and so does its
    /// complement.
    pub fn of(condition: &'q Condition, negated: bool) -> Self {
        let negated = negated ^ condition.negated;
        match &condition.tree {
            Tree::Empty => Self::Constant(true),
            Tree::Constant(value) => Self::Constant(value ^ negated),
            // Not planned yet: `check` has refused it.
            Tree::Exists(_) => Self::Constant(false),
            Tree::Lookup(lookup) => Self::test(lookup, negated),
            Tree::Group(group) => Self::group(group, negated),
        }
    }

    fn group(group: &'q Group, negated: bool) -> Self {
        match (group.connector, negated) {
            (Connector::And, false) | (Connector::Or, true) => Self::join(&group.parts, negated, true),
            (Connector::Or, false) | (Connector::And, true) => Self::join(&group.parts, negated, false),
            (Connector::Xor, _) => Self::odd(&group.parts, negated),
        }
    }

    /// All of the parts, or any of them; each part negated first if the group was.
    fn join(conditions: &'q [Condition], negated: bool, all: bool) -> Self {
        let mut parts = Vec::with_capacity(conditions.len());
        for condition in conditions.iter().filter(|condition| !condition.is_empty()) {
            match Self::of(condition, negated) {
                Self::Constant(value) if value == all => {}
                Self::Constant(value) => return Self::Constant(value),
                Self::All(mut inner) if all => parts.append(&mut inner),
                Self::Either(mut inner) if !all => parts.append(&mut inner),
                part => parts.push(part),
            }
        }
        gather(&mut parts, all);
        match parts.len() {
            0 => Self::Constant(all),
            1 => parts.swap_remove(0),
            _ if all => Self::All(parts),
            _ => Self::Either(parts),
        }
    }

    /// An odd number of the parts. Constants only turn the question round.
    fn odd(conditions: &'q [Condition], mut negated: bool) -> Self {
        let mut parts = Vec::with_capacity(conditions.len());
        let mut last = None;
        for condition in conditions.iter().filter(|condition| !condition.is_empty()) {
            match Self::of(condition, false) {
                Self::Constant(value) => negated ^= value,
                part => {
                    parts.push(part);
                    last = Some(condition);
                }
            }
        }
        match (last, parts.len()) {
            (None, _) => Self::Constant(negated),
            (Some(condition), 1) => Self::of(condition, negated),
            _ => Self::Odd { parts, negated },
        }
    }

    fn test(lookup: &'q Lookup, negated: bool) -> Self {
        use LookupOperator as L;
        match (lookup.operator, lookup.operands.as_slice()) {
            (L::IsTrue, [Node::Condition(condition)]) => Self::of(condition, negated),
            (L::IsTrue, [Node::Value(Value::Bool(value))]) => Self::Constant(value ^ negated),
            (L::IsNull, [node]) => Self::null(node, negated),
            (L::Eq, [node, Node::Value(Value::Null(_))] | [Node::Value(Value::Null(_)), node]) => {
                Self::null(node, negated)
            }
            // NULL is neither less nor greater nor different, nor in any list.
            (_, operands) if operands.iter().any(is_null) => Self::Constant(negated),
            (L::In, [left, Node::Value(Value::List(_, items))]) => {
                let values: Vec<&Value> = items.iter().filter(|item| !item.is_null()).collect();
                if values.is_empty() { Self::Constant(negated) } else { Self::Any { left, values, negated } }
            }
            _ => Self::Test { lookup, negated },
        }
    }

    fn null(node: &'q Node, negated: bool) -> Self {
        match node {
            Node::Value(value) => Self::Constant(value.is_null() ^ negated),
            Node::Condition(_) => Self::Constant(negated),
            node => Self::IsNull { node, negated },
        }
    }

    /// The column and values, if this says that a column is one of some values (or, in a conjunction, none of them).
    fn equality(&self, all: bool) -> Option<Column> {
        match self {
            Self::Test { lookup, negated } if *negated == all && lookup.operator == LookupOperator::Eq => {
                match lookup.operands.as_slice() {
                    [Node::Column(column), Node::Value(value)] if value.kind() != Kind::Json => Some(*column),
                    _ => None,
                }
            }
            Self::Any { left: Node::Column(column), negated, .. } if *negated == all => Some(*column),
            _ => None,
        }
    }

    /// The expression and values of what [`Clause::equality`] recognises.
    fn into_values(self) -> Option<(&'q Node, Vec<&'q Value>)> {
        match self {
            Self::Any { left, values, .. } => Some((left, values)),
            Self::Test { lookup, .. } => match lookup.operands.as_slice() {
                [left, Node::Value(value)] => Some((left, vec![value])),
                _ => None,
            },
            _ => None,
        }
    }
}

fn is_null(node: &Node) -> bool {
    matches!(node, Node::Value(Value::Null(_)))
}

/// `a = 1 OR a = 2` becomes `a IN (1, 2)`, and `a <> 1 AND a <> 2` becomes `a NOT IN (1, 2)`, in the place of the
/// first. There are few columns, so the search among those met is short, however long the chain.
fn gather(parts: &mut Vec<Clause<'_>>, all: bool) {
    if parts.iter().filter(|part| part.equality(all).is_some()).take(2).count() < 2 {
        return;
    }
    let mut met: Vec<(Column, usize)> = Vec::new();
    let mut gathered: Vec<Clause<'_>> = Vec::with_capacity(parts.len());
    for part in parts.drain(..) {
        let Some(column) = part.equality(all) else {
            gathered.push(part);
            continue;
        };
        match met.iter().find(|(known, _)| *known == column) {
            Some((_, place)) => add_values(&mut gathered[*place], part, all),
            None => {
                met.push((column, gathered.len()));
                gathered.push(part);
            }
        }
    }
    *parts = gathered;
}

fn add_values<'q>(first: &mut Clause<'q>, other: Clause<'q>, negated: bool) {
    let Some((_, mut added)) = other.into_values() else { return };
    if let Clause::Any { values, .. } = first {
        values.append(&mut added);
        return;
    }
    let taken = std::mem::replace(first, Clause::Constant(false));
    if let Some((left, mut values)) = taken.into_values() {
        values.append(&mut added);
        *first = Clause::Any { left, values, negated };
    }
}
