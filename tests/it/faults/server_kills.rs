//! N5: a server is killed in the middle of its commits, and started again. What was acknowledged is there, what was refused is not,
//! and the program goes on with the same `Database`.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Barrier, OnceLock};
use std::time::{Duration, Instant};

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result};
use futures::future::try_join_all;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::ledger;
use crate::support::server::{Server, Victim};
use crate::support::{Dice, Place, share_of};

const KILLS: (i64, i64) = (200, 3);
/// How many tasks write at a time, half of them in transactions.
const WRITERS: usize = 8;
/// How much is acknowledged before the server may be killed, and the latest moment after that, in microseconds.
const BEFORE: usize = 20;
const LATEST: usize = 60_000;
/// How soon after the server the program must be back.
const RECOVERY: Duration = Duration::from_secs(10);
/// How many connections lie idle when the server dies.
const CONNECTIONS: usize = 4;
/// How long a program waits before it tries again.
const PAUSE: Duration = Duration::from_millis(5);

/// What became of writes.
#[derive(Default)]
struct Outcomes {
    acknowledged: HashSet<Uuid>,
    refused: HashSet<Uuid>,
    /// Transactions whose COMMIT was not answered.
    unknown: usize,
    /// Statements alone that failed.
    failed: usize,
    /// When the last task was back, after the server was.
    recovery: Duration,
}

/// Writes until something that was begun after the restart is acknowledged.
async fn write(
    db: Database,
    round: i64,
    alone: bool,
    acknowledged: mpsc::UnboundedSender<()>,
    restart: Arc<OnceLock<Instant>>,
) -> Outcomes {
    let mut outcomes = Outcomes::default();
    loop {
        let id = Uuid::new_v4();
        let restarted = restart.get();
        let outcome = if alone { ledger::note(&db, round, id).await } else { ledger::transfer(&db, round, id).await };
        if let Err(error) = outcome {
            outcomes.note(id, alone, &error);
            let late = restart.get().is_some_and(|restarted| restarted.elapsed() > RECOVERY);
            assert!(!late, "not back {RECOVERY:?} after the server: {error:?}");
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        outcomes.acknowledged.insert(id);
        acknowledged.send(()).ok();
        if let Some(restarted) = restarted {
            return Outcomes { recovery: restarted.elapsed(), ..outcomes };
        }
    }
}

impl Outcomes {
    /// A transaction that failed is known not to be there, unless the error says otherwise; a statement alone may be there.
    fn note(&mut self, id: Uuid, alone: bool, error: &Error) {
        match error.kind() {
            ErrorKind::CommitOutcomeUnknown => self.unknown += 1,
            ErrorKind::Connection { .. } | ErrorKind::Timeout { .. } if alone => self.failed += 1,
            ErrorKind::Connection { .. } | ErrorKind::Timeout { .. } => {
                self.refused.insert(id);
            }
            _ => panic!("not an error of a server that was killed: {error:?}"),
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.acknowledged.extend(other.acknowledged);
        self.refused.extend(other.refused);
        self.unknown += other.unknown;
        self.failed += other.failed;
        self.recovery = self.recovery.max(other.recovery);
        self
    }

    /// Holds what the database has against what was said.
    fn check(&self, kept: &HashSet<Uuid>) {
        let lost = self.acknowledged.difference(kept).count();
        assert_eq!(lost, 0, "lost of {} that were acknowledged", self.acknowledged.len());
        let there = self.refused.intersection(kept).count();
        assert_eq!(there, 0, "there of {} that were refused", self.refused.len());
        let most = self.acknowledged.len() + self.unknown + self.failed;
        assert!(kept.len() <= most, "{} are there, {most} were written", kept.len());
        assert!(self.recovery < RECOVERY, "back after {:?}", self.recovery);
    }
}

impl fmt::Display for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, refused, unknown, failed, recovery } = self;
        let (acknowledged, refused) = (acknowledged.len(), refused.len());
        write!(f, "{acknowledged} acknowledged; transactions: {refused} refused, {unknown} unknown; ")?;
        write!(f, "statements: {failed} failed; back after {recovery:?} at most")
    }
}

