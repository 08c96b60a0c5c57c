//! The own ways of MySQL and MariaDB, against the local server.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::driver::Driver;
use crate::driver::tests::{MYSQL, Scratch, change_schema, column, one, read, run, write};
use crate::error::{Error, ErrorKind, IntegrityKind, QueryMistake, Result, Waiting};
use crate::statement::Statement;
use crate::value::{FieldType, Kind, Value};

/// Stores values in a column of a type and reads them back.
async fn check_round_trip<T>(driver: &dyn Driver, sql_type: &str, values: &[T]) -> Result<()>
where
    T: FieldType + PartialEq + std::fmt::Debug,
{
    change_schema(driver, "DROP TABLE IF EXISTS t").await?;
    change_schema(driver, &format!("CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, v {sql_type})")).await?;
    for value in values {
        driver.execute(write("INSERT INTO t (v) VALUES (?)", vec![value.encode()?])).await?;
    }
    let back: Vec<T> = column(driver, read("SELECT v FROM t ORDER BY id", Vec::new())).await?;
    assert_eq!(back, values, "{sql_type}");
    driver.execute(write("INSERT INTO t (v) VALUES (?)", vec![Value::Null(T::KIND)])).await?;
    assert_eq!(one::<i64>(driver, "SELECT count(*) FROM t WHERE v IS NULL", Vec::new()).await?, 1, "{sql_type}");
    Ok(())
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::query(format!("{text} is no such value")))
}

#[tokio::test]
async fn every_kind_goes_there_and_back() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let driver = &*scratch.connect("max_connections=1").await?;
    check_round_trip(driver, "bool", &[true, false]).await?;
    check_round_trip(driver, "smallint", &[i16::MIN, 0, i16::MAX]).await?;
    check_round_trip(driver, "int", &[i32::MIN, -1, i32::MAX]).await?;
    check_round_trip(driver, "bigint", &[i64::MIN, 0, i64::MAX]).await?;
    check_round_trip(driver, "bigint unsigned", &[0, i64::MAX as u64]).await?;
    check_round_trip(driver, "mediumint unsigned", &[0, 16_777_215_u32]).await?;
    check_round_trip(driver, "tinyint unsigned", &[0, 255_u8]).await?;
    check_round_trip(driver, "tinyint(1) unsigned", &[0, 255_u8]).await?;
    check_round_trip(driver, "tinyint", &[-128, 127_i8]).await?;
    check_round_trip(driver, "year", &[1901_u16, 2155]).await?;
    check_round_trip(driver, "float", &[-1.5_f32, 0.0, f32::MIN_POSITIVE, f32::MAX]).await?;
    check_round_trip(driver, "double", &[f64::MIN, 0.1, f64::MIN_POSITIVE, f64::MAX]).await?;
    let texts = ["", "ä 🦀 '\"\\ %_\0", "line\nline", &"x".repeat(100_000)].map(str::to_owned);
    check_round_trip(driver, "longtext", &texts).await?;
    check_round_trip(driver, "longtext COLLATE utf8mb4_bin", &texts).await?;
    check_round_trip(driver, "varchar(20) COLLATE utf8mb4_bin", &texts[..3]).await?;
    check_round_trip(driver, "enum('sad', 'glad')", &["glad".to_owned()]).await?;
    check_round_trip(driver, "set('a', 'b')", &["a,b".to_owned()]).await?;
    check_round_trip(driver, "longblob", &[vec![], vec![0, 1, 255], vec![7; 70_000]]).await?;
    check_round_trip(driver, "varbinary(9)", &[vec![], vec![0, 1, 255]]).await?;
    let dates = ["1000-01-01", "1969-12-31", "2000-02-29", "9999-12-31"];
    check_round_trip(driver, "date", &dates.map(parsed::<NaiveDate>).into_iter().collect::<Result<Vec<_>>>()?).await?;
    let times = ["00:00:00", "12:34:56.000001", "23:59:59.999999"];
    check_round_trip(driver, "time(6)", &times.map(parsed::<NaiveTime>).into_iter().collect::<Result<Vec<_>>>()?)
        .await?;
    let moments =
        ["1000-01-01T00:00:00", "1969-12-31T23:59:59.999999", "2038-01-19T03:14:08", "9999-12-31T23:59:59.999999"];
    let moments = moments.map(parsed::<NaiveDateTime>).into_iter().collect::<Result<Vec<_>>>()?;
    check_round_trip(driver, "datetime(6)", &moments).await?;
    check_round_trip(driver, "datetime(6)", &moments.iter().map(NaiveDateTime::and_utc).collect::<Vec<_>>()).await?;
    check_round_trip(driver, "timestamp(6) NULL", &[parsed::<DateTime<Utc>>("2020-02-29T01:02:03.000004Z")?]).await?;
    check_round_trip(driver, "bigint", &[TimeDelta::microseconds(i64::MIN), TimeDelta::microseconds(1)]).await?;
    let uuids = [Uuid::nil(), Uuid::max(), Uuid::new_v4()];
    check_round_trip(driver, "char(36)", &uuids).await?;
    let documents = [json!(null), json!({"a": [1, 2.5, "ü", {"b": null}]}), json!([]), json!("x"), json!(i64::MAX)];
    check_round_trip(driver, "json", &documents).await?;
    if driver.server().product == "MariaDB" {
        check_round_trip(driver, "uuid", &uuids).await?;
    }
    Ok(())
}

