//! Planned statements: all that the compiler is told, in the words of no database. One tree: an expression may hold a
//! condition, whose operands are expressions, and either may hold a statement. A plan borrows from its query.

use std::borrow::Cow;
use std::ops::Deref;

use chrono::NaiveDate;

use super::tables::{Col, Join, Joins, Table};
use crate::ast::{Call, LookupOperator, Nulls, Wait};
use crate::dialect::{ColumnFacts, Fit, Made};
use crate::model::{FieldDef, ModelDef};
use crate::value::{Kind, Value};

/// A SELECT.
#[derive(Debug, Clone)]
pub struct Plan<'q> {
    /// Whether equal rows count once.
    pub distinct: Distinct,
    /// What is selected.
    pub columns: Columns<'q>,
    /// For what the columns are.
    pub shown: Shown,
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

/// For what the columns of a SELECT are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// They are read by the program, in whatever form it reads.
    Read,
    /// They are those of a subquery in FROM, and named `c0`, `c1` ….
    Named,
    /// They are values of an expression.
    Value,
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
#[derive(Debug, Clone)]
pub enum Columns<'q> {
    /// All columns of a table, in the order of its model.
    Row(Table),
    /// Expressions, and the columns of whole tables.
    Items(Vec<Item<'q>>),
    /// The primary key of the root.
    Keys,
    /// All columns of the source.
    All,
    /// The number of rows.
    Count,
    /// Nothing that matters.
    One,
}

/// One item of a SELECT list.
#[derive(Debug, Clone)]
pub enum Item<'q> {
    /// All columns of a table, in the order of its model.
    Row(Table),
    /// An expression.
    Expr(Expr<'q>),
}

/// What a SELECT is from.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
pub struct Locked {
    /// Whether rows that refer to the locked ones may still be inserted.
    pub no_key: bool,
    /// What is done about rows that another transaction has locked.
    pub wait: Wait,
    /// The tables whose rows are locked, if not those of all tables.
    pub of: Option<Vec<Table>>,
}

/// An INSERT.
#[derive(Debug)]
pub struct New<'r> {
    /// The model.
    pub model: &'static ModelDef,
    /// What the rows are given.
    pub rows: Rows<'r>,
    /// The columns that come back of each row, in the order of its model.
    pub returned: Option<Vec<Returned>>,
    /// The automatic key that is given a value, past which its numbers move on.
    pub numbered: Option<&'static FieldDef>,
}

/// What new rows are given.
#[derive(Debug)]
pub enum Rows<'r> {
    /// Nothing: one row of defaults.
    Default,
    /// Nothing, several times: a column that the database numbers is named, and left to it.
    Numbered {
        /// The column.
        key: &'static FieldDef,
        /// How many rows.
        count: usize,
    },
    /// Values.
    Values {
        /// The columns.
        fields: Vec<&'static FieldDef>,
        /// Their values, for each row.
        values: &'r [Vec<Value>],
    },
}

impl<'q> Change<'q> {
    /// Columns of some rows, and what they become.
    pub(super) fn of(assignments: Vec<Assigned<'q>>, rows: Chosen<'q>) -> Self {
        let numbered = assignments.iter().map(|(field, _)| *field).find(|field| field.auto);
        Self { assignments, rows, numbered }
    }
}

impl Rows<'_> {
    /// How many rows.
    pub const fn count(&self) -> usize {
        match self {
            Self::Default => 1,
            Self::Numbered { count, .. } => *count,
            Self::Values { values, .. } => values.len(),
        }
    }

    /// The columns that are given a value.
    pub fn fields(&self) -> &[&'static FieldDef] {
        match self {
            Self::Default | Self::Numbered { .. } => &[],
            Self::Values { fields, .. } => fields,
        }
    }
}

/// A column of a new row that comes back.
#[derive(Debug)]
pub struct Returned {
    /// The column.
    pub field: &'static FieldDef,
    /// What it must hold, if that is looked at as it comes back.
    pub(crate) checked: Option<Fit>,
}

