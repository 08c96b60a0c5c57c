//! Texts in tables that are not ours: order and ranges are by code point there too, equality is the column's own, and
//! other character sets are answered.

use dormouse::Result;
use dormouse::prelude::*;

use crate::support::{everywhere, matrix, sweep};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "old_note", managed = false)]
struct Note {
    id: i64,
    word: String,
    other: Option<String>,
}

/// In the order of their code points.
const IN_ORDER: &[&str] = &[
    "!", "A", "B", "I", "Z", "_", "a", "aa", "ab", "b", "i", "z", "~", "Ä", "É", "ß", "á", "é", "İ", "ı", "Σ", "ς",
    "σ", "Ж", "ж", "日", "\u{ffee}", "💤",
];

/// How a column of text may be declared, with the greatest character that it can hold.
fn declarations(db: &Database) -> Vec<(&'static str, char)> {
    match db.server().product {
        "SQLite" => vec![
            ("TEXT", char::MAX),
            ("TEXT COLLATE NOCASE", char::MAX),
            ("VARCHAR(20) COLLATE RTRIM", char::MAX),
            ("TEXT COLLATE BINARY", char::MAX),
        ],
        "PostgreSQL" => vec![
            ("TEXT", char::MAX),
            ("VARCHAR(20)", char::MAX),
            ("TEXT COLLATE \"en-x-icu\"", char::MAX),
            ("VARCHAR(20) COLLATE \"tr-x-icu\"", char::MAX),
            ("TEXT COLLATE \"POSIX\"", char::MAX),
            ("CHAR(3)", char::MAX),
            ("CITEXT", char::MAX),
        ],
        _ => vec![
            ("VARCHAR(20)", '\u{ff}'),
            ("VARCHAR(20) CHARACTER SET latin1", '\u{ff}'),
            ("VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin", '\u{ff}'),
            ("VARCHAR(20) CHARACTER SET ascii", '\u{7f}'),
            ("TEXT CHARACTER SET utf8mb3", '\u{ffff}'),
            ("VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", char::MAX),
            ("VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", char::MAX),
            ("VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin", char::MAX),
            ("CHAR(20) CHARACTER SET utf8mb3 COLLATE utf8mb3_nopad_bin", '\u{ffff}'),
        ],
    }
}

/// Makes the table, and tells which words are in it.
async fn write(db: &Database, declaration: &str, greatest: char) -> Result<Vec<&'static str>> {
    db.execute_sql("DROP TABLE IF EXISTS old_note").await?;
    if declaration == "CITEXT" {
        db.execute_sql("CREATE EXTENSION IF NOT EXISTS citext").await?;
    }
    let other = declarations(db)[2].0;
    db.execute_sql(format!(
        "CREATE TABLE old_note (id BIGINT PRIMARY KEY, word {declaration} NOT NULL, other {other})"
    ))
    .await?;
    let words: Vec<&str> = IN_ORDER.iter().copied().filter(|word| word.chars().all(|c| c <= greatest)).collect();
    for turn in 0..3 {
        for (id, word) in words.iter().enumerate().filter(|(index, _)| index % 3 == turn) {
            Note::objects().using(db).acreate(|n| n.id(i64::try_from(id).unwrap_or(0)).word(*word)).await?;
        }
    }
    Ok(words)
}

