//! Texts that may not be compared as ours are: in tables that are not ours, or of a collation that was wished for.
//!
//! Order and ranges are made those of code points, unless another collation was wished for. Equality is left to the
//! column on its left; only what that could not be asked is said in other words.

use std::borrow::Cow;
use std::sync::Arc;

use super::writer::Writer;
use crate::ast::LookupOperator;
use crate::dialect::{Collation, ColumnFacts, Made, TableFacts, Test};
use crate::error::Result;
use crate::model::{FieldDef, ModelDef};
use crate::planner::{Col, Expr, are_nulled, nullable};
use crate::value::{Kind, Value};

/// How a text is ordered.
enum Order {
    /// By code point: ours, or known to be like ours.
    CodePoints,
    /// As was wished for: as it is, or in these words.
    Wished(Option<String>),
    /// Perhaps otherwise: by code point in these words.
    Unsure(&'static str),
}

impl Writer<'_> {
    /// What is known of a table that is not ours.
    pub(super) fn facts(&self, model: &ModelDef) -> Option<Arc<TableFacts>> {
        self.dialect.facts()?.of(model)
    }

    /// How the text of a column is ordered.
    fn order_of(&self, Col { table, field, .. }: Col) -> Order {
        let model = table.model;
        let wished = declared(field);
        let column = self.column_facts(model, field);
        let column = column.as_ref();
        if model.managed && column.is_none() {
            return wished.map_or(Order::CodePoints, |_| Order::Wished(None));
        }
        match wished {
            Some(name) => Order::Wished(self.spelling().by_collation(name, column)),
            None if column.is_some_and(|column| column.by_code_point) => Order::CodePoints,
            None => Order::Unsure(self.spelling().by_code_point(column)),
        }
    }

    fn order_of_node(&self, node: &Expr<'_>) -> Order {
        match node {
            Expr::Column(column) => self.order_of(*column),
            Expr::Related(related) => self.order_of(related.column),
            Expr::Call(called) => {
                let mut orders = called.arguments.iter().filter(|argument| argument.kind() == Kind::Text);
                let unsure = |node: &Expr<'_>| matches!(self.order_of_node(node), Order::Unsure(..));
                if orders.any(unsure) { Order::Unsure(self.spelling().by_code_point(None)) } else { Order::CodePoints }
            }
            Expr::Subquery(inner) => inner.output().map_or(Order::CodePoints, |output| self.order_of_node(output)),
            Expr::Where(_) | Expr::Value(_) | Expr::Truth(_) => Order::CodePoints,
        }
    }

    /// Tells whether a text is sure to be compared code point by code point: in a column of ours without a collation, or
    /// in one that is known to be like ours.
    pub(super) fn is_collated(&self, node: &Expr<'_>) -> bool {
        let Some(column) = node.as_column() else { return false };
        if node.kind() != Kind::Text {
            return column.has_own_type() && column.field.collation.is_none();
        }
        matches!(self.order_of_node(node), Order::CodePoints)
    }

    /// Tells whether the texts that start with a prefix are a range to the database, perhaps in other words.
    pub(super) fn has_ranges(&self, node: &Expr<'_>) -> bool {
        let free = !self.spelling().knows_collations() && matches!(self.order_of_node(node), Order::Unsure(..));
        node.as_column().is_some() && (free || self.is_collated(node))
    }

