//! Two laws of conditions, for every type, lookup, nullability and path: a condition and its complement share out the rows,
//! and `in_` of one value is `eq`.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use dormouse::Result;
use dormouse::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Dice, matrix, share_of};

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Draft,
    InReview,
    Live,
}

/// The columns of JSON, which has no order.
const DOCUMENTS: [&str; 4] = ["document", "may_document", "typed", "may_typed"];

/// Three values of a type, in order.
trait Few: Sized {
    fn few(number: usize) -> Self;
}

macro_rules! every_type {
    (($d:tt) $($name:ident, $maybe:ident: $type:ty $(, #[$option:meta])? = $few:expr;)*) => {
        #[derive(Model, Debug, Clone)]
        struct All {
            id: i64,
            $($(#[$option])? $name: $type, $(#[$option])? $maybe: Option<$type>,)*
        }

        $(impl Few for $type {
            fn few(number: usize) -> Self {
                let three: [$type; 3] = $few;
                three.into_iter().cycle().nth(number).expect("endless")
            }
        })*

        /// Rows with each of the values, half of them NULL where they may be.
        async fn fill() -> Result<()> {
            for number in 0..6 {
                let row = All::new().id(number as i64 + 1);
                $(let row = row.$name(<$type>::few(number)).$maybe((number % 2 == 0).then(|| <$type>::few(number / 2)));)*
                row.asave().await?;
            }
            Ok(())
        }

        /// The laws for every column behind a path.
        macro_rules! laws {
            ($d model:ident $d($d step:ident)*) => {{
                let mut laws = Laws::<$d model> { complements: Vec::new(), same: Vec::new() };
                let at = &$d model::fields()$d(.$d step)*;
                $(
                    of_column!(laws, at.$name: $type);
                    of_column!(laws, at.$maybe: $type);
                    laws.complement(stringify!($name == $maybe), at.$name.eq(at.$maybe));
                    laws.complement(stringify!($maybe == $name), at.$maybe.eq(at.$name));
                    laws.complement(stringify!($maybe == $maybe), at.$maybe.eq(at.$maybe));
                )*
                laws
            }};
        }
    };
}

macro_rules! of_column {
    ($laws:ident, $at:ident.$name:ident: $type:ty) => {
        let column = $at.$name;
        for number in 0..3 {
            let one = || <$type>::few(number);
            let mut same = |lookup, one, other| $laws.same(format!("{lookup} of {}", stringify!($name)), one, other);
            same("in_", column.eq(one()), column.in_([one()]));
            same("in_ with none", column.eq(one()), column.in_([Some(one()), None]));
            same("in_ twice", column.eq(one()), column.in_([one(), one()]));
            same("in_ long", column.eq(one()), column.in_((0..700).map(|_| one())));
            same("ne", !column.eq(one()), column.ne(one()));
            same("differs", column.ne(one()) & column.is_not_null(), column.differs(one()));
        }
        let (low, high) = (|| <$type>::few(0), || <$type>::few(1));
        for lookup in [
            column.eq(low()),
            column.eq(high()),
            column.in_([low(), high()]),
            column.not_in([low(), high()]),
            column.in_((0..700).map(<$type>::few)),
            column.in_(Vec::<$type>::new()),
            column.differs(low()),
            column.is_null(),
        ] {
            $laws.complement(stringify!($name), lookup);
        }
        let ranges = [
            column.lt(high()),
            column.lte(high()),
            column.gt(low()),
            column.gte(low()),
            column.between(low(), high()),
            column.between(high(), low()),
            column.in_range(low()..high()),
        ];
        for lookup in ranges.into_iter().filter(|_| !DOCUMENTS.contains(&stringify!($name))) {
            $laws.complement(stringify!($name), lookup);
        }
    };
}

/// Conditions, and what must hold of them.
struct Laws<M: Model> {
    complements: Vec<(&'static str, Q<M>)>,
    same: Vec<(String, Q<M>, Q<M>)>,
}

impl<M: Model> Laws<M> {
    fn complement(&mut self, told: &'static str, condition: Q<M>) {
        self.complements.push((told, condition));
    }

    fn same(&mut self, told: String, one: Q<M>, other: Q<M>) {
        self.same.push((told, one, other));
    }

    /// In an ordinary run, a share of them by chance.
    async fn hold(mut self, path: &str) -> Result<()> {
        let mut dice = Dice::of(path);
        self.complements.retain(|_| dice.below(share_of(1, 6)) == 0);
        self.same.retain(|_| dice.below(share_of(1, 6)) == 0);
        let all = M::objects().acount().await?;
        for (told, condition) in self.complements {
            let (with, without) = (count(condition.clone()).await?, count(!condition.clone()).await?);
            assert_eq!(with + without, all, "{told}: {condition:?}");
        }
        for (told, one, other) in self.same {
            assert_eq!(count(one.clone() ^ other.clone()).await?, 0, "{told}: {one:?}, {other:?}");
            assert_eq!(count(one).await?, count(other).await?, "{told}");
        }
        Ok(())
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn moment(text: &str) -> NaiveDateTime {
    text.parse().expect("a moment")
}

every_type! {
    ($)
    flag, may_flag: bool = [false, true, true];
    tiny, may_tiny: i8 = [-1, 0, 7];
    small, may_small: i16 = [-1, 0, 7];
    medium, may_medium: i32 = [-1, 0, 7];
    large, may_large: i64 = [i64::MIN, 0, i64::MAX];
    unsigned, may_unsigned: u64 = [0, 1, 1 << 62];
    single, may_single: f32 = [-0.1, 0.0, 0.1];
    double, may_double: f64 = [-0.1, 0.0, 0.1];
    amount, may_amount: Decimal, #[field(max_digits = 8, decimal_places = 2)] = [dec!(-0.1), dec!(0), dec!(1.50)];
    word, may_word: String, #[field(max_length = 9)] = ["", "A ", "ä\\%"].map(str::to_owned);
    bytes, may_bytes: Vec<u8> = [vec![], vec![0], vec![0, 255]];
    date, may_date: NaiveDate = ["0000-01-01", "2024-02-29", "9999-12-31"].map(day);
    time, may_time: NaiveTime = ["00:00:00", "12:00:00.5", "23:59:59.999999"].map(|text| text.parse().expect("a time"));
    naive, may_naive: NaiveDateTime = ["0000-01-01T00:00:00", "2024-01-01T00:00:00.5", "2024-01-01T00:00:01"].map(moment);
    stamp, may_stamp: DateTime<Utc> = ["0000-01-01T00:00:00", "2024-01-01T00:00:00.5", "2024-01-01T00:00:01"].map(|text| moment(text).and_utc());
    span, may_span: TimeDelta = [-1, 0, 1].map(TimeDelta::microseconds);
    uuid, may_uuid: Uuid = [Uuid::nil(), Uuid::from_u128(1), Uuid::max()];
    document, may_document: Value = [json!(null), json!(1.0), json!({"a": [1, "x"]})];
    typed, may_typed: Json<Vec<u8>> = [vec![], vec![1], vec![1, 2]].map(Json);
    status, may_status: Status = [Status::Draft, Status::InReview, Status::Live];
}

#[derive(Model, Debug, Clone)]
struct Leaf {
    id: i64,
    #[field(on_delete = Cascade)]
    all: ForeignKey<All>,
    #[field(on_delete = SetNull)]
    may: Option<ForeignKey<All>>,
}

#[derive(Model, Debug, Clone)]
struct Twig {
    id: i64,
    #[field(on_delete = SetNull)]
    leaf: Option<ForeignKey<Leaf>>,
}

async fn tables(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![All, Leaf, Twig]).await?;
    fill().await?;
    for id in 1..=8 {
        let key = |id| ForeignKey::<All>::new(id);
        Leaf::new().id(id).all(key(id % 6 + 1)).may((id % 3 > 0).then(|| key(id % 5 + 1))).asave().await?;
        Twig::new().id(id).leaf((id % 4 > 0).then(|| ForeignKey::<Leaf>::new(id))).asave().await?;
    }
    Ok(())
}

async fn count<M: Model>(condition: Q<M>) -> Result<u64> {
    M::objects().filter(|_| condition).acount().await
}

matrix! {
    async fn of_a_column(db: &Database) -> Result<()> {
        tables(db).await?;
        laws!(All).hold("All").await
    }

    async fn behind_a_key(db: &Database) -> Result<()> {
        tables(db).await?;
        laws!(Leaf all).hold("Leaf all").await
    }

    async fn behind_a_key_that_may_be_null(db: &Database) -> Result<()> {
        tables(db).await?;
        laws!(Leaf may).hold("Leaf may").await
    }

    async fn behind_two_keys(db: &Database) -> Result<()> {
        tables(db).await?;
        laws!(Twig leaf may).hold("Twig leaf may").await
    }
}
