//! Values that a column of others cannot have, for its type or its character set: they are equal to nothing there, and
//! different from everything that is there.

use dormouse::prelude::*;
use dormouse::{Database, ErrorKind, Result};
use uuid::Uuid;

use crate::support::{Content, Place, check_index, fill_up, run};

/// One column that may be NULL, and one that may not: three rows, of which the first has NULL.
macro_rules! unfit {
    ($name:ident: $rust:ty) => {
        mod $name {
            use super::*;

            #[derive(Model, Debug, Clone)]
            #[model(managed = false, table = "unfit")]
            struct Unfit {
                id: i64,
                value: Option<$rust>,
                sure: $rust,
            }

            async fn count(condition: Q<Unfit>) -> Result<u64> {
                Unfit::objects().filter(|_| condition).acount().await
            }

            /// Every lookup of equality finds what Rust finds, its complement the other rows.
            async fn lookups(declared: &str, rows: &[(Option<$rust>, $rust)], asked: &$rust) -> Result<()> {
                let u = Unfit::fields();
                let ask = || asked.clone();
                let known = rows[1].1.clone();
                let (equal, sure) = (|row: &&(_, _)| row.0 == Some(ask()), |row: &&(_, $rust)| row.1 == ask());
                let either = |row: &&(Option<$rust>, $rust)| row.0.as_ref().is_some_and(|v| *v == ask() || *v == known);
                let counts = |holds: &dyn Fn(&&(Option<$rust>, $rust)) -> bool| rows.iter().filter(|row| holds(row)).count() as u64;
                let all = rows.len() as u64;
                let many = |n: usize| -> Vec<$rust> { vec![ask(); n] };
                let mut longer = many(600);
                longer.push(known.clone());
                for (name, condition, wanted) in [
                    ("eq", u.value.eq(ask()), counts(&equal)),
                    ("eq of a sure one", u.sure.eq(ask()), counts(&sure)),
                    ("differs", u.value.differs(ask()), counts(&|row| row.0.is_some() && !equal(row))),
                    ("differs of a sure one", u.sure.differs(ask()), counts(&|row| !sure(row))),
                    ("in", u.value.in_([ask(), known.clone()]), counts(&either)),
                    ("in, of one", u.value.in_([ask()]), counts(&equal)),
                    ("in, of a sure one", u.sure.in_([ask(), ask()]), counts(&sure)),
                    ("in many", u.value.in_(longer.clone()), counts(&either)),
                    ("in very many", u.value.in_(many(9_000)), counts(&equal)),
                    ("either", u.value.eq(ask()) ^ u.sure.eq(ask()), counts(&|row| equal(row) != sure(row))),
                    ("lt", u.value.lt(ask()), counts(&|row| row.0.as_ref().is_some_and(|v| *v < ask()))),
                    ("gte of a sure one", u.sure.gte(ask()), counts(&|row| row.1 >= ask())),
                    ("between", u.sure.between(known.clone(), ask()), counts(&|row| row.1 >= known && row.1 <= ask())),
                    ("of two columns", u.value.differs(u.sure), counts(&|row| row.0.as_ref().is_some_and(|v| *v != row.1))),
                ] {
                    let complement = count(!condition.clone()).await?;
                    let found = (count(condition).await?, complement);
                    assert_eq!(found, (wanted, all - wanted), "{declared}: {name} {asked:?}");
                }
                for (name, condition, wanted) in [
                    ("ne", u.value.ne(ask()), all - counts(&equal)),
                    ("ne of a sure one", u.sure.ne(ask()), all - counts(&sure)),
                    ("not in", u.value.not_in([ask(), known.clone()]), all - counts(&either)),
                    ("not in many", u.value.not_in(longer), all - counts(&either)),
                ] {
                    assert_eq!(count(condition).await?, wanted, "{declared}: {name} {asked:?}");
                }
                Ok(())
            }

            pub(super) async fn column(db: &Database, declared: &str, known: [$rust; 3], unfit: &[$rust]) -> Result<()> {
                db.execute_sql("DROP TABLE IF EXISTS unfit").await?;
                db.execute_sql(format!(
                    "CREATE TABLE unfit (id BIGINT PRIMARY KEY AUTO_INCREMENT, value {declared} NULL, sure {declared} NOT NULL)"
                ))
                .await?;
                let [first, second, third] = known;
                let rows = [(None, first.clone()), (Some(first.clone()), first.clone()), (Some(second), third)];
                for (value, sure) in rows.clone() {
                    Unfit::objects().acreate(|u| u.value(value).sure(sure)).await?;
                }
                for asked in unfit.iter().chain([&first]) {
                    lookups(declared, &rows, asked).await?;
                }
                let asked = unfit[0].clone();
                assert_eq!(Unfit::objects().filter(|u| u.value.differs(asked)).adelete().await?.total, 2, "{declared}");
                Ok(())
            }
        }
    };
}

