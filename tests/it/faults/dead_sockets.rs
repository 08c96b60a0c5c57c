//! A2: sockets that are dead and do not say so. Time limits give their connections up, and the pool is whole again as soon as the
//! network is.

use std::time::{Duration, Instant};

use dormouse::Result;
use dormouse::prelude::*;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::timeout;

use crate::support::leak::has_all_permits;
use crate::support::proxy::Mode;
use crate::support::{share_of, sweep};

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

sweep! {
    async fn the_pool_recovers(rig: &mut Rig) -> Result<()> {
        rig.direct.create_tables(dormouse::models![Line]).await?;
        let db = Database::connect(&format!("{}&connect_timeout=1", rig.url(CONNECTIONS))).await?;
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
        println!("whole again after {longest:?} at most");
        Ok(())
    } on postgres, mariadb;
}
