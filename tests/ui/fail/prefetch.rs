use dormouse::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    name: String,
    #[related(author)]
    books: HasMany<Book>,
}

#[derive(Model)]
struct Book {
    id: i64,
    title: String,
    #[field(on_delete = Cascade)]
    author: ForeignKey<Author>,
    tags: ManyToMany<Tag>,
}

#[derive(Model)]
struct Tag {
    id: i64,
}

fn a_column() {
    let _ = Author::objects().prefetch_related(|a| a.name);
}

fn among_others() {
    let _ = Author::objects().prefetch_related(|a| (a.books, a.name));
}

fn of_another_model() {
    let _ = Author::objects().prefetch_related(|_| Book::fields().tags);
}

fn of_another_model_behind() {
    let _ = Author::objects().prefetch_related(|a| a.books.prefetch(|_| a.books));
}

fn through_many() {
    let _ = Author::objects().prefetch_related(|a| a.books.tags);
}

fn unknown() {
    let _ = Author::objects().prefetch_related(|a| a.boks);
}

fn joined() {
    let _ = Author::objects().select_related(|a| a.books);
}

fn compared() {
    let _ = Author::objects().filter(|a| a.books.eq(1));
}

fn of_values() {
    let _ = Author::objects().values(|a| a.name).prefetch_related(|a| a.books);
}

fn main() {}
