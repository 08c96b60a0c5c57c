//! Bad input is a clear error: no panic, nothing half-written, no secret told.

use chrono::NaiveDate;
use dormouse::prelude::*;
use dormouse::{Error, ErrorKind, QueryMistake, Result, SetupMistake};

use crate::support::{Place, matrix};

#[derive(Model, Debug, Clone, PartialEq)]
struct Page {
    id: i64,
    #[field(max_length = 100)]
    title: String,
    text: Option<String>,
    visits: Option<i32>,
}

/// The same table, as a program believes that is wrong about it.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "page")]
struct Believed {
    id: i64,
    title: i32,
    text: String,
}

/// The same table, with a column that it does not have.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "page")]
struct Newer {
    id: i64,
    title: String,
    subtitle: Option<String>,
}

#[derive(Model, Debug, Clone)]
struct Secret {
    id: i64,
    #[field(max_length = 40)]
    word: String,
    number: i64,
    document: serde_json::Value,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
struct Pin {
    pin: u32,
}

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
enum Few {
    One = 1,
    Two = 2,
}

/// The same table, as a program believes whose types are too narrow for it.
#[derive(Model, Debug, Clone)]
#[model(table = "secret")]
struct Narrow {
    id: i64,
    word: NaiveDate,
    number: i16,
    document: Json<Pin>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "secret")]
struct Wide {
    id: i64,
    number: u64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "secret")]
struct Chosen {
    id: i64,
    number: Few,
}

/// Rules of several kinds on the fields of one row.
#[derive(Model, Debug, Clone, PartialEq)]
struct Ruled {
    id: i64,
    #[field(max_length = 3)]
    name: String,
    size: i32,
    #[field(max_digits = 4, decimal_places = 2)]
    price: Decimal,
    #[field(max_length = 2)]
    code: Option<String>,
}

fn refused_fields(error: &dormouse::Error) -> Vec<String> {
    match error.kind() {
        ErrorKind::Validation(errors) => errors.fields.keys().cloned().collect(),
        other => panic!("{other:?}"),
    }
}

