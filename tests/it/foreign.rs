//! SQLite files that other programs made: what can be read in any of their forms can be compared, joined and written.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};
use rusqlite::Connection;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::support::{Place, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "event", managed = false)]
struct Event {
    id: Uuid,
    at: DateTime<Utc>,
    local: Option<NaiveDateTime>,
    day: NaiveDate,
    time: NaiveTime,
    #[field(max_digits = 12, decimal_places = 2)]
    money: Decimal,
    #[related(event)]
    notes: HasMany<Note>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "note", managed = false)]
struct Note {
    id: i64,
    #[field(on_delete = DoNothing)]
    event: ForeignKey<Event>,
    text: String,
}

/// Of a table of ours, which refers to theirs.
#[derive(Model, Debug, Clone, PartialEq)]
struct Mark {
    id: i64,
    event: Uuid,
}

/// Of a table of ours with a foreign key to theirs.
#[derive(Model, Debug, Clone, PartialEq)]
struct Visit {
    id: i64,
    #[field(on_delete = Cascade)]
    event: ForeignKey<Event>,
    #[field(on_delete = SetNull)]
    next: Option<ForeignKey<Event>>,
}

/// A note that may belong to nothing.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "note", managed = false)]
struct Loose {
    id: i64,
    #[field(on_delete = DoNothing)]
    event: Option<ForeignKey<Event>>,
}

const TABLES: &str = "
    CREATE TABLE event (id UUID_TYPE PRIMARY KEY, at DATETIME NOT NULL, local TIMESTAMP, day DATE NOT NULL, time TIME NOT NULL,
                        money NUMERIC(12, 2) NOT NULL);
    CREATE INDEX event_at ON event (at);
    CREATE TABLE note (id INTEGER PRIMARY KEY, event_id UUID_TYPE REFERENCES event (id), text TEXT NOT NULL);
    CREATE INDEX note_event ON note (event_id);";

/// The forms of moments that sqlx, SeaORM, rusqlite, SQLite and others write: all in the same second, but for the last.
const MOMENTS: [&str; 10] = [
    "2024-01-01 10:00:00",
    "2024-01-01T10:00:00",
    "2024-01-01 10:00:00+00:00",
    "2024-01-01T10:00:00+00:00",
    "2024-01-01T10:00:00Z",
    "2024-01-01 10:00:00 UTC",
    "2024-01-01 12:00:00+02:00",
    "2024-01-01T05:30:00.000-04:30",
    "2024-01-01 10:00:00.000000",
    "2023-12-31T23:30:00.250-02:00",
];

fn form(uuid: Uuid, form: usize) -> rusqlite::types::Value {
    match form % 5 {
        0 => uuid.hyphenated().to_string().into(),
        1 => uuid.simple().to_string().into(),
        2 => uuid.hyphenated().to_string().to_uppercase().into(),
        3 => uuid.simple().to_string().to_uppercase().into(),
        _ => uuid.as_bytes().to_vec().into(),
    }
}

/// A file of another program: rows whose keys have the forms given, moments in every form, money as SQLite keeps it.
fn legacy(db: &Database, declared: &str, forms: &[usize]) -> (Connection, Vec<Uuid>) {
    let plain = Connection::open(&db.server().location).unwrap();
    plain.execute_batch(&TABLES.replace("UUID_TYPE", declared)).unwrap();
    let money = ["7.1", "0", "1e2", "0.1 + 0.2", "-7.10", "'12.50'", "3", "9.99", "0.00", "7.1"];
    let mut ids = Vec::new();
    for (index, moment) in MOMENTS.iter().enumerate() {
        let id = Uuid::from_u128(0xa1b2_c3d4_e5f6_0718_29ab_cdef_0123_4560 + index as u128);
        let own = form(id, forms[index % forms.len()]);
        plain
            .execute(
                &format!("INSERT INTO event VALUES (?1, ?2, ?2, ?3, ?4, {})", money[index]),
                (&own, moment, format!("2024-01-{:02}", index + 1), format!("10:00:{:02}", index)),
            )
            .unwrap();
        for text in ["a", "b"].iter().take(index % 3) {
            plain.execute("INSERT INTO note (event_id, text) VALUES (?, ?)", (&own, text)).unwrap();
        }
        ids.push(id);
    }
    (plain, ids)
}

