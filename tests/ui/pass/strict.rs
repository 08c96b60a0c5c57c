//! Generated code keeps the rules of crates that allow nothing.
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, private_interfaces, private_bounds)]
#![deny(unused, unused_qualifications, single_use_lifetimes, trivial_casts, unused_results, elided_lifetimes_in_paths)]
#![deny(missing_copy_implementations, explicit_outlives_requirements, let_underscore_drop, unit_bindings)]
#![forbid(unsafe_code)]

use dormouse::prelude::*;

mod secret {
    use dormouse::prelude::*;

    #[derive(FieldType, Debug, Clone, PartialEq)]
    struct Hidden(String);

    #[derive(Choices, Debug, Clone, Copy, PartialEq)]
    pub(crate) enum Mood {
        Good,
        Bad,
    }

    /// Public, with fields that are not.
    #[derive(Model, Debug)]
    pub(crate) struct Diary {
        /// The key.
        pub(crate) id: i64,
        /// How the day was.
        pub(crate) mood: Mood,
        secret: Hidden,
        #[field(on_delete = Cascade)]
        book: Option<ForeignKey<super::Book>>,
    }

    pub(crate) fn read(diary: &Diary) -> (&str, bool) {
        (&diary.secret.0, diary.book.is_some())
    }

    pub(crate) fn write() -> Draft<Diary> {
        Diary::new().mood(Mood::Good).secret(Hidden("said nothing".to_owned()))
    }
}

/// A book.
#[derive(Model, Debug)]
pub struct Book {
    /// The key.
    pub id: i64,
    /// What stands on the cover.
    pub name: String,
    /// The old name.
    #[deprecated]
    pub title: Option<String>,
}

fn main() {
    #[derive(Model, Debug)]
    struct Local {
        id: i64,
        mood: secret::Mood,
    }

    let local = Local { id: 1, mood: secret::Mood::Bad };
    assert_eq!((local.id, local.mood), (1, secret::Mood::Bad));
    let _reader = secret::read;
    let _draft = secret::write();
    let _rows = secret::Diary::objects().filter(|d| d.mood.eq(secret::Mood::Good) & d.id.eq(1));
}
