//! The text lookups of PostgreSQL.

use crate::ast::LookupOperator;
use crate::dialect::words::Test;

/// A text in lower case, character by character, whatever the locale of the database. Beside what ICU does by itself, a
/// sigma at the end of a word is like any other, and a dotted capital I is one character.
macro_rules! folded {
    ($text:literal) => {
        concat!("LOWER(TRANSLATE(", $text, ", 'Σİ', 'σi') COLLATE \"und-x-icu\")")
    };
}

/// The text lookups over a left operand, and with the collation in which its characters are looked at one by one.
macro_rules! lookups {
    ($operator:expr, $left:literal, $collation:literal) => {{
        use LookupOperator as L;
        const HOLDS: &str = concat!($left, $collation, " LIKE {1} ESCAPE '!'");
        const FAILS: &str = concat!($left, $collation, " NOT LIKE {1} ESCAPE '!'");
        const FOLDED_HOLDS: &str = concat!(folded!($left), " LIKE ", folded!("{1}"), " ESCAPE '!'");
        const FOLDED_FAILS: &str = concat!(folded!($left), " NOT LIKE ", folded!("{1}"), " ESCAPE '!'");
        match $operator {
            L::StartsWith => Test::like(HOLDS, FAILS, false, true),
            L::EndsWith => Test::like(HOLDS, FAILS, true, false),
            L::IContains => Test::like(FOLDED_HOLDS, FOLDED_FAILS, true, true),
            L::IStartsWith => Test::like(FOLDED_HOLDS, FOLDED_FAILS, false, true),
            L::IEndsWith => Test::like(FOLDED_HOLDS, FOLDED_FAILS, true, false),
            L::IExact => Test::plain(
                concat!(folded!($left), " = ", folded!("{1}")),
                concat!(folded!($left), " <> ", folded!("{1}")),
            ),
            // What is a letter, and which belong together, is a matter of the collation.
            L::Regex => Test::plain(
                concat!($left, " COLLATE \"und-x-icu\" ~ {1}"),
                concat!($left, " COLLATE \"und-x-icu\" !~ {1}"),
            ),
            L::IRegex => Test::plain(
                concat!($left, " COLLATE \"und-x-icu\" ~* {1}"),
                concat!($left, " COLLATE \"und-x-icu\" !~* {1}"),
            ),
            _ => Test::like(HOLDS, FAILS, true, true),
        }
    }};
}

/// The text lookups. What is not a column of ours may be a `citext` or the like, whose operators have their own meaning, or
/// have a collation that takes several texts for one, which LIKE refuses.
pub(super) const fn text(operator: LookupOperator, collated: bool) -> Test {
    if collated { lookups!(operator, "{0}", "") } else { lookups!(operator, "CAST({0} AS TEXT)", " COLLATE \"C\"") }
}
