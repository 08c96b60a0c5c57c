//! SQLite files that other programs made, written to: what is accepted can be read again, whatever a column was declared
//! as, an error stored nothing, and a value that does not change keeps its bytes.

use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use dormouse::bridge::SyncInstance;
use dormouse::exec::Instance;
use dormouse::prelude::*;
use dormouse::value::{FieldType, Value};
use dormouse::{ErrorKind, Result};
use rusqlite::Connection;
use uuid::Uuid;

use crate::support::{Place, matrix, run};

/// Declared types of every affinity, and those of a STRICT table.
const DECLARED: [(&str, &str); 17] = [
    ("TEXT", ""),
    ("VARCHAR(9)", ""),
    ("STRING", ""),
    ("NUMERIC(12, 2)", ""),
    ("BOOLEAN", ""),
    ("JSON", ""),
    ("INTEGER", ""),
    ("UNSIGNED BIG INT", ""),
    ("REAL", ""),
    ("FLOATING POINT", ""),
    ("BLOB", ""),
    ("", ""),
    ("ANY", ""),
    ("ANY", "STRICT"),
    ("TEXT", "STRICT"),
    ("INT", "STRICT"),
    ("REAL", "STRICT"),
];

/// A table with a column as it was declared, and one that keeps everything.
trait Held: Instance + SyncInstance + Clone + PartialEq + Debug {
    type Of: FieldType + Clone + PartialEq + Debug;

    fn id(&self) -> i64;
    fn value(&self) -> Option<&Self::Of>;
    fn change(&mut self, value: Self::Of);
    fn all() -> impl Future<Output = Result<Vec<Self>>> + Send;
    fn acreate(id: i64, value: Option<Self::Of>, other: Option<Self::Of>) -> impl Future<Output = Result<Self>> + Send;
    fn asave_new(id: i64, value: Self::Of) -> impl Future<Output = Result<Self>> + Send;
    fn aupdate(id: i64, value: Self::Of) -> impl Future<Output = Result<u64>> + Send;
    fn aupdate_all() -> impl Future<Output = Result<u64>> + Send;
    fn create(tx: &Transaction, id: i64, value: Self::Of) -> Result<Self>;
    fn save_new(tx: &Transaction, id: i64, value: Self::Of) -> Result<Self>;
    fn update(tx: &Transaction, id: i64, value: Self::Of) -> Result<u64>;
    fn update_all(tx: &Transaction) -> Result<u64>;
    fn count(tx: &Transaction) -> Result<u64>;
}

