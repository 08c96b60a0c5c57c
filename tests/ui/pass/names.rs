//! Fields whose names mean something elsewhere, and the names of older schemas.

use dormouse::prelude::*;
use dormouse::value::Cell;

#[derive(Model, Debug)]
pub struct Odd {
    pub id: i64,
    pub r#type: String,
    pub r#match: i32,
    pub filter: i32,
    pub count: i32,
    pub eq: i32,
    pub row: i32,
    pub new: i32,
    pub objects: i32,
    pub set: i32,
    pub key: i32,
    pub values: i32,
    pub path: i32,
    pub field: i32,
    pub fields: i32,
    pub f: i32,
    pub value: i32,
    pub shape: i32,
    pub decode: i32,
    pub encode: i32,
    pub definition: i32,
    pub fmt: i32,
    pub default: i32,
    pub string: String,
    pub str: String,
    pub i64: i64,
    pub bool: bool,
    pub deserializer: i32,
    pub asc: i32,
    pub id_id: i32,
    #[field(name = "kind", column = "using")]
    pub using: Option<i32>,
    #[field(name = "pk_text", column = "pk")]
    pub pk: Option<String>,
}

#[derive(Model)]
pub struct OwnPk {
    #[field(primary_key)]
    pub pk: String,
}

/// A type of the user's that is named as a state of a draft might be.
#[derive(FieldType)]
pub struct S0(i64);

#[derive(Model)]
pub struct Set {
    pub id: i64,
    pub first: S0,
    pub second: i64,
}

/// A table of others.
#[derive(Model)]
#[model(table = "InvoiceLine", rename_all = "PascalCase", managed = false, comment = "from the old shop")]
pub struct InvoiceLine {
    #[field(primary_key, auto)]
    pub invoice_line_id: i64,
    #[field(on_delete = Cascade)]
    pub invoice: ForeignKey<Invoice>,
    #[field(on_delete = DoNothing, column = "TRACK")]
    pub track: Option<ForeignKey<Invoice>>,
    pub unit_price: Decimal,
}

#[derive(Model)]
#[model(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct Invoice {
    #[field(primary_key)]
    pub invoice_id: i32,
}

mod elsewhere {
    use dormouse::prelude::Model;

    // Nothing but the derive is in scope.
    #[derive(Model)]
    pub struct Plain {
        pub id: i64,
        pub(crate) limited: String,
        hidden: String,
    }

    impl Plain {
        pub fn hidden(&self) -> &str {
            &self.hidden
        }
    }

    pub fn complete() -> dormouse::prelude::Draft<Plain> {
        <Plain as dormouse::prelude::Model>::new().limited("yes").hidden("no")
    }
}

fn main() {
    let columns = |definition: &'static dormouse::model::ModelDef| {
        definition.fields.iter().map(|field| field.column).collect::<Vec<_>>()
    };
    assert_eq!(columns(Odd::definition())[..3], ["id", "type", "match"]);
    assert_eq!(Odd::definition().fields[1].name, "type");
    assert_eq!(Odd::definition().field("kind").map(|field| field.column), Some("using"));
    assert_eq!(columns(InvoiceLine::definition()), ["InvoiceLineId", "InvoiceId", "TRACK", "UnitPrice"]);
    assert_eq!(columns(Invoice::definition()), ["INVOICE_ID"]);
    assert_eq!(Invoice::definition().table, "invoice");
    assert!(!InvoiceLine::definition().managed && InvoiceLine::definition().comment.is_some());
    assert!(InvoiceLine::definition().fields[0].auto && !Invoice::definition().fields[0].auto);

    let _ = Odd::objects().filter(|o| o.r#type.eq("x") & o.filter.eq(1) & o.count.eq(1) & o.eq.eq(1) & o.row.ne(2));
    let _ = Odd::objects().filter(|o| o.kind.is_null() & o.pk.eq(1) & o.pk_text.is_null()).values(|o| o.row());
    let _ = OwnPk::objects().filter(|o| o.pk.eq("a"));
    let _ = Set::new().first(S0(1)).second(2).first(S0(2));
    let _ = elsewhere::complete();
    let _: i64 = decoded().key();
}

fn decoded() -> elsewhere::Plain {
    let row = Cells(vec![Cell::Int(1), Cell::Text("a"), Cell::Text("b")]);
    let plain = elsewhere::Plain::decode(&mut dormouse::row::RowReader::new(&row)).expect("three columns");
    assert_eq!((plain.limited.as_str(), plain.hidden()), ("a", "b"));
    plain
}

/// Cells as the row that a driver stands on.
struct Cells(Vec<dormouse::value::Cell<'static>>);

impl dormouse::row::Columns for Cells {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn cell(&self, index: usize) -> dormouse::Result<dormouse::value::Cell<'_>> {
        Ok(self.0[index])
    }

    fn name(&self, index: usize) -> String {
        index.to_string()
    }
}
