//! C4, C5, N6: connections killed at any moment, by the server or on the wire. An error, or the whole truth; never a part of it.

use std::time::Duration;

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::timeout;

use crate::lines::{Line, write_lines};
use crate::support::leak::has_all_permits;
use crate::support::proxy::{Ending, Mode};
use crate::support::{Dice, Rig, poll_budget, share_of, sweep, tell};

/// What is written while connections die.
#[derive(Model, Debug, Clone, PartialEq)]
struct Trace {
    id: i64,
    case: i64,
}

const SOON: Duration = Duration::from_secs(5);

async fn write(db: &Database, lines: i64) -> Result<()> {
    db.create_tables(dormouse::models![Trace]).await?;
    write_lines(db, lines, 500).await
}

/// Who kills a connection.
#[derive(Debug, Clone, Copy)]
enum Killer {
    Server,
    Wire(Ending),
}

const KILLERS: [Killer; 3] = [Killer::Server, Killer::Wire(Ending::Reset), Killer::Wire(Ending::Close)];

impl Killer {
    async fn kill(self, rig: &mut Rig) {
        match self {
            Self::Server => drop(rig.probe.kill_others().await),
            Self::Wire(ending) => rig.proxy().end_all(ending),
        }
    }
}

/// Reads some rows of a stream, has the connection killed, and reads on. Tells whether there was an error.
async fn kill_mid_stream(rig: &mut Rig, db: &Database, lines: i64, dice: &mut Dice) -> Result<bool> {
    let (killer, rows) = (dice.pick(&KILLERS), dice.below(lines as usize) as i64);
    let numbers = Line::objects().using(db).order_by(|l| l.number.asc()).values(|l| (l.number, l.text));
    let mut stream = if dice.below(2) == 0 { numbers.stream() } else { numbers.aiterator(100) };
    let mut read = 0;
    let failed = loop {
        if read == rows {
            killer.kill(rig).await;
        }
        match timeout(SOON, stream.next()).await.expect("an answer soon") {
            Some(Ok((number, _))) => assert_eq!(number, read, "a row too many or too few"),
            Some(Err(error)) => {
                assert!(matches!(error.kind(), ErrorKind::Connection { .. }), "{error:?}");
                break true;
            }
            None => {
                assert_eq!(read, lines, "{killer:?} at row {rows}: a short answer that claims to be whole");
                break false;
            }
        }
        read += 1;
    };
    assert!(stream.next().await.is_none(), "an error ends a stream");
    Ok(failed)
}

/// An operation that fails, or checks its own answer.
type Checked = BoxFuture<'static, Result<()>>;

/// Something to do while connections die.
fn operation(which: usize, db: &Database, lines: i64, case: i64) -> Checked {
    let all = Line::objects().using(db);
    let whole = move |count: usize| assert_eq!(count as i64, lines, "a part of the answer");
    match which {
        0 => all.into_future().map(move |rows| rows.map(|rows| whole(rows.len()))).boxed(),
        1 => all.acount().map(move |count| count.map(|count| whole(count as usize))).boxed(),
        2 => all.stream().try_collect::<Vec<_>>().map(move |rows| rows.map(|rows| whole(rows.len()))).boxed(),
        3 => all.aiterator(20).try_collect::<Vec<_>>().map(move |rows| rows.map(|rows| whole(rows.len()))).boxed(),
        4 => all.aget(move |l| l.number.eq(7)).map(|row| row.map(|row| assert_eq!(row.number, 7))).boxed(),
        5 => Trace::objects().using(db).acreate(|t| t.case(case)).map(|row| row.map(drop)).boxed(),
        _ => {
            let write = atomic(move |tx| {
                (0..3).try_for_each(|_| Trace::objects().using(tx).create(|t| t.case(case)).map(drop))
            });
            write.using(db).into_future()
        }
    }
}

const OPERATIONS: usize = 7;

/// How many rows an operation may have left.
fn left_by(which: usize, result: &Result<()>) -> &'static [u64] {
    match (which, result) {
        (5, Ok(())) => &[1],
        (5, Err(_)) => &[0, 1],
        (6, Ok(())) => &[3],
        (6, Err(error)) if matches!(error.kind(), ErrorKind::CommitOutcomeUnknown) => &[0, 3],
        _ => &[0],
    }
}

