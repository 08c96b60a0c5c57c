//! What goes in comes out: every type of column, its extremes, and NULL.

use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result, ValueLimit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::support::matrix;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Address {
    street: String,
    numbers: Vec<u8>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Full {
    id: i64,
    flag: bool,
    tiny: i8,
    small: i16,
    medium: i32,
    large: i64,
    unsigned_tiny: u8,
    unsigned_small: u16,
    unsigned_medium: u32,
    unsigned_large: u64,
    single: f32,
    double: f64,
    #[field(max_digits = 20, decimal_places = 4)]
    amount: Decimal,
    text: String,
    bytes: Vec<u8>,
    date: NaiveDate,
    time: NaiveTime,
    naive: NaiveDateTime,
    moment: DateTime<Utc>,
    span: TimeDelta,
    identifier: Uuid,
    document: serde_json::Value,
    address: Json<Address>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Sparse {
    id: i64,
    flag: Option<bool>,
    tiny: Option<i8>,
    small: Option<i16>,
    medium: Option<i32>,
    large: Option<i64>,
    unsigned_large: Option<u64>,
    single: Option<f32>,
    double: Option<f64>,
    #[field(max_digits = 20, decimal_places = 4)]
    amount: Option<Decimal>,
    text: Option<String>,
    bytes: Option<Vec<u8>>,
    date: Option<NaiveDate>,
    time: Option<NaiveTime>,
    naive: Option<NaiveDateTime>,
    moment: Option<DateTime<Utc>>,
    span: Option<TimeDelta>,
    identifier: Option<Uuid>,
    document: Option<serde_json::Value>,
    address: Option<Json<Address>>,
}

fn parse<T: std::str::FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a literal")
}

fn lowest() -> Full {
    Full {
        id: 1,
        flag: false,
        tiny: i8::MIN,
        small: i16::MIN,
        medium: i32::MIN,
        large: i64::MIN,
        unsigned_tiny: 0,
        unsigned_small: 0,
        unsigned_medium: 0,
        unsigned_large: 0,
        single: f32::MIN,
        double: f64::MIN,
        amount: dec!(-9999999999999999.9999),
        text: String::new(),
        bytes: Vec::new(),
        date: parse("1000-01-01"),
        time: parse("00:00:00"),
        naive: parse("1000-01-01T00:00:00"),
        moment: parse("1000-01-01T00:00:00Z"),
        span: TimeDelta::microseconds(-(1 << 52)),
        identifier: Uuid::nil(),
        document: json!(null),
        address: Json(Address { street: String::new(), numbers: Vec::new() }),
    }
}

fn highest() -> Full {
    Full {
        id: i64::MAX,
        flag: true,
        tiny: i8::MAX,
        small: i16::MAX,
        medium: i32::MAX,
        large: i64::MAX,
        unsigned_tiny: u8::MAX,
        unsigned_small: u16::MAX,
        unsigned_medium: u32::MAX,
        unsigned_large: i64::MAX as u64,
        single: f32::MAX,
        double: f64::MAX,
        amount: dec!(9999999999999999.9999),
        text: "ünï 💤 \\ % _ ' \" ` ; -- \r\n\t\u{1}\u{FFFD} ".repeat(3_000),
        bytes: (0..=u8::MAX).cycle().take(100_000).collect(),
        date: parse("9999-12-31"),
        time: parse("23:59:59.999999"),
        naive: parse("9999-12-31T23:59:59.999999"),
        moment: parse("9999-12-31T23:59:59.999999Z"),
        span: TimeDelta::microseconds(1 << 52),
        identifier: Uuid::max(),
        document: json!({"a": [1, -2.5, "ü\"\\", true, null, {"b": {}}], "": 9007199254740993_i64}),
        address: Json(Address { street: "Bäckerstraße".to_owned(), numbers: vec![0, 255] }),
    }
}

fn ordinary() -> Full {
    Full {
        id: 42,
        flag: true,
        tiny: -1,
        small: 7,
        medium: -70_000,
        large: 5_000_000_000,
        unsigned_tiny: 200,
        unsigned_small: 40_000,
        unsigned_medium: 3_000_000_000,
        unsigned_large: 1,
        single: 0.1,
        double: 0.1,
        amount: dec!(0.0001),
        text: "Dune".to_owned(),
        bytes: vec![0],
        date: parse("2024-02-29"),
        time: parse("12:30:00.5"),
        naive: parse("1969-12-31T23:59:59.000001"),
        moment: parse("2024-03-31T01:30:00.250Z"),
        span: TimeDelta::zero(),
        identifier: parse("67e55044-10b1-426f-9247-bb680e5fe0c8"),
        document: json!([]),
        address: Json(Address { street: "Main".to_owned(), numbers: vec![1] }),
    }
}

fn draft(row: &Full) -> Draft<Full> {
    let row = row.clone();
    Full::new()
        .id(row.id)
        .flag(row.flag)
        .tiny(row.tiny)
        .small(row.small)
        .medium(row.medium)
        .large(row.large)
        .unsigned_tiny(row.unsigned_tiny)
        .unsigned_small(row.unsigned_small)
        .unsigned_medium(row.unsigned_medium)
        .unsigned_large(row.unsigned_large)
        .single(row.single)
        .double(row.double)
        .amount(row.amount)
        .text(row.text)
        .bytes(row.bytes)
        .date(row.date)
        .time(row.time)
        .naive(row.naive)
        .moment(row.moment)
        .span(row.span)
        .identifier(row.identifier)
        .document(row.document)
        .address(row.address)
}

fn nothing(id: i64) -> Sparse {
    Sparse {
        id,
        flag: None,
        tiny: None,
        small: None,
        medium: None,
        large: None,
        unsigned_large: None,
        single: None,
        double: None,
        amount: None,
        text: None,
        bytes: None,
        date: None,
        time: None,
        naive: None,
        moment: None,
        span: None,
        identifier: None,
        document: None,
        address: None,
    }
}

/// A row with everything that can be absent there.
fn something(id: i64, from: Full) -> Sparse {
    Sparse {
        id,
        flag: Some(from.flag),
        tiny: Some(from.tiny),
        small: Some(from.small),
        medium: Some(from.medium),
        large: Some(from.large),
        unsigned_large: Some(from.unsigned_large),
        single: Some(from.single),
        double: Some(from.double),
        amount: Some(from.amount),
        text: Some(from.text),
        bytes: Some(from.bytes),
        date: Some(from.date),
        time: Some(from.time),
        naive: Some(from.naive),
        moment: Some(from.moment),
        span: Some(from.span),
        identifier: Some(from.identifier),
        document: Some(from.document),
        address: Some(from.address),
    }
}

/// Asks for rows by one condition on each column, and expects the one that was written.
macro_rules! check_found_by {
    ($row:expr, $($field:ident),*) => {$(
        let found = Full::objects().filter(|f| f.$field.eq(&$row.$field)).values(|f| f.id).await?;
        assert!(found.contains(&$row.id), "by {}: {found:?}", stringify!($field));
        let not = Full::objects().exclude(|f| f.$field.eq(&$row.$field)).values(|f| f.id).await?;
        assert!(!not.contains(&$row.id), "not by {}: {not:?}", stringify!($field));
    )*};
}

/// The model, the field and the limit of a value that was refused.
fn refused(error: &Error) -> (Option<&'static str>, &str, &ValueLimit) {
    let ErrorKind::Validation(errors) = error.kind() else { panic!("{error:?}") };
    let (field, limits) = errors.fields.first_key_value().expect("a field");
    (errors.model, field, &limits[0])
}

matrix! {
    async fn every_type_comes_back_as_it_was(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Full]).await?;
        for row in [lowest(), ordinary(), highest()] {
            let created = draft(&row).asave().await?;
            assert_eq!(created, row, "what `asave` gives back");
            let read = Full::objects().aget(|f| f.id.eq(row.id)).await?;
            assert_eq!(read, row, "what is read");
        }
        Ok(())
    }

    async fn every_type_can_be_asked_for(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Full]).await?;
        for row in [lowest(), ordinary(), highest()] {
            draft(&row).asave().await?;
        }
        for row in [lowest(), ordinary(), highest()] {
            check_found_by!(
                row,
                id,
                flag,
                tiny,
                small,
                medium,
                large,
                unsigned_tiny,
                unsigned_small,
                unsigned_medium,
                unsigned_large,
                double,
                amount,
                text,
                bytes,
                date,
                time,
                naive,
                moment,
                span,
                identifier
            );
        }
        Ok(())
    }

    async fn every_type_is_in_order(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Full]).await?;
        for row in [highest(), lowest(), ordinary()] {
            draft(&row).asave().await?;
        }
        let ordered = [lowest().id, ordinary().id, highest().id];
        macro_rules! check_order {
            ($($field:ident),*) => {$(
                let ids = Full::objects().order_by(|f| f.$field.asc()).values(|f| f.id).await?;
                assert_eq!(ids, ordered, "by {}", stringify!($field));
                let least = Full::objects().filter(|f| f.$field.lt(&ordinary().$field)).values(|f| f.id).await?;
                assert_eq!(least, ordered[..1], "before {}", stringify!($field));
            )*};
        }
        check_order!(tiny, small, medium, large, unsigned_tiny, unsigned_medium, double, amount, date, time, moment);
        Ok(())
    }

    async fn null_is_none_in_every_type(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Sparse]).await?;
        let mut row = Sparse::new().id(1).asave().await?;
        assert_eq!(row, nothing(1));
        assert_eq!(Sparse::objects().aget_one().await?, nothing(1));

        row = something(1, ordinary());
        row.asave().await?;
        assert_eq!(Sparse::objects().aget_one().await?, row);

        row = nothing(1);
        row.asave().await?;
        assert_eq!(Sparse::objects().aget_one().await?, nothing(1));
        Ok(())
    }

    async fn microseconds_are_all_that_is_kept(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Sparse]).await?;
        let fine: DateTime<Utc> = parse("2024-01-01T00:00:00.123456789Z");
        let created = Sparse::new().id(1).moment(fine).naive(fine.naive_utc()).time(fine.time()).asave().await?;
        let kept: DateTime<Utc> = parse("2024-01-01T00:00:00.123456Z");
        let read = Sparse::objects().aget_one().await?;
        assert_eq!(created, read);
        assert_eq!(
            read,
            Sparse { moment: Some(kept), naive: Some(kept.naive_utc()), time: Some(kept.time()), ..nothing(1) }
        );
        Ok(())
    }

    async fn what_a_column_cannot_hold_is_refused(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Sparse]).await?;
        let too_big = Sparse::new().id(1).unsigned_large(u64::MAX).asave().await;
        assert!(matches!(too_big.unwrap_err().kind(), ErrorKind::OutOfRange { .. }));
        let too_fine = Sparse::new().id(1).amount(dec!(0.00001)).asave().await;
        assert_eq!(refused(&too_fine.unwrap_err()), (Some("Sparse"), "amount", &ValueLimit::DecimalPlaces { most: 4 }));
        let too_long = Sparse::new().id(1).amount(dec!(12345678901234567.0)).asave().await;
        assert_eq!(refused(&too_long.unwrap_err()), (Some("Sparse"), "amount", &ValueLimit::WholeDigits { most: 16 }));
        let updated = Sparse::objects().aupdate(|s| s.amount.set(dec!(0.00001))).await;
        assert_eq!(refused(&updated.unwrap_err()), (Some("Sparse"), "amount", &ValueLimit::DecimalPlaces { most: 4 }));
        assert_eq!(Sparse::objects().acount().await?, 0);
        Ok(())
    }
}
