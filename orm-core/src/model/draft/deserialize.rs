//! New rows from JSON: a map from fields to values, complete or refused.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

use super::DraftValues;
use crate::model::{FieldDef, Model};
use crate::value::{Choices, Kind, Value};

/// A complete row: unknown fields, missing required ones and values of another type are errors that name the field.
///
/// Each value has the form in which its column stores it: a relation is a key, a choice its stored value, a duration
/// whole microseconds.
impl<'de, M: Model> Deserialize<'de> for DraftValues<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

struct Fields<M>(PhantomData<fn() -> M>);

impl<'de, M: Model> Visitor<'de> for Fields<M> {
    type Value = DraftValues<M>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the fields of a new {}", M::definition().name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut draft = DraftValues::new();
        let fields = M::definition().fields;
        while let Some(name) = map.next_key::<String>()? {
            let known = fields.iter().position(|field| field.name == name && !field.generated);
            let index = known.ok_or_else(|| A::Error::custom(format_args!("unknown field `{name}`")))?;
            if draft.given(index).is_some() {
                return Err(A::Error::custom(format_args!("field `{name}` is given twice")));
            }
            let given = value(&fields[index], map.next_value()?);
            draft.values[index] = Some(given.map_err(|why| A::Error::custom(format_args!("field `{name}`: {why}")))?);
        }
        match missing(fields, &draft.values) {
            names if names.is_empty() => Ok(draft),
            names => Err(A::Error::custom(format_args!("missing {}", names.join(", ")))),
        }
    }
}

fn missing(fields: &[FieldDef], values: &[Option<Value>]) -> Vec<String> {
    let missing = fields.iter().zip(values).filter(|(field, value)| value.is_none() && field.required());
    missing.map(|(field, _)| format!("`{}`", field.name)).collect()
}

/// A JSON value as a column holds it.
fn value(field: &FieldDef, json: Json) -> Result<Value, String> {
    if json.is_null() && field.kind != Kind::Json {
        return if field.nullable { Ok(Value::Null(field.kind)) } else { Err("may not be null".to_owned()) };
    }
    let value = match field.kind {
        Kind::Bool => Value::Bool(read(json)?),
        Kind::I16 => Value::I16(read(json)?),
        Kind::I32 => Value::I32(read(json)?),
        Kind::I64 => Value::I64(read(json)?),
        Kind::F32 => Value::F32(read(json)?),
        Kind::F64 => Value::F64(read(json)?),
        Kind::Decimal => Value::Decimal(read(json)?),
        Kind::Text => Value::Text(read::<String>(json)?.into()),
        Kind::Bytes => Value::Bytes(read(json)?),
        Kind::Date => Value::Date(read(json)?),
        Kind::Time => Value::Time(read(json)?),
        Kind::DateTime => Value::DateTime(read(json)?),
        Kind::Timestamp => Value::Timestamp(read(json)?),
        Kind::Duration => Value::Duration(read(json)?),
        Kind::Uuid => Value::Uuid(read(json)?),
        Kind::Json => Value::Json(Box::new(json)),
    };
    allowed(field, &value)?;
    Ok(value)
}

fn read<T: DeserializeOwned>(json: Json) -> Result<T, String> {
    serde_json::from_value(json).map_err(|error| error.to_string())
}

/// Holds a value against the field's range and its list of choices.
fn allowed(field: &FieldDef, value: &Value) -> Result<(), String> {
    let in_range = match (field.range, integer(value)) {
        (Some((least, greatest)), Some(number)) => (least..=greatest).contains(&number),
        _ => true,
    };
    let chosen = match (field.choices, value) {
        (Some(Choices::Text(choices)), Value::Text(text)) => choices.contains(&text.as_str()),
        (Some(Choices::Int(choices)), value) => integer(value).is_none_or(|number| choices.contains(&number)),
        _ => true,
    };
    match (in_range, chosen) {
        (false, _) => Err("out of range".to_owned()),
        (_, false) => Err("not one of the choices".to_owned()),
        _ => Ok(()),
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::I16(number) => Some((*number).into()),
        Value::I32(number) => Some((*number).into()),
        Value::I64(number) => Some(*number),
        _ => None,
    }
}
