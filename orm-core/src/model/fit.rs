//! What a column takes: values made what it stores, or refused with the reason.

use rust_decimal::Decimal;

use super::definition::FieldDef;
use crate::error::{Error, ErrorKind, Result, ValidationErrors, ValueLimit};
use crate::value::Value;

/// Makes the values of a row what its columns store, or tells why they cannot be, each of them.
pub(crate) fn fit_all<'v>(mut columns: impl Iterator<Item = (&'static FieldDef, &'v mut Value)>) -> Result<()> {
    let fitted = columns.try_for_each(|(field, value)| field.fit(value));
    fitted.map_err(|first| columns.filter_map(|(field, value)| field.fit(value).err()).fold(first, Error::and))
}

impl FieldDef {
    /// Makes a value what this column stores, or tells why it cannot: a decimal gets the column's scale and never loses
    /// a digit, a text is no longer than the column. The same on every database, before anything is sent.
    #[inline]
    pub fn fit(&self, value: &mut Value) -> Result<()> {
        match value {
            Value::Decimal(_) | Value::Text(_) | Value::Bytes(_) => self.fitted(value),
            _ => Ok(()),
        }
    }

    fn fitted(&self, value: &mut Value) -> Result<()> {
        match value {
            Value::Decimal(decimal) => *decimal = self.scaled(*decimal)?,
            Value::Text(text) => {
                // A text has no more characters than bytes.
                let most = self.longest().filter(|most| text.len() > *most as usize);
                if let Some(most) = most.filter(|most| text.chars().count() > *most as usize) {
                    return Err(self.refused(ValueLimit::Characters { most }));
                }
            }
            Value::Bytes(bytes) => {
                if let Some(most) = self.longest().filter(|most| bytes.len() > *most as usize) {
                    return Err(self.refused(ValueLimit::Bytes { most }));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A time or moment in a column that keeps so many places of a second. One that is finer is refused; that which the
    /// library itself sets (`auto_now`, `auto_now_add`) is cut.
    pub(crate) fn in_places(&self, value: Value, places: u16) -> Result<Value> {
        let cut = value.clone().cut_to(places);
        if cut == value || self.auto_now || self.auto_now_add {
            return Ok(cut);
        }
        Err(self.refused(ValueLimit::SecondPlaces { most: places }))
    }

    /// Tells why a column that keeps so many decimal places cannot take a number that has more.
    pub(crate) fn check_places(&self, value: &Value, places: i64) -> Result<()> {
        if value.places().is_none_or(|needed| needed <= places) {
            return Ok(());
        }
        Err(self.refused(ValueLimit::DecimalPlaces { most: places }))
    }

    /// Tells why a column of floats cannot take a number that it would give back as another.
    pub(crate) fn check_float(&self, value: &Value, single: bool) -> Result<()> {
        if value.is_float(single) {
            return Ok(());
        }
        let bits = if single { 32 } else { 64 };
        Err(self.refused(ValueLimit::Float { bits }))
    }

    /// The most characters of a text, or bytes.
    fn longest(&self) -> Option<u32> {
        self.typed().max_length.or(self.max_length)
    }

    /// In the one form that the column's decimals have, so that equal ones are equal as text too.
    fn scaled(&self, decimal: Decimal) -> Result<Decimal> {
        let Some((digits, places)) = self.scale() else { return Ok(decimal.normalize()) };
        let mut scaled = decimal.normalize();
        if scaled.scale() > places {
            return Err(self.refused(ValueLimit::DecimalPlaces { most: places.into() }));
        }
        let whole_digits = scaled.trunc().mantissa().unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
        let most = digits.saturating_sub(places);
        if whole_digits > most {
            return Err(self.refused(ValueLimit::WholeDigits { most }));
        }
        // A negative zero is zero, in one form.
        scaled.set_sign_negative(scaled.is_sign_negative() && !scaled.is_zero());
        scaled.rescale(places);
        Ok(scaled)
    }

    /// The error of a value that the column cannot take.
    pub(crate) fn refused(&self, limit: impl Into<ValueLimit>) -> Error {
        let mut errors = ValidationErrors::default();
        errors.add(self.name, limit);
        ErrorKind::Validation(errors).into()
    }
}
