//! Several people at once, and the same book again.

use futures::future::join_all;

use super::*;
use crate::support::matrix;

matrix! {
    async fn two_people_add_books_of_one_new_author(db: &Database) -> Result<()> {
        let site = Site::empty(db).await?;
        let titles: Vec<String> = (0..6).map(|n| format!("Book {n}")).collect();
        let pages = join_all(titles.iter().map(|title| async {
            let form = [("title", title.as_str()), ("author", "Norma Yet")];
            site.post("/add", &form).await
        }))
        .await;
        for page in pages {
            page.is(303);
        }
        assert_eq!((Author::objects().acount().await?, Book::objects().acount().await?), (1, 6));
        Ok(())
    }

    async fn the_same_book_is_in_the_catalogue_once(db: &Database) -> Result<()> {
        let site = Site::empty(db).await?;
        let with_year = [("title", "Dune"), ("author", "Frank Herbert"), ("year", "1965"), ("same_title", "yes")];
        let without = [("title", "Dune"), ("author", "Frank Herbert"), ("year", ""), ("same_title", "yes")];
        for form in [&with_year, &without] {
            let mut pages = join_all((0..6).map(|_| site.post("/add", form))).await;
            pages.sort_by_key(|page| page.status);
            let refused = pages.split_off(1);
            pages.remove(0).is(303);
            for page in refused {
                page.is(422).has("with the same title, author and year").has("value=\"Frank Herbert\"");
            }
            site.post("/add", form).await.is(422).has("with the same title, author and year");
        }
        assert_eq!(Book::objects().acount().await?, 2);
        // The database holds it by itself: neither a twin nor an edition that is not of the year.
        let author = Author::objects().aget(|a| a.name.eq("Frank Herbert")).await?;
        for (year, edition) in [(Some(1965), 1965), (None, 0), (None, 7), (Some(1965), 0), (Some(1966), 1965)] {
            let book = Book::objects().acreate(|b| b.title("Dune").author(&author).year(year).edition(edition)).await;
            assert!(book.is_err(), "{year:?} {edition}");
        }
        Ok(())
    }

    async fn a_book_is_not_edited_into_another(db: &Database) -> Result<()> {
        let site = Site::empty(db).await?;
        let form = |title| [("title", title), ("author", "Ann"), ("year", "")];
        site.post("/add", &form("One")).await.is(303);
        site.post("/add", &form("Two")).await.is(303);
        let two = format!("/detail/{}/edit", key_of("Two").await?);
        site.post(&two, &form("One")).await.is(422).has("with the same title, author and year");
        site.post(&two, &form("Two")).await.is(303);
        Ok(())
    }

    async fn a_title_that_cannot_be_seen_is_refused(db: &Database) -> Result<()> {
        let site = Site::empty(db).await?;
        let unseen = ["   ", "\t\u{a0}\u{3000}", "\u{200b}", "\u{feff}\u{200d} \u{2060}", "\u{ad}", "\u{3164}", "\u{2800}", "\u{fe0f}"];
        for blank in unseen {
            let page = site.post("/add", &[("title", blank), ("author", "Ann")]).await.is(422);
            page.has("<ul class=\"errors\" id=\"title-error\">").has("A book needs a title").lacks("author-error");
            let page = site.post("/add", &[("title", "One"), ("author", blank)]).await.is(422);
            page.has("<ul class=\"errors\" id=\"author-error\">").has("A book needs an author").lacks("title-error");
        }
        assert_eq!(Book::objects().acount().await? + Author::objects().acount().await?, 0);
        // At its ends they are no part of it, inside they are.
        site.post("/add", &[("title", "\u{200b}Dune\u{feff} "), ("author", "Ann")]).await.is(303);
        site.post("/add", &[("title", "Dune"), ("author", "Ann")]).await.is(422).has("with the same title");
        site.post("/add", &[("title", "می\u{200c}خواهم ❤\u{fe0f}"), ("author", "Ann")]).await.is(303);
        assert_eq!(Book::objects().filter(|b| b.title.eq("می\u{200c}خواهم ❤\u{fe0f}")).acount().await?, 1);
        site.post("/add", &[("title", "One"), ("author", "Ann"), ("year", "0")]).await.is(422).has("no year 0");
        Ok(())
    }
}
