//! Queries inside queries: as values, as lists, and as the question whether there is a row.

use std::sync::Arc;

use expect_test::expect;

use super::check::{
    and, asc, call, check, check_condition, check_error, check_select, desc, eq, or, select, test, val, values,
};
use super::music::{ALBUM, ARTIST, EMPLOYEE, PLAY, TRACK, at, track};
use super::write::{check_delete, check_update};
use crate::ast::{Call, Condition, Function, LookupOperator as L, Node, Select};
use crate::exec;
use crate::model::ModelDef;
use crate::value::Kind;

/// A column of a query around.
fn outer(model: &'static ModelDef, way: &[&str], levels: u32) -> Node {
    match at(model, way) {
        Node::Column(column) => Node::outer(column, levels),
        _ => unreachable!(),
    }
}

/// Two expressions are equal.
fn same(left: Node, right: Node) -> Condition {
    test(L::Eq, [left, right])
}

fn count(filter: Option<Condition>) -> Node {
    Node::Call(Arc::new(Call::new(Function::Count, Vec::new(), Kind::I64, false).over(false, filter)))
}

fn max(node: Node) -> Node {
    let kind = node.kind();
    Node::call(Function::Max, vec![node], kind, true)
}

/// The tracks of the album around.
fn tracks_of_album(nodes: Vec<Node>) -> Select {
    Select { condition: same(track(&["album"]), outer(&ALBUM, &["id"], 1)), ..values(&TRACK, nodes) }
}

