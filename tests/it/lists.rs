//! Lists of any length, of every type, and of keys of several columns.

use std::time::Instant;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use dormouse::prelude::*;
use dormouse::{Action, Result};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

mod computed;
mod forms;
mod kinds;

use crate::support::{Content, Dice, check_index, explaining, fill_up, matrix, sweep, tell};

#[derive(Model, Debug, Clone, PartialEq)]
struct Cell {
    id: i64,
    single: f32,
    double: Option<f64>,
    bytes: Option<Vec<u8>>,
    #[field(max_length = 40)]
    word: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "foreign_word", managed = false)]
struct Foreign {
    id: i64,
    word: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(a, b, word))]
struct Line {
    a: i64,
    b: i32,
    #[field(max_length = 20)]
    word: String,
    n: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(fields(word)))]
struct Named {
    id: i64,
    #[field(max_length = 20)]
    word: String,
    n: i32,
}

const MANY: usize = 100_000;

async fn cells(dice: &mut Dice) -> Result<Vec<Cell>> {
    let mut cells = Vec::new();
    for index in 0..40_u32 {
        let bits =
            |dice: &mut Dice| u64::from_ne_bytes(std::array::from_fn(|_| u8::try_from(dice.below(256)).unwrap()));
        let double = f64::from_bits(bits(dice));
        let double = if double.is_finite() { double } else { 0.1 };
        let single = (f32::from(u16::try_from(dice.below(60_000)).unwrap()) + 0.1) / 7.0;
        let bytes = vec![0, u8::try_from(index).unwrap(), 255];
        let draft = Cell::new().single(single);
        let cell = if index % 4 == 0 {
            draft.asave().await?
        } else {
            draft.double(double).bytes(bytes).word(format!("w{index}")).asave().await?
        };
        cells.push(cell);
    }
    Ok(cells)
}

/// Fails if the plan reads a list again for each row of the table.
async fn check_read_once(db: &Database, plan: Action<String>) -> Result<()> {
    is_read_once(db, &plan.await?);
    Ok(())
}

fn is_read_once(db: &Database, plan: &str) {
    assert!(!plan.is_empty(), "no plan");
    let again = ["DEPENDENT SUBQUERY", "CORRELATED", "BNL", "Join Filter", "NOT (SubPlan"]
        .into_iter()
        .find(|words| plan.contains(words));
    assert!(again.is_none(), "{again:?} by {}:\n{plan}", db.server().product);
}

/// A column of every type.
#[derive(Model, Debug, Clone, PartialEq)]
struct Every {
    id: i64,
    #[field(max_length = 20)]
    word: Option<String>,
    free: Option<String>,
    flag: Option<bool>,
    number: Option<i32>,
    double: Option<f64>,
    bytes: Option<Vec<u8>>,
    #[field(max_digits = 12, decimal_places = 2)]
    amount: Option<Decimal>,
    day: Option<NaiveDate>,
    moment: Option<NaiveDateTime>,
    uuid: Option<Uuid>,
    json: Option<Value>,
}

/// Texts of others.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "other_word", managed = false)]
struct OtherWord {
    id: i64,
    word: Option<String>,
}

