//! `HasMany<T>` and `ManyToMany<T>`: relations without a column, and their rows once loaded.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::holder::{Loaded, RelationHolder, Target};
use crate::model::Model;

macro_rules! holder {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Two holders are always equal: what is loaded is no part of a row. Serialized as nothing (`null`).
        pub struct $name<T> {
            rows: Option<Loaded>,
            target: PhantomData<fn() -> T>,
        }

        impl<T: 'static> $name<T> {
            /// The related rows, if they were loaded (by `prefetch_related`); then of none an empty slice.
            pub fn loaded(&self) -> Option<&[T]> {
                self.rows.as_ref().and_then(|rows| rows.downcast_ref::<Vec<T>>()).map(Vec::as_slice)
            }
        }

        impl<T: Model> RelationHolder for $name<T> {
            fn fill(&mut self, loaded: Loaded) {
                self.rows = Some(loaded);
            }

            fn target(&self) -> Target {
                Target::of::<T>()
            }
        }

        impl<T> Default for $name<T> {
            fn default() -> Self {
                Self { rows: None, target: PhantomData }
            }
        }

        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                Self { rows: self.rows.clone(), target: PhantomData }
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))?;
                f.write_str(if self.rows.is_some() { "(loaded)" } else { "(not loaded)" })
            }
        }

        impl<T> PartialEq for $name<T> {
            fn eq(&self, _: &Self) -> bool {
                true
            }
        }

        impl<T> Eq for $name<T> {}

        impl<T> Serialize for $name<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_none()
            }
        }

        impl<'de, T> Deserialize<'de> for $name<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Option::<serde::de::IgnoredAny>::deserialize(deserializer).map(|_| Self::default())
            }
        }
    };
}

holder! {
    /// The rows of `T` whose foreign key refers to this row (Django's reverse side of a `ForeignKey`).
    HasMany
}

holder! {
    /// The rows of `T` paired with this row by a table between (Django's `ManyToManyField`).
    ManyToMany
}