#[tokio::test]
async fn decimals_are_exact() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let driver = &*scratch.connect("max_connections=1").await?;
    let texts = ["0", "-1", "12345678901234567", "79228162514264337593543950335", "-79228162514264337593543950335"];
    check_round_trip(driver, "decimal(30, 0)", &texts.map(parsed::<Decimal>).into_iter().collect::<Result<Vec<_>>>()?)
        .await?;
    let texts = ["0.0000000000000000000000000001", "-0.5", "7.9228162514264337593543950335"];
    check_round_trip(driver, "decimal(40, 28)", &texts.map(parsed::<Decimal>).into_iter().collect::<Result<Vec<_>>>()?)
        .await?;
    check_round_trip(
        driver,
        "decimal(60, 30)",
        &["0.5", "79228162.5"].map(parsed::<Decimal>).into_iter().collect::<Result<Vec<_>>>()?,
    )
    .await?;
    assert_eq!(one::<i64>(driver, "SELECT sum(v) FROM (SELECT 1 v UNION SELECT 9) s", Vec::new()).await?, 10);
    assert_eq!(one::<Decimal>(driver, "SELECT ~0", Vec::new()).await?.to_string(), u64::MAX.to_string());
    Ok(())
}

#[tokio::test]
async fn lists_are_json_arrays() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let driver = &*scratch.connect("max_connections=1").await?;
    let moment: NaiveDateTime = parsed("2020-02-29T01:02:03.000004")?;
    for (sql_type, items) in [
        ("bigint", vec![Value::I64(i64::MIN), Value::I64(i64::MAX)]),
        ("tinyint", vec![Value::Bool(true), Value::Bool(false)]),
        ("double", vec![Value::F64(0.1)]),
        ("decimal(40, 10)", vec![Value::Decimal(parsed("-12345678901234567.89")?)]),
        ("varchar(99)", vec![Value::Text("ä'\"\\".into())]),
        ("datetime(6)", vec![Value::DateTime(moment), Value::DateTime(moment)]),
        ("date", vec![Value::Date(moment.date())]),
        ("time(6)", vec![Value::Time(moment.time())]),
        ("char(36)", vec![Value::Uuid(Uuid::max())]),
    ] {
        let kind = items.first().map_or(Kind::I64, Value::kind);
        let sql = format!("SELECT count(*) FROM JSON_TABLE(?, '$[*]' COLUMNS (v {sql_type} PATH '$')) j WHERE v = ?");
        for item in &items {
            let binds = vec![Value::List(kind, items.clone()), item.clone()];
            assert!(one::<i64>(driver, &sql, binds).await? > 0, "{sql_type}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_does_not_fit_is_an_error_with_the_column() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
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
    change_schema(driver, "CREATE TABLE z (d date, m datetime(6), g point)").await?;
    change_schema(driver, "SET sql_mode = ''; INSERT INTO z VALUES ('0000-00-00', '0000-00-00', point(1, 2))").await?;
    check::<Option<NaiveDate>>(driver, "(SELECT d FROM z)", "zero date").await?;
    check::<Option<NaiveDateTime>>(driver, "(SELECT m FROM z)", "zero date").await?;
    check::<String>(driver, "(SELECT g FROM z)", "GEOMETRY").await?;
    check::<i64>(driver, "~0", "does not fit").await?;
    check::<NaiveTime>(driver, "CAST('25:00:00' AS TIME)", "beyond a day").await?;
    check::<NaiveTime>(driver, "CAST('-01:00:00' AS TIME)", "below zero").await?;
    check::<Decimal>(driver, "CAST(1e30 AS DECIMAL(40))", "28 digits").await?;
    check::<i64>(driver, "'x'", "text").await?;
    check::<i64>(driver, "NULL", "NULL").await?;
    check::<i16>(driver, "40000", "does not fit").await?;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_bound_is_refused_before_it_is_sent() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let driver = &*scratch.connect("max_connections=1").await?;
    let far = NaiveDate::from_ymd_opt(10_000, 1, 1).ok_or_else(|| Error::query("no such year"))?;
    for value in [
        Value::F64(f64::NAN),
        Value::F32(f32::INFINITY),
        Value::List(Kind::F64, vec![Value::F64(f64::NAN)]),
        Value::Date(far),
        Value::Bytes(vec![0; (64 << 20) + 1]),
    ] {
        let error = one::<Option<String>>(driver, "SELECT ?", vec![value]).await.err();
        assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::OutOfRange { .. })), "{error:?}");
    }
    let error = one::<i64>(driver, "SELECT ?", vec![]).await.err();
    let mistake = QueryMistake::Placeholders { wanted: 1, given: 0 };
    assert_eq!(error.as_ref().map(Error::kind), Some(&ErrorKind::Query(mistake)));
    assert_eq!(one::<i64>(driver, "SELECT 7", Vec::new()).await?, 7);
    Ok(())
}

