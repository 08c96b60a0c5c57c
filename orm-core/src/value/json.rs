//! JSON documents: `serde_json::Value` as it is, and [`Json<T>`] for any type that serde knows.

mod digits;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Cell, FieldType, Here, Kind, Mismatch, Value, finite};
use crate::error::{Error, Result};

impl FieldType for serde_json::Value {
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::Json;

    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        parse(cell)
    }

    fn encode(&self) -> Result<Value> {
        Ok(document(self.clone()))
    }
}

/// A column that holds a `T` as a JSON document (Django's `JSONField`, typed).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T> FieldType for Json<T>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::Json;

    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        parse(cell).map(Self)
    }

    fn encode(&self) -> Result<Value> {
        let json = serde_json::to_value(&self.0).map_err(no_form)?;
        if has_null(&json) {
            finite::check(&self.0).map_err(no_form)?;
        }
        T::deserialize(&json).map_err(not_read_again)?;
        Ok(document(json))
    }
}

/// A document to bind. A negative zero in it is zero, since PostgreSQL has only one.
fn document(mut json: serde_json::Value) -> Value {
    unsign_zeros(&mut json);
    Value::Json(Box::new(json))
}

fn unsign_zeros(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Number(number) if number.is_f64() && number.as_f64() == Some(0.0) => *json = 0.0.into(),
        serde_json::Value::Array(items) => items.iter_mut().for_each(unsign_zeros),
        serde_json::Value::Object(map) => map.values_mut().for_each(unsign_zeros),
        _ => {}
    }
}

fn no_form(error: serde_json::Error) -> Error {
    Error::out_of_range("a value of a JSON column cannot be serialized").with_source(error)
}

/// Of a type that cannot read what it writes: integers as keys of a map in a tagged enum, a field that is skipped and has no
/// default, another crate's `serde_json/arbitrary_precision`.
fn not_read_again(error: serde_json::Error) -> Error {
    let Mismatch { found, .. } = misread(&error);
    Error::out_of_range(format!(
        "a value of a JSON column could not be read again by its own type: it would be {found}"
    ))
}

/// Tells whether something in a document may have been a float that JSON has no form for.
fn has_null(json: &serde_json::Value) -> bool {
    match json {
        serde_json::Value::Null => true,
        serde_json::Value::Array(items) => items.iter().any(has_null),
        serde_json::Value::Object(map) => map.values().any(has_null),
        _ => false,
    }
}

fn parse<T: DeserializeOwned>(cell: Cell<'_>) -> Result<T, Mismatch> {
    match cell {
        Cell::Json(text) | Cell::Text(text) => {
            let read = serde_json::from_str(text).map_err(|error| misread(&error))?;
            if digits::are_read(text) { Ok(read) } else { Err(Mismatch::beyond("a number in JSON")) }
        }
        // What SQLite makes of the text of a number in a column that others declared as JSON.
        Cell::Int(number) => parse(Cell::Json(&number.to_string())),
        Cell::Float(number) => parse(Cell::Json(&format!("{number:?}"))),
        other => Err(Mismatch::of("a JSON document", other)),
    }
}

/// What serde says of a document, without the values that it quotes: what it expected, or which field is missing, and where.
fn misread(error: &serde_json::Error) -> Mismatch {
    let place = match error.line() {
        0 => String::new(),
        line => format!(" (line {line}, column {})", error.column()),
    };
    if !error.is_data() {
        return Mismatch::content("a JSON document", format_args!("text that is none{place}"));
    }
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(&*words, |(words, _)| words);
    let reason = match words.rsplit_once(", expected ") {
        Some((_, expected)) => format!(", expected {expected}"),
        None if words.starts_with("missing field") => format!(", {words}"),
        None => String::new(),
    };
    Mismatch::content("a JSON document of its type", format_args!("one of another shape{reason}{place}"))
}

/// A document in the one form that all equal ones share: keys in order, no spaces, numbers without exponent and without
/// zeros behind the point. A text that is no document, or has numbers in more digits than are read, is its own form: databases
/// compare all digits.
pub(crate) fn canonical(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    match serde_json::from_str(text) {
        Ok(json) if digits::are_kept(text) => push_canonical(&mut form, &json),
        _ => form.push_str(text),
    }
    form
}

fn push_canonical(form: &mut String, json: &serde_json::Value) {
    match json {
        serde_json::Value::Array(items) => {
            form.push('[');
            for (index, item) in items.iter().enumerate() {
                form.push_str(if index == 0 { "" } else { "," });
                push_canonical(form, item);
            }
            form.push(']');
        }
        serde_json::Value::Object(map) => {
            // They are in order already, unless a crate of the program's asked serde_json to keep another.
            let mut members: Vec<_> = map.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            form.push('{');
            for (index, (key, value)) in members.into_iter().enumerate() {
                form.push_str(if index == 0 { "" } else { "," });
                push_canonical(form, &serde_json::Value::String(key.clone()));
                form.push(':');
                push_canonical(form, value);
            }
            form.push('}');
        }
        serde_json::Value::Number(number) => form.push_str(&canonical_number(number)),
        other => form.push_str(&other.to_string()),
    }
}

/// The shortest digits that are read as the same number, as the servers compare them.
fn canonical_number(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(0.0) => "0".to_owned(),
        Some(float) if number.is_f64() && float.is_finite() => float.to_string(),
        _ => number.to_string(),
    }
}
