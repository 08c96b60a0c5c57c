//! Waiting for the writer, at most so long: what was given up is never done, and what has begun is answered.

use futures::future::{join, join3};
use orm_core::driver::Session;
use shuttle::future::block_on;

use super::commits::check_order;
use super::lending::transact;
use super::rig::{Rig, few_polls, in_vain, insert};
use crate::check::check;
use crate::error::Result;

/// Says whether something was done; what was not must have been given up.
fn is_done<T>(outcome: Result<T>) -> bool {
    outcome.map_err(|error| assert!(in_vain(&error), "{error:?}")).is_ok()
}

fn writes(rig: Rig, number: u32) {
    block_on(async {
        let (one, two) = join(rig.insert(number, ""), rig.insert(number + 1, "")).await;
        is_done(one);
        is_done(two);
        is_done(rig.insert(number + 2, "").await);
    });
}

/// Two that belong together, and one that is written at any time.
fn writes_all(rig: Rig, number: u32) {
    block_on(async {
        let statements = vec![insert(number, ""), insert(number + 1, "")];
        let (all, one) = join(rig.write_all(statements, &[number, number + 1]), rig.insert(number + 2, "")).await;
        is_done(one);
        let done = is_done(all);
        assert!([number, number + 1].into_iter().all(|number| rig.database.holds(number) == done));
    });
}

#[test]
fn what_was_given_up_is_never_done() {
    check(4_000, || {
        check_order(&Rig::impatient().run(&[writes, writes_all, writes]));
    });
}

#[test]
fn nor_in_a_group_that_fails() {
    check(4_000, || {
        let rig = Rig::impatient();
        rig.database.fail_at_times();
        let answered = |rig: Rig, number| drop(block_on(join(rig.insert(number, ""), rig.insert(number + 1, "late"))));
        check_order(&rig.run(&[answered, answered, answered]));
    });
}

/// A write, a transaction and a write, in this order.
fn transacts(rig: Rig, number: u32) {
    block_on(async {
        let write = |number| rig.insert(number, "");
        let (one, transaction, two) = join3(write(number), transact(&rig, number + 1), write(number + 3)).await;
        is_done(one);
        is_done(two);
        let done = is_done(transaction);
        assert!([number + 1, number + 2].into_iter().all(|number| rig.database.holds(number) == done));
    });
}

#[test]
fn nothing_is_lent_to_a_caller_that_gave_up() {
    check(4_000, || {
        check_order(&Rig::impatient().run(&[transacts, transacts, writes]));
    });
}

/// Has what it waits for itself.
fn waits_for_itself(rig: Rig, number: u32) {
    block_on(async {
        let Ok(lent) = rig.lend().await else { return };
        assert!(!is_done(rig.insert(number, "").await));
        assert!(!is_done(rig.lend().await));
        drop(lent);
        is_done(rig.insert(number + 1, "").await);
    });
}

#[test]
fn no_caller_waits_for_ever() {
    check(3_000, || drop(Rig::impatient().run(&[waits_for_itself, waits_for_itself, writes])));
}

/// Goes away, sooner or later, perhaps when it is too late anyway.
fn gives_up(rig: Rig, number: u32) {
    block_on(async {
        drop(few_polls(rig.insert(number, "")).await);
        drop(few_polls(rig.lend()).await);
    });
}

fn closes(rig: Rig, number: u32) {
    block_on(async {
        is_done(rig.insert(number, "").await);
        rig.lane.close().await;
        assert_eq!(rig.database.connections(), 0, "closed, and still there");
    });
}

/// Until the database is closed.
fn writes_for_long(rig: Rig, number: u32) {
    block_on(async {
        drop(join3(rig.insert(number, ""), rig.insert(number + 1, ""), transact(&rig, number + 2)).await)
    });
}

#[test]
fn closing_and_leaving_go_well_with_giving_up() {
    check(4_000, || drop(Rig::impatient().run(&[gives_up, writes_for_long, closes, writes_for_long])));
}
