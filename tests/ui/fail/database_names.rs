use dormouse::prelude::*;

#[derive(Model)]
#[model(table = "", schema = "a\0b", unique(name, place, name = ""), index(fields(name), name = ""), check("", |b| b.id.gt(0)))]
struct Book {
    id: i64,
    #[field(column = "")]
    name: String,
    #[field(column = "pla\0ce")]
    place: String,
}

#[derive(Model)]
#[model(schema = audit, schema = "audit")]
struct Event {
    id: i64,
}

fn main() {}
