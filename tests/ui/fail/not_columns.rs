use dormouse::prelude::*;

struct Owned {
    owner: i64,
}

#[derive(Model)]
struct Book {
    id: i64,
    #[field(flatten)]
    owned: Owned,
}

fn main() {}
