//! What a database can do, as flags and words.

/// What a database can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Features {
    /// The character around identifiers; doubled inside them.
    pub quote: char,
    /// How parameters are written.
    pub placeholder: Placeholder,
    /// How many parameters one statement may have.
    pub max_binds: usize,
    /// Whether INSERT gives back the rows it made.
    pub returning: bool,
    /// Whether a new row is stored just as it was given: nothing but the database's own number need come back.
    pub stores_as_given: bool,
    /// Whether a prepared text keeps the types that its parameters had at first.
    pub typed_parameters: bool,
    /// Whether a parameter can be an array, so that `IN` takes one.
    pub array_parameters: bool,
    /// Whether a list that is one parameter holds any character, or refuses it as a value would be.
    pub lists_hold_nul: bool,
    /// Whether ORDER BY knows NULLS FIRST and NULLS LAST.
    pub nulls_order: bool,
    /// The LIMIT that means none, where OFFSET needs one.
    pub no_limit: Option<&'static str>,
    /// Whether a LIMIT is bound, so that it does not matter to the text. Otherwise it is written as a number: the
    /// database would plan the statement anew for each value.
    pub binds_limit: bool,
    /// Whether aggregates know FILTER.
    pub aggregate_filter: bool,
    /// Whether UPDATE and DELETE may read the table they change in a subquery.
    pub reads_target: bool,
    /// Whether a subquery of `IN` may have a LIMIT.
    pub limit_in_subquery: bool,
    /// Whether a subquery in FROM may read columns of a query around.
    pub outer_in_from: bool,
    /// Whether text is compared code point by code point, so that an index serves a prefix as a range.
    pub prefix_ranges: bool,
    /// Whether all expressions of an UPDATE see the old row.
    pub old_values: bool,
    /// How an UPDATE or DELETE sees the other rows of its table as they were.
    pub old_rows: OldRows,
    /// What follows INSERT and UPDATE so that a conflict is an error also where the table would settle it by itself.
    pub conflicts_fail: &'static str,
    /// What follows the table in an INSERT of one row without columns.
    pub default_row: &'static str,
    /// The word for a key that the database is to number, among the values of an INSERT.
    pub default_word: &'static str,
    /// Whether decimals are kept as text, each column in one form, and compared by functions that only this library has.
    pub decimals_as_text: bool,
    /// Whether tables may stand in a schema: on MySQL, in another database of the server.
    pub schemas: bool,
    /// Whether schema changes can be rolled back.
    pub transactional_ddl: bool,
    /// Whether foreign keys can be added to and dropped from a table that is there.
    pub alter_constraints: bool,
    /// Whether foreign keys may be deferred to the commit, and how that is said.
    pub deferrable_keys: &'static str,
    /// Whether UNIQUE constraints may be checked at commit.
    pub deferrable_uniques: bool,
    /// Whether a foreign key can set its default.
    pub set_default: bool,
    /// Whether a CHECK may name a column that numbers new rows.
    pub checks_on_auto: bool,
    /// Whether a CHECK may name a column that a foreign key sets to NULL.
    pub checks_on_set_null: bool,
    /// What drops a foreign key.
    pub drop_foreign_key: &'static str,
    /// Whether an index may leave out rows.
    pub partial_indexes: bool,
    /// Whether an index may be over expressions.
    pub expression_indexes: bool,
    /// Whether an index may keep further columns (INCLUDE) and name its method (USING).
    pub index_options: bool,
    /// Whether a computed column need not be stored.
    pub virtual_columns: bool,
    /// Whether an automatic key must be declared as primary key in its column, which then takes any integer of 64 bits.
    pub auto_is_key: bool,
    /// How comments are given.
    pub comments: Comments,
    /// What SELECT can say about locks on its rows; none where the database locks as a whole.
    pub row_locks: Option<RowLocks>,
}

/// What SELECT can say about locks on its rows, beside FOR UPDATE, NOWAIT and SKIP LOCKED.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowLocks {
    /// FOR NO KEY UPDATE.
    pub no_key: bool,
    /// OF.
    pub of: bool,
}

/// How parameters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// `?`, in order.
    Question,
    /// `$1`, `$2` ….
    Dollar,
}

/// How comments on tables and columns are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comments {
    /// Not at all.
    Absent,
    /// In CREATE TABLE.
    Inline,
    /// By statements of their own.
    Statements,
}

/// How an UPDATE or DELETE sees the other rows of its table as they were before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldRows {
    /// It sees none of its own changes.
    Seen,
    /// Only from the subquery of an `UPDATE … FROM`; what the foreign keys do comes after the rows are chosen.
    From,
    /// Only from a subquery that the table is joined with; foreign keys change rows that are still to be judged.
    Joined,
}
