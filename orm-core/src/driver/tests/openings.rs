//! Openings of connections that take longer than their callers wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::{POSTGRES, SERVERS, Scratch, one, run, url_of};
use crate::driver::{Driver, connect};
use crate::error::{Error, Result};

/// How long the first byte of a connection takes, and how long a caller waits.
const SLOW: Duration = Duration::from_millis(400);
const SHORT: Duration = Duration::from_millis(100);

/// A way to a server on which opening a connection takes its time.
struct Slow {
    port: u16,
    ways: Arc<Ways>,
}

#[derive(Default)]
struct Ways {
    open: AtomicUsize,
    most: AtomicUsize,
    cut: Notify,
}

impl Slow {
    async fn before(server: &'static str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Error::other)?;
        let port = listener.local_addr().map_err(Error::other)?.port();
        let ways: Arc<Ways> = Arc::default();
        let shared = Arc::clone(&ways);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server, Arc::clone(&shared)));
            }
        });
        Ok(Self { port, ways })
    }

    fn url(&self, scratch: &Scratch, options: &str) -> String {
        let server = url_of(scratch.server, &scratch.name);
        let (_, port) = place(scratch.server);
        format!("{}?{options}", server.replacen(&format!(":{port}/"), &format!(":{}/", self.port), 1))
    }

    fn open(&self) -> usize {
        self.ways.open.load(Ordering::Relaxed)
    }

    async fn all_are_closed(&self) {
        while self.open() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
    }
}

/// The host and port of a server.
fn place(server: &str) -> (String, u16) {
    let url = url::Url::parse(&url_of(server, "")).expect("a URL");
    (url.host_str().unwrap_or_default().to_owned(), url.port().expect("a port"))
}

async fn pass(mut client: TcpStream, server: &str, ways: Arc<Ways>) {
    let open = ways.open.fetch_add(1, Ordering::Relaxed) + 1;
    ways.most.fetch_max(open, Ordering::Relaxed);
    let work = async {
        sleep(SLOW).await;
        if let Ok(mut server) = TcpStream::connect(place(server)).await {
            copy_bidirectional(&mut client, &mut server).await.map(drop).unwrap_or_default();
        }
    };
    tokio::select! { () = work => {}, () = ways.cut.notified() => {} }
    drop(client);
    ways.open.fetch_sub(1, Ordering::Relaxed);
}

async fn brief(driver: &dyn Driver) -> bool {
    matches!(timeout(SHORT, one::<i64>(driver, "SELECT 7", Vec::new())).await, Ok(Ok(7)))
}

#[tokio::test]
async fn callers_that_wait_for_less_than_an_opening_are_served_by_the_next() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let slow = Slow::before(server).await?;
        let driver = connect(&slow.url(&scratch, "max_connections=2")).await?;
        for _ in 0..3 {
            slow.ways.cut.notify_waiters();
            slow.all_are_closed().await;
            let mut served = false;
            for _ in 0..50 {
                served |= join_all([(); 3].map(|()| brief(&*driver))).await.contains(&true);
                if served {
                    break;
                }
            }
            assert!(served, "{server}");
        }
        // Two, and those that close meanwhile; on MariaDB others end those that were cut.
        let most = slow.ways.most.load(Ordering::Relaxed);
        assert!(server != POSTGRES || most <= 6, "{server}: {most}");
        driver.close().await;
        slow.all_are_closed().await;
    }
    Ok(())
}

#[tokio::test]
async fn an_opening_without_a_caller_ends_with_its_pool() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let slow = Slow::before(server).await?;
        for closes in [true, false] {
            let driver = connect(&slow.url(&scratch, "max_connections=2")).await?;
            slow.ways.cut.notify_waiters();
            slow.all_are_closed().await;
            assert!(!brief(&*driver).await);
            assert!(slow.open() > 0, "{server}: it goes on");
            if closes {
                driver.close().await;
                assert!(!brief(&*driver).await, "{server}");
            }
            drop(driver);
            timeout(Duration::from_secs(10), slow.all_are_closed()).await.map_err(Error::other)?;
        }
    }
    Ok(())
}

/// The runtime in which an opening began may be gone, or stand still, when the next caller comes.
#[test]
fn an_opening_is_not_waited_for_in_a_runtime_that_is_gone() -> Result<()> {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::other);
    let way =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(Error::other)?;
    for &server in SERVERS {
        let scratch = way.block_on(Scratch::new(server))?;
        let slow = way.block_on(Slow::before(server))?;
        let (first, second) = (runtime()?, runtime()?);
        let driver = first.block_on(connect(&slow.url(&scratch, "max_connections=1")))?;
        slow.ways.cut.notify_waiters();
        way.block_on(slow.all_are_closed());
        assert!(!first.block_on(brief(&*driver)));
        let asks = || one::<i64>(&*driver, "SELECT 7", Vec::new());
        assert_eq!(second.block_on(asks())?, 7, "{server}");
        drop(first);
        slow.ways.cut.notify_waiters();
        assert!(!second.block_on(brief(&*driver)));
        drop(second);
        assert_eq!(runtime()?.block_on(asks())?, 7, "{server}");
    }
    Ok(())
}

/// A connection that no caller took, and that was cut long ago.
#[tokio::test]
async fn an_opening_that_waited_is_asked_whether_it_lives() -> Result<()> {
    for &server in SERVERS {
        let scratch = Scratch::new(server).await?;
        let slow = Slow::before(server).await?;
        let driver = connect(&slow.url(&scratch, "max_connections=1")).await?;
        run(&*driver, "CREATE TABLE t (id bigint)").await?;
        slow.ways.cut.notify_waiters();
        slow.all_are_closed().await;
        assert!(!brief(&*driver).await);
        sleep(2 * SLOW + Duration::from_secs(1)).await;
        slow.ways.cut.notify_waiters();
        slow.all_are_closed().await;
        run(&*driver, "INSERT INTO t VALUES (1)").await?;
    }
    Ok(())
}
