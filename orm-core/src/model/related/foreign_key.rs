//! `ForeignKey<T>` and `OneToOne<T>`: a key, and the row behind it once loaded.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::holder::{Loaded, RelationHolder, Target};
use crate::error::Result;
use crate::model::{AnyModel, Key, Model, ModelDef, decode_model};
use crate::row::{RowReader, Shape};
use crate::value::{Cell, FieldType, Here, Kind, Mismatch, Value};

macro_rules! holder {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Equality, order of hash maps and serde know the key only, whether or not the row is loaded.
        pub struct $name<T: Model> {
            key: T::Key,
            // Erased, so that a long chain of models is no long chain of types to prove `Send` for.
            row: OnceLock<Loaded>,
        }

        impl<T: Model> $name<T> {
            /// A reference by key, not loaded.
            pub fn new(key: T::Key) -> Self {
                Self { key, row: OnceLock::new() }
            }

            /// The key of the row referred to.
            pub fn id(&self) -> T::Key {
                self.key.clone()
            }

            /// The row referred to, if it was loaded, by `select_related` or `prefetch_related`.
            pub fn loaded(&self) -> Option<&T> {
                self.row.get().and_then(|row| row.downcast_ref())
            }

            /// Keeps the row referred to; the first one kept stays.
            pub fn keep(&self, row: Arc<T>) {
                self.row.get_or_init(|| row);
            }
        }

        impl<T: Model> From<&T> for $name<T> {
            fn from(model: &T) -> Self {
                Self::new(model.key())
            }
        }

        impl<T: Model> Clone for $name<T> {
            fn clone(&self) -> Self {
                Self { key: self.key.clone(), row: self.row.clone() }
            }
        }

        impl<T: Model> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.key).finish()
            }
        }

        impl<T: Model> PartialEq for $name<T> {
            fn eq(&self, other: &Self) -> bool {
                self.key == other.key
            }
        }

        impl<T: Model> Eq for $name<T> {}

        impl<T: Model> Hash for $name<T> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.key.hash(state);
            }
        }

        impl<T: Model<Key: Serialize>> Serialize for $name<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.key.serialize(serializer)
            }
        }

        impl<'de, T: Model<Key: Deserialize<'de>>> Deserialize<'de> for $name<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                T::Key::deserialize(deserializer).map(Self::new)
            }
        }

        impl<T: Model<Key: FieldType>> FieldType for $name<T> {
            type Bare = Self;
            type Nullable = Option<Self>;
            type Presence = Here;
            const KIND: Kind = <T::Key as FieldType>::KIND;
            const RANGE: Option<(i64, i64)> = <T::Key as FieldType>::RANGE;

            fn decode(cell: Cell<'_>) -> Result<Self, Mismatch> {
                T::Key::decode(cell).map(Self::new)
            }

            fn encode(&self) -> Result<Value> {
                self.key.encode()
            }
        }
    };
}

holder! {
    /// A reference to a row of `T`: the column holds its key (Django's `ForeignKey`).
    ForeignKey
}

holder! {
    /// A reference to a row of `T` that no other row shares (Django's `OneToOneField`).
    OneToOne
}

macro_rules! held {
    ($($holder:ident),*) => {$(
        impl<T: Model> RelationHolder for $holder<T> {
            fn attach(&mut self, row: &mut RowReader<'_>, shape: &Shape) -> Result<()> {
                let model = T::definition();
                let key = model.primary_key.first().copied().unwrap_or(0);
                if row.is_null_ahead(key)? {
                    // No constraint saw to it that the row exists.
                    row.skip(width(model, shape));
                    return Ok(());
                }
                self.keep(Arc::new(decode_model::<T>(row, shape)?));
                Ok(())
            }

            fn key(&self) -> Result<Option<Vec<Value>>> {
                self.key.values().map(Some)
            }

            fn row(&mut self) -> Option<&mut dyn AnyModel> {
                let row: &mut T = Arc::get_mut(self.row.get_mut()?)?.downcast_mut()?;
                Some(row)
            }

            fn fill(&mut self, loaded: Loaded) {
                self.row.get_or_init(|| loaded);
            }

            fn target(&self) -> Target {
                Target::of::<T>()
            }
        }

        impl<T: Model> RelationHolder for Option<$holder<T>> {
            fn attach(&mut self, row: &mut RowReader<'_>, shape: &Shape) -> Result<()> {
                match self {
                    Some(holder) => RelationHolder::attach(holder, row, shape),
                    None => {
                        row.skip(width(T::definition(), shape));
                        Ok(())
                    }
                }
            }

            fn key(&self) -> Result<Option<Vec<Value>>> {
                self.as_ref().map_or(Ok(None), RelationHolder::key)
            }

            fn row(&mut self) -> Option<&mut dyn AnyModel> {
                self.as_mut().and_then(RelationHolder::row)
            }

            fn fill(&mut self, loaded: Loaded) {
                if let Some(holder) = self {
                    RelationHolder::fill(holder, loaded);
                }
            }

            fn target(&self) -> Target {
                Target::of::<T>()
            }
        }
    )*};
}

held!(ForeignKey, OneToOne);

/// How many columns a model and the relations of a shape take in a row.
fn width(model: &'static ModelDef, shape: &Shape) -> usize {
    let related = shape.related.iter().map(|(field, shape)| {
        let target = model.fields.get(*field).and_then(|field| field.foreign_key);
        target.map_or(0, |key| width((key.target)(), shape))
    });
    model.fields.len() + related.sum::<usize>()
}
