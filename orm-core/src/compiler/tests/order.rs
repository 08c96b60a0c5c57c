//! Order, slices and DISTINCT.

use expect_test::expect;

use super::check::{asc, call, check, check_error, check_select, desc, test, val, values};
use super::music::{ARTIST, EMPLOYEE, QUOTED, TRACK, at, track};
use crate::ast::{Function, LookupOperator as L, Nulls, Ordering, Select};
use crate::compiler;
use crate::dialect::{Explain, ExplainFormat};
use crate::exec;
use crate::value::Kind;

#[test]
fn models() {
    check_select(
        &Select::all(&ARTIST),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" ORDER BY "artist"."name"
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` ORDER BY `artist`.`name`
    "#]],
    );
    check_select(
        &Select { reversed: true, ..Select::all(&EMPLOYEE) },
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "employee"."id", "employee"."name", "employee"."reports_to_id", "employee"."hired" FROM "employee" ORDER BY "employee"."hired", "employee"."name" DESC
        MySQL, MariaDB: SELECT `employee`.`id`, `employee`.`name`, `employee`.`reports_to_id`, `employee`.`hired` FROM `employee` ORDER BY `employee`.`hired`, `employee`.`name` DESC
    "#]],
    );
    check_select(
        &Select { order: Some(Vec::new()), ..Select::all(&ARTIST) },
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist"
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist`
    "#]],
    );
    check_select(
        &Select { order: Some(Vec::new()), reversed: true, ..Select::all(&ARTIST) },
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" ORDER BY "artist"."id" DESC
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` ORDER BY `artist`.`id` DESC
    "#]],
    );
    check_select(
        &Select::all(&QUOTED),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "my ""odd` table"."id", "my ""odd` table"."se""le`ct" FROM "my ""odd` table"
        MySQL, MariaDB: SELECT `my "odd`` table`.`id`, `my "odd`` table`.`se"le``ct` FROM `my "odd`` table`
    "#]],
    );
}

#[test]
fn terms() {
    let order = vec![desc(track(&["album", "title"])), asc(track(&["unit_price"]))];
    check_select(
        &Select { order: Some(order), ..values(&TRACK, vec![track(&["id"])]) },
        &expect![[r#"
        SQLite: SELECT "track"."id" FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" ORDER BY "t1"."title" DESC, "track"."unit_price" COLLATE decimal
        PostgreSQL: SELECT "track"."id" FROM "track" LEFT JOIN "album" AS "t1" ON "t1"."id" = "track"."album_id" ORDER BY "t1"."title" DESC, "track"."unit_price"
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` LEFT JOIN `album` AS `t1` ON `t1`.`id` = `track`.`album_id` ORDER BY `t1`.`title` DESC, `track`.`unit_price`
    "#]],
    );
    let first = Ordering { nulls: Some(Nulls::First), ..desc(track(&["composer"])) };
    let last = Ordering { nulls: Some(Nulls::Last), ..asc(track(&["bytes"])) };
    let select = Select { order: Some(vec![first, last]), ..values(&TRACK, vec![track(&["id"])]) };
    check_select(
        &select,
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "track"."id" FROM "track" ORDER BY "track"."composer" DESC NULLS FIRST, "track"."bytes" NULLS LAST
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` ORDER BY `track`.`composer` IS NULL DESC, `track`.`composer` DESC, `track`.`bytes` IS NULL, `track`.`bytes`
    "#]],
    );
    check_select(
        &Select { reversed: true, ..select },
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "track"."id" FROM "track" ORDER BY "track"."composer" NULLS LAST, "track"."bytes" DESC NULLS FIRST
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` ORDER BY `track`.`composer` IS NULL, `track`.`composer`, `track`.`bytes` IS NULL DESC, `track`.`bytes` DESC
    "#]],
    );
    let price = call(Function::Multiply, [track(&["unit_price"]), track(&["bytes"])], Kind::Decimal);
    check_select(
        &Select { order: Some(vec![desc(price)]), ..values(&TRACK, vec![track(&["id"])]) },
        &expect![[r#"
        SQLite: SELECT "track"."id" FROM "track" ORDER BY decimal_mul("track"."unit_price", "track"."bytes") COLLATE decimal DESC
        PostgreSQL: SELECT "track"."id" FROM "track" ORDER BY ("track"."unit_price" * "track"."bytes") DESC
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` ORDER BY (`track`.`unit_price` * `track`.`bytes`) DESC
    "#]],
    );
}

#[test]
fn slices() {
    let sliced = |limit, offset| Select { limit, offset, ..values(&TRACK, vec![track(&["id"])]) };
    check_select(
        &sliced(Some(10), 0),
        &expect![[r#"
            SQLite: SELECT "track"."id" FROM "track" LIMIT 10
            PostgreSQL: SELECT "track"."id" FROM "track" LIMIT $1 -- I64(10)
            MySQL, MariaDB: SELECT `track`.`id` FROM `track` LIMIT ? -- I64(10)
        "#]],
    );
    check_select(
        &sliced(Some(10), 30),
        &expect![[r#"
            SQLite: SELECT "track"."id" FROM "track" LIMIT 10 OFFSET ? -- I64(30)
            PostgreSQL: SELECT "track"."id" FROM "track" LIMIT $1 OFFSET $2 -- I64(10), I64(30)
            MySQL, MariaDB: SELECT `track`.`id` FROM `track` LIMIT ? OFFSET ? -- I64(10), I64(30)
        "#]],
    );
    check_select(
        &sliced(None, 30),
        &expect![[r#"
        SQLite: SELECT "track"."id" FROM "track" LIMIT -1 OFFSET ? -- I64(30)
        PostgreSQL: SELECT "track"."id" FROM "track" OFFSET $1 -- I64(30)
        MySQL, MariaDB: SELECT `track`.`id` FROM `track` LIMIT 18446744073709551615 OFFSET ? -- I64(30)
    "#]],
    );
    check_select(
        &sliced(Some(0), 0),
        &expect![[r#"
        all: nothing is sent
    "#]],
    );
    check_select(
        &sliced(Some(u64::MAX), 0),
        &expect![[r#"
            SQLite: SELECT "track"."id" FROM "track" LIMIT 9223372036854775807
            PostgreSQL: SELECT "track"."id" FROM "track" LIMIT $1 -- I64(9223372036854775807)
            MySQL, MariaDB: SELECT `track`.`id` FROM `track` LIMIT ? -- I64(9223372036854775807)
        "#]],
    );
    check_select(
        &sliced(None, u64::MAX),
        &expect![[r#"
        all: nothing is sent
    "#]],
    );
    check(
        |dialect| exec::count(&sliced(Some(10), 30), dialect),
        &expect![[r#"
            SQLite: SELECT COUNT(*) FROM (SELECT 1 AS "c0" FROM "track" LIMIT 10 OFFSET ?) AS "s" -- I64(30)
            PostgreSQL: SELECT COUNT(*) FROM (SELECT 1 AS "c0" FROM "track" LIMIT $1 OFFSET $2) AS "s" -- I64(10), I64(30)
            MySQL, MariaDB: SELECT COUNT(*) FROM (SELECT 1 AS `c0` FROM `track` LIMIT ? OFFSET ?) AS `s` -- I64(10), I64(30)
        "#]],
    );
    check(
        |dialect| exec::exists(&sliced(None, 30), dialect),
        &expect![[r#"
        SQLite: SELECT 1 FROM "track" LIMIT 1 OFFSET ? -- I64(30)
        PostgreSQL: SELECT 1 FROM "track" LIMIT 1 OFFSET $1 -- I64(30)
        MySQL, MariaDB: SELECT 1 FROM `track` LIMIT 1 OFFSET ? -- I64(30)
    "#]],
    );
}

#[test]
fn distinct() {
    let select = |nodes| Select { distinct: true, ..values(&EMPLOYEE, nodes) };
    let name = || at(&EMPLOYEE, &["name"]);
    let boss = || at(&EMPLOYEE, &["reports_to", "name"]);
    check_select(
        &select(vec![name(), boss()]),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT DISTINCT "employee"."name", "t1"."name" FROM "employee" LEFT JOIN "employee" AS "t1" ON "t1"."id" = "employee"."reports_to_id"
        MySQL, MariaDB: SELECT DISTINCT `employee`.`name`, `t1`.`name` FROM `employee` LEFT JOIN `employee` AS `t1` ON `t1`.`id` = `employee`.`reports_to_id`
    "#]],
    );
    check_select(
        &Select { order: Some(vec![asc(boss())]), ..select(vec![name(), boss()]) },
        &expect![[r#"
        SQLite, PostgreSQL: SELECT DISTINCT "employee"."name", "t1"."name" FROM "employee" LEFT JOIN "employee" AS "t1" ON "t1"."id" = "employee"."reports_to_id" ORDER BY "t1"."name"
        MySQL, MariaDB: SELECT DISTINCT `employee`.`name`, `t1`.`name` FROM `employee` LEFT JOIN `employee` AS `t1` ON `t1`.`id` = `employee`.`reports_to_id` ORDER BY `t1`.`name`
    "#]],
    );
    check(
        |dialect| exec::count(&select(vec![name(), boss()]), dialect),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT COUNT(*) FROM (SELECT DISTINCT "employee"."name" AS "c0", "t1"."name" AS "c1" FROM "employee" LEFT JOIN "employee" AS "t1" ON "t1"."id" = "employee"."reports_to_id") AS "s"
        MySQL, MariaDB: SELECT COUNT(*) FROM (SELECT DISTINCT `employee`.`name` AS `c0`, `t1`.`name` AS `c1` FROM `employee` LEFT JOIN `employee` AS `t1` ON `t1`.`id` = `employee`.`reports_to_id`) AS `s`
    "#]],
    );
    check(
        |dialect| exec::exists(&select(vec![name()]), dialect),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT 1 FROM "employee" LIMIT 1
        MySQL, MariaDB: SELECT 1 FROM `employee` LIMIT 1
    "#]],
    );
    check(
        |dialect| exec::exists(&Select { offset: 2, ..select(vec![name()]) }, dialect),
        &expect![[r#"
        SQLite: SELECT 1 FROM (SELECT DISTINCT "employee"."name" AS "c0" FROM "employee" LIMIT -1 OFFSET ?) AS "s" LIMIT 1 -- I64(2)
        PostgreSQL: SELECT 1 FROM (SELECT DISTINCT "employee"."name" AS "c0" FROM "employee" OFFSET $1) AS "s" LIMIT 1 -- I64(2)
        MySQL, MariaDB: SELECT 1 FROM (SELECT DISTINCT `employee`.`name` AS `c0` FROM `employee` LIMIT 18446744073709551615 OFFSET ?) AS `s` LIMIT 1 -- I64(2)
    "#]],
    );
    let wrong = Select { order: Some(vec![asc(boss())]), ..select(vec![name()]) };
    check_error(
        |dialect| exec::select(&wrong, dialect),
        &expect![
            "invalid query: `distinct` cannot be ordered by `reports_to.name`, which is not selected; select it, or order by what is"
        ],
    );
    // The model's own order gives way.
    check_select(
        &Select { order: None, ..select(vec![name()]) },
        &expect![[r#"
        SQLite, PostgreSQL: SELECT DISTINCT "employee"."name" FROM "employee"
        MySQL, MariaDB: SELECT DISTINCT `employee`.`name` FROM `employee`
    "#]],
    );
    // The key itself, by either name.
    let key = Select {
        order: Some(vec![asc(at(&EMPLOYEE, &["reports_to", "id"]))]),
        ..select(vec![at(&EMPLOYEE, &["reports_to"])])
    };
    check_select(
        &key,
        &expect![[r#"
        SQLite, PostgreSQL: SELECT DISTINCT "employee"."reports_to_id" FROM "employee" ORDER BY "employee"."reports_to_id"
        MySQL, MariaDB: SELECT DISTINCT `employee`.`reports_to_id` FROM `employee` ORDER BY `employee`.`reports_to_id`
    "#]],
    );
}

#[test]
fn models_are_distinct_by_their_keys() {
    check_select(
        &Select { distinct: true, ..Select::all(&ARTIST) },
        &expect![[r#"
        SQLite, PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" ORDER BY "artist"."name"
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` ORDER BY `artist`.`name`
    "#]],
    );
    check(
        |dialect| exec::count(&Select { distinct: true, ..Select::all(&ARTIST) }, dialect),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT COUNT(*) FROM "artist"
        MySQL, MariaDB: SELECT COUNT(*) FROM `artist`
    "#]],
    );
}

#[test]
fn arithmetic() {
    let two = |function, left: &str, right: &str, kind| call(function, [track(&[left]), track(&[right])], kind);
    let nodes = vec![
        two(Function::Add, "milliseconds", "bytes", Kind::I32),
        two(Function::Divide, "milliseconds", "bytes", Kind::I32),
        two(Function::Modulo, "milliseconds", "bytes", Kind::I32),
        two(Function::Divide, "rating", "bytes", Kind::F64),
        two(Function::Modulo, "rating", "bytes", Kind::F64),
        two(Function::Divide, "unit_price", "bytes", Kind::Decimal),
        two(Function::Subtract, "unit_price", "unit_price", Kind::Decimal),
        call(Function::Add, [track(&["unit_price"]), val(1)], Kind::Decimal),
        call(Function::Negate, [track(&["unit_price"])], Kind::Decimal),
        call(Function::Negate, [track(&["bytes"])], Kind::I32),
        call(Function::Add, [val(1), val(2)], Kind::I32),
        val("alone"),
    ];
    check_select(
        &values(&TRACK, nodes),
        &expect![[r#"
            SQLite: SELECT integer_add("track"."milliseconds", "track"."bytes"), integer_div("track"."milliseconds", "track"."bytes"), ("track"."milliseconds" % "track"."bytes"), float_div("track"."rating", "track"."bytes"), float_rem("track"."rating", "track"."bytes"), decimal_div("track"."unit_price", "track"."bytes"), decimal_sub("track"."unit_price", "track"."unit_price"), decimal_add("track"."unit_price", ?), decimal_sub('0', "track"."unit_price"), integer_neg("track"."bytes"), integer_add(?, ?), ? FROM "track" -- Decimal(1), I64(1), I64(2), Text("alone")
            PostgreSQL: SELECT (CAST("track"."milliseconds" AS BIGINT) + CAST("track"."bytes" AS BIGINT)), (CAST("track"."milliseconds" AS BIGINT) / NULLIF(CAST("track"."bytes" AS BIGINT), 0)), (CAST("track"."milliseconds" AS BIGINT) % NULLIF(CAST("track"."bytes" AS BIGINT), 0)), ("track"."rating" / NULLIF(CAST("track"."bytes" AS DOUBLE PRECISION), 0)), CAST((CAST("track"."rating" AS NUMERIC) % NULLIF(CAST(CAST("track"."bytes" AS DOUBLE PRECISION) AS NUMERIC), 0)) AS DOUBLE PRECISION), ROUND(CAST("track"."unit_price" AS NUMERIC(160, 30)) / NULLIF("track"."bytes", 0), 10), ("track"."unit_price" - "track"."unit_price"), ("track"."unit_price" + CAST($1 AS NUMERIC)), (-"track"."unit_price"), (-CAST("track"."bytes" AS BIGINT)), (CAST($2 AS BIGINT) + CAST($3 AS BIGINT)), CAST($4 AS TEXT) FROM "track" -- Decimal(1), I64(1), I64(2), Text("alone")
            MySQL, MariaDB: SELECT (`track`.`milliseconds` + `track`.`bytes`), (`track`.`milliseconds` DIV NULLIF(`track`.`bytes`, 0) + 0), (`track`.`milliseconds` % NULLIF(`track`.`bytes`, 0)), (`track`.`rating` / NULLIF(`track`.`bytes`, 0)), (`track`.`rating` % NULLIF(`track`.`bytes`, 0)), ROUND(CAST(`track`.`unit_price` AS DECIMAL(65, 30)) / NULLIF(`track`.`bytes`, 0), 10), (`track`.`unit_price` - `track`.`unit_price`), (`track`.`unit_price` + ?), (-`track`.`unit_price`), (-`track`.`bytes`), (CAST(? AS SIGNED) + CAST(? AS SIGNED)), ? FROM `track` -- Decimal(1), I64(1), I64(2), Text("alone")
        "#]],
    );
}

#[test]
fn known_empty() {
    let nothing = Select { nothing: true, ..Select::all(&TRACK) };
    check_select(
        &nothing,
        &expect![[r#"
        all: nothing is sent
    "#]],
    );
    check(
        |dialect| exec::count(&nothing, dialect),
        &expect![[r#"
        all: nothing is sent
    "#]],
    );
    let never = test(L::Lt, [track(&["bytes"]), val(crate::value::Value::Null(Kind::I32))]);
    check_select(
        &super::check::select(&TRACK, never),
        &expect![[r#"
        all: nothing is sent
    "#]],
    );
}

#[test]
fn explained() {
    let explained = |options: Explain| {
        let names = values(&TRACK, vec![track(&["id"])]);
        move |dialect: &crate::dialect::Dialect| {
            let statement = exec::select(&names, dialect)?.unwrap();
            compiler::explain(statement, &options, dialect).map(Some)
        }
    };
    let json = Some(ExplainFormat::Json);
    check(
        explained(Explain::default()),
        &expect![[r#"
        SQLite: EXPLAIN QUERY PLAN SELECT "track"."id" FROM "track"
        PostgreSQL: EXPLAIN SELECT "track"."id" FROM "track"
        MySQL, MariaDB: EXPLAIN SELECT `track`.`id` FROM `track`
    "#]],
    );
    check(
        explained(Explain { analyze: true, format: json, ..Explain::default() }),
        &expect![[r#"
        SQLite: error: SQLite does not support options of EXPLAIN
        PostgreSQL: EXPLAIN (ANALYZE, FORMAT JSON) SELECT "track"."id" FROM "track"
        MySQL: EXPLAIN ANALYZE FORMAT=JSON SELECT `track`.`id` FROM `track`
        MariaDB: ANALYZE FORMAT=JSON SELECT `track`.`id` FROM `track`
    "#]],
    );
    check(
        explained(Explain { analyze: true, verbose: true, buffers: true, format: None }),
        &expect![[r#"
        SQLite: error: SQLite does not support options of EXPLAIN
        PostgreSQL: EXPLAIN (ANALYZE, VERBOSE, BUFFERS) SELECT "track"."id" FROM "track"
        MySQL: error: MySQL does not support EXPLAIN with VERBOSE or BUFFERS
        MariaDB: error: MariaDB does not support EXPLAIN with VERBOSE or BUFFERS
    "#]],
    );
    check(
        explained(Explain { format: Some(ExplainFormat::Tree), ..Explain::default() }),
        &expect![[r#"
        SQLite: error: SQLite does not support options of EXPLAIN
        PostgreSQL: error: PostgreSQL does not support EXPLAIN as a tree
        MySQL: EXPLAIN FORMAT=TREE SELECT `track`.`id` FROM `track`
        MariaDB: error: MariaDB does not support EXPLAIN in this format
    "#]],
    );
}
