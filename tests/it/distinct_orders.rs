//! Rows that count once, in the order of what is selected, and texts of fixed length in theirs.

use dormouse::prelude::*;
use dormouse::{Database, Result};
use uuid::Uuid;

use crate::support::matrix;

/// A row of another program: a UUID and texts that are converted before they are compared.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(managed = false)]
struct Card {
    id: i64,
    /// The same in all rows.
    kind: i64,
    code: Uuid,
    code_or: Option<Uuid>,
    name: Option<String>,
    tag: String,
}

/// The same table, in an order of its own.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "card", managed = false, ordering(kind, name))]
struct Ordered {
    id: i64,
    kind: i64,
    name: Option<String>,
}

/// The keys of another program, whose forms are converted before they are compared.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(managed = false)]
struct Codes {
    #[field(primary_key)]
    code: Uuid,
}

/// A table of ours that refers to them.
#[derive(Model, Debug, Clone, PartialEq)]
struct Using {
    id: i64,
    kind: i64,
    #[field(on_delete = Cascade)]
    code: ForeignKey<Codes>,
}

/// Floats of twice the size.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(managed = false)]
struct Measured {
    id: i64,
    size: f32,
    amount: f64,
}

async fn cards(db: &Database) -> Result<()> {
    let table = match db.server().product {
        "SQLite" => {
            "CREATE TABLE card (id INTEGER PRIMARY KEY, kind INT NOT NULL, code TEXT NOT NULL, code_or BLOB, name VARCHAR(30) COLLATE NOCASE, \
             tag CHAR(12) NOT NULL)"
        }
        "PostgreSQL" => {
            "CREATE TABLE card (id BIGINT PRIMARY KEY, kind INT NOT NULL, code UUID NOT NULL, code_or UUID, name VARCHAR(30), \
             tag CHAR(12) NOT NULL)"
        }
        _ => {
            "CREATE TABLE card (id BIGINT PRIMARY KEY, kind INT NOT NULL, code CHAR(36) COLLATE utf8mb4_general_ci NOT NULL, \
             code_or VARCHAR(40), name VARCHAR(30) CHARACTER SET latin1, tag CHAR(12) NOT NULL) \
             CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
        }
    };
    db.execute_sql(table).await?;
    let rows = "INSERT INTO card (id, kind, code, code_or, name, tag) VALUES \
                (1, 7, 'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF', NULL, 'b', 'a'), \
                (2, 7, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000001', NULL, ''), \
                (3, 7, '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000000', 'B', ' a'), \
                (4, 7, '00000000000000000000000000000000', NULL, 'a', '\t')";
    db.execute_sql(rows.replace(r"\t", "\t")).await.map(drop)
}

const LEAST: Uuid = Uuid::nil();
const NEXT: Uuid = Uuid::from_u128(1);
const LAST: Uuid = Uuid::max();

