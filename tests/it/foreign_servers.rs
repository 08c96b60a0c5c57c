//! Types that MariaDB alone has, in tables of others: what is read of them is what is compared, ordered and written.

use chrono::TimeDelta;
use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};
use uuid::Uuid;

use crate::support::{Place, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "item", managed = false)]
struct Item {
    id: i64,
    mark: String,
    marks: String,
    grade: String,
}

/// The digits of a text are no index of a value, and no other letters or order are stored for those that were given.
#[tokio::test]
async fn what_an_enum_or_set_takes_is_read_again() -> Result<()> {
    run(Place::mariadb().await?, async |db: &Database| {
        db.execute_sql(
            "CREATE TABLE item (id BIGINT PRIMARY KEY AUTO_INCREMENT, mark ENUM('low', 'high', 'it''s', '{0}') NOT NULL, \
             marks SET('x', 'y', 'it''s', '{0}') NOT NULL, grade ENUM('3', '2', '1') NOT NULL)",
        )
        .await?;
        let mut row = Item::objects().acreate(|i| i.mark("low").marks("x,y").grade("2")).await?;
        assert_eq!(row, row.arefresh_from_db().await?);
        let is_refused = |error: dormouse::Error| assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
        for text in ["1", "2", " 2", "+2", "02", "LOW", "Low", "low ", "", "no"] {
            is_refused(Item::objects().acreate(|i| i.mark(text).marks("x").grade("2")).await.unwrap_err());
            is_refused(Item::objects().aupdate(|i| i.mark.set(text)).await.unwrap_err());
            is_refused(Item { mark: text.to_owned(), ..row.clone() }.asave().await.unwrap_err());
        }
        for text in ["1", "2", " 2", "+2", "02", "X", "y,x", "x,x", "x,", ",", "x ", "x, y", "no"] {
            is_refused(Item::objects().acreate(|i| i.mark("low").marks(text).grade("2")).await.unwrap_err());
            is_refused(Item::objects().aupdate(|i| i.marks.set(text)).await.unwrap_err());
        }
        is_refused(Item::objects().aupdate(|i| i.mark.set(i.grade)).await.unwrap_err());
        is_refused(Item::objects().aupdate(|i| i.grade.set("4")).await.unwrap_err());
        assert_eq!(Item::objects().await?, [row.clone()]);
        for (mark, marks, grade) in [("it's", "", "1"), ("{0}", "{0}", "3"), ("high", "y,it's", "2")] {
            (row.mark, row.marks, row.grade) = (mark.to_owned(), marks.to_owned(), grade.to_owned());
            row.asave().await?;
            assert_eq!(row, row.arefresh_from_db().await?);
            let found = Item::objects().filter(|i| i.mark.eq(mark)).filter(|i| i.marks.in_([marks, "no"])).acount().await?;
            assert_eq!(found, 1, "{mark} {marks}");
        }
        Ok(())
    })
    .await
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "parcel", managed = false)]
struct Parcel {
    id: i64,
    digest: Vec<u8>,
    other: Vec<u8>,
    code: String,
}