#[tokio::test]
async fn violations_name_the_constraint_and_the_columns_but_no_value() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let driver = &*scratch.connect("max_connections=1").await?;
    change_schema(
        driver,
        "CREATE TABLE author (id bigint PRIMARY KEY, name varchar(40) NOT NULL, CONSTRAINT uq UNIQUE (name), \
         CONSTRAINT `long` CHECK (name <> 'x'));
         CREATE TABLE book (author_id bigint, CONSTRAINT fk FOREIGN KEY (author_id) REFERENCES author (id));
         INSERT INTO author VALUES (1, 'geheim'); INSERT INTO book VALUES (1)",
    )
    .await?;
    let (is_mysql, author, book) = (driver.server().product == "MySQL", Some("author"), Some("book"));
    for (sql, kind, constraint, table, columns) in [
        (
            "INSERT INTO author VALUES (2, 'geheim')",
            IntegrityKind::Unique,
            Some("uq"),
            author.filter(|_| is_mysql),
            vec![],
        ),
        (
            "INSERT INTO author VALUES (1, 'y')",
            IntegrityKind::Unique,
            Some("PRIMARY"),
            author.filter(|_| is_mysql),
            vec![],
        ),
        ("INSERT INTO author VALUES (2, NULL)", IntegrityKind::NotNull, None, None, vec!["name"]),
        ("INSERT INTO author (id) VALUES (2)", IntegrityKind::NotNull, None, None, vec!["name"]),
        (
            "INSERT INTO author VALUES (2, 'x')",
            IntegrityKind::Check,
            Some("long"),
            author.filter(|_| !is_mysql),
            vec![],
        ),
        ("INSERT INTO book VALUES (9)", IntegrityKind::ForeignKey, Some("fk"), book, vec!["author_id"]),
        ("DELETE FROM author", IntegrityKind::ForeignKey, Some("fk"), book, vec!["author_id"]),
    ] {
        let error = run(driver, sql).await.err();
        let expected = ErrorKind::Integrity {
            kind,
            constraint: constraint.map(str::to_owned),
            table: table.map(str::to_owned),
            columns: columns.into_iter().map(str::to_owned).collect(),
        };
        assert_eq!(error.as_ref().map(Error::kind), Some(&expected), "{sql}: {error:?}");
        assert!(!format!("{error:?}").contains("geheim"));
    }
    Ok(())
}

