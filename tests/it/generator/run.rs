//! Rounds of asks: rows are written, then asked and changed, by the database and by plain Rust.

use std::env;
use std::fmt::Write as _;

use dormouse::Result;
use dormouse::prelude::*;
use futures::future::join_all;

use super::ask::{Ask, Fetch, Numbered, Printed, Step, What, halves, smaller};
use super::build::{failure, insert, put, put_inside};
use super::make::{Maker, reach};
use super::models::{Field, Item, Old, Plate, Reach, Shape, Table, Tree, Wide, Word, for_model, shapes};
use super::oracle::{Expected, Failure, Oracle, World, empty, same_row};
use super::others::Kind;
use super::values::{Cell, Literal, Row, Ty, Val};
use crate::support::{Dice, Place, run as run_on, share_of, tell};

/// How many questions are asked of fresh rows.
const FRESH: usize = 50;
/// How many asks, every other one a change, are put to what is left of them.
const LATER: usize = 25;
/// How many wrong answers are looked for before a run ends.
const MOST: usize = 8;
/// How many of a thousand asks may be without an answer to compare: each database has 12 to 19 that the rules do not decide, 60 to 85
/// that are refused, and 0 to 3 that may be either.
const UNKNOWN: usize = 40;
const REFUSED: usize = 110;
const EXCUSED: usize = 10;
/// The variable with a number of asks, instead of the usual one.
const COUNT: &str = "DORMOUSE_TEST_ASKS";

/// A database under test, and what is known of it.
pub(crate) struct Run<'a> {
    db: &'a Database,
    shapes: Vec<Shape>,
    reach: Vec<Vec<Reach>>,
    kind: Kind,
    /// That of the round.
    seed: u64,
    counted: Counted,
    found: Vec<String>,
}

/// How many asks there were, and how many of them had no answer to compare.
#[derive(Debug, Default)]
struct Counted {
    asked: usize,
    /// An error is right.
    refused: usize,
    /// The rules do not say.
    unknown: usize,
    /// An error as well as the answer is right: something on the way goes past its type.
    excused: usize,
}

impl Counted {
    fn count(&mut self, expected: &Expected, answer: &Answer) {
        self.asked += 1;
        match (&expected.groups, answer) {
            (Err(Failure::Unknown), _) => self.unknown += 1,
            (Err(_), _) => self.refused += 1,
            (Ok(_), Err(_)) => self.excused += 1,
            (Ok(_), Ok(_)) => {}
        }
    }

    /// Few enough are without an answer that the others tell something. Of a few asks nothing is said.
    fn check(&self) {
        let all = [
            (self.unknown, UNKNOWN, "unknown"),
            (self.refused, REFUSED, "refused"),
            (self.excused, EXCUSED, "excused"),
        ];
        for (count, most, what) in all {
            let share = count * 1_000 / self.asked.max(1);
            assert!(self.asked < 500 || share <= most, "{share} of 1,000 asks are {what}, more than {most}: {self:?}");
        }
    }
}

/// Asks a database, which a test has for itself, so often.
pub(crate) async fn run_at(place: Place, parameters: &str, kind: Kind, usual: usize, whole: usize) -> Result<()> {
    let seed = Dice::seed_or_random();
    run_on(place.with(parameters), async |db: &Database| run_from(seed, db, kind, usual, whole).await).await
}

/// Asks a database so often, and fails with the first ask that is answered otherwise.
pub(crate) async fn run(db: &Database, kind: Kind, usual: usize, whole: usize) -> Result<()> {
    run_from(Dice::seed_or_random(), db, kind, usual, whole).await
}

