//! B2, G1, N21: a stream dropped half-way frees its connection at once, and leaves no log pinned.

use std::time::{Duration, Instant};

use dormouse::Result;
use dormouse::prelude::*;

use super::tags::{answers_are_their_own, write_tags};
use crate::lines::{Line, write_lines};
use crate::support::{share_of, sweep, tell};

const LINES: i64 = 20_000;
const AT_ONCE: Duration = Duration::from_millis(100);

/// Takes some rows of many, drops the stream, and tells how long the only connection was not to be had.
async fn drop_half_way(db: &Database, case: usize) -> Result<Duration> {
    let lines = Line::objects().using(db).order_by(|l| l.number.asc());
    let mut stream = if case.is_multiple_of(2) { lines.stream() } else { lines.aiterator(100) };
    for number in 0..[1, 2, 150, 3_000][case / 2 % 4] {
        assert_eq!(stream.try_next().await?.map(|line| line.number), Some(number));
    }
    let dropped = Instant::now();
    drop(stream);
    answers_are_their_own(db, 1, case).await?;
    Ok(dropped.elapsed())
}

/// The middle and the longest of some times.
fn summary(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() - 1])
}

sweep! {
    async fn dropped_half_way(rig: &mut Rig) -> Result<()> {
        write_lines(&rig.direct, LINES, 200).await?;
        write_tags(&rig.direct).await?;
        let db = rig.connect(1).await?;
        let (mut free, mut clean) = (Vec::new(), Vec::new());
        for case in 0..share_of(1_000, 48) {
            free.push(drop_half_way(&db, case).await?);
            let dropped = Instant::now();
            rig.probe.is_clean().await;
            clean.push(dropped.elapsed());
        }
        let ((free, longest), (clean, slowest)) = (summary(free), summary(clean));
        tell(format!("the connection is free after {free:?}, at most {longest:?}; the database after {clean:?}, at most {slowest:?}"));
        // The machine may have other things to do, so not each of them is held against it.
        assert!(free < AT_ONCE && clean < AT_ONCE, "{free:?}, {clean:?}");
        Ok(())
    } on sqlite, postgres, mariadb;
}