#[test]
fn whether_there_is_a_row() {
    let has_track = Condition::exists(tracks_of_album(vec![]));
    check_select(
        &select(&ALBUM, has_track.clone()),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "album"."id", "album"."title", "album"."artist_id" FROM "album" WHERE EXISTS (SELECT 1 FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id")
        MySQL, MariaDB: SELECT `album`.`id`, `album`.`title`, `album`.`artist_id` FROM `album` WHERE EXISTS (SELECT 1 FROM `track` AS `t1` WHERE `t1`.`album_id` = `album`.`id`)
    "#]],
    );
    check_select(
        &select(&ALBUM, has_track.negate()),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "album"."id", "album"."title", "album"."artist_id" FROM "album" WHERE NOT EXISTS (SELECT 1 FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id")
        MySQL, MariaDB: SELECT `album`.`id`, `album`.`title`, `album`.`artist_id` FROM `album` WHERE NOT EXISTS (SELECT 1 FROM `track` AS `t1` WHERE `t1`.`album_id` = `album`.`id`)
    "#]],
    );
    let long = Select { condition: and([has_long(1), eq(at(&ALBUM, &["title"]), "x")]), ..Select::all(&ALBUM) };
    check_select(
        &long,
        &expect![[r#"
        SQLite: SELECT "album"."id", "album"."title", "album"."artist_id" FROM "album" WHERE EXISTS (SELECT 1 FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id" AND "t1"."milliseconds" > ?) AND "album"."title" = ? -- I32(60000), Text("x")
        PostgreSQL: SELECT "album"."id", "album"."title", "album"."artist_id" FROM "album" WHERE EXISTS (SELECT 1 FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id" AND "t1"."milliseconds" > $1) AND "album"."title" = $2 -- I32(60000), Text("x")
        MySQL, MariaDB: SELECT `album`.`id`, `album`.`title`, `album`.`artist_id` FROM `album` WHERE EXISTS (SELECT 1 FROM `track` AS `t1` WHERE `t1`.`album_id` = `album`.`id` AND `t1`.`milliseconds` > ?) AND `album`.`title` = ? -- I32(60000), Text("x")
    "#]],
    );
    let nothing = Select { nothing: true, ..Select::all(&TRACK) };
    check_condition(
        &Condition::exists(nothing),
        &expect![[r#"
        all: nothing is sent
        SQLite, PostgreSQL: …
        MySQL, MariaDB: …
    "#]],
    );
}

/// The album around has a track of more than a minute.
fn has_long(levels: u32) -> Condition {
    let of_album = same(track(&["album"]), outer(&ALBUM, &["id"], levels));
    Condition::exists(select(&TRACK, and([of_album, test(L::Gt, [track(&["milliseconds"]), val(60_000_i32)])])))
}

#[test]
fn nested_twice() {
    // Artists with an album that has a long track by its own name.
    let named =
        and([same(track(&["album"]), outer(&ALBUM, &["id"], 1)), same(track(&["name"]), outer(&ARTIST, &["name"], 2))]);
    let album = and([
        same(at(&ALBUM, &["artist"]), outer(&ARTIST, &["id"], 1)),
        Condition::exists(select(&TRACK, named)).negate(),
    ]);
    check_select(
        &select(&ARTIST, Condition::exists(select(&ALBUM, album))),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE EXISTS (SELECT 1 FROM "album" AS "t1" WHERE "t1"."artist_id" = "artist"."id" AND NOT EXISTS (SELECT 1 FROM "track" AS "t2" WHERE "t2"."album_id" = "t1"."id" AND "t2"."name" = "artist"."name")) ORDER BY "artist"."name"
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` WHERE EXISTS (SELECT 1 FROM `album` AS `t1` WHERE `t1`.`artist_id` = `artist`.`id` AND NOT EXISTS (SELECT 1 FROM `track` AS `t2` WHERE `t2`.`album_id` = `t1`.`id` AND `t2`.`name` = `artist`.`name`)) ORDER BY `artist`.`name`
    "#]],
    );
}

#[test]
fn the_same_table_inside_and_outside() {
    // Those whose chief has a chief of the same name, and who are the last hired by their chief.
    let last = Select {
        condition: same(at(&EMPLOYEE, &["reports_to"]), outer(&EMPLOYEE, &["reports_to"], 1)),
        ..values(&EMPLOYEE, vec![max(at(&EMPLOYEE, &["hired"]))])
    };
    let twice = Condition::exists(select(
        &EMPLOYEE,
        and([
            same(at(&EMPLOYEE, &["id"]), outer(&EMPLOYEE, &["reports_to"], 1)),
            Condition::exists(select(
                &EMPLOYEE,
                and([
                    same(at(&EMPLOYEE, &["id"]), outer(&EMPLOYEE, &["reports_to"], 1)),
                    same(at(&EMPLOYEE, &["name"]), outer(&EMPLOYEE, &["name"], 2)),
                ]),
            )),
        ]),
    ));
    let condition = and([twice, same(at(&EMPLOYEE, &["hired"]), Node::subquery(last))]);
    check_select(
        &Select { order: Some(Vec::new()), ..select(&EMPLOYEE, condition) },
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "employee"."id", "employee"."name", "employee"."reports_to_id", "employee"."hired" FROM "employee" WHERE EXISTS (SELECT 1 FROM "employee" AS "t1" WHERE "t1"."id" = "employee"."reports_to_id" AND EXISTS (SELECT 1 FROM "employee" AS "t2" WHERE "t2"."id" = "t1"."reports_to_id" AND "t2"."name" = "employee"."name")) AND "employee"."hired" = (SELECT MAX("t3"."hired") FROM "employee" AS "t3" WHERE "t3"."reports_to_id" = "employee"."reports_to_id")
        MySQL, MariaDB: SELECT `employee`.`id`, `employee`.`name`, `employee`.`reports_to_id`, `employee`.`hired` FROM `employee` WHERE EXISTS (SELECT 1 FROM `employee` AS `t1` WHERE `t1`.`id` = `employee`.`reports_to_id` AND EXISTS (SELECT 1 FROM `employee` AS `t2` WHERE `t2`.`id` = `t1`.`reports_to_id` AND `t2`.`name` = `employee`.`name`)) AND `employee`.`hired` = (SELECT MAX(`t3`.`hired`) FROM `employee` AS `t3` WHERE `t3`.`reports_to_id` = `employee`.`reports_to_id`)
    "#]],
    );
}

#[test]
fn paths_inside_and_outside() {
    let other = select(
        &TRACK,
        and([
            same(track(&["album", "artist", "name"]), outer(&TRACK, &["genre", "name"], 1)),
            eq(track(&["genre", "name"]), "x"),
        ]),
    );
    check_condition(
        &or([Condition::exists(other), eq(track(&["album", "title"]), "y")]),
        &expect![[r#"
        SQLite: … LEFT JOIN "genre" AS "t4" ON "t4"."id" = "track"."genre_id" LEFT JOIN "album" AS "t6" ON "t6"."id" = "track"."album_id" WHERE EXISTS (SELECT 1 FROM "track" AS "t1" INNER JOIN "album" AS "t2" ON "t2"."id" = "t1"."album_id" INNER JOIN "artist" AS "t3" ON "t3"."id" = "t2"."artist_id" INNER JOIN "genre" AS "t5" ON "t5"."id" = "t1"."genre_id" WHERE "t3"."name" = "t4"."name" AND "t5"."name" = ?) OR "t6"."title" = ? -- Text("x"), Text("y")
        PostgreSQL: … LEFT JOIN "genre" AS "t4" ON "t4"."id" = "track"."genre_id" LEFT JOIN "album" AS "t6" ON "t6"."id" = "track"."album_id" WHERE EXISTS (SELECT 1 FROM "track" AS "t1" INNER JOIN "album" AS "t2" ON "t2"."id" = "t1"."album_id" INNER JOIN "artist" AS "t3" ON "t3"."id" = "t2"."artist_id" INNER JOIN "genre" AS "t5" ON "t5"."id" = "t1"."genre_id" WHERE "t3"."name" = "t4"."name" AND "t5"."name" = $1) OR "t6"."title" = $2 -- Text("x"), Text("y")
        MySQL, MariaDB: … LEFT JOIN `genre` AS `t4` ON `t4`.`id` = `track`.`genre_id` LEFT JOIN `album` AS `t6` ON `t6`.`id` = `track`.`album_id` WHERE EXISTS (SELECT 1 FROM `track` AS `t1` INNER JOIN `album` AS `t2` ON `t2`.`id` = `t1`.`album_id` INNER JOIN `artist` AS `t3` ON `t3`.`id` = `t2`.`artist_id` INNER JOIN `genre` AS `t5` ON `t5`.`id` = `t1`.`genre_id` WHERE `t3`.`name` = `t4`.`name` AND `t5`.`name` = ?) OR `t6`.`title` = ? -- Text("x"), Text("y")
        SQLite: … LEFT JOIN "genre" AS "t4" ON "t4"."id" = "track"."genre_id" LEFT JOIN "album" AS "t6" ON "t6"."id" = "track"."album_id" WHERE NOT EXISTS (SELECT 1 FROM "track" AS "t1" INNER JOIN "album" AS "t2" ON "t2"."id" = "t1"."album_id" INNER JOIN "artist" AS "t3" ON "t3"."id" = "t2"."artist_id" INNER JOIN "genre" AS "t5" ON "t5"."id" = "t1"."genre_id" WHERE "t3"."name" = "t4"."name" AND "t5"."name" = ?) AND ("t6"."title" <> ? OR "t6"."title" IS NULL) -- Text("x"), Text("y")
        PostgreSQL: … LEFT JOIN "genre" AS "t4" ON "t4"."id" = "track"."genre_id" LEFT JOIN "album" AS "t6" ON "t6"."id" = "track"."album_id" WHERE NOT EXISTS (SELECT 1 FROM "track" AS "t1" INNER JOIN "album" AS "t2" ON "t2"."id" = "t1"."album_id" INNER JOIN "artist" AS "t3" ON "t3"."id" = "t2"."artist_id" INNER JOIN "genre" AS "t5" ON "t5"."id" = "t1"."genre_id" WHERE "t3"."name" = "t4"."name" AND "t5"."name" = $1) AND ("t6"."title" <> $2 OR "t6"."title" IS NULL) -- Text("x"), Text("y")
        MySQL, MariaDB: … LEFT JOIN `genre` AS `t4` ON `t4`.`id` = `track`.`genre_id` LEFT JOIN `album` AS `t6` ON `t6`.`id` = `track`.`album_id` WHERE NOT EXISTS (SELECT 1 FROM `track` AS `t1` INNER JOIN `album` AS `t2` ON `t2`.`id` = `t1`.`album_id` INNER JOIN `artist` AS `t3` ON `t3`.`id` = `t2`.`artist_id` INNER JOIN `genre` AS `t5` ON `t5`.`id` = `t1`.`genre_id` WHERE `t3`.`name` = `t4`.`name` AND `t5`.`name` = ?) AND (`t6`.`title` <> ? OR `t6`.`title` IS NULL) -- Text("x"), Text("y")
    "#]],
    );
}

#[test]
fn what_is_folded_away_leaves_no_join() {
    let other = select(&TRACK, same(track(&["name"]), outer(&TRACK, &["genre", "name"], 1)));
    let folded = or([Condition::exists(other), Condition::constant(true)]);
    check_condition(
        &and([folded, eq(track(&["album", "title"]), "y")]),
        &expect![[r#"
        SQLite: … INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE "t1"."title" = ? -- Text("y")
        PostgreSQL: … INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE "t1"."title" = $1 -- Text("y")
        MySQL, MariaDB: … INNER JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` WHERE `t1`.`title` = ? -- Text("y")
        SQLite: … LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE ("t1"."title" <> ? OR "t1"."title" IS NULL) -- Text("y")
        PostgreSQL: … LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE ("t1"."title" <> $1 OR "t1"."title" IS NULL) -- Text("y")
        MySQL, MariaDB: … LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` WHERE (`t1`.`title` <> ? OR `t1`.`title` IS NULL) -- Text("y")
    "#]],
    );
}

#[test]
fn values_in_every_clause() {
    let count = || Node::subquery(tracks_of_album(vec![count(None)]));
    let longest = Node::subquery(tracks_of_album(vec![max(track(&["milliseconds"]))]));
    let more = call(Function::Add, [count(), val(1_i64)], Kind::I64);
    let longer = test(L::Gt, [longest.clone(), val(60_000_i32)]);
    let everywhere = Select {
        condition: and([longer.clone().negate(), longer]),
        order: Some(vec![desc(count()), asc(at(&ALBUM, &["id"]))]),
        ..values(&ALBUM, vec![at(&ALBUM, &["title"]), count(), more, longest])
    };
    check_select(
        &everywhere,
        &expect![[r#"
        SQLite: SELECT "album"."title", (SELECT COUNT(*) FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id"), integer_add((SELECT COUNT(*) FROM "track" AS "t2" WHERE "t2"."album_id" = "album"."id"), ?), (SELECT MAX("t3"."milliseconds") FROM "track" AS "t3" WHERE "t3"."album_id" = "album"."id") FROM "album" WHERE ((SELECT MAX("t4"."milliseconds") FROM "track" AS "t4" WHERE "t4"."album_id" = "album"."id") > ?) IS NOT TRUE AND (SELECT MAX("t5"."milliseconds") FROM "track" AS "t5" WHERE "t5"."album_id" = "album"."id") > ? ORDER BY (SELECT COUNT(*) FROM "track" AS "t6" WHERE "t6"."album_id" = "album"."id") DESC, "album"."id" -- I64(1), I64(60000), I64(60000)
        PostgreSQL: SELECT "album"."title", (SELECT COUNT(*) FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id"), ((SELECT COUNT(*) FROM "track" AS "t2" WHERE "t2"."album_id" = "album"."id") + CAST($1 AS BIGINT)), (SELECT MAX("t3"."milliseconds") FROM "track" AS "t3" WHERE "t3"."album_id" = "album"."id") FROM "album" WHERE ((SELECT MAX("t4"."milliseconds") FROM "track" AS "t4" WHERE "t4"."album_id" = "album"."id") > $2) IS NOT TRUE AND (SELECT MAX("t5"."milliseconds") FROM "track" AS "t5" WHERE "t5"."album_id" = "album"."id") > $3 ORDER BY (SELECT COUNT(*) FROM "track" AS "t6" WHERE "t6"."album_id" = "album"."id") DESC, "album"."id" -- I64(1), I64(60000), I64(60000)
        MySQL, MariaDB: SELECT `album`.`title`, (SELECT COUNT(*) FROM `track` AS `t1` WHERE `t1`.`album_id` = `album`.`id`), ((SELECT COUNT(*) FROM `track` AS `t2` WHERE `t2`.`album_id` = `album`.`id`) + ?), (SELECT MAX(`t3`.`milliseconds`) FROM `track` AS `t3` WHERE `t3`.`album_id` = `album`.`id`) FROM `album` WHERE ((SELECT MAX(`t4`.`milliseconds`) FROM `track` AS `t4` WHERE `t4`.`album_id` = `album`.`id`) > ?) IS NOT TRUE AND (SELECT MAX(`t5`.`milliseconds`) FROM `track` AS `t5` WHERE `t5`.`album_id` = `album`.`id`) > ? ORDER BY (SELECT COUNT(*) FROM `track` AS `t6` WHERE `t6`.`album_id` = `album`.`id`) DESC, `album`.`id` -- I64(1), I64(60000), I64(60000)
    "#]],
    );
    let filtered =
        Node::Call(Arc::new(Call::new(Function::Count, Vec::new(), Kind::I64, false).over(false, Some(has_long(1)))));
    let price = Node::subquery(tracks_of_album(vec![max(track(&["unit_price"]))]));
    let sum = Node::call(Function::Sum, vec![price], Kind::Decimal, true);
    check(
        |dialect| exec::aggregate(&Select::all(&ALBUM), &[filtered.clone(), sum.clone()], dialect),
        &expect![[r#"
            SQLite: SELECT COUNT(*) FILTER (WHERE EXISTS (SELECT 1 FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id" AND "t1"."milliseconds" > ?)), decimal_sum((SELECT MAX("t2"."unit_price" COLLATE decimal) FROM "track" AS "t2" WHERE "t2"."album_id" = "album"."id")) FROM "album" -- I32(60000)
            PostgreSQL: SELECT COUNT(*) FILTER (WHERE EXISTS (SELECT 1 FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id" AND "t1"."milliseconds" > $1)), SUM((SELECT MAX("t2"."unit_price") FROM "track" AS "t2" WHERE "t2"."album_id" = "album"."id")) FROM "album" -- I32(60000)
            MySQL, MariaDB: SELECT COUNT(CASE WHEN EXISTS (SELECT 1 FROM `track` AS `t1` WHERE `t1`.`album_id` = `album`.`id` AND `t1`.`milliseconds` > ?) THEN 1 END), SUM((SELECT MAX(`t2`.`unit_price`) FROM `track` AS `t2` WHERE `t2`.`album_id` = `album`.`id`)) FROM `album` -- I32(60000)
        "#]],
    );
}

#[test]
fn lists_of_values() {
    let album_ids = |condition| Select { condition, ..values(&ALBUM, vec![at(&ALBUM, &["id"])]) };
    let one_of = |left, query| test(L::In, [left, Node::subquery(query)]);
    check_condition(
        &one_of(track(&["album"]), album_ids(eq(at(&ALBUM, &["title"]), "x"))),
        &expect![[r#"
        SQLite: … WHERE "track"."album_id" IN (SELECT "t1"."id" FROM "album" AS "t1" WHERE "t1"."title" = ?) -- Text("x")
        PostgreSQL: … WHERE "track"."album_id" IN (SELECT "t1"."id" FROM "album" AS "t1" WHERE "t1"."title" = $1) -- Text("x")
        MySQL, MariaDB: … WHERE `track`.`album_id` IN (SELECT `t1`.`id` FROM `album` AS `t1` WHERE `t1`.`title` = ?) -- Text("x")
        SQLite: … WHERE ("track"."album_id" NOT IN (SELECT "t1"."id" FROM "album" AS "t1" WHERE "t1"."title" = ?) OR "track"."album_id" IS NULL) -- Text("x")
        PostgreSQL: … WHERE ("track"."album_id" NOT IN (SELECT "t1"."id" FROM "album" AS "t1" WHERE "t1"."title" = $1) OR "track"."album_id" IS NULL) -- Text("x")
        MySQL, MariaDB: … WHERE (`track`.`album_id` NOT IN (SELECT `t1`.`id` FROM `album` AS `t1` WHERE `t1`.`title` = ?) OR `track`.`album_id` IS NULL) -- Text("x")
    "#]],
    );
    let composers = Select { distinct: true, ..values(&TRACK, vec![track(&["composer"])]) };
    check_condition(
        &one_of(track(&["name"]), composers),
        &expect![[r#"
        SQLite, PostgreSQL: … WHERE "track"."name" IN (SELECT DISTINCT "t1"."composer" FROM "track" AS "t1")
        MySQL, MariaDB: … WHERE `track`.`name` IN (SELECT DISTINCT `t1`.`composer` FROM `track` AS `t1`)
        SQLite, PostgreSQL: … WHERE ("track"."name" IN (SELECT DISTINCT "t1"."composer" FROM "track" AS "t1")) IS NOT TRUE
        MySQL, MariaDB: … WHERE (`track`.`name` IN (SELECT DISTINCT `t1`.`composer` FROM `track` AS `t1`)) IS NOT TRUE
    "#]],
    );
    let first =
        Select { order: Some(vec![asc(at(&ALBUM, &["title"]))]), limit: Some(3), ..album_ids(Condition::EMPTY) };
    check_condition(
        &one_of(track(&["album"]), first),
        &expect![[r#"
        SQLite: … WHERE "track"."album_id" IN (SELECT "t1"."id" FROM "album" AS "t1" ORDER BY "t1"."title" LIMIT 3)
        PostgreSQL: … WHERE "track"."album_id" IN (SELECT "t1"."id" FROM "album" AS "t1" ORDER BY "t1"."title" LIMIT $1) -- I64(3)
        MySQL, MariaDB: … WHERE `track`.`album_id` IN (SELECT * FROM (SELECT `t1`.`id` FROM `album` AS `t1` ORDER BY `t1`.`title` LIMIT ?) AS `s`) -- I64(3)
        SQLite: … WHERE ("track"."album_id" NOT IN (SELECT "t1"."id" FROM "album" AS "t1" ORDER BY "t1"."title" LIMIT 3) OR "track"."album_id" IS NULL)
        PostgreSQL: … WHERE ("track"."album_id" NOT IN (SELECT "t1"."id" FROM "album" AS "t1" ORDER BY "t1"."title" LIMIT $1) OR "track"."album_id" IS NULL) -- I64(3)
        MySQL, MariaDB: … WHERE (`track`.`album_id` NOT IN (SELECT * FROM (SELECT `t1`.`id` FROM `album` AS `t1` ORDER BY `t1`.`title` LIMIT ?) AS `s`) OR `track`.`album_id` IS NULL) -- I64(3)
    "#]],
    );
    let prices = values(&TRACK, vec![track(&["unit_price"])]);
    check_condition(
        &one_of(track(&["unit_price"]), prices.clone()),
        &expect![[r#"
        SQLite, PostgreSQL: … WHERE "track"."unit_price" IN (SELECT "t1"."unit_price" FROM "track" AS "t1")
        MySQL, MariaDB: … WHERE `track`.`unit_price` IN (SELECT `t1`.`unit_price` FROM `track` AS `t1`)
        SQLite, PostgreSQL: … WHERE "track"."unit_price" NOT IN (SELECT "t1"."unit_price" FROM "track" AS "t1")
        MySQL, MariaDB: … WHERE `track`.`unit_price` NOT IN (SELECT `t1`.`unit_price` FROM `track` AS `t1`)
    "#]],
    );
    let double = call(Function::Add, [track(&["unit_price"]), track(&["unit_price"])], Kind::Decimal);
    check_condition(
        &one_of(double, prices),
        &expect![[r#"
        SQLite: … WHERE decimal_add("track"."unit_price", "track"."unit_price") COLLATE decimal IN (SELECT "t1"."unit_price" FROM "track" AS "t1")
        PostgreSQL: … WHERE ("track"."unit_price" + "track"."unit_price") IN (SELECT "t1"."unit_price" FROM "track" AS "t1")
        MySQL, MariaDB: … WHERE (`track`.`unit_price` + `track`.`unit_price`) IN (SELECT `t1`.`unit_price` FROM `track` AS `t1`)
        SQLite: … WHERE decimal_add("track"."unit_price", "track"."unit_price") COLLATE decimal NOT IN (SELECT "t1"."unit_price" FROM "track" AS "t1")
        PostgreSQL: … WHERE ("track"."unit_price" + "track"."unit_price") NOT IN (SELECT "t1"."unit_price" FROM "track" AS "t1")
        MySQL, MariaDB: … WHERE (`track`.`unit_price` + `track`.`unit_price`) NOT IN (SELECT `t1`.`unit_price` FROM `track` AS `t1`)
    "#]],
    );
    check_condition(
        &one_of(val(3_i64), album_ids(Condition::EMPTY)),
        &expect![[r#"
        SQLite: … WHERE ? IN (SELECT "t1"."id" FROM "album" AS "t1") -- I64(3)
        PostgreSQL: … WHERE CAST($1 AS BIGINT) IN (SELECT "t1"."id" FROM "album" AS "t1") -- I64(3)
        MySQL, MariaDB: … WHERE CAST(? AS SIGNED) IN (SELECT `t1`.`id` FROM `album` AS `t1`) -- I64(3)
        SQLite: … WHERE ? NOT IN (SELECT "t1"."id" FROM "album" AS "t1") -- I64(3)
        PostgreSQL: … WHERE CAST($1 AS BIGINT) NOT IN (SELECT "t1"."id" FROM "album" AS "t1") -- I64(3)
        MySQL, MariaDB: … WHERE CAST(? AS SIGNED) NOT IN (SELECT `t1`.`id` FROM `album` AS `t1`) -- I64(3)
    "#]],
    );
}

#[test]
fn a_list_with_what_may_be_null_after_all() {
    let milliseconds = || track(&["milliseconds"]);
    let one_of = |left: Node, node| test(L::In, [left, Node::subquery(values(&TRACK, vec![node]))]);
    // A quotient is NULL where the divisor is 0, and a sum of floats on SQLite where it is none.
    let quotient = || call(Function::Divide, [milliseconds(), milliseconds()], Kind::I32);
    check_condition(
        &one_of(milliseconds(), quotient()),
        &expect![[r#"
        SQLite: … WHERE "track"."milliseconds" IN (SELECT integer_div("t1"."milliseconds", "t1"."milliseconds") FROM "track" AS "t1")
        PostgreSQL: … WHERE "track"."milliseconds" IN (SELECT (CAST("t1"."milliseconds" AS BIGINT) / NULLIF(CAST("t1"."milliseconds" AS BIGINT), 0)) FROM "track" AS "t1")
        MySQL, MariaDB: … WHERE `track`.`milliseconds` IN (SELECT (`t1`.`milliseconds` DIV NULLIF(`t1`.`milliseconds`, 0) + 0) FROM `track` AS `t1`)
        SQLite: … WHERE ("track"."milliseconds" IN (SELECT integer_div("t1"."milliseconds", "t1"."milliseconds") FROM "track" AS "t1")) IS NOT TRUE
        PostgreSQL: … WHERE ("track"."milliseconds" IN (SELECT (CAST("t1"."milliseconds" AS BIGINT) / NULLIF(CAST("t1"."milliseconds" AS BIGINT), 0)) FROM "track" AS "t1")) IS NOT TRUE
        MySQL, MariaDB: … WHERE (`track`.`milliseconds` IN (SELECT (`t1`.`milliseconds` DIV NULLIF(`t1`.`milliseconds`, 0) + 0) FROM `track` AS `t1`)) IS NOT TRUE
    "#]],
    );
    let sum = call(Function::Add, [track(&["rating"]), track(&["rating"])], Kind::F64);
    check_condition(
        &one_of(track(&["rating"]), sum),
        &expect![[r#"
        SQLite: … WHERE "track"."rating" IN (SELECT float_add("t1"."rating", "t1"."rating") FROM "track" AS "t1")
        PostgreSQL: … WHERE "track"."rating" IN (SELECT ("t1"."rating" + "t1"."rating") FROM "track" AS "t1")
        MySQL, MariaDB: … WHERE `track`.`rating` IN (SELECT (`t1`.`rating` + `t1`.`rating`) FROM `track` AS `t1`)
        SQLite: … WHERE ("track"."rating" IN (SELECT float_add("t1"."rating", "t1"."rating") FROM "track" AS "t1")) IS NOT TRUE
        PostgreSQL: … WHERE ("track"."rating" IN (SELECT ("t1"."rating" + "t1"."rating") FROM "track" AS "t1")) IS NOT TRUE
        MySQL, MariaDB: … WHERE (`track`.`rating` IN (SELECT (`t1`.`rating` + `t1`.`rating`) FROM `track` AS `t1`)) IS NOT TRUE
    "#]],
    );
    // So is all that is made of them, and of a column behind a path that may lead to no row.
    let more = |node: Node| Node::call(Function::Add, vec![node, val(1_i64)], Kind::I64, false);
    check_condition(
        &one_of(track(&["id"]), more(quotient())),
        &expect![[r#"
        SQLite: … WHERE "track"."id" IN (SELECT integer_add(integer_div("t1"."milliseconds", "t1"."milliseconds"), ?) FROM "track" AS "t1") -- I64(1)
        PostgreSQL: … WHERE "track"."id" IN (SELECT ((CAST("t1"."milliseconds" AS BIGINT) / NULLIF(CAST("t1"."milliseconds" AS BIGINT), 0)) + CAST($1 AS BIGINT)) FROM "track" AS "t1") -- I64(1)
        MySQL, MariaDB: … WHERE `track`.`id` IN (SELECT ((`t1`.`milliseconds` DIV NULLIF(`t1`.`milliseconds`, 0) + 0) + ?) FROM `track` AS `t1`) -- I64(1)
        SQLite: … WHERE ("track"."id" IN (SELECT integer_add(integer_div("t1"."milliseconds", "t1"."milliseconds"), ?) FROM "track" AS "t1")) IS NOT TRUE -- I64(1)
        PostgreSQL: … WHERE ("track"."id" IN (SELECT ((CAST("t1"."milliseconds" AS BIGINT) / NULLIF(CAST("t1"."milliseconds" AS BIGINT), 0)) + CAST($1 AS BIGINT)) FROM "track" AS "t1")) IS NOT TRUE -- I64(1)
        MySQL, MariaDB: … WHERE (`track`.`id` IN (SELECT ((`t1`.`milliseconds` DIV NULLIF(`t1`.`milliseconds`, 0) + 0) + ?) FROM `track` AS `t1`)) IS NOT TRUE -- I64(1)
    "#]],
    );
    check_condition(
        &eq(more(quotient()), 2_i64),
        &expect![[r#"
        SQLite: … WHERE integer_add(integer_div("track"."milliseconds", "track"."milliseconds"), ?) = ? -- I64(1), I64(2)
        PostgreSQL: … WHERE ((CAST("track"."milliseconds" AS BIGINT) / NULLIF(CAST("track"."milliseconds" AS BIGINT), 0)) + CAST($1 AS BIGINT)) = $2 -- I64(1), I64(2)
        MySQL, MariaDB: … WHERE ((`track`.`milliseconds` DIV NULLIF(`track`.`milliseconds`, 0) + 0) + ?) = ? -- I64(1), I64(2)
        SQLite: … WHERE (integer_add(integer_div("track"."milliseconds", "track"."milliseconds"), ?) = ?) IS NOT TRUE -- I64(1), I64(2)
        PostgreSQL: … WHERE (((CAST("track"."milliseconds" AS BIGINT) / NULLIF(CAST("track"."milliseconds" AS BIGINT), 0)) + CAST($1 AS BIGINT)) = $2) IS NOT TRUE -- I64(1), I64(2)
        MySQL, MariaDB: … WHERE (((`track`.`milliseconds` DIV NULLIF(`track`.`milliseconds`, 0) + 0) + ?) = ?) IS NOT TRUE -- I64(1), I64(2)
    "#]],
    );
    check_condition(
        &eq(more(track(&["album", "artist"])), 2_i64),
        &expect![[r#"
        SQLite: … INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE integer_add("t1"."artist_id", ?) = ? -- I64(1), I64(2)
        PostgreSQL: … INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE ("t1"."artist_id" + CAST($1 AS BIGINT)) = $2 -- I64(1), I64(2)
        MySQL, MariaDB: … INNER JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` WHERE (`t1`.`artist_id` + ?) = ? -- I64(1), I64(2)
        SQLite: … LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE (integer_add("t1"."artist_id", ?) = ?) IS NOT TRUE -- I64(1), I64(2)
        PostgreSQL: … LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE (("t1"."artist_id" + CAST($1 AS BIGINT)) = $2) IS NOT TRUE -- I64(1), I64(2)
        MySQL, MariaDB: … LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` WHERE ((`t1`.`artist_id` + ?) = ?) IS NOT TRUE -- I64(1), I64(2)
    "#]],
    );
}

#[test]
fn aggregates_of_a_slice_and_of_no_rows() {
    let slice = Select {
        order: Some(vec![asc(at(&PLAY, &["plays"]))]),
        limit: Some(3),
        condition: same(at(&PLAY, &["track"]), outer(&TRACK, &["id"], 1)),
        ..values(&PLAY, vec![max(at(&PLAY, &["plays"]))])
    };
    check_condition(
        &test(L::Gt, [Node::subquery(slice.clone()), val(2_i32)]),
        &expect![[r#"
        SQLite: … WHERE (SELECT MAX("t2"."plays") FROM "play" AS "t2" WHERE ("t2"."playlist_id", "t2"."track_id") IN (SELECT "t1"."playlist_id", "t1"."track_id" FROM "play" AS "t1" WHERE "t1"."track_id" = "track"."id" ORDER BY "t1"."plays" LIMIT 3)) > ? -- I64(2)
        PostgreSQL: … WHERE (SELECT MAX("t2"."plays") FROM "play" AS "t2" WHERE ("t2"."playlist_id", "t2"."track_id") IN (SELECT "t1"."playlist_id", "t1"."track_id" FROM "play" AS "t1" WHERE "t1"."track_id" = "track"."id" ORDER BY "t1"."plays" LIMIT $1)) > $2 -- I64(3), I64(2)
        MySQL: error: MySQL does not support a slice, or rows that are told apart, of a query that reads the query around it
        MariaDB: error: MariaDB does not support a slice, or rows that are told apart, of a query that reads the query around it
        SQLite: … WHERE ((SELECT MAX("t2"."plays") FROM "play" AS "t2" WHERE ("t2"."playlist_id", "t2"."track_id") IN (SELECT "t1"."playlist_id", "t1"."track_id" FROM "play" AS "t1" WHERE "t1"."track_id" = "track"."id" ORDER BY "t1"."plays" LIMIT 3)) > ?) IS NOT TRUE -- I64(2)
        PostgreSQL: … WHERE ((SELECT MAX("t2"."plays") FROM "play" AS "t2" WHERE ("t2"."playlist_id", "t2"."track_id") IN (SELECT "t1"."playlist_id", "t1"."track_id" FROM "play" AS "t1" WHERE "t1"."track_id" = "track"."id" ORDER BY "t1"."plays" LIMIT $1)) > $2) IS NOT TRUE -- I64(3), I64(2)
        MySQL: error: MySQL does not support a slice, or rows that are told apart, of a query that reads the query around it
        MariaDB: error: MariaDB does not support a slice, or rows that are told apart, of a query that reads the query around it
    "#]],
    );
    let apart = Select { condition: Condition::EMPTY, ..slice };
    check_condition(
        &test(L::Gt, [Node::subquery(apart), val(2_i32)]),
        &expect![[r#"
        SQLite: … WHERE (SELECT MAX("t2"."plays") FROM "play" AS "t2" WHERE ("t2"."playlist_id", "t2"."track_id") IN (SELECT "t1"."playlist_id", "t1"."track_id" FROM "play" AS "t1" ORDER BY "t1"."plays" LIMIT 3)) > ? -- I64(2)
        PostgreSQL: … WHERE (SELECT MAX("t2"."plays") FROM "play" AS "t2" WHERE ("t2"."playlist_id", "t2"."track_id") IN (SELECT "t1"."playlist_id", "t1"."track_id" FROM "play" AS "t1" ORDER BY "t1"."plays" LIMIT $1)) > $2 -- I64(3), I64(2)
        MySQL, MariaDB: … WHERE (SELECT MAX(`t2`.`plays`) FROM `play` AS `t2` WHERE (`t2`.`playlist_id`, `t2`.`track_id`) IN (SELECT * FROM (SELECT `t1`.`playlist_id`, `t1`.`track_id` FROM `play` AS `t1` ORDER BY `t1`.`plays` LIMIT ?) AS `s`)) > ? -- I64(3), I64(2)
        SQLite: … WHERE ((SELECT MAX("t2"."plays") FROM "play" AS "t2" WHERE ("t2"."playlist_id", "t2"."track_id") IN (SELECT "t1"."playlist_id", "t1"."track_id" FROM "play" AS "t1" ORDER BY "t1"."plays" LIMIT 3)) > ?) IS NOT TRUE -- I64(2)
        PostgreSQL: … WHERE ((SELECT MAX("t2"."plays") FROM "play" AS "t2" WHERE ("t2"."playlist_id", "t2"."track_id") IN (SELECT "t1"."playlist_id", "t1"."track_id" FROM "play" AS "t1" ORDER BY "t1"."plays" LIMIT $1)) > $2) IS NOT TRUE -- I64(3), I64(2)
        MySQL, MariaDB: … WHERE ((SELECT MAX(`t2`.`plays`) FROM `play` AS `t2` WHERE (`t2`.`playlist_id`, `t2`.`track_id`) IN (SELECT * FROM (SELECT `t1`.`playlist_id`, `t1`.`track_id` FROM `play` AS `t1` ORDER BY `t1`.`plays` LIMIT ?) AS `s`)) > ?) IS NOT TRUE -- I64(3), I64(2)
    "#]],
    );
    let none = |node| Select { nothing: true, ..values(&ALBUM, vec![node]) };
    check_condition(
        &eq(Node::subquery(none(count(None))), 0_i64),
        &expect![[r#"
        SQLite: … WHERE (SELECT COUNT(*) FROM "album" AS "t1" WHERE FALSE) = ? -- I64(0)
        PostgreSQL: … WHERE (SELECT COUNT(*) FROM "album" AS "t1" WHERE FALSE) = $1 -- I64(0)
        MySQL, MariaDB: … WHERE (SELECT COUNT(*) FROM `album` AS `t1` WHERE FALSE) = ? -- I64(0)
        SQLite: … WHERE (SELECT COUNT(*) FROM "album" AS "t1" WHERE FALSE) <> ? -- I64(0)
        PostgreSQL: … WHERE (SELECT COUNT(*) FROM "album" AS "t1" WHERE FALSE) <> $1 -- I64(0)
        MySQL, MariaDB: … WHERE (SELECT COUNT(*) FROM `album` AS `t1` WHERE FALSE) <> ? -- I64(0)
    "#]],
    );
    check_condition(
        &eq(Node::subquery(none(at(&ALBUM, &["title"]))), "x"),
        &expect![[r#"
        SQLite: … WHERE (SELECT "t1"."title" FROM "album" AS "t1" WHERE FALSE) = ? -- Text("x")
        PostgreSQL: … WHERE (SELECT "t1"."title" FROM "album" AS "t1" WHERE FALSE) = $1 -- Text("x")
        MySQL, MariaDB: … WHERE (SELECT `t1`.`title` FROM `album` AS `t1` WHERE FALSE) = ? -- Text("x")
        SQLite: … WHERE ((SELECT "t1"."title" FROM "album" AS "t1" WHERE FALSE) = ?) IS NOT TRUE -- Text("x")
        PostgreSQL: … WHERE ((SELECT "t1"."title" FROM "album" AS "t1" WHERE FALSE) = $1) IS NOT TRUE -- Text("x")
        MySQL, MariaDB: … WHERE ((SELECT `t1`.`title` FROM `album` AS `t1` WHERE FALSE) = ?) IS NOT TRUE -- Text("x")
    "#]],
    );
}

#[test]
fn a_slice_that_reads_no_query_around_it() {
    let album_ids = |condition| Select { condition, limit: Some(3), ..values(&ALBUM, vec![at(&ALBUM, &["id"])]) };
    let one_of = |query| test(L::In, [track(&["album"]), Node::subquery(query)]);
    // A query inside the slice reads the slice's own rows.
    check_condition(
        &one_of(album_ids(has_long(1))),
        &expect![[r#"
        SQLite: … WHERE "track"."album_id" IN (SELECT "t1"."id" FROM "album" AS "t1" WHERE EXISTS (SELECT 1 FROM "track" AS "t2" WHERE "t2"."album_id" = "t1"."id" AND "t2"."milliseconds" > ?) LIMIT 3) -- I32(60000)
        PostgreSQL: … WHERE "track"."album_id" IN (SELECT "t1"."id" FROM "album" AS "t1" WHERE EXISTS (SELECT 1 FROM "track" AS "t2" WHERE "t2"."album_id" = "t1"."id" AND "t2"."milliseconds" > $1) LIMIT $2) -- I32(60000), I64(3)
        MySQL, MariaDB: … WHERE `track`.`album_id` IN (SELECT * FROM (SELECT `t1`.`id` FROM `album` AS `t1` WHERE EXISTS (SELECT 1 FROM `track` AS `t2` WHERE `t2`.`album_id` = `t1`.`id` AND `t2`.`milliseconds` > ?) LIMIT ?) AS `s`) -- I32(60000), I64(3)
        SQLite: … WHERE ("track"."album_id" NOT IN (SELECT "t1"."id" FROM "album" AS "t1" WHERE EXISTS (SELECT 1 FROM "track" AS "t2" WHERE "t2"."album_id" = "t1"."id" AND "t2"."milliseconds" > ?) LIMIT 3) OR "track"."album_id" IS NULL) -- I32(60000)
        PostgreSQL: … WHERE ("track"."album_id" NOT IN (SELECT "t1"."id" FROM "album" AS "t1" WHERE EXISTS (SELECT 1 FROM "track" AS "t2" WHERE "t2"."album_id" = "t1"."id" AND "t2"."milliseconds" > $1) LIMIT $2) OR "track"."album_id" IS NULL) -- I32(60000), I64(3)
        MySQL, MariaDB: … WHERE (`track`.`album_id` NOT IN (SELECT * FROM (SELECT `t1`.`id` FROM `album` AS `t1` WHERE EXISTS (SELECT 1 FROM `track` AS `t2` WHERE `t2`.`album_id` = `t1`.`id` AND `t2`.`milliseconds` > ?) LIMIT ?) AS `s`) OR `track`.`album_id` IS NULL) -- I32(60000), I64(3)
    "#]],
    );
    // What read the query around is folded away.
    let named = same(at(&ALBUM, &["title"]), outer(&TRACK, &["name"], 1));
    check_condition(
        &one_of(album_ids(or([named.clone(), Condition::constant(true)]))),
        &expect![[r#"
        SQLite: … WHERE "track"."album_id" IN (SELECT "t1"."id" FROM "album" AS "t1" LIMIT 3)
        PostgreSQL: … WHERE "track"."album_id" IN (SELECT "t1"."id" FROM "album" AS "t1" LIMIT $1) -- I64(3)
        MySQL, MariaDB: … WHERE `track`.`album_id` IN (SELECT * FROM (SELECT `t1`.`id` FROM `album` AS `t1` LIMIT ?) AS `s`) -- I64(3)
        SQLite: … WHERE ("track"."album_id" NOT IN (SELECT "t1"."id" FROM "album" AS "t1" LIMIT 3) OR "track"."album_id" IS NULL)
        PostgreSQL: … WHERE ("track"."album_id" NOT IN (SELECT "t1"."id" FROM "album" AS "t1" LIMIT $1) OR "track"."album_id" IS NULL) -- I64(3)
        MySQL, MariaDB: … WHERE (`track`.`album_id` NOT IN (SELECT * FROM (SELECT `t1`.`id` FROM `album` AS `t1` LIMIT ?) AS `s`) OR `track`.`album_id` IS NULL) -- I64(3)
    "#]],
    );
    // Two levels in, the query around is still read.
    let far = select(&TRACK, same(track(&["name"]), outer(&TRACK, &["name"], 2)));
    check_condition(
        &one_of(album_ids(Condition::exists(far))),
        &expect![[r#"
        SQLite: … WHERE "track"."album_id" IN (SELECT "t1"."id" FROM "album" AS "t1" WHERE EXISTS (SELECT 1 FROM "track" AS "t2" WHERE "t2"."name" = "track"."name") LIMIT 3)
        PostgreSQL: … WHERE "track"."album_id" IN (SELECT "t1"."id" FROM "album" AS "t1" WHERE EXISTS (SELECT 1 FROM "track" AS "t2" WHERE "t2"."name" = "track"."name") LIMIT $1) -- I64(3)
        MySQL: error: MySQL does not support a slice, or rows that are told apart, of a query that reads the query around it
        MariaDB: error: MariaDB does not support a slice, or rows that are told apart, of a query that reads the query around it
        SQLite: … WHERE ("track"."album_id" NOT IN (SELECT "t1"."id" FROM "album" AS "t1" WHERE EXISTS (SELECT 1 FROM "track" AS "t2" WHERE "t2"."name" = "track"."name") LIMIT 3) OR "track"."album_id" IS NULL)
        PostgreSQL: … WHERE ("track"."album_id" NOT IN (SELECT "t1"."id" FROM "album" AS "t1" WHERE EXISTS (SELECT 1 FROM "track" AS "t2" WHERE "t2"."name" = "track"."name") LIMIT $1) OR "track"."album_id" IS NULL) -- I64(3)
        MySQL: error: MySQL does not support a slice, or rows that are told apart, of a query that reads the query around it
        MariaDB: error: MariaDB does not support a slice, or rows that are told apart, of a query that reads the query around it
    "#]],
    );
    let slice = Select { limit: Some(3), ..select(&ALBUM, has_long(1)) };
    check(
        |dialect| exec::aggregate(&slice, &[count(None)], dialect),
        &expect![[r#"
        SQLite: SELECT COUNT(*) FROM "album" WHERE "album"."id" IN (SELECT "album"."id" FROM "album" WHERE EXISTS (SELECT 1 FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id" AND "t1"."milliseconds" > ?) LIMIT 3) -- I32(60000)
        PostgreSQL: SELECT COUNT(*) FROM "album" WHERE "album"."id" IN (SELECT "album"."id" FROM "album" WHERE EXISTS (SELECT 1 FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id" AND "t1"."milliseconds" > $1) LIMIT $2) -- I32(60000), I64(3)
        MySQL, MariaDB: SELECT COUNT(*) FROM `album` WHERE `album`.`id` IN (SELECT * FROM (SELECT `album`.`id` FROM `album` WHERE EXISTS (SELECT 1 FROM `track` AS `t1` WHERE `t1`.`album_id` = `album`.`id` AND `t1`.`milliseconds` > ?) LIMIT ?) AS `s`) -- I32(60000), I64(3)
    "#]],
    );
    // Rows that are told apart before some are passed over.
    let titles =
        |condition| Select { condition, distinct: true, offset: 2, ..values(&ALBUM, vec![at(&ALBUM, &["title"])]) };
    check_condition(
        &Condition::exists(titles(has_long(1))),
        &expect![[r#"
        SQLite: … WHERE EXISTS (SELECT 1 FROM (SELECT DISTINCT "t1"."title" AS "c0" FROM "album" AS "t1" WHERE EXISTS (SELECT 1 FROM "track" AS "t2" WHERE "t2"."album_id" = "t1"."id" AND "t2"."milliseconds" > ?) LIMIT -1 OFFSET ?) AS "s") -- I32(60000), I64(2)
        PostgreSQL: … WHERE EXISTS (SELECT 1 FROM (SELECT DISTINCT "t1"."title" AS "c0" FROM "album" AS "t1" WHERE EXISTS (SELECT 1 FROM "track" AS "t2" WHERE "t2"."album_id" = "t1"."id" AND "t2"."milliseconds" > $1) OFFSET $2) AS "s") -- I32(60000), I64(2)
        MySQL, MariaDB: … WHERE EXISTS (SELECT 1 FROM (SELECT DISTINCT `t1`.`title` AS `c0` FROM `album` AS `t1` WHERE EXISTS (SELECT 1 FROM `track` AS `t2` WHERE `t2`.`album_id` = `t1`.`id` AND `t2`.`milliseconds` > ?) LIMIT 18446744073709551615 OFFSET ?) AS `s`) -- I32(60000), I64(2)
        SQLite: … WHERE NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT "t1"."title" AS "c0" FROM "album" AS "t1" WHERE EXISTS (SELECT 1 FROM "track" AS "t2" WHERE "t2"."album_id" = "t1"."id" AND "t2"."milliseconds" > ?) LIMIT -1 OFFSET ?) AS "s") -- I32(60000), I64(2)
        PostgreSQL: … WHERE NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT "t1"."title" AS "c0" FROM "album" AS "t1" WHERE EXISTS (SELECT 1 FROM "track" AS "t2" WHERE "t2"."album_id" = "t1"."id" AND "t2"."milliseconds" > $1) OFFSET $2) AS "s") -- I32(60000), I64(2)
        MySQL, MariaDB: … WHERE NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT `t1`.`title` AS `c0` FROM `album` AS `t1` WHERE EXISTS (SELECT 1 FROM `track` AS `t2` WHERE `t2`.`album_id` = `t1`.`id` AND `t2`.`milliseconds` > ?) LIMIT 18446744073709551615 OFFSET ?) AS `s`) -- I32(60000), I64(2)
    "#]],
    );
    check_condition(
        &Condition::exists(titles(named)),
        &expect![[r#"
        SQLite: … WHERE EXISTS (SELECT 1 FROM (SELECT DISTINCT "t1"."title" AS "c0" FROM "album" AS "t1" WHERE "t1"."title" = "track"."name" LIMIT -1 OFFSET ?) AS "s") -- I64(2)
        PostgreSQL: … WHERE EXISTS (SELECT 1 FROM (SELECT DISTINCT "t1"."title" AS "c0" FROM "album" AS "t1" WHERE "t1"."title" = "track"."name" OFFSET $1) AS "s") -- I64(2)
        MySQL: error: MySQL does not support a slice, or rows that are told apart, of a query that reads the query around it
        MariaDB: error: MariaDB does not support a slice, or rows that are told apart, of a query that reads the query around it
        SQLite: … WHERE NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT "t1"."title" AS "c0" FROM "album" AS "t1" WHERE "t1"."title" = "track"."name" LIMIT -1 OFFSET ?) AS "s") -- I64(2)
        PostgreSQL: … WHERE NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT "t1"."title" AS "c0" FROM "album" AS "t1" WHERE "t1"."title" = "track"."name" OFFSET $1) AS "s") -- I64(2)
        MySQL: error: MySQL does not support a slice, or rows that are told apart, of a query that reads the query around it
        MariaDB: error: MariaDB does not support a slice, or rows that are told apart, of a query that reads the query around it
    "#]],
    );
}

#[test]
fn changes_by_queries() {
    // The name of its first long track; those without one.
    let first =
        Select { order: Some(vec![asc(track(&["id"]))]), limit: Some(1), ..tracks_of_album(vec![track(&["name"])]) };
    check_update(
        &ALBUM,
        vec![(1, Node::subquery(first))],
        has_long(1),
        &expect![[r#"
        SQLite: UPDATE "album" SET "title" = text_fit((SELECT "t1"."name" FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id" ORDER BY "t1"."id" LIMIT 1), 160) WHERE EXISTS (SELECT 1 FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id" AND "t1"."milliseconds" > ?) -- I32(60000)
        PostgreSQL: UPDATE "album" SET "title" = ((SELECT "t1"."name" FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id" ORDER BY "t1"."id" LIMIT $1) || CASE WHEN CHAR_LENGTH((SELECT "t1"."name" FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id" ORDER BY "t1"."id" LIMIT $2)) > 160 THEN '.' ELSE '' END) WHERE EXISTS (SELECT 1 FROM "track" AS "t1" WHERE "t1"."album_id" = "album"."id" AND "t1"."milliseconds" > $3) -- I64(1), I64(1), I32(60000)
        MySQL, MariaDB: UPDATE `album` SET `title` = CONCAT((SELECT `t1`.`name` FROM `track` AS `t1` WHERE `t1`.`album_id` = `album`.`id` ORDER BY `t1`.`id` LIMIT ?), IF(CHAR_LENGTH((SELECT `t1`.`name` FROM `track` AS `t1` WHERE `t1`.`album_id` = `album`.`id` ORDER BY `t1`.`id` LIMIT ?)) > 160, '.', '')) WHERE EXISTS (SELECT 1 FROM `track` AS `t1` WHERE `t1`.`album_id` = `album`.`id` AND `t1`.`milliseconds` > ?) -- I64(1), I64(1), I32(60000)
    "#]],
    );
    let by_path = Select {
        condition: same(track(&["name"]), outer(&ALBUM, &["artist", "name"], 1)),
        ..values(&TRACK, vec![max(track(&["name"]))])
    };
    check_update(
        &ALBUM,
        vec![(1, Node::subquery(by_path))],
        Condition::EMPTY,
        &expect![[r#"
        SQLite: UPDATE "album" SET "title" = text_fit((SELECT MAX("t1"."name") FROM "track" AS "t1" WHERE "t1"."name" = (SELECT "t2"."name" FROM "artist" AS "t2" WHERE "t2"."id" = "album"."artist_id")), 160)
        PostgreSQL: UPDATE "album" SET "title" = ((SELECT MAX("t1"."name") FROM "track" AS "t1" WHERE "t1"."name" = (SELECT "t2"."name" FROM "artist" AS "t2" WHERE "t2"."id" = "album"."artist_id")) || CASE WHEN CHAR_LENGTH((SELECT MAX("t1"."name") FROM "track" AS "t1" WHERE "t1"."name" = (SELECT "t2"."name" FROM "artist" AS "t2" WHERE "t2"."id" = "album"."artist_id"))) > 160 THEN '.' ELSE '' END)
        MySQL, MariaDB: UPDATE `album` SET `title` = CONCAT((SELECT MAX(`t1`.`name`) FROM `track` AS `t1` WHERE `t1`.`name` = (SELECT `t2`.`name` FROM `artist` AS `t2` WHERE `t2`.`id` = `album`.`artist_id`)), IF(CHAR_LENGTH((SELECT MAX(`t1`.`name`) FROM `track` AS `t1` WHERE `t1`.`name` = (SELECT `t2`.`name` FROM `artist` AS `t2` WHERE `t2`.`id` = `album`.`artist_id`))) > 160, '.', ''))
    "#]],
    );
    // Its own table.
    let count = Select {
        condition: same(at(&EMPLOYEE, &["reports_to"]), outer(&EMPLOYEE, &["id"], 1)),
        ..values(&EMPLOYEE, vec![max(at(&EMPLOYEE, &["name"]))])
    };
    let has_report = Condition::exists(Select {
        condition: same(at(&EMPLOYEE, &["reports_to"]), outer(&EMPLOYEE, &["id"], 1)),
        ..Select::all(&EMPLOYEE)
    });
    check_update(
        &EMPLOYEE,
        vec![(1, Node::subquery(count))],
        has_report.clone(),
        &expect![[r#"
        SQLite: UPDATE "employee" SET "name" = "t0"."c0" FROM (SELECT "employee"."id" AS "k0", text_fit((SELECT MAX("t2"."name") FROM "employee" AS "t2" WHERE "t2"."reports_to_id" = "employee"."id"), 60) AS "c0" FROM "employee" WHERE EXISTS (SELECT 1 FROM "employee" AS "t1" WHERE "t1"."reports_to_id" = "employee"."id") LIMIT -1) AS "t0" WHERE "t0"."k0" = "employee"."id"
        PostgreSQL: UPDATE "employee" SET "name" = ((SELECT MAX("t1"."name") FROM "employee" AS "t1" WHERE "t1"."reports_to_id" = "employee"."id") || CASE WHEN CHAR_LENGTH((SELECT MAX("t1"."name") FROM "employee" AS "t1" WHERE "t1"."reports_to_id" = "employee"."id")) > 60 THEN '.' ELSE '' END) WHERE EXISTS (SELECT 1 FROM "employee" AS "t1" WHERE "t1"."reports_to_id" = "employee"."id")
        MySQL, MariaDB: UPDATE `employee` INNER JOIN (SELECT `employee`.`id` AS `k0`, CONCAT((SELECT MAX(`t2`.`name`) FROM `employee` AS `t2` WHERE `t2`.`reports_to_id` = `employee`.`id`), IF(CHAR_LENGTH((SELECT MAX(`t2`.`name`) FROM `employee` AS `t2` WHERE `t2`.`reports_to_id` = `employee`.`id`)) > 60, '.', '')) AS `c0` FROM `employee` WHERE EXISTS (SELECT 1 FROM `employee` AS `t1` WHERE `t1`.`reports_to_id` = `employee`.`id`) LIMIT 18446744073709551615) AS `t0` ON `t0`.`k0` = `employee`.`id` SET `employee`.`name` = `t0`.`c0`
    "#]],
    );
    check_update(
        &EMPLOYEE,
        vec![(1, val("x"))],
        has_report.clone(),
        &expect![[r#"
        SQLite: UPDATE "employee" SET "name" = ? WHERE EXISTS (SELECT 1 FROM "employee" AS "t1" WHERE "t1"."reports_to_id" = "employee"."id") -- Text("x")
        PostgreSQL: UPDATE "employee" SET "name" = $1 WHERE EXISTS (SELECT 1 FROM "employee" AS "t1" WHERE "t1"."reports_to_id" = "employee"."id") -- Text("x")
        MySQL, MariaDB: UPDATE `employee` INNER JOIN (SELECT `employee`.`id` AS `k0` FROM `employee` WHERE EXISTS (SELECT 1 FROM `employee` AS `t1` WHERE `t1`.`reports_to_id` = `employee`.`id`) LIMIT 18446744073709551615) AS `t0` ON `t0`.`k0` = `employee`.`id` SET `employee`.`name` = ? -- Text("x")
    "#]],
    );
    check_delete(
        &EMPLOYEE,
        has_report.clone(),
        &expect![[r#"
        SQLite, PostgreSQL: DELETE FROM "employee" WHERE EXISTS (SELECT 1 FROM "employee" AS "t1" WHERE "t1"."reports_to_id" = "employee"."id")
        MySQL, MariaDB: DELETE `employee` FROM `employee` INNER JOIN (SELECT `employee`.`id` AS `k0` FROM `employee` WHERE EXISTS (SELECT 1 FROM `employee` AS `t1` WHERE `t1`.`reports_to_id` = `employee`.`id`) LIMIT 18446744073709551615) AS `t0` ON `t0`.`k0` = `employee`.`id`
    "#]],
    );
    check_delete(
        &EMPLOYEE,
        and([has_report, eq(at(&EMPLOYEE, &["reports_to", "name"]), "x")]),
        &expect![[r#"
        SQLite: DELETE FROM "employee" WHERE "employee"."id" IN (SELECT "employee"."id" FROM "employee" INNER JOIN "employee" AS "t2" ON "t2"."id" = "employee"."reports_to_id" WHERE EXISTS (SELECT 1 FROM "employee" AS "t1" WHERE "t1"."reports_to_id" = "employee"."id") AND "t2"."name" = ?) -- Text("x")
        PostgreSQL: DELETE FROM "employee" WHERE "employee"."id" IN (SELECT "employee"."id" FROM "employee" INNER JOIN "employee" AS "t2" ON "t2"."id" = "employee"."reports_to_id" WHERE EXISTS (SELECT 1 FROM "employee" AS "t1" WHERE "t1"."reports_to_id" = "employee"."id") AND "t2"."name" = $1) -- Text("x")
        MySQL, MariaDB: DELETE `employee` FROM `employee` INNER JOIN (SELECT `employee`.`id` AS `k0` FROM `employee` INNER JOIN `employee` AS `t2` ON `t2`.`id` = `employee`.`reports_to_id` WHERE EXISTS (SELECT 1 FROM `employee` AS `t1` WHERE `t1`.`reports_to_id` = `employee`.`id`) AND `t2`.`name` = ? LIMIT 18446744073709551615) AS `t0` ON `t0`.`k0` = `employee`.`id` -- Text("x")
    "#]],
    );
}

#[test]
fn what_no_query_can_hold() {
    let deep =
        (0..40).fold(Condition::exists(Select::all(&ALBUM)), |inner, _| Condition::exists(select(&ALBUM, inner)));
    check_error(
        |dialect| exec::select(&select(&ALBUM, deep.clone()), dialect),
        &expect!["the query has 33 queries inside each other, the limit is 32"],
    );
    let apart = select(&ALBUM, same(at(&ALBUM, &["title"]), outer(&ALBUM, &["title"], 1)));
    check_error(
        |dialect| exec::select(&apart, dialect),
        &expect![
            "this is a bug in dormouse, please report it with the query and the version: a column of `Album` stands in no query of it"
        ],
    );
    let faulty = Condition::exists(select(&ALBUM, eq(at(&ALBUM, &["id"]), "x")));
    check_error(
        |dialect| exec::select(&select(&ALBUM, faulty.clone()), dialect),
        &expect![
            "this is a bug in dormouse, please report it with the query and the version: I64 cannot be compared with Text"
        ],
    );
}
