//! The queries of prefetches: the rows behind some keys.

use expect_test::{Expect, expect};

use super::check::check_select;
use super::music::{self, ALBUM, ARTIST, EMPLOYEE, PLAY, PLAYLIST, TRACK};
use crate::ast::{Prefetch, Select};
use crate::model::{Column, Link, ModelDef, OnDelete, Path};
use crate::planner::{Children, ToldBy};
use crate::value::Value;

/// The prefetch of a relation to one row.
fn one(model: &'static ModelDef, field: &str) -> Prefetch {
    let key = Column { path: Path::root_of(model), field: model.field(field).unwrap() };
    Prefetch::to_one(key, Select::all((key.field.foreign_key.unwrap().target)()))
}

/// The prefetch of a relation to many rows.
fn many(model: &'static ModelDef, relation: &str) -> Prefetch {
    let relation = model.relation(relation).unwrap();
    Prefetch::to_many(Path::root_of(model), relation, Select::all((relation.target)()))
}

/// Holds the query of a prefetch against the text expected, and what its rows are told by.
fn check_children(prefetch: &Prefetch, told_by: ToldBy, expected: &Expect) {
    let children = Children::of(prefetch, vec![Value::I64(1), Value::I64(2)], &[]).unwrap();
    check_select(&children.select, expected);
    assert_eq!(children.told_by, told_by);
}

/// Holds the error of a prefetch against the text expected.
fn check_refused(prefetch: &Prefetch, expected: &Expect) {
    expected.assert_eq(&Children::of(prefetch, vec![Value::I64(1)], &[]).unwrap_err().to_string());
}

