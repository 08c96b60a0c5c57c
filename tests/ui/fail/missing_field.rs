use dormouse::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    name: String,
}

#[derive(Model)]
struct Book {
    id: i64,
    name: String,
    price: Decimal,
    pages: Option<i32>,
}

fn main() {
    let _ = Book::objects().acreate(|b| b.name("Dune"));
    let _ = Book::new().price(10).asave();
    let _: Draft<Book> = Book::new().name("Dune");
}