/// The same, from a seed on.
pub(crate) async fn run_from(seed: u64, db: &Database, kind: Kind, usual: usize, whole: usize) -> Result<()> {
    let asks = env::var(COUNT).ok().and_then(|count| count.parse().ok()).unwrap_or_else(|| share_of(whole, usual));
    let shapes = kind.known_to(shapes());
    let reach = reach(&shapes);
    let mut run = Run { db, shapes, reach, kind, seed, counted: Counted::default(), found: Vec::new() };
    run.tables().await?;
    for round in 0_u64.. {
        if run.counted.asked >= asks || run.found.len() >= MOST {
            break;
        }
        Box::pin(run.round(seed.wrapping_add(round), seed, round)).await?;
    }
    tell(format!("{:?}", run.counted));
    assert!(run.found.is_empty(), "{} asks were answered wrongly:\n\n{}", run.found.len(), run.found.join("\n"));
    run.counted.check();
    Ok(())
}

impl Run<'_> {
    async fn tables(&self) -> Result<()> {
        self.db.create_tables(dormouse::models![Word, Tree, Wide, Item, Plate]).await?;
        for statement in self.kind.old {
            self.db.execute_sql(*statement).await?;
        }
        Ok(())
    }

    async fn round(&mut self, seed: u64, first: u64, round: u64) -> Result<()> {
        let (shapes, reach) = (std::mem::take(&mut self.shapes), std::mem::take(&mut self.reach));
        let mut maker = Maker { dice: Dice::with_seed(seed), shapes: &shapes, reach: &reach };
        let mut world = maker.world();
        self.seed = seed;
        let found = self.asks(&mut maker, &mut world).await;
        if let Err(Difference { ask, what }) = found {
            let (ask, what) = self.reduce(&shapes, &mut world, *ask, what).await;
            self.found.push(format!(
                "{}\n{what}\n{}  Again: DORMOUSE_TEST_SEED={seed} (or, where it needs what was asked before: \
                 DORMOUSE_TEST_SEED={first} {COUNT}={})",
                Printed(&ask, &shapes),
                shown(&shapes, &world, &ask),
                (round as usize + 1) * (FRESH + LATER),
            ));
        }
        (self.shapes, self.reach) = (shapes, reach);
        Ok(())
    }

    async fn asks(&mut self, maker: &mut Maker<'_>, world: &mut World) -> std::result::Result<(), Difference> {
        self.write(world).await.map_err(|error| Difference::of(None, format!("writing the rows: {error:?}")))?;
        // Several at a time, so that several connections answer.
        for _ in 0..FRESH / 5 {
            let asks: Vec<Ask> = (0..5).map(|_| maker.question(world)).collect();
            let answers = join_all(asks.iter().map(|ask| self.put(ask))).await;
            for (ask, answer) in asks.into_iter().zip(answers) {
                self.check(maker.shapes, world, ask, answer)?;
            }
        }
        for number in 0..LATER {
            let ask = if number % 2 == 0 { maker.change(world) } else { maker.question(world) };
            if ask.writes() {
                self.change(maker.shapes, world, ask).await?;
            } else {
                let answer = self.put(&ask).await;
                self.check(maker.shapes, world, ask.clone(), answer)?;
                self.laws(maker.shapes, world, &ask).await?;
            }
        }
        let all: Vec<usize> = (0..world.tables.len()).collect();
        match self.rows_differ(maker.shapes, world, &all).await {
            Some(what) => Err(Difference::of(None, what)),
            None => Ok(()),
        }
    }

    async fn put(&self, ask: &Ask) -> Answer {
        match ask.inside {
            true if ask.writes() => for_model!(ask.model, M => put_inside::<M>(ask, self.db).await),
            true => {
                let answer = for_model!(ask.model, M => self.db.test_scope(put::<M>(ask, self.db)).await);
                answer.map_err(|error| failure(&error))?
            }
            false => for_model!(ask.model, M => put::<M>(ask, self.db).await),
        }
    }

    fn check(
        &mut self,
        shapes: &[Shape],
        world: &World,
        ask: Ask,
        answer: Answer,
    ) -> std::result::Result<(), Difference> {
        let mut expected = Oracle::new(shapes, world, self.kind.nulls_low).answer(&ask);
        expected.overflowed |= ask.computes_behind_keys(shapes);
        self.counted.count(&expected, &answer);
        match difference(&expected, &answer) {
            Some(what) => Err(Difference::of(Some(ask), what)),
            None => Ok(()),
        }
    }

    /// Changes rows, and reads again what the change is about.
    async fn change(&mut self, shapes: &[Shape], world: &mut World, ask: Ask) -> std::result::Result<(), Difference> {
        let oracle = Oracle::new(shapes, world, self.kind.nulls_low);
        let overflowed = oracle.answer(&ask).overflowed || ask.computes_behind_keys(shapes);
        // What the database numbers is known afterwards.
        let numbered = ask.numbered_by_the_database();
        let (changed, answer, ask) = if numbered {
            let answer = self.put(&ask).await;
            let ask = ask.with_key_of(&answer, shapes);
            (oracle.changed(&ask), answer, ask)
        } else {
            let changed = oracle.changed(&ask);
            if oracle.is_unknown() {
                let expected = Expected { groups: Err(Failure::Unknown), overflowed };
                self.counted.count(&expected, &Ok(Vec::new()));
                return Ok(());
            }
            (changed, self.put(&ask).await, ask)
        };
        let (groups, mut after) = match changed {
            Ok((row, after)) => (Ok(vec![vec![row]]), after),
            Err(failure) => (Err(failure), world.clone()),
        };
        let expected = Expected { groups, overflowed };
        self.counted.count(&expected, &answer);
        if answer.is_err() {
            after = world.clone();
        }
        if let Some(what) = difference(&expected, &answer) {
            return Err(Difference::of(Some(ask), what));
        }
        if let Some(what) = self.rows_differ(shapes, &after, &ask.changes(shapes)).await {
            return Err(Difference::of(Some(ask), what));
        }
        *world = after;
        Ok(())
    }

    /// What is not as it must be among all rows of these models.
    async fn rows_differ(&self, shapes: &[Shape], world: &World, models: &[usize]) -> Option<String> {
        for &model in models {
            let all = Ask::of(model, What::Rows(Fetch::Await));
            let expected = Oracle::new(shapes, world, self.kind.nulls_low).answer(&all);
            if let Some(what) = difference(&expected, &self.put(&all).await) {
                return Some(format!("afterwards, all rows of {}:\n{what}", shapes[model].name));
            }
        }
        None
    }

    /// What must hold whatever the rows are.
    async fn laws(&mut self, shapes: &[Shape], world: &World, ask: &Ask) -> std::result::Result<(), Difference> {
        let [Step::Filter(cond), rest @ ..] = &ask.steps[..] else { return Ok(()) };
        if empty(cond) {
            return Ok(());
        }
        let count = |steps: Vec<Step>| Ask { steps, ..Ask::of(ask.model, What::Count) };
        let (yes, no) = (vec![Step::Filter(cond.clone())], vec![Step::Exclude(cond.clone())]);
        let all = self.put(&count(vec![])).await;
        let (yes, no) = (self.put(&count(yes)).await, self.put(&count(no)).await);
        if let (Ok(all), Ok(yes), Ok(no)) = (&all, &yes, &no) {
            let number = |rows: &Vec<Row>| match &rows[0][0] {
                Some(Val::Int(number)) => *number,
                other => panic!("{other:?} is no count"),
            };
            if number(all) != number(yes) + number(no) {
                let what = format!("{yes:?} rows and {no:?} others are not all {all:?}");
                return Err(Difference::of(Some(count(ask.steps.clone())), what));
            }
        }
        if !rest.is_empty() {
            let again = self.put(ask).await;
            self.check(shapes, world, ask.clone(), again)?;
        }
        Ok(())
    }

    /// Makes the tables hold these rows and no others.
    async fn write(&self, world: &World) -> Result<()> {
        let world = world.clone();
        let old = self.kind.insertion(Old::shape(), &world.tables[Old::INDEX], self.seed);
        let rows = move |tx: &Transaction| {
            for model in (0..world.tables.len()).rev() {
                for_model!(model, M => M::objects().using(tx).delete())?;
            }
            for (model, rows) in world.tables.iter().enumerate().filter(|(model, _)| *model != Old::INDEX) {
                rows.iter().try_for_each(|row| for_model!(model, M => insert::<M>(row, tx)))?;
            }
            old.map_or(Ok(()), |old| tx.execute_sql(old).map(drop))
        };
        atomic(rows).using(self.db).await
    }

    /// A smaller ask of fewer rows that is answered wrongly too.
    async fn reduce(&mut self, shapes: &[Shape], world: &mut World, mut ask: Ask, mut what: String) -> (Ask, String) {
        'smaller: for _ in 0..60 {
            for candidate in candidates(&ask) {
                if let Some(found) = self.again(shapes, world, candidate).await {
                    (ask, what) = (*found.ask, found.what);
                    continue 'smaller;
                }
            }
            break;
        }
        for model in (0..world.tables.len()).rev() {
            for row in (0..world.tables[model].len()).rev() {
                let mut fewer = world.clone();
                fewer.tables[model].remove(row);
                if let Some(found) = self.again(shapes, &fewer, ask.clone()).await {
                    what = found.what;
                    *world = fewer;
                }
            }
        }
        (ask, what)
    }

    /// Puts an ask once more, to these rows; nothing if they cannot be, or if it is answered well.
    async fn again(&mut self, shapes: &[Shape], world: &World, ask: Ask) -> Option<Difference> {
        self.write(world).await.ok()?;
        let mut world = world.clone();
        let found = if ask.writes() {
            self.change(shapes, &mut world, ask).await
        } else {
            let answer = self.put(&ask).await;
            self.check(shapes, &world, ask, answer)
        };
        found.err()
    }
}

