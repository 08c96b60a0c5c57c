//! The same answers by plain Rust: rows in vectors, conditions that are true or false.

use std::cell::Cell as Flag;
use std::cmp::Ordering;

use dormouse::prelude::Decimal;

use super::ask::{Agg, Aggregate, Ask, Compare, Cond, Ex, Join, Op, Output, Step, Term, What};
use super::models::Shape;
use super::others::Habit;
use super::scalar::{as_decimal, as_float, as_integer, decimal, fit, float, integer, is_zero, text_holds};
use super::values::{Cell, Row, Ty, Val};

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    OutOfRange,
    Validation,
    Integrity,
    Query,
    DoesNotExist,
    Multiple,
    /// The rules do not say.
    Unknown,
    Other(String),
}

type Result<T> = std::result::Result<T, Failure>;

/// What must come: rows, in groups within which the order is free.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) groups: Result<Vec<Vec<Row>>>,
    /// Whether some value on the way went past its type, so that an error is right too: the database may compute what the
    /// answer does not need.
    pub(crate) overflowed: bool,
}

/// All rows.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) tables: Vec<Vec<Row>>,
}

/// Answers from the rows of a world.
pub(crate) struct Oracle<'w> {
    pub(crate) shapes: &'w [Shape],
    pub(crate) world: &'w World,
    /// Whether NULL comes before all values where nothing is said.
    pub(crate) nulls_low: bool,
    overflowed: Flag<bool>,
    unknown: Flag<bool>,
}

impl<'w> Oracle<'w> {
    pub(crate) fn new(shapes: &'w [Shape], world: &'w World, nulls_low: bool) -> Self {
        Self { shapes, world, nulls_low, overflowed: Flag::new(false), unknown: Flag::new(false) }
    }

    /// The answer to a question, or how many rows a change changes.
    pub(crate) fn answer(&self, ask: &Ask) -> Expected {
        let groups = self.groups(ask).and_then(|groups| self.read(ask, groups)).map(|groups| self.loaded(ask, groups));
        let groups = if self.unknown.get() { Err(Failure::Unknown) } else { groups };
        Expected { groups, overflowed: self.overflowed.get() }
    }

    /// The rules do not say.
    pub(crate) fn undecided(&self) -> Failure {
        self.unknown.set(true);
        Failure::Unknown
    }

    /// Whether something was met of which the rules say nothing.
    pub(crate) fn is_unknown(&self) -> bool {
        self.unknown.get()
    }

