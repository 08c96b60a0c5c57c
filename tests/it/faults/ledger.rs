//! What crashes are counted in: rows that were acknowledged, and transactions of which all or nothing must be there.

use std::collections::{HashMap, HashSet};

use dormouse::prelude::*;
use dormouse::{Isolation, Result};
use uuid::Uuid;

/// Written in one transaction with its postings.
#[derive(Model, Debug)]
pub(super) struct Transfer {
    id: Uuid,
    #[field(index)]
    round: i64,
}

#[derive(Model, Debug)]
pub(super) struct Posting {
    id: i64,
    #[field(on_delete = Cascade)]
    transfer: ForeignKey<Transfer>,
    amount: i64,
}

/// Written alone; on SQLite, together with those that wait at the same time.
#[derive(Model, Debug)]
pub(super) struct Note {
    id: Uuid,
    #[field(index)]
    round: i64,
}

const AMOUNTS: [i64; 3] = [-7, 3, 4];

pub(super) async fn open(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Transfer, Posting, Note]).await
}

/// Writes a transfer with all of its postings.
pub(super) async fn transfer(db: &Database, round: i64, id: Uuid) -> Result<()> {
    let work = atomic(move |tx| {
        let transfer = Transfer::objects().using(tx).create(|t| t.id(id).round(round))?;
        for amount in AMOUNTS {
            Posting::objects().using(tx).create(|p| p.transfer(&transfer).amount(amount))?;
        }
        Ok(())
    });
    work.using(db).await
}

/// Writes a note.
pub(super) async fn note(db: &Database, round: i64, id: Uuid) -> Result<()> {
    Note::objects().using(db).acreate(|n| n.id(id).round(round)).await.map(drop)
}

/// Reads something.
pub(super) async fn read(db: &Database) -> Result<u64> {
    Note::objects().using(db).acount().await
}

/// Reads something in a transaction.
pub(super) fn read_in(tx: &Transaction) -> Result<u64> {
    Note::objects().using(tx).count()
}

/// What the database has of a round.
///
/// # Panics
/// If a transfer is there in part.
pub(super) async fn kept(db: &Database, round: i64) -> Result<HashSet<Uuid>> {
    let snapshot = atomic(move |tx| {
        let transfers = Transfer::objects().using(tx).filter(|t| t.round.eq(round));
        let postings = Posting::objects().using(tx).filter(|p| p.transfer.round.eq(round));
        let notes = Note::objects().using(tx).filter(|n| n.round.eq(round));
        Ok((transfers.to_vec()?, postings.to_vec()?, notes.to_vec()?))
    });
    let (transfers, postings, notes) = snapshot.isolation(Isolation::RepeatableRead).read_only(true).using(db).await?;
    let mut amounts: HashMap<Uuid, Vec<i64>> = HashMap::new();
    for posting in postings {
        amounts.entry(posting.transfer.id()).or_default().push(posting.amount);
    }
    for transfer in &transfers {
        let mut written = amounts.remove(&transfer.id).unwrap_or_default();
        written.sort_unstable();
        assert_eq!(written, AMOUNTS, "a part of {transfer:?}");
    }
    assert!(amounts.is_empty(), "postings without their transfer: {amounts:?}");
    Ok(transfers.iter().map(|transfer| transfer.id).chain(notes.iter().map(|note| note.id)).collect())
}
