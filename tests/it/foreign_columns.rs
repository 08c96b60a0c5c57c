//! Columns of tables of others on servers, of every type beside every field: all of it works, or all of it is refused
//! before it is sent; and what two columns of different types are to each other on PostgreSQL.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};

use crate::support::{Place, run};

const TYPES: &[&str] = &[
    "CREATE EXTENSION citext",
    "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')",
    "CREATE TYPE other_mood AS ENUM ('ok', 'other')",
    "CREATE DOMAIN moods AS mood",
    "CREATE TYPE \"a{1}\" AS ENUM ('ok', 'no')",
    "CREATE DOMAIN braced AS \"a{1}\"",
    "CREATE DOMAIN any_moods AS moods CHECK (CAST(VALUE AS mood) <> 'sad')",
    "CREATE DOMAIN mail AS citext",
    "CREATE DOMAIN word AS varchar(9)",
    "CREATE DOMAIN words AS word CHECK (VALUE <> 'x')",
    "CREATE DOMAIN padded AS char(5)",
    "CREATE DOMAIN texts AS text[]",
    "CREATE DOMAIN money_of AS numeric(8, 2)",
    "CREATE DOMAIN moneys AS money_of",
    "CREATE DOMAIN number AS int",
    "CREATE DOMAIN document AS json",
    "CREATE DOMAIN since AS timestamptz",
    "CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    "CREATE DOMAIN caseless_text AS text COLLATE caseless",
    "CREATE COLLATION \"of {0}\" (provider = icu, locale = 'en')",
];

