//! Regular expressions with look-around and back references: `text REGEXP pattern`, and `iregexp` without case.

use std::sync::Arc;

use fancy_regex::{Error as Fault, Regex, RegexBuilder};
use rusqlite::functions::Context;
use rusqlite::{Connection, Result};

use super::scalar::{complain, scalar, text_of};
use crate::error::QueryMistake;

/// A pattern may come from outside and runs in this process: past this many steps back it is an error.
const BACKTRACK_LIMIT: usize = 1_000_000;

pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "regexp", 2, |context| matches(context, false))?;
    scalar(connection, "iregexp", 2, |context| matches(context, true))
}

/// `X REGEXP Y` calls `regexp(Y, X)`: the pattern comes first.
fn matches(context: &Context<'_>, fold_case: bool) -> Result<Option<bool>> {
    let (Some(pattern), Some(text)) = (text_of(context, 0)?, text_of(context, 1)?) else {
        return Ok(None);
    };
    let regex: Arc<Regex> = match context.get_aux(0)? {
        Some(compiled) => compiled,
        None => context.set_aux(0, compile(&pattern, fold_case)?)?,
    };
    match regex.is_match(text.as_ref()) {
        Ok(found) => Ok(Some(found)),
        Err(_) => Err(refused("matching takes too many steps; simplify the pattern")),
    }
}

fn compile(pattern: &str, fold_case: bool) -> Result<Regex> {
    let regex = RegexBuilder::new(pattern).case_insensitive(fold_case).backtrack_limit(BACKTRACK_LIMIT).build();
    // The library's messages repeat parts of the pattern, which may be a bound value.
    regex.map_err(|error| match error {
        Fault::ParseError(position, _) => refused(format!("it is not valid at byte {position}")),
        _ => refused("it is not valid, or too large"),
    })
}

fn refused(reason: impl Into<String>) -> rusqlite::Error {
    complain(QueryMistake::Pattern { reason: reason.into() })
}
