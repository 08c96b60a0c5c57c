//! Row locks.

use expect_test::expect;

use super::check::{check_select, values};
use super::music::{ALBUM, TRACK, at, path, track};
use crate::query::{Lock, Select, Wait};

#[test]
fn locks() {
    let locked = |lock| Select { lock: Some(lock), limit: Some(5), ..values(&TRACK, vec![track(&["id"])]) };
    check_select(&locked(Lock::default()), &expect![[""]]);
    check_select(&locked(Lock { wait: Wait::NoWait, ..Lock::default() }), &expect![[""]]);
    check_select(&locked(Lock { wait: Wait::Skip, ..Lock::default() }), &expect![[""]]);
    check_select(&locked(Lock { no_key: true, ..Lock::default() }), &expect![[""]]);
}

#[test]
fn locks_on_joined_tables() {
    let nullable = values(&TRACK, vec![track(&["album", "title"])]);
    check_select(&Select { lock: Some(Lock::default()), ..nullable.clone() }, &expect![[""]]);
    let of = vec![path(&TRACK, &["album"])];
    check_select(&Select { lock: Some(Lock { of, ..Lock::default() }), ..nullable }, &expect![[""]]);
    let inner = values(&ALBUM, vec![at(&ALBUM, &["artist", "name"])]);
    check_select(&Select { lock: Some(Lock::default()), ..inner.clone() }, &expect![[""]]);
    let of = vec![path(&ALBUM, &[])];
    check_select(&Select { lock: Some(Lock { of, ..Lock::default() }), ..inner }, &expect![[""]]);
}
