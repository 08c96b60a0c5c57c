//! Conditions where a comparison that is false counts: one with a value that is not read is neither.

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result};

use crate::support::matrix;

/// An integer over a column of numbers with a fraction, as others have them.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "halves", managed = false)]
struct Halves {
    id: i64,
    n: i32,
}

matrix! {
    async fn where_falsity_counts_what_is_not_read_is_no_other_number(db: &Database) -> Result<()> {
        db.execute_sql("CREATE TABLE halves (id INT PRIMARY KEY, n NUMERIC(9, 2))").await?;
        db.execute_sql("INSERT INTO halves VALUES (1, 5), (2, 2.5)").await?;
        let odd = || Halves::objects().filter(|t| t.n.eq(5) ^ t.id.gte(1));
        assert!(is_unread_number(odd().values(|t| t.id).await.unwrap_err()));
        assert!(is_unread_number(odd().acount().await.unwrap_err()));
        assert!(is_unread_number(odd().adelete().await.unwrap_err()));
        assert!(is_unread_number(Halves::objects().filter(|t| t.n.in_([5, 6]) ^ t.id.gte(1)).acount().await.unwrap_err()));
        assert_eq!(Halves::objects().filter(|t| t.n.eq(5) & t.id.gte(1)).acount().await?, 1);
        assert_eq!(Halves::objects().filter(|t| t.id.gte(1)).acount().await?, 2, "nothing was deleted");
        Ok(())
    }
}

fn is_unread_number(error: Error) -> bool {
    matches!(error.kind(), ErrorKind::OutOfRange { .. } | ErrorKind::Decode { .. })
}
