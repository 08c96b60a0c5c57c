//! Long lists beside what others keep in their own types and forms: each is answered in one reading of the list and of the
//! table, alone and in a key of two columns.

use std::time::Instant;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use dormouse::prelude::*;
use dormouse::{Database, Result};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::check_read_once;
use crate::support::{Content, check_index, fill_up, matrix, tell};

const ROWS: i64 = 10_000;

/// A type of a column, and what row `n` has in it.
type Column = (&'static str, &'static str);

struct Columns {
    sqlite: &'static [Column],
    postgres: &'static [Column],
    mariadb: &'static [Column],
}

impl Columns {
    fn of(&self, db: &Database) -> &'static [Column] {
        match db.server().product {
            "SQLite" => self.sqlite,
            "PostgreSQL" => self.postgres,
            _ => self.mariadb,
        }
    }
}

fn start() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2000, 1, 1).unwrap().and_time(NaiveTime::MIN)
}

/// Whose few keys an index serves in whatever form they are.
const SERVED: [&str; 6] = ["moments", "uuids", "texts", "integers", "blobs", "days"];

macro_rules! forms {
    ($($name:ident: $type:ty = $value:expr, $columns:expr;)*) => {$(
        mod $name {
            use super::*;

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = "odd", managed = false, primary_key(part, number))]
            struct Odd {
                part: $type,
                number: i64,
            }

            async fn fill(db: &Database, (declared, content): &Column, index: bool) -> Result<()> {
                db.execute_sql("DROP TABLE IF EXISTS odd").await?;
                db.execute_sql(format!("CREATE TABLE odd (part {declared}, number BIGINT)")).await?;
                if index {
                    db.execute_sql("CREATE INDEX odd_key ON odd (part, number)").await?;
                }
                let content = [("number", Content::Number), ("part", Content::Same(content))];
                fill_up(db, "odd", u32::try_from(ROWS).unwrap(), &content).await
            }

            pub(super) async fn check_few(db: &Database) -> Result<()> {
                let (columns, value): (Columns, fn(i64) -> $type) = ($columns, $value);
                for column in columns.of(db).iter().take(1) {
                    fill(db, column, true).await?;
                    for length in [1, 2, 20] {
                        let keys = || (1..=length).map(|n| (value(n * 100), n * 100));
                        let found = Odd::objects().filter(|row| row.pk.in_(keys())).order_by(|_| ());
                        check_index(db, "odd_key", found.clone().aexplain()).await?;
                        assert_eq!(found.acount().await?, u64::try_from(length).unwrap());
                    }
                }
                Ok(())
            }

            pub(super) async fn check(db: &Database) -> Result<()> {
                let (columns, value): (Columns, fn(i64) -> $type) = ($columns, $value);
                for column in columns.of(db) {
                    fill(db, column, false).await?;
                    let declared = column.0;
                    let all = || Odd::objects().order_by(|_| ());
                    // Keys of half of the rows, of two rows mixed up, and of no row.
                    for length in [2, 20, 600, 16_000_i64] {
                        let start = Instant::now();
                        let first = ROWS - length / 2;
                        let keys: Vec<($type, i64)> = (first + 1..=first + length).map(|n| (value(n), n)).collect();
                        let mixed = keys.first().map(|(part, _)| (part.clone(), 1));
                        let keys = || keys.iter().cloned().chain(mixed.clone());
                        let half = u64::try_from(length / 2).unwrap();
                        let others = u64::try_from(ROWS).unwrap() - half;
                        let what = format!("{length} of {declared} with {}", stringify!($type));
                        assert_eq!(all().filter(|row| row.pk.in_(keys())).acount().await?, half, "keys: {what}");
                        assert_eq!(all().filter(|row| row.pk.not_in(keys())).acount().await?, others, "no keys: {what}");
                        tell(format!("{}: keys: {what}: {:?}", db.server().product, start.elapsed()));

                        let start = Instant::now();
                        let list = || keys().map(|(part, _)| part);
                        assert_eq!(all().filter(|row| row.part.in_(list())).acount().await?, half, "values: {what}");
                        assert_eq!(all().filter(|row| row.part.not_in(list())).acount().await?, others, "no values: {what}");
                        tell(format!("{}: values: {what}: {:?}", db.server().product, start.elapsed()));
                        if length > 500 {
                            check_read_once(db, all().filter(|row| row.pk.in_(keys())).aexplain()).await?;
                            check_read_once(db, all().filter(|row| row.pk.not_in(keys())).aexplain()).await?;
                            check_read_once(db, all().filter(|row| row.part.in_(list())).aexplain()).await?;
                            check_read_once(db, all().filter(|row| row.part.not_in(list())).aexplain()).await?;
                        }
                    }
                }
                Ok(())
            }
        }
    )*

    matrix! {
        async fn of_what_others_keep_are_read_once(db: &Database) -> Result<()> {
            $($name::check(db).await?;)*
            Ok(())
        }

        async fn of_few_keys_of_others_are_served_by_an_index(db: &Database) -> Result<()> {
            $(
                if SERVED.contains(&stringify!($name)) {
                    $name::check_few(db).await?;
                }
            )*
            Ok(())
        }
    }
    };
}

