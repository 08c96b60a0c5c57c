//! Order, slices, `distinct`, `none`.

use dormouse::prelude::*;
use dormouse::{Earlier, ErrorKind, QueryMistake, Result};

use crate::library::{Book, fill, titles};
use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering(-points, name))]
struct Player {
    id: i64,
    name: String,
    points: Option<i32>,
}

async fn players(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Player]).await?;
    for (name, points) in [("b", Some(1)), ("a", Some(1)), ("d", None), ("c", Some(2))] {
        Player::objects().acreate(|p| p.name(name).points(points)).await?;
    }
    Ok(())
}

async fn names(players: QuerySet<Player>) -> Result<String> {
    Ok(players.values(|p| p.name).await?.concat())
}

matrix! {
    async fn slices_compose_relatively(db: &Database) -> Result<()> {
        fill(db).await?;
        let books = || Book::objects().order_by(|b| b.id.asc());
        let ids = books().values(|b| b.id).await?;
        for (from, to) in [(0, 2), (1, 4), (3, 9), (5, 9), (4, 2)] {
            let expected = ids.get(from..to.min(5)).unwrap_or_default();
            assert_eq!(books().slice(from as u64..to as u64).values(|b| b.id).await?, expected, "{from}..{to}");
        }
        assert_eq!(books().slice(1..4).slice(1..).values(|b| b.id).await?, ids[2..4]);
        assert_eq!(books().limit(3).slice(5..).values(|b| b.id).await?, Vec::<i64>::new());
        assert_eq!(books().offset(1).limit(2).offset(1).values(|b| b.id).await?, ids[2..3]);
        assert_eq!(books().offset(3).values(|b| b.id).await?, ids[3..]);
        assert_eq!(books().limit(0).values(|b| b.id).await?, Vec::<i64>::new());
        assert_eq!(books().slice(..=1).values(|b| b.id).await?, ids[..2]);
        assert_eq!(books().slice(u64::MAX..).values(|b| b.id).await?, Vec::<i64>::new());
        Ok(())
    }

    async fn a_slice_refuses_what_would_change_it(db: &Database) -> Result<()> {
        fill(db).await?;
        let slice = || Book::objects().order_by(|b| b.id.asc()).limit(2);
        let refused = [
            ("filter", slice().filter(|b| b.id.gt(0)).await.map(drop)),
            ("exclude", slice().exclude(|b| b.id.gt(0)).await.map(drop)),
            ("order_by", slice().order_by(|b| b.title.asc()).await.map(drop)),
            ("reverse", slice().reverse().await.map(drop)),
            ("distinct", slice().distinct().await.map(drop)),
            ("alast", slice().alast().await.map(drop)),
            ("aupdate", slice().aupdate(|b| b.pages.set(1)).await.map(drop)),
            ("adelete", slice().adelete().await.map(drop)),
        ];
        for (name, result) in refused {
            let error = result.expect_err(name);
            assert_eq!(error.kind(), &ErrorKind::Query(QueryMistake::After { method: name, after: Earlier::Slice }));
        }
        assert_eq!(Book::objects().filter(|b| b.pages.eq(1)).acount().await?, 0);
        Ok(())
    }

    async fn nulls_come_where_they_are_told(db: &Database) -> Result<()> {
        players(db).await?;
        let by = |order: fn(&'static PlayerFields) -> dormouse::expr::Order<Player>| {
            names(Player::objects().order_by(move |p| (order(p), p.name.asc())))
        };
        assert_eq!(by(|p| p.points.asc().nulls_first()).await?, "dabc");
        assert_eq!(by(|p| p.points.asc().nulls_last()).await?, "abcd");
        assert_eq!(by(|p| p.points.desc().nulls_first()).await?, "dcab");
        assert_eq!(by(|p| p.points.desc().nulls_last()).await?, "cabd");
        Ok(())
    }

    async fn reverse_is_the_mirror(db: &Database) -> Result<()> {
        players(db).await?;
        let ordered = || Player::objects().order_by(|p| (p.points.asc().nulls_last(), p.name.desc()));
        assert_eq!(names(ordered()).await?, "bacd");
        assert_eq!(names(ordered().reverse()).await?, "dcab");
        assert_eq!(names(ordered().reverse().reverse()).await?, "bacd");
        assert_eq!(
            names(Player::objects().order_by(|_| ()).reverse()).await?,
            "cdab",
            "of no order: by key, descending"
        );
        Ok(())
    }

    async fn a_model_has_an_order_of_its_own(db: &Database) -> Result<()> {
        players(db).await?;
        let ranked = || Player::objects().filter(|p| p.points.is_not_null());
        assert_eq!(names(ranked()).await?, "cab");
        assert_eq!(names(ranked().reverse()).await?, "bac");
        assert_eq!(names(ranked().order_by(|p| p.name.asc())).await?, "abc");
        assert_eq!(ranked().afirst().await?.map(|p| p.name).as_deref(), Some("c"));
        assert_eq!(ranked().alast().await?.map(|p| p.name).as_deref(), Some("b"));
        Ok(())
    }

    async fn an_order_chosen_at_run_time(db: &Database) -> Result<()> {
        players(db).await?;
        for (key, expected) in [("name", "abcd"), ("-name", "dcba"), ("id", "badc")] {
            let order = |p: &'static PlayerFields| match key {
                "name" => vec![p.name.asc()],
                "-name" => vec![p.name.asc().reversed()],
                _ => vec![p.id.asc()],
            };
            assert_eq!(names(Player::objects().order_by(order)).await?, expected);
        }
        Ok(())
    }

    async fn equal_rows_count_once(db: &Database) -> Result<()> {
        fill(db).await?;
        let prices = Book::objects().order_by(|b| b.price.asc()).values(|b| b.price).distinct();
        assert_eq!(prices.clone().await?, [dec!(8), dec!(9.99), dec!(12.5), dec!(15.25)]);
        assert_eq!(prices.slice(1..3).await?, [dec!(9.99), dec!(12.5)]);
        let editors = Book::objects().values(|b| b.editor.name).distinct().await?;
        assert_eq!(editors.len(), 3);

        // How many and whether any has no order, whatever was asked for.
        let sums = Book::objects().values(|b| (b.price + dec!(1), b.editor.name)).distinct();
        let rows = sums.clone().await?.len() as u64;
        for asked in [sums.clone(), sums.clone().reverse(), sums.order_by(|b| b.title.asc())] {
            assert!(asked.clone().aexists().await? && asked.clone().offset(1).aexists().await?);
            assert!(asked.clone().limit(1).aexists().await?);
            assert_eq!((asked.clone().acount().await?, asked.limit(2).acount().await?), (rows, 2));
        }
        let hidden = Book::objects().order_by(|b| b.title.asc()).values(|b| b.price).distinct().await.unwrap_err();
        assert_eq!(hidden.kind(), &ErrorKind::Query(QueryMistake::NotSelected { term: "`title`".to_owned() }));
        Ok(())
    }

    async fn none_is_nothing(db: &Database) -> Result<()> {
        fill(db).await?;
        assert_eq!(titles(Book::objects().none()).await?, Vec::<String>::new());
        assert_eq!(Book::objects().none().aupdate(|b| b.pages.set(1)).await?, 0);
        assert_eq!(Book::objects().none().adelete().await?.total, 0);
        assert_eq!(Book::objects().acount().await?, 5);
        Ok(())
    }
}
