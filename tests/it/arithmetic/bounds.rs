//! Numbers around the bounds of every type are stored by expression as plain Rust rounds them, or refused.

use std::fmt::Debug;

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};

use super::{numbers, wide_numbers};
use crate::support::{matrix, on_each};

// In a table of our own; and in one whose columns are wider, which is not.
numbers! { Kept: 24 {} }
numbers! { #[model(managed = false, table = "roomy")] Tight: 24 {} }
wide_numbers! { Roomy: 24, 2 {} }

/// Around a bound: itself, the floats beside it, and those between it and the next integers.
fn floats(bound: i128) -> Vec<f64> {
    let at = bound as f64;
    vec![at, at.next_up(), at.next_down(), at - 0.5, at + 0.5, at - 1.0, at + 1.0, at - 1.5, at + 1.5]
}

fn decimals(bound: i128) -> Vec<Decimal> {
    let steps = [dec!(0), dec!(0.49), dec!(0.5), dec!(1), dec!(1.5)];
    let at = Decimal::from_i128_with_scale(bound, 0);
    steps.iter().flat_map(|step| [at - step, at + step]).collect()
}

fn half_away(decimal: Decimal) -> i128 {
    let doubled = (decimal.abs() * dec!(2)).floor().mantissa();
    (doubled + 1) / 2 * if decimal.is_sign_negative() { -1 } else { 1 }
}

/// What a column kept, held against what plain Rust says it keeps; and if that is nothing, that it was refused.
fn agree<T: PartialEq + Debug>(outcome: Result<u64>, found: T, expected: Option<T>, before: T, what: &dyn Debug) {
    match (outcome, expected) {
        (Ok(1), Some(expected)) => assert_eq!(found, expected, "{what:?}"),
        (Err(error), None) => {
            assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{what:?}: {error:?}");
            assert_eq!(found, before, "{what:?}");
        }
        (outcome, expected) => panic!("{what:?}: {outcome:?}, expected {expected:?}"),
    }
}

macro_rules! check {
    ($model:ident: $($column:ident $type:ty;)*) => {
        $model::objects()
            .acreate(|o| {
                o.tiny(7i8).small(7i16).int(7).large(7i64).byte(7u8).word(7u16).count(7u32).huge(7u64).single(7.0).double(7.0).exact(7)
            })
            .await?;
        $(
            let most = (<$type>::MAX as i128).min(i64::MAX.into());
            for bound in [<$type>::MIN as i128, most] {
                let holds = |value: i128| if value > most { None } else { <$type>::try_from(value).ok() };
                for float in floats(bound) {
                    $model::objects().aupdate(|o| (o.double.set(float), o.$column.set(7 as $type))).await?;
                    let outcome = $model::objects().aupdate(|o| o.$column.set(o.double)).await;
                    let found = $model::objects().values(|o| o.$column).aget_one().await?;
                    let what = (stringify!($model), stringify!($column), float);
                    agree(outcome, found, holds(float.round_ties_even() as i128), 7, &what);
                }
                for decimal in decimals(bound) {
                    $model::objects().aupdate(|o| (o.exact.set(decimal), o.$column.set(7 as $type))).await?;
                    let outcome = $model::objects().aupdate(|o| o.$column.set(o.exact + 0)).await;
                    let found = $model::objects().values(|o| o.$column).aget_one().await?;
                    let what = (stringify!($model), stringify!($column), decimal);
                    agree(outcome, found, holds(half_away(decimal)), 7, &what);
                }
            }
        )*
        // From here on the nearest float of 32 bits is infinity.
        const END: f64 = 340_282_356_779_733_661_637_539_395_458_142_568_448.0;
        let singles = [END, END.next_down(), f32::MAX.into(), f64::from(f32::MAX).next_up(), 0.1, 1e39, 16_777_217.0];
        for float in singles.into_iter().flat_map(|float| [float, -float]) {
            $model::objects().aupdate(|o| (o.double.set(float), o.single.set(7.0))).await?;
            let outcome = $model::objects().aupdate(|o| o.single.set(o.double)).await;
            let found = $model::objects().values(|o| o.single).aget_one().await?;
            let nearest = float as f32;
            agree(outcome, found, Some(nearest).filter(|nearest| nearest.is_finite()), 7.0, &(stringify!($model), float));
        }
    };
}

matrix! {
    async fn a_column_of_ours_keeps_what_rounds_into_it(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Kept]).await?;
        check!(Kept: tiny i8; small i16; int i32; large i64; byte u8; word u16; count u32; huge u64;);
        Ok(())
    }

    async fn a_wider_column_keeps_what_rounds_into_the_model(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Roomy]).await?;
        check!(Tight: tiny i8; small i16; int i32; large i64; byte u8; word u16; count u32; huge u64;);
        Ok(())
    }
}