#[test]
fn one_row_by_its_key() {
    check_children(
        &one(&ALBUM, "artist"),
        ToldBy::Itself,
        &expect![[r#"
        SQLite: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" IN (?, ?) -- I64(1), I64(2)
        PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = ANY($1) -- List(I64, [I64(1), I64(2)])
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` WHERE `artist`.`id` IN (?, ?) -- I64(1), I64(2)
    "#]],
    );
    check_children(
        &one(&EMPLOYEE, "reports_to"),
        ToldBy::Itself,
        &expect![[r#"
        SQLite: SELECT "employee"."id", "employee"."name", "employee"."reports_to_id", "employee"."hired" FROM "employee" WHERE "employee"."id" IN (?, ?) -- I64(1), I64(2)
        PostgreSQL: SELECT "employee"."id", "employee"."name", "employee"."reports_to_id", "employee"."hired" FROM "employee" WHERE "employee"."id" = ANY($1) -- List(I64, [I64(1), I64(2)])
        MySQL, MariaDB: SELECT `employee`.`id`, `employee`.`name`, `employee`.`reports_to_id`, `employee`.`hired` FROM `employee` WHERE `employee`.`id` IN (?, ?) -- I64(1), I64(2)
    "#]],
    );
}

#[test]
fn many_rows_by_their_foreign_key() {
    check_children(
        &many(&ARTIST, "albums"),
        ToldBy::Key(Link::One(2)),
        &expect![[r#"
        SQLite: SELECT "album"."id", "album"."title", "album"."artist_id" FROM "album" WHERE "album"."artist_id" IN (?, ?) ORDER BY "album"."id" -- I64(1), I64(2)
        PostgreSQL: SELECT "album"."id", "album"."title", "album"."artist_id" FROM "album" WHERE "album"."artist_id" = ANY($1) ORDER BY "album"."id" -- List(I64, [I64(1), I64(2)])
        MySQL, MariaDB: SELECT `album`.`id`, `album`.`title`, `album`.`artist_id` FROM `album` WHERE `album`.`artist_id` IN (?, ?) ORDER BY `album`.`id` -- I64(1), I64(2)
    "#]],
    );
    check_children(
        &many(&EMPLOYEE, "reports"),
        ToldBy::Key(Link::One(2)),
        &expect![[r#"
        SQLite: SELECT "employee"."id", "employee"."name", "employee"."reports_to_id", "employee"."hired" FROM "employee" WHERE "employee"."reports_to_id" IN (?, ?) ORDER BY "employee"."hired" DESC, "employee"."name" -- I64(1), I64(2)
        PostgreSQL: SELECT "employee"."id", "employee"."name", "employee"."reports_to_id", "employee"."hired" FROM "employee" WHERE "employee"."reports_to_id" = ANY($1) ORDER BY "employee"."hired" DESC, "employee"."name" -- List(I64, [I64(1), I64(2)])
        MySQL, MariaDB: SELECT `employee`.`id`, `employee`.`name`, `employee`.`reports_to_id`, `employee`.`hired` FROM `employee` WHERE `employee`.`reports_to_id` IN (?, ?) ORDER BY `employee`.`hired` DESC, `employee`.`name` -- I64(1), I64(2)
    "#]],
    );
}

#[test]
fn pairs() {
    check_children(
        &many(&PLAYLIST, "tracks"),
        ToldBy::Next,
        &expect![[r#"
        SQLite: SELECT "t1"."id", "t1"."name", "t1"."album_id", "t1"."genre_id", "t1"."composer", "t1"."milliseconds", "t1"."bytes", "t1"."unit_price", "t1"."live", "t1"."rating", "playlist_tracks"."playlist_id" FROM "playlist_tracks" INNER JOIN "track" AS "t1" ON "t1"."id" = "playlist_tracks"."track_id" WHERE "playlist_tracks"."playlist_id" IN (?, ?) ORDER BY "playlist_tracks"."track_id" -- I64(1), I64(2)
        PostgreSQL: SELECT "t1"."id", "t1"."name", "t1"."album_id", "t1"."genre_id", "t1"."composer", "t1"."milliseconds", "t1"."bytes", "t1"."unit_price", "t1"."live", "t1"."rating", "playlist_tracks"."playlist_id" FROM "playlist_tracks" INNER JOIN "track" AS "t1" ON "t1"."id" = "playlist_tracks"."track_id" WHERE "playlist_tracks"."playlist_id" = ANY($1) ORDER BY "playlist_tracks"."track_id" -- List(I64, [I64(1), I64(2)])
        MySQL, MariaDB: SELECT `t1`.`id`, `t1`.`name`, `t1`.`album_id`, `t1`.`genre_id`, `t1`.`composer`, `t1`.`milliseconds`, `t1`.`bytes`, `t1`.`unit_price`, `t1`.`live`, `t1`.`rating`, `playlist_tracks`.`playlist_id` FROM `playlist_tracks` INNER JOIN `track` AS `t1` ON `t1`.`id` = `playlist_tracks`.`track_id` WHERE `playlist_tracks`.`playlist_id` IN (?, ?) ORDER BY `playlist_tracks`.`track_id` -- I64(1), I64(2)
    "#]],
    );
    check_children(
        &many(&TRACK, "playlists"),
        ToldBy::Next,
        &expect![[r#"
        SQLite: SELECT "t1"."id", "t1"."name", "playlist_tracks"."track_id" FROM "playlist_tracks" INNER JOIN "playlist" AS "t1" ON "t1"."id" = "playlist_tracks"."playlist_id" WHERE "playlist_tracks"."track_id" IN (?, ?) ORDER BY "playlist_tracks"."playlist_id" -- I64(1), I64(2)
        PostgreSQL: SELECT "t1"."id", "t1"."name", "playlist_tracks"."track_id" FROM "playlist_tracks" INNER JOIN "playlist" AS "t1" ON "t1"."id" = "playlist_tracks"."playlist_id" WHERE "playlist_tracks"."track_id" = ANY($1) ORDER BY "playlist_tracks"."playlist_id" -- List(I64, [I64(1), I64(2)])
        MySQL, MariaDB: SELECT `t1`.`id`, `t1`.`name`, `playlist_tracks`.`track_id` FROM `playlist_tracks` INNER JOIN `playlist` AS `t1` ON `t1`.`id` = `playlist_tracks`.`playlist_id` WHERE `playlist_tracks`.`track_id` IN (?, ?) ORDER BY `playlist_tracks`.`playlist_id` -- I64(1), I64(2)
    "#]],
    );
}

#[test]
fn pairs_with_a_model() {
    check_children(
        &many(&PLAYLIST, "played"),
        ToldBy::Next,
        &expect![[r#"
        SQLite: SELECT "t1"."id", "t1"."name", "t1"."album_id", "t1"."genre_id", "t1"."composer", "t1"."milliseconds", "t1"."bytes", "t1"."unit_price", "t1"."live", "t1"."rating", "play"."playlist_id" FROM "play" INNER JOIN "track" AS "t1" ON "t1"."id" = "play"."track_id" WHERE "play"."playlist_id" IN (?, ?) ORDER BY "play"."track_id" -- I64(1), I64(2)
        PostgreSQL: SELECT "t1"."id", "t1"."name", "t1"."album_id", "t1"."genre_id", "t1"."composer", "t1"."milliseconds", "t1"."bytes", "t1"."unit_price", "t1"."live", "t1"."rating", "play"."playlist_id" FROM "play" INNER JOIN "track" AS "t1" ON "t1"."id" = "play"."track_id" WHERE "play"."playlist_id" = ANY($1) ORDER BY "play"."track_id" -- List(I64, [I64(1), I64(2)])
        MySQL, MariaDB: SELECT `t1`.`id`, `t1`.`name`, `t1`.`album_id`, `t1`.`genre_id`, `t1`.`composer`, `t1`.`milliseconds`, `t1`.`bytes`, `t1`.`unit_price`, `t1`.`live`, `t1`.`rating`, `play`.`playlist_id` FROM `play` INNER JOIN `track` AS `t1` ON `t1`.`id` = `play`.`track_id` WHERE `play`.`playlist_id` IN (?, ?) ORDER BY `play`.`track_id` -- I64(1), I64(2)
    "#]],
    );
    check_children(
        &many(&TRACK, "played_on"),
        ToldBy::Next,
        &expect![[r#"
        SQLite: SELECT "t1"."id", "t1"."name", "play"."track_id" FROM "play" INNER JOIN "playlist" AS "t1" ON "t1"."id" = "play"."playlist_id" WHERE "play"."track_id" IN (?, ?) ORDER BY "play"."playlist_id" -- I64(1), I64(2)
        PostgreSQL: SELECT "t1"."id", "t1"."name", "play"."track_id" FROM "play" INNER JOIN "playlist" AS "t1" ON "t1"."id" = "play"."playlist_id" WHERE "play"."track_id" = ANY($1) ORDER BY "play"."playlist_id" -- List(I64, [I64(1), I64(2)])
        MySQL, MariaDB: SELECT `t1`.`id`, `t1`.`name`, `play`.`track_id` FROM `play` INNER JOIN `playlist` AS `t1` ON `t1`.`id` = `play`.`playlist_id` WHERE `play`.`track_id` IN (?, ?) ORDER BY `play`.`playlist_id` -- I64(1), I64(2)
    "#]],
    );
}

static SINGER: ModelDef = ModelDef {
    name: "Singer",
    table: "singer",
    fields: ARTIST.fields,
    primary_key: &[0],
    ordering: ARTIST.ordering,
    relations: &[
        music::pairs("fans", || &SINGER, None, None),
        music::pairs("fan_of", || &SINGER, None, Some("fans")),
        music::pairs("duets", || &SINGER, Some(|| &DUET), None),
        music::pairs("sung_with", || &SINGER, None, Some("duets")),
        music::pairs("songs", || &TRACK, Some(|| &DUET), None),
        music::pairs("lost", || &TRACK, None, Some("found")),
        music::many("albums", || &ALBUM, "singer"),
    ],
    ..ModelDef::PLAIN
};

/// The second of two singers may be missing.
static DUET: ModelDef = ModelDef {
    name: "Duet",
    table: "duet",
    fields: &[
        music::key("first", "first_id", || &SINGER, OnDelete::Cascade, false),
        music::key("second", "second_id", || &SINGER, OnDelete::SetNull, true),
    ],
    primary_key: &[0],
    ..ModelDef::PLAIN
};

#[test]
fn pairs_of_one_model() {
    check_children(
        &many(&SINGER, "fans"),
        ToldBy::Next,
        &expect![[r#"
        SQLite: SELECT "t1"."id", "t1"."name", "singer_fans"."from_singer_id" FROM "singer_fans" INNER JOIN "singer" AS "t1" ON "t1"."id" = "singer_fans"."to_singer_id" WHERE "singer_fans"."from_singer_id" IN (?, ?) ORDER BY "t1"."name" -- I64(1), I64(2)
        PostgreSQL: SELECT "t1"."id", "t1"."name", "singer_fans"."from_singer_id" FROM "singer_fans" INNER JOIN "singer" AS "t1" ON "t1"."id" = "singer_fans"."to_singer_id" WHERE "singer_fans"."from_singer_id" = ANY($1) ORDER BY "t1"."name" -- List(I64, [I64(1), I64(2)])
        MySQL, MariaDB: SELECT `t1`.`id`, `t1`.`name`, `singer_fans`.`from_singer_id` FROM `singer_fans` INNER JOIN `singer` AS `t1` ON `t1`.`id` = `singer_fans`.`to_singer_id` WHERE `singer_fans`.`from_singer_id` IN (?, ?) ORDER BY `t1`.`name` -- I64(1), I64(2)
    "#]],
    );
    check_children(
        &many(&SINGER, "fan_of"),
        ToldBy::Next,
        &expect![[r#"
        SQLite: SELECT "t1"."id", "t1"."name", "singer_fans"."to_singer_id" FROM "singer_fans" INNER JOIN "singer" AS "t1" ON "t1"."id" = "singer_fans"."from_singer_id" WHERE "singer_fans"."to_singer_id" IN (?, ?) ORDER BY "t1"."name" -- I64(1), I64(2)
        PostgreSQL: SELECT "t1"."id", "t1"."name", "singer_fans"."to_singer_id" FROM "singer_fans" INNER JOIN "singer" AS "t1" ON "t1"."id" = "singer_fans"."from_singer_id" WHERE "singer_fans"."to_singer_id" = ANY($1) ORDER BY "t1"."name" -- List(I64, [I64(1), I64(2)])
        MySQL, MariaDB: SELECT `t1`.`id`, `t1`.`name`, `singer_fans`.`to_singer_id` FROM `singer_fans` INNER JOIN `singer` AS `t1` ON `t1`.`id` = `singer_fans`.`from_singer_id` WHERE `singer_fans`.`to_singer_id` IN (?, ?) ORDER BY `t1`.`name` -- I64(1), I64(2)
    "#]],
    );
    check_children(
        &many(&SINGER, "duets"),
        ToldBy::Next,
        &expect![[r#"
            SQLite: SELECT "t1"."id", "t1"."name", "duet"."first_id" FROM "duet" INNER JOIN "singer" AS "t1" ON "t1"."id" = "duet"."second_id" WHERE "duet"."first_id" IN (?, ?) ORDER BY "t1"."name" -- I64(1), I64(2)
            PostgreSQL: SELECT "t1"."id", "t1"."name", "duet"."first_id" FROM "duet" INNER JOIN "singer" AS "t1" ON "t1"."id" = "duet"."second_id" WHERE "duet"."first_id" = ANY($1) ORDER BY "t1"."name" -- List(I64, [I64(1), I64(2)])
            MySQL, MariaDB: SELECT `t1`.`id`, `t1`.`name`, `duet`.`first_id` FROM `duet` INNER JOIN `singer` AS `t1` ON `t1`.`id` = `duet`.`second_id` WHERE `duet`.`first_id` IN (?, ?) ORDER BY `t1`.`name` -- I64(1), I64(2)
        "#]],
    );
    check_children(
        &many(&SINGER, "sung_with"),
        ToldBy::Next,
        &expect![[r#"
        SQLite: SELECT "t1"."id", "t1"."name", "duet"."second_id" FROM "duet" INNER JOIN "singer" AS "t1" ON "t1"."id" = "duet"."first_id" WHERE "duet"."second_id" IN (?, ?) ORDER BY "t1"."name" -- I64(1), I64(2)
        PostgreSQL: SELECT "t1"."id", "t1"."name", "duet"."second_id" FROM "duet" INNER JOIN "singer" AS "t1" ON "t1"."id" = "duet"."first_id" WHERE "duet"."second_id" = ANY($1) ORDER BY "t1"."name" -- List(I64, [I64(1), I64(2)])
        MySQL, MariaDB: SELECT `t1`.`id`, `t1`.`name`, `duet`.`second_id` FROM `duet` INNER JOIN `singer` AS `t1` ON `t1`.`id` = `duet`.`first_id` WHERE `duet`.`second_id` IN (?, ?) ORDER BY `t1`.`name` -- I64(1), I64(2)
    "#]],
    );
}

#[test]
fn relations_that_lead_nowhere() {
    static SQUARE: ModelDef = ModelDef {
        name: "Square",
        table: "square",
        fields: PLAY.fields,
        primary_key: &[0, 1],
        relations: &[music::pairs("tracks", || &TRACK, None, None)],
        ..ModelDef::PLAIN
    };
    check_refused(
        &many(&SQUARE, "tracks"),
        &expect!["configuration: `Square` needs a primary key of one column to be referred to"],
    );
    check_refused(
        &many(&SINGER, "songs"),
        &expect![
            "configuration: `Singer.songs` cannot have the pairs of `Duet`: that needs one foreign key to `Singer` and one to `Track`, and no more"
        ],
    );
    check_refused(&many(&SINGER, "lost"), &expect!["configuration: `Singer.lost` is no relation by pairs"]);
    check_refused(&many(&SINGER, "albums"), &expect!["invalid query: `Album` has no field `singer`"]);
    let stranger = Prefetch { model: &TRACK, ..one(&ALBUM, "artist") };
    expect![
        "this is a bug in dormouse, please report it with the query and the version: `Track` has no relation `artist`"
    ]
    .assert_eq(&stranger.link().unwrap_err().to_string());
}
