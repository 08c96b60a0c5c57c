//! Asks put to a database through the public API.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use dormouse::expr::{
    AggregateSelection, Assignment, Col, Condition, Expr, Node, Operand, Ordering, Orders, Output as Selected,
    Selection,
};
use dormouse::model::{Column, DraftValues, IntoDraft, Key};
use dormouse::prelude::*;
use dormouse::row::RowReader;
use dormouse::value::{Cell as Wire, FieldType, Here, Mismatch};
use dormouse::{Error, ErrorKind};
use uuid::Uuid;

use super::ask::{Ask, Cond, Ex, Fetch, Join, Load, Numbered, Output, Step, Term, What};
use super::models::Table;
use super::oracle::Failure;
use super::typed::{self, Root, Typed};
use super::values::{Cell, Plain, Row, Ty, Val, cell_of};

/// An expression by the typed handles.
pub(crate) fn expression<M: Table>(ex: &Ex) -> Typed {
    match ex {
        Ex::Col { path, ty, nullable, .. } => {
            Typed::new(*ty, *nullable, Node::Column(M::at::<M, Here>(M::fields(), path)))
        }
        Ex::Neg(inner) => typed::negate(expression::<M>(inner)),
        Ex::Op(op, left, right) => match (&**left, &**right) {
            (Ex::Lit(Some(left), ty), right) => {
                typed::value_operates(*op, left, *ty, expression::<M>(right)).expect("they meet")
            }
            (left, Ex::Lit(Some(right), ty)) => typed::operate_value(*op, expression::<M>(left), right, *ty),
            (left, right) => typed::operate(*op, expression::<M>(left), expression::<M>(right)),
        },
        Ex::Lit(..) => panic!("a literal stands beside something"),
    }
}

/// A condition by the typed lookups.
fn condition<M: Table>(cond: &Cond) -> Q<Root> {
    let ex = expression::<M>;
    match cond {
        Cond::Compare(how, left, Ex::Lit(value, ty)) => ex(left).compare_value(*how, value, *ty),
        Cond::Compare(how, left, right) => typed::compare(*how, &ex(left), &ex(right)),
        Cond::In { of, values, not } => ex(of).in_values(values, *not),
        Cond::Between { of, low, high, half_open } => ex(of).between_values(low, high, *half_open),
        Cond::IsNull { of, not: false } => ex(of).is_null(),
        Cond::IsNull { of, not: true } => ex(of).is_not_null(),
        Cond::IsTrue(of) => ex(of).is_true(),
        Cond::Text { how, of, pattern, by } => ex(of).text(*how, pattern, by.as_ref().map(ex).as_ref()),
        Cond::Not(inner) => !condition::<M>(inner),
        Cond::Join(join, parts) => {
            let parts = parts.iter().map(condition::<M>);
            let joined = match join {
                Join::And => parts.reduce(|a, b| a & b),
                Join::Or => parts.reduce(|a, b| a | b),
                Join::Xor => parts.reduce(|a, b| a ^ b),
            };
            joined.unwrap_or_default()
        }
        Cond::AnyOf(parts) => Q::any_of(parts.iter().map(condition::<M>)),
        Cond::AllOf(parts) => Q::all_of(parts.iter().map(condition::<M>)),
        Cond::Nothing => Q::new(),
        Cond::Keys(keys, not) => Q::from_condition(keys_in::<M>(keys, *not)),
    }
}

/// On the model that is asked.
fn on<M: Table>(cond: &Cond) -> Q<M> {
    Q::from_condition(condition::<M>(cond).into_condition())
}

/// The keys as the model has them.
fn keys<M: Table>(keys: &[Row]) -> Vec<M::Key> {
    keys.iter().map(|key| M::Key::read(&mut RowReader::new(&Cells::of(key))).expect("a key")).collect()
}

