//! One column of a model.

use std::iter;

use rust_decimal::Decimal;

use super::options::ModelDef;
use super::relation::ForeignKeyDef;
use crate::error::{Error, ErrorKind, Result, ValidationErrors};
use crate::value::{Choices, FieldType, Kind, Value};

/// How many keys that are foreign keys themselves are followed.
const MOST_KEYS: usize = 8;

/// What a model says about one column. The derive writes the entries that differ from [`FieldDef::PLAIN`].
#[derive(Debug, Clone, Copy)]
pub struct FieldDef {
    /// The Rust name of the field, or the one that its handle has instead.
    pub name: &'static str,
    /// The Rust name of the field, where its handle has another.
    pub field: Option<&'static str>,
    /// The name of the column.
    pub column: &'static str,
    /// What the column holds.
    pub kind: Kind,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Whether it is the primary key, or part of it.
    pub primary_key: bool,
    /// Whether the database numbers new rows by it.
    pub auto: bool,
    /// Whether no two rows may have the same value.
    pub unique: bool,
    /// Whether it has an index of its own.
    pub index: bool,
    /// The most characters of a text, or bytes.
    pub max_length: Option<u32>,
    /// The fewest characters of a text.
    pub min_length: Option<u32>,
    /// The least value, as written in the attribute.
    pub min: Option<&'static str>,
    /// The greatest value, as written in the attribute.
    pub max: Option<&'static str>,
    /// Whether a required text may be empty.
    pub blank: bool,
    /// A regular expression that a text must match.
    pub regex: Option<&'static str>,
    /// Whether a text must be an e-mail address.
    pub email: bool,
    /// Whether a text must be a URL.
    pub url: bool,
    /// How many digits a decimal has in all.
    pub max_digits: Option<u32>,
    /// How many of them stand behind the point.
    pub decimal_places: Option<u32>,
    /// The least and greatest integer of a narrow or unsigned type.
    pub range: Option<(i64, i64)>,
    /// The closed list of values.
    pub choices: Option<Choices>,
    /// The value of a new row that does not say.
    pub default: Option<fn() -> Result<Value>>,
    /// The same, given to the database as an SQL literal or expression.
    pub db_default: Option<&'static str>,
    /// Whether every save sets it to now.
    pub auto_now: bool,
    /// Whether the insert sets it to now.
    pub auto_now_add: bool,
    /// Whether the database computes it: read, never written. From what is among the model's `Declarations`.
    pub generated: bool,
    /// The collation of a text.
    pub collation: Option<&'static str>,
    /// The comment in the database.
    pub comment: Option<&'static str>,
    /// The model it refers to, for a foreign key.
    pub foreign_key: Option<ForeignKeyDef>,
}

impl FieldDef {
    /// A NOT NULL text column with no options: what generated code starts from.
    pub const PLAIN: Self = Self {
        name: "",
        field: None,
        column: "",
        kind: Kind::Text,
        nullable: false,
        primary_key: false,
        auto: false,
        unique: false,
        index: false,
        max_length: None,
        min_length: None,
        min: None,
        max: None,
        blank: false,
        regex: None,
        email: false,
        url: false,
        max_digits: None,
        decimal_places: None,
        range: None,
        choices: None,
        default: None,
        db_default: None,
        auto_now: false,
        auto_now_add: false,
        generated: false,
        collation: None,
        comment: None,
        foreign_key: None,
    };

    /// A column for values of type `T`, with no options.
    pub const fn of<T: FieldType>(name: &'static str, column: &'static str) -> Self {
        Self { name, column, kind: T::KIND, nullable: T::NULLABLE, range: T::RANGE, choices: T::CHOICES, ..Self::PLAIN }
    }

    /// Tells whether a new row must give it: nothing else will.
    pub fn required(&self) -> bool {
        let given = self.auto || self.auto_now || self.auto_now_add || self.generated;
        !given && !self.nullable && self.default.is_none() && self.db_default.is_none()
    }