/// Has the connection killed after some polls of an operation. None if it was ready before that, else whether there was an error.
async fn kill_at_a_poll(rig: &mut Rig, db: &Database, lines: i64, case: Case, killer: Killer) -> Result<Option<bool>> {
    let Case { number, which, polls } = case;
    let mut work = operation(which, db, lines, number);
    let (ready, result) = match poll_budget(work.as_mut(), polls).await {
        Some(result) => (true, result),
        None => {
            killer.kill(rig).await;
            (false, timeout(SOON, work).await.expect("an answer soon"))
        }
    };
    rig.probe.is_clean().await;
    let left = Trace::objects().using(&rig.direct).filter(|t| t.case.eq(number)).acount().await?;
    assert!(left_by(which, &result).contains(&left), "{case:?}, {killer:?}: {result:?}, {left} rows");
    Ok((!ready).then_some(result.is_err()))
}

/// Where to kill.
#[derive(Debug, Clone, Copy)]
struct Case {
    number: i64,
    which: usize,
    polls: usize,
}

/// Kills idle connections; then reads never fail, and of the writes at most one for each connection that was killed.
async fn kill_idle(rig: &mut Rig, db: &Database, connections: usize, dice: &mut Dice) -> Result<usize> {
    let killer = dice.pick(&KILLERS);
    killer.kill(rig).await;
    let reads = (0..connections).map(|_| Line::objects().using(db).filter(|l| l.number.lt(5)).acount());
    assert_eq!(futures::future::try_join_all(reads).await?, vec![5; connections], "reads are tried again");
    has_all_permits(db, connections).await?;
    killer.kill(rig).await;
    let mut errors = 0;
    for _ in 0..=connections {
        let written = Line::objects().using(db).filter(|l| l.number.eq(0)).aupdate(|l| l.number.set(l.number)).await;
        errors += usize::from(written.is_err());
    }
    assert!(errors <= connections, "{errors} errors for {connections} dead connections");
    Ok(errors)
}

sweep! {
    async fn in_the_middle_of_a_stream(rig: &mut Rig) -> Result<()> {
        const LINES: i64 = 4_000;
        write(&rig.direct, LINES).await?;
        let db = rig.connect(1).await?;
        // Slow enough that not all rows have arrived when the connection is killed.
        rig.proxy().set(Mode::Throttle(20_000_000));
        let mut dice = Dice::of("kills of streams");
        let (cases, mut errors) = (share_of(500, 16), 0);
        for _ in 0..cases {
            errors += usize::from(kill_mid_stream(rig, &db, LINES, &mut dice).await?);
        }
        has_all_permits(&db, 1).await?;
        tell(format!("{cases} kills, {errors} errors, {} streams had arrived", cases - errors));
        Ok(())
    } on postgres, mariadb;

    async fn at_any_poll(rig: &mut Rig) -> Result<()> {
        const LINES: i64 = 100;
        write(&rig.direct, LINES).await?;
        let db = rig.connect(2).await?;
        rig.proxy().set(Mode::Delay(Duration::from_millis(1)));
        let mut dice = Dice::of("kills at polls");
        let (cases, mut errors, mut polls) = (share_of(500, 50), 0, [0; OPERATIONS]);
        let mut number = 0;
        let mut kills = 0;
        while kills < cases {
            // Each operation by turns, each time a poll later, until it is ready before that.
            let which = number % OPERATIONS;
            let case = Case { number: number as i64, which, polls: polls[which] };
            let killed = kill_at_a_poll(rig, &db, LINES, case, dice.pick(&KILLERS)).await?;
            polls[which] = if killed.is_some() { polls[which] + 1 } else { 0 };
            kills += usize::from(killed.is_some());
            errors += usize::from(killed == Some(true));
            number += 1;
        }
        has_all_permits(&db, 2).await?;
        tell(format!("{cases} kills, {errors} errors"));
        Ok(())
    } on postgres, mariadb;

    async fn of_idle_connections(rig: &mut Rig) -> Result<()> {
        const CONNECTIONS: usize = 3;
        write(&rig.direct, 10).await?;
        let db = rig.connect(CONNECTIONS).await?;
        has_all_permits(&db, CONNECTIONS).await?;
        let mut dice = Dice::of("kills of idle connections");
        let (cases, mut errors) = (share_of(200, 10), 0);
        for _ in 0..cases {
            errors += kill_idle(rig, &db, CONNECTIONS, &mut dice).await?;
        }
        tell(format!("{} kills of {CONNECTIONS} connections, no error of a read, {errors} of writes", 2 * cases));
        Ok(())
    } on postgres, mariadb;
}
