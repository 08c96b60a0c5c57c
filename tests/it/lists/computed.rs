//! Lists beside what is computed: the number that a database makes of an expression and a parameter is held against each item
//! exactly, not as a float.

use dormouse::Result;
use dormouse::prelude::*;

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