#[tokio::test]
async fn errors_have_kinds_and_codes_and_no_values() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let driver = &*scratch.connect("max_connections=1&statement_timeout=0.05s").await?;
    change_schema(driver, "CREATE TABLE t (a int, s varchar(3))").await?;
    let kind_of = async |sql: &str, binds: Vec<Value>| -> Result<ErrorKind> {
        let error =
            driver.execute(read(sql, binds)).await.err().ok_or_else(|| Error::query(format!("{sql} passed")))?;
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
        Ok(error.kind().clone())
    };
    let secret = || vec![Value::Text("geheim".into())];
    for sql in
        ["INSERT INTO t (a) VALUES (?)", "INSERT INTO t (s) VALUES (?)", "INSERT INTO t (a) VALUES (3000000000 + ?)"]
    {
        let kind = kind_of(sql, secret()).await?;
        assert!(matches!(kind, ErrorKind::OutOfRange { .. }), "{sql}: {kind:?}");
    }
    assert!(
        matches!(kind_of("SELECT * FROM no_such_table", vec![]).await?, ErrorKind::Database { code: Some(code), message } if code == "1146" && message.contains("no_such_table"))
    );
    assert!(
        matches!(kind_of("SELECT no_such_column", vec![]).await?, ErrorKind::Database { code: Some(code), .. } if code == "1054")
    );
    assert!(
        matches!(kind_of("SELECT SLEEP(5)", vec![]).await?, ErrorKind::Timeout { what: Waiting::Statement, after: Some(after) } if after == Duration::from_millis(50))
    );
    assert_eq!(one::<i64>(driver, "SELECT 7", Vec::new()).await?, 7);
    Ok(())
}

#[tokio::test]
async fn sessions_are_set_up() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let driver = &*scratch.connect("max_connections=1").await?;
    let mode: String = one(driver, "SELECT @@sql_mode", Vec::new()).await?;
    assert!(mode.contains("STRICT_ALL_TABLES") && mode.contains("NO_ZERO_DATE"), "{mode}");
    assert!(!mode.contains("ANSI_QUOTES") && !mode.contains("NO_BACKSLASH_ESCAPES"), "{mode}");
    assert_eq!(one::<String>(driver, "SELECT @@time_zone", Vec::new()).await?, "+00:00");
    assert_eq!(one::<String>(driver, "SELECT @@character_set_connection", Vec::new()).await?, "utf8mb4");
    let isolation = if driver.server().product == "MariaDB" { "@@tx_isolation" } else { "@@transaction_isolation" };
    assert_eq!(one::<String>(driver, &format!("SELECT {isolation}"), Vec::new()).await?, "READ-COMMITTED");
    change_schema(driver, "CREATE TABLE t (id bigint AUTO_INCREMENT PRIMARY KEY, a int, b int)").await?;
    let done = run(driver, "INSERT INTO t (a, b) VALUES (1, 2)").await?;
    assert_eq!((done.rows_affected, done.last_insert_id), (1, Some(1)));
    // Matched rows count, changed or not.
    let done = run(driver, "UPDATE t SET a = 1").await?;
    assert_eq!((done.rows_affected, done.last_insert_id), (1, None));
    if mode.contains("SIMULTANEOUS_ASSIGNMENT") {
        run(driver, "UPDATE t SET a = b, b = a").await?;
        assert_eq!(one::<i64>(driver, "SELECT a * 10 + b FROM t", Vec::new()).await?, 21);
    }
    assert_eq!(
        column::<i64>(driver, write("INSERT INTO t (a) VALUES (5), (6) RETURNING id", Vec::new())).await?,
        [2, 3]
    );
    Ok(())
}

