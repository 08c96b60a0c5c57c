//! PostgreSQL's own ways, against the local server.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use futures::future::join_all;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::driver::Driver;
use crate::driver::grammar;
use crate::driver::server::options::ServerOptions;
use crate::driver::tests::{POSTGRES, Scratch, change_schema, column, one, read, run, write};
use crate::error::{Error, ErrorKind, IntegrityKind, QueryMistake, Result, Waiting};
use crate::value::{FieldType, Kind, Value};

/// Sends a value there and back, in its own type and as one item of an array.
async fn check_round_trip<T>(driver: &dyn Driver, sql_type: &str, values: &[T]) -> Result<()>
where
    T: FieldType + PartialEq + std::fmt::Debug,
{
    for value in values {
        let sql = format!("SELECT $1::{sql_type}");
        assert_eq!(&one::<T>(driver, &sql, vec![value.encode()?]).await?, value, "{sql_type}");
    }
    let encoded: Vec<Value> = values.iter().map(FieldType::encode).collect::<Result<_>>()?;
    let sql = format!("SELECT v FROM unnest($1::{sql_type}[]) WITH ORDINALITY AS u (v, i) ORDER BY i");
    let back: Vec<T> = column(driver, read(&sql, vec![Value::List(T::KIND, encoded)])).await?;
    assert_eq!(back, values, "{sql_type}[]");
    let none: Option<bool> = one(driver, &format!("SELECT $1::{sql_type} IS NULL"), vec![Value::Null(T::KIND)]).await?;
    assert_eq!(none, Some(true), "{sql_type}");
    Ok(())
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::query(format!("{text} is no such value")))
}

#[tokio::test]
async fn every_kind_goes_there_and_back() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("max_connections=1").await?;
    check_round_trip(driver, "bool", &[true, false]).await?;
    check_round_trip(driver, "int2", &[i16::MIN, 0, i16::MAX]).await?;
    check_round_trip(driver, "int4", &[i32::MIN, -1, i32::MAX]).await?;
    check_round_trip(driver, "int8", &[i64::MIN, 0, i64::MAX]).await?;
    check_round_trip(driver, "int8", &[0, i64::MAX as u64]).await?;
    check_round_trip(driver, "float4", &[f32::MIN, -0.0, f32::MIN_POSITIVE, f32::MAX, f32::INFINITY]).await?;
    check_round_trip(driver, "float8", &[f64::MIN, 0.1, f64::MIN_POSITIVE, f64::MAX, f64::NEG_INFINITY]).await?;
    assert!(one::<f64>(driver, "SELECT $1", vec![Value::F64(f64::NAN)]).await?.is_nan());
    let texts = ["", "ä 🦀 '\"\\ %_", "line\nline", &"x".repeat(100_000)].map(str::to_owned);
    check_round_trip(driver, "text", &texts).await?;
    check_round_trip(driver, "bytea", &[vec![], vec![0, 1, 255], vec![7; 70_000]]).await?;
    let dates = ["0000-01-01", "0001-01-01", "1969-12-31", "2000-02-29", "9999-12-31"];
    check_round_trip(driver, "date", &dates.map(parsed::<NaiveDate>).into_iter().collect::<Result<Vec<_>>>()?).await?;
    let times = ["00:00:00", "12:34:56.000001", "23:59:59.999999"];
    check_round_trip(driver, "time", &times.map(parsed::<NaiveTime>).into_iter().collect::<Result<Vec<_>>>()?).await?;
    let moments =
        ["0000-01-01T00:00:00", "1969-12-31T23:59:59.999999", "2038-01-19T03:14:08", "9999-12-31T23:59:59.999999"];
    let moments = moments.map(parsed::<NaiveDateTime>).into_iter().collect::<Result<Vec<_>>>()?;
    check_round_trip(driver, "timestamp", &moments).await?;
    check_round_trip(driver, "timestamptz", &moments.iter().map(NaiveDateTime::and_utc).collect::<Vec<_>>()).await?;
    check_round_trip(driver, "int8", &[TimeDelta::microseconds(i64::MIN), TimeDelta::microseconds(1)]).await?;
    check_round_trip(driver, "uuid", &[Uuid::nil(), Uuid::max(), Uuid::new_v4()]).await?;
    let documents = [json!(null), json!({"a": [1, 2.5, "ü", {"b": null}]}), json!([]), json!("x"), json!(i64::MAX)];
    check_round_trip(driver, "jsonb", &documents).await?;
    check_round_trip(driver, "json", &documents).await?;
    Ok(())
}

