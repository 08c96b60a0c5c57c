//! What is accepted can be read again, and an error stored nothing: each type of column, its extremes and values by chance,
//! each way in; with the same verdict on every database, but for what `docs/values.md` lists.

mod trials;

use std::fmt::Debug;

use dormouse::bridge::SyncInstance;
use dormouse::exec::Instance;
use dormouse::prelude::*;
use dormouse::value::FieldType;
use dormouse::{Error, ErrorKind, Result};

use self::trials::{Isbn, Priority, Status, Typed};
use crate::support::{Dice, matrix, share_of};

/// What becomes of a value.
#[derive(Debug, Clone)]
enum Fate<T> {
    /// It is read as this.
    Kept(T),
    OutOfRange,
    Invalid,
}

/// A value, what becomes of it, and the databases where something else does.
#[derive(Debug, Clone)]
struct Trial<T> {
    value: T,
    fate: Fate<T>,
    but: Vec<(&'static str, Fate<T>)>,
}

impl<T: Clone> Trial<T> {
    fn new(value: T, fate: Fate<T>) -> Self {
        Self { value, fate, but: Vec::new() }
    }

    fn kept(value: T) -> Self {
        Self::new(value.clone(), Fate::Kept(value))
    }

    fn becomes(value: T, kept: T) -> Self {
        Self::new(value, Fate::Kept(kept))
    }

    fn out_of_range(value: T) -> Self {
        Self::new(value, Fate::OutOfRange)
    }

    fn invalid(value: T) -> Self {
        Self::new(value, Fate::Invalid)
    }

    fn out_of_range_on(mut self, databases: &[&'static str]) -> Self {
        self.but.extend(databases.iter().map(|database| (*database, Fate::OutOfRange)));
        self
    }

    fn fate_on(&self, db: &Database) -> Fate<T> {
        let exception = self.but.iter().find(|(name, _)| *name == db.dialect().name());
        exception.map_or_else(|| self.fate.clone(), |(_, fate)| fate.clone())
    }
}

/// A table with a column of a type, and one that may be NULL.
trait Kept: SyncInstance + Instance + Clone + PartialEq + Debug {
    type Of: FieldType + Clone + PartialEq + Debug;

