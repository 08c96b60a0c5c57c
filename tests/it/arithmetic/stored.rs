//! What an expression becomes when a column stores it: what the column holds, or `OutOfRange` with nothing stored.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};

use super::{numbers, wide_numbers};
use crate::support::matrix;

// In a table of our own; and in one whose columns are wider, which is not.
numbers! { Own: 6 { #[field(max_length = 5)] short: String, long: String, } }
numbers! { #[model(managed = false, table = "wide")] Narrow: 6 { #[field(max_length = 5)] short: String, long: String, } }
wide_numbers! { Wide: 12, 6 { short: String, long: String, } }

/// Each assignment to a row, in and outside of a transaction: what it stores, or that it is refused and stored nothing.
macro_rules! held {
    ($model:ident: $($assignment:expr => $column:ident $(= $stored:expr)?;)*) => {$(
        let before = $model::objects().aget_one().await?;
        let outcome = $model::objects().aupdate($assignment).await;
        held!(@ $model, before, outcome, stringify!($assignment), $column $(= $stored)?);
        before.clone().asave().await?;
        let outcome = atomic(|tx| $model::objects().using(tx).update($assignment)).await;
        held!(@ $model, before, outcome, stringify!($assignment), $column $(= $stored)?);
        before.clone().asave().await?;
    )*};
    (@ $model:ident, $before:ident, $outcome:ident, $text:expr, $column:ident) => {
        let error = $outcome.expect_err($text);
        assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{}: {error:?}", $text);
        assert_eq!($model::objects().aget_one().await?, $before, "{}", $text);
    };
    (@ $model:ident, $before:ident, $outcome:ident, $text:expr, $column:ident = $stored:expr) => {
        assert_eq!($outcome.expect($text), 1);
        assert_eq!($model::objects().aget_one().await?.$column, $stored, "{}", $text);
    };
}

macro_rules! check {
    ($model:ident) => {
        held! {
            $model:
            |o| o.tiny.set(o.tiny + 27) => tiny = 127;
            |o| o.tiny.set(o.tiny + 28) => tiny;
            |o| o.tiny.set(o.tiny - 229) => tiny;
            |o| o.tiny.set(-o.tiny - 28) => tiny = -128;
            |o| o.small.set(o.small * 32i64) => small = 32_000;
            |o| o.small.set(o.small * 33) => small;
            |o| o.small.set(-o.small * 33) => small;
            |o| o.int.set(o.int + 1) => int;
            |o| o.int.set(o.int - 1i64) => int = i32::MAX - 1;
            |o| o.int.set(-o.int - 1) => int = i32::MIN;
            |o| o.int.set(-o.int - 2) => int;
            |o| o.int.set(o.large) => int;
            |o| o.large.set(o.large + 1) => large;
            |o| o.large.set(-o.large - 1) => large = i64::MIN;
            |o| o.large.set(-o.large - 2) => large;
            |o| o.large.set(o.large * o.large) => large;
            |o| o.large.set(o.large + 1 - 1) => large;
            |o| o.byte.set(o.byte - 200) => byte = 0;
            |o| o.byte.set(o.byte - 201) => byte;
            |o| o.byte.set(o.byte + 55u8) => byte = 255;
            |o| o.byte.set(o.byte + 56u8) => byte;
            |o| o.byte.set(-o.byte) => byte;
            |o| o.byte.set(o.word) => byte;
            |o| o.word.set(o.word + 5535) => word = 65_535;
            |o| o.word.set(o.word + 5536) => word;
            |o| o.word.set(o.word - 60_001) => word;
            |o| o.count.set(o.count - 1) => count = 3_999_999_999;
            |o| o.count.set(o.count * 2) => count;
            |o| o.count.set(o.count - 4_000_000_001i64) => count;
            |o| o.huge.set(o.huge - 5u64) => huge = 0;
            |o| o.huge.set(o.huge - 6u64) => huge;
            |o| o.huge.set(o.huge + i64::MAX) => huge;
            |o| o.huge.set(o.tiny) => huge = 100;
            |o| o.huge.set(-o.tiny) => huge;
            |o| o.int.set(o.double) => int = 2;
            |o| o.int.set(o.double + 1.0) => int = 4;
            |o| o.int.set(o.exact) => int = 13;
            |o| o.int.set(-o.exact) => int = -13;
            |o| o.int.set(o.double * 1e9) => int;
            |o| o.int.set(o.double * -1e9) => int;
            |o| o.byte.set(-o.double) => byte;
            |o| o.byte.set(o.exact * 100) => byte;
            |o| o.large.set(o.double * 1e30) => large;
            |o| o.huge.set(-o.double) => huge;
            |o| o.single.set(o.double / 2) => single = 1.25;
            |o| o.single.set(o.double * 1e38) => single = 2.5e38;
            |o| o.single.set(o.double * 1e39) => single;
            |o| o.double.set(o.double * 1e308) => double;
            |o| o.double.set(o.int) => double = f64::from(i32::MAX);
            |o| o.exact.set(o.exact * dec!(0.01)) => exact = dec!(0.13);
            |o| o.exact.set(-o.exact * dec!(0.01)) => exact = dec!(-0.13);
            |o| o.exact.set(o.exact / 3) => exact = dec!(4.17);
            |o| o.exact.set(o.exact * 800) => exact;
            |o| o.exact.set(o.exact * -800) => exact;
            |o| o.exact.set(o.small) => exact = dec!(1000);
            |o| o.exact.set(o.word) => exact;
            |o| o.short.set(o.long) => short;
            |o| o.long.set(o.short) => long = "wordé".to_owned();
        }
        $model::objects().aupdate(|o| o.long.set("blank   ")).await?;
        held! { $model: |o| o.short.set(o.long) => short; }
        $model::objects().aupdate(|o| o.long.set("ééééé")).await?;
        held! { $model: |o| o.short.set(o.long) => short = "ééééé".to_owned(); }
    };
}

macro_rules! row {
    ($model:ident) => {
        $model::objects()
            .acreate(|o| {
                o.tiny(100i8)
                    .small(1000i16)
                    .int(i32::MAX)
                    .large(i64::MAX)
                    .byte(200u8)
                    .word(60_000u16)
                    .count(4_000_000_000u32)
                    .huge(5u64)
                    .single(0.5)
                    .double(2.5)
                    .exact(dec!(12.5))
                    .short("wordé")
                    .long("longer")
            })
            .await?;
    };
}

matrix! {
    async fn a_column_of_ours_holds_what_it_says(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Own]).await?;
        row!(Own);
        check!(Own);
        Ok(())
    }

    async fn a_wider_column_holds_what_the_model_says(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Wide]).await?;
        row!(Narrow);
        check!(Narrow);
        Ok(())
    }
}
