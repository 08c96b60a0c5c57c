//! The book demo, driven over HTTP from end to end: the same site that `cargo run --example book_web` serves.

#![allow(clippy::expect_used)]

// Its `main` and its command line are not used here.
#[allow(dead_code)]
#[path = "../../examples/book_web/main.rs"]
mod book_web;

use std::fmt::Write as _;
use std::fs;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use dormouse::prelude::*;
use dormouse::{Database, Result};
use expect_test::expect_file;
use indicatif::ProgressBar;
use orm_core::compiler;
use orm_core::dialect::Dialect;
use orm_core::statement::Statement;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;
use url::form_urlencoded;

use super::support::matrix;
use book_web::import::{Imported, OnError, import};
use book_web::middleware::AccessLog;
use book_web::models::{Author, Book, Credit};
use book_web::{catalogue, database, site};

/// The site, and a folder for its files.
struct Site {
    router: Router,
    folder: TempDir,
}

/// An answer, whole.
struct Page {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
    pieces: usize,
}

impl Site {
    /// The site on empty tables.
    async fn empty(db: &Database) -> Result<Self> {
        database::prepare(db).await?;
        let folder = TempDir::new().map_err(dormouse::Error::other)?;
        let log = fs::File::create(folder.path().join("access.log")).map_err(dormouse::Error::other)?;
        Ok(Self { router: site::router(AccessLog::new(log)), folder })
    }

    /// The site with its small catalogue.
    async fn filled(db: &Database) -> Result<Self> {
        let site = Self::empty(db).await?;
        database::fill_if_empty().await?;
        Ok(site)
    }

    async fn get(&self, path: &str) -> Page {
        self.ask(Request::get(path).body(Body::empty())).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(form.into())).await
    }

    async fn ask(&self, request: axum::http::Result<Request<Body>>) -> Page {
        let request = request.expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let pieces: Vec<_> = body.into_data_stream().try_collect().await.expect("a whole body");
        let text = String::from_utf8(pieces.concat()).expect("a body of text");
        Page { status: parts.status, headers: parts.headers, text, pieces: pieces.len() }
    }

    /// The list of a search.
    async fn search(&self, text: &str) -> Page {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", text).finish();
        self.get(&format!("/?{query}")).await
    }

    async fn import(&self, csv: &str, on_error: OnError) -> std::result::Result<Imported, String> {
        let file = self.folder.path().join("books.csv");
        fs::write(&file, csv).map_err(|error| error.to_string())?;
        import(&file, on_error, &ProgressBar::hidden()).await.map_err(|failure| failure.to_string())
    }
}

impl Page {
    #[track_caller]
    fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    #[track_caller]
    fn has(self, text: &str) -> Self {
        assert!(self.text.contains(text), "no {text:?} in:\n{}", self.text);
        self
    }

    #[track_caller]
    fn lacks(self, text: &str) -> Self {
        assert!(!self.text.contains(text), "{text:?} in:\n{}", self.text);
        self
    }

    /// Where a redirect leads.
    #[track_caller]
    fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers[header::LOCATION].to_str().expect("an address")
    }

    /// The titles of a list, in order.
    fn titles(&self) -> Vec<&str> {
        let rows = self.text.split("<th scope=\"row\">").skip(1);
        rows.filter_map(|row| row.split_once("\">")?.1.split_once("</a>").map(|(title, _)| title)).collect()
    }
}

const DUNE: [(&str, &str); 4] = [("title", "Dune"), ("author", "Frank Herbert"), ("year", "1965"), ("price", "9.99")];

