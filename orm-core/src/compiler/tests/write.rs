//! INSERT, UPDATE and DELETE.

use expect_test::{Expect, expect};

use super::check::{self, call, check, check_error, eq, test, val};
use super::music::{ALBUM, ARTIST, EMPLOYEE, PLAY, TRACK, at, path, track};
use crate::ast::{Condition, Delete, Function, Insert, LookupOperator as L, Node, Save, Update, Written};
use crate::exec;
use crate::model::ModelDef;
use crate::planner;
use crate::value::{Kind, Value};

fn check_insert(insert: &Insert, expected: &Expect) {
    check(|dialect| check::insert(insert, dialect).map(Some), expected);
}

pub(super) fn check_update(
    model: &'static ModelDef,
    assignments: Vec<(usize, Node)>,
    condition: Condition,
    expected: &Expect,
) {
    let update = Update { model, assignments, condition, tag: None };
    check(|dialect| exec::update(&update, dialect), expected);
}

pub(super) fn check_delete(model: &'static ModelDef, condition: Condition, expected: &Expect) {
    let delete = Delete { model, condition, tag: None };
    check(|dialect| exec::delete(&delete, dialect), expected);
}

#[test]
fn insert() {
    let artist = |rows: Vec<Vec<Value>>, fields: &[usize], returning| Insert {
        model: &ARTIST,
        fields: fields.to_vec(),
        rows,
        returning,
    };
    check_insert(
        &artist(vec![vec!["a".into()]], &[1], true),
        &expect![[r#"
        SQLite: INSERT INTO "artist" ("name") VALUES (?) RETURNING "artist"."id", "artist"."name" -- Text("a")
        PostgreSQL: INSERT INTO "artist" ("name") VALUES ($1) RETURNING "artist"."id", "artist"."name" -- Text("a")
        MySQL: INSERT INTO `artist` (`name`) VALUES (?) -- Text("a")
        MariaDB: INSERT INTO `artist` (`name`) VALUES (?) RETURNING `artist`.`id`, `artist`.`name` -- Text("a")
    "#]],
    );
    check_insert(
        &artist(vec![vec![1_i64.into(), "a".into()], vec![2_i64.into(), "b".into()]], &[0, 1], false),
        &expect![[r#"
            SQLite: INSERT INTO "artist" ("id", "name") VALUES (?, ?), (?, ?) -- I64(1), Text("a"), I64(2), Text("b")
            PostgreSQL: INSERT INTO "artist" ("id", "name") VALUES ($1, $2), ($3, $4) -- I64(1), Text("a"), I64(2), Text("b")
            MySQL, MariaDB: INSERT INTO `artist` (`id`, `name`) VALUES (?, ?), (?, ?) -- I64(1), Text("a"), I64(2), Text("b")
        "#]],
    );
    check_insert(
        &artist(vec![vec![]], &[], true),
        &expect![[r#"
        SQLite, PostgreSQL: INSERT INTO "artist" DEFAULT VALUES RETURNING "artist"."id", "artist"."name"
        MySQL: INSERT INTO `artist` () VALUES ()
        MariaDB: INSERT INTO `artist` () VALUES () RETURNING `artist`.`id`, `artist`.`name`
    "#]],
    );
    check_insert(
        &artist(vec![vec![], vec![]], &[], false),
        &expect![[r#"
        SQLite: INSERT INTO "artist" ("id") VALUES (NULL), (NULL)
        PostgreSQL: INSERT INTO "artist" ("id") VALUES (DEFAULT), (DEFAULT)
        MySQL, MariaDB: INSERT INTO `artist` (`id`) VALUES (DEFAULT), (DEFAULT)
    "#]],
    );
    let price = Insert { model: &TRACK, fields: vec![7], rows: vec![vec![Value::I32(3)]], returning: false };
    check_insert(
        &price,
        &expect![[r#"
        SQLite: INSERT INTO "track" ("unit_price") VALUES (?) -- Decimal(3)
        PostgreSQL: INSERT INTO "track" ("unit_price") VALUES ($1) -- Decimal(3)
        MySQL, MariaDB: INSERT INTO `track` (`unit_price`) VALUES (?) -- Decimal(3)
    "#]],
    );
    let uneven = artist(vec![vec!["a".into()], vec![]], &[1], false);
    check_error(
        |dialect| check::insert(&uneven, dialect).map(Some),
        &expect![
            "this is a bug in dormouse, please report it with the query and the version: a row of 0 values cannot fill 1 columns"
        ],
    );
}

#[test]
fn saved_rows() {
    let check_saved = |model, written, values: Vec<Value>, expected: &Expect| {
        let row = planner::row(Save { root: path(model, &[]), written, values }).unwrap();
        assert!(row.sought().is_none());
        check(|dialect| exec::row(&row, dialect), expected);
    };
    let artist = || vec![1_i64.into(), "a".into()];
    check_saved(
        &ARTIST,
        Written::Whole,
        artist(),
        &expect![[r#"
        SQLite: UPDATE "artist" SET "name" = ? WHERE "artist"."id" = ? -- Text("a"), I64(1)
        PostgreSQL: UPDATE "artist" SET "name" = $1 WHERE "artist"."id" = $2 -- Text("a"), I64(1)
        MySQL, MariaDB: UPDATE `artist` SET `name` = ? WHERE `artist`.`id` = ? -- Text("a"), I64(1)
    "#]],
    );
    let key = vec![Value::Null(Kind::I64), "a".into()];
    check_saved(
        &ARTIST,
        Written::Only(vec![1]),
        key,
        &expect![[r#"
        SQLite: UPDATE "artist" SET "name" = ? WHERE "artist"."id" IS NULL -- Text("a")
        PostgreSQL: UPDATE "artist" SET "name" = $1 WHERE "artist"."id" IS NULL -- Text("a")
        MySQL, MariaDB: UPDATE `artist` SET `name` = ? WHERE `artist`.`id` IS NULL -- Text("a")
    "#]],
    );
    let nothing = planner::row(Save { root: path(&ARTIST, &[]), written: Written::Only(vec![]), values: artist() });
    assert!(nothing.unwrap().sought().is_some());
    let short = Save { root: path(&ARTIST, &[]), written: Written::Only(vec![1]), values: vec![1_i64.into()] };
    check_error(
        |_| planner::row(short.clone()).map(|_| None),
        &expect![
            "this is a bug in dormouse, please report it with the query and the version: a row of `Artist` has a value for each of its fields"
        ],
    );
}

#[test]
fn update() {
    let louder = call(Function::Add, [track(&["milliseconds"]), val(1)], Kind::I32);
    check_update(
        &TRACK,
        vec![(5, louder), (1, val("x"))],
        eq(track(&["id"]), 1_i64),
        &expect![[r#"
            SQLite: UPDATE "track" SET "milliseconds" = integer_fit(integer_add("track"."milliseconds", ?), -2147483648, 2147483647), "name" = ? WHERE "track"."id" = ? -- I64(1), Text("x"), I64(1)
            PostgreSQL: UPDATE "track" SET "milliseconds" = (CAST("track"."milliseconds" AS BIGINT) + CAST($1 AS BIGINT)), "name" = $2 WHERE "track"."id" = $3 -- I64(1), Text("x"), I64(1)
            MySQL, MariaDB: UPDATE `track` SET `milliseconds` = (`track`.`milliseconds` + ?), `name` = ? WHERE `track`.`id` = ? -- I64(1), Text("x"), I64(1)
        "#]],
    );
    check_update(
        &TRACK,
        vec![(4, val(Value::Null(Kind::Text)))],
        Condition::EMPTY,
        &expect![[r#"
        SQLite: UPDATE "track" SET "composer" = ? -- Null(Text)
        PostgreSQL: UPDATE "track" SET "composer" = $1 -- Null(Text)
        MySQL, MariaDB: UPDATE `track` SET `composer` = ? -- Null(Text)
    "#]],
    );
    check_update(
        &TRACK,
        vec![(7, val(2))],
        Condition::EMPTY,
        &expect![[r#"
        SQLite: UPDATE "track" SET "unit_price" = ? -- Decimal(2)
        PostgreSQL: UPDATE "track" SET "unit_price" = $1 -- Decimal(2)
        MySQL, MariaDB: UPDATE `track` SET `unit_price` = ? -- Decimal(2)
    "#]],
    );
    check_update(
        &TRACK,
        Vec::new(),
        Condition::EMPTY,
        &expect![[r#"
        all: nothing is sent
    "#]],
    );
    check_update(
        &TRACK,
        vec![(1, val("x"))],
        Condition::constant(false),
        &expect![[r#"
        all: nothing is sent
    "#]],
    );
}

#[test]
fn update_by_paths() {
    let rock = || eq(track(&["genre", "name"]), "Rock");
    check_update(
        &TRACK,
        vec![(1, val("x"))],
        rock(),
        &expect![[r#"
        SQLite: UPDATE "track" SET "name" = ? WHERE "track"."id" IN (SELECT "track"."id" FROM "track" INNER JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" WHERE "t1"."name" = ?) -- Text("x"), Text("Rock")
        PostgreSQL: UPDATE "track" SET "name" = $1 WHERE "track"."id" IN (SELECT "track"."id" FROM "track" INNER JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" WHERE "t1"."name" = $2) -- Text("x"), Text("Rock")
        MySQL, MariaDB: UPDATE `track` SET `name` = ? WHERE `track`.`id` IN (SELECT * FROM (SELECT `track`.`id` FROM `track` INNER JOIN `genre` AS `t1` ON `t1`.`id` = `track`.`genre_id` WHERE `t1`.`name` = ?) AS `s`) -- Text("x"), Text("Rock")
    "#]],
    );
    check_update(
        &TRACK,
        vec![(4, track(&["album", "artist", "name"]))],
        Condition::EMPTY,
        &expect![[r#"
        SQLite, PostgreSQL: UPDATE "track" SET "composer" = (SELECT "t2"."name" FROM "album" AS "t1" INNER JOIN "artist" AS "t2" ON "t2"."id" = "t1"."artist_id" WHERE "t1"."id" = "track"."album_id")
        MySQL, MariaDB: UPDATE `track` SET `composer` = (SELECT `t2`.`name` FROM `album` AS `t1` INNER JOIN `artist` AS `t2` ON `t2`.`id` = `t1`.`artist_id` WHERE `t1`.`id` = `track`.`album_id`)
    "#]],
    );
    check_update(
        &TRACK,
        vec![(4, track(&["genre", "name"]))],
        rock().negate(),
        &expect![[r#"
        SQLite: UPDATE "track" SET "composer" = (SELECT "t1"."name" FROM "genre" AS "t1" WHERE "t1"."id" = "track"."genre_id") WHERE "track"."id" IN (SELECT "track"."id" FROM "track" LEFT JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" WHERE ("t1"."name" <> ? OR "t1"."name" IS NULL)) -- Text("Rock")
        PostgreSQL: UPDATE "track" SET "composer" = (SELECT "t1"."name" FROM "genre" AS "t1" WHERE "t1"."id" = "track"."genre_id") WHERE "track"."id" IN (SELECT "track"."id" FROM "track" LEFT JOIN "genre" AS "t1" ON "t1"."id" = "track"."genre_id" WHERE ("t1"."name" <> $1 OR "t1"."name" IS NULL)) -- Text("Rock")
        MySQL, MariaDB: UPDATE `track` SET `composer` = (SELECT `t1`.`name` FROM `genre` AS `t1` WHERE `t1`.`id` = `track`.`genre_id`) WHERE `track`.`id` IN (SELECT * FROM (SELECT `track`.`id` FROM `track` LEFT JOIN `genre` AS `t1` ON `t1`.`id` = `track`.`genre_id` WHERE (`t1`.`name` <> ? OR `t1`.`name` IS NULL)) AS `s`) -- Text("Rock")
    "#]],
    );
    check_update(
        &EMPLOYEE,
        vec![(1, at(&EMPLOYEE, &["reports_to", "name"]))],
        eq(at(&EMPLOYEE, &["reports_to", "name"]), "x"),
        &expect![[r#"
            SQLite: UPDATE "employee" SET "name" = "t0"."c0" FROM (SELECT "employee"."id" AS "k0", "t1"."name" AS "c0" FROM "employee" INNER JOIN "employee" AS "t1" ON "t1"."id" = "employee"."reports_to_id" WHERE "t1"."name" = ? LIMIT -1) AS "t0" WHERE "t0"."k0" = "employee"."id" -- Text("x")
            PostgreSQL: UPDATE "employee" SET "name" = (SELECT "t1"."name" FROM "employee" AS "t1" WHERE "t1"."id" = "employee"."reports_to_id") WHERE "employee"."id" IN (SELECT "employee"."id" FROM "employee" INNER JOIN "employee" AS "t1" ON "t1"."id" = "employee"."reports_to_id" WHERE "t1"."name" = $1) -- Text("x")
            MySQL, MariaDB: UPDATE `employee` INNER JOIN (SELECT `employee`.`id` AS `k0`, `t1`.`name` AS `c0` FROM `employee` INNER JOIN `employee` AS `t1` ON `t1`.`id` = `employee`.`reports_to_id` WHERE `t1`.`name` = ? LIMIT 18446744073709551615) AS `t0` ON `t0`.`k0` = `employee`.`id` SET `employee`.`name` = `t0`.`c0` -- Text("x")
        "#]],
    );
    check_update(
        &TRACK,
        vec![(2, track(&["album", "artist", "id"]))],
        Condition::EMPTY,
        &expect![[r#"
        SQLite, PostgreSQL: UPDATE "track" SET "album_id" = (SELECT "t1"."artist_id" FROM "album" AS "t1" WHERE "t1"."id" = "track"."album_id")
        MySQL, MariaDB: UPDATE `track` SET `album_id` = (SELECT `t1`.`artist_id` FROM `album` AS `t1` WHERE `t1`.`id` = `track`.`album_id`)
    "#]],
    );
}

#[test]
fn updates_see_the_old_row() {
    let (bytes, milliseconds) = (track(&["bytes"]), track(&["milliseconds"]));
    check_update(
        &TRACK,
        vec![(5, val(0)), (6, milliseconds.clone())],
        Condition::EMPTY,
        &expect![[r#"
        SQLite: UPDATE "track" SET "milliseconds" = ?, "bytes" = "track"."milliseconds" -- I32(0)
        PostgreSQL: UPDATE "track" SET "milliseconds" = $1, "bytes" = "track"."milliseconds" -- I32(0)
        MySQL: UPDATE `track` SET `bytes` = `track`.`milliseconds`, `milliseconds` = ? -- I32(0)
        MariaDB: UPDATE `track` SET `milliseconds` = ?, `bytes` = `track`.`milliseconds` -- I32(0)
    "#]],
    );
    check_update(
        &TRACK,
        vec![(5, bytes), (6, milliseconds)],
        Condition::EMPTY,
        &expect![[r#"
        SQLite, PostgreSQL: UPDATE "track" SET "milliseconds" = "track"."bytes", "bytes" = "track"."milliseconds"
        MySQL: error: MySQL does not support columns that become each other in one UPDATE (update one after the other)
        MariaDB: UPDATE `track` SET `milliseconds` = `track`.`bytes`, `bytes` = `track`.`milliseconds`
    "#]],
    );
    let moved = vec![(2, val(1_i64)), (4, track(&["album", "title"]))];
    check_update(
        &TRACK,
        moved,
        Condition::EMPTY,
        &expect![[r#"
            SQLite: UPDATE "track" SET "album_id" = ?, "composer" = (SELECT "t1"."title" FROM "album" AS "t1" WHERE "t1"."id" = "track"."album_id") -- I64(1)
            PostgreSQL: UPDATE "track" SET "album_id" = $1, "composer" = (SELECT "t1"."title" FROM "album" AS "t1" WHERE "t1"."id" = "track"."album_id") -- I64(1)
            MySQL, MariaDB: UPDATE `track` INNER JOIN (SELECT `track`.`id` AS `k0`, `t1`.`title` AS `c1` FROM `track` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` LIMIT 18446744073709551615) AS `t0` ON `t0`.`k0` = `track`.`id` SET `track`.`album_id` = ?, `track`.`composer` = `t0`.`c1` -- I64(1)
        "#]],
    );
    let twice = Update {
        model: &TRACK,
        assignments: vec![(1, val("a")), (1, val("b"))],
        condition: Condition::EMPTY,
        tag: None,
    };
    check_error(|dialect| exec::update(&twice, dialect), &expect!["invalid query: `Track.name` is assigned twice"]);
}

#[test]
fn delete() {
    check_delete(
        &ALBUM,
        Condition::EMPTY,
        &expect![[r#"
        SQLite, PostgreSQL: DELETE FROM "album"
        MySQL, MariaDB: DELETE FROM `album`
    "#]],
    );
    check_delete(
        &ALBUM,
        eq(at(&ALBUM, &["artist"]), 1_i64).negate(),
        &expect![[r#"
        SQLite: DELETE FROM "album" WHERE "album"."artist_id" <> ? -- I64(1)
        PostgreSQL: DELETE FROM "album" WHERE "album"."artist_id" <> $1 -- I64(1)
        MySQL, MariaDB: DELETE FROM `album` WHERE `album`.`artist_id` <> ? -- I64(1)
    "#]],
    );
    check_delete(
        &ALBUM,
        eq(at(&ALBUM, &["artist", "name"]), "x"),
        &expect![[r#"
        SQLite: DELETE FROM "album" WHERE "album"."id" IN (SELECT "album"."id" FROM "album" INNER JOIN "artist" AS "t1" ON "t1"."id" = "album"."artist_id" WHERE "t1"."name" = ?) -- Text("x")
        PostgreSQL: DELETE FROM "album" WHERE "album"."id" IN (SELECT "album"."id" FROM "album" INNER JOIN "artist" AS "t1" ON "t1"."id" = "album"."artist_id" WHERE "t1"."name" = $1) -- Text("x")
        MySQL, MariaDB: DELETE FROM `album` WHERE `album`.`id` IN (SELECT * FROM (SELECT `album`.`id` FROM `album` INNER JOIN `artist` AS `t1` ON `t1`.`id` = `album`.`artist_id` WHERE `t1`.`name` = ?) AS `s`) -- Text("x")
    "#]],
    );
    check_delete(
        &EMPLOYEE,
        test(L::IsNull, [at(&EMPLOYEE, &["reports_to", "name"])]),
        &expect![[r#"
            SQLite, PostgreSQL: DELETE FROM "employee" WHERE "employee"."id" IN (SELECT "employee"."id" FROM "employee" LEFT JOIN "employee" AS "t1" ON "t1"."id" = "employee"."reports_to_id" WHERE "t1"."name" IS NULL)
            MySQL, MariaDB: DELETE `employee` FROM `employee` INNER JOIN (SELECT `employee`.`id` AS `k0` FROM `employee` LEFT JOIN `employee` AS `t1` ON `t1`.`id` = `employee`.`reports_to_id` WHERE `t1`.`name` IS NULL LIMIT 18446744073709551615) AS `t0` ON `t0`.`k0` = `employee`.`id`
        "#]],
    );
    check_delete(
        &PLAY,
        eq(at(&PLAY, &["track", "name"]), "x"),
        &expect![[r#"
        SQLite: DELETE FROM "play" WHERE ("play"."playlist_id", "play"."track_id") IN (SELECT "play"."playlist_id", "play"."track_id" FROM "play" INNER JOIN "track" AS "t1" ON "t1"."id" = "play"."track_id" WHERE "t1"."name" = ?) -- Text("x")
        PostgreSQL: DELETE FROM "play" WHERE ("play"."playlist_id", "play"."track_id") IN (SELECT "play"."playlist_id", "play"."track_id" FROM "play" INNER JOIN "track" AS "t1" ON "t1"."id" = "play"."track_id" WHERE "t1"."name" = $1) -- Text("x")
        MySQL, MariaDB: DELETE FROM `play` WHERE (`play`.`playlist_id`, `play`.`track_id`) IN (SELECT * FROM (SELECT `play`.`playlist_id`, `play`.`track_id` FROM `play` INNER JOIN `track` AS `t1` ON `t1`.`id` = `play`.`track_id` WHERE `t1`.`name` = ?) AS `s`) -- Text("x")
    "#]],
    );
}