/// However little memory it has, a sort by ten texts is never refused.
#[tokio::test]
async fn a_sort_has_the_memory_that_the_url_says() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let letters = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    for (option, buffer, sorted) in [
        ("", 83_886_080, 524_288),
        ("sort_buffer_size=1638400", 1_638_400, 10_240),
        ("sort_buffer_size=163840", 163_840, 1_024),
    ] {
        let driver = &*scratch.connect(option).await?;
        assert_eq!(one::<i64>(driver, "SELECT @@sort_buffer_size", Vec::new()).await?, buffer);
        assert_eq!(one::<i64>(driver, "SELECT @@max_sort_length", Vec::new()).await?, sorted);
        change_schema(driver, "DROP TABLE IF EXISTS t").await?;
        let columns = letters.map(|letter| format!("{letter} LONGTEXT")).join(", ");
        change_schema(driver, &format!("CREATE TABLE t (id INT PRIMARY KEY, {columns})")).await?;
        for id in [2, 1] {
            let values = letters.map(|_| "REPEAT('x', 3000)").join(", ");
            run(driver, &format!("INSERT INTO t VALUES ({id}, {values})")).await?;
        }
        let sorted = read(&format!("SELECT id FROM t ORDER BY {}, id", letters.join(", ")), Vec::new());
        assert_eq!(column::<i64>(driver, sorted).await?, [1, 2], "{option}");
    }
    Ok(())
}

#[tokio::test]
async fn a_changed_table_needs_no_new_plan() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let driver = &*scratch.connect("max_connections=1").await?;
    change_schema(driver, "CREATE TABLE t (a int)").await?;
    run(driver, "INSERT INTO t VALUES (1)").await?;
    for sql in ["ALTER TABLE t MODIFY a bigint", "ALTER TABLE t ADD b text FIRST", "ALTER TABLE t DROP b", "SELECT 1"] {
        column::<Option<i64>>(driver, read("SELECT a FROM t", Vec::new())).await?;
        run(driver, "UPDATE t SET a = 1").await?;
        change_schema(driver, sql).await?;
    }
    Ok(())
}

#[tokio::test]
async fn prepared_statements_are_kept_and_closed_all_at_once() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let driver = &*scratch.connect("max_connections=1&statement_cache_size=10").await?;
    if driver.server().product != "MariaDB" {
        return Ok(());
    }
    let told = |name| {
        format!(
            "SELECT CAST(variable_value AS SIGNED) FROM information_schema.session_status WHERE variable_name = '{name}'"
        )
    };
    let (prepared, closed) = (told("Com_stmt_prepare"), told("Com_stmt_close"));
    let mut counts = Vec::new();
    for _ in 0..3 {
        for number in 0..9_i64 {
            assert_eq!(one::<i64>(driver, &format!("SELECT {number}"), Vec::new()).await?, number);
        }
        counts.push(one::<i64>(driver, &prepared, Vec::new()).await?);
    }
    assert!(counts.iter().all(|count| *count == counts[0]), "ten texts are prepared once: {counts:?}");
    assert_eq!(one::<i64>(driver, &closed, Vec::new()).await?, 0);
    assert_eq!(one::<i64>(driver, "SELECT 9", Vec::new()).await?, 9);
    assert_eq!(one::<i64>(driver, &closed, Vec::new()).await?, 11);
    Ok(())
}

