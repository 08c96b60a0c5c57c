use super::{everywhere, read, run};
use crate::driver::sqlite::SqliteDriver;
use crate::error::{Error, ErrorKind, RangeLimit, Result};
use crate::value::Value;

async fn text(driver: &SqliteDriver, expression: &str) -> Result<Option<String>> {
    let texts = read::<Option<String>>(driver, &format!("SELECT CAST({expression} AS TEXT)"), []).await?;
    Ok(texts.into_iter().next().flatten())
}

async fn check(driver: &SqliteDriver, cases: &[(&str, Option<&str>)]) -> Result<()> {
    for (expression, expected) in cases {
        assert_eq!(text(driver, expression).await?.as_deref(), *expected, "{expression}");
    }
    Ok(())
}

#[test]
fn decimal_arithmetic_is_exact() -> Result<()> {
    everywhere(|driver| async move {
        check(
            &driver,
            &[
                ("decimal_add('0.1', '0.2')", Some("0.3")),
                ("decimal_add('1.10', 2)", Some("3.10")),
                ("decimal_sub(0.3, 0.1)", Some("0.2")),
                ("decimal_mul('1.50', '-2')", Some("-3.00")),
                ("decimal_mul('0.00', '5')", Some("0.00")),
                ("decimal_div('1', '4')", Some("0.2500000000")),
                ("decimal_div('1', '0')", None),
                ("decimal_add('1', NULL)", None),
                ("decimal_mul('100000000000000.00', '10000000000000.00')", Some("1000000000000000000000000000")),
            ],
        )
        .await?;
        for expression in [
            "decimal_add('79228162514264337593543950335', '1')",
            "decimal_add('79228162514264337593543950335', '0.1')",
            "decimal_mul('1.00000000000001', '1.000000000000001')",
            "decimal_mul('79228162514264337593543950335', '2')",
            "decimal_add('secret', '1')",
            "decimal_add(x'00', '1')",
        ] {
            let error = text(&driver, expression).await.err();
            assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::OutOfRange { .. })), "{error:?}");
            assert!(error.is_some_and(
                |error| !format!("{error:?}").contains("secret'") && !error.to_string().contains("secret")
            ));
        }
        Ok(())
    })
}

#[test]
fn decimal_aggregates_and_order_are_exact() -> Result<()> {
    everywhere(|driver| async move {
        let driver = &driver;
        run(driver, "DROP TABLE IF EXISTS price", []).await?;
        run(driver, "CREATE TABLE price (amount TEXT COLLATE decimal)", []).await?;
        check(
            driver,
            &[("(SELECT decimal_sum(amount) FROM price)", None), ("(SELECT decimal_avg(amount) FROM price)", None)],
        )
        .await?;
        run(driver, "INSERT INTO price VALUES ('10.5'), ('9'), (NULL), ('-0.5'), ('9.00')", []).await?;
        check(
            driver,
            &[
                ("(SELECT decimal_sum(amount) FROM price)", Some("28.00")),
                ("(SELECT decimal_avg(amount) FROM price)", Some("7.0000000000")),
                ("(SELECT max(amount) FROM price)", Some("10.5")),
                ("(SELECT count(DISTINCT amount) FROM price)", Some("3")),
                ("(SELECT count(*) FROM price WHERE amount = '9.0')", Some("2")),
                ("(SELECT count(*) FROM price WHERE amount < '10')", Some("3")),
                (
                    "(SELECT count(*) FROM price WHERE amount IN (SELECT value FROM json_each('[\"9.000\"]')))",
                    Some("2"),
                ),
            ],
        )
        .await?;
        let sql = "SELECT decimal_sum(amount) OVER (ORDER BY rowid ROWS 1 PRECEDING) FROM price WHERE amount > ''";
        assert!(read::<String>(driver, sql, []).await?.is_empty(), "text that is no number comes last");
        let sql = "SELECT decimal_sum(amount) OVER (ORDER BY rowid ROWS 1 PRECEDING) FROM price";
        let sums = read::<Option<String>>(driver, sql, []).await?;
        let expected = ["10.5", "19.5", "9.0", "-0.5", "8.50"].map(|sum| Some(sum.to_owned()));
        assert_eq!(sums, expected);
        run(driver, "INSERT INTO price VALUES ('none'), ('100')", []).await?;
        let sorted = read::<String>(driver, "SELECT amount FROM price WHERE amount NOT NULL ORDER BY amount DESC", []);
        assert_eq!(sorted.await?, ["none", "100", "10.5", "9", "9.00", "-0.5"]);
        Ok(())
    })
}

