//! Tables of others whose columns were declared in capitals: what is known of a column is found by the name of the field.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};
use uuid::Uuid;

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shouted", managed = false)]
struct Shouted {
    id: i64,
    ratio: f32,
    name: String,
    other: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shouted", managed = false)]
struct Token {
    id: i64,
    token: Uuid,
}

async fn table(db: &Database) -> Result<()> {
    let (ratio, name, other, token) = match db.dialect().name() {
        "PostgreSQL" => ("DOUBLE PRECISION", "TEXT COLLATE \"C\"", "TEXT COLLATE \"POSIX\"", "BYTEA"),
        "SQLite" => ("REAL", "TEXT COLLATE NOCASE", "TEXT", "BLOB"),
        _ => (
            "DOUBLE",
            "VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
            "VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_german1_ci",
            "BINARY(16)",
        ),
    };
    db.execute_sql(format!(
        "CREATE TABLE shouted (Id BIGINT PRIMARY KEY, RATIO {ratio}, Name {name}, OTHER {other}, Token {token})"
    ))
    .await?;
    db.execute_sql("INSERT INTO shouted (Id, RATIO, Name, OTHER) VALUES (1, 0.1, 'b', 'b'), (2, 0.5, 'A', 'c')")
        .await?;
    Ok(())
}

matrix! {
    async fn a_column_in_capitals_is_known_by_its_field(db: &Database) -> Result<()> {
        table(db).await?;
        let by_name = || Shouted::objects().order_by(|s| s.name.asc());
        assert_eq!(by_name().values(|s| s.id).await?, [2, 1]);
        let read = Shouted::objects().aget(|s| s.id.eq(1)).await?.ratio;
        assert_eq!(by_name().filter(|s| s.ratio.eq(read)).values(|s| s.id).await?, [1]);
        assert_eq!(by_name().exclude(|s| s.ratio.in_([read, 7.0])).values(|s| s.id).await?, [2]);
        assert_eq!(by_name().filter(|s| s.name.eq(s.other)).values(|s| s.id).await?, [1]);
        assert_eq!(by_name().filter(|s| s.name.lt("B")).values(|s| s.id).await?, [2]);
        Ok(())
    }

    async fn a_column_in_capitals_that_cannot_be_compared_is_refused(db: &Database) -> Result<()> {
        table(db).await?;
        let found = Token::objects().exclude(|t| t.token.eq(Uuid::nil())).adelete().await;
        if db.dialect().name() == "SQLite" {
            // Each form of a UUID is compared there.
            return found.map(drop);
        }
        let error = found.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Configuration { .. }) && error.to_string().contains("token"), "{error}");
        assert_eq!(Token::objects().acount().await?, 2);
        Ok(())
    }
}
