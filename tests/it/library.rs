//! A small library that many tests ask: publishers, authors and books, with NULLs in every place that allows them.

use dormouse::Result;
use dormouse::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Publisher {
    pub(crate) id: i64,
    #[field(max_length = 100)]
    pub(crate) name: String,
    #[field(max_length = 100)]
    pub(crate) country: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Author {
    pub(crate) id: i64,
    #[field(unique, max_length = 100)]
    pub(crate) name: String,
    pub(crate) born: Option<i32>,
    #[field(on_delete = Restrict)]
    pub(crate) publisher: Option<ForeignKey<Publisher>>,
    #[related(author)]
    pub(crate) books: HasMany<Book>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Book {
    pub(crate) id: i64,
    #[field(max_length = 100)]
    pub(crate) title: String,
    #[field(on_delete = Cascade)]
    pub(crate) author: ForeignKey<Author>,
    #[field(on_delete = SetNull)]
    pub(crate) editor: Option<ForeignKey<Author>>,
    #[field(max_digits = 8, decimal_places = 2)]
    pub(crate) price: Decimal,
    pub(crate) pages: Option<i32>,
    pub(crate) rating: Option<f64>,
}

/// Makes the tables and these rows:
///
/// | title | author, publisher, country | editor | price | pages | rating |
/// |---|---|---|---|---|---|
/// | Dune | Herbert, Chilton, US | Lem | 9.99 | 412 | 4.5 |
/// | Dune Messiah | Herbert, Chilton, US | - | 12.50 | - | - |
/// | Solaris | Lem, - | - | 8.00 | 204 | 4.0 |
/// | The Cyberiad | Lem, - | Herbert | 8.00 | 295 | - |
/// | Roadside Picnic | Strugatsky, Macmillan, - | Lem | 15.25 | - | 4.25 |
pub(crate) async fn fill(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Publisher, Author, Book]).await?;
    let chilton = Publisher::objects().acreate(|p| p.name("Chilton").country("US")).await?;
    let macmillan = Publisher::objects().acreate(|p| p.name("Macmillan")).await?;
    let herbert = Author::objects().acreate(|a| a.name("Herbert").born(1920).publisher(&chilton)).await?;
    let lem = Author::objects().acreate(|a| a.name("Lem").born(1921)).await?;
    let strugatsky = Author::objects().acreate(|a| a.name("Strugatsky").publisher(&macmillan)).await?;

    let book = |title, author, price| Book::new().title(title).author(author).price(price);
    book("Dune", &herbert, dec!(9.99)).editor(&lem).pages(412).rating(4.5).asave().await?;
    book("Dune Messiah", &herbert, dec!(12.50)).asave().await?;
    book("Solaris", &lem, dec!(8.00)).pages(204).rating(4.0).asave().await?;
    book("The Cyberiad", &lem, dec!(8.00)).editor(&herbert).pages(295).asave().await?;
    book("Roadside Picnic", &strugatsky, dec!(15.25)).editor(&lem).rating(4.25).asave().await?;
    Ok(())
}

/// The titles of a queryset of books, in the order of their keys unless it has one of its own.
pub(crate) async fn titles(books: QuerySet<Book>) -> Result<Vec<String>> {
    let ordered = if books.query().order.is_some() { books } else { books.order_by(|b| b.id.asc()) };
    ordered.values(|b| b.title).await
}
