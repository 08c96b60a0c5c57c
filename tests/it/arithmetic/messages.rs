//! What an error of a number says: the model and the field, and what to do, in no database's own words.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
struct Stock {
    id: i64,
    pieces: u8,
    large: i64,
    single: f32,
    #[field(max_digits = 6, decimal_places = 2)]
    price: Decimal,
    #[field(max_length = 4)]
    code: String,
    name: String,
}

/// The message of a number that did not fit.
async fn message<T: std::fmt::Debug>(query: impl IntoFuture<Output = Result<T>>) -> String {
    let error = query.await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
    error.to_string()
}

matrix! {
    async fn what_does_not_fit_is_named(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Stock]).await?;
        let all = Stock::objects;
        all().acreate(|s| s.pieces(200u8).large(i64::MAX).single(3e38).price(5_000).code("abcd").name("longer")).await?;

        let byte = "value out of range: `Stock.pieces`: the expression gives a number outside of 0..=255 for some row";
        assert_eq!(message(all().aupdate(|s| s.pieces.set(s.pieces * 2))).await, byte);
        assert!(message(all().aupdate(|s| (s.pieces.set(s.pieces - 201), s.name.set("x")))).await.starts_with(byte));
        let filtered = all().filter(|s| (s.large + 1).gt(0i64)).aupdate(|s| s.pieces.set(s.pieces * 2));
        assert!(message(filtered).await.starts_with(&format!("{byte} (or an expression in the filter")));
        let large = message(all().aupdate(|s| s.large.set(s.large + 1))).await;
        assert!(large.contains("`Stock.large`: the expression gives a number outside of -9223372036854775808..="), "{large}");
        let price = message(all().aupdate(|s| s.price.set(s.price * 2))).await;
        assert!(price.contains("`Stock.price`: the expression gives a number of more than 4 digits before"), "{price}");
        let code = message(all().aupdate(|s| s.code.set(s.name))).await;
        assert!(code.contains("`Stock.code`: the expression gives a text of more than 4 characters"), "{code}");
        let both = message(all().aupdate(|s| (s.single.set(s.single * 2.0), s.pieces.set(s.pieces * 2)))).await;
        assert!(both.contains("`Stock.single`") && both.contains("or `Stock.pieces`"), "{both}");
        assert_eq!(all().values(|s| (s.pieces, s.name)).await?, [(200, "longer".to_owned())], "nothing is stored");

        for query in [
            message(all().filter(|s| (s.large * 2).gt(0i64)).acount()).await,
            message(all().values(|s| s.large + 1)).await,
            message(all().order_by(|s| (s.large + 1).asc())).await,
            message(all().aaggregate(|s| (s.large + 1).max())).await,
            message(all().aaggregate(|s| (s.large + 1).count())).await,
            message(all().aaggregate(|s| (s.large + 1).count().distinct())).await,
        ] {
            let past = "value out of range: a number is past what its column, or the 64 bits that expressions are computed in";
            assert!(query.starts_with(past) && !query.contains("integer_"), "{query}");
        }
        Ok(())
    }

    async fn a_value_that_does_not_fit_names_its_field(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Wide]).await?;
        let wide = all_values(u64::MAX).await;
        assert_eq!(wide, ["value out of range: `Wide.huge`: the number does not fit i64"; 5]);
        Ok(())
    }
}

#[derive(Model, Debug)]
struct Wide {
    id: i64,
    huge: u64,
}

/// The messages of a value in filters, an update and a new row.
async fn all_values(value: u64) -> Vec<String> {
    vec![
        message(Wide::objects().filter(|w| w.huge.eq(value)).acount()).await,
        message(Wide::objects().filter(|w| !w.huge.in_([1, value]))).await,
        message(Wide::objects().filter(|w| w.huge.between(1u64, value)).adelete()).await,
        message(Wide::objects().aupdate(|w| w.huge.set(value))).await,
        message(Wide::objects().acreate(|w| w.huge(value))).await,
    ]
}