type Answer = std::result::Result<Vec<Row>, Failure>;

/// An ask that was not answered as it must be.
struct Difference {
    ask: Box<Ask>,
    what: String,
}

impl Difference {
    fn of(ask: Option<Ask>, what: String) -> Self {
        Self { ask: Box::new(ask.unwrap_or_else(|| Ask::of(0, What::Rows(Fetch::Await)))), what }
    }
}

impl Ask {
    /// The models of which it may change rows: its own, and where rows go, all that lead to it.
    fn changes(&self, shapes: &[Shape]) -> Vec<usize> {
        let mut found = vec![self.model];
        let mut next = 0;
        while next < found.len() && matches!(self.what, What::Delete | What::Remove(_)) {
            let leads =
                |shape: &Shape| shape.fields.iter().any(|field| field.target.is_some_and(|(to, _)| to == found[next]));
            let more: Vec<usize> =
                (0..shapes.len()).filter(|model| !found.contains(model) && leads(&shapes[*model])).collect();
            found.extend(more);
            next += 1;
        }
        found
    }

    fn numbered_by_the_database(&self) -> bool {
        matches!(self.what, What::Create(_, Numbered::ByTheDatabase))
    }

    /// With the key of the row that was made.
    fn with_key_of(mut self, answer: &Answer, shapes: &[Shape]) -> Self {
        let key = shapes[self.model].key[0];
        if let (What::Create(row, _), Ok(made)) = (&mut self.what, answer) {
            row[key].clone_from(&made[0][key]);
        }
        self
    }
}