matrix! {
    async fn all_fields_that_are_refused_are_told_at_once(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Ruled]).await?;
        let all = ["code", "name", "price"];
        let create = Ruled::objects().acreate(|r| r.name("long").size(1).price(dec!(0.001)).code("long"));
        assert_eq!(refused_fields(&create.await.unwrap_err()), all);
        let mut row = Ruled::objects().acreate(|r| r.name("a").size(1).price(dec!(1)).code("b")).await?;
        let stored = row.clone();
        (row.name, row.price, row.code) = ("long".into(), dec!(100), Some("long".into()));
        assert_eq!(refused_fields(&row.asave().await.unwrap_err()), all);
        assert_eq!(refused_fields(&row.asave().fields(|r| (r.name, r.code)).await.unwrap_err()), ["code", "name"]);
        let update = Ruled::objects().aupdate(|r| (r.name.set("long"), r.size.set(2), r.code.set("long")));
        assert_eq!(refused_fields(&update.await.unwrap_err()), ["code", "name"]);
        assert_eq!(Ruled::objects().await?, [stored]);
        Ok(())
    }

    async fn no_error_shows_a_value(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Secret]).await?;
        let document = serde_json::json!({"pin": "s3cret, expected s3cret"});
        let new = || Secret::new().word("s3cret").number(471_100_471).document(document.clone());
        new().asave().await?;
        let narrow = Narrow::objects;
        let errors = [
            narrow().values(|n| n.word).await.map(drop),
            narrow().values(|n| n.number).await.map(drop),
            narrow().values(|n| n.document).await.map(drop),
            Chosen::objects().values(|c| c.number).await.map(drop),
            Wide::objects().filter(|w| w.number.eq(14_711_471_147_114_711_471_u64)).acount().await.map(drop),
            Wide::objects().filter(|w| w.number.in_([14_711_471_147_114_711_471, 1])).acount().await.map(drop),
            Wide::objects().aupdate(|w| w.number.set(14_711_471_147_114_711_471_u64)).await.map(drop),
            new().word("s3cret".repeat(10)).asave().await.map(drop),
            Secret::objects().aupdate(|s| s.word.set("s3cret".repeat(10))).await.map(drop),
            Secret::objects().aupdate(|s| s.number.set(s.number * i64::MAX)).await.map(drop),
        ];
        for (at, error) in errors.into_iter().enumerate() {

            let Err(error) = error else { panic!("{at} was accepted") };
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("s3cret") && !shown.contains("4711"), "{at}: {shown}");
        }
        Ok(())
    }

    async fn a_huge_text_is_searched_for(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Page]).await?;
        let huge = "%_\\'ä".repeat(180_000);
        assert!(huge.len() > 1 << 20);
        Page::objects().acreate(|p| p.title("huge").text(&huge)).await?;
        Page::objects().acreate(|p| p.title("small").text("x")).await?;
        let titles = |condition: Q<Page>| Page::objects().filter(|_| condition).values(|p| p.title);
        let page = Page::fields();
        assert_eq!(titles(page.text.eq(&huge)).await?, ["huge"]);
        assert_eq!(titles(page.text.contains(&huge)).await?, ["huge"]);
        assert_eq!(titles(page.text.icontains(&huge)).await?, ["huge"]);
        assert_eq!(titles(page.title.contains(&huge)).await?, Vec::<String>::new());
        Ok(())
    }

    async fn a_table_that_is_not_there(_db: &Database) -> Result<()> {
        let errors = [
            Page::objects().await.map(drop).unwrap_err(),
            Page::objects().acount().await.map(drop).unwrap_err(),
            Page::objects().acreate(|p| p.title("x")).await.map(drop).unwrap_err(),
            Page::objects().aupdate(|p| p.title.set("x")).await.map(drop).unwrap_err(),
            Page::objects().adelete().await.map(drop).unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(error.kind(), ErrorKind::Database { .. }), "{error:?}");
            assert!(error.to_string().contains("page"), "{error}");
        }
        Ok(())
    }

    async fn a_column_that_is_not_there(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Page]).await?;
        Page::objects().acreate(|p| p.title("x")).await?;
        let errors = [
            Newer::objects().await.map(drop).unwrap_err(),
            Newer::objects().filter(|n| n.subtitle.eq("subtitle")).acount().await.map(drop).unwrap_err(),
            Newer::objects().order_by(|n| n.subtitle.asc()).values(|n| n.id).await.map(drop).unwrap_err(),
            Newer::objects().aupdate(|n| n.subtitle.set("x")).await.map(drop).unwrap_err(),
            Newer::objects().exclude(|n| n.subtitle.eq("x")).adelete().await.map(drop).unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(error.kind(), ErrorKind::Database { .. }), "{error:?}");
        }
        assert_eq!(Page::objects().acount().await?, 1);
        Ok(())
    }

    async fn a_table_that_is_there_already(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Page]).await?;
        let error = db.create_tables(dormouse::models![Page]).await.unwrap_err();
        let ErrorKind::Configuration(SetupMistake::TableExists { model, table }) = error.kind() else {
            panic!("{error:?}")
        };
        assert_eq!((model.as_str(), table.as_str()), ("Page", "page"));
        Ok(())
    }

    async fn a_column_of_another_type(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Page]).await?;
        Page::objects().acreate(|p| p.title("secret words").text("x")).await?;
        let error = Believed::objects().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode { column, .. } if column == "title"), "{error:?}");
        assert!(!error.to_string().contains("secret words"), "{error}");
        Ok(())
    }

    async fn null_where_the_model_has_none(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Page]).await?;
        Page::objects().acreate(|p| p.title("1")).await?;
        let error = Believed::objects().values(|b| b.text).await.unwrap_err();
        let ErrorKind::Decode { column, found, .. } = error.kind() else { panic!("{error:?}") };
        assert_eq!((column.as_str(), found.as_str()), ("text", "NULL"));
        Ok(())
    }

    async fn a_result_out_of_range(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Page]).await?;
        Page::objects().acreate(|p| p.title("x").visits(i32::MAX)).await?;
        let error = Page::objects().aupdate(|p| p.visits.set(p.visits + 1)).await;
        if error.is_ok() {
            // SQLite's columns are wider than the model's: then reading must say so.
            let read = Page::objects().await.unwrap_err();
            assert!(matches!(read.kind(), ErrorKind::OutOfRange { column: Some(column), .. } if column == "visits"), "{read:?}");
        }
        Ok(())
    }

    async fn a_text_with_nul(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Page]).await?;
        let text = "before\0after";
        match Page::objects().acreate(|p| p.title("nul").text(text)).await {
            Ok(page) => {
                assert_eq!(page.text.as_deref(), Some(text));
                assert_eq!(Page::objects().filter(|p| p.text.eq(text)).acount().await?, 1);
                assert_eq!(Page::objects().filter(|p| p.text.contains("\0after")).acount().await?, 1);
            }
            Err(error) => {
                let refused = matches!(error.kind(), ErrorKind::OutOfRange { .. } | ErrorKind::Validation(_));
                assert!(refused, "{error:?}");
                assert!(!error.to_string().contains("after"), "{error}");
            }
        }
        assert!(Page::objects().acreate(|p| p.title("fine")).await.is_ok());
        Ok(())
    }

    async fn a_regular_expression_that_is_none(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Page]).await?;
        Page::objects().acreate(|p| p.title("x")).await?;
        for refused in [
            Page::objects().filter(|p| p.title.regex("(unclosed")).await.map(drop),
            Page::objects().filter(|p| p.title.iregex("[unclosed")).acount().await.map(drop),
        ] {
            let error = refused.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Query(QueryMistake::Pattern { .. })), "{error:?}");
            assert!(!format!("{error} {error:?}").contains("unclosed"), "{error:?}");
        }
        assert_eq!(Page::objects().acount().await?, 1);
        Ok(())
    }
}

