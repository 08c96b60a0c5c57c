//! Columns of others that keep fewer numbers than the field has: what is accepted is kept whole.

use std::fmt::Debug;

use chrono::TimeDelta;
use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result};
use rust_decimal::Decimal;

use crate::support::{Content, Place, check_index, fill_up, matrix, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "scale", managed = false)]
struct Scale {
    id: i64,
    cents: Decimal,
    units: Option<Decimal>,
    ratio: Option<f64>,
    single: Option<f64>,
}

async fn scales(db: &Database) -> Result<()> {
    let (cents, units, ratio, single) = match db.dialect().name() {
        "PostgreSQL" => {
            db.execute_sql("CREATE DOMAIN cents AS numeric(6, 2)").await?;
            ("cents", "bigint", "integer", "real")
        }
        "SQLite" => ("TEXT", "TEXT", "REAL", "REAL"),
        _ => ("DECIMAL(6, 2)", "BIGINT", "INT", "FLOAT"),
    };
    db.execute_sql(format!(
        "CREATE TABLE scale (id BIGINT PRIMARY KEY, cents {cents} NOT NULL, units {units}, ratio {ratio}, single {single})"
    ))
    .await?;
    Ok(())
}

fn refused<T: Debug>(outcome: Result<T>, field: &str, words: &str) {
    let error: Error = outcome.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error.kind(), ErrorKind::Validation(_)), "{error:?}");
    assert!(text.contains(field) && text.contains(words), "{text}");
}

matrix! {
    async fn a_number_is_kept_whole(db: &Database) -> Result<()> {
        scales(db).await?;
        let narrow = db.dialect().name() != "SQLite";
        let made = Scale { id: 1, cents: dec!(1.5), units: Some(dec!(2.00)), ratio: Some(-3.0), single: Some(0.5) };
        let create = |row: Scale| {
            Scale::objects()
                .acreate(move |s| s.id(row.id).cents(row.cents).units(row.units).ratio(row.ratio).single(row.single))
        };
        create(made.clone()).await?;
        assert_eq!(Scale::objects().aget_one().await?, made);
        let of = |change: &dyn Fn(&mut Scale)| {
            let mut row = made.clone();
            change(&mut row);
            row
        };
        let finer = [
            ("cents", "2 decimal places", of(&|row| row.cents = dec!(1.005))),
            ("cents", "2 decimal places", of(&|row| row.cents = dec!(-0.001))),
            ("units", "whole numbers", of(&|row| row.units = Some(dec!(1.5)))),
            ("units", "whole numbers", of(&|row| row.units = Some(dec!(0.4)))),
            ("ratio", "whole numbers", of(&|row| row.ratio = Some(0.5))),
            ("single", "32 bits", of(&|row| row.single = Some(0.1))),
            ("single", "32 bits", of(&|row| row.single = Some(16_777_217.0))),
        ];
        for (field, words, row) in finer {
            let mut saved = row.clone();
            let values = row.clone();
            let ways = [
                create(Scale { id: 2, ..row.clone() }).await.map(|_| ()),
                saved.asave().await,
                Scale::objects()
                    .aupdate(|s| {
                        (s.cents.set(values.cents), s.units.set(values.units), s.ratio.set(values.ratio), s.single.set(values.single))
                    })
                    .await
                    .map(|_| ()),
            ];
            for way in ways {
                match narrow {
                    true => refused(way, field, words),
                    false => way?,
                }
            }
            assert_eq!(Scale::objects().acount().await?, if narrow { 1 } else { 2 });
            let kept = Scale::objects().filter(|s| s.id.eq(1)).aget_one().await?;
            assert_eq!(kept, if narrow { made.clone() } else { row });
            Scale::objects().filter(|s| s.id.ne(1)).adelete().await?;
        }
        // What was refused can be compared with.
        assert_eq!(Scale::objects().filter(|s| s.cents.lt(dec!(1.505))).acount().await?, 1);
        Ok(())
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "big", managed = false)]
struct Big {
    id: i64,
    double: Option<f64>,
    single: Option<f32>,
}

