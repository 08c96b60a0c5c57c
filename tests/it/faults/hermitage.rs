//! What transactions see of each other: Hermitage's ten anomalies (<https://github.com/ept/hermitage>) on every database and
//! isolation level, through our own API. `docs/transactions.md` has the table; it must be what is measured, cell by cell.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use dormouse::driver::connect;
use dormouse::prelude::*;
use dormouse::row::{Collect, Decoder, RowReader, Shape};
use dormouse::statement::{Intent, Statement};
use dormouse::value::Cell;
use dormouse::{Driver, Isolation, Result, Retry, async_to_sync};

use crate::support::Place;

#[derive(Model, Debug)]
struct Item {
    #[field(primary_key)]
    number: i64,
    value: i64,
}

type Row = (i64, i64);

/// What a transaction does next.
#[derive(Debug, Clone, Copy)]
enum Step {
    Set(i64, i64),
    AddToAll(i64),
    Insert(i64, i64),
    DeleteWhere(i64),
    Read(i64),
    ReadAll,
    ReadWhere(&'static [i64]),
    Commit,
    Abort,
}

use Step::{Abort, AddToAll, Commit, DeleteWhere, Insert, Read, ReadAll, ReadWhere, Set};

/// A history that no order of the transactions explains. Before it there are the items 1 with 10 and 2 with 20.
struct Anomaly {
    name: &'static str,
    /// Which transaction does what, in this order as far as locks allow.
    steps: &'static [(usize, Step)],
    happened: fn(&Outcome) -> bool,
    /// Whether it is about what a transaction writes, after it has read.
    writes: bool,
}

/// What became of the transactions, by number.
#[derive(Debug, Default)]
struct Outcome {
    /// What they read, read by read.
    reads: BTreeMap<usize, Vec<Vec<Row>>>,
    committed: BTreeSet<usize>,
    left: Vec<Row>,
}

impl Outcome {
    fn reads(&self, transaction: usize) -> &[Vec<Row>] {
        self.reads.get(&transaction).map(Vec::as_slice).unwrap_or_default()
    }

    fn saw(&self, transaction: usize, row: Row) -> bool {
        self.reads(transaction).iter().flatten().any(|seen| *seen == row)
    }

    fn committed(&self, transactions: &[usize]) -> bool {
        transactions.iter().all(|transaction| self.committed.contains(transaction))
    }

    fn all_read(&self, transactions: &[usize], rows: &[Row]) -> bool {
        transactions.iter().all(|transaction| self.reads(*transaction).first().is_some_and(|read| read == rows))
    }

