//! Columns that several models share: a struct flattened into each (Django's abstract base classes).

mod layout;
mod values;

pub use layout::{concat, place};
pub use values::{ColumnValues, IntoColumns};

use super::definition::FieldDef;
use super::path::Path;
use super::related::RelationHolder;
use crate::error::Result;
use crate::row::RowReader;
use crate::value::{Presence, Value};

/// A struct whose fields are columns of every model that holds it as `#[field(flatten)]`. Derive it; every method here
/// is for generated code and the library, but `new`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no struct of shared columns",
    label = "only such a struct can be flattened into a model",
    note = "add `#[derive(Columns)]` to the struct"
)]
pub trait Columns: Sized + Send + Sync + 'static {
    /// The columns, in the order of the struct's fields.
    const FIELDS: &'static [FieldDef];

    /// The handles of the columns: on root `R`, present or maybe absent.
    type Fields<R: 'static, N: Presence>: Send + Sync + 'static;
    /// The builder of new values with nothing set.
    type New;
    /// How a draft starts that does not give the struct, where `F` is named after the model's field:
    /// [`Missing<F>`](super::Missing) if a column of it is required, else [`Set`](super::Set).
    type Start<F: 'static>: 'static;

    /// The handles in a model at the end of a path, whose fields they are from index `first` on.
    fn fields_at<R: 'static, N: Presence>(path: &'static Path, first: usize) -> Self::Fields<R, N>;

    /// New values with nothing set: `.times(Times::new().seen(now))`.
    fn new() -> Self::New;

    /// Reads the columns, in order.
    fn decode(row: &mut RowReader<'_>) -> Result<Self>;

    /// Adds the columns' values to a row, in order.
    fn encode(&self, row: &mut Vec<Value>) -> Result<()>;

    /// The holder of the to-one relation at `field` (an index into [`Columns::FIELDS`]). Generated for structs with
    /// relations.
    fn holder(&mut self, field: usize) -> Option<&mut dyn RelationHolder> {
        let _ = field;
        None
    }

    /// Sets field `field`, which has `auto_now`, to the next column. Generated for structs with such fields.
    fn touch(&mut self, field: usize, row: &mut RowReader<'_>) -> Result<()> {
        let _ = (field, row);
        Ok(())
    }
}