async fn refused(url: &str) -> Error {
    let error = Database::connect(url).await.expect_err("a database that cannot be");
    let told = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
    assert!(!told.contains("hunter2"), "the password is told: {told}");
    error
}

#[tokio::test]
async fn urls_that_cannot_work() {
    for url in [
        "",
        "books.db",
        "oracle://host/db",
        "://",
        "postgres://host:notaport/db",
        "mysql://user:hunter2@host:99999/db",
        "postgres://user:hunter2@localhost/db?sslmdoe=disable",
        "sqlite::memory:?inline=perhaps",
        "mysql://user:hunter2@host/db?max_connections=many",
    ] {
        let error = refused(url).await;
        assert!(matches!(error.kind(), ErrorKind::Configuration { .. }), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn servers_that_do_not_answer() {
    for url in ["postgres://user:hunter2@127.0.0.1:1/db", "mysql://user:hunter2@127.0.0.1:1/db"] {
        let error = refused(url).await;
        assert!(matches!(error.kind(), ErrorKind::Connection { .. }), "{error:?}");
    }
    let error = refused("sqlite:///no/such/folder/books.db?mode=rwc").await;
    assert!(matches!(error.kind(), ErrorKind::Connection { .. } | ErrorKind::Database { .. }), "{error:?}");
}

#[tokio::test]
async fn a_wrong_password_and_a_database_that_is_not_there() -> Result<()> {
    let mysql = Place::mariadb().await?;
    let mut url = url::Url::parse(mysql.url()).expect("a URL");
    url.set_username("guest_of_no_name").expect("a host");
    url.set_password(Some("hunter2")).expect("a host");
    let error = refused(url.as_str()).await;
    assert!(!matches!(error.kind(), ErrorKind::Other { .. }), "{error:?}");
    mysql.remove().await?;

    let postgres = Place::postgres().await?;
    let mut url = url::Url::parse(postgres.url()).expect("a URL");
    url.set_path("no_database_of_this_name");
    url.set_password(Some("hunter2")).expect("a host");
    refused(url.as_str()).await;
    postgres.remove().await
}

#[tokio::test]
async fn debug_of_a_database_tells_no_password() -> Result<()> {
    let place = Place::postgres().await?;
    let mut url = url::Url::parse(place.url()).expect("a URL");
    if url.password().is_none() {
        url.set_password(Some("hunter2")).expect("a host");
    }
    let db = Database::connect(url.as_str()).await?;
    let shown = format!("{db:?} {:?}", Page::objects().using(&db).acount());
    assert!(!shown.contains(url.password().unwrap_or("hunter2")), "{shown}");
    db.close().await;
    let closed = Page::objects().using(&db).acount().await.unwrap_err();
    assert!(matches!(closed.kind(), ErrorKind::Connection { .. }), "{closed:?}");
    place.remove().await
}
