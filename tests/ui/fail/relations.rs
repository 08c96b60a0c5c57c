use dormouse::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    books: HasMany<Book>,
    #[related(autor)]
    drafts: HasMany<Book>,
    #[related(name)]
    names: HasMany<Book>,
    #[related(publisher)]
    published: HasMany<Book>,
    #[related(through = Book)]
    through: HasMany<Book>,
    #[related(author)]
    liked: ManyToMany<Book>,
    #[field(unique)]
    #[related(author)]
    unique: HasMany<Book>,
}

#[derive(Model)]
struct Book {
    id: i64,
    name: String,
    #[field(on_delete = Cascade)]
    #[related(books)]
    author: ForeignKey<Author>,
    #[field(on_delete = Cascade)]
    publisher: ForeignKey<Book>,
}

fn main() {}
