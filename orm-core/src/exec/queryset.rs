//! The a-methods of querysets: the second `impl` block, the one that touches databases.

use std::collections::HashMap;
use std::future::{Future, IntoFuture};
use std::sync::Arc;

use super::action::Action;
use super::compile;
use super::create::create;
use super::database::{Database, Write};
use super::prefetch::prefetched;
use super::stream::RowStream;
use super::write::{self, Deleted};
use crate::ast::{Delete, Function, Node, Select, Update, key_in, key_is};
use crate::compiler;
use crate::dialect::{Dialect, Explain};
use crate::driver::Batching;
use crate::error::{Error, ErrorKind, Result};
use crate::expr::{AggregateSelection, Assignment, Assignments, Orders, Q};
use crate::model::{IntoDraft, Model};
use crate::planner::{keeps_own_order, natural};
use crate::queryset::{QuerySet, Using};
use crate::row::{Decoder, RowReader, Shape};
use crate::value::{Cell, Here, Value};

impl<M: Model, T: Send + 'static> IntoFuture for QuerySet<M, T> {
    type Output = Result<Vec<T>>;
    type IntoFuture = Action<Vec<T>>;

    /// All rows.
    fn into_future(self) -> Action<Vec<T>> {
        self.finish(|database, query, decoder| async move { collect::<M, T>(&database, &query, &decoder).await })
    }
}

