use dormouse::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[related(autor)]
    drafts: HasMany<Book>,
    #[related(name)]
    names: HasMany<Book>,
    #[related(sequel_of)]
    published: HasMany<Book>,
    #[related(author)]
    liked: ManyToMany<Book>,
}

#[derive(Model)]
struct Book {
    id: i64,
    name: String,
    #[field(on_delete = Cascade)]
    author: ForeignKey<Author>,
    #[field(on_delete = Cascade)]
    sequel_of: Option<ForeignKey<Book>>,
}

fn main() {}
