//! Keys, each once.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::mem::discriminant;

use crate::ast::Prefetch;
use crate::error::{QueryMistake, Result};
use crate::value::Value;

/// The keys by which related rows are found, each once, in the order of the rows that have them.
#[derive(Default)]
pub(super) struct Keys {
    places: HashMap<Key, usize>,
    values: Vec<Value>,
    /// The primary key of the first row that has each of them, where that is asked for.
    pub(super) rows: Vec<Vec<Value>>,
}

impl Keys {
    /// Adds a key, and tells its place.
    pub(super) fn add(&mut self, key: Vec<Value>) -> usize {
        let next = self.places.len();
        *self.places.entry(Key(key)).or_insert_with_key(|Key(key)| {
            self.values.extend_from_slice(key);
            next
        })
    }

    /// The place of a key that the database found by them.
    pub(super) fn place(&self, key: Vec<Value>, prefetch: &Prefetch) -> Result<usize> {
        self.places.get(&Key(key)).copied().ok_or_else(|| {
            let (model, relation) = (prefetch.model.name, prefetch.relation.name());
            QueryMistake::AmbiguousKeys { model, relation }.into()
        })
    }

    /// The keys as they are bound.
    pub(super) fn values(&self) -> Vec<Value> {
        self.values.clone()
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// A primary key, to be looked up.
#[derive(PartialEq)]
struct Key(Vec<Value>);

/// Values of which keys are made equal themselves.
impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.iter().for_each(|value| hash(value, state));
    }
}

/// What is equal has one hash; what is never a key need not have its own.
fn hash<H: Hasher>(value: &Value, state: &mut H) {
    discriminant(value).hash(state);
    match value {
        Value::Bool(value) => value.hash(state),
        Value::I16(value) => value.hash(state),
        Value::I32(value) => value.hash(state),
        Value::I64(value) | Value::Duration(value) => value.hash(state),
        Value::Decimal(value) => value.hash(state),
        Value::Text(value) => value.hash(state),
        Value::Bytes(value) => value.hash(state),
        Value::Date(value) => value.hash(state),
        Value::Time(value) => value.hash(state),
        Value::DateTime(value) => value.hash(state),
        Value::Timestamp(value) => value.hash(state),
        Value::Uuid(value) => value.hash(state),
        Value::Null(_) | Value::F32(_) | Value::F64(_) | Value::Json(_) | Value::List(..) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast::Select;
    use crate::model::{Column, FieldDef, ModelDef, Path};

    static BOOK: ModelDef = ModelDef { name: "Book", ..ModelDef::PLAIN };
    static AUTHOR: FieldDef = FieldDef::of::<String>("author", "author_id");

    fn text(text: &str) -> Vec<Value> {
        vec![Value::Text(text.into())]
    }

    #[test]
    fn each_key_is_there_once() {
        let mut keys = Keys::default();
        let places = ["b", "a", "b"].map(|key| keys.add(text(key)));
        assert_eq!((places, keys.len()), ([0, 1, 0], 2));
        assert_eq!(keys.values(), [text("b"), text("a")].concat());
    }

    #[test]
    fn numbers_of_another_scale_are_the_same_key() {
        let mut keys = Keys::default();
        let one = |zeros| Value::Decimal(rust_decimal::Decimal::from_i128_with_scale(10_i128.pow(zeros), zeros));
        assert_eq!([keys.add(vec![one(0)]), keys.add(vec![one(2)])], [0, 0]);
    }

    #[test]
    fn a_key_that_only_the_database_takes_for_another_is_an_error() {
        let path = Path::root_of(&BOOK);
        let prefetch = Prefetch::to_one(Column { path, field: &AUTHOR }, Select::all(&BOOK));
        let mut keys = Keys::default();
        keys.add(text("a"));
        assert_eq!(keys.place(text("a"), &prefetch).ok(), Some(0));
        let refused = keys.place(text("A"), &prefetch).unwrap_err().to_string();
        assert!(refused.contains("`Book.author`") && refused.contains("collation"), "{refused}");
    }
}
