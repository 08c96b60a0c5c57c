//! The names of tables, columns, indexes and constraints.

use dormouse::expr::Declared;
use dormouse::prelude::*;
use dormouse::{ErrorKind, Result, models};

use crate::support::matrix;

#[derive(Model)]
#[model(table = "user", unique(role, since))]
struct Person {
    id: i64,
    #[field(index, max_length = 9)]
    role_name: String,
    role: i32,
    since: i32,
}

#[derive(Model)]
#[model(table = "user_role", unique(since))]
struct Role {
    id: i64,
    #[field(index, max_length = 9)]
    name: String,
    since: i32,
}

#[derive(Model)]
#[model(table = "USER")]
struct Capital {
    id: i64,
}

#[derive(Model)]
struct TwoColumns {
    id: i64,
    name: i32,
    #[field(column = "Name")]
    other: i32,
}

#[derive(Model)]
#[model(index(name = "by_size", fields(size)), unique(name = "BY_SIZE", size, weight))]
struct TwoIndexes {
    id: i64,
    size: i32,
    weight: i32,
}

#[derive(Model)]
#[model(index(name = "by_weight", fields(weight)))]
struct First {
    id: i64,
    weight: i32,
}

#[derive(Model)]
#[model(index(name = "by_weight", fields(weight)))]
struct Second {
    id: i64,
    weight: i32,
}

#[derive(Model)]
#[model(check("positive", |s| s.weight.gt(0)))]
struct Third {
    id: i64,
    weight: i32,
}

#[derive(Model)]
#[model(check("positive", |s| s.weight.gt(0)))]
struct Fourth {
    id: i64,
    weight: i32,
}

#[derive(Model)]
#[model(index(name = "user", fields(weight)))]
struct IndexLikeATable {
    id: i64,
    weight: i32,
}

#[derive(Model)]
#[model(table = "a_table_with_a_name_that_takes_one_byte_more_than_any_database_0")]
struct LongTable {
    id: i64,
}

#[derive(Model)]
#[model(table = "a_table_with_a_name_that_takes_as_many_bytes_as_a_database_does")]
struct LongestTable {
    id: i64,
    #[field(index)]
    a_column_with_a_name_that_takes_as_many_bytes_as_a_database_has: i32,
    #[field(on_delete = Cascade)]
    up: Option<ForeignKey<LongestTable>>,
    paired: ManyToMany<LongestTable>,
}

#[derive(Model)]
struct LongColumn {
    id: i64,
    #[field(column = "a_column_with_a_name_that_takes_one_byte_more_than_any_database_0")]
    long: i32,
}

#[derive(Model)]
#[model(index(name = "an_index_with_a_name_that_takes_one_byte_more_than_any_database_0", fields(size)))]
struct LongIndex {
    id: i64,
    size: i32,
}

#[derive(Model)]
struct Wide {
    id: i64,
    #[field(column = "🦔")]
    hedgehog: i32,
}

#[derive(Model)]
struct Whole {
    id: i64,
}

#[derive(Model)]
struct Part {
    id: i64,
    #[field(on_delete = Cascade)]
    whole: ForeignKey<Whole>,
}

#[derive(Model)]
struct Tagged {
    id: i64,
    wholes: ManyToMany<Whole>,
}

#[derive(Model)]
struct Reader {
    id: i64,
    #[related(through = Loan)]
    borrowed: ManyToMany<Whole>,
}

#[derive(Model)]
struct Loan {
    id: i64,
    #[field(on_delete = Cascade)]
    lender: ForeignKey<Reader>,
    #[field(on_delete = Cascade)]
    borrower: ForeignKey<Reader>,
    #[field(on_delete = Cascade)]
    whole: ForeignKey<Whole>,
}

#[derive(Model)]
#[model(table = "elsewhere", managed = false)]
struct Elsewhere {
    id: i64,
}

#[derive(Model)]
struct Abroad {
    id: i64,
    #[field(on_delete = Cascade)]
    elsewhere: ForeignKey<Elsewhere>,
}

/// Holds that the models are refused with words that name what is asked for, and that nothing was made.
async fn refused(db: &Database, declared: impl IntoIterator<Item = Declared>, named: &[&str]) -> Result<()> {
    let declared: Vec<Declared> = models![Witness].into_iter().chain(declared).collect();
    let error = db.create_tables(declared).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Configuration { .. }), "{error:?}");
    for name in named {
        assert!(error.to_string().contains(name), "`{name}` is missing: {error}");
    }
    assert!(Witness::objects().acount().await.is_err(), "nothing is sent: {error}");
    Ok(())
}

#[derive(Model)]
struct Witness {
    id: i64,
}

matrix! {
    async fn made_names_that_read_alike_are_told_apart(db: &Database) -> Result<()> {
        db.create_tables(models![Person, Role]).await?;
        Person::new().role_name("a").role(1).since(1).asave().await?;
        Role::new().name("a").since(1).asave().await?;
        Ok(())
    }

    async fn doubled_names_are_refused(db: &Database) -> Result<()> {
        refused(db, models![Person, Capital], &["`Person`", "`Capital`", "the name of the table"]).await?;
        refused(db, models![TwoColumns], &["`TwoColumns`", "`name`", "`Name`"]).await?;
        refused(db, models![TwoIndexes], &["`TwoIndexes`", "`by_size`"]).await?;
        refused(db, models![First, Second], &["`First`", "`Second`", "`by_weight`"]).await?;
        refused(db, models![Third, Fourth], &["`Third`", "`Fourth`", "`positive`"]).await?;
        refused(db, models![Person, IndexLikeATable], &["`Person`", "`IndexLikeATable`", "`user`"]).await
    }

    async fn names_too_long_or_too_wide_are_refused(db: &Database) -> Result<()> {
        refused(db, models![LongTable], &["`LongTable`", "64 bytes"]).await?;
        refused(db, models![LongColumn], &["`LongColumn`", "65 bytes"]).await?;
        refused(db, models![LongIndex], &["`LongIndex`", "65 bytes"]).await?;
        refused(db, models![Wide], &["`Wide`", "🦔"]).await
    }

    async fn the_longest_names_work(db: &Database) -> Result<()> {
        db.create_tables(models![LongestTable]).await?;
        let first = LongestTable::objects()
            .acreate(|t| t.a_column_with_a_name_that_takes_as_many_bytes_as_a_database_has(1))
            .await?;
        LongestTable::objects()
            .acreate(|t| t.a_column_with_a_name_that_takes_as_many_bytes_as_a_database_has(2).up(Some(first.id)))
            .await?;
        let below = LongestTable::objects()
            .filter(|t| t.up.a_column_with_a_name_that_takes_as_many_bytes_as_a_database_has.eq(1))
            .prefetch_related(|t| t.paired)
            .await?;
        assert_eq!(below.len(), 1);
        Ok(())
    }

    async fn what_is_referred_to_must_be_in_the_list(db: &Database) -> Result<()> {
        refused(db, models![Part], &["`Part.whole`", "`Whole`"]).await?;
        refused(db, models![Tagged], &["`Tagged.wholes`", "`Whole`"]).await?;
        db.execute_sql("CREATE TABLE elsewhere (id BIGINT PRIMARY KEY)").await?;
        db.create_tables(models![Part, Whole, Abroad]).await
    }

    async fn pairs_with_two_keys_to_one_side_are_refused(db: &Database) -> Result<()> {
        refused(db, models![Reader, Loan, Whole], &["`Loan`", "`Reader.borrowed`"]).await
    }
}
