//! The models that are asked, and what plain Rust must know of them.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use dormouse::model::{Column, OnDelete};
use dormouse::prelude::*;
use dormouse::value::{FieldType, Presence};
use uuid::Uuid;

use super::ask::{Ex, Load, Term};
use super::build::rows_of;
use super::oracle::Failure;
use super::others::Habit;
use super::scalar::fit;
use super::values::{Mood, Plain, Rank, Row, Ty};

/// A field of a model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) ty: Ty,
    pub(crate) nullable: bool,
    /// The model it refers to, and what happens when the row there is deleted.
    pub(crate) target: Option<(usize, OnDelete)>,
    pub(crate) places: u32,
    pub(crate) max_digits: u32,
    pub(crate) max_length: Option<u32>,
    pub(crate) key: bool,
    /// What the column of another program has of its own.
    pub(crate) habit: Option<Habit>,
}

impl Field {
    /// Whether the column of another program has other numbers than the field.
    pub(crate) fn is_peculiar(&self) -> bool {
        self.habit.is_some() && self.ty.number()
    }
}

/// A model.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) fields: Vec<Field>,
    /// The places of the key's columns, in the key's own order.
    pub(crate) key: Vec<usize>,
    /// The relations to many: a name, and the field of a model that leads here.
    pub(crate) many: Vec<(&'static str, usize, &'static str)>,
    pub(crate) managed: bool,
}

impl Shape {
    pub(crate) fn field(&self, name: &str) -> usize {
        self.fields.iter().position(|field| field.name == name).expect("a field of the model")
    }

    /// Whether a row can be read: a column of others may have a number past its field.
    pub(crate) fn reads(&self, row: &Row) -> bool {
        self.fields.iter().zip(row).all(|(field, cell)| fit(cell.clone(), field.ty).is_ok())
    }

    /// The keys that lead to other rows, by their places.
    pub(crate) fn leads(&self) -> Vec<usize> {
        (0..self.fields.len()).filter(|index| self.fields[*index].target.is_some()).collect()
    }

    /// Whether its key is a number that the database can give.
    pub(crate) fn numbered(&self) -> bool {
        let by_number =
            |index: &usize| self.fields[*index].target.is_none() && self.fields[*index].ty.range().is_some();
        self.managed && self.key.len() == 1 && self.key.iter().all(by_number)
    }

    /// The order by the key.
    pub(crate) fn key_terms(&self) -> Vec<Term> {
        let terms = self.key.iter().map(|index| {
            let Field { name, ty, nullable, .. } = self.fields[*index];
            Term { ex: Ex::Col { path: vec![name], ty, nullable }, descending: false, nulls_first: None }
        });
        terms.collect()
    }

    /// The columns that can be reached by at most so many keys.
    pub(crate) fn reach(&self, all: &[Self], keys: usize) -> Vec<Reach> {
        let mut found = Vec::new();
        for field in &self.fields {
            found.push(Reach { path: vec![field.name], ty: field.ty, nullable: field.nullable });
            let Some((target, _)) = field.target.filter(|_| keys > 0) else { continue };
            for mut behind in all[target].reach(all, keys - 1) {
                behind.path.insert(0, field.name);
                behind.nullable |= field.nullable;
                found.push(behind);
            }
        }
        found
    }
}

/// A column that can be reached from a model.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    pub(crate) path: Vec<&'static str>,
    pub(crate) ty: Ty,
    pub(crate) nullable: bool,
}

/// A model that the generator knows.
pub(crate) trait Table: Model {
    /// Its place among the models.
    const INDEX: usize;

    /// The column at the end of a path of names, by the typed handles.
    fn at<R: 'static, N: Presence>(fields: &'static Self::Fields<R, N>, path: &[&str]) -> Column;

    fn shape() -> &'static Shape;

    fn new_shape() -> Shape;

    /// Loads a relation with the rows.
    fn load(queryset: QuerySet<Self>, load: Load) -> QuerySet<Self>;

    /// The rows that a relation holds, if they are loaded.
    fn held(&self, load: Load) -> Result<Option<Vec<Row>>, Failure>;
}

/// What holds rows of a model.
trait Holds {
    fn rows(&self) -> Result<Option<Vec<Row>>, Failure>;
}

impl<M: Table> Holds for ForeignKey<M> {
    fn rows(&self) -> Result<Option<Vec<Row>>, Failure> {
        self.loaded().map(|row| rows_of([row])).transpose()
    }
}

impl<H: Holds> Holds for Option<H> {
    fn rows(&self) -> Result<Option<Vec<Row>>, Failure> {
        self.as_ref().map_or(Ok(None), Holds::rows)
    }
}

