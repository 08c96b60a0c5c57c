//! New rows from JSON: complete, or refused with the name of the field.

use chrono::{DateTime, NaiveDate, Utc};
use dormouse::prelude::*;
use serde_json::json;
use uuid::Uuid;

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Draft,
    OnSale,
}

#[derive(Model, Debug)]
pub struct Author {
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug)]
pub struct Book {
    pub id: i64,
    pub r#type: String,
    #[field(on_delete = Cascade)]
    pub author: ForeignKey<Author>,
    pub price: Decimal,
    pub code: Uuid,
    pub status: Option<Status>,
    pub stars: Option<u8>,
    pub published: Option<NaiveDate>,
    pub read_at: Option<DateTime<Utc>>,
    pub cover: Option<Vec<u8>>,
    pub notes: Option<Json<Vec<String>>>,
    #[field(default = 3)]
    pub stock: i32,
    #[field(generated(|b| b.stock * 2, stored))]
    pub double: i32,
    pub tags: ManyToMany<Author>,
}

fn complete() -> serde_json::Value {
    json!({"type": "novel", "author": 1, "price": "9.99", "code": "67e55044-10b1-426f-9247-bb680e5fe0c8"})
}

/// The complete row with one more field, or another value of one.
fn with(field: &str, value: serde_json::Value) -> Result<Draft<Book>, String> {
    let mut json = complete();
    json[field] = value;
    serde_json::from_value(json).map_err(|error| error.to_string())
}

fn refused(field: &str, value: serde_json::Value) -> String {
    with(field, value).expect_err("a value that does not fit")
}

fn main() {
    for (field, value) in [
        ("id", json!(7)),
        ("price", json!(10)),
        ("status", json!("on_sale")),
        ("status", json!(null)),
        ("stars", json!(5)),
        ("published", json!("1965-08-01")),
        ("read_at", json!("2024-02-29T12:00:00Z")),
        ("cover", json!([1, 2, 255])),
        ("notes", json!(["a", "b"])),
        ("stock", json!(0)),
    ] {
        let draft = with(field, value);
        assert!(draft.is_ok(), "{field}: {draft:?}");
    }

    let missing = serde_json::from_value::<Draft<Book>>(json!({"type": "novel", "price": 3}));
    assert_eq!(missing.expect_err("missing").to_string(), "missing `author`, `code`");
    assert_eq!(refused("stok", json!(1)), "unknown field `stok`");
    assert_eq!(refused("double", json!(1)), "unknown field `double`");
    assert_eq!(refused("tags", json!([])), "unknown field `tags`");
    assert_eq!(refused("type", json!(null)), "field `type`: may not be null");
    assert_eq!(refused("stars", json!(256)), "field `stars`: out of range");
    assert_eq!(refused("status", json!("lost")), "field `status`: not one of the choices");
    assert!(refused("author", json!("Ann")).starts_with("field `author`: invalid type: string"));
    assert!(refused("published", json!("yesterday")).starts_with("field `published`: "));
    let twice = serde_json::from_str::<Draft<Book>>(r#"{"type": "a", "type": "b"}"#);
    assert!(twice.expect_err("twice").to_string().starts_with("field `type` is given twice"));
    assert!(serde_json::from_str::<Draft<Book>>("[1, 2]").is_err());
}
