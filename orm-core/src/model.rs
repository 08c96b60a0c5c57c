//! Models: what a struct says about its table, as `'static` data that the derive fills in.
//!
//! [`Model`] is the one trait. Its [`ModelDef`] is a tree of plain statics ([`FieldDef`], [`RelationDef`] …) that every
//! floor above reads; nothing above is generated per model. A [`Path`] says where in a query a model stands.

mod any;
mod assign;
mod columns;
mod definition;
pub(crate) mod fit;
mod key;
mod path;
mod reference;

pub mod draft;
pub mod related;

pub use assign::Assign;
pub use columns::{ColumnValues, Columns, IntoColumns, concat, place};
pub use definition::{
    CompositeKeyDef, FieldDef, ForeignKeyDef, IndexDef, ModelDef, OnDelete, OrderingDef, RelationDef, RelationKind,
    UniqueDef,
};
pub use draft::{Missing, NewRow, Provided, Set};
pub use key::Key;
pub use path::{Column, Path};
pub use reference::Reference;
pub use related::{
    AnyModel, AnyRows, ForeignKey, HasMany, KeyReader, Link, Loaded, ManyToMany, OneToOne, RelationHolder, Target,
};

use std::marker::PhantomData;

use crate::error::{Error, Result};
use crate::row::{RowReader, Shape};
use crate::value::{Here, Presence, Value};

/// A struct whose values are the rows of a table. Derive it; every method here is for generated code and the library.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "add `#[derive(Model)]` to the struct"
)]
pub trait Model: Sized + Send + Sync + 'static {
    /// The primary key: the type of its field, or a tuple of several.
    type Key: Key;
    /// The handles of the model's fields: on root `R`, present or maybe absent.
    type Fields<R: 'static, N: Presence>: Send + Sync + 'static;
    /// The builder of a new row with nothing set.
    type New;
    /// The builder of a new row with every required field set; `Draft<M>` names it.
    type Draft: IntoDraft<Self>;

    /// Where the model stands when it is the root of a query.
    fn root() -> &'static Path;

    /// The model's metadata.
    fn definition() -> &'static ModelDef {
        Self::root().model
    }

    /// The handles at the root of a query, made once.
    fn fields() -> &'static Self::Fields<Self, Here>;

    /// The handles at the end of a path; called once per path, by the handle that leads there.
    fn fields_at<R: 'static, N: Presence>(path: &'static Path) -> Self::Fields<R, N>;

    /// A new row with nothing set. (Named `new` for users: `Book::new()`.)
    fn new() -> Self::New;

    /// The primary key of this row.
    fn key(&self) -> Self::Key;

    /// Reads the model's own columns, in the order of [`ModelDef::fields`].
    fn decode(row: &mut RowReader<'_>) -> Result<Self>;

    /// Writes the model's own columns, in the order of [`ModelDef::fields`].
    fn encode(&self) -> Result<Vec<Value>>;

    /// The field that holds a relation. Generated for models with relations.
    fn holder(&mut self, link: Link) -> Option<&mut dyn RelationHolder> {
        let _ = link;
        None
    }

    /// Sets field `field`, which has `auto_now`, to the next column. Generated for models with such fields.
    fn touch(&mut self, field: usize, row: &mut RowReader<'_>) -> Result<()> {
        let _ = (field, row);
        Ok(())
    }
}

/// The complete draft of a model: `Draft<Book>`.
pub type Draft<M> = <M as Model>::Draft;

/// Something that is a complete new row of `M`: its builder once every required field is set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a complete new `{M}`",
    note = "return the builder, with every required field set: `|b| b.name(\"…\").price(…)`"
)]
pub trait IntoDraft<M: Model>: Send + 'static {
    /// The values of the row.
    fn into_draft(self) -> DraftValues<M>;
}

/// The values of a new row, by the index of their field; what is not given is left to defaults and the database.
pub struct DraftValues<M> {
    values: Vec<Option<Value>>,
    fault: Option<Error>,
    model: PhantomData<fn() -> M>,
}

/// Decodes a model and the related rows that follow it: the decoder of every queryset of models.
pub fn decode_model<M: Model>(row: &mut RowReader<'_>, shape: &Shape) -> Result<M> {
    let mut model = M::decode(row)?;
    for (field, shape) in &shape.related {
        match model.holder(Link::One(*field)) {
            Some(holder) => holder.attach(row, shape)?,
            None => return Err(no_relation(M::definition(), *field)),
        }
    }
    Ok(model)
}

fn no_relation(model: &ModelDef, field: usize) -> Error {
    let name = model.fields.get(field).map_or("?", |field| field.name);
    Error::internal(format!("`{}.{name}` is no relation to one row", model.name))
}