/// Every question and every write by a field, on a table of one row.
macro_rules! field {
    (
        $name:ident: $rust:ty, [$($distinct:ident $($divided:ident)?)?], works: $works:expr, refused: $refused:expr,
        mariadb works: $mariadb_works:expr, refused: $mariadb_refused:expr
    ) => {
        mod $name {
            use super::*;

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = "probe", managed = false)]
            struct Probe {
                id: i64,
                value: $rust,
                other: $rust,
            }

            async fn works(declared: &str) -> Result<()> {
                let rows = Probe::objects().await?;
                let value = rows[0].value.clone();
                let is = |wanted: u64| move |found: u64| assert_eq!(found, wanted, "{declared}");
                let count = |condition: fn(&'static ProbeFields) -> Q<Probe>| Probe::objects().filter(condition).acount();
                let by = |condition: Q<Probe>| Probe::objects().filter(|_| condition).acount();
                let field = Probe::fields();
                by(field.value.eq(value.clone())).await.map(is(1))?;
                by(field.value.ne(value.clone())).await.map(is(0))?;
                by(field.value.in_([value.clone()])).await.map(is(1))?;
                by(field.value.in_([value.clone(), value.clone()])).await.map(is(1))?;
                by(field.value.in_(vec![value.clone(); 600])).await.map(is(1))?;
                by(field.value.not_in([value.clone(), value.clone()])).await.map(is(0))?;
                count(|p| p.value.eq(p.other)).await.map(is(1))?;
                count(|p| p.value.ne(p.other)).await.map(is(0))?;
                Probe::objects().aaggregate(|p| p.value.count().distinct()).await.map(|n| is(1)(n.unsigned_abs()))?;
                $(let _ = stringify!($distinct);
                Probe::objects().values(|p| p.value).distinct().await.map(|rows| is(1)(rows.len() as u64))?;
                count(|p| p.value.gte(p.other)).await.map(is(1))?;
                by(field.value.between(value.clone(), value.clone())).await.map(is(1))?;
                assert_eq!(Probe::objects().aaggregate(|p| p.value.max()).await?, Some(value.clone()), "{declared}");
                assert_eq!(Probe::objects().order_by(|p| p.value.desc()).await?, rows, "{declared}");
                $(let _ = stringify!($divided);
                let number = f64::from(value);
                let thirds = Probe::objects().values(|p| p.value / (p.other + p.other + p.other)).await?;
                assert_eq!(thirds, [Some(number / (number + number + number))], "{declared}");)?)?
                Probe::objects().aupdate(|p| p.value.set(value.clone())).await.map(is(1))?;
                Probe::objects().aupdate(|p| p.value.set(p.other)).await.map(is(1))?;
                rows[0].clone().asave().await?;
                let made = Probe::objects().acreate(|p| p.id(2).value(value.clone()).other(value.clone())).await?;
                assert_eq!(made.value, value, "{declared}");
                by(field.value.eq(value)).await.map(is(2))
            }

            /// The column is named, with its type; what does not touch it goes on.
            async fn is_refused(declared: &str) -> Result<()> {
                let refused = |error: dormouse::Error| {
                    let text = error.to_string();
                    let named = text.contains("`Probe.value`") && text.contains("of the type");
                    assert!(matches!(error.kind(), ErrorKind::Configuration { .. }) && named, "{declared}: {error:?}");
                };
                refused(Probe::objects().await.unwrap_err());
                refused(Probe::objects().filter(|p| p.value.eq(p.value)).acount().await.unwrap_err());
                refused(Probe::objects().values(|p| p.value).await.unwrap_err());
                refused(Probe::objects().aupdate(|p| p.value.set(p.value)).await.unwrap_err());
                refused(Probe::objects().filter(|p| p.value.ne(p.value)).adelete().await.unwrap_err());
                assert_eq!(Probe::objects().acount().await?, 1);
                assert!(Probe::objects().filter(|p| p.id.eq(1)).aexists().await?);
                assert_eq!(Probe::objects().order_by(|p| p.id.asc()).values(|p| p.id).await?, [1]);
                assert_eq!(Probe::objects().filter(|p| p.id.eq(1)).adelete().await?.total, 1);
                Ok(())
            }

            async fn columns(db: &Database, works: &[(&str, &str)], refused: &[(&str, &str)]) -> Result<()> {
                for (declared, literal) in works.iter().chain(refused) {
                    db.execute_sql("DROP TABLE IF EXISTS probe").await?;
                    db.execute_sql(format!("CREATE TABLE probe (id BIGINT PRIMARY KEY, value {declared}, other {declared})"))
                        .await?;
                    db.execute_sql(format!("INSERT INTO probe VALUES (1, {literal}, {literal})")).await?;
                    if works.contains(&(declared, literal)) {
                        let worked = self::works(declared).await;
                        assert_eq!(worked.map_err(|error| format!("{declared} {literal}: {error:?}")), Ok(()));
                    } else {
                        is_refused(declared).await?;
                    }
                }
                Ok(())
            }

            #[tokio::test]
            async fn has_columns_that_work_or_are_refused() -> Result<()> {
                let place = Place::postgres().await?;
                run(place, async |db: &Database| {
                    for made in TYPES {
                        db.execute_sql(*made).await?;
                    }
                    columns(db, $works, $refused).await
                })
                .await
            }

            #[tokio::test]
            async fn has_columns_that_work_or_are_refused_on_mariadb() -> Result<()> {
                let place = Place::mariadb().await?;
                run(place, async |db: &Database| columns(db, $mariadb_works, $mariadb_refused).await).await
            }
        }
    };
}

