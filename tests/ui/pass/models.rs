//! Every field type, the common options, and what the derive makes of them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use dormouse::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Model, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[model(table = "book", ordering(-published, name), unique(author, name),
        index(fields(published, price)), check(price_not_negative, |b| b.price.gte(0)))]
pub struct Book {
    pub id: i64,
    /// What stands on the cover.
    #[field(max_length = 200, min_length = 2)]
    pub name: String,
    #[field(on_delete = Cascade)]
    pub author: ForeignKey<Author>,
    #[field(on_delete = SetNull)]
    pub sequel_of: Option<ForeignKey<Book>>,
    #[field(max_digits = 8, decimal_places = 2)]
    pub price: Decimal,
    pub published: Option<NaiveDate>,
    #[field(default = 0)]
    pub stock: i32,
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
    #[field(auto_now)]
    pub changed_at: DateTime<Utc>,
    #[related(through = BookTag)]
    pub tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Author {
    pub id: i64,
    #[field(unique, max_length = 200)]
    pub name: String,
    #[related(author)]
    pub books: HasMany<Book>,
}

#[derive(Model, Debug)]
pub struct Tag {
    #[field(primary_key, max_length = 20)]
    pub word: String,
    #[related(tags)]
    pub books: ManyToMany<Book>,
}

#[derive(Model, Debug)]
#[model(primary_key(book, tag))]
pub struct BookTag {
    #[field(on_delete = Cascade)]
    pub book: ForeignKey<Book>,
    #[field(on_delete = Cascade)]
    pub tag: ForeignKey<Tag>,
}

#[derive(Model)]
struct Everything {
    id: Uuid,
    bool: bool,
    i8: i8,
    i16: i16,
    i32: i32,
    i64: i64,
    u8: u8,
    u16: u16,
    u32: u32,
    u64: u64,
    f32: f32,
    f64: f64,
    decimal: Decimal,
    text: String,
    bytes: Vec<u8>,
    date: NaiveDate,
    time: NaiveTime,
    datetime: NaiveDateTime,
    timestamp: DateTime<Utc>,
    duration: TimeDelta,
    json: serde_json::Value,
    typed: Json<Vec<String>>,
    maybe: Option<Json<Vec<String>>>,
    str: Option<String>,
    usize: Option<i64>,
}

fn main() {
    let author = Author { id: 1, name: "Frank Herbert".into(), books: HasMany::default() };
    let draft = Book::new().name("Dune").author(&author).price(10).published(None::<NaiveDate>).stock(3);
    let _: Draft<Book> = draft.clone();
    let conditional: Draft<Book> = if author.id == 1 { draft.stock(4) } else { draft };
    assert_eq!(format!("{conditional:?}").is_empty(), false);
    assert_eq!(author.key(), 1);

    let definition = Book::definition();
    assert_eq!(definition.table, "book");
    let columns: Vec<_> = definition.fields.iter().map(|field| field.column).collect();
    assert_eq!(columns, ["id", "name", "author_id", "sequel_of_id", "price", "published", "stock", "created_at", "changed_at"]);
    assert!(definition.fields[0].auto && definition.fields[2].index);

    let b = Book::fields();
    let _: Q<Book> = b.author.name.istartswith("frank") & b.sequel_of.author.name.eq("Frank") & b.pk.eq(1);
    let _ = Book::objects().values(|b| (b.row(), b.author.row(), b.sequel_of.row(), b.sequel_of.price));
    let _ = BookTag::objects().filter(|t| t.pk.eq((1, "scifi".to_owned())) & t.tag.eq("scifi"));
    let _ = Everything::objects().filter(|e| e.usize.is_null() & e.u8.eq(1));
}
