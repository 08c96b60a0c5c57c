//! Primary keys of every kind.

use dormouse::prelude::*;
use dormouse::{ErrorKind, Result};
use uuid::Uuid;

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
struct Short {
    id: i16,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Medium {
    id: i32,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Unsigned {
    id: u32,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Long {
    id: i64,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Token {
    id: Uuid,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Country {
    #[field(primary_key, max_length = 2)]
    code: String,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct City {
    id: i64,
    #[field(on_delete = Cascade)]
    country: ForeignKey<Country>,
    #[field(on_delete = SetNull)]
    twin: Option<ForeignKey<City>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(country, number))]
struct Plate {
    #[field(on_delete = Cascade)]
    country: ForeignKey<Country>,
    number: i32,
    owner: Option<String>,
}

/// Asserts that no row can be numbered any more, and that keys of one's own can still be given.
macro_rules! assert_used_up {
    ($model:ident, $greatest:expr) => {
        $model::objects().acreate(|m| m.id($greatest).name("last")).await?;
        let alone = $model::objects().acreate(|m| m.name("next")).await.unwrap_err();
        let together = atomic(|tx| {
            $model::objects().using(tx).create(|m| m.id(1).name("first"))?;
            $model::objects().using(tx).create(|m| m.name("next"))
        });
        let together = together.await.unwrap_err();
        for error in [alone, together] {
            assert!(matches!(error.kind(), ErrorKind::OutOfRange { .. }), "{error:?}");
            let advice = concat!("automatic keys of `", stringify!($model), ".id` are used up");
            assert!(error.to_string().contains(advice), "{error}");
        }
        assert_eq!($model::objects().values(|m| m.id).await?, [$greatest]);
        assert_eq!($model::objects().acreate(|m| m.id(5).name("own")).await?.id, 5);
    };
}

matrix! {
    async fn used_up_automatic_keys_are_out_of_range(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Short, Medium, Unsigned, Long]).await?;
        assert_used_up!(Short, i16::MAX);
        assert_used_up!(Medium, i32::MAX);
        // Where no check may name an automatic key, a wider column goes on numbering.
        if db.dialect().features().checks_on_auto {
            assert_used_up!(Unsigned, u32::MAX);
        }
        assert_used_up!(Long, i64::MAX);
        Ok(())
    }

    async fn a_key_given_by_an_update_moves_the_numbers_on(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Short, Medium]).await?;
        for name in ["a", "b"] {
            Medium::objects().acreate(|m| m.name(name)).await?;
            Short::objects().acreate(|s| s.name(name)).await?;
        }
        let new = async |name: &'static str| Ok::<_, dormouse::Error>(Medium::objects().acreate(|m| m.name(name)).await?.id);
        Medium::objects().filter(|m| m.name.eq("b")).aupdate(|m| m.id.set(100)).await?;
        assert!(new("c").await? > 100);
        Medium::objects().aupdate(|m| (m.id.set(m.id + 5_000), m.name.set("moved"))).await?;
        let greatest = Medium::objects().aaggregate(|m| m.id.max()).await?.unwrap();
        assert!(new("d").await? > greatest);
        // A key that is less does not move them back.
        Medium::objects().filter(|m| m.name.eq("d")).aupdate(|m| m.id.set(7)).await?;
        assert!(new("e").await? > greatest);
        atomic(|tx| Short::objects().using(tx).filter(|s| s.name.eq("a")).update(|s| s.id.set(900))).await?;
        assert!(Short::objects().acreate(|s| s.name("c")).await?.id > 900);
        Ok(())
    }

    async fn automatic_keys_count_up(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Short, Medium]).await?;
        let mut short = Vec::new();
        let mut medium = Vec::new();
        for name in ["a", "b", "c"] {
            short.push(Short::objects().acreate(|s| s.name(name)).await?.id);
            medium.push(Medium::objects().acreate(|m| m.name(name)).await?.id);
        }
        assert!(short.is_sorted_by(|a, b| a < b), "{short:?}");
        assert!(medium.is_sorted_by(|a, b| a < b), "{medium:?}");
        Ok(())
    }

    async fn a_key_may_be_given(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Short]).await?;
        assert_eq!(Short::objects().acreate(|s| s.id(77).name("given")).await?.id, 77);
        assert_eq!(Short::objects().aget(|s| s.pk.eq(77)).await?.name, "given");
        Ok(())
    }

    async fn a_deleted_key_is_not_given_again(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Medium]).await?;
        let first = Medium::objects().acreate(|m| m.name("a")).await?;
        first.adelete().await?;
        assert!(Medium::objects().acreate(|m| m.name("b")).await?.id > first.id);
        Ok(())
    }

    async fn uuid_and_text_keys(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Token, Country, City]).await?;
        let id = Uuid::new_v4();
        let token = Token::objects().acreate(|t| t.id(id).name("x")).await?;
        assert_eq!(token.arefresh_from_db().await?, Token { id, name: "x".to_owned() });

        let peru = Country::objects().acreate(|c| c.code("PE").name("Peru")).await?;
        let lima = City::objects().acreate(|c| c.country(&peru)).await?;
        let cusco = City::objects().acreate(|c| c.country("PE").twin(&lima)).await?;
        assert_eq!(cusco.country.id(), "PE");
        let twins = City::objects().filter(|c| c.twin.country.eq("PE")).values(|c| (c.id, c.twin)).await?;
        assert_eq!(twins, [(cusco.id, Some(lima.id))]);
        let bulk = Country::objects().ain_bulk(["PE".to_owned(), "XX".to_owned()]).await?;
        assert_eq!(bulk.into_iter().collect::<Vec<_>>(), [("PE".to_owned(), peru)]);
        Ok(())
    }

    async fn keys_of_several_columns(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Country, Plate]).await?;
        for code in ["PE", "AR"] {
            Country::objects().acreate(|c| c.code(code).name(code)).await?;
            for number in 1..=3 {
                Plate::objects().acreate(|p| p.country(code).number(number)).await?;
            }
        }
        let key = |code: &str, number| (code.to_owned(), number);
        let mut plate = Plate::objects().aget(|p| p.pk.eq(key("PE", 2))).await?;
        plate.owner = Some("Ana".to_owned());
        plate.asave().await?;
        let owned = Plate::objects().filter(|p| p.owner.is_not_null()).values(|p| p.pk).await?;
        assert_eq!(owned, [key("PE", 2)]);

        let some = Plate::objects().filter(|p| p.pk.in_([key("AR", 1), key("PE", 3), key("XX", 1)]));
        assert_eq!(some.order_by(|p| p.pk.asc()).values(|p| p.pk).await?, [key("AR", 1), key("PE", 3)]);
        assert_eq!(Plate::objects().filter(|p| p.pk.not_in([key("AR", 1)])).acount().await?, 5);
        assert_eq!(Plate::objects().ain_bulk([key("AR", 2), key("AR", 9)]).await?.len(), 1);
        assert_eq!(plate.adelete().await?.total, 1);
        assert!(!Plate::objects().acontains(&plate).await?);
        Ok(())
    }
}
