//! Structs of shared columns: their options, their builders, and where the columns stand.

use chrono::{DateTime, Utc};
use dormouse::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// When a row was made and changed.
#[derive(Columns, Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Times {
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
    #[field(auto_now)]
    pub updated_at: DateTime<Utc>,
}

/// Who it belongs to.
#[derive(Columns, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[columns(rename_all = "PascalCase")]
pub struct Owned {
    #[field(on_delete = Protect)]
    pub owner: ForeignKey<Person>,
    /// How much of it.
    #[field(max_digits = 5, decimal_places = 2, name = "part", index)]
    pub share: Decimal,
    #[field(column = "note")]
    pub r#type: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    pub id: i64,
    #[field(flatten)]
    #[serde(flatten)]
    pub times: Times,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[model(
    ordering(-created_at, name),
    unique(owner, name),
    index(fields(updated_at, -name), include(r#type), name = "recent"),
    check(positive, |b| b.owned.part.gt(0))
)]
pub struct Book {
    /// Whose it is.
    #[field(flatten)]
    #[serde(flatten)]
    pub owned: Owned,
    pub id: i64,
    #[field(flatten, name = "moments")]
    #[serde(flatten)]
    pub times: Times,
    pub name: String,
    #[field(on_delete = Cascade)]
    pub next: Option<ForeignKey<Book>>,
}

mod elsewhere {
    // Nothing but the derives is in scope.
    #[derive(dormouse::Columns)]
    pub struct Place {
        pub(crate) shelf: i32,
        hidden: Option<String>,
    }

    #[derive(dormouse::Model)]
    pub struct Box {
        pub id: i64,
        #[field(flatten)]
        pub(crate) place: Place,
    }

    impl Box {
        pub fn hidden(&self) -> Option<&str> {
            self.place.hidden.as_deref()
        }
    }

    pub fn complete() -> dormouse::model::Draft<Box> {
        <Box as dormouse::model::Model>::new().place(Place { shelf: 3, hidden: None })
    }
}

fn main() {
    let definition = Book::definition();
    let columns: Vec<_> = definition.fields.iter().map(|field| field.column).collect();
    // The model's own columns first, then those of each struct.
    assert_eq!(columns, ["id", "name", "next_id", "OwnerId", "Share", "note", "created_at", "updated_at"]);
    let ordering: Vec<_> = definition.ordering.iter().map(|term| (term.field, term.descending)).collect();
    assert_eq!(ordering, [(6, true), (1, false)]);
    assert_eq!(definition.uniques[0].fields, [3, 1]);
    assert_eq!((definition.indexes[0].fields, definition.indexes[0].include), (&[(7, false), (1, true)][..], &[5][..]));
    assert_eq!(definition.fields[3].foreign_key.map(|key| (key.target)().name), Some("Person"));
    assert!(definition.fields[4].index && definition.fields[6].auto_now_add && definition.fields[7].auto_now);

    // The handles are those of the model's own columns, here and at the end of a path.
    assert!(std::ptr::eq(Book::fields().moments.updated_at.column().field, &definition.fields[7]));
    assert!(std::ptr::eq(Book::fields().next.owned.owner.column().field, &definition.fields[3]));
    assert_eq!(format!("{:?}", Book::fields().next.owned.owner.times.created_at.column()), "Book.next.owner.created_at");
    let now = Utc::now();
    let _ = Book::objects().filter(|b| b.moments.created_at.lt(now) & b.owned.part.gt(1) & b.next.owned.part.is_null());
    let _: QuerySet<Book, (Decimal, Option<DateTime<Utc>>)> =
        Book::objects().values(|b| (b.owned.part, b.next.moments.created_at));

    // Only a struct with a required column must be given; in any order, and as often as one likes.
    let _: Draft<Person> = Person::new();
    let _: Draft<Person> = Person::new().times(Times::new().created_at(now)).times(Times::new());
    let owned = Owned::new().part(1).owner(7);
    let _: Draft<Book> = Book::new().name("Dune").owned(owned.clone());
    let whole = Owned { owner: ForeignKey::new(7), share: Decimal::ONE, r#type: None };
    let draft: Draft<Book> = Book::new().owned(owned.r#type("x")).name("Dune").owned(whole);
    assert_eq!(
        format!("{draft:?}"),
        r#"Draft<Book> {"name": Text("Dune"), "owner": I64(7), "part": Decimal(1), "type": Null(Text)}"#
    );
    let _ = elsewhere::complete();

    // JSON has the columns beside the model's own.
    let read = |json| serde_json::from_value::<Draft<Book>>(json).map_err(|error| error.to_string());
    let draft = read(json!({"name": "Dune", "owner": 7, "part": "0.5", "created_at": "2024-02-29T12:00:00Z"}));
    assert!(draft.is_ok(), "{draft:?}");
    assert_eq!(read(json!({"name": "Dune", "part": "0.5"})).err().as_deref(), Some("missing `owner`"));
    assert!(read(json!({"owned": {}})).is_err());
}
