//! The derive macros of `dormouse`: [`macro@Model`], [`macro@Columns`], [`macro@Choices`] and
//! [`macro@FieldType`]; and what is behind its `dec!`.
//!
//! A derive goes four ways in order: parse the attributes, build the `ir`, check it, expand it. Everything wrong is
//! reported at once, each at the attribute that says it; then the `fallback` keeps the names alive, so that one mistake
//! stays one error. Generated code holds no logic: it fills in data and calls the library.

mod check;
mod choices;
mod columns;
mod dec;
mod diag;
mod expand;
mod fallback;
mod field_type;
mod ir;
mod model;
mod naming;
mod parse;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a model: its values are the rows of a table.
///
/// Generated are the `Model` implementation, the handles that closures get (`BookFields` for `Book`), and the builder
/// of new rows (`BookDraft`). Handles and setters are as visible as their fields.
///
/// # Field options: `#[field(…)]`
///
/// - `primary_key` (a field called `id` is it by convention), `auto` (the database numbers new rows; an integer `id`
///   does by convention, `auto = false` to give every `id` yourself)
/// - `column = "…"` (else the field's own name; of a `ForeignKey` or `OneToOne` with `_id` behind it), `name = "…"` (the name of
///   handle and setter, where the field's own is taken)
/// - `unique`, `index` (a foreign key has one; `index = false` for none), `collation = "…"`, `comment = "…"`
/// - `max_length = 200`, `min_length = 2`, `blank` (an empty text is valid), `regex = "…"`, `email`, `url`,
///   `min = 0`, `max = 10`, `max_digits = 8`, `decimal_places = 2`
/// - `default = …` (an expression, evaluated for each new row), `db_default = "…"` (SQL for `create_tables`; a table that is there has
///   its own), `auto_now`, `auto_now_add`
/// - `generated(|b| …, stored)` or `generated(|b| …, virtual)`: the database computes the column
/// - `on_delete = …` of a `ForeignKey` or `OneToOne`, always said: `Cascade`, `Protect`, `Restrict`, `SetNull`,
///   `SetDefault` or `DoNothing`
/// - `flatten`: the field is a struct of columns that models share, see [`macro@Columns`]
///
/// # Relations without a column: `#[related(…)]`
///
/// - `#[related(author)] books: HasMany<Book>`: the books whose `author` is this row
/// - `tags: ManyToMany<Tag>`, or with a model of the pairs `#[related(through = BookTag)] tags: ManyToMany<Tag>`
/// - `#[related(tags)] books: ManyToMany<Book>`: the other side of `Book::tags`
///
/// # Model options: `#[model(…)]`
///
/// - `table = "…"` (else the struct's name in snake_case), `rename_all = "PascalCase"` for the columns
/// - `schema = "audit"`: the schema that the table is in, on MySQL and MariaDB the database; `Unsupported` on SQLite
/// - `primary_key(a, b)`, `ordering(-published, name)`, `comment = "…"`, `managed = false`
/// - `unique(a, b)` with `name = "…"`, `deferrable`, `where = |b| …`, or `on = |b| …` for expressions
/// - `index(fields(a, -b))` with `name = "…"`, `include(c)`, `method = "…"`, `where = |b| …`, or `on = |b| …`
/// - `check(name, |b| …)`
#[proc_macro_derive(Model, attributes(model, field, related))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    model::derive(parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct a set of columns that models share (Django's abstract base classes).
///
/// A model holds it as `#[field(flatten)] pub times: Times`. The columns stand in the model's table, behind its own and
/// under their own names; handles are `b.times.created_at`. A name twice in one model is an error of the compiler.
///
/// A draft takes a value, `.times(Times { … })`, or the struct's own builder, `.times(Times::new().seen(now))`, which
/// leaves columns with a default, NULL or `auto_now` to those. Without a required column, `.times(…)` need not be called.
///
/// Fields have the options of a model's, and may be foreign keys; a primary key, computed columns, relations to many
/// rows and other flattened structs stand in the model itself. `#[columns(rename_all = "PascalCase")]` writes the
/// columns otherwise.
#[proc_macro_derive(Columns, attributes(columns, field, related))]
pub fn derive_columns(input: TokenStream) -> TokenStream {
    columns::derive(parse_macro_input!(input as DeriveInput)).into()
}

/// Makes an enum without data a column type: a closed list of values, which the database checks (Django's `choices`).
///
/// The values are text, the variants' names in snake_case; `#[choices(rename_all = "…")]` writes them otherwise,
/// `#[choices(int)]` stores the discriminants, and `#[choice(value = "…", label = "…")]` speaks for one variant.
#[proc_macro_derive(Choices, attributes(choices, choice))]
pub fn derive_choices(input: TokenStream) -> TokenStream {
    choices::derive(parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a newtype a column type: stored as what it wraps, and not to be mixed up with anything else.
#[proc_macro_derive(FieldType)]
pub fn derive_field_type(input: TokenStream) -> TokenStream {
    field_type::derive(parse_macro_input!(input as DeriveInput)).into()
}

/// What `dormouse::dec!` calls: a path to the library, a comma, and the number.
#[doc(hidden)]
#[proc_macro]
pub fn dec(input: TokenStream) -> TokenStream {
    dec::expand(input.into()).into()
}
