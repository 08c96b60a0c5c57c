//! Texts of two collations beside each other: the left one decides, whatever is at the right.

use dormouse::Result;
use dormouse::prelude::*;

use crate::support::{Place, run};

/// Texts that each collation orders otherwise: by code point, by letter without case, without accents.
const TEXTS: [&str; 5] = ["a", "B", "É", "e", "A"];

/// What narrower character sets lack, too.
const ANY_TEXTS: [&str; 6] = ["a", "B", "É", "e", "A", "日"];

/// A comparison of two columns finds the row if it does with the value that the second column has.
macro_rules! check {
    ($model:ident: $($left:ident $right:ident),*) => {$(
        check!(@ $model $left $right eq ne lt lte gt gte contains startswith endswith);
        for row in $model::objects().await? {
            let text = row.$right.as_str();
            let by_value = $model::objects().filter(|p| p.id.eq(row.id) & p.$left.between(text, text)).acount().await?;
            let by_column = $model::objects().filter(|p| p.id.eq(row.id) & p.$left.between(p.$right, p.$right));
            assert_eq!(by_column.acount().await?, by_value, "{} between {}: {row:?}", stringify!($left), stringify!($right));
        }
    )*};
    (@ $model:ident $left:ident $right:ident $($verb:ident)*) => {
        for row in $model::objects().await? {
            let text = row.$right.as_str();
            $(
                let by_value = $model::objects().filter(|p| p.id.eq(row.id) & p.$left.$verb(text)).acount().await?;
                let by_column = $model::objects().filter(|p| p.id.eq(row.id) & p.$left.$verb(p.$right)).acount().await?;
                let words = concat!(stringify!($left), " ", stringify!($verb), " ", stringify!($right));
                assert_eq!(by_column, by_value, "{words}: {row:?}");
                let others = $model::objects().exclude(|p| p.$left.$verb(p.$right)).filter(|p| p.id.eq(row.id));
                assert_eq!(others.acount().await? + by_column, 1, "not {words}: {row:?}");
            )*
        }
    };
}

macro_rules! pairs {
    ($(async fn $test:ident($place:expr, $one:tt, $other:tt);)*) => {$(
        #[tokio::test]
        async fn $test() -> Result<()> {
            /// Ours.
            #[derive(Model, Debug)]
            struct Pair {
                id: i64,
                #[field(max_length = 20, collation = $one)]
                one: String,
                #[field(max_length = 20, collation = $other)]
                other: String,
                #[field(max_length = 20)]
                plain: String,
            }

            /// The same table, as that of another program: `plain` goes by code point whatever it is.
            #[derive(Model, Debug)]
            #[model(table = "pair", managed = false)]
            struct Foreign {
                id: i64,
                #[field(collation = $one)]
                one: String,
                #[field(collation = $other)]
                other: String,
                plain: String,
            }

            /// The same, with wishes that the columns do not have.
            #[derive(Model, Debug)]
            #[model(table = "pair", managed = false)]
            struct Wishes {
                id: i64,
                #[field(collation = $other)]
                one: String,
                #[field(collation = $one)]
                other: String,
                plain: String,
            }

            run($place, async |db: &Database| {
                db.create_tables(dormouse::models![Pair]).await?;
                for one in TEXTS {
                    for other in ANY_TEXTS {
                        Pair::objects().acreate(|p| p.one(one).other(other).plain(other)).await?;
                    }
                }
                check! { Pair: one other, other one, one plain, plain one, other plain, plain other }
                check! { Foreign: one other, other one, one plain, plain one, other plain, plain other }
                check! { Wishes: one other, other one, one plain, plain one, other plain, plain other }
                Ok(())
            })
            .await
        }
    )*};
}

pairs! {
    async fn a_column_means_its_value_on_sqlite(Place::sqlite(), "NOCASE", "RTRIM");
    async fn a_column_means_its_value_on_postgres(Place::postgres().await?, "en-x-icu", "de-x-icu");
    async fn a_column_means_its_value_on_mariadb(Place::mariadb().await?, "utf8mb4_unicode_ci", "uca1400_ai_ci");
    async fn a_column_means_its_value_beside_latin_1(Place::mariadb().await?, "latin1_german1_ci", "utf8mb4_general_ci");
}
