use dormouse::prelude::*;

#[derive(Model)]
#[model(tabel = "book", ordering(-publishd, name), rename_all = "pascal")]
#[model(unique(name, published, nmae = "x"), unique(deferrable))]
#[model(index(fields(name), where = |b| b.pages.gt(3)), index(on = |b| b.name))]
#[model(check(|b| b.pages.gt(0)), check(positive, |b| b.pages.gt(0)), check(positive, |b| b.pages.gt(1)))]
#[model(managed = "no", hooks, primary_key)]
struct Book {
    id: i64,
    name: String,
    published: Option<i32>,
    pages: i32,
}

fn main() {}
