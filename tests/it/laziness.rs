//! A queryset sleeps: what is sent, when, and how often. Which database is asked makes no difference here, so it is one in
//! memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dormouse::driver;
use dormouse::prelude::*;
use dormouse::row::Rows;
use dormouse::statement::{Done, Statement};
use dormouse::{Batching, Driver, Result, Server, Session, TransactionOptions};
use futures::future::BoxFuture;
use futures::stream::BoxStream;

use crate::library::{Book, fill};

/// A driver that counts the statements that pass through it.
#[derive(Debug)]
struct Counting {
    driver: Arc<dyn Driver>,
    sent: Arc<AtomicUsize>,
}

impl Counting {
    fn count(&self, statements: usize) -> &dyn Driver {
        self.sent.fetch_add(statements, Ordering::SeqCst);
        self.driver.as_ref()
    }
}

impl Driver for Counting {
    fn server(&self) -> &Server {
        self.driver.server()
    }

    fn fetch(&self, statement: Statement, rows: Box<dyn Rows>) -> BoxFuture<'static, Result<Box<dyn Rows>>> {
        self.count(1).fetch(statement, rows)
    }

    fn stream(
        &self,
        statement: Statement,
        rows: Box<dyn Rows>,
        batching: Batching,
    ) -> BoxStream<'static, Result<Box<dyn Rows>>> {
        self.count(1).stream(statement, rows, batching)
    }

    fn execute(&self, statement: Statement) -> BoxFuture<'static, Result<Done>> {
        self.count(1).execute(statement)
    }

    fn execute_all(&self, statements: Vec<Statement>) -> BoxFuture<'static, Result<Vec<Done>>> {
        self.count(statements.len()).execute_all(statements)
    }

    fn session(&self, options: TransactionOptions) -> BoxFuture<'static, Result<Box<dyn Session>>> {
        self.driver.session(options)
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        self.driver.close()
    }
}

/// The library in memory, and how many statements were sent to it.
async fn library() -> Result<(Database, impl Fn() -> usize)> {
    let sent = Arc::new(AtomicUsize::new(0));
    let driver = driver::connect("sqlite::memory:").await?;
    let db = Database::from_driver(Arc::new(Counting { driver, sent: Arc::clone(&sent) }))?;
    db.scope(fill(&db)).await?;
    sent.store(0, Ordering::SeqCst);
    Ok((db, move || sent.swap(0, Ordering::SeqCst)))
}

#[tokio::test]
async fn building_showing_and_cloning_send_nothing() -> Result<()> {
    let (db, sent) = library().await?;
    let books = Book::objects()
        .using(&db)
        .filter(|b| b.author.name.icontains("e"))
        .exclude(|b| b.pages.is_null())
        .order_by(|b| b.price.desc())
        .select_related(|b| b.author.publisher)
        .slice(1..3);
    let shown = format!("{books:?} {}", books.to_sql(&db)?);
    assert!(shown.contains("Book") && shown.contains("SELECT"), "{shown}");
    let _actions = (books.clone().acount(), books.clone().afirst(), books.clone().stream(), books.into_future());
    assert_eq!(sent(), 0);
    Ok(())
}

#[tokio::test]
async fn what_is_known_to_be_empty_is_not_asked_for() -> Result<()> {
    let (db, sent) = library().await?;
    let books = || Book::objects().using(&db);
    let empty = [
        books().none(),
        books().limit(0),
        books().slice(3..3),
        books().limit(2).offset(2),
        books().filter(|b| b.id.in_(Vec::<i64>::new())),
        books().filter(|b| b.title.eq("Dune") & b.id.in_(Vec::<i64>::new())),
        books().exclude(|b| b.id.not_in(Vec::<i64>::new())),
        books().filter(|_| Q::any_of([])),
    ];
    for books in empty {
        assert!(books.clone().await?.is_empty());
        assert_eq!(books.clone().stream().try_next().await?, None);
        assert_eq!(books.clone().acount().await?, 0);
        assert!(!books.clone().aexists().await?);
        assert_eq!(books.clone().afirst().await?, None);
        assert_eq!(sent(), 0, "{books:?}");
    }
    assert!(books().ain_bulk([]).await?.is_empty());
    assert_eq!(books().none().aupdate(|b| b.pages.set(1)).await?, 0);
    assert_eq!(books().aupdate(|_| Vec::new()).await?, 0);
    assert_eq!(books().none().adelete().await?.total, 0);
    assert_eq!(sent(), 0);
    Ok(())
}

#[tokio::test]
async fn every_verb_is_one_statement() -> Result<()> {
    let (db, sent) = library().await?;
    let books = || Book::objects().using(&db).select_related(|b| (b.author.publisher, b.editor));
    assert_eq!((books().await?.len(), sent()), (5, 1));
    assert_eq!((books().stream().try_collect::<Vec<_>>().await?.len(), sent()), (5, 1));
    assert_eq!((books().acount().await?, sent()), (5, 1));
    let mut book = books().aget(|b| b.title.eq("Dune")).await?;
    assert_eq!(sent(), 1);
    book.asave().using(&db).await?;
    assert_eq!(sent(), 1);
    let author = book.author.id();
    Book::objects().using(&db).acreate(|b| b.title("new").author(author).price(1)).await?;
    assert_eq!(sent(), 1, "the new row comes back with its INSERT");
    books().filter(|b| b.author.name.eq("Lem")).aupdate(|b| b.pages.set(1)).await?;
    assert_eq!(sent(), 1);
    books().filter(|b| b.author.name.eq("Lem")).adelete().await?;
    assert_eq!(sent(), 1);
    Ok(())
}

#[tokio::test]
async fn a_query_that_is_none_is_refused_before_it_is_sent() -> Result<()> {
    let (db, sent) = library().await?;
    assert!(Book::objects().using(&db).limit(1).filter(|b| b.id.gt(1)).await.is_err());
    assert!(Book::objects().using(&db).order_by(|b| b.title.asc()).values(|b| b.price).distinct().await.is_err());
    assert!(Book::objects().using(&db).aupdate(|b| b.price.set(dec!(0.001))).await.is_err());
    assert_eq!(sent(), 0);
    Ok(())
}
