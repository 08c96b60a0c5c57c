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

#[derive(Model)]
struct Shelf {
    id: i64,
    #[related(shelf)]
    pk: HasMany<Book>,
    #[related(shelf)]
    __books: HasMany<Book>,
    #[related(shelf)]
    books: HasMany<Book>,
    #[field(name = "books")]
    capacity: i64,
}

fn main() {}