#[tokio::test]
async fn decimals_are_exact() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("max_connections=1").await?;
    let texts = [
        "0",
        "1",
        "-1",
        "10000",
        "0.0001",
        "1.50",
        "-12345678901234567.89",
        "79228162514264337593543950335",
        "-79228162514264337593543950335",
        "0.0000000000000000000000000001",
        "7.9228162514264337593543950335",
        "100000000",
        "123400000000",
        "0.00012",
        "99999999.9999",
    ];
    let decimals = texts.map(parsed::<Decimal>).into_iter().collect::<Result<Vec<_>>>()?;
    check_round_trip(driver, "numeric", &decimals).await?;
    for text in texts {
        let found: Decimal = one(driver, &format!("SELECT {text}::numeric"), Vec::new()).await?;
        assert_eq!(found.to_string(), text);
    }
    for (sql, text) in [
        ("1.5::numeric(60, 40)", "1.5000000000000000000000000000"),
        ("123.5::numeric(60, 40)", "123.50000000000000000000000000"),
        ("0::numeric(60, 40)", "0.0000000000000000000000000000"),
        ("79228162514264337593543950335::numeric(60, 20)", "79228162514264337593543950335"),
    ] {
        assert_eq!(one::<Decimal>(driver, &format!("SELECT {sql}"), Vec::new()).await?.to_string(), text);
    }
    assert_eq!(one::<i64>(driver, "SELECT sum(n) FROM generate_series(1::int8, 4) AS s (n)", Vec::new()).await?, 10);
    assert_eq!(one::<Decimal>(driver, "SELECT 1e20::numeric", Vec::new()).await?.to_string(), "100000000000000000000");
    Ok(())
}

#[tokio::test]
async fn other_types_decode_to_what_they_are() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("max_connections=1").await?;
    change_schema(driver, "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE DOMAIN short AS varchar(9)").await?;
    for sql in ["'glad'::mood", "'glad'::short", "'glad'::name", "'glad'::char(4)", "'glad'::varchar(9)", "'glad'"] {
        assert_eq!(one::<String>(driver, &format!("SELECT {sql}"), Vec::new()).await?, "glad", "{sql}");
    }
    assert_eq!(one::<String>(driver, "SELECT 'r'::\"char\"", Vec::new()).await?, "r");
    assert_eq!(one::<i64>(driver, "SELECT 4000000000::oid", Vec::new()).await?, 4_000_000_000);
    assert_eq!(one::<Option<i64>>(driver, "SELECT NULL", Vec::new()).await?, None);
    Ok(())
}

