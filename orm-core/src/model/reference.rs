//! The foreign keys of a model in one form, whether of one column or of several.

use std::{iter, ptr};

use rustc_hash::FxHashSet;

use super::definition::{FieldDef, ForeignKeyDef, ModelDef, OnDelete};
use crate::error::{Error, Result, SetupMistake};
use crate::value::Kind;

/// How many keys that are foreign keys themselves are followed.
const MOST_KEYS: usize = 8;

/// A foreign key of a model.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The model that has it.
    pub model: &'static ModelDef,
    /// The Rust name of its field, or of the relation.
    pub name: &'static str,
    /// Its fields.
    pub fields: Vec<&'static FieldDef>,
    /// What it refers to.
    pub key: &'static ForeignKeyDef,
}

impl Reference {
    /// The foreign keys of a model: those of one column, then those of several.
    pub fn all(model: &'static ModelDef) -> impl Iterator<Item = Self> {
        let single = model.fields.iter().filter_map(move |field| {
            let key = field.foreign_key.as_ref()?;
            Some(Self { model, name: field.name, fields: vec![field], key })
        });
        let several = model.foreign_keys.iter().map(move |several| {
            let fields = several.fields.iter().filter_map(|&index| model.fields.get(index)).collect();
            Self { model, name: several.name, fields, key: &several.key }
        });
        single.chain(several)
    }

    /// The foreign key of this Rust name.
    pub fn named(model: &'static ModelDef, name: &str) -> Option<Self> {
        Self::all(model).find(|reference| reference.name == name)
    }

    /// The model that it refers to.
    pub fn target(&self) -> &'static ModelDef {
        (self.key.target)()
    }

    /// The names of its columns.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.column)
    }

    /// Its fields, each with the one that it refers to.
    ///
    /// # Errors
    /// `Configuration` if the fields are not such as can refer to the primary key.
    pub fn pairs(&self) -> Result<Vec<(&'static FieldDef, &'static FieldDef)>> {
        if let [field] = *self.fields {
            return Ok(vec![(field, self.target().single_key()?)]);
        }
        let keys: Vec<_> = self.target().key_fields().collect();
        if keys.len() != self.fields.len() {
            let (own, target) = (self.fields.len(), self.target().name);
            let fault = format!("has {own} columns, and the primary key of `{target}` has {}", keys.len());
            return Err(self.refused(None, fault));
        }
        let pairs: Vec<_> = self.fields.iter().copied().zip(keys).collect();
        pairs.iter().try_for_each(|(field, key)| self.check(field, key))?;
        Ok(pairs)
    }

    /// Tells whether a column may be part of the key: values that are equal must be stored alike on both sides.
    fn check(&self, field: &FieldDef, key: &FieldDef) -> Result<()> {
        let stored = |field: &FieldDef| (field.typed().kind, field.scale(), field.typed().collation);
        let fault = if stored(field) != stored(key) {
            format!("is not of the type of `{}.{}`, which it refers to", self.target().name, key.name)
        } else if self.key.on_delete == OnDelete::SetNull && !field.nullable {
            "may not be NULL, as `SetNull` would make it".to_owned()
        } else {
            return Ok(());
        };
        Err(self.refused(Some(field.name), fault))
    }

    fn refused(&self, column: Option<&'static str>, fault: String) -> Error {
        SetupMistake::ForeignKey { model: self.model.name, key: self.name, column, fault }.into()
    }
}

impl FieldDef {
    /// How many digits a decimal has in all, and how many of them behind the point; for a foreign key, of the key that it
    /// refers to.
    pub fn scale(&self) -> Option<(u32, u32)> {
        let typed = self.typed();
        let places = typed.decimal_places?;
        Some((typed.max_digits.unwrap_or(u32::MAX), places))
    }

    /// The field that says what the column holds: of a foreign key, the key that it refers to, which may be one itself.
    #[inline]
    pub(crate) fn typed(&self) -> &Self {
        if self.foreign_key.is_none() {
            return self;
        }
        self.keys_referred().last().map_or(self, |(_, key)| key)
    }

    /// The key that a foreign key refers to, with its model; where that is a foreign key itself, what it refers to, and so on.
    /// (Of keys that refer to each other in a circle, a few.)
    pub(crate) fn keys_referred(&self) -> impl Iterator<Item = (&'static ModelDef, &'static Self)> + use<> {
        iter::successors(self.key_referred(), |(_, key)| key.key_referred()).take(MOST_KEYS)
    }

