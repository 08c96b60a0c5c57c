//! A medium query, built and compiled without a database being asked.

use dormouse::prelude::*;

/// An author.
#[derive(Model)]
pub struct Author {
    pub id: i64,
    #[field(unique, max_length = 200)]
    pub name: String,
}

/// A book.
#[derive(Model)]
pub struct Book {
    pub id: i64,
    #[field(max_length = 200)]
    pub name: String,
    #[field(on_delete = Cascade)]
    pub author: ForeignKey<Author>,
    #[field(max_digits = 8, decimal_places = 2)]
    pub price: Decimal,
}

/// Builds the query: a condition over two tables, an order, a limit.
pub fn build(price: i64) -> QuerySet<Book> {
    Book::objects()
        .filter(|b| b.price.lt(price) & !b.author.name.istartswith("anon"))
        .order_by(|b| b.price.desc())
        .limit(20)
}
