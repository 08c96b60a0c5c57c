//! The writer's connection, lent for a transaction: no other writes meanwhile, and it always comes back.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use futures::future::join3;
use orm_core::driver::Session;
use shuttle::future::{block_on, yield_now};
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;

use super::lent::Lent;
use super::rig::{Rig, few_polls, insert};
use crate::check::check;
use crate::error::Result;

/// Inserts two numbers while no other does.
async fn use_alone(rig: &Rig, lent: &mut Lent, number: u32) -> Result<()> {
    let before = rig.database.committed();
    lent.execute(&insert(number, "")).await?;
    yield_now().await;
    lent.savepoint(1).await?;
    lent.execute(&insert(number + 1, "")).await?;
    lent.release(1).await?;
    yield_now().await;
    assert_eq!(rig.database.committed(), before, "another wrote meanwhile");
    Ok(())
}

pub(super) async fn transact(rig: &Rig, number: u32) -> Result<()> {
    let mut lent = rig.lend().await?;
    use_alone(rig, &mut lent, number).await?;
    lent.commit().await?;
    assert!(rig.database.holds(number) && rig.database.holds(number + 1));
    Ok(())
}

/// A write, a transaction and a write, in this order.
fn in_order(rig: Rig, number: u32) {
    block_on(async {
        let write = |number| rig.insert(number, "");
        let all = join3(write(number), transact(&rig, number + 1), write(number + 3)).await;
        all.0.and(all.1).and(all.2).unwrap();
    });
}

#[test]
fn a_transaction_has_the_connection_to_itself_in_its_turn() {
    check(2_000, || {
        let database = Rig::open().run(&[in_order, in_order]);
        let committed = database.committed();
        assert_eq!(committed.len(), 8);
        for client in [1, 2] {
            assert!(committed.iter().filter(|number| **number / 10 == client).is_sorted(), "{committed:?}");
        }
    });
}

/// Leaves the connection behind in one of many ways, and writes afterwards.
fn leaves(rig: Rig, number: u32) {
    let way = thread_rng().gen_range(0..6);
    let kept = match way {
        0 => block_on(few_polls(transact(&rig, number))).is_some(),
        1 => {
            drop(block_on(few_polls(rig.lend())));
            false
        }
        2 => catch_unwind(AssertUnwindSafe(|| block_on(panics(&rig, number)))).is_ok(),
        3 => block_on(rolls_back(&rig, number)).is_err(),
        4 => block_on(breaks(&rig, number)).is_ok(),
        _ => block_on(elsewhere(&rig, number)).is_err(),
    };
    assert!(way == 0 || !kept);
    assert_eq!(rig.database.holds(number), rig.database.holds(number + 1), "half a transaction");
    assert!(way == 0 || !rig.database.holds(number), "kept without a commit");
    block_on(rig.insert(number + 2, "")).unwrap();
}

async fn panics(rig: &Rig, number: u32) {
    let mut lent = rig.lend().await.unwrap();
    use_alone(rig, &mut lent, number).await.unwrap();
    resume_unwind(Box::new("in the transaction"));
}

async fn rolls_back(rig: &Rig, number: u32) -> Result<()> {
    let mut lent = rig.lend().await?;
    use_alone(rig, &mut lent, number).await?;
    lent.roll_back().await
}

/// A disk that is full ends the transaction; what comes then is refused.
async fn breaks(rig: &Rig, number: u32) -> Result<()> {
    let mut lent = rig.lend().await?;
    use_alone(rig, &mut lent, number).await?;
    assert!(lent.execute(&insert(number, "ends")).await.is_err());
    assert!(lent.has_ended());
    lent.commit().await
}

/// Dropped by another thread than the one that got it.
async fn elsewhere(rig: &Rig, number: u32) -> Result<()> {
    let mut lent = rig.lend().await?;
    use_alone(rig, &mut lent, number).await?;
    thread::spawn(move || drop(lent)).join().unwrap();
    Ok(())
}

#[test]
fn the_connection_always_comes_back() {
    check(4_000, || {
        let database = Rig::open().run(&[leaves, leaves, in_order]);
        assert!((30..34).chain([12, 22]).all(|number| database.holds(number)));
    });
}