/// Zeros behind bytes, and blanks at the end of a text, are neither added nor taken away in silence.
#[tokio::test]
async fn what_a_fixed_length_takes_is_read_again() -> Result<()> {
    run(Place::mariadb().await?, async |db: &Database| {
        db.execute_sql(
            "CREATE TABLE parcel (id BIGINT PRIMARY KEY AUTO_INCREMENT, digest BINARY(4) NOT NULL, other VARBINARY(9) NOT NULL, \
             code CHAR(5) NOT NULL)",
        )
        .await?;
        let all = Parcel::objects;
        let mut row = all().acreate(|p| p.digest(vec![1, 2, 3, 0]).other(vec![1]).code("a b")).await?;
        assert_eq!(row, row.arefresh_from_db().await?);
        let is_refused = |error: dormouse::Error| assert!(matches!(error.kind(), ErrorKind::Validation(_)), "{error:?}");
        for few in [vec![], vec![1], vec![1, 2, 3]] {
            is_refused(all().acreate(|p| p.digest(few.clone()).other(vec![1]).code("a")).await.unwrap_err());
            is_refused(all().aupdate(|p| p.digest.set(few.clone())).await.unwrap_err());
            is_refused(Parcel { digest: few.clone(), ..row.clone() }.asave().await.unwrap_err());
            assert_eq!(all().filter(|p| p.digest.eq(few)).acount().await?, 0);
        }
        for text in ["a ", " ", "a  "] {
            is_refused(all().acreate(|p| p.digest(vec![1; 4]).other(vec![1]).code(text)).await.unwrap_err());
            is_refused(all().aupdate(|p| p.code.set(text)).await.unwrap_err());
        }
        let is_past = |error: dormouse::Error| assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
        is_past(all().aupdate(|p| p.digest.set(vec![1; 5])).await.unwrap_err());
        for other in [vec![], vec![1]] {
            all().aupdate(|p| p.other.set(other)).await?;
            is_past(all().aupdate(|p| p.digest.set(p.other)).await.unwrap_err());
        }
        assert_eq!(all().await?, [Parcel { other: vec![1], ..row.clone() }]);
        all().aupdate(|p| p.other.set(vec![9; 4])).await?;
        assert_eq!(all().aupdate(|p| p.digest.set(p.other)).await?, 1);
        row.digest = vec![9; 4];
        row.other = vec![9; 4];
        assert_eq!(all().await?, [row.clone()]);
        assert_eq!(all().filter(|p| p.digest.in_([vec![9; 4], vec![9]])).acount().await?, 1);
        row.asave().await
    })
    .await
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "flag", managed = false)]
struct Flag {
    id: i64,
    on: bool,
}

/// A number that is no truth is not read, and is equal to neither.
#[tokio::test]
async fn a_number_that_is_no_truth_is_not_read() -> Result<()> {
    run(Place::mariadb().await?, async |db: &Database| {
        db.execute_sql("CREATE TABLE flag (id BIGINT PRIMARY KEY, `on` TINYINT(1) NOT NULL)").await?;
        db.execute_sql("INSERT INTO flag VALUES (0, 0), (1, 1), (2, 2), (3, -1)").await?;
        let all = Flag::objects;
        assert_eq!(all().filter(|f| f.on.is_true()).values(|f| f.id).await?, [1]);
        assert_eq!(all().filter(|f| f.on.eq(false)).values(|f| f.id).await?, [0]);
        assert_eq!(all().filter(|f| f.on.in_([true, false])).acount().await?, 2);
        for id in [2, 3] {
            let error = all().filter(|f| f.id.eq(id)).await.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Decode { column, .. } if column == "on"), "{error:?}");
        }
        assert_eq!(all().filter(|f| f.id.gt(1)).aupdate(|f| f.on.set(true)).await?, 2);
        assert_eq!(all().filter(|f| f.on.is_true()).await?.len(), 3);
        Ok(())
    })
    .await
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "vintage", managed = false)]
struct Vintage {
    id: i64,
    year: i32,
    other: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "vintage", managed = false)]
struct Lasting {
    id: i64,
    year: TimeDelta,
}

