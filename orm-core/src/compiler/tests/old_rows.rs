//! UPDATE and DELETE of a table that they also read, or whose rows the foreign keys change meanwhile.

use expect_test::expect;

use super::check::{eq, test, val};
use super::music::{EMPLOYEE, PLAYER, TEAM, at, key};
use super::write::{check_delete, check_update};
use crate::ast::{Condition, Delete, LookupOperator as L, Node, Update};
use crate::dialect::{Dialect, OldRows};
use crate::exec;
use crate::model::{FieldDef, ModelDef, OnDelete};
use crate::value::{Kind, Value};

/// A table that others made, seen as one with a key of two columns …
static SEAT: ModelDef = ModelDef {
    name: "Seat",
    table: "t1",
    fields: &[
        FieldDef { name: "row", column: "row", kind: Kind::I32, primary_key: true, ..FieldDef::PLAIN },
        FieldDef { name: "place", column: "place", kind: Kind::I32, primary_key: true, ..FieldDef::PLAIN },
        key("next", "next_id", || &NUMBERED, OnDelete::DoNothing, true),
        FieldDef { name: "name", column: "name", ..FieldDef::PLAIN },
    ],
    primary_key: &[0, 1],
    managed: false,
    ..ModelDef::PLAIN
};

/// … and as one with a number.
static NUMBERED: ModelDef = ModelDef {
    name: "Numbered",
    table: "t1",
    fields: &[
        FieldDef { name: "id", column: "id", kind: Kind::I64, primary_key: true, ..FieldDef::PLAIN },
        FieldDef { name: "name", column: "name", ..FieldDef::PLAIN },
    ],
    primary_key: &[0],
    managed: false,
    ..ModelDef::PLAIN
};

