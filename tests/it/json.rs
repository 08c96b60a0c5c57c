//! JSON is compared by value on every database, and a document that is accepted can be read again.

use std::collections::BTreeMap;

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::{Dice, matrix, share_of};

#[derive(Model, Debug, Clone, PartialEq)]
struct Doc {
    id: i64,
    must: Value,
    may: Option<Value>,
    n: i32,
}

/// Documents in several forms, as texts. Those of a line are equal, and to no other line.
const FORMS: [&[&str]; 17] = [
    &["null"],
    &["true"],
    &["0", "-0.0", "0.0"],
    &["1", "1.0", "1e0", "10E-1"],
    &["100", "1e2", "100.00"],
    &["10000000000000000", "1e16"],
    &["0.1", "1e-1", "0.100"],
    &["-1.5e-7", "-0.00000015"],
    &["18446744073709551615"],
    &["\"1\""],
    &["\"\""],
    &["[]", " [ ] "],
    &["{}"],
    &["[1, 2]", "[1.0,2e0]"],
    &["[2, 1]"],
    &[r#"{"a": 2, "b": {"ü": [null, 1], "c": "x\n\"\\"}}"#, r#"{"b":{"c":"x\n\"\\","ü":[null,1.0]},"a":2.0}"#],
    &[r#"{"a": 2, "b": null}"#],
];

/// A row for each form, written by a program that is not ours, beside one whose document is NULL.
async fn forms(db: &Database) -> Result<Vec<(i64, usize)>> {
    db.create_tables(dormouse::models![Doc]).await?;
    let mut rows = Vec::new();
    for (line, forms) in FORMS.iter().enumerate() {
        for form in *forms {
            let id = i64::try_from(rows.len()).expect("few") + 1;
            // A string of MariaDB takes backslashes for its own.
            let twice = db.dialect().features().no_limit.is_some_and(|word| word.len() > 2);
            let text = if twice { form.replace('\\', "\\\\") } else { (*form).to_owned() };
            let sql = format!("INSERT INTO doc (id, must, may, n) VALUES ({id}, '{text}', '{text}', 0)");
            db.execute_sql(sql).await?;
            rows.push((id, line));
        }
    }
    Doc::new().id(1_000).must(json!("none")).n(0).asave().await?;
    Ok(rows)
}

fn of_line(rows: &[(i64, usize)], chosen: impl Fn(usize) -> bool) -> Vec<i64> {
    rows.iter().filter(|(_, line)| chosen(*line)).map(|(id, _)| *id).collect()
}

async fn ids(rows: QuerySet<Doc>) -> Result<Vec<i64>> {
    rows.order_by(|d| d.id.asc()).values(|d| d.id).await
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Shape {
    Point,
    Circle(f64),
    Line(f32, f64),
    Polygon { name: Option<String>, sides: Vec<Option<f64>> },
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Drawing {
    id: i64,
    shapes: Json<BTreeMap<String, Vec<Shape>>>,
    may: Option<Json<(f64, ())>>,
}

fn drawing(shape: Shape) -> Json<BTreeMap<String, Vec<Shape>>> {
    Json([("none".to_owned(), vec![]), ("one".to_owned(), vec![Shape::Point, shape])].into())
}

/// So many arrays and objects inside each other.
fn nested(levels: usize, within: Value, array: impl Fn(usize) -> bool) -> Value {
    (0..levels).fold(within, |inner, level| if array(level) { json!([inner]) } else { json!({ "a": inner }) })
}

fn is_out_of_range<T: std::fmt::Debug>(outcome: Result<T>) -> bool {
    matches!(outcome.expect_err("refused").kind(), ErrorKind::OutOfRange { .. })
}

/// A document by chance, of few words, so that equal ones come up.
fn chance(dice: &mut Dice, levels: usize) -> Value {
    match dice.below(if levels == 0 { 6 } else { 9 }) {
        0 => Value::Null,
        1 => dice.pick(&[true, false]).into(),
        2 => dice.pick(&[0, 1, 2, -1, i64::MAX, i64::MIN]).into(),
        3 => dice.pick(&[0.0, 1.0, -0.5, 0.1, 1e16, 1e300, f64::MAX, f64::MIN_POSITIVE, 5e-324]).into(),
        4 => dice.pick(&["", "a", "ü💤", "\"\\\n\u{1}", "1"]).into(),
        5 => dice.pick(&[u64::MAX, 1, 100]).into(),
        6 | 7 => (0..dice.below(4)).map(|_| chance(dice, levels - 1)).collect::<Vec<_>>().into(),
        _ => {
            let members =
                (0..dice.below(4)).map(|_| (dice.pick(&["a", "b", "Z", "ä", ""]).to_owned(), chance(dice, levels - 1)));
            Value::Object(members.collect())
        }
    }
}

/// Equal by value, in plain Rust.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) if left.is_f64() || right.is_f64() => {
            left.as_f64() == right.as_f64()
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let has = |(key, value): (&String, &Value)| right.get(key).is_some_and(|other| same(value, other));
            left.len() == right.len() && left.iter().all(has)
        }
        (left, right) => left == right,
    }
}

matrix! {
    async fn equality_is_by_value_in_every_lookup(db: &Database) -> Result<()> {
        let rows = forms(db).await?;
        for (line, forms) in FORMS.iter().enumerate() {
            let equal = of_line(&rows, |other| other == line);
            let others = of_line(&rows, |other| other != line);
            let with_null = [others.clone(), vec![1_000]].concat();
            for form in *forms {
                let asked: Value = serde_json::from_str(form).expect("JSON");
                let doc = Doc::objects;
                assert_eq!(ids(doc().filter(|d| d.must.eq(&asked))).await?, equal, "eq {form}");
                assert_eq!(ids(doc().filter(|d| d.may.eq(&asked))).await?, equal, "eq {form}, may");
                assert_eq!(ids(doc().filter(|d| d.may.in_([&asked]))).await?, equal, "in_ {form}");
                assert_eq!(ids(doc().filter(|d| d.may.ne(&asked))).await?, with_null, "ne {form}");
                assert_eq!(ids(doc().filter(|d| d.must.ne(&asked))).await?, with_null, "ne {form}, must");
                assert_eq!(ids(doc().filter(|d| d.may.differs(&asked))).await?, others, "differs {form}");
                let rest = [equal.clone(), vec![1_000]].concat();
                assert_eq!(ids(doc().exclude(|d| d.may.differs(&asked))).await?, rest, "!differs {form}");
                let two = [asked.clone(), json!(["no such document"])];
                assert_eq!(ids(doc().filter(|d| d.may.in_(&two))).await?, equal, "in_ two, {form}");
                assert_eq!(ids(doc().filter(|d| d.must.in_(&two))).await?, equal, "in_ two, {form}, must");
                assert_eq!(ids(doc().filter(|d| d.may.not_in(&two))).await?, with_null, "not_in two, {form}");
            }
        }
        let long: Vec<Value> = (0..1_500).map(|number| json!(number)).collect();
        let numbers = of_line(&rows, |line| [2, 3, 4].contains(&line));
        assert_eq!(ids(Doc::objects().filter(|d| d.may.in_(&long))).await?, numbers);
        assert_eq!(ids(Doc::objects().filter(|d| d.may.not_in(&long))).await?.len(), rows.len() + 1 - numbers.len());
        Ok(())
    }

    async fn a_column_is_compared_with_a_column_by_value(db: &Database) -> Result<()> {
        let rows = forms(db).await?;
        for (line, forms) in FORMS.iter().enumerate() {
            let first: Value = serde_json::from_str(forms[0]).expect("JSON");
            Doc::objects().filter(|d| d.id.lt(1_000)).aupdate(|d| d.may.set(&first)).await?;
            let equal = of_line(&rows, |other| other == line);
            let others = of_line(&rows, |other| other != line);
            let doc = Doc::objects;
            assert_eq!(ids(doc().filter(|d| d.may.eq(d.must))).await?, equal, "{forms:?}");
            assert_eq!(ids(doc().filter(|d| d.must.eq(d.may))).await?, equal, "{forms:?}");
            assert_eq!(ids(doc().filter(|d| d.must.differs(d.may))).await?, others, "{forms:?}");
            assert_eq!(ids(doc().filter(|d| d.must.ne(d.may))).await?, [others, vec![1_000]].concat(), "{forms:?}");
        }
        Ok(())
    }

    async fn different_documents_are_counted_by_value(db: &Database) -> Result<()> {
        forms(db).await?;
        let (all, some) = Doc::objects()
            .aaggregate(|d| (d.may.count().distinct(), d.must.count().distinct().filter(d.may.is_not_null())))
            .await?;
        assert_eq!((all, some), (17, 17));
        Ok(())
    }

    async fn documents_have_no_order_and_are_not_told_apart(db: &Database) -> Result<()> {
        forms(db).await?;
        let refused = |error: dormouse::Error| {
            assert!(matches!(error.kind(), ErrorKind::Query { .. }) && error.to_string().contains("JSON"), "{error:?}");
        };
        refused(Doc::objects().order_by(|d| d.must.asc()).await.unwrap_err());
        refused(Doc::objects().order_by(|d| (d.n, d.may.desc())).limit(1).await.unwrap_err());
        refused(Doc::objects().alatest(|d| d.must).await.unwrap_err());
        refused(Doc::objects().filter(|d| d.must.lt(json!(1))).acount().await.unwrap_err());
        refused(Doc::objects().filter(|d| d.may.between(json!(1), d.must)).adelete().await.unwrap_err());
        refused(Doc::objects().values(|d| d.must).distinct().await.unwrap_err());
        refused(Doc::objects().values(|d| (d.n, d.may)).distinct().acount().await.unwrap_err());
        assert_eq!(Doc::objects().values(|d| d.n).distinct().await?, [0]);
        assert_eq!(Doc::objects().distinct().acount().await?, Doc::objects().acount().await?);
        Ok(())
    }

    async fn updates_and_deletes_leave_rows_with_null(db: &Database) -> Result<()> {
        let rows = forms(db).await?;
        let one = || Doc::objects().filter(|d| d.may.eq(json!(1)));
        assert_eq!(one().aupdate(|d| d.n.set(7)).await?, 4);
        assert_eq!(ids(Doc::objects().filter(|d| d.n.eq(7))).await?, of_line(&rows, |line| line == 3));
        assert_eq!(one().adelete().await?.total, 4);
        assert_eq!(Doc::objects().acount().await?, rows.len() as u64 - 3);
        assert_eq!(Doc::objects().filter(|d| d.may.in_([json!(100), json!(0)])).adelete().await?.total, 6);
        assert!(Doc::objects().filter(|d| d.id.eq(1_000)).aexists().await?);
        Ok(())
    }

    async fn documents_by_chance_are_read_and_found(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Doc]).await?;
        let mut dice = Dice::of("documents");
        let mut written = Vec::new();
        for id in 0..share_of(2_000, 150) {
            let (must, may) = (chance(&mut dice, 3), (dice.below(4) > 0).then(|| chance(&mut dice, 2)));
            let made = Doc::objects().acreate(|d| d.id(id + 1).must(must.clone()).may(may.clone()).n(0)).await?;
            let read = Doc::objects().aget(|d| d.id.eq(id + 1)).await?;
            assert!(same(&made.must, &must) && same(&read.must, &must), "{must}: {read:?}");
            let both = read.may.as_ref().zip(may.as_ref());
            assert!(read.may.is_some() == may.is_some() && both.is_none_or(|(read, may)| same(read, may)), "{may:?}: {read:?}");
            written.push((id + 1, must, may));
        }
        let count = u64::try_from(written.len()).expect("few");
        for _ in 0..share_of(2_000, 150) {
            let asked = if dice.below(2) == 0 { chance(&mut dice, 2) } else { written[dice.below(written.len())].1.clone() };
            let other = chance(&mut dice, 1);
            let is = |wanted: &[&Value], given: &Value| wanted.iter().any(|wanted| same(wanted, given));
            let of = |wanted: &[&Value]| -> Vec<i64> {
                let may = |may: &Option<Value>| may.as_ref().is_some_and(|may| is(wanted, may));
                written.iter().filter(|(.., has)| may(has)).map(|(id, ..)| *id).collect()
            };
            let must = written.iter().filter(|(_, must, _)| is(&[&asked], must)).map(|(id, ..)| *id).collect::<Vec<_>>();
            assert_eq!(ids(Doc::objects().filter(|d| d.must.eq(&asked))).await?, must, "{asked}");
            assert_eq!(ids(Doc::objects().filter(|d| d.may.eq(&asked))).await?, of(&[&asked]), "{asked}");
            let two = ids(Doc::objects().filter(|d| d.may.in_([&asked, &other]))).await?;
            assert_eq!(two, of(&[&asked, &other]), "{asked}, {other}");
            let rest = Doc::objects().filter(|d| d.may.not_in([&asked, &other])).acount().await?;
            assert_eq!(rest + two.len() as u64, count, "{asked}, {other}");
        }
        Ok(())
    }

    async fn documents_nest_as_deep_as_every_database_reads(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Doc]).await?;
        let row = Doc::objects().acreate(|d| d.must(json!(1)).n(0)).await?;
        for (way, array) in [(0, true), (1, false)].into_iter().chain([(2, true)]) {
            let array = move |level: usize| if way == 2 { level.is_multiple_of(2) } else { array };
            for within in [json!(1), json!({}), json!(["x"])] {
                let own = usize::from(!within.is_number());
                let deepest = nested(31 - own, within.clone(), array);
                let made = Doc::objects().acreate(|d| d.must(deepest.clone()).may(deepest.clone()).n(1)).await?;
                assert_eq!(made.may.as_ref(), Some(&deepest));
                let equal = Doc::objects().filter(|d| d.must.eq(&deepest) & d.may.in_([&deepest, &json!(2)]) & d.may.eq(d.must));
                assert_eq!(ids(equal).await?, [made.id], "{deepest}");
                made.adelete().await?;

                for deep in [nested(32 - own, within.clone(), array), nested(130, within.clone(), array)] {
                    assert!(is_out_of_range(Doc::objects().acreate(|d| d.must(deep.clone()).n(1)).await));
                    assert!(is_out_of_range(Doc::new().must(json!(1)).may(deep.clone()).n(1).asave().await));
                    assert!(is_out_of_range(Doc::objects().aupdate(|d| d.may.set(&deep)).await));
                    assert!(is_out_of_range(Doc { must: deep.clone(), ..row.clone() }.asave().await));
                    assert!(is_out_of_range(Doc::objects().filter(|d| d.must.eq(&deep)).await));
                    assert!(is_out_of_range(Doc::objects().filter(|d| d.must.in_([&deep, &within])).await));
                }
            }
        }
        assert_eq!(Doc::objects().await?, [row], "an error stored nothing");
        Ok(())
    }

    async fn a_float_without_a_json_form_is_refused(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Drawing]).await?;
        let sides = |sides| Shape::Polygon { name: None, sides };
        let row = Drawing::objects().acreate(|d| d.shapes(drawing(sides(vec![None, Some(f64::MAX)])))).await?;
        for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for shape in [Shape::Circle(float), Shape::Line(float as f32, 1.0), Shape::Line(1.0, float), sides(vec![None, Some(float)])] {
                let shapes = drawing(shape);
                assert!(is_out_of_range(Drawing::objects().acreate(|d| d.shapes(shapes.clone())).await));
                assert!(is_out_of_range(Drawing::new().shapes(shapes.clone()).asave().await));
                assert!(is_out_of_range(Drawing { shapes: shapes.clone(), ..row.clone() }.asave().await));
                assert!(is_out_of_range(Drawing::objects().aupdate(|d| d.shapes.set(&shapes)).await));
                assert!(is_out_of_range(Drawing::objects().filter(|d| d.shapes.eq(&shapes)).await));
            }
            assert!(is_out_of_range(Drawing::objects().aupdate(|d| d.may.set(Json((float, ())))).await));
        }
        assert_eq!(Drawing::objects().await?, std::slice::from_ref(&row), "an error stored nothing");

        // null where a type has one
        for shape in [Shape::Point, Shape::Line(f32::MIN_POSITIVE, -0.0), sides(vec![None]), sides(vec![Some(f64::MIN), None])] {
            let mut row = Drawing { shapes: drawing(shape), may: Some(Json((5e-324, ()))), ..row.clone() };
            row.asave().await?;
            assert_eq!(Drawing::objects().aget_one().await?, row);
        }
        Ok(())
    }

    /// Serde's own gap: a map with integer keys in a tagged enum is written, and cannot be read.
    async fn a_value_that_its_type_cannot_read_again_is_refused(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Log]).await?;
        let moved = || Json(Event::Moved { by: [(1, 2)].into() });
        let mut row = Log::objects().acreate(|l| l.event(Json(Event::Nothing))).await?;
        let refused = |outcome: Result<()>| {
            let error = outcome.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
        };
        refused(Log::objects().acreate(|l| l.event(moved())).await.map(drop));
        refused(Log::new().event(moved()).asave().await.map(drop));
        refused(Log::objects().aupdate(|l| l.event.set(moved())).await.map(drop));
        refused(dormouse::atomic(move |tx| Log::objects().using(tx).create(|l| l.event(moved())).map(drop)).await);
        row.event = moved();
        refused(row.asave().await);
        let rows = Log::objects().await?;
        assert_eq!(rows.iter().map(|row| &row.event.0).collect::<Vec<_>>(), [&Event::Nothing]);
        Ok(())
    }

    /// As some programs print a float: it is read as that float, and a database compares the digits.
    async fn a_float_in_more_digits_than_it_needs_is_read(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Doc]).await?;
        for (text, float) in [("0.10000000000000001", 0.1), ("0.30000000000000004441", 0.1 + 0.2), ("0.1000000000000000055511", 0.1)] {
            db.execute_sql("DELETE FROM doc").await?;
            db.execute_sql(format!("INSERT INTO doc (id, must, n) VALUES (1, '[{text}]', 0)")).await?;
            let doc = Doc::objects().aget_one().await?;
            assert_eq!(doc.must, json!([float]));
            assert_eq!(Doc::objects().filter(|d| d.must.eq(doc.must.clone())).acount().await?, 0, "{text}");
            assert_eq!(Doc::objects().exclude(|d| d.must.eq(doc.must)).acount().await?, 1, "{text}");
        }
        Ok(())
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "old_doc", managed = false)]
struct OldDoc {
    id: i64,
    must: Value,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind")]
enum Event {
    Moved { by: std::collections::BTreeMap<i32, i64> },
    Nothing,
}

#[derive(Model, Debug, Clone)]
struct Log {
    id: i64,
    event: Json<Event>,
}

matrix! {
    /// A database compares all digits, so what would be read as another number is not read.
    async fn numbers_are_read_with_all_their_digits(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Doc]).await?;
        let declared: &[&str] = match db.dialect().name() {
            "PostgreSQL" => &["json", "jsonb", "text"],
            "SQLite" => &["TEXT", "JSON"],
            _ => &["JSON", "LONGTEXT"],
        };
        let read = [
            "0.30000000000000004", "1.7976931348623157e308", "5e-324", "18446744073709551615", "-9223372036854775808",
            "9007199254740993", "1e23", "1.0000000000000000000", "[0.1e1, 100000000000000000000]",
        ];
        let not_read = [
            "1.00000000000000000001", "18446744073709551616", "-9223372036854775809", "9007199254740993.0", "3e-324", "1e-400",
            "1e400",
        ];
        for text in read.iter().chain(&not_read) {
            let is_read = read.contains(text);
            db.execute_sql("DELETE FROM doc").await?;
            // Of the column JSON of others, SQLite makes a number of a text that is one.
            db.execute_sql(format!("INSERT INTO doc (id, must, n) VALUES (1, '{text}', 0)")).await?;
            match Doc::objects().aget_one().await {
                Ok(doc) => {
                    assert!(is_read, "{text}");
                    assert_eq!(Doc::objects().filter(|d| d.must.eq(doc.must.clone())).acount().await?, 1, "{text}");
                    assert_eq!(Doc::objects().filter(|d| d.must.in_([doc.must.clone(), json!(7)])).acount().await?, 1, "{text}");
                    assert_eq!(Doc::objects().exclude(|d| d.must.eq(doc.must)).acount().await?, 0, "{text}");
                }
                Err(error) => {
                    let is_refused = matches!(error.kind(), ErrorKind::OutOfRange { .. } | ErrorKind::Decode { .. });
                    assert!(is_refused && !is_read, "{text}: {error:?}");
                    let rounded: Value = serde_json::from_str(text).unwrap_or(json!(1));
                    assert_eq!(Doc::objects().filter(|d| d.must.eq(rounded.clone())).acount().await?, 0, "{text}");
                    assert_eq!(Doc::objects().filter(|d| d.must.in_([rounded, json!(7)])).acount().await?, 0, "{text}");
                }
            }
        }
        for declared in declared {
            for text in read.iter().chain(&not_read) {
                db.execute_sql("DROP TABLE IF EXISTS old_doc").await?;
                db.execute_sql(format!("CREATE TABLE old_doc (id BIGINT PRIMARY KEY, must {declared} NOT NULL)")).await?;
                db.execute_sql(format!("INSERT INTO old_doc VALUES (1, '{text}')")).await?;
                let Ok(doc) = OldDoc::objects().aget_one().await else {
                    assert!(not_read.contains(text) || *declared == "JSON", "{declared}: {text}");
                    continue;
                };
                let found = OldDoc::objects().filter(|d| d.must.eq(doc.must.clone())).acount().await?;
                assert_eq!(found, 1, "{declared}: {text} as {}", doc.must);
                let found = OldDoc::objects().filter(|d| d.must.in_([doc.must.clone(), json!(7)])).acount().await?;
                assert_eq!(found, 1, "{declared}: {text} as {}", doc.must);
                assert!(read.contains(text) || (*declared == "JSON" && db.dialect().name() == "SQLite"), "{declared}: {text}");
            }
        }
        Ok(())
    }
}