impl<M: Table> Holds for HasMany<M> {
    fn rows(&self) -> Result<Option<Vec<Row>>, Failure> {
        self.loaded().map(rows_of).transpose()
    }
}

/// The type of a column: bare, or an `Option` of one.
fn ty_of<T: FieldType<Bare: Plain>>() -> (Ty, bool) {
    (<T::Bare as Plain>::TY, T::NULLABLE)
}

macro_rules! tables {
    ($(
        $index:literal $(#[$meta:meta])* $model:ident/$handles:ident {
            $($(#[$attribute:meta])* $field:ident: $ty:ty,)*
            ;
            $($(#[$to_attribute:meta])* $to:ident: $to_ty:ty => $target:ident $key:ty, $on_delete:ident;)*
            ;
            $($many:ident: $source:ident by $by:ident;)*
        }
    )*) => {
        $(
            #[derive(Model, Debug, Clone, PartialEq)]
            $(#[$meta])*
            pub(crate) struct $model {
                $($(#[$attribute])* pub(crate) $field: $ty,)*
                $(#[field(on_delete = $on_delete)] $(#[$to_attribute])* pub(crate) $to: $to_ty,)*
                $(#[related($by)] pub(crate) $many: HasMany<$source>,)*
            }

            impl Table for $model {
                const INDEX: usize = $index;

                fn at<R: 'static, N: Presence>(fields: &'static $handles<R, N>, path: &[&str]) -> Column {
                    $(if path == [stringify!($field)] {
                        return fields.$field.column();
                    })*
                    $(if let [stringify!($to), rest @ ..] = path {
                        return if rest.is_empty() { fields.$to.column() } else { $target::at(&*fields.$to, rest) };
                    })*
                    panic!("{} has no {path:?}", stringify!($model));
                }

                fn shape() -> &'static Shape {
                    static SHAPE: LazyLock<Shape> = LazyLock::new($model::new_shape);
                    &SHAPE
                }

                fn new_shape() -> Shape {
                    let definition = $model::definition();
                    let types = [$(ty_of::<$ty>(),)* $(ty_of::<$key>(),)*];
                    let targets: &[Option<(usize, OnDelete)>] = &[
                        $({ let _ = stringify!($field); None },)*
                        $(Some(($target::INDEX, OnDelete::$on_delete)),)*
                    ];
                    let fields = definition.fields.iter().zip(types).zip(targets).enumerate();
                    let fields = fields.map(|(index, ((field, (ty, nullable)), target))| Field {
                        name: field.name,
                        ty,
                        nullable,
                        target: *target,
                        places: field.decimal_places.unwrap_or(0),
                        max_digits: field.max_digits.unwrap_or(0),
                        max_length: field.max_length,
                        key: definition.primary_key.contains(&index),
                        habit: None,
                    });
                    Shape {
                        name: stringify!($model),
                        fields: fields.collect(),
                        key: definition.primary_key.to_vec(),
                        many: vec![$((stringify!($many), $source::INDEX, stringify!($by))),*],
                        managed: definition.managed,
                    }
                }

                fn load(queryset: QuerySet<Self>, load: Load) -> QuerySet<Self> {
                    match (queryset, load) {
                        $((queryset, Load::Join(stringify!($to))) => queryset.select_related(|m| m.$to),
                        (queryset, Load::Fetch(stringify!($to))) => queryset.prefetch_related(|m| m.$to),)*
                        $((queryset, Load::Fetch(stringify!($many))) => queryset.prefetch_related(|m| m.$many),)*
                        (_, other) => panic!("{} has no {other:?}", stringify!($model)),
                    }
                }

                fn held(&self, load: Load) -> Result<Option<Vec<Row>>, Failure> {
                    match load.name() {
                        $(stringify!($to) => self.$to.rows(),)*
                        $(stringify!($many) => self.$many.rows(),)*
                        other => panic!("{} has no {other}", stringify!($model)),
                    }
                }
            }
        )*

        /// All models, a model that is referred to before those that refer to it.
        pub(crate) fn shapes() -> Vec<Shape> {
            vec![$($model::shape().clone()),*]
        }

        /// Does something for the model of an index.
        macro_rules! for_model {
            ($number:expr, $m:ident => $body:expr) => {
                match $number {
                    $($index => { type $m = $crate::generator::models::$model; $body })*
                    other => unreachable!("no model {other}"),
                }
            };
        }
        pub(crate) use for_model;
    };
}

tables! {
    0 Word/WordFields {
        #[field(primary_key, max_length = 10)] code: String,
        #[field(max_length = 30)] text: String,
        #[field(max_length = 12)] lang: Option<String>,
        rank: Rank,
        ;
        ;
        items: Item by word;
        plates: Plate by word;
    }
    1 Tree/TreeFields {
        id: i64,
        v: Option<i32>,
        w: i64,
        #[field(max_length = 30)] name: String,
        #[field(max_digits = 10, decimal_places = 2)] price: Decimal,
        ;
        up: Option<ForeignKey<Tree>> => Tree Option<i64>, SetNull;
        twin: Option<ForeignKey<Tree>> => Tree Option<i64>, SetNull;
        ;
        below: Tree by up;
        items: Item by tree;
    }
    2 Wide/WideFields {
        id: i32,
        flag: bool,
        flag_or: Option<bool>,
        int8: i8,
        int8_or: Option<i8>,
        int16: i16,
        int16_or: Option<i16>,
        int32: i32,
        int32_or: Option<i32>,
        int64: i64,
        int64_or: Option<i64>,
        nat8: u8,
        nat8_or: Option<u8>,
        nat16: u16,
        nat16_or: Option<u16>,
        nat32: u32,
        nat32_or: Option<u32>,
        nat64: u64,
        nat64_or: Option<u64>,
        single: f32,
        single_or: Option<f32>,
        double: f64,
        double_or: Option<f64>,
        #[field(max_digits = 10, decimal_places = 2)] cents: Decimal,
        #[field(max_digits = 10, decimal_places = 2)] cents_or: Option<Decimal>,
        #[field(max_digits = 12, decimal_places = 4)] fine: Decimal,
        #[field(max_digits = 12, decimal_places = 4)] fine_or: Option<Decimal>,
        text: String,
        text_or: Option<String>,
        #[field(max_length = 12)] short: String,
        #[field(max_length = 12)] short_or: Option<String>,
        bytes: Vec<u8>,
        bytes_or: Option<Vec<u8>>,
        date: NaiveDate,
        date_or: Option<NaiveDate>,
        time: NaiveTime,
        time_or: Option<NaiveTime>,
        naive: NaiveDateTime,
        naive_or: Option<NaiveDateTime>,
        moment: DateTime<Utc>,
        moment_or: Option<DateTime<Utc>>,
        span: TimeDelta,
        span_or: Option<TimeDelta>,
        uuid: Uuid,
        uuid_or: Option<Uuid>,
        json: serde_json::Value,
        json_or: Option<serde_json::Value>,
        mood: Mood,
        mood_or: Option<Mood>,
        rank: Rank,
        rank_or: Option<Rank>,
        ;
        ;
        items: Item by wide;
        others: Item by other;
    }
    3 Item/ItemFields {
        id: i64,
        n: Option<i32>,
        s: i16,
        f: f64,
        #[field(max_digits = 12, decimal_places = 4)] price: Decimal,
        #[field(max_length = 30)] note: Option<String>,
        ;
        wide: ForeignKey<Wide> => Wide i32, Cascade;
        other: Option<ForeignKey<Wide>> => Wide Option<i32>, SetNull;
        tree: Option<ForeignKey<Tree>> => Tree Option<i64>, SetNull;
        word: Option<ForeignKey<Word>> => Word Option<String>, Restrict;
        ;
        plates: Plate by item;
    }
    4 #[model(primary_key(word, n))] Plate/PlateFields {
        n: i32,
        v: Option<i64>,
        #[field(max_length = 30)] t: Option<String>,
        ;
        word: ForeignKey<Word> => Word String, Cascade;
        item: Option<ForeignKey<Item>> => Item Option<i64>, SetNull;
        ;
    }
    5 #[model(managed = false)] Old/OldFields {
        id: i64,
        #[field(max_length = 30)] name: Option<String>,
        #[field(max_length = 30)] nick: String,
        #[field(max_length = 12)] tag: Option<String>,
        n: i64,
        many: u32,
        #[field(max_digits = 10, decimal_places = 2)] price: Decimal,
        #[field(max_digits = 10, decimal_places = 2)] fee: Option<Decimal>,
        at: DateTime<Utc>,
        noted: Option<NaiveDateTime>,
        day: Option<NaiveDate>,
        clock: NaiveTime,
        code: Uuid,
        code_or: Option<Uuid>,
        flag: Option<bool>,
        mood: Mood,
        data: Option<serde_json::Value>,
        ratio: f64,
        share: f64,
        #[field(max_digits = 18, decimal_places = 0)] bulk: Decimal,
        narrow: i32,
        ;
        ;
    }
}
