//! The queue of writes: each is answered once, after the commit of its group, and with its own error only.

use futures::future::{join, join3};
use shuttle::future::block_on;

use super::rig::{Rig, few_polls, insert};
use super::session::Database;
use crate::check::check;

/// Says that no number was kept twice, and that those of one client are in order.
pub(super) fn check_order(database: &Database) {
    let committed = database.committed();
    for client in 1..=9 {
        let own: Vec<_> = committed.iter().filter(|number| **number / 10 == client).collect();
        assert!(own.is_sorted_by(|one, next| one < next), "{committed:?}");
    }
}

/// Two that wait together, then one more: all must be kept.
fn inserts(rig: Rig, number: u32) {
    block_on(async {
        let (one, two) = join(rig.insert(number, ""), rig.insert(number + 1, "")).await;
        one.and(two).and(rig.insert(number + 2, "").await).unwrap();
    });
}

#[test]
fn an_answer_comes_after_its_commit() {
    check(3_000, || {
        let database = Rig::open().run(&[inserts, inserts]);
        check_order(&database);
        assert_eq!(database.committed().len(), 6);
    });
}

fn inserts_wrong(rig: Rig, number: u32, how: &str) {
    block_on(async {
        let (one, wrong, two) =
            join3(rig.insert(number, ""), rig.insert(number + 1, how), rig.insert(number + 2, "")).await;
        one.and(two).unwrap();
        assert!(wrong.is_err(), "{how}");
    });
}

#[test]
fn a_statement_fails_alone() {
    check(4_000, || {
        let database = Rig::open().run(&[
            inserts,
            |rig, number| inserts_wrong(rig, number, "fails"),
            |rig, number| inserts_wrong(rig, number, "late"),
            |rig, number| inserts_wrong(rig, number, "ends"),
            |rig, number| inserts_wrong(rig, number, "open"),
        ]);
        check_order(&database);
        assert_eq!(database.committed().len(), 11);
    });
}

/// Two in a transaction of their own, and one that is written at any time.
fn inserts_all(rig: Rig, number: u32, how: &str) {
    block_on(async {
        let statements = vec![insert(number, ""), insert(number + 1, how)];
        let (all, one) = join(rig.lane.write_all(statements), rig.insert(number + 2, "")).await;
        one.unwrap();
        assert_eq!(all.is_ok(), how.is_empty());
        assert!([number, number + 1].into_iter().all(|number| rig.database.holds(number) == all.is_ok()));
    });
}

#[test]
fn several_are_kept_together_or_not_at_all() {
    check(2_000, || {
        let database = Rig::open().run(&[
            inserts,
            |rig, number| inserts_all(rig, number, ""),
            |rig, number| inserts_all(rig, number, "fails"),
            |rig, number| inserts_all(rig, number, "late"),
        ]);
        check_order(&database);
        assert_eq!(database.committed().len(), 8);
    });
}

/// What is answered is compared with what is kept.
fn inserts_or_not(rig: Rig, number: u32) {
    block_on(async {
        let both = join(rig.insert(number, ""), rig.insert(number + 1, "")).await;
        drop((both, rig.insert(number + 2, "").await));
    });
}

#[test]
fn a_commit_that_fails_fails_for_all_of_its_group() {
    check(3_000, || {
        let rig = Rig::open();
        rig.database.fail_at_times();
        check_order(&rig.run(&[inserts_or_not, inserts_or_not, |rig, number| {
            assert!(block_on(rig.insert(number, "fails")).is_err());
        }]));
    });
}

/// Goes away, sooner or later.
fn gives_up(rig: Rig, number: u32) {
    block_on(async {
        let answer = few_polls(rig.lane.write(insert(number, ""), None)).await;
        assert!(answer.is_none_or(|answer| answer.is_ok() && rig.database.holds(number)));
    });
}

#[test]
fn those_who_stay_lose_nothing_by_those_who_go() {
    check(3_000, || {
        let database = Rig::open().run(&[gives_up, inserts, gives_up, gives_up]);
        check_order(&database);
        assert!((20..23).all(|number| database.holds(number)));
    });
}
