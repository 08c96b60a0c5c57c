//! The mean of durations is that of plain Rust, and a zero has no sign.

use chrono::TimeDelta;
use dormouse::Result;
use dormouse::prelude::*;

use crate::support::{Dice, matrix};

#[derive(Model, Debug)]
struct Lap {
    id: i64,
    heat: i32,
    time: TimeDelta,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Zero {
    id: i64,
    float: f64,
    single: f32,
    may: Option<f64>,
    document: Option<serde_json::Value>,
    typed: Option<Json<Vec<f32>>>,
}

#[derive(Model, Debug)]
struct Score {
    id: i64,
    heat: i32,
    long: i64,
    middle: i32,
    short: i16,
}

/// The exact mean, rounded half away from zero.
fn mean(times: &[i64]) -> TimeDelta {
    let (sum, count) = (times.iter().map(|time| i128::from(*time)).sum::<i128>(), times.len() as i128);
    let rounded = (sum.abs() * 2 + count) / (2 * count) * sum.signum();
    TimeDelta::microseconds(i64::try_from(rounded).unwrap())
}

/// The float that is nearest to a quotient: of its neighbours, the one whose product is nearest.
fn quotient(sum: i128, count: usize) -> f64 {
    let near = sum as f64 / count as f64;
    let off = |float: &f64| {
        // In units of 2^-20, which are exact for floats of this size and finer than half a step of those above 2^40.
        let scaled = (float * f64::from(1 << 20)) as i128;
        (scaled * count as i128 - (sum << 20)).abs()
    };
    if near.abs() < 1e12 {
        return near;
    }
    [near, near.next_up(), near.next_down()].into_iter().min_by_key(off).unwrap()
}

matrix! {
    async fn the_mean_of_durations_is_rounded_once(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Lap]).await?;
        let mut dice = Dice::of("laps");
        let mut heats = vec![vec![i64::MAX; 3], vec![i64::MIN, -1, 0, 1]];
        for _ in 0..30 {
            let bound = dice.pick(&[2, 10, 1 << 40, i64::MAX]);
            let time = |dice: &mut Dice| dice.pick(&[0, 1, -1, bound, -bound, bound / 2, bound / 3 - 1, bound - 1]);
            heats.push((0..1 + dice.below(9)).map(|_| time(&mut dice)).collect());
        }
        let of = |heat: usize| Lap::objects().filter(move |l| l.heat.eq(heat as i32)).aaggregate(|l| l.time.avg());
        for (heat, times) in heats.iter().enumerate() {
            for time in times {
                Lap::objects().acreate(|l| l.heat(heat as i32).time(TimeDelta::microseconds(*time))).await?;
            }
            assert_eq!(of(heat).await?, Some(mean(times)), "{times:?}");
        }

        // A little less than a half, which is a half in four places.
        Lap::objects().adelete().await?;
        Lap::objects().acreate(|l| l.heat(0).time(TimeDelta::microseconds(1))).await?;
        Lap::objects().acreate(|l| l.heat(0).time(TimeDelta::zero())).await?;
        for _ in 0..13 {
            db.execute_sql("INSERT INTO lap (heat, time) SELECT heat, time FROM lap").await?;
        }
        Lap::objects().acreate(|l| l.heat(0).time(TimeDelta::zero())).await?;
        assert_eq!(of(0).await?, Some(TimeDelta::zero()));
        Ok(())
    }

    async fn the_mean_of_integers_is_rounded_once(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Score]).await?;
        let mut dice = Dice::of("scores");
        let mut heats = vec![vec![3_002_399_751_580_331; 3], vec![i64::MAX; 3], vec![i64::MIN, -1, 0, 1], vec![1, 0, 0]];
        for _ in 0..30 {
            let bound = dice.pick(&[2, 10, 1 << 40, 3_002_399_751_580_331, (1 << 53) + 1, i64::MAX]);
            let score = |dice: &mut Dice| dice.pick(&[0, 1, -1, bound, -bound, bound / 2, bound / 3 - 1, bound - 1]);
            heats.push((0..1 + dice.below(9)).map(|_| score(&mut dice)).collect());
        }
        for (heat, scores) in heats.iter().enumerate() {
            for score in scores {
                let (middle, short) = (*score as i32, *score as i16);
                Score::objects().acreate(|s| s.heat(heat as i32).long(*score).middle(middle).short(short)).await?;
            }
            let of = Score::objects().filter(|s| s.heat.eq(heat as i32));
            let of = of.aaggregate(|s| (s.long.avg(), s.middle.avg(), s.short.avg())).await?;
            let exact = |score: fn(&i64) -> i64| Some(quotient(scores.iter().map(score).map(i128::from).sum(), scores.len()));
            let right = (exact(|score| *score), exact(|score| (*score as i32).into()), exact(|score| (*score as i16).into()));
            assert_eq!(of, right, "{scores:?}");
        }
        Ok(())
    }

    async fn a_computed_zero_has_no_sign(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Zero]).await?;
        Zero::objects().acreate(|z| z.float(0.0).single(0.0).may(0.0)).await?;
        let plus = |found: f64| assert_eq!(found.to_bits(), 0, "{found:?}");
        let (a, b, c) = Zero::objects().values(|z| (-z.float, z.float * -1.0, z.single * -1.0)).aget_one().await?;
        let (d, e) = Zero::objects().values(|z| (z.float / -2.0, -z.may)).aget_one().await?;
        [Some(a), Some(b), Some(c), Some(d), e].into_iter().flatten().for_each(plus);
        assert_eq!(Zero::objects().values(|z| -z.single).aget_one().await?.to_bits(), 0);

        let set = Zero::objects().aupdate(|z| (z.float.set(-z.float), z.single.set(-z.single), z.may.set(z.may * -1.0)));
        assert_eq!(set.await?, 1);
        let row = Zero::objects().aget_one().await?;
        [row.float, row.single.into(), row.may.unwrap()].into_iter().for_each(plus);
        let of = Zero::objects().aaggregate(|z| (z.float.min(), z.float.max(), z.float.sum(), z.may.avg())).await?;
        [of.0, of.1, of.2, of.3].into_iter().for_each(|found| plus(found.unwrap()));
        assert_eq!(Zero::objects().filter(|z| (-z.float).eq(0.0) & (z.float * -1.0).gte(0.0)).acount().await?, 1);
        Ok(())
    }

    async fn a_zero_in_a_document_has_no_sign(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Zero]).await?;
        let document = serde_json::json!({"zero": -0.0, "list": [-0.0, [{"deep": -0.0}], -1.5, "-0.0"]});
        let row = Zero::new().float(0.0).single(0.0).document(document.clone()).typed(Json(vec![-0.0, 1.0])).asave().await?;
        let read = Zero::objects().aget_one().await?;
        assert_eq!(read, row);
        assert_eq!(read.typed.unwrap().0[0].to_bits(), 0);
        let read = read.document.unwrap();
        assert_eq!(read.to_string(), r#"{"list":[0.0,[{"deep":0.0}],-1.5,"-0.0"],"zero":0.0}"#);
        assert_eq!(Zero::objects().filter(|z| z.document.eq(document)).acount().await?, 1);
        Ok(())
    }
}
