//! To-one paths: which joins, and of which kind.

use std::sync::Arc;

use expect_test::expect;

use super::check::{and, asc, call, check, check_error, check_select, eq, or, select, test, val, values};
use super::music::{ALBUM, EMPLOYEE, PLAY, TRACK, at, path, track};
use crate::ast::{Function, LookupOperator as L, Node, Output, Select, Selected};
use crate::exec;
use crate::model::ModelDef;
use crate::row::Shape;
use crate::value::{Kind, Value};

#[test]
fn paths() {
    check_select(
        &values(&TRACK, vec![track(&["name"]), track(&["album", "artist", "name"])]),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "track"."name", "t2"."name" FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" LEFT JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id"
        MySQL, MariaDB: SELECT `track`.`name`, `t2`.`name` FROM `track` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` LEFT JOIN `artist` AS `t2` ON `t2`.`id` = `t1`.`artist_id`
    "#]],
    );
    check_select(
        &values(&ALBUM, vec![at(&ALBUM, &["artist", "name"])]),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "t1"."name" FROM "album" INNER JOIN "artist" AS "t1" ON "t1"."id" = "album"."artist_id"
        MySQL, MariaDB: SELECT `t1`.`name` FROM `album` INNER JOIN `artist` AS `t1` ON `t1`.`id` = `album`.`artist_id`
    "#]],
    );
    check_select(
        &values(&EMPLOYEE, vec![at(&EMPLOYEE, &["name"]), at(&EMPLOYEE, &["reports_to", "reports_to", "name"])]),
        &expect![[r#"
            SQLite, PostgreSQL: SELECT "employee"."name", "t2"."name" FROM "employee" LEFT JOIN "employee" AS "t1" ON "t1"."id" = "employee"."reports_to_id" LEFT JOIN "employee" AS "t2" ON "t2"."id" = "t1"."reports_to_id"
            MySQL, MariaDB: SELECT `employee`.`name`, `t2`.`name` FROM `employee` LEFT JOIN `employee` AS `t1` ON `t1`.`id` = `employee`.`reports_to_id` LEFT JOIN `employee` AS `t2` ON `t2`.`id` = `t1`.`reports_to_id`
        "#]],
    );
    check_select(
        &values(&TRACK, vec![track(&["genre", "name"]), track(&["album", "title"]), track(&["genre", "name"])]),
        &expect![[r#"
            SQLite, PostgreSQL: SELECT "t1"."name", "t2"."title", "t1"."name" FROM "track" LEFT JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" LEFT JOIN "album" AS "t2" ON "t2"."id" = "track"."album_id"
            MySQL, MariaDB: SELECT `t1`.`name`, `t2`.`title`, `t1`.`name` FROM `track` LEFT JOIN `genre` AS `t1` ON `t1`.`id` = `track`.`genre_id` LEFT JOIN `album` AS `t2` ON `t2`.`id` = `track`.`album_id`
        "#]],
    );
}

#[test]
fn keys_need_no_join() {
    check_select(
        &values(&TRACK, vec![track(&["album"]), track(&["album", "id"]), track(&["album", "artist", "id"])]),
        &expect![[r#"
            SQLite, PostgreSQL: SELECT "track"."album_id", "track"."album_id", "t1"."artist_id" FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id"
            MySQL, MariaDB: SELECT `track`.`album_id`, `track`.`album_id`, `t1`.`artist_id` FROM `track` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id`
        "#]],
    );
    check_select(
        &values(&PLAY, vec![at(&PLAY, &["track", "album", "id"])]),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "t1"."album_id" FROM "play" INNER JOIN "track" AS "t1" ON "t1"."id" = "play"."track_id"
        MySQL, MariaDB: SELECT `t1`.`album_id` FROM `play` INNER JOIN `track` AS `t1` ON `t1`.`id` = `play`.`track_id`
    "#]],
    );
}

