//! One row, or the fact that there is none or several.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result, SetupMistake};

use crate::library::{Author, Book, fill};
use crate::support::matrix;

matrix! {
    async fn aget_wants_exactly_one(db: &Database) -> Result<()> {
        fill(db).await?;
        assert_eq!(Book::objects().aget(|b| b.title.eq("Dune")).await?.price, dec!(9.99));

        let none = Book::objects().aget(|b| b.title.eq("Nothing")).await.unwrap_err();
        assert!(none.is_does_not_exist());
        assert_eq!(none.kind(), &ErrorKind::DoesNotExist { model: "Book" });

        let several = Book::objects().aget(|b| b.title.startswith("Dune")).await.unwrap_err();
        assert_eq!(several.kind(), &ErrorKind::MultipleObjectsReturned { model: "Book" });

        assert_eq!(Book::objects().filter(|b| b.title.eq("Dune")).aget_one().await?.title, "Dune");
        assert_eq!(Book::objects().order_by(|b| b.title.asc()).limit(1).aget_one().await?.title, "Dune");
        Ok(())
    }

    async fn aget_opt_takes_none_for_an_answer(db: &Database) -> Result<()> {
        fill(db).await?;
        assert_eq!(Book::objects().aget_opt(|b| b.title.eq("Nothing")).await?, None);
        assert_eq!(Book::objects().aget_opt(|b| b.title.eq("Dune")).await?.map(|b| b.title).as_deref(), Some("Dune"));
        let several = Book::objects().aget_opt(|b| b.title.startswith("Dune")).await.unwrap_err();
        assert!(matches!(several.kind(), ErrorKind::MultipleObjectsReturned { .. }));
        Ok(())
    }

    async fn the_first_and_the_last(db: &Database) -> Result<()> {
        fill(db).await?;
        let title = |book: Option<Book>| book.map(|book| book.title);
        assert_eq!(title(Book::objects().afirst().await?).as_deref(), Some("Dune"));
        assert_eq!(title(Book::objects().alast().await?).as_deref(), Some("Roadside Picnic"));
        let by_price = Book::objects().order_by(|b| (b.price.desc(), b.title.asc()));
        assert_eq!(title(by_price.clone().afirst().await?).as_deref(), Some("Roadside Picnic"));
        assert_eq!(title(by_price.clone().alast().await?).as_deref(), Some("The Cyberiad"));
        assert_eq!(title(by_price.clone().reverse().afirst().await?).as_deref(), Some("The Cyberiad"));
        assert_eq!(title(by_price.slice(1..3).afirst().await?).as_deref(), Some("Dune Messiah"));
        assert_eq!(Book::objects().none().afirst().await?, None);
        assert_eq!(Book::objects().filter(|b| b.id.eq(-1)).alast().await?, None);
        Ok(())
    }

    async fn the_latest_and_the_earliest(db: &Database) -> Result<()> {
        fill(db).await?;
        assert_eq!(Book::objects().alatest(|b| b.price.asc()).await?.title, "Roadside Picnic");
        assert_eq!(Book::objects().aearliest(|b| (b.price.asc(), b.title.desc())).await?.title, "The Cyberiad");
        let none = Book::objects().filter(|b| b.id.eq(-1)).alatest(|b| b.price.asc()).await.unwrap_err();
        assert!(none.is_does_not_exist());
        Ok(())
    }

    async fn counting_and_asking_whether(db: &Database) -> Result<()> {
        fill(db).await?;
        assert_eq!(Book::objects().acount().await?, 5);
        assert_eq!(Book::objects().filter(|b| b.author.name.eq("Lem")).acount().await?, 2);
        assert_eq!(Book::objects().none().acount().await?, 0);
        assert_eq!(Book::objects().slice(1..3).acount().await?, 2);
        assert_eq!(Book::objects().slice(4..9).acount().await?, 1);
        assert_eq!(Book::objects().values(|b| b.price).distinct().acount().await?, 4);
        assert!(Book::objects().aexists().await?);
        assert!(!Book::objects().filter(|b| b.id.lt(0)).aexists().await?);
        assert!(!Book::objects().offset(5).aexists().await?);
        assert!(!Book::objects().none().aexists().await?);

        let dune = Book::objects().aget(|b| b.title.eq("Dune")).await?;
        assert!(Book::objects().acontains(&dune).await?);
        assert!(!Book::objects().filter(|b| b.title.eq("Solaris")).acontains(&dune).await?);
        Ok(())
    }

    async fn many_by_key(db: &Database) -> Result<()> {
        fill(db).await?;
        let ids = Author::objects().values(|a| a.id).await?;
        let found = Author::objects().ain_bulk(ids.iter().copied().chain([-1])).await?;
        assert_eq!(found.len(), 3);
        assert!(ids.iter().all(|id| found[id].id == *id));
        assert!(Author::objects().ain_bulk([]).await?.is_empty());
        assert_eq!(Author::objects().ain_bulk(-50_000..50_000).await?.len(), 3);
        Ok(())
    }

    async fn an_explanation_is_text(db: &Database) -> Result<()> {
        fill(db).await?;
        assert!(!Book::objects().filter(|b| b.author.name.eq("Lem")).aexplain().await?.is_empty());
        Ok(())
    }

    async fn the_database_is_the_one_that_is_named(db: &Database) -> Result<()> {
        fill(db).await?;
        let other = Database::connect("sqlite::memory:").await?;
        other.create_tables(dormouse::models![crate::library::Publisher, Author, Book]).await?;
        assert_eq!(Book::objects().using(&other).acount().await?, 0);
        assert_eq!(Book::objects().acount().using(&other).await?, 0);
        assert_eq!(other.scope(Book::objects().acount()).await?, 0);
        assert_eq!(Book::objects().acount().await?, 5);

        let aliases = Databases::new().add("default", other.clone()).add("full", db.clone());
        let counts = aliases.clone().scope(async {
            Ok::<_, dormouse::Error>((Book::objects().acount().await?, Book::objects().using("full").acount().await?))
        });
        assert_eq!(counts.await?, (0, 5));
        for (alias, told) in [("nowhere", "; there are: "), ("fulll", "; did you mean `full`? There are: ")] {
            let error = aliases.clone().scope(Book::objects().using(alias).acount().into_future()).await.unwrap_err();
            let known = vec!["default".to_owned(), "full".to_owned()];
            let mistake = SetupMistake::UnknownAlias { alias: alias.to_owned(), known };
            assert_eq!(error.kind(), &ErrorKind::Configuration(mistake));
            assert_eq!(error.to_string(), format!("configuration: no database `{alias}`{told}default, full"));
        }
        Ok(())
    }
}