#[test]
fn values_of_other_rows_are_computed_before_a_row_changes() {
    check_update(
        &EMPLOYEE,
        vec![(1, at(&EMPLOYEE, &["reports_to", "name"])), (2, val(1_i64))],
        eq(at(&EMPLOYEE, &["name"]), "x"),
        &expect![[r#"
            SQLite: UPDATE "employee" SET "name" = "t0"."c0", "reports_to_id" = ? FROM (SELECT "employee"."id" AS "k0", "t1"."name" AS "c0" FROM "employee" LEFT JOIN "employee" AS "t1" ON "t1"."id" = "employee"."reports_to_id" WHERE "employee"."name" = ? LIMIT -1) AS "t0" WHERE "t0"."k0" = "employee"."id" -- I64(1), Text("x")
            PostgreSQL: UPDATE "employee" SET "name" = (SELECT "t1"."name" FROM "employee" AS "t1" WHERE "t1"."id" = "employee"."reports_to_id"), "reports_to_id" = $1 WHERE "employee"."name" = $2 -- I64(1), Text("x")
            MySQL, MariaDB: UPDATE `employee` INNER JOIN (SELECT `employee`.`id` AS `k0`, `t1`.`name` AS `c0` FROM `employee` LEFT JOIN `employee` AS `t1` ON `t1`.`id` = `employee`.`reports_to_id` WHERE `employee`.`name` = ? LIMIT 18446744073709551615) AS `t0` ON `t0`.`k0` = `employee`.`id` SET `employee`.`name` = `t0`.`c0`, `employee`.`reports_to_id` = ? -- Text("x"), I64(1)
        "#]],
    );
    check_update(
        &SEAT,
        vec![(3, at(&SEAT, &["next", "name"]))],
        Condition::EMPTY,
        &expect![[r#"
            SQLite: UPDATE "t1" SET "name" = "u0"."c0" FROM (SELECT "t1"."row" AS "k0", "t1"."place" AS "k1", dormouse_read("u1"."name", 'text', 'name') AS "c0" FROM "t1" LEFT JOIN "t1" AS "u1" ON "u1"."id" = dormouse_read("t1"."next_id", 'integer', 'next_id') AND dormouse_readable("u1"."id", 'integer', 'id') LIMIT -1) AS "u0" WHERE "u0"."k0" = "t1"."row" AND "u0"."k1" = "t1"."place"
            PostgreSQL: UPDATE "t1" SET "name" = (SELECT "u1"."name" FROM "t1" AS "u1" WHERE "u1"."id" = "t1"."next_id")
            MySQL, MariaDB: UPDATE `t1` INNER JOIN (SELECT `t1`.`row` AS `k0`, `t1`.`place` AS `k1`, `u1`.`name` AS `c0` FROM `t1` LEFT JOIN `t1` AS `u1` ON `u1`.`id` = `t1`.`next_id` LIMIT 18446744073709551615) AS `u0` ON `u0`.`k0` = `t1`.`row` AND `u0`.`k1` = `t1`.`place` SET `t1`.`name` = `u0`.`c0`
        "#]],
    );
}

#[test]
fn rows_that_a_delete_itself_would_make_match_are_left() {
    check_delete(
        &EMPLOYEE,
        test(L::IsNull, [at(&EMPLOYEE, &["reports_to"])]),
        &expect![[r#"
            SQLite, PostgreSQL: DELETE FROM "employee" WHERE "employee"."reports_to_id" IS NULL
            MySQL, MariaDB: DELETE `employee` FROM `employee` INNER JOIN (SELECT `employee`.`id` AS `k0` FROM `employee` WHERE `employee`.`reports_to_id` IS NULL LIMIT 18446744073709551615) AS `t0` ON `t0`.`k0` = `employee`.`id`
        "#]],
    );
    check_delete(
        &SEAT,
        test(L::IsNull, [at(&SEAT, &["next"])]),
        &expect![[r#"
            SQLite, PostgreSQL: DELETE FROM "t1" WHERE "t1"."next_id" IS NULL
            MySQL, MariaDB: DELETE `t1` FROM `t1` INNER JOIN (SELECT `t1`.`row` AS `k0`, `t1`.`place` AS `k1` FROM `t1` WHERE `t1`.`next_id` IS NULL LIMIT 18446744073709551615) AS `u0` ON `u0`.`k0` = `t1`.`row` AND `u0`.`k1` = `t1`.`place`
        "#]],
    );
}

#[test]
fn other_deletes_are_bare() {
    check_delete(
        &EMPLOYEE,
        eq(at(&EMPLOYEE, &["name"]), "x"),
        &expect![[r#"
        SQLite: DELETE FROM "employee" WHERE "employee"."name" = ? -- Text("x")
        PostgreSQL: DELETE FROM "employee" WHERE "employee"."name" = $1 -- Text("x")
        MySQL, MariaDB: DELETE FROM `employee` WHERE `employee`.`name` = ? -- Text("x")
    "#]],
    );
    check_delete(
        &TEAM,
        test(L::IsNull, [at(&TEAM, &["captain"])]),
        &expect![[r#"
        SQLite, PostgreSQL: DELETE FROM "team" WHERE "team"."captain_id" IS NULL
        MySQL, MariaDB: DELETE FROM `team` WHERE `team`.`captain_id` IS NULL
    "#]],
    );
    check_delete(
        &PLAYER,
        eq(at(&PLAYER, &["team"]), 1_i64),
        &expect![[r#"
        SQLite: DELETE FROM "player" WHERE "player"."team_id" = ? -- I64(1)
        PostgreSQL: DELETE FROM "player" WHERE "player"."team_id" = $1 -- I64(1)
        MySQL, MariaDB: DELETE FROM `player` WHERE `player`.`team_id` = ? -- I64(1)
    "#]],
    );
}

#[test]
fn a_long_list_is_read_once_by_a_subquery_that_chooses_the_rows() {
    let list = || Node::Value(Value::List(Kind::Text, (0..600).map(|n| Value::Text(format!("w{n}").into())).collect()));
    let condition = || test(L::In, [at(&EMPLOYEE, &["name"]), list()]);
    for dialect in Dialect::all().into_iter().filter(|dialect| dialect.features().old_rows == OldRows::Joined) {
        let delete = Delete { model: &EMPLOYEE, condition: condition(), tag: None };
        let sql = exec::delete(&delete, &dialect).unwrap().unwrap().sql;
        let start = "DELETE `employee` FROM `employee` INNER JOIN (SELECT `employee`.`id` AS `k0` FROM `employee` WHERE \
                     `employee`.`name` IN (SELECT `v0` FROM JSON_TABLE(?, ";
        assert!(sql.starts_with(start), "{sql}");
        let update = Update { model: &EMPLOYEE, assignments: vec![(2, val(1_i64))], condition: condition(), tag: None };
        let sql = exec::update(&update, &dialect).unwrap().unwrap().sql;
        let start = start.replace("DELETE `employee` FROM", "UPDATE");
        assert!(sql.starts_with(&start), "{sql}");
        let end =
            " LIMIT 18446744073709551615) AS `t0` ON `t0`.`k0` = `employee`.`id` SET `employee`.`reports_to_id` = ?";
        assert!(sql.ends_with(end), "{sql}");
    }
}
