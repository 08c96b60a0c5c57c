//! What is asked, as data: made at random, answered twice, made smaller when the answers differ, and printed as Rust.

use std::fmt;

use super::values::{Cell, Literal, Row, Ty, Val};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compare {
    Eq,
    Ne,
    Differs,
    Lt,
    Lte,
    Gt,
    Gte,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextOp {
    Contains,
    IContains,
    StartsWith,
    IStartsWith,
    EndsWith,
    IEndsWith,
    IExact,
    Regex,
    IRegex,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aggregate {
    Count,
    Sum,
    Avg,
    Min,
    Max,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    And,
    Or,
    Xor,
}

/// An expression.
#[derive(Debug, Clone)]
pub(crate) enum Ex {
    /// A column at the end of a path.
    Col {
        path: Vec<&'static str>,
        ty: Ty,
        nullable: bool,
    },
    /// A literal, as an operand only.
    Lit(Cell, Ty),
    Op(Op, Box<Ex>, Box<Ex>),
    Neg(Box<Ex>),
}

/// A condition.
#[derive(Debug, Clone)]
pub(crate) enum Cond {
    Compare(Compare, Ex, Ex),
    In {
        of: Ex,
        values: Vec<Cell>,
        not: bool,
    },
    Between {
        of: Ex,
        low: Val,
        high: Val,
        half_open: bool,
    },
    IsNull {
        of: Ex,
        not: bool,
    },
    IsTrue(Ex),
    /// A text lookup by a text, or by a column.
    Text {
        how: TextOp,
        of: Ex,
        pattern: String,
        by: Option<Ex>,
    },
    Not(Box<Cond>),
    Join(Join, Vec<Cond>),
    AnyOf(Vec<Cond>),
    AllOf(Vec<Cond>),
    /// `Q::new()`.
    Nothing,
    /// The key is one of these.
    Keys(Vec<Row>, bool),
}

#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub(crate) ex: Ex,
    pub(crate) descending: bool,
    /// First, last, or where the database has them.
    pub(crate) nulls_first: Option<bool>,
}

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Filter(Cond),
    Exclude(Cond),
}

#[derive(Debug, Clone)]
pub(crate) enum Output {
    Ex(Ex),
    Cond(Cond),
}

#[derive(Debug, Clone)]
pub(crate) struct Agg {
    pub(crate) what: Aggregate,
    pub(crate) of: Ex,
    pub(crate) distinct: bool,
    pub(crate) filter: Option<Cond>,
}

/// How rows are fetched.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fetch {
    Await,
    Stream,
    Iterator(usize),
}

/// A relation that is loaded with the rows: a key by a join, a key or what leads here by a query.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Load {
    Join(&'static str),
    Fetch(&'static str),
}

impl Load {
    pub(crate) fn name(self) -> &'static str {
        let (Self::Join(name) | Self::Fetch(name)) = self;
        name
    }
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Rows(Fetch),
    Values {
        outputs: Vec<Output>,
        distinct: bool,
        fetch: Fetch,
    },
    Count,
    Exists,
    Aggregate(Vec<Agg>),
    First,
    Last,
    Latest,
    Earliest,
    GetOne,
    InBulk(Vec<Row>),
    Contains(Row),
    /// An instance, read again.
    Refresh(Row),
    Update(Vec<(usize, Ex)>),
    Delete,
    /// An instance with other values, saved: all fields, or these.
    Save(Row, Vec<usize>),
    /// A row, by the key that stands there or by the next one.
    Create(Row, Numbered),
    /// An instance, deleted.
    Remove(Row),
}

/// Who numbers a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbered {
    ByUs,
    ByTheDatabase,
}

/// A question or a change.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) model: usize,
    pub(crate) steps: Vec<Step>,
    pub(crate) order: Vec<Term>,
    pub(crate) reverse: bool,
    /// Ranges, one after the other; only after an order that leaves no two rows equal.
    pub(crate) slices: Vec<(u64, Option<u64>)>,
    /// Loaded with the rows.
    pub(crate) loads: Vec<Load>,
    /// In a transaction, by its connection.
    pub(crate) inside: bool,
    pub(crate) what: What,
}

