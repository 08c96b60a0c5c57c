//! Random arithmetic over random rows answers as plain Rust does by the rules of `docs/arithmetic.md`: the same numbers, or
//! the same kind of error. A condition and its complement share the rows between them.

use dormouse::expr::Expr;
use dormouse::prelude::*;
use dormouse::{ErrorKind, QueryMistake, Result};

use super::plain::{Outcome, Refused, Sign, exactly, really, wholly};
use crate::support::{Dice, matrix};

/// How many expressions of each kind are tried on each database.
const TRIES: usize = 80;

#[derive(Model, Debug, Clone, PartialEq)]
pub(super) struct Number {
    pub(super) id: i64,
    pub(super) small: Option<i16>,
    pub(super) byte: u8,
    pub(super) int: i32,
    pub(super) count: Option<u32>,
    pub(super) large: Option<i64>,
    pub(super) float: Option<f64>,
    pub(super) single: f32,
    #[field(max_digits = 12, decimal_places = 3)]
    pub(super) exact: Option<Decimal>,
    #[field(max_digits = 8, decimal_places = 2)]
    pub(super) price: Decimal,
}

/// An expression as data: over leaves `L`, with numbers `N` known now.
#[derive(Debug, Clone)]
pub(super) enum Tree<L, N> {
    Leaf(L),
    Negated(Box<Self>),
    Both(Sign, Box<Self>, Box<Self>),
    With(Sign, Box<Self>, N),
    Before(Sign, N, Box<Self>),
}

fn grow<L, N: Copy>(dice: &mut Dice, depth: usize, known: &[N], leaf: &impl Fn(&mut Dice) -> L) -> Tree<L, N> {
    let sign = dice.pick(&Sign::ALL);
    let inner = |dice: &mut Dice| Box::new(grow(dice, depth.saturating_sub(1), known, leaf));
    match dice.below(if depth == 0 { 1 } else { 9 }) {
        0 | 1 => Tree::Leaf(leaf(dice)),
        2 => Tree::Negated(inner(dice)),
        3..=5 => Tree::Both(sign, inner(dice), inner(dice)),
        6 | 7 => Tree::With(sign, inner(dice), dice.pick(known)),
        _ => Tree::Before(sign, dice.pick(known), inner(dice)),
    }
}

macro_rules! typed {
    ($name:ident, $leaf:ident, $type:ty, $column:ident) => {
        fn $name(tree: &Tree<$leaf, $type>, n: &NumberFields) -> Expr<Number, Option<$type>> {
            macro_rules! apply {
                ($sign:expr, $a:expr, $b:expr) => {
                    match $sign {
                        Sign::Add => $a + $b,
                        Sign::Subtract => $a - $b,
                        Sign::Multiply => $a * $b,
                        Sign::Divide => $a / $b,
                        Sign::Remainder => $a % $b,
                    }
                };
            }
            match tree {
                Tree::Leaf(leaf) => $column(*leaf, n),
                Tree::Negated(inner) => -$name(inner, n),
                Tree::Both(sign, a, b) => apply!(sign, $name(a, n), $name(b, n)),
                Tree::With(sign, a, b) => apply!(sign, $name(a, n), *b),
                Tree::Before(sign, a, b) => apply!(sign, *a, $name(b, n)),
            }
        }
    };
}

pub(super) type Leaf = u8;

fn whole_column(leaf: Leaf, n: &NumberFields) -> Expr<Number, Option<i64>> {
    match leaf % 5 {
        0 => n.small + 0i64,
        1 => n.count * 1,
        2 => n.large - 0i64,
        3 => n.large * 0i64 + n.byte,
        _ => n.large * 0i64 + n.int,
    }
}

fn exact_column(leaf: Leaf, n: &NumberFields) -> Expr<Number, Option<Decimal>> {
    match leaf % 4 {
        0 => n.exact + 0,
        1 => n.exact * 0 + n.price,
        2 => n.exact - n.int,
        _ => n.count * dec!(0.5),
    }
}

fn real_column(leaf: Leaf, n: &NumberFields) -> Expr<Number, Option<f64>> {
    match leaf % 4 {
        0 => n.float + 0,
        1 => n.float * 0 + n.single,
        2 => n.large * 1.0,
        _ => n.count / 2.0,
    }
}

typed!(whole, Leaf, i64, whole_column);
typed!(exact, Leaf, Decimal, exact_column);
typed!(real, Leaf, f64, real_column);

