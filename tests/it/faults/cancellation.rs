//! A1: a future dropped at any poll leaves nothing behind, and no answer that somebody else gets.

use std::time::Duration;

use dormouse::Result;

use super::tags::{answers_are_their_own, write_tags};
use crate::library::fill;
use crate::support::leak::has_all_permits;
use crate::support::proxy::Mode;
use crate::support::{Rig, poll_budget, share_of, sweep};
use crate::verbs::{Stage, every_verb};

/// Drops every operation after 1, 2, 3 … polls, until it is ready before that; then begins again.
async fn drop_everywhere(rig: &mut Rig, connections: usize, cases: usize) -> Result<()> {
    rig.direct.scope(fill(&rig.direct)).await?;
    write_tags(&rig.direct).await?;
    let db = rig.connect(connections).await?;
    let stage = Stage::of(&db, rig.url(connections).as_str()).await?;
    let mut polls = vec![0; every_verb(&stage).len()];
    let verbs = polls.len();
    for case in 0..cases {
        // Now and then another wire, so that the polls fall elsewhere.
        let round = case / verbs;
        if rig.has_wire() {
            rig.proxy().set([Mode::Pass, Mode::Delay(Duration::from_millis(1)), Mode::Split][round / 16 % 3]);
        }
        let verb = case % verbs;
        let (name, work) = every_verb(&stage).swap_remove(verb);
        polls[verb] += 1;
        if let Some(result) = poll_budget(work, polls[verb]).await {
            assert!(result.is_ok(), "{name} after {} polls: {result:?}", polls[verb]);
            polls[verb] = 0;
        }
        answers_are_their_own(&db, connections, case).await?;
        rig.probe.is_clean().await;
        if case % 16 == 0 {
            has_all_permits(&db, connections).await?;
        }
    }
    has_all_permits(&db, connections).await?;
    db.close().await;
    Ok(())
}

/// 10,000 for each database.
fn cases() -> usize {
    share_of(5_000, 150)
}

sweep! {
    async fn with_a_pool_of_one(rig: &mut Rig) -> Result<()> {
        drop_everywhere(rig, 1, cases()).await
    } on sqlite, postgres, mariadb;

    async fn with_a_pool_of_two(rig: &mut Rig) -> Result<()> {
        drop_everywhere(rig, 2, cases()).await
    } on sqlite, postgres, mariadb;
}
