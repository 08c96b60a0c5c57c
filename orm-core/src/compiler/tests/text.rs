//! The lookups of texts, with and without case, and of patterns.

use expect_test::expect;

use super::check::{check_condition, check_error, check_select, eq, select, test, val, values};
use super::music::{EVERYTHING, TRACK, at, track};
use crate::ast::{LookupOperator as L, Select};
use crate::exec;
use crate::value::Value;

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
            PostgreSQL: … WHERE ("track"."name" >= $1 AND "track"."name" < $2) -- Text("50%_!"), Text("50%_\"")
            MySQL, MariaDB: … WHERE `track`.`name` LIKE ? ESCAPE '!' -- Text("50!%!_!!%")
            SQLite: … WHERE ("track"."name" < ? OR "track"."name" >= ?) -- Text("50%_!"), Text("50%_\"")
            PostgreSQL: … WHERE ("track"."name" < $1 OR "track"."name" >= $2) -- Text("50%_!"), Text("50%_\"")
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
            PostgreSQL: … WHERE ("track"."composer" >= $1 AND "track"."composer" < $2) -- Text("x"), Text("y")
            MySQL, MariaDB: … WHERE `track`.`composer` LIKE ? ESCAPE '!' -- Text("x%")
            SQLite: … WHERE (("track"."composer" < ? OR "track"."composer" >= ?) OR "track"."composer" IS NULL) -- Text("x"), Text("y")
            PostgreSQL: … WHERE (("track"."composer" < $1 OR "track"."composer" >= $2) OR "track"."composer" IS NULL) -- Text("x"), Text("y")
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
            PostgreSQL: … WHERE ("track"."name" >= $1 AND "track"."name" < $2) -- Text("a\u{10ffff}"), Text("b")
            MySQL, MariaDB: … WHERE `track`.`name` LIKE ? ESCAPE '!' -- Text("a\u{10ffff}%")
            SQLite: … WHERE ("track"."name" < ? OR "track"."name" >= ?) -- Text("a\u{10ffff}"), Text("b")
            PostgreSQL: … WHERE ("track"."name" < $1 OR "track"."name" >= $2) -- Text("a\u{10ffff}"), Text("b")
            MySQL, MariaDB: … WHERE `track`.`name` NOT LIKE ? ESCAPE '!' -- Text("a\u{10ffff}%")
        "#]],
    );
    check_condition(
        &test(L::StartsWith, [track(&["name"]), val("\u{d7ff}")]),
        &expect![[r#"
            SQLite: … WHERE ("track"."name" >= ? AND "track"."name" < ?) -- Text("\u{d7ff}"), Text("\u{e000}")
            PostgreSQL: … WHERE ("track"."name" >= $1 AND "track"."name" < $2) -- Text("\u{d7ff}"), Text("\u{e000}")
            MySQL, MariaDB: … WHERE `track`.`name` LIKE ? ESCAPE '!' -- Text("\u{d7ff}%")
            SQLite: … WHERE ("track"."name" < ? OR "track"."name" >= ?) -- Text("\u{d7ff}"), Text("\u{e000}")
            PostgreSQL: … WHERE ("track"."name" < $1 OR "track"."name" >= $2) -- Text("\u{d7ff}"), Text("\u{e000}")
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
            PostgreSQL: … WHERE LOWER(TRANSLATE("track"."name", 'Σİ', 'σi') COLLATE "und-x-icu") = LOWER(TRANSLATE($1, 'Σİ', 'σi') COLLATE "und-x-icu") -- Text("É%")
            MySQL, MariaDB: … WHERE LOWER(`track`.`name`) = LOWER(?) -- Text("É%")
            SQLite: … WHERE dormouse_fold("track"."name") <> dormouse_fold(?) -- Text("É%")
            PostgreSQL: … WHERE LOWER(TRANSLATE("track"."name", 'Σİ', 'σi') COLLATE "und-x-icu") <> LOWER(TRANSLATE($1, 'Σİ', 'σi') COLLATE "und-x-icu") -- Text("É%")
            MySQL, MariaDB: … WHERE LOWER(`track`.`name`) <> LOWER(?) -- Text("É%")
        "#]],
    );
    check_condition(
        &test(L::IContains, [track(&["name"]), val("É%")]),
        &expect![[r#"
            SQLite: … WHERE instr(dormouse_fold("track"."name"), dormouse_fold(?)) > 0 -- Text("É%")
            PostgreSQL: … WHERE LOWER(TRANSLATE("track"."name", 'Σİ', 'σi') COLLATE "und-x-icu") LIKE LOWER(TRANSLATE($1, 'Σİ', 'σi') COLLATE "und-x-icu") ESCAPE '!' -- Text("%É!%%")
            MySQL, MariaDB: … WHERE LOWER(`track`.`name`) LIKE LOWER(?) ESCAPE '!' -- Text("%É!%%")
            SQLite: … WHERE instr(dormouse_fold("track"."name"), dormouse_fold(?)) = 0 -- Text("É%")
            PostgreSQL: … WHERE LOWER(TRANSLATE("track"."name", 'Σİ', 'σi') COLLATE "und-x-icu") NOT LIKE LOWER(TRANSLATE($1, 'Σİ', 'σi') COLLATE "und-x-icu") ESCAPE '!' -- Text("%É!%%")
            MySQL, MariaDB: … WHERE LOWER(`track`.`name`) NOT LIKE LOWER(?) ESCAPE '!' -- Text("%É!%%")
        "#]],
    );
    check_condition(
        &test(L::IStartsWith, [track(&["name"]), val("É%")]),
        &expect![[r#"
            SQLite: … WHERE instr(dormouse_fold("track"."name"), dormouse_fold(?)) = 1 -- Text("É%")
            PostgreSQL: … WHERE LOWER(TRANSLATE("track"."name", 'Σİ', 'σi') COLLATE "und-x-icu") LIKE LOWER(TRANSLATE($1, 'Σİ', 'σi') COLLATE "und-x-icu") ESCAPE '!' -- Text("É!%%")
            MySQL, MariaDB: … WHERE LOWER(`track`.`name`) LIKE LOWER(?) ESCAPE '!' -- Text("É!%%")
            SQLite: … WHERE instr(dormouse_fold("track"."name"), dormouse_fold(?)) <> 1 -- Text("É%")
            PostgreSQL: … WHERE LOWER(TRANSLATE("track"."name", 'Σİ', 'σi') COLLATE "und-x-icu") NOT LIKE LOWER(TRANSLATE($1, 'Σİ', 'σi') COLLATE "und-x-icu") ESCAPE '!' -- Text("É!%%")
            MySQL, MariaDB: … WHERE LOWER(`track`.`name`) NOT LIKE LOWER(?) ESCAPE '!' -- Text("É!%%")
        "#]],
    );
    check_condition(
        &test(L::IEndsWith, [track(&["name"]), val("É%")]),
        &expect![[r#"
            SQLite: … WHERE ifnull(substr(CAST(dormouse_fold("track"."name") AS BLOB), length(CAST(dormouse_fold("track"."name") AS BLOB)) - length(CAST(dormouse_fold(?) AS BLOB)) + 1), CAST(dormouse_fold("track"."name") AS BLOB)) = CAST(dormouse_fold(?) AS BLOB) -- Text("É%"), Text("É%")
            PostgreSQL: … WHERE LOWER(TRANSLATE("track"."name", 'Σİ', 'σi') COLLATE "und-x-icu") LIKE LOWER(TRANSLATE($1, 'Σİ', 'σi') COLLATE "und-x-icu") ESCAPE '!' -- Text("%É!%")
            MySQL, MariaDB: … WHERE LOWER(`track`.`name`) LIKE LOWER(?) ESCAPE '!' -- Text("%É!%")
            SQLite: … WHERE ifnull(substr(CAST(dormouse_fold("track"."name") AS BLOB), length(CAST(dormouse_fold("track"."name") AS BLOB)) - length(CAST(dormouse_fold(?) AS BLOB)) + 1), CAST(dormouse_fold("track"."name") AS BLOB)) <> CAST(dormouse_fold(?) AS BLOB) -- Text("É%"), Text("É%")
            PostgreSQL: … WHERE LOWER(TRANSLATE("track"."name", 'Σİ', 'σi') COLLATE "und-x-icu") NOT LIKE LOWER(TRANSLATE($1, 'Σİ', 'σi') COLLATE "und-x-icu") ESCAPE '!' -- Text("%É!%")
            MySQL, MariaDB: … WHERE LOWER(`track`.`name`) NOT LIKE LOWER(?) ESCAPE '!' -- Text("%É!%")
        "#]],
    );
    check_condition(
        &test(L::IContains, [track(&["composer"]), val("x")]),
        &expect![[r#"
            SQLite: … WHERE instr(dormouse_fold("track"."composer"), dormouse_fold(?)) > 0 -- Text("x")
            PostgreSQL: … WHERE LOWER(TRANSLATE("track"."composer", 'Σİ', 'σi') COLLATE "und-x-icu") LIKE LOWER(TRANSLATE($1, 'Σİ', 'σi') COLLATE "und-x-icu") ESCAPE '!' -- Text("%x%")
            MySQL, MariaDB: … WHERE LOWER(`track`.`composer`) LIKE LOWER(?) ESCAPE '!' -- Text("%x%")
            SQLite: … WHERE (instr(dormouse_fold("track"."composer"), dormouse_fold(?)) = 0 OR "track"."composer" IS NULL) -- Text("x")
            PostgreSQL: … WHERE (LOWER(TRANSLATE("track"."composer", 'Σİ', 'σi') COLLATE "und-x-icu") NOT LIKE LOWER(TRANSLATE($1, 'Σİ', 'σi') COLLATE "und-x-icu") ESCAPE '!' OR "track"."composer" IS NULL) -- Text("%x%")
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
            PostgreSQL: … WHERE "track"."name" LIKE (('%' || REPLACE(REPLACE(REPLACE("track"."composer", '!', '!!'), '%', '!%'), '_', '!_') || '%') COLLATE "C") ESCAPE '!'
            MySQL, MariaDB: … WHERE `track`.`name` LIKE CONCAT('%', REPLACE(REPLACE(REPLACE(`track`.`composer`, '!', '!!'), '%', '!%'), '_', '!_'), '%') ESCAPE '!'
            SQLite: … WHERE (instr("track"."name", "track"."composer") = 0 OR "track"."composer" IS NULL)
            PostgreSQL: … WHERE ("track"."name" NOT LIKE (('%' || REPLACE(REPLACE(REPLACE("track"."composer", '!', '!!'), '%', '!%'), '_', '!_') || '%') COLLATE "C") ESCAPE '!' OR "track"."composer" IS NULL)
            MySQL, MariaDB: … WHERE (`track`.`name` NOT LIKE CONCAT('%', REPLACE(REPLACE(REPLACE(`track`.`composer`, '!', '!!'), '%', '!%'), '_', '!_'), '%') ESCAPE '!' OR `track`.`composer` IS NULL)
        "#]],
    );
    check_condition(
        &test(L::IStartsWith, [track(&["name"]), track(&["name"])]),
        &expect![[r#"
            SQLite: … WHERE instr(dormouse_fold("track"."name"), dormouse_fold("track"."name")) = 1
            PostgreSQL: … WHERE LOWER(TRANSLATE("track"."name", 'Σİ', 'σi') COLLATE "und-x-icu") LIKE LOWER(TRANSLATE((('' || REPLACE(REPLACE(REPLACE("track"."name", '!', '!!'), '%', '!%'), '_', '!_') || '%') COLLATE "C"), 'Σİ', 'σi') COLLATE "und-x-icu") ESCAPE '!'
            MySQL, MariaDB: … WHERE LOWER(`track`.`name`) LIKE LOWER(CONCAT('', REPLACE(REPLACE(REPLACE(`track`.`name`, '!', '!!'), '%', '!%'), '_', '!_'), '%')) ESCAPE '!'
            SQLite: … WHERE instr(dormouse_fold("track"."name"), dormouse_fold("track"."name")) <> 1
            PostgreSQL: … WHERE LOWER(TRANSLATE("track"."name", 'Σİ', 'σi') COLLATE "und-x-icu") NOT LIKE LOWER(TRANSLATE((('' || REPLACE(REPLACE(REPLACE("track"."name", '!', '!!'), '%', '!%'), '_', '!_') || '%') COLLATE "C"), 'Σİ', 'σi') COLLATE "und-x-icu") ESCAPE '!'
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
            PostgreSQL: … WHERE "track"."name" COLLATE "und-x-icu" ~ $1 -- Text("^a")
            MySQL, MariaDB: … WHERE `track`.`name` REGEXP CONCAT('(?-i)', ?) -- Text("^a")
            SQLite: … WHERE NOT regexp(?, "track"."name") -- Text("^a")
            PostgreSQL: … WHERE "track"."name" COLLATE "und-x-icu" !~ $1 -- Text("^a")
            MySQL, MariaDB: … WHERE `track`.`name` NOT REGEXP CONCAT('(?-i)', ?) -- Text("^a")
        "#]],
    );
    check_condition(
        &test(L::IRegex, [track(&["composer"]), val("^a")]),
        &expect![[r#"
            SQLite: … WHERE iregexp(?, "track"."composer") -- Text("^a")
            PostgreSQL: … WHERE "track"."composer" COLLATE "und-x-icu" ~* $1 -- Text("^a")
            MySQL, MariaDB: … WHERE `track`.`composer` REGEXP CONCAT('(?i)', ?) -- Text("^a")
            SQLite: … WHERE (NOT iregexp(?, "track"."composer") OR "track"."composer" IS NULL) -- Text("^a")
            PostgreSQL: … WHERE ("track"."composer" COLLATE "und-x-icu" !~* $1 OR "track"."composer" IS NULL) -- Text("^a")
            MySQL, MariaDB: … WHERE (`track`.`composer` NOT REGEXP CONCAT('(?i)', ?) OR `track`.`composer` IS NULL) -- Text("^a")
        "#]],
    );
}

#[test]
fn text_is_no_number() {
    let condition = eq(track(&["name"]), 0);
    check_error(
        |dialect| exec::select(&select(&TRACK, condition.clone()), dialect),
        &expect![
            "this is a bug in dormouse, please report it with the query and the version: Text cannot be compared with I32"
        ],
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
            PostgreSQL: SELECT "everything"."level" FROM "everything" WHERE CAST("everything"."code" AS TEXT) COLLATE "C" LIKE $1 ESCAPE '!' -- Text("x%")
            MySQL: SELECT `everything`.`level` FROM `everything` WHERE `everything`.`code` LIKE CONVERT(? USING utf8mb4) COLLATE utf8mb4_0900_bin ESCAPE '!' -- Text("x%")
            MariaDB: SELECT `everything`.`level` FROM `everything` WHERE `everything`.`code` LIKE CONVERT(? USING utf8mb4) COLLATE utf8mb4_nopad_bin ESCAPE '!' -- Text("x%")
        "#]],
    );
    check_select(
        &select(L::IContains),
        &expect![[r#"
            SQLite: SELECT "everything"."level" FROM "everything" WHERE instr(dormouse_fold("everything"."code"), dormouse_fold(?)) > 0 -- Text("x")
            PostgreSQL: SELECT "everything"."level" FROM "everything" WHERE LOWER(TRANSLATE(CAST("everything"."code" AS TEXT), 'Σİ', 'σi') COLLATE "und-x-icu") LIKE LOWER(TRANSLATE($1, 'Σİ', 'σi') COLLATE "und-x-icu") ESCAPE '!' -- Text("%x%")
            MySQL: SELECT `everything`.`level` FROM `everything` WHERE LOWER(CONVERT(`everything`.`code` USING utf8mb4)) LIKE LOWER(CONVERT(? USING utf8mb4)) COLLATE utf8mb4_0900_bin ESCAPE '!' -- Text("%x%")
            MariaDB: SELECT `everything`.`level` FROM `everything` WHERE LOWER(CONVERT(`everything`.`code` USING utf8mb4)) LIKE LOWER(CONVERT(? USING utf8mb4)) COLLATE utf8mb4_nopad_bin ESCAPE '!' -- Text("%x%")
        "#]],
    );
    check_select(
        &select(L::IExact),
        &expect![[r#"
            SQLite: SELECT "everything"."level" FROM "everything" WHERE dormouse_fold("everything"."code") = dormouse_fold(?) -- Text("x")
            PostgreSQL: SELECT "everything"."level" FROM "everything" WHERE LOWER(TRANSLATE(CAST("everything"."code" AS TEXT), 'Σİ', 'σi') COLLATE "und-x-icu") = LOWER(TRANSLATE($1, 'Σİ', 'σi') COLLATE "und-x-icu") -- Text("x")
            MySQL: SELECT `everything`.`level` FROM `everything` WHERE LOWER(CONVERT(`everything`.`code` USING utf8mb4)) = LOWER(CONVERT(? USING utf8mb4)) COLLATE utf8mb4_0900_bin -- Text("x")
            MariaDB: SELECT `everything`.`level` FROM `everything` WHERE LOWER(CONVERT(`everything`.`code` USING utf8mb4)) = LOWER(CONVERT(? USING utf8mb4)) COLLATE utf8mb4_nopad_bin -- Text("x")
        "#]],
    );
    let documents =
        test(L::Eq, [at(&EVERYTHING, &["document"]), val(Value::Json(Box::new(serde_json::json!({"a": 1}))))]);
    check_select(
        &Select { condition: documents, ..select(L::Eq) },
        &expect![[r#"
            SQLite: SELECT "everything"."level" FROM "everything" WHERE dormouse_json("everything"."document") = dormouse_json(?) -- Json(Object {"a": Number(1)})
            PostgreSQL: SELECT "everything"."level" FROM "everything" WHERE CAST("everything"."document" AS JSONB) = CAST($1 AS JSONB) -- Json(Object {"a": Number(1)})
            MySQL: SELECT `everything`.`level` FROM `everything` WHERE `everything`.`document` = CAST(? AS JSON) -- Json(Object {"a": Number(1)})
            MariaDB: SELECT `everything`.`level` FROM `everything` WHERE JSON_NORMALIZE(CONCAT(`everything`.`document`, ' ')) = JSON_NORMALIZE(CONCAT(?, ' ')) -- Json(Object {"a": Number(1)})
        "#]],
    );
}
