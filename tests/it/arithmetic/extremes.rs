//! The least and greatest of every type that has an order.

use dormouse::Result;
use dormouse::prelude::*;
use uuid::Uuid;

use crate::support::matrix;

#[derive(Model, Debug, Clone)]
struct Sample {
    id: i64,
    data: Option<Vec<u8>>,
    known: bool,
    mark: Uuid,
    word: String,
}

matrix! {
    async fn bytes_truths_and_uuids_have_a_least_and_a_greatest(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Sample]).await?;
        let least = Sample::objects().aaggregate(|s| (s.data.min(), s.data.max(), s.known.min(), s.mark.max())).await?;
        assert_eq!(least, (None, None, None, None));
        for (index, data) in [Some(vec![2u8, 0]), None, Some(vec![0xff]), Some(vec![2])].into_iter().enumerate() {
            let mark = Uuid::from_u128(index as u128 * 7919);
            let made = Sample::objects().acreate(|s| s.data(data).known(index > 2).mark(mark).word("x"));
            made.await?;
        }
        let all = Sample::objects().aaggregate(|s| (s.data.min(), s.data.max(), s.known.min(), s.known.max())).await?;
        assert_eq!(all, (Some(vec![2]), Some(vec![0xff]), Some(false), Some(true)));
        let marks = Sample::objects().aaggregate(|s| (s.mark.min(), s.mark.max())).await?;
        assert_eq!(marks, (Some(Uuid::from_u128(0)), Some(Uuid::from_u128(3 * 7919))));
        let some = |n: u8| Sample::objects().aaggregate(move |s| (s.data.max().filter(s.data.lt(vec![n])), s.data.min().distinct()));
        assert_eq!(some(3).await?, (Some(vec![2, 0]), Some(vec![2])));
        Ok(())
    }
}