impl Ask {
    /// Of all rows of a model.
    pub(crate) fn of(model: usize, what: What) -> Self {
        let (steps, order, slices, loads) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { model, steps, order, reverse: false, slices, loads, inside: false, what }
    }

    pub(crate) fn writes(&self) -> bool {
        use What::{Create, Delete, Remove, Save, Update};
        matches!(self.what, Update(_) | Delete | Save(..) | Create(..) | Remove(_))
    }

    /// Whether its answer is rows of the model.
    pub(crate) fn gives_rows(&self) -> bool {
        use What::{Earliest, First, GetOne, InBulk, Last, Latest, Rows};
        matches!(self.what, Rows(_) | First | Last | Latest | Earliest | GetOne | InBulk(_))
    }

    /// Whether some of the rows may be enough.
    pub(crate) fn limited(&self) -> bool {
        let what = &self.what;
        let few = matches!(what, What::First | What::Last | What::Latest | What::Earliest | What::GetOne);
        // The least of an index is its first entry that passes.
        let extreme = |agg: &Agg| matches!(agg.what, Aggregate::Min | Aggregate::Max);
        let few = few || matches!(what, What::Aggregate(aggs) if aggs.iter().all(extreme));
        few || matches!(what, What::Exists | What::Contains(_) | What::InBulk(_)) || !self.slices.is_empty()
    }

    /// Whether something is computed behind a key. Databases may compute it of rows to which no key leads.
    pub(crate) fn computes_behind_keys(&self, shapes: &[super::models::Shape]) -> bool {
        let text = Printed(self, shapes).to_string();
        let computes = [" + ", " - ", " * ", " / ", " % ", "(-"].iter().any(|sign| text.contains(sign));
        computes && text.split(['(', ')', ' ']).any(|word| word.starts_with("m.") && word.matches('.').count() > 1)
    }
}

impl Ex {
    pub(crate) fn ty(&self) -> Ty {
        match self {
            Self::Col { ty, .. } | Self::Lit(_, ty) => *ty,
            Self::Neg(ex) => Self::meet(ex.ty(), ex.ty()),
            Self::Op(_, left, right) => Self::meet(left.ty(), right.ty()),
        }
    }

    /// The type of what comes of two in arithmetic.
    fn meet(left: Ty, right: Ty) -> Ty {
        let entry = super::typed::TABLE.iter().find(|entry| (entry.0, entry.1) == (left, right));
        entry.map_or_else(|| panic!("{left:?} and {right:?} do not meet"), |entry| entry.2)
    }

    /// Whether its type is an `Option`.
    pub(crate) fn nullable(&self) -> bool {
        match self {
            Self::Col { nullable, .. } => *nullable,
            Self::Lit(value, _) => value.is_none(),
            Self::Neg(ex) => ex.nullable(),
            Self::Op(op, left, right) => {
                let by_zero = matches!(op, Op::Div | Op::Rem) && !matches!(**right, Self::Lit(..));
                by_zero || left.nullable() || right.nullable()
            }
        }
    }
}

impl fmt::Display for Ex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Col { path, .. } => write!(f, "m.{}", path.join(".")),
            Self::Lit(value, ty) => Literal(value, *ty).fmt(f),
            Self::Neg(ex) => write!(f, "(-{ex})"),
            Self::Op(op, left, right) => {
                let sign = match op {
                    Op::Add => '+',
                    Op::Sub => '-',
                    Op::Mul => '*',
                    Op::Div => '/',
                    Op::Rem => '%',
                };
                write!(f, "({left} {sign} {right})")
            }
        }
    }
}

fn list<T: fmt::Display>(items: &[T], between: &str) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(between)
}

fn lower(name: impl fmt::Debug) -> String {
    format!("{name:?}").to_lowercase()
}

