//! JSON documents: `serde_json::Value` as it is, and [`Json<T>`] for any type that serde knows.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Cell, FieldType, Here, Kind, Mismatch, Value};
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
        Ok(Value::Json(Box::new(self.clone())))
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
        serde_json::to_value(&self.0)
            .map(|json| Value::Json(Box::new(json)))
            .map_err(|error| Error::out_of_range("the value has no JSON form").with_source(error))
    }
}

fn parse<T: DeserializeOwned>(cell: Cell<'_>) -> Result<T, Mismatch> {
    match cell {
        Cell::Json(text) | Cell::Text(text) => {
            serde_json::from_str(text).map_err(|error| Mismatch::content("a JSON document", error))
        }
        other => Err(Mismatch::of("a JSON document", other)),
    }
}
