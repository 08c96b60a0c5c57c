//! `aupdate` and `adelete` of querysets.

use dormouse::Result;
use dormouse::prelude::*;

use crate::library::{Author, Book, Publisher, fill, titles};
use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
struct Pair {
    id: i64,
    left: i32,
    right: i32,
    #[field(max_length = 5)]
    word: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Price {
    id: i64,
    #[field(max_digits = 5, decimal_places = 2)]
    amount: Decimal,
}

async fn pairs(db: &Database, rows: &[(i32, i32)]) -> Result<()> {
    db.create_tables(dormouse::models![Pair]).await?;
    for (left, right) in rows {
        Pair::objects().acreate(|p| p.left(*left).right(*right)).await?;
    }
    Ok(())
}

async fn all() -> Result<Vec<(i32, i32)>> {
    Pair::objects().order_by(|p| p.id.asc()).values(|p| (p.left, p.right)).await
}

matrix! {
    async fn rows_that_match_are_changed_and_counted(db: &Database) -> Result<()> {
        pairs(db, &[(1, 1), (2, 1), (3, 1)]).await?;
        assert_eq!(Pair::objects().filter(|p| p.left.gt(1)).aupdate(|p| p.right.set(9)).await?, 2);
        assert_eq!(all().await?, [(1, 1), (2, 9), (3, 9)]);
        assert_eq!(Pair::objects().aupdate(|p| p.right.set(9)).await?, 3, "matched, whether or not it changes");
        assert_eq!(Pair::objects().filter(|p| p.left.gt(9)).aupdate(|p| p.right.set(0)).await?, 0);
        Ok(())
    }

    async fn expressions_see_the_old_row(db: &Database) -> Result<()> {
        pairs(db, &[(1, 10), (2, 20)]).await?;
        assert_eq!(Pair::objects().aupdate(|p| (p.left.set(p.right), p.right.set(p.left))).await?, 2);
        assert_eq!(all().await?, [(10, 1), (20, 2)]);
        Pair::objects().aupdate(|p| (p.left.set(p.left + 1), p.right.set(p.left * 2))).await?;
        assert_eq!(all().await?, [(11, 20), (21, 40)]);
        Ok(())
    }

    async fn updates_chosen_at_run_time(db: &Database) -> Result<()> {
        pairs(db, &[(1, 1)]).await?;
        assert_eq!(Pair::objects().aupdate(|_| Vec::new()).await?, 0);
        assert_eq!(Pair::objects().aupdate(|p| vec![p.left.set(5), p.word.set("five")]).await?, 1);
        assert_eq!(Pair::objects().filter(|p| p.word.eq("five") & p.left.eq(5)).acount().await?, 1);
        assert_eq!(Pair::objects().aupdate(|p| p.word.set_null()).await?, 1);
        assert_eq!(Pair::objects().aget_one().await?.word, None);
        Ok(())
    }

    async fn a_decimal_expression_is_rounded_to_its_column(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Price]).await?;
        for amount in [dec!(9.99), dec!(0.05), dec!(-0.05)] {
            Price::objects().acreate(|p| p.amount(amount)).await?;
        }
        Price::objects().aupdate(|p| p.amount.set(p.amount * dec!(0.9))).await?;
        let amounts = Price::objects().order_by(|p| p.id.asc()).values(|p| p.amount).await?;
        assert_eq!(amounts, [dec!(8.99), dec!(0.05), dec!(-0.05)]);
        assert_eq!(amounts[0].scale(), 2);
        let error = Price::objects().aupdate(|p| p.amount.set(p.amount * 1000)).await.unwrap_err();
        assert!(matches!(error.kind(), dormouse::ErrorKind::OutOfRange { .. }), "{error:?}");
        Ok(())
    }

    async fn a_value_too_long_is_refused_everywhere(db: &Database) -> Result<()> {
        pairs(db, &[(1, 1)]).await?;
        let error = Pair::objects().aupdate(|p| p.word.set("too long")).await.unwrap_err();
        assert!(matches!(error.kind(), dormouse::ErrorKind::Validation(_)), "{error:?}");
        assert_eq!(Pair::objects().aupdate(|p| p.word.set("ääääé")).await?, 1, "five characters are five characters");
        Ok(())
    }

    async fn conditions_on_joined_tables(db: &Database) -> Result<()> {
        fill(db).await?;
        let american = || Book::objects().filter(|b| b.author.publisher.country.eq("US"));
        assert_eq!(american().aupdate(|b| b.pages.set(1)).await?, 2);
        assert_eq!(titles(Book::objects().filter(|b| b.pages.eq(1))).await?, ["Dune", "Dune Messiah"]);
        assert_eq!(american().adelete().await?.total, 2);
        assert_eq!(titles(Book::objects()).await?, ["Solaris", "The Cyberiad", "Roadside Picnic"]);
        Ok(())
    }

    async fn a_joined_column_as_the_new_value(db: &Database) -> Result<()> {
        fill(db).await?;
        Book::objects().filter(|b| b.pages.is_not_null()).aupdate(|b| b.pages.set(b.author.born)).await?;
        let pages = Book::objects().order_by(|b| b.id.asc()).values(|b| b.pages).await?;
        assert_eq!(pages, [Some(1920), None, Some(1921), Some(1921), None]);
        Ok(())
    }

    async fn a_foreign_key_is_set_to_a_row_a_key_or_null(db: &Database) -> Result<()> {
        fill(db).await?;
        let lem = Author::objects().aget(|a| a.name.eq("Lem")).await?;
        let dune = || Book::objects().filter(|b| b.title.eq("Dune"));
        dune().aupdate(|b| b.author.set(&lem)).await?;
        assert_eq!(dune().aget_one().await?.author.id(), lem.id);
        dune().aupdate(|b| b.editor.set(None::<i64>)).await?;
        assert_eq!(dune().aget_one().await?.editor, None);
        dune().aupdate(|b| b.editor.set(lem.id)).await?;
        assert_eq!(dune().aget_one().await?.editor.map(|key| key.id()), Some(lem.id));
        Ok(())
    }

    async fn a_condition_on_the_table_itself(db: &Database) -> Result<()> {
        fill(db).await?;
        let related =
            Author::objects().filter(|a| a.publisher.name.eq("Chilton")).aupdate(|a| a.born.set(a.born + 1)).await?;
        assert_eq!(related, 1);
        assert_eq!(Author::objects().aget(|a| a.name.eq("Herbert")).await?.born, Some(1921));
        Ok(())
    }

    async fn deleted_rows_are_counted_by_model(db: &Database) -> Result<()> {
        fill(db).await?;
        let deleted = Book::objects().filter(|b| b.author.name.eq("Lem")).adelete().await?;
        assert_eq!((deleted.total, deleted.get::<Book>(), deleted.get::<Author>()), (2, 2, 0));
        assert_eq!(Book::objects().adelete().await?.total, 3);
        let nothing = Book::objects().adelete().await?;
        assert!(nothing.total == 0 && nothing.per_model.is_empty());
        Ok(())
    }

    async fn what_refers_to_a_deleted_row_follows_its_rule(db: &Database) -> Result<()> {
        fill(db).await?;
        // Books go with their author; an editor that is gone leaves a NULL; a publisher stays while it has authors.
        Author::objects().filter(|a| a.name.eq("Lem")).adelete().await?;
        let left = Book::objects().order_by(|b| b.id.asc()).values(|b| (b.title, b.editor)).await?;
        let left: Vec<_> = left.iter().map(|(title, editor)| (title.as_str(), editor.is_some())).collect();
        assert_eq!(left, [("Dune", false), ("Dune Messiah", false), ("Roadside Picnic", false)]);
        let protected = Publisher::objects().filter(|p| p.name.eq("Chilton")).adelete().await.unwrap_err();
        assert!(protected.is_foreign_key_violation(), "{protected:?}");
        Ok(())
    }
}
