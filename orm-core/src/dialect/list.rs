//! Lists that are one parameter.

use std::borrow::Cow;

use super::facts::ColumnFacts;
use super::words::{Pattern, Words};
use crate::value::Kind;

/// A column of a list, and what it is compared with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List<'l> {
    /// The kind of what is on the left.
    pub(crate) kind: Kind,
    /// How many characters the longest text has, or bytes.
    pub(crate) longest: usize,
    /// What is on the left, for how it compares.
    pub(crate) left: Left<'l>,
}

/// How what is on the left of a list compares.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Left<'l> {
    /// As our own columns do; decimals that are kept as text in one form.
    Ours,
    /// As what is computed does: a database may have it in another type than a column of its kind.
    Computed,
    /// Decimals that are kept as text in several forms.
    Unsettled,
    /// As a column does of which this is known.
    Column(&'l ColumnFacts),
    /// As a column of texts does of which nothing is known.
    Unknown,
    /// As ours, and the list is of the bytes of texts: such a list holds any character.
    Bytes,
}

/// The slot of an operand in the words of a comparison: `{0}`, `{1}` … . A key has at most four columns.
pub(crate) fn slot(at: usize) -> String {
    format!("{{{at}}}")
}

/// One expression, or a row of several.
pub(crate) fn row(expressions: &[String]) -> String {
    match expressions {
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
    }
}

/// A comparison and its opposite, in words made for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) holds: Cow<'static, str>,
    pub(crate) fails: Cow<'static, str>,
}

impl Made {
    /// Words that are known.
    pub(crate) const fn plain(holds: &'static str, fails: &'static str) -> Self {
        Self { holds: Cow::Borrowed(holds), fails: Cow::Borrowed(fails) }
    }

    /// Whether an expression is among the rows of a subquery.
    pub(crate) fn among(left: &str, subquery: &str) -> Self {
        Self { holds: format!("{left} IN ({subquery})").into(), fails: format!("{left} NOT IN ({subquery})").into() }
    }

    /// The same, with an operand at the right in other words, which stand around `{0}`.
    pub(crate) fn with(self, operand: usize, words: &str) -> Self {
        let slot = format!("{{{operand}}}");
        // BETWEEN takes a COLLATE in parentheses only.
        let words = format!("({})", words.replace("{0}", &slot));
        Self { holds: self.holds.replace(&slot, &words).into(), fails: self.fails.replace(&slot, &words).into() }
    }

    /// Of an equality, where the two differ and none of its operands at these places is NULL.
    pub(crate) fn unequal(self, nullable: impl Iterator<Item = usize>) -> Self {
        let known: String = nullable.map(|at| format!(" AND {} IS NOT NULL", slot(at))).collect();
        Self { holds: format!("(({}) IS NOT TRUE{known})", self.holds).into(), fails: self.holds }
    }

    /// As the words of a comparison.
    pub(crate) fn words(&self) -> Words<'_> {
        Words { holds: &self.holds, fails: &self.fails, pattern: Pattern::Plain }
    }
}