#[derive(Model, Debug)]
#[model(managed = false, table = "others")]
struct Other {
    id: i64,
    huge: u64,
    signed: i64,
    int: i32,
    float: f64,
}

/// A query over a number past 64 signed bits is refused, wherever the number stands in it.
async fn is_past<T: Debug>(what: &str, query: impl IntoFuture<Output = Result<T>>) {
    let error = query.await.expect_err(what);
    assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{what}: {error:?}");
}

on_each! {
    // Others have no type for such numbers.
    async fn numbers_of_others_past_64_bits_are_refused(db: &Database) -> Result<()> {
        db.execute_sql(
            "CREATE TABLE others (id BIGINT PRIMARY KEY, huge BIGINT UNSIGNED NOT NULL, \
             `signed` BIGINT UNSIGNED NOT NULL, `int` BIGINT UNSIGNED NOT NULL, `float` DOUBLE NOT NULL)",
        )
        .await?;
        let all = Other::objects;
        all().acreate(|o| o.id(1).huge(5u64).signed(7i64).int(3).float(0.5)).await?;
        let inside = all().values(|o| (o.huge - o.signed, -o.signed, o.int - 4, o.signed / -2i64, o.huge * 0.5)).await?;
        assert_eq!(inside, [(-2, -7, -1, -3, 2.5)]);
        assert_eq!(all().filter(|o| (o.huge - o.signed).lt(0i64)).acount().await?, 1);
        let below = all().aaggregate(|o| (o.huge - 6u64).sum()).await?;
        assert_eq!(below, Some(-1));
        assert_eq!(all().aupdate(|o| (o.int.set(o.signed), o.huge.set(o.int + 1), o.float.set(-o.huge))).await?, 1);
        assert_eq!(all().values(|o| (o.int, o.huge, o.float)).await?, [(7, 4, -5.0)]);
        is_past("below 0", all().aupdate(|o| o.huge.set(o.huge - 5))).await;

        db.execute_sql("UPDATE others SET huge = 9223372036854775808, `signed` = 18446744073709551615").await?;
        is_past("select", all().values(|o| o.huge)).await;
        is_past("select + 0", all().values(|o| o.signed + 0)).await;
        is_past("select -", all().values(|o| -o.huge)).await;
        is_past("select * float", all().values(|o| o.huge * 0.5)).await;
        is_past("select * decimal", all().values(|o| o.huge * dec!(0.5))).await;
        is_past("filter", all().filter(|o| (o.signed - 1).lt(0i64)).acount()).await;
        is_past("filter %", all().filter(|o| (o.huge % 2).eq(0i64)).acount()).await;
        is_past("set", all().aupdate(|o| o.int.set(o.signed))).await;
        is_past("set float", all().aupdate(|o| o.float.set(o.signed + 1))).await;
        is_past("set other", all().aupdate(|o| o.huge.set(o.signed))).await;
        is_past("sum", all().aaggregate(|o| o.huge.sum())).await;
        is_past("min", all().aaggregate(|o| o.huge.min())).await;
        is_past("max", all().aaggregate(|o| o.signed.max())).await;
        is_past("sum of", all().aaggregate(|o| (o.signed - 1).sum())).await;
        is_past("mean of", all().aaggregate(|o| (o.signed - 1).avg())).await;
        is_past("order", all().order_by(|o| (o.signed + 1).asc()).values(|o| o.id)).await;
        let mean = all().aaggregate(|o| o.huge.avg()).await?;
        assert_eq!(mean, Some(9_223_372_036_854_775_808.0), "a float has room for it");
        Ok(())
    }
    on mariadb
}
