use dormouse::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    name: String,
}

#[derive(Model)]
struct Book {
    id: i64,
    name: String,
    #[field(on_delete = Cascade)]
    author: ForeignKey<Author>,
    pages: i32,
    year: Option<i64>,
}

fn unknown_field() {
    let _ = Book::objects().filter(|b| b.nmae.eq("Dune"));
}

fn unknown_field_behind_a_key() {
    let _ = Book::objects().filter(|b| b.author.title.eq("Dune"));
}

fn text_for_a_number() {
    let _ = Book::objects().filter(|b| b.pages.gt("many"));
}

fn number_for_a_text() {
    let _ = Book::objects().filter(|b| b.name.eq(3));
}

fn another_width() {
    let pages: i64 = 3;
    let _ = Book::objects().filter(|b| b.pages.eq(pages));
}

fn text_lookup_of_a_number() {
    let _ = Book::objects().filter(|b| b.pages.contains("3"));
}

fn condition_of_another_model(name: Q<Author>) {
    let _ = Book::objects().filter(|_| name);
}

fn columns_of_two_models() {
    let author = Author::fields();
    let _ = Book::objects().filter(|b| b.name.eq(author.name));
}

fn no_condition() {
    let _ = Book::objects().filter(|b| b.name);
}

fn order_of_null() {
    let _ = Book::objects().filter(|b| b.year.lt(None::<i64>));
}

fn row_of_another_model(book: &Book) {
    let _ = Book::objects().filter(|b| b.author.eq(book));
}

fn main() {}
