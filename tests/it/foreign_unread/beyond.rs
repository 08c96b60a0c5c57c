//! What only a server has: infinity, days that others do not have, times past a day, numbers of too many digits.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use dormouse::Result;
use dormouse::prelude::*;
use rust_decimal::Decimal;

use super::{Odd, answered_with_it, questions, two_rows};
use crate::support::{Content, Place, check_index, fill_up, matrix, run};

/// A column, the type that it has, and what it may hold there that is not read.
type Beyond = (&'static str, &'static str, &'static [&'static str]);

/// What only PostgreSQL has.
const BEYOND_POSTGRES: [Beyond; 12] = [
    ("day", "date", &["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'0001-02-29 BC'", "'20000-01-01'"]),
    ("day", "days", &["'infinity'", "'10000-01-01'"]),
    ("time", "time", &["'24:00:00'"]),
    ("time", "time(0)", &["'24:00:00'"]),
    (
        "local",
        "timestamp",
        &["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'0001-02-29 23:59:59 BC'", "'20000-01-01'"],
    ),
    ("local", "timestamptz", &["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'20000-01-01'"]),
    (
        "at",
        "timestamptz",
        &["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'0001-02-29 00:00:00+00 BC'", "'20000-01-01'"],
    ),
    ("at", "timestamp(3)", &["'infinity'", "'-infinity'", "'10000-01-01'"]),
    (
        "money",
        "numeric",
        &["'NaN'", "1e40", "-1e29", "0.00000000000000000000000000001", "12345678901234567890.1234567891"],
    ),
    ("money", "numeric(12, 2)", &["'NaN'"]),
    ("money", "float8", &["'NaN'", "'infinity'", "'-infinity'", "1e30"]),
    ("money", "real", &["'NaN'", "'infinity'"]),
];

/// What only MariaDB has.
const BEYOND_MARIADB: [Beyond; 6] = [
    ("day", "date", &["'0000-00-00'", "'2024-00-10'", "'2024-01-00'", "'2023-02-29'", "'0000-02-29'"]),
    ("time", "time(6)", &["'838:59:59'", "'24:00:00'", "'-10:00:00'", "'-00:00:00.000001'"]),
    ("local", "datetime", &["'0000-00-00'", "'2024-00-10 10:00:00'", "'2024-04-31 10:00:00'"]),
    ("at", "datetime(6)", &["'0000-00-00'", "'2024-01-00'", "'2023-02-29 10:00:00.5'"]),
    ("at", "timestamp", &["'0000-00-00 00:00:00'"]),
    (
        "money",
        "decimal(65, 30)",
        &["1e30", "-1e29", "0.00000000000000000000000000001", "12345678901234567890.1234567891"],
    ),
];

/// Beside that, what is not the least or the greatest is left out there; and a mean is rounded.
const UNMET: [&str; 7] = ["lt", "gte", "not gt", "between", "least", "greatest", "mean"];

/// Infinity, days that others do not have, times past a day and numbers of too many digits: each is refused when it is read,
/// and nothing is made of it.
#[tokio::test]
async fn what_a_server_alone_has_is_in_no_answer() -> Result<()> {
    let postgres = (Place::postgres().await?, &BEYOND_POSTGRES[..], "UPDATE");
    // Strict as its sessions are, it takes them from no one else either.
    let mariadb =
        (Place::mariadb().await?, &BEYOND_MARIADB[..], "SET STATEMENT sql_mode = 'ALLOW_INVALID_DATES' FOR UPDATE");
    for (place, beyond, update) in [postgres, mariadb] {
        run(place, async |db| {
            if db.dialect().name() == "PostgreSQL" {
                db.execute_sql("CREATE DOMAIN days AS date").await?;
            }
            let mut wrong = Vec::new();
            for (column, declared, values) in beyond {
                for value in *values {
                    two_rows(db, column, declared).await?;
                    for (name, _, answer) in questions(column) {
                        if let Err(error) = answer.await {
                            wrong.push(format!("{declared} {column} {name}: {error:?}"));
                        }
                    }
                    two_rows(db, column, declared).await?;
                    db.execute_sql(format!("{update} odd SET {column} = {value} WHERE id = 2")).await?;
                    let what = format!("{declared} {column} {value}");
                    wrong.extend(answered_with_it(column, &what, &UNMET).await);
                    match Odd::objects().filter(|o| o.id.eq(2)).await {
                        Err(error) if error.to_string().contains(&format!("`{column}`")) => {}
                        other => wrong.push(format!("{what} is read or gone: {other:?}")),
                    }
                }
            }
            assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
            Ok(())
        })
        .await?;
    }
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "diary", managed = false)]
struct Page {
    id: i64,
    day: NaiveDate,
    at: NaiveDateTime,
    time: NaiveTime,
    paid: Decimal,
}

matrix! {
    /// The condition stands beside the bare column.
    async fn an_index_serves_days_and_amounts_of_others(db: &Database) -> Result<()> {
        let (at, time, paid) = match db.dialect().name() {
            // Where decimals have several forms no index serves a range of them.
            "SQLite" => return Ok(()),
            "PostgreSQL" => ("TIMESTAMP", "TIME", "NUMERIC"),
            _ => ("DATETIME(6)", "TIME(6)", "DECIMAL(40, 10)"),
        };
        db.execute_sql(format!(
            "CREATE TABLE diary (id BIGINT PRIMARY KEY, day DATE NOT NULL, at {at} NOT NULL, time {time} NOT NULL, \
             paid {paid} NOT NULL)"
        ))
        .await?;
        for column in ["day", "at", "time", "paid"] {
            db.execute_sql(format!("CREATE INDEX diary_{column} ON diary ({column})")).await?;
        }
        let (days, seconds) = match db.dialect().name() {
            "PostgreSQL" => ("CAST('2000-01-01' AS DATE) + n", "CAST('00:00' AS TIME) + n * INTERVAL '4 seconds'"),
            _ => ("CAST('2000-01-01' AS DATE) + INTERVAL n DAY", "SEC_TO_TIME(n * 4)"),
        };
        let columns = [
            ("day", Content::Same(days)),
            ("at", Content::Same(days)),
            ("time", Content::Same(seconds)),
            ("paid", Content::Number),
        ];
        fill_up(db, "diary", 20_000, &[&[("id", Content::Number)], &columns[..]].concat()).await?;
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let (from, to) = (day("2020-02-01"), day("2020-02-08"));
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap();
        let at = |day: NaiveDate| day.and_time(noon);
        let check = async |index: &str, condition: Q<Page>| {
            check_index(db, index, Page::objects().order_by(|_| ()).filter(|_| condition).aexplain()).await
        };
        let p = Page::fields();
        check("diary_day", p.day.eq(from)).await?;
        check("diary_day", p.day.between(from, to)).await?;
        check("diary_day", p.day.lt(day("2000-01-08"))).await?;
        check("diary_day", p.day.in_([from, to])).await?;
        check("diary_at", p.at.eq(at(from))).await?;
        check("diary_at", p.at.between(at(from), at(to))).await?;
        check("diary_time", p.time.between(noon, noon + TimeDelta::seconds(20))).await?;
        check("diary_paid", p.paid.eq(Decimal::from(7))).await?;
        check("diary_paid", p.paid.between(Decimal::from(7), Decimal::from(12))).await?;
        check_index(db, "diary_day", Page::objects().order_by(|p| p.day.asc()).limit(5).aexplain()).await
    }
}
