//! Columns of others of types that PostgreSQL has beside ours: what they hold is compared, computed, ordered and copied as it is
//! read.

use chrono::TimeDelta;
use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::{Place, matrix, run};

/// The table, with a column of each of these types in turn.
async fn each(types: &[&str], before: &[&str], test: impl AsyncFn(&Database, &str) -> Result<()>) -> Result<()> {
    run(Place::postgres().await?, async |db: &Database| {
        for statement in before {
            db.execute_sql(*statement).await?;
        }
        for declared in types {
            db.execute_sql("DROP TABLE IF EXISTS one").await?;
            db.execute_sql(format!("CREATE TABLE one (id BIGINT PRIMARY KEY, v {declared}, exact NUMERIC, long TEXT)"))
                .await?;
            test(db, declared).await.map_err(|error| Error::query(format!("{declared}: {error:?}")))?;
        }
        Ok(())
    })
    .await
}

macro_rules! models {
    ($($name:ident: $rust:ty;)*) => {$(
        #[derive(Model, Debug, Clone, PartialEq)]
        #[model(table = "one", managed = false)]
        struct $name {
            id: i64,
            v: Option<$rust>,
            exact: Option<Decimal>,
        }
    )*};
}

models! {
    Double: f64;
    Single: f32;
    Long: i64;
    Int: i32;
    Count: u32;
    Word: String;
    Data: Value;
    Lasting: TimeDelta;
}

/// A table of ours.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "small")]
struct Small {
    id: i64,
    n: i16,
    m: i32,
}

#[derive(Model, Debug)]
#[model(table = "one", managed = false)]
struct Leading {
    id: i64,
    v: Option<i64>,
    #[field(on_delete = DoNothing, column = "exact")]
    small: ForeignKey<Small>,
}

#[derive(Model, Debug)]
#[model(table = "one", managed = false)]
struct Copied {
    id: i64,
    v: Option<String>,
    long: Option<String>,
}

fn is_out_of_range<T: std::fmt::Debug>(outcome: Result<T>) {
    assert!(matches!(outcome.as_ref().unwrap_err().kind(), ErrorKind::OutOfRange { .. }), "{outcome:?}");
}

fn is_validation<T: std::fmt::Debug>(outcome: Result<T>) {
    assert!(matches!(outcome.as_ref().unwrap_err().kind(), ErrorKind::Validation(_)), "{outcome:?}");
}