/// The number that is read of a YEAR is the number that it is compared with and that is stored.
#[tokio::test]
async fn a_year_is_the_number_that_is_read() -> Result<()> {
    run(Place::mariadb().await?, async |db: &Database| {
        db.execute_sql("CREATE TABLE vintage (id BIGINT PRIMARY KEY AUTO_INCREMENT, year YEAR NOT NULL, other YEAR)")
            .await?;
        let years = [2024, 1995, 1901, 0];
        for year in years {
            let made = Vintage::objects().acreate(|v| v.year(year).other(i64::from(year))).await?;
            assert_eq!((made.year, made.other), (year, Some(i64::from(year))));
        }
        for bound in [0, 24, 50, 70, 95, 99, 100, 1901, 2024] {
            let v = Vintage::fields();
            let counts = |holds: &dyn Fn(i32) -> bool| years.iter().filter(|year| holds(**year)).count() as u64;
            for (name, condition, count) in [
                ("eq", v.year.eq(bound), counts(&|year| year == bound)),
                ("ne", v.year.ne(bound), counts(&|year| year != bound)),
                ("lt", v.year.lt(bound), counts(&|year| year < bound)),
                ("gte", v.year.gte(bound), counts(&|year| year >= bound)),
                ("between", v.year.between(1, bound), counts(&|year| (1..=bound).contains(&year))),
                ("in", v.year.in_([bound, 7]), counts(&|year| year == bound)),
                ("in many", v.year.in_(vec![bound; 600]), counts(&|year| year == bound)),
                ("not in", v.year.not_in([bound, 7]), counts(&|year| year != bound)),
            ] {
                assert_eq!(Vintage::objects().filter(|_| condition).acount().await?, count, "{name} {bound}");
            }
            let others = Vintage::objects().filter(|v| v.other.eq(i64::from(bound))).acount().await?;
            assert_eq!(others, counts(&|year| year == bound), "of another {bound}");
        }
        assert_eq!(Vintage::objects().aaggregate(|v| (v.year.min(), v.year.max())).await?, (Some(0), Some(2024)));
        assert_eq!(Vintage::objects().order_by(|v| v.year.asc()).values(|v| v.year).await?, [0, 1901, 1995, 2024]);
        let is_refused =
            |error: dormouse::Error| assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
        for year in [1, 24, 69, 70, 99, 100, 1900, 2156, -1] {
            is_refused(Vintage::objects().acreate(|v| v.year(year)).await.unwrap_err());
            is_refused(Vintage::objects().aupdate(|v| v.year.set(year)).await.unwrap_err());
            is_refused(Vintage::objects().aupdate(|v| v.other.set(i64::from(year))).await.unwrap_err());
            is_refused(Vintage { id: 1, year, other: None }.asave().await.unwrap_err());
            is_refused(
                Vintage::objects().filter(|v| v.year.eq(0)).aupdate(|v| v.year.set(v.year + year)).await.unwrap_err(),
            );
        }
        assert_eq!(Vintage::objects().order_by(|v| v.id.asc()).values(|v| v.year).await?, years);
        assert_eq!(
            Vintage::objects()
                .filter(|v| v.year.gt(0))
                .aupdate(|v| (v.year.set(v.year + 1), v.other.set_null()))
                .await?,
            3
        );
        assert_eq!(Vintage::objects().order_by(|v| v.id.asc()).values(|v| v.year).await?, [2025, 1996, 1902, 0]);
        let span = TimeDelta::microseconds;
        is_refused(Lasting::objects().aupdate(|v| v.year.set(span(24))).await.unwrap_err());
        is_refused(
            Lasting::objects()
                .filter(|v| v.year.eq(span(0)))
                .aupdate(|v| v.year.set(v.year + span(1)))
                .await
                .unwrap_err(),
        );
        assert_eq!(Lasting::objects().filter(|v| v.year.in_([span(25), span(1902)])).acount().await?, 1);
        Ok(())
    })
    .await
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bits", managed = false)]
struct Bits {
    id: i64,
    few: i32,
    flag: bool,
    many: i64,
}

/// Bits are a number, or a truth, and never below zero.
#[tokio::test]
async fn bits_are_the_number_that_is_read() -> Result<()> {
    run(Place::mariadb().await?, async |db: &Database| {
        db.execute_sql(
            "CREATE TABLE bits (id BIGINT PRIMARY KEY AUTO_INCREMENT, few BIT(12) NOT NULL, flag BIT(1) NOT NULL, \
             many BIT(64) NOT NULL)",
        )
        .await?;
        for (few, flag, many) in [(2049, true, i64::MAX), (3, false, 12), (0, true, 0)] {
            let made = Bits::objects().acreate(|b| b.few(few).flag(flag).many(many)).await?;
            assert_eq!((made.few, made.flag, made.many), (few, flag, many));
        }
        let all = Bits::objects;
        assert_eq!(
            all().aaggregate(|b| (b.few.max(), b.few.min(), b.many.max())).await?,
            (Some(2049), Some(0), Some(i64::MAX))
        );
        assert_eq!(all().aaggregate(|b| (b.flag.max(), b.flag.min())).await?, (Some(true), Some(false)));
        assert_eq!(all().order_by(|b| b.few.asc()).values(|b| b.few).await?, [0, 3, 2049]);
        assert_eq!(all().filter(|b| b.flag.is_true()).acount().await?, 2);
        assert_eq!(all().filter(|b| b.few.in_([3, 2049])).filter(|b| b.many.gt(11)).acount().await?, 2);
        let is_refused =
            |error: dormouse::Error| assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
        let error = all().acreate(|b| b.few(1).flag(true).many(-1)).await.unwrap_err();
        assert!(!error.to_string().contains("used up"), "{error}");
        is_refused(error);
        is_refused(all().acreate(|b| b.few(-1).flag(true).many(1)).await.unwrap_err());
        is_refused(all().acreate(|b| b.few(4096).flag(true).many(1)).await.unwrap_err());
        is_refused(all().filter(|b| b.id.eq(3)).aupdate(|b| b.many.set(-1)).await.unwrap_err());
        is_refused(all().filter(|b| b.id.eq(3)).aupdate(|b| b.many.set(b.many - 1)).await.unwrap_err());
        is_refused(Bits { id: 3, few: 1, flag: true, many: -1 }.asave().await.unwrap_err());
        assert_eq!(all().filter(|b| b.id.eq(2)).aupdate(|b| (b.many.set(b.many - 1), b.flag.set(true))).await?, 1);
        assert_eq!(all().order_by(|b| b.id.asc()).values(|b| b.many).await?, [i64::MAX, 11, 0]);
        Ok(())
    })
    .await
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "token", managed = false)]
struct Token {
    id: i64,
    value: Uuid,
    next: Uuid,
}