#[test]
fn case_folds_beyond_ascii() -> Result<()> {
    everywhere(|driver| async move {
        check(
            &driver,
            &[
                ("dormouse_fold('ÉCOLE Σ')", Some("école σ")),
                ("dormouse_fold(NULL)", None),
                ("dormouse_fold(12)", Some("12")),
                ("dormouse_fold('ÇA' || char(0) || 'Z')", Some("ça\0z")),
            ],
        )
        .await
    })
}

#[test]
fn regular_expressions_look_around() -> Result<()> {
    everywhere(|driver| async move {
        check(
            &driver,
            &[
                ("'book' REGEXP '^b(o)\\1k$'", Some("1")),
                ("'Book' REGEXP 'book'", Some("0")),
                ("iregexp('ÉCOLE', 'l''école')", Some("1")),
                ("'foobar' REGEXP 'foo(?!bar)'", Some("0")),
                ("NULL REGEXP 'x'", None),
                ("'x' REGEXP NULL", None),
                ("2024 REGEXP '^20'", Some("1")),
            ],
        )
        .await?;
        run(&driver, "INSERT INTO book (title) VALUES ('abc'), ('b'), ('c')", []).await?;
        let pattern = [Value::Text("^[ab]".into())];
        let titles =
            read::<String>(&driver, "SELECT title FROM book WHERE title REGEXP ? ORDER BY id", pattern).await?;
        assert_eq!(titles, ["abc", "b"]);
        // A pattern that is a column is compiled for each row.
        let titles = read::<String>(&driver, "SELECT title FROM book WHERE 'b' REGEXP title ORDER BY id", []).await?;
        assert_eq!(titles, ["b"]);
        for pattern in ["(secret", "secret[", "((a{1000}){1000}){1000}"] {
            let error = read::<bool>(&driver, "SELECT 'x' REGEXP ?", [Value::Text(pattern.into())]).await.err();
            assert!(matches!(error.as_ref().map(Error::kind), Some(ErrorKind::Query { .. })), "{pattern} {error:?}");
            assert!(!format!("{error:?}").contains("secret"));
        }
        let evil = [Value::Text(r"(?=x*)^(a|b|ab)*\1c$".into()), Value::Text("ab".repeat(40).into())];
        let error = read::<bool>(&driver, "SELECT regexp(?, ?)", evil).await.err();
        assert!(error.is_some_and(|error| error.to_string().contains("too many steps")));
        Ok(())
    })
}

#[test]
fn functions_serve_indexes_and_checks() -> Result<()> {
    everywhere(|driver| async move {
        run(&driver, "DROP TABLE IF EXISTS tag", []).await?;
        run(&driver, "CREATE TABLE tag (name TEXT CHECK (name REGEXP '^[a-z]+$'))", []).await?;
        run(&driver, "CREATE INDEX folded ON tag (dormouse_fold(name))", []).await?;
        run(&driver, "INSERT INTO tag VALUES ('fine')", []).await?;
        let error = run(&driver, "INSERT INTO tag VALUES ('Not fine')", []).await.err();
        assert!(error.is_some_and(|error| error.is_check_violation()));
        Ok(())
    })
}

#[test]
fn a_number_past_64_bits_is_told_from_a_value_past_its_column() -> Result<()> {
    everywhere(|driver| async move {
        for (expression, limit) in [
            ("integer_add(9223372036854775807, 1)", RangeLimit::Arithmetic),
            ("float_mul(1e300, 1e300)", RangeLimit::Arithmetic),
            ("integer_fit(70000, -32768, 32767)", RangeLimit::Arithmetic),
            ("text_fit('abc', 2)", RangeLimit::Type),
        ] {
            let error = text(&driver, expression).await.err();
            let kind = error.as_ref().map(Error::kind);
            assert!(matches!(kind, Some(ErrorKind::OutOfRange { of, .. }) if *of == limit), "{expression}: {error:?}");
        }
        Ok(())
    })
}