unfit!(texts: String);
unfit!(uuids: Uuid);

fn texts_of<const N: usize>(texts: [&str; N]) -> [String; N] {
    texts.map(str::to_owned)
}

/// A UUID that the type of MariaDB does not take.
const UNFIT: Uuid = Uuid::from_u128(0x35bf_992d_c9e9_c616_612e_7696_a6ce_cc1b);

#[tokio::test]
async fn what_a_character_set_lacks_is_equal_to_nothing() -> Result<()> {
    run(Place::mariadb().await?, async |db: &Database| {
        for declared in [
            "VARCHAR(20)",
            "VARCHAR(20) CHARACTER SET latin1",
            "VARCHAR(20) CHARACTER SET utf8mb3",
            "VARCHAR(20) CHARACTER SET ucs2",
            "VARCHAR(20) CHARACTER SET utf16",
            "VARCHAR(20) CHARACTER SET ascii",
            "VARCHAR(20) CHARACTER SET sjis",
            "VARCHAR(20) CHARACTER SET cp1251",
            "CHAR(20) CHARACTER SET latin1",
            "TEXT CHARACTER SET latin1",
            "TINYTEXT CHARACTER SET latin1 COLLATE latin1_bin",
            "ENUM('x', 'y', 'z') CHARACTER SET latin1",
            "SET('x', 'y', 'z') CHARACTER SET latin1",
            "VARCHAR(20) COLLATE utf8mb4_general_ci",
            "ENUM('x', 'y', 'z')",
        ] {
            let unfit = texts_of(["😀", "é", "λ", "no", "", "xé"]);
            texts::column(db, declared, texts_of(["x", "y", "z"]), &unfit).await?;
        }
        Ok(())
    })
    .await
}

#[derive(Model, Debug, Clone)]
#[model(managed = false, table = "word")]
struct Word {
    id: i64,
    word: Option<String>,
}

