//! The typed handles, erased just so far that a program can pick them while it runs: one variant per type of column. All
//! operators and lookups below are those of the public API, called with the types that its tables allow.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use dormouse::expr::{AggregateSelection, Definite, Expr, Node, Operand, Order, Typed as Handle};
use dormouse::prelude::*;
use dormouse::value::FieldType;
use uuid::Uuid;

use super::ask::{Aggregate, Compare, Op, TextOp};
use super::values::{Cell, Mood, Plain, Rank, Ty, Val};

/// Stands for any model: conditions are built on it, then given to the model that is asked.
#[derive(Debug)]
pub(crate) struct Root;

type On<T> = Expr<Root, T>;

/// The Rust types by the names of [`Ty`].
mod rust {
    pub(super) use dormouse::prelude::Decimal as Dec;
    pub(super) type I8 = i8;
    pub(super) type I16 = i16;
    pub(super) type I32 = i32;
    pub(super) type I64 = i64;
    pub(super) type U8 = u8;
    pub(super) type U16 = u16;
    pub(super) type U32 = u32;
    pub(super) type U64 = u64;
    pub(super) type F64 = f64;
    pub(super) type Span = chrono::TimeDelta;
}

/// An expression of a type that is NULL or never NULL.
#[derive(Clone)]
pub(crate) enum Slot<T> {
    Here(On<T>),
    Maybe(On<Option<T>>),
}

/// The same, whether or not it may be NULL.
macro_rules! either {
    ($slot:expr, $name:ident => $body:expr) => {
        match $slot {
            Slot::Here($name) => $body,
            Slot::Maybe($name) => $body,
        }
    };
}

/// A typed expression as one of all types.
trait Erase {
    fn erase(self) -> Typed;
}

macro_rules! types {
    ($($name:ident $rust:ty;)*) => {
        #[derive(Clone)]
        pub(crate) enum Typed { $($name(Slot<$rust>)),* }

        $(
            impl Erase for On<$rust> {
                fn erase(self) -> Typed {
                    Typed::$name(Slot::Here(self))
                }
            }

            impl Erase for On<Option<$rust>> {
                fn erase(self) -> Typed {
                    Typed::$name(Slot::Maybe(self))
                }
            }
        )*

        /// Does something with the expression, whatever its type.
        macro_rules! any {
            ($typed:expr, $e:ident => $body:expr) => {
                match $typed { $(Typed::$name(slot) => either!(slot, $e => $body)),* }
            };
        }

        impl Typed {
            pub(crate) fn new(ty: Ty, nullable: bool, node: Node) -> Self {
                match ty {
                    $(Ty::$name if nullable => On::<Option<$rust>>::from_node(node).erase(),
                    Ty::$name => On::<$rust>::from_node(node).erase(),)*
                }
            }

            pub(crate) fn ty(&self) -> (Ty, bool) {
                match self {
                    $(Self::$name(slot) => (Ty::$name, matches!(slot, Slot::Maybe(_)))),*
                }
            }
        }
    };
}

types! {
    Bool bool; I8 i8; I16 i16; I32 i32; I64 i64; U8 u8; U16 u16; U32 u32; U64 u64; F32 f32; F64 f64; Dec Decimal;
    Text String; Bytes Vec<u8>; Date NaiveDate; Time NaiveTime; Naive NaiveDateTime; Moment DateTime<Utc>;
    Span TimeDelta; Uuid Uuid; Json serde_json::Value; Mood Mood; Rank Rank;
}

impl Typed {
    pub(crate) fn node(&self) -> Node {
        any!(self, e => e.node())
    }

    pub(crate) fn is_null(&self) -> Q<Root> {
        any!(self, e => e.is_null())
    }

    pub(crate) fn is_not_null(&self) -> Q<Root> {
        any!(self, e => e.is_not_null())
    }

    pub(crate) fn is_true(&self) -> Q<Root> {
        match self {
            Self::Bool(slot) => either!(slot, e => e.is_true()),
            _ => panic!("no boolean"),
        }
    }

