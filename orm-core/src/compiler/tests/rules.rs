//! Rules of one word each: an operator or a NULL that is easily turned round, and that no other text would show.

use expect_test::expect;

use super::check::{and, call, check_select, eq, list, or, test, val, values};
use super::music::{ALBUM, EVERYTHING, TRACK, at, key, of_kind, track};
use super::write::check_update;
use crate::ast::{Condition, Function, LookupOperator as L, Node, Select};
use crate::model::{FieldDef, ModelDef, OnDelete};
use crate::value::{Kind, Value};

/// A table of others whose key cannot be NULL, and still may lead to no row.
static THEIRS: ModelDef = ModelDef {
    name: "Theirs",
    table: "theirs",
    fields: &[
        FieldDef { primary_key: true, ..of_kind("id", Kind::I64, false) },
        key("album", "album_id", || &ALBUM, OnDelete::DoNothing, false),
    ],
    primary_key: &[0],
    managed: false,
    ..ModelDef::PLAIN
};

#[test]
fn a_key_of_others_may_lead_to_no_row() {
    check_select(
        &values(&THEIRS, vec![at(&THEIRS, &["album", "title"])]),
        &expect![[r#"
        SQLite: SELECT "t1"."title" FROM "theirs" LEFT JOIN "album" AS "t1" ON "t1"."id" = dormouse_read("theirs"."album_id", 'integer', 'album_id')
        PostgreSQL: SELECT "t1"."title" FROM "theirs" LEFT JOIN "album" AS "t1" ON "t1"."id" = "theirs"."album_id"
        MySQL, MariaDB: SELECT `t1`.`title` FROM `theirs` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `theirs`.`album_id`
    "#]],
    );
}

#[test]
fn keys_that_are_written_out_are_no_level_of_their_own() {
    let nulls = Node::Value(Value::List(Kind::Text, vec![Value::Null(Kind::Text), Value::from("x")]));
    let keys = test(L::KeyIn, [track(&["name"]), track(&["composer"]), list(["a", "b"]), nulls]);
    check_select(
        &Select {
            condition: and([keys.negate(), eq(track(&["live"]), Value::Bool(true))]),
            ..values(&TRACK, vec![track(&["id"])])
        },
        &expect![[r#"
            SQLite: SELECT "track"."id" FROM "track" WHERE ("track"."name" <> ? OR "track"."composer" IS NOT NULL) AND ("track"."name" <> ? OR ("track"."composer" <> ? OR "track"."composer" IS NULL)) AND "track"."live" = ? -- Text("a"), Text("b"), Text("x"), Bool(true)
            PostgreSQL: SELECT "track"."id" FROM "track" WHERE ("track"."name" <> $1 OR "track"."composer" IS NOT NULL) AND ("track"."name" <> $2 OR ("track"."composer" <> $3 OR "track"."composer" IS NULL)) AND "track"."live" = $4 -- Text("a"), Text("b"), Text("x"), Bool(true)
            MySQL, MariaDB: SELECT `track`.`id` FROM `track` WHERE (`track`.`name` <> ? OR `track`.`composer` IS NOT NULL) AND (`track`.`name` <> ? OR (`track`.`composer` <> ? OR `track`.`composer` IS NULL)) AND `track`.`live` = ? -- Text("a"), Text("b"), Text("x"), Bool(true)
        "#]],
    );
}

#[test]
fn documents_are_equal_one_by_one() {
    let document = |n: i64| val(Value::Json(Box::new(n.into())));
    let is = |n| test(L::Eq, [at(&EVERYTHING, &["document"]), document(n)]);
    let select = values(&EVERYTHING, vec![at(&EVERYTHING, &["level"])]);
    check_select(
        &Select { condition: or([is(1), is(2)]), ..select },
        &expect![[r#"
        SQLite: SELECT "everything"."level" FROM "everything" WHERE dormouse_json("everything"."document") = dormouse_json(?) OR dormouse_json("everything"."document") = dormouse_json(?) -- Json(Number(1)), Json(Number(2))
        PostgreSQL: SELECT "everything"."level" FROM "everything" WHERE CAST("everything"."document" AS JSONB) = CAST($1 AS JSONB) OR CAST("everything"."document" AS JSONB) = CAST($2 AS JSONB) -- Json(Number(1)), Json(Number(2))
        MySQL: SELECT `everything`.`level` FROM `everything` WHERE `everything`.`document` = CAST(? AS JSON) OR `everything`.`document` = CAST(? AS JSON) -- Json(Number(1)), Json(Number(2))
        MariaDB: SELECT `everything`.`level` FROM `everything` WHERE JSON_NORMALIZE(CONCAT(`everything`.`document`, ' ')) = JSON_NORMALIZE(CONCAT(?, ' ')) OR JSON_NORMALIZE(CONCAT(`everything`.`document`, ' ')) = JSON_NORMALIZE(CONCAT(?, ' ')) -- Json(Number(1)), Json(Number(2))
    "#]],
    );
}

#[test]
fn a_quotient_of_columns_may_be_null() {
    let quotient = call(Function::Divide, [track(&["milliseconds"]), track(&["unit_price"])], Kind::Decimal);
    let condition = eq(quotient, Value::Decimal(2.into())).negate();
    check_select(
        &Select { condition, ..values(&TRACK, vec![track(&["id"])]) },
        &expect![[r#"
        SQLite: SELECT "track"."id" FROM "track" WHERE (decimal_div("track"."milliseconds", "track"."unit_price") COLLATE decimal = ?) IS NOT TRUE -- Decimal(2)
        PostgreSQL: SELECT "track"."id" FROM "track" WHERE (ROUND(CAST("track"."milliseconds" AS NUMERIC(160, 30)) / NULLIF("track"."unit_price", 0), 10) = $1) IS NOT TRUE -- Decimal(2)
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` WHERE (ROUND(CAST(`track`.`milliseconds` AS DECIMAL(65, 30)) / NULLIF(`track`.`unit_price`, 0), 10) = ?) IS NOT TRUE -- Decimal(2)
    "#]],
    );
}

#[test]
fn one_row_is_passed_over() {
    let select = values(&TRACK, vec![track(&["id"])]);
    check_select(
        &Select { offset: 1, ..select },
        &expect![[r#"
        SQLite: SELECT "track"."id" FROM "track" LIMIT -1 OFFSET ? -- I64(1)
        PostgreSQL: SELECT "track"."id" FROM "track" OFFSET $1 -- I64(1)
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` LIMIT 18446744073709551615 OFFSET ? -- I64(1)
    "#]],
    );
}

#[test]
fn a_narrow_column_is_no_other_narrow_one() {
    let level = at(&EVERYTHING, &["level"]);
    check_update(
        &EVERYTHING,
        vec![(2, level)],
        Condition::EMPTY,
        &expect![[r#"
            SQLite: UPDATE "everything" SET "small" = integer_fit("everything"."level", 0, 255)
            PostgreSQL: UPDATE "everything" SET "small" = (("everything"."level" + 9223372036854775552 - 9223372036854775552) - 9223372036854775807 - 1 + 1 + 9223372036854775807)
            MySQL, MariaDB: UPDATE `everything` SET `small` = ((`everything`.`level` + 9223372036854775552 - 9223372036854775552) - 9223372036854775807 - 1 + 1 + 9223372036854775807)
        "#]],
    );
}
