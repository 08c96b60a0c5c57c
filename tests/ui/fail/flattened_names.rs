use dormouse::prelude::*;

#[derive(Columns)]
struct Owned {
    owner: i64,
    #[field(column = "name")]
    called: String,
}

#[derive(Columns)]
struct Owner {
    owner: i64,
}

#[derive(Model)]
struct Book {
    id: i64,
    name: String,
    #[field(flatten)]
    owned: Owned,
}

#[derive(Model)]
struct Page {
    id: i64,
    #[field(flatten)]
    owned: Owned,
    #[field(flatten)]
    owner: Owner,
}

#[derive(Model)]
#[model(ordering(-ownr), unique(owner, calld))]
struct Line {
    id: i64,
    #[field(flatten)]
    owned: Owned,
}

fn main() {}
