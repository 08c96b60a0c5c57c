//! One text, one list of parameter types: PostgreSQL keeps a prepared text with the types that it had at first, so every
//! operator and lookup is tried with literals of every type, and equal texts must bind equal types.

use std::collections::HashMap;

use chrono::TimeDelta;
use rust_decimal::{Decimal, dec};

use super::music::EVERYTHING;
use crate::ast::{Node, Output, Select, Selected, Update};
use crate::dialect::Dialect;
use crate::exec;
use crate::expr::{Col, Definite, Expression, Operand, Q, Typed};
use crate::model::Path;
use crate::statement::Statement;
use crate::value::{FieldType, Kind, Value};

struct Everything;

/// The type of a parameter on the wire.
fn wire(value: &Value) -> (Kind, bool) {
    let kind = if value.kind() == Kind::Duration { Kind::I64 } else { value.kind() };
    (kind, matches!(value, Value::List(..)))
}

/// The texts so far, with the types of their parameters.
#[derive(Default)]
struct Texts {
    known: HashMap<String, Vec<(Kind, bool)>>,
    seen: usize,
}

impl Texts {
    fn hold(&mut self, statement: Option<Statement>) {
        let Some(statement) = statement else { return };
        let types: Vec<_> = statement.binds.iter().map(wire).collect();
        let known = self.known.entry(statement.sql.to_string()).or_insert_with(|| types.clone());
        assert_eq!(*known, types, "{}", statement.sql);
        self.seen += 1;
    }

    fn select(&mut self, node: Node) {
        let outputs = Selected::Outputs(vec![Output::Node(node)].into());
        let select = Select { selected: outputs, order: Some(Vec::new()), ..Select::all(&EVERYTHING) };
        self.hold(exec::select(&select, &Dialect::postgres()).unwrap());
    }

    fn filter(&mut self, condition: Q<Everything>) {
        for q in [condition.clone(), !condition] {
            self.select(Node::Condition(q.condition().clone()));
            let select = Select { condition: q.into_condition(), ..Select::all(&EVERYTHING) };
            self.hold(exec::select(&select, &Dialect::postgres()).unwrap());
        }
    }

    /// Every lookup of an expression, against values of its type.
    fn lookups<E>(&mut self, expression: &E)
    where
        E: Typed<Root = Everything>,
        E::Against: Sample + Operand<Everything, E::Against, Source: Definite> + Clone,
    {
        self.select(expression.node());
        let value = E::Against::sample;
        self.filter(expression.eq(value()));
        self.filter(expression.differs(value()));
        self.filter(expression.lt(value()) | expression.lte(value()));
        self.filter(expression.gt(value()) & expression.gte(value()));
        self.filter(expression.between(value(), value()));
        for length in [1, 2, 5, 600] {
            self.filter(expression.in_((0..length).map(|_| value())));
        }
    }

    /// An expression between a column and a value.
    fn beside<E>(&mut self, expression: &E, column: impl Operand<Everything, E::Against, Source: Definite>)
    where
        E: Typed<Root = Everything>,
        E::Against: Sample + Operand<Everything, E::Against, Source: Definite>,
    {
        self.filter(expression.between(column, E::Against::sample()));
    }

    fn set(&mut self, field: &str, node: Node) {
        let index = EVERYTHING.fields.iter().position(|known| known.name == field).unwrap();
        let update = Update {
            model: &EVERYTHING,
            assignments: vec![(index, node)],
            condition: Q::<()>::new().into_condition(),
            tag: None,
        };
        self.hold(exec::update(&update, &Dialect::postgres()).unwrap());
    }
}

/// A value of a type.
trait Sample {
    fn sample() -> Self;
}

macro_rules! samples {
    ($($type:ty => $value:expr;)*) => {$(
        impl Sample for $type {
            fn sample() -> Self {
                $value
            }
        }
    )*};
}

samples! {
    i8 => 1; i16 => 1; i32 => 1; i64 => 1; u8 => 1; u16 => 1; u32 => 1; u64 => 1; f32 => 1.5; f64 => 1.5;
    Decimal => dec!(1.5);
    TimeDelta => TimeDelta::seconds(1);
}

fn column<T: FieldType>(name: &str) -> Col<Everything, T> {
    let path: &'static Path = Box::leak(Box::new(Path::root(&EVERYTHING)));
    Col::new(path, path.model.field(name).unwrap())
}

/// A column of a type, and each literal: both ways round where both are possible.
macro_rules! literals {
    ($texts:ident, $type:ty, $name:literal: $($literal:ty),*) => {{
        let column = column::<$type>($name);
        $texts.lookups(&column);
        $texts.lookups(&-column);
        $({
            let literal = <$literal as Sample>::sample;
            $texts.lookups(&(column + literal()));
            $texts.lookups(&(column - literal()));
            $texts.lookups(&(column / literal()));
            $texts.lookups(&(column % literal()));
            $texts.lookups(&(column * literal() + literal()));
            $texts.lookups(&(column + column * literal()));
            let sum = column + literal();
            $texts.filter(column.eq(sum.clone()) | sum.eq(sum.clone() - literal()));
            $texts.beside(&sum, column);
            $texts.set($name, sum.node());
        })*
    }};
}

macro_rules! left {
    ($texts:ident, $type:ty, $name:literal: $($literal:ty),*) => {$({
        let column = column::<$type>($name);
        let literal = <$literal as Sample>::sample;
        $texts.lookups(&(literal() - column));
        $texts.lookups(&(literal() / column + literal()));
        $texts.lookups(&(literal() % column));
    })*};
}

#[test]
fn one_text_has_one_list_of_parameter_types() {
    let mut texts = Texts::default();
    literals!(texts, i16, "small": i8, i16, i32, i64, u8, u16, u32, u64, f64, Decimal);
    literals!(texts, u8, "small": i8, i16, i32, i64, u8, u16, u32, u64, f64, Decimal);
    literals!(texts, i32, "int": i8, i16, i32, i64, u8, u16, u32, u64, f64, Decimal);
    literals!(texts, u16, "int": i8, i16, i32, i64, u8, u16, u32, u64, f64, Decimal);
    literals!(texts, i64, "big": i8, i16, i32, i64, u8, u16, u32, u64, f64, Decimal);
    literals!(texts, u32, "big": i8, i16, i32, i64, u8, u16, u32, u64, f64, Decimal);
    literals!(texts, f32, "single": i8, i16, i32, i64, u8, u16, u32, u64, f64);
    literals!(texts, f64, "double": i8, i16, i32, i64, u8, u16, u32, u64, f64);
    literals!(texts, Decimal, "price": i8, i16, i32, i64, u8, u16, u32, u64, Decimal);
    left!(texts, i16, "small": i32, i64, f64, Decimal);
    left!(texts, i32, "int": i32, i64, f64, Decimal);
    left!(texts, u32, "big": i32, i64, f64, Decimal);
    left!(texts, f32, "single": i32, i64, f64);
    left!(texts, f64, "double": i32, i64, f64);
    left!(texts, Decimal, "price": i32, i64, Decimal);
    let span = column::<TimeDelta>("length");
    texts.lookups(&(span + TimeDelta::seconds(1)));
    texts.lookups(&(span - span));
    assert!(texts.seen > 5_000 && texts.known.len() > 500, "{} of {}", texts.known.len(), texts.seen);
}