fn keys_in<M: Table>(rows: &[Row], not: bool) -> Condition {
    let handles = dormouse::expr::KeyOf::<M, M::Key, Here>::new(M::root());
    let keys = keys::<M>(rows);
    let found = if not { handles.not_in(keys) } else { handles.in_(keys) };
    found.into_condition()
}

struct Terms(Vec<Ordering>);

impl<M> Orders<M> for Terms {
    fn terms(self) -> Vec<Ordering> {
        self.0
    }
}

fn terms<M: Table>(terms: &[Term]) -> Terms {
    let terms = terms.iter().flat_map(|term| {
        let order = expression::<M>(&term.ex).order(term.descending);
        let order = match term.nulls_first {
            Some(true) => order.nulls_first(),
            Some(false) => order.nulls_last(),
            None => order,
        };
        Orders::<Root>::terms(order)
    });
    Terms(terms.collect())
}

/// Outputs whose types are known only when the program runs.
struct Picked(Vec<Node>);

impl<M> Selection<M> for Picked {
    type Out = Vec<Raw>;

    fn outputs(self, list: &mut Vec<Selected>) {
        list.extend(self.0.into_iter().map(Selected::Node));
    }

    fn decode(row: &mut RowReader<'_>) -> dormouse::Result<Vec<Raw>> {
        Raw::all(row)
    }
}

impl<M> AggregateSelection<M> for Picked {
    type Out = Vec<Raw>;

    fn nodes(self, list: &mut Vec<Node>) {
        list.extend(self.0);
    }

    fn decode(row: &mut RowReader<'_>) -> dormouse::Result<Vec<Raw>> {
        Raw::all(row)
    }
}

/// A cell as the driver found it, kept.
#[derive(Debug, Clone)]
enum Raw {
    Text(String),
    Json(String),
    Bytes(Vec<u8>),
    Other(Wire<'static>),
}

impl Raw {
    fn all(row: &mut RowReader<'_>) -> dormouse::Result<Vec<Self>> {
        let mut all = Vec::new();
        while let Some(cell) = row.next_cell()? {
            all.push(match cell {
                Wire::Text(text) => Self::Text(text.to_owned()),
                Wire::Json(text) => Self::Json(text.to_owned()),
                Wire::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
                Wire::Null => Self::Other(Wire::Null),
                Wire::Int(value) => Self::Other(Wire::Int(value)),
                Wire::Float(value) => Self::Other(Wire::Float(value)),
                Wire::Bool(value) => Self::Other(Wire::Bool(value)),
                Wire::Decimal(value) => Self::Other(Wire::Decimal(value)),
                Wire::Date(value) => Self::Other(Wire::Date(value)),
                Wire::Time(value) => Self::Other(Wire::Time(value)),
                Wire::DateTime(value) => Self::Other(Wire::DateTime(value)),
                Wire::Timestamp(value) => Self::Other(Wire::Timestamp(value)),
                Wire::Uuid(value) => Self::Other(Wire::Uuid(value)),
                other => panic!("{other:?}"),
            });
        }
        Ok(all)
    }

    fn wire(&self) -> Wire<'_> {
        match self {
            Self::Text(text) => Wire::Text(text),
            Self::Json(text) => Wire::Json(text),
            Self::Bytes(bytes) => Wire::Bytes(bytes),
            Self::Other(cell) => *cell,
        }
    }

