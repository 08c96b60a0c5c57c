//! Case folds by one rule; `docs/case.md` lists every letter for which a database has another.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use dormouse::driver;
use dormouse::prelude::*;
use dormouse::row::{Collect, Decoder, RowReader};
use dormouse::statement::{Intent, Statement};
use dormouse::{Database, Result};
use expect_test::expect_file;

use crate::support::Place;

#[derive(Model, Debug, Clone, PartialEq)]
struct Letter {
    id: i64,
    text: String,
}

/// What each letter becomes that does not stay as it is.
type Folds = BTreeMap<char, String>;

/// The rule: the simple lower case of each character.
fn by_rule() -> Folds {
    let folded = ('\u{1}'..=char::MAX).filter_map(|c| Some((c, c.to_lowercase().next()?)));
    folded.filter(|(letter, folded)| letter != folded).map(|(letter, folded)| (letter, folded.to_string())).collect()
}

/// What a database does with every character, by the words that `iexact` has there.
async fn of(place: Place) -> Result<Folds> {
    let db = Database::connect(place.url()).await?;
    let driver = driver::connect(place.url()).await?;
    let sql = Letter::objects().filter(|l| l.text.iexact("x")).to_sql(&db)?;
    let words =
        sql.split_once(" WHERE ").and_then(|(_, condition)| condition.split_once(" = ")).expect("a comparison").0;
    let mut folds = Folds::new();
    for (first, last) in [(1, 0xd7ff), (0xe000, 0x1_ffff), (0x2_0000, 0x10_ffff)] {
        let ask = match db.server().product {
            "SQLite" => format!(
                "WITH RECURSIVE r(id) AS (SELECT {first} UNION ALL SELECT id + 1 FROM r WHERE id < {last}), \
                 letter(id, text) AS (SELECT id, char(id) FROM r) SELECT id, {words} FROM letter WHERE {words} <> text"
            ),
            "PostgreSQL" => format!(
                "SELECT id, {words} FROM (SELECT CAST(n AS BIGINT) AS id, chr(n) AS text FROM \
                 generate_series({first}, {last}) AS r(n)) AS letter WHERE {words} <> text"
            ),
            _ => format!(
                "SELECT id, {words} FROM (SELECT seq AS id, CONVERT(CHAR(seq USING utf32) USING utf8mb4) AS text FROM \
                 seq_{first}_to_{last}) AS letter WHERE BINARY {words} <> BINARY text"
            ),
        };
        let decoder =
            Decoder::new(|row: &mut RowReader<'_>, _| Ok((row.read::<i64>()?, row.read::<String>()?)), Arc::default());
        let statement = Statement::new(ask, Vec::new(), Intent::Read);
        for (id, folded) in Collect::<(i64, String)>::unbox(driver.fetch(statement, Collect::boxed(decoder)).await?)? {
            folds.insert(u32::try_from(id).ok().and_then(char::from_u32).expect("a character"), folded);
        }
    }
    driver.close().await;
    db.close().await;
    place.remove().await?;
    Ok(folds)
}

/// The letters for which a database has another lower case, in rows of those that follow each other.
fn differences(rule: &Folds, found: &Folds) -> String {
    let own = |folds: &Folds, letter: char| folds.get(&letter).cloned().unwrap_or_else(|| letter.to_string());
    let letters: std::collections::BTreeSet<char> = rule.keys().chain(found.keys()).copied().collect();
    let mut rows: Vec<(char, char, String, usize)> = Vec::new();
    for letter in letters.into_iter().filter(|letter| own(rule, *letter) != own(found, *letter)) {
        let what = match (rule.contains_key(&letter), found.get(&letter)) {
            (true, None) => "stays as it is, as before its Unicode version".to_owned(),
            (false, Some(folded)) => format!("becomes {folded}, which the rule does not have"),
            (_, folded) => format!("becomes {}", folded.cloned().unwrap_or_default()),
        };
        match rows.last_mut() {
            Some((_, last, same, count)) if *same == what && u32::from(letter) - u32::from(*last) <= 2 => {
                *last = letter;
                *count += 1;
            }
            _ => rows.push((letter, letter, what, 1)),
        }
    }
    let total: usize = rows.iter().map(|(.., count)| count).sum();
    let mut text = format!("{total} of {} letters differ.\n", rule.len());
    if total > 0 {
        text.push_str("\n| letters | how many | code points | what it does |\n|---|---|---|---|\n");
    }
    for (first, last, what, count) in rows {
        let (letters, points) = if first == last {
            (first.to_string(), format!("U+{:04X}", u32::from(first)))
        } else {
            (format!("{first} … {last}"), format!("U+{:04X} … U+{:04X}", u32::from(first), u32::from(last)))
        };
        writeln!(text, "| {letters} | {count} | {points} | {what} |").expect("text");
    }
    text
}

/// The letters that a page lists for a database: its rows name the first and the last of letters no more than two apart.
fn listed(page: &str, name: &str) -> Vec<(u32, u32)> {
    let part = page.split("\n## ").find(|part| part.starts_with(name)).unwrap_or_default();
    let number = |text: &str| u32::from_str_radix(text.trim().trim_start_matches("U+"), 16).ok();
    let row = |row: &str| {
        let points = row.split('|').nth(3)?;
        let (first, last) = points.split_once('…').unwrap_or((points, points));
        Some((number(first)?, number(last)?))
    };
    part.lines().filter_map(row).collect()
}

/// A newer server may differ in fewer letters than `docs/case.md` lists; `UPDATE_EXPECT=1` writes that anew.
#[tokio::test]
async fn every_character_folds_as_the_table_says() -> Result<()> {
    let rule = by_rule();
    let (page, update) = (include_str!("../../docs/case.md"), std::env::var_os("UPDATE_EXPECT").is_some());
    let mut text = String::from(
        "# Upper and lower case\n\n\
         `iexact`, `icontains`, `istartswith` and `iendswith` compare texts in lower case, character by character: each becomes\n\
         its simple lower case of Unicode, whatever stands beside it and whatever the locale is. (So `İ` is `i`, `ẞ` is `ß`, and\n\
         each sigma but the final small one is `σ`.) This page is written by a test, which folds every character on every database.\n\n\
         Where a letter differs, the database's Unicode is older than that of the compiler, which SQLite's function has: of PostgreSQL\n\
         that of its ICU (here 72, Unicode 15), of MariaDB that of its `LOWER` under our collation, since long the same.\n",
    );
    for (name, place) in
        [("SQLite", Place::sqlite()), ("PostgreSQL", Place::postgres().await?), ("MariaDB", Place::mariadb().await?)]
    {
        let found = differences(&rule, &of(place).await?);
        let unlisted = listed(&format!("\n## {name}\n{found}"), name)
            .into_iter()
            .find(|(first, last)| !listed(page, name).iter().any(|(from, to)| from <= first && last <= to));
        assert!(update || unlisted.is_none(), "{name}: {unlisted:X?} is not in docs/case.md");
        write!(text, "\n## {name}\n\n{found}").expect("text");
    }
    if update {
        expect_file!["../../docs/case.md"].assert_eq(&text);
    }
    Ok(())
}