forms! {
    moments: DateTime<Utc> = |n| (start() + TimeDelta::hours(n)).and_utc(), Columns {
        sqlite: &[
            ("TEXT", "strftime('%Y-%m-%dT%H:%M:%SZ', '2000-01-01', n || ' hours')"),
            ("DATETIME", "strftime('%Y-%m-%d %H:%M:%S', '2000-01-01', n || ' hours')"),
        ],
        postgres: &[
            ("TIMESTAMP", "TIMESTAMP '2000-01-01' + n * INTERVAL '1 hour'"),
            ("TIMESTAMPTZ", "TIMESTAMPTZ '2000-01-01' + n * INTERVAL '1 hour'"),
        ],
        mariadb: &[
            ("DATETIME(6)", "TIMESTAMP '2000-01-01 00:00:00' + INTERVAL n HOUR"),
            ("TIMESTAMP", "TIMESTAMP '2000-01-01 00:00:00' + INTERVAL n HOUR"),
        ],
    };
    datetimes: NaiveDateTime = |n| start() + TimeDelta::hours(n), Columns {
        sqlite: &[("TEXT", "strftime('%Y-%m-%dT%H:%M:%S.000+00:00', '2000-01-01', n || ' hours')")],
        postgres: &[
            ("TIMESTAMP", "TIMESTAMP '2000-01-01' + n * INTERVAL '1 hour'"),
            ("TIMESTAMPTZ", "TIMESTAMPTZ '2000-01-01' + n * INTERVAL '1 hour'"),
        ],
        mariadb: &[("TIMESTAMP", "TIMESTAMP '2000-01-01 00:00:00' + INTERVAL n HOUR")],
    };
    uuids: Uuid = |n| Uuid::from_u128(u128::try_from(n).unwrap() | 0xab << 64), Columns {
        sqlite: &[
            ("TEXT", "printf('00000000-0000-00AB-0000-%012X', n)"),
            ("BLOB", "unhex(printf('00000000000000AB0000%012X', n))"),
        ],
        postgres: &[("UUID", "CAST('00000000-0000-00AB-0000-' || lpad(to_hex(n), 12, '0') AS UUID)")],
        mariadb: &[
            ("VARCHAR(36)", "CONCAT('00000000-0000-00AB-0000-', LPAD(HEX(n), 12, '0'))"),
            ("VARCHAR(36) CHARACTER SET latin1", "LOWER(CONCAT('00000000000000AB0000', LPAD(HEX(n), 12, '0')))"),
            ("UUID", "CONCAT('00000000-0000-00AB-0000-', LPAD(HEX(n), 12, '0'))"),
        ],
    };
    texts: String = |n| format!("w{n:07}"), Columns {
        sqlite: &[("TEXT COLLATE NOCASE", "printf('W%07d', n)"), ("VARCHAR(8)", "printf('w%07d', n)"), ("BLOB", "printf('w%07d', n)")],
        postgres: &[
            ("VARCHAR(20) COLLATE \"en-x-icu\"", "'w' || lpad(CAST(n AS TEXT), 7, '0')"),
            ("CHAR(10)", "'w' || lpad(CAST(n AS TEXT), 7, '0')"),
            ("NAME", "'w' || lpad(CAST(n AS TEXT), 7, '0')"),
        ],
        mariadb: &[
            ("VARCHAR(20) COLLATE utf8mb4_general_ci", "CONCAT('W', LPAD(n, 7, '0'))"),
            ("CHAR(20) CHARACTER SET latin1", "CONCAT('w', LPAD(n, 7, '0'))"),
            ("TEXT CHARACTER SET utf8mb3", "CONCAT('w', LPAD(n, 7, '0'))"),
        ],
    };
    addresses: String = |n| format!("::{n:x}:1"), Columns {
        sqlite: &[],
        postgres: &[],
        mariadb: &[("INET6", "CONCAT('::', HEX(n), ':1')")],
    };
    amounts: Decimal = |n| Decimal::new(n * 10, 1), Columns {
        sqlite: &[("TEXT", "CAST(n AS TEXT) || '.00'"), ("REAL", "n"), ("INTEGER", "n")],
        postgres: &[("NUMERIC(12, 3)", "n"), ("INTEGER", "n"), ("DOUBLE PRECISION", "n")],
        mariadb: &[("DECIMAL(12, 3)", "n"), ("BIGINT UNSIGNED", "n")],
    };
    integers: i64 = |n| n, Columns {
        sqlite: &[("INTEGER", "n")],
        postgres: &[("SMALLINT", "n"), ("NUMERIC(12, 3)", "n"), ("OID", "n")],
        mariadb: &[("SMALLINT UNSIGNED", "n"), ("DECIMAL(12, 3)", "n"), ("BIT(20)", "n")],
    };
    blobs: Vec<u8> = |n| format!("w{n:07}").into_bytes(), Columns {
        sqlite: &[("BLOB", "CAST(printf('w%07d', n) AS BLOB)")],
        postgres: &[("BYTEA", "CAST('w' || lpad(CAST(n AS TEXT), 7, '0') AS BYTEA)")],
        mariadb: &[("VARBINARY(20)", "CONCAT('w', LPAD(n, 7, '0'))"), ("BINARY(8)", "CONCAT('w', LPAD(n, 7, '0'))"), ("BLOB", "CONCAT('w', LPAD(n, 7, '0'))")],
    };
    days: NaiveDate = |n| start().date() + TimeDelta::days(n), Columns {
        sqlite: &[("TEXT", "date('2000-01-01', n || ' days')")],
        postgres: &[("DATE", "DATE '2000-01-01' + n")],
        mariadb: &[("DATE", "DATE '2000-01-01' + INTERVAL n DAY")],
    };
    clocks: NaiveTime = |n| start().time() + TimeDelta::seconds(n), Columns {
        sqlite: &[("TEXT", "time('00:00:00', n || ' seconds') || '.000'")],
        postgres: &[("TIME", "TIME '00:00:00' + n * INTERVAL '1 second'")],
        mariadb: &[("TIME", "SEC_TO_TIME(n)")],
    };
    documents: Json = |n| json!({"b": [n, 1.5], "a": n}), Columns {
        sqlite: &[("TEXT", "printf('{\"a\": %d, \"b\": [%d, 1.50]}', n, n)")],
        postgres: &[
            ("JSONB", "jsonb_build_object('a', n, 'b', jsonb_build_array(n, 1.50))"),
            ("JSON", "json_build_object('a', n, 'b', json_build_array(n, 1.50))"),
            ("TEXT", "json_build_object('a', n, 'b', json_build_array(n, 1.50))"),
        ],
        mariadb: &[("JSON", "CONCAT('{\"a\": ', n, ', \"b\": [', n, ', 1.50]}')")],
    };
}
