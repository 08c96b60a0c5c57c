//! A4: one connection is enough for whatever a transaction does, and nothing waits for a second one.

use std::time::{Duration, Instant};

use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, Result, async_to_sync, sync_to_async};

use crate::library::{Author, Book, fill};
use crate::support::Place;

/// Longer than any of it takes, and shorter than the wait for a connection.
const AT_ONCE: Duration = Duration::from_secs(5);

async fn with_one_connection(
    place: Place,
    option: &str,
    test: impl AsyncFnOnce(&Database) -> Result<()>,
) -> Result<()> {
    let db = Database::connect(&format!("{}{option}", place.url())).await?;
    db.scope(async {
        fill(&db).await?;
        tokio::time::timeout(AT_ONCE, test(&db)).await.expect("nothing waits")
    })
    .await?;
    db.close().await;
    place.remove().await
}

/// Reads, writes, joins, prefetches and nested transactions: by the transaction, by the database, and by nothing.
async fn everything_fits(db: &Database) -> Result<()> {
    let copy = db.clone();
    let work = atomic(move |tx| {
        let mut dune = Book::objects().using(tx).get(|b| b.title.eq("Dune"))?;
        dune.save(tx)?;
        atomic(|tx| {
            dune.pages = Some(1);
            dune.save(&copy)?;
            dune.refresh_from_db(tx)?;
            let joined =
                Book::objects().select_related(|b| b.author.publisher).blocking().get(|b| b.title.eq("Dune"))?;
            assert_eq!(joined.author.loaded().map(|author| author.name.as_str()), Some("Herbert"));
            let shelves = Author::objects().prefetch_related(|a| a.books.prefetch(|b| b.editor.publisher));
            let shelves = shelves.using(tx).to_vec()?;
            let books = shelves.iter().map(|author| author.books.loaded().map_or(0, <[_]>::len));
            assert_eq!(books.sum::<usize>(), 5);
            for book in Book::objects().using(&copy).prefetch_related(|b| b.author).blocking() {
                let author = book?.author;
                assert!(author.loaded().is_some());
                Author::objects().using(tx).get(|a| a.pk.eq(author.id()))?;
            }
            atomic(|_| Book::objects().blocking().update(|b| b.rating.set(5.0))).using(&copy).run()?;
            tx.savepoint(|_| atomic(|_| Err::<(), _>(Error::other("undone"))).run()).unwrap_err();
            atomic(|_| Book::objects().blocking().count()).run()
        })
        .using(&copy)
        .run()
    });
    assert_eq!(work.await?, 5);
    let changed = Book::objects().filter(|b| b.rating.eq(5.0)).values(|b| b.pages).order_by(|b| b.pages.desc()).await?;
    assert_eq!(changed.len(), 5);
    assert!(changed.contains(&Some(1)));
    // A test in a transaction needs no more.
    db.test_scope(async {
        Book::objects().adelete().await?;
        atomic(|tx| tx.savepoint(|tx| Book::objects().using(tx).count())).await
    })
    .await??;
    assert_eq!(Book::objects().acount().await?, 5);
    Ok(())
}

/// Code that would need a second connection, with the first one waiting for it, is refused at once.
async fn a_second_one_is_refused(db: &Database) -> Result<()> {
    fn is_refused<T: std::fmt::Debug>(way: &str, ask: impl FnOnce() -> Result<T>) {
        let since = Instant::now();
        let refused = ask().unwrap_err();
        assert!(refused.to_string().contains("a transaction of this database waits"), "{way}: {refused:?}");
        assert!(since.elapsed() < Duration::from_millis(500), "{way}: {:?}", since.elapsed());
    }
    let other = db.clone();
    atomic(move |tx| {
        is_refused("an a-method", || async_to_sync(Book::objects().acount().into_future()).run()?);
        is_refused("another handle", || async_to_sync(Book::objects().using(&other).acount().into_future()).run()?);
        is_refused("a stream", || async_to_sync(Book::objects().stream().try_collect::<Vec<_>>()).run()?);
        is_refused("a transaction", || {
            async_to_sync(atomic(|tx| Book::objects().using(tx).count()).into_future()).run()?
        });
        is_refused("a test", || async_to_sync(other.test_scope(async {})).run()?);
        is_refused("another thread", || {
            let elsewhere = sync_to_async(|| Book::objects().blocking().count()).thread_sensitive(false);
            async_to_sync(elsewhere.into_future()).run()??
        });
        // On the transaction's own thread there is no need for another connection.
        let here = sync_to_async(|| Book::objects().blocking().count());
        assert_eq!(async_to_sync(here.into_future()).run()???, 5);
        Book::objects().using(tx).count()
    })
    .await
    .map(drop)
}

/// Outside of a transaction, a stream keeps its connection: on a server, what it loads beside its rows needs another.
async fn a_stream_that_prefetches_needs_two(db: &Database) -> Result<()> {
    let error = Author::objects().prefetch_related(|a| a.books).aiterator(1).try_next().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::PoolExhausted { .. }), "{error}");
    assert_eq!(Author::objects().using(db).prefetch_related(|a| a.books).await?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_stream_that_prefetches_sqlite() -> Result<()> {
    with_one_connection(Place::sqlite(), "&readers=1", async |_| {
        let authors: Vec<_> = Author::objects().prefetch_related(|a| a.books).aiterator(1).try_collect().await?;
        assert!(authors.iter().all(|author| author.books.loaded().is_some()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_stream_that_prefetches_postgres() -> Result<()> {
    let option = "?max_connections=1&acquire_timeout=0.3s";
    with_one_connection(Place::postgres().await?, option, async |db| {
        a_stream_that_prefetches_needs_two(db).await?;
        // A cursor gives its connection back before its last rows are handed on.
        let authors: Vec<_> = Author::objects().prefetch_related(|a| a.books).aiterator(10).try_collect().await?;
        assert_eq!(authors.iter().map(|author| author.books.loaded().map_or(0, <[_]>::len)).sum::<usize>(), 5);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_stream_that_prefetches_mariadb() -> Result<()> {
    let option = "?max_connections=1&acquire_timeout=0.3s";
    with_one_connection(Place::mariadb().await?, option, a_stream_that_prefetches_needs_two).await
}

#[tokio::test]
async fn everything_fits_sqlite() -> Result<()> {
    with_one_connection(Place::sqlite(), "&readers=1", everything_fits).await
}

#[tokio::test]
async fn everything_fits_postgres() -> Result<()> {
    with_one_connection(Place::postgres().await?, "?max_connections=1", everything_fits).await
}

#[tokio::test]
async fn everything_fits_mariadb() -> Result<()> {
    with_one_connection(Place::mariadb().await?, "?max_connections=1", everything_fits).await
}

#[tokio::test]
async fn a_second_one_is_refused_sqlite() -> Result<()> {
    with_one_connection(Place::sqlite(), "&readers=1", a_second_one_is_refused).await
}

#[tokio::test]
async fn a_second_one_is_refused_postgres() -> Result<()> {
    with_one_connection(Place::postgres().await?, "?max_connections=1", a_second_one_is_refused).await
}

#[tokio::test]
async fn a_second_one_is_refused_mariadb() -> Result<()> {
    with_one_connection(Place::mariadb().await?, "?max_connections=1", a_second_one_is_refused).await
}
