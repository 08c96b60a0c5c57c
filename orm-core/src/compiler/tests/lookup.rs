//! Every lookup and its complement, on columns that can be NULL and on others.

use expect_test::expect;
use rust_decimal::Decimal;

use super::check::{and, call, check_condition, check_error, check_select, eq, list, or, select, test, val, values};
use super::music::{EVERYTHING, TRACK, at, track};
use crate::compiler;
use crate::expr::LookupOperator as L;
use crate::expr::{Condition, Connector, Function, Node};
use crate::query::Select;
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
        SQLite: … WHERE "track"."id" = ? -- I32(7)
        PostgreSQL: … WHERE "track"."id" = $1 -- I32(7)
        MySQL, MariaDB: … WHERE `track`.`id` = ? -- I32(7)
        SQLite: … WHERE "track"."id" <> ? -- I32(7)
        PostgreSQL: … WHERE "track"."id" <> $1 -- I32(7)
        MySQL, MariaDB: … WHERE `track`.`id` <> ? -- I32(7)
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
        SQLite: … WHERE "track"."unit_price" IN (?, ?) -- Decimal(1), Decimal(10)
        PostgreSQL: … WHERE "track"."unit_price" = ANY($1) -- List(Decimal, [Decimal(1), Decimal(10)])
        MySQL, MariaDB: … WHERE `track`.`unit_price` IN (?, ?) -- Decimal(1), Decimal(10)
        SQLite: … WHERE "track"."unit_price" NOT IN (?, ?) -- Decimal(1), Decimal(10)
        PostgreSQL: … WHERE "track"."unit_price" <> ALL($1) -- List(Decimal, [Decimal(1), Decimal(10)])
        MySQL, MariaDB: … WHERE `track`.`unit_price` NOT IN (?, ?) -- Decimal(1), Decimal(10)
    "#]],
    );
}