impl fmt::Display for Cond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(how, left, right) => write!(f, "{left}.{}({right})", lower(how)),
            Self::In { of, values, not } => {
                let values: Vec<_> = values.iter().map(|value| Literal(value, of.ty())).collect();
                write!(f, "{of}.{}([{}])", if *not { "not_in" } else { "in_" }, list(&values, ", "))
            }
            Self::Between { of, low, high, half_open } => {
                let (low, high) = (Some(low.clone()), Some(high.clone()));
                let (low, high) = (Literal(&low, of.ty()), Literal(&high, of.ty()));
                if *half_open {
                    write!(f, "{of}.in_range({low}..{high})")
                } else {
                    write!(f, "{of}.between({low}, {high})")
                }
            }
            Self::IsNull { of, not } => write!(f, "{of}.is_{}null()", if *not { "not_" } else { "" }),
            Self::IsTrue(of) => write!(f, "{of}.is_true()"),
            Self::Text { how, of, by: Some(by), .. } => write!(f, "{of}.{}({by})", lower(how)),
            Self::Text { how, of, pattern, by: None } => write!(f, "{of}.{}({pattern:?})", lower(how)),
            Self::Not(cond) => write!(f, "!({cond})"),
            Self::Join(join, parts) => {
                let sign = match join {
                    Join::And => " & ",
                    Join::Or => " | ",
                    Join::Xor => " ^ ",
                };
                write!(f, "({})", list(parts, sign))
            }
            Self::AnyOf(parts) => write!(f, "Q::any_of([{}])", list(parts, ", ")),
            Self::AllOf(parts) => write!(f, "Q::all_of([{}])", list(parts, ", ")),
            Self::Nothing => write!(f, "Q::new()"),
            Self::Keys(keys, not) => write!(f, "m.pk.{}({keys:?})", if *not { "not_in" } else { "in_" }),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}()", self.ex, if self.descending { "desc" } else { "asc" })?;
        match self.nulls_first {
            Some(true) => write!(f, ".nulls_first()"),
            Some(false) => write!(f, ".nulls_last()"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ex(ex) => ex.fmt(f),
            Self::Cond(cond) => cond.fmt(f),
        }
    }
}

impl fmt::Display for Agg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}()", self.of, lower(self.what))?;
        if self.distinct {
            write!(f, ".distinct()")?;
        }
        self.filter.as_ref().map_or(Ok(()), |filter| write!(f, ".filter({filter})"))
    }
}

/// A closure of one expression, or of a tuple of several.
fn tuple<T: fmt::Display>(items: &[T]) -> String {
    if items.len() == 1 { format!("|m| {}", items[0]) } else { format!("|m| ({})", list(items, ", ")) }
}

/// An ask with the names of its model and its fields.
pub(crate) struct Printed<'a>(pub(crate) &'a Ask, pub(crate) &'a [super::models::Shape]);

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(ask, shapes) = self;
        let shape = &shapes[ask.model];
        if ask.inside {
            write!(f, "in a transaction: ")?;
        }
        let names = |fields: &[usize]| fields.iter().map(|index| shape.fields[*index].name).collect::<Vec<_>>();
        match &ask.what {
            What::Save(row, fields) if fields.is_empty() => return write!(f, "{} {row:?}.asave()", shape.name),
            What::Save(row, fields) => {
                return write!(f, "{} {row:?}.asave().fields({:?})", shape.name, names(fields));
            }
            What::Create(row, numbered) => return write!(f, "{} {row:?}.asave() numbered {numbered:?}", shape.name),
            What::Remove(row) => return write!(f, "{} {row:?}.adelete()", shape.name),
            What::Refresh(row) => return write!(f, "{} {row:?}.arefresh_from_db()", shape.name),
            _ => {}
        }
        write!(f, "{}::objects()", shape.name)?;
        for step in &ask.steps {
            match step {
                Step::Filter(cond) => write!(f, ".filter(|m| {cond})")?,
                Step::Exclude(cond) => write!(f, ".exclude(|m| {cond})")?,
            }
        }
        if !ask.order.is_empty() && !matches!(ask.what, What::Latest | What::Earliest) {
            write!(f, ".order_by({})", tuple(&ask.order))?;
        }
        if let What::Values { outputs, distinct, .. } = &ask.what {
            write!(f, ".values({}){}", tuple(outputs), if *distinct { ".distinct()" } else { "" })?;
        }
        if ask.reverse {
            write!(f, ".reverse()")?;
        }
        for load in &ask.loads {
            match load {
                Load::Join(name) => write!(f, ".select_related(|m| m.{name})")?,
                Load::Fetch(name) => write!(f, ".prefetch_related(|m| m.{name})")?,
            }
        }
        for (start, end) in &ask.slices {
            write!(f, ".slice({start}..{})", end.map_or_else(String::new, |end| end.to_string()))?;
        }
        match &ask.what {
            What::Rows(fetch) | What::Values { fetch, .. } => write!(f, " by {fetch:?}"),
            What::Count => write!(f, ".acount()"),
            What::Exists => write!(f, ".aexists()"),
            What::Aggregate(aggs) => write!(f, ".aaggregate({})", tuple(aggs)),
            What::First => write!(f, ".afirst()"),
            What::Last => write!(f, ".alast()"),
            What::Latest => write!(f, ".alatest({})", tuple(&ask.order)),
            What::Earliest => write!(f, ".aearliest({})", tuple(&ask.order)),
            What::GetOne => write!(f, ".aget_one()"),
            What::InBulk(keys) => write!(f, ".ain_bulk({keys:?})"),
            What::Contains(row) => write!(f, ".acontains({row:?})"),
            What::Update(sets) => {
                let sets: Vec<_> =
                    sets.iter().map(|(field, ex)| format!("m.{}.set({ex})", shape.fields[*field].name)).collect();
                write!(f, ".aupdate({})", tuple(&sets))
            }
            What::Delete => write!(f, ".adelete()"),
            What::Save(..) | What::Create(..) | What::Remove(_) | What::Refresh(_) => Ok(()),
        }
    }
}