/// The words of which a condition is true, in order; all others are those of which its complement is.
async fn found(condition: impl Fn(&'static NoteFields) -> Q<Note>) -> Result<Vec<String>> {
    let notes = || Note::objects().order_by(|n| n.word.asc());
    let all = notes().values(|n| n.word).await?;
    let found = notes().filter(&condition).values(|n| n.word).await?;
    let others = notes().exclude(&condition).values(|n| n.word).await?;
    let left: Vec<&String> = all.iter().filter(|word| !found.contains(word)).collect();
    assert_eq!(others.iter().collect::<Vec<_>>(), left);
    Ok(found.into_iter().map(|word| word.trim_end().to_owned()).collect())
}

fn folded(text: &str) -> String {
    text.chars().filter_map(|character| character.to_lowercase().next()).collect()
}

everywhere! {
    async fn order_and_ranges_are_by_code_point_in_tables_of_others(db: &Database) -> Result<()> {
        for (declaration, greatest) in declarations(db) {
            let words = write(db, declaration, greatest).await?;
            let those = |wanted: &dyn Fn(&str) -> bool| -> Vec<&str> {
                words.iter().copied().filter(|word| wanted(word)).collect()
            };
            assert_eq!(found(|n| n.id.gte(0)).await?, words, "{declaration}");
            let distinct = Note::objects().order_by(|n| n.word.desc()).values(|n| n.word).distinct().await?;
            assert_eq!(distinct.iter().rev().map(|word| word.trim_end()).collect::<Vec<_>>(), words, "{declaration}");
            let different = Note::objects().aaggregate(|n| n.word.count().distinct()).await?;
            assert_eq!(usize::try_from(different), Ok(words.len()), "{declaration}");
            let (least, greatest) = Note::objects().aaggregate(|n| (n.word.min(), n.word.max())).await?;
            assert_eq!(least.as_deref().map(str::trim_end), words.first().copied(), "{declaration}");
            assert_eq!(greatest.as_deref().map(str::trim_end), words.last().copied(), "{declaration}");
            for bound in IN_ORDER {
                assert_eq!(found(|n| n.word.lt(*bound)).await?, those(&|w| w < *bound), "{declaration} lt {bound}");
                assert_eq!(found(|n| n.word.gte(*bound)).await?, those(&|w| w >= *bound), "{declaration} gte {bound}");
                let between = those(&|w| "B" <= w && w <= *bound);
                assert_eq!(found(|n| n.word.between("B", *bound)).await?, between, "{declaration} between {bound}");
                let begins = those(&|w| w.starts_with(*bound));
                assert_eq!(found(|n| n.word.startswith(*bound)).await?, begins, "{declaration} startswith {bound}");
            }
        }
        Ok(())
    }

    async fn lookups_of_texts_work_in_tables_of_others(db: &Database) -> Result<()> {
        for (declaration, greatest) in declarations(db) {
            let words = write(db, declaration, greatest).await?;
            let those = |wanted: &dyn Fn(&str) -> bool| -> Vec<&str> {
                words.iter().copied().filter(|word| wanted(word)).collect()
            };
            for text in IN_ORDER {
                let about = format!("{declaration}: {text}");
                let has = words.contains(text);
                // What else is equal is a matter of the column.
                let equal = found(|n| n.word.eq(*text)).await?;
                assert_eq!(equal.iter().any(|word| word == text), has, "{about}");
                assert_eq!(found(|n| n.word.in_([*text, "nowhere"])).await?, equal, "{about}");
                let many = (0..600).map(|n| format!("word {n}")).chain([(*text).to_owned()]);
                assert_eq!(found(|n| n.word.in_(many.clone())).await?, equal, "{about}");
                if *text == "💤" || *text == "日" {
                    assert_eq!(equal.len(), usize::from(has), "{about}");
                }
                assert_eq!(found(|n| n.word.contains(*text)).await?, those(&|w| w.contains(*text)), "{about}");
                assert_eq!(found(|n| n.word.endswith(*text)).await?, those(&|w| w.ends_with(*text)), "{about}");
                let fold = folded(text);
                assert_eq!(found(|n| n.word.iexact(*text)).await?, those(&|w| folded(w) == fold), "{about}");
                assert_eq!(found(|n| n.word.icontains(*text)).await?, those(&|w| folded(w).contains(&fold)), "{about}");
                let pattern = format!("^{text}$");
                assert_eq!(found(|n| n.word.regex(pattern.as_str())).await?, those(&|w| w == *text), "{about}");
            }
        }
        Ok(())
    }

    async fn texts_of_two_collations_meet(db: &Database) -> Result<()> {
        for (declaration, _) in declarations(db) {
            let words = write(db, declaration, '\u{7f}').await?;
            Note::objects().filter(|n| n.word.regex("^b$")).aupdate(|n| n.other.set("b")).await?;
            let all = Note::objects().acount().await?;
            assert_eq!(all, words.len() as u64);
            for condition in [
                |n: &NoteFields| n.word.eq(n.other),
                |n: &NoteFields| n.word.lt(n.other),
                |n: &NoteFields| n.word.gte(n.other),
                |n: &NoteFields| n.word.contains(n.other),
                |n: &NoteFields| n.word.istartswith(n.other),
            ] {
                let holds = Note::objects().filter(condition).acount().await?;
                assert_eq!(holds + Note::objects().exclude(condition).acount().await?, all, "{declaration}");
            }
            let equal = Note::objects().filter(|n| n.word.eq(n.other)).acount().await?;
            assert_eq!(equal, Note::objects().exclude(|n| n.other.is_null()).acount().await?, "{declaration}");
        }
        Ok(())
    }
}

/// A key of others.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "old_shelf", managed = false)]
struct Shelf {
    #[field(primary_key)]
    code: String,
    label: String,
    #[related(shelf)]
    loans: HasMany<Loan>,
}

/// A table like ours, without a foreign key in the database.
#[derive(Model, Debug, Clone, PartialEq)]
struct Loan {
    id: i64,
    #[field(on_delete = DoNothing)]
    shelf: ForeignKey<Shelf>,
    #[field(on_delete = DoNothing)]
    room: ForeignKey<Room>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Room {
    #[field(primary_key, max_length = 20)]
    name: String,
    #[related(room)]
    visits: HasMany<Visit>,
}

/// A table of others that refers to ours.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "old_visit", managed = false)]
struct Visit {
    id: i64,
    #[field(on_delete = DoNothing)]
    room: ForeignKey<Room>,
}

const KEYS: &[&str] = &["A7", "b", "w0000001"];

async fn write_keys(db: &Database, declaration: &str) -> Result<()> {
    let text = match db.server().product {
        "SQLite" => "TEXT",
        "PostgreSQL" => "VARCHAR(20) COLLATE \"C\"",
        _ => "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
    };
    for table in ["old_visit", "loan", "old_shelf", "room"] {
        db.execute_sql(format!("DROP TABLE IF EXISTS {table}")).await?;
    }
    if declaration == "CITEXT" {
        db.execute_sql("CREATE EXTENSION IF NOT EXISTS citext").await?;
    }
    let declaration = declaration.replace("TEXT CHARACTER", "VARCHAR(20) CHARACTER");
    db.create_tables(dormouse::models![Room]).await?;
    for made in [
        format!(
            "CREATE TABLE old_shelf (code {declaration} NOT NULL, label {declaration} NOT NULL, PRIMARY KEY (code))"
        ),
        format!("CREATE TABLE loan (id BIGINT PRIMARY KEY, shelf_id {text} NOT NULL, room_id {text} NOT NULL)"),
        "CREATE INDEX loan_by_shelf ON loan (shelf_id)".to_owned(),
        format!("CREATE TABLE old_visit (id BIGINT PRIMARY KEY, room_id {declaration} NOT NULL)"),
        "CREATE INDEX visit_by_room ON old_visit (room_id)".to_owned(),
    ] {
        db.execute_sql(made).await?;
    }
    for (id, key) in (1..).zip(KEYS) {
        Room::objects().acreate(|r| r.name(*key)).await?;
        Shelf::objects().acreate(|s| s.code(*key).label("x")).await?;
        Loan::objects().acreate(|l| l.id(id).shelf(*key).room(*key)).await?;
        Visit::objects().acreate(|v| v.id(id).room(*key)).await?;
    }
    Ok(())
}

/// The declarations whose keys read back as they were written.
fn key_declarations(db: &Database) -> impl Iterator<Item = &'static str> {
    declarations(db).into_iter().map(|(declaration, _)| declaration).filter(|declaration| *declaration != "CHAR(3)")
}

everywhere! {
    async fn keys_of_two_collations_are_joined(db: &Database) -> Result<()> {
        for declaration in key_declarations(db) {
            write_keys(db, declaration).await?;
            let loans = Loan::objects().filter(|l| l.shelf.label.eq("x")).order_by(|l| l.id.asc());
            assert_eq!(loans.clone().values(|l| l.shelf.code).await?, KEYS, "{declaration}");
            let loaded = loans.select_related(|l| l.shelf).await?;
            assert!(loaded.iter().all(|loan| loan.shelf.loaded().is_some_and(|shelf| shelf.label == "x")));
            assert_eq!(Loan::objects().exclude(|l| l.shelf.label.eq("x")).acount().await?, 0, "{declaration}");
            assert_eq!(Visit::objects().filter(|v| v.room.name.in_(KEYS.to_vec())).acount().await?, 3, "{declaration}");
            assert_eq!(Visit::objects().filter(|v| v.room.eq("b")).values(|v| v.id).await?, [2], "{declaration}");
            let shelves = Shelf::objects().order_by(|s| s.code.asc()).prefetch_related(|s| s.loans).await?;
            assert!(shelves.iter().all(|shelf| shelf.loans.loaded().is_some_and(|loans| loans.len() == 1)), "{declaration}");
            let visits = Visit::objects().prefetch_related(|v| v.room).await?;
            assert!(visits.iter().all(|visit| visit.room.loaded().is_some()), "{declaration}");
            let mut shelf = Shelf::objects().aget(|s| s.code.eq("A7")).await?;
            shelf.label = "y".to_owned();
            shelf.asave().await?;
            assert_eq!(Shelf::objects().filter(|s| s.label.eq("y")).acount().await?, 1, "{declaration}");
            assert_eq!(shelf.adelete().await?.total, 1, "{declaration}");
        }
        Ok(())
    }
}

/// The same as [`Note`], in an order by letters, which each database has a name of its own for.
macro_rules! wished {
    ($($model:ident $collation:tt)*) => {$(
        #[derive(Model, Debug, Clone, PartialEq)]
        #[model(table = "old_note", managed = false)]
        struct $model {
            id: i64,
            #[field(collation = $collation)]
            word: String,
            other: Option<String>,
        }

        impl $model {
            async fn check(declaration: &str) -> Result<()> {
                // "A", "Z" and "b", by key: what else is equal to them is a matter of the column.
                let letters = || $model::objects().filter(|w| w.id.in_([1, 4, 9]));
                let words = letters().order_by(|w| w.word.asc()).values(|w| w.word).await?;
                assert_eq!(words, ["A", "b", "Z"], "{declaration}");
                let distinct = letters().order_by(|w| w.word.desc()).values(|w| w.word).distinct().await?;
                assert_eq!(distinct, ["Z", "b", "A"], "{declaration}");
                assert_eq!(letters().aaggregate(|w| w.word.max()).await?.as_deref(), Some("Z"), "{declaration}");
                assert_eq!(letters().filter(|w| w.word.lt("c")).acount().await?, 2, "{declaration}");
                assert_eq!(letters().filter(|w| w.word.between("a", "m")).acount().await?, 2, "{declaration}");
                assert_eq!(letters().filter(|w| w.word.startswith("b")).acount().await?, 1, "{declaration}");
                letters().aupdate(|w| w.other.set(w.word)).await?;
                assert_eq!(letters().filter(|w| w.word.gte(w.other)).acount().await?, 3, "{declaration}");
                assert_eq!(letters().filter(|w| w.word.contains(w.other)).acount().await?, 3, "{declaration}");
                assert_eq!(letters().filter(|w| w.word.eq(w.other)).acount().await?, 3, "{declaration}");
                Ok(())
            }
        }
    )*};
}

/// With a collation that is not there.
#[derive(Model, Debug)]
#[model(table = "old_note", managed = false)]
struct OfNone {
    id: i64,
    #[field(collation = "no {0}")]
    word: String,
}

wished! { OfSqlite "NOCASE" OfPostgres "en-x-icu" OfBraces "of {0}" OfMariadb "utf8mb4_unicode_ci" OfAnyCharset "uca1400_ai_ci" }

matrix! {
    /// Whatever collation the table has.
    async fn a_collation_that_is_wished_for_orders(db: &Database) -> Result<()> {
        for (declaration, _) in declarations(db) {
            write(db, declaration, 'b').await?;
            match db.server().product {
                "SQLite" => OfSqlite::check(declaration).await?,
                "PostgreSQL" => {
                    db.execute_sql("CREATE COLLATION IF NOT EXISTS \"of {0}\" (provider = icu, locale = 'en')").await?;
                    OfPostgres::check(declaration).await?;
                    OfBraces::check(declaration).await?;
                }
                _ => {
                    OfMariadb::check(declaration).await?;
                    OfAnyCharset::check(declaration).await?;
                }
            }
            assert_eq!(Note::objects().aaggregate(|n| n.word.max()).await?.as_deref().map(str::trim_end), Some("b"));
            // One that is not there is no other in silence.
            let error = OfNone::objects().order_by(|w| w.word.asc()).await.unwrap_err();
            assert!(matches!(error.kind(), dormouse::ErrorKind::Database { .. }), "{error:?}");
        }
        Ok(())
    }

    async fn what_a_table_is_like_is_asked_again_when_it_may_have_changed(db: &Database) -> Result<()> {
        let [.., (last, _)] = declarations(db)[..] else { panic!("no declarations") };
        for (declaration, greatest) in [declarations(db)[0], declarations(db)[2], (last, 'z')] {
            let words = write(db, declaration, greatest.min('z')).await?;
            assert_eq!(Note::objects().order_by(|n| n.word.asc()).acount().await?, words.len() as u64);
            db.execute_sql("DROP TABLE IF EXISTS unrelated").await?;
            let greatest = dormouse::atomic(|tx| Note::objects().using(tx).aggregate(|n| n.word.max())).await?;
            assert_eq!(greatest.as_deref(), words.last().copied(), "{declaration}");
        }
        Ok(())
    }
}

sweep! {
    /// With one connection, which keeps one statement: whatever is asked is said in full, and has no other way to go.
    async fn what_a_table_is_like_is_asked_once_on_the_connection_at_hand(rig: &mut Rig) -> Result<()> {
        let place = rig.direct.clone();
        write(&place, declarations(&place)[0].0, 'z').await?;
        let db = Database::connect(&format!("{}&statement_cache_size=1&acquire_timeout=5s", rig.url(1))).await?;
        let about_columns = if db.server().product == "PostgreSQL" { "format_type(a.atttypid" } else { "information_schema.columns" };
        let greatest = || Note::objects().using(&db).aaggregate(|n| n.word.max());
        let in_transaction = || {
            let notes = Note::objects().using(&db);
            dormouse::atomic(move |tx| notes.using(tx).aggregate(|n| n.word.max())).using(&db)
        };
        rig.proxy().listen_for(about_columns);
        for times in [1, 2] {
            let first = if times == 1 { greatest().await? } else { in_transaction().await? };
            for _ in 0..3 {
                assert_eq!((greatest().await?, in_transaction().await?), (first.clone(), first.clone()));
            }
            assert_eq!(rig.proxy().heard(), times);
            db.execute_sql("DROP TABLE IF EXISTS unrelated").await?;
        }
        db.close().await;
        Ok(())
    } on postgres, mariadb;
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "old_count", managed = false)]
struct Count {
    id: i64,
    n: i64,
    price: rust_decimal::Decimal,
}

