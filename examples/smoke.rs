use dormouse::prelude::*;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Serialize, Deserialize};

#[derive(Model, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[model(ordering(-published, name), unique(author, name), check(price_not_negative, |b| b.price.gte(0)))]
pub struct Book {
    pub id: i64,
    #[field(max_length = 200, min_length = 2)]
    pub name: String,
    #[field(on_delete = Cascade)]
    pub author: ForeignKey<Author>,
    #[field(max_digits = 8, decimal_places = 2)]
    pub price: Decimal,
    pub published: Option<NaiveDate>,
    #[field(default = 0)]
    pub stock: i32,
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
    #[field(auto_now)]
    pub updated_at: DateTime<Utc>,
    #[field(on_delete = SetNull)]
    pub sequel_of: Option<ForeignKey<Book>>,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Author {
    pub id: i64,
    #[field(unique, max_length = 200)]
    pub name: String,
    #[related(author)]
    pub books: HasMany<Book>,
}

#[tokio::main]
async fn main() -> dormouse::Result<()> {
    let db = Database::connect(&std::env::args().nth(1).unwrap_or("sqlite::memory:".into())).await?;
    println!("{db:?}");
    db.create_tables(dormouse::models![Author, Book]).await?;
    db.scope(async {
        let herbert = Author::objects().acreate(|a| a.name("Frank Herbert")).await?;
        let dune = Book::objects().acreate(|b| b.name("Dune").author(&herbert).price(dec!(9.99))).await?;
        let mut messiah = Book::new().name("Dune Messiah").author(herbert.id).price(8).sequel_of(&dune).asave().await?;
        println!("{dune:?}\n{messiah:?}");
        messiah.stock = 3;
        messiah.asave().await?;
        messiah.asave().fields(|b| (b.stock, b.price)).await?;
        let cheap = Book::objects().filter(|b| b.price.lt(10) & !b.author.name.istartswith("anon"));
        println!("{cheap:?}\n{}", cheap.to_sql(&Database::connect("sqlite::memory:").await?)?);
        let rows: Vec<Book> = cheap.clone().order_by(|b| b.price.desc()).limit(20).await?;
        println!("{}", rows.len());
        let mut books = cheap.clone().select_related(|b| (b.author, b.sequel_of.author)).stream();
        while let Some(book) = books.try_next().await? {
            println!("{} by {:?} after {:?}", book.name, book.author.loaded(), book.sequel_of.as_ref().and_then(|s| s.loaded()).map(|b| (&b.name, b.author.loaded())));
        }
        let names: Vec<(String, String, Decimal, Option<String>)> =
            Book::objects().values(|b| (b.name, b.author.name, b.price * dec!(1.1), b.sequel_of.name)).await?;
        println!("{names:?}");
        let (n, avg): (i64, Option<Decimal>) = Book::objects().aaggregate(|b| (b.id.count(), b.price.avg())).await?;
        println!("{n} {avg:?}");
        println!("{}", Book::objects().filter(|b| b.stock.eq(0)).aupdate(|b| b.price.set(b.price * dec!(0.9))).await.unwrap_err());
        println!("{}", Book::objects().filter(|b| b.stock.eq(0)).aupdate(|b| b.stock.set(b.stock + 5)).await?);
        println!("{:?}", Book::objects().aget(|b| b.pk.eq(42)).await);
        println!("{:?}", Book::objects().aget_opt(|b| b.author.eq(&herbert) & b.name.eq("Dune")).await?.is_some());
        println!("{:?}", Book::objects().acreate(|b| b.name("Dune").author(&herbert).price(1)).await);
        println!("{:?}", Book::objects().acreate(|b| b.name("D2").author(&herbert).price(-1)).await);
        println!("{:?}", Book::objects().acreate(|b| b.name("D2").author(77).price(1)).await);
        println!("{:?}", Book::objects().acreate(|b| b.name("D2").author(&herbert).price(dec!(1.234))).await);
        println!("{:?}", Book::objects().exclude(|b| b.sequel_of.name.eq("Dune")).acount().await);
        println!("{:?}", Book::objects().ain_bulk([1, 2, 3]).await?.len());
        println!("{:?}", Book::objects().alatest(|b| b.created_at).await?.name);
        println!("{:?}", Book::objects().filter(|b| b.name.in_(["Dune", "x"])).aexplain().await?);
        println!("{:?}", dune.adelete().await);
        dormouse::Result::Ok(())
    }).await
}
