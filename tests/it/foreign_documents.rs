//! JSON that other programs wrote: what is read is found by value, and what is not read is in no answer.

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result};
use futures::future::LocalBoxFuture;
use serde_json::{Value, json};

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "old", managed = false)]
struct Old {
    id: i64,
    doc: Option<Value>,
    other: Option<Value>,
}

/// What no database reads as JSON; some keep it where they were told to keep JSON.
const UNREAD: [&str; 17] = [
    "1.",
    "-0.",
    r#"{"a": [2, 1.]}"#,
    "[1.e2]",
    r#""\x""#,
    r#"["a\\", "\q"]"#,
    r#"{"\'": 1}"#,
    "1e400",
    "-1e9223372036854775807",
    "[1E+131071]",
    r#"{"a": 1e-400}"#,
    "1e200000",
    "{bad",
    "",
    r#""\ud800""#,
    "01",
    "[0.1e99999999999999999999]",
];

/// What looks like the former, and is read.
const READ: [&str; 14] = [
    r#""1.""#,
    r#""\\x""#,
    r#""\\\"1e400""#,
    r#"{"1.": [1.5, -0.0, 1E+2], "\\": "01"}"#,
    "1.7976931348623157e308",
    "-5e-324",
    "[2.2250738585072014E-308, 0.05, 100]",
    r#""\u0041\/\b\f\n\r\t""#,
    r#"{"e": true, "E": false, "-": null}"#,
    " [ 1e00002 , 1.0E-01 ]\n",
    "[0e9, 0.00e+400, -0E-400]",
    "[]",
    r#"{"a": {"a": {"a": 10}}}"#,
    r#"["ä💤", 0]"#,
];

/// How a column may be declared that holds JSON.
fn declared(db: &Database) -> &'static [&'static str] {
    match db.dialect().name() {
        "PostgreSQL" => &["text", "json", "jsonb", "varchar(1000)"],
        "SQLite" => &["TEXT", "", "BLOB"],
        _ => &["LONGTEXT", "JSON", "TEXT COLLATE utf8mb4_general_ci", "TEXT CHARACTER SET utf16"],
    }
}

async fn table(db: &Database, declared: &str) -> Result<()> {
    db.execute_sql("DROP TABLE IF EXISTS old").await?;
    db.execute_sql(format!("CREATE TABLE old (id BIGINT PRIMARY KEY, doc {declared}, other {declared})")).await?;
    Ok(())
}

/// Tells whether the column took the text, into the row 2.
async fn holds(db: &Database, text: &str) -> Result<bool> {
    db.execute_sql("DELETE FROM old").await?;
    db.execute_sql("INSERT INTO old VALUES (1, '[\"good\"]', '[\"good\"]'), (3, NULL, NULL)").await?;
    // A string of MariaDB takes backslashes for its own.
    let twice = db.dialect().features().no_limit.is_some_and(|word| word.len() > 2);
    let text = if twice { text.replace('\\', "\\\\") } else { text.to_owned() }.replace('\'', "''");
    Ok(db.execute_sql(format!("INSERT INTO old VALUES (2, '{text}', '0')")).await.is_ok())
}

/// What is asked, whether it meets every row, and the ids that it finds or the number of rows.
type Question = (&'static str, bool, LocalBoxFuture<'static, Result<Vec<i64>>>, Vec<i64>);

fn ids(condition: Q<Old>) -> LocalBoxFuture<'static, Result<Vec<i64>>> {
    Box::pin(async { Old::objects().filter(|_| condition).order_by(|o| o.id.asc()).values(|o| o.id).await })
}

fn number(number: u64) -> Vec<i64> {
    vec![i64::try_from(number).unwrap()]
}

/// Questions whose answers tell the row 1 from all others; the last ones change rows.
fn questions() -> Vec<Question> {
    let (o, good) = (Old::fields(), || json!(["good"]));
    let few = || [good(), json!(7)];
    let many: Vec<Value> = (0..600).map(|n| json!([n, "no"])).chain([good()]).collect();
    vec![
        ("eq", false, ids(o.doc.eq(good())), vec![1]),
        ("in", false, ids(o.doc.in_(few())), vec![1]),
        ("in many", false, ids(o.doc.in_(many.clone())), vec![1]),
        ("of another", false, ids(o.doc.eq(o.other)), vec![1]),
        ("not differs", false, ids(!o.doc.differs(good())), vec![1, 3]),
        ("ne", true, ids(o.doc.ne(good())), vec![2, 3]),
        ("not eq", true, ids(!o.doc.eq(good())), vec![2, 3]),
        ("differs", true, ids(o.doc.differs(good())), vec![2]),
        ("not in", true, ids(o.doc.not_in(few())), vec![2, 3]),
        ("not in many", true, ids(o.doc.not_in(many)), vec![2, 3]),
        ("not another", true, ids(o.doc.differs(o.other)), vec![2]),
        (
            "counted",
            true,
            Box::pin(async { Old::objects().aaggregate(|o| o.doc.count().distinct()).await.map(|count| vec![count]) }),
            vec![2],
        ),
        (
            "changed",
            false,
            Box::pin(async move {
                Old::objects().filter(|o| o.doc.eq(good())).aupdate(|o| o.id.set(o.id)).await.map(number)
            }),
            vec![1],
        ),
        ("copied", true, Box::pin(async { Old::objects().aupdate(|o| o.other.set(o.doc)).await.map(number) }), vec![3]),
        (
            "deleted",
            true,
            Box::pin(async move {
                Old::objects().filter(|o| o.doc.ne(good())).adelete().await.map(|gone| number(gone.total))
            }),
            vec![2],
        ),
    ]
}

