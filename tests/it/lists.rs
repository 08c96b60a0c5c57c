//! Lists of any length, of every type, and of keys of several columns.

use std::time::{Duration, Instant};

use dormouse::Result;
use dormouse::prelude::*;

use crate::support::{Content, Dice, fill_up, matrix, tell};

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

matrix! {
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
            let start = Instant::now();
            let found = Line::objects().ain_bulk(keys(count)).await?;
            let took = start.elapsed();
            tell(format!("{count} keys: {took:?}"));
            assert_eq!(found.len(), usize::try_from(count.min(30)).unwrap(), "{count}");
            assert!(took < Duration::from_secs(30), "{count} keys took {took:?}");
            let others = Line::objects().filter(|l| l.pk.not_in(keys(count))).acount().await?;
            assert_eq!(others, 30 - found.len() as u64, "{count}");
        }
        let wrong = Line::objects().filter(|l| l.pk.in_([(1, 2, "w9".to_owned()), (1, 3, "w1".to_owned())]));
        assert_eq!(wrong.acount().await?, 0);
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
