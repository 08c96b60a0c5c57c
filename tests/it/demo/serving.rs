//! Programs that ask, and requests that no page can serve.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::support::matrix;

matrix! {
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
}

/// A search of 1 MiB is more than the server reads of an address: it is refused before any page is asked.
#[tokio::test]
async fn an_address_of_a_mebibyte_is_refused() -> std::io::Result<()> {
    let folder = TempDir::new()?;
    let log = fs::File::create(folder.path().join("access.log"))?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server =
        tokio::spawn(axum::serve(site::sending_at_once(listener), site::router(AccessLog::new(log))).into_future());
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

/// A page is written in pieces; none of them waits until the browser has acknowledged the one before.
#[tokio::test]
async fn each_piece_of_a_page_is_sent_at_once() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let browser = TcpStream::connect(listener.local_addr()?).await?;
    let (stream, address) = axum::serve::Listener::accept(&mut site::sending_at_once(listener)).await;
    assert_eq!(address, browser.local_addr()?);
    assert!(stream.nodelay()?, "TCP_NODELAY");
    Ok(())
}