    /// The words by which a text is compared as ours are, whatever collation it has; none if it is anyway.
    fn by_code_point(&self, node: &Expr<'_>) -> Option<&'static str> {
        match self.order_of_node(node) {
            Order::Unsure(words) if node.kind() == Kind::Text => Some(words),
            Order::Wished(_) if node.kind() == Kind::Text => Some(self.spelling().by_code_point(None)),
            _ => None,
        }
    }

    /// The words by which a text is compared by a collation that was wished for elsewhere; none if it is anyway.
    fn by_collation(&self, name: &str, node: &Expr<'_>) -> Option<String> {
        let facts = match node {
            Expr::Column(column) => self.text_facts(*column),
            Expr::Related(related) => self.text_facts(related.column),
            Expr::Call(_) | Expr::Subquery(_) => None,
            // The server would refuse it beside the narrower character set.
            Expr::Value(value) if self.lacks(&self.spelling().own_collation(Some(name))?, value) => None,
            Expr::Where(_) | Expr::Value(_) | Expr::Truth(_) => return None,
        };
        self.spelling().by_collation(name, facts.as_ref()).filter(|_| node.kind() == Kind::Text)
    }

    /// An expression that is ordered, or whose least or greatest value is wanted, or that is told apart from others.
    pub(super) fn ordered(&mut self, node: &Expr<'_>) -> Result<()> {
        let words = words_of(self.order_of_node(node)).filter(|_| node.kind() == Kind::Text);
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
        if column.field.kind == Kind::Text { words_of(self.order_of(column)) } else { None }
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
                if !matches!(self.order_of_node(other), Order::Unsure(_)) {
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
        let order = self.order_of_node(first);
        let wished = match (&order, first.as_column()) {
            (Order::Wished(_), Some(column)) => declared(column.field),
            _ => None,
        };
        let words_of_other = |(at, other): (usize, &Expr<'_>)| match wished {
            Some(name) => Some((at + 1, Cow::from(self.by_collation(name, other)?))),
            None => Some((at + 1, Cow::from(self.by_code_point(other)?))),
        };
        let right: Vec<(usize, Cow<'static, str>)> = others.iter().enumerate().filter_map(words_of_other).collect();
        let left: Cow<'static, str> = match order {
            Order::CodePoints | Order::Wished(None) if right.is_empty() => return None,
            // The words for texts of any kind.
            Order::CodePoints => self.spelling().by_code_point(None).into(),
            Order::Wished(words) => words.map_or(Cow::from("{0}"), Cow::from),
            Order::Unsure(words) => words.into(),
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
        let (left, right) = (self.text_facts(left)?, self.text_facts(right)?);
        self.spelling().equal_texts(&left, &right)
    }

    /// What is known of a column of texts.
    fn text_facts(&self, Col { table, field, .. }: Col) -> Option<ColumnFacts> {
        let column = self.column_facts(table.model, field);
        if !table.model.managed || column.is_some() {
            return column;
        }
        let collation = Some(self.spelling().own_collation(declared(field))?);
        let text = || "text".to_owned();
        Some(ColumnFacts { type_name: text(), base_name: text(), base: text(), collation, ..ColumnFacts::default() })
    }

    /// Tells whether some of these texts may be refused beside a column, so that they are looked for in a list.
    pub(super) fn may_lack(&self, left: &Expr<'_>, values: &[&Value]) -> bool {
        if left.kind() != Kind::Text {
            return false;
        }
        let Some(ColumnFacts { collation: Some(collation), .. }) = self.unlike_ours(left) else { return false };
        values.iter().any(|value| self.lacks(&collation, value))
    }

    fn lacks(&self, collation: &Collation, value: &Value) -> bool {
        matches!(value, Value::Text(text) if self.spelling().may_lack(collation, text))
    }

    /// What is known of a column that may not be like ours.
    pub(super) fn unlike_ours(&self, left: &Expr<'_>) -> Option<ColumnFacts> {
        let column @ Col { table, field, .. } = left.as_column()?;
        if table.model.managed && (left.kind() != Kind::Text || declared(field).is_none()) {
            return self.column_facts(table.model, field);
        }
        self.text_facts(column)
    }

    /// How an expression is written that a column is to store, if not as it stands.
    pub(super) fn stored_as(&self, model: &ModelDef, field: &FieldDef) -> Option<String> {
        self.spelling().stored_as(&self.column_facts(model, field)?)
    }
}

fn words_of(order: Order) -> Option<Cow<'static, str>> {
    match order {
        Order::CodePoints => None,
        Order::Wished(words) => words.map(Cow::from),
        Order::Unsure(words) => Some(words.into()),
    }
}

/// The collation that the model gives a text: a key has that of what it refers to.
pub(super) fn declared(field: &FieldDef) -> Option<&'static str> {
    field.typed().collation.or(field.collation)
}
