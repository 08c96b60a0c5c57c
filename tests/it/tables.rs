//! What tables can be made of: keys of every kind, long texts, defaults.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result, SetupMistake, models};

use crate::support::matrix;

#[derive(Model)]
struct Unsigned {
    id: u64,
    n: i32,
}

#[derive(Model)]
struct Narrow {
    id: u32,
    n: i32,
}

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Planet {
    Earth,
    Mars,
}

#[derive(Model, Debug)]
struct Orbit {
    #[field(primary_key)]
    planet: Planet,
    days: i32,
}

#[derive(Model)]
struct Moon {
    id: i64,
    #[field(on_delete = Cascade)]
    around: ForeignKey<Orbit>,
    #[field(index)]
    seen_from: Planet,
}

#[derive(Model, Debug)]
struct Digest {
    #[field(primary_key, max_length = 32)]
    hash: Vec<u8>,
    #[field(max_length = 3)]
    short: Vec<u8>,
}

#[derive(Model)]
struct AnyDigest {
    #[field(primary_key)]
    hash: Vec<u8>,
}

#[derive(Model)]
struct Essay {
    id: i64,
    #[field(max_length = 10_000)]
    abstract_: String,
    #[field(max_length = 50_000)]
    body: String,
    #[field(max_length = 10_000)]
    notes: String,
    source: String,
}

#[derive(Model)]
struct Sheet {
    id: i64,
    #[field(max_length = 4000)]
    a: String,
    #[field(max_length = 4000)]
    b: String,
    #[field(max_length = 4000)]
    c: String,
    #[field(max_length = 4000)]
    d: String,
    #[field(max_length = 4000)]
    e: String,
}

#[derive(Model)]
#[model(unique(a, b))]
struct WideKey {
    id: i64,
    #[field(max_length = 400)]
    a: String,
    #[field(max_length = 400)]
    b: String,
}

#[derive(Model)]
struct Path {
    id: i64,
    #[field(max_length = 20, db_default = "'a\\b''c'")]
    at: String,
}

#[derive(Model)]
struct Boss {
    id: i64,
}

#[derive(Model)]
struct Clerk {
    id: i64,
    #[field(on_delete = SetDefault, db_default = "1")]
    boss: ForeignKey<Boss>,
}

fn is_mysql(db: &Database) -> bool {
    !db.dialect().features().set_default
}

/// As long as a row of MySQL may be: 4 * 16,000 bytes, 1,516 and their lengths, the key, and the bits of NULLs.
#[derive(Model, Debug)]
struct FullSheet {
    id: i64,
    #[field(max_length = 4000)]
    a: String,
    #[field(max_length = 4000)]
    b: String,
    #[field(max_length = 4000)]
    c: String,
    #[field(max_length = 4000)]
    d: String,
    #[field(max_length = 379)]
    e: Option<String>,
}

#[derive(Model, Debug)]
struct OverfullSheet {
    id: i64,
    #[field(max_length = 4000)]
    a: String,
    #[field(max_length = 4000)]
    b: String,
    #[field(max_length = 4000)]
    c: String,
    #[field(max_length = 4000)]
    d: String,
    #[field(max_length = 380)]
    e: Option<String>,
}

/// Whether a table of a model was refused, for a column of it or as a whole.
fn is_refused(error: &dormouse::Error, name: &str, at: Option<&str>) -> bool {
    matches!(error.kind(), ErrorKind::Configuration(SetupMistake::Table { model, column, .. })
        if model == name && column.as_deref() == at)
}

