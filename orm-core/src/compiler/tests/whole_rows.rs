//! SELECTs of whole rows, whose texts are kept.

use std::sync::Arc;

use expect_test::expect;

use super::check::{check_select, eq};
use super::music::{ALBUM, ARTIST, TRACK, at};
use crate::ast::{Condition, Select};
use crate::dialect::Dialect;
use crate::exec;
use crate::model::ModelDef;
use crate::value::{Kind, Value};

fn one(model: &'static ModelDef, condition: Condition) -> Select {
    Select { condition, order: Some(Vec::new()), limit: Some(2), ..Select::all(model) }
}

fn artist(id: i64) -> Select {
    one(&ARTIST, eq(at(&ARTIST, &["id"]), id))
}

#[test]
fn the_text_is_kept_and_the_value_is_not() {
    check_select(
        &artist(1),
        &expect![[r#"
        SQLite: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = ? LIMIT 2 -- I64(1)
        PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = $1 LIMIT $2 -- I64(1), I64(2)
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` WHERE `artist`.`id` = ? LIMIT ? -- I64(1), I64(2)
    "#]],
    );
    check_select(
        &artist(2),
        &expect![[r#"
        SQLite: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = ? LIMIT 2 -- I64(2)
        PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = $1 LIMIT $2 -- I64(2), I64(2)
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` WHERE `artist`.`id` = ? LIMIT ? -- I64(2), I64(2)
    "#]],
    );
    for dialect in Dialect::all() {
        let [first, second] = [1, 2].map(|id| exec::select(&artist(id), &dialect).unwrap().unwrap());
        assert!(Arc::ptr_eq(&first.sql, &second.sql));
    }
}

#[test]
fn what_else_is_asked_has_a_text_of_its_own() {
    check_select(
        &artist(1),
        &expect![[r#"
        SQLite: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = ? LIMIT 2 -- I64(1)
        PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = $1 LIMIT $2 -- I64(1), I64(2)
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` WHERE `artist`.`id` = ? LIMIT ? -- I64(1), I64(2)
    "#]],
    );
    check_select(
        &Select { limit: Some(1), ..artist(3) },
        &expect![[r#"
        SQLite: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = ? LIMIT 1 -- I64(3)
        PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = $1 LIMIT $2 -- I64(3), I64(1)
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` WHERE `artist`.`id` = ? LIMIT ? -- I64(3), I64(1)
    "#]],
    );
    check_select(
        &Select { limit: Some(0), ..artist(3) },
        &expect![[r#"
        all: nothing is sent
    "#]],
    );
    check_select(
        &Select { offset: 1, ..artist(3) },
        &expect![[r#"
        SQLite: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = ? LIMIT 2 OFFSET ? -- I64(3), I64(1)
        PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = $1 LIMIT $2 OFFSET $3 -- I64(3), I64(2), I64(1)
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` WHERE `artist`.`id` = ? LIMIT ? OFFSET ? -- I64(3), I64(2), I64(1)
    "#]],
    );
    check_select(
        &Select { order: None, ..artist(3) },
        &expect![[r#"
        SQLite: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = ? ORDER BY "artist"."name" LIMIT 2 -- I64(3)
        PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = $1 ORDER BY "artist"."name" LIMIT $2 -- I64(3), I64(2)
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` WHERE `artist`.`id` = ? ORDER BY `artist`.`name` LIMIT ? -- I64(3), I64(2)
    "#]],
    );
    check_select(
        &Select { distinct: true, ..artist(3) },
        &expect![[r#"
        SQLite: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = ? LIMIT 2 -- I64(3)
        PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = $1 LIMIT $2 -- I64(3), I64(2)
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` WHERE `artist`.`id` = ? LIMIT ? -- I64(3), I64(2)
    "#]],
    );
    check_select(
        &one(&ARTIST, artist(3).condition.negate()),
        &expect![[r#"
        SQLite: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" <> ? LIMIT 2 -- I64(3)
        PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" <> $1 LIMIT $2 -- I64(3), I64(2)
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` WHERE `artist`.`id` <> ? LIMIT ? -- I64(3), I64(2)
    "#]],
    );
    check_select(
        &one(&ARTIST, eq(at(&ARTIST, &["name"]), "3")),
        &expect![[r#"
        SQLite: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."name" = ? LIMIT 2 -- Text("3")
        PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."name" = $1 LIMIT $2 -- Text("3"), I64(2)
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` WHERE `artist`.`name` = ? LIMIT ? -- Text("3"), I64(2)
    "#]],
    );
    check_select(
        &one(&ARTIST, eq(at(&ARTIST, &["id"]), Value::Null(Kind::I64))),
        &expect![[r#"
        SQLite: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" IS NULL LIMIT 2
        PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" IS NULL LIMIT $1 -- I64(2)
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` WHERE `artist`.`id` IS NULL LIMIT ? -- I64(2)
    "#]],
    );
    check_select(
        &one(&TRACK, eq(at(&TRACK, &["album", "id"]), 3_i64)),
        &expect![[r#"
        SQLite: SELECT "track"."id", "track"."name", "track"."album_id", "track"."genre_id", "track"."composer", "track"."milliseconds", "track"."bytes", "track"."unit_price", "track"."live", "track"."rating" FROM "track" WHERE "track"."album_id" = ? LIMIT 2 -- I64(3)
        PostgreSQL: SELECT "track"."id", "track"."name", "track"."album_id", "track"."genre_id", "track"."composer", "track"."milliseconds", "track"."bytes", "track"."unit_price", "track"."live", "track"."rating" FROM "track" WHERE "track"."album_id" = $1 LIMIT $2 -- I64(3), I64(2)
        MySQL, MariaDB: SELECT `track`.`id`, `track`.`name`, `track`.`album_id`, `track`.`genre_id`, `track`.`composer`, `track`.`milliseconds`, `track`.`bytes`, `track`.`unit_price`, `track`.`live`, `track`.`rating` FROM `track` WHERE `track`.`album_id` = ? LIMIT ? -- I64(3), I64(2)
    "#]],
    );
}

#[test]
fn each_column_and_each_order_has_a_text_of_its_own() {
    let all = || Select { order: Some(Vec::new()), ..Select::all(&ALBUM) };
    let by = |column| Select { condition: eq(at(&ALBUM, &[column]), 3_i64), ..all() };
    for _ in 0..2 {
        check_select(
            &all(),
            &expect![[r#"
            SQLite, PostgreSQL: SELECT "album"."id", "album"."title", "album"."artist_id" FROM "album"
            MySQL, MariaDB: SELECT `album`.`id`, `album`.`title`, `album`.`artist_id` FROM `album`
        "#]],
        );
        check_select(
            &by("id"),
            &expect![[r#"
            SQLite: SELECT "album"."id", "album"."title", "album"."artist_id" FROM "album" WHERE "album"."id" = ? -- I64(3)
            PostgreSQL: SELECT "album"."id", "album"."title", "album"."artist_id" FROM "album" WHERE "album"."id" = $1 -- I64(3)
            MySQL, MariaDB: SELECT `album`.`id`, `album`.`title`, `album`.`artist_id` FROM `album` WHERE `album`.`id` = ? -- I64(3)
        "#]],
        );
        check_select(
            &by("artist"),
            &expect![[r#"
            SQLite: SELECT "album"."id", "album"."title", "album"."artist_id" FROM "album" WHERE "album"."artist_id" = ? -- I64(3)
            PostgreSQL: SELECT "album"."id", "album"."title", "album"."artist_id" FROM "album" WHERE "album"."artist_id" = $1 -- I64(3)
            MySQL, MariaDB: SELECT `album`.`id`, `album`.`title`, `album`.`artist_id` FROM `album` WHERE `album`.`artist_id` = ? -- I64(3)
        "#]],
        );
        check_select(
            &Select::all(&ARTIST),
            &expect![[r#"
            SQLite, PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" ORDER BY "artist"."name"
            MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` ORDER BY `artist`.`name`
        "#]],
        );
        check_select(
            &Select { order: Some(Vec::new()), ..Select::all(&ARTIST) },
            &expect![[r#"
            SQLite, PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist"
            MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist`
        "#]],
        );
    }
}

#[test]
fn of_a_table_of_others_none_is_kept() {
    static OF_OTHERS: ModelDef = ModelDef { managed: false, ..ARTIST };
    for dialect in Dialect::all() {
        let one = one(&OF_OTHERS, eq(at(&OF_OTHERS, &["id"]), 1_i64));
        let [first, second] = [(); 2].map(|()| exec::select(&one, &dialect).unwrap().unwrap());
        assert!(!Arc::ptr_eq(&first.sql, &second.sql));
    }
}
