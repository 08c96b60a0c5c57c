//! N7: an exchange cut at any byte, either way: an error or the right answer, soon, and never a panic.

use std::cell::Cell;
use std::time::Duration;

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result};
use tokio::time::timeout;
use url::Url;

use crate::support::proxy::{Cut, Ending, Mode, Since, Way};
use crate::support::{Dice, Rig, share_of, sweep, tell};

#[derive(Model, Debug, Clone, PartialEq)]
struct Note {
    id: i64,
    number: i64,
    #[field(max_length = 100)]
    text: String,
}

const NOTES: i64 = 40;
/// Notes that the exchange writes have numbers from here on.
const OWN: i64 = 100;
const SOON: Duration = Duration::from_secs(5);
const ENDINGS: [Ending; 3] = [Ending::Close, Ending::Reset, Ending::HalfClose];

async fn write_notes(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Note]).await?;
    for number in 0..NOTES {
        Note::objects().using(db).acreate(|n| n.number(number).text(format!("note {number}"))).await?;
    }
    Ok(())
}

/// How far an exchange came.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
enum Step {
    Connected,
    Created,
    Committed,
}

/// Connects, reads, writes a row, writes two in a transaction, and reads again.
async fn exchange(url: &Url, step: &Cell<Option<Step>>) -> Result<()> {
    let db = Database::connect(url.as_str()).await?;
    let notes = || Note::objects().using(&db);
    let read = notes().order_by(|n| n.number.asc()).await?;
    let read: Vec<_> = read.into_iter().map(|n| (n.number, n.text)).collect();
    let expected: Vec<_> = (0..NOTES).map(|number| (number, format!("note {number}"))).collect();
    assert_eq!(read, expected);

    step.set(Some(Step::Connected));
    let made = notes().acreate(|n| n.number(OWN).text("made")).await?;
    assert_eq!((made.number, made.text.as_str()), (OWN, "made"));

    step.set(Some(Step::Created));
    let (first, second) = (notes(), notes());
    atomic(move |tx| {
        first.using(tx).create(|n| n.number(OWN + 1).text("first"))?;
        second.using(tx).create(|n| n.number(OWN + 1).text("second"))
    })
    .using(&db)
    .await?;

    step.set(Some(Step::Committed));
    assert_eq!(notes().acount().await?, NOTES as u64 + 3);
    db.close().await;
    Ok(())
}

/// What must be in the database after an exchange: how many notes by the single write, and by the transaction.
fn is_possible(result: &Result<()>, step: Option<Step>, made: u64, committed: u64) -> bool {
    let unknown = |error: &Error| matches!(error.kind(), ErrorKind::CommitOutcomeUnknown);
    match (step, result) {
        (None, Err(_)) => (made, committed) == (0, 0),
        (Some(Step::Connected), Err(_)) => made <= 1 && committed == 0,
        (Some(Step::Created), Err(error)) if unknown(error) => made == 1 && [0, 2].contains(&committed),
        (Some(Step::Created), Err(_)) => (made, committed) == (1, 0),
        (Some(Step::Committed), _) => (made, committed) == (1, 2),
        (_, Ok(())) => false,
    }
}

/// Runs the exchange once and holds what it answers against what the database has then.
async fn check_exchange(rig: &mut Rig) -> Result<Result<()>> {
    let (url, step) = (rig.url(2), Cell::new(None));
    let result = timeout(SOON, exchange(&url, &step)).await.expect("an answer soon");
    // Only that of `direct` is left, so what was sent has been done or never will be.
    rig.probe.has_sessions(1).await;
    rig.probe.is_clean().await;
    let written = |number: i64| Note::objects().using(&rig.direct).filter(move |n| n.number.eq(number));
    let (made, committed) = (written(OWN).acount().await?, written(OWN + 1).acount().await?);
    assert!(is_possible(&result, step.get(), made, committed), "{result:?} at {step:?}: {made} and {committed} rows");
    Note::objects().using(&rig.direct).filter(|n| n.number.gte(OWN)).adelete().await?;
    Ok(result)
}

/// The bytes of an exchange that is left alone: to the server, to the client.
async fn record(rig: &mut Rig) -> Result<[usize; 2]> {
    check_exchange(rig).await??;
    let traffic = rig.proxy().traffic();
    assert_eq!(traffic.len(), 1, "one connection was enough");
    Ok(traffic[0])
}

sweep! {
    async fn at_every_byte(rig: &mut Rig) -> Result<()> {
        write_notes(&rig.direct).await?;
        let lengths = record(rig).await?;
        let mut dice = Dice::of("cuts");
        let (mut refused, mut all) = (0, 0);
        for way in [Way::ToServer, Way::ToClient] {
            let length = lengths[way as usize];
            let every = (0..=length).flat_map(|after| ENDINGS.map(|ending| (after, ending))).collect();
            let some = (0..25).map(|_| (dice.below(length), dice.pick(&ENDINGS))).collect();
            for (after, ending) in share_of::<Vec<_>>(every, some) {
                rig.proxy().cut(Cut { way, after, since: Since::Start, ending });
                let result = check_exchange(rig).await?;
                refused += usize::from(result.is_err());
                all += 1;
            }
        }
        tell(format!("{all} cuts of {lengths:?} bytes, {refused} refused"));
        Ok(())
    } on postgres, mariadb;

    async fn no_cut_at_all(rig: &mut Rig) -> Result<()> {
        write_notes(&rig.direct).await?;
        for mode in [Mode::Split, Mode::Throttle(20_000), Mode::Delay(Duration::from_millis(5))] {
            rig.proxy().set(mode);
            check_exchange(rig).await??;
        }
        Ok(())
    } on postgres, mariadb;
}
