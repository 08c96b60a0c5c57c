//! Aggregates over the rows of a query.

use std::sync::Arc;

use expect_test::{Expect, expect};

use super::check::{asc, call, check, eq, test, val};
use super::music::{PLAY, TRACK, at, track};
use crate::ast::{Call, Condition, Function, LookupOperator as L, Node, Select};
use crate::exec;
use crate::value::Kind;

fn over(function: Function, node: Node, kind: Kind) -> Node {
    filtered(function, vec![node], kind, false, None)
}

fn filtered(function: Function, nodes: Vec<Node>, kind: Kind, distinct: bool, filter: Option<Condition>) -> Node {
    Node::Call(Arc::new(Call::new(function, nodes, kind, function != Function::Count).over(distinct, filter)))
}

fn check_aggregate(select: &Select, nodes: &[Node], expected: &Expect) {
    check(|dialect| exec::aggregate(select, nodes, dialect), expected);
}

#[test]
fn every_type() {
    let nodes = [
        filtered(Function::Count, Vec::new(), Kind::I64, false, None),
        over(Function::Count, track(&["composer"]), Kind::I64),
        over(Function::Sum, track(&["milliseconds"]), Kind::I64),
        over(Function::Avg, track(&["milliseconds"]), Kind::F64),
        over(Function::Max, track(&["milliseconds"]), Kind::I32),
        over(Function::Sum, track(&["unit_price"]), Kind::Decimal),
        over(Function::Avg, track(&["unit_price"]), Kind::Decimal),
        over(Function::Min, track(&["unit_price"]), Kind::Decimal),
        over(Function::Sum, track(&["rating"]), Kind::F64),
        over(Function::Avg, track(&["rating"]), Kind::F64),
        over(Function::Max, track(&["live"]), Kind::Bool),
        over(Function::Min, track(&["album", "artist", "name"]), Kind::Text),
    ];
    check_aggregate(
        &Select::all(&TRACK),
        &nodes,
        &expect![[r#"
            SQLite: SELECT COUNT(*), COUNT("track"."composer"), SUM("track"."milliseconds"), integer_mean("track"."milliseconds"), MAX("track"."milliseconds"), decimal_sum("track"."unit_price"), decimal_avg("track"."unit_price"), MIN("track"."unit_price" COLLATE decimal), float_sum("track"."rating"), float_avg("track"."rating"), MAX("track"."live"), MIN("t2"."name") FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" LEFT JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id"
            PostgreSQL: SELECT COUNT(*), COUNT("track"."composer"), CAST(SUM("track"."milliseconds") AS BIGINT), CAST(AVG(CAST("track"."milliseconds" AS NUMERIC(160, 30))) AS DOUBLE PRECISION), MAX("track"."milliseconds"), SUM("track"."unit_price"), ROUND(AVG(CAST("track"."unit_price" AS NUMERIC(160, 30))), 10), MIN("track"."unit_price"), SUM("track"."rating"), AVG("track"."rating"), BOOL_OR("track"."live"), MIN("t2"."name") FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" LEFT JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id"
            MySQL, MariaDB: SELECT COUNT(*), COUNT(`track`.`composer`), SUM(`track`.`milliseconds`), CAST(ROUND(AVG(CAST(`track`.`milliseconds` AS DECIMAL(65, 30))), 30) AS DOUBLE), MAX(`track`.`milliseconds`), SUM(`track`.`unit_price`), ROUND(AVG(CAST(`track`.`unit_price` AS DECIMAL(65, 30))), 10), MIN(`track`.`unit_price`), (SUM(`track`.`rating`) * 1e0), (AVG(`track`.`rating`) * 1e0), MAX(`track`.`live`), MIN(`t2`.`name`) FROM `track` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` LEFT JOIN `artist` AS `t2` ON `t2`.`id` = `t1`.`artist_id`
        "#]],
    );
}

#[test]
fn distinct_and_filtered() {
    let long = || Some(test(L::Gt, [track(&["bytes"]), val(5)]));
    let nodes = [
        filtered(Function::Count, Vec::new(), Kind::I64, false, long()),
        filtered(Function::Count, vec![track(&["genre"])], Kind::I64, true, None),
        filtered(Function::Sum, vec![track(&["unit_price"])], Kind::Decimal, true, long()),
        filtered(Function::Avg, vec![track(&["milliseconds"])], Kind::F64, true, long().map(Condition::negate)),
        filtered(
            Function::Sum,
            vec![track(&["milliseconds"])],
            Kind::I64,
            false,
            Some(eq(track(&["genre", "name"]), "Rock")),
        ),
    ];
    check_aggregate(
        &Select::all(&TRACK),
        &nodes,
        &expect![[r#"
            SQLite: SELECT COUNT(*) FILTER (WHERE "track"."bytes" > ?), COUNT(DISTINCT "track"."genre_id"), decimal_sum(DISTINCT "track"."unit_price") FILTER (WHERE "track"."bytes" > ?), integer_mean(DISTINCT "track"."milliseconds") FILTER (WHERE ("track"."bytes" <= ? OR "track"."bytes" IS NULL)), SUM("track"."milliseconds") FILTER (WHERE "t1"."name" = ?) FROM "track" LEFT JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" -- I32(5), I32(5), I32(5), Text("Rock")
            PostgreSQL: SELECT COUNT(*) FILTER (WHERE "track"."bytes" > $1), COUNT(DISTINCT "track"."genre_id"), SUM(DISTINCT "track"."unit_price") FILTER (WHERE "track"."bytes" > $2), CAST(AVG(DISTINCT CAST("track"."milliseconds" AS NUMERIC(160, 30))) FILTER (WHERE ("track"."bytes" <= $3 OR "track"."bytes" IS NULL)) AS DOUBLE PRECISION), CAST(SUM("track"."milliseconds") FILTER (WHERE "t1"."name" = $4) AS BIGINT) FROM "track" LEFT JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" -- I32(5), I32(5), I32(5), Text("Rock")
            MySQL, MariaDB: SELECT COUNT(CASE WHEN `track`.`bytes` > ? THEN 1 END), COUNT(DISTINCT `track`.`genre_id`), SUM(DISTINCT CASE WHEN `track`.`bytes` > ? THEN `track`.`unit_price` END), CAST(ROUND(AVG(DISTINCT CAST(CASE WHEN (`track`.`bytes` <= ? OR `track`.`bytes` IS NULL) THEN `track`.`milliseconds` END AS DECIMAL(65, 30))), 30) AS DOUBLE), SUM(CASE WHEN `t1`.`name` = ? THEN `track`.`milliseconds` END) FROM `track` LEFT JOIN `genre` AS `t1` ON `t1`.`id` = `track`.`genre_id` -- I32(5), I32(5), I32(5), Text("Rock")
        "#]],
    );
}

#[test]
fn of_expressions() {
    let seconds = call(Function::Divide, [track(&["milliseconds"]), val(1000)], Kind::I32);
    let worth = call(Function::Multiply, [track(&["unit_price"]), track(&["bytes"])], Kind::Decimal);
    let half = call(Function::Divide, [over(Function::Sum, seconds, Kind::I64), val(2_i64)], Kind::I64);
    check_aggregate(
        &Select::all(&TRACK),
        &[half, over(Function::Max, worth, Kind::Decimal)],
        &expect![[r#"
            SQLite: SELECT integer_div(SUM(integer_div("track"."milliseconds", ?)), ?), MAX(decimal_mul("track"."unit_price", "track"."bytes") COLLATE decimal) FROM "track" -- I64(1000), I64(2)
            PostgreSQL: SELECT (CAST(SUM((CAST("track"."milliseconds" AS BIGINT) / NULLIF(CAST($1 AS BIGINT), 0))) AS BIGINT) / NULLIF(CAST($2 AS BIGINT), 0)), MAX(("track"."unit_price" * "track"."bytes")) FROM "track" -- I64(1000), I64(2)
            MySQL, MariaDB: SELECT (SUM((`track`.`milliseconds` DIV NULLIF(?, 0) + 0)) DIV NULLIF(?, 0) + 0), MAX((`track`.`unit_price` * `track`.`bytes`)) FROM `track` -- I64(1000), I64(2)
        "#]],
    );
}

#[test]
fn of_a_slice() {
    let select = Select { limit: Some(3), order: Some(vec![asc(track(&["genre", "name"]))]), ..Select::all(&TRACK) };
    check_aggregate(
        &select,
        &[over(Function::Max, track(&["album", "title"]), Kind::Text)],
        &expect![[r#"
            SQLite: SELECT MAX("t1"."title") FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE "track"."id" IN (SELECT "track"."id" FROM "track" LEFT JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" ORDER BY "t1"."name" LIMIT 3)
            PostgreSQL: SELECT MAX("t1"."title") FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE "track"."id" IN (SELECT "track"."id" FROM "track" LEFT JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" ORDER BY "t1"."name" LIMIT $1) -- I64(3)
            MySQL, MariaDB: SELECT MAX(`t1`.`title`) FROM `track` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` WHERE `track`.`id` IN (SELECT * FROM (SELECT `track`.`id` FROM `track` LEFT JOIN `genre` AS `t1` ON `t1`.`id` = `track`.`genre_id` ORDER BY `t1`.`name` LIMIT ?) AS `s`) -- I64(3)
        "#]],
    );
    let pairs = Select { limit: Some(3), ..Select::all(&PLAY) };
    check_aggregate(
        &pairs,
        &[over(Function::Sum, at(&PLAY, &["plays"]), Kind::I64)],
        &expect![[r#"
            SQLite: SELECT SUM("play"."plays") FROM "play" WHERE ("play"."playlist_id", "play"."track_id") IN (SELECT "play"."playlist_id", "play"."track_id" FROM "play" LIMIT 3)
            PostgreSQL: SELECT CAST(SUM("play"."plays") AS BIGINT) FROM "play" WHERE ("play"."playlist_id", "play"."track_id") IN (SELECT "play"."playlist_id", "play"."track_id" FROM "play" LIMIT $1) -- I64(3)
            MySQL, MariaDB: SELECT SUM(`play`.`plays`) FROM `play` WHERE (`play`.`playlist_id`, `play`.`track_id`) IN (SELECT * FROM (SELECT `play`.`playlist_id`, `play`.`track_id` FROM `play` LIMIT ?) AS `s`) -- I64(3)
        "#]],
    );
}

#[test]
fn of_nothing() {
    let nothing = Select { nothing: true, ..Select::all(&TRACK) };
    check_aggregate(
        &nothing,
        &[over(Function::Sum, track(&["bytes"]), Kind::I64)],
        &expect![[r#"
            all: nothing is sent
        "#]],
    );
    let empty_slice = Select { limit: Some(0), ..Select::all(&TRACK) };
    check_aggregate(
        &empty_slice,
        &[filtered(Function::Count, Vec::new(), Kind::I64, false, None)],
        &expect![[r#"
            all: nothing is sent
        "#]],
    );
}