    /// Read as the type that the expression has.
    fn read(&self, (ty, nullable): (Ty, bool)) -> Result<Cell, Failure> {
        fn read<T: Plain<Nullable = Option<T>>>(cell: Wire<'_>, nullable: bool) -> Result<Cell, Failure> {
            let value = if nullable { Option::<T>::decode(cell) } else { T::decode(cell).map(Some) };
            let number = T::TY.range().is_some() && matches!(cell, Wire::Int(_) | Wire::Decimal(_));
            let value = value.map_err(|mismatch| if number { Failure::OutOfRange } else { mismatched(&mismatch) })?;
            value.map_or(Ok(None), |value| Ok(cell_of(value.encode().map_err(|error| failure(&error))?)))
        }
        let cell = self.wire();
        match ty {
            Ty::Bool => read::<bool>(cell, nullable),
            Ty::I8 => read::<i8>(cell, nullable),
            Ty::I16 => read::<i16>(cell, nullable),
            Ty::I32 => read::<i32>(cell, nullable),
            Ty::I64 => read::<i64>(cell, nullable),
            Ty::U8 => read::<u8>(cell, nullable),
            Ty::U16 => read::<u16>(cell, nullable),
            Ty::U32 => read::<u32>(cell, nullable),
            Ty::U64 => read::<u64>(cell, nullable),
            Ty::F32 => read::<f32>(cell, nullable),
            Ty::F64 => read::<f64>(cell, nullable),
            Ty::Dec => read::<Decimal>(cell, nullable),
            Ty::Text => read::<String>(cell, nullable),
            Ty::Bytes => read::<Vec<u8>>(cell, nullable),
            Ty::Date => read::<NaiveDate>(cell, nullable),
            Ty::Time => read::<NaiveTime>(cell, nullable),
            Ty::Naive => read::<NaiveDateTime>(cell, nullable),
            Ty::Moment => read::<DateTime<Utc>>(cell, nullable),
            Ty::Span => read::<chrono::TimeDelta>(cell, nullable),
            Ty::Uuid => read::<Uuid>(cell, nullable),
            Ty::Json => read::<serde_json::Value>(cell, nullable),
            Ty::Mood => read::<super::values::Mood>(cell, nullable),
            Ty::Rank => read::<super::values::Rank>(cell, nullable),
        }
    }
}

fn mismatched(mismatch: &Mismatch) -> Failure {
    Failure::Other(format!("{mismatch:?}"))
}

/// An error as the oracle names it.
pub(crate) fn failure(error: &Error) -> Failure {
    match error.kind() {
        ErrorKind::OutOfRange { .. } => Failure::OutOfRange,
        ErrorKind::Validation(_) => Failure::Validation,
        ErrorKind::Integrity { .. } => Failure::Integrity,
        ErrorKind::Query { .. } => Failure::Query,
        ErrorKind::DoesNotExist { .. } => Failure::DoesNotExist,
        ErrorKind::MultipleObjectsReturned { .. } => Failure::Multiple,
        _ => Failure::Other(format!("{error}: {error:?}")),
    }
}

/// The queryset of an ask, without its slices where they would stand before `values`.
fn queryset<M: Table>(ask: &Ask) -> QuerySet<M> {
    let mut queryset = M::objects();
    for step in &ask.steps {
        queryset = match step {
            Step::Filter(cond) => queryset.filter(|_| on::<M>(cond)),
            Step::Exclude(cond) => queryset.exclude(|_| on::<M>(cond)),
        };
    }
    if !ask.order.is_empty() && !matches!(ask.what, What::Latest | What::Earliest) {
        queryset = queryset.order_by(|_| terms::<M>(&ask.order));
    }
    if ask.gives_rows() {
        queryset = ask.loads.iter().fold(queryset, |queryset, load| M::load(queryset, *load));
    }
    if ask.reverse { queryset.reverse() } else { queryset }
}

fn sliced<M: Table, T>(queryset: QuerySet<M, T>, ask: &Ask) -> QuerySet<M, T> {
    ask.slices.iter().fold(queryset, |queryset, (start, end)| match end {
        Some(end) => queryset.slice(*start..*end),
        None => queryset.slice(*start..),
    })
}

async fn fetch<M: Table, T: Send + 'static>(queryset: QuerySet<M, T>, how: Fetch) -> Result<Vec<T>, Error> {
    match how {
        Fetch::Await => queryset.await,
        Fetch::Stream => queryset.stream().try_collect().await,
        Fetch::Iterator(rows) => queryset.aiterator(rows).try_collect().await,
    }
}

