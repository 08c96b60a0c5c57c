//! What a row can do: save itself, delete itself, be read again.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::{mem, ptr};

use chrono::Utc;

use super::action::Action;
use super::write::{self, Deleted, moment};
use crate::ast::{self, Delete, Node, Output, Written, key_is};
use crate::error::{QueryMistake, Result};
use crate::expr::Selection;
use crate::model::Model;
use crate::queryset::{Objects, Using};
use crate::row::RowReader;
use crate::value::Here;

/// The a-methods of a row.
pub trait Instance: Model {
    /// Writes all columns of the row (`.fields(|b| b.stock)` limits them), by its key. Columns with `auto_now` are set to
    /// now, here and in the database; a table of others keeps the places of a second that its column has.
    ///
    /// # Errors
    /// `DoesNotExist` if the row is gone, `Validation`, `Integrity`.
    fn asave(&mut self) -> Save<Self> {
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
            write::delete(&database, &Delete { model, condition }).await
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
pub struct Save<M> {
    row: Option<Result<ast::Save>>,
    using: Using,
    action: Option<Action<()>>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Save<M> {
    fn new(row: &mut M) -> Self {
        Self { row: Some(changed(row)), using: Using::Default, action: None, model: PhantomData }
    }

    /// Writes only these columns: `|b| b.stock`, or a tuple.
    pub fn fields<S: Selection<M>>(mut self, fields: impl FnOnce(&'static M::Fields<M, Here>) -> S) -> Self {
        let mut outputs = Vec::new();
        fields(M::fields()).outputs(&mut outputs);
        self.row = self.row.map(|row| row.and_then(|row| limited(row, &outputs)));
        self
    }

    /// Saves in another database than the default one: `&db`, or an alias.
    pub fn using(mut self, using: impl Into<Using>) -> Self {
        self.using = using.into();
        self
    }

    fn start(&mut self) -> Action<()> {
        let using = mem::replace(&mut self.using, Using::Default);
        let row = self.row.take();
        Action::new(using, move |database| async move {
            match row {
                Some(row) => write::save(&database, row?).await,
                None => Ok(()),
            }
        })
    }
}

impl<M: Model> Future for Save<M> {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        if self.action.is_none() {
            self.action = Some(self.start());
        }
        match &mut self.action {
            Some(action) => Pin::new(action).poll(context),
            None => Poll::Pending,
        }
    }
}

impl<M: Model> fmt::Debug for Save<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Save<{}> on {:?}", M::definition().name, self.using)
    }
}

/// The whole row; its columns with `auto_now` set to now.
pub(crate) fn changed<M: Model>(row: &mut M) -> Result<ast::Save> {
    touch(row)?;
    Ok(ast::Save { root: M::root(), written: Written::Whole, values: row.encode()? })
}

/// Sets the columns with `auto_now` to now.
fn touch<M: Model>(row: &mut M) -> Result<()> {
    let mut automatic = M::definition().fields.iter().enumerate().filter(|(_, field)| field.auto_now).peekable();
    let now = automatic.peek().is_some().then(Utc::now);
    for ((index, field), now) in automatic.zip(now.into_iter().cycle()) {
        row.touch(index, &mut RowReader::new(&vec![moment(field.kind, now)?]))?;
    }
    Ok(())
}

/// Only the columns that were asked for.
fn limited(row: ast::Save, outputs: &[Output]) -> Result<ast::Save> {
    let model = row.root.model;
    let mut only = Vec::with_capacity(outputs.len());
    for output in outputs {
        let column = match output {
            Output::Node(Node::Column(column)) if column.path.same(row.root) => column,
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
    Ok(ast::Save { written: Written::Only(only), ..row })
}
