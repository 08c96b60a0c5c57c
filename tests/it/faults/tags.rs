//! Rows that are only there to be asked for by their tag: an answer with another tag was meant for another caller.

use dormouse::Result;
use dormouse::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
struct Tagged {
    id: i64,
    #[field(unique)]
    tag: i64,
}

const TAGS: i64 = 16;

pub(crate) async fn write_tags(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Tagged]).await?;
    for tag in 0..TAGS {
        Tagged::objects().using(db).acreate(|t| t.tag(tag)).await?;
    }
    Ok(())
}

/// Asks more questions at once than there are connections; each must get its own answer.
pub(crate) async fn answers_are_their_own(db: &Database, connections: usize, case: usize) -> Result<()> {
    let asked = (0..=connections).map(|other| {
        let tag = (case + other) as i64 % TAGS;
        async move {
            let answer = Tagged::objects().using(db).filter(|t| t.tag.eq(tag)).values(|t| t.tag).await?;
            assert_eq!(answer, [tag], "an answer meant for another");
            Ok(())
        }
    });
    futures::future::try_join_all(asked).await.map(drop)
}
