//! A statement means its own types, whatever was asked before on its connection.

use dormouse::Result;
use dormouse::prelude::*;
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::support::{Dice, matrix};

#[derive(Model, Debug, Clone)]
struct Number {
    id: i64,
    small: i16,
    int: i32,
    large: Option<i64>,
    unsigned: u32,
    float: f64,
    #[field(max_digits = 12, decimal_places = 4)]
    exact: Decimal,
}

/// A table of whole numbers …
#[derive(Model, Debug, Clone)]
#[model(table = "amount")]
struct Whole {
    id: i64,
    n: i64,
}

/// … and the same, as it is not.
#[derive(Model, Debug, Clone)]
#[model(table = "amount", managed = false)]
struct Half {
    id: i64,
    n: f64,
}

/// A question, and its right answer.
type Ask = (fn() -> BoxFuture<'static, Result<String>>, &'static str);

macro_rules! values {
    ($($expression:expr => $answer:literal;)*) => {
        vec![$({
            let ask: fn() -> BoxFuture<'static, Result<String>> =
                || async { Ok(format!("{:?}", Number::objects().values($expression).await?)) }.boxed();
            (ask, $answer)
        }),*]
    };
}

macro_rules! counts {
    ($($condition:expr => $answer:literal;)*) => {
        vec![$({
            let ask: fn() -> BoxFuture<'static, Result<String>> =
                || async { Ok(Number::objects().filter($condition).acount().await?.to_string()) }.boxed();
            (ask, $answer)
        }),*]
    };
}

/// Sets columns and shows the row, which then is as before.
macro_rules! updates {
    ($($assignments:expr => $answer:literal;)*) => {
        vec![$({
            let ask: fn() -> BoxFuture<'static, Result<String>> = || async {
                Number::objects().aupdate($assignments).await?;
                let row = Number::objects().values(|n| (n.small, n.int, n.large, n.unsigned, n.float)).await?;
                Number::objects()
                    .aupdate(|n| (n.small.set(10i16), n.int.set(10), n.large.set(10), n.unsigned.set(10u32), n.float.set(8.0)))
                    .await?;
                Ok(format!("{:?}", row[0]))
            }.boxed();
            (ask, $answer)
        }),*]
    };
}

