//! What is wrong with a query, or with how a transaction is used.

use std::fmt;

/// What is wrong with a query, or with how a transaction is used: [`ErrorKind::Query`](super::ErrorKind::Query).
///
/// Most are mistakes in the program, not in its data: the same call fails on every run. Five follow from a value, from rows or from
/// what other tasks do: `Pattern`, `DivisionByZero`, `AmbiguousKeys`, `NotStored` and `TransactionBusy`. The message says what to write
/// instead.
///
/// ```
/// # use orm_core::error::{Earlier, Error, ErrorKind, QueryMistake};
/// # let error = Error::from(QueryMistake::After { method: "filter", after: Earlier::Slice });
/// match error.kind() {
///     ErrorKind::Query(QueryMistake::After { method, after: Earlier::Slice }) => assert_eq!(*method, "filter"),
///     other => panic!("{other:?}"),
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryMistake {
    /// A method after another that it cannot follow.
    ///
    /// Cause: `Book::objects().limit(5).filter(..)`. Cure: `Book::objects().filter(..).limit(5)`.
    #[error("`{method}` cannot follow {after}")]
    After {
        /// The method that was called.
        method: &'static str,
        /// What it was called after.
        after: Earlier,
    },
    /// A method that changes what another asked for, without that other.
    ///
    /// Cause: `Book::objects().nowait()`. Cure: `Book::objects().select_for_update().nowait()`.
    #[error("`{method}` follows `{needs}`; call that first")]
    Without {
        /// The method that was called.
        method: &'static str,
        /// The method that must be called before.
        needs: &'static str,
    },
    /// A method that only has a meaning in a transaction.
    ///
    /// Cause: `Book::objects().select_for_update().await`. Cure: inside `atomic(|tx| ..)`, with `.using(tx)`.
    #[error("`{method}` outside a transaction; use it inside `atomic`, with `.using(tx)`")]
    OutsideTransaction {
        /// The method that was called.
        method: &'static str,
    },
    /// A setting of the outermost transaction, on one inside another.
    ///
    /// Cause: `atomic(|tx| ..).isolation(..)` inside `atomic`. Cure: set it on the outer one.
    #[error("`{setting}` is for the outermost transaction; this one is inside another")]
    InsideTransaction {
        /// The setting, as the method is called.
        setting: &'static str,
    },
    /// A closure gave a method what it does not take.
    ///
    /// Cause: `book.asave().fields(|b| b.author.name)`. Cure: columns of the book itself, and another save for its author.
    #[error("`{method}` on `{model}` takes {takes}")]
    Argument {
        /// The method that was called.
        method: &'static str,
        /// Name of the model.
        model: &'static str,
        /// What the method takes.
        takes: &'static str,
    },
    /// Two assignments to one column in one update.
    ///
    /// Cause: `aupdate(|b| (b.price.set(1), b.price.set(2)))`. Cure: leave one of them out.
    #[error("`{model}.{field}` is assigned twice")]
    AssignedTwice {
        /// Name of the model.
        model: &'static str,
        /// Name of the field.
        field: &'static str,
    },
    /// A column that the database computes, named as one to write.
    ///
    /// Cause: `item.asave().fields(|i| i.total)`. Cure: write the columns that it is made of: `|i| (i.price, i.count)`.
    #[error("the database computes `{model}.{field}`; write the columns that it is made of")]
    Computed {
        /// Name of the model.
        model: &'static str,
        /// Name of the field.
        field: &'static str,
    },
    /// A query that finds rows by a primary key, on a model without one, or without one of a single column.
    ///
    /// Cause: a view as a model, without `#[field(primary_key)]`. Cure: mark the column by which its rows are told apart.
    #[error("`{model}` has no primary key {needed}")]
    NoKey {
        /// Name of the model.
        model: &'static str,
        /// What key is needed, and for what.
        needed: &'static str,
    },
    /// Distinct rows in the order of something that is not part of them.
    ///
    /// Cause: `Book::objects().order_by(|b| b.price.asc()).values(|b| b.title).distinct()`. Cure: select the price too, or order
    /// by the title.
    #[error("`distinct` cannot be ordered by {term}, which is not selected; select it, or order by what is")]
    NotSelected {
        /// The term of the order.
        term: String,
    },
    /// An order, or a comparison by order, of JSON documents.
    ///
    /// Cause: `order_by(|b| b.extra.asc())` on a JSON column. Cure: keep what it is to be ordered by in a column of its own.
    #[error("documents (JSON) have no order: order by, and compare, what they hold in columns of its own")]
    DocumentsOrdered,
    /// Distinct rows with a JSON document among their values.
    ///
    /// Cause: `values(|b| (b.title, b.extra)).distinct()`. Cure: leave the document out of the values.
    #[error("`distinct` cannot tell documents (JSON) apart alike on every database: leave them out of the values")]
    DocumentsDistinct,
    /// A division by a zero that stands in the query.
    ///
    /// Cause: `b.price / divisor`, where `divisor` is 0. Cure: look at it first, and leave the condition out.
    #[error("a division by the number 0: leave the condition or value out where the divisor may be 0")]
    DivisionByZero,
    /// A row to lock that may not be there.
    ///
    /// Cause: `select_for_update().of(|b| b.editor.row())`, where a book may have no editor. Cure: ask for books that have one,
    /// by a condition on one of the editor's columns, or lock the editor by a query of its own.
    #[error(
        "`of` names `{path}`, whose row may be missing: ask only for rows that have one, by a condition on one of its \
         columns, or lock it by a query of its own"
    )]
    MayBeMissing {
        /// The way to the row.
        path: String,
    },
    /// Keys of two models that the database takes for equal, and the program does not.
    ///
    /// Cause: prefetching over text keys in a collation without case. Cure: a collation that minds case and accents.
    #[error(
        "`{model}.{relation}` cannot be prefetched: the database takes a key for another that differs, so whose row it is \
         cannot be told; give the columns a collation that minds case and accents"
    )]
    AmbiguousKeys {
        /// Name of the model.
        model: &'static str,
        /// Name of the relation.
        relation: &'static str,
    },
    /// A regular expression that the database cannot read, or that takes it too long.
    ///
    /// Cause: `b.title.regex("(")`. Cure: close the parenthesis; escape what a user types.
    #[error("the regular expression is refused: {reason}")]
    Pattern {
        /// What is wrong with it, without the pattern itself.
        reason: String,
    },
    /// SQL of the program with more or fewer placeholders than values.
    ///
    /// Cause: `Statement::new("SELECT ?, ?", vec![one], ..)`. Cure: one value for each placeholder.
    #[error("the statement has {wanted} placeholders and {given} bound values")]
    Placeholders {
        /// How many placeholders there are.
        wanted: u64,
        /// How many values.
        given: u64,
    },
    /// Several statements in one text of SQL.
    ///
    /// Cause: `execute_sql("DELETE FROM a; DELETE FROM b")`. Cure: two calls.
    #[error("several statements in one text; send them one by one")]
    SeveralStatements,
    /// SQL that writes, sent as one that reads.
    ///
    /// Cause: a query of rows with an `INSERT` as its text. Cure: `execute_sql`.
    #[error("the statement writes, and was asked as a read; run it with `execute_sql`")]
    ReadThatWrites,
    /// SQL of the program that ended the transaction of several statements that it was one of. All were undone.
    ///
    /// Cause: a `COMMIT` among them. Cure: leave it out, and run what belongs together in `atomic`.
    #[error("a statement ended the transaction that it is part of; run what ends transactions by `atomic`")]
    EndsTransaction,
    /// SQL of the program that began a transaction outside `atomic`, or would have. What it did is rolled back.
    ///
    /// Cause: `execute_sql("BEGIN")`, or `SET autocommit = 0`. Cure: `atomic`.
    #[error("a statement left a transaction open, which was rolled back; use `atomic` for transactions")]
    LeavesTransactionOpen,
    /// SQL of the program that would end a transaction, or set or release a savepoint. It was not sent.
    ///
    /// Cause: `execute_sql("COMMIT")`. Cure: `atomic`, which commits when its closure returns `Ok` and else rolls back;
    /// `tx.savepoint` for a part of it.
    #[error(
        "`{command}` is not for SQL of your own: `atomic` begins, commits when its closure returns `Ok`, and else rolls back; \
         `savepoint` undoes a part of it"
    )]
    TransactionCommand {
        /// The command, by its first word.
        command: String,
    },
    /// SQL of the program behind a comment that databases read in different ways: `/*! … */`, a comment inside a comment, a carriage
    /// return in a line. It might hide a command of transactions, and was not sent.
    ///
    /// Cause: `execute_sql("/*!40101 SET NAMES utf8 */")` inside `atomic`. Cure: the statement without that comment.
    #[error("a comment before this statement is read in another way by each database; leave the comment out")]
    CommentReadTwice,
    /// A transaction that was asked after its end.
    ///
    /// Cause: a clone of `tx` that outlived the closure of `atomic`. Cure: do all of its work inside.
    #[error("the transaction has ended")]
    TransactionEnded,
    /// Two statements at once in one transaction.
    ///
    /// Cause: `join!(a.using(tx), b.using(tx))`. Cure: one `.await` after the other.
    #[error("a transaction runs one statement at a time: wait for the answer to the first before the second")]
    TransactionBusy,
    /// A statement on another connection, while a transaction of the same database waits for the code that asks it: they could
    /// wait for each other.
    ///
    /// Cause: `async_to_sync` inside `atomic`, with a query without `.using(tx)`. Cure: the sync methods, or a task.
    #[error(
        "a transaction of this database waits for this code, which would ask it on another connection: use the sync methods \
         on the transaction's own thread, or spawn a task"
    )]
    TransactionWaits,
    /// A new row that the database took, and did not give back.
    ///
    /// Cause: a rule or trigger on the table that ignores the row, or stores it elsewhere. Cure: `managed = false` and a model of the
    /// table where it is stored; or `execute_sql`, which asks for nothing back.
    #[error(
        "the database did not give the new row of `{table}` back: its table ignored it, or a trigger stored it elsewhere or \
         not at all"
    )]
    NotStored {
        /// Name of the table.
        table: &'static str,
    },
    /// A new row whose automatic key the database did not make.
    ///
    /// Cause: a table made elsewhere, whose key does not number itself. Cure: give the key, or let the column number itself.
    #[error("the database did not number the new row of `{table}`: give its key, or let the column number itself")]
    NotNumbered {
        /// Name of the table.
        table: &'static str,
    },
    /// A future that was polled after it had given its result.
    ///
    /// Cause: an executor or combinator that polls once more; `.await` never does. Cure: `FutureExt::fuse`.
    #[error("an action was polled after it had ended")]
    PolledAgain,
    /// Sync code whose caller had gone before it ran.
    ///
    /// Cause: a future of `sync_to_async` that outlives the thread that it was to run on. Cure: await it before that ends.
    #[error("the sync code was dropped before it ran: what it belongs to has ended")]
    Abandoned,
    /// Another mistake.
    #[error("{reason}")]
    Other {
        /// What is wrong, and what to write instead.
        reason: String,
    },
}

/// What a method was called after, and cannot follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Earlier {
    /// A slice: `limit`, `offset` or `slice`.
    Slice,
    /// `distinct` on values, where a row of the result may be several of the table.
    Distinct,
}

impl fmt::Display for Earlier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Slice => "a slice (`limit`, `offset`, `slice`); call it before the slice",
            Self::Distinct => {
                "`distinct` on values: it needs rows of the model, and a row of the result may be several"
            }
        })
    }
}
