//! Lists of every kind of column, alone and in a key of two, in tables of ours and of others, few and many: each answer is held
//! against the same in plain Rust.

use std::collections::HashSet;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use dormouse::prelude::*;
use dormouse::{Database, Result};
use rust_decimal::Decimal;
use tokio::time::timeout;
use uuid::Uuid;

use super::check_read_once;
use crate::support::{matrix, tell};

const ROWS: i64 = 60;
const LENGTHS: [i64; 5] = [2, 10, 33, 600, 16_000];

fn day(n: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + TimeDelta::days(n)
}

fn clock(n: i64) -> NaiveTime {
    NaiveTime::from_hms_opt(0, 0, 0).unwrap() + TimeDelta::microseconds(n * 1_000_003)
}

/// Equal numbers have another form each time.
fn amount(n: i64) -> Decimal {
    let scale = u32::try_from(n % 3).unwrap();
    Decimal::from_i128_with_scale(i128::from(n) * 10_i128.pow(scale), scale)
}

/// A model of ours and one of others for the same table, and what asks both.
macro_rules! kinds {
    ($($name:ident $table:tt: $type:ty = $value:expr $(, #[$($attribute:tt)*])?;)*) => {$(
        mod $name {
            use super::*;

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = $table, primary_key(part, number))]
            pub(super) struct Own {
                $(#[$($attribute)*])?
                part: $type,
                number: i64,
                $(#[$($attribute)*])?
                again: Option<$type>,
            }

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = $table, managed = false, primary_key(part, number))]
            pub(super) struct Other {
                $(#[$($attribute)*])?
                part: $type,
                number: i64,
                $(#[$($attribute)*])?
                again: Option<$type>,
            }

            pub(super) fn value(n: i64) -> $type {
                let value: fn(i64) -> $type = $value;
                value(n)
            }

            pub(super) async fn fill() -> Result<()> {
                for n in 0..ROWS {
                    let again = (n % 4 != 0).then(|| value(n));
                    Own::objects().acreate(|row| row.part(value(n)).number(n).again(again)).await?;
                }
                Ok(())
            }

            /// The rows found and those not found, against plain Rust.
            macro_rules! check {
                ($model:ident, $db:ident) => {
                    for length in LENGTHS {
                        let start = Instant::now();
                        // Half of the rows, keys of two rows mixed up, keys of no row, and one twice.
                        let key = |n: i64| if n % 5 == 0 { (value(n + 1), n) } else { (value(n), n) };
                        let keys: Vec<($type, i64)> = (ROWS / 2..).take(usize::try_from(length).unwrap()).map(key).collect();
                        let keys = || keys.iter().cloned().chain(keys.first().cloned());
                        let rows = || $model::objects().order_by(|row| row.number);
                        let among = |n: i64| n >= ROWS / 2 && n < ROWS / 2 + length && n % 5 != 0;
                        let numbers = |chosen: bool| (0..ROWS).filter(|n| among(*n) == chosen).collect::<Vec<_>>();
                        let what = format!("{length} of {} in {}", stringify!($name), stringify!($model));
                        let found = rows().filter(|row| row.pk.in_(keys())).values(|row| row.number).await?;
                        assert_eq!(found, numbers(true), "keys: {what}");
                        let found = rows().filter(|row| row.pk.not_in(keys())).values(|row| row.number).await?;
                        assert_eq!(found, numbers(false), "no keys: {what}");
                        let found = $model::objects().ain_bulk(keys()).await?;
                        let mut found: Vec<i64> = found.into_keys().map(|(_, number)| number).collect();
                        found.sort_unstable();
                        assert_eq!(found, numbers(true), "in bulk: {what}");
                        tell(format!("{}: keys: {what}: {:?}", $db.server().product, start.elapsed()));

                        let start = Instant::now();
                        let list: Vec<$type> = keys().map(|(part, _)| part).collect();
                        let set: HashSet<$type> = list.iter().cloned().collect();
                        let among = |n: i64| n % 4 != 0 && set.contains(&value(n));
                        let numbers = |chosen: bool| (0..ROWS).filter(|n| among(*n) == chosen).collect::<Vec<_>>();
                        let found = rows().filter(|row| row.again.in_(&list)).values(|row| row.number).await?;
                        assert_eq!(found, numbers(true), "values: {what}");
                        let found = rows().filter(|row| row.again.not_in(&list)).values(|row| row.number).await?;
                        assert_eq!(found, numbers(false), "no values: {what}");
                        tell(format!("{}: values: {what}: {:?}", $db.server().product, start.elapsed()));
                        if length > 500 {
                            check_read_once($db, rows().filter(|row| row.pk.in_(keys())).aexplain()).await?;
                            check_read_once($db, rows().filter(|row| row.pk.not_in(keys())).aexplain()).await?;
                        }
                    }
                };
            }

            pub(super) async fn check_own(db: &Database) -> Result<()> {
                check!(Own, db);
                Ok(())
            }

            pub(super) async fn check_other(db: &Database) -> Result<()> {
                check!(Other, db);
                Ok(())
            }
        }
    )*

    matrix! {
        async fn of_every_kind_alone_and_in_keys(db: &Database) -> Result<()> {
            $(
                db.create_tables(dormouse::models![$name::Own]).await?;
                $name::fill().await?;
                $name::check_own(db).await?;
                $name::check_other(db).await?;
            )*
            Ok(())
        }
    }
    };
}

kinds! {
    flag "by_flag": bool = |n| n % 2 == 0;
    small "by_small": i16 = |n| i16::try_from(n).unwrap();
    whole "by_whole": i32 = |n| -i32::try_from(n).unwrap();
    large "by_large": i64 = |n| i64::MAX - n;
    unsigned "by_unsigned": u64 = |n| u64::try_from(n).unwrap() << 40;
    decimal "by_decimal": Decimal = amount, #[field(max_digits = 12, decimal_places = 3)];
    text "by_text": String = |n| format!("Ä{n:06}"), #[field(max_length = 20)];
    bytes "by_bytes": Vec<u8> = |n| n.to_be_bytes().to_vec(), #[field(max_length = 20)];
    date "by_date": NaiveDate = day;
    time "by_time": NaiveTime = clock;
    datetime "by_datetime": NaiveDateTime = |n| day(n).and_time(clock(n));
    moment "by_moment": DateTime<Utc> = |n| day(n).and_time(clock(n)).and_utc();
    duration "by_duration": TimeDelta = |n| TimeDelta::microseconds(-n);
    unique "by_uuid": Uuid = |n| Uuid::from_u128(0xa0b0 << 64 | u128::try_from(n).unwrap());
}

matrix! {
    /// No step of asking by many keys holds the thread for long.
    async fn a_time_limit_ends_an_ask_by_many_keys(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![decimal::Own]).await?;
        decimal::fill().await?;
        let keys: Vec<(Decimal, i64)> = (0..4_000).map(|n| (amount(n), n)).collect();
        let mut asking = pin!(async {
            loop {
                decimal::Other::objects().filter(|row| row.pk.in_(keys.clone())).acount().await?;
            }
        });
        let mut longest = Duration::ZERO;
        let steps = poll_fn(|context| {
            let step = Instant::now();
            let polled: Poll<Result<()>> = asking.as_mut().poll(context);
            longest = longest.max(step.elapsed());
            polled
        });
        let started = Instant::now();
        assert!(timeout(Duration::from_millis(500), steps).await.is_err());
        tell(format!("{}: ended after {:?}, the longest step took {longest:?}", db.server().product, started.elapsed()));
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
        Ok(())
    }
}
