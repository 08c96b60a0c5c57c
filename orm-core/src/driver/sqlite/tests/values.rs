use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{decoded, everywhere, read, statement, unboxed};
use crate::driver::Driver;
use crate::driver::sqlite::SqliteDriver;
use crate::error::{Error, ErrorKind, Result};
use crate::statement::Intent;
use crate::value::{FieldType, Kind, Value};

/// Through a bound parameter and back, and what SQLite stored it as.
async fn round_trip<T: FieldType + PartialEq + std::fmt::Debug>(
    driver: &SqliteDriver,
    value: T,
    stored: &str,
) -> Result<()> {
    let binds = vec![value.encode()?, value.encode()?];
    let rows = decoded::<(T, String)>(|row, _| Ok((row.read()?, row.read()?)));
    let statement = statement("SELECT ?, typeof(?)", binds, Intent::Read);
    let rows = unboxed::<(T, String)>(driver.fetch(statement, rows).await?)?;
    assert_eq!(rows, [(value, stored.to_owned())]);
    Ok(())
}

fn moment(text: &str) -> Result<NaiveDateTime> {
    crate::value::parse_datetime(text).ok_or_else(|| Error::query("no moment"))
}

#[test]
fn every_kind_comes_back_as_it_went() -> Result<()> {
    everywhere(|driver| async move {
        let driver = &driver;
        for value in [true, false] {
            round_trip(driver, value, "integer").await?;
        }
        for value in [i64::MIN, -1, 0, i64::MAX] {
            round_trip(driver, value, "integer").await?;
        }
        round_trip(driver, i16::MIN, "integer").await?;
        round_trip(driver, u32::MAX, "integer").await?;
        for value in [0.1, -0.0, f64::MIN_POSITIVE, f64::MAX, f64::INFINITY, f64::NEG_INFINITY] {
            round_trip(driver, value, "real").await?;
        }
        round_trip(driver, 0.1_f32, "real").await?;
        for text in ["0", "-1.50", "79228162514264337593543950335", "0.0000000000000000000000000001"] {
            round_trip(driver, text.parse::<Decimal>().map_err(Error::other)?, "text").await?;
        }
        for text in ["", "plain", "Zoë 🐭 日本", "with\0NUL", "it's \"quoted\""] {
            round_trip(driver, text.to_owned(), "text").await?;
        }
        for bytes in [vec![], vec![0, 255, 128]] {
            round_trip(driver, bytes, "blob").await?;
        }
        round_trip(driver, NaiveDate::MIN.max(NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default()), "text").await?;
        round_trip(driver, NaiveTime::from_hms_micro_opt(23, 59, 59, 7).unwrap_or_default(), "text").await?;
        round_trip(driver, NaiveTime::MIN, "text").await?;
        round_trip(driver, moment("2021-01-02 03:04:05.000006")?, "text").await?;
        round_trip(driver, moment("2021-01-02 03:04:05")?.and_utc(), "text").await?;
        round_trip(driver, TimeDelta::microseconds(-1), "integer").await?;
        round_trip(driver, Uuid::from_u128(7), "text").await?;
        round_trip(driver, serde_json::json!({"a": [1, null, "\u{0}x"]}), "text").await?;
        round_trip(driver, None::<String>, "null").await?;
        round_trip(driver, Some(7_i32), "integer").await
    })
}

#[test]
fn text_has_the_form_that_django_writes() -> Result<()> {
    everywhere(|driver| async move {
        let moment = moment("2021-01-02 03:04:05.5")?;
        let binds = [
            Value::Timestamp(moment.and_utc()),
            Value::Date(moment.date()),
            Value::Time(moment.time()),
            Value::Uuid(Uuid::from_u128(0xabc)),
        ];
        let texts = read::<String>(&driver, "SELECT concat_ws('|', ?, ?, ?, ?)", binds).await?;
        let uuid = "00000000-0000-0000-0000-000000000abc";
        assert_eq!(texts, [format!("2021-01-02 03:04:05.500000|2021-01-02|03:04:05.500000|{uuid}")]);
        Ok(())
    })
}

#[test]
fn a_list_is_an_array_for_json_each() -> Result<()> {
    async fn items<T: FieldType>(driver: &SqliteDriver, kind: Kind, items: Vec<Value>) -> Result<Vec<T>> {
        read(driver, "SELECT value FROM json_each(?)", [Value::List(kind, items)]).await
    }
    everywhere(|driver| async move {
        let driver = &driver;
        let integers = vec![i64::MIN, i64::MAX, 9_007_199_254_740_993];
        let list = integers.iter().copied().map(Value::I64).collect();
        assert_eq!(items::<i64>(driver, Kind::I64, list).await?, integers);
        let floats = [0.1, f64::MAX, f64::MIN_POSITIVE, 1e21, 3.0, f64::INFINITY, f64::NEG_INFINITY];
        let list = floats.iter().copied().map(Value::F64).collect();
        // JSON does not keep every float: the list has their bits.
        let bits = floats.iter().map(|float| float.to_bits().cast_signed()).collect::<Vec<_>>();
        assert_eq!(items::<i64>(driver, Kind::F64, list).await?, bits);
        let texts = vec!["".to_owned(), "a\"b\\c\n\u{1}".to_owned(), "日本 🐭".to_owned()];
        let list = texts.iter().map(|text| Value::Text(text.into())).collect();
        assert_eq!(items::<String>(driver, Kind::Text, list).await?, texts);
        let list = vec![Value::Null(Kind::Decimal), Value::Decimal(Decimal::new(150, 2))];
        assert_eq!(items::<Option<String>>(driver, Kind::Decimal, list).await?, [None, Some("1.50".to_owned())]);
        let list = vec![Value::Bool(true), Value::Bool(false)];
        assert_eq!(items::<bool>(driver, Kind::Bool, list).await?, [true, false]);
        assert!(items::<i64>(driver, Kind::I64, vec![]).await?.is_empty());
        assert_eq!(items::<String>(driver, Kind::Bytes, vec![Value::Bytes(vec![1, 255])]).await?, ["01ff"]);
        let error = items::<String>(driver, Kind::Text, vec![Value::Text("a\0b".into())]).await.err();
        assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::Unsupported { .. })), "{error:?}");
        Ok(())
    })
}

#[test]
fn what_sqlite_would_change_is_refused() -> Result<()> {
    everywhere(|driver| async move {
        for value in [Value::F64(f64::NAN), Value::F32(f32::NAN), Value::List(Kind::F64, vec![Value::F64(f64::NAN)])] {
            let error = read::<f64>(&driver, "SELECT ?", [value]).await.err();
            assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::OutOfRange { .. })), "{error:?}");
        }
        Ok(())
    })
}

#[test]
fn a_moment_is_now() -> Result<()> {
    everywhere(|driver| async move {
        let before = Utc::now().naive_utc();
        let now = read::<NaiveDateTime>(&driver, "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')", []).await?;
        assert!(now.iter().all(|now| (*now - before).num_seconds().abs() < 60));
        Ok(())
    })
}