    fn groups(&self, ask: &Ask) -> Result<Vec<Vec<Row>>> {
        let shape = &self.shapes[ask.model];
        let rows = self.chosen(ask)?;
        let one = |cell: Cell| Ok(vec![vec![vec![cell]]]);
        let single = |row: Option<&Row>| Ok(row.map(|row| vec![row.clone()]).into_iter().collect::<Vec<_>>());
        match &ask.what {
            What::Rows(_) => grouped(cut(self.sorted(ask, rows)?, &ask.slices), |row| Ok(row.clone())),
            What::Values { outputs, distinct, .. } => {
                let select = |row: &Row| self.outputs(ask.model, outputs, row);
                if !ask.slices.is_empty() {
                    // The database may compute them for rows that the slice leaves out.
                    let failed = rows.iter().map(|row| select(row)).filter(Result::is_err).count() > 0;
                    self.unknown.set(self.unknown.get() || failed);
                }
                if *distinct {
                    return Ok(cut(distinct_rows(grouped(self.sorted(ask, rows)?, select)?), &ask.slices));
                }
                grouped(cut(self.sorted(ask, rows)?, &ask.slices), select)
            }
            What::Count => one(Some(Val::Int(cut(vec![rows], &ask.slices).concat().len() as i64))),
            What::Exists => one(Some(Val::Bool(!cut(vec![rows], &ask.slices).concat().is_empty()))),
            What::Aggregate(aggs) => {
                let rows = self.sliced(ask, rows)?;
                let row: Result<Row> = aggs.iter().map(|agg| self.aggregate(ask.model, agg, &rows)).collect();
                Ok(vec![vec![row?]])
            }
            What::First => single(self.sliced(ask, rows)?.first().copied()),
            What::Last => single(self.sliced(ask, rows)?.last().copied()),
            What::Latest | What::Earliest => {
                let rows = self.sliced(ask, rows)?;
                let row = if matches!(ask.what, What::Latest) { rows.last() } else { rows.first() };
                Ok(vec![vec![(*row.ok_or(Failure::DoesNotExist)?).clone()]])
            }
            What::GetOne => {
                let rows = self.sliced(ask, rows)?;
                // Which of them is looked at first is not said.
                self.unknown.set(self.unknown.get() || rows.len() > 1 && !rows.iter().all(|row| shape.reads(row)));
                match rows.len() {
                    0 => Err(Failure::DoesNotExist),
                    1 => Ok(vec![vec![rows[0].clone()]]),
                    _ => Err(Failure::Multiple),
                }
            }
            What::InBulk(keys) => {
                let found = rows.into_iter().filter(|row| keys.iter().any(|key| has_key(shape, row, key)));
                Ok(vec![found.cloned().collect()])
            }
            What::Contains(row) => {
                let key: Row = shape.key.iter().map(|index| row[*index].clone()).collect();
                one(Some(Val::Bool(self.sliced(ask, rows)?.iter().any(|row| has_key(shape, row, &key)))))
            }
            What::Refresh(row) => {
                let key: Row = shape.key.iter().map(|index| row[*index].clone()).collect();
                let found = rows.into_iter().find(|row| has_key(shape, row, &key));
                Ok(vec![vec![found.ok_or(Failure::DoesNotExist)?.clone()]])
            }
            What::Update(_) | What::Delete | What::Save(..) | What::Create(..) | What::Remove(_) => {
                one(Some(Val::Int(rows.len() as i64)))
            }
        }
    }

    /// The rows, if each of them can be read.
    fn read(&self, ask: &Ask, groups: Vec<Vec<Row>>) -> Result<Vec<Vec<Row>>> {
        let whole = ask.gives_rows() || matches!(ask.what, What::Refresh(_));
        let is_read = |row: &Row| !whole || self.shapes[ask.model].reads(row);
        if groups.iter().flatten().all(is_read) { Ok(groups) } else { Err(Failure::OutOfRange) }
    }

    /// The rows, each with what its relations hold.
    fn loaded(&self, ask: &Ask, groups: Vec<Vec<Row>>) -> Vec<Vec<Row>> {
        if !ask.gives_rows() {
            return groups;
        }
        let with = |mut row: Row| {
            let held: Row = ask.loads.iter().map(|load| self.held(ask.model, load.name(), &row)).collect();
            row.extend(held);
            row
        };
        groups.into_iter().map(|group| group.into_iter().map(with).collect()).collect()
    }

    fn held(&self, model: usize, name: &str, row: &Row) -> Cell {
        let shape = &self.shapes[model];
        let leads_to = |key: &Cell, target: usize, at: usize| {
            let rows = self.world.tables[target].iter().filter(|other| other[at].is_some() && other[at] == *key);
            let ask = Ask { order: self.shapes[target].key_terms(), ..Ask::of(target, What::Count) };
            let rows = self.sorted(&ask, rows.collect()).expect("an order by key");
            Some(Val::Rows(rows.into_iter().flatten().cloned().collect()))
        };
        if let Some((_, source, by)) = shape.many.iter().find(|(many, ..)| *many == name) {
            return leads_to(&row[shape.key[0]], *source, self.shapes[*source].field(by));
        }
        let index = shape.field(name);
        let (target, _) = shape.fields[index].target.expect("a key");
        row[index].as_ref()?;
        leads_to(&row[index], target, self.shapes[target].key[0])
    }