matrix! {
    async fn what_is_converted_is_selected_once_each(db: &Database) -> Result<()> {
        cards(db).await?;
        let all = Card::objects();
        let codes = all.clone().order_by(|c| (c.kind.asc(), c.code.asc())).values(|c| (c.kind, c.code)).distinct();
        assert_eq!(codes.await?, [(7, LEAST), (7, NEXT), (7, LAST)]);
        let names = all.clone().order_by(|c| (c.kind.asc(), c.name.desc().nulls_first()));
        let names: Vec<_> = names.values(|c| (c.name, c.kind)).distinct().await?.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, [None, Some("b".to_owned()), Some("a".to_owned()), Some("B".to_owned())]);
        let pairs = all.clone().order_by(|c| (c.code_or.asc().nulls_last(), c.code.desc()));
        let pairs = pairs.values(|c| (c.code_or, c.code)).distinct();
        assert_eq!(pairs.await?, [(Some(LEAST), NEXT), (Some(NEXT), LEAST), (None, LAST), (None, LEAST)]);
        let rows = all.order_by(|c| (c.kind.asc(), c.name.asc().nulls_first())).values(|c| c.row()).distinct();
        let ids: Vec<i64> = rows.await?.into_iter().map(|card| card.id).collect();
        assert_eq!(ids, [2, 3, 4, 1]);
        Ok(())
    }

    async fn the_models_own_order_loses_no_row(db: &Database) -> Result<()> {
        cards(db).await?;
        let names = Ordered::objects().values(|c| (c.name, c.kind)).distinct();
        let name = |(name, _): (Option<String>, i64)| name.unwrap_or_default();
        let mut found: Vec<String> = names.clone().await?.into_iter().map(name).collect();
        let mut reversed: Vec<String> = names.reverse().await?.into_iter().map(name).collect();
        reversed.reverse();
        assert_eq!(found, reversed);
        found.sort_unstable();
        assert_eq!(found, ["", "B", "a", "b"]);
        let rows = Card::objects().order_by(|_| ()).reverse().values(|c| c.row()).distinct().await?;
        assert_eq!(rows.len(), 4, "whole rows, reversed");
        let codes = Card::objects().reverse().values(|c| (c.code, c.kind)).distinct().await?;
        assert_eq!(codes.len(), 3);
        Ok(())
    }

    async fn texts_of_fixed_length_are_in_order(db: &Database) -> Result<()> {
        cards(db).await?;
        let tags = || Card::objects().order_by(|c| c.tag.asc()).values(|c| c.tag);
        assert_eq!(tags().await?, ["", "\t", " a", "a"]);
        assert_eq!(tags().distinct().await?, ["", "\t", " a", "a"]);
        assert_eq!(Card::objects().filter(|c| c.tag.lt("\t")).values(|c| c.id).await?, [2]);
        Ok(())
    }

    async fn a_key_of_ours_is_converted_like_the_key_it_refers_to(db: &Database) -> Result<()> {
        db.execute_sql(match db.server().product {
            "SQLite" => "CREATE TABLE codes (code TEXT NOT NULL PRIMARY KEY)",
            "PostgreSQL" => "CREATE TABLE codes (code UUID NOT NULL PRIMARY KEY)",
            _ => "CREATE TABLE codes (code CHAR(36) NOT NULL PRIMARY KEY)",
        })
        .await?;
        db.create_tables(dormouse::models![Using]).await?;
        for (id, code) in [(1, LAST), (2, LEAST), (3, NEXT)] {
            Codes::objects().acreate(|c| c.code(code)).await?;
            Using::objects().acreate(|u| u.id(id).kind(7).code(ForeignKey::new(code))).await?;
        }
        let ordered = Using::objects().order_by(|u| (u.kind.asc(), u.code.code.asc()));
        let pairs = ordered.clone().values(|u| (u.kind, u.code.code)).distinct();
        assert_eq!(pairs.clone().await?, [(7, LEAST), (7, NEXT), (7, LAST)]);
        assert_eq!(pairs.clone().reverse().await?, [(7, LAST), (7, NEXT), (7, LEAST)]);
        assert_eq!((pairs.clone().alast().await?, pairs.acount().await?), (Some((7, LAST)), 3));
        let rows = ordered.values(|u| u.row()).distinct().await?;
        assert_eq!(rows.into_iter().map(|row| row.id).collect::<Vec<_>>(), [2, 3, 1]);
        Ok(())
    }

    async fn whole_rows_are_in_the_order_of_their_values(db: &Database) -> Result<()> {
        cards(db).await?;
        let rows = Card::objects().filter(|c| c.id.lt(4)).order_by(|c| c.code.asc()).values(|c| c.row()).distinct();
        let ids = |rows: Vec<Card>| rows.into_iter().map(|card| card.id).collect::<Vec<_>>();
        assert_eq!(ids(rows.clone().await?), [2, 3, 1]);
        assert_eq!(rows.afirst().await?.map(|card| card.id), Some(2));
        db.execute_sql(match db.server().product {
            "SQLite" => "CREATE TABLE measured (id INTEGER PRIMARY KEY, size REAL NOT NULL, amount REAL NOT NULL)",
            "PostgreSQL" => "CREATE TABLE measured (id BIGINT PRIMARY KEY, size FLOAT8 NOT NULL, amount FLOAT8 NOT NULL)",
            _ => "CREATE TABLE measured (id BIGINT PRIMARY KEY, size DOUBLE NOT NULL, amount DOUBLE NOT NULL)",
        })
        .await?;
        // As singles, and by the digits that are certain, all are equal.
        let rows = "INSERT INTO measured (id, size, amount) VALUES (1, 0.30000000000000003, 0.30000000000000004), (2, 0.30000000000000001, 0.3), (3, 0.29999999999999999, 0.29999999999999999)";
        db.execute_sql(rows).await?;
        let all = Measured::objects();
        let ids = |rows: Vec<Measured>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(ids(all.clone().order_by(|s| (s.size.asc(), s.id.asc())).values(|s| s.row()).distinct().await?), [1, 2, 3]);
        let least = all.order_by(|s| (s.size.desc(), s.id.desc())).values(|s| s.row()).distinct().afirst().await?;
        assert_eq!(least.map(|row| row.id), Some(3));
        Ok(())
    }
}
