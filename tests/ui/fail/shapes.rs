use dormouse::prelude::*;

#[derive(Model)]
enum Status {
    Draft,
    Live,
}

#[derive(Model)]
struct Pair(i64, String);

#[derive(Model)]
struct Page<T> {
    id: i64,
    of: T,
}

#[derive(Model)]
union Either {
    id: i64,
    number: f64,
}

#[derive(Model)]
struct NoKey {
    name: String,
}

#[derive(Model)]
struct TwoKeys {
    #[field(primary_key)]
    isbn: String,
    #[field(primary_key)]
    number: i64,
}

#[derive(Model)]
struct NullableKey {
    id: Option<i64>,
}

#[derive(Model)]
#[model(primary_key(left, rigth))]
struct Composite {
    left: i64,
    right: i64,
}

#[derive(Model)]
#[model(primary_key(a, b, c, d, e))]
struct TooLong {
    a: i64,
    b: i64,
    c: i64,
    d: i64,
    e: i64,
}

fn main() {}