#[tokio::test]
async fn what_does_not_fit_is_an_error_with_the_column() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("max_connections=1").await?;
    async fn check<T: FieldType>(driver: &dyn Driver, sql: &str, found: &str) -> Result<()> {
        let error = match one::<T>(driver, &format!("SELECT {sql} AS c"), Vec::new()).await {
            Ok(_) => panic!("{sql} was read"),
            Err(error) => error,
        };
        // A number that is too great is out of range; all else is no value of the type.
        let numbers = ["28 digits", "does not fit"];
        let is_kind = match error.kind() {
            ErrorKind::Decode { column, .. } => column == "c" && !numbers.contains(&found),
            ErrorKind::OutOfRange { column: Some(column), .. } => column == "c" && numbers.contains(&found),
            _ => false,
        };
        assert!(is_kind && error.to_string().contains(found), "{sql}: {error}");
        assert_eq!(one::<i64>(driver, "SELECT 7", Vec::new()).await?, 7);
        Ok(())
    }
    check::<NaiveDate>(driver, "'infinity'::date", "infinity").await?;
    check::<NaiveDate>(driver, "'5874897-12-31'::date", "years 0 to 9999").await?;
    check::<NaiveDate>(driver, "'0044-03-15 BC'::date", "years 0 to 9999").await?;
    check::<NaiveDateTime>(driver, "'-infinity'::timestamp", "infinity").await?;
    check::<DateTime<Utc>>(driver, "'infinity'::timestamptz", "infinity").await?;
    check::<DateTime<Utc>>(driver, "'294276-12-31 23:59:59.999999+00'::timestamptz", "years 0 to 9999").await?;
    check::<NaiveTime>(driver, "'24:00'::time", "24:00").await?;
    check::<Decimal>(driver, "'NaN'::numeric", "NaN").await?;
    check::<Decimal>(driver, "'Infinity'::numeric", "infinity").await?;
    check::<Decimal>(driver, "1e29::numeric", "28 digits").await?;
    check::<Decimal>(driver, "1e1000::numeric", "28 digits").await?;
    check::<Decimal>(driver, "1e-1000::numeric", "28 digits").await?;
    check::<Decimal>(driver, "0.12345678901234567890123456789::numeric", "28 digits").await?;
    check::<TimeDelta>(driver, "'1 day'::interval", "INTERVAL").await?;
    check::<String>(driver, "point(1, 2)", "POINT").await?;
    check::<String>(driver, "'<a/>'::xml", "xml").await?;
    check::<String>(driver, "ARRAY[1]", "INT4[]").await?;
    check::<i64>(driver, "'x'::text", "text").await?;
    check::<i64>(driver, "NULL::int8", "NULL").await?;
    check::<i16>(driver, "40000", "does not fit").await?;
    check::<String>(driver, "1", "integer").await?;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_bound_is_refused_before_it_is_sent() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("max_connections=1").await?;
    let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_000).ok_or_else(|| Error::query("no leap second"))?;
    for value in [
        Value::Text("a\0b".into()),
        Value::List(Kind::Text, vec![Value::Text("a\0b".into())]),
        Value::Bytes(vec![0; (64 << 20) + 1]),
        Value::Time(leap),
    ] {
        let error = one::<Option<String>>(driver, "SELECT $1::text", vec![value]).await.err();
        assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::OutOfRange { .. })), "{error:?}");
    }
    let error = one::<i64>(driver, "SELECT 1", vec![Value::I64(1); 65_536]).await.err();
    assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::TooComplex { limit: 65_535, .. })), "{error:?}");
    let mixed = Value::List(Kind::I64, vec![Value::I64(1), Value::Text("x".into())]);
    assert!(one::<i64>(driver, "SELECT 1 WHERE 1 = ANY($1)", vec![mixed]).await.is_err());
    // (A value too many takes a type, and is left over.)
    let error = one::<i64>(driver, "SELECT $1::int8 + $2::int8", vec![Value::I64(1)]).await.err();
    let mistake = QueryMistake::Placeholders { wanted: 2, given: 1 };
    assert_eq!(error.as_ref().map(Error::kind), Some(&ErrorKind::Query(mistake)));
    assert_eq!(one::<i64>(driver, "SELECT 7", Vec::new()).await?, 7);
    Ok(())
}

#[tokio::test]
async fn violations_name_the_constraint_and_the_columns_but_no_value() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("max_connections=1").await?;
    change_schema(
        driver,
        "CREATE TABLE author (id int8 PRIMARY KEY, name text NOT NULL, CONSTRAINT long CHECK (name <> 'x'), \
         CONSTRAINT uq UNIQUE (name, id));
         CREATE TABLE book (author_id int8 CONSTRAINT fk REFERENCES author, span int4range, \
         CONSTRAINT apart EXCLUDE USING gist (span WITH &&));
         INSERT INTO author VALUES (1, 'geheim'); INSERT INTO book VALUES (1, '[1,5)')",
    )
    .await?;
    for (sql, kind, constraint, table, columns) in [
        ("INSERT INTO author VALUES (1, 'geheim')", IntegrityKind::Unique, Some("author_pkey"), "author", vec!["id"]),
        ("INSERT INTO author VALUES (2, NULL)", IntegrityKind::NotNull, None, "author", vec!["name"]),
        ("INSERT INTO author VALUES (2, 'x')", IntegrityKind::Check, Some("long"), "author", vec![]),
        ("INSERT INTO book VALUES (9)", IntegrityKind::ForeignKey, Some("fk"), "book", vec!["author_id"]),
        // The server names the column of the row that is deleted, not that of the key.
        ("DELETE FROM author", IntegrityKind::ForeignKey, Some("fk"), "book", vec![]),
        ("INSERT INTO book VALUES (1, '[2,3)')", IntegrityKind::Exclusion, Some("apart"), "book", vec!["span"]),
    ] {
        let error = run(driver, sql).await.err();
        let expected = ErrorKind::Integrity {
            kind,
            constraint: constraint.map(str::to_owned),
            table: Some(table.to_owned()),
            columns: columns.into_iter().map(str::to_owned).collect(),
        };
        assert_eq!(error.as_ref().map(Error::kind), Some(&expected), "{sql}");
        assert!(!format!("{error:?}").contains("geheim"));
    }
    Ok(())
}

