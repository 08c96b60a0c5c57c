//! Rows as they come.

use dormouse::Result;
use dormouse::prelude::*;

use crate::lines::{Line, write_lines};
use crate::support::matrix;

const LINES: i64 = 5_000;

/// A row of another program, of a type that is not built in where there are such.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(managed = false)]
struct Felt {
    id: i64,
    mood: String,
}

/// One of two such types.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(managed = false)]
struct Tinted {
    id: i64,
    mood: String,
    hue: String,
}

fn felt(db: &Database) -> &'static [&'static str] {
    match db.server().product {
        "SQLite" => &["CREATE TABLE felt (id INTEGER PRIMARY KEY, mood TEXT NOT NULL)"],
        "PostgreSQL" => {
            &["CREATE TYPE mood AS ENUM ('sad', 'ok')", "CREATE TABLE felt (id BIGINT PRIMARY KEY, mood mood NOT NULL)"]
        }
        _ => &["CREATE TABLE felt (id BIGINT PRIMARY KEY, mood ENUM('sad', 'ok') NOT NULL)"],
    }
}

matrix! {
    async fn a_stream_gives_every_row_in_order(db: &Database) -> Result<()> {
        write_lines(db, LINES, 200).await?;
        let numbers = || Line::objects().order_by(|l| l.number.asc()).values(|l| l.number);
        let expected: Vec<i64> = (0..LINES).collect();
        assert_eq!(numbers().stream().try_collect::<Vec<_>>().await?, expected);
        for chunk in [1_000, 777, 10_000] {
            assert_eq!(numbers().aiterator(chunk).try_collect::<Vec<_>>().await?, expected, "by {chunk}");
        }
        assert_eq!(numbers().limit(10).aiterator(0).try_collect::<Vec<_>>().await?, expected[..10]);
        assert_eq!(numbers().await?, expected);
        Ok(())
    }

    async fn a_stream_dropped_half_way_gives_its_connection_back(db: &Database) -> Result<()> {
        write_lines(db, LINES, 200).await?;
        for round in 0..60 {
            let lines = Line::objects().order_by(|l| l.number.asc());
            let mut stream = if round % 2 == 0 { lines.stream() } else { lines.aiterator(100) };
            for number in 0..round % 4 {
                assert_eq!(stream.try_next().await?.map(|line| line.number), Some(number));
            }
        }
        assert_eq!(Line::objects().acount().await?, LINES as u64);
        Ok(())
    }

    async fn many_streams_at_once(db: &Database) -> Result<()> {
        write_lines(db, LINES, 200).await?;
        let mut streams: Vec<_> = (0..5).map(|_| Line::objects().order_by(|l| l.number.asc()).stream()).collect();
        for number in 0..50 {
            for stream in &mut streams {
                assert_eq!(stream.try_next().await?.map(|line| line.number), Some(number));
            }
        }
        assert_eq!(Line::objects().filter(|l| l.number.lt(10)).acount().await?, 10);
        Ok(())
    }

    async fn rows_are_written_while_others_are_read(db: &Database) -> Result<()> {
        write_lines(db, LINES, 200).await?;
        let mut stream = Line::objects().filter(|l| l.number.lt(50)).order_by(|l| l.number.asc()).stream();
        while let Some(mut line) = stream.try_next().await? {
            line.text = "read".to_owned();
            line.asave().await?;
        }
        assert_eq!(Line::objects().filter(|l| l.text.eq("read")).acount().await?, 50);
        Ok(())
    }

    async fn the_first_rows_with_a_type_of_others_may_come_by_a_cursor(db: &Database) -> Result<()> {
        let fill = ["INSERT INTO felt (id, mood) VALUES (1, 'sad'), (2, 'ok'), (3, 'sad')"];
        for statement in felt(db).iter().chain(&fill) {
            db.execute_sql(*statement).await?;
        }
        for rows in 1..5 {
            // By connections that have not met the type.
            let stream = Felt::objects().order_by(|f| f.id.asc()).values(|f| f.mood).aiterator(rows);
            assert_eq!(stream.try_collect::<Vec<_>>().await?, ["sad", "ok", "sad"], "{rows} at a time");
        }
        Ok(())
    }

    async fn what_a_cursor_is_declared_by_may_have_another_such_type(db: &Database) -> Result<()> {
        let table = match db.server().product {
            "PostgreSQL" => {
                db.execute_sql("CREATE TYPE mood AS ENUM ('sad', 'ok')").await?;
                db.execute_sql("CREATE TYPE hue AS ENUM ('red', 'blue')").await?;
                "CREATE TABLE tinted (id BIGINT PRIMARY KEY, mood mood NOT NULL, hue hue NOT NULL)"
            }
            _ => "CREATE TABLE tinted (id BIGINT PRIMARY KEY, mood VARCHAR(9) NOT NULL, hue VARCHAR(9) NOT NULL)",
        };
        db.execute_sql(table).await?;
        db.execute_sql("INSERT INTO tinted (id, mood, hue) VALUES (1, 'sad', 'red'), (2, 'ok', 'red')").await?;
        // So long that it is not kept prepared.
        let parts = (0..600).map(|n| Tinted::fields().mood.contains(format!("sad {n}")));
        let long = Q::any_of(parts.chain([Tinted::fields().mood.eq("sad")]));
        let stream = Tinted::objects().filter(|_| long).order_by(|t| t.id.asc()).values(|t| t.hue).aiterator(2);
        assert_eq!(stream.try_collect::<Vec<_>>().await?, ["red"]);
        Ok(())
    }

    async fn a_stream_of_nothing_ends(db: &Database) -> Result<()> {
        write_lines(db, LINES, 200).await?;
        for lines in [Line::objects().none(), Line::objects().filter(|l| l.id.lt(0)), Line::objects().limit(0)] {
            assert_eq!(lines.stream().try_next().await?, None);
        }
        Ok(())
    }

    async fn a_stream_works_in_an_async_for(db: &Database) -> Result<()> {
        write_lines(db, LINES, 200).await?;
        let db = db.clone();
        let texts = async_stream::try_stream! {
            let lines = Line::objects().using(&db).filter(|l| l.number.lt(3)).order_by(|l| l.number.asc());
            for await line in lines.stream() {
                yield line?.number * 2;
            }
        };
        let texts: Result<Vec<i64>> = texts.try_collect().await;
        assert_eq!(texts?, [0, 2, 4]);
        Ok(())
    }

    async fn an_error_ends_a_stream(_db: &Database) -> Result<()> {
        let mut stream = Line::objects().stream();
        assert!(stream.try_next().await.is_err(), "there is no table");
        assert!(stream.next().await.is_none());
        Ok(())
    }
}
