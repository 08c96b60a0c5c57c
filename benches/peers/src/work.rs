//! What is measured: one struct per piece of work.

use std::future::Future;
use std::hint::black_box;

use crate::Result;
use crate::peers::Peer;

/// One piece of work, done again and again.
pub trait Work: Clone + Send + Sync + 'static {
    /// Does it once; `turn` counts the times.
    fn run<P: Peer>(&self, peer: &P, turn: u64) -> impl Future<Output = Result<()>> + Send;
}

/// All rows, awaited.
#[derive(Clone)]
pub struct Rows(pub usize);

impl Work for Rows {
    async fn run<P: Peer>(&self, peer: &P, _: u64) -> Result<()> {
        let users = black_box(peer.users().await?);
        complete(self.0, users.len())
    }
}

/// All rows, streamed.
#[derive(Clone)]
pub struct Stream(pub usize);

impl Work for Stream {
    async fn run<P: Peer>(&self, peer: &P, _: u64) -> Result<()> {
        complete(self.0, peer.stream().await?)
    }
}

/// One row by primary key, another one each time.
#[derive(Clone)]
pub struct ByKey(pub usize);

impl Work for ByKey {
    async fn run<P: Peer>(&self, peer: &P, turn: u64) -> Result<()> {
        // A stride that is coprime with the number of rows visits them all, in no order.
        let id = 1 + i64::try_from((turn * 7_919) % self.0 as u64)?;
        black_box(peer.user(id).await?);
        Ok(())
    }
}

/// All books with their authors.
#[derive(Clone)]
pub struct Join(pub usize);

impl Work for Join {
    async fn run<P: Peer>(&self, peer: &P, _: u64) -> Result<()> {
        let books = black_box(peer.books().await?);
        complete(self.0, books.len())
    }
}

/// Every row saved, one by one, in one transaction.
#[derive(Clone)]
pub struct Save(pub usize);

impl Work for Save {
    async fn run<P: Peer>(&self, peer: &P, _: u64) -> Result<()> {
        peer.save(self.0).await
    }
}

/// One durable insert.
#[derive(Clone)]
pub struct Insert;

impl Work for Insert {
    async fn run<P: Peer>(&self, peer: &P, _: u64) -> Result<()> {
        black_box(peer.insert().await?);
        Ok(())
    }
}

fn complete(expected: usize, found: usize) -> Result<()> {
    if expected == found { Ok(()) } else { Err(format!("{expected} rows expected, {found} found").into()) }
}
