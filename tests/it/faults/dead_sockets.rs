//! A2: sockets that are dead and do not say so. Time limits give their connections up, and the pool is whole again as soon as the
//! network is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result, async_to_sync};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::Barrier;
use tokio::time::timeout;

use crate::support::leak::has_all_permits;
use crate::support::proxy::Mode;
use crate::support::{share_of, sweep, tell};

#[derive(Model, Debug, Clone, PartialEq)]
struct Line {
    id: i64,
    number: i64,
}

const CONNECTIONS: usize = 4;
const LIMIT: Duration = Duration::from_millis(200);
const HEALED: Duration = Duration::from_secs(10);

/// One kind of work for each round.
fn work(round: usize, db: &Database) -> BoxFuture<'static, Result<()>> {
    let lines = Line::objects().using(db);
    match round % 4 {
        0 => lines.acount().map(|count| count.map(drop)).boxed(),
        1 => lines.aupdate(|l| l.number.set(1)).map(|count| count.map(drop)).boxed(),
        2 => lines.aiterator(1).try_collect::<Vec<_>>().map(|rows| rows.map(drop)).boxed(),
        _ => atomic(move |tx| lines.using(tx).count().map(drop)).using(db).into_future(),
    }
}

/// What a transaction says when its socket dies.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Said {
    Statement,
    Commit,
    Rollback,
}

const EACH: [Said; 3] = [Said::Statement, Said::Commit, Said::Rollback];

/// A transaction that has a time limit, and says something only after both meetings.
async fn transaction(said: Said, db: Database, [before, after]: [Arc<Barrier>; 2]) -> Result<()> {
    let lines = Line::objects().using(&db);
    let work = atomic(move |tx| {
        lines.clone().using(tx).create(|l| l.number(1))?;
        async_to_sync(async { (before.wait().await, after.wait().await) }).run()?;
        match said {
            Said::Statement => lines.using(tx).count().map(drop),
            Said::Commit => Ok(()),
            Said::Rollback => Err(Error::other("undone")),
        }
    });
    timeout(HEALED, work.timeout(LIMIT).using(&db).into_future()).await.expect("an end")
}

fn is_right(said: Said, error: &ErrorKind) -> bool {
    match said {
        Said::Statement => matches!(error, ErrorKind::Timeout { .. }),
        Said::Commit => matches!(error, ErrorKind::CommitOutcomeUnknown),
        Said::Rollback => matches!(error, ErrorKind::Other { .. }),
    }
}

sweep! {
    async fn transactions_end(rig: &mut Rig) -> Result<()> {
        rig.direct.create_tables(dormouse::models![Line]).await?;
        let db = rig.connect(EACH.len()).await?;
        let meetings = [(); 2].map(|()| Arc::new(Barrier::new(EACH.len() + 1)));
        let ends = EACH.map(|said| tokio::spawn(transaction(said, db.clone(), meetings.clone())));
        meetings[0].wait().await;
        rig.proxy().set(Mode::Blackhole);
        meetings[1].wait().await;
        for (said, end) in EACH.into_iter().zip(ends) {
            let error = end.await.expect("no panic").unwrap_err();
            assert!(is_right(said, error.kind()), "{said:?}: {error:?}");
        }
        rig.proxy().set(Mode::Pass);
        has_all_permits(&db, EACH.len()).await?;
        rig.probe.is_clean().await;
        assert_eq!(Line::objects().using(&db).acount().await?, 0);
        Ok(())
    } on postgres, mariadb;

    async fn the_pool_recovers(rig: &mut Rig) -> Result<()> {
        rig.direct.create_tables(dormouse::models![Line]).await?;
        let db = Database::connect(&format!("{}&connect_timeout=1s", rig.url(CONNECTIONS))).await?;
        let mut longest = Duration::ZERO;
        for round in 0..share_of(100, 4) {
            has_all_permits(&db, CONNECTIONS).await?;
            rig.proxy().set(Mode::Blackhole);
            let stuck = (0..CONNECTIONS).map(|_| timeout(LIMIT, work(round, &db)));
            let stuck = futures::future::join_all(stuck).await;
            assert!(stuck.iter().all(|outcome| !matches!(outcome, Ok(Ok(())))), "an answer from nowhere: {stuck:?}");
            rig.proxy().set(Mode::Pass);
            let healed = Instant::now();
            timeout(HEALED, has_all_permits(&db, CONNECTIONS)).await.expect("a pool that is whole again")?;
            longest = longest.max(healed.elapsed());
            rig.probe.is_clean().await;
        }
        tell(format!("whole again after {longest:?} at most"));
        Ok(())
    } on postgres, mariadb;
}
