#![allow(clippy::print_stdout, reason = "a program may print; the library does not")]
//! Two models, some rows, and a question.

use dormouse::prelude::*;

#[derive(Model, Debug)]
struct Author {
    id: i64,
    #[field(unique, max_length = 200)]
    name: String,
}

#[derive(Model, Debug)]
struct Book {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    #[field(on_delete = Cascade)]
    author: ForeignKey<Author>,
    #[field(max_digits = 8, decimal_places = 2)]
    price: Decimal,
    year: Option<i32>,
}

#[tokio::main]
async fn main() -> dormouse::Result<()> {
    let db = Database::connect("sqlite::memory:").await?;
    db.create_tables(dormouse::models![Author, Book]).await?;
    dormouse::setup(Databases::new().add("default", db))?;

    let herbert = Author::objects().acreate(|a| a.name("Frank Herbert")).await?;
    Book::objects().acreate(|b| b.title("Dune").author(&herbert).price(dec!(9.99)).year(1965)).await?;
    Book::objects().acreate(|b| b.title("Dune Messiah").author(&herbert).price(dec!(12.50))).await?;

    // Pure data: nothing is sent until it is awaited or streamed.
    let cheap = Book::objects().filter(|b| b.price.lt(10) & b.author.name.istartswith("frank"));
    println!("{} of {} books are cheap", cheap.clone().acount().await?, Book::objects().acount().await?);

    let mut books = cheap.select_related(|b| b.author).order_by(|b| b.title.asc()).stream();
    while let Some(book) = books.try_next().await? {
        let author = book.author.loaded().map_or("?", |author| author.name.as_str());
        println!("{} by {author}: {} ({:?})", book.title, book.price, book.year);
    }
    Ok(())
}
