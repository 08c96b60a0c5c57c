//! `rust_decimal::Decimal`: exact, up to 28 digits, on every database.

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::{Cell, FieldType, Here, Kind, Mismatch, Value};
use crate::error::Result;

impl FieldType for Decimal {
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::Decimal;

    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Decimal(value) => Ok(value),
            Cell::Int(value) => Ok(value.into()),
            Cell::Text(text) => {
                parse_decimal(text).ok_or_else(|| Mismatch::content("a decimal", "text that is no number of 28 digits"))
            }
            // A REAL column of an older SQLite schema: 15 significant digits, as Django reads it.
            Cell::Float(value) => {
                let rounded = format!("{value:.14e}");
                Self::from_scientific(&rounded)
                    .ok()
                    .or_else(|| Self::from_f64(value))
                    .map(|decimal| decimal.normalize())
                    .ok_or_else(|| Mismatch::beyond("a decimal"))
            }
            other => Err(Mismatch::of("a decimal", other)),
        }
    }

    fn encode(&self) -> Result<Value> {
        Ok(Value::Decimal(*self))
    }
}

/// Reads a number from text, with an exponent or without, if no digit is lost.
pub fn parse_decimal(text: &str) -> Option<Decimal> {
    let Some((digits, _)) = text.split_once(['e', 'E']) else { return Decimal::from_str_exact(text).ok() };
    Decimal::from_str_exact(digits).and_then(|_| Decimal::from_scientific(text)).ok()
}