/// An UPDATE.
#[derive(Debug)]
pub struct Change<'q> {
    /// What each column becomes, in an order in which every expression sees the old row.
    pub assignments: Vec<Assigned<'q>>,
    /// Which rows.
    pub rows: Chosen<'q>,
    /// The automatic key that is given a value, past which its numbers move on.
    pub numbered: Option<&'static FieldDef>,
}

/// A column and what it becomes.
pub type Assigned<'q> = (&'static FieldDef, Expr<'q>);

/// The rows that an UPDATE or DELETE concerns.
#[derive(Debug)]
pub struct Chosen<'q> {
    /// Which rows, in normal form.
    pub condition: Clause<'q>,
    /// The table; joined with those of the paths, if the rows are chosen first.
    pub joins: Joins,
    /// How they are found.
    pub by: Choice,
}

/// How an UPDATE or DELETE finds its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// By the condition, one after the other while it changes them.
    Condition,
    /// By keys from a subquery in FROM, which is complete before the first row changes and has their new values too.
    From,
    /// The same from a subquery that the table is joined with.
    Joined,
}

/// An expression whose columns are found.
#[derive(Debug, Clone)]
pub enum Expr<'q> {
    /// A column of a table of the statement.
    Column(Col),
    /// A bound value.
    Value(Cow<'q, Value>),
    /// An operator, a function or an aggregate with its arguments.
    Call(Box<Called<'q>>),
    /// A condition used as a value: true or false, never NULL.
    Truth(Box<Clause<'q>>),
    /// A column behind a path from the row that an UPDATE changes.
    Related(Box<Related>),
    /// The value of a query; on the right of `In`, the list of its values.
    Subquery(Box<Inner<'q>>),
    /// What an aggregate is over, where a condition holds; NULL elsewhere.
    Where(Box<Where<'q>>),
}

/// A query inside another one, which selects one expression.
#[derive(Debug, Clone)]
pub struct Inner<'q> {
    /// The query.
    pub plan: Plan<'q>,
    /// What its values are.
    pub kind: Kind,
    /// Whether they can be NULL; where one value is meant, also for want of a row.
    pub nullable: bool,
}

/// An argument of an aggregate that leaves rows out, for a database whose aggregates know no FILTER.
#[derive(Debug, Clone)]
pub struct Where<'q> {
    /// The rows that take part.
    pub condition: Clause<'q>,
    /// The argument; rows are counted without one.
    pub argument: Option<Expr<'q>>,
}

/// A function and its arguments.
#[derive(Debug, Clone)]
pub struct Called<'q> {
    /// Which function, and what the result is.
    pub call: &'q Call,
    /// Its arguments.
    pub arguments: Operands<'q>,
    /// The rows that take part in an aggregate; all, without it.
    pub filter: Option<Clause<'q>>,
}

/// A column behind a path, read by a subquery for each row.
#[derive(Debug, Clone)]
pub struct Related {
    /// The column.
    pub column: Col,
    /// The way to it, from the row; and whether a table is read by way of a copy, since the statement changes it.
    pub steps: Vec<(Join, bool)>,
}

/// The operands of a comparison, or the arguments of a function: one or two without an allocation.
#[derive(Debug, Clone)]
pub enum Operands<'q> {
    /// One.
    One([Expr<'q>; 1]),
    /// The left one and the right one.
    Two([Expr<'q>; 2]),
    /// Any number.
    Any(Vec<Expr<'q>>),
}

impl<'q> Deref for Operands<'q> {
    type Target = [Expr<'q>];

    fn deref(&self) -> &Self::Target {
        match self {
            Self::One(one) => one,
            Self::Two(two) => two,
            Self::Any(any) => any,
        }
    }
}

/// A condition in normal form.
#[derive(Debug, Clone)]
pub enum Clause<'q> {
    /// Every row, or none.
    Constant(bool),
    /// A comparison, or its complement.
    Test {
        /// The comparison; not with NULL, which is folded or becomes [`Clause::IsNull`].
        operator: LookupOperator,
        /// What is compared.
        operands: Operands<'q>,
        /// Whether the complement is meant.
        negated: bool,
    },
    /// An expression is one of some values, none of them NULL; or it is none of them. Each value is a parameter.
    In {
        /// The expression.
        left: Expr<'q>,
        /// The values; one at least, and the last one repeated as often as it is bound.
        values: Vec<&'q Value>,
        /// Whether the complement is meant.
        negated: bool,
    },
    /// Expressions are in one row of a list that is one parameter.
    Listed(Box<Listed<'q>>),
    /// A column of others has some values, in any of their forms.
    Forms(Box<Forms<'q>>),
    /// A comparison with moments beside a column of others, with what texts alone tell of it.
    Near(Box<Near<'q>>),
    /// An expression is NULL, or is not.
    IsNull {
        /// The expression.
        node: Expr<'q>,
        /// Whether the complement is meant.
        negated: bool,
    },
    /// A column holds what is read: an error where it does not.
    Readable(Expr<'q>),
    /// The primary key of a row is among the keys that a SELECT gives.
    KeyInRows {
        /// The table of the row.
        table: Table,
        /// The keys.
        keys: Box<Plan<'q>>,
    },
    /// A query has a row, or it has none.
    Exists {
        /// The query.
        rows: Box<Plan<'q>>,
        /// Whether the complement is meant.
        negated: bool,
    },
    /// All of the parts.
    And(Vec<Clause<'q>>),
    /// Any of the parts.
    Or(Vec<Clause<'q>>),
    /// An odd number of the parts; or an even one.
    Xor {
        /// The parts; two at least.
        parts: Vec<Clause<'q>>,
        /// Whether the complement is meant.
        negated: bool,
    },
}

/// Expressions beside the rows of a list that is one parameter.
#[derive(Debug, Clone)]
pub struct Listed<'q> {
    /// Each expression, and what it is in each row.
    pub columns: Vec<Among<'q>>,
    /// The comparison in the dialect's words.
    pub(crate) made: Made,
    /// Whether it is one with `<>`.
    pub differs: bool,
    /// Whether the complement is meant.
    pub negated: bool,
}

/// An expression, and what it is in each row of a list.
#[derive(Debug, Clone)]
pub struct Among<'q> {
    /// The expression.
    pub left: Expr<'q>,
    /// Its values.
    pub values: Vec<&'q Value>,
    /// What is known of a column that may not be like ours.
    pub facts: Option<ColumnFacts>,
    /// Whether the values are sent as bytes, since one of them cannot be in a list as a text.
    pub bytes: bool,
}

/// A column of others beside values that have several forms there.
#[derive(Debug, Clone)]
pub struct Forms<'q> {
    /// Equality, also with one of several values, or difference.
    pub operator: LookupOperator,
    /// The column.
    pub left: Expr<'q>,
    /// The values, the last one repeated as often as it is bound.
    pub values: Vec<&'q Value>,
    /// Whether they are sent as lists; else each form is a parameter.
    pub as_lists: bool,
    /// Whether the complement is meant.
    pub negated: bool,
}

/// A comparison with moments beside a column of others. In every form the date is in front, no more than a day off by the
/// offset, so that an index serves.
#[derive(Debug, Clone)]
pub struct Near<'q> {
    /// The first day on which it can hold.
    pub from: Option<NaiveDate>,
    /// The first day after all on which it can hold.
    pub until: Option<NaiveDate>,
    /// Which comparison.
    pub operator: LookupOperator,
    /// The column and the moments.
    pub operands: Operands<'q>,
}

/// One term of an order.
#[derive(Debug, Clone)]
pub struct Term<'q> {
    /// What is compared.
    pub what: Expr<'q>,
    /// Whether it is compared only by being NULL or not.
    pub is_null: bool,
    /// Whether the greatest comes first.
    pub descending: bool,
    /// Where NULLs come; without it, where the database puts them.
    pub nulls: Option<Nulls>,
    /// Which column of the result it is, counted from 1, if DISTINCT selects just this expression.
    pub position: Option<usize>,
}
