use dormouse::prelude::*;

#[derive(Model)]
struct Book {
    id: i64,
    pk: String,
    using: String,
    __path: String,
    #[field(column = "title")]
    name: String,
    title: String,
    #[field(name = "title", column = "headline")]
    headline: String,
}

fn main() {}