fn row_of<M: Table>(model: &M) -> Result<Row, Failure> {
    let values = model.encode().map_err(|error| failure(&error))?;
    Ok(values.into_iter().map(cell_of).collect())
}

pub(crate) fn rows_of<'m, M: Table>(models: impl IntoIterator<Item = &'m M>) -> Result<Vec<Row>, Failure> {
    models.into_iter().map(row_of).collect()
}

/// The rows, each with what its relations hold.
fn loaded<M: Table>(models: impl IntoIterator<Item = M>, loads: &[Load]) -> Result<Vec<Row>, Failure> {
    let row = |model: M| {
        let mut row = row_of(&model)?;
        for load in loads {
            row.push(model.held(*load)?.map(Val::Rows));
        }
        Ok(row)
    };
    models.into_iter().map(row).collect()
}

/// Puts an ask to the database; a change answers how many rows it changed.
pub(crate) async fn put<M: Table>(ask: &Ask, db: &Database) -> Result<Vec<Row>, Failure> {
    let queryset = queryset::<M>(ask).using(db);
    let failed = |error: Error| failure(&error);
    let one = |val: Val| Ok(vec![vec![Some(val)]]);
    let rows = |models: Vec<M>| loaded(models, &ask.loads);
    match &ask.what {
        What::Rows(how) => rows(fetch(sliced(queryset, ask), *how).await.map_err(failed)?),
        What::Values { outputs, distinct, fetch: how } => {
            let (nodes, types) = picked::<M>(outputs);
            let queryset = queryset.values(|_| Picked(nodes));
            let queryset = if *distinct { queryset.distinct() } else { queryset };
            read(fetch(sliced(queryset, ask), *how).await.map_err(failed)?, &types)
        }
        What::Count => one(Val::Int(sliced(queryset, ask).acount().await.map_err(failed)? as i64)),
        What::Exists => one(Val::Bool(sliced(queryset, ask).aexists().await.map_err(failed)?)),
        What::Aggregate(aggs) => {
            let (mut nodes, mut types) = (Vec::new(), Vec::new());
            for agg in aggs {
                let filter = agg.filter.as_ref().map(condition::<M>);
                let found = typed::aggregate(agg.what, &expression::<M>(&agg.of), agg.distinct, filter);
                types.push(typed::aggregated(agg.what, agg.of.ty()));
                nodes.extend(found);
            }
            let row = sliced(queryset, ask).aaggregate(|_| Picked(nodes)).await.map_err(failed)?;
            read(vec![row], &types)
        }
        What::First => rows(Vec::from_iter(sliced(queryset, ask).afirst().await.map_err(failed)?)),
        What::Last => rows(Vec::from_iter(sliced(queryset, ask).alast().await.map_err(failed)?)),
        What::Latest => rows(vec![queryset.alatest(|_| terms::<M>(&ask.order)).await.map_err(failed)?]),
        What::Earliest => rows(vec![queryset.aearliest(|_| terms::<M>(&ask.order)).await.map_err(failed)?]),
        What::GetOne => rows(vec![sliced(queryset, ask).aget_one().await.map_err(failed)?]),
        What::InBulk(wanted) => {
            let found = queryset.ain_bulk(keys::<M>(wanted)).await.map_err(failed)?;
            assert!(found.iter().all(|(key, row)| *key == row.key()), "rows by another key than theirs");
            rows(found.into_values().collect())
        }
        What::Contains(row) => one(Val::Bool(queryset.acontains(&instance::<M>(row)).await.map_err(failed)?)),
        What::Update(sets) => one(Val::Int(queryset.aupdate(|_| assignments::<M>(sets)).await.map_err(failed)? as i64)),
        What::Delete => one(Val::Int(queryset.adelete().await.map_err(failed)?.total as i64)),
        What::Save(row, fields) => {
            let mut instance = instance::<M>(row);
            let save = instance.asave().using(db);
            let save = if fields.is_empty() { save } else { save.fields(|_| columns::<M>(fields)) };
            save.await.map_err(failed)?;
            one(Val::Int(1))
        }
        What::Create(row, numbered) => {
            let made = queryset.acreate(|_| Draft(draft::<M>(row, *numbered))).await.map_err(failed)?;
            rows_of([&made])
        }
        What::Remove(row) => {
            let deleted = instance::<M>(row).adelete().using(db).await.map_err(failed)?;
            one(Val::Int(deleted.total as i64))
        }
        What::Refresh(row) => rows_of([&instance::<M>(row).arefresh_from_db().using(db).await.map_err(failed)?]),
    }
}