field! { texts: String, [distinct],
    works: &[("text", "'ok'"), ("mood", "'ok'"), ("moods", "'ok'"), ("any_moods", "'ok'"), ("citext", "'ok'"), ("mail", "'ok'"),
        ("varchar(9)", "'ok'"), ("word", "'ok'"), ("words", "'ok'"), ("char(5)", "'ok'"), ("padded", "'ok'"), ("name", "'ok'"),
        ("\"char\"", "'o'"), ("text COLLATE caseless", "'ok'"), ("caseless_text", "'ok'"), ("\"a{1}\"", "'ok'"), ("braced", "'ok'"),
        ("text COLLATE \"of {0}\"", "'ok'")],
    refused: &[("int", "1"), ("number", "1"), ("moneys", "1"), ("money", "1"), ("bit(3)", "B'101'"), ("varbit", "B'101'"),
        ("inet", "'1.2.3.4'"), ("cidr", "'1.2.3.0/24'"), ("macaddr", "'08:00:2b:01:02:03'"), ("xml", "'<a/>'"),
        ("text[]", "'{a}'"), ("texts", "'{a}'"), ("json", "'1'"), ("document", "'1'"), ("jsonb", "'1'"), ("interval", "'1 month'"),
        ("tsvector", "'a'"), ("int4range", "'[1,2)'"), ("date", "'2020-01-01'"), ("point", "'(1,2)'"),
        ("uuid", "'00000000-0000-0000-0000-000000000001'")],
    mariadb works: &[("text", "'ok'"), ("varchar(9)", "'ok'"), ("char(5)", "'ok'"), ("tinytext", "'ok'"), ("longtext", "'ok'"), ("enum('ok', 'no')", "'ok'"),
        ("varchar(9) CHARACTER SET latin1", "'ok'"), ("varchar(9) CHARACTER SET utf8mb4 COLLATE uca1400_ai_ci", "'ok'")],
    refused: &[("int", "1"), ("decimal(8, 2)", "1"), ("double", "1"), ("bit(3)", "5"), ("date", "'2020-01-01'"), ("time", "'12:00'"), ("year", "2020"),
        ("blob", "'a'"), ("varbinary(9)", "'a'")]
}
field! { integers: i64, [distinct],
    works: &[("smallint", "1"), ("int", "1"), ("bigint", "1"), ("numeric", "1"), ("moneys", "1"), ("number", "1"), ("oid", "1")],
    refused: &[("real", "1"), ("double precision", "1"), ("money", "1"), ("boolean", "true"), ("text", "'1'"), ("bit(3)", "B'101'"),
        ("interval", "'1s'"), ("int[]", "'{1}'")],
    mariadb works: &[("tinyint", "1"), ("smallint", "1"), ("mediumint", "1"), ("int", "1"), ("bigint unsigned", "1"), ("decimal(8, 0)", "1"), ("year", "2020")],
    refused: &[("point", "POINT(1, 2)"), ("float", "1"), ("double", "1"), ("text", "'1'"), ("varchar(9)", "'1'"), ("char(1)", "'1'"), ("blob", "'1'"), ("enum('1', '2')", "'1'"), ("time", "'00:00:01'"),
        ("date", "'2020-01-01'")]
}
field! { decimals: rust_decimal::Decimal, [distinct],
    works: &[("numeric", "1.5"), ("moneys", "1.5"), ("int", "1"), ("double precision", "1.5"), ("double precision", "0.1"),
        ("double precision", "1 / 3.0"), ("double precision", "0.30000000000000004"), ("real", "1.5"), ("real", "0.1"), ("real", "1 / 3.0")],
    refused: &[("money", "1.5"), ("text", "'1.5'"), ("oid", "1"), ("numeric[]", "'{1}'")],
    mariadb works: &[("decimal(8, 2)", "1.5"), ("int", "1"), ("bigint unsigned", "1")],
    refused: &[("double", "0.1"), ("float", "0.1"), ("double", "1 / 3.0"), ("text", "'1.5'"), ("varchar(9)", "'1.5'"), ("time", "'12:00'")]
}
field! { floats: f64, [distinct divided],
    works: &[("double precision", "1.1"), ("real", "1.1"), ("int", "1"), ("smallint", "7"), ("bigint", "3")],
    refused: &[("numeric", "1.1"), ("money", "1.1"), ("text", "'1.1'")],
    mariadb works: &[("double", "0.1"), ("double", "1 / 3.0"), ("float", "0.1"), ("float", "1 / 3.0"), ("int", "1"), ("int unsigned", "7"), ("bigint unsigned", "3")],
    refused: &[("decimal(8, 2)", "1.5"), ("text", "'1.5'"), ("varchar(9)", "'1.5'"), ("time", "'12:00'")]
}
field! { singles: f32, [distinct divided],
    works: &[("real", "1.1"), ("double precision", "1.1"), ("int", "1"), ("smallint", "7"), ("bigint", "3")],
    refused: &[("numeric", "1.1"), ("text", "'1.1'")],
    mariadb works: &[("float", "0.1"), ("float", "1 / 3.0"), ("double", "0.1"), ("double", "1 / 3.0"), ("int", "1"), ("int unsigned", "7"), ("bigint unsigned", "3")],
    refused: &[("decimal(8, 2)", "1.5"), ("text", "'1.5'"), ("datetime", "'2020-01-01'")]
}
field! { booleans: bool, [],
    works: &[("boolean", "true")],
    refused: &[("int", "1"), ("smallint", "1"), ("bit", "B'1'"), ("text", "'true'")],
    mariadb works: &[("boolean", "true"), ("tinyint", "1"), ("bit(1)", "1")],
    refused: &[("int", "1"), ("bigint", "1"), ("decimal(1, 0)", "1"), ("varchar(9)", "'1'"), ("enum('0', '1')", "'1'")]
}
field! { uuids: uuid::Uuid, [distinct],
    works: &[("uuid", "'00000000-0000-0000-0000-000000000001'")],
    refused: &[("text", "'00000000-0000-0000-0000-000000000001'"), ("bytea", "'\\x00000000000000000000000000000001'")],
    mariadb works: &[("uuid", "'00000000-0000-0000-0000-000000000001'"), ("char(36)", "'00000000-0000-0000-0000-000000000001'")],
    refused: &[("binary(16)", "x'00000000000000000000000000000001'"), ("bigint", "1")]
}
field! { documents: serde_json::Value, [],
    works: &[("json", "'{\"a\": 1}'"), ("jsonb", "'{\"a\": 1}'"), ("document", "'{\"a\": 1}'"), ("text", "'{\"a\": 1}'"), ("word", "'1'")],
    refused: &[("xml", "'<a/>'"), ("int", "1"), ("json[]", "'{1}'")],
    mariadb works: &[("json", "'{\"a\": 1}'"), ("longtext", "'{\"a\": 1}'"), ("varchar(20)", "'{\"a\": 1}'")],
    refused: &[("int", "1"), ("double", "1"), ("blob", "'1'"), ("date", "'2020-01-01'")]
}
field! { dates: chrono::NaiveDate, [distinct],
    works: &[("date", "'2020-01-01'")],
    refused: &[("timestamp", "'2020-01-01'"), ("timestamptz", "'2020-01-01'"), ("text", "'2020-01-01'")],
    mariadb works: &[("date", "'2020-01-01'")],
    refused: &[("datetime", "'2020-01-01'"), ("timestamp", "'2020-01-01'"), ("varchar(20)", "'2020-01-01'"), ("int", "20200101"), ("year", "2020")]
}
field! { times: chrono::NaiveTime, [distinct],
    works: &[("time", "'12:00'")],
    refused: &[("timetz", "'12:00+02'"), ("interval", "'12:00'"), ("text", "'12:00:00'"), ("timestamp", "'2020-01-01'")],
    mariadb works: &[("time", "'12:00'"), ("time(6)", "'12:00:00.000001'")],
    refused: &[("datetime", "'2020-01-01'"), ("varchar(20)", "'12:00:00'"), ("int", "120000")]
}
field! { naive_moments: chrono::NaiveDateTime, [distinct],
    works: &[("timestamp", "'2020-01-01 12:00'"), ("timestamptz", "'2020-01-01 12:00+02'"), ("since", "'2020-01-01 12:00+02'")],
    refused: &[("date", "'2020-01-01'"), ("text", "'2020-01-01 12:00:00'")],
    mariadb works: &[("datetime", "'2020-01-01 12:00'"), ("datetime(6)", "'2020-01-01 12:00:00.000001'"), ("timestamp NULL", "'2020-01-01 12:00'")],
    refused: &[("date", "'2020-01-01'"), ("varchar(40)", "'2020-01-01 12:00:00'"), ("bigint", "20200101120000")]
}
field! { moments: chrono::DateTime<chrono::Utc>, [distinct],
    works: &[("timestamp", "'2020-01-01 12:00'"), ("timestamptz", "'2020-01-01 12:00+02'"), ("since", "'2020-01-01 12:00+02'")],
    refused: &[("date", "'2020-01-01'"), ("text", "'2020-01-01 12:00:00'")],
    mariadb works: &[("datetime", "'2020-01-01 12:00'"), ("timestamp NULL", "'2020-01-01 12:00'")],
    refused: &[("date", "'2020-01-01'"), ("varchar(40)", "'2020-01-01 12:00:00'"), ("bigint", "20200101120000")]
}
field! { spans: chrono::TimeDelta, [distinct],
    works: &[("bigint", "1"), ("int", "1")],
    refused: &[("interval", "'1 s'"), ("interval", "'1 month'"), ("interval", "'1 day'"), ("text", "'1'")],
    mariadb works: &[("bigint", "1"), ("int", "1"), ("decimal(20, 0)", "1")],
    refused: &[("time", "'00:00:01'"), ("double", "1"), ("varchar(9)", "'1'"), ("datetime", "'2020-01-01'")]
}
field! { bytes: Vec<u8>, [distinct],
    works: &[("bytea", "'\\x01'")],
    refused: &[("text", "'a'"), ("bit(8)", "B'10101010'"), ("uuid", "'00000000-0000-0000-0000-000000000001'"), ("jsonb", "'1'")],
    mariadb works: &[("blob", "x'01'"), ("varbinary(9)", "x'01'"), ("binary(1)", "x'01'")],
    refused: &[("text", "'a'"), ("int", "1"), ("uuid", "'00000000-0000-0000-0000-000000000001'")]
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pair", managed = false)]
struct Pair {
    id: i64,
    a: String,
    #[field(max_length = 9)]
    b: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "target", managed = false)]
