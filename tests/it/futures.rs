//! Every a-method's future is owned: it can be spawned, sent, kept, and dropped at any point.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use dormouse::Result;
use dormouse::prelude::*;
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::library::{Author, Book, fill};
use crate::support::matrix;

type Work = BoxFuture<'static, Result<()>>;

/// Boxes a future, which must be `Send + 'static` for it, and forgets its answer.
fn owned<T: 'static>(future: impl Future<Output = Result<T>> + Send + 'static) -> Work {
    future.map(|result| result.map(drop)).boxed()
}

/// Every a-method once. Made from borrowed things that are gone when it returns.
fn every_verb(db: &Database, book: &Book, author: &Author) -> Vec<(&'static str, Work)> {
    let word = "un".to_owned();
    let books = || Book::objects().using(db).filter(|b| b.title.contains(&word));
    let mut row = book.clone();
    vec![
        ("await", owned(books().into_future())),
        ("await values", owned(books().values(|b| (b.title, b.author.name)).into_future())),
        ("stream", owned(books().stream().try_collect::<Vec<_>>())),
        ("aiterator", owned(books().aiterator(2).try_collect::<Vec<_>>())),
        ("afirst", owned(books().afirst())),
        ("alast", owned(books().alast())),
        ("aget", owned(books().aget(|b| b.title.eq("Dune")))),
        ("aget_one", owned(books().filter(|b| b.id.eq(book.id)).aget_one())),
        ("aget_opt", owned(books().aget_opt(|b| b.title.eq("?")))),
        ("alatest", owned(books().alatest(|b| b.price.asc()))),
        ("aearliest", owned(books().aearliest(|b| b.price.asc()))),
        ("acount", owned(books().acount())),
        ("aexists", owned(books().aexists())),
        ("acontains", owned(books().acontains(book))),
        ("aaggregate", owned(books().aaggregate(|b| (b.id.count(), b.price.sum())))),
        ("ain_bulk", owned(books().ain_bulk([book.id]))),
        ("aexplain", owned(books().aexplain())),
        ("aupdate", owned(books().aupdate(|b| b.pages.set(b.pages)))),
        ("acreate", owned(Book::objects().using(db).acreate(|b| b.title("new").author(author).price(1)))),
        ("asave a draft", owned(Book::new().title("newer").author(author).price(1).asave().using(db))),
        ("asave", owned(row.asave().using(db))),
        ("arefresh_from_db", owned(book.arefresh_from_db().using(db))),
        ("adelete", owned(Book::objects().using(db).filter(|b| b.title.startswith("new")).adelete())),
        ("adelete a row", owned(book.adelete().using(db))),
    ]
}

async fn dune() -> Result<(Book, Author)> {
    let book = Book::objects().aget(|b| b.title.eq("Dune")).await?;
    let author = Author::objects().aget(|a| a.id.eq(book.author.id())).await?;
    Ok((book, author))
}

/// Polls a future so often, then drops it. Tells whether it was done before.
async fn poll_and_drop(work: Work, polls: usize) -> bool {
    let mut work = pin!(work);
    for _ in 0..polls {
        if work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

matrix! {
    async fn every_future_can_be_spawned(db: &Database) -> Result<()> {
        fill(db).await?;
        let (book, author) = dune().await?;
        for (name, work) in every_verb(db, &book, &author) {
            let result = tokio::spawn(work).await.expect(name);
            assert!(result.is_ok(), "{name}: {result:?}");
        }
        assert_eq!(Book::objects().acount().await?, 4);
        Ok(())
    }

    async fn a_future_dropped_at_any_point_leaks_nothing(db: &Database) -> Result<()> {
        fill(db).await?;
        let (book, author) = dune().await?;
        let verbs = every_verb(db, &book, &author).len();
        for verb in 0..verbs {
            for polls in 0..12 {
                let (_, work) = every_verb(db, &book, &author).swap_remove(verb);
                if poll_and_drop(work, polls).await {
                    break;
                }
            }
        }
        // More than a pool holds, at once: each must get a connection that answers its own question.
        let asked: Vec<_> = (0..50_i64)
            .map(|n| {
                tokio::spawn(Author::objects().using(db).filter(move |a| a.id.eq(n)).values(|a| a.id).into_future())
            })
            .collect();
        for (n, task) in asked.into_iter().enumerate() {
            let ids = task.await.expect("no panic")?;
            assert!(ids.iter().all(|id| *id == n as i64));
        }
        Ok(())
    }

    async fn nothing_is_sent_before_the_first_poll(db: &Database) -> Result<()> {
        fill(db).await?;
        let (book, author) = dune().await?;
        drop(every_verb(db, &book, &author));
        let mut unpolled = every_verb(db, &book, &author);
        unpolled.clear();
        assert_eq!(Book::objects().acount().await?, 5);
        Ok(())
    }
}

#[tokio::test]
async fn without_a_database_there_is_an_error_that_says_what_to_do() {
    let error = Databases::new().scope(Book::objects().acount().into_future()).await.unwrap_err();
    assert!(matches!(error.kind(), dormouse::ErrorKind::Configuration { .. }), "{error:?}");
}

#[tokio::test]
async fn a_future_polled_after_its_end_does_not_panic() {
    let mut action = Book::objects().none().acount().using("nowhere");
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        assert!(matches!(action.poll_unpin(&mut context), Poll::Ready(Err(_))));
    }
}