sweep! {
    /// Time and again: what the rows are the reason of, and what is refused before it is sent.
    async fn what_is_refused_is_asked_about_alone(rig: &mut Rig) -> Result<()> {
        let place = rig.direct.clone();
        write(&place, declarations(&place)[0].0, 'z').await?;
        place.execute_sql("CREATE TABLE old_count (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, price DECIMAL(6, 2) NOT NULL)").await?;
        place.execute_sql("INSERT INTO old_count VALUES (1, 1, 1)").await?;
        let db = Database::connect(&format!("{}&statement_cache_size=1&acquire_timeout=5s", rig.url(1))).await?;
        let about_columns = if db.server().product == "PostgreSQL" { "format_type(a.atttypid" } else { "information_schema.columns" };
        let greatest = || Note::objects().using(&db).aaggregate(|n| n.word.max());
        let counts = || Count::objects().using(&db);
        assert_eq!((greatest().await?.as_deref(), counts().await?.len()), (Some("z"), 1));
        rig.proxy().listen_for(about_columns);
        for _ in 0..3 {
            let error = counts().aupdate(|c| c.n.set(c.n + i64::MAX)).await.unwrap_err();
            assert!(matches!(error.kind(), dormouse::ErrorKind::OutOfRange { .. }), "{error:?}");
            assert_eq!((greatest().await?.as_deref(), counts().await?.len()), (Some("z"), 1));
        }
        assert_eq!(rig.proxy().heard(), 3);
        for _ in 0..3 {
            let error = counts().aupdate(|c| c.price.set(rust_decimal::Decimal::new(1_005, 3))).await.unwrap_err();
            assert!(matches!(error.kind(), dormouse::ErrorKind::Validation { .. }), "{error:?}");
            greatest().await?;
        }
        assert_eq!(rig.proxy().heard(), 6);
        db.close().await;
        Ok(())
    } on postgres, mariadb;
}