/// Asks with less in them.
fn candidates(ask: &Ask) -> Vec<Ask> {
    let mut all = Vec::new();
    for index in 0..ask.steps.len() {
        let mut less = ask.clone();
        less.steps.remove(index);
        all.push(less);
        let (Step::Filter(cond) | Step::Exclude(cond)) = &ask.steps[index];
        for cond in smaller(cond) {
            let mut less = ask.clone();
            less.steps[index] = Step::Filter(cond);
            all.push(less);
        }
    }
    for index in 0..ask.loads.len() {
        let mut less = ask.clone();
        less.loads.remove(index);
        all.push(less);
    }
    if ask.inside {
        all.push(Ask { inside: false, ..ask.clone() });
    }
    if !ask.slices.is_empty() {
        all.push(Ask { slices: vec![], ..ask.clone() });
    } else if matches!(ask.what, What::Rows(_) | What::Values { .. } | What::Count) {
        for index in 0..ask.order.len() {
            let mut less = ask.clone();
            less.order.remove(index);
            all.push(less);
        }
    }
    let mut with = |what: What| all.push(Ask { what, ..ask.clone() });
    match &ask.what {
        What::Values { outputs, distinct, fetch } if outputs.len() > 1 && !*distinct => {
            for output in outputs {
                with(What::Values { outputs: vec![output.clone()], distinct: *distinct, fetch: *fetch });
            }
        }
        What::Aggregate(aggs) if aggs.len() > 1 => aggs.iter().for_each(|agg| with(What::Aggregate(vec![agg.clone()]))),
        What::Aggregate(aggs) if aggs[0].filter.is_some() => {
            with(What::Aggregate(vec![super::ask::Agg { filter: None, ..aggs[0].clone() }]));
        }
        What::InBulk(keys) if keys.len() > 1 => halves(keys).into_iter().for_each(|keys| with(What::InBulk(keys))),
        What::Update(sets) if sets.len() > 1 => sets.iter().for_each(|set| with(What::Update(vec![set.clone()]))),
        _ => {}
    }
    all
}

