//! The tools themselves: a probe that sees nothing would make every sweep pass.

use std::sync::Arc;
use std::time::Duration;

use dormouse::async_to_sync;
use dormouse::prelude::*;
use tokio::sync::Barrier;

use crate::library::{Book, fill};
use crate::support::sweep;

sweep! {
    async fn a_transaction_is_seen_as_long_as_it_is_open(rig: &mut Rig) -> Result<()> {
        rig.direct.scope(fill(&rig.direct)).await?;
        let db = rig.connect(1).await?;
        let meetings = [(); 2].map(|()| Arc::new(Barrier::new(2)));
        let [begun, ending] = meetings.clone();
        let books = Book::objects().using(&db);
        let open = tokio::spawn(
            atomic(move |tx| {
                books.using(tx).update(|b| b.pages.set(1))?;
                async_to_sync(async { (begun.wait().await, ending.wait().await) }).run().map(drop)
            })
            .using(&db)
            .into_future(),
        );
        meetings[0].wait().await;
        assert!(!rig.probe.until_empty(Duration::from_millis(200)).await.is_empty());
        meetings[1].wait().await;
        open.await.expect("no panic")?;
        rig.probe.is_clean().await;
        Ok(())
    } on sqlite, postgres, mariadb;
}
