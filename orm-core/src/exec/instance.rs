//! What a row can do: save itself, delete itself, be read again.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::{mem, ptr};

use chrono::Utc;

use super::action::Action;
use super::database::Database;
use super::write::{self, Deleted, moment};
use crate::ast::{self, Delete, Node, Output, Written, key_is};
use crate::error::{QueryMistake, Result};
use crate::expr::Selection;
use crate::model::{Model, Path};
use crate::queryset::{Objects, Using};
use crate::row::RowReader;
use crate::value::{Here, Value};

/// The a-methods of a row.
pub trait Instance: Model {
    /// Writes all columns of the row (`.fields(|b| b.stock)` limits them), by its key. Columns with `auto_now` that are
    /// written are set to now: in the database, and in the row once it is saved. A row whose save fails, or is dropped,
    /// is as it was. A table of others keeps the places of a second that its column has.
    ///
    /// # Errors
    /// `DoesNotExist` if the row is gone, `Validation`, `Integrity`.
    fn asave(&mut self) -> Save<'_, Self> {
        Save::new(self)
    }

    /// Deletes the row, by its key. What refers to it is handled by the database's own foreign keys.
    ///
    /// # Errors
    /// `Integrity` if rows elsewhere still refer to it.
    fn adelete(&self) -> Action<Deleted> {
        let model = Self::definition();
        let condition = key_is(Self::root(), &self.key());
        Action::new(Using::Default, move |database| async move {
            write::delete(&database, &Delete { model, condition, tag: None }).await
        })
    }

    /// The row as the database has it now. (A new value, so that the future borrows nothing:
    /// `book = book.arefresh_from_db().await?`.)
    ///
    /// # Errors
    /// `DoesNotExist` if the row is gone.
    fn arefresh_from_db(&self) -> Action<Self> {
        let condition = key_is(Self::root(), &self.key());
        Self::objects().with(|query| query.narrow("arefresh_from_db", condition)).aget_one()
    }
}

impl<M: Model> Instance for M {}

/// The future of [`Instance::asave`].
#[must_use = "nothing is saved until it is awaited"]
pub struct Save<'r, M> {
    row: &'r mut M,
    written: Result<Written>,
    using: Using,
    started: Option<(Action<()>, Moments)>,
}

impl<'r, M: Model> Save<'r, M> {
    fn new(row: &'r mut M) -> Self {
        Self { row, written: Ok(Written::Whole), using: Using::Default, started: None }
    }

    /// Writes only these columns: `|b| b.stock`, or a tuple. One with `auto_now` that is not among them stays as it is.
    pub fn fields<S: Selection<M>>(mut self, fields: impl FnOnce(&'static M::Fields<M, Here>) -> S) -> Self {
        let mut outputs = Vec::new();
        fields(M::fields()).outputs(&mut outputs);
        self.written = self.written.and_then(|_| limited(M::root(), &outputs));
        self
    }

    /// Saves in another database than the default one: `&db`, or an alias.
    pub fn using(mut self, using: impl Into<Using>) -> Self {
        self.using = using.into();
        self
    }

    fn start(&mut self) -> (Action<()>, Moments) {
        let using = mem::replace(&mut self.using, Using::Default);
        let written = mem::replace(&mut self.written, Ok(Written::Whole));
        let (row, moments) = match written.and_then(|written| changed(self.row, written)) {
            Ok((row, moments)) => (Ok(row), moments),
            Err(error) => (Err(error), Moments::new()),
        };
        (Action::new(using, move |database| async move { write::save(&database, row?).await }), moments)
    }
}

impl<M: Model> Future for Save<'_, M> {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let (mut action, mut moments) = self.started.take().unwrap_or_else(|| self.start());
        let mut polled = Pin::new(&mut action).poll(context);
        if let Poll::Ready(Ok(())) = polled {
            polled = Poll::Ready(touch(self.row, mem::take(&mut moments)));
        }
        self.started = Some((action, moments));
        polled
    }
}

impl<M: Model> fmt::Debug for Save<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Save<{}> on {:?}", M::definition().name, self.using)
    }
}

/// Writes all columns of a row, by its key, and sets those with `auto_now` in it once they are written.
///
/// # Errors
/// `DoesNotExist` if the row is gone, `Validation`, `Integrity`.
pub(crate) async fn save<M: Model>(database: &Database, row: &mut M) -> Result<()> {
    let (written, moments) = changed(row, Written::Whole)?;
    write::save(database, written).await?;
    touch(row, moments)
}

/// What the columns with `auto_now` that are written are set to.
type Moments = Vec<(usize, Value)>;

/// What is written of a row: its values, and now in the columns with `auto_now`.
fn changed<M: Model>(row: &M, written: Written) -> Result<(ast::Save, Moments)> {
    let (model, mut values) = (M::definition(), row.encode()?);
    let fields = model.fields.iter().zip(&mut values).enumerate();
    let mut automatic =
        fields.filter(|(index, (field, _))| field.auto_now && written.contains(model, *index)).peekable();
    let now = automatic.peek().is_some().then(Utc::now);
    let mut moments = Vec::new();
    for ((index, (field, value)), now) in automatic.zip(now.into_iter().cycle()) {
        *value = moment(field.kind, now)?;
        moments.push((index, value.clone()));
    }
    Ok((ast::Save { root: M::root(), written, values }, moments))
}

/// Sets the columns with `auto_now` to what the database has.
fn touch<M: Model>(row: &mut M, moments: Moments) -> Result<()> {
    moments.into_iter().try_for_each(|(index, moment)| row.touch(index, &mut RowReader::new(&vec![moment])))
}

/// Only the columns that were asked for.
fn limited(root: &'static Path, outputs: &[Output]) -> Result<Written> {
    let model = root.model;
    let mut only = Vec::with_capacity(outputs.len());
    for output in outputs {
        let column = match output {
            Output::Node(Node::Column(column)) if column.path.same(root) => column,
            _ => {
                let takes = "columns of the model itself";
                return Err(QueryMistake::Argument { method: "fields", model: model.name, takes }.into());
            }
        };
        if column.field.generated {
            return Err(QueryMistake::Computed { model: model.name, field: column.field.name }.into());
        }
        only.extend(model.fields.iter().position(|field| ptr::eq(field, column.field)));
    }
    // Its key is what a row is found by.
    only.retain(|index| !model.primary_key.contains(index));
    Ok(Written::Only(only))
}