/// How an answer differs from what must come.
fn difference(expected: &Expected, answer: &Answer) -> Option<String> {
    match (&expected.groups, answer) {
        (Err(Failure::Unknown), _) => None,
        (_, Err(Failure::OutOfRange)) if expected.overflowed => None,
        (Err(expected), Err(found)) if expected == found => None,
        (Ok(groups), Ok(rows)) if in_groups(groups, rows) => None,
        (expected, found) => {
            let expected = expected.as_ref().map(|groups| groups.concat()).map_err(Failure::clone);
            Some(format!("right: {}\nfound: {}", written(&expected), written(found)))
        }
    }
}

fn in_groups(groups: &[Vec<Row>], rows: &[Row]) -> bool {
    let mut rows = rows.iter();
    for group in groups {
        let mut found: Vec<&Row> = rows.by_ref().take(group.len()).collect();
        for row in group {
            let Some(place) = found.iter().position(|other| same_row(other, row)) else { return false };
            found.swap_remove(place);
        }
    }
    rows.next().is_none()
}

/// The rows of the ask's model, and of those it leads to: their keys, and the columns that the ask names.
fn shown(shapes: &[Shape], world: &World, ask: &Ask) -> String {
    let mut text = String::new();
    let printed = Printed(ask, shapes).to_string();
    let named = |name: &str| printed.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
    for (model, rows) in world.tables.iter().enumerate() {
        let shape = &shapes[model];
        let own = |field: &&Field| field.key && model == ask.model || named(field.name);
        if model != ask.model && !shape.fields.iter().any(|field| named(field.name)) {
            continue;
        }
        for row in rows {
            let cells = shape.fields.iter().zip(row).filter(|(field, _)| own(field) || field.key);
            let cells = cells.map(|(field, cell)| format!("{}: {}", field.name, Literal(cell, field.ty)));
            writeln!(text, "  {} {{ {} }}", shape.name, cells.collect::<Vec<_>>().join(", ")).expect("text");
        }
    }
    text
}

/// Rows as they are written in Rust.
fn written(rows: &Answer) -> String {
    let cell = |cell: &Cell| Literal(cell, Ty::Text).to_string().replace("text", "");
    let row = |row: &Row| format!("({})", row.iter().map(cell).collect::<Vec<_>>().join(", "));
    match rows {
        Ok(rows) => rows.iter().map(row).collect::<Vec<_>>().join(" "),
        Err(failure) => format!("{failure:?}"),
    }
}