    pub(crate) fn order(&self, descending: bool) -> Order<Root> {
        any!(self, e => if descending { e.desc() } else { e.asc() })
    }

    /// A lookup with a literal, which is of the same type, or an integer beside a decimal or float.
    pub(crate) fn compare_value(&self, how: Compare, value: &Cell, ty: Ty) -> Q<Root> {
        match (self, value, ty) {
            (Self::Dec(slot), Some(Val::Int(value)), Ty::I32) => {
                either!(slot, e => definite(how, e, i32::try_from(*value).expect("an i32")))
            }
            (Self::Dec(slot), Some(Val::Int(value)), Ty::I64) => either!(slot, e => definite(how, e, *value)),
            (Self::F64(slot), Some(Val::Int(value)), Ty::I32) => {
                either!(slot, e => definite(how, e, i32::try_from(*value).expect("an i32")))
            }
            (typed, value, _) => any!(typed, e => literal(how, e, value)),
        }
    }

    pub(crate) fn in_values(&self, values: &[Cell], not: bool) -> Q<Root> {
        any!(self, e => among(e, values, not))
    }

    pub(crate) fn between_values(&self, low: &Val, high: &Val, half_open: bool) -> Q<Root> {
        any!(self, e => between(e, low, high, half_open))
    }

    pub(crate) fn text(&self, how: TextOp, pattern: &str, by: Option<&Self>) -> Q<Root> {
        let Self::Text(slot) = self else { panic!("no text") };
        either!(slot, e => match by {
            Some(Self::Text(by)) => either!(by, by => text(how, e, by.clone())),
            _ => text(how, e, pattern),
        })
    }
}

fn literal<E, T>(how: Compare, left: &E, value: &Cell) -> Q<Root>
where
    E: Handle<Root = Root, Against = T>,
    T: Plain + Operand<Root, T, Source = dormouse::expr::Known>,
    Option<T>: Operand<Root, T>,
{
    match (value.as_ref().map(T::of), how) {
        (Some(value), how) => definite(how, left, value),
        (None, Compare::Ne) => left.ne(None::<T>),
        (None, _) => left.eq(None::<T>),
    }
}

fn definite<E, V>(how: Compare, left: &E, right: V) -> Q<Root>
where
    E: Handle<Root = Root>,
    V: Operand<Root, E::Against, Source: Definite>,
{
    match how {
        Compare::Eq => left.eq(right),
        Compare::Ne => left.ne(right),
        Compare::Differs => left.differs(right),
        Compare::Lt => left.lt(right),
        Compare::Lte => left.lte(right),
        Compare::Gt => left.gt(right),
        Compare::Gte => left.gte(right),
    }
}

fn among<E, T>(left: &E, values: &[Cell], not: bool) -> Q<Root>
where
    E: Handle<Root = Root, Against = T>,
    T: Plain + Operand<Root, T>,
    Option<T>: Operand<Root, T>,
{
    if values.iter().any(Option::is_none) {
        let values = values.iter().map(|value| value.as_ref().map(T::of));
        return if not { left.not_in(values) } else { left.in_(values) };
    }
    let values = values.iter().flatten().map(T::of);
    if not { left.not_in(values) } else { left.in_(values) }
}

fn between<E, T>(left: &E, low: &Val, high: &Val, half_open: bool) -> Q<Root>
where
    E: Handle<Root = Root, Against = T>,
    T: Plain + Operand<Root, T, Source = dormouse::expr::Known>,
{
    if half_open { left.in_range(T::of(low)..T::of(high)) } else { left.between(T::of(low), T::of(high)) }
}

fn text<E, V>(how: TextOp, left: &E, by: V) -> Q<Root>
where
    E: Handle<Root = Root, Type: FieldType<Bare = String>>,
    V: Operand<Root, String, Source: Definite>,
{
    match how {
        TextOp::Contains => left.contains(by),
        TextOp::IContains => left.icontains(by),
        TextOp::StartsWith => left.startswith(by),
        TextOp::IStartsWith => left.istartswith(by),
        TextOp::EndsWith => left.endswith(by),
        TextOp::IEndsWith => left.iendswith(by),
        TextOp::IExact => left.iexact(by),
        TextOp::Regex => left.regex(by),
        TextOp::IRegex => left.iregex(by),
    }
}

