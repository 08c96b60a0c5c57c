use chrono::{DateTime, Utc};
use dormouse::prelude::*;

#[derive(Model)]
struct Person {
    id: i64,
}

#[derive(Columns)]
#[columns(renam_all = "PascalCase")]
struct Wrong {
    #[field(primary_key)]
    code: String,
    #[field(auto)]
    number: i64,
    #[field(generated(|b| b.number * 2, stored))]
    double: i64,
    owner: ForeignKey<Person>,
    #[related(wrong)]
    people: HasMany<Person>,
    #[field(flatten)]
    times: Nothing,
    #[field(unique, column = "number")]
    again: i64,
}

#[derive(Columns)]
struct Nothing {}

#[derive(Columns)]
enum Variants {}

#[derive(Columns)]
struct Generic<T> {
    of: T,
}

#[derive(Model)]
struct Book {
    id: i64,
    #[field(flatten, unique, max_length = 3)]
    wrong: Wrong,
    #[field(flatten, name = "pk")]
    nothing: Nothing,
    #[related(people)]
    #[field(flatten, name = "wrong")]
    wrong_again: Wrong,
}

#[derive(Columns)]
struct Times {
    #[field(auto_now_add)]
    created_at: DateTime<Utc>,
}

fn main() {
    // The mistakes above stay the only ones.
    let _ = Book::objects().filter(|b| b.wrong.code.eq("x"));
    let _ = Book::new().wrong(Wrong::new().code("x").number(3).owner(1).again(2));
}
