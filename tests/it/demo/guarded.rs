//! Forms of other sites, and forms that never arrive.

use std::time::Duration;

use axum::body::Bytes;
use axum::response::IntoResponse;
use futures::stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::book_web::edit;
use super::*;
use crate::support::matrix;

const FORM: &str = "application/x-www-form-urlencoded";

matrix! {
    async fn forms_of_other_sites_change_nothing(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let books = Book::objects().acount().await?;
        let dune = key_of("Dune").await?;
        let send = |path: String, headers: &[(&'static str, &'static str)]| {
            let mut request = Request::post(path).header(header::CONTENT_TYPE, FORM).header(header::HOST, "books.example:8000");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            site.ask(request.body("title=Mine&author=Me".into()))
        };
        for headers in [
            &[("sec-fetch-site", "cross-site"), ("origin", "http://books.example:8000")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "http://evil.example")],
            &[("origin", "null")],
            &[("origin", "http://books.example")],
            &[("origin", "http://books.example:8000.evil.example")],
        ] {
            for path in ["/add".to_owned(), format!("/detail/{dune}/edit"), format!("/detail/{dune}/delete")] {
                send(path, headers).await.is(403).has("page of another site").has("<h1>");
            }
        }
        assert_eq!((Book::objects().acount().await?, key_of("Dune").await?), (books, dune));
        for (headers, title) in [
            (&[("sec-fetch-site", "same-origin"), ("origin", "http://books.example:8000")][..], "One"),
            (&[("origin", "http://books.example:8000")], "Two"),
            (&[], "Three"),
        ] {
            send("/add".to_owned(), headers).await.is(303);
            Book::objects().filter(|b| b.title.eq("Mine")).aupdate(|b| b.title.set(title)).await?;
        }
        // Links from elsewhere are welcome.
        let link = Request::get("/").header("sec-fetch-site", "cross-site").body(Body::empty());
        site.ask(link).await.is(200);
        Ok(())
    }

    /// More slow browsers than the pool of a server has connections.
    async fn forms_that_do_not_arrive_hold_no_connection(db: &Database) -> Result<()> {
        let site = Site::filled(db).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(dormouse::Error::other)?;
        let address = listener.local_addr().map_err(dormouse::Error::other)?;
        let dune = key_of("Dune").await?;
        let served = db.scope(axum::serve(site::sending_at_once(listener), site.router.clone()).into_future());
        let visit = async {
            let mut slow = Vec::new();
            for n in 0..24 {
                let path = if n % 2 == 0 { "/add".to_owned() } else { format!("/detail/{dune}/edit") };
                let mut browser = TcpStream::connect(address).await?;
                let request = format!("POST {path} HTTP/1.1\r\nHost: books\r\nContent-Type: {FORM}\r\nContent-Length: 100\r\n\r\ntitle");
                browser.write_all(request.as_bytes()).await?;
                slow.push(browser);
            }
            for _ in 0..3 {
                let mut browser = TcpStream::connect(address).await?;
                browser.write_all(b"GET /static/icon.svg HTTP/1.1\r\nHost: books\r\nConnection: close\r\n\r\n").await?;
                browser.read_to_end(&mut Vec::new()).await?;
            }
            std::io::Result::Ok(slow)
        };
        let slow = futures::future::select(Box::pin(visit), Box::pin(served)).await;
        let futures::future::Either::Left((slow, _served)) = slow else { panic!("the site ended") };
        let slow = slow.map_err(dormouse::Error::other)?;
        assert_eq!(slow.len(), 24);
        let all = (0..8).map(|_| site.get("/"));
        for page in timeout(Duration::from_secs(20), futures::future::join_all(all)).await.expect("answers") {
            page.is(200);
        }
        Ok(())
    }
}

/// A form that stops half-way is given up, before any database is asked. (There is none here.)
#[tokio::test]
async fn a_form_that_never_arrives_is_given_up() {
    let begun = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"title=")) });
    let request = Request::post("/add").header(header::CONTENT_TYPE, FORM);
    let request = request.body(Body::from_stream(begun.chain(stream::pending()))).expect("a request");
    let refused = edit::received(request, Duration::from_millis(1)).await.expect_err("no form");
    let answer = refused.into_response();
    assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT);
    let page = axum::body::to_bytes(answer.into_body(), usize::MAX).await.expect("a page");
    let page = String::from_utf8_lossy(&page);
    assert!(page.contains("did not arrive in time"), "{page}");
}

/// A form without an end is cut off at its largest size, though it does not say how long it is.
#[tokio::test]
async fn a_form_without_end_is_cut_off() -> std::io::Result<()> {
    let folder = TempDir::new()?;
    let log = fs::File::create(folder.path().join("access.log"))?;
    let site = Site { router: site::router(AccessLog::new(log)), folder };
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 1024])));
    let request = Request::post("/add").header(header::CONTENT_TYPE, FORM);
    site.ask(request.body(Body::from_stream(endless))).await.is(413).has("larger than any book needs");
    Ok(())
}