/// Makes a change by sync code, in a transaction.
pub(crate) async fn put_inside<M: Table>(ask: &Ask, db: &Database) -> Result<Vec<Row>, Failure> {
    let ask = ask.clone();
    let change = move |tx: &Transaction| {
        let queryset = queryset::<M>(&ask).using(tx);
        let count = |count: u64| Ok(Ok(vec![vec![Some(Val::Int(count as i64))]]));
        match &ask.what {
            What::Update(sets) => count(queryset.update(|_| assignments::<M>(sets))?),
            What::Delete => count(queryset.delete()?.total),
            What::Save(row, fields) if fields.is_empty() => instance::<M>(row).save(tx).map(|()| 1).and_then(count),
            What::Save(row, fields) => {
                let mut instance = instance::<M>(row);
                instance.save_fields(tx, |_| columns::<M>(fields)).map(|()| 1).and_then(count)
            }
            What::Create(row, numbered) => Ok(rows_of([&queryset.create(|_| Draft(draft::<M>(row, *numbered)))?])),
            What::Remove(row) => count(instance::<M>(row).delete(tx)?.total),
            other => panic!("{other:?} changes nothing"),
        }
    };
    atomic(change).using(db).await.map_err(|error| failure(&error))?
}

fn assignments<M: Table>(sets: &[(usize, Ex)]) -> Vec<Assignment<M>> {
    sets.iter().map(|(field, ex)| assignment::<M>(*field, ex)).collect()
}

/// The columns of these fields.
fn columns<M: Table>(fields: &[usize]) -> Picked {
    let shape = M::shape();
    let column = |index: &usize| Node::Column(M::at::<M, Here>(M::fields(), &[shape.fields[*index].name]));
    Picked(fields.iter().map(column).collect())
}

fn picked<M: Table>(outputs: &[Output]) -> (Vec<Node>, Vec<(Ty, bool)>) {
    let node = |output: &Output| match output {
        Output::Ex(ex) => {
            let typed = expression::<M>(ex);
            (typed.node(), typed.ty())
        }
        Output::Cond(cond) => (Node::Condition(on::<M>(cond).into_condition()), (Ty::Bool, false)),
    };
    outputs.iter().map(node).unzip()
}

fn read(rows: Vec<Vec<Raw>>, types: &[(Ty, bool)]) -> Result<Vec<Row>, Failure> {
    rows.iter().map(|row| row.iter().zip(types).map(|(raw, ty)| raw.read(*ty)).collect()).collect()
}

/// A row as an instance of its model.
fn instance<M: Table>(row: &Row) -> M {
    M::decode(&mut RowReader::new(&Cells::of(row))).expect("a row")
}

/// Inserts a row.
pub(crate) fn insert<M: Table>(row: &Row, tx: &Transaction) -> Result<(), Error> {
    M::objects().using(tx).create(|_| Draft(draft::<M>(row, Numbered::ByUs))).map(drop)
}

fn draft<M: Table>(row: &Row, numbered: Numbered) -> DraftValues<M> {
    let mut draft = DraftValues::<M>::new();
    for (index, (cell, field)) in row.iter().zip(&M::shape().fields).enumerate() {
        draft = match cell {
            _ if field.key && numbered == Numbered::ByTheDatabase => draft,
            cell => draft_value(draft, index, cell, field.ty),
        };
    }
    draft
}

struct Draft<M>(DraftValues<M>);

