//! The holders of relations in a model's struct: keys and, when asked for, the rows behind them. No I/O here.

mod foreign_key;
mod holder;
mod many;

pub use foreign_key::{ForeignKey, OneToOne};
pub use holder::{AnyModel, AnyRows, KeyReader, Link, Loaded, RelationHolder, Target};
pub use many::{HasMany, ManyToMany};

use super::Model;

/// A field that refers to one row of `M`: what the other side of a `HasMany` must be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no foreign key to `{M}`",
    label = "the field on the other side must be a `ForeignKey<{M}>` or a `OneToOne<{M}>`",
    note = "`#[related(…)]` names the field by which the related rows refer to this model"
)]
pub trait KeyTo<M> {}

#[diagnostic::do_not_recommend]
impl<M: Model> KeyTo<M> for ForeignKey<M> {}
#[diagnostic::do_not_recommend]
impl<M: Model> KeyTo<M> for Option<ForeignKey<M>> {}
#[diagnostic::do_not_recommend]
impl<M: Model> KeyTo<M> for OneToOne<M> {}
#[diagnostic::do_not_recommend]
impl<M: Model> KeyTo<M> for Option<OneToOne<M>> {}

/// A field that refers to many rows of `M`: what the other side of a reverse `ManyToMany` must be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no relation to many `{M}`",
    label = "the field on the other side must be a `ManyToMany<{M}>`",
    note = "`#[related(…)]` names the field of the other model to which this one is the reverse side"
)]
pub trait ManyTo<M> {}

#[diagnostic::do_not_recommend]
impl<M: Model> ManyTo<M> for ManyToMany<M> {}

/// Compiles if the field is a foreign key to `M`: generated code asks it of each `HasMany`.
pub fn is_key_to<M: Model>(_: &impl KeyTo<M>) {}

/// Compiles if the field is a relation to many `M`: generated code asks it of each reverse `ManyToMany`.
pub fn is_many_to_many<M: Model>(_: &impl ManyTo<M>) {}
