//! Arithmetic over columns of others that have other types than their fields: a number is computed with as what it is.

use std::fmt::Debug;

use chrono::TimeDelta;
use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result};

use crate::support::matrix;

/// Floats and decimals that the table has as integers, and integers that it has wider than they are.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "whole", managed = false)]
struct Whole {
    id: i64,
    f: f64,
    g: f64,
    big: f64,
    single: f32,
    below: f64,
    above: f64,
    d: Decimal,
    e: Decimal,
    least: Decimal,
    most: Decimal,
    int: i32,
    long: i64,
    span: TimeDelta,
    ratio: Option<f64>,
    amount: Option<Decimal>,
}

/// A row of ours …
#[derive(Model, Debug, Clone, PartialEq)]
struct Small {
    id: i32,
}

/// … that a table of others refers to by a wider column.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(managed = false)]
struct Refers {
    id: i64,
    #[field(on_delete = DoNothing)]
    small: ForeignKey<Small>,
}

async fn whole_numbers(db: &Database) -> Result<()> {
    let (int, unsigned, huge, double, decimal) = match db.dialect().name() {
        "SQLite" => ("INTEGER", "INTEGER", "INTEGER", "REAL", "TEXT"),
        "PostgreSQL" => ("int", "bigint", "bigint", "double precision", "numeric(28, 4)"),
        _ => ("INT", "INT UNSIGNED", "BIGINT UNSIGNED", "DOUBLE", "DECIMAL(28, 4)"),
    };
    let table = format!(
        "CREATE TABLE whole (id BIGINT PRIMARY KEY, f {int}, g {int}, big BIGINT, single {int}, below {unsigned}, \
         above {unsigned}, d BIGINT, e BIGINT, least {huge}, most {huge}, `int` BIGINT, `long` BIGINT, span BIGINT, \
         ratio {double}, amount {decimal})"
    );
    db.execute_sql(table.replace('`', quote(db))).await?;
    let (big, most, least) = (1_i64 << 62, i64::MAX, "-9223372036854775807 - 1");
    db.execute_sql(format!(
        "INSERT INTO whole VALUES (1, 1, 3, {big}, 3, 1, 2, {most}, {most}, 1, 2, {least}, {least}, {least}, 0.5, '0.5')"
    ))
    .await?;
    Ok(())
}

/// What an expression gives: handed back, compared, in lists, in order, in aggregates, and stored.
macro_rules! gives {
    ($type:ty, $stored:ident: $($w:ident => $expression:expr, $wanted:expr;)*) => {$({
        let ($w, wanted, all, what) = (Whole::fields(), $wanted, Whole::objects, stringify!($expression));
        let found = all().values(|_| $expression).aget_one().await?;
        assert_eq!(Option::<$type>::from(found), Some(wanted), "{what}");
        let (least, most, sum) = all().aaggregate(|_| (($expression).min(), ($expression).max(), ($expression).sum())).await?;
        assert_eq!((least, most, sum), (Some(wanted), Some(wanted), Some(wanted)), "{what}");
        for condition in [
            ($expression).eq(wanted),
            ($expression).between(wanted, wanted),
            ($expression).in_(vec![wanted; 2]),
            ($expression).in_(vec![wanted; 600]),
        ] {
            assert_eq!(all().filter(|_| condition.clone()).acount().await?, 1, "{what}: {condition:?}");
            assert_eq!(all().exclude(|_| condition.clone()).acount().await?, 0, "{what}: {condition:?}");
        }
        assert_eq!(all().order_by(|_| ($expression).asc()).values(|w| w.id).await?, [1], "{what}");
        all().aupdate(|_| $w.$stored.set($expression)).await?;
        assert_eq!(all().values(|w| w.$stored).await?, [Some(wanted)], "{what}");
    })*};
}

