//! Books that are added, edited and deleted by forms.

use super::*;
use crate::support::matrix;

matrix! {
    async fn a_book_is_added(db: &Database) -> Result<()> {
        let site = Site::empty(db).await?;
        site.get("/").await.is(200).has("No book found");
        site.get("/add").await.is(200).has("name=\"title\"").has("method=\"post\"");
        let page = site.post("/add", &DUNE).await;
        let location = page.location().to_owned();
        site.get(&location).await.is(200).has("The book was added.").has("$9.99").has("1965").has("Frank Herbert");
        // A second book of the same author, with nothing that can be left out.
        site.post("/add", &[("title", " Children of Dune "), ("author", "frank herbert")]).await.is(303);
        assert_eq!(Author::objects().acount().await?, 1);
        let book = Book::objects().aget(|b| b.title.eq("Children of Dune")).await?;
        assert_eq!((book.year, book.price, book.isbn, book.language), (None, None, None, None));
        Ok(())
    }

    async fn a_form_with_everything_wrong_says_all_of_it_and_keeps_what_was_typed(db: &Database) -> Result<()> {
        let site = Site::empty(db).await?;
        let long = "<b>&\"'".repeat(60);
        let page = site
            .post("/add", &[
                ("title", &long),
                ("author", "  "),
                ("year", "19x7"),
                ("price", "9.999"),
                ("isbn", "12-34"),
                ("language", "a language code that is long"),
            ])
            .await
            .is(422)
            .has("At most 300 characters; these are 360.")
            .has("A book needs an author.")
            .has("The year must be a whole number")
            .has("two digits after the point")
            .has("An ISBN has 10 or 13 digits")
            .has("At most 16 characters")
            .has("value=\"19x7\"")
            .has("value=\"9.999\"")
            .has("value=\"12-34\"")
            .has("value=\"a language code that is long\"")
            .lacks("<b>");
        assert_eq!(page.text.matches("aria-invalid=\"true\"").count(), 6);
        for price in ["-1", "ten", "1e3", "1000000", "0x10", "1,50", "NaN", "."] {
            site.post("/add", &[("title", "T"), ("author", "A"), ("price", price)]).await.is(422).has("The price");
        }
        for year in ["2101", "-3001", "1.5", "99999999999"] {
            site.post("/add", &[("title", "T"), ("author", "A"), ("year", year)]).await.is(422).has("The year");
        }
        site.post("/add", &[("title", "a\0b"), ("author", "A")]).await.is(422).has("control character");
        site.post("/add", &[]).await.is(422).has("A book needs a title.");
        assert_eq!(Book::objects().acount().await? + Author::objects().acount().await?, 0, "nothing half-written");
        Ok(())
    }

    async fn a_known_title_is_refused_unless_it_is_meant(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let books = Book::objects().acount().await?;
        let other = [("title", "emma"), ("author", "Alexander McCall Smith"), ("year", "2014")];
        let page = site.post("/add", &other).await.is(422);
        page.has("“Emma” by Jane Austen (1815) is already in the catalogue.").has("value=\"emma\"").has("value=\"2014\"");
        assert_eq!(Book::objects().acount().await?, books);
        let meant = [other.as_slice(), &[("same_title", "yes")]].concat();
        site.post("/add", &meant).await.is(303);
        // The very same book is refused in any case.
        site.post("/add", &meant).await.is(422).has("with the same title, author and year");
        assert_eq!(Book::objects().acount().await?, books + 1);
        Ok(())
    }

    async fn a_book_is_edited(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let dune = key_of("Dune").await?;
        let edit = format!("/detail/{dune}/edit");
        site.get(&edit).await.is(200).has("value=\"Dune\"").has("value=\"Frank Herbert\"").has("value=\"12.50\"");
        let changed = [("title", "Dune"), ("author", "F. Herbert"), ("year", ""), ("price", "0"), ("isbn", "0-441-17271-X")];
        let page = site.post(&edit, &changed).await;
        assert_eq!(page.location(), format!("/detail/{dune}?done=changed"));
        let book = Book::objects().select_related(|b| b.author).aget(|b| b.pk.eq(dune)).await?;
        assert_eq!((book.author_name(), book.year, book.price), ("F. Herbert", None, Some(Decimal::ZERO)));
        assert_eq!(book.isbn.as_deref(), Some("044117271X"));
        site.post(&edit, &[("title", "Emma"), ("author", "F. Herbert")]).await.is(422).has("already in the catalogue");
        site.get("/detail/999999/edit").await.is(404);
        site.post("/detail/999999/edit", &DUNE).await.is(404);
        Ok(())
    }

    async fn a_book_is_deleted_by_a_form_and_never_by_a_link(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let dune = key_of("Dune").await?;
        let other = Author::objects().acreate(|a| a.name("John Schoenherr")).await?;
        Credit::objects().acreate(|c| c.book(dune).author(&other).position(2)).await?;
        site.get(&format!("/detail/{dune}")).await.has("with John Schoenherr");
        let delete = format!("/detail/{dune}/delete");
        site.get(&delete).await.is(200).has("“Dune”").has("method=\"post\"");
        assert_eq!(Book::objects().filter(|b| b.pk.eq(dune)).acount().await?, 1);
        let page = site.post(&delete, &[]).await;
        site.get(page.location()).await.is(200).has("The book was deleted.");
        assert_eq!(Credit::objects().acount().await?, 0);
        site.get(&format!("/detail/{dune}")).await.is(404);
        site.post(&delete, &[]).await.is(404);
        Ok(())
    }

    /// Handlers, layers, bodies that are streamed, and what is sent at once: all of it is in the test's transaction.
    async fn a_whole_visit_is_undone_by_a_test_scope(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let (books, authors) = (Book::objects().acount().await?, Author::objects().acount().await?);
        let visit = async {
            let location = site.post("/add", &[("title", "New"), ("author", "Norma Yet")]).await.location().to_owned();
            site.get(&location).await.is(200).has("The book was added.");
            let (added, _) = location.split_once('?').expect("a message");
            let changed = [("title", "Newer"), ("author", "Norma Yet")];
            site.post(&format!("{added}/edit"), &changed).await.is(303);
            assert_eq!(site.search("newer").await.titles(), ["Newer"]);
            // Refused by the site, and the site goes on.
            site.post("/add", &changed).await.is(422);
            let csv = "title,authors,original_publication_year,isbn,language_code\n\
                Imported,\"Ann, Ben\",,,\n\
                Too,Ben,,,\n";
            assert_eq!(site.import(csv, OnError::Abort).await.expect("an import").books, 2);
            let dune = key_of("Dune").await?;
            site.post(&format!("/detail/{dune}/delete"), &[]).await.is(303);
            assert_eq!(site.get("/books.ndjson").await.is(200).text.lines().count() as u64, books + 2);
            db.execute_sql("DELETE FROM credit").await?;
            Ok::<_, dormouse::Error>(())
        };
        db.test_scope(visit).await??;
        assert_eq!((Book::objects().acount().await?, Author::objects().acount().await?), (books, authors));
        assert_eq!(site.search("dune").await.titles(), ["Dune"]);
        Ok(())
    }
}