/// The conditions that are a part of this one, or simpler.
pub(crate) fn smaller(cond: &Cond) -> Vec<Cond> {
    match cond {
        Cond::Not(inner) => {
            let inside = smaller(inner).into_iter().map(|cond| Cond::Not(Box::new(cond)));
            std::iter::once((**inner).clone()).chain(inside).collect()
        }
        Cond::Join(join, parts) => fewer(parts, |parts| Cond::Join(*join, parts)),
        Cond::AnyOf(parts) => fewer(parts, Cond::AnyOf),
        Cond::AllOf(parts) => fewer(parts, Cond::AllOf),
        Cond::In { of, values, not } if values.len() > 1 => {
            halves(values).map(|values| Cond::In { of: of.clone(), values, not: *not }).into()
        }
        Cond::Keys(keys, not) if keys.len() > 1 => halves(keys).map(|keys| Cond::Keys(keys, *not)).into(),
        Cond::Compare(how, left, right) => {
            let mut all: Vec<_> =
                parts_of(left).into_iter().map(|left| Cond::Compare(*how, left, right.clone())).collect();
            all.extend(parts_of(right).into_iter().map(|right| Cond::Compare(*how, left.clone(), right)));
            all
        }
        _ => Vec::new(),
    }
}

/// A list in two.
pub(crate) fn halves<T: Clone>(items: &[T]) -> [Vec<T>; 2] {
    let (first, second) = items.split_at(items.len() / 2);
    [first.to_vec(), second.to_vec()]
}

fn fewer(parts: &[Cond], join: impl Fn(Vec<Cond>) -> Cond) -> Vec<Cond> {
    let mut all = parts.to_vec();
    for (index, part) in parts.iter().enumerate() {
        if parts.len() > 1 {
            let rest = parts.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, part)| part.clone());
            all.push(join(rest.collect()));
        }
        for smaller in smaller(part) {
            let mut parts = parts.to_vec();
            parts[index] = smaller;
            all.push(join(parts));
        }
    }
    all
}

/// The operands of an expression that have its type.
fn parts_of(ex: &Ex) -> Vec<Ex> {
    let parts: Vec<Ex> = match ex {
        Ex::Op(_, left, right) => vec![(**left).clone(), (**right).clone()],
        Ex::Neg(inner) => vec![(**inner).clone()],
        _ => Vec::new(),
    };
    parts.into_iter().filter(|part| part.ty() == ex.ty() && !matches!(part, Ex::Lit(..))).collect()
}