/// Each way that other programs keep UUIDs: what the column is declared as, and the forms of its values.
const KEPT: [(&str, &[usize]); 5] =
    [("TEXT", &[0]), ("CHAR(32)", &[1]), ("TEXT", &[0, 1, 2, 3]), ("BLOB", &[4]), ("", &[0, 1, 2, 3, 4])];

async fn each_way(test: impl AsyncFn(&Database, Connection, Vec<Uuid>)) -> Result<()> {
    for (declared, forms) in KEPT {
        run(Place::sqlite(), async |db| {
            let (plain, ids) = legacy(db, declared, forms);
            test(db, plain, ids).await;
            Ok(())
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_read_is_compared() -> Result<()> {
    each_way(async |_, _, ids| {
        let rows = Event::objects().order_by(|e| e.day.asc()).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), ids);
        let texts: Vec<_> = rows.iter().map(|row| row.money.to_string()).collect();
        assert_eq!(texts, ["7.10", "0.00", "100.00", "0.30", "-7.10", "12.50", "3.00", "9.99", "0.00", "7.10"]);
        let e = Event::fields();
        for row in &rows {
            type Case<'c> = (&'c str, Q<Event>, Box<dyn Fn(&Event) -> bool + 'c>);
            let cases: Vec<Case<'_>> = vec![
                ("id", e.id.eq(row.id), Box::new(|r| r.id == row.id)),
                ("id in", e.id.in_([row.id, ids[3]]), Box::new(|r| [row.id, ids[3]].contains(&r.id))),
                ("id lt", e.id.lt(row.id), Box::new(|r| r.id < row.id)),
                ("differs", e.id.differs(row.id), Box::new(|r| r.id != row.id)),
                ("at", e.at.eq(row.at), Box::new(|r| r.at == row.at)),
                ("at in", e.at.in_([row.at, DateTime::UNIX_EPOCH]), Box::new(|r| r.at == row.at)),
                ("at lt", e.at.lt(row.at), Box::new(|r| r.at < row.at)),
                ("at gte", e.at.gte(row.at), Box::new(|r| r.at >= row.at)),
                ("at between", e.at.between(row.at, row.at), Box::new(|r| r.at == row.at)),
                ("local", e.local.lte(row.local.unwrap()), Box::new(|r| r.local <= row.local)),
                ("day", e.day.eq(row.day), Box::new(|r| r.day == row.day)),
                ("time", e.time.gt(row.time), Box::new(|r| r.time > row.time)),
                ("money", e.money.eq(row.money), Box::new(|r| r.money == row.money)),
                ("money in", e.money.in_([row.money, Decimal::ONE]), Box::new(|r| r.money == row.money)),
                ("money lt", e.money.lt(row.money), Box::new(|r| r.money < row.money)),
                ("twice", (e.money * 2).eq(row.money * Decimal::TWO), Box::new(|r| r.money == row.money)),
            ];
            for (name, condition, holds) in cases {
                let found = Event::objects().filter(|_| condition.clone()).order_by(|e| e.day.asc()).await.unwrap();
                let wanted: Vec<_> = rows.iter().filter(|row| holds(row)).cloned().collect();
                assert_eq!(found, wanted, "{name}");
                let rest = Event::objects().filter(|_| !condition).acount().await.unwrap();
                assert_eq!(rest as usize, rows.len() - wanted.len(), "not {name}");
            }
        }
        let many: Vec<Uuid> = (0..500).map(Uuid::from_u128).chain(ids.iter().copied()).collect();
        assert_eq!(Event::objects().filter(|e| e.id.in_(&many)).acount().await.unwrap(), 10);
        assert_eq!(Event::objects().filter(|e| e.id.not_in(&many)).acount().await.unwrap(), 0);
        let mut sorted = rows.clone();
        sorted.sort_by_key(|row| (row.at, row.day));
        assert_eq!(Event::objects().order_by(|e| (e.at.asc(), e.day.asc())).await.unwrap(), sorted);
        sorted.sort_by_key(|row| (row.money, row.day));
        assert_eq!(Event::objects().order_by(|e| (e.money.asc(), e.day.asc())).await.unwrap(), sorted);
        let ends =
            Event::objects().aaggregate(|e| (e.at.min(), e.money.max(), e.money.sum(), e.id.max())).await.unwrap();
        let sum: Decimal = rows.iter().map(|row| row.money).sum();
        assert_eq!(ends.0, rows.iter().map(|row| row.at).min());
        assert_eq!((ends.1.unwrap().to_string(), ends.2.unwrap().to_string()), ("100.00".to_owned(), sum.to_string()));
        assert_eq!(ends.3, ids.iter().max().copied());
        let money = Event::objects().order_by(|e| e.day.asc()).values(|e| e.money).await.unwrap();
        assert_eq!(money.iter().map(Decimal::to_string).collect::<Vec<_>>(), texts);
        let moments: HashSet<_> = rows.iter().map(|row| row.at).collect();
        let found = Event::objects().values(|e| e.at).distinct().await.unwrap();
        assert_eq!((found.len(), found.into_iter().collect()), (moments.len(), moments));
    })
    .await
}

#[tokio::test]
async fn keys_in_other_forms_are_followed() -> Result<()> {
    each_way(async |db, _, ids| {
        db.create_tables(dormouse::models![Mark]).await.unwrap();
        let events = Event::objects().order_by(|e| e.day.asc()).prefetch_related(|e| e.notes).await.unwrap();
        for (index, event) in events.iter().enumerate() {
            assert_eq!(event.notes.loaded().unwrap().len(), index % 3, "notes of {}", event.id);
            let found = Note::objects().filter(|n| n.event.eq(event)).acount().await.unwrap();
            assert_eq!(found as usize, index % 3);
            let found = Note::objects().filter(|n| n.event.day.eq(event.day)).acount().await.unwrap();
            assert_eq!(found as usize, index % 3);
            let found = Event::objects().ain_bulk([event.id]).await.unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(Event::objects().aget(|e| e.id.eq(event.id)).await.unwrap().day, event.day);
            Mark::objects().acreate(|m| m.event(event.id)).await.unwrap();
        }
        let notes = Note::objects().prefetch_related(|n| n.event).await.unwrap();
        assert!(notes.iter().all(|note| note.event.loaded().unwrap().id == note.event.id()));
        let notes = Note::objects().select_related(|n| n.event).await.unwrap();
        assert!(notes.iter().all(|note| note.event.loaded().unwrap().id == note.event.id()));
        let all = Event::objects().ain_bulk(ids.clone()).await.unwrap();
        assert_eq!(all.len(), ids.len());
        let marked = Mark::objects().values(|m| m.event).await.unwrap();
        assert_eq!(Event::objects().filter(|e| e.id.in_(marked)).acount().await.unwrap(), 10);
    })
    .await
}

#[tokio::test]
async fn keys_of_different_forms_are_joined() -> Result<()> {
    for (own, other) in (0..5).flat_map(|own| (0..5).map(move |other| (own, other))) {
        run(Place::sqlite(), async |db| {
            let (plain, ids) = legacy(db, "", &[own]);
            // Without a constraint, which would want one form.
            let again = "CREATE TABLE other (id INTEGER PRIMARY KEY, event_id, text TEXT NOT NULL); INSERT INTO other \
                SELECT * FROM note; DROP TABLE note; ALTER TABLE other RENAME TO note; \
                CREATE INDEX note_event ON note (event_id); CREATE INDEX event_day ON event (day)";
            plain.execute_batch(again).unwrap();
            for id in &ids {
                plain
                    .execute("UPDATE note SET event_id = ? WHERE event_id = ?", (form(*id, other), form(*id, own)))
                    .unwrap();
            }
            let day = |id: Uuid| Event::objects().filter(move |e| e.id.eq(id)).values(|e| e.day);
            let notes = Note::objects().select_related(|n| n.event).order_by(|n| n.id.asc()).await?;
            assert_eq!(notes.len(), 9);
            for note in &notes {
                assert_eq!(note.event.loaded().map(|event| event.id), Some(note.event.id()), "{own} {other}");
                let day = day(note.event.id()).await?[0];
                let same = notes.iter().filter(|it| it.event == note.event).count() as u64;
                assert_eq!(Note::objects().filter(|n| n.event.day.eq(day)).acount().await?, same);
                assert_eq!(Note::objects().exclude(|n| n.event.day.eq(day)).acount().await?, 9 - same);
                assert_eq!(Loose::objects().filter(|n| n.event.day.eq(day)).acount().await?, same);
                assert_eq!(Loose::objects().exclude(|n| n.event.day.eq(day)).acount().await?, 9 - same);
            }
            let loose = Loose::objects().select_related(|n| n.event).order_by(|n| n.event.day.asc()).await?;
            assert!(loose.iter().all(|note| note.event.as_ref().is_some_and(|event| event.loaded().is_some())));
            let days = Note::objects().order_by(|n| n.id.asc()).values(|n| n.event.day).await?;
            assert_eq!(days, notes.iter().map(|note| note.event.loaded().unwrap().day).collect::<Vec<_>>());
            // Either end may be looked for.
            let plan = Note::objects().select_related(|n| n.event).aexplain().await?;
            assert!(plan.contains("(id=?)"), "{plan}");
            let plan = Note::objects().filter(|n| n.event.day.eq(days[0])).aexplain().await?;
            assert!(plan.contains("(day=?)") && plan.contains("(event_id=?)"), "{plan}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tick", managed = false)]
struct Tick {
    #[field(primary_key)]
    at: DateTime<Utc>,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "price", managed = false)]
struct Price {
    #[field(primary_key, max_digits = 8, decimal_places = 2)]
    amount: Decimal,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "sale", managed = false)]
struct Sale {
    id: i64,
    #[field(on_delete = DoNothing)]
    tick: Option<ForeignKey<Tick>>,
    #[field(on_delete = DoNothing)]
    price: ForeignKey<Price>,
}

#[tokio::test]
async fn moments_and_amounts_in_different_forms_are_joined() -> Result<()> {
    for (index, moment) in MOMENTS.iter().enumerate().take(9) {
        for amount in ["7.1", "'7.10'", "'7.1'", "'7.100'"] {
            run(Place::sqlite(), async |db| {
                for sql in [
                    "CREATE TABLE tick (at PRIMARY KEY, name TEXT)".to_owned(),
                    "CREATE TABLE price (amount PRIMARY KEY, name TEXT)".to_owned(),
                    "CREATE TABLE sale (id INTEGER PRIMARY KEY, tick_id, price_id)".to_owned(),
                    format!("INSERT INTO tick VALUES ('{}', 'one'), ('2020-01-01', 'two')", MOMENTS[(index + 4) % 9]),
                    "INSERT INTO price VALUES ('7.10', 'one'), (8, 'two')".to_owned(),
                    format!("INSERT INTO sale VALUES (1, '{moment}', {amount}), (2, NULL, 8.0)"),
                ] {
                    db.execute_sql(sql).await?;
                }
                let sales = Sale::objects().select_related(|s| (s.tick, s.price)).order_by(|s| s.id.asc()).await?;
                assert_eq!(sales[0].tick.as_ref().unwrap().loaded().map(|tick| &*tick.name), Some("one"));
                assert_eq!(sales[0].price.loaded().map(|price| &*price.name), Some("one"), "{amount}");
                assert_eq!(sales[1].price.loaded().map(|price| &*price.name), Some("two"), "{amount}");
                assert_eq!(Sale::objects().filter(|s| s.tick.name.eq("one")).acount().await?, 1);
                assert_eq!(Sale::objects().exclude(|s| s.tick.name.eq("one")).values(|s| s.id).await?, [2]);
                assert_eq!(Sale::objects().filter(|s| s.price.name.eq("one")).values(|s| s.id).await?, [1]);
                Ok(())
            })
            .await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_table_of_ours_refers_to_keys_in_other_forms() -> Result<()> {
    each_way(async |db, plain, ids| {
        // Keys of one table that differ in form need a program that knows each.
        if plain
            .query_row("SELECT COUNT(DISTINCT typeof(id) || length(id) || (id = upper(id))) FROM event", [], |row| {
                row.get::<_, i64>(0)
            })
            .unwrap()
            > 1
        {
            return;
        }
        db.create_tables(dormouse::models![Visit]).await.unwrap();
        for id in &ids {
            let visit = Visit::objects().acreate(|v| v.event(*id)).await.unwrap();
            assert_eq!(Visit::objects().filter(|v| v.event.eq(*id)).aget(|v| v.id.eq(visit.id)).await.unwrap(), visit);
        }
        let visits = Visit::objects().select_related(|v| v.event).order_by(|v| v.id.asc()).await.unwrap();
        assert_eq!(visits.iter().map(|visit| visit.event.loaded().unwrap().id).collect::<Vec<_>>(), ids);
        let mut last = visits[9].clone();
        last.next = Some(ForeignKey::new(ids[0]));
        last.asave().await.unwrap();
        let found = Visit::objects().filter(|v| v.next.day.lt(visits[1].event.loaded().unwrap().day)).await.unwrap();
        assert_eq!(found.iter().map(|visit| visit.id).collect::<Vec<_>>(), [last.id]);
        let loaded = Visit::objects().prefetch_related(|v| (v.event, v.next)).aget(|v| v.id.eq(last.id)).await.unwrap();
        assert_eq!(loaded.next.unwrap().loaded().unwrap().id, ids[0]);
        let plan = Visit::objects().select_related(|v| v.event).aexplain().await.unwrap();
        assert!(plan.contains("(id=?)"), "{plan}");
    })
    .await
}

#[tokio::test]
async fn what_is_written_has_the_form_of_the_column() -> Result<()> {
    each_way(async |_, plain, ids| {
        let one = |sql: &str, id: Uuid| -> String {
            let forms = (0..5).map(|kind| form(id, kind)).collect::<Vec<_>>();
            plain
                .query_row(&format!("{sql} WHERE id IN (?, ?, ?, ?, ?)"), rusqlite::params_from_iter(forms), |row| {
                    row.get(0)
                })
                .unwrap()
        };
        let id = Uuid::from_u128(0xffff_c3d4_e5f6_0718_29ab_cdef_0123_ffff);
        let at: DateTime<Utc> = "2024-05-06T07:08:09.5Z".parse().unwrap();
        let before: Vec<(String, String)> = plain
            .prepare("SELECT DISTINCT typeof(id), length(id) FROM event")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.to_string())))
            .unwrap()
            .collect::<std::result::Result<_, _>>()
            .unwrap();
        let event = Event::objects()
            .acreate(|e| e.id(id).at(at).day(at.date_naive()).time(at.time()).money(Decimal::new(71, 1)))
            .await
            .unwrap();
        assert_eq!((event.money.to_string(), event.at), ("7.10".to_owned(), at));
        let form = (one("SELECT typeof(id) FROM event", id), one("SELECT CAST(length(id) AS TEXT) FROM event", id));
        assert!(before.contains(&form), "{form:?} among {before:?}");
        let note = Note::objects().acreate(|n| n.event(&event).text("new")).await.unwrap();
        assert_eq!(
            Note::objects().filter(|n| n.event.day.eq(event.day)).aget(|n| n.id.eq(note.id)).await.unwrap(),
            note
        );
        // A row that is saved keeps its forms: a moment with `Z` has it afterwards.
        for (index, row) in ids.iter().enumerate() {
            let mut row = Event::objects().aget(|e| e.id.eq(*row)).await.unwrap();
            row.at = at;
            row.asave().await.unwrap();
            assert_eq!(Event::objects().aget(|e| e.id.eq(row.id)).await.unwrap().at, at);
            let stored = one("SELECT at FROM event", row.id);
            let (separator, end) = [
                (" ", ""),
                ("T", ""),
                (" ", "+00:00"),
                ("T", "+00:00"),
                ("T", "Z"),
                (" ", " UTC"),
                (" ", "+00:00"),
                ("T", "+00:00"),
                (" ", ""),
                ("T", "+00:00"),
            ][index];
            assert_eq!(stored, format!("2024-05-06{separator}07:08:09.500000{end}"));
        }
        assert_eq!(
            Event::objects().filter(|e| e.at.eq(at)).aupdate(|e| e.at.set(DateTime::UNIX_EPOCH)).await.unwrap(),
            11
        );
        note.adelete().await.unwrap();
        Event::objects().aget(|e| e.id.eq(id)).await.unwrap().adelete().await.unwrap();
        assert_eq!(Event::objects().acount().await.unwrap(), 10);
    })
    .await
}

#[tokio::test]
async fn an_index_serves_a_key_in_any_form() -> Result<()> {
    each_way(async |_, _, ids| {
        let plan = Event::objects().filter(|e| e.id.eq(ids[0])).aexplain().await.unwrap();
        assert!(plan.contains("(id=?)"), "{plan}");
        let plan = Note::objects().filter(|n| n.event.in_(ids.clone())).aexplain().await.unwrap();
        assert!(plan.contains("(event_id=?)"), "{plan}");
        let noon: DateTime<Utc> = "2024-01-01T12:00:00Z".parse().unwrap();
        for condition in
            [Event::fields().at.eq(noon), Event::fields().at.gt(noon), Event::fields().at.between(noon, noon)]
        {
            let plan = Event::objects().filter(|_| condition).aexplain().await.unwrap();
            assert!(plan.contains("USING INDEX event_at (at"), "{plan}");
        }
        let plan = Note::objects().select_related(|n| n.event).aexplain().await.unwrap();
        assert!(plan.contains("(id=?)"), "{plan}");
    })
    .await
}

/// What cannot be told from a number is refused when it is read, by its column's name.
#[tokio::test]
async fn other_forms_are_refused_with_the_reason() -> Result<()> {
    for (column, value) in [
        ("at", "1704103200"),
        ("at", "2460311.5"),
        ("at", "'yesterday'"),
        ("day", "'1.1.2024'"),
        ("money", "'much'"),
        ("id", "'A1b2C3d4E5f6071829abcdef01234560'"),
    ] {
        run(Place::sqlite(), async |db| {
            let (plain, _) = legacy(db, "TEXT", &[0]);
            plain.execute(&format!("UPDATE event SET {column} = {value} WHERE day = '2024-01-01'"), []).unwrap();
            let refused = Event::objects().filter(|e| e.money.gte(-100)).await.unwrap_err();
            let ErrorKind::Decode { column: named, .. } = refused.kind() else { panic!("{refused}") };
            assert_eq!(named, column);
            // A comparison says the same, or does not hold: nothing is changed by a value that is not read.
            let far: DateTime<Utc> = "2999-01-01T00:00:00Z".parse().unwrap();
            let (day, long_ago) = (far.date_naive(), DateTime::UNIX_EPOCH);
            let e = Event::fields();
            let conditions: Vec<Q<Event>> = match column {
                "at" => vec![e.at.lt(far), e.at.gt(far), e.at.ne(long_ago), !e.at.gt(far), e.at.not_in([far])],
                "day" => vec![e.day.lt(day), e.day.gt(day), e.day.ne(day), !e.day.gt(day), e.day.not_in([day])],
                "money" => vec![e.money.lt(1000), e.money.gt(1000), e.money.ne(1000), !e.money.gt(1000)],
                _ => vec![e.id.gt(Uuid::nil()), e.id.lt(Uuid::nil()), e.id.ne(Uuid::nil()), !e.id.eq(Uuid::nil())],
            };
            let odd = NaiveTime::from_hms_opt(10, 0, 0).unwrap();
            for (index, condition) in conditions.into_iter().enumerate() {
                match Event::objects().filter(|e| condition & e.time.eq(odd)).adelete().await {
                    // An index leaves out what does not hold before it is looked at.
                    Ok(deleted) => assert_eq!(deleted, Event::objects().none().adelete().await.unwrap(), "{index}"),
                    Err(refused) => {
                        let ErrorKind::Decode { column: named, .. } = refused.kind() else {
                            panic!("{index}: {refused}")
                        };
                        assert_eq!(named, column);
                    }
                }
                let left: i64 = plain.query_row("SELECT COUNT(*) FROM event", [], |row| row.get(0)).unwrap();
                assert_eq!(left, 10);
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// An amount as SQLite writes a float into a column of text.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bill", managed = false)]
struct Bill {
    #[field(primary_key)]
    amount: Decimal,
    n: i64,
}

#[tokio::test]
async fn amounts_with_exponents_are_compared_as_they_are_read() -> Result<()> {
    run(Place::sqlite(), async |db| {
        db.execute_sql("CREATE TABLE bill (amount TEXT, n INTEGER)").await?;
        db.execute_sql("INSERT INTO bill VALUES ('1e3', 1), ('1000', 2), (1e-7, 3), (1e20, 4), ('-1.5E+1', 5)").await?;
        let p = Bill::fields();
        let rows = Bill::objects().order_by(|p| (p.amount.asc(), p.n.asc())).await?;
        assert_eq!(rows.iter().map(|row| row.n).collect::<Vec<_>>(), [5, 3, 1, 2, 4]);
        for row in &rows {
            let wanted = rows.iter().filter(|other| other.amount == row.amount).count() as u64;
            let count = |condition| Bill::objects().filter(|_| condition).acount();
            assert_eq!(count(p.amount.eq(row.amount)).await?, wanted);
            assert_eq!(count(p.amount.in_(vec![row.amount; 600])).await?, wanted);
            assert_eq!(count(p.amount.ne(row.amount)).await?, 5 - wanted);
            let less = rows.iter().filter(|other| other.amount < row.amount).count() as u64;
            assert_eq!(count(p.amount.lt(row.amount)).await?, less);
        }
        assert_eq!(Bill::objects().values(|p| p.amount).distinct().acount().await?, 4);
        let sum: Decimal = rows.iter().map(|row| row.amount).sum();
        assert_eq!(Bill::objects().aaggregate(|p| p.amount.sum()).await?, Some(sum));
        let mut row = rows[0].clone();
        row.n = 6;
        row.asave().await?;
        assert_eq!(Bill::objects().filter(|p| p.amount.eq(Decimal::from(-15))).values(|p| p.n).await?, [6]);
        assert_eq!(Bill::objects().filter(|p| p.amount.eq(1000)).adelete().await?.total, 2);
        Ok(())
    })
    .await
}
