//! The handles of relations, and what `prefetch_related` takes.

use dormouse::expr::ToMany;
use dormouse::prelude::*;
use dormouse::queryset::PrefetchOf;
use dormouse::value::Here;
use std::future::IntoFuture;

#[derive(Columns, Debug, Clone)]
pub struct Signed {
    #[field(on_delete = Cascade)]
    pub signer: Option<ForeignKey<Author>>,
}

#[derive(Model, Debug, Clone)]
pub struct Author {
    pub id: i64,
    /// What they wrote.
    #[related(author)]
    pub books: HasMany<Book>,
    #[related(winner)]
    pub awards: HasMany<Award>,
    pub r#match: ManyToMany<Author>,
    /// A name that the handle of a relation has, too.
    pub prefetch: i32,
}

#[derive(Model, Debug, Clone)]
pub struct Book {
    pub id: i64,
    #[field(on_delete = Cascade)]
    pub author: ForeignKey<Author>,
    #[field(on_delete = SetNull)]
    pub editor: Option<OneToOne<Author>>,
    #[field(flatten)]
    pub signed: Signed,
    pub tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone)]
pub struct Award {
    pub id: i64,
    #[field(on_delete = Cascade)]
    pub winner: OneToOne<Author>,
}

#[derive(Model, Debug, Clone)]
pub struct Tag {
    pub id: i64,
    #[related(tags)]
    pub books: ManyToMany<Book>,
}

mod elsewhere {
    // Nothing but the derive is in scope.
    #[derive(dormouse::Model)]
    pub struct Shop {
        pub id: i64,
        #[related(shop)]
        hidden: dormouse::model::HasMany<Shelf>,
        pub r#type: dormouse::model::ManyToMany<super::Tag>,
    }

    #[derive(dormouse::Model)]
    pub struct Shelf {
        pub id: i64,
        #[field(on_delete = Cascade)]
        shop: dormouse::model::ForeignKey<Shop>,
    }

    pub fn hidden() -> dormouse::QuerySet<Shop> {
        dormouse::QuerySet::<Shop>::new().prefetch_related(|s| (s.hidden.prefetch(|h| h.shop), s.r#type))
    }
}

fn send<T: Send + Sync + 'static>(_: &T) {}

fn sent<T: Send + 'static>(_: T) {}

/// A named prefetch.
fn tagged(a: &'static AuthorFields) -> PrefetchOf<Author> {
    a.books.prefetch(|b| b.tags)
}

fn main() {
    let books: ToMany<Author, Book, Here> = Author::fields().books;
    assert_eq!(format!("{books:?} {:?}", Author::fields().r#match), "Author.books Author.match");
    send(&books);

    let authors = Author::objects()
        .prefetch_related(|a| a.books)
        .prefetch_related(|a| (a.awards, a.r#match.prefetch(|m| (m.awards, m.r#match.prefetch(|m| m.books)))))
        .prefetch_related(|a| ((tagged(a), a.books.prefetch(|b| b.author.awards)),))
        .prefetch_related(tagged);
    send(&authors);
    let books = Book::objects()
        .select_related(|b| b.author)
        .prefetch_related(|b| (b.author, b.editor, b.signed.signer, b.tags))
        .prefetch_related(|b| (b.author.books, b.editor.books.prefetch(|b| b.tags), b.signed.signer.awards))
        .prefetch_related(|b| b.author.prefetch(|a| (a.awards.prefetch(|w| w.winner), a.books)))
        .filter(|b| b.author.prefetch.gt(1));
    sent(books.into_future());
    send(&Tag::objects().prefetch_related(|t| t.books.prefetch(|b| b.author.books)));
    let shops = format!("{:?}", elsewhere::hidden());
    assert_eq!(shops, "QuerySet(Shop { prefetch: [hidden: Shelf { prefetch: [shop: Shop] }, type: Tag] })");
}