#[tokio::test]
async fn a_deadlock_is_a_serialization_failure() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let driver = &*scratch.connect("max_connections=4").await?;
    change_schema(driver, "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 0), (2, 0)").await?;
    let both = |first: i32, second: i32| {
        let add = |id| write("UPDATE t SET n = n + 1 WHERE id = ?", vec![Value::I32(id)]);
        driver.execute_all(vec![add(first), read("SELECT SLEEP(0.2)", Vec::new()), add(second)])
    };
    let (one_way, other_way) = tokio::join!(both(1, 2), both(2, 1));
    let failed = [one_way.err(), other_way.err()].into_iter().flatten().collect::<Vec<_>>();
    assert!(
        matches!(failed.as_slice(), [error] if matches!(error.kind(), ErrorKind::Serialization { .. })),
        "{failed:?}"
    );
    assert_eq!(column::<i64>(driver, read("SELECT n FROM t", Vec::new())).await?, [1, 1]);
    Ok(())
}

#[tokio::test]
async fn a_query_of_the_catalog_whose_client_left_is_not_killed() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let driver = &*scratch.connect("max_connections=3").await?;
    let running = async |mark: &str| {
        let sql = format!(
            "SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%/* {mark} */%' \
             AND db = DATABASE() AND id <> CONNECTION_ID()"
        );
        one::<i64>(driver, &sql, Vec::new()).await
    };
    let leave = async |mark: &str, sql: &str| {
        tokio::select! {
            done = run(driver, sql) => panic!("{done:?}"),
            started = async { while running(mark).await? == 0 { tokio::task::yield_now().await; } Ok::<_, Error>(()) } => started,
        }
    };
    leave("catalog", "SELECT /* catalog */ SLEEP(5) FROM Information_Schema.schemata LIMIT 1").await?;
    leave("other", "SELECT /* other */ SLEEP(3600)").await?;
    while running("other").await? > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(running("catalog").await?, 1, "it was killed, as the one that was left after it");
    while running("catalog").await? > 0 {
        tokio::task::yield_now().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_query_whose_client_left_is_ended() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let driver = &*scratch.connect("max_connections=2").await?;
    let running = "SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%/* left */%' \
                   AND db = DATABASE() AND id <> CONNECTION_ID()";
    let count_is = async |wanted| {
        while one::<i64>(driver, running, Vec::new()).await? != wanted {
            tokio::task::yield_now().await;
        }
        Ok::<_, Error>(())
    };
    tokio::select! {
        done = run(driver, "SELECT /* left */ SLEEP(3600)") => panic!("{done:?}"),
        started = count_is(1) => started?,
    }
    // Long before it has slept.
    tokio::time::timeout(Duration::from_secs(120), count_is(0)).await.expect("an end")?;
    Ok(())
}

/// Each close of its own would delay the next statement by some 40 ms.
#[tokio::test]
async fn passing_statements_are_closed_together() -> Result<()> {
    let scratch = Scratch::new(MYSQL).await?;
    let driver = &*scratch.connect("max_connections=1&statement_cache_size=50").await?;
    let closes = async || {
        let told = "SELECT CAST(variable_value AS SIGNED) FROM information_schema.session_status \
                    WHERE variable_name = 'COM_STMT_CLOSE'";
        one::<i64>(driver, told, Vec::new()).await
    };
    let ask = async |number: i64, more: &str| {
        let sql = format!("SELECT {number}{more}");
        let passing = Statement { persistent: false, ..read(&sql, Vec::new()) };
        column::<i64>(driver, passing).await
    };
    assert_eq!(closes().await?, 0);
    for number in 0..200 {
        assert_eq!(ask(number, "").await?, [number]);
        assert!(number != 40 || closes().await? == 0);
    }
    assert!((150..200).contains(&closes().await?), "no more than 50 are kept");
    let before = closes().await?;
    // A long one is not kept.
    ask(1, &" ".repeat(20_000)).await?;
    assert_eq!(closes().await?, before + 1);
    Ok(())
}