/// A key in a character set that has no letter beyond Latin.
#[derive(Model, Debug)]
struct Label {
    #[field(primary_key, max_length = 20, collation = "latin1_bin")]
    word: String,
    n: i32,
}

/// The statement of the save before is not used for a key that needs another.
#[tokio::test]
async fn a_save_by_a_key_beyond_its_character_set_finds_no_row() -> Result<()> {
    let place = crate::support::Place::mariadb().await?;
    crate::support::run(place, async |db: &Database| {
        db.create_tables(dormouse::models![Label]).await?;
        let mut label = Label::objects().acreate(|l| l.word("here").n(1)).await?;
        label.asave().await?;
        let error = Label { word: "日".to_owned(), n: 2 }.asave().await.unwrap_err();
        assert!(matches!(error.kind(), dormouse::ErrorKind::DoesNotExist { .. }), "{error:?}");
        Ok(())
    })
    .await
}

/// With a collation of MariaDB's that belongs to several character sets.
#[derive(Model, Debug)]
#[model(table = "accented")]
struct Accented {
    id: i64,
    #[field(collation = "uca1400_ai_ci", max_length = 20)]
    word: String,
    #[field(max_length = 20)]
    other: String,
}

#[tokio::test]
async fn a_collation_without_a_character_set_is_of_our_own() -> Result<()> {
    crate::support::run(crate::support::Place::mariadb().await?, async |db: &Database| {
        db.create_tables(dormouse::models![Accented]).await?;
        Accented::objects().acreate(|a| a.word("É").other("e")).await?;
        let conditions: [fn(&'static AccentedFields) -> Q<Accented>; 6] = [
            |a| a.word.eq("é"),
            |a| a.word.in_(["é", "x"]),
            |a| a.word.in_(vec!["é"; 600]),
            |a| a.word.eq(a.other),
            |a| a.word.lt("f"),
            |a| a.word.gte(a.other),
        ];
        for condition in conditions {
            assert_eq!(Accented::objects().filter(condition).acount().await?, 1);
            assert_eq!(Accented::objects().exclude(condition).acount().await?, 0);
        }
        assert_eq!(Accented::objects().aaggregate(|a| a.word.max()).await?.as_deref(), Some("É"));
        Ok(())
    })
    .await
}