#[test]
fn conditions_decide_the_kind() {
    let names = |condition| Select { condition, ..values(&TRACK, vec![track(&["id"])]) };
    let title = |value: &str| eq(track(&["album", "title"]), value);
    let artist = || eq(track(&["album", "artist", "name"]), "AC/DC");
    let genre = || eq(track(&["genre", "name"]), "Rock");
    check_select(
        &names(title("x")),
        &expect![[r#"
        SQLite: SELECT "track"."id" FROM "track" INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE "t1"."title" = ? -- Text("x")
        PostgreSQL: SELECT "track"."id" FROM "track" INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE "t1"."title" = $1 -- Text("x")
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` INNER JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` WHERE `t1`.`title` = ? -- Text("x")
    "#]],
    );
    check_select(
        &names(title("x").negate()),
        &expect![[r#"
        SQLite: SELECT "track"."id" FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE ("t1"."title" <> ? OR "t1"."title" IS NULL) -- Text("x")
        PostgreSQL: SELECT "track"."id" FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE ("t1"."title" <> $1 OR "t1"."title" IS NULL) -- Text("x")
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` WHERE (`t1`.`title` <> ? OR `t1`.`title` IS NULL) -- Text("x")
    "#]],
    );
    check_select(
        &names(artist()),
        &expect![[r#"
        SQLite: SELECT "track"."id" FROM "track" INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" INNER JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id" WHERE "t2"."name" = ? -- Text("AC/DC")
        PostgreSQL: SELECT "track"."id" FROM "track" INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" INNER JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id" WHERE "t2"."name" = $1 -- Text("AC/DC")
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` INNER JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` INNER JOIN `artist` AS `t2` ON `t2`.`id` = `t1`.`artist_id` WHERE `t2`.`name` = ? -- Text("AC/DC")
    "#]],
    );
    check_select(
        &names(or([artist(), title("x")])),
        &expect![[r#"
            SQLite: SELECT "track"."id" FROM "track" INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" INNER JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id" WHERE "t2"."name" = ? OR "t1"."title" = ? -- Text("AC/DC"), Text("x")
            PostgreSQL: SELECT "track"."id" FROM "track" INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" INNER JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id" WHERE "t2"."name" = $1 OR "t1"."title" = $2 -- Text("AC/DC"), Text("x")
            MySQL, MariaDB: SELECT `track`.`id` FROM `track` INNER JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` INNER JOIN `artist` AS `t2` ON `t2`.`id` = `t1`.`artist_id` WHERE `t2`.`name` = ? OR `t1`.`title` = ? -- Text("AC/DC"), Text("x")
        "#]],
    );
    check_select(
        &names(or([artist(), genre()])),
        &expect![[r#"
        SQLite: SELECT "track"."id" FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" LEFT JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id" LEFT JOIN "genre" AS "t3" ON "t3"."id" = "track"."genre_id" WHERE "t2"."name" = ? OR "t3"."name" = ? -- Text("AC/DC"), Text("Rock")
        PostgreSQL: SELECT "track"."id" FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" LEFT JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id" LEFT JOIN "genre" AS "t3" ON "t3"."id" = "track"."genre_id" WHERE "t2"."name" = $1 OR "t3"."name" = $2 -- Text("AC/DC"), Text("Rock")
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` LEFT JOIN `artist` AS `t2` ON `t2`.`id` = `t1`.`artist_id` LEFT JOIN `genre` AS `t3` ON `t3`.`id` = `track`.`genre_id` WHERE `t2`.`name` = ? OR `t3`.`name` = ? -- Text("AC/DC"), Text("Rock")
    "#]],
    );
    check_select(
        &names(and([artist(), genre().negate()])),
        &expect![[r#"
        SQLite: SELECT "track"."id" FROM "track" INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" INNER JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id" LEFT JOIN "genre" AS "t3" ON "t3"."id" = "track"."genre_id" WHERE "t2"."name" = ? AND ("t3"."name" <> ? OR "t3"."name" IS NULL) -- Text("AC/DC"), Text("Rock")
        PostgreSQL: SELECT "track"."id" FROM "track" INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" INNER JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id" LEFT JOIN "genre" AS "t3" ON "t3"."id" = "track"."genre_id" WHERE "t2"."name" = $1 AND ("t3"."name" <> $2 OR "t3"."name" IS NULL) -- Text("AC/DC"), Text("Rock")
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` INNER JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` INNER JOIN `artist` AS `t2` ON `t2`.`id` = `t1`.`artist_id` LEFT JOIN `genre` AS `t3` ON `t3`.`id` = `track`.`genre_id` WHERE `t2`.`name` = ? AND (`t3`.`name` <> ? OR `t3`.`name` IS NULL) -- Text("AC/DC"), Text("Rock")
    "#]],
    );
    check_select(
        &names(test(L::IsNull, [track(&["album", "title"])])),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "track"."id" FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE "t1"."title" IS NULL
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` WHERE `t1`.`title` IS NULL
    "#]],
    );
    check_select(
        &names(test(L::IsNull, [track(&["album", "title"])]).negate()),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "track"."id" FROM "track" INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE "t1"."title" IS NOT NULL
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` INNER JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` WHERE `t1`.`title` IS NOT NULL
    "#]],
    );
    let sum = call(Function::Add, [track(&["album", "artist"]), val(1_i64)], Kind::I64);
    check_select(
        &names(test(L::Gt, [sum, val(5_i64)])),
        &expect![[r#"
            SQLite: SELECT "track"."id" FROM "track" INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE integer_add("t1"."artist_id", ?) > ? -- I64(1), I64(5)
            PostgreSQL: SELECT "track"."id" FROM "track" INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" WHERE ("t1"."artist_id" + CAST($1 AS BIGINT)) > $2 -- I64(1), I64(5)
            MySQL, MariaDB: SELECT `track`.`id` FROM `track` INNER JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` WHERE (`t1`.`artist_id` + ?) > ? -- I64(1), I64(5)
        "#]],
    );
    let truth = Node::Condition(genre());
    check_select(
        &names(eq(truth, Value::Bool(false))),
        &expect![[r#"
            SQLite: SELECT "track"."id" FROM "track" LEFT JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" WHERE (("t1"."name" = ?) IS TRUE) = ? -- Text("Rock"), Bool(false)
            PostgreSQL: SELECT "track"."id" FROM "track" LEFT JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" WHERE (("t1"."name" = $1) IS TRUE) = $2 -- Text("Rock"), Bool(false)
            MySQL, MariaDB: SELECT `track`.`id` FROM `track` LEFT JOIN `genre` AS `t1` ON `t1`.`id` = `track`.`genre_id` WHERE ((`t1`.`name` = ?) IS TRUE) = ? -- Text("Rock"), Bool(false)
        "#]],
    );
}

#[test]
fn related_models() {
    let artist = Shape { related: vec![(2, Shape::default())] };
    let shape = Shape { related: vec![(2, artist), (3, Shape::default())] };
    let select =
        |condition| Select { selected: Selected::Model(Arc::new(shape.clone())), condition, ..Select::all(&TRACK) };
    check_select(
        &select(crate::ast::Condition::EMPTY),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "track"."id", "track"."name", "track"."album_id", "track"."genre_id", "track"."composer", "track"."milliseconds", "track"."bytes", "track"."unit_price", "track"."live", "track"."rating", "t1"."id", "t1"."title", "t1"."artist_id", "t2"."id", "t2"."name", "t3"."id", "t3"."name" FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" LEFT JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id" LEFT JOIN "genre" AS "t3" ON "t3"."id" = "track"."genre_id"
        MySQL, MariaDB: SELECT `track`.`id`, `track`.`name`, `track`.`album_id`, `track`.`genre_id`, `track`.`composer`, `track`.`milliseconds`, `track`.`bytes`, `track`.`unit_price`, `track`.`live`, `track`.`rating`, `t1`.`id`, `t1`.`title`, `t1`.`artist_id`, `t2`.`id`, `t2`.`name`, `t3`.`id`, `t3`.`name` FROM `track` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` LEFT JOIN `artist` AS `t2` ON `t2`.`id` = `t1`.`artist_id` LEFT JOIN `genre` AS `t3` ON `t3`.`id` = `track`.`genre_id`
    "#]],
    );
    check_select(
        &select(eq(track(&["album", "artist", "name"]), "AC/DC")),
        &expect![[r#"
        SQLite: SELECT "track"."id", "track"."name", "track"."album_id", "track"."genre_id", "track"."composer", "track"."milliseconds", "track"."bytes", "track"."unit_price", "track"."live", "track"."rating", "t1"."id", "t1"."title", "t1"."artist_id", "t2"."id", "t2"."name", "t3"."id", "t3"."name" FROM "track" INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" INNER JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id" LEFT JOIN "genre" AS "t3" ON "t3"."id" = "track"."genre_id" WHERE "t2"."name" = ? -- Text("AC/DC")
        PostgreSQL: SELECT "track"."id", "track"."name", "track"."album_id", "track"."genre_id", "track"."composer", "track"."milliseconds", "track"."bytes", "track"."unit_price", "track"."live", "track"."rating", "t1"."id", "t1"."title", "t1"."artist_id", "t2"."id", "t2"."name", "t3"."id", "t3"."name" FROM "track" INNER JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" INNER JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id" LEFT JOIN "genre" AS "t3" ON "t3"."id" = "track"."genre_id" WHERE "t2"."name" = $1 -- Text("AC/DC")
        MySQL, MariaDB: SELECT `track`.`id`, `track`.`name`, `track`.`album_id`, `track`.`genre_id`, `track`.`composer`, `track`.`milliseconds`, `track`.`bytes`, `track`.`unit_price`, `track`.`live`, `track`.`rating`, `t1`.`id`, `t1`.`title`, `t1`.`artist_id`, `t2`.`id`, `t2`.`name`, `t3`.`id`, `t3`.`name` FROM `track` INNER JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` INNER JOIN `artist` AS `t2` ON `t2`.`id` = `t1`.`artist_id` LEFT JOIN `genre` AS `t3` ON `t3`.`id` = `track`.`genre_id` WHERE `t2`.`name` = ? -- Text("AC/DC")
    "#]],
    );
}

#[test]
fn rows_of_paths() {
    let outputs =
        vec![Output::Row(path(&TRACK, &["album"])), Output::Node(track(&["id"])), Output::Row(path(&TRACK, &[]))];
    let select = Select { selected: Selected::Outputs(outputs.into()), ..Select::all(&TRACK) };
    check_select(
        &select,
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "t1"."id", "t1"."title", "t1"."artist_id", "track"."id", "track"."id", "track"."name", "track"."album_id", "track"."genre_id", "track"."composer", "track"."milliseconds", "track"."bytes", "track"."unit_price", "track"."live", "track"."rating" FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id"
        MySQL, MariaDB: SELECT `t1`.`id`, `t1`.`title`, `t1`.`artist_id`, `track`.`id`, `track`.`id`, `track`.`name`, `track`.`album_id`, `track`.`genre_id`, `track`.`composer`, `track`.`milliseconds`, `track`.`bytes`, `track`.`unit_price`, `track`.`live`, `track`.`rating` FROM `track` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id`
    "#]],
    );
}

#[test]
fn counting_needs_the_joins_of_the_condition_only() {
    let select = Select {
        condition: eq(track(&["genre", "name"]), "Rock"),
        order: Some(vec![asc(track(&["album", "title"]))]),
        ..values(&TRACK, vec![track(&["album", "title"])])
    };
    check(
        |dialect| exec::count(&select, dialect),
        &expect![[r#"
        SQLite: SELECT COUNT(*) FROM "track" INNER JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" WHERE "t1"."name" = ? -- Text("Rock")
        PostgreSQL: SELECT COUNT(*) FROM "track" INNER JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" WHERE "t1"."name" = $1 -- Text("Rock")
        MySQL, MariaDB: SELECT COUNT(*) FROM `track` INNER JOIN `genre` AS `t1` ON `t1`.`id` = `track`.`genre_id` WHERE `t1`.`name` = ? -- Text("Rock")
    "#]],
    );
    check(
        |dialect| exec::exists(&select, dialect),
        &expect![[r#"
        SQLite: SELECT 1 FROM "track" INNER JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" WHERE "t1"."name" = ? LIMIT 1 -- Text("Rock")
        PostgreSQL: SELECT 1 FROM "track" INNER JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" WHERE "t1"."name" = $1 LIMIT 1 -- Text("Rock")
        MySQL, MariaDB: SELECT 1 FROM `track` INNER JOIN `genre` AS `t1` ON `t1`.`id` = `track`.`genre_id` WHERE `t1`.`name` = ? LIMIT 1 -- Text("Rock")
    "#]],
    );
}

#[test]
fn tables_with_the_name_of_an_alias() {
    static T1: ModelDef = ModelDef { name: "T", table: "T1", ..TRACK_LIKE };
    const TRACK_LIKE: ModelDef = ModelDef { fields: TRACK.fields, primary_key: TRACK.primary_key, ..ModelDef::PLAIN };
    check_select(
        &values(&T1, vec![at(&T1, &["album", "title"])]),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "u1"."title" FROM "T1" LEFT JOIN "album" AS "u1" ON "u1"."id" = "T1"."album_id"
        MySQL, MariaDB: SELECT `u1`.`title` FROM `T1` LEFT JOIN `album` AS `u1` ON `u1`.`id` = `T1`.`album_id`
    "#]],
    );
}

#[test]
fn strange_columns() {
    let stranger = select(&TRACK, eq(at(&ALBUM, &["title"]), "x"));
    check_error(
        |dialect| exec::select(&stranger, dialect),
        &expect![
            "this is a bug in dormouse, please report it with the query and the version: a column of `Album` has no place in a query of `Track`"
        ],
    );
}
