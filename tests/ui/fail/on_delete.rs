use dormouse::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
}

#[derive(Model)]
struct Book {
    id: i64,
    author: ForeignKey<Author>,
    editor: Option<ForeignKey<Author>>,
    #[field(on_delete = SetNull)]
    artist: ForeignKey<Author>,
    #[field(on_delete = SetDefault)]
    printer: ForeignKey<Author>,
    #[field(on_delete = Cascad)]
    critic: OneToOne<Author>,
    #[field(on_delete = "Cascade")]
    reader: OneToOne<Author>,
}

fn main() {}
