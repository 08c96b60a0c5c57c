//! What a row can do: save itself, delete itself, be read again.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use chrono::Utc;

use super::action::Action;
use super::create::moment;
use super::database::Database;
use super::integrity::explained;
use super::queryset::Deleted;
use crate::compiler;
use crate::error::{Error, ErrorKind, Result};
use crate::expr::{Condition, Node, Output, Selection, key_is};
use crate::model::{Model, Path};
use crate::query::{Delete, Update};
use crate::queryset::{Objects, Using};
use crate::row::RowReader;
use crate::value::{Here, Value};

/// The a-methods of a row.
pub trait Instance: Model {
    /// Writes all columns of the row (`.fields(|b| b.stock)` limits them), by its key. Columns with `auto_now` are set to
    /// now, here and in the database.
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
        let condition = key_is(Self::root(), &self.key());
        Action::new(Using::Default, move |database| async move { delete(&database, Self::root(), condition).await })
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

/// Columns by index into the model's fields, and their values.
type Values = Vec<(usize, Value)>;

/// The future of [`Instance::asave`].
#[must_use = "nothing is saved until it is awaited"]
pub struct Save<M> {
    values: Option<Result<Values>>,
    condition: Condition,
    using: Using,
    action: Option<Action<()>>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Save<M> {
    fn new(row: &mut M) -> Self {
        Self {
            condition: key_is(M::root(), &row.key()),
            values: Some(changed(row)),
            using: Using::Default,
            action: None,
            model: PhantomData,
        }
    }

    /// Writes only these columns: `|b| b.stock`, or a tuple.
    pub fn fields<S: Selection<M>>(mut self, fields: impl FnOnce(&'static M::Fields<M, Here>) -> S) -> Self {
        let mut outputs = Vec::new();
        fields(M::fields()).outputs(&mut outputs);
        self.values = Some(self.values().and_then(|values| limited(M::root(), values, &outputs)));
        self
    }

    /// Saves in another database than the default one: `&db`, or an alias.
    pub fn using(mut self, using: impl Into<Using>) -> Self {
        self.using = using.into();
        self
    }

    fn start(&mut self) -> Action<()> {
        let values = self.values();
        let condition = mem::replace(&mut self.condition, Condition::EMPTY);
        Action::new(
            self.using.clone(),
            move |database| async move { save(&database, M::root(), values?, condition).await },
        )
    }

    fn values(&mut self) -> Result<Values> {
        self.values.take().unwrap_or_else(|| Ok(Values::new()))
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

/// All columns but the key, checked; those with `auto_now` set to now.
fn changed<M: Model>(row: &mut M) -> Result<Values> {
    let now = Utc::now();
    let definition = M::definition();
    for (index, field) in definition.fields.iter().enumerate().filter(|(_, field)| field.auto_now) {
        row.touch(index, &mut RowReader::new(&vec![moment(field.kind, now)?]))?;
    }
    let mut values = Values::new();
    for (index, (field, value)) in definition.fields.iter().zip(row.encode()?).enumerate() {
        if !definition.primary_key.contains(&index) {
            values.push((index, field.checked(value)?));
        }
    }
    Ok(values)
}

/// The values of the columns that were asked for.
fn limited(root: &'static Path, values: Values, outputs: &[Output]) -> Result<Values> {
    let mut wanted = Vec::with_capacity(outputs.len());
    for output in outputs {
        match output {
            Output::Node(Node::Column(column)) if column.path.same(root) => wanted.push(column.field.name),
            _ => return Err(Error::query("`fields` takes columns of the model itself")),
        }
    }
    let asked_for = |index: usize| root.model.fields.get(index).is_some_and(|field| wanted.contains(&field.name));
    Ok(values.into_iter().filter(|(index, _)| asked_for(*index)).collect())
}

async fn save(database: &Database, root: &'static Path, values: Values, condition: Condition) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    let assignments = values.iter().map(|(index, value)| (*index, Node::Value(value.clone()))).collect();
    let update = Update { model: root.model, assignments, condition };
    let matched = match compiler::update(&update, database.dialect())? {
        Some(statement) => match database.execute(statement).await {
            Ok(done) => done.rows_affected,
            Err(error) => return Err(explained(database, root.model, &values, error).await),
        },
        None => 0,
    };
    if matched == 0 { Err(ErrorKind::DoesNotExist { model: root.model.name }.into()) } else { Ok(()) }
}

async fn delete(database: &Database, root: &'static Path, condition: Condition) -> Result<Deleted> {
    let deleted = match compiler::delete(&Delete { model: root.model, condition }, database.dialect())? {
        Some(statement) => database.execute(statement).await?.rows_affected,
        None => 0,
    };
    Ok(Deleted::of(root.model.name, deleted))
}