    fn key_referred(&self) -> Option<(&'static ModelDef, &'static Self)> {
        let target = (self.foreign_key.as_ref()?.target)();
        Some((target, target.single_key().ok()?))
    }

    /// Whether keys may be equal to it without being the same: texts by a collation without case, or by one that is not known.
    pub(crate) fn may_be_spelled_otherwise(&self, model: &ModelDef) -> bool {
        let is_ours = |model: &ModelDef, key: &Self| model.managed && key.collation.is_none();
        self.kind == Kind::Text
            && !(is_ours(model, self) && self.keys_referred().all(|(model, key)| is_ours(model, key)))
    }

    /// Whether the column, of a model's own table, is sure to have the type that it gets from `create_tables`: not in a table
    /// of others, nor with the type of a key of others that it refers to.
    #[inline]
    pub(crate) fn has_own_type(&self, model: &ModelDef) -> bool {
        model.managed && !(self.refers(model) && self.may_be_typed_by_others(model))
    }

    fn refers(&self, model: &ModelDef) -> bool {
        self.foreign_key.is_some() || !model.foreign_keys.is_empty()
    }

    /// Whether a table of others is among those that the column refers to, by whatever number of keys. Each column is visited
    /// once: keys of several columns may lead to the same one by very many ways, and back.
    fn may_be_typed_by_others(&self, model: &ModelDef) -> bool {
        let mut visited = FxHashSet::default();
        let mut next = vec![(model, self)];
        while let Some((model, field)) = next.pop() {
            if !model.managed {
                return true;
            }
            // Most keys refer to nothing, and need no place in the set.
            if field.refers(model) && visited.insert(ptr::from_ref(field)) {
                field.key_referred().into_iter().chain(field.parts_referred(model)).for_each(|key| next.push(key));
            }
        }
        false
    }

    /// The keys that it refers to as one of several columns, with their models.
    fn parts_referred(&self, model: &ModelDef) -> impl Iterator<Item = (&'static ModelDef, &'static Self)> {
        model.foreign_keys.iter().filter_map(|several| {
            let is_self = |&index: &usize| model.fields.get(index).is_some_and(|field| field.column == self.column);
            let place = several.fields.iter().position(is_self)?;
            let target = (several.key.target)();
            Some((target, target.key_fields().nth(place)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::definition::CompositeKeyDef;
    use super::*;

    const PART: FieldDef = FieldDef { primary_key: true, ..FieldDef::PLAIN };
    const FIELDS: [FieldDef; 2] = [FieldDef { column: "a", ..PART }, FieldDef { column: "b", ..PART }];
    const KEY: ForeignKeyDef = ForeignKeyDef { target: || &WOVEN, on_delete: OnDelete::Cascade, one_to_one: false };
    const SEVERAL: CompositeKeyDef = CompositeKeyDef { name: "woven", fields: &[0, 1], key: KEY };

    /// A model of 100 keys of two columns, which lead to itself and `last`.
    const fn woven(last: fn() -> &'static ModelDef) -> [CompositeKeyDef; 100] {
        let mut keys = [SEVERAL; 100];
        keys[99].key.target = last;
        keys
    }

    static WOVEN: ModelDef = ModelDef { fields: &FIELDS, primary_key: &[0, 1], foreign_keys: &KEYS, ..ModelDef::PLAIN };
    static KEYS: [CompositeKeyDef; 100] = woven(|| &WOVEN);
    static KNOTTED: ModelDef = ModelDef { foreign_keys: &KEYS_OF_OTHERS, ..WOVEN };
    static KEYS_OF_OTHERS: [CompositeKeyDef; 100] = woven(|| &OF_OTHERS);
    static OF_OTHERS: ModelDef = ModelDef { managed: false, foreign_keys: &[], ..WOVEN };

    #[test]
    fn keys_that_lead_to_each_other_in_many_ways_are_each_followed_once() {
        assert!(FIELDS.iter().all(|field| field.has_own_type(&WOVEN)));
        assert!(KNOTTED.fields.iter().all(|field| !field.has_own_type(&KNOTTED)));
    }
}
