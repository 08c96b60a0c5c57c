//! Texts that may not be compared as ours are: in tables that are not ours, or of a collation that was wished for.
//!
//! Order and ranges are made those of code points, unless another collation was wished for. Equality is left to the
//! column on its left; only what that could not be asked is said in other words.

use std::borrow::Cow;

use super::writer::Writer;
use crate::ast::LookupOperator;
use crate::dialect::{Collation, ColumnFacts, Made, Test, TextOrder, declared};
use crate::error::Result;
use crate::model::{FieldDef, ModelDef};
use crate::planner::{Col, Expr, are_nulled, nullable};
use crate::value::{Kind, Value};

impl Writer<'_> {
    /// The words by which a text is compared as ours are, whatever collation it has; none if it is anyway.
    fn by_code_point(&self, node: &Expr<'_>) -> Option<&'static str> {
        match node.text_order(self.dialect) {
            TextOrder::Unsure(words) if node.kind() == Kind::Text => Some(words),
            TextOrder::Wished(_) if node.kind() == Kind::Text => Some(self.spelling().by_code_point(None)),
            _ => None,
        }
    }

    /// The words by which a text is compared by a collation that was wished for elsewhere; none if it is anyway.
    fn by_collation(&self, name: &str, node: &Expr<'_>) -> Option<String> {
        let facts = match node {
            Expr::Column(column) => self.text_facts_of(*column),
            Expr::Related(related) => self.text_facts_of(related.column),
            Expr::Call(_) | Expr::Subquery(_) => None,
            // The server would refuse it beside the narrower character set.
            Expr::Value(value) if self.lacks(&self.spelling().own_collation(Some(name))?, value) => None,
            Expr::Where(_) | Expr::Value(_) | Expr::Truth(_) => return None,
        };
        self.spelling().by_collation(name, facts.as_ref()).filter(|_| node.kind() == Kind::Text)
    }

    /// An expression that is ordered, or whose least or greatest value is wanted, or that is told apart from others.
    pub(super) fn ordered(&mut self, node: &Expr<'_>) -> Result<()> {
        let words = words_of(node.text_order(self.dialect)).filter(|_| node.kind() == Kind::Text);
        self.worded(words.as_deref(), node)
    }

    /// An expression of which parts are looked at: by code point, whatever collation was wished for.
    pub(super) fn in_parts(&mut self, node: &Expr<'_>) -> Result<()> {
        self.worded(self.by_code_point(node), node)
    }

    fn worded(&mut self, words: Option<&str>, node: &Expr<'_>) -> Result<()> {
        match words {
            Some(words) => self.template(words, &mut |writer, _| writer.expr(node)),
            None => self.lone(node),
        }
    }

    /// The words that order a column of a model as it should be; none if it is anyway.
    pub(super) fn column_order(&self, column: Col) -> Option<Cow<'static, str>> {
        if column.field.kind == Kind::Text {
            words_of(self.dialect.text_order(column.table.model, column.field))
        } else {
            None
        }
    }

    /// The words of a comparison of texts that cannot be those of ours.
    pub(super) fn made(&self, operator: LookupOperator, operands: &[Expr<'_>], test: Test) -> Option<Made> {
        use LookupOperator as L;
        let (first, others) = operands.split_first()?;
        if first.kind() != Kind::Text {
            return None;
        }
        match operator {
            L::Lt | L::Lte | L::Gt | L::Gte | L::Between | L::HalfOpen => self.made_order(first, others, test),
            L::IExact | L::Regex | L::IRegex => {
                let [other] = others else { return None };
                if !matches!(other.text_order(self.dialect), TextOrder::Unsure(_)) {
                    return None;
                }
                let made = Made::plain(test.holds, test.fails);
                Some(made.with(1, self.spelling().plain_text()))
            }
            L::Differs if are_nulled(operands) => {
                Some(Made::plain("{0} = {1}", "{0} <> {1}").unequal(nullable(operands)))
            }
            L::Eq | L::Differs => {
                let [right] = others else { return None };
                let equal = self.equal_columns(first.as_column()?, right.as_column()?)?;
                let differs = format!("NOT ({equal})");
                Some(match operator {
                    L::Eq => Made { holds: equal.into(), fails: differs.into() },
                    _ => Made { holds: differs.into(), fails: equal.into() },
                })
            }
            _ => None,
        }
    }

    /// The words of a comparison by the order of the left side.
    fn made_order(&self, first: &Expr<'_>, others: &[Expr<'_>], test: Test) -> Option<Made> {
        let order = first.text_order(self.dialect);
        let wished = match (&order, first.as_column()) {
            (TextOrder::Wished(_), Some(column)) => declared(column.field),
            _ => None,
        };
        let words_of_other = |(at, other): (usize, &Expr<'_>)| match wished {
            Some(name) => Some((at + 1, Cow::from(self.by_collation(name, other)?))),
            None => Some((at + 1, Cow::from(self.by_code_point(other)?))),
        };
        let right: Vec<(usize, Cow<'static, str>)> = others.iter().enumerate().filter_map(words_of_other).collect();
        let left: Cow<'static, str> = match order {
            TextOrder::CodePoints | TextOrder::Wished(None) if right.is_empty() => return None,
            // The words for texts of any kind.
            TextOrder::CodePoints => self.spelling().by_code_point(None).into(),
            TextOrder::Wished(words) => words.map_or(Cow::from("{0}"), Cow::from),
            TextOrder::Unsure(words) => words.into(),
        };
        let worded = |comparison: &str| comparison.replace("{0}", &left).into();
        let made = Made { holds: worded(test.holds), fails: worded(test.fails) };
        Some(right.iter().fold(made, |made, (at, words)| made.with(*at, words)))
    }

    /// The equality of two columns, if it needs words of its own.
    pub(super) fn equal_columns(&self, left: Col, right: Col) -> Option<String> {
        let plain = |column: Col| column.has_own_type() && declared(column.field).is_none();
        if left.field.kind != Kind::Text || (plain(left) && plain(right)) {
            return None;
        }
        let (left, right) = (self.text_facts_of(left)?, self.text_facts_of(right)?);
        self.spelling().equal_texts(&left, &right)
    }

    fn text_facts_of(&self, column: Col) -> Option<ColumnFacts> {
        self.dialect.text_facts(column.table.model, column.field)
    }

    fn lacks(&self, collation: &Collation, value: &Value) -> bool {
        matches!(value, Value::Text(text) if self.spelling().may_lack(collation, text))
    }

    /// How an expression is written that a column is to store, if not as it stands.
    pub(super) fn stored_as(&self, model: &ModelDef, field: &FieldDef) -> Option<String> {
        self.spelling().stored_as(&self.dialect.column_facts(model, field)?)
    }
}

fn words_of(order: TextOrder) -> Option<Cow<'static, str>> {
    match order {
        TextOrder::CodePoints => None,
        TextOrder::Wished(words) => words.map(Cow::from),
        TextOrder::Unsure(words) => Some(words.into()),
    }
}
