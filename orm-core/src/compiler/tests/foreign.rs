//! Tables that the library did not make: on SQLite their values have many forms, of which each is found.

use chrono::DateTime;
use expect_test::expect;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::check::{self, and, asc, check, check_select, eq, select, test, values};
use super::music::at;
use crate::ast::{Insert, LookupOperator as L, Node, Select, Update};
use crate::exec;
use crate::model::{FieldDef, ModelDef};
use crate::value::{Kind, Value};

static EVENT: ModelDef = ModelDef {
    name: "Event",
    table: "event",
    managed: false,
    fields: &[
        FieldDef { name: "id", column: "id", kind: Kind::Uuid, primary_key: true, ..FieldDef::PLAIN },
        FieldDef { name: "at", column: "at", kind: Kind::Timestamp, nullable: true, ..FieldDef::PLAIN },
        FieldDef {
            name: "money",
            column: "money",
            kind: Kind::Decimal,
            max_digits: Some(8),
            decimal_places: Some(2),
            ..FieldDef::PLAIN
        },
    ],
    primary_key: &[0],
    ..ModelDef::PLAIN
};

#[test]
fn a_foreign_table() {
    let (id, moment, money) = (at(&EVENT, &["id"]), at(&EVENT, &["at"]), at(&EVENT, &["money"]));
    let now = Value::Timestamp(DateTime::UNIX_EPOCH);
    let key = Value::Uuid(Uuid::from_u128(10));
    check_select(
        &Select { order: Some(vec![asc(moment.clone())]), ..select(&EVENT, eq(money.clone(), Decimal::ONE)) },
        &expect![[r#"
            SQLite: SELECT "event"."id", "event"."at", decimal_at("event"."money", 2) AS "money" FROM "event" WHERE (decimal_at("event"."money", 2) = ? AND dormouse_readable("event"."money", 'decimal', 'money')) AND dormouse_readable("event"."at", 'moment', 'at') ORDER BY dormouse_moment("event"."at") -- Decimal(1.00)
            PostgreSQL: SELECT "event"."id", "event"."at", "event"."money" FROM "event" WHERE "event"."money" = $1 ORDER BY "event"."at" -- Decimal(1)
            MySQL, MariaDB: SELECT `event`.`id`, `event`.`at`, `event`.`money` FROM `event` WHERE `event`.`money` = ? ORDER BY `event`.`at` -- Decimal(1)
        "#]],
    );
    let keys = || values(&EVENT, vec![at(&EVENT, &["id"])]);
    let later = test(L::Gt, [moment.clone(), Node::Value(now.clone())]);
    let condition = and([later.clone().negate(), eq(id.clone(), key.clone()).negate()]);
    check_select(
        &Select { condition, distinct: true, ..values(&EVENT, vec![moment]) },
        &expect![[r#"
            SQLite: SELECT DISTINCT dormouse_moment(dormouse_read("event"."at", 'moment', 'at')) AS "at" FROM "event" WHERE (dormouse_readable("event"."at", 'moment', 'at') AND (dormouse_moment("event"."at") <= ? OR "event"."at" IS NULL)) AND (dormouse_readable("event"."id", 'uuid', 'id') AND "event"."id" NOT IN (?, ?, ?, ?, ?)) -- Timestamp(1970-01-01T00:00:00Z), Text("00000000-0000-0000-0000-00000000000a"), Text("0000000000000000000000000000000a"), Text("00000000-0000-0000-0000-00000000000A"), Text("0000000000000000000000000000000A"), Bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10])
            PostgreSQL: SELECT DISTINCT "event"."at" FROM "event" WHERE ("event"."at" <= $1 OR "event"."at" IS NULL) AND "event"."id" <> $2 -- Timestamp(1970-01-01T00:00:00Z), Uuid(00000000-0000-0000-0000-00000000000a)
            MySQL, MariaDB: SELECT DISTINCT `event`.`at` FROM `event` WHERE (`event`.`at` <= ? OR `event`.`at` IS NULL) AND `event`.`id` <> ? -- Timestamp(1970-01-01T00:00:00Z), Uuid(00000000-0000-0000-0000-00000000000a)
        "#]],
    );
    // A list of one value is an equality, with the range that serves an index.
    let only = |list| test(L::In, [at(&EVENT, &["at"]), list]);
    check_select(
        &Select { condition: only(Node::Value(Value::List(Kind::Timestamp, vec![now.clone()]))), ..keys() },
        &expect![[r#"
            SQLite: SELECT "event"."id" FROM "event" WHERE ("event"."at" >= ? AND "event"."at" < ? AND dormouse_moment("event"."at") = ?) AND dormouse_readable("event"."at", 'moment', 'at') -- Date(1969-12-31), Date(1970-01-03), Timestamp(1970-01-01T00:00:00Z)
            PostgreSQL: SELECT "event"."id" FROM "event" WHERE "event"."at" = $1 -- Timestamp(1970-01-01T00:00:00Z)
            MySQL, MariaDB: SELECT `event`.`id` FROM `event` WHERE `event`.`at` = ? -- Timestamp(1970-01-01T00:00:00Z)
        "#]],
    );
    let row = vec![key.clone(), now.clone(), Value::Decimal(Decimal::ONE)];
    let insert = Insert { model: &EVENT, fields: vec![0, 1, 2], rows: vec![row], returning: true };
    check(
        |dialect| check::insert(&insert, dialect).map(Some),
        &expect![[r#"
        SQLite: INSERT INTO "event" ("id", "at", "money") VALUES (dormouse_like(?, ifnull((SELECT MAX("c0") FROM (SELECT "id" AS "c0" FROM "event" LIMIT 100)), (SELECT "type" FROM pragma_table_info('event') WHERE "name" = 'id' COLLATE NOCASE))), dormouse_like(?, ifnull((SELECT MAX("c0") FROM (SELECT "at" AS "c0" FROM "event" LIMIT 100)), (SELECT "type" FROM pragma_table_info('event') WHERE "name" = 'at' COLLATE NOCASE))), ?) RETURNING "event"."id", "event"."at", decimal_at("event"."money", 2) AS "money" -- Uuid(00000000-0000-0000-0000-00000000000a), Timestamp(1970-01-01T00:00:00Z), Decimal(1.00)
        PostgreSQL: INSERT INTO "event" ("id", "at", "money") VALUES ($1, $2, $3) RETURNING "event"."id", "event"."at", "event"."money" -- Uuid(00000000-0000-0000-0000-00000000000a), Timestamp(1970-01-01T00:00:00Z), Decimal(1.00)
        MySQL: INSERT INTO `event` (`id`, `at`, `money`) VALUES (?, ?, ?) -- Uuid(00000000-0000-0000-0000-00000000000a), Timestamp(1970-01-01T00:00:00Z), Decimal(1.00)
        MariaDB: INSERT INTO `event` (`id`, `at`, `money`) VALUES (?, ?, ?) RETURNING `event`.`id`, `event`.`at`, `event`.`money` -- Uuid(00000000-0000-0000-0000-00000000000a), Timestamp(1970-01-01T00:00:00Z), Decimal(1.00)
    "#]],
    );
    let update = Update { model: &EVENT, assignments: vec![(1, Node::Value(now))], condition: eq(id, key), tag: None };
    check(
        |dialect| exec::update(&update, dialect),
        &expect![[r#"
            SQLite: UPDATE "event" SET "at" = dormouse_like(?, ifnull("event"."at", (SELECT "type" FROM pragma_table_info('event') WHERE "name" = 'at' COLLATE NOCASE))) WHERE "event"."id" IN (?, ?, ?, ?, ?) AND dormouse_readable("event"."id", 'uuid', 'id') -- Timestamp(1970-01-01T00:00:00Z), Text("00000000-0000-0000-0000-00000000000a"), Text("0000000000000000000000000000000a"), Text("00000000-0000-0000-0000-00000000000A"), Text("0000000000000000000000000000000A"), Bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10])
            PostgreSQL: UPDATE "event" SET "at" = $1 WHERE "event"."id" = $2 -- Timestamp(1970-01-01T00:00:00Z), Uuid(00000000-0000-0000-0000-00000000000a)
            MySQL, MariaDB: UPDATE `event` SET `at` = ? WHERE `event`.`id` = ? -- Timestamp(1970-01-01T00:00:00Z), Uuid(00000000-0000-0000-0000-00000000000a)
        "#]],
    );
}
