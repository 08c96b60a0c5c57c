use dormouse::prelude::*;

#[derive(Model)]
struct Book {
    id: i64,
    #[field(max_lenght = 200)]
    name: String,
    #[field(unique, unique)]
    isbn: String,
    #[field(max_length = "long")]
    title: String,
    #[field(column = subtitle, blank = 1)]
    subtitle: String,
    #[field(min)]
    #[field(max = least)]
    pages: i32,
    #[field]
    price: Decimal,
    #[field(generated(|b| b.pages * 2, kept))]
    double: i32,
    #[field(sparkling)]
    stock: i32,
    #[field(name = "two words")]
    words: String,
    #[field(default 3, unique)]
    copies: i32,
}

fn main() {
    // The mistakes above stay the only ones.
    let _ = Book::objects().filter(|b| b.stock.eq(3));
}