struct Target {
    #[field(primary_key)]
    code: String,
    n: i32,
    #[related(target)]
    sources: HasMany<Source>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "source", managed = false)]
struct Source {
    id: i64,
    #[field(on_delete = DoNothing, column = "code")]
    target: ForeignKey<Target>,
}

/// The types of texts.
const TEXTS: &[&str] = &[
    "text",
    "text COLLATE \"C\"",
    "mood",
    "other_mood",
    "any_moods",
    "citext",
    "mail",
    "words",
    "char(5)",
    "name",
    "text COLLATE caseless",
    "varchar(9) COLLATE \"tr-x-icu\"",
    "text COLLATE \"of {0}\"",
    "braced",
];

async fn pair(db: &Database, a: &str, b: &str, value: &str) -> Result<()> {
    for sql in [
        "DROP TABLE IF EXISTS pair, target, source".to_owned(),
        format!("CREATE TABLE pair (id BIGINT PRIMARY KEY, a {a}, b {b})"),
        format!("CREATE TABLE target (code {a} PRIMARY KEY, n INT)"),
        format!("CREATE TABLE source (id BIGINT PRIMARY KEY, code {b})"),
        format!("INSERT INTO pair VALUES (1, 'ok', '{value}')"),
        "INSERT INTO target VALUES ('ok', 1)".to_owned(),
        format!("INSERT INTO source VALUES (1, '{value}')"),
    ] {
        db.execute_sql(sql).await?;
    }
    Ok(())
}

