//! UUIDs: native on PostgreSQL, text of 36 characters elsewhere.

use uuid::Uuid;

use super::{Cell, FieldType, Here, Kind, Mismatch, Value};
use crate::error::Result;

impl FieldType for Uuid {
    type Bare = Self;
    type Nullable = Option<Self>;
    type Presence = Here;
    const KIND: Kind = Kind::Uuid;

    fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
        let no_uuid = || Mismatch::content("a uuid", "content that is none");
        match cell {
            Cell::Uuid(uuid) => Ok(uuid),
            Cell::Text(text) => parse_uuid(text).ok_or_else(no_uuid),
            Cell::Bytes(bytes) => Self::from_slice(bytes).map_err(|_| no_uuid()),
            other => Err(Mismatch::of("a uuid", other)),
        }
    }

    fn encode(&self) -> Result<Value> {
        Ok(Value::Uuid(*self))
    }
}

/// Reads a UUID from text: with or without hyphens, in small letters or in capitals, not both. (A column can be searched for
/// these forms.)
pub fn parse_uuid(text: &str) -> Option<Uuid> {
    let has = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
    let mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    text.parse().ok().filter(|_| matches!(text.len(), 32 | 36) && !mixed)
}
