use chrono::{DateTime, Utc};
use dormouse::prelude::*;

#[derive(Columns)]
struct Owned {
    #[field(auto_now_add)]
    since: DateTime<Utc>,
    owner: i64,
}

#[derive(Model)]
struct Book {
    id: i64,
    #[field(flatten)]
    owned: Owned,
}

fn main() {
    let _ = Book::objects().acreate(|b| b);
    let _ = Book::new().owned(Owned::new()).asave();
    let _ = Book::new().owned(3);
    let _ = Owned::new().since(Utc::now()).owner("Ann");
    let _ = Book::objects().filter(|b| b.owned.since.eq(1));
    let _ = Book::objects().filter(|b| b.owner.eq(1));
}