async fn pairs_meet(db: &Database) -> Result<()> {
    for made in TYPES {
        db.execute_sql(*made).await?;
    }
    for (a, b) in TEXTS.iter().flat_map(|a| TEXTS.iter().map(move |b| (a, b))) {
        pair(db, a, b, "ok").await?;
        let about = format!("{a} beside {b}");
        let holds: [fn(&'static PairFields) -> Q<Pair>; 11] = [
            |p| p.a.eq(p.b),
            |p| p.a.lte(p.b),
            |p| p.a.between(p.b, p.b),
            |p| p.a.contains(p.b),
            |p| p.a.startswith(p.b),
            |p| p.a.endswith(p.b),
            |p| p.a.iexact(p.b),
            |p| p.a.icontains(p.b),
            |p| p.a.regex(p.b),
            |p| p.a.iregex(p.b),
            |p| p.a.in_([p.b, p.b]),
        ];
        for condition in holds {
            assert_eq!(Pair::objects().filter(condition).acount().await?, 1, "{about}");
            assert_eq!(Pair::objects().exclude(condition).acount().await?, 0, "{about}");
        }
        assert_eq!(Pair::objects().aupdate(|p| p.a.set(p.b)).await?, 1, "{about}");
        assert_eq!(Pair::objects().aupdate(|p| p.b.set(p.a)).await?, 1, "{about}");
        let sources = Source::objects().select_related(|s| s.target).await?;
        assert!(sources[0].target.loaded().is_some(), "{about}");
        let sources = Source::objects().prefetch_related(|s| s.target).await?;
        assert!(sources[0].target.loaded().is_some(), "{about}");
        let targets = Target::objects().prefetch_related(|t| t.sources).await?;
        assert_eq!(targets[0].sources.loaded().map(<[_]>::len), Some(1), "{about}");
        assert_eq!(Source::objects().filter(|s| s.target.code.contains("k")).acount().await?, 1, "{about}");
        assert_eq!(Source::objects().filter(|s| s.target.n.eq(1)).adelete().await?.total, 1, "{about}");
    }
    Ok(())
}

/// Two columns are equal by the type of the left one, as a value and a list are; a join by that of the key.
async fn the_left_type_decides(db: &Database) -> Result<()> {
    for made in TYPES {
        db.execute_sql(*made).await?;
    }
    for (a, folds) in
        [("citext", true), ("mail", true), ("text COLLATE caseless", true), ("text", false), ("char(5)", false)]
    {
        for b in ["text", "text COLLATE \"C\"", "words", "citext", "text COLLATE caseless"] {
            pair(db, a, b, "OK").await?;
            let (count, about) = (u64::from(folds), format!("{a} beside {b}"));
            assert_eq!(Pair::objects().filter(|p| p.a.eq("OK")).acount().await?, count, "{about}");
            assert_eq!(Pair::objects().filter(|p| p.a.in_(["OK", "no"])).acount().await?, count, "{about}");
            assert_eq!(Pair::objects().filter(|p| p.a.eq(p.b)).acount().await?, count, "{about}");
            assert_eq!(Pair::objects().exclude(|p| p.a.eq(p.b)).acount().await?, 1 - count, "{about}");
            assert_eq!(Source::objects().filter(|s| s.target.n.eq(1)).acount().await?, count, "{about}");
            assert_eq!(Target::objects().filter(|t| t.code.contains("OK")).acount().await?, 0, "{about}");
            assert_eq!(Target::objects().filter(|t| t.code.icontains("OK")).acount().await?, 1, "{about}");
        }
    }
    Ok(())
}

/// What a type does not have is refused by it, by expression as by value.
async fn a_text_that_an_enum_lacks(db: &Database) -> Result<()> {
    for made in TYPES {
        db.execute_sql(*made).await?;
    }
    pair(db, "mood", "text", "nope").await?;
    let error = Pair::objects().aupdate(|p| p.a.set(p.b)).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
    assert_eq!(Pair::objects().filter(|p| p.a.eq(p.b)).acount().await?, 0);
    Ok(())
}

#[tokio::test]
async fn texts_of_any_two_types_meet() -> Result<()> {
    run(Place::postgres().await?, pairs_meet).await
}

#[tokio::test]
async fn texts_are_equal_by_the_type_at_the_left() -> Result<()> {
    run(Place::postgres().await?, the_left_type_decides).await
}

#[tokio::test]
async fn an_enum_is_given_its_own_values_only() -> Result<()> {
    run(Place::postgres().await?, a_text_that_an_enum_lacks).await
}
