//! No operation of integers or durations wraps around the end of 64 bits: column by column, at every bound.

use chrono::TimeDelta;
use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};

use crate::support::matrix;

#[derive(Model, Debug)]
struct Pair {
    id: i64,
    a: i64,
    b: i64,
    zero: i32,
    least: i32,
    c: TimeDelta,
    d: TimeDelta,
}

const BOUNDS: [i64; 9] = [i64::MIN, i64::MIN + 1, -2, -1, 0, 1, 2, i64::MAX - 1, i64::MAX];

fn right(exact: Option<i64>, found: Result<i64>, what: &str) {
    match (exact, found) {
        (Some(exact), Ok(found)) => assert_eq!(found, exact, "{what}"),
        (None, Err(error)) => assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{what}: {error:?}"),
        (exact, found) => panic!("{what}: {found:?} instead of {exact:?}"),
    }
}

matrix! {
    async fn no_result_wraps_around(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Pair]).await?;
        let rows = |tx: &dormouse::Transaction| {
            BOUNDS.iter().flat_map(|a| BOUNDS.map(|b| (*a, b))).try_for_each(|(a, b)| {
                let (c, d) = (TimeDelta::microseconds(a), TimeDelta::microseconds(b));
                Pair::objects().using(tx).create(|p| p.a(a).b(b).zero(0).least(i32::MIN).c(c).d(d)).map(drop)
            })
        };
        dormouse::atomic(rows).await?;
        for row in Pair::objects().await? {
            let one = || Pair::objects().filter(|p| p.id.eq(row.id));
            let (a, b) = (row.a, row.b);
            right(a.checked_add(b), one().values(|p| p.a + p.b).aget_one().await, &format!("{a} + {b}"));
            right(a.checked_sub(b), one().values(|p| p.a - p.b).aget_one().await, &format!("{a} - {b}"));
            right(a.checked_mul(b), one().values(|p| p.a * p.b).aget_one().await, &format!("{a} * {b}"));
            right(a.checked_sub(i64::MIN), one().values(|p| p.a - i64::MIN).aget_one().await, &format!("{a} - literal MIN"));
            let least = TimeDelta::microseconds(i64::MIN);
            let span = one().values(|p| p.c - least).aget_one().await;
            right(a.checked_sub(i64::MIN), span.map(|span| span.num_microseconds().unwrap()), &format!("{a} µs - literal MIN"));
            let span = one().values(|p| p.c - p.d).aget_one().await;
            right(a.checked_sub(b), span.map(|span| span.num_microseconds().unwrap()), &format!("{a} µs - {b} µs"));
            let count = async |condition: Q<Pair>| one().filter(|_| condition).acount().await.map(|count| count as i64);
            let columns = Pair::fields();
            let differs = a.checked_sub(b).map(|difference| i64::from(difference == 100));
            right(differs, count((columns.a - columns.b).eq(100)).await, &format!("{a} - {b} = 100"));
            if a == 0 {
                // In 64 bits, and past the type of 32 where it is handed back.
                let past = one().values(|p| p.least / -1 / 1).aget_one().await.map(i64::from);
                right(None, past, "the least of 32 bits / -1 / 1");
                let counted = count((columns.least / -1 / 1).eq(i32::MIN)).await;
                right(Some(0), counted, "and is not equal to it");
                let narrow = 0_i64.checked_sub(b).map(|difference| i64::from(difference > 7));
                right(narrow, count((columns.zero - columns.b).gt(7i64)).await, &format!("0 - {b} > 7"));
                right(0_i64.checked_sub(b), one().values(|p| 0i64 - p.b).aget_one().await, &format!("literal 0 - {b}"));
                right(b.checked_neg(), one().values(|p| -p.b).aget_one().await, &format!("-({b})"));
            }
        }
        Ok(())
    }
}
