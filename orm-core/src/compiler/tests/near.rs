//! Moments in a table that the library did not make: on SQLite the day in front of every form bounds the comparison, so that an
//! index serves.

use chrono::DateTime;
use expect_test::expect;

use super::check::{check_select, select, test};
use super::music::{ID, at, of_kind};
use crate::ast::{Condition, LookupOperator as L, Node, Select};
use crate::model::ModelDef;
use crate::value::{Kind, Value};

static LOG: ModelDef = ModelDef {
    name: "Log",
    table: "log",
    managed: false,
    fields: &[ID, of_kind("at", Kind::Timestamp, false)],
    primary_key: &[0],
    ..ModelDef::PLAIN
};

fn rows(operator: L, days: &[i64]) -> Select {
    let moment = |day: &i64| Node::Value(Value::Timestamp(DateTime::from_timestamp(day * 86_400, 0).unwrap()));
    let mut operands = vec![at(&LOG, &["at"])];
    operands.extend(days.iter().map(moment));
    let condition: Condition = test(operator, operands);
    Select { order: Some(Vec::new()), ..select(&LOG, condition) }
}

#[test]
fn each_side_is_bounded_by_its_day() {
    check_select(
        &rows(L::Eq, &[10]),
        &expect![[r#"
            SQLite: SELECT "log"."id", "log"."at" FROM "log" WHERE ("log"."at" >= ? AND "log"."at" < ? AND dormouse_moment("log"."at") = ?) AND dormouse_readable("log"."at", 'moment', 'at') -- Date(1970-01-10), Date(1970-01-13), Timestamp(1970-01-11T00:00:00Z)
            PostgreSQL: SELECT "log"."id", "log"."at" FROM "log" WHERE "log"."at" = $1 -- Timestamp(1970-01-11T00:00:00Z)
            MySQL, MariaDB: SELECT `log`.`id`, `log`.`at` FROM `log` WHERE `log`.`at` = ? -- Timestamp(1970-01-11T00:00:00Z)
        "#]],
    );
    check_select(
        &rows(L::Lt, &[10]),
        &expect![[r#"
            SQLite: SELECT "log"."id", "log"."at" FROM "log" WHERE dormouse_readable("log"."at", 'moment', 'at') AND ("log"."at" < ? AND dormouse_moment("log"."at") < ?) -- Date(1970-01-13), Timestamp(1970-01-11T00:00:00Z)
            PostgreSQL: SELECT "log"."id", "log"."at" FROM "log" WHERE "log"."at" < $1 -- Timestamp(1970-01-11T00:00:00Z)
            MySQL, MariaDB: SELECT `log`.`id`, `log`.`at` FROM `log` WHERE `log`.`at` < ? -- Timestamp(1970-01-11T00:00:00Z)
        "#]],
    );
    check_select(
        &rows(L::Gte, &[10]),
        &expect![[r#"
            SQLite: SELECT "log"."id", "log"."at" FROM "log" WHERE dormouse_readable("log"."at", 'moment', 'at') AND ("log"."at" >= ? AND dormouse_moment("log"."at") >= ?) -- Date(1970-01-10), Timestamp(1970-01-11T00:00:00Z)
            PostgreSQL: SELECT "log"."id", "log"."at" FROM "log" WHERE "log"."at" >= $1 -- Timestamp(1970-01-11T00:00:00Z)
            MySQL, MariaDB: SELECT `log`.`id`, `log`.`at` FROM `log` WHERE `log`.`at` >= ? -- Timestamp(1970-01-11T00:00:00Z)
        "#]],
    );
    check_select(
        &rows(L::Between, &[10, 20]),
        &expect![[r#"
            SQLite: SELECT "log"."id", "log"."at" FROM "log" WHERE dormouse_readable("log"."at", 'moment', 'at') AND ("log"."at" >= ? AND "log"."at" < ? AND dormouse_moment("log"."at") BETWEEN ? AND ?) -- Date(1970-01-10), Date(1970-01-23), Timestamp(1970-01-11T00:00:00Z), Timestamp(1970-01-21T00:00:00Z)
            PostgreSQL: SELECT "log"."id", "log"."at" FROM "log" WHERE "log"."at" BETWEEN $1 AND $2 -- Timestamp(1970-01-11T00:00:00Z), Timestamp(1970-01-21T00:00:00Z)
            MySQL, MariaDB: SELECT `log`.`id`, `log`.`at` FROM `log` WHERE `log`.`at` BETWEEN ? AND ? -- Timestamp(1970-01-11T00:00:00Z), Timestamp(1970-01-21T00:00:00Z)
        "#]],
    );
}
