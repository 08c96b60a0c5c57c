//! What an expression stores in a column of decimals can be read again: a number of more digits than a `Decimal` has is
//! `OutOfRange`, and nothing is stored.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};

use crate::support::{Place, matrix, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Rate {
    id: i64,
    rate: Decimal,
    maybe: Option<Decimal>,
    #[field(max_digits = 38, decimal_places = 10)]
    fine: Decimal,
    whole: i64,
}

/// A table of another program, whose columns have room for more.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "rates", managed = false)]
struct Theirs {
    id: i64,
    rate: Decimal,
    maybe: Option<Decimal>,
    #[field(max_digits = 38, decimal_places = 10)]
    fine: Decimal,
    whole: i64,
}

/// A table of others that holds what is no number …
#[derive(Model, Debug, Clone, PartialEq)]
#[model(managed = false)]
struct Source {
    id: i64,
    number: Decimal,
}

/// … and one of ours that copies it.
#[derive(Model, Debug, Clone, PartialEq)]
struct Copied {
    id: i64,
    #[field(on_delete = DoNothing, column = "source")]
    source: ForeignKey<Source>,
    number: Decimal,
}

/// What each assignment to a row makes of a column, outside of a transaction and in one: a number, or nothing but an error.
macro_rules! stores {
    ($model:ident: $($start:expr, $assignment:expr => $column:ident $stored:expr;)*) => {$(
        for inside in [false, true] {
            let told = format!("{}: {} by {}", stringify!($model), stringify!($start), stringify!($assignment));
            let mut before = $model::objects().aget_one().await?;
            (before.rate, before.maybe, before.fine) = ($start, Some($start), dec!(1.5));
            before.clone().asave().await?;
            let outcome = match inside {
                true => atomic(|tx| $model::objects().using(tx).update($assignment)).await,
                false => $model::objects().aupdate($assignment).await,
            };
            let found = $model::objects().aget_one().await.expect(&told);
            let stored: Option<Decimal> = $stored;
            match (outcome, stored) {
                (Ok(1), Some(stored)) => assert_eq!(Some(stored), found.$column.into(), "{told}"),
                (Err(error), None) => {
                    assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{told}: {error:?}");
                    assert!(error.to_string().contains(stringify!($column)), "{told}: {error}");
                    assert_eq!(found, before, "{told}");
                }
                (outcome, stored) => panic!("{told}: {outcome:?}, expected {stored:?}"),
            }
        }
    )*};
}

macro_rules! check {
    ($model:ident) => {
        $model::objects().acreate(|r| r.id(1).rate(1).maybe(1).fine(1).whole(i64::MAX)).await?;
        // 15 places, and all that there are.
        const HALF: Decimal = dec!(1.123456789012345);
        const ALL: Decimal = dec!(1.1234567890123450000000000001);
        const TINY: Decimal = dec!(0.0000000000000000000000000001);
        stores! {
            $model:
            HALF, |r| r.rate.set(r.rate * 2) => rate Some(dec!(2.24691357802469));
            HALF, |r| r.rate.set(r.rate * r.rate) => rate None;
            HALF, |r| r.maybe.set(r.maybe * r.rate) => maybe None;
            HALF, |r| r.rate.set(r.rate + TINY) => rate Some(ALL);
            HALF, |r| r.rate.set(-r.rate - TINY) => rate Some(-ALL);
            HALF, |r| r.rate.set(r.rate / 3) => rate Some(dec!(0.3744855963));
            HALF, |r| r.rate.set(r.rate + Decimal::MAX) => rate None;
            HALF, |r| r.maybe.set(r.rate * dec!(1000000)) => maybe Some(dec!(1123456.789012345));
            ALL, |r| r.rate.set(r.rate * dec!(0.5)) => rate None;
            ALL, |r| r.rate.set(r.rate * 7) => rate Some(dec!(7.8641975230864150000000000007));
            // Of as many places, and past 96 bits.
            ALL, |r| r.rate.set(r.rate * 8) => rate None;
            ALL, |r| r.maybe.set(-r.maybe * 8) => maybe None;
            ALL, |r| r.maybe.set(r.rate) => maybe Some(ALL);
            ALL, |r| r.rate.set(r.rate + 100) => rate None;
            dec!(2), |r| r.rate.set(r.rate + (Decimal::MAX - dec!(2))) => rate Some(Decimal::MAX);
            dec!(2), |r| r.rate.set(r.rate + Decimal::MAX) => rate None;
            dec!(2), |r| r.rate.set(-r.rate + Decimal::MIN) => rate None;
            dec!(2), |r| r.rate.set(r.whole) => rate Some(i64::MAX.into());
            dec!(100), |r| r.rate.set(r.rate * dec!(10000000000000000000000000)) => rate Some(dec!(1000000000000000000000000000));
            dec!(100), |r| r.rate.set(r.rate - 100) => rate Some(dec!(0));
            dec!(0.5), |r| r.rate.set(r.rate + 7_922_816_251_426_433i64) => rate Some(dec!(7922816251426433.5));
            // Rounded to its places first.
            TINY, |r| r.fine.set(r.rate) => fine Some(dec!(0));
            HALF, |r| r.fine.set(r.rate * 1000) => fine Some(dec!(1123.4567890123));
            dec!(2), |r| r.fine.set(r.fine * dec!(10000000000000000000)) => fine Some(dec!(15000000000000000000));
            dec!(7000000000000000000.5), |r| r.fine.set(r.rate + dec!(0.0000000001)) => fine Some(dec!(7000000000000000000.5000000001));
            dec!(8000000000000000000), |r| r.fine.set(r.rate + dec!(0.0000000001)) => fine None;
        }
        // NULL stays what it is.
        $model::objects().aupdate(|r| r.maybe.set(None)).await?;
        $model::objects().aupdate(|r| r.maybe.set(r.maybe * HALF)).await?;
        assert_eq!($model::objects().values(|r| r.maybe).aget_one().await?, None);
    };
}

matrix! {
    async fn a_decimal_that_is_stored_can_be_read(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Rate]).await?;
        check!(Rate);
        Ok(())
    }

    async fn a_decimal_that_is_stored_in_a_table_of_others_can_be_read(db: &Database) -> Result<()> {
        let (wide, fine) = match db.dialect().name() {
            "SQLite" => ("TEXT", "TEXT"),
            "PostgreSQL" => ("NUMERIC", "NUMERIC(60, 12)"),
            _ => ("DECIMAL(65, 30)", "DECIMAL(60, 12)"),
        };
        db.execute_sql(format!(
            "CREATE TABLE rates (id INTEGER PRIMARY KEY, rate {wide} NOT NULL, maybe {wide}, fine {fine} NOT NULL, \
             whole BIGINT NOT NULL)"
        ))
        .await?;
        check!(Theirs);
        Ok(())
    }

    async fn a_decimal_is_rounded_to_a_column_of_others_before_it_is_counted(db: &Database) -> Result<()> {
        let declared = match db.dialect().name() {
            "SQLite" => return Ok(()),
            "PostgreSQL" => "NUMERIC(40, 2)",
            _ => "DECIMAL(40, 2)",
        };
        db.execute_sql(format!(
            "CREATE TABLE rates (id INTEGER PRIMARY KEY, rate {declared} NOT NULL, maybe {declared}, \
             fine {declared} NOT NULL, whole BIGINT NOT NULL)"
        ))
        .await?;
        Theirs::objects().acreate(|r| r.id(1).rate(1).maybe(1).fine(1).whole(1)).await?;
        stores! {
            Theirs:
            dec!(2.25), |r| r.rate.set(r.rate * dec!(1.1234567890123450000000000001)) => rate Some(dec!(2.53));
            dec!(2.25), |r| r.rate.set(r.rate * 0 + Decimal::MAX) => rate Some(Decimal::MAX);
            dec!(2.25), |r| r.rate.set(r.rate + Decimal::MAX) => rate None;
        }
        Ok(())
    }
}

/// Only PostgreSQL keeps what is no number among decimals.
#[tokio::test]
async fn what_is_no_number_is_stored_in_no_column_of_ours() -> Result<()> {
    run(Place::postgres().await?, async |db| {
        db.execute_sql("CREATE TABLE source (id BIGINT PRIMARY KEY, number NUMERIC NOT NULL)").await?;
        db.create_tables(dormouse::models![Copied]).await?;
        db.execute_sql("INSERT INTO source VALUES (1, 'NaN')").await?;
        db.execute_sql("INSERT INTO copied (id, source, number) VALUES (1, 1, 2)").await?;
        let error = Copied::objects().aupdate(|c| c.number.set(c.source.number)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
        assert_eq!(Copied::objects().aget_one().await?.number, dec!(2));
        Ok(())
    })
    .await
}
