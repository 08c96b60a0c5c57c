//! Decimals: compared by number whatever their form, exact, and on SQLite in tables that every program can use.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};
use rust_decimal::Decimal;

use crate::support::{Dice, Place, matrix};

#[derive(Model, Debug, Clone, PartialEq)]
struct Price {
    id: i64,
    #[field(max_digits = 10, decimal_places = 2, index)]
    a: Decimal,
    #[field(max_digits = 12, decimal_places = 3)]
    b: Option<Decimal>,
    #[field(max_digits = 10, decimal_places = 2)]
    c: Option<Decimal>,
    n: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Rate {
    #[field(primary_key, max_digits = 6, decimal_places = 2)]
    percent: Decimal,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Bill {
    id: i64,
    #[field(on_delete = Cascade)]
    rate: ForeignKey<Rate>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    check(price_is_positive, |g| g.price.gt(0)),
    check(price_above_cost, |g| g.price.gte(g.cost * 2)),
    check(cost_in_bounds, |g| g.cost.between(Decimal::new(1, 3), Decimal::new(9_999, 1))),
    check(not_these, |g| !g.price.in_([Decimal::ONE, Decimal::new(13, 0)])),
    check(fee_is_one_of, |g| (g.fee * 2).in_([Decimal::ONE, Decimal::new(5, 1)])),
    check(price_is_not_fee, |g| !g.price.eq(g.fee)),
    index(fields(price), where = |g| g.cost.lt(Decimal::TEN), name = "cheap"),
    index(fields(fee), where = |g| g.price.gt(100), name = "dear"),
)]
struct Goods {
    id: i64,
    #[field(max_digits = 8, decimal_places = 2, index)]
    price: Decimal,
    #[field(max_digits = 9, decimal_places = 3)]
    cost: Decimal,
    #[field(max_digits = 8, decimal_places = 2, unique)]
    fee: Option<Decimal>,
    #[field(max_digits = 12, decimal_places = 3, generated(|g| g.price - g.cost, stored))]
    margin: Decimal,
}

/// Without digits of its own.
#[derive(Model, Debug, Clone, PartialEq)]
struct Reading {
    id: i64,
    value: Decimal,
    #[field(unique)]
    may: Option<Decimal>,
}

fn hundredths(number: i64) -> Decimal {
    Decimal::new(number, 2)
}

matrix! {
    async fn nothing_left_of_a_division_is_zero_whatever_its_sign(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Price]).await?;
        for n in [-3, 3] {
            Price::objects().acreate(|p| p.a(dec!(0.02)).n(n)).await?;
        }
        let count = |condition: fn(&'static PriceFields) -> Q<Price>| Price::objects().filter(condition).acount();
        assert_eq!(count(|p| (p.n % p.a).eq(dec!(0))).await?, 2);
        assert_eq!(count(|p| (p.n % p.a).in_([dec!(0), dec!(7)])).await?, 2);
        assert_eq!(count(|p| (p.n % p.a).eq(p.a - dec!(0.02))).await?, 2);
        assert_eq!(count(|p| (p.n % p.a).lt(0)).await?, 0);
        assert_eq!(count(|p| (p.n % dec!(0.02)).gte(0)).await?, 2);
        let left = Price::objects().order_by(|p| p.id.asc()).values(|p| p.n % dec!(0.7)).await?;
        assert_eq!(left, [dec!(-0.2), dec!(0.2)]);
        Ok(())
    }