/// Every lookup of a text, and its complement with the NULL row, whatever the column's character set lacks.
#[tokio::test]
async fn lookups_have_complements_in_every_character_set() -> Result<()> {
    run(Place::mariadb().await?, async |db: &Database| {
        for charset in ["utf8mb4", "utf8mb3", "latin1", "ascii", "ucs2", "utf16", "utf32", "sjis", "cp1251", "swe7"] {
            db.execute_sql("DROP TABLE IF EXISTS word").await?;
            db.execute_sql(format!(
                "CREATE TABLE word (id BIGINT PRIMARY KEY AUTO_INCREMENT, word VARCHAR(20) CHARACTER SET {charset})"
            ))
            .await?;
            let words = ["x", "xy", "zx", "y"];
            for word in words.iter().map(|word| Some((*word).to_owned())).chain([None]) {
                Word::objects().acreate(|w| w.word(word)).await?;
            }
            let w = Word::fields();
            for text in ["x", "y", "q", "é", "xé", "😀", "λ", "x😀", ""] {
                let counts = |holds: &dyn Fn(&str) -> bool| words.iter().filter(|word| holds(word)).count() as u64;
                for (name, condition, wanted) in [
                    ("eq", w.word.eq(text), counts(&|word| word == text)),
                    ("differs", w.word.differs(text), counts(&|word| word != text)),
                    ("in", w.word.in_([text, "zx"]), counts(&|word| word == text || word == "zx")),
                    ("lt", w.word.lt(text), counts(&|word| word < text)),
                    ("lte", w.word.lte(text), counts(&|word| word <= text)),
                    ("gt", w.word.gt(text), counts(&|word| word > text)),
                    ("gte", w.word.gte(text), counts(&|word| word >= text)),
                    ("between", w.word.between("x", text), counts(&|word| "x" <= word && word <= text)),
                    ("contains", w.word.contains(text), counts(&|word| word.contains(text))),
                    ("startswith", w.word.startswith(text), counts(&|word| word.starts_with(text))),
                    ("endswith", w.word.endswith(text), counts(&|word| word.ends_with(text))),
                    ("icontains", w.word.icontains(text), counts(&|word| word.contains(text))),
                    ("istartswith", w.word.istartswith(text), counts(&|word| word.starts_with(text))),
                    ("iendswith", w.word.iendswith(text), counts(&|word| word.ends_with(text))),
                    ("iexact", w.word.iexact(text), counts(&|word| word == text)),
                    (
                        "regex",
                        w.word.regex(format!("{text}.")),
                        counts(&|word| word.find(text).is_some_and(|at| word.len() > at + text.len())),
                    ),
                ] {
                    let complement = Word::objects().exclude(|_| condition.clone()).acount().await?;
                    let found = Word::objects().filter(|_| condition).acount().await?;
                    assert_eq!((found, complement), (wanted, 5 - wanted), "{charset}: {name} {text:?}");
                }
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_a_type_cannot_read_is_equal_to_nothing() -> Result<()> {
    run(Place::mariadb().await?, async |db: &Database| {
        let unfit = texts_of(["host", "", "é", "1.2.3", "::g", "0"]);
        texts::column(db, "INET4", texts_of(["1.2.3.4", "0.0.0.0", "9.9.9.9"]), &unfit).await?;
        texts::column(db, "INET6", texts_of(["::1", "::", "fe80::1"]), &unfit).await?;
        let known = [7, 8, 9].map(|n| Uuid::from_u128(n).to_string());
        texts::column(db, "UUID", known, &[unfit.as_slice(), &[UNFIT.to_string()]].concat()).await?;
        for declared in ["UUID", "CHAR(36)"] {
            let known = [7, 8, 9].map(Uuid::from_u128);
            uuids::column(db, declared, known, &[UNFIT, Uuid::from_u128(10)]).await?;
        }
        Ok(())
    })
    .await
}

#[derive(Model, Debug, Clone)]
#[model(managed = false, table = "host")]
struct Host {
    id: i64,
    address: Option<String>,
    name: String,
}

/// A column of such a type beside one that holds any text.
#[tokio::test]
async fn a_text_that_a_type_cannot_read_is_equal_to_no_column_of_it() -> Result<()> {
    run(Place::mariadb().await?, async |db: &Database| {
        for (declared, known) in [("INET4", "1.2.3.4"), ("INET6", "::1"), ("UUID", "00000000-0000-0000-0000-000000000007")] {
            db.execute_sql("DROP TABLE IF EXISTS host").await?;
            db.execute_sql(format!(
                "CREATE TABLE host (id BIGINT PRIMARY KEY AUTO_INCREMENT, address {declared}, name VARCHAR(40) NOT NULL)"
            ))
            .await?;
            for (address, name) in [(None, "host"), (Some(known), "host"), (Some(known), known), (None, known)] {
                Host::objects().acreate(|h| h.address(address.map(str::to_owned)).name(name)).await?;
            }
            let h = Host::fields();
            for (name, condition, wanted) in [
                ("eq", h.address.eq(h.name), 1),
                ("eq, turned", h.name.eq(h.address), 1),
                ("differs", h.address.differs(h.name), 1),
                ("differs, turned", h.name.differs(h.address), 1),
                ("ne", h.address.ne(h.name), 3),
            ] {
                let all = Host::objects;
                assert_eq!(all().exclude(|_| condition.clone()).acount().await?, 4 - wanted, "{declared}: not {name}");
                assert_eq!(all().filter(|_| condition).acount().await?, wanted, "{declared}: {name}");
            }
        }
        Ok(())
    })
    .await
}

#[derive(Model, Debug, Clone)]
#[model(managed = false, table = "visit")]
struct Visit {
    id: i64,
    token: Option<Uuid>,
    address: Option<String>,
}

/// An index serves what can be there, also beside what cannot.
#[tokio::test]
async fn what_a_type_can_read_is_found_by_an_index() -> Result<()> {
    run(Place::mariadb().await?, async |db: &Database| {
        db.execute_sql(
            "CREATE TABLE visit (id BIGINT PRIMARY KEY, token UUID, address INET6, INDEX by_token (token), \
             INDEX by_address (address))",
        )
        .await?;
        let random = |expression| Content::Same(expression);
        let columns =
            [("id", Content::Number), ("token", random("UUID()")), ("address", random("CONCAT('fe80::', HEX(n))"))];
        fill_up(db, "visit", 5_000, &columns).await?;
        let (all, known) = (Visit::objects, Uuid::from_u128(7));
        for tokens in [vec![known], vec![known, UNFIT]] {
            check_index(db, "by_token", all().filter(|v| v.token.in_(tokens)).aexplain()).await?;
        }
        for addresses in [vec!["::1"], vec!["::1", "host"]] {
            check_index(db, "by_address", all().filter(|v| v.address.in_(addresses)).aexplain()).await?;
        }
        Ok(())
    })
    .await
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(managed = false, table = "label")]
struct Label {
    id: i64,
    text: String,
    other: String,
}

/// Every way in: what is accepted is read again, what is refused has changed nothing.
async fn each_way_in(db: &Database, declared: &str, known: &str, kept: &[&str], refused: &[&str]) -> Result<()> {
    db.execute_sql("DROP TABLE IF EXISTS label").await?;
    let key = if db.dialect().name() == "PostgreSQL" { "BIGSERIAL" } else { "BIGINT AUTO_INCREMENT" };
    db.execute_sql(format!("CREATE TABLE label (id {key} PRIMARY KEY, text {declared} NOT NULL, other TEXT NOT NULL)"))
        .await?;
    let all = Label::objects;
    let mut row = all().acreate(|l| l.text(known).other(known)).await?;
    for text in kept {
        row.text = (*text).to_owned();
        row.asave().await?;
        assert_eq!(row, row.clone().arefresh_from_db().await?, "{declared}: {text:?}");
        let made = all().acreate(|l| l.text(*text).other(*text)).await?;
        assert_eq!(made, all().aget(|l| l.pk.eq(made.id)).await?, "{declared}: {text:?}");
        all().filter(|l| l.pk.eq(made.id)).aupdate(|l| l.text.set(known)).await?;
        all().filter(|l| l.pk.eq(made.id)).aupdate(|l| l.text.set(l.other)).await?;
        assert_eq!(made, all().aget(|l| l.pk.eq(made.id)).await?, "{declared}: {text:?}");
        all().filter(|l| l.pk.eq(made.id)).adelete().await?;
    }
    for text in refused {
        let is_refused = |error: dormouse::Error| {
            let known = matches!(error.kind(), ErrorKind::OutOfRange { .. } | ErrorKind::Validation(_));
            assert!(known, "{declared}: {text:?} is {error:?}");
        };
        all().aupdate(|l| l.other.set(*text)).await?;
        row.other = (*text).to_owned();
        is_refused(all().acreate(|l| l.text(*text).other("")).await.unwrap_err());
        is_refused(all().aupdate(|l| l.text.set(*text)).await.unwrap_err());
        is_refused(Label { text: (*text).to_owned(), ..row.clone() }.asave().await.unwrap_err());
        is_refused(all().aupdate(|l| l.text.set(l.other)).await.unwrap_err());
        assert_eq!(all().await?, [row.clone()], "{declared}: {text:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_a_text_column_would_change_is_refused_on_postgres() -> Result<()> {
    run(Place::postgres().await?, async |db: &Database| {
        db.execute_sql("CREATE DOMAIN word AS VARCHAR(5)").await?;
        for declared in ["VARCHAR(5)", "word"] {
            each_way_in(
                db,
                declared,
                "x",
                &["abcde", "abc  ", "", " ", "é😀λ  "],
                &["abcde ", "     x", "abcde   ", "abcdef", "      "],
            )
            .await?;
        }
        db.execute_sql("CREATE DOMAIN code AS CHAR(5)").await?;
        for declared in ["CHAR(5)", "code"] {
            each_way_in(db, declared, "x", &["abcde", "a b", " a", ""], &["a ", " ", "abcd ", "abcde ", "abcdef"])
                .await?;
        }
        each_way_in(db, "BPCHAR", "x", &["abcde", ""], &["a ", " "]).await?;
        each_way_in(db, "VARCHAR", "x", &["abcde  ", "     "], &[]).await
    })
    .await
}

#[tokio::test]
async fn what_a_text_column_would_change_is_refused_on_mariadb() -> Result<()> {
    run(Place::mariadb().await?, async |db: &Database| {
        let long = |length: usize, end: &str| format!("{}{end}", "x".repeat(length));
        for declared in ["VARCHAR(5)", "VARCHAR(5) CHARACTER SET latin1", "VARCHAR(5) CHARACTER SET ucs2"] {
            each_way_in(
                db,
                declared,
                "x",
                &["abcde", "abc  ", "", " ", "éé   "],
                &["abcde ", "     x", "abcde   ", "abcdef", "      "],
            )
            .await?;
        }
        for (declared, most) in [
            ("TINYTEXT", 255),
            ("TINYTEXT CHARACTER SET latin1", 255),
            ("TINYTEXT CHARACTER SET ucs2", 127),
            ("TEXT CHARACTER SET utf16", 32_767),
        ] {
            let (kept, cut, more) = (long(most - 1, " "), long(most, " "), long(most, "x"));
            each_way_in(db, declared, "x", &[&kept, "x  "], &[&cut, &more]).await?;
        }
        each_way_in(db, "CHAR(5)", "x", &["abcde", "a b", ""], &["a ", " ", "abcde ", "abcdef"]).await?;
        each_way_in(db, "INET4", "1.2.3.4", &["0.0.0.0"], &["host", "", "1.2.3"]).await?;
        let forms = ["0:0:0:0:0:0:0:1", "FE80::1", "fe80:0::1", "host", "", " ::1"];
        each_way_in(db, "INET6", "::1", &["::", "fe80::1", "::ffff:1.2.3.4"], &forms).await?;
        let known = "00000000-0000-0000-0000-00000000000a";
        let forms = [
            "0000000000000000000000000000000a",
            "00000000-0000-0000-0000-00000000000A",
            "host",
            "",
            &UNFIT.to_string(),
        ];
        each_way_in(db, "UUID", known, &[known], &forms).await
    })
    .await
}
