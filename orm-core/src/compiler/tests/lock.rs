//! Row locks.

use expect_test::expect;

use super::check::{check_select, values};
use super::music::{ALBUM, TRACK, at, path, track};
use crate::ast::{Lock, Select, Wait};

#[test]
fn locks() {
    let locked = |lock| Select { lock: Some(lock), limit: Some(5), ..values(&TRACK, vec![track(&["id"])]) };
    check_select(
        &locked(Lock::default()),
        &expect![[r#"
            SQLite: SELECT "track"."id" FROM "track" LIMIT 5
            PostgreSQL: SELECT "track"."id" FROM "track" LIMIT $1 FOR UPDATE -- I64(5)
            MySQL, MariaDB: SELECT `track`.`id` FROM `track` LIMIT ? FOR UPDATE -- I64(5)
        "#]],
    );
    check_select(
        &locked(Lock { wait: Wait::NoWait, ..Lock::default() }),
        &expect![[r#"
            SQLite: SELECT "track"."id" FROM "track" LIMIT 5
            PostgreSQL: SELECT "track"."id" FROM "track" LIMIT $1 FOR UPDATE NOWAIT -- I64(5)
            MySQL, MariaDB: SELECT `track`.`id` FROM `track` LIMIT ? FOR UPDATE NOWAIT -- I64(5)
        "#]],
    );
    check_select(
        &locked(Lock { wait: Wait::Skip, ..Lock::default() }),
        &expect![[r#"
            SQLite: SELECT "track"."id" FROM "track" LIMIT 5
            PostgreSQL: SELECT "track"."id" FROM "track" LIMIT $1 FOR UPDATE SKIP LOCKED -- I64(5)
            MySQL, MariaDB: SELECT `track`.`id` FROM `track` LIMIT ? FOR UPDATE SKIP LOCKED -- I64(5)
        "#]],
    );
    check_select(
        &locked(Lock { no_key: true, ..Lock::default() }),
        &expect![[r#"
            SQLite: SELECT "track"."id" FROM "track" LIMIT 5
            PostgreSQL: SELECT "track"."id" FROM "track" LIMIT $1 FOR NO KEY UPDATE -- I64(5)
            MySQL: error: MySQL does not support `no_key` of `select_for_update`
            MariaDB: error: MariaDB does not support `no_key` of `select_for_update`
        "#]],
    );
}

#[test]
fn locks_on_joined_tables() {
    let nullable = values(&TRACK, vec![track(&["album", "title"])]);
    check_select(
        &Select { lock: Some(Lock::default()), ..nullable.clone() },
        &expect![[r#"
        SQLite: SELECT "t1"."title" FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id"
        PostgreSQL: SELECT "t1"."title" FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" FOR UPDATE OF "track"
        MySQL: SELECT `t1`.`title` FROM `track` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` FOR UPDATE OF `track`
        MariaDB: SELECT `t1`.`title` FROM `track` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` FOR UPDATE
    "#]],
    );
    let of = vec![path(&TRACK, &["album"])];
    check_select(
        &Select { lock: Some(Lock { of, ..Lock::default() }), ..nullable },
        &expect![[r#"
            all: error: invalid query: `of` names `Track.album`, whose row may be missing: ask only for rows that have one, by a condition on one of its columns, or lock it by a query of its own
        "#]],
    );
    let inner = values(&ALBUM, vec![at(&ALBUM, &["artist", "name"])]);
    check_select(
        &Select { lock: Some(Lock::default()), ..inner.clone() },
        &expect![[r#"
        SQLite: SELECT "t1"."name" FROM "album" INNER JOIN "artist" AS "t1" ON "t1"."id" = "album"."artist_id"
        PostgreSQL: SELECT "t1"."name" FROM "album" INNER JOIN "artist" AS "t1" ON "t1"."id" = "album"."artist_id" FOR UPDATE
        MySQL, MariaDB: SELECT `t1`.`name` FROM `album` INNER JOIN `artist` AS `t1` ON `t1`.`id` = `album`.`artist_id` FOR UPDATE
    "#]],
    );
    let of = vec![path(&ALBUM, &[])];
    check_select(
        &Select { lock: Some(Lock { of, ..Lock::default() }), ..inner },
        &expect![[r#"
        SQLite: SELECT "t1"."name" FROM "album" INNER JOIN "artist" AS "t1" ON "t1"."id" = "album"."artist_id"
        PostgreSQL: SELECT "t1"."name" FROM "album" INNER JOIN "artist" AS "t1" ON "t1"."id" = "album"."artist_id" FOR UPDATE OF "album"
        MySQL: SELECT `t1`.`name` FROM `album` INNER JOIN `artist` AS `t1` ON `t1`.`id` = `album`.`artist_id` FOR UPDATE OF `album`
        MariaDB: error: MariaDB does not support `of` of `select_for_update`
    "#]],
    );
}
