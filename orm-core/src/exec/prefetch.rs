//! Prefetching: what a query loads beside its rows comes by one more query per relation, and is kept in the rows.

mod keyed;
mod keys;

use std::any::Any;

use futures::FutureExt;
use futures::future::BoxFuture;

use self::keyed::Keyed;
use self::keys::Keys;
use super::compile;
use super::database::Database;
use crate::ast::{Prefetch, Relation, Select};
use crate::error::{Error, Result};
use crate::model::{AnyModel, AnyRows, KeyReader, Link, Loaded, Model, Target};
use crate::planner::{Children, ToldBy};
use crate::value::Value;

/// The rows of a query, which are models if it prefetches anything, with the relations that it names.
pub(super) async fn prefetched<M: Model, T: Send + 'static>(
    database: &Database,
    query: &Select,
    mut rows: Vec<T>,
) -> Result<Vec<T>> {
    let any: &mut (dyn Any + Send) = &mut rows;
    if let Some(models) = any.downcast_mut::<Vec<M>>()
        && !query.prefetch.is_empty()
    {
        load_all(database, query, query.tag, models.each()).await?;
    }
    Ok(rows)
}

/// Loads the relations that a query names into rows of its model. Boxed, because the related rows may be given some in turn.
fn load_all<'a>(
    database: &'a Database,
    query: &'a Select,
    tag: Option<&'static str>,
    mut rows: Vec<&'a mut dyn AnyModel>,
) -> BoxFuture<'a, Result<()>> {
    async move {
        for prefetch in &query.prefetch {
            load(database, prefetch, tag, &mut rows).await?;
        }
        Ok(())
    }
    .boxed()
}

async fn load(
    database: &Database,
    prefetch: &Prefetch,
    tag: Option<&'static str>,
    rows: &mut [&mut dyn AnyModel],
) -> Result<()> {
    let link = prefetch.link()?;
    let Some(first) = rows.first_mut() else { return Ok(()) };
    let reading = Reading::of(&mut **first, link, prefetch)?;
    // What a join has loaded lacks only what is behind it.
    let joined: Vec<&mut dyn AnyModel> = rows.iter_mut().filter_map(|row| row.holder_of(link)?.row()).collect();
    load_all(database, &prefetch.query, tag, joined).await?;
    let mut keys = Keys::default();
    let mut places = Vec::with_capacity(rows.len());
    let joined = Children::is_joined(prefetch)?;
    for row in rows.iter_mut() {
        let place = key(&mut **row, link)?.map(|key| keys.add(key));
        if joined && place == Some(keys.rows.len()) {
            keys.rows.push(row.own_key()?);
        }
        places.push(place);
    }
    if keys.is_empty() {
        return Ok(());
    }
    let loaded = related(database, prefetch, tag, &keys, reading).await?;
    for (row, place) in rows.iter_mut().zip(places) {
        let loaded = place.and_then(|place| loaded.get(place)?.clone());
        if let (Some(holder), Some(loaded)) = (row.holder_of(link), loaded) {
            holder.fill(loaded);
        }
    }
    Ok(())
}

/// The key by which the related rows of a row are found; none if there is nothing to load.
fn key(row: &mut dyn AnyModel, link: Link) -> Result<Option<Vec<Value>>> {
    let Link::One(_) = link else { return row.own_key().map(Some) };
    let Some(holder) = row.holder_of(link) else { return Ok(None) };
    if holder.row().is_some() { Ok(None) } else { holder.key() }
}

/// What is to be kept for each of the keys.
async fn related(
    database: &Database,
    prefetch: &Prefetch,
    tag: Option<&'static str>,
    keys: &Keys,
    reading: Reading,
) -> Result<Vec<Option<Loaded>>> {
    let mut children = Children::of(prefetch, keys.values(), &keys.rows)?;
    children.select.tag = tag;
    let (mut rows, told) = fetch(database, &children, reading).await?;
    let places: Vec<usize> = told.into_iter().map(|key| keys.place(key, prefetch)).collect::<Result<_>>()?;
    load_all(database, &prefetch.query, tag, rows.each()).await?;
    if let Relation::Many(_) = prefetch.relation {
        return Ok(rows.grouped(&places, keys.len()).into_iter().map(Some).collect());
    }
    let mut loaded = vec![None; keys.len()];
    for (place, row) in places.into_iter().zip(rows.alone()) {
        loaded[place] = Some(row);
    }
    Ok(loaded)
}

/// How related rows are read, and the keys beside them.
struct Reading {
    target: Target,
    key: KeyReader,
}

impl Reading {
    /// That of a relation of a row.
    fn of(row: &mut dyn AnyModel, link: Link, prefetch: &Prefetch) -> Result<Self> {
        let own = row.key_reader();
        let (model, relation) = (prefetch.model.name, prefetch.relation.name());
        let holder = row.holder_of(link);
        let holder =
            holder.ok_or_else(|| Error::internal(format!("`{model}` has nowhere to keep its `{relation}`")))?;
        let target = holder.target();
        let key = if let Link::One(_) = link { target.key() } else { own };
        Ok(Self { target, key })
    }
}

/// The related rows, and per row the key that it belongs to.
async fn fetch(
    database: &Database,
    children: &Children,
    Reading { target, key }: Reading,
) -> Result<(Box<dyn AnyRows>, Vec<Vec<Value>>)> {
    let buffer = || match children.told_by {
        ToldBy::Next => Keyed::boxed(key, target.buffer()),
        _ => target.buffer(),
    };
    let fetched = database.fetch_written_rows(&|dialect| compile::select(&children.select, dialect), &buffer).await?;
    let Some(fetched) = fetched else { return Ok((target.unbox(target.buffer())?, Vec::new())) };
    if children.told_by == ToldBy::Next {
        let (rows, keys) = Keyed::unbox(fetched)?;
        return Ok((target.unbox(rows)?, keys));
    }
    let mut rows = target.unbox(fetched)?;
    let keys = rows.each().into_iter().map(|row| told(row, children.told_by)).collect::<Result<_>>()?;
    Ok((rows, keys))
}

/// The key that a row by itself tells.
fn told(row: &mut dyn AnyModel, by: ToldBy) -> Result<Vec<Value>> {
    let ToldBy::Key(link) = by else { return row.own_key() };
    let key = row.holder_of(link).map_or(Ok(None), |holder| holder.key())?;
    key.ok_or_else(|| Error::internal("a related row does not hold the key that it was found by"))
}
