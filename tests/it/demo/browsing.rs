//! What is shown: the list, its searches, orders and pages, and a book.

use super::*;
use crate::support::matrix;

matrix! {
    async fn a_new_database_gets_tables_and_a_catalogue_once(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        database::prepare(db).await?;
        assert_eq!(database::fill_if_empty().await?, 0);
        assert_eq!(Book::objects().acount().await?, catalogue::BOOKS.len() as u64);
        assert_eq!(Author::objects().filter(|a| a.name.eq("Jane Austen")).acount().await?, 1);
        let page = site.get("/").await.is(200).has("50 books").has("Adventures of Huckleberry Finn");
        assert_eq!(page.headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(page.titles().len(), 25);
        Ok(())
    }

    async fn the_list_is_streamed_row_by_row(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let page = site.get("/").await.is(200);
        assert_eq!(page.pieces, 25 + 2, "one piece per row, one before them and one after");
        assert!(page.text.trim_end().ends_with("</html>"));
        Ok(())
    }

    async fn the_list_is_searched_by_title_and_author(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        assert_eq!(site.search("DUNE").await.is(200).titles(), ["Dune"]);
        assert_eq!(site.search("tolstoy").await.titles(), ["Anna Karenina", "War and Peace"]);
        assert_eq!(site.search("tolstoy peace").await.titles(), ["War and Peace"]);
        assert_eq!(site.search("BRONTË").await.titles(), ["Jane Eyre", "Wuthering Heights"]);
        assert_eq!(site.search("gulliver's").await.titles(), ["Gulliver&#39;s Travels"]);
        let none = site.search("no such book").await.is(200).has("No book found with “no such book”").has("add it");
        assert!(none.titles().is_empty());
        Ok(())
    }

    async fn what_is_searched_is_text_and_nothing_else(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let cases = [("100% Proof", "%", "%%"), ("snake_case", "_", "__"), (r"C:\Books", r"\", r"\\"), ("It's \"it\"", "\"i", "''")];
        for (title, sign, nothing) in cases {
            let author = Author::objects().acreate(|a| a.name(format!("Author of {title}"))).await?;
            let book = Book::objects().acreate(|b| b.title(title).author(&author).edition(0)).await?;
            let link = format!("/detail/{}\"", book.id);
            site.search(sign).await.is(200).has(&link).lacks(">Candide<");
            assert_eq!(site.search(nothing).await.is(200).titles().len(), 0, "{nothing}");
        }
        for text in ["'; DROP TABLE book; --", "\" OR \"\"=\"", "<script>alert(1)</script>", "{{ 7 * 7 }}", "\\", "𝒳🦔"] {
            site.search(text).await.is(200).lacks("<script>");
        }
        Ok(())
    }

    async fn a_search_that_cannot_be_is_answered_clearly(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        site.search("a\0b").await.is(400).has("control character");
        site.search(&"x".repeat(201)).await.is(414).has("201 characters");
        site.search(&"é".repeat(200)).await.is(200).has("No book found");
        site.search(&"x".repeat(60_000)).await.is(414).has("60000 characters");
        site.get("/?q=a&q=b").await.is(400).has("cannot be read");
        site.get("/?q=%ff%fe").await.is(200).has("No book found");
        Ok(())
    }

    async fn the_list_has_orders(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        // (Where a title that begins with a quotation mark stands is a matter of the database's collation.)
        assert_eq!(site.get("/?order=title&q=woolf").await.titles(), ["Mrs Dalloway", "To the Lighthouse"]);
        for (order, first) in [
            ("author", "Brave New World"),
            ("oldest", "The Odyssey"),
            ("newest", "Beloved"),
            ("price", "The Time Machine"),
            ("added", "Beloved"),
        ] {
            let page = site.get(&format!("/?order={order}")).await.is(200);
            assert_eq!(page.titles()[0], first, "{order}");
            page.has(&format!("<option value=\"{order}\" selected>"));
        }
        site.get("/?order=colour").await.is(400).has("title, author, oldest");
        Ok(())
    }

    async fn the_list_has_pages(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let first = site.get("/?order=oldest").await.has("rel=\"next\"").lacks("rel=\"prev\"");
        let second = site.get("/?order=oldest&page=2").await.is(200).has("rel=\"prev\"").lacks("rel=\"next\"");
        let mut titles = [first.titles(), second.titles()].concat();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), 50, "every book once");
        site.get("/?q=a+%26+b&order=price").await.is(200);
        site.get("/?q=e&order=price").await.has("href=\"/?q=e&#38;order=price&#38;page=2\"");
        site.get("/?page=3").await.is(404).has("the list has 2 pages");
        for number in ["0", "-1", "1.5", "one", "99999999999999999999", "1;drop"] {
            site.get(&format!("/?page={number}")).await.is(400).has("whole number");
        }
        site.get("/?page=1000000000").await.is(404);
        site.get("/?page=").await.is(200);
        Ok(())
    }

    async fn a_book_has_a_page(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let emma = key_of("Emma").await?;
        let page = site.get(&format!("/detail/{emma}")).await.is(200);
        page.has("<h1>Emma</h1>").has("Jane Austen").has("$6.49").has("1815").has("Pride and Prejudice");
        let odyssey = key_of("The Odyssey").await?;
        site.get(&format!("/detail/{odyssey}")).await.is(200).has("700 BC").lacks("More by");
        site.get("/detail/999999").await.is(404).has("no such book");
        site.get("/detail/99999999999999999999").await.is(404).has("no such book");
        site.get("/detail/emma").await.is(404).has("no such book");
        site.get("/detail/1%00").await.is(404);
        site.get("/nowhere").await.is(404).has("no page at this address");
        Ok(())
    }
}