macro_rules! comparisons {
    ($($left:ident: $($right:ident),*;)*) => {
        /// The types with which a type can be compared.
        pub(crate) fn comparable(left: Ty) -> &'static [Ty] {
            match left { $(Ty::$left => &[$(Ty::$right),*]),* }
        }

        /// A lookup with another expression.
        pub(crate) fn compare(how: Compare, left: &Typed, right: &Typed) -> Q<Root> {
            match (left, right) {
                $($((Typed::$left(left), Typed::$right(right)) => {
                    either!(left, left => either!(right, right => definite(how, left, right.clone())))
                })*)*
                _ => panic!("the types do not compare"),
            }
        }
    };
}

comparisons! {
    Bool: Bool;
    I8: I8, I16, I32, I64, U8, U16, U32, U64, F32, F64, Dec;
    I16: I16, I8, I32, I64, U8, U16, U32, U64, F32, F64, Dec;
    I32: I32, I8, I16, I64, U8, U16, U32, U64, F32, F64, Dec;
    I64: I64, I8, I16, I32, U8, U16, U32, U64, F32, F64, Dec;
    U8: U8, I8, I16, I32, I64, U16, U32, U64, F32, F64, Dec;
    U16: U16, I8, I16, I32, I64, U8, U32, U64, F32, F64, Dec;
    U32: U32, I8, I16, I32, I64, U8, U16, U64, F32, F64, Dec;
    U64: U64, I8, I16, I32, I64, U8, U16, U32, F32, F64, Dec;
    F32: F32, I8, I16, I32, I64, U8, U16, U32, U64, F64;
    F64: F64, I8, I16, I32, I64, U8, U16, U32, U64, F32;
    Dec: Dec, I8, I16, I32, I64, U8, U16, U32, U64;
    Text: Text; Bytes: Bytes; Date: Date; Time: Time; Naive: Naive; Moment: Moment; Span: Span; Uuid: Uuid; Json: Json;
    Mood: Mood; Rank: Rank;
}

macro_rules! arithmetic {
    ($(($left:ident $right:ident $out:ident $($literal:ident)?))*) => {
        /// The type of an operator's result, and whether the right side may be a literal.
        pub(crate) const TABLE: &[(Ty, Ty, Ty, bool)] =
            &[(Ty::Span, Ty::Span, Ty::Span, true), $((Ty::$left, Ty::$right, Ty::$out, arithmetic!(@ $($literal)?))),*];

        /// An operator between expressions.
        pub(crate) fn operate(op: Op, left: Typed, right: Typed) -> Typed {
            match (left, right) {
                (Typed::Span(left), Typed::Span(right)) => {
                    either!(left, left => either!(right, right => match op {
                        Op::Add => (left + right).erase(),
                        Op::Sub => (left - right).erase(),
                        _ => panic!("durations are added and subtracted only"),
                    }))
                }
                $((Typed::$left(left), Typed::$right(right)) => {
                    either!(left, left => either!(right, right => match op {
                        Op::Add => (left + right).erase(),
                        Op::Sub => (left - right).erase(),
                        Op::Mul => (left * right).erase(),
                        Op::Div => (left / right).erase(),
                        Op::Rem => (left % right).erase(),
                    }))
                })*
                _ => panic!("the types do not meet"),
            }
        }

        /// An operator with a literal on the right.
        pub(crate) fn operate_value(op: Op, left: Typed, right: &Val, ty: Ty) -> Typed {
            match (left, ty) {
                (Typed::Span(left), Ty::Span) => {
                    let right = <rust::Span as Plain>::of(right);
                    either!(left, left => match op {
                        Op::Add => (left + right).erase(),
                        Op::Sub => (left - right).erase(),
                        _ => panic!("durations are added and subtracted only"),
                    })
                }
                $($((Typed::$left(left), Ty::$right) => {
                    const _: bool = arithmetic!(@ $literal);
                    let right = <rust::$right as Plain>::of(right);
                    either!(left, left => match op {
                        Op::Add => (left + right).erase(),
                        Op::Sub => (left - right).erase(),
                        Op::Mul => (left * right).erase(),
                        Op::Div => (left / right).erase(),
                        Op::Rem => (left % right).erase(),
                    })
                })?)*
                _ => panic!("the types do not meet"),
            }
        }
    };
    (@ literal) => { true };
    (@) => { false };
}

