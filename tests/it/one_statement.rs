//! What the documentation promises of one statement.

use dormouse::prelude::*;
use dormouse::{Earlier, ErrorKind, QueryMistake, Result, assert_num_queries};

use crate::library::{Author, Book, fill};
use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
struct Number {
    id: i64,
    n: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(a, b))]
struct Pair {
    a: i32,
    b: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "parent")]
struct Parent {
    id: i64,
    #[field(max_length = 9)]
    name: String,
}

/// A table that others made: nothing sees to it that the parent exists.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "loose", managed = false)]
struct Loose {
    id: i64,
    #[field(on_delete = DoNothing)]
    parent: ForeignKey<Parent>,
}

/// A row that refers to another, the first to itself.
#[derive(Model, Debug, Clone, PartialEq)]
struct Chained {
    id: i64,
    n: i64,
    #[field(on_delete = DoNothing)]
    before: ForeignKey<Chained>,
}

async fn numbers(db: &Database, all: &[i32]) -> Result<()> {
    db.create_tables(dormouse::models![Number]).await?;
    for n in all {
        Number::objects().acreate(|x| x.n(*n)).await?;
    }
    Ok(())
}

async fn loose(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Parent]).await?;
    Parent::objects().acreate(|p| p.id(1).name("one")).await?;
    db.execute_sql("CREATE TABLE loose (id BIGINT PRIMARY KEY, parent_id BIGINT NOT NULL)").await?;
    db.execute_sql("INSERT INTO loose VALUES (1, 1), (2, 99)").await?;
    Ok(())
}