    fn id(&self) -> i64;
    fn must(&self) -> &Self::Of;
    fn may(&self) -> Option<&Self::Of>;
    fn change(&mut self, must: Self::Of, may: Option<Self::Of>);
    fn acreate(must: Self::Of, may: Option<Self::Of>) -> impl Future<Output = Result<Self>> + Send;
    fn asave_new(must: Self::Of, may: Option<Self::Of>) -> impl Future<Output = Result<Self>> + Send;
    fn aupdate(id: i64, must: Self::Of, may: Option<Self::Of>) -> impl Future<Output = Result<u64>> + Send;
    fn create(tx: &Transaction, must: Self::Of, may: Option<Self::Of>) -> Result<Self>;
    fn save_new(tx: &Transaction, must: Self::Of, may: Option<Self::Of>) -> Result<Self>;
    fn update(tx: &Transaction, id: i64, must: Self::Of, may: Option<Self::Of>) -> Result<u64>;
    fn all() -> impl Future<Output = Result<Vec<Self>>> + Send;
    fn matching(condition: Q<Self>) -> impl Future<Output = Result<Vec<i64>>> + Send;
    fn count(tx: &Transaction) -> Result<u64>;
    /// What finds rows by a value in the first column, in the second, and what finds those of two values.
    fn asked(value: &Self::Of, other: &Self::Of) -> [Vec<Q<Self>>; 3];
}

macro_rules! columns {
    ($($name:ident: $type:ty $(, #[$option:meta])?;)*) => {$(
        mod $name {
            use super::trials::$name as trials;
            use super::*;

            #[derive(Model, Debug, Clone, PartialEq)]
            struct Row {
                id: i64,
                $(#[$option])?
                must: $type,
                $(#[$option])?
                may: Option<$type>,
            }

            impl Kept for Row {
                type Of = $type;

                fn id(&self) -> i64 {
                    self.id
                }

                fn must(&self) -> &$type {
                    &self.must
                }

                fn may(&self) -> Option<&$type> {
                    self.may.as_ref()
                }

                fn change(&mut self, must: $type, may: Option<$type>) {
                    (self.must, self.may) = (must, may);
                }

                async fn acreate(must: $type, may: Option<$type>) -> Result<Self> {
                    Self::objects().acreate(|row| row.must(must).may(may)).await
                }

                async fn asave_new(must: $type, may: Option<$type>) -> Result<Self> {
                    Self::new().must(must).may(may).asave().await
                }

                async fn aupdate(id: i64, must: $type, may: Option<$type>) -> Result<u64> {
                    let row = Self::objects().filter(|row| row.id.eq(id));
                    row.aupdate(|row| (row.must.set(must), row.may.set(may))).await
                }

                fn create(tx: &Transaction, must: $type, may: Option<$type>) -> Result<Self> {
                    Self::objects().using(tx).create(|row| row.must(must).may(may))
                }

                fn save_new(tx: &Transaction, must: $type, may: Option<$type>) -> Result<Self> {
                    Self::new().must(must).may(may).save(tx)
                }

                fn update(tx: &Transaction, id: i64, must: $type, may: Option<$type>) -> Result<u64> {
                    let row = Self::objects().using(tx).filter(|row| row.id.eq(id));
                    row.update(|row| (row.must.set(must), row.may.set(may)))
                }

                async fn all() -> Result<Vec<Self>> {
                    Self::objects().order_by(|row| row.id.asc()).await
                }

                async fn matching(condition: Q<Self>) -> Result<Vec<i64>> {
                    Self::objects().filter(|_| condition).order_by(|row| row.id.asc()).values(|row| row.id).await
                }

                fn count(tx: &Transaction) -> Result<u64> {
                    Self::objects().using(tx).count()
                }

                fn asked(value: &$type, other: &$type) -> [Vec<Q<Self>>; 3] {
                    let row = Self::fields();
                    let two = || [value.clone(), other.clone()];
                    [
                        vec![row.must.eq(value), row.must.in_([value]), !row.must.ne(value)],
                        vec![row.may.eq(value), row.may.in_([Some(value.clone()), None]), !row.may.not_in([value])],
                        vec![row.must.in_(two()), row.must.in_([value, other, value])],
                    ]
                }
            }

            matrix! {
                async fn is_kept_or_refused(db: &Database) -> Result<()> {
                    db.create_tables(dormouse::models![Row]).await?;
                    let mut dice = Dice::of(stringify!($name));
                    let by_chance = (0..share_of(400, 6)).map(|_| trials::by_chance(&mut dice)).collect::<Vec<_>>();
                    check::<Row>(db, [trials::extremes(), by_chance].concat()).await
                }
            }
        }
    )*};
}

columns! {
    bools: bool;
    i8s: i8;
    i16s: i16;
    i32s: i32;
    i64s: i64;
    u8s: u8;
    u16s: u16;
    u32s: u32;
    u64s: u64;
    f32s: f32;
    f64s: f64;
    money: Decimal, #[field(max_digits = 10, decimal_places = 3)];
    long_decimals: Decimal, #[field(max_digits = 28, decimal_places = 0)];
    fine_decimals: Decimal, #[field(max_digits = 38, decimal_places = 10)];
    short_texts: String, #[field(max_length = 5)];
    texts: String;
    bytes: Vec<u8>;
    dates: chrono::NaiveDate;
    times: chrono::NaiveTime;
    naive_moments: chrono::NaiveDateTime;
    moments: chrono::DateTime<chrono::Utc>;
    spans: chrono::TimeDelta;
    uuids: uuid::Uuid;
    documents: serde_json::Value;
    typed_documents: Json<Typed>;
    choices: Status;
    numbered_choices: Priority;
    newtypes: Isbn, #[field(max_length = 5)];
}

/// Equal; NaN too.
fn alike<T: PartialEq + Debug>(left: &T, right: &T) -> bool {
    left == right || format!("{left:?}") == format!("{right:?}")
}

fn is_kind<T>(error: &Error, fate: &Fate<T>) -> bool {
    match fate {
        Fate::Kept(_) => false,
        Fate::OutOfRange => matches!(error.kind(), ErrorKind::OutOfRange { .. }),
        Fate::Invalid => matches!(error.kind(), ErrorKind::Validation(_)),
    }
}

async fn check<K: Kept>(db: &Database, trials: Vec<Trial<K::Of>>) -> Result<()> {
    let usual = trials.iter().find_map(|trial| match &trial.fate {
        Fate::Kept(value) => Some(value.clone()),
        _ => None,
    });
    let usual = usual.expect("a value that is kept");
    let row = K::acreate(usual.clone(), None).await?;
    for (number, trial) in trials.iter().enumerate() {
        let fate = trial.fate_on(db);
        for way in 0..WAYS.len() {
            check_way(&row, way, (number + way) % 3, &trial.value, &fate).await?;
        }
        check_lookups(&row, &trial.value, &fate).await?;
    }
    Ok(())
}

const WAYS: [&str; 8] = ["acreate", "asave, new", "asave", "aupdate", "create", "save, new", "save", "update"];

/// One way in, with the value in the first column, in the second or in both; then the table is as it was.
async fn check_way<K: Kept>(row: &K, way: usize, place: usize, value: &K::Of, fate: &Fate<K::Of>) -> Result<()> {
    let told = format!("{} in place {place}: {:.200}", WAYS[way], format!("{value:?}"));
    let must = if place == 1 { row.must().clone() } else { value.clone() };
    let may = (place > 0).then(|| value.clone());
    let outcome = take(row, way, must, may).await?;
    let rows = K::all().await?;
    match (outcome, fate) {
        (Ok(given), Fate::Kept(kept)) => {
            let found = rows.last().expect("a row");
            assert_eq!(
                rows.len(),
                if WAYS[way].contains("new") || WAYS[way].contains("create") { 2 } else { 1 },
                "{told}"
            );
            assert!(place == 1 || alike(found.must(), kept), "{told}: {:?}", found.must());
            assert!(place == 0 && found.may().is_none() || found.may().is_some_and(|may| alike(may, kept)), "{told}");
            assert!(given.is_none_or(|given| alike(&given, found)), "{told}: another row was given back");
            if rows.len() == 2 {
                found.clone().adelete().await?;
            } else {
                row.clone().asave().await?;
            }
        }
        (Err(error), fate) => {
            assert!(is_kind(&error, fate), "{told}: {error:?}, not {fate:?}");
            assert!(rows.len() == 1 && alike(&rows[0], row), "{told}: refused, and stored {rows:?}");
        }
        (Ok(_), fate) => panic!("{told}: accepted, not {fate:?}"),
    }
    Ok(())
}

/// The row that a way gives back, if it does. In a transaction a refused value costs nothing: it goes on, and commits.
async fn take<K: Kept>(row: &K, way: usize, must: K::Of, may: Option<K::Of>) -> Result<Result<Option<K>>> {
    let mut changed = row.clone();
    changed.change(must.clone(), may.clone());
    Ok(match WAYS[way] {
        "acreate" => K::acreate(must, may).await.map(Some),
        "asave, new" => K::asave_new(must, may).await.map(Some),
        "asave" => changed.asave().await.map(|()| None),
        "aupdate" => K::aupdate(row.id(), must, may).await.map(|_| None),
        verb => {
            let id = row.id();
            let (outcome, count) = atomic(move |tx| {
                let outcome = match verb {
                    "create" => K::create(tx, must, may).map(Some),
                    "save, new" => K::save_new(tx, must, may).map(Some),
                    "save" => changed.save(tx).map(|()| None),
                    _ => K::update(tx, id, must, may).map(|_| None),
                };
                Ok((outcome, K::count(tx)?))
            })
            .await?;
            assert_eq!(count, if matches!(outcome, Ok(Some(_))) { 2 } else { 1 }, "{verb}");
            outcome
        }
    })
}

/// Lookups find what is equal; their complements find the rest. A value out of range is refused there too.
async fn check_lookups<K: Kept>(row: &K, value: &K::Of, fate: &Fate<K::Of>) -> Result<()> {
    let told = format!("{:.200}", format!("{value:?}"));
    if let Fate::Kept(_) = fate {
        K::acreate(value.clone(), Some(value.clone())).await?;
    }
    let rows = K::all().await?;
    let of = |is: &dyn Fn(&K) -> bool| rows.iter().filter(|row| is(row)).map(K::id).collect::<Vec<_>>();
    let is_kept = |given: &K::Of| matches!(fate, Fate::Kept(kept) if alike(given, kept));
    let expected = [
        of(&|row| is_kept(row.must())),
        of(&|row| row.may().is_some_and(is_kept)),
        of(&|given| is_kept(given.must()) || alike(given.must(), row.must())),
    ];
    for (lookups, expected) in K::asked(value, row.must()).into_iter().zip(expected) {
        for (number, lookup) in lookups.into_iter().enumerate() {
            match (K::matching(lookup.clone()).await, fate) {
                (Err(error), Fate::OutOfRange) => assert!(is_kind(&error, fate), "lookup {number}, {told}: {error:?}"),
                (found, Fate::Kept(_) | Fate::Invalid) => {
                    assert_eq!(found?, expected, "lookup {number}, {told}");
                    let rest = of(&|row| !expected.contains(&row.id()));
                    assert_eq!(K::matching(!lookup).await?, rest, "lookup {number}'s complement, {told}");
                }
                (Ok(_), fate) => panic!("lookup {number}, {told}: accepted, not {fate:?}"),
            }
        }
    }
    for other in rows.into_iter().filter(|other| other.id() != row.id()) {
        other.clone().adelete().await?;
    }
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Coin {
    #[field(primary_key, max_length = 5)]
    code: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Purse {
    id: i64,
    #[field(on_delete = Cascade)]
    coin: ForeignKey<Coin>,
}

matrix! {
    async fn a_foreign_key_is_held_to_what_it_refers_to(db: &Database) -> Result<()> {
        db.create_tables(dormouse::models![Coin, Purse]).await?;
        let coin = Coin::objects().acreate(|c| c.code("ééééé")).await?;
        let mut purse = Purse::objects().acreate(|p| p.coin(&coin)).await?;
        let refused = |outcome: Result<()>| is_kind(&outcome.expect_err("refused"), &Fate::<()>::Invalid);
        let long = || ForeignKey::<Coin>::new("éééééé".to_owned());
        assert!(refused(Coin::objects().acreate(|c| c.code("éééééé")).await.map(|_| ())));
        assert!(refused(Purse::objects().acreate(|p| p.coin(long())).await.map(|_| ())));
        assert!(refused(Purse::objects().aupdate(|p| p.coin.set(long())).await.map(|_| ())));
        purse.coin = long();
        assert!(refused(purse.asave().await));
        assert_eq!(Purse::objects().filter(|p| p.coin.eq(coin.code.clone())).acount().await?, 1);
        Ok(())
    }
}
