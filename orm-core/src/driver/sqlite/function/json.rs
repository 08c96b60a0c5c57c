//! JSON compared by value, whatever the order of keys, the spacing and the form of numbers.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

use super::scalar::{scalar, text_of};
use crate::value::canonical;

pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "dormouse_json", 1, |context| {
        // Bytes are no document of ours, and equal to none.
        if let ValueRef::Blob(_) = context.get_raw(0) {
            return Ok(Some(String::new()));
        }
        Ok(text_of(context, 0)?.map(|text| canonical(&text)))
    })
}