matrix! {
    async fn unsigned_numbers_can_be_automatic_keys(db: &Database) -> Result<()> {
        db.create_tables(models![Unsigned, Narrow]).await?;
        assert_eq!(Unsigned::new().n(1).asave().await?.id, 1);
        assert_eq!(Unsigned::new().id(u64::MAX / 2).n(1).asave().await?.id, u64::MAX / 2);
        assert_eq!(Narrow::new().n(1).asave().await?.id, 1);
        assert_eq!(Narrow::objects().aget(|n| n.id.eq(1)).await?.n, 1);
        Ok(())
    }

    async fn known_texts_can_be_keys(db: &Database) -> Result<()> {
        db.create_tables(models![Orbit, Moon]).await?;
        let mars = Orbit::new().planet(Planet::Mars).days(687).asave().await?;
        Moon::new().around(&mars).seen_from(Planet::Earth).asave().await?;
        assert_eq!(Moon::objects().filter(|m| m.around.days.gt(600)).acount().await?, 1);
        Ok(())
    }

    async fn bytes_can_be_keys(db: &Database) -> Result<()> {
        db.create_tables(models![Digest]).await?;
        let hash = vec![0, 255, 39, 92];
        Digest::new().hash(hash.clone()).short(vec![1, 2, 3]).asave().await?;
        assert_eq!(Digest::objects().aget(|d| d.hash.eq(hash.clone())).await?.hash, hash);
        let doubled = Digest::new().hash(hash).short(vec![]).asave().await.unwrap_err();
        assert!(doubled.is_unique_violation(), "{doubled:?}");
        let long = Digest::new().hash(vec![1]).short(vec![1, 2, 3, 4]).asave().await.unwrap_err();
        assert!(matches!(long.kind(), ErrorKind::Validation(_)), "{long:?}");
        Ok(())
    }

    async fn keys_without_a_length_are_refused_where_they_need_one(db: &Database) -> Result<()> {
        let made = db.create_tables(models![AnyDigest]).await;
        let wide = db.create_tables(models![WideKey]).await;
        if is_mysql(db) {
            assert!(is_refused(&made.unwrap_err(), "AnyDigest", Some("hash")));
            assert!(is_refused(&wide.unwrap_err(), "WideKey", None));
            return Ok(());
        }
        made.and(wide)
    }

    async fn texts_of_any_length_fit_a_row(db: &Database) -> Result<()> {
        db.create_tables(models![Essay]).await?;
        let (long, longest) = ("é".repeat(10_000), "é".repeat(50_000));
        let over = format!("{longest}é");
        Essay::new().abstract_(&*long).body(&*longest).notes(&*long).source(&*over).asave().await?;
        assert_eq!(Essay::objects().aget(|e| e.body.eq(&*longest)).await?.notes, long);
        let validated = Essay::objects().aupdate(|e| e.body.set(&*over)).await.unwrap_err();
        assert!(matches!(validated.kind(), ErrorKind::Validation(_)), "{validated:?}");
        Ok(())
    }

    async fn rows_too_long_for_the_database_are_refused(db: &Database) -> Result<()> {
        db.create_tables(models![FullSheet]).await?;
        for (models, name) in [(models![Sheet], "Sheet"), (models![OverfullSheet], "OverfullSheet")] {
            let made = db.create_tables(models).await;
            if is_mysql(db) {
                assert!(is_refused(&made.unwrap_err(), name, None));
            } else {
                made?;
            }
        }
        Ok(())
    }

    async fn a_default_is_the_text_that_standard_sql_reads(db: &Database) -> Result<()> {
        db.create_tables(models![Path]).await?;
        assert_eq!(Path::new().asave().await?.at, "a\\b'c");
        Ok(())
    }

    async fn set_default_works_or_is_refused(db: &Database) -> Result<()> {
        let made = db.create_tables(models![Boss, Clerk]).await;
        if is_mysql(db) {
            let error = made.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{error:?}");
            assert!(error.to_string().contains("`Clerk`"), "{error}");
            return Ok(());
        }
        made?;
        let (first, second) = (Boss::new().asave().await?, Boss::new().asave().await?);
        Clerk::new().boss(&second).asave().await?;
        second.adelete().await?;
        assert_eq!(Clerk::objects().aget_one().await?.boss.id(), first.id);
        Ok(())
    }
}
