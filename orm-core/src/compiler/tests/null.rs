//! What can be NULL has a complement that says what becomes of it, and a truth that is never NULL.

use expect_test::expect;

use super::check::{call, check_condition, check_select, eq, list, test, val, values};
use super::music::{TRACK, track};
use super::write::check_update;
use crate::ast::{Condition, Function, LookupOperator as L, Node};
use crate::value::{Kind, Value};

#[test]
fn a_sum_of_floats_can_be_null() {
    let doubled = call(Function::Add, [track(&["rating"]), track(&["rating"])], Kind::F64);
    check_condition(
        &test(L::Gt, [doubled, Node::Value(Value::F64(1.5))]),
        &expect![[r#"
        SQLite: … WHERE float_add("track"."rating", "track"."rating") > ? -- F64(1.5)
        PostgreSQL: … WHERE ("track"."rating" + "track"."rating") > $1 -- F64(1.5)
        MySQL, MariaDB: … WHERE (`track`.`rating` + `track`.`rating`) > ? -- F64(1.5)
        SQLite: … WHERE (float_add("track"."rating", "track"."rating") > ?) IS NOT TRUE -- F64(1.5)
        PostgreSQL: … WHERE (("track"."rating" + "track"."rating") > $1) IS NOT TRUE -- F64(1.5)
        MySQL, MariaDB: … WHERE ((`track`.`rating` + `track`.`rating`) > ?) IS NOT TRUE -- F64(1.5)
    "#]],
    );
}

#[test]
fn a_remainder_by_a_column_can_be_null() {
    let length = || track(&["milliseconds"]);
    check_condition(
        &eq(call(Function::Modulo, [length(), length()], Kind::I32), 1),
        &expect![[r#"
        SQLite: … WHERE ("track"."milliseconds" % "track"."milliseconds") = ? -- I64(1)
        PostgreSQL: … WHERE (CAST("track"."milliseconds" AS BIGINT) % NULLIF(CAST("track"."milliseconds" AS BIGINT), 0)) = $1 -- I64(1)
        MySQL, MariaDB: … WHERE (`track`.`milliseconds` % NULLIF(`track`.`milliseconds`, 0)) = ? -- I64(1)
        SQLite: … WHERE (("track"."milliseconds" % "track"."milliseconds") = ?) IS NOT TRUE -- I64(1)
        PostgreSQL: … WHERE ((CAST("track"."milliseconds" AS BIGINT) % NULLIF(CAST("track"."milliseconds" AS BIGINT), 0)) = $1) IS NOT TRUE -- I64(1)
        MySQL, MariaDB: … WHERE ((`track`.`milliseconds` % NULLIF(`track`.`milliseconds`, 0)) = ?) IS NOT TRUE -- I64(1)
    "#]],
    );
    check_condition(
        &eq(call(Function::Modulo, [length(), val(7)], Kind::I32), 1),
        &expect![[r#"
        SQLite: … WHERE ("track"."milliseconds" % ?) = ? -- I64(7), I64(1)
        PostgreSQL: … WHERE (CAST("track"."milliseconds" AS BIGINT) % NULLIF(CAST($1 AS BIGINT), 0)) = $2 -- I64(7), I64(1)
        MySQL, MariaDB: … WHERE (`track`.`milliseconds` % NULLIF(?, 0)) = ? -- I64(7), I64(1)
        SQLite: … WHERE ("track"."milliseconds" % ?) <> ? -- I64(7), I64(1)
        PostgreSQL: … WHERE (CAST("track"."milliseconds" AS BIGINT) % NULLIF(CAST($1 AS BIGINT), 0)) <> $2 -- I64(7), I64(1)
        MySQL, MariaDB: … WHERE (`track`.`milliseconds` % NULLIF(?, 0)) <> ? -- I64(7), I64(1)
    "#]],
    );
}

#[test]
fn a_list_beside_a_column_that_can_be_null_is_true_or_false_as_a_value() {
    let among = |way: &[&str]| test(L::In, [track(way), list(["a", "b"])]);
    let nodes = [among(&["composer"]), among(&["composer"]).negate(), among(&["name"])];
    check_select(
        &values(&TRACK, nodes.map(Node::Condition).to_vec()),
        &expect![[r#"
        SQLite: SELECT (("track"."composer" IN (?, ?)) IS TRUE), (("track"."composer" NOT IN (?, ?) OR "track"."composer" IS NULL)), ("track"."name" IN (?, ?)) FROM "track" -- Text("a"), Text("b"), Text("a"), Text("b"), Text("a"), Text("b")
        PostgreSQL: SELECT (("track"."composer" = ANY($1)) IS TRUE), (("track"."composer" <> ALL($2) OR "track"."composer" IS NULL)), ("track"."name" = ANY($3)) FROM "track" -- List(Text, [Text("a"), Text("b")]), List(Text, [Text("a"), Text("b")]), List(Text, [Text("a"), Text("b")])
        MySQL, MariaDB: SELECT ((`track`.`composer` IN (?, ?)) IS TRUE), ((`track`.`composer` NOT IN (?, ?) OR `track`.`composer` IS NULL)), (`track`.`name` IN (?, ?)) FROM `track` -- Text("a"), Text("b"), Text("a"), Text("b"), Text("a"), Text("b")
    "#]],
    );
}

#[test]
fn a_condition_on_a_column_behind_a_key_is_assigned_as_true_or_false() {
    let title = eq(track(&["album", "title"]), "x");
    check_update(
        &TRACK,
        vec![(8, Node::Condition(title))],
        Condition::EMPTY,
        &expect![[r#"
        SQLite: UPDATE "track" SET "live" = (((SELECT "t1"."title" FROM "album" AS "t1" WHERE "t1"."id" = "track"."album_id") = ?) IS TRUE) -- Text("x")
        PostgreSQL: UPDATE "track" SET "live" = (((SELECT "t1"."title" FROM "album" AS "t1" WHERE "t1"."id" = "track"."album_id") = $1) IS TRUE) -- Text("x")
        MySQL, MariaDB: UPDATE `track` SET `live` = (((SELECT `t1`.`title` FROM `album` AS `t1` WHERE `t1`.`id` = `track`.`album_id`) = ?) IS TRUE) -- Text("x")
    "#]],
    );
}

#[test]
fn a_key_with_null_among_several_is_compared_column_by_column() {
    let keys = |values: Vec<Value>| Node::Value(Value::List(Kind::I64, values));
    let first = keys(vec![Value::I64(1), Value::I64(2)]);
    let second = keys(vec![Value::Null(Kind::I64), Value::I64(3)]);
    check_condition(
        &test(L::KeyIn, [track(&["album"]), track(&["genre"]), first, second]),
        &expect![[r#"
        SQLite: … WHERE ("track"."album_id" = ? AND "track"."genre_id" IS NULL) OR ("track"."album_id" = ? AND "track"."genre_id" = ?) -- I64(1), I64(2), I64(3)
        PostgreSQL: … WHERE ("track"."album_id" = $1 AND "track"."genre_id" IS NULL) OR ("track"."album_id" = $2 AND "track"."genre_id" = $3) -- I64(1), I64(2), I64(3)
        MySQL, MariaDB: … WHERE (`track`.`album_id` = ? AND `track`.`genre_id` IS NULL) OR (`track`.`album_id` = ? AND `track`.`genre_id` = ?) -- I64(1), I64(2), I64(3)
        SQLite: … WHERE (("track"."album_id" <> ? OR "track"."album_id" IS NULL) OR "track"."genre_id" IS NOT NULL) AND (("track"."album_id" <> ? OR "track"."album_id" IS NULL) OR ("track"."genre_id" <> ? OR "track"."genre_id" IS NULL)) -- I64(1), I64(2), I64(3)
        PostgreSQL: … WHERE (("track"."album_id" <> $1 OR "track"."album_id" IS NULL) OR "track"."genre_id" IS NOT NULL) AND (("track"."album_id" <> $2 OR "track"."album_id" IS NULL) OR ("track"."genre_id" <> $3 OR "track"."genre_id" IS NULL)) -- I64(1), I64(2), I64(3)
        MySQL, MariaDB: … WHERE ((`track`.`album_id` <> ? OR `track`.`album_id` IS NULL) OR `track`.`genre_id` IS NOT NULL) AND ((`track`.`album_id` <> ? OR `track`.`album_id` IS NULL) OR (`track`.`genre_id` <> ? OR `track`.`genre_id` IS NULL)) -- I64(1), I64(2), I64(3)
    "#]],
    );
}
