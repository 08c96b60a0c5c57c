//! Lists beside what is computed: the number that a database makes of an expression and a parameter is held against each item
//! exactly, not as a float.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};

use crate::support::matrix;

#[derive(Model, Debug)]
struct Reading {
    id: i64,
    small: Option<i32>,
    large: i64,
    #[field(max_digits = 25, decimal_places = 5)]
    amount: Decimal,
    float: f64,
    length: chrono::TimeDelta,
}

/// The items of a list that is one parameter, none of which is the answer but perhaps the last.
fn list<T: Clone>(other: T, last: T) -> Vec<T> {
    let mut items = vec![other; 600];
    items.push(last);
    items
}

async fn both(inside: Q<Reading>, outside: Q<Reading>) -> Result<(u64, u64)> {
    Ok((Reading::objects().filter(|_| inside).acount().await?, Reading::objects().filter(|_| outside).acount().await?))
}

matrix! {
    async fn of_numbers_are_exact_beside_an_expression(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Reading]).await?;
        let amount: Decimal = "12345678901234567890.00001".parse().unwrap();
        let length = chrono::TimeDelta::microseconds(i64::MAX - 3);
        let new = Reading::new().small(2).large(i64::MAX - 3).amount(amount).float(0.1).length(length);
        new.asave().await?;
        let r = Reading::fields();
        let near = i64::MAX - 1;
        for (last, found) in [(2 - near, 1), (i64::MIN, 0), (3 - near, 0)] {
            let items = list(i64::MIN, last);
            let counted = both((r.small - near).in_(items.clone()), (r.small - near).not_in(items)).await?;
            assert_eq!(counted, (found, 1 - found), "{last}");
        }
        for (last, found) in [(i64::MAX, 1), (i64::MAX - 1, 0)] {
            let items = list(i64::MAX - 2, last);
            let counted = both((r.large + 3i64).in_(items.clone()), (r.large + 3i64).not_in(items)).await?;
            assert_eq!(counted, (found, 1 - found), "{last}");
            let (three, spans) = (chrono::TimeDelta::microseconds(3), list(i64::MAX - 2, last));
            let spans: Vec<_> = spans.into_iter().map(chrono::TimeDelta::microseconds).collect();
            let counted = both((r.length + three).in_(spans.clone()), (r.length + three).not_in(spans)).await?;
            assert_eq!(counted, (found, 1 - found), "{last} µs");
        }
        for (last, found) in [("12345678901234567891.00001", 1), ("12345678901234567891.00002", 0)] {
            let items: Vec<Decimal> = list("1.00001", last).iter().map(|text| text.parse().unwrap()).collect();
            let counted = both((r.amount + dec!(1)).in_(items.clone()), (r.amount + dec!(1)).not_in(items)).await?;
            assert_eq!(counted, (found, 1 - found), "{last}");
        }
        for (last, found) in [(0.1 + 0.2, 1), (0.3, 0)] {
            let items = list(7.5, last);
            let counted = both((r.float + 0.2).in_(items.clone()), (r.float + 0.2).not_in(items)).await?;
            assert_eq!(counted, (found, 1 - found), "{last}");
        }
        Ok(())
    }
}

/// Decimals without digits of their own: a product may have twice as many as one of them.
#[derive(Model, Debug)]
struct Fine {
    id: i64,
    a: Decimal,
    b: Decimal,
    hits: i32,
}

/// In how many rows a product is equal to a value, asked in each way; none where it has too many digits.
async fn equal_products(value: Decimal) -> Result<Vec<Option<u64>>> {
    let f = Fine::fields();
    let product = || f.a * f.b;
    let mut counts = Vec::new();
    for (is, is_not) in [
        (product().eq(value), product().ne(value)),
        (product().between(value, value), !product().between(value, value)),
        (product().in_([value, dec!(7)]), product().not_in([value, dec!(7)])),
        (product().in_(list(dec!(7), value)), product().not_in(list(dec!(7), value))),
    ] {
        let found = [
            Fine::objects().filter(|_| is.clone()).acount().await,
            Fine::objects().filter(|_| is_not).acount().await.map(|others| 1 - others),
            Fine::objects().filter(|_| is).aupdate(|f| f.hits.set(f.hits + 1)).await,
        ];
        for count in found {
            let past = |error: &dormouse::Error| matches!(error.kind(), ErrorKind::OutOfRange { .. });
            assert!(!count.as_ref().is_err_and(|error| !past(error)), "{value}: {count:?}");
            counts.push(count.ok());
        }
    }
    Ok(counts)
}

matrix! {
    /// A long list, a short one and `eq` have one answer, of which digits are left out by none.
    async fn of_decimals_are_exact_beside_products_of_many_digits(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Fine]).await?;
        let least = |places| Decimal::new(1, places);
        let great: Decimal = "70000000000000000000000000000".parse().unwrap();
        for (a, b, value, count) in [
            (least(14), least(14), least(28), Some(1)),
            (least(14), least(14), dec!(0), Some(0)),
            (least(16), least(16), dec!(0), Some(0)),
            (least(19), least(19), dec!(0), Some(0)),
            (dec!(1) + least(16), dec!(1) + least(16), dec!(1) + least(15) * dec!(0.2), Some(0)),
            (great, great, dec!(0), Some(0)),
            (-great, great, dec!(7), Some(0)),
            (great, dec!(1), great, Some(1)),
            // Past the places of some.
            (least(20), least(20), dec!(0), None),
        ] {
            Fine::objects().adelete().await?;
            Fine::objects().acreate(|f| f.a(a).b(b).hits(0)).await?;
            let counts = equal_products(value).await?;
            let same = counts.iter().all(|found| *found == counts[0]);
            let right = counts[0].is_none() && db.dialect().features().decimals_as_text || count.is_none_or(|count| counts[0] == Some(count));
            assert!(same && right, "{a} * {b} = {value}: {counts:?}");
        }
        Ok(())
    }
}
