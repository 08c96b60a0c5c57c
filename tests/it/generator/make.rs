//! Rows and asks at random.

use super::ask::{Agg, Aggregate, Ask, Ex, Fetch, Load, Numbered, Output, Step, Term, What};
use super::expressions::column;
use super::models::{Field, Reach, Shape};
use super::oracle::World;
use super::others::Habit;
use super::values::{Cell, Row, Ty, Val};
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
    pub(super) fn chance(&mut self, of: usize) -> bool {
        self.dice.below(of) == 0
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.dice.below(end)
    }

    /// Rows for all tables, so that keys lead to rows that are there.
    pub(crate) fn world(&mut self) -> World {
        let mut tables: Vec<Vec<Row>> = Vec::new();
        for model in 0..self.shapes.len() {
            tables.push(Vec::new());
            for _ in 0..3 + self.below(9) {
                let row = self.row(model, &tables);
                let row = self.with_extremes(model, row);
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

    /// The same row; now and then with what a column of others has of its own.
    fn with_extremes(&mut self, model: usize, mut row: Row) -> Row {
        for (cell, field) in row.iter_mut().zip(&self.shapes[model].fields) {
            if let Some(extreme) = field.habit.and_then(Habit::extreme).filter(|_| self.dice.below(12) == 0) {
                *cell = Some(extreme);
            }
        }
        row
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
        let whole = field.habit.filter(|habit| matches!(habit, Habit::WholeSeconds | Habit::Whole));
        let other = whole.filter(|_| self.chance(4)).map(|habit| (habit, field.ty.value(&mut self.dice, field.places)));
        match other {
            Some((habit, value)) if habit.changes(&value) => Some(value),
            _ => self.cell(field),
        }
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
        self.dice.pick(&[0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 5])
    }

    fn fetch(&mut self) -> Fetch {
        match self.below(8) {
            0 => Fetch::Stream,
            1 => Fetch::Iterator(1 + self.below(5)),
            _ => Fetch::Await,
        }
    }

    fn some_row(&mut self, model: usize, world: &World) -> Option<Row> {
        let shape = &self.shapes[model];
        let rows: Vec<&Row> = world.tables[model].iter().filter(|row| shape.reads(row)).collect();
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

    pub(super) fn keys(&mut self, model: usize, world: &World) -> Vec<Row> {
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
    pub(super) fn length(&mut self) -> usize {
        match self.below(30) {
            0 => 600,
            1 => 40,
            _ => self.below(FEW),
        }
    }

    /// Whether a place in a list is for a value that hardly a row has. In a long list only its ends and few others are not, so
    /// that each of those counts.
    pub(super) fn is_rare(&mut self, at: usize, count: usize) -> bool {
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

fn same_key(shape: &Shape, rows: &[Row], row: &Row) -> bool {
    rows.iter().any(|other| shape.key.iter().all(|index| other[*index] == row[*index]))
}
