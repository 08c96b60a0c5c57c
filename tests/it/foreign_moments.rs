//! Columns of others that keep fewer places of a second than a value may have: what is accepted is kept whole.

use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};
use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result};

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "event", managed = false)]
struct Event {
    id: i64,
    second: NaiveDateTime,
    milli: Option<DateTime<Utc>>,
    opens: NaiveTime,
    fine: NaiveDateTime,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "stamp", managed = false)]
struct Stamp {
    id: i64,
    #[field(auto_now_add)]
    made: NaiveDateTime,
    #[field(auto_now)]
    changed: DateTime<Utc>,
    n: i32,
}

fn at(micros: i64) -> NaiveDateTime {
    let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    day.and_hms_opt(23, 59, 59).unwrap() + TimeDelta::microseconds(micros)
}

async fn events(db: &Database) -> Result<()> {
    let (second, milli, opens, fine) = match db.dialect().name() {
        "PostgreSQL" => {
            db.execute_sql("CREATE DOMAIN milli AS timestamptz(3)").await?;
            db.execute_sql("CREATE DOMAIN millis AS milli").await?;
            ("timestamp(0)", "millis", "time(0)", "timestamp")
        }
        "SQLite" => ("DATETIME", "DATETIME", "TIME", "DATETIME"),
        _ => ("DATETIME", "TIMESTAMP(3) NULL", "TIME", "DATETIME(6)"),
    };
    db.execute_sql(format!(
        "CREATE TABLE event (id BIGINT PRIMARY KEY, second {second} NOT NULL, milli {milli}, opens {opens} NOT NULL, \
         fine {fine} NOT NULL)"
    ))
    .await?;
    Ok(())
}

/// The error of what is too fine, by the field's name and the places that its column keeps.
fn refused<T: Debug>(outcome: Result<T>, field: &str, places: &str) {
    let error: Error = outcome.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error.kind(), ErrorKind::Validation(_)), "{error:?}");
    assert!(text.contains(field) && text.contains(places), "{text}");
}

matrix! {
    async fn what_is_accepted_is_kept_whole(db: &Database) -> Result<()> {
        events(db).await?;
        let coarse = db.dialect().name() != "SQLite";
        let opens = |micros: i64| at(micros).time();
        let made = Event { id: 1, second: at(0), milli: Some(at(1_000).and_utc()), opens: opens(0), fine: at(123_456) };
        let create = |row: Event| {
            Event::objects()
                .acreate(move |e| e.id(row.id).second(row.second).milli(row.milli).opens(row.opens).fine(row.fine))
        };
        assert_eq!(create(made.clone()).await?, made);
        let of = |change: &dyn Fn(&mut Event)| {
            let mut row = made.clone();
            change(&mut row);
            row
        };
        let finer = [
            ("second", "whole seconds", of(&|row| row.second = at(500_000))),
            ("second", "whole seconds", of(&|row| row.second = at(1))),
            ("second", "whole seconds", of(&|row| row.second = at(-1))),
            ("milli", "3 decimal places", of(&|row| row.milli = Some(at(1_001).and_utc()))),
            ("milli", "3 decimal places", of(&|row| row.milli = Some(at(999_999).and_utc()))),
            ("opens", "whole seconds", of(&|row| row.opens = opens(999_999))),
        ];
        for (field, places, row) in finer {
            let mut saved = row.clone();
            let ways = [
                create(Event { id: 2, ..row.clone() }).await.map(|_| ()),
                saved.asave().await,
                Event::objects()
                    .aupdate(|e| (e.second.set(row.second), e.milli.set(row.milli), e.opens.set(row.opens)))
                    .await
                    .map(|_| ()),
            ];
            let kept = Event::objects().filter(|e| e.id.eq(1)).aget_one().await?;
            for way in ways {
                match coarse {
                    true => refused(way, field, places),
                    false => way?,
                }
            }
            assert_eq!(kept, if coarse { made.clone() } else { row.clone() });
            Event::objects().filter(|e| e.id.ne(1)).adelete().await?;
        }
        Ok(())
    }

    async fn what_is_finer_is_compared_exactly(db: &Database) -> Result<()> {
        events(db).await?;
        let opens = at(0).time();
        Event::objects().acreate(|e| e.id(1).second(at(0)).milli(at(1_000).and_utc()).opens(opens).fine(at(1))).await?;
        let count = |condition| Event::objects().filter(|_| condition).acount();
        let e = Event::fields();
        let (half, milli) = (at(500_000), at(1_001).and_utc());
        for (name, condition, found) in [
            ("eq", e.second.eq(half), 0),
            ("in", e.second.in_([half, at(1)]), 0),
            ("in many", e.second.in_(vec![half; 600]), 0),
            ("not in", e.second.not_in([half, at(1)]), 1),
            ("lt", e.second.lt(half), 1),
            ("gt", e.second.gt(at(-500_000)), 1),
            ("between", e.second.between(at(1), half), 0),
            ("milli", e.milli.eq(milli), 0),
            ("milli lt", e.milli.lt(milli), 1),
            ("opens", e.opens.eq(half.time()), 0),
            ("opens lt", e.opens.lt(half.time()), 1),
            ("column", e.second.lt(e.fine), 1),
        ] {
            assert_eq!(count(condition).await?, found, "{name}");
        }
        Ok(())
    }

    async fn what_an_expression_has_more_is_dropped(db: &Database) -> Result<()> {
        events(db).await?;
        let row = |id| Event::objects().acreate(move |e| e.id(id).second(at(0)).opens(at(0).time()).fine(at(999_999)));
        row(1).await?;
        Event::objects().aupdate(|e| e.second.set(e.fine)).await?;
        let coarse = db.dialect().name() != "SQLite";
        assert_eq!(Event::objects().values(|e| e.second).await?, [at(if coarse { 0 } else { 999_999 })]);
        Ok(())
    }

    async fn what_is_set_to_now_is_cut_to_the_column(db: &Database) -> Result<()> {
        let declared = match db.dialect().name() {
            "PostgreSQL" => "timestamp(0)",
            _ => "DATETIME",
        };
        db.execute_sql(format!(
            "CREATE TABLE stamp (id BIGINT PRIMARY KEY, made {declared} NOT NULL, changed {declared} NOT NULL, n INT NOT NULL)"
        ))
        .await?;
        let before = Utc::now().with_nanosecond(0).unwrap();
        let mut stamp = Stamp::objects().acreate(|s| s.id(1).n(1)).await?;
        assert_eq!(stamp, Stamp::objects().aget_one().await?);
        stamp.n = 2;
        stamp.asave().await?;
        let saved = Stamp::objects().aget_one().await?;
        assert_eq!(saved.n, 2);
        assert!(before <= saved.changed && saved.changed <= Utc::now());
        Ok(())
    }
}
