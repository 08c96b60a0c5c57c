//! Columns that models share: structs flattened into them.

use chrono::{DateTime, TimeDelta, Utc};
use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};

use crate::support::matrix;

#[derive(Columns, Debug, Clone, PartialEq)]
struct Times {
    #[field(auto_now_add)]
    created_at: DateTime<Utc>,
    #[field(auto_now)]
    updated_at: DateTime<Utc>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Person {
    id: i64,
    // Not last in the struct, but behind the others in the table.
    #[field(flatten)]
    times: Times,
    #[field(unique, max_length = 50)]
    name: String,
}

#[derive(Columns, Debug, Clone, PartialEq)]
struct Owned {
    #[field(on_delete = Cascade)]
    owner: ForeignKey<Person>,
    #[field(on_delete = SetNull)]
    lent_to: Option<ForeignKey<Person>>,
    #[field(max_length = 5, default = "shelf")]
    place: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering(-place, name), unique(owner, name), index(fields(-updated_at)))]
struct Book {
    id: i64,
    #[field(flatten)]
    owned: Owned,
    #[field(max_length = 50)]
    name: String,
    #[field(flatten)]
    times: Times,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Page {
    id: i64,
    #[field(on_delete = Cascade)]
    book: Option<ForeignKey<Book>>,
}

async fn tables(db: &Database) -> Result<(Person, Person)> {
    db.create_tables(dormouse::models![Person, Book, Page]).await?;
    let ann = Person::objects().acreate(|p| p.name("Ann")).await?;
    let bob = Person::new().name("Bob").asave().await?;
    Ok((ann, bob))
}

fn long_ago() -> DateTime<Utc> {
    DateTime::from_timestamp(1_000_000_000, 0).expect("a moment of 2001")
}

matrix! {
    async fn a_new_row_gets_the_shared_columns(db: &Database) -> Result<()> {
        let before = Utc::now() - TimeDelta::milliseconds(1);
        let (ann, bob) = tables(db).await?;
        assert!(before <= ann.times.created_at && ann.times.created_at <= Utc::now());
        assert_eq!(ann.times.created_at, ann.times.updated_at);
        assert_eq!(ann.arefresh_from_db().await?, ann);

        let built = Book::new().name("Dune").owned(Owned::new().owner(&ann)).asave().await?;
        assert_eq!((built.owned.owner.id(), built.owned.lent_to.is_none(), &*built.owned.place), (ann.id, true, "shelf"));
        let owned = Owned { owner: (&bob).into(), lent_to: Some((&ann).into()), place: "bag".to_owned() };
        let times = Times { created_at: long_ago(), updated_at: long_ago() };
        let given = Book::objects().acreate(|b| b.times(times.clone()).owned(owned.clone()).name("Emma")).await?;
        assert_eq!((&given.owned, &given.times), (&owned, &times));
        assert_eq!(given.arefresh_from_db().await?, given);
        Ok(())
    }

    async fn shared_columns_filter_order_and_are_selected(db: &Database) -> Result<()> {
        let (ann, bob) = tables(db).await?;
        let all = [("Dune", &ann, "a", 3), ("Emma", &bob, "b", 2), ("Ilias", &ann, "b", 1)];
        for (name, owner, place, days) in all {
            let times = Times::new().created_at(long_ago() + TimeDelta::days(days));
            let owned = Owned::new().owner(owner).place(place);
            Book::new().name(name).owned(owned).times(times).asave().await?;
        }
        let early = Book::objects().filter(|b| b.times.created_at.lt(long_ago() + TimeDelta::days(3)));
        let names = early.clone().order_by(|b| b.times.created_at.asc()).values(|b| b.name).await?;
        assert_eq!(names, ["Ilias", "Emma"]);
        // The model's own ordering names a shared column too.
        assert_eq!(Book::objects().values(|b| b.name).await?, ["Emma", "Ilias", "Dune"]);

        let of_ann = Book::objects().filter(|b| b.owned.owner.name.eq("Ann")).order_by(|b| b.name.asc());
        let values = of_ann.values(|b| (b.name, b.owned.place, b.owned.owner.times.created_at)).await?;
        let moment = ann.times.created_at;
        assert_eq!(values, [("Dune".to_owned(), "a".to_owned(), moment), ("Ilias".to_owned(), "b".to_owned(), moment)]);
        Ok(())
    }

    async fn saving_sets_what_is_set_to_now_and_writes_the_rest(db: &Database) -> Result<()> {
        let (ann, bob) = tables(db).await?;
        let times = Times { created_at: long_ago(), updated_at: long_ago() };
        let mut book = Book::new().name("Dune").owned(Owned::new().owner(&ann)).times(times).asave().await?;
        book.owned.owner = (&bob).into();
        book.owned.lent_to = Some((&ann).into());
        book.asave().await?;
        assert_eq!(book.times.created_at, long_ago());
        assert!(book.times.updated_at > long_ago());
        assert_eq!(book.arefresh_from_db().await?, book);

        book.owned.place = "bag".to_owned();
        book.name = "not written".to_owned();
        book.asave().fields(|b| b.owned.place).await?;
        let read = book.arefresh_from_db().await?;
        assert_eq!((&*read.name, &*read.owned.place), ("Dune", "bag"));

        let changed = Book::objects().filter(|b| b.owned.owner.eq(&bob)).aupdate(|b| b.owned.place.set("box")).await?;
        assert_eq!((changed, &*book.arefresh_from_db().await?.owned.place), (1, "box"));
        Ok(())
    }

    async fn related_rows_are_loaded_from_and_with_shared_columns(db: &Database) -> Result<()> {
        let (ann, bob) = tables(db).await?;
        let owned = Owned::new().owner(&ann).lent_to(&bob);
        let book = Book::new().name("Dune").owned(owned).asave().await?;
        Page::new().book(&book).asave().await?;
        Page::new().asave().await?;

        let both = Book::objects().select_related(|b| (b.owned.owner, b.owned.lent_to)).aget_one().await?;
        assert_eq!(both.owned.owner.loaded(), Some(&ann));
        assert_eq!(both.owned.lent_to.as_ref().and_then(|person| person.loaded()), Some(&bob));
        assert_eq!(both, book);

        let pages = Page::objects().select_related(|p| p.book.owned.lent_to).order_by(|p| p.id.asc()).await?;
        let loaded: Vec<Option<&Book>> = pages.iter().map(|page| page.book.as_ref().and_then(|book| book.loaded())).collect();
        assert_eq!(loaded, [Some(&book), None]);
        let lent_to = loaded[0].and_then(|book| book.owned.lent_to.as_ref()).and_then(|person| person.loaded());
        assert_eq!(lent_to, Some(&bob));

        let rows = Page::objects().order_by(|p| p.id.asc()).values(|p| (p.book.row(), p.book.times.created_at)).await?;
        assert_eq!(rows, [(Some(book.clone()), Some(book.times.created_at)), (None, None)]);
        Ok(())
    }

    async fn the_database_holds_what_shared_columns_say(db: &Database) -> Result<()> {
        let (ann, bob) = tables(db).await?;
        let dune = |owner: &Person| Book::new().name("Dune").owned(Owned::new().owner(owner));
        dune(&ann).asave().await?;
        assert!(dune(&ann).asave().await.unwrap_err().is_unique_violation());
        let lent = Book::new().name("Emma").owned(Owned::new().owner(&bob).lent_to(&ann)).asave().await?;

        let long = Book::new().name("Ilias").owned(Owned::new().owner(&ann).place("cellar")).asave().await.unwrap_err();
        assert!(matches!(long.kind(), ErrorKind::Validation(errors) if errors.fields.contains_key("place")), "{long:?}");
        let orphan = Book::new().name("Ilias").owned(Owned::new().owner(0)).asave().await.unwrap_err();
        assert!(orphan.is_foreign_key_violation(), "{orphan:?}");

        assert_eq!(lent.adelete().await?.total, 1);
        Ok(())
    }
}
