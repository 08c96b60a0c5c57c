//! Closed lists of values: what `#[derive(Choices)]` calls.

use super::{Cell, Choices, FieldType, Mismatch};
use crate::error::Error;

const EXPECTED: &str = "one of the choices";

/// Reads a choice that is stored as text.
pub fn text_choice<T>(cell: Cell<'_>, choice: impl FnOnce(&str) -> Option<T>) -> Result<T, Mismatch> {
    match cell {
        Cell::Text(text) => choice(text).ok_or_else(|| Mismatch::content(EXPECTED, "another text")),
        other => Err(Mismatch::of(EXPECTED, other)),
    }
}

/// Reads a choice that is stored as an integer.
pub fn int_choice<T>(cell: Cell<'_>, choice: impl FnOnce(i64) -> Option<T>) -> Result<T, Mismatch> {
    let number = i64::decode(cell).map_err(|mismatch| Mismatch { expected: EXPECTED, ..mismatch })?;
    choice(number).ok_or_else(|| Mismatch::content(EXPECTED, "another number"))
}

/// The error for a text that is none of the choices of `T`; it lists them.
pub fn no_choice<T: FieldType>() -> Error {
    let known = match T::CHOICES {
        Some(Choices::Text(choices)) => choices.join(", "),
        Some(Choices::Int(choices)) => choices.iter().map(i64::to_string).collect::<Vec<_>>().join(", "),
        None => String::new(),
    };
    Error::out_of_range(format!("expected one of the choices: {known}"))
}