    /// Makes a value what this column stores, or tells why it cannot: a decimal gets the column's scale and never loses
    /// a digit, a text is no longer than the column. The same on every database, before anything is sent.
    #[inline]
    pub fn fit(&self, value: &mut Value) -> Result<()> {
        match value {
            Value::Decimal(decimal) => *decimal = self.scaled(*decimal)?,
            Value::Text(text) => {
                // A text has no more characters than bytes.
                let most = self.longest().filter(|most| text.len() > *most as usize);
                if let Some(most) = most.filter(|most| text.chars().count() > *most as usize) {
                    return Err(self.refused(format!("at most {most} characters are allowed")));
                }
            }
            Value::Bytes(bytes) => {
                if let Some(most) = self.longest().filter(|most| bytes.len() > *most as usize) {
                    return Err(self.refused(format!("at most {most} bytes are allowed")));
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
        Err(self.refused(match places {
            0 => "only whole seconds are allowed".to_owned(),
            places => format!("at most {places} decimal places of a second are allowed"),
        }))
    }

    /// Tells why a column that keeps so many decimal places cannot take a number that has more.
    pub(crate) fn check_places(&self, value: &Value, places: i64) -> Result<()> {
        match places {
            _ if value.places().is_none_or(|needed| needed <= places) => Ok(()),
            0 => Err(self.refused("only whole numbers are allowed".to_owned())),
            1.. => Err(self.refused(format!("at most {places} decimal places are allowed"))),
            _ => Err(self.refused(format!("only numbers that end in {} zeros are allowed", places.unsigned_abs()))),
        }
    }

    /// Tells why a column of floats cannot take a number that it would give back as another.
    pub(crate) fn check_float(&self, value: &Value, single: bool) -> Result<()> {
        if value.is_float(single) {
            return Ok(());
        }
        let bits = if single { 32 } else { 64 };
        Err(self.refused(format!("only numbers that a float of {bits} bits keeps are allowed")))
    }

    /// How many digits a decimal has in all, and how many of them behind the point; for a foreign key, of the key that it
    /// refers to.
    pub fn scale(&self) -> Option<(u32, u32)> {
        let typed = self.typed();
        let places = typed.decimal_places?;
        Some((typed.max_digits.unwrap_or(u32::MAX), places))
    }

    /// The field that says what the column holds: of a foreign key, the key that it refers to, which may be one itself.
    pub(crate) fn typed(&self) -> &Self {
        self.keys_referred().last().map_or(self, |(_, key)| key)
    }

    /// The key that a foreign key refers to, with its model; where that is a foreign key itself, what it refers to, and so on.
    /// (Of keys that refer to each other in a circle, a few.)
    pub(crate) fn keys_referred(&self) -> impl Iterator<Item = (&'static ModelDef, &'static Self)> + use<> {
        let key_of = |field: &Self| {
            let target = (field.foreign_key.as_ref()?.target)();
            Some((target, target.single_key().ok()?))
        };
        iter::successors(key_of(self), move |(_, key)| key_of(key)).take(MOST_KEYS)
    }

    /// Whether the column, of a model's own table, is sure to have the type that it gets from `create_tables`: not in a table
    /// of others, nor with the type of a key of others that it refers to.
    pub(crate) fn has_own_type(&self, model: &ModelDef) -> bool {
        model.managed && !self.keys_referred().any(|(referred, _)| !referred.managed)
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
            return Err(self.refused(format!("at most {places} decimal places are allowed")));
        }
        let whole_digits = scaled.trunc().mantissa().unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
        let most = digits.saturating_sub(places);
        if whole_digits > most {
            return Err(self.refused(format!("at most {most} digits before the point are allowed")));
        }
        // A negative zero is zero, in one form.
        scaled.set_sign_negative(scaled.is_sign_negative() && !scaled.is_zero());
        scaled.rescale(places);
        Ok(scaled)
    }

    /// The error of a value that the column cannot take.
    pub(crate) fn refused(&self, message: String) -> Error {
        let mut errors = ValidationErrors::default();
        errors.add(self.name, message);
        ErrorKind::Validation(errors).into()
    }
}
