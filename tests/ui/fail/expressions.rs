use chrono::TimeDelta;
use dormouse::prelude::*;

#[derive(Model)]
struct Book {
    id: i64,
    name: String,
    pages: i32,
    year: Option<i64>,
    length: TimeDelta,
}

fn sum_of_text() {
    let _ = Book::objects().aaggregate(|b| b.name.sum());
}

fn mean_of_text() {
    let _ = Book::objects().aaggregate(|b| b.name.avg());
}

fn product_of_text() {
    let _ = Book::objects().values(|b| b.name * 2);
}

fn product_of_durations() {
    let _ = Book::objects().values(|b| b.length * b.length);
}

fn quotient_of_durations() {
    let _ = Book::objects().values(|b| b.length / TimeDelta::seconds(2));
}

fn null_for_not_null() {
    let _ = Book::objects().aupdate(|b| b.pages.set(None::<i32>));
}

fn maybe_null_for_not_null() {
    let _ = Book::objects().aupdate(|b| b.id.set(b.year));
}

fn set_null_of_not_null() {
    let _ = Book::objects().aupdate(|b| b.pages.set_null());
}

fn unknown_setter() {
    let _ = Book::new().nmae("Dune");
}

fn wrong_value() {
    let _ = Book::new().pages("many");
}

fn null_for_required() {
    let _ = Book::new().name(None::<String>);
}

fn main() {}
