//! Enums and newtypes as column types, and as keys.

use dormouse::prelude::*;

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Draft,
    OnSale,
    #[choice(value = "gone", label = "Out of print")]
    Gone,
}

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
#[choices(int)]
pub enum Priority {
    Low = 1,
    High = 10,
}

#[derive(Choices, Debug, PartialEq)]
#[choices(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Size {
    ExtraLarge,
}

#[derive(FieldType, Debug, Clone, PartialEq, Eq, Hash)]
pub struct Isbn(String);

#[derive(FieldType, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuthorId {
    number: i64,
}

#[derive(Model, Debug)]
pub struct Author {
    #[field(auto)]
    pub id: AuthorId,
    pub name: String,
}

#[derive(Model, Debug)]
pub struct Book {
    #[field(primary_key, max_length = 13)]
    pub isbn: Isbn,
    #[field(default = Status::Draft)]
    pub status: Status,
    pub priority: Option<Priority>,
    #[field(on_delete = Cascade)]
    pub author: ForeignKey<Author>,
    #[field(on_delete = SetNull)]
    pub editor: Option<OneToOne<Author>>,
}

fn main() {
    let draft: Draft<Book> = Book::new().isbn(Isbn("978".into())).author(AuthorId { number: 1 });
    let _ = draft.status(Status::Gone).priority(Priority::Low).editor(AuthorId { number: 2 });

    let _ = Book::objects().filter(|b| b.status.eq(Status::OnSale) & b.priority.in_([Priority::High]));
    let _ = Book::objects().filter(|b| b.isbn.startswith("978") & b.pk.ne(Isbn("979".into())));
    let _ = Book::objects().filter(|b| b.author.eq(AuthorId { number: 1 }) & b.author.eq(b.editor.pk));
    let _ = Book::objects().filter(|b| b.priority.eq(None::<Priority>) & b.status.in_(Status::ALL));

    assert_eq!(Status::OnSale.value(), "on_sale");
    assert_eq!(Status::OnSale.label(), "On sale");
    assert_eq!(Status::Gone.label(), "Out of print");
    assert_eq!("gone".parse::<Status>().ok(), Some(Status::Gone));
    assert_eq!("lost".parse::<Status>().unwrap_err().to_string(), "value out of range: expected one of the choices: draft, on_sale, gone");
    assert_eq!(Size::ExtraLarge.to_string(), "EXTRA_LARGE");
    assert_eq!(Priority::High.value(), 10);
    assert_eq!(Priority::ALL.len(), 2);
    assert!(Book::definition().fields[1].choices.is_some() && Book::definition().fields[0].max_length == Some(13));
    assert!(Author::definition().fields[0].auto && Book::definition().fields[4].unique);
}
