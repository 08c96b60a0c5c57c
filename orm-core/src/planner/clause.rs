//! Conditions in normal form: negation at the leaves only (De Morgan's laws hold, see
//! [`Condition`](crate::ast::Condition)), groups flat, constants folded, equalities of one column gathered.

use std::borrow::Cow;

use super::plan::{Clause, Expr, Operands};
use super::scope::Scope;
use super::tables::Col;
use crate::ast::{Condition, Connector, Group, Lookup, LookupOperator, Node, Tree};
use crate::error::Result;
use crate::value::{Kind, Value};

impl Scope<'_> {
    /// A condition, or its complement, in normal form and as the database can say it.
    pub(super) fn clause<'q>(&mut self, condition: &'q Condition, negated: bool) -> Result<Clause<'q>> {
        let normal = self.normal(condition, negated)?;
        self.legal(normal)
    }

    /// A condition as a value, which is true or false.
    pub(super) fn truth<'q>(&mut self, condition: &'q Condition) -> Result<Clause<'q>> {
        let normal = self.normal(condition, false)?;
        let said = self.said(normal)?;
        Ok(self.checked(said, false))
    }

    /// The normal form of a condition, or of its complement. No condition at all holds for every row, and so does its
    /// complement.
    fn normal<'q>(&mut self, condition: &'q Condition, negated: bool) -> Result<Clause<'q>> {
        let negated = negated ^ condition.negated;
        match &condition.tree {
            Tree::Empty => Ok(Clause::Constant(true)),
            Tree::Constant(value) => Ok(Clause::Constant(value ^ negated)),
            Tree::Exists(query) => self.any_row(query, negated),
            Tree::Lookup(lookup) => self.test(lookup, negated),
            Tree::Group(group) => self.group(group, negated),
        }
    }

    fn group<'q>(&mut self, group: &'q Group, negated: bool) -> Result<Clause<'q>> {
        match (group.connector, negated) {
            (Connector::And, false) | (Connector::Or, true) => self.all_or_any(&group.parts, negated, true),
            (Connector::Or, false) | (Connector::And, true) => self.all_or_any(&group.parts, negated, false),
            (Connector::Xor, _) => self.odd(&group.parts, negated),
        }
    }

    /// All of the parts, or any of them; each part negated first if the group was.
    fn all_or_any<'q>(&mut self, conditions: &'q [Condition], negated: bool, all: bool) -> Result<Clause<'q>> {
        let mark = self.mark();
        let mut parts = Vec::with_capacity(conditions.len());
        for condition in conditions.iter().filter(|condition| !condition.is_empty()) {
            match self.normal(condition, negated)? {
                Clause::Constant(value) if value == all => {}
                Clause::Constant(value) => {
                    self.forget(mark);
                    return Ok(Clause::Constant(value));
                }
                part => part.join(&mut parts, all),
            }
        }
        gather(&mut parts, all);
        Ok(Clause::flat_group(parts, all))
    }

    /// An odd number of the parts. Constants only turn the question round.
    fn odd<'q>(&mut self, conditions: &'q [Condition], mut negated: bool) -> Result<Clause<'q>> {
        let mut parts = Vec::with_capacity(conditions.len());
        for condition in conditions.iter().filter(|condition| !condition.is_empty()) {
            match self.normal(condition, false)? {
                Clause::Constant(value) => negated ^= value,
                part => parts.push(part),
            }
        }
        match parts.len() {
            0 => Ok(Clause::Constant(negated)),
            1 => Ok(if negated { parts.swap_remove(0).complement() } else { parts.swap_remove(0) }),
            _ => Ok(Clause::Xor { parts, negated }),
        }
    }

    fn test<'q>(&mut self, lookup: &'q Lookup, negated: bool) -> Result<Clause<'q>> {
        use LookupOperator as L;
        match (lookup.operator, lookup.operands.as_slice()) {
            (L::IsTrue, [Node::Condition(condition)]) => self.normal(condition, negated),
            (L::IsTrue, [Node::Value(Value::Bool(value))]) => Ok(Clause::Constant(value ^ negated)),
            (L::IsNull, [node]) => self.null(node, negated),
            (L::Eq, [node, Node::Value(Value::Null(_))] | [Node::Value(Value::Null(_)), node]) => {
                self.null(node, negated)
            }
            // NULL is neither less nor greater nor different, nor in any list.
            (_, operands) if operands.iter().any(is_null) => Ok(Clause::Constant(negated)),
            (L::In, [left, Node::Value(Value::List(_, items))]) => self.any(left, items, negated),
            (L::In, [left, Node::Subquery { query, .. }]) => self.one_of(left, query, negated),
            (operator, operands) => Ok(Clause::Test { operator, operands: self.exprs(operands)?, negated }),
        }
    }

    fn any<'q>(&mut self, left: &'q Node, items: &'q [Value], negated: bool) -> Result<Clause<'q>> {
        let values: Vec<&Value> = items.iter().filter(|item| !item.is_null()).collect();
        if values.is_empty() {
            return Ok(Clause::Constant(negated));
        }
        Ok(Clause::In { left: self.expr(left)?, values, negated })
    }

    fn null<'q>(&mut self, node: &'q Node, negated: bool) -> Result<Clause<'q>> {
        match node {
            Node::Value(value) => Ok(Clause::Constant(value.is_null() ^ negated)),
            Node::Condition(_) => Ok(Clause::Constant(negated)),
            node => Ok(Clause::IsNull { node: self.expr(node)?, negated }),
        }
    }
}

impl<'q> Clause<'q> {
    /// The column and values, if this says that a column is one of some values (or, in a conjunction, none of them).
    fn equality(&self, all: bool) -> Option<Col> {
        match self {
            Self::Test { operator: LookupOperator::Eq, operands, negated } if *negated == all => match operands {
                Operands::Two([Expr::Column(column), Expr::Value(Cow::Borrowed(value))])
                    if value.kind() != Kind::Json =>
                {
                    Some(*column)
                }
                _ => None,
            },
            Self::In { left: Expr::Column(column), negated, .. } if *negated == all => Some(*column),
            _ => None,
        }
    }

    /// The expression and values of what [`Clause::equality`] recognises.
    fn into_values(self) -> Option<(Expr<'q>, Vec<&'q Value>)> {
        match self {
            Self::In { left, values, .. } => Some((left, values)),
            Self::Test { operands: Operands::Two([left, Expr::Value(Cow::Borrowed(value))]), .. } => {
                Some((left, vec![value]))
            }
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
    let mut met: Vec<(Col, usize)> = Vec::new();
    let mut gathered: Vec<Clause<'_>> = Vec::with_capacity(parts.len());
    for part in parts.drain(..) {
        let Some(column) = part.equality(all) else {
            gathered.push(part);
            continue;
        };
        match met.iter().find(|(known, _)| known.is(column)) {
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
    if let Clause::In { values, .. } = first {
        values.append(&mut added);
        return;
    }
    let taken = std::mem::replace(first, Clause::Constant(false));
    if let Some((left, mut values)) = taken.into_values() {
        values.append(&mut added);
        *first = Clause::In { left, values, negated };
    }
}