fn row(dice: &mut Dice) -> Number {
    let maybe = |dice: &mut Dice| dice.below(6) > 0;
    Number {
        id: 0,
        small: maybe(dice).then(|| dice.pick(&[0, 1, -1, 7, i16::MAX, i16::MIN])),
        byte: dice.pick(&[0, 1, 2, 255]),
        int: dice.pick(&[0, 1, -3, 10, i32::MAX, i32::MIN]),
        count: maybe(dice).then(|| dice.pick(&[0, 1, 5, u32::MAX])),
        large: maybe(dice).then(|| dice.pick(&[0, 2, -5, 1_000_003, 1 << 53, -3, i64::MAX, i64::MIN])),
        float: maybe(dice).then(|| dice.pick(&[0.0, 0.5, -1.25, 3.0, 0.1, 1e10, -1e150, 1e200])),
        single: dice.pick(&[0.0, 0.5, -2.0, 16_777_216.0]),
        exact: maybe(dice).then(|| dice.pick(&[dec!(0), dec!(0.001), dec!(-2.5), dec!(3), dec!(999999999.999)])),
        price: dice.pick(&[dec!(0), dec!(0.05), dec!(-1), dec!(19.99)]),
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Stair {
    id: i64,
    b: i64,
    #[field(on_delete = DoNothing)]
    up: Option<ForeignKey<Stair>>,
}

async fn rows(db: &Database, dice: &mut Dice) -> Result<Vec<Number>> {
    db.create_tables(dormouse::models![Number]).await?;
    let mut rows = Vec::new();
    for _ in 0..8 {
        let row = row(dice);
        let made = Number::objects().acreate(|n| {
            n.small(row.small)
                .byte(row.byte)
                .int(row.int)
                .count(row.count)
                .large(row.large)
                .float(row.float)
                .single(row.single)
                .exact(row.exact)
                .price(row.price)
        });
        rows.push(made.await?);
    }
    Ok(rows)
}

/// What a whole statement answers: of all rows, or an error if one of them is refused. None where no rule says.
fn all<T>(outcomes: impl IntoIterator<Item = Outcome<T>>) -> Option<Answers<T>> {
    let outcomes: Vec<Outcome<T>> = outcomes.into_iter().collect();
    if outcomes.iter().any(|outcome| matches!(outcome, Err(Refused::Unruled))) {
        return None;
    }
    Some(outcomes.into_iter().collect())
}

type Answers<T> = std::result::Result<Vec<Option<T>>, Refused>;

fn agree<T: PartialEq + std::fmt::Debug>(
    found: Result<T>,
    expected: std::result::Result<T, Refused>,
    what: &dyn std::fmt::Debug,
) {
    match (found, expected) {
        (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{what:?}"),
        (Err(error), Err(_)) => assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{what:?}: {error:?}"),
        (found, expected) => panic!("{what:?}: found {found:?}, expected {expected:?}"),
    }
}

macro_rules! sweep {
    ($db:ident, $name:literal, $typed:ident, $plain:ident, $known:expr, $depth:literal) => {{
        let mut dice = Dice::of($name);
        let rows = rows($db, &mut dice).await?;
        let (mut answered, mut refused) = (0, 0);
        for _ in 0..TRIES {
            let tree = grow(&mut dice, $depth, &$known, &|dice: &mut Dice| dice.below(20) as Leaf);
            let Some(expected) = all(rows.iter().map(|row| $plain(&tree, row))) else { continue };
            match &expected {
                Ok(_) => answered += 1,
                Err(_) => refused += 1,
            }
            let found = Number::objects().order_by(|n| n.id.asc()).values(|n| $typed(&tree, n)).await;
            agree(found, expected.clone(), &tree);
            let limit = dice.pick(&$known);
            let count = |condition: fn(&std::cmp::Ordering) -> bool| {
                expected.clone().map(|values| {
                    let passed = values.iter().flatten().filter_map(|value| value.partial_cmp(&limit));
                    passed.filter(condition).count() as u64
                })
            };
            let less = Number::objects().filter(|n| $typed(&tree, n).lt(limit)).acount().await;
            agree(less, count(|order| order.is_lt()), &tree);
            let equal = Number::objects().filter(|n| $typed(&tree, n).eq(limit)).acount().await;
            agree(equal, count(|order| order.is_eq()), &tree);
            let others =
                Number::objects().filter(|n| !($typed(&tree, n).eq(limit) | $typed(&tree, n).lt(limit))).acount().await;
            agree(others, count(|order| order.is_le()).map(|few| rows.len() as u64 - few), &tree);
            let unlike = Number::objects().filter(|n| !$typed(&tree, n).in_([limit, limit])).acount().await;
            agree(unlike, count(|order| order.is_eq()).map(|few| rows.len() as u64 - few), &tree);
        }
        assert!(answered > TRIES / 10, "{answered} answered, {refused} refused");
        Ok(())
    }};
}

matrix! {
    async fn integers_are_as_in_plain_rust(db: &Database) -> Result<()> {
        sweep!(db, "integers", whole, wholly, [1, -1, 2, 3, 7, -10, 1_000_000_007, i64::MAX, i64::MIN], 3)
    }

    async fn decimals_are_as_in_plain_rust(db: &Database) -> Result<()> {
        sweep!(db, "decimals", exact, exactly, [dec!(1), dec!(-1), dec!(3), dec!(0.07), dec!(2.5), dec!(-19.99)], 2)
    }

    async fn floats_are_as_in_plain_rust(db: &Database) -> Result<()> {
        sweep!(db, "floats", real, really, [1.0, -1.0, 0.5, 3.0, -0.1, 7.25, 1e12, 1e308], 3)
    }

    async fn an_overflow_that_nothing_refers_to_may_be_met_by_servers(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Stair]).await?;
        let first = Stair::objects().acreate(|s| s.b(5i64)).await?;
        let second = Stair::objects().acreate(|s| s.b(1i64).up(&first)).await?;
        let least = Stair::objects().acreate(|s| s.b(i64::MIN)).await?;
        let below = || Stair::objects().filter(|s| (s.up.b - 1).lt(10i64));
        match below().values(|s| s.id).await {
            Ok(ids) => assert_eq!(ids, [second.id]),
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
                assert_ne!(db.server().product, "SQLite");
            }
        }
        Stair::objects().filter(|s| s.id.eq(second.id)).aupdate(|s| s.up.set(&least)).await?;
        let error = below().acount().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
        Ok(())
    }

    /// A number handed back is held against its type too.
    async fn a_result_past_its_type_is_refused(db: &Database) -> Result<()> {
        let mut dice = Dice::of("one row");
        rows(db, &mut dice).await?;
        Number::objects().aupdate(|n| (n.int.set(i32::MAX), n.small.set(i16::MIN))).await?;
        for outcome in [
            Number::objects().values(|n| n.int + 1).await.map(|_| ()),
            Number::objects().values(|n| -n.small).await.map(|_| ()),
            Number::objects().values(|n| n.small * n.small).await.map(|_| ()),
        ] {
            let error = outcome.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
        }
        assert_eq!(Number::objects().filter(|n| (n.int * 2).gt(2_000_000_000)).acount().await?, 8);
        assert_eq!(Number::objects().values(|n| -n.byte).await?.len(), 8);
        Ok(())
    }

    async fn sums_and_means_have_one_answer(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Number]).await?;
        let rows = [(i64::MAX, dec!(1)), (1, dec!(1)), (-1, dec!(2))];
        for (large, price) in rows {
            let single = if large == 1 { 1.0 } else { 16_777_216.0 };
            Number::objects().acreate(|n| n.byte(1u8).int(2).large(large).single(single).price(price)).await?;
        }
        let whole = Number::objects().aaggregate(|n| (n.large.sum(), n.price.avg(), n.price.sum(), n.int.avg())).await?;
        assert_eq!(whole, (Some(i64::MAX), Some(dec!(1.3333333333)), Some(dec!(4)), Some(2.0)));
        let thirds = Number::objects().filter(|n| (n.price / 3).eq(dec!(0.3333333333))).acount().await?;
        assert_eq!(thirds, 2);
        let half = |n: &NumberFields| (n.price * 0 + dec!(0.0000000001)) / 2;
        let halves = Number::objects().values(|n| (half(n), (n.price * 0 - dec!(0.0000000001)) / 2)).await?;
        assert_eq!(halves[0], (dec!(0.0000000001), dec!(-0.0000000001)), "away from zero");
        let singles = Number::objects().filter(|n| n.large.gt(0)).aaggregate(|n| n.single.sum()).await?;
        assert_eq!(singles, Some(16_777_217.0));
        for past in [
            Number::objects().filter(|n| n.large.gt(0)).aaggregate(|n| n.large.sum()).await.map(|_| ()),
            Number::objects().aaggregate(|n| (n.large - 1 + n.int).sum()).await.map(|_| ()),
        ] {
            let error = past.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
        }
        Number::objects().acreate(|n| n.byte(1u8).int(2).large(i64::MIN).single(1.0).price(1)).await?;
        let mean = Number::objects().aaggregate(|n| n.large.avg()).await?;
        assert_eq!(mean, Some(-0.25), "of the exact sum, not of a sum of floats");
        Ok(())
    }

    async fn a_division_by_the_number_zero_is_refused(db: &Database) -> Result<()> {
        let mut dice = Dice::of("one row");
        rows(db, &mut dice).await?;
        let zero = 0;
        for refused in [
            Number::objects().values(|n| n.int / zero).await.map(|_| ()),
            Number::objects().values(|n| n.large % 0i64).await.map(|_| ()),
            Number::objects().values(|n| n.float / 0.0).await.map(|_| ()),
            Number::objects().values(|n| n.float / -0.0).await.map(|_| ()),
            Number::objects().values(|n| n.price % Decimal::ZERO).await.map(|_| ()),
            Number::objects().filter(|n| (n.price / dec!(0.00)).gt(1)).acount().await.map(|_| ()),
            Number::objects().filter(|n| !(n.count / 0u32).eq(1i64)).acount().await.map(|_| ()),
            Number::objects().aupdate(|n| n.int.set(n.int / 0)).await.map(|_| ()),
            Number::objects().aaggregate(|n| n.id.count().filter((n.byte % 0u8).eq(1i64))).await.map(|_| ()),
        ] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Query(QueryMistake::DivisionByZero));
        }
        Ok(())
    }
}