matrix! {
    async fn of_every_type_are_read_once(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Every]).await?;
        const ROWS: i32 = 50;
        let day = |n: i32| NaiveDate::from_ymd_opt(1000, 1, 1).unwrap() + TimeDelta::days(n.into());
        let moment = |n: i32| day(n).and_hms_opt(1, 2, 3).unwrap();
        let word = |n: i32| format!("w{n:07}");
        let uuid = |n: i32| Uuid::from_u128(n.unsigned_abs().into());
        let bytes = |n: i32| n.to_be_bytes().to_vec();
        for n in 1..=ROWS {
            let row = Every::new().word(word(n)).free(word(n)).flag(true).number(n).double(f64::from(n) + 0.1);
            let row = row.bytes(bytes(n)).amount(Decimal::new(n.into(), 2)).day(day(n)).moment(moment(n));
            row.uuid(uuid(n)).json(json!({"a": n})).asave().await?;
        }
        Every::new().asave().await?;
        let all = || Every::objects().order_by(|_| ());
        for length in [600, 16_000] {
            macro_rules! check {
                ($field:ident, $item:expr) => {{
                    let list = || (ROWS / 2..).map($item).take(length);
                    let lap = Instant::now();
                    let found = all().filter(|e| e.$field.in_(list())).acount().await?;
                    let others = all().filter(|e| e.$field.not_in(list())).acount().await?;
                    tell(format!("{} {length} of {}: {:?}", db.server().product, stringify!($field), lap.elapsed()));
                    assert_eq!((found, others), (26, 25), "{length} of {}", stringify!($field));
                    let some = all().filter(|e| e.$field.in_(list()) & !e.$field.not_in(list()));
                    assert_eq!(some.aupdate(|e| e.flag.set(false)).await?, 26);
                    check_read_once(db, all().filter(|e| e.$field.in_(list())).aexplain()).await?;
                    check_read_once(db, all().filter(|e| e.$field.not_in(list())).aexplain()).await?;
                }};
            }
            check!(word, word);
            check!(free, word);
            check!(number, |n| n);
            check!(double, |n| f64::from(n) + 0.1);
            check!(bytes, bytes);
            check!(amount, |n| Decimal::new(n.into(), 2));
            check!(day, day);
            check!(moment, moment);
            check!(uuid, uuid);
            check!(json, |n| json!({"a": n}));
        }
        Ok(())
    }

    async fn of_texts_of_any_collation_are_read_once(db: &Database) -> Result<()> {
        let texts: &[&str] = match db.server().product {
            "SQLite" => &["TEXT", "TEXT COLLATE NOCASE"],
            "PostgreSQL" => &["TEXT", "VARCHAR(20) COLLATE \"en-x-icu\""],
            _ => &[
                "VARCHAR(20) COLLATE utf8mb4_general_ci",
                "VARCHAR(20) CHARACTER SET latin1",
                "VARCHAR(20) CHARACTER SET utf8mb3",
                "LONGTEXT COLLATE utf8mb4_unicode_ci",
            ],
        };
        for text in texts {
            db.execute_sql("DROP TABLE IF EXISTS other_word").await?;
            db.execute_sql(format!("CREATE TABLE other_word (id BIGINT PRIMARY KEY, word {text})")).await?;
            fill_up(db, "other_word", 2_000, &[("id", Content::Number), ("word", Content::Word)]).await?;
            let list = || (1..=1_000).map(|n| format!("w{n:07}")).chain(["é".to_owned(), "💤".to_owned()]);
            let all = || OtherWord::objects().order_by(|_| ());
            assert_eq!(all().filter(|w| w.word.in_(list())).acount().await?, 1_000, "{text}");
            assert_eq!(all().filter(|w| w.word.not_in(list())).acount().await?, 1_000, "{text}");
            check_read_once(db, all().filter(|w| w.word.in_(list())).aexplain()).await?;
            check_read_once(db, all().filter(|w| w.word.not_in(list())).aexplain()).await?;
            let long = || list().chain(["x".repeat(513), "x".repeat(70_000)]);
            let (in_, not_in) = (all().filter(|w| w.word.in_(long())), all().filter(|w| w.word.not_in(long())));
            assert_eq!(in_.clone().acount().await?, 1_000, "{text}");
            assert_eq!(not_in.clone().acount().await?, 1_000, "{text}");
            check_read_once(db, in_.aexplain()).await?;
            check_read_once(db, not_in.aexplain()).await?;
            if !text.starts_with("VARCHAR") {
                all().filter(|w| w.id.eq(2_000)).aupdate(|w| w.word.set("x".repeat(513))).await?;
                assert_eq!(all().filter(|w| w.word.in_(long())).acount().await?, 1_001, "{text}");
                assert_eq!(all().filter(|w| w.word.not_in(long())).acount().await?, 999, "{text}");
                all().filter(|w| w.id.eq(2_000)).aupdate(|w| w.word.set("w0002000")).await?;
            }
            // PostgreSQL refuses the character.
            if !db.dialect().features().array_parameters {
                let nul = || list().chain(["💤\0".to_owned()]);
                assert_eq!(all().filter(|w| w.word.eq("💤\0")).acount().await?, 0, "{text}");
                assert_eq!(all().filter(|w| w.word.in_(nul())).acount().await?, 1_000, "{text}");
                assert_eq!(all().filter(|w| w.word.not_in(nul())).acount().await?, 1_000, "{text}");
            }
        }
        Ok(())
    }

    /// The type of the items follows the longest.
    async fn of_texts_and_bytes_as_long_as_you_like(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Every]).await?;
        let word = |length: usize| "ü".repeat(length);
        let lengths = [1, 31, 32, 33, 64, 65, 128, 129, 256, 257, 511, 512, 513, 1_024, 20_000];
        for length in lengths {
            Every::new().free(word(length)).bytes(word(length).into_bytes()).asave().await?;
        }
        for longest in lengths {
            let few = || (0..600).map(|n| format!("{n}"));
            let words = || few().chain([word(longest), word(longest) + " "]);
            let bytes = || few().map(String::into_bytes).chain([word(longest).into_bytes()]);
            let all = Every::objects;
            assert_eq!(all().filter(|e| e.free.in_(words())).acount().await?, 1, "{longest}");
            assert_eq!(all().filter(|e| e.free.not_in(words())).acount().await?, 14, "{longest}");
            assert_eq!(all().filter(|e| e.bytes.in_(bytes())).acount().await?, 1, "{longest}");
            assert_eq!(all().filter(|e| e.bytes.not_in(bytes())).acount().await?, 14, "{longest}");
            let (in_, not_in) = (all().filter(|e| e.free.in_(words())), all().filter(|e| e.free.not_in(words())));
            let (of_bytes, not_of) = (all().filter(|e| e.bytes.in_(bytes())), all().filter(|e| e.bytes.not_in(bytes())));
            for asked in [in_, not_in, of_bytes, not_of] {
                check_read_once(db, asked.order_by(|_| ()).aexplain()).await?;
            }
        }
        Ok(())
    }

    async fn of_every_type_and_any_length(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Cell]).await?;
        let cells = cells(&mut Dice::of("lists")).await?;
        let full: Vec<&Cell> = cells.iter().filter(|cell| cell.word.is_some()).collect();
        for length in [2, 513, 40_000, MANY] {
            let half = || full.iter().take(15);
            let doubles: Vec<f64> = half().filter_map(|c| c.double).chain((0_u32..).map(f64::from)).take(length).collect();
            let singles: Vec<f32> = half().map(|c| c.single).chain((0_u16..60_000).cycle().map(|n| -f32::from(n))).take(length).collect();
            let bytes: Vec<Vec<u8>> =
                half().filter_map(|c| c.bytes.clone()).chain((0_u32..).map(|n| n.to_be_bytes().to_vec())).take(length).collect();
            let words: Vec<String> =
                half().filter_map(|c| c.word.clone()).chain((0..).map(|n| format!("no{n}"))).take(length).collect();
            let asked = length.min(15);
            let all = Cell::objects;
            macro_rules! held {
                ($field:ident, $list:expr) => {
                    let found = all().filter(|c| c.$field.in_(&$list)).acount().await?;
                    let others = all().filter(|c| c.$field.not_in(&$list)).acount().await?;
                    assert!(found >= asked as u64, "{length} of {}: {found}", stringify!($field));
                    assert_eq!((found + others, found < 40), (40, true), "{length} of {}", stringify!($field));
                };
            }
            held!(double, doubles);
            held!(single, singles);
            held!(bytes, bytes);
            held!(word, words);
        }
        Ok(())
    }

    async fn of_texts_of_tables_of_others(db: &Database) -> Result<()> {
        db.execute_sql("CREATE TABLE foreign_word (id BIGINT PRIMARY KEY, word VARCHAR(40))").await?;
        db.execute_sql("INSERT INTO foreign_word VALUES (1, 'one'), (2, 'two'), (3, NULL)").await?;
        for length in [2, 600, 16_385, 40_000, MANY] {
            let words: Vec<String> = (0..length - 1).map(|n| format!("w{n}")).chain(["two".to_owned()]).collect();
            let found = Foreign::objects().filter(|f| f.word.in_(&words)).values(|f| f.id).await?;
            assert_eq!(found, [2], "{length}");
            let others = Foreign::objects().filter(|f| f.word.not_in(&words)).order_by(|f| f.id.asc());
            assert_eq!(others.values(|f| f.id).await?, [1, 3], "{length}");
        }
        Ok(())
    }

    async fn of_keys_of_several_columns(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Line]).await?;
        let word = |n: i64| format!("w{}", n % 3);
        for n in 0..30_i64 {
            let b = i32::try_from(n * 2).unwrap();
            Line::objects().acreate(|l| l.a(n).b(b).word(word(n)).n(7)).await?;
        }
        let keys = |count: i64| (0..count).map(move |n| (n, i32::try_from(n * 2).unwrap(), word(n)));
        for count in [0, 1, 2, 10, 600, 16_000, 100_000] {
            let found = Line::objects().ain_bulk(keys(count)).await?;
            assert_eq!(found.len(), usize::try_from(count.min(30)).unwrap(), "{count}");
            let others = Line::objects().filter(|l| l.pk.not_in(keys(count))).acount().await?;
            assert_eq!(others, 30 - found.len() as u64, "{count}");
        }
        let wrong = Line::objects().filter(|l| l.pk.in_([(1, 2, "w9".to_owned()), (1, 3, "w1".to_owned())]));
        assert_eq!(wrong.acount().await?, 0);
        Ok(())
    }

    async fn of_keys_are_served_by_the_key(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Line]).await?;
        let columns = [("a", Content::Number), ("b", Content::Share(7)), ("word", Content::Word), ("n", Content::Same("0"))];
        fill_up(db, "line", 20_000, &columns).await?;
        let key = match db.server().product {
            "SQLite" => "sqlite_autoindex_line_1",
            "PostgreSQL" => "line_pkey",
            _ => "PRIMARY",
        };
        // One text is longer than any that the column holds.
        let long = (1, 1, "w0000001".to_owned() + &" ".repeat(3_000));
        let keys = |count: i64| {
            let keys = (1..=count).map(|n| (n, i32::try_from(n % 7).unwrap(), format!("w{n:07}")));
            keys.chain([long.clone()])
        };
        for count in [2, 5, 40, 600, 2_000] {
            let lines = || Line::objects().order_by(|_| ());
            // PostgreSQL reads the whole table where many of its rows are meant.
            if count < 100 || !db.dialect().features().array_parameters {
                check_index(db, key, lines().filter(|l| l.pk.in_(keys(count))).aexplain()).await?;
            }
            assert_eq!(lines().filter(|l| l.pk.in_(keys(count))).acount().await?, u64::try_from(count).unwrap());
            check_read_once(db, lines().filter(|l| l.pk.not_in(keys(count))).aexplain()).await?;
        }
        Ok(())
    }

    async fn of_any_kind_choose_what_is_changed_and_deleted(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Line, Named]).await?;
        const ROWS: u32 = 20_000;
        fill_up(db, "named", ROWS, &[("id", Content::Number), ("word", Content::Word), ("n", Content::Same("0"))]).await?;
        let words = [("a", Content::Number), ("b", Content::Same("1")), ("word", Content::Same("'x'")), ("n", Content::Same("0"))];
        fill_up(db, "line", ROWS, &words).await?;
        let ids = |from: i64| from..from + 601;
        let words = |from: i64| (from..from + 601).map(|n| format!("w{n:07}")).collect::<Vec<_>>();
        let keys = |from: i64| (from..from + 2_000).map(|n| (n, 1, "x".to_owned()));
        let start = Instant::now();
        let lap = |what: &str| tell(format!("{what}: {:?}", start.elapsed()));

        let named = Named::objects;
        assert_eq!(named().filter(|n| n.id.in_(ids(1))).aupdate(|n| n.n.set(n.n + 1)).await?, 601);
        lap("update by ids");
        assert_eq!(named().filter(|n| n.word.in_(words(301))).aupdate(|n| n.n.set(n.n + 2)).await?, 601);
        lap("update by texts");
        let changed = async |n: i32| named().filter(|row| row.n.eq(n)).acount().await;
        assert_eq!((changed(1).await?, changed(2).await?, changed(3).await?), (300, 300, 301));
        lap("counts");
        assert_eq!(named().filter(|n| n.id.in_(ids(10_001))).adelete().await?.total, 601);
        lap("delete by ids");
        assert_eq!(named().filter(|n| n.word.in_(words(12_001))).adelete().await?.total, 601);
        lap("delete by texts");
        assert_eq!(named().filter(|n| n.id.between(10_001, 12_601)).acount().await?, 2_601 - 2 * 601);
        assert_eq!(named().filter(|n| n.word.not_in(words(1))).acount().await?, u64::from(ROWS) - 3 * 601);
        lap("not in texts");

        let lines = Line::objects;
        assert_eq!(lines().filter(|l| l.pk.in_(keys(1))).aupdate(|l| l.n.set(1)).await?, 2_000);
        lap("update by keys");
        assert_eq!(lines().filter(|l| l.pk.in_(keys(1_001))).adelete().await?.total, 2_000);
        lap("delete by keys");
        assert_eq!((lines().acount().await?, lines().filter(|l| l.n.eq(1)).acount().await?), (18_000, 1_000));
        assert_eq!(lines().filter(|l| l.pk.in_(keys(1).take(21))).aupdate(|l| l.n.set(2)).await?, 21);
        lap("update by 21 keys");
        Ok(())
    }
}