impl<M: Table> IntoDraft<M> for Draft<M> {
    fn into_draft(self) -> DraftValues<M> {
        self.0
    }
}

fn assign<M: Table, T>(column: Column, ex: &Ex, nullable: bool) -> Assignment<M>
where
    T: Plain<Nullable = Option<T>, Presence = Here> + Operand<M, T, Source = dormouse::expr::Known>,
    Option<T>: FieldType<Bare = T, Presence = dormouse::value::Maybe>,
{
    let or_null = Col::<M, Option<T>>::new(column.path, column.field);
    let not_null = Col::<M, T>::new(column.path, column.field);
    match ex {
        Ex::Lit(None, _) => or_null.set_null(),
        Ex::Lit(Some(value), _) if nullable => or_null.set(T::of(value)),
        Ex::Lit(Some(value), _) => not_null.set(T::of(value)),
        ex if nullable => or_null.set(Expr::<M, Option<T>>::from_node(expression::<M>(ex).node())),
        ex => not_null.set(Expr::<M, T>::from_node(expression::<M>(ex).node())),
    }
}

macro_rules! by_type {
    ($($name:ident $rust:ty;)*) => {
        fn assignment<M: Table>(field: usize, ex: &Ex) -> Assignment<M> {
            let field = M::shape().fields[field];
            let column = M::at::<M, Here>(M::fields(), &[field.name]);
            match field.ty {
                $(Ty::$name => assign::<M, $rust>(column, ex, field.nullable),)*
            }
        }

        fn draft_value<M: Table>(draft: DraftValues<M>, index: usize, cell: &Cell, ty: Ty) -> DraftValues<M> {
            match ty {
                $(Ty::$name => draft.with::<Option<$rust>>(index, cell.as_ref().map(<$rust as Plain>::of)),)*
            }
        }
    };
}

by_type! {
    Bool bool; I8 i8; I16 i16; I32 i32; I64 i64; U8 u8; U16 u16; U32 u32; U64 u64; F32 f32; F64 f64; Dec Decimal;
    Text String; Bytes Vec<u8>; Date NaiveDate; Time NaiveTime; Naive NaiveDateTime; Moment DateTime<Utc>;
    Span chrono::TimeDelta; Uuid Uuid; Json serde_json::Value; Mood super::values::Mood; Rank super::values::Rank;
}

/// A row of the generator as a driver would show it.
struct Cells<'r>(&'r [Cell], Vec<String>);

impl<'r> Cells<'r> {
    fn of(row: &'r [Cell]) -> Self {
        let document = |cell: &Cell| match cell {
            Some(Val::Json(json)) => json.to_string(),
            _ => String::new(),
        };
        Self(row, row.iter().map(document).collect())
    }
}

impl fmt::Debug for Cells<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl dormouse::row::Columns for Cells<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn cell(&self, index: usize) -> dormouse::Result<Wire<'_>> {
        Ok(match &self.0[index] {
            None => Wire::Null,
            Some(Val::Bool(value)) => Wire::Bool(*value),
            Some(Val::Int(value) | Val::Span(value)) => Wire::Int(*value),
            Some(Val::Float(value)) => Wire::Float(*value),
            Some(Val::Dec(value)) => Wire::Decimal(*value),
            Some(Val::Text(value)) => Wire::Text(value),
            Some(Val::Bytes(value)) => Wire::Bytes(value),
            Some(Val::Date(value)) => Wire::Date(*value),
            Some(Val::Time(value)) => Wire::Time(*value),
            Some(Val::Naive(value)) => Wire::DateTime(*value),
            Some(Val::Moment(value)) => Wire::Timestamp(*value),
            Some(Val::Uuid(value)) => Wire::Uuid(*value),
            Some(Val::Json(_)) => Wire::Json(&self.1[index]),
            Some(Val::Rows(_)) => unreachable!("a column holds no rows"),
        })
    }

    fn name(&self, index: usize) -> String {
        format!("column {index}")
    }
}
