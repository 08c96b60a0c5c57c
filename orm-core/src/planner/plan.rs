//! Planned statements: all that the compiler is told, in the words of no database. A plan borrows from its query.

use super::tables::{Joins, Place};
use crate::ast::{Lookup, Node, Nulls, Output, Wait};
use crate::model::{Column, FieldDef, ModelDef};
use crate::row::Shape;
use crate::value::Value;

/// A SELECT.
#[derive(Debug)]
pub struct Plan<'q> {
    /// Whether equal rows count once.
    pub distinct: Distinct,
    /// What is selected.
    pub columns: Columns<'q>,
    /// Whether the columns are named `c0`, `c1` …, as those of a subquery in FROM must be.
    pub named: bool,
    /// What it is selected from.
    pub source: Source<'q>,
    /// Which rows, in normal form.
    pub condition: Clause<'q>,
    /// The terms of the order.
    pub order: Vec<Term<'q>>,
    /// How many rows at most.
    pub limit: Limit,
    /// How many rows are passed over first.
    pub offset: i64,
    /// How its rows are locked.
    pub lock: Option<Locked>,
}

/// What becomes of rows that are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distinct {
    /// Each counts.
    No,
    /// There are none, since a key is selected; values have the forms in which they would count once.
    Sure,
    /// They count once.
    Yes,
}

/// What a SELECT selects.
#[derive(Debug)]
pub enum Columns<'q> {
    /// The columns of the model, then those of related models.
    Model(&'q Shape),
    /// Expressions, and the columns of whole models.
    Outputs(&'q [Output]),
    /// Expressions.
    Values(&'q [Node]),
    /// The primary key of the model.
    Keys,
    /// All columns of the source.
    All,
    /// The number of rows.
    Count,
    /// Nothing that matters.
    One,
}

/// What a SELECT is from.
#[derive(Debug)]
pub enum Source<'q> {
    /// A table, and those that are joined with it.
    Tables(Joins),
    /// The rows of another SELECT.
    Rows(Box<Plan<'q>>),
}

/// How many rows a SELECT gives at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// All.
    None,
    /// One, in every statement of its text.
    One,
    /// So many.
    Rows(i64),
}

/// How rows are locked.
#[derive(Debug)]
pub struct Locked {
    /// Whether rows that refer to the locked ones may still be inserted.
    pub no_key: bool,
    /// What is done about rows that another transaction has locked.
    pub wait: Wait,
    /// The tables whose rows are locked, if not those of all tables.
    pub of: Option<Vec<Place>>,
}

/// An UPDATE.
#[derive(Debug)]
pub struct Change<'q> {
    /// What each column becomes, in an order in which every expression sees the old row.
    pub assignments: Vec<Assigned<'q>>,
    /// Which rows.
    pub rows: Chosen<'q>,
}

/// A column and what it becomes.
pub type Assigned<'q> = (&'static FieldDef, &'q Node);

/// The rows that an UPDATE or DELETE concerns.
#[derive(Debug)]
pub struct Chosen<'q> {
    /// Which rows, in normal form.
    pub condition: Clause<'q>,
    /// The table; joined with those of the paths, if the rows are chosen first.
    pub joins: Joins,
    /// Whether the rows are chosen, and their new values computed, by a subquery that is complete before the first row changes.
    pub first: bool,
}

/// A condition in normal form.
#[derive(Debug)]
pub enum Clause<'q> {
    /// Every row, or none.
    Constant(bool),
    /// A comparison, or its complement.
    Test {
        /// The comparison; not of one with NULL, which is folded or becomes [`Clause::IsNull`].
        lookup: &'q Lookup,
        /// Whether the complement is meant.
        negated: bool,
    },
    /// An expression is one of some values, none of them NULL; or it is none of them.
    Any {
        /// The expression.
        left: &'q Node,
        /// The values; one at least.
        values: Vec<&'q Value>,
        /// Whether the complement is meant.
        negated: bool,
    },
    /// An expression is NULL, or is not.
    IsNull {
        /// The expression.
        node: &'q Node,
        /// Whether the complement is meant.
        negated: bool,
    },
    /// The primary key of a row of the model is among the keys that a SELECT gives.
    KeyIn {
        /// The model.
        model: &'static ModelDef,
        /// The keys.
        keys: Box<Plan<'q>>,
    },
    /// All of the parts.
    All(Vec<Clause<'q>>),
    /// Any of the parts.
    Either(Vec<Clause<'q>>),
    /// An odd number of the parts; or an even one.
    Odd {
        /// The parts; two at least.
        parts: Vec<Clause<'q>>,
        /// Whether the complement is meant.
        negated: bool,
    },
}

/// One term of an order.
#[derive(Debug, Clone, Copy)]
pub struct Term<'q> {
    /// What is compared.
    pub what: Sorted<'q>,
    /// Whether it is compared only by being NULL or not.
    pub is_null: bool,
    /// Whether the greatest comes first.
    pub descending: bool,
    /// Where NULLs come; without it, where the database puts them.
    pub nulls: Option<Nulls>,
    /// Which column of the result it is, counted from 1, if DISTINCT selects just this expression.
    pub position: Option<usize>,
}

/// What a term of an order compares.
#[derive(Debug, Clone, Copy)]
pub enum Sorted<'q> {
    /// An expression.
    Node(&'q Node),
    /// A column of the root.
    Field(&'static FieldDef),
    /// A column.
    Column(Column),
}

impl<'q> Plan<'q> {
    /// All columns and rows of another SELECT, for databases that do without it only there.
    pub(super) fn around(inner: Self) -> Self {
        Self::over(Columns::All, Source::Rows(Box::new(inner)))
    }

    /// Columns of all rows of a source.
    pub(super) const fn over(columns: Columns<'q>, source: Source<'q>) -> Self {
        Self {
            distinct: Distinct::No,
            columns,
            named: false,
            source,
            condition: Clause::Constant(true),
            order: Vec::new(),
            limit: Limit::None,
            offset: 0,
            lock: None,
        }
    }
}

impl Clause<'_> {
    /// Tells whether every row is meant.
    pub const fn is_always(&self) -> bool {
        matches!(self, Self::Constant(true))
    }

    /// Tells whether no row is meant.
    pub const fn is_never(&self) -> bool {
        matches!(self, Self::Constant(false))
    }
}
