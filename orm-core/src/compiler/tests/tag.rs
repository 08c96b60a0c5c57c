//! Tags: comments at the end of statements.

use std::sync::Arc;

use expect_test::expect;

use super::check::{check, check_select, eq, val};
use super::music::{ARTIST, TRACK, at};
use crate::ast::{Condition, Delete, Select, Update};
use crate::dialect::Dialect;
use crate::exec;

fn artists(tag: &'static str) -> Select {
    Select { tag: Some(tag), order: Some(Vec::new()), ..Select::all(&ARTIST) }
}

/// The comment behind a tagged statement.
fn comment(tag: &'static str) -> String {
    let statement = exec::select(&artists(tag), &Dialect::all()[0]).unwrap().unwrap();
    let (_, comment) = statement.sql.split_once(" FROM \"artist\" ").unwrap();
    comment.to_owned()
}

#[test]
fn statements_end_in_their_tag() {
    let by_key = Select { condition: eq(at(&ARTIST, &["id"]), 1_i64), limit: Some(2), ..artists("one artist") };
    check_select(
        &by_key,
        &expect![[r#"
        SQLite: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = ? LIMIT 2 /*tag='one%20artist'*/ -- I64(1)
        PostgreSQL: SELECT "artist"."id", "artist"."name" FROM "artist" WHERE "artist"."id" = $1 LIMIT $2 /*tag='one%20artist'*/ -- I64(1), I64(2)
        MySQL, MariaDB: SELECT `artist`.`id`, `artist`.`name` FROM `artist` WHERE `artist`.`id` = ? LIMIT ? /*tag='one%20artist'*/ -- I64(1), I64(2)
    "#]],
    );
    check(
        |dialect| exec::count(&artists("all"), dialect),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT COUNT(*) FROM "artist" /*tag='all'*/
        MySQL, MariaDB: SELECT COUNT(*) FROM `artist` /*tag='all'*/
    "#]],
    );
    check(
        |dialect| exec::exists(&artists("any"), dialect),
        &expect![[r#"
        SQLite, PostgreSQL: SELECT 1 FROM "artist" LIMIT 1 /*tag='any'*/
        MySQL, MariaDB: SELECT 1 FROM `artist` LIMIT 1 /*tag='any'*/
    "#]],
    );
    let update =
        Update { model: &TRACK, assignments: vec![(1, val("a"))], condition: Condition::EMPTY, tag: Some("rename") };
    check(
        |dialect| exec::update(&update, dialect),
        &expect![[r#"
        SQLite: UPDATE "track" SET "name" = ? /*tag='rename'*/ -- Text("a")
        PostgreSQL: UPDATE "track" SET "name" = $1 /*tag='rename'*/ -- Text("a")
        MySQL, MariaDB: UPDATE `track` SET `name` = ? /*tag='rename'*/ -- Text("a")
    "#]],
    );
    let delete = Delete { model: &TRACK, condition: Condition::EMPTY, tag: Some("clear") };
    check(
        |dialect| exec::delete(&delete, dialect),
        &expect![[r#"
        SQLite, PostgreSQL: DELETE FROM "track" /*tag='clear'*/
        MySQL, MariaDB: DELETE FROM `track` /*tag='clear'*/
    "#]],
    );
}

#[test]
fn no_tag_ends_its_comment() {
    for (tag, expected) in [
        ("book list", "/*tag='book%20list'*/"),
        ("GET /books/{id}?page=$1", "/*tag='GET%20%2Fbooks%2F%7Bid%7D%3Fpage%3D%241'*/"),
        ("a*/; DROP TABLE artist; /*", "/*tag='a%2A%2F%3B%20DROP%20TABLE%20artist%3B%20%2F%2A'*/"),
        ("it's \"`\\", "/*tag='it%27s%20%22%60%5C'*/"),
        ("\0\n--", "/*tag='%00%0A--'*/"),
        ("été-1._~", "/*tag='%C3%A9t%C3%A9-1._~'*/"),
    ] {
        assert_eq!(comment(tag), expected);
    }
}

#[test]
fn one_tag_has_one_text() {
    for dialect in Dialect::all() {
        let text = |tag, id: i64| {
            let query = Select { condition: eq(at(&ARTIST, &["id"]), id), limit: Some(2), ..artists(tag) };
            exec::select(&query, &dialect).unwrap().unwrap().sql
        };
        assert!(Arc::ptr_eq(&text("one", 1), &text("one", 2)));
        assert_ne!(text("one", 1), text("two", 1));
    }
}