macro_rules! held {
    ($($name:ident: $type:ty $(, #[$option:meta])? => $values:expr;)*) => {$(
        mod $name {
            use super::*;

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = "held", managed = false)]
            struct Row {
                id: i64,
                $(#[$option])?
                value: Option<$type>,
                $(#[$option])?
                other: Option<$type>,
            }

            impl Held for Row {
                type Of = $type;

                fn id(&self) -> i64 {
                    self.id
                }

                fn value(&self) -> Option<&$type> {
                    self.value.as_ref()
                }

                fn change(&mut self, value: $type) {
                    self.value = Some(value);
                }

                async fn all() -> Result<Vec<Self>> {
                    Self::objects().order_by(|r| r.id.asc()).await
                }

                async fn acreate(id: i64, value: Option<$type>, other: Option<$type>) -> Result<Self> {
                    Self::objects().acreate(|r| r.id(id).value(value).other(other)).await
                }

                async fn asave_new(id: i64, value: $type) -> Result<Self> {
                    Self::new().id(id).value(value).asave().await
                }

                async fn aupdate(id: i64, value: $type) -> Result<u64> {
                    Self::objects().filter(|r| r.id.eq(id)).aupdate(|r| r.value.set(value)).await
                }

                async fn aupdate_all() -> Result<u64> {
                    Self::objects().aupdate(|r| r.value.set(r.other)).await
                }

                fn create(tx: &Transaction, id: i64, value: $type) -> Result<Self> {
                    Self::objects().using(tx).create(|r| r.id(id).value(value))
                }

                fn save_new(tx: &Transaction, id: i64, value: $type) -> Result<Self> {
                    Self::new().id(id).value(value).save(tx)
                }

                fn update(tx: &Transaction, id: i64, value: $type) -> Result<u64> {
                    Self::objects().using(tx).filter(|r| r.id.eq(id)).update(|r| r.value.set(value))
                }

                fn update_all(tx: &Transaction) -> Result<u64> {
                    Self::objects().using(tx).update(|r| r.value.set(r.other))
                }

                fn count(tx: &Transaction) -> Result<u64> {
                    Self::objects().using(tx).count()
                }
            }

            #[tokio::test]
            async fn what_is_accepted_can_be_read_again() -> Result<()> {
                each_declared::<Row>(&$values).await
            }
        }
    )*};
}

held! {
    truth: bool => [true, false];
    small: i16 => [0, -1, i16::MAX];
    integer: i64 => [0, 7, -9, i64::MAX, i64::MIN, (1 << 53) + 1];
    span: TimeDelta => [TimeDelta::zero(), TimeDelta::microseconds(i64::MAX), TimeDelta::seconds(-5)];
    single: f32 => [0.0, 0.1, 3.0, -2.5e-30, f32::MAX, 16_777_216.0];
    double: f64 => [0.0, 0.1, 3.0, 1e15, 9.2e18, 1e300, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY, -0.1];
    money: Decimal, #[field(max_digits = 24, decimal_places = 4)] => decimals(&[
        "0", "7.1", "-0.0001", "100", "12345678901.2345", "123456789012.3456", "99999999999999999999.9999",
        "12345678901234567890", "0.3000", "9007199254740993",
    ]);
    free: Decimal => decimals(&[
        "0", "7.10", "0.1234567890123456789", "79228162514264337593543950335", "1e20", "0.0000000000000000000000000001",
    ]);
    text: String => texts();
    bytes: Vec<u8> => [vec![], b"12".to_vec(), b"abc".to_vec(), vec![0, 255]];
    day: NaiveDate => [date(2024, 1, 1), date(0, 1, 1), date(9999, 12, 31)];
    time: NaiveTime => [clock("00:00:00"), clock("10:20:30.000001"), clock("23:59:59")];
    local: NaiveDateTime => [date(2024, 1, 1).and_time(clock("10:00:00.5")), date(1, 1, 1).and_time(clock("00:00:00"))];
    moment: DateTime<Utc> => [DateTime::UNIX_EPOCH, "9999-12-31T23:59:59.999999Z".parse::<DateTime<Utc>>().unwrap()];
    id: Uuid => uuids();
    document: serde_json::Value => documents();
}

fn decimals(texts: &[&str]) -> Vec<Decimal> {
    texts.iter().map(|text| text.parse().or_else(|_| Decimal::from_scientific(text)).unwrap()).collect()
}

fn texts() -> Vec<String> {
    let texts = [
        "",
        "abc",
        "007",
        "1e3",
        "7",
        "-1",
        "+5",
        " 5",
        "5 \n",
        "5\u{a0}",
        ".5",
        "5.",
        "5.e3",
        "1.50",
        "0x10",
        "1e400",
        "inf",
        "nan",
        "1_000",
        "1e",
        ".",
        "-",
        "e5",
        "5\0",
        "12345678901234567890123456789012",
        "1234e567890123456789012345678901",
        "9223372036854775808",
        "2024-01-01",
        "Infinity",
        "１２",
    ];
    texts.map(str::to_owned).to_vec()
}

fn uuids() -> Vec<Uuid> {
    let texts =
        ["12345678901234567890123456789012", "1234e567890123456789012345678901", "a1b2c3d4e5f60718293a4b5c6d7e8f90"];
    texts.map(|text| text.parse().unwrap()).to_vec()
}