    fn has(&self, number: i64) -> bool {
        self.left.iter().any(|(left, _)| *left == number)
    }
}

const BEFORE: [Row; 2] = [(1, 10), (2, 20)];
/// What can be divided by three.
const THREES: &[i64] = &[30, 42];

const ANOMALIES: &[Anomaly] = &[
    Anomaly {
        name: "G0",
        steps: &[(1, Set(1, 11)), (2, Set(1, 12)), (1, Set(2, 21)), (1, Commit), (2, Set(2, 22)), (2, Commit)],
        happened: |outcome| outcome.left != [(1, 11), (2, 21)] && outcome.left != [(1, 12), (2, 22)],
        writes: false,
    },
    Anomaly {
        name: "G1a",
        steps: &[(1, Set(1, 101)), (2, Read(1)), (1, Abort), (2, Read(1)), (2, Commit)],
        happened: |outcome| outcome.saw(2, (1, 101)),
        writes: false,
    },
    Anomaly {
        name: "G1b",
        steps: &[(1, Set(1, 101)), (2, Read(1)), (1, Set(1, 11)), (1, Commit), (2, Read(1)), (2, Commit)],
        happened: |outcome| outcome.saw(2, (1, 101)),
        writes: false,
    },
    Anomaly {
        name: "G1c",
        steps: &[(1, Set(1, 11)), (2, Set(2, 22)), (1, Read(2)), (2, Read(1)), (1, Commit), (2, Commit)],
        happened: |outcome| outcome.committed(&[1, 2]) && outcome.saw(1, (2, 22)) && outcome.saw(2, (1, 11)),
        writes: false,
    },
    Anomaly {
        name: "OTV",
        steps: &[
            (1, Set(1, 11)),
            (1, Set(2, 19)),
            (2, Set(1, 12)),
            (1, Commit),
            (3, ReadAll),
            (2, Set(2, 18)),
            (3, ReadAll),
            (2, Commit),
            (3, ReadAll),
            (3, Commit),
        ],
        happened: |outcome| {
            let seen: Vec<&Row> = outcome.reads(3).iter().flatten().collect();
            let second = seen.iter().position(|row| [(1, 12), (2, 18)].contains(row));
            second.is_some_and(|second| seen[second..].iter().any(|row| [(1, 11), (2, 19)].contains(row)))
        },
        writes: false,
    },
    Anomaly {
        name: "PMP",
        steps: &[(1, ReadWhere(THREES)), (2, Insert(3, 30)), (2, Commit), (1, ReadWhere(THREES)), (1, Commit)],
        happened: |outcome| outcome.committed(&[1, 2]) && outcome.all_read(&[1], &[]) && outcome.saw(1, (3, 30)),
        writes: false,
    },
    Anomaly {
        name: "PMP",
        steps: &[(1, AddToAll(10)), (2, ReadWhere(&[20])), (2, DeleteWhere(20)), (1, Commit), (2, Commit)],
        happened: |outcome| {
            let read: Vec<i64> = outcome.reads(2).iter().flatten().map(|(number, _)| *number).collect();
            outcome.committed(&[1, 2]) && (1..=2).any(|number| outcome.has(number) == read.contains(&number))
        },
        writes: true,
    },
    Anomaly {
        name: "P4",
        steps: &[(1, Read(1)), (2, Read(1)), (1, Set(1, 11)), (2, Set(1, 11)), (1, Commit), (2, Commit)],
        happened: |outcome| outcome.committed(&[1, 2]) && outcome.all_read(&[1, 2], &[(1, 10)]),
        writes: false,
    },
    Anomaly {
        name: "G-single",
        steps: &[(1, Read(1)), (2, ReadAll), (2, Set(1, 12)), (2, Set(2, 18)), (2, Commit), (1, Read(2)), (1, Commit)],
        happened: |outcome| outcome.committed(&[1, 2]) && outcome.saw(1, (1, 10)) && outcome.saw(1, (2, 18)),
        writes: false,
    },
    Anomaly {
        name: "G-single",
        steps: &[
            (1, Read(1)),
            (2, ReadAll),
            (2, Set(1, 12)),
            (2, Set(2, 18)),
            (2, Commit),
            (1, DeleteWhere(20)),
            (1, Commit),
        ],
        happened: |outcome| outcome.committed(&[1, 2]) && outcome.saw(1, (1, 10)) && outcome.has(2),
        writes: true,
    },
    Anomaly {
        name: "G2-item",
        steps: &[(1, ReadAll), (2, ReadAll), (1, Set(1, 11)), (2, Set(2, 21)), (1, Commit), (2, Commit)],
        happened: |outcome| outcome.committed(&[1, 2]) && outcome.all_read(&[1, 2], &BEFORE),
        writes: false,
    },
    Anomaly {
        name: "G2",
        steps: &[
            (1, ReadWhere(THREES)),
            (2, ReadWhere(THREES)),
            (1, Insert(3, 30)),
            (2, Insert(4, 42)),
            (1, Commit),
            (2, Commit),
        ],
        happened: |outcome| outcome.committed(&[1, 2]) && outcome.all_read(&[1, 2], &[]),
        writes: false,
    },
];

const LEVELS: [Isolation; 4] =
    [Isolation::ReadUncommitted, Isolation::ReadCommitted, Isolation::RepeatableRead, Isolation::Serializable];

/// Where and how the transactions run.
#[derive(Debug, Clone)]
struct Setting {
    db: Database,
    watch: Watch,
    isolation: Isolation,
    /// Whether reads lock.
    locks: bool,
    /// A statement that begins each transaction.
    first: Option<&'static str>,
}

/// What a transaction did: a step, or its end.
enum Reply {
    Step(Option<Vec<Row>>),
    End(Result<()>),
}

/// A transaction on a thread of its own, which does one step after the other.
fn run_transaction(setting: &Setting, steps: &Receiver<Step>, reply: impl Fn(Reply)) {
    let Setting { db, isolation, locks, first, .. } = setting.clone();
    let work = |tx: &Transaction| {
        if let Some(first) = first {
            tx.execute_sql(first)?;
        }
        while let Ok(step) = steps.recv() {
            match step {
                Commit => break,
                Abort => {
                    tx.set_rollback(true);
                    break;
                }
                step => reply(Reply::Step(take(tx, step, locks)?)),
            }
        }
        Ok(())
    };
    reply(Reply::End(atomic(work).isolation(isolation).using(&db).run()));
}

/// Takes a step; of a read, gives the rows.
fn take(tx: &Transaction, step: Step, locks: bool) -> Result<Option<Vec<Row>>> {
    let items = match step {
        Set(number, value) => {
            Item::objects().filter(|i| i.number.eq(number)).using(tx).update(|i| i.value.set(value))?;
            return Ok(None);
        }
        AddToAll(more) => {
            Item::objects().using(tx).update(|i| i.value.set(i.value + more))?;
            return Ok(None);
        }
        Insert(number, value) => {
            Item::objects().using(tx).create(|i| i.number(number).value(value))?;
            return Ok(None);
        }
        DeleteWhere(value) => {
            Item::objects().filter(|i| i.value.eq(value)).using(tx).delete()?;
            return Ok(None);
        }
        Read(number) => Item::objects().filter(|i| i.number.eq(number)),
        ReadWhere(values) => Item::objects().filter(|i| i.value.in_(values.iter().copied())),
        ReadAll | Commit | Abort => Item::objects(),
    };
    let items = items.order_by(|i| i.number.asc());
    let items = if locks { items.select_for_update() } else { items };
    let rows = items.using(tx).to_vec()?;
    Ok(Some(rows.into_iter().map(|item| (item.number, item.value)).collect()))
}

/// The transactions of one history, and who is not done with what he was told.
struct Play<'p> {
    watch: &'p Watch,
    steps: BTreeMap<usize, Sender<Step>>,
    busy: BTreeMap<usize, usize>,
    ended: BTreeSet<usize>,
    outcome: Outcome,
    replies: Receiver<(usize, Reply)>,
}