matrix! {
    /// Past 2^53 and 2^24 a float would be another number than the one that is stored.
    async fn an_integer_that_is_no_float_is_not_read(db: &Database) -> Result<()> {
        db.execute_sql("CREATE TABLE big (id BIGINT PRIMARY KEY, \"double\" BIGINT, single BIGINT)".replace('"', quote(db))).await?;
        let (double, single) = (1_i64 << 53, 1_i64 << 24);
        for (id, double, single) in [(1, double, single), (2, -double, -single), (3, double + 2, single + 2), (4, i64::MIN, i64::MIN)] {
            db.execute_sql(format!("INSERT INTO big VALUES ({id}, {double}, {single})")).await?;
            let row = Big::objects().aget(|b| b.id.eq(id)).await?;
            assert_eq!(row, Big { id, double: Some(double as f64), single: Some(single as f32) });
            assert_eq!(Big::objects().filter(|b| b.double.eq(double as f64)).values(|b| b.id).await?, [id]);
            assert_eq!(Big::objects().filter(|b| b.single.in_([single as f32])).values(|b| b.id).await?, [id]);
        }
        let (sum, mean) = Big::objects().filter(|b| b.id.lte(2)).aaggregate(|b| (b.double.sum(), b.double.avg())).await?;
        assert_eq!((sum, mean), (Some(0.0), Some(0.0)));
        let single = Big::objects().filter(|b| b.id.eq(1)).aaggregate(|b| (b.single.sum(), b.single.avg(), b.single.max())).await?;
        assert_eq!(single, (Some(16_777_216.0), Some(16_777_216.0), Some(16_777_216.0)));
        let is_refused = |error: Error| assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
        db.execute_sql("DELETE FROM big").await?;
        for (id, double, single) in [(1, (1_i64 << 53) + 1, 1), (2, -(1_i64 << 53) - 1, 1), (3, i64::MAX, 1), (4, 1, (1_i64 << 24) + 1)] {
            db.execute_sql(format!("INSERT INTO big VALUES ({id}, {double}, {single})")).await?;
            is_refused(Big::objects().aget(|b| b.id.eq(id)).await.unwrap_err());
        }
        is_refused(Big::objects().filter(|b| b.id.eq(3)).values(|b| b.double).await.unwrap_err());
        assert_eq!(Big::objects().filter(|b| b.id.eq(4)).values(|b| b.double).await?, [Some(1.0)]);
        Ok(())
    }
}

/// Keys as Oracle's NUMBER is moved to other databases.
#[derive(Model, Debug)]
#[model(table = "ware", managed = false)]
struct Ware {
    id: i64,
    name: String,
}

#[derive(Model, Debug)]
#[model(table = "sale", managed = false)]
struct Sale {
    id: i64,
    count: i64,
    #[field(on_delete = DoNothing, column = "ware_id")]
    ware: ForeignKey<Ware>,
    #[field(on_delete = DoNothing, column = "gift_id")]
    gift: Option<ForeignKey<Ware>>,
}

