//! Every a-method's future is owned: it can be spawned, sent, kept, and dropped at any point.

use std::task::{Context, Poll, Waker};

use dormouse::Result;
use dormouse::prelude::*;
use futures::FutureExt;

use crate::library::{Book, fill};
use crate::support::matrix;
use crate::verbs::{Stage, every_verb};

async fn lasting() -> Result<u64> {
    Book::objects().exclude(|b| b.title.startswith("new")).acount().await
}

matrix! {
    async fn every_future_can_be_spawned(db: &Database) -> Result<()> {
        fill(db).await?;
        for (name, work) in every_verb(&Stage::of(db, "sqlite::memory:").await?) {
            let result = tokio::spawn(work).await.expect(name);
            assert!(result.is_ok(), "{name}: {result:?}");
        }
        assert_eq!(lasting().await?, 5);
        Ok(())
    }

    async fn nothing_is_sent_before_the_first_poll(db: &Database) -> Result<()> {
        fill(db).await?;
        drop(every_verb(&Stage::of(db, "sqlite::memory:").await?));
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