fn asks() -> Vec<Ask> {
    let mut asks: Vec<Ask> = values! {
        |n| n.large + 1i16 => "[Some(11)]";
        |n| n.large + 1 => "[Some(11)]";
        |n| n.large + 1i64 => "[Some(11)]";
        |n| n.large + 1u8 => "[Some(11)]";
        |n| n.large + 0.5 => "[Some(10.5)]";
        |n| n.large + dec!(0.5) => "[Some(10.5)]";
        |n| n.large * 2 - 1i64 => "[Some(19)]";
        |n| n.large * 2.0 - 1i64 => "[Some(19.0)]";
        |n| n.small + 1i16 => "[11]";
        |n| n.small + 1 => "[11]";
        |n| n.small - 0.5 => "[9.5]";
        |n| n.int / 4 => "[2]";
        |n| n.int / 4i64 => "[2]";
        |n| n.int / 4.0 => "[2.5]";
        |n| n.int % 4u64 => "[2]";
        |n| n.int % 4.5 => "[1.0]";
        |n| n.unsigned - 20 => "[-10]";
        |n| n.unsigned - 20i64 => "[-10]";
        |n| n.unsigned - 0.5 => "[9.5]";
        |n| n.float + 1 => "[9.0]";
        |n| n.float + 1i64 => "[9.0]";
        |n| n.float + 0.25 => "[8.25]";
        |n| 1 - n.float => "[-7.0]";
        |n| 0.5 - n.float => "[-7.5]";
        |n| 1i64 - n.large => "[Some(-9)]";
        |n| 0.5 - n.large => "[Some(-9.5)]";
        |n| (n.float - 1 + n.large) * 0.5 => "[Some(8.5)]";
        |n| (n.float - 1.0 + n.large) * 2i64 => "[Some(34.0)]";
    };
    asks.extend::<Vec<Ask>>(counts! {
        |n| (n.small + 1i16).gt(10i16) => "1";
        |n| (n.small + 1).gt(10) => "1";
        |n| (n.small + 1i64).gt(10i64) => "1";
        |n| (n.small + 0.5).gt(10.25) => "1";
        |n| (n.small * 1i16).in_([10i16, 11]) => "1";
        |n| (n.small * 1).in_([10, 11]) => "1";
        |n| (n.small * 1i64).in_([10i64, 11]) => "1";
        |n| (n.small * 1.0).in_([10.0, 11.5]) => "1";
        |n| (n.large + 1).between(n.small, 11i64) => "1";
        |n| (n.small + 1i16).between(n.small, 11i16) => "1";
        |n| n.small.gt(9i16) & n.int.gt(9) & n.large.gt(9i64) & n.unsigned.gt(9u32) & n.float.gt(7.5) => "1";
        |n| n.float.gt(7) & n.exact.gt(2) => "1";
        |n| n.float.gt(7.5) & n.exact.gt(dec!(2.25)) => "1";
        |n| n.exact.in_([dec!(2.5), dec!(3)]) => "1";
    });
    asks.extend::<Vec<Ask>>(updates! {
        |n| n.float.set(n.float * 1.0) => "(10, 10, Some(10), 10, 8.0)";
        |n| n.float.set(n.float * 2) => "(10, 10, Some(10), 10, 16.0)";
        |n| n.float.set(n.float * 2i64) => "(10, 10, Some(10), 10, 16.0)";
        |n| n.large.set(n.large - 1) => "(10, 10, Some(9), 10, 8.0)";
        |n| n.large.set(n.large - 1i64) => "(10, 10, Some(9), 10, 8.0)";
        |n| n.large.set(n.large - 1.0) => "(10, 10, Some(9), 10, 8.0)";
        |n| n.small.set(n.small - 1i64) => "(9, 10, Some(10), 10, 8.0)";
        |n| n.small.set(n.small - 1i16) => "(9, 10, Some(10), 10, 8.0)";
        |n| (n.unsigned.set(n.unsigned - 1), n.int.set(n.int - 1i64)) => "(10, 9, Some(10), 9, 8.0)";
        |n| (n.unsigned.set(n.unsigned - 1i64), n.int.set(n.int - 1)) => "(10, 9, Some(10), 9, 8.0)";
        |n| n.large.set(None) => "(10, 10, None, 10, 8.0)";
        |n| n.large.set(7) => "(10, 10, Some(7), 10, 8.0)";
    });
    asks
}

matrix! {
    /// In any order of the types of literals, on connections that have seen the others.
    async fn a_statement_means_its_own_types(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Number]).await?;
        Number::objects()
            .acreate(|n| n.small(10i16).int(10).large(10).unsigned(10u32).float(8.0).exact(dec!(2.5)))
            .await?;
        let mut dice = Dice::of("literals of several types");
        let mut asks = asks();
        for _ in 0..12 {
            for index in (1..asks.len()).rev() {
                asks.swap(index, dice.below(index + 1));
            }
            for (index, (ask, answer)) in asks.iter().enumerate() {
                let found = ask().await.unwrap_or_else(|error| format!("{error:?}"));
                assert_eq!(found, *answer, "ask {index}");
            }
        }
        Ok(())
    }

    /// Two models of one table give one text with values of different types.
    async fn the_types_of_another_model_of_the_table_are_not_read(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Whole]).await?;
        for _ in 0..3 {
            Whole::objects().acreate(|w| w.n(8)).await?;
            assert!(Half::objects().acreate(|h| h.n(7.0)).await?.n == 7.0);
            assert_eq!(Whole::objects().filter(|w| w.n.eq(7)).aupdate(|w| w.n.set(8)).await?, 1);
            assert_eq!(Half::objects().filter(|h| h.n.eq(8.0)).aupdate(|h| h.n.set(9.0)).await?, 2);
            assert_eq!(Whole::objects().filter(|w| w.n.in_([9, 10])).acount().await?, 2);
            assert_eq!(Half::objects().filter(|h| h.n.in_([9.0, 10.0])).adelete().await?.total, 2);
        }
        Ok(())
    }
}