#[tokio::test]
async fn floats_of_32_bits_are_computed_in_64() -> Result<()> {
    let domain = ["CREATE DOMAIN singles AS real"];
    each(&["real", "singles"], &domain, async |db, _| {
        db.execute_sql("INSERT INTO one VALUES (1, 16777216), (2, 1), (3, 1), (4, NULL)").await?;
        macro_rules! computed {
            ($model:ident) => {{
                let all = $model::objects;
                let (sum, mean) = all().aaggregate(|d| (d.v.sum(), d.v.avg())).await?;
                assert_eq!((sum, mean), (Some(16_777_218.0), Some(5_592_406.0)));
                assert_eq!(all().aaggregate(|d| d.v.sum().filter(d.id.lte(2))).await?, Some(16_777_217.0));
                assert_eq!(all().aaggregate(|d| d.v.sum().distinct()).await?, Some(16_777_217.0));
                assert_eq!(all().aaggregate(|d| (d.v + d.v).sum()).await?, Some(33_554_436.0));
                let first = all().filter(|d| d.id.eq(1)).values(|d| (d.v + 1.0, d.v * d.v)).await?;
                assert_eq!(first, [(Some(16_777_217.0), Some(281_474_976_710_656.0))]);
                assert_eq!(all().filter(|d| (d.v + 1.0).gt(16_777_216.0)).acount().await?, 1);
            }};
        }
        computed!(Double);
        computed!(Single);
        db.execute_sql("UPDATE one SET v = 3e38").await?;
        let single = f64::from(3e38_f32);
        assert_eq!(Double::objects().filter(|d| d.id.lte(2)).aaggregate(|d| d.v.sum()).await?, Some(single + single));
        assert_eq!(Double::objects().aaggregate(|d| d.v.avg()).await?, Some(single));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn object_identifiers_are_numbers() -> Result<()> {
    each(&["oid", "oids"], &["CREATE DOMAIN oids AS oid"], async |db, _| {
        db.execute_sql("INSERT INTO one VALUES (1, 5, 5), (2, 4294967295, 7), (3, NULL, 1)").await?;
        let (most, all) = (4_294_967_295_i64, Long::objects);
        let found = all().aaggregate(|o| (o.v.sum(), o.v.avg(), o.v.min(), o.v.max(), o.v.count())).await?;
        assert_eq!(found, (Some(most + 5), Some(2_147_483_650.0), Some(5), Some(most), 2));
        assert_eq!(all().values(|o| o.v + 1).await?, [Some(6), Some(most + 1), None]);
        assert_eq!(all().filter(|o| o.v.eq(o.exact)).values(|o| o.id).await?, [1]);
        assert_eq!(all().filter(|o| o.v.gt(o.exact)).values(|o| o.id).await?, [2]);
        for beyond in [-70_000, -1, 1 << 40] {
            let count = async |q: Q<Long>| Long::objects().filter(|_| q).acount().await;
            let v = Long::fields().v;
            assert_eq!(count(v.eq(beyond)).await?, 0);
            assert_eq!(count(v.ne(beyond)).await?, 3);
            assert_eq!(count(v.differs(beyond)).await?, 2);
            assert_eq!(count(v.in_([beyond, 5])).await?, 1);
            assert_eq!(count(v.not_in([beyond, 5])).await?, 2);
            assert_eq!(count(v.in_((beyond..beyond + 600).chain([5]))).await?, 1);
            assert_eq!(count(v.lt(beyond)).await?, if beyond < 0 { 0 } else { 2 });
            is_validation(all().aupdate(|o| o.v.set(beyond)).await);
            is_validation(all().acreate(|o| o.id(9).v(beyond)).await);
        }
        is_validation(Int::objects().aupdate(|o| o.v.set(-1)).await);
        is_out_of_range(all().aupdate(|o| o.v.set(o.v - 6)).await);
        is_out_of_range(all().aupdate(|o| o.v.set(o.v + 1)).await);
        is_out_of_range(Int::objects().filter(|o| o.id.eq(1)).aupdate(|o| o.v.set(o.v - 6)).await);
        assert_eq!(Int::objects().filter(|o| o.v.in_([-1, 5])).values(|o| o.v).await?, [Some(5)]);
        assert_eq!(Count::objects().order_by(|o| o.v.desc().nulls_last()).values(|o| o.id).await?, [2, 1, 3]);
        assert_eq!(Count::objects().aupdate(|o| o.v.set(u32::MAX)).await?, 3);
        assert_eq!(Count::objects().values(|o| o.v).distinct().await?, [Some(u32::MAX)]);
        // Integers of 16 and 32 bits of ours would be taken for their bits.
        db.execute_sql("CREATE TABLE IF NOT EXISTS small (id BIGINT PRIMARY KEY, n SMALLINT NOT NULL, m INT NOT NULL)")
            .await?;
        db.execute_sql("INSERT INTO small VALUES (7, -1, -70000), (8, -1, -70000) ON CONFLICT DO NOTHING").await?;
        db.execute_sql("UPDATE one SET exact = 7").await?;
        is_out_of_range(Leading::objects().aupdate(|o| o.v.set(o.small.n)).await);
        is_out_of_range(Leading::objects().aupdate(|o| o.v.set(o.small.m)).await);
        is_out_of_range(Leading::objects().aupdate(|o| o.v.set(o.small.n * 1)).await);
        assert_eq!(Leading::objects().aupdate(|o| o.v.set(o.small.n * o.small.m)).await?, 3);
        assert_eq!(Leading::objects().values(|o| o.v).distinct().await?, [Some(70_000)]);
        is_validation(Lasting::objects().aupdate(|o| o.v.set(TimeDelta::microseconds(-1))).await);
        is_validation(Lasting::objects().acreate(|o| o.id(9).v(TimeDelta::microseconds(1 << 32))).await);
        is_out_of_range(Lasting::objects().aupdate(|o| o.v.set(o.v - TimeDelta::microseconds(70_001))).await);
        assert_eq!(Lasting::objects().aupdate(|o| o.v.set(TimeDelta::microseconds(9))).await?, 3);
        Ok(())
    })
    .await
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "paper", managed = false)]
struct Paper {
    id: i64,
    from: Option<Value>,
    to: Option<Value>,
}

#[tokio::test]
async fn documents_are_copied_between_columns_of_any_types() -> Result<()> {
    const TYPES: [&str; 6] = ["json", "jsonb", "text", "varchar(40)", "document", "note"];
    run(Place::postgres().await?, async |db: &Database| {
        db.execute_sql("CREATE DOMAIN document AS json").await?;
        db.execute_sql("CREATE DOMAIN note AS text").await?;
        for (from, to) in TYPES.iter().flat_map(|from| TYPES.iter().map(move |to| (from, to))) {
            db.execute_sql("DROP TABLE IF EXISTS paper").await?;
            db.execute_sql(format!("CREATE TABLE paper (id BIGINT PRIMARY KEY, \"from\" {from}, \"to\" {to})")).await?;
            db.execute_sql("INSERT INTO paper VALUES (1, '{\"a\": [1, null]}', '1'), (2, NULL, '1')").await?;
            let copied = Paper::objects().aupdate(|p| p.to.set(p.from)).await;
            assert_eq!(copied.map_err(|error| format!("{from} to {to}: {error:?}")), Ok(2));
            let papers = Paper::objects().order_by(|p| p.id.asc()).values(|p| p.to).await?;
            assert_eq!(papers, [Some(json!({"a": [1, null]})), None], "{from} to {to}");
            assert_eq!(Paper::objects().filter(|p| p.to.eq(p.from)).acount().await?, 1, "{from} to {to}");
            assert_eq!(Paper::objects().aupdate(|p| p.to.set(json!([2]))).await?, 2, "{to}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn distinct_texts_of_any_type_are_ordered() -> Result<()> {
    let made = [
        "CREATE EXTENSION citext",
        "CREATE TYPE mood AS ENUM ('b', 'a', 'c')",
        "CREATE DOMAIN moods AS mood",
        "CREATE DOMAIN any_moods AS moods",
        "CREATE DOMAIN mail AS citext",
        "CREATE DOMAIN padded AS char(5)",
        "CREATE DOMAIN names AS name",
        "CREATE DOMAIN words AS varchar(5)",
    ];
    let types = [
        "text",
        "varchar(5)",
        "words",
        "char(5)",
        "padded",
        "name",
        "names",
        "\"char\"",
        "citext",
        "mail",
        "mood",
        "moods",
        "any_moods",
        "text COLLATE \"und-x-icu\"",
    ];
    each(&types, &made, async |db, declared| {
        db.execute_sql("INSERT INTO one VALUES (1, 'b'), (2, 'a'), (3, 'b'), (4, 'c'), (5, NULL)").await?;
        let all = Word::objects;
        let texts = |texts: &[&str]| texts.iter().map(|text| Some((*text).to_owned())).collect::<Vec<_>>();
        let words = async |words: QuerySet<Word, Option<String>>| words.distinct().await;
        let rising = [texts(&["a", "b", "c"]), vec![None]].concat();
        let mut falling = rising.clone();
        falling.reverse();
        assert_eq!(words(all().order_by(|w| w.v.asc()).values(|w| w.v)).await?, rising, "{declared}");
        assert_eq!(words(all().order_by(|w| w.v.desc()).values(|w| w.v)).await?, falling, "{declared}");
        assert_eq!(words(all().order_by(|w| w.v.desc().nulls_first()).values(|w| w.v)).await?, falling, "{declared}");
        assert_eq!(words(all().order_by(|w| w.v.asc().nulls_last()).values(|w| w.v)).await?, rising, "{declared}");
        let rows = all().order_by(|w| (w.v.asc(), w.id.asc())).distinct().await?;
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [2, 1, 3, 4, 5], "{declared}");
        let first = words(all().order_by(|w| w.v.asc()).values(|w| w.v)).await?;
        assert_eq!(first[..2], texts(&["a", "b"]), "{declared}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_text_that_a_short_type_cannot_hold_is_refused_and_equal_to_none() -> Result<()> {
    let domains = ["CREATE DOMAIN names AS name"];
    each(&["name", "names", "\"char\""], &domains, async |db, declared| {
        let most = if declared == "\"char\"" { 1 } else { 63 };
        let (held, long) = ("a".repeat(most), "a".repeat(most + 1));
        db.execute_sql(format!("INSERT INTO one VALUES (1, '{held}'), (2, 'b'), (3, NULL)")).await?;
        let all = Word::objects;
        let texts = || [long.as_str(), "b"];
        let many: Vec<String> = (0..600).map(|n| format!("{long}{n}")).chain(["b".to_owned()]).collect();
        for beyond in [long.as_str(), &"ä".repeat(most), "aä€"] {
            let beyond = if declared == "\"char\"" || beyond.len() > 63 { beyond } else { long.as_str() };
            assert_eq!(all().filter(|w| w.v.eq(beyond)).acount().await?, 0);
            assert_eq!(all().filter(|w| w.v.ne(beyond)).acount().await?, 3);
            assert_eq!(all().filter(|w| w.v.differs(beyond)).acount().await?, 2);
            let below = [held.as_str(), "b"].iter().filter(|text| **text <= beyond).count() as u64;
            assert_eq!(all().filter(|w| w.v.between("a", beyond)).acount().await?, below);
            is_validation(all().acreate(|w| w.id(9).v(beyond)).await);
            is_validation(all().aupdate(|w| w.v.set(beyond)).await);
            let mut row = all().aget(|w| w.id.eq(2)).await?;
            row.v = Some(beyond.to_owned());
            is_validation(row.asave().await);
        }
        assert_eq!(all().filter(|w| w.v.in_(texts())).acount().await?, 1);
        assert_eq!(all().filter(|w| w.v.not_in(texts())).acount().await?, 2);
        assert_eq!(all().filter(|w| w.v.in_(many.clone())).acount().await?, 1);
        assert_eq!(all().filter(|w| w.v.not_in(many.clone())).acount().await?, 2);
        assert_eq!(all().filter(|w| w.v.lt(long.as_str())).values(|w| w.id).await?, [1]);
        assert_eq!(all().filter(|w| w.v.startswith(long.as_str())).acount().await?, 0);
        assert_eq!(all().filter(|w| w.v.eq(held.as_str())).aupdate(|w| w.v.set(held.as_str())).await?, 1);
        assert_eq!(all().filter(|w| w.v.eq(w.v)).acount().await?, 2);
        assert_eq!(all().acreate(|w| w.id(4).v(held.as_str())).await?.v, Some(held.clone()));
        db.execute_sql(format!("UPDATE one SET long = '{long}'")).await?;
        is_out_of_range(Copied::objects().aupdate(|c| c.v.set(c.long)).await);
        db.execute_sql(format!("UPDATE one SET long = '{held}'")).await?;
        assert_eq!(Copied::objects().aupdate(|c| c.v.set(c.long)).await?, 4);
        assert_eq!(all().filter(|w| w.v.eq(held.as_str())).acount().await?, 4);
        Ok(())
    })
    .await
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "reading", managed = false)]
struct Reading {
    id: i64,
    double: Option<f64>,
    single: Option<f32>,
    narrowed: Option<f64>,
}

matrix! {
    /// As in a table of ours: kept on PostgreSQL, refused elsewhere.
    async fn what_is_no_number_goes_into_floats_of_others_as_into_ours(db: &Database) -> Result<()> {
        let (double, single) = match db.dialect().name() {
            "PostgreSQL" => ("double precision", "real"),
            "SQLite" => ("REAL", "REAL"),
            _ => ("DOUBLE", "FLOAT"),
        };
        let columns = format!("`double` {double}, single {single}, narrowed {single}");
        let quote = if db.dialect().name() == "PostgreSQL" { "\"" } else { "`" };
        db.execute_sql(format!("CREATE TABLE reading (id BIGINT PRIMARY KEY, {})", columns.replace('`', quote))).await?;
        db.execute_sql("INSERT INTO reading VALUES (1, NULL, NULL, NULL)").await?;
        let all = Reading::objects;
        let mut row = all().aget_one().await?;
        (row.double, row.single, row.narrowed) = (Some(f64::NAN), Some(f32::NAN), Some(f64::NAN));
        let ways = [
            all().acreate(|r| r.id(2).double(f64::NAN)).await.map(|_| ()),
            all().acreate(|r| r.id(3).single(f32::NAN)).await.map(|_| ()),
            all().acreate(|r| r.id(4).narrowed(f64::NAN)).await.map(|_| ()),
            all().aupdate(|r| (r.double.set(f64::NAN), r.single.set(f32::NAN), r.narrowed.set(f64::NAN))).await.map(|_| ()),
            row.asave().await,
        ];
        let kept = db.dialect().name() == "PostgreSQL";
        for way in ways {
            if kept { way? } else { is_out_of_range(way) }
        }
        assert_eq!(all().acount().await?, if kept { 4 } else { 1 });
        let rows = all().filter(|r| r.id.eq(1)).values(|r| (r.double, r.single, r.narrowed)).await?;
        match rows[0] {
            (Some(double), Some(single), Some(narrowed)) => assert!(kept && double.is_nan() && single.is_nan() && narrowed.is_nan()),
            rest => assert_eq!((rest, kept), ((None, None, None), false)),
        }
        Ok(())
    }

    /// A text that is no document makes no answer, whichever database is asked: it is an error, or equal to nothing.
    async fn a_text_that_is_no_document_is_in_no_answer(db: &Database) -> Result<()> {
        db.execute_sql("CREATE TABLE one (id BIGINT PRIMARY KEY, v TEXT, exact NUMERIC)").await?;
        db.execute_sql("INSERT INTO one VALUES (1, '{\"a\": 1}', NULL), (2, '{bad', NULL), (3, NULL, NULL), (4, '2', NULL)").await?;
        let v = Data::fields().v;
        let (one, two) = (json!({"a": 1}), json!(2));
        let many: Vec<Value> = (10..700).map(|n| json!(n)).chain([one.clone()]).collect();
        let sought = [v.eq(one.clone()), v.in_([one.clone(), two.clone()]), v.in_(many.clone())];
        let others =
            [v.ne(one.clone()), !v.eq(one.clone()), v.not_in([one.clone(), two]), v.not_in(many), v.differs(one), v.ne(v)];
        let unread = |error: Error| {
            let known = matches!(error.kind(), ErrorKind::Decode { .. } | ErrorKind::OutOfRange { .. });
            assert!(known, "{error:?}");
        };
        for condition in sought {
            match Data::objects().filter(|_| condition).values(|d| d.id).await {
                Ok(ids) => assert!(ids.contains(&1) && !ids.contains(&2), "{ids:?}"),
                Err(error) => unread(error),
            }
        }
        for condition in others {
            let changed = Data::objects().filter(|_| condition.clone()).aupdate(|d| d.exact.set(dec!(1))).await;
            unread(changed.unwrap_err());
            unread(Data::objects().filter(|_| condition).acount().await.unwrap_err());
        }
        Ok(())
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "by_object", managed = false)]
struct ByObject {
    id: i64,
    word: String,
}

/// A key of such a type is given, moved and found.
#[tokio::test]
async fn an_object_identifier_is_a_key() -> Result<()> {
    run(Place::postgres().await?, async |db: &Database| {
        db.execute_sql("CREATE EXTENSION citext").await?;
        db.execute_sql("CREATE TABLE by_object (id OID PRIMARY KEY, word CITEXT NOT NULL)").await?;
        let row = ByObject::objects().acreate(|o| o.id(4_000_000_000).word("a")).await?;
        assert_eq!(ByObject::objects().aget(|o| o.id.eq(4_000_000_000_i64)).await?, row);
        assert_eq!(ByObject::objects().aupdate(|o| o.id.set(7)).await?, 1);
        assert_eq!(
            ByObject::objects().filter(|o| o.word.eq("A")).values(|o| (o.id, o.word)).await?,
            [(7, "a".to_owned())]
        );
        Ok(())
    })
    .await
}