#[test]
fn in_a_long_list() {
    let long = |column: Node, values: Vec<Value>| {
        let condition = test(L::In, [column, list(values)]);
        let select = select(&TRACK, condition);
        crate::dialect::Dialect::all().map(|dialect| {
            let statement = compiler::select(&select, &dialect).unwrap().unwrap();
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
        MySQL:  `track`.`id` IN (SELECT `v` FROM JSON_TABLE(?, '$[*]' COLUMNS (`v` BIGINT PATH '$')) AS `l`) -- 1 binds, persistent: true
        MariaDB:  `track`.`id` IN (SELECT `v` FROM JSON_TABLE(?, '$[*]' COLUMNS (`v` BIGINT PATH '$')) AS `l`) -- 1 binds, persistent: true
    "#]].assert_eq(&long(track(&["id"]), (0..513).map(Value::I64).collect()).concat());
    let texts = (0..513).map(|number| Value::Text(number.to_string())).collect();
    expect![[r#"
        SQLite:  "track"."name" IN (SELECT "value" FROM json_each(?)) -- 1 binds, persistent: true
        PostgreSQL:  "track"."name" = ANY($1) -- 1 binds, persistent: true
        MySQL:  `track`.`name` IN (SELECT `v` FROM JSON_TABLE(?, '$[*]' COLUMNS (`v` LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin PATH '$')) AS `l`) -- 1 binds, persistent: true
        MariaDB:  `track`.`name` IN (SELECT `v` FROM JSON_TABLE(?, '$[*]' COLUMNS (`v` LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$')) AS `l`) -- 1 binds, persistent: true
    "#]].assert_eq(&long(track(&["name"]), texts).concat());
    let floats = (0..513).map(|number| Value::F64(number.into())).collect();
    expect![[r#"
        SQLite:  "track"."rating" IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,  -- 1024 binds, persistent: true
        PostgreSQL:  "track"."rating" = ANY($1) -- 1 binds, persistent: true
        MySQL:  `track`.`rating` IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,  -- 1024 binds, persistent: true
        MariaDB:  `track`.`rating` IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,  -- 1024 binds, persistent: true
    "#]].assert_eq(&long(track(&["rating"]), floats).concat());
}

#[test]
fn texts() {
    check_condition(
        &test(L::Contains, [track(&["name"]), val("50%_!")]),
        &expect![[r#"
        SQLite: … WHERE instr("track"."name", ?) > 0 -- Text("50%_!")
        PostgreSQL: … WHERE "track"."name" LIKE $1 ESCAPE '!' -- Text("%50!%!_!!%")
        MySQL, MariaDB: … WHERE `track`.`name` LIKE ? ESCAPE '!' -- Text("%50!%!_!!%")
        SQLite: … WHERE instr("track"."name", ?) = 0 -- Text("50%_!")
        PostgreSQL: … WHERE "track"."name" NOT LIKE $1 ESCAPE '!' -- Text("%50!%!_!!%")
        MySQL, MariaDB: … WHERE `track`.`name` NOT LIKE ? ESCAPE '!' -- Text("%50!%!_!!%")
    "#]],
    );
    check_condition(
        &test(L::StartsWith, [track(&["name"]), val("50%_!")]),
        &expect![[r#"
        SQLite: … WHERE ("track"."name" >= ? AND "track"."name" < ?) -- Text("50%_!"), Text("50%_\"")
        PostgreSQL: … WHERE "track"."name" LIKE $1 ESCAPE '!' -- Text("50!%!_!!%")
        MySQL, MariaDB: … WHERE `track`.`name` LIKE ? ESCAPE '!' -- Text("50!%!_!!%")
        SQLite: … WHERE ("track"."name" < ? OR "track"."name" >= ?) -- Text("50%_!"), Text("50%_\"")
        PostgreSQL: … WHERE "track"."name" NOT LIKE $1 ESCAPE '!' -- Text("50!%!_!!%")
        MySQL, MariaDB: … WHERE `track`.`name` NOT LIKE ? ESCAPE '!' -- Text("50!%!_!!%")
    "#]],
    );
    check_condition(
        &test(L::EndsWith, [track(&["name"]), val("50%_!")]),
        &expect![[r#"
            SQLite: … WHERE ifnull(substr(CAST("track"."name" AS BLOB), length(CAST("track"."name" AS BLOB)) - length(CAST(? AS BLOB)) + 1), CAST("track"."name" AS BLOB)) = CAST(? AS BLOB) -- Text("50%_!"), Text("50%_!")
            PostgreSQL: … WHERE "track"."name" LIKE $1 ESCAPE '!' -- Text("%50!%!_!!")
            MySQL, MariaDB: … WHERE `track`.`name` LIKE ? ESCAPE '!' -- Text("%50!%!_!!")
            SQLite: … WHERE ifnull(substr(CAST("track"."name" AS BLOB), length(CAST("track"."name" AS BLOB)) - length(CAST(? AS BLOB)) + 1), CAST("track"."name" AS BLOB)) <> CAST(? AS BLOB) -- Text("50%_!"), Text("50%_!")
            PostgreSQL: … WHERE "track"."name" NOT LIKE $1 ESCAPE '!' -- Text("%50!%!_!!")
            MySQL, MariaDB: … WHERE `track`.`name` NOT LIKE ? ESCAPE '!' -- Text("%50!%!_!!")
        "#]],
    );
    check_condition(
        &test(L::Contains, [track(&["composer"]), val("x")]),
        &expect![[r#"
        SQLite: … WHERE instr("track"."composer", ?) > 0 -- Text("x")
        PostgreSQL: … WHERE "track"."composer" LIKE $1 ESCAPE '!' -- Text("%x%")
        MySQL, MariaDB: … WHERE `track`.`composer` LIKE ? ESCAPE '!' -- Text("%x%")
        SQLite: … WHERE (instr("track"."composer", ?) = 0 OR "track"."composer" IS NULL) -- Text("x")
        PostgreSQL: … WHERE ("track"."composer" NOT LIKE $1 ESCAPE '!' OR "track"."composer" IS NULL) -- Text("%x%")
        MySQL, MariaDB: … WHERE (`track`.`composer` NOT LIKE ? ESCAPE '!' OR `track`.`composer` IS NULL) -- Text("%x%")
    "#]],
    );
    check_condition(
        &test(L::StartsWith, [track(&["composer"]), val("x")]),
        &expect![[r#"
        SQLite: … WHERE ("track"."composer" >= ? AND "track"."composer" < ?) -- Text("x"), Text("y")
        PostgreSQL: … WHERE "track"."composer" LIKE $1 ESCAPE '!' -- Text("x%")
        MySQL, MariaDB: … WHERE `track`.`composer` LIKE ? ESCAPE '!' -- Text("x%")
        SQLite: … WHERE (("track"."composer" < ? OR "track"."composer" >= ?) OR "track"."composer" IS NULL) -- Text("x"), Text("y")
        PostgreSQL: … WHERE ("track"."composer" NOT LIKE $1 ESCAPE '!' OR "track"."composer" IS NULL) -- Text("x%")
        MySQL, MariaDB: … WHERE (`track`.`composer` NOT LIKE ? ESCAPE '!' OR `track`.`composer` IS NULL) -- Text("x%")
    "#]],
    );
    check_condition(
        &test(L::StartsWith, [track(&["name"]), val("")]),
        &expect![[r#"
        SQLite: … WHERE instr("track"."name", ?) = 1 -- Text("")
        PostgreSQL: … WHERE "track"."name" LIKE $1 ESCAPE '!' -- Text("%")
        MySQL, MariaDB: … WHERE `track`.`name` LIKE ? ESCAPE '!' -- Text("%")
        SQLite: … WHERE instr("track"."name", ?) <> 1 -- Text("")
        PostgreSQL: … WHERE "track"."name" NOT LIKE $1 ESCAPE '!' -- Text("%")
        MySQL, MariaDB: … WHERE `track`.`name` NOT LIKE ? ESCAPE '!' -- Text("%")
    "#]],
    );
    check_condition(
        &test(L::StartsWith, [track(&["name"]), val("a\u{10ffff}")]),
        &expect![[r#"
        SQLite: … WHERE ("track"."name" >= ? AND "track"."name" < ?) -- Text("a\u{10ffff}"), Text("b")
        PostgreSQL: … WHERE "track"."name" LIKE $1 ESCAPE '!' -- Text("a\u{10ffff}%")
        MySQL, MariaDB: … WHERE `track`.`name` LIKE ? ESCAPE '!' -- Text("a\u{10ffff}%")
        SQLite: … WHERE ("track"."name" < ? OR "track"."name" >= ?) -- Text("a\u{10ffff}"), Text("b")
        PostgreSQL: … WHERE "track"."name" NOT LIKE $1 ESCAPE '!' -- Text("a\u{10ffff}%")
        MySQL, MariaDB: … WHERE `track`.`name` NOT LIKE ? ESCAPE '!' -- Text("a\u{10ffff}%")
    "#]],
    );
    check_condition(
        &test(L::StartsWith, [track(&["name"]), val("\u{d7ff}")]),
        &expect![[r#"
        SQLite: … WHERE ("track"."name" >= ? AND "track"."name" < ?) -- Text("\u{d7ff}"), Text("\u{e000}")
        PostgreSQL: … WHERE "track"."name" LIKE $1 ESCAPE '!' -- Text("\u{d7ff}%")
        MySQL, MariaDB: … WHERE `track`.`name` LIKE ? ESCAPE '!' -- Text("\u{d7ff}%")
        SQLite: … WHERE ("track"."name" < ? OR "track"."name" >= ?) -- Text("\u{d7ff}"), Text("\u{e000}")
        PostgreSQL: … WHERE "track"."name" NOT LIKE $1 ESCAPE '!' -- Text("\u{d7ff}%")
        MySQL, MariaDB: … WHERE `track`.`name` NOT LIKE ? ESCAPE '!' -- Text("\u{d7ff}%")
    "#]],
    );
}

#[test]
fn texts_without_case() {
    check_condition(
        &test(L::IExact, [track(&["name"]), val("É%")]),
        &expect![[r#"
        SQLite: … WHERE dormouse_fold("track"."name") = dormouse_fold(?) -- Text("É%")
        PostgreSQL: … WHERE LOWER("track"."name") = LOWER($1) -- Text("É%")
        MySQL, MariaDB: … WHERE LOWER(`track`.`name`) = LOWER(?) -- Text("É%")
        SQLite: … WHERE dormouse_fold("track"."name") <> dormouse_fold(?) -- Text("É%")
        PostgreSQL: … WHERE LOWER("track"."name") <> LOWER($1) -- Text("É%")
        MySQL, MariaDB: … WHERE LOWER(`track`.`name`) <> LOWER(?) -- Text("É%")
    "#]],
    );
    check_condition(
        &test(L::IContains, [track(&["name"]), val("É%")]),
        &expect![[r#"
        SQLite: … WHERE instr(dormouse_fold("track"."name"), dormouse_fold(?)) > 0 -- Text("É%")
        PostgreSQL: … WHERE LOWER("track"."name") LIKE LOWER($1) ESCAPE '!' -- Text("%É!%%")
        MySQL, MariaDB: … WHERE LOWER(`track`.`name`) LIKE LOWER(?) ESCAPE '!' -- Text("%É!%%")
        SQLite: … WHERE instr(dormouse_fold("track"."name"), dormouse_fold(?)) = 0 -- Text("É%")
        PostgreSQL: … WHERE LOWER("track"."name") NOT LIKE LOWER($1) ESCAPE '!' -- Text("%É!%%")
        MySQL, MariaDB: … WHERE LOWER(`track`.`name`) NOT LIKE LOWER(?) ESCAPE '!' -- Text("%É!%%")
    "#]],
    );
    check_condition(
        &test(L::IStartsWith, [track(&["name"]), val("É%")]),
        &expect![[r#"
        SQLite: … WHERE instr(dormouse_fold("track"."name"), dormouse_fold(?)) = 1 -- Text("É%")
        PostgreSQL: … WHERE LOWER("track"."name") LIKE LOWER($1) ESCAPE '!' -- Text("É!%%")
        MySQL, MariaDB: … WHERE LOWER(`track`.`name`) LIKE LOWER(?) ESCAPE '!' -- Text("É!%%")
        SQLite: … WHERE instr(dormouse_fold("track"."name"), dormouse_fold(?)) <> 1 -- Text("É%")
        PostgreSQL: … WHERE LOWER("track"."name") NOT LIKE LOWER($1) ESCAPE '!' -- Text("É!%%")
        MySQL, MariaDB: … WHERE LOWER(`track`.`name`) NOT LIKE LOWER(?) ESCAPE '!' -- Text("É!%%")
    "#]],
    );
    check_condition(
        &test(L::IEndsWith, [track(&["name"]), val("É%")]),
        &expect![[r#"
            SQLite: … WHERE ifnull(substr(CAST(dormouse_fold("track"."name") AS BLOB), length(CAST(dormouse_fold("track"."name") AS BLOB)) - length(CAST(dormouse_fold(?) AS BLOB)) + 1), CAST(dormouse_fold("track"."name") AS BLOB)) = CAST(dormouse_fold(?) AS BLOB) -- Text("É%"), Text("É%")
            PostgreSQL: … WHERE LOWER("track"."name") LIKE LOWER($1) ESCAPE '!' -- Text("%É!%")
            MySQL, MariaDB: … WHERE LOWER(`track`.`name`) LIKE LOWER(?) ESCAPE '!' -- Text("%É!%")
            SQLite: … WHERE ifnull(substr(CAST(dormouse_fold("track"."name") AS BLOB), length(CAST(dormouse_fold("track"."name") AS BLOB)) - length(CAST(dormouse_fold(?) AS BLOB)) + 1), CAST(dormouse_fold("track"."name") AS BLOB)) <> CAST(dormouse_fold(?) AS BLOB) -- Text("É%"), Text("É%")
            PostgreSQL: … WHERE LOWER("track"."name") NOT LIKE LOWER($1) ESCAPE '!' -- Text("%É!%")
            MySQL, MariaDB: … WHERE LOWER(`track`.`name`) NOT LIKE LOWER(?) ESCAPE '!' -- Text("%É!%")
        "#]],
    );
    check_condition(
        &test(L::IContains, [track(&["composer"]), val("x")]),
        &expect![[r#"
        SQLite: … WHERE instr(dormouse_fold("track"."composer"), dormouse_fold(?)) > 0 -- Text("x")
        PostgreSQL: … WHERE LOWER("track"."composer") LIKE LOWER($1) ESCAPE '!' -- Text("%x%")
        MySQL, MariaDB: … WHERE LOWER(`track`.`composer`) LIKE LOWER(?) ESCAPE '!' -- Text("%x%")
        SQLite: … WHERE (instr(dormouse_fold("track"."composer"), dormouse_fold(?)) = 0 OR "track"."composer" IS NULL) -- Text("x")
        PostgreSQL: … WHERE (LOWER("track"."composer") NOT LIKE LOWER($1) ESCAPE '!' OR "track"."composer" IS NULL) -- Text("%x%")
        MySQL, MariaDB: … WHERE (LOWER(`track`.`composer`) NOT LIKE LOWER(?) ESCAPE '!' OR `track`.`composer` IS NULL) -- Text("%x%")
    "#]],
    );
}

#[test]
fn patterns_from_columns() {
    check_condition(
        &test(L::Contains, [track(&["name"]), track(&["composer"])]),
        &expect![[r#"
        SQLite: … WHERE instr("track"."name", "track"."composer") > 0
        PostgreSQL: … WHERE "track"."name" LIKE ('%' || REPLACE(REPLACE(REPLACE("track"."composer", '!', '!!'), '%', '!%'), '_', '!_') || '%') ESCAPE '!'
        MySQL, MariaDB: … WHERE `track`.`name` LIKE CONCAT('%', REPLACE(REPLACE(REPLACE(`track`.`composer`, '!', '!!'), '%', '!%'), '_', '!_'), '%') ESCAPE '!'
        SQLite: … WHERE (instr("track"."name", "track"."composer") = 0 OR "track"."composer" IS NULL)
        PostgreSQL: … WHERE ("track"."name" NOT LIKE ('%' || REPLACE(REPLACE(REPLACE("track"."composer", '!', '!!'), '%', '!%'), '_', '!_') || '%') ESCAPE '!' OR "track"."composer" IS NULL)
        MySQL, MariaDB: … WHERE (`track`.`name` NOT LIKE CONCAT('%', REPLACE(REPLACE(REPLACE(`track`.`composer`, '!', '!!'), '%', '!%'), '_', '!_'), '%') ESCAPE '!' OR `track`.`composer` IS NULL)
    "#]],
    );
    check_condition(
        &test(L::IStartsWith, [track(&["name"]), track(&["name"])]),
        &expect![[r#"
        SQLite: … WHERE instr(dormouse_fold("track"."name"), dormouse_fold("track"."name")) = 1
        PostgreSQL: … WHERE LOWER("track"."name") LIKE LOWER(('' || REPLACE(REPLACE(REPLACE("track"."name", '!', '!!'), '%', '!%'), '_', '!_') || '%')) ESCAPE '!'
        MySQL, MariaDB: … WHERE LOWER(`track`.`name`) LIKE LOWER(CONCAT('', REPLACE(REPLACE(REPLACE(`track`.`name`, '!', '!!'), '%', '!%'), '_', '!_'), '%')) ESCAPE '!'
        SQLite: … WHERE instr(dormouse_fold("track"."name"), dormouse_fold("track"."name")) <> 1
        PostgreSQL: … WHERE LOWER("track"."name") NOT LIKE LOWER(('' || REPLACE(REPLACE(REPLACE("track"."name", '!', '!!'), '%', '!%'), '_', '!_') || '%')) ESCAPE '!'
        MySQL, MariaDB: … WHERE LOWER(`track`.`name`) NOT LIKE LOWER(CONCAT('', REPLACE(REPLACE(REPLACE(`track`.`name`, '!', '!!'), '%', '!%'), '_', '!_'), '%')) ESCAPE '!'
    "#]],
    );
}

#[test]
fn regular_expressions() {
    check_condition(
        &test(L::Regex, [track(&["name"]), val("^a")]),
        &expect![[r#"
        SQLite: … WHERE regexp(?, "track"."name") -- Text("^a")
        PostgreSQL: … WHERE "track"."name" ~ $1 -- Text("^a")
        MySQL, MariaDB: … WHERE `track`.`name` REGEXP CONCAT('(?-i)', ?) -- Text("^a")
        SQLite: … WHERE NOT regexp(?, "track"."name") -- Text("^a")
        PostgreSQL: … WHERE "track"."name" !~ $1 -- Text("^a")
        MySQL, MariaDB: … WHERE `track`.`name` NOT REGEXP CONCAT('(?-i)', ?) -- Text("^a")
    "#]],
    );
    check_condition(
        &test(L::IRegex, [track(&["composer"]), val("^a")]),
        &expect![[r#"
        SQLite: … WHERE iregexp(?, "track"."composer") -- Text("^a")
        PostgreSQL: … WHERE "track"."composer" ~* $1 -- Text("^a")
        MySQL, MariaDB: … WHERE `track`.`composer` REGEXP CONCAT('(?i)', ?) -- Text("^a")
        SQLite: … WHERE (NOT iregexp(?, "track"."composer") OR "track"."composer" IS NULL) -- Text("^a")
        PostgreSQL: … WHERE ("track"."composer" !~* $1 OR "track"."composer" IS NULL) -- Text("^a")
        MySQL, MariaDB: … WHERE (`track`.`composer` NOT REGEXP CONCAT('(?i)', ?) OR `track`.`composer` IS NULL) -- Text("^a")
    "#]],
    );
}

#[test]
fn decimals_and_integers() {
    check_condition(
        &test(L::Lt, [track(&["unit_price"]), val(10)]),
        &expect![[r#"
        SQLite: … WHERE "track"."unit_price" < ? -- Decimal(10)
        PostgreSQL: … WHERE "track"."unit_price" < $1 -- Decimal(10)
        MySQL, MariaDB: … WHERE `track`.`unit_price` < ? -- Decimal(10)
        SQLite: … WHERE "track"."unit_price" >= ? -- Decimal(10)
        PostgreSQL: … WHERE "track"."unit_price" >= $1 -- Decimal(10)
        MySQL, MariaDB: … WHERE `track`.`unit_price` >= ? -- Decimal(10)
    "#]],
    );
    check_condition(
        &test(L::Gt, [track(&["unit_price"]), track(&["bytes"])]),
        &expect![[r#"
        SQLite: … WHERE "track"."unit_price" > CAST("track"."bytes" AS TEXT)
        PostgreSQL: … WHERE "track"."unit_price" > "track"."bytes"
        MySQL, MariaDB: … WHERE `track`.`unit_price` > `track`.`bytes`
        SQLite: … WHERE ("track"."unit_price" <= CAST("track"."bytes" AS TEXT) OR "track"."bytes" IS NULL)
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
        PostgreSQL: … WHERE ("track"."unit_price" * $1) >= $2 -- Decimal(2), Decimal(10)
        MySQL, MariaDB: … WHERE (`track`.`unit_price` * ?) >= ? -- Decimal(2), Decimal(10)
        SQLite: … WHERE decimal_mul("track"."unit_price", ?) COLLATE decimal < ? -- Decimal(2), Decimal(10)
        PostgreSQL: … WHERE ("track"."unit_price" * $1) < $2 -- Decimal(2), Decimal(10)
        MySQL, MariaDB: … WHERE (`track`.`unit_price` * ?) < ? -- Decimal(2), Decimal(10)
    "#]],
    );
    check_condition(
        &test(L::In, [double, list([Decimal::ONE, Decimal::TEN])]),
        &expect![[r#"
        SQLite: … WHERE decimal_mul("track"."unit_price", ?) COLLATE decimal IN (?, ?) -- Decimal(2), Decimal(1), Decimal(10)
        PostgreSQL: … WHERE ("track"."unit_price" * $1) = ANY($2) -- Decimal(2), List(Decimal, [Decimal(1), Decimal(10)])
        MySQL, MariaDB: … WHERE (`track`.`unit_price` * ?) IN (?, ?) -- Decimal(2), Decimal(1), Decimal(10)
        SQLite: … WHERE decimal_mul("track"."unit_price", ?) COLLATE decimal NOT IN (?, ?) -- Decimal(2), Decimal(1), Decimal(10)
        PostgreSQL: … WHERE ("track"."unit_price" * $1) <> ALL($2) -- Decimal(2), List(Decimal, [Decimal(1), Decimal(10)])
        MySQL, MariaDB: … WHERE (`track`.`unit_price` * ?) NOT IN (?, ?) -- Decimal(2), Decimal(1), Decimal(10)
    "#]],
    );
}

#[test]
fn text_is_no_number() {
    let condition = eq(track(&["name"]), 0);
    check_error(
        |dialect| compiler::select(&select(&TRACK, condition.clone()), dialect),
        &expect!["invalid query: Text cannot be compared with I32"],
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

#[test]
fn texts_of_other_collations() {
    let code = |operator| test(operator, [at(&EVERYTHING, &["code"]), val("x")]);
    let select =
        |operator| Select { condition: code(operator), ..values(&EVERYTHING, vec![at(&EVERYTHING, &["level"])]) };
    check_select(
        &select(L::StartsWith),
        &expect![[r#"
        SQLite: SELECT "everything"."level" FROM "everything" WHERE instr("everything"."code", ?) = 1 -- Text("x")
        PostgreSQL: SELECT "everything"."level" FROM "everything" WHERE "everything"."code" LIKE $1 ESCAPE '!' -- Text("x%")
        MySQL: SELECT `everything`.`level` FROM `everything` WHERE `everything`.`code` LIKE ? COLLATE utf8mb4_0900_bin ESCAPE '!' -- Text("x%")
        MariaDB: SELECT `everything`.`level` FROM `everything` WHERE `everything`.`code` LIKE ? COLLATE utf8mb4_nopad_bin ESCAPE '!' -- Text("x%")
    "#]],
    );
    check_select(
        &select(L::IContains),
        &expect![[r#"
        SQLite: SELECT "everything"."level" FROM "everything" WHERE instr(dormouse_fold("everything"."code"), dormouse_fold(?)) > 0 -- Text("x")
        PostgreSQL: SELECT "everything"."level" FROM "everything" WHERE LOWER("everything"."code") LIKE LOWER($1) ESCAPE '!' -- Text("%x%")
        MySQL: SELECT `everything`.`level` FROM `everything` WHERE LOWER(`everything`.`code`) LIKE LOWER(?) COLLATE utf8mb4_0900_bin ESCAPE '!' -- Text("%x%")
        MariaDB: SELECT `everything`.`level` FROM `everything` WHERE LOWER(`everything`.`code`) LIKE LOWER(?) COLLATE utf8mb4_nopad_bin ESCAPE '!' -- Text("%x%")
    "#]],
    );
    check_select(
        &select(L::IExact),
        &expect![[r#"
        SQLite: SELECT "everything"."level" FROM "everything" WHERE dormouse_fold("everything"."code") = dormouse_fold(?) -- Text("x")
        PostgreSQL: SELECT "everything"."level" FROM "everything" WHERE LOWER("everything"."code") = LOWER($1) -- Text("x")
        MySQL: SELECT `everything`.`level` FROM `everything` WHERE LOWER(`everything`.`code`) = LOWER(?) COLLATE utf8mb4_0900_bin -- Text("x")
        MariaDB: SELECT `everything`.`level` FROM `everything` WHERE LOWER(`everything`.`code`) = LOWER(?) COLLATE utf8mb4_nopad_bin -- Text("x")
    "#]],
    );
    let documents =
        test(L::Eq, [at(&EVERYTHING, &["document"]), val(Value::Json(Box::new(serde_json::json!({"a": 1}))))]);
    check_select(
        &Select { condition: documents, ..select(L::Eq) },
        &expect![[r#"
        SQLite: SELECT "everything"."level" FROM "everything" WHERE json("everything"."document") = json(?) -- Json(Object {"a": Number(1)})
        PostgreSQL: SELECT "everything"."level" FROM "everything" WHERE "everything"."document" = $1 -- Json(Object {"a": Number(1)})
        MySQL: SELECT `everything`.`level` FROM `everything` WHERE `everything`.`document` = CAST(? AS JSON) -- Json(Object {"a": Number(1)})
        MariaDB: SELECT `everything`.`level` FROM `everything` WHERE JSON_EQUALS(`everything`.`document`, ?) -- Json(Object {"a": Number(1)})
    "#]],
    );
}
