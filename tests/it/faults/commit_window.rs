//! A5, N8: a connection that is lost around COMMIT. `Ok` means committed, every error but `CommitOutcomeUnknown` that nothing was, and
//! a transaction is never there in part.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result, Retry};
use tokio::time::timeout;

use crate::support::proxy::{Cut, Ending, Since, Way};
use crate::support::{Rig, share_of, sweep, tell};

#[derive(Model, Debug, Clone, PartialEq)]
struct Entry {
    id: i64,
    amount: i64,
}

const ENTRIES: u64 = 3;
const SOON: Duration = Duration::from_secs(5);
/// How the library says COMMIT inside `atomic`, on every server.
const COMMIT: Since = Since::Said("; COMMIT");

/// What became of one transaction.
#[derive(Debug, Default)]
struct Tally {
    committed: usize,
    unknown_and_kept: usize,
    unknown_and_gone: usize,
    refused: usize,
}

impl Tally {
    /// Commits three entries through a cut, and holds the answer against what is there.
    async fn check(&mut self, rig: &mut Rig, db: &Database, cut: Option<Cut>) -> Result<()> {
        if let Some(cut) = cut {
            rig.proxy().cut(cut);
        }
        let attempts = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&attempts);
        let work = atomic(move |tx| {
            counted.fetch_add(1, Ordering::Relaxed);
            (0..ENTRIES as i64).try_for_each(|amount| Entry::objects().using(tx).create(|e| e.amount(amount)).map(drop))
        });
        let result = timeout(SOON, work.retries(3).using(db).into_future()).await.expect("an answer soon");
        // That of `direct`, and one that was not cut: so what was sent has been done or never will be.
        rig.probe.has_sessions(1 + usize::from(result.is_ok())).await;
        rig.probe.is_clean().await;
        let kept = Entry::objects().using(&rig.direct).adelete().await?.total;
        assert!([0, ENTRIES].contains(&kept), "{cut:?}: a part of a transaction, {kept} of {ENTRIES} rows");
        assert_eq!(attempts.load(Ordering::Relaxed), 1, "{cut:?}: tried again");
        match result {
            Ok(()) => {
                assert_eq!(kept, ENTRIES, "{cut:?}: a false Ok");
                self.committed += 1;
            }
            Err(error) if matches!(error.kind(), ErrorKind::CommitOutcomeUnknown) => {
                assert_eq!(error.retry(), Retry::MaybeCommitted);
                if kept == 0 { self.unknown_and_gone += 1 } else { self.unknown_and_kept += 1 }
            }
            Err(error) => {
                assert_eq!(kept, 0, "{cut:?}: a false refusal: {error:?}");
                self.refused += 1;
            }
        }
        Ok(())
    }
}

/// The bytes of COMMIT, and of its answer.
async fn commit_lengths(rig: &mut Rig, db: &Database) -> Result<[usize; 2]> {
    // This cut is never reached.
    rig.proxy().cut(Cut { way: Way::ToServer, after: usize::MAX, since: COMMIT, ending: Ending::Close });
    Tally::default().check(rig, db, None).await?;
    let lengths = rig.proxy().since_cut();
    rig.proxy().end_all(Ending::Close);
    Ok(lengths)
}

sweep! {
    async fn around_every_byte_of_commit(rig: &mut Rig) -> Result<()> {
        rig.direct.create_tables(dormouse::models![Entry]).await?;
        let db = rig.connect(1).await?;
        let lengths = commit_lengths(rig, &db).await?;
        let ways = [Way::ToServer, Way::ToClient].into_iter().flat_map(|way| {
            (0..=lengths[way as usize]).flat_map(move |after| {
                [Ending::Close, Ending::Reset, Ending::HalfClose].map(|ending| Cut { way, after, since: COMMIT, ending })
            })
        });
        let every: Vec<Cut> = ways.collect();
        let mut tally = Tally::default();
        // A stride without a common divisor comes to each of them in the end.
        let (cases, stride) = share_of((1_000, 1), (45, 7));
        for case in 0..cases {
            tally.check(rig, &db, Some(every[case * stride % every.len()])).await?;
        }
        tell(format!("{cases} cuts around {lengths:?} bytes: {tally:?}"));
        Ok(())
    } on postgres, mariadb;
}