/// MariaDB has the parts of a UUID in another order.
#[tokio::test]
async fn native_uuids_are_ordered_by_their_digits() -> Result<()> {
    run(Place::mariadb().await?, async |db: &Database| {
        db.execute_sql(
            "CREATE TABLE token (id BIGINT PRIMARY KEY AUTO_INCREMENT, value UUID NOT NULL UNIQUE, next UUID NOT NULL)",
        )
        .await?;
        let mut values = [
            0xf000_0000_0000_4000_8000_0000_0000_0000_u128,
            0x0000_0000_0000_4000_8000_0000_0000_0001,
            0x1000_0000_0000_1000_8000_0000_0000_0002,
            0xa000_0000_0000_7000_8000_0000_0000_0000,
        ]
        .map(Uuid::from_u128);
        for value in values {
            assert_eq!(Token::objects().acreate(|t| t.value(value).next(value)).await?.value, value);
        }
        values.sort();
        let all = Token::objects;
        assert_eq!(all().order_by(|t| t.value.asc()).values(|t| t.value).await?, values);
        let latest = all().order_by(|t| t.value.desc()).limit(1).values(|t| t.value).await?;
        assert_eq!(latest, [values[3]]);
        assert_eq!(all().aaggregate(|t| (t.value.min(), t.next.max())).await?, (Some(values[0]), Some(values[3])));
        for (index, value) in values.into_iter().enumerate() {
            let t = Token::fields();
            for (name, condition, count) in [
                ("lt", t.value.lt(value), index),
                ("gte", t.value.gte(value), 4 - index),
                ("between", t.value.between(values[0], value), index + 1),
                ("eq", t.value.eq(value), 1),
                ("ne", t.value.ne(value), 3),
                ("of a column", t.value.eq(t.next), 4),
                ("in", t.value.in_([value, Uuid::nil()]), 1),
                ("in many", t.value.in_(vec![value; 600]), 1),
            ] {
                assert_eq!(all().filter(|_| condition).acount().await?, count as u64, "{name} {value}");
            }
        }
        let mut row = all().aget(|t| t.value.eq(values[1])).await?;
        row.value = Uuid::from_u128(7);
        row.asave().await?;
        assert_eq!(row, row.arefresh_from_db().await?);
        assert_eq!(all().aupdate(|t| t.next.set(t.value)).await?, 4);
        assert_eq!(all().filter(|t| t.next.eq(Uuid::from_u128(7))).aupdate(|t| t.next.set(Uuid::nil())).await?, 1);
        assert_eq!(all().order_by(|t| t.next.asc()).limit(1).values(|t| t.next).await?, [Uuid::nil()]);
        Ok(())
    })
    .await
}