impl Play<'_> {
    fn hear(&mut self, (transaction, reply): (usize, Reply)) {
        match reply {
            Reply::Step(read) => {
                self.outcome.reads.entry(transaction).or_default().extend(read);
                self.busy.entry(transaction).and_modify(|left| *left -= 1);
            }
            Reply::End(end) => {
                self.busy.remove(&transaction);
                self.ended.insert(transaction);
                match end {
                    Ok(()) => _ = self.outcome.committed.insert(transaction),
                    Err(error) => assert_eq!(error.retry(), Retry::Safe, "a conflict may be tried again: {error:?}"),
                }
            }
        }
    }

    /// Waits until everybody has done what he was told, or waits for a lock.
    fn settle(&mut self) -> Result<()> {
        let since = Instant::now();
        while self.busy.values().any(|left| *left > 0) {
            match self.replies.recv_timeout(Duration::from_millis(5)) {
                Ok(reply) => self.hear(reply),
                Err(RecvTimeoutError::Timeout) if self.all_wait()? => return Ok(()),
                Err(_) => assert!(since.elapsed() < Duration::from_secs(30), "a client neither works nor waits"),
            }
        }
        Ok(())
    }

    fn all_wait(&self) -> Result<bool> {
        let busy = self.busy.values().filter(|left| **left > 0).count();
        match self.watch.waiting()? {
            Some(waiting) => Ok(waiting >= busy),
            // One writes at a time: the other waits until it has ended.
            None => Ok(busy < self.busy.len()),
        }
    }
}

/// Plays a history; tells whether the anomaly happened.
fn play(anomaly: &Anomaly, setting: &Setting) -> Result<bool> {
    let items = || Item::objects().using(&setting.db);
    items().blocking().delete()?;
    for (number, value) in BEFORE {
        items().blocking().create(|i| i.number(number).value(value))?;
    }
    let (replies, heard) = channel();
    thread::scope(|threads| {
        let mut play = Play {
            watch: &setting.watch,
            steps: BTreeMap::new(),
            busy: BTreeMap::new(),
            ended: BTreeSet::new(),
            outcome: Outcome::default(),
            replies: heard,
        };
        for (transaction, step) in anomaly.steps {
            let transaction = *transaction;
            let steps = play.steps.entry(transaction).or_insert_with(|| {
                let (steps, told) = channel();
                let replies = replies.clone();
                // Who hears no more has seen enough.
                let reply = move |reply| replies.send((transaction, reply)).unwrap_or_default();
                threads.spawn(move || run_transaction(setting, &told, reply));
                steps
            });
            // One that was ended in favour of another takes no more steps.
            if !play.ended.contains(&transaction) && steps.send(*step).is_ok() {
                *play.busy.entry(transaction).or_default() += 1;
            }
            play.settle()?;
        }
        let everybody = play.steps.len();
        while play.ended.len() < everybody {
            let reply = play.replies.recv_timeout(Duration::from_secs(30)).expect("every transaction ends");
            play.hear(reply);
        }
        let left = items().order_by(|i| i.number.asc()).values(|i| (i.number, i.value)).blocking().to_vec()?;
        play.outcome.left = left;
        Ok((anomaly.happened)(&play.outcome))
    })
}

/// A cell for one way to read: prevented, happens, or happens to those who write only.
fn measure(name: &str, setting: &Setting) -> Result<&'static str> {
    let mut happened = BTreeSet::new();
    for anomaly in ANOMALIES.iter().filter(|anomaly| anomaly.name == name) {
        if play(anomaly, setting)? {
            happened.insert(anomaly.writes);
        }
    }
    Ok(match happened.first() {
        None => "✓",
        Some(true) => "R/O",
        Some(false) => "—",
    })
}