    async fn a_decimal_without_digits_holds_every_decimal(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Reading]).await?;
        let least = Decimal::new(1, 28);
        for value in [Decimal::MAX, Decimal::MIN, least, -least, dec!(0), dec!(7.10), dec!(12345678901234.5), dec!(-100)] {
            let row = Reading::new().value(value).may(value).asave().await?;
            assert_eq!(Reading::objects().aget(|r| r.value.eq(value)).await?, row);
            assert_eq!(Reading::objects().aget(|r| r.may.in_([value])).await?, row);
            assert_eq!(Reading::objects().values(|r| (r.value, r.may)).filter(|r| r.id.eq(row.id)).await?, [(value, Some(value))]);
            Reading::objects().filter(|r| r.id.eq(row.id)).aupdate(|r| r.may.set(r.value)).await?;
            assert_eq!(Reading::objects().aget(|r| r.id.eq(row.id)).await?, row);
        }
        let extremes = Reading::objects().aaggregate(|r| (r.value.min(), r.value.max(), r.value.count())).await?;
        assert_eq!(extremes, (Some(Decimal::MIN), Some(Decimal::MAX), 8));
        let few = Reading::objects().filter(|r| r.value.between(-8, 8));
        assert_eq!(few.clone().aaggregate(|r| r.value.sum()).await?, Some(dec!(7.1)));
        assert_eq!(few.aaggregate(|r| r.value.avg()).await?, Some(dec!(1.775)));
        let order = Reading::objects().order_by(|r| r.value.asc()).values(|r| r.value).await?;
        assert!(order.is_sorted());
        let error = Reading::objects().acreate(|r| r.value(7).may(dec!(7.100))).await.unwrap_err();
        assert!(error.is_unique_violation(), "{error:?}");
        Ok(())
    }

    async fn comparisons_are_of_numbers(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Price]).await?;
        let mut dice = Dice::of("decimals");
        let mut rows = Vec::new();
        for _ in 0..60 {
            let (a, b, c) = (dice.below(700), dice.below(4_000), dice.below(700));
            let b = (dice.below(5) > 0).then(|| Decimal::new(b as i64 * 5 - 9_000, 3));
            let c = (dice.below(5) > 0).then(|| hundredths(c as i64 - 350));
            let a = hundredths(a as i64 * 5 - 350);
            rows.push(Price::objects().acreate(|p| p.a(a).b(b).c(c).n(dice.below(30) as i32 - 5)).await?);
        }
        let least = |b: Option<Decimal>| b.unwrap_or(Decimal::MIN);
        for _ in 0..40 {
            let known = rows[dice.below(rows.len())].a;
            let exact = dice.pick(&[known, known.normalize(), known + Decimal::new(1, 3), known * Decimal::new(100, 2)]);
            let other = hundredths(dice.below(3_000) as i64 - 300);
            let list = [exact, other, known];
            type Case<'c> = (&'c str, Q<Price>, Box<dyn Fn(&Price) -> bool + 'c>);
            let p = Price::fields();
            let cases: Vec<Case<'_>> = vec![
                ("eq", p.a.eq(exact), Box::new(|r| r.a == exact)),
                ("ne", p.b.ne(exact), Box::new(|r| r.b != Some(exact))),
                ("in_", p.a.in_(list), Box::new(|r| list.contains(&r.a))),
                ("not_in", p.c.not_in(list), Box::new(|r| r.c.is_none_or(|c| !list.contains(&c)))),
                ("lt", p.a.lt(exact), Box::new(|r| r.a < exact)),
                ("gte", p.b.gte(exact), Box::new(|r| r.b.is_some_and(|b| b >= exact))),
                ("between", p.a.between(exact, other), Box::new(|r| exact <= r.a && r.a <= other)),
                ("same scale", p.a.eq(p.c), Box::new(|r| Some(r.a) == r.c)),
                ("other scale", p.b.eq(p.a), Box::new(|r| r.b == Some(r.a))),
                ("greater column", p.a.gt(p.b), Box::new(|r| r.b.is_some_and(|b| r.a > b))),
                ("integer", p.a.eq(p.n), Box::new(|r| r.a == r.n.into())),
                ("whole", p.a.eq(7), Box::new(|r| r.a == Decimal::from(7))),
                ("product", (p.a * 2).eq(exact * Decimal::TWO), Box::new(|r| r.a == exact)),
                ("product in", (p.a * p.n).in_([Decimal::ZERO, exact]), Box::new(|r| [Decimal::ZERO, exact].contains(&(r.a * Decimal::from(r.n))))),
            ];
            for (name, condition, holds) in cases {
                let found = Price::objects().filter(|_| condition.clone()).order_by(|p| p.id.asc()).await?;
                let wanted: Vec<_> = rows.iter().filter(|row| holds(row)).cloned().collect();
                assert_eq!(found, wanted, "{name} of {exact}, {other}");
                let rest = Price::objects().filter(|_| !condition).acount().await?;
                assert_eq!(rest as usize, rows.len() - wanted.len(), "not {name} of {exact}, {other}");
            }
        }
        let mut sorted = rows.clone();
        sorted.sort_by_key(|row| (row.a, row.id));
        assert_eq!(Price::objects().order_by(|p| (p.a.asc(), p.id.asc())).await?, sorted);
        sorted.sort_by_key(|row| (std::cmp::Reverse(least(row.b)), row.id));
        let found = Price::objects().order_by(|p| (p.b.desc().nulls_last(), p.id.asc())).await?;
        assert_eq!(found, sorted);
        let bounds = Price::objects().aaggregate(|p| (p.a.min(), p.b.max(), p.a.count().distinct())).await?;
        let distinct: std::collections::HashSet<_> = rows.iter().map(|row| row.a).collect();
        assert_eq!(bounds.0, rows.iter().map(|row| row.a).min());
        assert_eq!(bounds.1, rows.iter().filter_map(|row| row.b).max());
        assert_eq!(bounds.2 as usize, distinct.len());
        let products: std::collections::HashSet<_> = rows.iter().map(|row| row.a * Decimal::from(row.n)).collect();
        let found = Price::objects().values(|p| p.a * p.n).distinct().await?;
        assert_eq!(found.len(), products.len());
        Ok(())
    }

    async fn lists_of_any_length_find_decimals(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Price]).await?;
        for number in 0..20 {
            Price::objects().acreate(|p| p.a(hundredths(number * 10)).n(0)).await?;
        }
        let many: Vec<_> = (0..2_000).map(|number| Decimal::new(number, 1)).collect();
        for length in [1, 2, 3, 600, 2_000] {
            let expected = many[..length].iter().filter(|number| **number < Decimal::TWO).count();
            assert_eq!(Price::objects().filter(|p| p.a.in_(&many[..length])).acount().await? as usize, expected);
        }
        Ok(())
    }

    async fn a_decimal_key_is_found_in_any_form(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Rate, Bill]).await?;
        let rate = Rate::objects().acreate(|r| r.percent(Decimal::new(75, 1)).name("half")).await?;
        let bill = Bill::objects().acreate(|b| b.rate(&rate)).await?;
        let other = Bill { id: 0, rate: ForeignKey::new(Decimal::new(7_500, 3)) };
        let other = Bill::objects().acreate(|b| b.rate(other.rate)).await?;
        assert_eq!(Rate::objects().aget(|r| r.percent.eq(Decimal::new(75_000, 4))).await?, rate);
        assert_eq!(Bill::objects().filter(|b| b.rate.name.eq("half")).acount().await?, 2);
        assert_eq!(Bill::objects().filter(|b| b.rate.eq(&rate)).order_by(|b| b.id.asc()).await?.len(), 2);
        let loaded = Bill::objects().select_related(|b| b.rate).aget(|b| b.id.eq(other.id)).await?;
        assert_eq!(loaded.rate.loaded(), Some(&rate));
        assert_eq!(Rate::objects().ain_bulk([Decimal::new(750, 2)]).await?.len(), 1);
        assert_ne!(bill.id, other.id);
        let doubled = Rate::objects().acreate(|r| r.percent(Decimal::new(75_00, 3)).name("again")).await.unwrap_err();
        assert!(matches!(doubled.kind(), ErrorKind::Integrity { .. }), "{doubled}");
        Ok(())
    }

    async fn rules_over_decimals_hold(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Goods]).await?;
        let add = |price: i64, cost: i64, fee: Option<i64>| {
            let goods = Goods::new().price(hundredths(price)).cost(Decimal::new(cost, 3));
            goods.fee(fee.map(hundredths)).asave()
        };
        let good = add(25_00, 12_500, Some(50)).await?;
        assert_eq!(good.margin.to_string(), "12.500");
        assert_eq!(add(25_01, 12_500, None).await?.margin.to_string(), "12.510");
        assert_eq!(add(200, 1_000, Some(25)).await?.margin.to_string(), "1.000");
        for (price, cost, fee) in [
            (0, 500, None),
            (24_99, 12_500, None),
            (99, 0, None),
            (999_999, 999_901, None),
            (1_00, 5, None),
            (13_00, 5, None),
            (40_00, 5, Some(49)),
            (50, 100, Some(50)),
            (30_00, 10, Some(25)),
        ] {
            let refused = add(price, cost, fee).await.map(drop).unwrap_err();
            assert!(matches!(refused.kind(), ErrorKind::Integrity { .. }), "{price} {cost} {fee:?}: {refused}");
        }
        Goods::objects().aupdate(|g| g.price.set(g.price + 1)).await?;
        let margins: Vec<_> = Goods::objects().order_by(|g| g.id.asc()).values(|g| g.margin).await?;
        assert_eq!(margins.iter().map(Decimal::to_string).collect::<Vec<_>>(), ["13.500", "13.510", "2.000"]);
        Ok(())
    }
}

