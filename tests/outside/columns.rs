//! A program that names the types of its columns by the library alone, and gives them values of crates of its own.

use dormouse::chrono::{DateTime, NaiveDate, Utc};
use dormouse::prelude::*;
use dormouse::uuid::Uuid;
use dormouse::{rust_decimal, serde_json};

#[derive(Model, Debug)]
struct Event {
    id: Uuid,
    day: NaiveDate,
    at: DateTime<Utc>,
    #[field(max_digits = 8, decimal_places = 2)]
    price: rust_decimal::Decimal,
    notes: serde_json::Value,
}

#[tokio::main]
async fn main() -> dormouse::Result<()> {
    let db = Database::connect("sqlite::memory:").await?;
    db.create_tables(dormouse::models![Event]).await?;
    let price: ::rust_decimal::Decimal = dec!(9.99);
    let (id, notes) = (::uuid::Uuid::from_u128(7), ::serde_json::Value::Bool(true));
    let (day, at) = (::chrono::NaiveDate::default(), ::chrono::DateTime::<::chrono::Utc>::default());
    Event::objects().using(&db).acreate(|e| e.id(id).day(day).at(at).price(price).notes(notes)).await?;
    let event = Event::objects().using(&db).aget(|e| e.id.eq(id)).await?;
    assert_eq!((event.day, event.at, event.price), (day, at, price));
    Ok(())
}