/// A column that might hold a fraction is asked whether it does, beside its index.
#[tokio::test]
async fn an_index_serves_integers_in_decimals_of_others() -> Result<()> {
    let postgres = ["numeric", "numeric(20, 4)", "numeric(20, 0)"].map(|declared| (declared, "sale_pkey", "ware_pkey"));
    let mariadb = ["decimal(20, 4)", "decimal(20, 0)"].map(|declared| (declared, "PRIMARY", "PRIMARY"));
    let places = [(Place::postgres().await?, &postgres[..]), (Place::mariadb().await?, &mariadb[..])];
    for (place, types) in places {
        run(place, async |db| {
            for (declared, key, target) in types {
                let columns = format!("count {declared}, ware_id {declared}, gift_id {declared}");
                for statement in [
                    "DROP TABLE IF EXISTS sale, ware".to_owned(),
                    format!("CREATE TABLE ware (id {declared} PRIMARY KEY, name varchar(20))"),
                    format!("CREATE TABLE sale (id {declared} PRIMARY KEY, {columns})"),
                    "CREATE INDEX sale_count ON sale (count)".to_owned(),
                    "CREATE INDEX sale_ware ON sale (ware_id)".to_owned(),
                ] {
                    db.execute_sql(statement).await?;
                }
                fill_up(db, "ware", 5_000, &[("id", Content::Number), ("name", Content::Word)]).await?;
                let number = Content::Number;
                fill_up(
                    db,
                    "sale",
                    5_000,
                    &[("id", number), ("count", number), ("ware_id", number), ("gift_id", number)],
                )
                .await?;
                let all = Sale::objects;
                check_index(db, key, all().filter(|s| s.id.eq(9)).aexplain()).await?;
                check_index(db, key, all().filter(|s| s.id.in_([9, 10, 11])).aexplain()).await?;
                check_index(db, "sale_count", all().filter(|s| s.count.between(9, 12)).aexplain()).await?;
                check_index(db, "sale_count", all().order_by(|s| s.count.asc()).limit(3).aexplain()).await?;
                check_index(db, "sale_ware", all().filter(|s| s.ware.eq(7)).aexplain()).await?;
                check_index(db, target, all().filter(|s| s.id.eq(9)).values(|s| s.ware.name).aexplain()).await?;
                check_index(db, target, all().filter(|s| s.id.eq(9)).values(|s| s.gift.name).aexplain()).await?;
                let rows =
                    all().filter(|s| s.id.lt(3)).order_by(|s| s.id.asc()).select_related(|s| (s.ware, s.gift)).await?;
                assert_eq!(
                    rows.iter().map(|row| row.ware.loaded().map(|ware| ware.id)).collect::<Vec<_>>(),
                    [Some(1), Some(2)]
                );
                let rows = all().filter(|s| s.id.lt(3)).prefetch_related(|s| s.gift).await?;
                assert!(
                    rows.iter().all(|row| row.gift.as_ref().is_some_and(|gift| gift.loaded().is_some())),
                    "{declared}"
                );
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "unread", managed = false)]
struct Unread {
    id: i64,
    whole: i64,
    short: i16,
    span: TimeDelta,
    single: f32,
    double: f64,
}

/// What an error says, in a query, a condition, an expression and an update of the column.
macro_rules! told {
    ($column:ident, $value:expr, $one:expr) => {{
        let all = Unread::objects;
        let told = [
            all().filter(|u| u.$column.ne($value)).acount().await.err(),
            all().order_by(|u| u.$column.asc()).values(|u| u.id).await.err(),
            all().values(|u| u.$column + $one).await.err(),
            all().aaggregate(|u| u.$column.sum()).await.err(),
            all().aupdate(|u| u.$column.set(u.$column)).await.err(),
            all().filter(|u| u.$column.ne($value)).aupdate(|u| u.id.set(u.id + 1)).await.err(),
        ];
        told.map(|error| error.map(|error| error.to_string()))
    }};
}

/// The message names the column and what is wrong with it, not what to do with an expression.
#[tokio::test]
async fn a_number_that_is_not_read_is_told_by_its_column() -> Result<()> {
    let whole = "expected an integer, found a number that is not whole";
    let float = "expected a float, found an integer between two floats";
    for (place, decimal) in [(Place::postgres().await?, "numeric"), (Place::mariadb().await?, "decimal(20, 4)")] {
        run(place, async |db| {
            let columns = format!("whole {decimal}, short {decimal}, span {decimal}, single int, `double` bigint");
            let table = format!("CREATE TABLE unread (id bigint PRIMARY KEY, {columns})");
            db.execute_sql(table.replace('`', quote(db))).await?;
            for (column, value, what) in [
                ("whole", "2.5", whole),
                ("short", "-0.25", whole),
                ("span", "1.5", whole),
                ("single", "16777217", float),
                ("double", "9007199254740993", float),
            ] {
                db.execute_sql("DELETE FROM unread").await?;
                db.execute_sql("INSERT INTO unread VALUES (1, 1, 1, 1, 1, 1)").await?;
                db.execute_sql(format!("UPDATE unread SET `{column}` = {value}").replace('`', quote(db))).await?;
                let told = match column {
                    "whole" => told!(whole, 1i64, 1i64),
                    "short" => told!(short, 1i16, 1i64),
                    "span" => told!(span, TimeDelta::zero(), TimeDelta::zero()),
                    "single" => told!(single, 1.0f32, 1.0),
                    _ => told!(double, 1.0, 1.0),
                };
                let wanted = format!("value out of range: column `{column}`: {what}");
                assert_eq!(told, [(); 6].map(|()| Some(wanted.clone())), "{column}");
            }
            Ok(())
        })
        .await?;
    }
    run(Place::sqlite(), async |db| {
        db.execute_sql("CREATE TABLE unread (id INTEGER PRIMARY KEY, whole, short, span, single, double)").await?;
        db.execute_sql("INSERT INTO unread VALUES (1, 1, 1, 1, 'much', 1)").await?;
        for told in told!(single, 1.0f32, 1.0) {
            assert!(told.as_ref().is_some_and(|told| told.contains("`single`: expected f32")), "{told:?}");
        }
        Ok(())
    })
    .await
}

fn quote(db: &Database) -> &'static str {
    if db.dialect().name() == "MariaDB" { "`" } else { "\"" }
}
