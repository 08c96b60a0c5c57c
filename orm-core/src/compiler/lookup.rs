//! Conditions and comparisons.
//!
//! A condition is true or it is not. Where only truth counts (WHERE, ON, FILTER, CASE) SQL's NULL is as good as false,
//! since no negation stands above a leaf; a complement says itself what becomes of NULL, and only where an operand can
//! be NULL, so that indexes stay usable.

use std::borrow::Cow;

use super::arithmetic::{as_kind, beside};
use super::expr::may_be_whole;
use super::writer::Writer;
use crate::ast::LookupOperator;
use crate::dialect::{Pattern, Test, Words};
use crate::error::{Error, Result};
use crate::planner::{Clause, Expr, Inner, are_nulled};
use crate::value::{Kind, Value};

/// How many parts of a group stand in one chain. Parsers make a chain as deep as it is long, and SQLite's limit for the
/// depth is 1000, so longer chains are halved.
const LONGEST_CHAIN: usize = 100;

impl Writer<'_> {
    /// A condition where only its truth counts.
    pub(super) fn clause(&mut self, clause: &Clause<'_>) -> Result<()> {
        match clause {
            Clause::Constant(value) => self.write(if *value { "TRUE" } else { "FALSE" }),
            Clause::Test { operator, operands, negated } => self.comparison(*operator, operands, *negated),
            Clause::In { left, values, negated } => self.any(left, values, *negated),
            Clause::Listed(listed) => self.listed(listed),
            Clause::Forms(forms) => self.forms(forms),
            Clause::Near(near) => self.near(near),
            Clause::IsNull { node, negated } => {
                match node.as_column() {
                    Some(_) => self.bare(node)?,
                    None => self.operand(node, &[])?,
                }
                self.write(if *negated { " IS NOT NULL" } else { " IS NULL" })
            }
            Clause::Readable(node) => self.readable(node),
            Clause::KeyInRows { table, keys } => self.key_in(*table, keys),
            Clause::Exists { rows, negated } => {
                self.push(if *negated { "NOT EXISTS (" } else { "EXISTS (" });
                self.plan(rows)?;
                self.write(")")
            }
            Clause::And(parts) => self.chain(parts, " AND "),
            Clause::Or(parts) => self.chain(parts, " OR "),
            Clause::Xor { parts, negated } => self.odd(parts, *negated),
        }
    }

    /// A condition as a value in parentheses: true or false.
    pub(super) fn truth(&mut self, clause: &Clause<'_>) -> Result<()> {
        let null = clause.can_be_null();
        self.push(if null { "((" } else { "(" });
        self.clause(clause)?;
        self.write(if null { ") IS TRUE)" } else { ")" })
    }

    fn chain(&mut self, parts: &[Clause<'_>], connector: &str) -> Result<()> {
        if parts.len() <= LONGEST_CHAIN {
            return self.separated(parts, connector, |writer, part| writer.part(part));
        }
        let (first, second) = parts.split_at(parts.len() / 2);
        self.push("(");
        self.chain(first, connector)?;
        self.push(")");
        self.push(connector);
        self.push("(");
        self.chain(second, connector)?;
        self.write(")")
    }

    fn part(&mut self, part: &Clause<'_>) -> Result<()> {
        let group = matches!(part, Clause::And(_) | Clause::Or(_) | Clause::Xor { .. });
        self.push(if group { "(" } else { "" });
        self.clause(part)?;
        self.write(if group { ")" } else { "" })
    }

    /// The parity of the parts: two halves differ if one of them has an odd number.
    fn odd(&mut self, parts: &[Clause<'_>], negated: bool) -> Result<()> {
        let (first, second) = parts.split_at(parts.len() / 2);
        self.odd_half(first)?;
        self.push(if negated { " = " } else { " <> " });
        self.odd_half(second)
    }

    fn odd_half(&mut self, parts: &[Clause<'_>]) -> Result<()> {
        if let [part] = parts {
            return self.truth(part);
        }
        self.push("(");
        self.odd(parts, false)?;
        self.write(")")
    }

    fn comparison(&mut self, operator: LookupOperator, operands: &[Expr<'_>], negated: bool) -> Result<()> {
        if let (LookupOperator::In, [left, Expr::Subquery(values)]) = (operator, operands) {
            return self.in_query(left, values, negated);
        }
        let test = self.test(operator, operands)?;
        match self.made(operator, operands, test) {
            Some(made) => self.either_way(Words { pattern: test.pattern, ..made.words() }, operands, negated),
            None => self.either_way(test, operands, negated),
        }
    }

    /// Whether an expression is one of the values of a query.
    fn in_query(&mut self, left: &Expr<'_>, values: &Inner<'_>, negated: bool) -> Result<()> {
        check_comparable(left.kind(), values.kind)?;
        let item = Expr::Value(Cow::Owned(Value::Null(values.kind)));
        let test = match (left.kind(), values.kind) {
            (Kind::Decimal, _) | (_, Kind::Decimal) => {
                let output = values.plan.output().unwrap_or(&item);
                self.decimal_test(LookupOperator::In, &[left.clone(), output.clone()])
            }
            (kind, _) => self.spelling().test(LookupOperator::In, kind, true),
        };
        let nullable = if values.nullable { Some(item.clone()) } else { None };
        let operands: Vec<Expr<'_>> = [left.clone()].into_iter().chain(nullable).collect();
        self.holds_or_not(test, &operands, negated, |writer, words| {
            writer.template(words, &mut |writer, slot| match slot {
                b'0' => writer.operand(left, &[left.clone(), item.clone()]),
                _ => writer.plan(&values.plan),
            })
        })
    }

    /// The words of a comparison, if its operands fit.
    pub(super) fn test(&self, operator: LookupOperator, operands: &[Expr<'_>]) -> Result<Test> {
        let wanted = match operator {
            LookupOperator::IsTrue | LookupOperator::IsNull => 1,
            LookupOperator::Between | LookupOperator::HalfOpen => 3,
            _ => 2,
        };
        let Some((first, others)) = operands.split_first().filter(|_| operands.len() == wanted) else {
            return Err(Error::internal(format!("{operator:?} takes {wanted} operands, not {}", operands.len())));
        };
        others.iter().try_for_each(|other| check_comparable(first.kind(), other.kind()))?;
        if !operands.iter().any(|operand| operand.kind() == Kind::Decimal) {
            return Ok(self.spelling().test(operator, first.kind(), first.is_collated(self.dialect)));
        }
        Ok(self.decimal_test(operator, operands))
    }

    /// A comparison or its complement. NULL fails a comparison and passes its complement.
    pub(super) fn either_way(&mut self, test: Words<'_>, operands: &[Expr<'_>], negated: bool) -> Result<()> {
        self.holds_or_not(test, operands, negated, |writer, words| writer.tested(test, words, operands))
    }

    /// The same of anything that is written in the words of a comparison; what may be NULL in it is among the operands.
    pub(super) fn holds_or_not(
        &mut self,
        test: Words<'_>,
        operands: &[Expr<'_>],
        negated: bool,
        write: impl FnOnce(&mut Self, &str) -> Result<()>,
    ) -> Result<()> {
        if !negated {
            return write(self, test.holds);
        }
        let mut nullable = operands.iter().filter(|operand| operand.can_be_null());
        match (nullable.next(), nullable.next()) {
            _ if are_nulled(operands) => {}
            (None, _) => return write(self, test.fails),
            (Some(node), None) if node.as_column().is_some() => {
                self.push("(");
                write(self, test.fails)?;
                self.push(" OR ");
                self.bare(node)?;
                return self.write(" IS NULL)");
            }
            _ => {}
        }
        self.push("(");
        write(self, test.holds)?;
        self.write(") IS NOT TRUE")
    }

    fn tested(&mut self, test: Words<'_>, words: &str, operands: &[Expr<'_>]) -> Result<()> {
        self.template(words, &mut |writer, slot| match (slot, test.pattern) {
            (b'1', Pattern::Like { before, after }) => writer.like_pattern(&operands[1], before, after),
            (slot, _) => match operands.get(usize::from(slot.wrapping_sub(b'0'))) {
                Some(operand) if test.pattern == Pattern::Counted => writer.counted(operand, operands),
                Some(operand) => writer.operand(operand, operands),
                None => Err(Error::internal("a comparison has too few operands")),
            },
        })
    }

    /// One side of a comparison; the others tell what it is compared as.
    pub(super) fn operand(&mut self, node: &Expr<'_>, all: &[Expr<'_>]) -> Result<()> {
        let decimal = all.iter().any(|operand| operand.kind() == Kind::Decimal);
        match node {
            Expr::Value(_) if all.iter().all(|operand| operand.as_value().is_some()) => self.lone(node)?,
            Expr::Value(value) if decimal => self.bind(self.decimal(value, all)),
            Expr::Value(value) => {
                self.bind(as_kind(value.as_ref().clone(), all.first().map_or(value.kind(), beside)));
            }
            node if decimal && is_integer(node.kind()) => match self.spelling().integer_as_decimal() {
                Some(template) => self.template(template, &mut |writer, _| writer.expr(node))?,
                None => self.expr(node)?,
            },
            node if is_integer(node.kind()) && all.iter().any(|operand| is_float(operand.kind())) => {
                let sure = !all.iter().any(|operand| is_float(operand.kind()) && may_be_whole(operand));
                let template = self.spelling().integer_as_float(sure).unwrap_or("{0}");
                self.template(template, &mut |writer, _| writer.expr(node))?;
            }
            node => self.formed(node)?,
        }
        Ok(())
    }

    /// The right operand of LIKE: a text with its wildcards escaped here, an expression with its own escaped there.
    fn like_pattern(&mut self, operand: &Expr<'_>, before: bool, after: bool) -> Result<()> {
        if let Some(Value::Text(text)) = operand.as_value() {
            self.bind(Value::Text(escaped(text, before, after).into()));
            return Ok(());
        }
        let template = self.spelling().join_texts();
        self.template(template, &mut |writer, slot| match slot {
            b'0' => writer.write(if before { "'%'" } else { "''" }),
            b'2' => writer.write(if after { "'%'" } else { "''" }),
            _ => {
                writer.push("REPLACE(REPLACE(REPLACE(");
                writer.in_parts(operand)?;
                writer.write(", '!', '!!'), '%', '!%'), '_', '!_')")
            }
        })
    }

    /// Whether an expression is one of some values, each a parameter.
    fn any(&mut self, left: &Expr<'_>, values: &[&Value], negated: bool) -> Result<()> {
        values.first().map_or(Ok(()), |value| check_comparable(left.kind(), value.kind()))?;
        let all = [left.clone()];
        let test = match left.kind() {
            Kind::Decimal => self.decimal_test(LookupOperator::In, &all),
            kind => self.spelling().test(LookupOperator::In, kind, true),
        };
        if test.pattern == Pattern::Counted {
            return self.counted_among(test, left, values, negated);
        }
        self.holds_or_not(test, &all, negated, |writer, words| {
            writer.template(words, &mut |writer, slot| match slot {
                b'0' => writer.operand(&all[0], &all),
                _ => writer.separated(values, ", ", |writer, value| {
                    writer.bind(writer.item(left, beside(left), value));
                    Ok(())
                }),
            })
        })
    }
}

const fn is_integer(kind: Kind) -> bool {
    matches!(kind, Kind::I16 | Kind::I32 | Kind::I64)
}

const fn is_float(kind: Kind) -> bool {
    matches!(kind, Kind::F32 | Kind::F64)
}

/// Refuses text against numbers: MySQL would read the text as a number, and `'abc' = 0` is true there.
pub(super) fn check_comparable(left: Kind, right: Kind) -> Result<()> {
    let is_number = |kind| is_integer(kind) || matches!(kind, Kind::Bool | Kind::F32 | Kind::F64 | Kind::Decimal);
    if left == Kind::Text && is_number(right) || is_number(left) && right == Kind::Text {
        return Err(Error::internal(format!("{left:?} cannot be compared with {right:?}")));
    }
    Ok(())
}

/// A text as LIKE pattern. The escape is `!`, since MySQL reads a backslash in two ways.
fn escaped(text: &str, before: bool, after: bool) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push_str(if before { "%" } else { "" });
    for character in text.chars() {
        if matches!(character, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push_str(if after { "%" } else { "" });
    pattern
}
