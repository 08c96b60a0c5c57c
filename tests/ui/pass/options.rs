//! Every option that a model and its fields know.

use chrono::{DateTime, NaiveDate, Utc};
use dormouse::__private::Declare;
use dormouse::prelude::*;
use uuid::Uuid;

fn positive(m: &MeasureFields) -> Q<Measure> {
    m.amount.gt(0)
}

/// What was measured.
#[derive(Model, Debug)]
#[model(
    table = "measures",
    schema = "audit",
    comment = "what was measured",
    ordering(-taken, place),
    unique(place, taken),
    unique(place, code, name = "one_code", deferrable),
    unique(fields(code), name = "live_code", where = |m| m.gone.is_null()),
    unique(on = |m| (m.amount * 2, m.place), name = "doubles"),
    index(taken, -amount),
    index(fields(-taken), include(amount, place), name = "by_day", method = "brin"),
    index(fields(code), name = "big", where = |m| m.amount.gt(100) | m.place.eq("here")),
    index(on = |m| m.amount + m.weight, name = "sum"),
    check(positive, positive),
    check("not both", |m| !(m.gone.is_not_null() & m.amount.eq(1))),
)]
pub struct Measure {
    #[field(primary_key, default = Uuid::nil())]
    pub code: Uuid,
    #[field(max_length = 40, min_length = 1, blank, collation = "C", comment = "the town", regex = "^[a-z]+$")]
    #[field(index)]
    pub place: String,
    #[field(email)]
    pub contact: Option<String>,
    #[field(url, max_length = 200, default = "https://example.org")]
    pub page: String,
    #[field(min = 0, max = 1_000_000)]
    pub amount: i32,
    #[field(min = -0.5, max = 0.5, db_default = "0.25")]
    pub offset: f64,
    #[field(max_digits = 12, decimal_places = 3, min = 0, db_default = 0)]
    pub weight: Decimal,
    #[field(default = 1)]
    pub factor: i16,
    #[field(generated(|m| m.amount * 2, stored))]
    pub double: i32,
    #[field(generated(|m| m.amount + 1, virtual))]
    pub next: Option<i32>,
    #[field(auto_now_add)]
    pub taken: DateTime<Utc>,
    #[field(auto_now)]
    pub changed: DateTime<Utc>,
    pub gone: Option<NaiveDate>,
    #[field(unique, db_default = "now()")]
    pub stamp: DateTime<Utc>,
    #[field(on_delete = SetDefault, default = Uuid::nil(), index = false)]
    pub before: ForeignKey<Measure>,
    #[field(on_delete = Protect, unique)]
    pub after: Option<ForeignKey<Measure>>,
    #[field(on_delete = Restrict, column = "THE_TWIN")]
    pub twin: Option<OneToOne<Measure>>,
}

/// A key that is the row of another model: multi-table inheritance.
#[derive(Model)]
pub struct Weighing {
    #[field(primary_key, on_delete = Cascade)]
    pub measure: OneToOne<Measure>,
    pub scales: String,
}

#[derive(Model)]
pub struct Numbered {
    #[field(auto = false)]
    pub id: i64,
    pub name: String,
}

fn main() {
    let measures = Measure::definition();
    let field = |name| measures.field(name).expect("a field");
    assert_eq!((measures.table, measures.schema), ("measures", Some("audit")));
    assert_eq!(measures.ordering.len(), 2);
    assert!(measures.ordering[0].descending && !measures.ordering[1].descending);
    assert_eq!((measures.uniques.len(), measures.indexes.len()), (4, 4));
    assert_eq!(measures.uniques[0].fields.len(), 2);
    assert!(measures.uniques[1].deferrable && measures.uniques[3].fields.is_empty());
    assert_eq!(measures.indexes[0].fields, [(10, false), (4, true)]);
    assert_eq!((measures.indexes[1].include, measures.indexes[1].method), (&[4, 1][..], Some("brin")));
    assert_eq!((field("place").max_length, field("place").min_length, field("place").blank), (Some(40), Some(1), true));
    assert_eq!((field("offset").min, field("offset").max, field("amount").max), (Some("-0.5"), Some("0.5"), Some("1000000")));
    assert_eq!((field("weight").max_digits, field("weight").decimal_places, field("weight").db_default), (Some(12), Some(3), Some("0")));
    assert!(field("double").generated && !field("double").required() && field("place").required());
    assert!(field("place").index && !field("before").index && !field("after").index && field("after").unique);
    assert!(field("twin").unique && field("twin").column == "THE_TWIN" && field("code").primary_key && !field("code").auto);
    assert!(field("factor").default.is_some_and(|default| default().is_ok_and(|value| value == dormouse::value::Value::I16(1))));

    let declared = Measure::declared();
    let names = |list: &[(&'static str, dormouse::expr::Condition)]| list.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    assert_eq!(names(&declared.checks), ["positive", "not both"]);
    assert_eq!(names(&declared.conditions), ["live_code", "big"]);
    assert_eq!(declared.expressions.iter().map(|(name, nodes)| (*name, nodes.len())).collect::<Vec<_>>(), [("doubles", 2), ("sum", 1)]);
    assert_eq!(declared.generated.iter().map(|column| (column.field, column.stored)).collect::<Vec<_>>(), [(8, true), (9, false)]);

    let _: Draft<Measure> = Measure::new().place("here").amount(3);
    let _ = Weighing::objects().filter(|w| w.pk.eq(Uuid::nil()) & w.measure.place.eq("here") & w.pk.amount.gt(3));
    let _: Draft<Weighing> = Weighing::new().measure(Uuid::nil()).scales("kitchen");
    let _: Draft<Numbered> = Numbered::new().id(4).name("four");
}