fn tells_of_a_document(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Decode { column, .. } => column == "doc",
        ErrorKind::OutOfRange { reason, .. } => ["JSON", "json", "Unicode"].iter().any(|word| reason.contains(word)),
        _ => false,
    }
}

/// The answers that are wrong where the row 2 holds what is compared.
async fn wrong(what: &str, is_right: impl Fn(&Result<Vec<i64>>, bool, &[i64]) -> bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, meets_all, answer, right) in questions() {
        let answer = answer.await;
        if !is_right(&answer, meets_all, &right) {
            wrong.push(format!("{} {name}: {answer:?}", &what[..what.floor_char_boundary(60)]));
        }
    }
    wrong
}

fn is_found(answer: &Result<Vec<i64>>, right: &[i64]) -> bool {
    answer.as_ref().is_ok_and(|found| found == right)
}

fn nested(levels: usize, open: &str, close: &str) -> String {
    open.repeat(levels) + "1" + &close.repeat(levels)
}

matrix! {
    async fn a_document_that_is_not_read_is_in_no_answer(db: &Database) -> Result<()> {
        let deep = [nested(128, "[", "]"), nested(200, "{\"a\":", "}")];
        let long = ["1".repeat(400), format!("[0, 0.{}1]", "0".repeat(400))];
        let (mut all_wrong, mut kept) = (Vec::new(), 0);
        for declared in declared(db) {
            table(db, declared).await?;
            for text in UNREAD.into_iter().chain(deep.iter().chain(&long).map(String::as_str)) {
                if !holds(db, text).await? {
                    continue;
                }
                kept += 1;
                assert!(Old::objects().aget(|o| o.id.eq(2)).await.is_err(), "{declared} {text}");
                let is_right = |answer: &Result<Vec<i64>>, meets_all: bool, right: &[i64]| match answer {
                    Ok(_) => !meets_all && is_found(answer, right),
                    Err(error) => tells_of_a_document(error),
                };
                all_wrong.extend(wrong(&format!("{declared} {text}"), is_right).await);
            }
        }
        assert!(all_wrong.is_empty(), "{}:\n{}", all_wrong.len(), all_wrong.join("\n"));
        assert!(kept > 40, "{kept}");
        Ok(())
    }

    /// (But for texts that MariaDB compares as they are escaped.)
    async fn a_document_that_is_read_is_found(db: &Database) -> Result<()> {
        let long = [format!("[{}1]", "1,".repeat(100_000)), format!("\"{}\"", r"\n".repeat(100_000)), "1".to_owned() + &"0".repeat(308)];
        let mut all_wrong = Vec::new();
        for declared in declared(db) {
            table(db, declared).await?;
            for text in READ.into_iter().chain(long.iter().map(String::as_str)) {
                if !holds(db, text).await? {
                    assert!(text.len() > 10_000, "{declared} {text}");
                    continue;
                }
                let what = format!("{declared} {text}");
                let doc = Old::objects().aget(|o| o.id.eq(2)).await?.doc.unwrap();
                let escaped = db.dialect().name() == "MariaDB" && (text.contains(r"\u") || text.contains(r"\/"));
                if !escaped && !is_found(&ids(Old::fields().doc.eq(doc)).await, &[2]) {
                    all_wrong.push(format!("{what} is not equal to itself"));
                }
                all_wrong.extend(wrong(&what, |answer, _, right| is_found(answer, right)).await);
            }
        }
        assert!(all_wrong.is_empty(), "{}:\n{}", all_wrong.len(), all_wrong.join("\n"));
        Ok(())
    }

    /// MariaDB compares 31 levels; what is deeper is an error that says so, or not what is looked for.
    async fn a_deep_document_is_compared_or_refused_by_its_depth(db: &Database) -> Result<()> {
        let (mut all_wrong, mariadb) = (Vec::new(), db.dialect().name() == "MariaDB");
        for declared in declared(db) {
            table(db, declared).await?;
            for levels in [31, 32, 127] {
                for text in [nested(levels, "[", "]"), nested(levels, "{\"a\":", "}")] {
                    if !holds(db, &text).await? {
                        continue;
                    }
                    assert!(Old::objects().aget(|o| o.id.eq(2)).await.is_ok(), "{levels} {declared}");
                    let is_right = |answer: &Result<Vec<i64>>, _: bool, right: &[i64]| match answer {
                        Err(error) if mariadb && levels > 31 => error.to_string().contains("inside each other"),
                        _ => is_found(answer, right),
                    };
                    all_wrong.extend(wrong(&format!("{declared} {levels}"), is_right).await);
                }
            }
        }
        assert!(all_wrong.is_empty(), "{}:\n{}", all_wrong.len(), all_wrong.join("\n"));
        Ok(())
    }

    /// It is read as its last value; MariaDB compares both.
    async fn a_key_that_stands_twice_is_compared_as_documented(db: &Database) -> Result<()> {
        for declared in declared(db) {
            table(db, declared).await?;
            assert!(holds(db, r#"{"a": 1, "b": {"c": [], "c": 3}, "a": 2}"#).await?, "{declared}");
            let doc = Old::objects().aget(|o| o.id.eq(2)).await?.doc.unwrap();
            assert_eq!(doc, json!({"a": 2, "b": {"c": 3}}));
            let right: &[i64] = if db.dialect().name() == "MariaDB" { &[] } else { &[2] };
            assert_eq!(ids(Old::fields().doc.eq(doc)).await?, right, "{declared}");
        }
        Ok(())
    }
}