arithmetic! {
    (I8 I8 I8 literal) (I8 I16 I16 literal) (I8 I32 I32 literal) (I8 I64 I64 literal) (I8 U8 I64 literal) (I8 U16 I64 literal) (I8 U32 I64 literal) (I8 U64 I64 literal) (I8 F32 F64) (I8 F64 F64 literal) (I8 Dec Dec literal)
    (I16 I8 I16 literal) (I16 I16 I16 literal) (I16 I32 I32 literal) (I16 I64 I64 literal) (I16 U8 I64 literal) (I16 U16 I64 literal) (I16 U32 I64 literal) (I16 U64 I64 literal) (I16 F32 F64) (I16 F64 F64 literal) (I16 Dec Dec literal)
    (I32 I8 I32 literal) (I32 I16 I32 literal) (I32 I32 I32 literal) (I32 I64 I64 literal) (I32 U8 I64 literal) (I32 U16 I64 literal) (I32 U32 I64 literal) (I32 U64 I64 literal) (I32 F32 F64) (I32 F64 F64 literal) (I32 Dec Dec literal)
    (I64 I8 I64 literal) (I64 I16 I64 literal) (I64 I32 I64 literal) (I64 I64 I64 literal) (I64 U8 I64 literal) (I64 U16 I64 literal) (I64 U32 I64 literal) (I64 U64 I64 literal) (I64 F32 F64) (I64 F64 F64 literal) (I64 Dec Dec literal)
    (U8 I8 I64 literal) (U8 I16 I64 literal) (U8 I32 I64 literal) (U8 I64 I64 literal) (U8 U8 I64 literal) (U8 U16 I64 literal) (U8 U32 I64 literal) (U8 U64 I64 literal) (U8 F32 F64) (U8 F64 F64 literal) (U8 Dec Dec literal)
    (U16 I8 I64 literal) (U16 I16 I64 literal) (U16 I32 I64 literal) (U16 I64 I64 literal) (U16 U8 I64 literal) (U16 U16 I64 literal) (U16 U32 I64 literal) (U16 U64 I64 literal) (U16 F32 F64) (U16 F64 F64 literal) (U16 Dec Dec literal)
    (U32 I8 I64 literal) (U32 I16 I64 literal) (U32 I32 I64 literal) (U32 I64 I64 literal) (U32 U8 I64 literal) (U32 U16 I64 literal) (U32 U32 I64 literal) (U32 U64 I64 literal) (U32 F32 F64) (U32 F64 F64 literal) (U32 Dec Dec literal)
    (U64 I8 I64 literal) (U64 I16 I64 literal) (U64 I32 I64 literal) (U64 I64 I64 literal) (U64 U8 I64 literal) (U64 U16 I64 literal) (U64 U32 I64 literal) (U64 U64 I64 literal) (U64 F32 F64) (U64 F64 F64 literal) (U64 Dec Dec literal)
    (F32 I8 F64 literal) (F32 I16 F64 literal) (F32 I32 F64 literal) (F32 I64 F64 literal) (F32 U8 F64 literal) (F32 U16 F64 literal) (F32 U32 F64 literal) (F32 U64 F64 literal) (F32 F32 F64) (F32 F64 F64 literal)
    (F64 I8 F64 literal) (F64 I16 F64 literal) (F64 I32 F64 literal) (F64 I64 F64 literal) (F64 U8 F64 literal) (F64 U16 F64 literal) (F64 U32 F64 literal) (F64 U64 F64 literal) (F64 F32 F64) (F64 F64 F64 literal)
    (Dec I8 Dec literal) (Dec I16 Dec literal) (Dec I32 Dec literal) (Dec I64 Dec literal) (Dec U8 Dec literal) (Dec U16 Dec literal) (Dec U32 Dec literal) (Dec U64 Dec literal) (Dec Dec Dec literal)
}