/// The rows of a database's table, as the documentation has them.
fn measured(label: &str, db: &Database, watch: &Watch, first: Option<&'static str>) -> Result<String> {
    let mut names: Vec<&str> = ANOMALIES.iter().map(|anomaly| anomaly.name).collect();
    names.dedup();
    let mut rows = String::new();
    for isolation in LEVELS {
        let _ = write!(rows, "| {label} | `{isolation:?}` |");
        for name in &names {
            let setting = |locks| Setting { db: db.clone(), watch: watch.clone(), isolation, locks, first };
            let (plain, locked) = (measure(name, &setting(false))?, measure(name, &setting(true))?);
            let _ = if plain == locked { write!(rows, " {plain} |") } else { write!(rows, " {plain} {locked} |") };
        }
        rows.push('\n');
    }
    Ok(rows)
}

/// The rows of the documentation with a label.
fn documented(label: &str) -> String {
    let page = include_str!("../../../docs/transactions.md");
    let start = format!("| {label} | `");
    page.lines().filter(|line| line.starts_with(&start)).map(|line| format!("{line}\n")).collect()
}

/// Who knows which sessions of the database wait for a lock.
#[derive(Debug, Clone)]
enum Watch {
    /// None.
    Closed,
    Postgres(Arc<dyn Driver>),
    MariaDb(Arc<dyn Driver>),
}

impl Watch {
    /// How many wait, where that can be asked.
    fn waiting(&self) -> Result<Option<usize>> {
        match self {
            Self::Closed => Ok(None),
            Self::Postgres(driver) => {
                let waiting = "SELECT pid::text FROM pg_stat_activity \
                               WHERE datname = current_database() AND wait_event_type = 'Lock'";
                Ok(Some(texts(driver, waiting)?.len()))
            }
            // The tables of INNODB_TRX and its like are as old as the first of those who ask often.
            Self::MariaDb(driver) => {
                let ours = "SELECT CAST(id AS CHAR) FROM information_schema.processlist WHERE db = DATABASE()";
                let ours = texts(driver, ours)?;
                let status = texts(driver, "SHOW ENGINE INNODB STATUS")?.concat();
                let waiting = status.split("---TRANSACTION").filter(|text| text.contains("\nLOCK WAIT"));
                let threads = waiting.filter_map(|text| text.split_once("thread id ")?.1.split_once(','));
                Ok(Some(threads.filter(|(thread, _)| ours.iter().any(|id| id == thread)).count()))
            }
        }
    }
}

/// The last column of a query's rows.
fn texts(driver: &Arc<dyn Driver>, sql: &str) -> Result<Vec<String>> {
    let last = |row: &mut RowReader<'_>, _: &Shape| {
        let mut last = String::new();
        while let Some(cell) = row.next_cell()? {
            if let Cell::Text(text) = cell {
                last = text.to_owned();
            }
        }
        Ok(last)
    };
    let rows = Collect::boxed(Decoder::new(last, Arc::default()));
    let statement = Statement::new(sql, Vec::new(), Intent::Read);
    Collect::unbox(async_to_sync(driver.fetch(statement, rows)).run()??)
}

async fn is_as_documented(label: &'static str, place: Place, watch: Watch, first: Option<&'static str>) -> Result<()> {
    let db = Database::connect(place.url()).await?;
    db.create_tables(dormouse::models![Item]).await?;
    let asked = db.clone();
    let measured =
        tokio::task::spawn_blocking(move || measured(label, &asked, &watch, first)).await.expect("no panic")?;
    assert_eq!(documented(label), measured, "docs/transactions.md says otherwise; measured:\n{measured}");
    db.close().await;
    place.remove().await
}

#[tokio::test]
async fn sqlite_is_as_documented() -> Result<()> {
    is_as_documented("SQLite", Place::sqlite(), Watch::Closed, None).await
}

#[tokio::test]
async fn postgres_is_as_documented() -> Result<()> {
    let place = Place::postgres().await?;
    let watch = Watch::Postgres(connect(place.url()).await?);
    is_as_documented("PostgreSQL", place, watch, None).await
}

#[tokio::test]
async fn mariadb_is_as_documented() -> Result<()> {
    let place = Place::mariadb().await?;
    let watch = Watch::MariaDb(connect(place.url()).await?);
    is_as_documented("MariaDB", place, watch, None).await
}

/// The default of newer versions.
#[tokio::test]
async fn mariadb_with_snapshot_isolation_is_as_documented() -> Result<()> {
    let place = Place::mariadb().await?;
    let watch = Watch::MariaDb(connect(place.url()).await?);
    let first = Some("SET SESSION innodb_snapshot_isolation = ON");
    is_as_documented("MariaDB, snapshot isolation", place, watch, first).await
}