impl<M: Model, T: Send + 'static> QuerySet<M, T> {
    /// The rows as a stream, straight from the wire. What `prefetch_related` names is loaded for 1,000 rows at a time,
    /// as by `aiterator(1_000)`: outside of a transaction on another connection, which the pool of a server must have.
    pub fn stream(self) -> RowStream<T> {
        let (query, decoder, using) = self.into_parts();
        RowStream::new::<M>(using, query, decoder, Batching::Wire)
    }

    /// The rows as a stream over a server-side cursor where there is one, `rows` at a time (Django's
    /// `aiterator(chunk_size)`). So many at a time are also given what `prefetch_related` names.
    pub fn aiterator(self, rows: usize) -> RowStream<T> {
        let (query, decoder, using) = self.into_parts();
        RowStream::new::<M>(using, query, decoder, Batching::Cursor(rows.max(1)))
    }

    /// The first row, if any; without an order, by key.
    pub fn afirst(self) -> Action<Option<T>> {
        self.ordered(false).limit(1).finish(|database, query, decoder| async move {
            Ok(collect::<M, T>(&database, &query, &decoder).await?.pop())
        })
    }

    /// The last row, if any; without an order, by key.
    pub fn alast(self) -> Action<Option<T>> {
        self.unsliced("alast").ordered(true).limit(1).finish(|database, query, decoder| async move {
            Ok(collect::<M, T>(&database, &query, &decoder).await?.pop())
        })
    }

    /// The one row for which a condition is true.
    ///
    /// # Errors
    /// `DoesNotExist` or `MultipleObjectsReturned`.
    pub fn aget(self, condition: impl FnOnce(&'static M::Fields<M, Here>) -> Q<M>) -> Action<T> {
        self.filter(condition).aget_one()
    }

    /// The one row of the queryset.
    ///
    /// # Errors
    /// `DoesNotExist` or `MultipleObjectsReturned`.
    pub fn aget_one(self) -> Action<T> {
        self.at_most_one().finish(|database, query, decoder| async move {
            let found = one::<M, T>(&database, &query, &decoder).await?;
            found.ok_or_else(|| ErrorKind::DoesNotExist { model: query.model.name }.into())
        })
    }

    /// The one row for which a condition is true, if any.
    ///
    /// # Errors
    /// `MultipleObjectsReturned`.
    pub fn aget_opt(self, condition: impl FnOnce(&'static M::Fields<M, Here>) -> Q<M>) -> Action<Option<T>> {
        self.filter(condition)
            .at_most_one()
            .finish(|database, query, decoder| async move { one::<M, T>(&database, &query, &decoder).await })
    }

    /// The row that comes last by these columns: `|i| (i.total, i.id)`; a column may be turned round by `desc()`.
    ///
    /// # Errors
    /// `DoesNotExist` of no rows.
    pub fn alatest<O: Orders<M>>(self, by: impl FnOnce(&'static M::Fields<M, Here>) -> O) -> Action<T> {
        self.order_by(by).reverse().extreme()
    }

    /// The row that comes first by these columns.
    ///
    /// # Errors
    /// `DoesNotExist` of no rows.
    pub fn aearliest<O: Orders<M>>(self, by: impl FnOnce(&'static M::Fields<M, Here>) -> O) -> Action<T> {
        self.order_by(by).extreme()
    }

    /// How many rows there are.
    pub fn acount(self) -> Action<u64> {
        self.finish(|database, query, _| async move {
            let count = scalar(&database, &|dialect| compile::count(&query, dialect)).await?;
            Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
        })
    }

    /// Whether there are any rows.
    pub fn aexists(self) -> Action<bool> {
        self.finish(|database, query, _| async move {
            scalar(&database, &|dialect| compile::exists(&query, dialect)).await.map(|found| found.is_some())
        })
    }

    /// Whether a row is among those of the queryset, by its key.
    pub fn acontains(self, row: &M) -> Action<bool> {
        let condition = key_is(M::root(), &row.key());
        self.with(|query| query.narrow("acontains", condition)).aexists()
    }

    /// Aggregates over all rows: `|b| (b.id.count(), b.price.avg())`. Over a slice: of its rows only.
    pub fn aaggregate<A: AggregateSelection<M>>(
        self,
        aggregates: impl FnOnce(&'static M::Fields<M, Here>) -> A,
    ) -> Action<A::Out> {
        let mut nodes = Vec::new();
        aggregates(M::fields()).nodes(&mut nodes);
        let decoder = Decoder::new(|row: &mut RowReader<'_>, _: &Shape| A::decode(row), Arc::default());
        let (query, _, using) = self.into_parts();
        one_row(using, query, nodes, decoder)
    }

    /// Changes columns of all rows: `|b| b.stock.set(b.stock - 1)`, or a tuple of such. Every expression sees the rows as
    /// they were before, other rows of the table too: `|n| n.value.set(n.parent.value)`. Gives the number of rows
    /// matched.
    ///
    /// # Errors
    /// `Validation` for values that a column cannot hold, `Integrity`, `Query` after a slice.
    pub fn aupdate<A: Assignments<M>>(self, set: impl FnOnce(&'static M::Fields<M, Here>) -> A) -> Action<u64> {
        let assignments = set(M::fields()).assignments();
        let (query, _, using) = self.unsliced("aupdate").into_parts();
        updated(using, query, assignments)
    }

    /// Deletes all rows. What refers to them is handled by the database's own foreign keys.
    ///
    /// # Errors
    /// `Integrity` if rows elsewhere still refer to one of them, `Query` after a slice.
    pub fn adelete(self) -> Action<Deleted> {
        self.unsliced("adelete").finish(|database, query, _| async move {
            faultless(&query)?;
            if query.is_empty() {
                return Ok(Deleted::default());
            }
            let delete = Delete { model: query.model, condition: query.condition.clone(), tag: query.tag };
            write::delete(&database, &delete).await
        })
    }

    /// How the database would run the query, in its own words.
    pub fn aexplain(self) -> Action<String> {
        self.finish(|database, query, _| async move { explain(database, &query).await })
    }

    /// The SQL that would be sent to a database, with placeholders for values. Touches no database: of tables with
    /// `managed = false` it shows what is known of their columns so far. The first query of such a table asks for that, and may
    /// be written otherwise than what is shown before it.
    ///
    /// # Errors
    /// What is wrong with the query.
    pub fn to_sql(&self, database: &Database) -> Result<String> {
        let statement = compile::select(self.query(), database.dialect())?;
        Ok(statement.map_or_else(String::new, |statement| statement.sql.to_string()))
    }

    fn finish<U, F>(self, ask: impl FnOnce(Database, Arc<Select>, Decoder<T>) -> F + Send + 'static) -> Action<U>
    where
        F: Future<Output = Result<U>> + Send + 'static,
    {
        let (query, decoder, using) = self.into_parts();
        Action::new(using, move |database| ask(database, query, decoder))
    }

    fn unsliced(self, method: &'static str) -> Self {
        self.with(|query| query.unsliced(method))
    }

    /// By key where no order was asked for; and turned round.
    fn ordered(self, reversed: bool) -> Self {
        self.with(|query| {
            let unordered = query.order.as_ref().map_or(query.model.ordering.is_empty(), Vec::is_empty);
            if !query.is_sliced() && (unordered || query.order.is_none() && !keeps_own_order(query)) {
                query.order = Some(natural(query, M::root()));
            }
            query.reversed ^= reversed;
        })
    }

    /// Two rows are enough to know that there is not one.
    fn at_most_one(self) -> Self {
        if self.query().is_sliced() { self } else { self.order_by(|_| ()).limit(2) }
    }

    fn extreme(self) -> Action<T> {
        self.limit(1).finish(|database, query, decoder| async move {
            let model = query.model.name;
            let first = collect::<M, T>(&database, &query, &decoder).await?.pop();
            first.ok_or_else(|| ErrorKind::DoesNotExist { model }.into())
        })
    }
}

impl<M: Model> QuerySet<M> {
    /// Inserts a row and gives it back as the database has it: `|b| b.name("Dune").price(10)`. After a row whose
    /// automatic key is given, the next number is greater. (On PostgreSQL the sequence is moved on, if the user may.)
    ///
    /// # Errors
    /// `Validation` for values that a column cannot hold, `Integrity` for what the database refuses.
    pub fn acreate<D: IntoDraft<M>>(self, draft: impl FnOnce(M::New) -> D) -> Action<M> {
        let values = draft(M::new()).into_draft();
        let (_, _, using) = self.into_parts();
        create(using, values)
    }

    /// The rows of these keys, by key; keys without a row are absent. Of no keys, nothing is sent.
    pub fn ain_bulk(self, keys: impl IntoIterator<Item = M::Key>) -> Action<HashMap<M::Key, M>> {
        let condition = key_in(M::root(), keys);
        self.with(|query| query.narrow("ain_bulk", condition)).finish(|database, query, decoder| async move {
            let rows = collect::<M, M>(&database, &query, &decoder).await?;
            Ok(rows.into_iter().map(|row| (row.key(), row)).collect())
        })
    }
}

async fn collect<M: Model, T: Send + 'static>(
    database: &Database,
    query: &Select,
    decoder: &Decoder<T>,
) -> Result<Vec<T>> {
    let rows = fetch(database, query, decoder).await?;
    prefetched::<M, T>(database, query, rows).await
}

/// The row, if there is one; of several, nothing is prefetched.
async fn one<M: Model, T: Send + 'static>(
    database: &Database,
    query: &Select,
    decoder: &Decoder<T>,
) -> Result<Option<T>> {
    let rows = fetch(database, query, decoder).await?;
    if rows.len() > 1 {
        return Err(ErrorKind::MultipleObjectsReturned { model: query.model.name }.into());
    }
    Ok(prefetched::<M, T>(database, query, rows).await?.pop())
}

async fn fetch<T: Send + 'static>(database: &Database, query: &Select, decoder: &Decoder<T>) -> Result<Vec<T>> {
    database.admit(query)?;
    let rows = database.fetch_written(&|dialect| compile::select(query, dialect), decoder).await?;
    Ok(rows.unwrap_or_default())
}

async fn explain(database: Database, query: &Select) -> Result<String> {
    let write = |dialect: &Dialect| {
        let statement = compile::select(query, dialect)?;
        statement.map(|statement| compiler::explain(statement, &Explain::default(), dialect)).transpose()
    };
    let explained = database.fetch_written(&write, &Decoder::new(words, Arc::default())).await?;
    Ok(explained.map_or_else(|| "nothing is sent".to_owned(), |lines| lines.join("\n")))
}

/// What aggregates are of no rows: no count, and NULL.
fn over_nothing(nodes: &[Node]) -> Vec<Value> {
    let answer = |node: &Node| match node {
        Node::Call(call) if call.function == Function::Count => Value::I64(0),
        node => Value::Null(node.kind()),
    };
    nodes.iter().map(answer).collect()
}

/// The single value of a single row; nothing if nothing was sent or no row came.
async fn scalar(database: &Database, write: &Write<'_>) -> Result<Option<i64>> {
    let decoder = Decoder::new(|row: &mut RowReader<'_>, _: &Shape| row.read::<i64>(), Arc::default());
    let rows = database.fetch_written(write, &decoder).await?;
    Ok(rows.and_then(|mut rows| rows.pop()))
}

/// The aggregates over the rows, as the one row that they are.
fn one_row<T: Send + 'static>(using: Using, query: Arc<Select>, nodes: Vec<Node>, decoder: Decoder<T>) -> Action<T> {
    Action::new(using, move |database| async move {
        let rows = database.fetch_written(&|dialect| compile::aggregate(&query, &nodes, dialect), &decoder).await?;
        let Some(mut rows) = rows else { return decoder.decode(&over_nothing(&nodes)) };
        rows.pop().ok_or_else(|| Error::internal("the database answered an aggregate with no row"))
    })
}

fn updated<M: Model>(using: Using, query: Arc<Select>, assignments: Vec<Assignment<M>>) -> Action<u64> {
    let mut assignments = assignments.into_iter().map(|assignment| assignment.checked(M::definition()));
    let checked: Result<Vec<_>> = assignments.by_ref().collect();
    let assignments = checked.map_err(|first| assignments.filter_map(Result::err).fold(first, Error::and));
    Action::new(using, move |database| async move {
        let assignments = assignments?;
        faultless(&query)?;
        if assignments.is_empty() || query.is_empty() {
            return Ok(0);
        }
        let update = Update { model: query.model, assignments, condition: query.condition.clone(), tag: query.tag };
        write::update(&database, &update).await
    })
}

fn faultless(query: &Select) -> Result<()> {
    query.fault.clone().map_or(Ok(()), Err)
}

/// A row of an explanation: its cells, separated by blanks.
fn words(row: &mut RowReader<'_>, _: &Shape) -> Result<String> {
    let mut words = Vec::new();
    while let Some(cell) = row.next_cell()? {
        match cell {
            Cell::Null => {}
            Cell::Text(text) | Cell::Json(text) => words.push(text.to_owned()),
            Cell::Int(number) => words.push(number.to_string()),
            Cell::Float(number) => words.push(number.to_string()),
            other => words.push(other.describe().to_owned()),
        }
    }
    Ok(words.join(" "))
}
