//! A1: a future dropped at any poll leaves nothing behind, and no answer that another caller gets.

use std::time::Duration;

use dormouse::{Database, Result};

use super::tags::{answers_are_their_own, write_tags};
use crate::library::fill;
use crate::support::leak::has_all_permits;
use crate::support::proxy::Mode;
use crate::support::{Dice, Rig, poll_budget, poll_budget_and_wake, share_of, sweep};
use crate::verbs::{Stage, every_verb};

/// Drops every operation after 1, 2, 3 … polls, until it is ready before that; then begins again.
async fn drop_everywhere(rig: &mut Rig, url: &str, connections: usize, cases: usize) -> Result<()> {
    rig.direct.scope(fill(&rig.direct)).await?;
    write_tags(&rig.direct).await?;
    let db = Database::connect(url).await?;
    let stage = Stage::of(&db, url).await?;
    let mut dice = Dice::of("cancellation");
    // A share of the cases must not be the first polls only.
    let mut polls: Vec<_> = every_verb(&stage).iter().map(|_| dice.below(6)).collect();
    for case in 0..cases {
        let (round, verb) = (case / polls.len(), case % polls.len());
        if rig.has_wire() {
            rig.proxy().set(MODES[round / 16 % MODES.len()]);
        }
        polls[verb] += 1;
        let (name, work) = every_verb(&stage).swap_remove(verb);
        // Every other round, others want the connections at the same time.
        let rivals = async {
            if round.is_multiple_of(2) { Ok(()) } else { answers_are_their_own(&db, connections, case).await }
        };
        let victim = async {
            let late = (round / 2) % 2 == 1;
            if late { poll_budget_and_wake(work, polls[verb]).await } else { poll_budget(work, polls[verb]).await }
        };
        let (outcome, others) = futures::join!(victim, rivals);
        others?;
        if let Some(result) = outcome {
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

/// Other wires, so that the polls fall elsewhere.
const MODES: [Mode; 3] = [Mode::Pass, Mode::Delay(Duration::from_millis(1)), Mode::Split];

/// 10,000 or more for each database. Without a wire they are cheap.
fn cases(rig: &Rig) -> usize {
    share_of(5_000, if rig.has_wire() { 150 } else { 400 })
}

sweep! {
    async fn with_a_pool_of_one(rig: &mut Rig) -> Result<()> {
        let url = rig.url(1);
        drop_everywhere(rig, url.as_str(), 1, cases(rig)).await
    } on sqlite, postgres, mariadb;

    async fn with_a_pool_of_two(rig: &mut Rig) -> Result<()> {
        let url = rig.url(2);
        drop_everywhere(rig, url.as_str(), 2, cases(rig)).await
    } on sqlite, postgres, mariadb;

    async fn with_reads_on_the_calling_task(rig: &mut Rig) -> Result<()> {
        let url = rig.url(1).as_str().replace("inline=off", "inline=on");
        drop_everywhere(rig, &url, 1, cases(rig)).await
    } on sqlite;
}