fn documents() -> Vec<serde_json::Value> {
    let texts = [
        "null",
        "1",
        "1.0",
        "0.1",
        "1e300",
        "18446744073709551615",
        "9007199254740993",
        "\"5\"",
        "{\"a\": [1, 2.5]}",
        "true",
    ];
    texts.map(|text| serde_json::from_str(text).unwrap()).to_vec()
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn clock(text: &str) -> NaiveTime {
    text.parse().unwrap()
}

async fn each_declared<R: Held>(values: &[R::Of]) -> Result<()> {
    for (declared, strict) in DECLARED {
        run(Place::sqlite().with("journal=wal"), async |db| {
            let plain = Connection::open(&db.server().location).unwrap();
            plain.execute_batch("PRAGMA synchronous = OFF").unwrap();
            let keeps = if strict.is_empty() { "" } else { "ANY" };
            let table =
                format!("CREATE TABLE held (id INTEGER PRIMARY KEY, \"Value\" {declared}, other {keeps}) {strict}");
            plain.execute_batch(&table).unwrap();
            for value in values {
                let about = format!("{value:?} in {declared} {strict}");
                let verdicts: Vec<bool> = check_ways::<R>(&plain, value, &about).await?;
                assert!(verdicts.iter().all(|verdict| *verdict == verdicts[0]), "{about}: {verdicts:?}");
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// All that a table holds, as it is stored.
fn content(plain: &Connection) -> Vec<String> {
    let words =
        "SELECT id || ': ' || typeof(value) || ' ' || quote(value) || ', ' || quote(other) FROM held ORDER BY id";
    let mut rows = plain.prepare(words).unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().collect::<std::result::Result<_, _>>().unwrap()
}

/// Equal, as the library compares: a number in JSON by its value.
fn same<T: FieldType>(a: &T, b: &T) -> bool {
    match (a.encode().unwrap(), b.encode().unwrap()) {
        (Value::Json(a), Value::Json(b)) if a.is_f64() || b.is_f64() => a.as_f64() == b.as_f64(),
        (a, b) => a == b,
    }
}

/// A value in every way: it is read as it was given, or the error stored nothing.
async fn check_ways<R: Held>(plain: &Connection, value: &R::Of, about: &str) -> Result<Vec<bool>> {
    let mut verdicts = Vec::new();
    for way in WAYS {
        plain.execute_batch("DELETE FROM held; INSERT INTO held VALUES (1, NULL, NULL)").unwrap();
        // This column keeps everything.
        R::acreate(3, None, Some(value.clone())).await?;
        let before = content(plain);
        let row = R::all().await?.swap_remove(0);
        match take(row, way, value.clone()).await? {
            Ok(id) => {
                let rows =
                    R::all().await.unwrap_or_else(|error| panic!("{way}, {about}: {error}: {:?}", content(plain)));
                let found = rows.iter().find(|row| row.id() == id).and_then(R::value);
                assert!(found.is_some_and(|found| same(found, value)), "{way}, {about}: {:?}", content(plain));
                verdicts.push(true);
            }
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{way}, {about}: {error}");
                assert_eq!(content(plain), before, "{way}, {about}");
                verdicts.push(false);
            }
        }
    }
    Ok(verdicts)
}

const WAYS: [&str; 10] =
    ["acreate", "asave, new", "asave", "aupdate", "aupdate_all", "create", "save, new", "save", "update", "update_all"];

/// The key of the row that a way wrote. A transaction goes on after a refused value, from the savepoint before.
async fn take<R: Held>(mut row: R, way: &str, value: R::Of) -> Result<Result<i64>> {
    row.change(value.clone());
    let way = way.to_owned();
    Ok(match way.as_str() {
        "acreate" => R::acreate(2, Some(value), None).await.map(|row| row.id()),
        "asave, new" => R::asave_new(2, value).await.map(|row| row.id()),
        "asave" => row.asave().await.map(|()| 1),
        "aupdate" => R::aupdate(1, value).await.map(|_| 1),
        "aupdate_all" => R::aupdate_all().await.map(|_| 3),
        _ => {
            atomic(move |tx| {
                let outcome = tx.savepoint(|tx| match way.as_str() {
                    "create" => R::create(tx, 2, value).map(|row| row.id()),
                    "save, new" => R::save_new(tx, 2, value).map(|row| row.id()),
                    "save" => row.save(tx).map(|()| 1),
                    "update" => R::update(tx, 1, value).map(|_| 1),
                    _ => R::update_all(tx).map(|_| 3),
                });
                assert_eq!(R::count(tx)?, if matches!(outcome, Ok(2)) { 3 } else { 2 });
                Ok(outcome)
            })
            .await?
        }
    })
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "held", managed = false)]
struct Words {
    id: i64,
    value: String,
    other: String,
}

/// Of many rows the last is refused, and none is changed; the transaction goes on.
#[tokio::test]
async fn a_refused_update_changes_no_row() -> Result<()> {
    run(Place::sqlite(), async |db| {
        let plain = Connection::open(&db.server().location).unwrap();
        plain.execute_batch("CREATE TABLE held (id INTEGER PRIMARY KEY, value STRING, other TEXT)").unwrap();
        for (id, other) in ["a", "b", "007"].iter().enumerate() {
            plain.execute("INSERT INTO held VALUES (?, 'as it was', ?)", (id as i64, other)).unwrap();
        }
        let before = content(&plain);
        let refused = Words::objects().aupdate(|w| w.value.set(w.other)).await.unwrap_err();
        assert!(refused.to_string().contains("`value`"), "{refused}");
        assert_eq!(content(&plain), before);
        atomic(|tx| {
            tx.savepoint(|tx| Words::objects().using(tx).update(|w| w.value.set(w.other))).unwrap_err();
            Words::objects().using(tx).filter(|w| w.id.eq(1)).update(|w| w.other.set("c"))
        })
        .await?;
        let rows = Words::objects().order_by(|w| w.id.asc()).await?;
        assert_eq!(rows.iter().map(|row| row.value.as_str()).collect::<Vec<_>>(), ["as it was"; 3]);
        assert_eq!(rows[1].other, "c");
        Ok(())
    })
    .await
}

/// Columns whose values have several forms.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "sheet", managed = false)]
struct Sheet {
    id: i64,
    note: String,
    at: Option<DateTime<Utc>>,
    local: Option<NaiveDateTime>,
    time: Option<NaiveTime>,
    #[field(max_digits = 12, decimal_places = 2)]
    money: Option<Decimal>,
    #[field(max_digits = 12, decimal_places = 2)]
    price: Option<Decimal>,
    free: Option<Decimal>,
    single: Option<f32>,
    double: Option<f64>,
    data: Option<serde_json::Value>,
    key: Option<Uuid>,
}

const SHEET: &str = "CREATE TABLE sheet (id INTEGER PRIMARY KEY, note TEXT, at DATETIME, local TEXT, time TIME, money NUMERIC, price TEXT,
    free, single REAL, double, data, key)";

/// A column, and forms of its values that are not ours.
const FORMS: [(&str, &[&str]); 10] = [
    (
        "at",
        &["'2024-01-01T10:00:00.123456789Z'", "'2024-01-01 12:00:00.5000+02:00'", "'2024-01-01 10:00'", "'2024-01-01'"],
    ),
    ("local", &["'2024-01-01T10:00:00.123456789'", "'2024-01-01 10:00:00.500'", "'2024-01-01T10:00:00 UTC'"]),
    ("time", &["'10:00'", "'10:00:00.123456789'", "'10:00:00.50'"]),
    ("money", &["7.1", "3", "0.1 + 0.2", "'-7.10'", "1e2"]),
    ("price", &["'7.1'", "'7'", "'007.100'", "'-0.0'"]),
    ("free", &["'1.50'", "0.1 + 0.2", "'0.1234567890123456789012345678'", "7"]),
    ("single", &["0.1", "5", "3.3333333333333335"]),
    ("double", &["5", "0.1"]),
    ("data", &["'{\"b\": 1,  \"a\": [1.0, 1e2]}'", "' 1 '", "1", "1.50", "'[0.1000000000000000000]'"]),
    (
        "key",
        &[
            "'A1B2C3D4E5F60718293A4B5C6D7E8F90'",
            "x'a1b2c3d4e5f60718293a4b5c6d7e8f90'",
            "'a1b2c3d4e5f60718293a4b5c6d7e8f90'",
        ],
    ),
];

/// All columns but the note, as they are stored.
fn stored(plain: &Connection) -> String {
    let columns = FORMS
        .map(|(column, _)| format!("typeof({column}) || ' ' || ifnull(hex({column}), '') || quote({column})"))
        .join(" || ");
    plain.query_row(&format!("SELECT {columns} FROM sheet"), [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn what_does_not_change_keeps_its_bytes() -> Result<()> {
    run(Place::sqlite(), async |db| {
        let plain = Connection::open(&db.server().location).unwrap();
        plain.execute_batch(SHEET).unwrap();
        for (column, form) in FORMS.iter().flat_map(|(column, forms)| forms.iter().map(move |form| (column, form))) {
            let about = format!("{form} in {column}");
            plain.execute_batch("DELETE FROM sheet").unwrap();
            plain.execute_batch(&format!("INSERT INTO sheet (id, note, {column}) VALUES (1, 'a', {form})")).unwrap();
            let before = stored(&plain);
            let mut row = Sheet::objects().aget(|s| s.id.eq(1)).await?;
            row.note = "b".to_owned();
            row.asave().await?;
            assert_eq!(stored(&plain), before, "{about}, asave");
            let mut again = row.arefresh_from_db().await?;
            assert_eq!(again, row, "{about}");
            again.asave().fields(|s| (s.at, s.money, s.data, s.key)).await?;
            let copy = row.clone();
            atomic(move |tx| row.save(tx)).await?;
            Sheet::objects()
                .aupdate(|s| {
                    let moments = (s.at.set(copy.at), s.local.set(copy.local), s.time.set(copy.time));
                    let numbers = (s.money.set(copy.money), s.price.set(copy.price), s.free.set(copy.free));
                    let floats = (s.single.set(copy.single), s.double.set(copy.double));
                    (moments.0, moments.1, moments.2, numbers.0, numbers.1, numbers.2, floats.0, floats.1)
                })
                .await?;
            Sheet::objects().aupdate(|s| (s.data.set(copy.data.clone()), s.key.set(copy.key))).await?;
            Sheet::objects().aupdate(|s| (s.single.set(s.single), s.time.set(s.time), s.at.set(s.at))).await?;
            assert_eq!(stored(&plain), before, "{about}, aupdate");
        }
        Ok(())
    })
    .await
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bill", managed = false)]
struct Bill {
    id: i64,
    #[field(max_digits = 12, decimal_places = 2)]
    money: Decimal,
    #[field(max_length = 9)]
    note: String,
}

matrix! {
    async fn no_place_of_a_decimal_is_lost(db: &Database) -> Result<()> {
        let declared = if db.dialect().name() == "SQLite" { "NUMERIC" } else { "NUMERIC(12, 4)" };
        db.execute_sql(format!("CREATE TABLE bill (id BIGINT PRIMARY KEY, money {declared} NOT NULL, note VARCHAR(9) NOT NULL)")).await?;
        db.execute_sql("INSERT INTO bill VALUES (1, 1.005, 'a'), (2, 7.1, 'b')").await?;
        let exact = dec!(1.005);
        let mut bill = Bill::objects().aget(|b| b.id.eq(1)).await?;
        assert_eq!(bill.money, exact);
        assert_eq!(Bill::objects().filter(|b| b.money.eq(exact)).acount().await?, 1);
        assert_eq!(Bill::objects().filter(|b| b.money.in_([exact, dec!(7.10)])).acount().await?, 2);
        assert_eq!(Bill::objects().filter(|b| b.money.eq(dec!(1.01))).acount().await?, 0);
        assert_eq!(Bill::objects().filter(|b| b.money.gt(dec!(1.00)) & b.money.lt(dec!(1.01))).acount().await?, 1);
        assert_eq!(Bill::objects().aaggregate(|b| b.money.sum()).await?, Some(dec!(8.105)));
        bill.note = "c".to_owned();
        let refused = |error: dormouse::Error| assert!(matches!(error.kind(), ErrorKind::Validation(_)), "{error}");
        refused(bill.asave().await.unwrap_err());
        refused(Bill::objects().aupdate(|b| b.money.set(exact)).await.unwrap_err());
        refused(Bill::objects().acreate(|b| b.id(3).money(exact).note("c")).await.unwrap_err());
        bill.asave().fields(|b| b.note).await?;
        let bills = Bill::objects().order_by(|b| b.id.asc()).values(|b| (b.money, b.note)).await?;
        assert_eq!(bills, [(exact, "c".to_owned()), (dec!(7.1), "b".to_owned())]);
        Ok(())
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "theirs", managed = false)]
struct Theirs {
    id: i64,
    at: Option<DateTime<Utc>>,
    time: Option<NaiveTime>,
    day: Option<NaiveDate>,
    key: Option<Uuid>,
    single: Option<f32>,
    small: Option<i32>,
    #[field(max_length = 3)]
    word: Option<String>,
    truth: Option<bool>,
}

/// Of ours, and filled from theirs.
#[derive(Model, Debug, Clone, PartialEq)]
struct Ours {
    id: i64,
    #[field(on_delete = Cascade)]
    theirs: ForeignKey<Theirs>,
    at: Option<DateTime<Utc>>,
    time: Option<NaiveTime>,
    day: Option<NaiveDate>,
    key: Option<Uuid>,
    single: Option<f32>,
    small: Option<i32>,
    #[field(max_length = 3)]
    word: Option<String>,
    truth: Option<bool>,
}

async fn copy() -> Result<u64> {
    Ours::objects()
        .aupdate(|o| {
            let t = o.theirs;
            let moments = (o.at.set(t.at), o.time.set(t.time), o.day.set(t.day), o.key.set(t.key));
            let others = (o.single.set(t.single), o.small.set(t.small), o.word.set(t.word), o.truth.set(t.truth));
            (moments.0, moments.1, moments.2, moments.3, others.0, others.1, others.2, others.3)
        })
        .await
}

#[tokio::test]
async fn what_is_taken_from_their_table_is_ours() -> Result<()> {
    run(Place::sqlite(), async |db| {
        let plain = Connection::open(&db.server().location).unwrap();
        plain.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        plain
            .execute_batch(
                "CREATE TABLE theirs (id INTEGER PRIMARY KEY, at, time, day, key, single, small, word, truth)",
            )
            .unwrap();
        db.create_tables(dormouse::models![Ours]).await?;
        let key = "x'a1b2c3d4e5f60718293a4b5c6d7e8f90'";
        let row = format!(
            "INSERT INTO theirs VALUES (1, '2024-01-01T12:00:00+02:00', '10:00', '2024-01-01', {key}, 0.1, 7, 'abc', 1)"
        );
        plain.execute_batch(&row).unwrap();
        Ours::objects().acreate(|o| o.theirs(1)).await?;
        assert_eq!(copy().await?, 1);
        let theirs = Theirs::objects().aget(|t| t.id.eq(1)).await?;
        let o = Ours::fields();
        for condition in [
            o.at.eq(theirs.at.unwrap()),
            o.time.eq(theirs.time.unwrap()),
            o.day.eq(theirs.day.unwrap()),
            o.key.eq(theirs.key.unwrap()),
            o.single.eq(theirs.single.unwrap()),
            o.small.eq(7) & o.word.eq("abc") & o.truth.eq(true),
        ] {
            assert_eq!(Ours::objects().filter(|_| condition.clone()).acount().await?, 1, "{condition:?}");
        }
        let before = Ours::objects().await?;
        for (column, value) in [
            ("at", "'yesterday'"),
            ("time", "7"),
            ("day", "'1.1.2024'"),
            ("key", "'none'"),
            ("single", "'0.1'"),
            ("small", "1 << 40"),
            ("word", "'long'"),
            ("word", "7"),
            ("truth", "2"),
        ] {
            plain.execute_batch(&format!("DELETE FROM theirs; {row}; UPDATE theirs SET {column} = {value}")).unwrap();
            let refused = copy().await.unwrap_err();
            let kind = refused.kind();
            assert!(
                matches!(kind, ErrorKind::Decode { .. } | ErrorKind::OutOfRange { .. }),
                "{value} in {column}: {refused}"
            );
            assert_eq!(Ours::objects().await?, before, "{value} in {column}");
        }
        Ok(())
    })
    .await
}

/// What is known of a table that was not there yet is asked again.
#[tokio::test]
async fn a_table_that_is_made_later_is_known() -> Result<()> {
    run(Place::sqlite(), async |db| {
        let plain = Connection::open(&db.server().location).unwrap();
        let write = || Words::objects().acreate(|w| w.id(1).value("007").other(""));
        let missing = write().await.unwrap_err();
        assert!(matches!(missing.kind(), ErrorKind::Database { .. }), "{missing}");
        plain.execute_batch("CREATE TABLE held (id INTEGER PRIMARY KEY, value STRING, other TEXT)").unwrap();
        let refused = write().await.unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::OutOfRange { .. }), "{refused}");
        Ok(())
    })
    .await
}
