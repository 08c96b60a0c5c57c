//! A table of many rows, to read from for a while.

use dormouse::Result;
use dormouse::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) id: i64,
    pub(crate) number: i64,
    pub(crate) text: String,
}

/// Makes so many lines of so many characters, by doubling them, which every database can do.
pub(crate) async fn write_lines(db: &Database, lines: i64, characters: usize) -> Result<()> {
    db.create_tables(dormouse::models![Line]).await?;
    Line::objects().using(db).acreate(|l| l.number(0).text("x".repeat(characters))).await?;
    let mut count = 1;
    while count < lines {
        let more = count.min(lines - count);
        let double =
            format!("INSERT INTO line (number, text) SELECT number + {count}, text FROM line WHERE number < {more}");
        count += db.execute_sql(double).await? as i64;
    }
    Ok(())
}
