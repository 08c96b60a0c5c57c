//! Columns whose declared type changes what SQLite compares: a known value is compared as the column is read.

use dormouse::Result;
use dormouse::prelude::*;

use crate::support::{Place, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "item", managed = false)]
struct Float {
    id: i64,
    v: Option<f64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "item", managed = false)]
struct Text {
    id: i64,
    v: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "item", managed = false)]
struct Number {
    id: i64,
    v: Option<i64>,
}

async fn items(db: &Database, declared: &str, rows: &str) -> Result<()> {
    db.execute_sql("DROP TABLE IF EXISTS item").await?;
    db.execute_sql(format!("CREATE TABLE item (id INTEGER PRIMARY KEY, v {declared})")).await?;
    db.execute_sql(format!("INSERT INTO item VALUES {rows}")).await?;
    Ok(())
}

const NUMERIC: [&str; 4] = ["STRING", "NUMERIC", "INTEGER", "REAL"];

#[tokio::test]
async fn floats_are_compared_as_they_are_read() -> Result<()> {
    run(Place::sqlite(), async |db| {
        for declared in ["STRING", "INTEGER", "", "REAL"] {
            items(db, declared, "(1, 9007199254740992), (2, 9007199254740992.0), (3, 0.5), (4, NULL)").await?;
            let big = 9_007_199_254_740_992.0;
            let f = Float::fields();
            let ids = |condition| Float::objects().filter(|_| condition).order_by(|f| f.id.asc()).values(|f| f.id);
            assert_eq!(ids(f.v.eq(big)).await?, [1, 2], "{declared}");
            assert_eq!(ids(f.v.in_(vec![big; 600])).await?, [1, 2], "{declared}");
            assert_eq!(ids(f.v.ne(big)).await?, [3, 4], "{declared}");
            assert_eq!(ids(f.v.gt(big)).await?, [0; 0], "{declared}");
            assert_eq!(Float::objects().values(|f| f.v).distinct().acount().await?, 3, "{declared}");
            assert_eq!(Float::objects().aaggregate(|f| f.v.count().distinct()).await?, 2, "{declared}");
            assert_eq!(Float::objects().order_by(|f| (f.v.desc(), f.id.asc())).values(|f| f.id).await?[..3], [1, 2, 3]);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn texts_in_a_column_of_numbers_are_compared_as_texts() -> Result<()> {
    run(Place::sqlite(), async |db| {
        for declared in NUMERIC {
            items(db, declared, "(1, 'abc'), (2, ' a'), (3, '!x'), (4, NULL)").await?;
            let stored = [(1, "abc"), (2, " a"), (3, "!x")];
            let t = Text::fields();
            let ids = |condition| Text::objects().filter(|_| condition).order_by(|t| t.id.asc()).values(|t| t.id);
            for known in ["007", "5", "5x", "abc", "!x"] {
                let wanted = |holds: &dyn Fn(&str) -> bool| -> Vec<i64> {
                    stored.iter().filter(|(_, text)| holds(text)).map(|(id, _)| *id).collect()
                };
                assert_eq!(ids(t.v.eq(known)).await?, wanted(&|text| text == known), "{declared} {known}");
                assert_eq!(ids(t.v.differs(known)).await?, wanted(&|text| text != known), "{declared} {known}");
                assert_eq!(ids(t.v.in_([known, "x"])).await?, wanted(&|text| text == known), "{declared} {known}");
                assert_eq!(ids(t.v.in_(vec![known; 600])).await?, wanted(&|text| text == known), "{declared} {known}");
                assert_eq!(ids(t.v.gte(known)).await?, wanted(&|text| text >= known), "{declared} {known}");
                assert_eq!(ids(t.v.lt(known)).await?, wanted(&|text| text < known), "{declared} {known}");
                assert_eq!(ids(t.v.between("!", "9")).await?, wanted(&|text| ("!"..="9").contains(&text)));
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_number_that_is_not_in_a_column_of_texts_is_not_found() -> Result<()> {
    run(Place::sqlite(), async |db| {
        for declared in ["TEXT", "REAL"] {
            items(db, declared, "(1, NULL)").await?;
            assert_eq!(Number::objects().filter(|n| n.v.eq(5)).acount().await?, 0, "{declared}");
        }
        Ok(())
    })
    .await
}
