//! Rows and asks at random.

use super::ask::{
    Agg, Aggregate, Ask, Compare, Cond, Ex, Fetch, Join, Load, Numbered, Op, Output, Step, Term, TextOp, What,
};
use super::models::{Field, Reach, Shape};
use super::oracle::World;
use super::others::Habit;
use super::scalar::EXPRESSIONS;
use super::typed::{TABLE, comparable};
use super::values::{Cell, Row, TEXTS, Ty, Val};
use crate::support::Dice;

/// A short list is shorter.
const FEW: usize = 6;
/// How many keys a path has at most.
const STEPS: usize = 3;

/// Makes asks of one set of models.
pub(crate) struct Maker<'a> {
    pub(crate) dice: Dice,
    pub(crate) shapes: &'a [Shape],
    /// The columns that can be reached, by model.
    pub(crate) reach: &'a [Vec<Reach>],
}

/// The columns that can be reached from each model.
pub(crate) fn reach(shapes: &[Shape]) -> Vec<Vec<Reach>> {
    shapes.iter().map(|shape| shape.reach(shapes, STEPS)).collect()
}

impl Maker<'_> {
    fn chance(&mut self, of: usize) -> bool {
        self.dice.below(of) == 0
    }

    fn below(&mut self, end: usize) -> usize {
        self.dice.below(end)
    }

    /// Rows for all tables, so that keys lead to rows that are there.
    pub(crate) fn world(&mut self) -> World {
        let mut tables: Vec<Vec<Row>> = Vec::new();
        for model in 0..self.shapes.len() {
            tables.push(Vec::new());
            for _ in 0..3 + self.below(9) {
                let row = self.row(model, &tables);
                if row.iter().zip(&self.shapes[model].fields).all(|(cell, field)| cell.is_some() || field.nullable)
                    && !same_key(&self.shapes[model], &tables[model], &row)
                {
                    tables[model].push(row);
                }
            }
        }
        World { tables }
    }

    fn row(&mut self, model: usize, tables: &[Vec<Row>]) -> Row {
        let number = tables[model].len() as i64 + 1;
        let shape = &self.shapes[model];
        let fields = shape.fields.iter();
        fields
            .map(|field| match field.ty {
                _ if field.target.is_some() => self.key_of(field, tables),
                Ty::I32 | Ty::I64 if field.key && shape.key.len() == 1 => Some(Val::Int(number)),
                _ => self.cell(field),
            })
            .collect()
    }

    /// The key of a row that is there, or NULL.
    fn key_of(&mut self, field: &Field, tables: &[Vec<Row>]) -> Cell {
        let (target, _) = field.target?;
        if tables[target].is_empty() || field.nullable && self.chance(3) {
            return None;
        }
        let row = self.below(tables[target].len());
        tables[target][row][self.shapes[target].key[0]].clone()
    }

    fn cell(&mut self, field: &Field) -> Cell {
        if field.nullable && self.chance(4) {
            return None;
        }
        loop {
            let value = field.ty.value(&mut self.dice, field.places);
            let short = match &value {
                Val::Text(text) => field.max_length.is_none_or(|most| text.chars().count() <= most as usize),
                _ => true,
            };
            if short && field.habit.is_none_or(|habit| habit.fits(&value)) {
                return Some(value);
            }
        }
    }

    /// A value for a field; now and then one that its column would not keep whole.
    fn given(&mut self, field: &Field) -> Cell {
        if field.habit == Some(Habit::WholeSeconds) && self.chance(4) {
            return Some(field.ty.value(&mut self.dice, field.places));
        }
        self.cell(field)
    }

    /// A question.
    pub(crate) fn question(&mut self, world: &World) -> Ask {
        let model = self.model();
        let what = match self.below(23) {
            0..=6 => What::Rows(self.fetch()),
            7..=11 => return self.values(model, world),
            12 | 13 => What::Count,
            14 => What::Exists,
            15 | 16 => return self.aggregate(model, world),
            17 => [What::First, What::Last][self.below(2)].clone(),
            18 => [What::Latest, What::Earliest][self.below(2)].clone(),
            19 => What::GetOne,
            20 => What::InBulk(self.keys(model, world)),
            21 => return self.refresh(model, world),
            _ => match self.some_row(model, world) {
                Some(row) => What::Contains(row),
                None => What::Count,
            },
        };
        let mut ask = Ask { steps: self.steps(model, world), inside: self.chance(12), ..Ask::of(model, what) };
        ask.loads = self.loads(model);
        match &ask.what {
            What::GetOne | What::Contains(_) | What::InBulk(_) => {}
            What::First | What::Last if self.chance(2) => {}
            What::Rows(_) if self.chance(3) => {}
            What::Rows(_) if self.chance(3) => ask.order = self.terms(model),
            What::Latest | What::Earliest => ask.order = self.total_order(model),
            What::First | What::Last => ask.order = self.total_order(model),
            _ => {
                ask.order = self.total_order(model);
                ask.reverse = self.chance(4);
                ask.slices = self.slices();
            }
        }
        ask
    }

    /// A change.
    pub(crate) fn change(&mut self, world: &World) -> Ask {
        let model = self.model();
        let what = match self.below(14) {
            0..=6 => What::Update(self.sets(model, world)),
            7 | 8 => What::Delete,
            9 | 10 => self.create(model, world),
            11 | 12 => match self.instance(model, world) {
                Some(row) => What::Save(self.other_values(model, row, world), self.some_fields(model)),
                None => What::Delete,
            },
            _ => self.instance(model, world).map_or(What::Delete, What::Remove),
        };
        let by_steps = matches!(what, What::Update(_) | What::Delete);
        let steps = if by_steps { self.steps(model, world) } else { Vec::new() };
        Ask { steps, inside: self.chance(4), ..Ask::of(model, what) }
    }

    /// A new row; now and then with a key that is there.
    fn create(&mut self, model: usize, world: &World) -> What {
        let shape = &self.shapes[model];
        let key = shape.key[0];
        let mut row = self.row(model, &world.tables);
        let ours = !shape.numbered() || self.chance(2);
        if shape.key.len() == 1 && shape.fields[key].ty.range().is_some() {
            let numbers = world.tables[model].iter().filter_map(|row| row[key].clone());
            let most = numbers.max_by(Val::order).map_or(0, |most| super::scalar::as_integer(&most));
            row[key] = Some(Val::Int(if self.chance(4) { most } else { most + 1 + self.below(3) as i64 }));
        }
        let whole = row.iter().zip(&shape.fields).all(|(cell, field)| cell.is_some() || field.nullable);
        match whole {
            true => What::Create(row, if ours { Numbered::ByUs } else { Numbered::ByTheDatabase }),
            false => What::Delete,
        }
    }

    /// A row that is there, or is gone.
    fn instance(&mut self, model: usize, world: &World) -> Option<Row> {
        let mut row = self.some_row(model, world)?;
        let last = *self.shapes[model].key.last()?;
        if self.chance(6) {
            let gone = if row[last].as_ref().is_some_and(|key| matches!(key, Val::Int(_))) {
                Val::Int(77_777)
            } else {
                Val::Text("gone".to_owned())
            };
            row[last] = Some(gone);
        }
        Some(row)
    }

    /// An instance, read again.
    fn refresh(&mut self, model: usize, world: &World) -> Ask {
        let row = self.instance(model, world).map(|row| self.other_values(model, row, world));
        Ask { inside: self.chance(4), ..Ask::of(model, row.map_or(What::Count, What::Refresh)) }
    }

    /// Fields to save: none for all.
    fn some_fields(&mut self, model: usize) -> Vec<usize> {
        let fields = &self.shapes[model].fields;
        let count = if self.chance(2) { 0 } else { 1 + self.below(3) };
        let picked: Vec<usize> = (0..count).map(|_| self.dice.below(fields.len())).collect();
        let mut picked: Vec<usize> = picked.into_iter().filter(|index| !fields[*index].key).collect();
        picked.sort_unstable();
        picked.dedup();
        picked
    }

    /// Relations to load.
    fn loads(&mut self, model: usize) -> Vec<Load> {
        let shape = &self.shapes[model];
        let mut all: Vec<Load> = shape.many.iter().map(|(name, ..)| Load::Fetch(name)).collect();
        for index in shape.leads() {
            let name = shape.fields[index].name;
            all.extend([Load::Join(name), Load::Fetch(name)]);
        }
        if all.is_empty() || !self.chance(4) {
            return Vec::new();
        }
        (0..1 + self.below(3)).map(|_| all[self.dice.below(all.len())]).collect()
    }

    fn model(&mut self) -> usize {
        // Those with keys more often.
        self.dice.pick(&[0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5])
    }

    fn fetch(&mut self) -> Fetch {
        match self.below(8) {
            0 => Fetch::Stream,
            1 => Fetch::Iterator(1 + self.below(5)),
            _ => Fetch::Await,
        }
    }

    fn some_row(&mut self, model: usize, world: &World) -> Option<Row> {
        let rows = &world.tables[model];
        (!rows.is_empty()).then(|| rows[self.below(rows.len())].clone())
    }

    fn other_values(&mut self, model: usize, mut row: Row, world: &World) -> Row {
        let fields = &self.shapes[model].fields;
        for (index, field) in fields.iter().enumerate() {
            if field.key || self.chance(3) {
                continue;
            }
            let cell = if field.target.is_some() { self.key_of(field, &world.tables) } else { self.given(field) };
            if cell.is_some() || field.nullable {
                row[index] = cell;
            }
        }
        row
    }

    fn keys(&mut self, model: usize, world: &World) -> Vec<Row> {
        let key = &self.shapes[model].key;
        let mut keys = Vec::new();
        let count = self.length();
        for at in 0..count {
            let Some(row) = self.some_row(model, world) else { break };
            // Also such as no row has.
            let other = self.is_rare(at, count) || count < FEW && self.chance(3);
            let place = self.dice.below(key.len());
            let part = |(at, index): (usize, &usize)| match other && at == place {
                true => Some(self.shapes[model].fields[*index].ty.rare(&mut self.dice)),
                false => row[*index].clone(),
            };
            keys.push(key.iter().enumerate().map(part).collect());
        }
        keys
    }

    /// How long a list is.
    fn length(&mut self) -> usize {
        match self.below(30) {
            0 => 600,
            1 => 40,
            _ => self.below(FEW),
        }
    }

    /// Whether a place in a list is for a value that hardly a row has. In a long list only its ends and few others are not, so
    /// that each of those counts.
    fn is_rare(&mut self, at: usize, count: usize) -> bool {
        count >= FEW && at > 0 && at + 1 < count && !self.chance(300)
    }

    fn steps(&mut self, model: usize, world: &World) -> Vec<Step> {
        let steps = self.below(3);
        let step = |maker: &mut Self| {
            let cond = maker.cond(model, 3, world);
            if maker.chance(3) { Step::Exclude(cond) } else { Step::Filter(cond) }
        };
        (0..steps).map(|_| step(self)).collect()
    }

    fn terms(&mut self, model: usize) -> Vec<Term> {
        let mut terms = Vec::new();
        for _ in 0..1 + self.below(3) {
            let ex = self.expression(model, 1, Ty::ordered);
            let nulls_first = [None, None, Some(true), Some(false)][self.below(4)];
            terms.push(Term { ex, descending: self.chance(2), nulls_first });
        }
        terms
    }

    fn total_order(&mut self, model: usize) -> Vec<Term> {
        let mut terms = if self.chance(3) { Vec::new() } else { self.terms(model) };
        let descending = self.chance(2);
        terms.extend(self.shapes[model].key_terms().into_iter().map(|term| Term { descending, ..term }));
        terms
    }

    fn slices(&mut self) -> Vec<(u64, Option<u64>)> {
        let slice = |maker: &mut Self| {
            let start = maker.below(4) as u64;
            (start, (!maker.chance(3)).then(|| start + maker.below(6) as u64))
        };
        (0..self.below(3)).map(|_| slice(self)).collect()
    }

    fn values(&mut self, model: usize, world: &World) -> Ask {
        let distinct = self.chance(3);
        let steps = self.steps(model, world);
        let mut outputs = Vec::new();
        for _ in 0..1 + self.below(4) {
            outputs.push(if !distinct && self.chance(5) {
                Output::Cond(self.cond(model, 2, world))
            } else {
                Output::Ex(self.expression(model, 2, |ty| !distinct || ty.ordered()))
            });
        }
        let what = What::Values { outputs: outputs.clone(), distinct, fetch: self.fetch() };
        let mut ask = Ask { steps, inside: self.chance(12), ..Ask::of(model, what) };
        if distinct {
            // By what is selected: anything else cannot be an order of rows that count once.
            for output in outputs {
                if let Output::Ex(ex) = output {
                    ask.order.push(Term { ex, descending: self.chance(2), nulls_first: None });
                }
            }
        } else {
            ask.order = self.total_order(model);
        }
        let all = matches!(&ask.what, What::Values { outputs, .. } if ask.order.len() >= outputs.len());
        if all && self.chance(3) {
            ask.slices = self.slices();
        }
        ask.reverse = all && self.chance(6);
        ask
    }

    fn aggregate(&mut self, model: usize, world: &World) -> Ask {
        let mut aggs = Vec::new();
        for _ in 0..1 + self.below(3) {
            let what =
                [Aggregate::Count, Aggregate::Sum, Aggregate::Avg, Aggregate::Min, Aggregate::Max][self.below(5)];
            let takes = move |ty: Ty| match what {
                Aggregate::Count => true,
                Aggregate::Sum | Aggregate::Avg => ty.number(),
                _ => ty.ordered(),
            };
            let of = self.expression(model, 1, takes);
            let what = if takes(of.ty()) { what } else { Aggregate::Count };
            let distinct = self.chance(4) && of.ty().ordered();
            let filter = self.chance(3).then(|| self.cond(model, 2, world));
            aggs.push(Agg { what, of, distinct, filter });
        }
        let mut ask = Ask { steps: self.steps(model, world), ..Ask::of(model, What::Aggregate(aggs)) };
        if self.chance(4) {
            ask.order = self.total_order(model);
            ask.slices = self.slices();
        }
        ask
    }

    fn sets(&mut self, model: usize, world: &World) -> Vec<(usize, Ex)> {
        let fields = &self.shapes[model].fields;
        let mut sets: Vec<(usize, Ex)> = Vec::new();
        for _ in 0..1 + self.below(3) {
            let numbers: Vec<usize> = (0..fields.len()).filter(|index| fields[*index].ty.number()).collect();
            let wanted = if self.chance(2) && !numbers.is_empty() { numbers } else { (0..fields.len()).collect() };
            let index = wanted[self.below(wanted.len())];
            let field = &fields[index];
            if field.key || sets.iter().any(|(other, _)| *other == index) {
                continue;
            }
            let ex = match field.target {
                Some((target, _)) if self.chance(2) => self.same_target(model, target, field),
                Some(_) => Ex::Lit(self.key_of(field, &world.tables), field.ty),
                None if self.chance(2) => Ex::Lit(self.given(field), field.ty),
                None => self.expression(model, 2, |ty| stores(field.ty, ty)),
            };
            let fits = matches!(ex, Ex::Lit(..)) || field.target.is_some() || stores(field.ty, ex.ty());
            if fits && (field.nullable || !ex.nullable()) {
                sets.push((index, ex));
            }
        }
        sets
    }

    /// A key of this model, or of one on the way, that leads to the same model.
    fn same_target(&mut self, model: usize, target: usize, field: &Field) -> Ex {
        let key = self.shapes[target].fields[self.shapes[target].key[0]];
        let leads_there = |reach: &&Reach| self.target_of(model, &reach.path) == Some(target);
        let keys: Vec<Reach> = self.reach[model].iter().filter(leads_there).cloned().collect();
        match keys.len() {
            0 => Ex::Lit(None, key.ty),
            count => {
                let found = column(&keys[self.below(count)]);
                if found.nullable() && !field.nullable { Ex::Lit(None, key.ty) } else { found }
            }
        }
    }

    fn target_of(&self, model: usize, path: &[&str]) -> Option<usize> {
        let mut model = model;
        for (place, name) in path.iter().enumerate() {
            let shape = &self.shapes[model];
            let (target, _) = shape.fields[shape.field(name)].target?;
            if place + 1 == path.len() {
                return Some(target);
            }
            model = target;
        }
        None
    }

    /// A column that can be reached, of a type that is wanted.
    fn column(&mut self, model: usize, wanted: impl Fn(Ty) -> bool) -> Option<Ex> {
        let own = self.shapes[model].fields.len();
        for attempt in 0..40 {
            let reach = &self.reach[model];
            // The model's own, or those of one key, half of the time.
            let most = if attempt % 2 == 0 { own.min(reach.len()) } else { reach.len() };
            let found = &reach[self.dice.below(most)];
            if wanted(found.ty) {
                return Some(column(found));
            }
        }
        None
    }

    /// An expression of a type that is wanted, with operators so deep.
    fn expression(&mut self, model: usize, depth: usize, wanted: impl Fn(Ty) -> bool + Copy) -> Ex {
        if depth > 0
            && self.chance(3)
            && let Some(ex) = self.operator(model, depth, wanted)
        {
            return ex;
        }
        let key = self.shapes[model].key_terms().swap_remove(0).ex;
        self.column(model, wanted).unwrap_or(key)
    }

    fn operator(&mut self, model: usize, depth: usize, wanted: impl Fn(Ty) -> bool) -> Option<Ex> {
        let entries: Vec<_> = TABLE.iter().filter(|entry| wanted(entry.2)).collect();
        if entries.is_empty() {
            return None;
        }
        let (left_ty, right_ty, out, literal) = *entries[self.below(entries.len())];
        let left = self.operand(model, depth - 1, left_ty)?;
        if self.chance(8) && left_ty == right_ty {
            return Some(Ex::Neg(Box::new(left)));
        }
        let op = if out == Ty::Span {
            [Op::Add, Op::Sub][self.below(2)]
        } else {
            [Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Rem][self.below(5)]
        };
        if literal && self.chance(2) {
            let value = right_ty.value(&mut self.dice, 2);
            let zero = matches!(&value, Val::Int(0))
                || matches!(&value, Val::Float(v) if *v == 0.0)
                || matches!(&value, Val::Dec(v) if v.is_zero());
            if zero && matches!(op, Op::Div | Op::Rem) {
                return None;
            }
            return Some(Ex::Op(op, Box::new(left), Box::new(Ex::Lit(Some(value), right_ty))));
        }
        let right = self.operand(model, depth - 1, right_ty)?;
        if self.chance(4) && first_literal(left_ty, right_ty) {
            let value = left_ty.value(&mut self.dice, 2);
            return Some(Ex::Op(op, Box::new(Ex::Lit(Some(value), left_ty)), Box::new(right)));
        }
        Some(Ex::Op(op, Box::new(left), Box::new(right)))
    }

    fn operand(&mut self, model: usize, depth: usize, ty: Ty) -> Option<Ex> {
        if depth > 0 && self.chance(3) {
            return self.operator(model, depth, |out| out == ty);
        }
        self.column(model, |found| found == ty)
    }

    /// A condition, with groups so deep.
    fn cond(&mut self, model: usize, depth: usize, world: &World) -> Cond {
        if depth > 0 && self.chance(2) {
            let parts = |maker: &mut Self| {
                (0..1 + maker.below(3)).map(|_| maker.cond(model, depth - 1, world)).collect::<Vec<_>>()
            };
            return match self.below(6) {
                0 | 1 => Cond::Not(Box::new(self.cond(model, depth - 1, world))),
                2 => Cond::AnyOf(parts(self)),
                3 => Cond::AllOf(parts(self)),
                _ => {
                    let join = [Join::And, Join::Or, Join::Xor][self.below(3)];
                    Cond::Join(join, parts(self))
                }
            };
        }
        match self.below(14) {
            0..=4 => self.comparison(model),
            5 | 6 => self.list(model),
            7 | 8 => self.text(model),
            9 => {
                let of = self.expression(model, 1, |ty| ty.ordered() && ty != Ty::Bool);
                let mut value = || of.ty().value(&mut self.dice, 2);
                let (low, high) = (value(), value());
                Cond::Between { of, low, high, half_open: self.chance(2) }
            }
            10 | 11 => Cond::IsNull { of: self.expression(model, 1, |_| true), not: self.chance(2) },
            12 if self.chance(3) => Cond::Nothing,
            12 => Cond::Keys(self.keys(model, world), self.chance(2)),
            _ => match self.column(model, |ty| ty == Ty::Bool) {
                Some(of) => Cond::IsTrue(of),
                None => self.comparison(model),
            },
        }
    }

    fn comparison(&mut self, model: usize) -> Cond {
        let left = self.expression(model, 2, |_| true);
        let ty = left.ty();
        let all = [Compare::Eq, Compare::Ne, Compare::Differs, Compare::Lt, Compare::Lte, Compare::Gt, Compare::Gte];
        let how = all[self.below(if ty.ordered() { all.len() } else { 3 })];
        let right = match self.below(8) {
            0 if matches!(how, Compare::Eq | Compare::Ne) => Ex::Lit(None, ty),
            1..=3 => {
                let others = comparable(ty);
                let other = others[self.below(others.len())];
                self.expression(model, 1, |ty| ty == other)
            }
            4 if ty == Ty::Dec => Ex::Lit(Some(Ty::I32.value(&mut self.dice, 0)), [Ty::I32, Ty::I64][self.below(2)]),
            4 if ty == Ty::F64 => Ex::Lit(Some(Ty::I32.value(&mut self.dice, 0)), Ty::I32),
            _ => Ex::Lit(Some(ty.value(&mut self.dice, 2)), ty),
        };
        // Where nothing of the other type could be found, a column of the key stands in, which need not compare.
        let right = if comparable(ty).contains(&right.ty()) || matches!(right, Ex::Lit(..)) {
            right
        } else {
            Ex::Lit(Some(ty.value(&mut self.dice, 2)), ty)
        };
        Cond::Compare(how, left, right)
    }

    fn list(&mut self, model: usize) -> Cond {
        let of = self.expression(model, 1, |_| true);
        let count = self.length();
        // Their normal forms take time.
        let count = if of.ty() == Ty::Json { count.min(40) } else { count };
        let mut values = Vec::new();
        for at in 0..count {
            let rare = self.is_rare(at, count);
            let value = if rare { of.ty().rare(&mut self.dice) } else { of.ty().value(&mut self.dice, 4) };
            values.push((!self.chance(8)).then_some(value));
        }
        Cond::In { of, values, not: self.chance(3) }
    }

    fn text(&mut self, model: usize) -> Cond {
        let all = [
            TextOp::Contains,
            TextOp::IContains,
            TextOp::StartsWith,
            TextOp::IStartsWith,
            TextOp::EndsWith,
            TextOp::IEndsWith,
            TextOp::IExact,
            TextOp::Regex,
            TextOp::IRegex,
        ];
        let how = all[self.below(all.len())];
        let Some(of) = self.column(model, |ty| ty == Ty::Text) else { return Cond::Nothing };
        if matches!(how, TextOp::Regex | TextOp::IRegex) {
            let pattern = self.dice.pick(EXPRESSIONS).to_owned();
            return Cond::Text { how, of, pattern, by: None };
        }
        let by = if self.chance(5) { self.column(model, |ty| ty == Ty::Text) } else { None };
        Cond::Text { how, of, pattern: self.dice.pick(TEXTS).to_owned(), by }
    }
}

fn column(reach: &Reach) -> Ex {
    Ex::Col { path: reach.path.clone(), ty: reach.ty, nullable: reach.nullable }
}

/// Whether a column of a type may be set to an expression of another.
fn stores(column: Ty, ex: Ty) -> bool {
    match column {
        Ty::F64 => ex.number() && ex != Ty::Dec,
        Ty::Dec => ex.number() && !matches!(ex, Ty::F32 | Ty::F64),
        column if column.range().is_some() => ex.range().is_some(),
        column => column == ex,
    }
}

/// Whether a literal of a type may stand before an operator and an expression of another.
fn first_literal(left: Ty, right: Ty) -> bool {
    matches!(left, Ty::I32 | Ty::I64 | Ty::F64 | Ty::Dec)
        && TABLE.iter().any(|entry| (entry.0, entry.1) == (left, right))
}

fn same_key(shape: &Shape, rows: &[Row], row: &Row) -> bool {
    rows.iter().any(|other| shape.key.iter().all(|index| other[*index] == row[*index]))
}