matrix! {
    async fn a_float_over_integers_is_computed_as_a_float(db: &Database) -> Result<()> {
        whole_numbers(db).await?;
        gives! { f64, ratio:
            w => w.f / w.g, 1.0 / 3.0;
            w => w.f / 3i32, 1.0 / 3.0;
            w => 1.0 / w.g, 1.0 / 3.0;
            w => w.id / w.g, 1.0 / 3.0;
            w => w.f / w.id, 1.0;
            w => w.f / w.single, 1.0 / 3.0;
            w => w.single / w.above, 1.5;
            w => w.g % w.above, 1.0;
            w => w.f - w.g, -2.0;
            w => w.below - w.above, -1.0;
            w => -w.above, -2.0;
            w => w.big * w.big, 4_611_686_018_427_387_904.0 * 4_611_686_018_427_387_904.0;
            w => w.big + w.big + w.big, 3.0 * 4_611_686_018_427_387_904.0;
            w => w.f * 0.1 + w.g, 3.1;
        }
        let means = Whole::objects().aaggregate(|w| ((w.f / w.g).avg(), (w.below - w.above).avg(), w.f.avg())).await?;
        assert_eq!(means, (Some(1.0 / 3.0), Some(-1.0), Some(1.0)));
        // Past 2^53 a product is the nearest float.
        Whole::objects().aupdate(|w| (w.f.set(94_906_267.0), w.big.set(9_007_199_254_740_992.0), w.amount.set(dec!(0)))).await?;
        gives! { f64, ratio: w => w.f * w.f, 94_906_267.0 * 94_906_267.0; }
        Ok(())
    }

    async fn an_integer_and_a_float_over_integers_are_compared_as_floats(db: &Database) -> Result<()> {
        whole_numbers(db).await?;
        let near = 9_007_199_254_740_992_i64;
        db.execute_sql(format!("UPDATE whole SET big = {near}, `long` = {}", near + 1).replace('`', quote(db))).await?;
        let w = Whole::fields();
        for (condition, count) in [
            (w.big.eq(w.long), 1),
            (w.long.eq(w.big), 1),
            (w.big.lt(w.long), 0),
            (w.big.gte(w.long), 1),
            ((w.big + 0i64).eq(w.long), 1),
            (w.big.eq(w.long + 0i64), 1),
            (w.big.in_([w.long, w.long]), 1),
        ] {
            assert_eq!(Whole::objects().filter(|_| condition.clone()).acount().await?, count, "{condition:?}");
            assert_eq!(Whole::objects().exclude(|_| condition.clone()).acount().await?, 1 - count, "{condition:?}");
        }
        Ok(())
    }

    async fn a_decimal_over_integers_is_computed_as_a_decimal(db: &Database) -> Result<()> {
        whole_numbers(db).await?;
        gives! { Decimal, amount:
            w => w.d + w.e, dec!(18446744073709551614);
            w => w.d + 1i64, dec!(9223372036854775808);
            w => w.d * w.most, dec!(18446744073709551614);
            w => w.d * 1_000i64, dec!(9223372036854775807000);
            w => w.least - w.most, dec!(-1);
            w => -w.most, dec!(-2);
            w => w.least / w.most, dec!(0.5);
            w => w.d % w.most, dec!(1);
            w => w.least * dec!(0.25), dec!(0.25);
            w => w.d - w.long, dec!(18446744073709551615);
        }
        let means = Whole::objects().aaggregate(|w| ((w.least - w.most).avg(), w.d.sum())).await?;
        assert_eq!(means, (Some(dec!(-1)), Some(dec!(9223372036854775807))));
        Ok(())
    }

    /// A least integer of 64 bits in a narrower field: no operation wraps around.
    async fn a_number_past_its_field_does_not_wrap_around(db: &Database) -> Result<()> {
        whole_numbers(db).await?;
        let w = Whole::fields();
        let nothing = || w.id * 0i64;
        for (what, expression) in [
            ("0 - int", nothing() - w.int),
            ("0 - long", nothing() - w.long),
            ("1 - 1 - int", w.id - 1i64 - w.int),
            ("-int", 0i64 * w.id - (-(-w.int + 0i64) + 0i64)),
            ("int - 1", w.int - 1i64),
            ("int * -1", w.int * -1i64),
            ("int / -1", w.int / -1i64),
        ] {
            let all = Whole::objects;
            is_past(what, all().values(|_| expression.clone()).await);
            is_past(what, all().filter(|_| expression.clone().lt(0i64)).acount().await);
            is_past(what, all().exclude(|_| expression.clone().eq(0i64)).acount().await);
            is_past(what, all().filter(|_| expression.clone().in_(vec![0i64; 600])).acount().await);
            is_past(what, all().aaggregate(|_| expression.clone().sum()).await);
            is_past(what, all().aaggregate(|_| expression.clone().max()).await);
            is_past(what, all().aupdate(|w| w.long.set(expression.clone())).await);
        }
        let (span, same) = (Whole::fields().span, Whole::fields().span);
        is_past("0 - span", Whole::objects().values(|_| span - same - span).await);
        Ok(())
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kept", managed = false)]
struct Kept {
    id: i64,
    float: f64,
    single: f32,
    huge: f64,
    #[field(max_digits = 12, decimal_places = 2)]
    amount: Decimal,
    long: i64,
    ratio: f64,
    #[field(max_digits = 12, decimal_places = 4)]
    exact: Decimal,
}

matrix! {
    /// Rounded once, and what is stored can be read again.
    async fn a_column_of_integers_keeps_the_nearest_number_that_its_field_reads(db: &Database) -> Result<()> {
        let (int, big, double, decimal) = match db.dialect().name() {
            "SQLite" => ("INTEGER", "", "REAL", "TEXT"),
            "PostgreSQL" => ("int", "bigint", "double precision", "numeric(12, 4)"),
            _ => ("INT UNSIGNED", "BIGINT UNSIGNED", "DOUBLE", "DECIMAL(12, 4)"),
        };
        db.execute_sql(
            format!(
                "CREATE TABLE kept (id BIGINT PRIMARY KEY, `float` {int}, single {int}, huge {big}, amount {int}, \
                 `long` BIGINT, ratio {double}, exact {decimal})"
            )
            .replace('`', quote(db)),
        )
        .await?;
        db.execute_sql("INSERT INTO kept VALUES (1, 0, 0, 0, 0, 0, 0, 0)").await?;
        let all = Kept::objects;
        for long in [1_i64 << 53, (1 << 53) + 1, (1 << 53) + 3, 1 << 62, (1 << 62) + 257] {
            all().aupdate(|k| k.long.set(long)).await?;
            all().aupdate(|k| k.huge.set(k.long)).await?;
            assert_eq!(all().values(|k| k.huge).await?, [long as f64], "{long}");
            all().aupdate(|k| k.huge.set(k.long - 1i64)).await?;
            assert_eq!(all().values(|k| k.huge).await?, [(long - 1) as f64], "{long} - 1");
        }
        if db.dialect().name() == "SQLite" {
            // No column there has integers only.
            return Ok(());
        }
        for ratio in [0.5, 1.5, 2.5, 3.4999999999999996, 16_777_217.0, 1e9 + 0.5] {
            all().aupdate(|k| k.ratio.set(ratio)).await?;
            all().aupdate(|k| (k.float.set(k.ratio), k.single.set(k.ratio), k.huge.set(k.ratio + 0i64))).await?;
            let nearest = ratio.round_ties_even();
            let single = (ratio as f32).round_ties_even();
            assert_eq!(all().values(|k| (k.float, k.single, k.huge)).await?, [(nearest, single, nearest)], "{ratio}");
        }
        for (exact, amount) in [(dec!(2.4962), 2), (dec!(2.4999), 2), (dec!(2.5), 3), (dec!(7.4950), 7), (dec!(0.0049), 0)] {
            all().aupdate(|k| k.exact.set(exact)).await?;
            all().aupdate(|k| k.amount.set(k.exact)).await?;
            assert_eq!(all().values(|k| k.amount).await?, [Decimal::from(amount)], "{exact}");
            all().aupdate(|k| k.amount.set(k.exact * 1i64)).await?;
            assert_eq!(all().values(|k| k.amount).await?, [Decimal::from(amount)], "{exact} * 1");
        }
        all().aupdate(|k| k.ratio.set(5e9)).await?;
        is_past("float", all().aupdate(|k| k.float.set(k.ratio)).await);
        is_past("single", all().aupdate(|k| k.single.set(k.ratio)).await);
        is_past("huge", all().aupdate(|k| k.huge.set(k.ratio * 5e9)).await);
        is_past("single", all().aupdate(|k| k.single.set(k.ratio * 1e200 * 1e50)).await);
        Ok(())
    }
}

/// A table of ours whose key has the type of theirs.
#[derive(Model, Debug)]
struct Following {
    id: i64,
    zero: i32,
    #[field(on_delete = Cascade)]
    narrow: ForeignKey<Narrow>,
    #[field(on_delete = Cascade)]
    exact: ForeignKey<Exact>,
}

#[derive(Model, Debug)]
#[model(table = "narrow", managed = false)]
struct Narrow {
    #[field(primary_key)]
    key: i32,
}

#[derive(Model, Debug)]
#[model(table = "exact", managed = false)]
struct Exact {
    #[field(primary_key, max_digits = 20, decimal_places = 0)]
    key: Decimal,
}

matrix! {
    async fn a_key_of_ours_is_computed_with_as_what_it_refers_to(db: &Database) -> Result<()> {
        let unsigned = if db.dialect().name() == "MariaDB" { "BIGINT UNSIGNED" } else { "BIGINT" };
        for statement in [
            "CREATE TABLE narrow (`key` BIGINT PRIMARY KEY)".to_owned(),
            format!("CREATE TABLE exact (`key` {unsigned} PRIMARY KEY)"),
            format!("INSERT INTO exact VALUES ({})", i64::MAX),
            "INSERT INTO narrow VALUES (-9223372036854775807 - 1)".to_owned(),
        ] {
            db.execute_sql(statement.replace('`', quote(db))).await?;
        }
        db.create_tables(dormouse::models![Following]).await?;
        db.execute_sql(format!(
            "INSERT INTO following (id, zero, narrow_id, exact_id) VALUES (1, 0, -9223372036854775807 - 1, {})",
            i64::MAX
        ))
        .await?;
        is_past("0 - key", Following::objects().values(|f| f.zero - f.narrow.key).await);
        is_past("0 - key", Following::objects().filter(|f| (f.zero - f.narrow.key).lt(0)).acount().await);
        let exact = Following::objects().values(|f| (f.exact.key + f.exact.key, f.zero - f.exact.key - 1i64)).await?;
        assert_eq!(exact, [(dec!(18446744073709551614), dec!(-9223372036854775808))]);
        let sum = Following::objects().aaggregate(|f| (f.exact.key * 1_000i64).sum()).await?;
        assert_eq!(sum, Some(dec!(9223372036854775807000)));
        Ok(())
    }
}

fn is_past<T: Debug>(what: &str, outcome: Result<T>) {
    let is_out_of_range = |error: &Error| matches!(error.kind(), ErrorKind::OutOfRange { .. });
    assert!(outcome.as_ref().is_err_and(is_out_of_range), "{what}: {outcome:?}");
}

fn quote(db: &Database) -> &'static str {
    if db.dialect().name() == "MariaDB" { "`" } else { "\"" }
}

matrix! {
    async fn a_key_to_a_row_of_ours_has_the_type_of_its_own_table(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Small]).await?;
        db.execute_sql("CREATE TABLE refers (id BIGINT PRIMARY KEY, small_id BIGINT NOT NULL)").await?;
        db.execute_sql("INSERT INTO refers VALUES (1, -9223372036854775807 - 1)").await?;
        let below = Refers::objects().filter(|r| (r.id * 0 - r.small.id).lt(0_i64)).acount().await;
        let error = below.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. } | ErrorKind::Decode { .. }), "{error:?}");
        Ok(())
    }
}
