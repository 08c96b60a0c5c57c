//! Every lookup and its complement, on columns that can be NULL and on others.

use expect_test::expect;
use rust_decimal::Decimal;

use super::check::{and, call, check_condition, check_select, eq, list, or, select, test, val, values};
use super::music::{PLAY, TRACK, track};
use crate::ast::{Condition, Connector, Function, LookupOperator as L, Node, one_of};
use crate::exec;
use crate::model::Path;
use crate::value::{Kind, Value};

fn live() -> Condition {
    test(L::IsTrue, [track(&["live"])])
}

#[test]
fn equal() {
    check_condition(
        &eq(track(&["name"]), "x"),
        &expect![[r#"
        SQLite: … WHERE "track"."name" = ? -- Text("x")
        PostgreSQL: … WHERE "track"."name" = $1 -- Text("x")
        MySQL, MariaDB: … WHERE `track`.`name` = ? -- Text("x")
        SQLite: … WHERE "track"."name" <> ? -- Text("x")
        PostgreSQL: … WHERE "track"."name" <> $1 -- Text("x")
        MySQL, MariaDB: … WHERE `track`.`name` <> ? -- Text("x")
    "#]],
    );
    check_condition(
        &eq(track(&["composer"]), "x"),
        &expect![[r#"
        SQLite: … WHERE "track"."composer" = ? -- Text("x")
        PostgreSQL: … WHERE "track"."composer" = $1 -- Text("x")
        MySQL, MariaDB: … WHERE `track`.`composer` = ? -- Text("x")
        SQLite: … WHERE ("track"."composer" <> ? OR "track"."composer" IS NULL) -- Text("x")
        PostgreSQL: … WHERE ("track"."composer" <> $1 OR "track"."composer" IS NULL) -- Text("x")
        MySQL, MariaDB: … WHERE (`track`.`composer` <> ? OR `track`.`composer` IS NULL) -- Text("x")
    "#]],
    );
    check_condition(
        &eq(track(&["composer"]), Value::Null(Kind::Text)),
        &expect![[r#"
        SQLite, PostgreSQL: … WHERE "track"."composer" IS NULL
        MySQL, MariaDB: … WHERE `track`.`composer` IS NULL
        SQLite, PostgreSQL: … WHERE "track"."composer" IS NOT NULL
        MySQL, MariaDB: … WHERE `track`.`composer` IS NOT NULL
    "#]],
    );
    check_condition(
        &test(L::Eq, [track(&["album"]), track(&["genre"])]),
        &expect![[r#"
        SQLite, PostgreSQL: … WHERE "track"."album_id" = "track"."genre_id"
        MySQL, MariaDB: … WHERE `track`.`album_id` = `track`.`genre_id`
        SQLite, PostgreSQL: … WHERE ("track"."album_id" = "track"."genre_id") IS NOT TRUE
        MySQL, MariaDB: … WHERE (`track`.`album_id` = `track`.`genre_id`) IS NOT TRUE
    "#]],
    );
    check_condition(
        &test(L::Eq, [val("x"), track(&["composer"])]),
        &expect![[r#"
        SQLite: … WHERE ? = "track"."composer" -- Text("x")
        PostgreSQL: … WHERE $1 = "track"."composer" -- Text("x")
        MySQL, MariaDB: … WHERE ? = `track`.`composer` -- Text("x")
        SQLite: … WHERE (? <> "track"."composer" OR "track"."composer" IS NULL) -- Text("x")
        PostgreSQL: … WHERE ($1 <> "track"."composer" OR "track"."composer" IS NULL) -- Text("x")
        MySQL, MariaDB: … WHERE (? <> `track`.`composer` OR `track`.`composer` IS NULL) -- Text("x")
    "#]],
    );
    check_condition(
        &test(L::Eq, [val(1), val(2)]),
        &expect![[r#"
        SQLite: … WHERE ? = ? -- I32(1), I32(2)
        PostgreSQL: … WHERE CAST($1 AS INTEGER) = CAST($2 AS INTEGER) -- I32(1), I32(2)
        MySQL, MariaDB: … WHERE CAST(? AS SIGNED) = CAST(? AS SIGNED) -- I32(1), I32(2)
        SQLite: … WHERE ? <> ? -- I32(1), I32(2)
        PostgreSQL: … WHERE CAST($1 AS INTEGER) <> CAST($2 AS INTEGER) -- I32(1), I32(2)
        MySQL, MariaDB: … WHERE CAST(? AS SIGNED) <> CAST(? AS SIGNED) -- I32(1), I32(2)
    "#]],
    );
}

#[test]
fn different() {
    check_condition(
        &test(L::Differs, [track(&["name"]), val("x")]),
        &expect![[r#"
        SQLite: … WHERE "track"."name" <> ? -- Text("x")
        PostgreSQL: … WHERE "track"."name" <> $1 -- Text("x")
        MySQL, MariaDB: … WHERE `track`.`name` <> ? -- Text("x")
        SQLite: … WHERE "track"."name" = ? -- Text("x")
        PostgreSQL: … WHERE "track"."name" = $1 -- Text("x")
        MySQL, MariaDB: … WHERE `track`.`name` = ? -- Text("x")
    "#]],
    );
    check_condition(
        &test(L::Differs, [track(&["composer"]), val("x")]),
        &expect![[r#"
        SQLite: … WHERE "track"."composer" <> ? -- Text("x")
        PostgreSQL: … WHERE "track"."composer" <> $1 -- Text("x")
        MySQL, MariaDB: … WHERE `track`.`composer` <> ? -- Text("x")
        SQLite: … WHERE ("track"."composer" = ? OR "track"."composer" IS NULL) -- Text("x")
        PostgreSQL: … WHERE ("track"."composer" = $1 OR "track"."composer" IS NULL) -- Text("x")
        MySQL, MariaDB: … WHERE (`track`.`composer` = ? OR `track`.`composer` IS NULL) -- Text("x")
    "#]],
    );
    check_condition(
        &test(L::Differs, [track(&["composer"]), val(Value::Null(Kind::Text))]),
        &expect![[r#"
        all: nothing is sent
        SQLite, PostgreSQL: …
        MySQL, MariaDB: …
    "#]],
    );
}

#[test]
fn ordered() {
    check_condition(
        &test(L::Lt, [track(&["milliseconds"]), val(5)]),
        &expect![[r#"
        SQLite: … WHERE "track"."milliseconds" < ? -- I32(5)
        PostgreSQL: … WHERE "track"."milliseconds" < $1 -- I32(5)
        MySQL, MariaDB: … WHERE `track`.`milliseconds` < ? -- I32(5)
        SQLite: … WHERE "track"."milliseconds" >= ? -- I32(5)
        PostgreSQL: … WHERE "track"."milliseconds" >= $1 -- I32(5)
        MySQL, MariaDB: … WHERE `track`.`milliseconds` >= ? -- I32(5)
    "#]],
    );
    check_condition(
        &test(L::Lte, [track(&["bytes"]), val(5)]),
        &expect![[r#"
        SQLite: … WHERE "track"."bytes" <= ? -- I32(5)
        PostgreSQL: … WHERE "track"."bytes" <= $1 -- I32(5)
        MySQL, MariaDB: … WHERE `track`.`bytes` <= ? -- I32(5)
        SQLite: … WHERE ("track"."bytes" > ? OR "track"."bytes" IS NULL) -- I32(5)
        PostgreSQL: … WHERE ("track"."bytes" > $1 OR "track"."bytes" IS NULL) -- I32(5)
        MySQL, MariaDB: … WHERE (`track`.`bytes` > ? OR `track`.`bytes` IS NULL) -- I32(5)
    "#]],
    );
    check_condition(
        &test(L::Gt, [track(&["milliseconds"]), track(&["bytes"])]),
        &expect![[r#"
        SQLite, PostgreSQL: … WHERE "track"."milliseconds" > "track"."bytes"
        MySQL, MariaDB: … WHERE `track`.`milliseconds` > `track`.`bytes`
        SQLite, PostgreSQL: … WHERE ("track"."milliseconds" <= "track"."bytes" OR "track"."bytes" IS NULL)
        MySQL, MariaDB: … WHERE (`track`.`milliseconds` <= `track`.`bytes` OR `track`.`bytes` IS NULL)
    "#]],
    );
    check_condition(
        &test(L::Gte, [track(&["bytes"]), track(&["album"])]),
        &expect![[r#"
        SQLite, PostgreSQL: … WHERE "track"."bytes" >= "track"."album_id"
        MySQL, MariaDB: … WHERE `track`.`bytes` >= `track`.`album_id`
        SQLite, PostgreSQL: … WHERE ("track"."bytes" >= "track"."album_id") IS NOT TRUE
        MySQL, MariaDB: … WHERE (`track`.`bytes` >= `track`.`album_id`) IS NOT TRUE
    "#]],
    );
    check_condition(
        &test(L::Between, [track(&["milliseconds"]), val(1), val(5)]),
        &expect![[r#"
        SQLite: … WHERE "track"."milliseconds" BETWEEN ? AND ? -- I32(1), I32(5)
        PostgreSQL: … WHERE "track"."milliseconds" BETWEEN $1 AND $2 -- I32(1), I32(5)
        MySQL, MariaDB: … WHERE `track`.`milliseconds` BETWEEN ? AND ? -- I32(1), I32(5)
        SQLite: … WHERE "track"."milliseconds" NOT BETWEEN ? AND ? -- I32(1), I32(5)
        PostgreSQL: … WHERE "track"."milliseconds" NOT BETWEEN $1 AND $2 -- I32(1), I32(5)
        MySQL, MariaDB: … WHERE `track`.`milliseconds` NOT BETWEEN ? AND ? -- I32(1), I32(5)
    "#]],
    );
    check_condition(
        &test(L::Between, [track(&["bytes"]), val(1), val(5)]),
        &expect![[r#"
        SQLite: … WHERE "track"."bytes" BETWEEN ? AND ? -- I32(1), I32(5)
        PostgreSQL: … WHERE "track"."bytes" BETWEEN $1 AND $2 -- I32(1), I32(5)
        MySQL, MariaDB: … WHERE `track`.`bytes` BETWEEN ? AND ? -- I32(1), I32(5)
        SQLite: … WHERE ("track"."bytes" NOT BETWEEN ? AND ? OR "track"."bytes" IS NULL) -- I32(1), I32(5)
        PostgreSQL: … WHERE ("track"."bytes" NOT BETWEEN $1 AND $2 OR "track"."bytes" IS NULL) -- I32(1), I32(5)
        MySQL, MariaDB: … WHERE (`track`.`bytes` NOT BETWEEN ? AND ? OR `track`.`bytes` IS NULL) -- I32(1), I32(5)
    "#]],
    );
    check_condition(
        &test(L::HalfOpen, [track(&["milliseconds"]), val(1), val(5)]),
        &expect![[r#"
        SQLite: … WHERE ("track"."milliseconds" >= ? AND "track"."milliseconds" < ?) -- I32(1), I32(5)
        PostgreSQL: … WHERE ("track"."milliseconds" >= $1 AND "track"."milliseconds" < $2) -- I32(1), I32(5)
        MySQL, MariaDB: … WHERE (`track`.`milliseconds` >= ? AND `track`.`milliseconds` < ?) -- I32(1), I32(5)
        SQLite: … WHERE ("track"."milliseconds" < ? OR "track"."milliseconds" >= ?) -- I32(1), I32(5)
        PostgreSQL: … WHERE ("track"."milliseconds" < $1 OR "track"."milliseconds" >= $2) -- I32(1), I32(5)
        MySQL, MariaDB: … WHERE (`track`.`milliseconds` < ? OR `track`.`milliseconds` >= ?) -- I32(1), I32(5)
    "#]],
    );
    check_condition(
        &test(L::HalfOpen, [track(&["bytes"]), val(1), val(5)]),
        &expect![[r#"
        SQLite: … WHERE ("track"."bytes" >= ? AND "track"."bytes" < ?) -- I32(1), I32(5)
        PostgreSQL: … WHERE ("track"."bytes" >= $1 AND "track"."bytes" < $2) -- I32(1), I32(5)
        MySQL, MariaDB: … WHERE (`track`.`bytes` >= ? AND `track`.`bytes` < ?) -- I32(1), I32(5)
        SQLite: … WHERE (("track"."bytes" < ? OR "track"."bytes" >= ?) OR "track"."bytes" IS NULL) -- I32(1), I32(5)
        PostgreSQL: … WHERE (("track"."bytes" < $1 OR "track"."bytes" >= $2) OR "track"."bytes" IS NULL) -- I32(1), I32(5)
        MySQL, MariaDB: … WHERE ((`track`.`bytes` < ? OR `track`.`bytes` >= ?) OR `track`.`bytes` IS NULL) -- I32(1), I32(5)
    "#]],
    );
}

#[test]
fn null_and_truth() {
    check_condition(
        &test(L::IsNull, [track(&["composer"])]),
        &expect![[r#"
        SQLite, PostgreSQL: … WHERE "track"."composer" IS NULL
        MySQL, MariaDB: … WHERE `track`.`composer` IS NULL
        SQLite, PostgreSQL: … WHERE "track"."composer" IS NOT NULL
        MySQL, MariaDB: … WHERE `track`.`composer` IS NOT NULL
    "#]],
    );
    check_condition(
        &test(L::IsNull, [val(1)]),
        &expect![[r#"
        all: nothing is sent
        SQLite, PostgreSQL: …
        MySQL, MariaDB: …
    "#]],
    );
    check_condition(
        &live(),
        &expect![[r#"
        SQLite, PostgreSQL: … WHERE "track"."live" = TRUE
        MySQL, MariaDB: … WHERE `track`.`live` = TRUE
        SQLite, PostgreSQL: … WHERE "track"."live" <> TRUE
        MySQL, MariaDB: … WHERE `track`.`live` <> TRUE
    "#]],
    );
    check_condition(
        &test(L::IsTrue, [Node::Condition(eq(track(&["bytes"]), 1))]),
        &expect![[r#"
        SQLite: … WHERE "track"."bytes" = ? -- I32(1)
        PostgreSQL: … WHERE "track"."bytes" = $1 -- I32(1)
        MySQL, MariaDB: … WHERE `track`.`bytes` = ? -- I32(1)
        SQLite: … WHERE ("track"."bytes" <> ? OR "track"."bytes" IS NULL) -- I32(1)
        PostgreSQL: … WHERE ("track"."bytes" <> $1 OR "track"."bytes" IS NULL) -- I32(1)
        MySQL, MariaDB: … WHERE (`track`.`bytes` <> ? OR `track`.`bytes` IS NULL) -- I32(1)
    "#]],
    );
    check_condition(
        &eq(Node::Condition(eq(track(&["bytes"]), 1)), Value::Bool(true)),
        &expect![[r#"
            SQLite: … WHERE (("track"."bytes" = ?) IS TRUE) = ? -- I32(1), Bool(true)
            PostgreSQL: … WHERE (("track"."bytes" = $1) IS TRUE) = $2 -- I32(1), Bool(true)
            MySQL, MariaDB: … WHERE ((`track`.`bytes` = ?) IS TRUE) = ? -- I32(1), Bool(true)
            SQLite: … WHERE (("track"."bytes" = ?) IS TRUE) <> ? -- I32(1), Bool(true)
            PostgreSQL: … WHERE (("track"."bytes" = $1) IS TRUE) <> $2 -- I32(1), Bool(true)
            MySQL, MariaDB: … WHERE ((`track`.`bytes` = ?) IS TRUE) <> ? -- I32(1), Bool(true)
        "#]],
    );
}

#[test]
fn in_a_list() {
    check_condition(
        &test(L::In, [track(&["name"]), list(["a", "b", "c"])]),
        &expect![[r#"
        SQLite: … WHERE "track"."name" IN (?, ?, ?, ?) -- Text("a"), Text("b"), Text("c"), Text("c")
        PostgreSQL: … WHERE "track"."name" = ANY($1) -- List(Text, [Text("a"), Text("b"), Text("c")])
        MySQL, MariaDB: … WHERE `track`.`name` IN (?, ?, ?, ?) -- Text("a"), Text("b"), Text("c"), Text("c")
        SQLite: … WHERE "track"."name" NOT IN (?, ?, ?, ?) -- Text("a"), Text("b"), Text("c"), Text("c")
        PostgreSQL: … WHERE "track"."name" <> ALL($1) -- List(Text, [Text("a"), Text("b"), Text("c")])
        MySQL, MariaDB: … WHERE `track`.`name` NOT IN (?, ?, ?, ?) -- Text("a"), Text("b"), Text("c"), Text("c")
    "#]],
    );
    check_condition(
        &test(L::In, [track(&["bytes"]), list([1, 2])]),
        &expect![[r#"
        SQLite: … WHERE "track"."bytes" IN (?, ?) -- I32(1), I32(2)
        PostgreSQL: … WHERE "track"."bytes" = ANY($1) -- List(I32, [I32(1), I32(2)])
        MySQL, MariaDB: … WHERE `track`.`bytes` IN (?, ?) -- I32(1), I32(2)
        SQLite: … WHERE ("track"."bytes" NOT IN (?, ?) OR "track"."bytes" IS NULL) -- I32(1), I32(2)
        PostgreSQL: … WHERE ("track"."bytes" <> ALL($1) OR "track"."bytes" IS NULL) -- List(I32, [I32(1), I32(2)])
        MySQL, MariaDB: … WHERE (`track`.`bytes` NOT IN (?, ?) OR `track`.`bytes` IS NULL) -- I32(1), I32(2)
    "#]],
    );
    check_condition(
        &test(L::In, [track(&["id"]), list([7])]),
        &expect![[r#"
            SQLite: … WHERE "track"."id" = ? -- I64(7)
            PostgreSQL: … WHERE "track"."id" = $1 -- I64(7)
            MySQL, MariaDB: … WHERE `track`.`id` = ? -- I64(7)
            SQLite: … WHERE "track"."id" <> ? -- I64(7)
            PostgreSQL: … WHERE "track"."id" <> $1 -- I64(7)
            MySQL, MariaDB: … WHERE `track`.`id` <> ? -- I64(7)
        "#]],
    );
    check_condition(
        &test(L::In, [track(&["id"]), list(Vec::<i64>::new())]),
        &expect![[r#"
        all: nothing is sent
        SQLite, PostgreSQL: …
        MySQL, MariaDB: …
    "#]],
    );
    check_condition(
        &test(L::In, [track(&["bytes"]), list([Value::I32(1), Value::Null(Kind::I32), Value::I32(2)])]),
        &expect![[r#"
            SQLite: … WHERE "track"."bytes" IN (?, ?) -- I32(1), I32(2)
            PostgreSQL: … WHERE "track"."bytes" = ANY($1) -- List(I32, [I32(1), I32(2)])
            MySQL, MariaDB: … WHERE `track`.`bytes` IN (?, ?) -- I32(1), I32(2)
            SQLite: … WHERE ("track"."bytes" NOT IN (?, ?) OR "track"."bytes" IS NULL) -- I32(1), I32(2)
            PostgreSQL: … WHERE ("track"."bytes" <> ALL($1) OR "track"."bytes" IS NULL) -- List(I32, [I32(1), I32(2)])
            MySQL, MariaDB: … WHERE (`track`.`bytes` NOT IN (?, ?) OR `track`.`bytes` IS NULL) -- I32(1), I32(2)
        "#]],
    );
    check_condition(
        &test(L::In, [track(&["unit_price"]), list([Decimal::ONE, Decimal::TEN])]),
        &expect![[r#"
        SQLite: … WHERE "track"."unit_price" IN (?, ?) -- Decimal(1.00), Decimal(10.00)
        PostgreSQL: … WHERE "track"."unit_price" = ANY($1) -- List(Decimal, [Decimal(1), Decimal(10)])
        MySQL, MariaDB: … WHERE `track`.`unit_price` IN (?, ?) -- Decimal(1), Decimal(10)
        SQLite: … WHERE "track"."unit_price" NOT IN (?, ?) -- Decimal(1.00), Decimal(10.00)
        PostgreSQL: … WHERE "track"."unit_price" <> ALL($1) -- List(Decimal, [Decimal(1), Decimal(10)])
        MySQL, MariaDB: … WHERE `track`.`unit_price` NOT IN (?, ?) -- Decimal(1), Decimal(10)
    "#]],
    );
}

/// The rows of a list are read once, also where a key is in none of them.
#[test]
fn in_a_list_of_keys() {
    let keys = [[1, 2], [3, 4]].map(|key| key.map(Value::I64).to_vec());
    let among = one_of(Path::root_of(&PLAY), &keys);
    check_select(
        &select(&PLAY, among.clone()),
        &expect![[r#"
            SQLite: SELECT "play"."playlist_id", "play"."track_id", "play"."plays" FROM "play" WHERE ("play"."playlist_id", "play"."track_id") IN (SELECT json_extract("value", '$[0]'), json_extract("value", '$[1]') FROM json_each(?)) -- List(I64, [List(I64, [I64(1), I64(2)]), List(I64, [I64(3), I64(4)])])
            PostgreSQL: SELECT "play"."playlist_id", "play"."track_id", "play"."plays" FROM "play" WHERE ("play"."playlist_id", "play"."track_id") IN (SELECT * FROM unnest($1, $2) AS dormouse_list(v0, v1)) -- List(I64, [I64(1), I64(3)]), List(I64, [I64(2), I64(4)])
            MySQL, MariaDB: SELECT `play`.`playlist_id`, `play`.`track_id`, `play`.`plays` FROM `play` WHERE (`play`.`playlist_id`, `play`.`track_id`) IN (SELECT `v0`, `v1` FROM JSON_TABLE(?, '$[*]' COLUMNS (`v0` BIGINT PATH '$[0]', `v1` BIGINT PATH '$[1]')) AS `dormouse_list`) -- List(I64, [List(I64, [I64(1), I64(2)]), List(I64, [I64(3), I64(4)])])
        "#]],
    );
    check_select(
        &select(&PLAY, among.negate()),
        &expect![[r#"
            SQLite: SELECT "play"."playlist_id", "play"."track_id", "play"."plays" FROM "play" WHERE CASE WHEN ("play"."playlist_id", "play"."track_id") IN (SELECT json_extract("value", '$[0]'), json_extract("value", '$[1]') FROM json_each(?)) THEN FALSE ELSE TRUE END -- List(I64, [List(I64, [I64(1), I64(2)]), List(I64, [I64(3), I64(4)])])
            PostgreSQL: SELECT "play"."playlist_id", "play"."track_id", "play"."plays" FROM "play" WHERE NOT EXISTS (SELECT 1 FROM unnest($1, $2) AS dormouse_list(v0, v1) WHERE "play"."playlist_id" = v0 AND "play"."track_id" = v1) -- List(I64, [I64(1), I64(3)]), List(I64, [I64(2), I64(4)])
            MySQL, MariaDB: SELECT `play`.`playlist_id`, `play`.`track_id`, `play`.`plays` FROM `play` WHERE (`play`.`playlist_id`, `play`.`track_id`) NOT IN (SELECT `v0`, `v1` FROM JSON_TABLE(?, '$[*]' COLUMNS (`v0` BIGINT PATH '$[0]', `v1` BIGINT PATH '$[1]')) AS `dormouse_list`) -- List(I64, [List(I64, [I64(1), I64(2)]), List(I64, [I64(3), I64(4)])])
        "#]],
    );
}

#[test]
fn in_a_long_list() {
    let long = |column: Node, values: Vec<Value>| {
        let condition = test(L::In, [column, list(values)]);
        let select = select(&TRACK, condition);
        crate::dialect::Dialect::all().map(|dialect| {
            let statement = exec::select(&select, &dialect).unwrap().unwrap();
            let sql = statement.sql.split_once("WHERE").unwrap().1.chars().take(160).collect::<String>();
            format!(
                "{}: {sql} -- {} binds, persistent: {}\n",
                dialect.name(),
                statement.binds.len(),
                statement.persistent
            )
        })
    };
    expect![[r#"
        SQLite:  "track"."id" IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? -- 512 binds, persistent: true
        PostgreSQL:  "track"."id" = ANY($1) -- 1 binds, persistent: true
        MySQL:  `track`.`id` IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? -- 512 binds, persistent: true
        MariaDB:  `track`.`id` IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? -- 512 binds, persistent: true
    "#]].assert_eq(&long(track(&["id"]), (0..300).map(Value::I64).collect()).concat());
    expect![[r#"
        SQLite:  "track"."id" IN (SELECT "value" FROM json_each(?)) -- 1 binds, persistent: true
        PostgreSQL:  "track"."id" = ANY($1) -- 1 binds, persistent: true
        MySQL:  `track`.`id` IN (SELECT `v0` FROM JSON_TABLE(?, '$[*]' COLUMNS (`v0` BIGINT PATH '$')) AS `dormouse_list`) -- 1 binds, persistent: true
        MariaDB:  `track`.`id` IN (SELECT `v0` FROM JSON_TABLE(?, '$[*]' COLUMNS (`v0` BIGINT PATH '$')) AS `dormouse_list`) -- 1 binds, persistent: true
    "#]].assert_eq(&long(track(&["id"]), (0..513).map(Value::I64).collect()).concat());
    let texts = (0..513).map(|number| Value::Text(number.to_string().into())).collect();
    expect![[r#"
        SQLite:  "track"."name" IN (SELECT "value" FROM json_each(?)) -- 1 binds, persistent: true
        PostgreSQL:  "track"."name" = ANY($1) -- 1 binds, persistent: true
        MySQL:  `track`.`name` IN (SELECT `v0` FROM JSON_TABLE(?, '$[*]' COLUMNS (`v0` VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin PATH '$')) AS `dormouse_list` -- 1 binds, persistent: true
        MariaDB:  `track`.`name` IN (SELECT `v0` FROM JSON_TABLE(?, '$[*]' COLUMNS (`v0` VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$')) AS `dormouse_list -- 1 binds, persistent: true
    "#]].assert_eq(&long(track(&["name"]), texts).concat());
    let floats = (0..513).map(|number| Value::F64(number.into())).collect();
    expect![[r#"
        SQLite:  "track"."rating" IN (SELECT dormouse_float("value") FROM json_each(?)) -- 1 binds, persistent: true
        PostgreSQL:  "track"."rating" = ANY($1) -- 1 binds, persistent: true
        MySQL:  `track`.`rating` IN (SELECT `v0` FROM JSON_TABLE(?, '$[*]' COLUMNS (`v0` DOUBLE PATH '$')) AS `dormouse_list`) -- 1 binds, persistent: true
        MariaDB:  `track`.`rating` IN (SELECT `v0` FROM JSON_TABLE(?, '$[*]' COLUMNS (`v0` DOUBLE PATH '$')) AS `dormouse_list`) -- 1 binds, persistent: true
    "#]].assert_eq(&long(track(&["rating"]), floats).concat());
}

#[test]
fn decimals_and_integers() {
    check_condition(
        &test(L::Lt, [track(&["unit_price"]), val(10)]),
        &expect![[r#"
        SQLite: … WHERE "track"."unit_price" COLLATE decimal < ? -- Decimal(10.00)
        PostgreSQL: … WHERE "track"."unit_price" < $1 -- Decimal(10)
        MySQL, MariaDB: … WHERE `track`.`unit_price` < ? -- Decimal(10)
        SQLite: … WHERE "track"."unit_price" COLLATE decimal >= ? -- Decimal(10.00)
        PostgreSQL: … WHERE "track"."unit_price" >= $1 -- Decimal(10)
        MySQL, MariaDB: … WHERE `track`.`unit_price` >= ? -- Decimal(10)
    "#]],
    );
    check_condition(
        &test(L::Gt, [track(&["unit_price"]), track(&["bytes"])]),
        &expect![[r#"
        SQLite: … WHERE "track"."unit_price" COLLATE decimal > CAST("track"."bytes" AS TEXT)
        PostgreSQL: … WHERE "track"."unit_price" > "track"."bytes"
        MySQL, MariaDB: … WHERE `track`.`unit_price` > `track`.`bytes`
        SQLite: … WHERE ("track"."unit_price" COLLATE decimal <= CAST("track"."bytes" AS TEXT) OR "track"."bytes" IS NULL)
        PostgreSQL: … WHERE ("track"."unit_price" <= "track"."bytes" OR "track"."bytes" IS NULL)
        MySQL, MariaDB: … WHERE (`track`.`unit_price` <= `track`.`bytes` OR `track`.`bytes` IS NULL)
    "#]],
    );
    check_condition(
        &test(L::Gt, [track(&["milliseconds"]), track(&["unit_price"])]),
        &expect![[r#"
        SQLite: … WHERE CAST("track"."milliseconds" AS TEXT) COLLATE decimal > "track"."unit_price"
        PostgreSQL: … WHERE "track"."milliseconds" > "track"."unit_price"
        MySQL, MariaDB: … WHERE `track`.`milliseconds` > `track`.`unit_price`
        SQLite: … WHERE CAST("track"."milliseconds" AS TEXT) COLLATE decimal <= "track"."unit_price"
        PostgreSQL: … WHERE "track"."milliseconds" <= "track"."unit_price"
        MySQL, MariaDB: … WHERE `track`.`milliseconds` <= `track`.`unit_price`
    "#]],
    );
    let double = call(Function::Multiply, [track(&["unit_price"]), val(2)], Kind::Decimal);
    check_condition(
        &test(L::Gte, [double.clone(), val(Decimal::TEN)]),
        &expect![[r#"
            SQLite: … WHERE decimal_mul("track"."unit_price", ?) COLLATE decimal >= ? -- Decimal(2), Decimal(10)
            PostgreSQL: … WHERE ("track"."unit_price" * CAST($1 AS NUMERIC)) >= $2 -- Decimal(2), Decimal(10)
            MySQL, MariaDB: … WHERE (`track`.`unit_price` * ?) >= ? -- Decimal(2), Decimal(10)
            SQLite: … WHERE decimal_mul("track"."unit_price", ?) COLLATE decimal < ? -- Decimal(2), Decimal(10)
            PostgreSQL: … WHERE ("track"."unit_price" * CAST($1 AS NUMERIC)) < $2 -- Decimal(2), Decimal(10)
            MySQL, MariaDB: … WHERE (`track`.`unit_price` * ?) < ? -- Decimal(2), Decimal(10)
        "#]],
    );
    check_condition(
        &test(L::In, [double, list([Decimal::ONE, Decimal::TEN])]),
        &expect![[r#"
            SQLite: … WHERE decimal_mul("track"."unit_price", ?) COLLATE decimal IN (?, ?) -- Decimal(2), Decimal(1), Decimal(10)
            PostgreSQL: … WHERE ("track"."unit_price" * CAST($1 AS NUMERIC)) = ANY($2) -- Decimal(2), List(Decimal, [Decimal(1), Decimal(10)])
            MySQL, MariaDB: … WHERE (`track`.`unit_price` * ?) IN (?, ?) -- Decimal(2), Decimal(1), Decimal(10)
            SQLite: … WHERE decimal_mul("track"."unit_price", ?) COLLATE decimal NOT IN (?, ?) -- Decimal(2), Decimal(1), Decimal(10)
            PostgreSQL: … WHERE ("track"."unit_price" * CAST($1 AS NUMERIC)) <> ALL($2) -- Decimal(2), List(Decimal, [Decimal(1), Decimal(10)])
            MySQL, MariaDB: … WHERE (`track`.`unit_price` * ?) NOT IN (?, ?) -- Decimal(2), Decimal(1), Decimal(10)
        "#]],
    );
}

#[test]
fn groups() {
    let long = test(L::Gt, [track(&["milliseconds"]), val(5)]);
    let big = test(L::Gt, [track(&["bytes"]), val(5)]);
    check_condition(
        &and([long.clone(), or([big.clone(), live()])]),
        &expect![[r#"
        SQLite: … WHERE "track"."milliseconds" > ? AND ("track"."bytes" > ? OR "track"."live" = TRUE) -- I32(5), I32(5)
        PostgreSQL: … WHERE "track"."milliseconds" > $1 AND ("track"."bytes" > $2 OR "track"."live" = TRUE) -- I32(5), I32(5)
        MySQL, MariaDB: … WHERE `track`.`milliseconds` > ? AND (`track`.`bytes` > ? OR `track`.`live` = TRUE) -- I32(5), I32(5)
        SQLite: … WHERE "track"."milliseconds" <= ? OR (("track"."bytes" <= ? OR "track"."bytes" IS NULL) AND "track"."live" <> TRUE) -- I32(5), I32(5)
        PostgreSQL: … WHERE "track"."milliseconds" <= $1 OR (("track"."bytes" <= $2 OR "track"."bytes" IS NULL) AND "track"."live" <> TRUE) -- I32(5), I32(5)
        MySQL, MariaDB: … WHERE `track`.`milliseconds` <= ? OR ((`track`.`bytes` <= ? OR `track`.`bytes` IS NULL) AND `track`.`live` <> TRUE) -- I32(5), I32(5)
    "#]],
    );
    let xor = |parts: &[Condition]| Condition::group(Connector::Xor, parts.to_vec());
    check_condition(
        &xor(&[long.clone(), big.clone()]),
        &expect![[r#"
            SQLite: … WHERE ("track"."milliseconds" > ?) <> (("track"."bytes" > ?) IS TRUE) -- I32(5), I32(5)
            PostgreSQL: … WHERE ("track"."milliseconds" > $1) <> (("track"."bytes" > $2) IS TRUE) -- I32(5), I32(5)
            MySQL, MariaDB: … WHERE (`track`.`milliseconds` > ?) <> ((`track`.`bytes` > ?) IS TRUE) -- I32(5), I32(5)
            SQLite: … WHERE ("track"."milliseconds" > ?) = (("track"."bytes" > ?) IS TRUE) -- I32(5), I32(5)
            PostgreSQL: … WHERE ("track"."milliseconds" > $1) = (("track"."bytes" > $2) IS TRUE) -- I32(5), I32(5)
            MySQL, MariaDB: … WHERE (`track`.`milliseconds` > ?) = ((`track`.`bytes` > ?) IS TRUE) -- I32(5), I32(5)
        "#]],
    );
    check_condition(
        &xor(&[long.clone(), big.clone(), live()]),
        &expect![[r#"
            SQLite: … WHERE ("track"."milliseconds" > ?) <> ((("track"."bytes" > ?) IS TRUE) <> ("track"."live" = TRUE)) -- I32(5), I32(5)
            PostgreSQL: … WHERE ("track"."milliseconds" > $1) <> ((("track"."bytes" > $2) IS TRUE) <> ("track"."live" = TRUE)) -- I32(5), I32(5)
            MySQL, MariaDB: … WHERE (`track`.`milliseconds` > ?) <> (((`track`.`bytes` > ?) IS TRUE) <> (`track`.`live` = TRUE)) -- I32(5), I32(5)
            SQLite: … WHERE ("track"."milliseconds" > ?) = ((("track"."bytes" > ?) IS TRUE) <> ("track"."live" = TRUE)) -- I32(5), I32(5)
            PostgreSQL: … WHERE ("track"."milliseconds" > $1) = ((("track"."bytes" > $2) IS TRUE) <> ("track"."live" = TRUE)) -- I32(5), I32(5)
            MySQL, MariaDB: … WHERE (`track`.`milliseconds` > ?) = (((`track`.`bytes` > ?) IS TRUE) <> (`track`.`live` = TRUE)) -- I32(5), I32(5)
        "#]],
    );
    check_condition(
        &xor(&[long.clone(), Condition::constant(true)]),
        &expect![[r#"
        SQLite: … WHERE "track"."milliseconds" <= ? -- I32(5)
        PostgreSQL: … WHERE "track"."milliseconds" <= $1 -- I32(5)
        MySQL, MariaDB: … WHERE `track`.`milliseconds` <= ? -- I32(5)
        SQLite: … WHERE "track"."milliseconds" > ? -- I32(5)
        PostgreSQL: … WHERE "track"."milliseconds" > $1 -- I32(5)
        MySQL, MariaDB: … WHERE `track`.`milliseconds` > ? -- I32(5)
    "#]],
    );
    // A group, some of which is gathered, and an empty list in the place of a constant.
    let named = or([eq(track(&["name"]), "x"), eq(track(&["name"]), "y"), and([long.clone(), live().negate()])]);
    let never = test(L::In, [track(&["id"]), list(Vec::<i64>::new())]);
    check_condition(
        &xor(&[named, never]),
        &expect![[r#"
        SQLite: … WHERE "track"."name" IN (?, ?) OR ("track"."milliseconds" > ? AND "track"."live" <> TRUE) -- Text("x"), Text("y"), I32(5)
        PostgreSQL: … WHERE "track"."name" = ANY($1) OR ("track"."milliseconds" > $2 AND "track"."live" <> TRUE) -- List(Text, [Text("x"), Text("y")]), I32(5)
        MySQL, MariaDB: … WHERE `track`.`name` IN (?, ?) OR (`track`.`milliseconds` > ? AND `track`.`live` <> TRUE) -- Text("x"), Text("y"), I32(5)
        SQLite: … WHERE "track"."name" NOT IN (?, ?) AND ("track"."milliseconds" <= ? OR "track"."live" = TRUE) -- Text("x"), Text("y"), I32(5)
        PostgreSQL: … WHERE "track"."name" <> ALL($1) AND ("track"."milliseconds" <= $2 OR "track"."live" = TRUE) -- List(Text, [Text("x"), Text("y")]), I32(5)
        MySQL, MariaDB: … WHERE `track`.`name` NOT IN (?, ?) AND (`track`.`milliseconds` <= ? OR `track`.`live` = TRUE) -- Text("x"), Text("y"), I32(5)
    "#]],
    );
    check_condition(
        &or([long.clone(), Condition::constant(true)]),
        &expect![[r#"
        SQLite, PostgreSQL: …
        MySQL, MariaDB: …
        all: nothing is sent
    "#]],
    );
    check_condition(
        &and([long.clone(), test(L::In, [track(&["id"]), list(Vec::<i64>::new())])]),
        &expect![[r#"
        all: nothing is sent
        SQLite, PostgreSQL: …
        MySQL, MariaDB: …
    "#]],
    );
    check_condition(
        &Condition::EMPTY,
        &expect![[r#"
        SQLite, PostgreSQL: …
        MySQL, MariaDB: …
        SQLite, PostgreSQL: …
        MySQL, MariaDB: …
    "#]],
    );
}

#[test]
fn equalities_of_one_column() {
    let composer = |name: &str| eq(track(&["composer"]), name);
    let more = test(L::In, [track(&["composer"]), list(["c", "d"])]);
    check_condition(
        &or([composer("a"), live(), composer("b"), more]),
        &expect![[r#"
        SQLite: … WHERE "track"."composer" IN (?, ?, ?, ?) OR "track"."live" = TRUE -- Text("a"), Text("b"), Text("c"), Text("d")
        PostgreSQL: … WHERE "track"."composer" = ANY($1) OR "track"."live" = TRUE -- List(Text, [Text("a"), Text("b"), Text("c"), Text("d")])
        MySQL, MariaDB: … WHERE `track`.`composer` IN (?, ?, ?, ?) OR `track`.`live` = TRUE -- Text("a"), Text("b"), Text("c"), Text("d")
        SQLite: … WHERE ("track"."composer" NOT IN (?, ?, ?, ?) OR "track"."composer" IS NULL) AND "track"."live" <> TRUE -- Text("a"), Text("b"), Text("c"), Text("d")
        PostgreSQL: … WHERE ("track"."composer" <> ALL($1) OR "track"."composer" IS NULL) AND "track"."live" <> TRUE -- List(Text, [Text("a"), Text("b"), Text("c"), Text("d")])
        MySQL, MariaDB: … WHERE (`track`.`composer` NOT IN (?, ?, ?, ?) OR `track`.`composer` IS NULL) AND `track`.`live` <> TRUE -- Text("a"), Text("b"), Text("c"), Text("d")
    "#]],
    );
    check_condition(
        &or([composer("a"), composer("b").negate()]),
        &expect![[r#"
        SQLite: … WHERE "track"."composer" = ? OR ("track"."composer" <> ? OR "track"."composer" IS NULL) -- Text("a"), Text("b")
        PostgreSQL: … WHERE "track"."composer" = $1 OR ("track"."composer" <> $2 OR "track"."composer" IS NULL) -- Text("a"), Text("b")
        MySQL, MariaDB: … WHERE `track`.`composer` = ? OR (`track`.`composer` <> ? OR `track`.`composer` IS NULL) -- Text("a"), Text("b")
        SQLite: … WHERE ("track"."composer" <> ? OR "track"."composer" IS NULL) AND "track"."composer" = ? -- Text("a"), Text("b")
        PostgreSQL: … WHERE ("track"."composer" <> $1 OR "track"."composer" IS NULL) AND "track"."composer" = $2 -- Text("a"), Text("b")
        MySQL, MariaDB: … WHERE (`track`.`composer` <> ? OR `track`.`composer` IS NULL) AND `track`.`composer` = ? -- Text("a"), Text("b")
    "#]],
    );
}

#[test]
fn conditions_as_values() {
    let big = test(L::Gt, [track(&["bytes"]), val(5)]);
    let nodes = [big.clone(), big.clone().negate(), and([big, live()]), live(), Condition::EMPTY];
    check_select(
        &values(&TRACK, nodes.map(Node::Condition).to_vec()),
        &expect![[r#"
            SQLite: SELECT (("track"."bytes" > ?) IS TRUE), (("track"."bytes" <= ? OR "track"."bytes" IS NULL)), (("track"."bytes" > ? AND "track"."live" = TRUE) IS TRUE), ("track"."live" = TRUE), (TRUE) FROM "track" -- I32(5), I32(5), I32(5)
            PostgreSQL: SELECT (("track"."bytes" > $1) IS TRUE), (("track"."bytes" <= $2 OR "track"."bytes" IS NULL)), (("track"."bytes" > $3 AND "track"."live" = TRUE) IS TRUE), ("track"."live" = TRUE), (TRUE) FROM "track" -- I32(5), I32(5), I32(5)
            MySQL, MariaDB: SELECT ((`track`.`bytes` > ?) IS TRUE), ((`track`.`bytes` <= ? OR `track`.`bytes` IS NULL)), ((`track`.`bytes` > ? AND `track`.`live` = TRUE) IS TRUE), (`track`.`live` = TRUE), (TRUE) FROM `track` -- I32(5), I32(5), I32(5)
        "#]],
    );
}
