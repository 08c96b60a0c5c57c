//! Wide and deep trees, faults, and what is too much.

use expect_test::expect;

use super::check::{self, and, check, check_error, eq, list, or, select, test, val, values};
use super::music::{EMPLOYEE, TRACK, at, track};
use crate::ast::{Condition, Connector, Function, Insert, LookupOperator as L, Node, Select};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::exec;
use crate::value::{Kind, Value};

/// How deep the parentheses of a text stand inside each other, and how many terms one level has at most.
fn depth_and_width(sql: &str) -> (usize, usize) {
    let (mut depth, mut deepest, mut widest) = (0, 0, 0);
    let mut widths = vec![0; 64];
    for (place, character) in sql.char_indices() {
        match character {
            '(' => {
                depth += 1;
                deepest = deepest.max(depth);
                widths[depth] = 0;
            }
            ')' => depth -= 1,
            'O' if sql[place..].starts_with("OR ") => {
                widths[depth] += 1;
                widest = widest.max(widths[depth]);
            }
            _ => {}
        }
    }
    (deepest, widest)
}

#[test]
fn equalities_by_the_hundred_thousand() {
    let condition = or((0..100_000).map(|id| eq(track(&["id"]), id as i64)));
    for dialect in Dialect::all() {
        let statement = exec::select(&select(&TRACK, condition.clone()), &dialect).unwrap().unwrap();
        assert_eq!(statement.binds.len(), 1, "{}", dialect.name());
        assert!(statement.sql.len() < 1000);
    }
}

#[test]
fn chains_are_balanced() {
    let wide = or((0..30_000).map(|id| test(L::Lt, [track(&["bytes"]), val(id)])));
    for dialect in Dialect::all() {
        let statement = exec::select(&select(&TRACK, wide.clone()), &dialect).unwrap().unwrap();
        let (depth, width) = depth_and_width(&statement.sql);
        assert!(depth <= 10 && width < 100, "{depth} {width}");
        assert!(!statement.persistent);
    }
}

/// The condition turned round so many times, beside a constant.
fn turned_round(times: usize, condition: Condition) -> Condition {
    let beside = |inner| Condition::group(Connector::Xor, [Condition::constant(false), inner]).negate();
    (0..times).fold(condition, |inner, _| beside(inner))
}

/// The value of a query without rows, which selects the value of another one, and so on.
fn without_rows(levels: usize) -> Node {
    let never = || test(L::In, [track(&["id"]), list(Vec::<i64>::new())]);
    let around = |node| Node::subquery(Select { condition: never(), ..values(&TRACK, vec![node]) });
    (0..levels).fold(track(&["name"]), |inner, _| around(inner))
}