    /// The rows that pass all steps.
    pub(crate) fn chosen(&self, ask: &Ask) -> Result<Vec<&'w Row>> {
        let mut chosen = Vec::new();
        for row in &self.world.tables[ask.model] {
            let mut passes = Ok(true);
            for step in &ask.steps {
                let step = match step {
                    Step::Filter(cond) => self.holds(ask.model, cond, row),
                    Step::Exclude(cond) if empty(cond) => Ok(true),
                    Step::Exclude(cond) => self.holds(ask.model, cond, row).map(|holds| !holds),
                };
                passes = and(passes, step);
            }
            // The database need not look at rows that it has no need of.
            self.unknown.set(self.unknown.get() || passes.is_err() && ask.limited());
            if passes? {
                chosen.push(row);
            }
        }
        Ok(chosen)
    }

    /// The rows in their order, those that are equal by it together.
    fn sorted(&self, ask: &Ask, rows: Vec<&'w Row>) -> Result<Vec<Vec<&'w Row>>> {
        if ask.order.is_empty() && (ask.reverse || matches!(ask.what, What::First | What::Last)) {
            let order = self.shapes[ask.model].key_terms();
            return self.sorted(&Ask { order, ..ask.clone() }, rows);
        }
        let mut keyed = Vec::new();
        for row in rows {
            let key: Result<Vec<Cell>> = ask.order.iter().map(|term| self.value(ask.model, &term.ex, row)).collect();
            // Whether the database looks at the order of these rows at all is its own affair.
            self.unknown.set(self.unknown.get() || key.is_err());
            keyed.push((key?, row));
        }
        let by = |a: &[Cell], b: &[Cell]| {
            let pairs = ask.order.iter().zip(a.iter().zip(b)).map(|(term, (a, b))| self.by_term(term, a, b));
            let order = pairs.fold(Ordering::Equal, Ordering::then);
            if ask.reverse { order.reverse() } else { order }
        };
        keyed.sort_by(|(a, _), (b, _)| by(a, b));
        let mut groups: Vec<Vec<&'w Row>> = Vec::new();
        let mut last: Option<Vec<Cell>> = None;
        for (key, row) in keyed {
            match groups.last_mut() {
                Some(group) if last.as_ref().is_some_and(|last| by(last, &key).is_eq()) => group.push(row),
                _ => groups.push(vec![row]),
            }
            last = Some(key);
        }
        Ok(groups)
    }

    fn by_term(&self, term: &Term, a: &Cell, b: &Cell) -> Ordering {
        let low = term.nulls_first.unwrap_or(self.nulls_low != term.descending);
        match (a, b) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => {
                if low {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (Some(_), None) => {
                if low {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            (Some(a), Some(b)) if term.descending => b.order(a),
            (Some(a), Some(b)) => a.order(b),
        }
    }

    fn sliced(&self, ask: &Ask, rows: Vec<&'w Row>) -> Result<Vec<&'w Row>> {
        Ok(cut(self.sorted(ask, rows)?, &ask.slices).into_iter().flatten().collect())
    }

    fn outputs(&self, model: usize, outputs: &[Output], row: &Row) -> Result<Row> {
        let cells = outputs.iter().map(|output| match output {
            Output::Ex(ex) => fit(self.value(model, ex, row)?, ex.ty()),
            Output::Cond(cond) => Ok(Some(Val::Bool(self.holds(model, cond, row)?))),
        });
        cells.collect()
    }

    /// The value of an expression; an integer is one of 64 bits.
    pub(crate) fn value(&self, model: usize, ex: &Ex, row: &Row) -> Result<Cell> {
        match ex {
            Ex::Lit(value, _) => Ok(value.clone()),
            Ex::Col { path, .. } => Ok(self.column(model, path, row)),
            Ex::Neg(inner) => {
                let zero = match inner.ty() {
                    Ty::F64 | Ty::F32 => Val::Float(0.0),
                    Ty::Dec => Val::Dec(Decimal::ZERO),
                    Ty::Span => Val::Span(0),
                    _ => Val::Int(0),
                };
                let value = self.value(model, inner, row)?;
                value.map(|value| self.arithmetic(Op::Sub, &zero, &value, ex.ty())).transpose()
            }
            Ex::Op(op, left, right) => {
                let (left, right) = (self.value(model, left, row), self.value(model, right, row));
                let (Some(left), Some(right)) = both(left, right)? else { return Ok(None) };
                if matches!(op, Op::Div | Op::Rem) && is_zero(&right) {
                    return Ok(None);
                }
                self.arithmetic(*op, &left, &right, ex.ty()).map(Some)
            }
        }
    }

    fn arithmetic(&self, op: Op, left: &Val, right: &Val, ty: Ty) -> Result<Val> {
        let found = match ty {
            Ty::F64 | Ty::F32 => float(op, as_float(left), as_float(right)).map(Val::Float).ok_or(Failure::Unknown),
            Ty::Dec => decimal(op, as_decimal(left), as_decimal(right)).map(Val::Dec).ok_or(Failure::Unknown),
            Ty::Span => match (left, right) {
                (Val::Span(a), Val::Span(b)) => integer(op, *a, *b).map(Val::Span).ok_or(Failure::OutOfRange),
                other => panic!("{other:?} are no spans"),
            },
            _ => match (left, right) {
                (Val::Int(a), Val::Int(b)) => integer(op, *a, *b).map(Val::Int).ok_or(Failure::OutOfRange),
                other => panic!("{other:?} are no integers"),
            },
        };
        match &found {
            Err(Failure::Unknown) => self.unknown.set(true),
            Err(_) => self.overflowed.set(true),
            Ok(_) => {}
        }
        found
    }

    fn column(&self, model: usize, path: &[&str], row: &Row) -> Cell {
        let shape = &self.shapes[model];
        let index = shape.field(path[0]);
        let value = row[index].as_ref()?;
        if path.len() == 1 {
            return Some(value.clone());
        }
        let (target, _) = shape.fields[index].target.expect("a key leads on");
        let key = self.shapes[target].key[0];
        let found = self.world.tables[target].iter().find(|row| row[key].as_ref().is_some_and(|key| key.same(value)));
        self.column(target, &path[1..], found?)
    }

    /// Whether a condition is true of a row.
    pub(crate) fn holds(&self, model: usize, cond: &Cond, row: &Row) -> Result<bool> {
        let value = |ex: &Ex| self.value(model, ex, row);
        match cond {
            Cond::Compare(how, of, Ex::Lit(None, _)) => {
                self.holds(model, &Cond::IsNull { of: of.clone(), not: *how == Compare::Ne }, row)
            }
            Cond::Compare(how, left, right) => {
                let (found, right) = both(value(left), value(right))?;
                Ok(found.zip(right).map_or(*how == Compare::Ne, |(found, right)| {
                    self.compare(*how, self.habit(model, left), &found, &right)
                }))
            }
            // Nothing is asked of the database.
            Cond::In { values, not, .. } if values.iter().all(Option::is_none) => Ok(*not),
            Cond::In { of, values, not } => {
                let (left, habit) = (value(of)?, self.habit(model, of));
                let is = |left: Val| values.iter().flatten().any(|right| self.equal(habit, &left, right));
                Ok(left.is_some_and(is) != *not)
            }
            Cond::Between { of, low, high, half_open } => {
                let end = if *half_open { Ordering::is_lt } else { Ordering::is_le };
                Ok(value(of)?.is_some_and(|value| value.order(low).is_ge() && end(value.order(high))))
            }
            // What is past its type comes of values that are there.
            Cond::IsNull { of, not } => Ok(value(of).is_ok_and(|value| value.is_none()) != *not),
            Cond::IsTrue(of) => Ok(value(of)? == Some(Val::Bool(true))),
            Cond::Text { how, of, pattern, by } => {
                let pattern = match by {
                    Some(by) => value(by)?,
                    None => Some(Val::Text(pattern.clone())),
                };
                match (value(of)?, pattern) {
                    (Some(Val::Text(text)), Some(Val::Text(pattern))) => Ok(text_holds(*how, &text, &pattern)),
                    _ => Ok(false),
                }
            }
            Cond::Not(inner) if empty(inner) => Ok(true),
            Cond::Not(inner) => Ok(!self.holds(model, inner, row)?),
            Cond::Join(join, parts) => {
                let parts = parts.iter().filter(|part| !empty(part)).map(|part| self.holds(model, part, row));
                let parts: Vec<_> = parts.collect();
                if parts.is_empty() { Ok(true) } else { joined(*join, parts) }
            }
            Cond::AnyOf(parts) | Cond::AllOf(parts) => {
                let any = matches!(cond, Cond::AnyOf(_));
                let said: Vec<_> =
                    parts.iter().filter(|part| !empty(part)).map(|part| self.holds(model, part, row)).collect();
                match said.is_empty() {
                    // Of conditions that say nothing: nothing is said. Of none at all: false for any, true for all.
                    true => Ok(!parts.is_empty() || !any),
                    false => joined(if any { Join::Or } else { Join::And }, said),
                }
            }
            Cond::Nothing => Ok(true),
            Cond::Keys(keys, not) => Ok(keys.iter().any(|key| has_key(&self.shapes[model], row, key)) != *not),
        }
    }

    /// What the column that an expression is has of its own.
    fn habit(&self, model: usize, ex: &Ex) -> Option<Habit> {
        let Ex::Col { path, .. } = ex else { return None };
        let shape = &self.shapes[model];
        (path.len() == 1).then(|| shape.fields[shape.field(path[0])].habit)?
    }

    fn compare(&self, how: Compare, habit: Option<Habit>, left: &Val, right: &Val) -> bool {
        match how {
            Compare::Eq => self.equal(habit, left, right),
            Compare::Ne | Compare::Differs => !self.equal(habit, left, right),
            Compare::Lt => left.order(right).is_lt(),
            Compare::Lte => left.order(right).is_le(),
            Compare::Gt => left.order(right).is_gt(),
            Compare::Gte => left.order(right).is_ge(),
        }
    }

    /// Whether values are equal by the column that one of them is of.
    fn equal(&self, habit: Option<Habit>, left: &Val, right: &Val) -> bool {
        let equal = habit.map_or_else(|| Some(left.same(right)), |habit| habit.equal(left, right));
        self.unknown.set(self.unknown.get() || equal.is_none());
        equal.unwrap_or(false)
    }

    fn aggregate(&self, model: usize, agg: &Agg, rows: &[&Row]) -> Result<Cell> {
        let mut values = Vec::new();
        for row in rows {
            let value = self.value(model, &agg.of, row);
            let takes_part = agg.filter.as_ref().map_or(Ok(true), |filter| self.holds(model, filter, row));
            if takes_part? {
                values.extend(value?);
            }
        }
        if agg.distinct {
            let mut once: Vec<Val> = Vec::new();
            for value in values {
                if !once.iter().any(|other| other.same(&value)) {
                    once.push(value);
                }
            }
            values = once;
        }
        if agg.what == Aggregate::Count {
            return Ok(Some(Val::Int(values.len() as i64)));
        }
        if values.is_empty() {
            return Ok(None);
        }
        let ty = agg.of.ty();
        match agg.what {
            Aggregate::Min => fit(values.into_iter().min_by(Val::order), ty),
            Aggregate::Max => fit(values.into_iter().max_by(Val::order), ty),
            Aggregate::Sum => self.sum(&values, ty).map(Some),
            Aggregate::Avg | Aggregate::Count => Ok(self.mean(&values, ty)),
        }
    }

    fn sum(&self, values: &[Val], ty: Ty) -> Result<Val> {
        match ty {
            Ty::F32 | Ty::F64 => Ok(Val::Float(self.float_sum(values))),
            Ty::Dec => Ok(Val::Dec(values.iter().map(as_decimal).sum())),
            _ => {
                let numbers = || values.iter().map(|value| i128::from(as_integer(value)));
                let whole: i128 = numbers().sum();
                let extremes = [numbers().filter(|n| *n > 0).sum::<i128>(), numbers().filter(|n| *n < 0).sum()];
                if extremes.iter().any(|sum| i64::try_from(*sum).is_err()) {
                    self.overflowed.set(true);
                }
                let sum = i64::try_from(whole).map_err(|_| Failure::OutOfRange)?;
                Ok(if ty == Ty::Span { Val::Span(sum) } else { Val::Int(sum) })
            }
        }
    }

    /// The sum of floats. Where they cancel each other out, it is that of the order in which they are added.
    fn float_sum(&self, values: &[Val]) -> f64 {
        let floats = || values.iter().map(as_float);
        let (sum, sizes) = (floats().sum::<f64>(), floats().map(f64::abs).sum::<f64>());
        self.unknown.set(self.unknown.get() || sizes > 100.0 * sum.abs() && sizes > 1e-3);
        sum
    }

    fn mean(&self, values: &[Val], ty: Ty) -> Cell {
        if ty == Ty::Dec {
            let sum: Decimal = values.iter().map(as_decimal).sum();
            let mean = decimal(Op::Div, sum, Decimal::from(values.len()));
            self.unknown.set(self.unknown.get() || mean.is_none());
            return mean.map(Val::Dec);
        }
        let sum = self.float_sum(values);
        Some(Val::Float(sum / values.len() as f64))
    }
}

/// Whether a condition says nothing, as `Q::new()`.
pub(crate) fn empty(cond: &Cond) -> bool {
    match cond {
        Cond::Nothing => true,
        Cond::Not(inner) => empty(inner),
        Cond::Join(_, parts) => parts.iter().all(empty),
        Cond::AnyOf(parts) | Cond::AllOf(parts) => !parts.is_empty() && parts.iter().all(empty),
        _ => false,
    }
}

/// Both values. Where one is NULL the other need not be computed.
fn both(a: Result<Cell>, b: Result<Cell>) -> Result<(Cell, Cell)> {
    match (a, b) {
        (Ok(None), _) | (_, Ok(None)) => Ok((None, None)),
        (a, b) => Ok((a?, b?)),
    }
}

fn and(a: Result<bool>, b: Result<bool>) -> Result<bool> {
    match (a, b) {
        (Ok(false), _) | (_, Ok(false)) => Ok(false),
        (Err(failure), _) | (_, Err(failure)) => Err(failure),
        _ => Ok(true),
    }
}

fn joined(join: Join, parts: Vec<Result<bool>>) -> Result<bool> {
    match join {
        Join::And => parts.into_iter().fold(Ok(true), and),
        Join::Or => {
            let none = parts.into_iter().map(|part| part.map(|holds| !holds)).fold(Ok(true), and);
            none.map(|none| !none)
        }
        Join::Xor => parts.into_iter().try_fold(false, |odd, part| part.map(|holds| odd != holds)),
    }
}

fn has_key(shape: &Shape, row: &Row, key: &Row) -> bool {
    shape.key.iter().zip(key).all(|(index, key)| match (&row[*index], key) {
        (Some(a), Some(b)) => a.same(b),
        _ => false,
    })
}

fn grouped(groups: Vec<Vec<&Row>>, select: impl Fn(&Row) -> Result<Row>) -> Result<Vec<Vec<Row>>> {
    groups.into_iter().map(|group| group.into_iter().map(&select).collect()).collect()
}

/// What is left of groups in order after slices.
fn cut<T>(groups: Vec<Vec<T>>, slices: &[(u64, Option<u64>)]) -> Vec<Vec<T>> {
    if slices.is_empty() {
        return groups;
    }
    let mut rows: Vec<T> = groups.into_iter().flatten().collect();
    for (start, end) in slices {
        let end = end.map_or(rows.len(), |end| rows.len().min(end as usize));
        rows = rows.into_iter().take(end).skip(*start as usize).collect();
    }
    rows.into_iter().map(|row| vec![row]).collect()
}

/// Equal rows once. They are ordered by what is selected, so equal ones stand together.
fn distinct_rows(groups: Vec<Vec<Row>>) -> Vec<Vec<Row>> {
    let once = |group: Vec<Row>| {
        let mut kept: Vec<Row> = Vec::new();
        for row in group {
            if !kept.iter().any(|other| same_row(other, &row)) {
                kept.push(row);
            }
        }
        kept
    };
    groups.into_iter().map(once).collect()
}

/// Whether rows are the same, by value; floats nearly.
pub(crate) fn same_row(a: &Row, b: &Row) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_cell(a, b))
}

fn same_cell(a: &Cell, b: &Cell) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(Val::Float(a)), Some(Val::Float(b))) => a == b || (a - b).abs() <= 1e-12 * a.abs().max(b.abs()),
        (Some(a), Some(b)) => a.same(b),
        _ => false,
    }
}
