//! Infinity, where a column keeps it, goes through sums, means and arithmetic; a finite result that is past the range does
//! not become one.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};

use crate::support::{Place, run};

const MAX: f64 = f64::MAX;
const INFINITY: f64 = f64::INFINITY;

#[derive(Model, Debug, Clone, PartialEq)]
struct Level {
    id: i64,
    double: f64,
    single: f32,
}

async fn fill(doubles: &[f64]) -> Result<()> {
    Level::objects().adelete().await?;
    for &double in doubles {
        Level::objects().acreate(|l| l.double(double).single(0.0)).await?;
    }
    Ok(())
}

fn past<T: std::fmt::Debug>(answer: Result<T>) {
    let error = answer.expect_err("a number past its range");
    assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
}

async fn infinity_goes_through(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Level]).await?;
    for (values, total) in [(vec![1.5, INFINITY], INFINITY), (vec![-INFINITY, 2.0, -INFINITY], -INFINITY)] {
        fill(&values).await?;
        assert_eq!(
            Level::objects().aaggregate(|l| (l.double.sum(), l.double.avg())).await?,
            (Some(total), Some(total))
        );
        Level::objects().filter(|l| l.double.eq(total)).aupdate(|l| l.single.set(l.double)).await?;
        let stored = Level::objects().filter(|l| l.double.eq(total)).values(|l| l.single).await?;
        assert!(stored.iter().all(|single| *single == total as f32), "{stored:?}");
        assert_eq!(Level::objects().filter(|l| (l.double + 1.0).eq(total)).acount().await?, stored.len() as u64);
    }
    Ok(())
}

async fn a_finite_result_stays_finite(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Level]).await?;
    fill(&[MAX, MAX]).await?;
    past(Level::objects().aupdate(|l| l.single.set(l.double)).await);
    for value in [MAX, -MAX] {
        fill(&[value, value]).await?;
        past(Level::objects().aaggregate(|l| l.double.sum()).await);
        past(Level::objects().aaggregate(|l| l.double.avg()).await);
        past(Level::objects().aaggregate(|l| (l.double.sum().filter(l.single.eq(0.0)), l.double.count())).await);
        past(Level::objects().aaggregate(|l| (l.double + 1.0).sum()).await);
    }
    fill(&[0.1, 0.2, 1e16, -1e16]).await?;
    let (sum, mean) = Level::objects().aaggregate(|l| (l.double.sum(), l.double.avg())).await?;
    assert!(sum.is_some_and(|sum| (sum - 0.3).abs() < 4.0) && mean.is_some_and(|mean| mean.abs() < 1.0));
    fill(&[]).await?;
    assert_eq!(Level::objects().aaggregate(|l| (l.double.sum(), l.double.avg())).await?, (None, None));
    Ok(())
}

#[tokio::test]
async fn sqlite_keeps_infinity_in_sums() -> Result<()> {
    run(Place::sqlite(), infinity_goes_through).await?;
    run(Place::sqlite(), a_finite_result_stays_finite).await
}

#[tokio::test]
async fn postgres_keeps_infinity_in_sums() -> Result<()> {
    run(Place::postgres().await?, infinity_goes_through).await?;
    run(Place::postgres().await?, a_finite_result_stays_finite).await
}

/// Which keeps no infinity, and whose sum of floats is one.
#[tokio::test]
async fn mariadb_has_no_infinity_in_sums() -> Result<()> {
    run(Place::mariadb().await?, a_finite_result_stays_finite).await
}

/// Which it has no NaN for; PostgreSQL has.
#[tokio::test]
async fn what_is_no_number_is_out_of_range_on_sqlite() -> Result<()> {
    run(Place::sqlite(), async |db| {
        db.create_tables(dormouse::models![Level]).await?;
        fill(&[INFINITY, -INFINITY]).await?;
        past(Level::objects().aaggregate(|l| l.double.sum()).await);
        past(Level::objects().aaggregate(|l| l.double.avg()).await);
        past(Level::objects().aupdate(|l| l.double.set(l.double - l.double)).await);
        Ok(())
    })
    .await
}