/// The key of a book of the catalogue.
async fn key_of(title: &str) -> Result<i64> {
    Ok(Book::objects().aget(|b| b.title.eq(title)).await?.id)
}

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
        assert!(site.search("no such book").await.is(200).has("No book found").titles().is_empty());
        Ok(())
    }

    async fn what_is_searched_is_text_and_nothing_else(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let cases = [("100% Proof", "%", "%%"), ("snake_case", "_", "__"), (r"C:\Books", r"\", r"\\"), ("It's \"it\"", "\"i", "''")];
        for (title, sign, nothing) in cases {
            let author = Author::objects().acreate(|a| a.name(format!("Author of {title}"))).await?;
            let book = Book::objects().acreate(|b| b.title(title).author(&author)).await?;
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
        assert_eq!(site.post(&delete, &[]).await.location(), "/");
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

    async fn programs_get_json(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let page = site.get("/books.json?q=tolkien&order=oldest").await.is(200);
        assert_eq!(page.headers[header::CONTENT_TYPE], "application/json");
        let found: serde_json::Value = serde_json::from_str(&page.text).map_err(dormouse::Error::other)?;
        assert_eq!(found["count"], 2);
        assert_eq!(found["books"][0]["title"], "The Hobbit");
        assert_eq!(found["books"][0]["author"], "J. R. R. Tolkien");
        assert_eq!(found["books"][0]["price"], "12.99");
        assert_eq!(found["books"][0]["isbn"], serde_json::Value::Null);
        site.get("/books.json?page=0").await.is(400).has("{\"error\":").has("\"status\":400");
        site.get("/books.json?page=9").await.is(404).has("{\"error\":");
        Ok(())
    }

    async fn programs_get_everything_as_ndjson(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let page = site.get("/books.ndjson").await.is(200);
        assert_eq!(page.headers[header::CONTENT_TYPE], "application/x-ndjson");
        let mut titles = Vec::new();
        for line in page.text.lines() {
            let book: serde_json::Value = serde_json::from_str(line).map_err(dormouse::Error::other)?;
            titles.push(book["title"].as_str().unwrap_or_default().to_owned());
        }
        assert_eq!(titles, catalogue::BOOKS.map(|(title, ..)| title));
        db.execute_sql("DELETE FROM book").await?;
        assert_eq!(site.get("/books.ndjson").await.is(200).text, "");
        Ok(())
    }

    async fn a_request_that_no_page_can_serve_is_told_so(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        site.post("/", &[]).await.is(405).has("cannot be asked in that way");
        site.ask(Request::builder().method(Method::DELETE).uri("/detail/1").body(Body::empty())).await.is(405);
        site.post("/add", &[("title", &"x".repeat(1 << 20))]).await.is(413).has("larger than any book needs");
        let json = Request::post("/add").header(header::CONTENT_TYPE, "application/json").body("{}".into());
        site.ask(json).await.is(415).has("Only a form");
        let twice = Request::post("/add").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        site.ask(twice.body("title=a&title=b".into())).await.is(422).has("cannot be read");
        site.get("/static/style.css").await.is(200).has("--paper");
        site.get("/static/icon.svg").await.is(200).has("<svg");
        site.get("/static/../Cargo.toml").await.is(404);
        Ok(())
    }

    async fn a_database_in_trouble_is_a_page_without_its_inside(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        db.execute_sql("DROP TABLE credit").await?;
        let dune = key_of("Dune").await?;
        let page = site.get(&format!("/detail/{dune}")).await.is(500);
        page.has("The database could not answer").has("reference").lacks("credit").lacks("SELECT").lacks("table");
        db.execute_sql("DROP TABLE book").await?;
        site.get("/").await.is(500).has("<h1>Something went wrong</h1>");
        site.get("/books.ndjson").await.is(500).has("{\"error\":\"The database could not answer");
        site.post("/add", &DUNE).await.is(500);
        Ok(())
    }

    async fn every_answer_passes_through_the_layers(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let page = site.get("/?q=secret").await.is(200);
        assert!(page.headers["server-timing"].to_str().is_ok_and(|timing| timing.starts_with("app;dur=")));
        assert!(page.headers.contains_key("content-security-policy"));
        let missing = site.get("/nowhere").await.is(404);
        assert!(missing.headers.contains_key("server-timing"));
        let log = fs::read_to_string(site.folder.path().join("access.log")).map_err(dormouse::Error::other)?;
        let lines: Vec<&str> = log.lines().filter_map(|line| line.split_once(' ').map(|(_, line)| line)).collect();
        assert_eq!(lines, ["GET / 200", "GET /nowhere 404"]);
        Ok(())
    }

    async fn a_file_is_imported(db: &Database) -> Result<()> {
        let site = Site::empty(db).await?;
        let csv = "\u{feff}isbn,authors,original_publication_year,title,language_code\n\
            439023483,Suzanne Collins,2008.0,\"The Hunger Games (The Hunger Games, #1)\",eng\n\
            ,\"Homer, Robert Fagles, Bernard Knox, Homer\",-720.0,The Odyssey,\n\
            044023722X,Bernard Knox,,\"A \"\"quoted\"\" title\",en-US\n";
        let imported = site.import(csv, OnError::Abort).await.expect("an import");
        assert_eq!((imported.books, imported.authors, imported.known, imported.broken.len()), (3, 4, 0, 0));
        let odyssey = Book::objects().select_related(|b| b.author).aget(|b| b.title.eq("The Odyssey")).await?;
        assert_eq!((odyssey.author_name(), odyssey.year), ("Homer", Some(-720)));
        assert_eq!((&odyssey.isbn, &odyssey.language, odyssey.price), (&None, &None, None));
        let games = Book::objects().aget(|b| b.year.eq(2008)).await?;
        assert_eq!((games.isbn.as_deref(), games.language.as_deref()), (Some("0439023483"), Some("eng")));
        assert_eq!(Book::objects().filter(|b| b.year.is_null()).acount().await?, 1);
        let page = site.get(&format!("/detail/{}", odyssey.id)).await.is(200);
        page.has("with Robert Fagles, Bernard Knox").has("none").has("unknown");
        // Once more: nothing is there twice.
        let again = site.import(csv, OnError::Abort).await.expect("an import");
        assert_eq!((again.books, again.authors, again.known), (0, 0, 3));
        assert_eq!((Book::objects().acount().await?, Credit::objects().acount().await?), (3, 2));
        Ok(())
    }

    async fn broken_rows_stop_an_import_or_are_passed_over(db: &Database) -> Result<()> {
        let site = Site::empty(db).await?;
        let mut csv = String::from("title,authors,original_publication_year,isbn,language_code\n");
        for row in [
            "Good one,Ann,2001.0,,",
            "Too few,Ann",
            "Bad year,Ann,nineteen,,",
            ",Ann,2001.0,,",
            "No author,\" , \",2001.0,,",
            "Bad ISBN,Ann,2001.0,12345678901,",
            "good ONE,ann,2001.0,,",
            "Control\u{7},Ann,2001.0,,",
        ] {
            let _ = writeln!(csv, "{row}");
        }
        let _ = writeln!(csv, "{},Ann,2001.0,,", "long ".repeat(61));
        let _ = writeln!(csv, "Good two,Ben,,,");
        let reasons = [
            "nothing was imported, because of 8 broken rows:",
            "  line 3: 2 fields where the first line has 5",
            "  line 4: `nineteen` is not a year",
            "  line 5: no title",
            "  line 6: no author",
            "  line 7: `12345678901` is not an ISBN of ten digits",
            "  line 8: the same title, author and year as in line 2",
            "  line 9: a control character in the text",
            "  line 10: a title of 304 characters; at most 300 are kept",
            "`--on-error skip` imports the other rows",
        ];
        let refused = site.import(&csv, OnError::Abort).await.expect_err("broken rows");
        assert_eq!(refused.lines().collect::<Vec<_>>(), reasons);
        assert_eq!(Book::objects().acount().await? + Author::objects().acount().await?, 0);
        let imported = site.import(&csv, OnError::Skip).await.expect("an import");
        assert_eq!((imported.books, imported.authors, imported.broken.len()), (2, 2, 8));
        assert!(imported.to_string().starts_with("imported 2 books and 2 authors; passed over 8 broken rows:\n  line 3:"));
        Ok(())
    }

    async fn an_import_that_the_database_refuses_leaves_nothing(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        db.execute_sql("DROP TABLE credit").await?;
        let before = (Book::objects().acount().await?, Author::objects().acount().await?);
        let csv = "title,authors,original_publication_year,isbn,language_code\nNew,\"Ann, Ben\",2001.0,,\n";
        let refused = site.import(csv, OnError::Skip).await.expect_err("a missing table");
        assert!(refused.starts_with("nothing was imported: "), "{refused}");
        assert_eq!((Book::objects().acount().await?, Author::objects().acount().await?), before);
        Ok(())
    }

    async fn a_file_that_is_no_list_of_books_is_refused(db: &Database) -> Result<()> {
        let site = Site::empty(db).await?;
        let refused = site.import("name,price\nx,1\n", OnError::Skip).await.expect_err("no title");
        assert!(refused.ends_with("has no column `title` in its first line"), "{refused}");
        assert!(site.import("", OnError::Skip).await.is_err());
        let file = site.folder.path().join("missing.csv");
        let missing = import(&file, OnError::Skip, &ProgressBar::hidden()).await.expect_err("no file").to_string();
        assert!(missing.starts_with("cannot read ") && missing.contains("missing.csv"), "{missing}");
        // A quote that is not closed swallows the rest of the file; the message says where it began.
        let header = "title,authors,original_publication_year,isbn,language_code\n";
        let csv = format!("{header}Good,Ann,2001.0,,\n\"Open,Ben,2002.0,,\nLost,Cid,2003.0,,\nLost too,Cid,2003.0,,\n");
        let imported = site.import(&csv, OnError::Skip).await.expect("an import");
        assert_eq!((imported.books, imported.broken.len()), (1, 1));
        assert_eq!(imported.broken[0].line, 3);
        assert!(imported.broken[0].reason.contains("is a quote not closed?"), "{}", imported.broken[0].reason);
        Ok(())
    }

    async fn the_first_migration_makes_the_tables_and_takes_them_away(db: &Database) -> Result<()> {
        let folder = match db.server().product {
            "SQLite" => "sqlite",
            "PostgreSQL" => "postgres",
            _ => "mysql",
        };
        let file = |direction: &str| {
            let path = format!("{}/migrations/{folder}/0001_initial.{direction}.sql", env!("CARGO_MANIFEST_DIR"));
            fs::read_to_string(path).map_err(dormouse::Error::other)
        };
        for statement in statements(&file("up")?) {
            db.execute_sql(statement).await?;
        }
        let site = Site::filled(db).await?;
        site.get("/").await.is(200).has("50 books");
        for statement in statements(&file("down")?) {
            db.execute_sql(statement).await?;
        }
        assert!(Author::objects().acount().await.is_err());
        // Nothing of them is left in the way.
        db.create_tables(dormouse::models![Author, Book, Credit]).await
    }
}

/// The migrations are kept in step with what `create_tables` emits. After a change of the models, `UPDATE_EXPECT=1`
/// writes them anew.
#[test]
fn the_first_migration_is_what_create_tables_emits() -> Result<()> {
    let tables = compiler::tables(&dormouse::models![Author, Book, Credit])?;
    for (dialect, up, down) in [
        (
            Dialect::of("SQLite", (3, 50, 0))?,
            expect_file!["../../migrations/sqlite/0001_initial.up.sql"],
            expect_file!["../../migrations/sqlite/0001_initial.down.sql"],
        ),
        (
            Dialect::of("PostgreSQL", (15, 0, 0))?,
            expect_file!["../../migrations/postgres/0001_initial.up.sql"],
            expect_file!["../../migrations/postgres/0001_initial.down.sql"],
        ),
        (
            Dialect::of("MariaDB", (10, 11, 0))?,
            expect_file!["../../migrations/mysql/0001_initial.up.sql"],
            expect_file!["../../migrations/mysql/0001_initial.down.sql"],
        ),
    ] {
        up.assert_eq(&script(&compiler::create_schema(&tables, &dialect)?));
        down.assert_eq(&script(&compiler::drop_schema(&tables, &dialect)?));
    }
    Ok(())
}

/// The statements of a file.
fn statements(script: &str) -> impl Iterator<Item = &str> {
    script.split(";\n").map(str::trim).filter(|statement| !statement.is_empty())
}

/// Statements as a file.
fn script(made: &[Statement]) -> String {
    let statements: Vec<String> = made.iter().map(|statement| format!("{};\n", statement.sql)).collect();
    statements.join("\n")
}

/// A search of 1 MiB is more than the server reads of an address: it is refused before any page is asked.
#[tokio::test]
async fn an_address_of_a_mebibyte_is_refused() -> std::io::Result<()> {
    let folder = TempDir::new()?;
    let log = fs::File::create(folder.path().join("access.log"))?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(axum::serve(listener, site::router(AccessLog::new(log))).into_future());
    for (length, status) in [(1_000, "414"), (70_000, "414"), (1 << 20, "431")] {
        let mut browser = TcpStream::connect(address).await?;
        let request = format!("GET /?q={} HTTP/1.1\r\nHost: books\r\n\r\n", "x".repeat(length));
        // The server may answer, and hang up, before it has read it all.
        let _ = browser.write_all(request.as_bytes()).await;
        let mut answer = [0; 12];
        browser.read_exact(&mut answer).await?;
        assert_eq!(String::from_utf8_lossy(&answer), format!("HTTP/1.1 {status}"), "{length}");
    }
    server.abort();
    Ok(())
}
