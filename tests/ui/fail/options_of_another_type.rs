use dormouse::prelude::*;

use chrono::NaiveDate;

struct Times;
struct Deferred<T>(T);

#[derive(Model)]
struct Book {
    id: i64,
    #[field(max_length = 200, auto_now)]
    pages: i32,
    #[field(max_digits = 8, min = 3, auto)]
    name: String,
    #[field(max_digits = 2, decimal_places = 3)]
    price: Decimal,
    #[field(max_digits = 2)]
    discount: Decimal,
    #[field(min_length = 3, max_length = 2)]
    isbn: String,
    #[field(default = 3, auto_now_add)]
    number: NaiveDate,
    #[field(on_delete = Cascade)]
    shelf: i64,
    #[field(on_delete = Cascade, max_length = 3)]
    sequel_of: ForeignKey<Book>,
    #[field(deferred)]
    text: String,
    late: Deferred<String>,
}

fn main() {}