/// Kills the server while it commits, and starts it again; gives what became of the writes.
async fn kill(server: &mut Server, db: &Database, round: i64, moment: Duration, victim: Victim) -> Result<Outcomes> {
    let restart = Arc::new(OnceLock::new());
    let (sender, mut acknowledged) = mpsc::unbounded_channel();
    let writers: Vec<_> = (0..WRITERS)
        .map(|index| tokio::spawn(write(db.clone(), round, index % 2 == 1, sender.clone(), Arc::clone(&restart))))
        .collect();
    for _ in 0..BEFORE {
        acknowledged.recv().await;
    }
    tokio::time::sleep(moment).await;
    server.kill(victim);
    server.start();
    restart.get_or_init(Instant::now);
    let outcomes = try_join_all(writers).await.map_err(Error::other)?;
    Ok(outcomes.into_iter().fold(Outcomes::default(), Outcomes::and))
}

/// Kills a server round by round, and counts after each what is there.
#[expect(clippy::print_stdout, reason = "how much was at stake, for a reader of the log")]
async fn kill_in_rounds(server: &mut Server, db: &Database) -> Result<()> {
    let mut dice = Dice::of("kills of servers");
    let mut sum = Outcomes::default();
    for round in 1..=share_of(KILLS.0, KILLS.1) {
        let victim = dice.pick(&[Victim::All, Victim::Main]);
        let outcomes = kill(server, db, round, Duration::from_micros(dice.below(LATEST) as u64), victim).await?;
        outcomes.check(&ledger::kept(db, round).await?);
        sum = sum.and(outcomes);
    }
    println!("{sum}");
    Ok(())
}

/// Opens so many connections, which are then idle, and has the server die and come back.
async fn let_idle_connections_die(server: &mut Server, db: &Database) -> Result<()> {
    let barrier = Arc::new(Barrier::new(CONNECTIONS));
    let transactions = (0..CONNECTIONS).map(|_| {
        let barrier = Arc::clone(&barrier);
        atomic(move |_| Ok(barrier.wait())).using(db).into_future()
    });
    try_join_all(transactions).await?;
    server.kill(Victim::All);
    server.start();
    Ok(())
}

/// C5: connections that died while they were idle cost no error where nothing can be done twice, and one at most elsewhere.
async fn replaces_idle_connections(server: &mut Server, db: &Database) -> Result<()> {
    let_idle_connections_die(server, db).await?;
    try_join_all((0..CONNECTIONS).map(|_| ledger::read(db))).await?;

    let_idle_connections_die(server, db).await?;
    try_join_all((0..CONNECTIONS).map(|_| ledger::transfer(db, 0, Uuid::new_v4()))).await?;

    let_idle_connections_die(server, db).await?;
    let mut failed = 0;
    for _ in 0..2 * CONNECTIONS {
        failed += usize::from(ledger::note(db, 0, Uuid::new_v4()).await.is_err());
    }
    assert!(failed <= 1, "{failed} of {CONNECTIONS} dead connections were noticed one by one");
    Ok(())
}

/// Letting go of connections that died with the server does no harm to those of others that have the same numbers now.
async fn leaves_other_sessions_alone(server: &mut Server, db: &Database, url: &str) -> Result<()> {
    let_idle_connections_die(server, db).await?;
    let others = Database::connect(url).await?;
    let barrier = Arc::new(Barrier::new(CONNECTIONS + 1));
    let transactions: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let barrier = Arc::clone(&barrier);
            let work = atomic(move |tx| {
                // Begun, and then still there.
                barrier.wait();
                barrier.wait();
                ledger::read_in(tx)
            });
            tokio::spawn(work.using(&others).into_future())
        })
        .collect();
    tokio::task::block_in_place(|| barrier.wait());
    for _ in 0..20 {
        try_join_all((0..CONNECTIONS).map(|_| ledger::read(db))).await?;
    }
    tokio::task::block_in_place(|| barrier.wait());
    for transaction in transactions {
        transaction.await.map_err(Error::other)??;
    }
    others.close().await;
    Ok(())
}

async fn survives(mut server: Server, place: Place) -> Result<()> {
    let db = Database::connect(place.url()).await?;
    ledger::open(&db).await?;
    kill_in_rounds(&mut server, &db).await?;
    for _ in 0..share_of(10, 1) {
        replaces_idle_connections(&mut server, &db).await?;
        leaves_other_sessions_alone(&mut server, &db, place.url()).await?;
    }
    db.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() -> Result<()> {
    let server = Server::postgres();
    let place = Place::beside(server.url()).await?;
    survives(server, place).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mariadb() -> Result<()> {
    let server = Server::mariadb();
    let place = Place::beside(server.url()).await?;
    survives(server, place).await
}