matrix! {
    async fn questions_about_nothing_send_nothing(db: &Database) -> Result<()> {
        numbers(db, &[1, 2]).await?;
        let all = Number::objects;
        let nothings = [all().none(), all().limit(0), all().filter(|n| n.id.in_(Vec::<i64>::new())), all().slice(5..5)];
        for nothing in nothings {
            assert_num_queries!(0, async {
                let of = nothing.clone().aaggregate(|n| (n.id.count(), n.n.sum(), n.n.max(), n.n.avg())).await?;
                assert_eq!(of, (0, None, None, None));
                assert_eq!((nothing.clone().acount().await?, nothing.clone().aexists().await?), (0, false));
                assert_eq!((nothing.clone().await?, nothing.clone().afirst().await?), (Vec::new(), None));
                assert!(matches!(nothing.clone().aget_one().await.unwrap_err().kind(), ErrorKind::DoesNotExist { .. }));
                if nothing.query().limit.is_none() {
                    assert_eq!(nothing.clone().ain_bulk([1]).await?.len(), 0);
                    assert_eq!(nothing.clone().aupdate(|n| n.n.set(9)).await?, 0);
                    assert_eq!(nothing.clone().adelete().await?.total, 0);
                    assert_eq!(nothing.clone().alast().await?, None);
                }
                Ok::<(), dormouse::Error>(())
            })?;
        }
        Ok(())
    }

    async fn a_lock_that_no_database_could_take_is_refused_before_it_is_sent(db: &Database) -> Result<()> {
        fill(db).await?;
        let merged = Book::objects().values(|b| b.pages).distinct().select_for_update();
        let error = atomic(move |tx| merged.using(tx).to_vec()).await.unwrap_err();
        let mistake = QueryMistake::After { method: "select_for_update", after: Earlier::Distinct };
        assert_eq!(error.kind(), &ErrorKind::Query(mistake));
        let missing = Book::objects().select_related(|b| b.editor).select_for_update().of(|b| (b.row(), b.editor.row()));
        let error = atomic(move |tx| missing.using(tx).to_vec()).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Query(QueryMistake::MayBeMissing { .. })), "{error:?}");
        Ok(())
    }

    async fn a_row_of_nothing_but_its_key_is_saved_if_it_is_there(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Pair]).await?;
        let mut pair = Pair::objects().acreate(|p| p.a(1).b(2)).await?;
        pair.asave().await?;
        pair.adelete().await?;
        assert!(matches!(pair.asave().await.unwrap_err().kind(), ErrorKind::DoesNotExist { .. }));
        assert!(matches!(pair.arefresh_from_db().await.unwrap_err().kind(), ErrorKind::DoesNotExist { .. }));
        let error = atomic(move |tx| pair.save(tx)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::DoesNotExist { .. }), "{error:?}");
        Ok(())
    }

    async fn rows_behind_dangling_keys_count_as_they_are_listed(db: &Database) -> Result<()> {
        loose(db).await?;
        let all = Loose::objects;
        assert_eq!((all().acount().await?, all().await?.len()), (2, 2));
        assert_eq!(all().values(|l| (l.id, l.parent)).await?.len(), 2);
        let named = |name: &'static str| all().filter(move |l| l.parent.name.eq(name));
        let unnamed = |name: &'static str| all().exclude(move |l| l.parent.name.eq(name));
        for name in ["one", "two"] {
            let (named, unnamed) = (named(name), unnamed(name));
            assert_eq!(named.clone().acount().await? + unnamed.clone().acount().await?, 2, "{name}");
            assert_eq!(named.await?.len() + unnamed.await?.len(), 2, "{name}");
        }
        assert_eq!(all().exclude(|l| l.parent.name.in_(["one", "two"])).values(|l| l.id).await?, [2]);
        assert_eq!(all().order_by(|l| (l.parent.name.desc(), l.id.asc())).await?.len(), 2);
        let rows = all().order_by(|l| l.id.asc()).select_related(|l| l.parent).await?;
        let loaded: Vec<bool> = rows.iter().map(|row| row.parent.loaded().is_some()).collect();
        assert_eq!(loaded, [true, false]);
        let error = all().values(|l| l.parent.name).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "a name that is not there is told: {error:?}");
        assert_eq!(all().filter(|l| l.parent.name.is_not_null()).values(|l| l.parent.name).await?, ["one"]);
        // Its key is the foreign key itself.
        assert_eq!(all().filter(|l| l.parent.name.is_null()).values(|l| l.parent.id).await?, [99]);
        assert_eq!(all().filter(|l| l.parent.id.is_null()).acount().await?, 0);
        assert_eq!(all().aaggregate(|l| l.parent.id.max()).await?, Some(99));
        Ok(())
    }

    async fn the_field_that_an_expression_overflows_is_named(db: &Database) -> Result<()> {
        numbers(db, &[i32::MAX]).await?;
        let all = Number::objects;
        let errors = [
            all().aupdate(|x| x.n.set(x.n + 1)).await.unwrap_err(),
            all().filter(|x| x.id.gt(0)).aupdate(|x| x.n.set(x.n * 2)).await.unwrap_err(),
            atomic(|tx| Number::objects().using(tx).update(|x| x.n.set(x.n + 1))).await.unwrap_err(),
        ];
        for error in errors {
            let ErrorKind::OutOfRange { column, reason, .. } = error.kind() else { panic!("{error:?}") };
            assert_eq!(column.as_deref(), Some("Number.n"), "{error:?}");
            assert!(reason.contains("`Number.n`") && !reason.contains("filter"), "{reason}");
        }
        // Which of them it was, MariaDB alone tells.
        let either = all().filter(|x| (x.n + 1).gt(0)).aupdate(|x| x.n.set(x.n + 1)).await.unwrap_err();
        let ErrorKind::OutOfRange { column, .. } = either.kind() else { panic!("{either:?}") };
        assert!(column.as_deref().is_none_or(|column| column == "Number.n"), "{either:?}");
        Ok(())
    }

    async fn distinct_values_are_ordered_by_what_is_selected(db: &Database) -> Result<()> {
        numbers(db, &[2, 1, 3, 1]).await?;
        let values = || Number::objects().values(|x| x.n).distinct();
        assert_eq!(values().reverse().await?, [3, 2, 1]);
        assert_eq!((values().afirst().await?, values().alast().await?), (Some(1), Some(3)));
        let doubled = || Number::objects().values(|x| x.n * 2).distinct();
        assert_eq!(doubled().order_by(|x| (x.n * 2).asc()).await?, [2, 4, 6]);
        assert_eq!(doubled().order_by(|x| (x.n * 2).desc()).await?, [6, 4, 2]);
        assert_eq!((doubled().afirst().await?, doubled().alast().await?), (Some(2), Some(6)));
        Ok(())
    }

    async fn distinct_rows_ordered_by_a_remainder_are_all_there(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Pair]).await?;
        for (a, b) in [(-8, 10), (-3, 10), (5, 7), (3, 0)] {
            Pair::objects().acreate(|p| p.a(a).b(b)).await?;
        }
        let rows = Pair::objects().values(|p| (p.b, p.a % p.b)).distinct();
        let falling = rows.order_by(|p| (p.b.asc(), (p.a % p.b).desc())).await?;
        assert_eq!(falling, [(0, None), (7, Some(5)), (10, Some(-3)), (10, Some(-8))]);
        Ok(())
    }

    async fn after_a_given_key_the_next_one_is_greater(db: &Database) -> Result<()> {
        numbers(db, &[1]).await?;
        let create = |id: i64| Number::objects().acreate(move |x| x.id(id).n(0));
        assert_num_queries!(1, create(10))?;
        let next = async || Number::objects().acreate(|x| x.n(0)).await.map(|row| row.id);
        assert_eq!(next().await?, 11);
        create(5).await?;
        create(-3).await?;
        assert_eq!(next().await?, 12, "a lower key moves nothing back");
        Ok(())
    }

    async fn after_a_key_computed_from_another_row_the_next_one_is_greater(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Chained]).await?;
        let first = Chained::objects().acreate(|c| c.id(1).n(40).before(1)).await?;
        let second = Chained::objects().acreate(|c| c.n(0).before(&first)).await?;
        let moved = Chained::objects().filter(|c| c.id.eq(second.id)).aupdate(|c| c.id.set(c.before.n + 10));
        assert_eq!(moved.await?, 1);
        assert_eq!(Chained::objects().order_by(|c| c.id.asc()).values(|c| c.id).await?, [first.id, 50]);
        assert_eq!(Chained::objects().acreate(|c| c.n(0).before(&first)).await?.id, 51);
        Ok(())
    }

    async fn of_two_rows_where_one_was_meant_nothing_is_prefetched(db: &Database) -> Result<()> {
        fill(db).await?;
        let two = || Author::objects().prefetch_related(|a| a.books);
        let error = assert_num_queries!(1, two().aget_one()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::MultipleObjectsReturned { .. }), "{error:?}");
        let error = assert_num_queries!(1, two().aget_opt(|a| a.name.ne(""))).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::MultipleObjectsReturned { .. }), "{error:?}");
        Ok(())
    }
}