#[test]
fn nothing_is_planned_twice() {
    let long = test(L::Gt, [track(&["milliseconds"]), val(5)]);
    let has_track = turned_round(3, Condition::exists(select(&TRACK, long.clone())));
    let query = and([has_track, eq(at(&EMPLOYEE, &["reports_to", "name"]), "x")]);
    check(
        |dialect| {
            exec::select(&Select { condition: query.clone(), ..values(&EMPLOYEE, vec![without_rows(2)]) }, dialect)
        },
        &expect![[r#"
            SQLite: SELECT (SELECT (SELECT "t2"."name" FROM "track" AS "t2" WHERE FALSE) FROM "track" AS "t1" WHERE FALSE) FROM "employee" INNER JOIN "employee" AS "t4" ON "t4"."id" = "employee"."reports_to_id" WHERE NOT EXISTS (SELECT 1 FROM "track" AS "t3" WHERE "t3"."milliseconds" > ?) AND "t4"."name" = ? -- I32(5), Text("x")
            PostgreSQL: SELECT (SELECT (SELECT "t2"."name" FROM "track" AS "t2" WHERE FALSE) FROM "track" AS "t1" WHERE FALSE) FROM "employee" INNER JOIN "employee" AS "t4" ON "t4"."id" = "employee"."reports_to_id" WHERE NOT EXISTS (SELECT 1 FROM "track" AS "t3" WHERE "t3"."milliseconds" > $1) AND "t4"."name" = $2 -- I32(5), Text("x")
            MySQL, MariaDB: SELECT (SELECT (SELECT `t2`.`name` FROM `track` AS `t2` WHERE FALSE) FROM `track` AS `t1` WHERE FALSE) FROM `employee` INNER JOIN `employee` AS `t4` ON `t4`.`id` = `employee`.`reports_to_id` WHERE NOT EXISTS (SELECT 1 FROM `track` AS `t3` WHERE `t3`.`milliseconds` > ?) AND `t4`.`name` = ? -- I32(5), Text("x")
        "#]],
    );
    let live = eq(track(&["live"]), Value::Bool(true));
    let deep = Select { condition: turned_round(200, and([long, live])), ..values(&TRACK, vec![without_rows(30)]) };
    for dialect in Dialect::all() {
        assert!(exec::select(&deep, &dialect).unwrap().unwrap().sql.len() < 3000);
    }
}

#[test]
fn too_wide() {
    let wide = |terms: i32| select(&TRACK, or((0..terms).map(|id| test(L::Lt, [track(&["bytes"]), val(id)]))));
    let (many, more) = (wide(70_000), wide(200_000));
    check(
        |dialect| exec::select(&many, dialect),
        &expect![[r#"
            SQLite: error: the query has 70000 bound values (send fewer in one statement), the limit is 32766
            PostgreSQL, MySQL, MariaDB: error: the query has 70000 bound values (send fewer in one statement), the limit is 65535
        "#]],
    );
    check(
        |dialect| exec::select(&more, dialect),
        &expect![[r#"
        SQLite, MySQL, MariaDB: error: the query has 4608396 bytes of SQL text, the limit is 4194304
        PostgreSQL: error: the query has 5697291 bytes of SQL text, the limit is 4194304
    "#]],
    );
}

fn nested(levels: usize) -> Condition {
    (0..levels).fold(eq(track(&["id"]), 0_i64), |inner, level| {
        let connector = if level % 2 == 0 { Connector::And } else { Connector::Or };
        test(L::Lt, [track(&["bytes"]), val(1)]).join(connector, inner).negate()
    })
}

#[test]
fn deep_trees() {
    for dialect in Dialect::all() {
        exec::select(&select(&TRACK, nested(256)), &dialect).unwrap().unwrap();
    }
    check_error(
        |dialect| exec::select(&select(&TRACK, nested(300)), dialect),
        &expect!["the query has 300 levels of expressions, the limit is 256"],
    );
    // As deep as a tree can be built: refused, and dropped, without recursion.
    let deepest = select(&TRACK, nested(200_000));
    check_error(
        |dialect| exec::select(&deepest, dialect),
        &expect!["the query has 200000 levels of expressions, the limit is 256"],
    );
}

#[test]
fn negations_cancel() {
    let condition = (0..1001).fold(eq(track(&["id"]), 1_i64), |inner, _| inner.negate());
    super::check::check_condition(
        &condition,
        &expect![[r#"
        SQLite: … WHERE "track"."id" <> ? -- I64(1)
        PostgreSQL: … WHERE "track"."id" <> $1 -- I64(1)
        MySQL, MariaDB: … WHERE `track`.`id` <> ? -- I64(1)
        SQLite: … WHERE "track"."id" = ? -- I64(1)
        PostgreSQL: … WHERE "track"."id" = $1 -- I64(1)
        MySQL, MariaDB: … WHERE `track`.`id` = ? -- I64(1)
    "#]],
    );
    super::check::check_condition(
        &nested(6),
        &expect![[r#"
        SQLite: … WHERE ("track"."bytes" >= ? OR "track"."bytes" IS NULL) AND "track"."bytes" < ? AND ("track"."bytes" >= ? OR "track"."bytes" IS NULL) AND "track"."bytes" < ? AND ("track"."bytes" >= ? OR "track"."bytes" IS NULL) AND "track"."bytes" < ? AND "track"."id" = ? -- I32(1), I32(1), I32(1), I32(1), I32(1), I32(1), I64(0)
        PostgreSQL: … WHERE ("track"."bytes" >= $1 OR "track"."bytes" IS NULL) AND "track"."bytes" < $2 AND ("track"."bytes" >= $3 OR "track"."bytes" IS NULL) AND "track"."bytes" < $4 AND ("track"."bytes" >= $5 OR "track"."bytes" IS NULL) AND "track"."bytes" < $6 AND "track"."id" = $7 -- I32(1), I32(1), I32(1), I32(1), I32(1), I32(1), I64(0)
        MySQL, MariaDB: … WHERE (`track`.`bytes` >= ? OR `track`.`bytes` IS NULL) AND `track`.`bytes` < ? AND (`track`.`bytes` >= ? OR `track`.`bytes` IS NULL) AND `track`.`bytes` < ? AND (`track`.`bytes` >= ? OR `track`.`bytes` IS NULL) AND `track`.`bytes` < ? AND `track`.`id` = ? -- I32(1), I32(1), I32(1), I32(1), I32(1), I32(1), I64(0)
        SQLite: … WHERE "track"."bytes" < ? OR ("track"."bytes" >= ? OR "track"."bytes" IS NULL) OR "track"."bytes" < ? OR ("track"."bytes" >= ? OR "track"."bytes" IS NULL) OR "track"."bytes" < ? OR ("track"."bytes" >= ? OR "track"."bytes" IS NULL) OR "track"."id" <> ? -- I32(1), I32(1), I32(1), I32(1), I32(1), I32(1), I64(0)
        PostgreSQL: … WHERE "track"."bytes" < $1 OR ("track"."bytes" >= $2 OR "track"."bytes" IS NULL) OR "track"."bytes" < $3 OR ("track"."bytes" >= $4 OR "track"."bytes" IS NULL) OR "track"."bytes" < $5 OR ("track"."bytes" >= $6 OR "track"."bytes" IS NULL) OR "track"."id" <> $7 -- I32(1), I32(1), I32(1), I32(1), I32(1), I32(1), I64(0)
        MySQL, MariaDB: … WHERE `track`.`bytes` < ? OR (`track`.`bytes` >= ? OR `track`.`bytes` IS NULL) OR `track`.`bytes` < ? OR (`track`.`bytes` >= ? OR `track`.`bytes` IS NULL) OR `track`.`bytes` < ? OR (`track`.`bytes` >= ? OR `track`.`bytes` IS NULL) OR `track`.`id` <> ? -- I32(1), I32(1), I32(1), I32(1), I32(1), I32(1), I64(0)
    "#]],
    );
}

#[test]
fn deep_expressions() {
    let sum = (0..300).fold(track(&["bytes"]), |sum, _| super::check::call(Function::Add, [sum, val(1)], Kind::I32));
    check_error(
        |dialect| exec::select(&values(&TRACK, vec![sum.clone()]), dialect),
        &expect!["the query has 300 levels of expressions, the limit is 256"],
    );
}

#[test]
fn faults() {
    let broken = || Node::Fault(Error::out_of_range("300 does not fit u8"));
    let condition = test(L::Eq, [track(&["bytes"]), broken()]);
    check_error(
        |dialect| exec::select(&select(&TRACK, condition.clone()), dialect),
        &expect!["value out of range: `Track.bytes`: 300 does not fit u8"],
    );
    check_error(
        |dialect| exec::select(&values(&TRACK, vec![broken()]), dialect),
        &expect!["value out of range: 300 does not fit u8"],
    );
    let mut sliced = Select { limit: Some(1), ..Select::all(&TRACK) };
    sliced.unsliced("filter");
    check_error(
        |dialect| exec::count(&sliced, dialect),
        &expect![
            "invalid query: `filter` cannot follow a slice (`limit`, `offset`, `slice`); call it before the slice"
        ],
    );
}

#[test]
fn too_many_joins() {
    let way = |steps: usize| [vec!["reports_to"; steps], vec!["name"]].concat();
    let select = |steps: usize| values(&EMPLOYEE, vec![at(&EMPLOYEE, &way(steps))]);
    for dialect in Dialect::all() {
        exec::select(&select(60), &dialect).unwrap().unwrap();
    }
    check_error(|dialect| exec::select(&select(61), dialect), &expect!["the query has 61 joins, the limit is 60"]);
}

#[test]
fn too_many_rows() {
    let rows = vec![vec![Value::Text("a".into()); 2]; 40_000];
    let insert = Insert { model: &TRACK, fields: vec![1, 4], rows, returning: false };
    for dialect in Dialect::all() {
        let error = check::insert(&insert, &dialect).unwrap_err().to_string();
        assert!(error.contains("80000 bound values"), "{error}");
    }
}

#[test]
fn only_texts_of_one_length_are_kept() {
    let insert = |rows| Insert { model: &TRACK, fields: vec![1], rows: vec![vec!["a".into()]; rows], returning: false };
    for dialect in Dialect::all() {
        assert!(check::insert(&insert(64), &dialect).unwrap().persistent);
        assert!(!check::insert(&insert(65), &dialect).unwrap().persistent);
    }
}