#[tokio::test]
async fn errors_have_kinds_and_codes_and_no_values() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("max_connections=1&statement_timeout=0.05s").await?;
    let kind_of = async |sql: &str, binds: Vec<Value>| -> Result<ErrorKind> {
        let error =
            driver.execute(read(sql, binds)).await.err().ok_or_else(|| Error::query(format!("{sql} passed")))?;
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
        Ok(error.kind().clone())
    };
    let secret = || vec![Value::Text("geheim".into())];
    assert!(matches!(kind_of("SELECT CAST($1 AS TEXT)::int4", secret()).await?, ErrorKind::OutOfRange { .. }));
    assert!(matches!(kind_of("SELECT 2000000000::int4 * 2", vec![]).await?, ErrorKind::OutOfRange { .. }));
    assert!(
        matches!(kind_of("SELECT * FROM no_such_table", vec![]).await?, ErrorKind::Database { code: Some(code), message } if code == "42P01" && message.contains("no_such_table"))
    );
    assert!(
        matches!(kind_of("SELECT no_such_column", vec![]).await?, ErrorKind::Database { code: Some(code), .. } if code == "42703")
    );
    assert!(
        matches!(kind_of("SELECT pg_sleep(5)", vec![]).await?, ErrorKind::Timeout { what: Waiting::Statement, after: Some(after) } if after == Duration::from_millis(50))
    );
    assert!(matches!(kind_of("SELECT $1", vec![]).await?, ErrorKind::Query(_)));
    assert_eq!(one::<i64>(driver, "SELECT 7", Vec::new()).await?, 7);
    Ok(())
}

#[tokio::test]
async fn sessions_are_set_up() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("application_name=shop").await?;
    for (setting, value) in
        [("TimeZone", "UTC"), ("application_name", "shop"), ("client_connection_check_interval", "1s")]
    {
        assert_eq!(one::<String>(driver, &format!("SELECT current_setting('{setting}')"), Vec::new()).await?, value);
    }
    let server = driver.server();
    assert_eq!(server.product, "PostgreSQL");
    assert!(server.version.0 >= 15 && server.location.contains("/dormouse_"), "{server:?}");
    Ok(())
}

#[tokio::test]
async fn a_plan_made_stale_by_a_new_schema_is_made_anew() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("max_connections=4").await?;
    change_schema(driver, "CREATE TABLE t (a int4); INSERT INTO t VALUES (1)").await?;
    let read_all = || async {
        let reads = (0..8).map(|_| column::<i64>(driver, read("SELECT * FROM t", Vec::new())));
        join_all(reads).await.into_iter().collect::<Result<Vec<_>>>()
    };
    let write_all = || async {
        let writes = (0..8).map(|_| column::<i64>(driver, write("UPDATE t SET a = a RETURNING *", Vec::new())));
        join_all(writes).await.into_iter().collect::<Result<Vec<_>>>()
    };
    for sql in ["ALTER TABLE t ALTER a TYPE int8", "ALTER TABLE t ADD b int4", "ALTER TABLE t DROP b", "SELECT 1"] {
        assert_eq!(read_all().await?, vec![[1]; 8]);
        assert_eq!(write_all().await?, vec![[1]; 8]);
        change_schema(driver, sql).await?;
    }
    read_all().await?;
    change_schema(driver, "ALTER TABLE t ALTER a TYPE int2").await?;
    driver.execute_all(vec![read("SELECT * FROM t", Vec::new()), read("SELECT * FROM t", Vec::new())]).await?;
    Ok(())
}

