//! Aggregates over a queryset, and their types.

use chrono::TimeDelta;
use dormouse::Result;
use dormouse::prelude::*;

use crate::library::{Book, fill};
use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
struct Measure {
    id: i64,
    small: i16,
    large: i64,
    unsigned: u32,
    single: f32,
    double: f64,
    #[field(max_digits = 24, decimal_places = 6)]
    amount: Decimal,
    span: TimeDelta,
    name: String,
}

async fn measure(large: i64, amount: Decimal, name: &str) -> Result<Measure> {
    Measure::objects()
        .acreate(|m| {
            m.small(30_000)
                .large(large)
                .unsigned(4_000_000_000)
                .single(0.5)
                .double(0.25)
                .amount(amount)
                .span(TimeDelta::microseconds(1_500_000))
                .name(name)
        })
        .await
}

matrix! {
    async fn each_type_has_its_sum(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Measure]).await?;
        for _ in 0..3 {
            measure(3_000_000_000_000, dec!(0.1), "x").await?;
        }
        let sums: (
            Option<i64>,
            Option<i64>,
            Option<i64>,
            Option<f64>,
            Option<f64>,
            Option<Decimal>,
            Option<TimeDelta>,
        ) = Measure::objects()
            .aaggregate(|m| {
                let integers = (m.small.sum(), m.large.sum(), m.unsigned.sum());
                let others = (m.single.sum(), m.double.sum(), m.amount.sum(), m.span.sum());
                (integers.0, integers.1, integers.2, others.0, others.1, others.2, others.3)
            })
            .await?;
        let expected = (
            Some(90_000),
            Some(9_000_000_000_000),
            Some(12_000_000_000),
            Some(1.5),
            Some(0.75),
            Some(dec!(0.3)),
            Some(TimeDelta::milliseconds(4_500)),
        );
        assert_eq!(sums, expected);
        Ok(())
    }

    async fn each_type_has_its_mean(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Measure]).await?;
        measure(1, dec!(1), "x").await?;
        measure(2, dec!(2), "y").await?;
        let means: (Option<f64>, Option<f64>, Option<Decimal>, Option<TimeDelta>) =
            Measure::objects().aaggregate(|m| (m.large.avg(), m.double.avg(), m.amount.avg(), m.span.avg())).await?;
        assert_eq!(means, (Some(1.5), Some(0.25), Some(dec!(1.5)), Some(TimeDelta::milliseconds(1_500))));
        Ok(())
    }

    async fn the_least_and_the_greatest(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Measure]).await?;
        for (large, amount, name) in [(9, dec!(9.5), "b"), (10, dec!(10), "é"), (-1, dec!(-1), "a")] {
            measure(large, amount, name).await?;
        }
        let least: (Option<i64>, Option<Decimal>, Option<String>, Option<TimeDelta>) =
            Measure::objects().aaggregate(|m| (m.large.min(), m.amount.min(), m.name.min(), m.span.min())).await?;
        assert_eq!(least, (Some(-1), Some(dec!(-1)), Some("a".to_owned()), Some(TimeDelta::milliseconds(1_500))));
        let greatest = Measure::objects().aaggregate(|m| (m.large.max(), m.amount.max(), m.name.max())).await?;
        assert_eq!(greatest, (Some(10), Some(dec!(10)), Some("é".to_owned())), "numbers by value, text by code point");
        Ok(())
    }

    async fn money_is_exact(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Measure]).await?;
        for amount in [dec!(123456789012345678.123456), dec!(0.000001), dec!(-0.000003)] {
            measure(0, amount, "x").await?;
        }
        let sum = Measure::objects().aaggregate(|m| m.amount.sum()).await?;
        assert_eq!(sum, Some(dec!(123456789012345678.123454)));
        Ok(())
    }

    async fn a_sum_beyond_64_bits_is_an_error(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Measure]).await?;
        measure(i64::MAX, dec!(0), "x").await?;
        measure(i64::MAX, dec!(0), "y").await?;
        let sum = Measure::objects().aaggregate(|m| m.large.sum()).await;
        assert!(sum.is_err(), "{sum:?}");
        Ok(())
    }

    async fn null_takes_no_part(db: &Database) -> Result<()> {
        fill(db).await?;
        let (rows, pages, rated, mean) =
            Book::objects().aaggregate(|b| (b.id.count(), b.pages.count(), b.rating.count(), b.rating.avg())).await?;
        assert_eq!((rows, pages, rated, mean), (5, 3, 3, Some(4.25)));
        let (sum, editors, prices) = Book::objects()
            .aaggregate(|b| (b.pages.sum(), b.editor.name.count().distinct(), b.price.count().distinct()))
            .await?;
        assert_eq!((sum, editors, prices), (Some(911), 2, 4));
        Ok(())
    }

    async fn of_no_rows_there_is_no_answer(db: &Database) -> Result<()> {
        fill(db).await?;
        for books in [Book::objects().filter(|b| b.id.lt(0)), Book::objects().none(), Book::objects().offset(9)] {
            let answer = books.aaggregate(|b| (b.id.count(), b.pages.sum(), b.price.avg(), b.title.max())).await?;
            assert_eq!(answer, (0, None, None, None));
        }
        Ok(())
    }

    async fn an_aggregate_may_have_a_condition(db: &Database) -> Result<()> {
        fill(db).await?;
        let (all, cheap, lem) = Book::objects()
            .aaggregate(|b| {
                (b.id.count(), b.price.sum().filter(b.price.lt(10)), b.id.count().filter(b.author.name.eq("Lem")))
            })
            .await?;
        assert_eq!((all, cheap, lem), (5, Some(dec!(25.99)), 2));
        Ok(())
    }

    async fn a_slice_is_aggregated_alone(db: &Database) -> Result<()> {
        fill(db).await?;
        let sum = Book::objects().order_by(|b| b.price.desc()).limit(2).aaggregate(|b| b.price.sum()).await?;
        assert_eq!(sum, Some(dec!(27.75)));
        Ok(())
    }

    async fn expressions_and_paths_are_aggregated(db: &Database) -> Result<()> {
        fill(db).await?;
        let (worth, oldest, least) = Book::objects()
            .aaggregate(|b| ((b.price * b.pages).sum(), b.author.born.min(), (b.pages / 100).max()))
            .await?;
        assert_eq!((worth, oldest, least), (Some(dec!(8107.88)), Some(1920), Some(4)));
        Ok(())
    }
}
