use dormouse::prelude::*;

struct Money(i64);

#[derive(Model)]
struct Book {
    id: i64,
    price: Money,
}

fn main() {
    let _ = Book::objects().filter(|b| b.id.eq(1));
}