/// What the `sqlite3` shell writes is found, and what we write it finds; an index on a decimal serves what needs equal texts.
#[tokio::test]
async fn a_file_of_ours_is_shared_with_plain_sqlite() -> Result<()> {
    let place = Place::sqlite();
    crate::support::run(place, async |db| {
        db.create_tables(dormouse::models![Price, Rate, Bill]).await?;
        Price::objects().acreate(|p| p.a(Decimal::new(71, 1)).n(1)).await?;
        let file = db.server().location.clone();
        let plain = rusqlite::Connection::open(&file).unwrap();
        plain.execute("INSERT INTO price (a, b, n) VALUES ('12.50', 1.125, 2), (9.99, NULL, 3)", []).unwrap();
        let first: String = plain.query_row("SELECT a FROM price WHERE a = '7.10'", [], |row| row.get(0)).unwrap();
        assert_eq!(first, "7.10");
        let texts = Price::objects().order_by(|p| p.a.desc()).values(|p| p.a).await?;
        assert_eq!(texts.iter().map(Decimal::to_string).collect::<Vec<_>>(), ["12.50", "9.99", "7.10"]);
        assert!(Price::objects().filter(|p| p.a.eq(Decimal::new(999, 2))).aexists().await?);
        let plan = Price::objects().filter(|p| p.a.eq(Decimal::ONE)).aexplain().await?;
        assert!(plan.contains("(a=?)"), "{plan}");
        let plan = Price::objects().filter(|p| p.a.in_([Decimal::ONE, Decimal::TEN])).aexplain().await?;
        assert!(plan.contains("(a=?)"), "{plan}");
        let many = (0..600).map(Decimal::from);
        let plan = Price::objects().filter(|p| p.a.in_(many)).aexplain().await?;
        assert!(plan.contains("(a=?)"), "{plan}");
        let plan = Bill::objects().select_related(|b| b.rate).aexplain().await?;
        assert!(plan.contains("(percent=?)"), "{plan}");
        Ok(())
    })
    .await
}

#[derive(Model, Debug, Clone)]
#[model(check(no_shouting, |l| !l.name.iregex("^[A-Z]+$")))]
struct Loud {
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model, Debug, Clone)]
#[model(check(ratio, |s| (s.a / 3).gt(1)))]
struct Shared {
    id: i64,
    #[field(max_digits = 8, decimal_places = 2)]
    a: Decimal,
}

/// What only this library could run is no part of a file.
#[tokio::test]
async fn a_rule_without_plain_words_is_refused() -> Result<()> {
    crate::support::run(Place::sqlite(), async |db| {
        for (models, name) in
            [(dormouse::models![Loud], "`no_shouting` of `Loud`"), (dormouse::models![Shared], "`ratio` of `Shared`")]
        {
            let refused = db.create_tables(models).await.unwrap_err();
            assert!(matches!(refused.kind(), ErrorKind::Unsupported { .. }), "{refused}");
            assert!(refused.to_string().contains(name), "{refused}");
        }
        Ok(())
    })
    .await
}