#[tokio::test]
async fn a_pooler_gets_no_named_statement_and_one_transaction_each() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("max_connections=1&pooler=transaction&statement_timeout=5s").await?;
    change_schema(driver, "CREATE TABLE t (id int8 PRIMARY KEY)").await?;
    for id in 1..4 {
        driver.execute(write("INSERT INTO t VALUES ($1)", vec![Value::I64(id)])).await?;
    }
    assert_eq!(column::<i64>(driver, read("SELECT id FROM t ORDER BY 1", Vec::new())).await?, [1, 2, 3]);
    assert!(run(driver, "INSERT INTO t VALUES (1)").await.err().is_some_and(|error| error.is_unique_violation()));
    assert_eq!(one::<i64>(driver, "SELECT count(*) FROM pg_prepared_statements", Vec::new()).await?, 0);
    assert_eq!(one::<String>(driver, "SELECT current_setting('statement_timeout')", Vec::new()).await?, "5s");
    assert!(one::<bool>(driver, "SELECT now() = transaction_timestamp()", Vec::new()).await?);
    Ok(())
}

#[tokio::test]
async fn prepared_statements_do_not_pile_up() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("max_connections=1&statement_cache_size=10").await?;
    for number in 0..50 {
        one::<i64>(driver, &format!("SELECT {number}"), Vec::new()).await?;
        let passing =
            crate::statement::Statement { persistent: false, ..read(&format!("SELECT -{number}"), Vec::new()) };
        column::<i64>(driver, passing).await?;
    }
    let kept: i64 = one(driver, "SELECT count(*) FROM pg_prepared_statements", Vec::new()).await?;
    assert!((5..=10).contains(&kept), "{kept}");
    Ok(())
}

#[tokio::test]
async fn a_query_whose_client_left_is_ended_by_the_server() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("max_connections=2").await?;
    let running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%/* left */%' AND pid <> pg_backend_pid()";
    let count_is = async |wanted| {
        while one::<i64>(driver, running, Vec::new()).await? != wanted {
            tokio::task::yield_now().await;
        }
        Ok::<_, Error>(())
    };
    tokio::select! {
        done = run(driver, "SELECT /* left */ pg_sleep(3600)") => panic!("{done:?}"),
        started = count_is(1) => started?,
    }
    // Long before it has slept.
    tokio::time::timeout(Duration::from_secs(120), count_is(0)).await.expect("an end")?;
    Ok(())
}

#[tokio::test]
async fn a_certificate_without_a_known_issuer_is_refused() -> Result<()> {
    let scratch = Scratch::new(POSTGRES).await?;
    let driver = &*scratch.connect("sslmode=require").await?;
    let encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert!(one::<bool>(driver, encrypted, Vec::new()).await?);
    let driver = &*scratch.connect("sslmode=disable").await?;
    assert!(!one::<bool>(driver, encrypted, Vec::new()).await?);
    for mode in ["verify-ca", "verify-full"] {
        let error = scratch.connect(&format!("sslmode={mode}")).await.err();
        let shown = format!("{error:?}");
        assert!(shown.contains("no TLS with PostgreSQL at "), "{shown}");
    }
    Ok(())
}

#[test]
fn a_server_is_judged_by_the_number_of_its_version() -> Result<()> {
    let options = ServerOptions::parse("postgres://anna@db/shop", &grammar::POSTGRES)?;
    let check = |number| super::server(&options, number).and_then(|server| server.check_version());
    for (number, version) in [(90_624, "9.6.24"), (140_011, "14.11.0")] {
        let shown = check(Some(number)).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(shown.contains(&format!("PostgreSQL {version} at db:5432/shop is too old")), "{shown}");
    }
    assert!(matches!(check(None).as_ref().map_err(Error::kind), Err(ErrorKind::Connection { .. })));
    check(Some(150_000)).and_then(|()| check(Some(180_001)))
}