sweep! {
    async fn of_what_is_changed_and_deleted_are_read_once(rig: &mut Rig) -> Result<()> {
        rig.direct.create_tables(dormouse::models![Named]).await?;
        fill_up(&rig.direct, "named", 20_000, &[("id", Content::Number), ("word", Content::Word), ("n", Content::Same("0"))]).await?;
        let (db, plans) = explaining(rig.direct_url(2).as_str()).await?;
        let ids = || 1..=1_000_i64;
        let words = || (1..=1_000).map(|n| format!("w{n:07}"));
        let chosen = || {
            let all = Named::objects;
            let (in_ids, in_words) = (all().filter(|n| n.id.in_(ids())), all().filter(|n| n.word.in_(words())));
            let (not_ids, not_words) = (all().filter(|n| n.id.not_in(ids())), all().filter(|n| n.word.not_in(words())));
            [in_ids, in_words, not_ids, not_words]
        };
        let all = async {
            for (named, rows) in chosen().into_iter().zip([1_000, 1_000, 19_000, 19_000]) {
                assert_eq!(named.aupdate(|n| n.n.set(n.n + 1)).await?, rows);
                is_read_once(&db, &plans.take());
            }
            for (named, rows) in chosen().into_iter().zip([1_000, 0, 19_000, 0]) {
                assert_eq!(named.adelete().await?.total, rows);
                is_read_once(&db, &plans.take());
            }
            Ok(())
        };
        let outcome = db.scope(all).await;
        db.close().await;
        outcome
    } on sqlite, postgres, mariadb;
}
