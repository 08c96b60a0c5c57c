//! How a database spells things: the standard's way here, and its own in its file.

use std::fmt;

use super::existing::Existing;
use super::explain::Explain;
use super::facts::{Collation, ColumnFacts};
use super::fit::Fit;
use super::list::{List, Made};
use super::standard;
use super::words::Test;
use crate::ast::{Call, LookupOperator};
use crate::error::Result;
use crate::schema;
use crate::value::{Kind, Value};

/// How a database spells what the standard leaves open, or what it spells otherwise.
pub(crate) trait Spelling: fmt::Debug + Send + Sync {
    /// The database's name in messages.
    fn name(&self) -> &'static str;

    /// A comparison. `collated`: whether the texts compared are known to have the collation of our own columns, or the
    /// decimals that are kept as text one form.
    fn test(&self, operator: LookupOperator, kind: Kind, collated: bool) -> Test;

    /// A function, operator or aggregate; in an aggregate `{d}` is the place of DISTINCT and `{f}` that of FILTER.
    fn call(&self, call: &Call) -> Option<&'static str>;

    /// The same in a schema, which other programs read too.
    fn schema_call(&self, call: &Call) -> Option<&'static str> {
        self.call(call)
    }

    /// How many characters the longest text of a list may have beside a column so that the list is read once; none where any may.
    fn longest_listed(&self, _column: &ColumnFacts) -> Option<usize> {
        None
    }

    /// The test whether expressions, `{0}`, `{1}` …, are one of the rows of a list; one expression is one of its items. The
    /// slots after them are a list for each expression where a parameter can be an array, else one list of rows, or of items.
    /// None where a list of them cannot be a parameter.
    fn list(&self, columns: &[List<'_>]) -> Option<Made>;

    /// The kind in which the items of a list are sent that is compared with a column of a table of others: times with and
    /// without a zone may be equal, and not be found by a hash.
    fn listed_as(&self, kind: Kind, _column: &ColumnFacts) -> Kind {
        kind
    }

    /// The type to cast a bare parameter of this kind to, where its type would otherwise be guessed.
    fn cast(&self, kind: Kind) -> Option<&'static str>;

    /// What follows an expression of this kind that is ordered.
    fn compared(&self, _kind: Kind) -> &'static str {
        ""
    }

    /// How an integer is compared with a decimal.
    fn integer_as_decimal(&self) -> Option<&'static str> {
        None
    }

    /// How a column or expression of a kind becomes an operand of arithmetic that is computed in another. `sure`: whether
    /// the database has it in the type of its kind, as our own columns and what is computed are.
    fn computed(&self, _from: Kind, _to: Kind, _sure: bool) -> Option<&'static str> {
        None
    }

    /// What is made of an expression, so that only what its column holds is stored; none where the database sees to it.
    fn fitted(&self, fit: &Fit) -> Option<String>;

    /// How an integer is compared with a float: as one. `sure`: whether the database has the float as one.
    fn integer_as_float(&self, _sure: bool) -> Option<&'static str> {
        None
    }

    /// What asks for the facts of the columns of a table; its schema or NULL and its name are bound: name, type, its base,
    /// what that is, collation or nothing, character set or nothing, whether ordered by code point, decimal places of a number or second, or NULL, whether a new
    /// row has NULL where it is left out, whether NULL becomes another value, whether
    /// its table settles conflicts by itself, and whether inserted rows come back without their number. None where nothing need be known.
    fn facts_query(&self) -> Option<&'static str> {
        None
    }

    /// What asks for the tables that are there.
    fn existing(&self) -> &'static Existing;

    /// What asks for the foreign keys to a table; none where errors name the key.
    fn keys_query(&self) -> Option<&'static str> {
        None
    }

    /// What asks for the columns of a foreign key; the names of key and table are bound. None where errors do not name the key.
    fn key_columns_query(&self) -> Option<&'static str> {
        None
    }

    /// What asks for the columns of a UNIQUE; the names of its index and table are bound. None where errors tell table and columns.
    fn unique_columns_query(&self) -> Option<&'static str> {
        None
    }

    /// What makes two names of one column the same: nothing where capitals count.
    fn column_names(&self) -> fn(&str) -> String {
        str::to_owned
    }

    /// Whether how the texts of a table of others are compared is among its facts. Else an order by code point costs nothing
    /// beside the column's own index, and lists are compared as the column compares.
    fn knows_collations(&self) -> bool {
        self.facts_query().is_some()
    }

    /// Whether values of a kind cannot be compared with a column of a table of others, or written into it, as what they mean.
    fn refuses(&self, _kind: Kind, _column: &ColumnFacts) -> bool {
        false
    }

    /// A text of a table of others, so that it is ordered by the collation of a name; none if it is anyway.
    fn by_collation(&self, name: &str, column: Option<&ColumnFacts>) -> Option<String> {
        let wished = self.own_collation(Some(name))?;
        let known = column.and_then(|column| column.collation.as_ref());
        (known != Some(&wished)).then(|| format!("{{0}} COLLATE {}", standard::in_template(&wished.name)))
    }

    /// A text that may not be ordered by code point, so that it is.
    fn by_code_point(&self, facts: Option<&ColumnFacts>) -> &'static str;

    /// A column of a table of others as a text of the usual type.
    fn plain_text(&self) -> &'static str {
        "{0}"
    }

    /// The collation of our own columns: that which was declared, or the usual one.
    fn own_collation(&self, _declared: Option<&str>) -> Option<Collation> {
        None
    }

    /// The equality of two columns of texts by the type and collation of the left one; none if they need no words of their
    /// own.
    fn equal_texts(&self, _left: &ColumnFacts, _right: &ColumnFacts) -> Option<String> {
        None
    }

    /// How a column of a table of others is written where its values are compared, if not as it stands.
    fn compared_as(&self, _kind: Kind, _column: &ColumnFacts) -> Option<String> {
        None
    }

    /// How an expression, `{0}`, is written that a column of a table of others is to store, if not as it stands.
    fn stored_as(&self, _column: &ColumnFacts) -> Option<String> {
        None
    }

    /// How what a column of a table of others is to store, `{0}`, is written so that it is an error where the database would
    /// take it for something else: a value, or an expression.
    fn accepted_as(&self, _kind: Kind, _column: &ColumnFacts, _value: Option<&Value>) -> Option<String> {
        None
    }

    /// What a value would have to be so that a column of a table of others keeps it as it is, if it is not.
    fn changes(&self, _value: &Value, _column: &ColumnFacts) -> Option<String> {
        None
    }

    /// How a document, `{0}`, is written so that it is told apart from others by its value.
    fn document(&self) -> &'static str {
        "{0}"
    }

    /// Whether what is compared with a column of a table of others counts as NULL if the column's type cannot read it.
    fn reads_as_null(&self, _column: &ColumnFacts) -> bool {
        false
    }

    /// Whether a text may be refused beside a column of a collation, so that it is compared as a list.
    fn may_lack(&self, _collation: &Collation, _text: &str) -> bool {
        false
    }

    /// Joins three texts.
    fn join_texts(&self) -> &'static str {
        "({0} || {1} || {2})"
    }

    /// How a value of this kind in a table that the library did not make, `{0}`, is converted to our own form, where it may have
    /// others; `{1}`: the decimal places of the column, or NULL.
    fn foreign(&self, _kind: Kind) -> Option<&'static str> {
        None
    }

    /// A condition that fails with an error unless a value of this kind in a table that the library did not make, `{0}`, of
    /// the column named by the text `{1}`, has a form that is read; none where every value has.
    fn readable(&self, _kind: Kind, _column: Option<&ColumnFacts>) -> Option<&'static str> {
        None
    }

    /// Whether what is not read of a kind is in one order with the rest, so that only what would be in an answer need be looked
    /// at: a comparison stands before that condition, which costs more, and aggregates are over the values as they are.
    fn orders_unread(&self, _kind: Kind) -> bool {
        false
    }

    /// The value itself, with the same error.
    fn checked(&self, _kind: Kind, _column: Option<&ColumnFacts>) -> Option<&'static str> {
        None
    }

    /// The forms in which others write a value of this kind, `{0}`, each as an expression, where they are few: texts first.
    fn forms(&self, _kind: Kind) -> &'static [&'static str] {
        &[]
    }

    /// How a value, `{0}`, is converted to the form of a column that the library did not make: that of a sample, `{1}`, or of
    /// the column's declared type; its table and name as texts are `{2}` and `{3}`.
    fn stored(&self, _kind: Kind) -> Option<&'static str> {
        None
    }

    /// What is written, `{0}`, into a column that the library did not make, where the database might keep another value than
    /// that: an error, unless it can be read again. A value that equals the one in the row, `{1}`, is left in its form. The
    /// column's name and the type that decides what it keeps are the texts `{2}` and `{3}`.
    fn guard(&self, _kind: Kind) -> Option<&'static str> {
        None
    }

    /// Whether such a column keeps any value of a kind that is bound, so that it need not be looked at: in an INSERT, or where
    /// it `changes` what may have other forms.
    fn keeps(&self, _kind: Kind, _column: &ColumnFacts, _changes: bool) -> bool {
        true
    }

    /// A subquery for the forms of UUIDs: those that are text, `{0}`, and those that are bytes, of `{1}`. Where there is none,
    /// each is a parameter.
    fn forms_list(&self) -> Option<&'static str> {
        None
    }

    /// Whether a template is in words that every program knows, and may stand in a schema.
    fn is_plain(&self, _template: &str) -> bool {
        true
    }

    /// The type of a column. `keyed`: whether an index or constraint contains it.
    fn column_type(&self, column: &schema::Column, keyed: bool) -> String;

    /// Whether a foreign key can refer to a column of others at all.
    fn is_referable(&self, _column: &ColumnFacts) -> bool {
        true
    }

    /// The type of a column of ours that refers to one of others, where a type of ours could not refer to it.
    fn referring(&self, _kind: Kind, _column: &ColumnFacts) -> Option<String> {
        None
    }

    /// Tells whether the table can be made here, as far as that shows before it is sent.
    fn check_table(&self, _table: &schema::Table) -> Result<()> {
        Ok(())
    }

    /// The most characters of a text, where its type does not say so and a check must.
    fn length_check(&self, _column: &schema::Column, _keyed: bool) -> Option<u32> {
        None
    }

    /// A default that is a literal of standard SQL.
    fn default_literal(&self, literal: &str) -> String {
        literal.to_owned()
    }

    /// What makes a column number new rows; it follows the type.
    fn auto(&self) -> &'static str;

    /// What moves the numbers of automatic keys on past a key that was given, `{2}`, in the table `{0}` and the column
    /// `{1}`, both as texts; none where the database does so by itself.
    fn number_on(&self) -> Option<&'static str> {
        None
    }

    /// A value written into a schema statement, where nothing can be bound.
    fn literal(&self, value: &Value) -> String {
        standard::literal(value)
    }

    /// Text written into a schema statement.
    fn text_literal(&self, text: &str) -> String {
        standard::text_literal(text)
    }

    /// What follows the closing parenthesis of CREATE TABLE.
    fn table_options(&self) -> &'static str {
        ""
    }

    /// What stands before a SELECT to have it explained.
    fn explain(&self, options: &Explain) -> Result<String>;
}