macro_rules! literal_first {
    ($($literal:ident $rust:ty: $($right:ident)*;)*) => {
        /// An operator with a literal on the left.
        pub(crate) fn value_operates(op: Op, left: &Val, ty: Ty, right: Typed) -> Option<Typed> {
            Some(match (ty, right) {
                $($((Ty::$literal, Typed::$right(right)) => {
                    let left = <$rust as Plain>::of(left);
                    either!(right, right => match op {
                        Op::Add => (left + right).erase(),
                        Op::Sub => (left - right).erase(),
                        Op::Mul => (left * right).erase(),
                        Op::Div => (left / right).erase(),
                        Op::Rem => (left % right).erase(),
                    })
                })*)*
                _ => return None,
            })
        }
    };
}

literal_first! {
    I32 i32: I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 Dec;
    I64 i64: I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 Dec;
    F64 f64: I8 I16 I32 I64 U8 U16 U32 U64 F32 F64;
    Dec Decimal: I8 I16 I32 I64 U8 U16 U32 U64 Dec;
}

macro_rules! negation {
    ($($name:ident)*) => {
        pub(crate) fn negate(typed: Typed) -> Typed {
            match typed {
                $(Typed::$name(slot) => either!(slot, e => (-e).erase()),)*
                _ => panic!("the type has no `-`"),
            }
        }
    };
}

negation! { I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 Dec Span }

macro_rules! aggregates {
    ($($number:ident)*) => {
        /// An aggregate, as the nodes that its selection says.
        pub(crate) fn aggregate(what: Aggregate, typed: &Typed, distinct: bool, filter: Option<Q<Root>>) -> Vec<Node> {
            macro_rules! nodes {
                ($agg:expr) => {{
                    let mut agg = $agg;
                    if distinct {
                        agg = agg.distinct();
                    }
                    if let Some(filter) = filter {
                        agg = agg.filter(filter);
                    }
                    let mut nodes = Vec::new();
                    AggregateSelection::<Root>::nodes(agg, &mut nodes);
                    nodes
                }};
            }
            match (what, typed) {
                (Aggregate::Count, typed) => any!(typed, e => nodes!(e.count())),
                (Aggregate::Min, typed) => ordered!(typed, e => nodes!(e.min())),
                (Aggregate::Max, typed) => ordered!(typed, e => nodes!(e.max())),
                $((Aggregate::Sum, Typed::$number(slot)) => either!(slot, e => nodes!(e.sum())),
                (Aggregate::Avg, Typed::$number(slot)) => either!(slot, e => nodes!(e.avg())),)*
                _ => panic!("no number"),
            }
        }
    };
}

/// Does something with an expression that has an order, and a least value.
macro_rules! ordered {
    ($typed:expr, $e:ident => $body:expr) => {
        ordered!($typed, $e => $body,
            Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 Dec Text Bytes Date Time Naive Moment Span Uuid Mood Rank)
    };
    ($typed:expr, $e:ident => $body:expr, $($name:ident)*) => {
        match $typed {
            $(Typed::$name(slot) => either!(slot, $e => $body),)*
            Typed::Json(_) => panic!("no order"),
        }
    };
}

aggregates! { I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 Dec Span }

/// The type of an aggregate, and whether it is an `Option`.
pub(crate) fn aggregated(what: Aggregate, of: Ty) -> (Ty, bool) {
    match (what, of) {
        (Aggregate::Count, _) => (Ty::I64, false),
        (Aggregate::Min | Aggregate::Max, ty) => (ty, true),
        (_, Ty::Dec | Ty::Span) => (of, true),
        (Aggregate::Sum, Ty::F32 | Ty::F64) | (Aggregate::Avg, _) => (Ty::F64, true),
        (Aggregate::Sum, _) => (Ty::I64, true),
    }
}
