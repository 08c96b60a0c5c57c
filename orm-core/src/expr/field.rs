//! The handles a closure gets: columns, foreign keys that lead on, and relations to many rows.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::OnceLock;

use crate::ast::Node;
use crate::model::{Column, FieldDef, Model, Path, RelationDef};
use crate::value::{FieldType, Presence};

/// A column on root `R`, of type `T` where it stands. Copied freely.
pub struct Col<R, T> {
    column: Column,
    types: PhantomData<fn() -> (R, T)>,
}

impl<R, T> Col<R, T> {
    /// The handle of a column (generated code calls this).
    pub const fn new(path: &'static Path, field: &'static FieldDef) -> Self {
        Self { column: Column { path, field }, types: PhantomData }
    }

    /// The untyped column.
    pub fn column(&self) -> Column {
        self.column
    }
}

impl<R, T> Clone for Col<R, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, T> Copy for Col<R, T> {}

impl<R, T> fmt::Debug for Col<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.column.path.model.name, self.column.field.name)
    }
}

/// An expression on root `R` whose value is a `T`. Cheap to clone.
#[must_use]
pub struct Expr<R, T> {
    node: Node,
    types: PhantomData<fn() -> (R, T)>,
}

impl<R, T> Expr<R, T> {
    /// The typed shell around a node.
    pub fn from_node(node: Node) -> Self {
        Self { node, types: PhantomData }
    }

    /// The untyped node.
    pub fn into_node(self) -> Node {
        self.node
    }

    /// The untyped node, borrowed.
    pub fn as_node(&self) -> &Node {
        &self.node
    }
}

impl<R, T> Clone for Expr<R, T> {
    fn clone(&self) -> Self {
        Self::from_node(self.node.clone())
    }
}

impl<R, T> fmt::Debug for Expr<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

/// A foreign key on root `R` to a model `M`, that leads on: its fields are those of `M`'s handles, and `P` says whether
/// the row there may be absent. As an expression it is the key column, without a join.
pub struct ToOne<R, M, P> {
    column: Column,
    // Erased, so that a long chain of models is no long chain of types to prove `Send` for.
    fields: &'static OnceLock<Box<dyn Any + Send + Sync>>,
    types: PhantomData<fn() -> (R, M, P)>,
}

impl<R: 'static, M: Model, P: Presence> ToOne<R, M, P> {
    /// The handle of a foreign key (generated code calls this, once per path).
    pub fn new(path: &'static Path, field: &'static FieldDef) -> Self {
        Self { column: Column { path, field }, fields: Box::leak(Box::default()), types: PhantomData }
    }

    /// The untyped key column.
    pub fn column(&self) -> Column {
        self.column
    }

    fn lead_on(&self) -> Box<dyn Any + Send + Sync> {
        let path = self.column.path.then(self.column.field, M::definition());
        Box::new(M::fields_at::<R, P>(path))
    }
}

impl<R: 'static, M: Model, P: Presence> Deref for ToOne<R, M, P> {
    type Target = M::Fields<R, P>;

    fn deref(&self) -> &'static Self::Target {
        let fields: &'static dyn Any = self.fields.get_or_init(|| self.lead_on()).as_ref();
        match fields.downcast_ref() {
            Some(fields) => fields,
            None => unreachable!("the cell holds what `lead_on` of the same types made"),
        }
    }
}

impl<R, M, P> Clone for ToOne<R, M, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, M, P> Copy for ToOne<R, M, P> {}

impl<R, M, P> fmt::Debug for ToOne<R, M, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.column.path.model.name, self.column.field.name)
    }
}

/// A relation on root `R` to many rows of a model `M`, where the row that has it may be absent as `P` says. It has no
/// value of its own: `prefetch_related` takes it.
pub struct ToMany<R, M, P> {
    path: &'static Path,
    relation: &'static RelationDef,
    types: PhantomData<fn() -> (R, M, P)>,
}

impl<R, M, P> ToMany<R, M, P> {
    /// The handle of a relation (generated code calls this).
    pub const fn new(path: &'static Path, relation: &'static RelationDef) -> Self {
        Self { path, relation, types: PhantomData }
    }

    /// Where the model stands that has the relation.
    pub fn path(&self) -> &'static Path {
        self.path
    }

    /// The untyped relation.
    pub fn relation(&self) -> &'static RelationDef {
        self.relation
    }
}

impl<R, M, P> Clone for ToMany<R, M, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, M, P> Copy for ToMany<R, M, P> {}

impl<R, M, P> fmt::Debug for ToMany<R, M, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.path.model.name, self.relation.name)
    }
}

/// Something typed that has a value on root `R`: a column, an expression, a foreign key.
///
/// Its provided methods are the lookups and functions; see [`Expression`](super::Expression).
pub trait Typed {
    /// The root on which it may be used.
    type Root: 'static;
    /// The type of its value, with `Option` where it may be NULL.
    type Type: FieldType;
    /// What it is compared with: its bare type, or for a foreign key the model's rows and keys.
    type Against;

    /// The untyped expression.
    fn node(&self) -> Node;
}

impl<R: 'static, T: FieldType> Typed for Col<R, T> {
    type Root = R;
    type Type = T;
    type Against = T::Bare;

    fn node(&self) -> Node {
        Node::Column(self.column)
    }
}

impl<R: 'static, T: FieldType> Typed for Expr<R, T> {
    type Root = R;
    type Type = T;
    type Against = T::Bare;

    fn node(&self) -> Node {
        self.node.clone()
    }
}

impl<R: 'static, M, P> Typed for ToOne<R, M, P>
where
    M: Model<Key: FieldType>,
    P: Presence,
{
    type Root = R;
    type Type = P::Of<M::Key>;
    type Against = crate::model::ForeignKey<M>;

    fn node(&self) -> Node {
        Node::Column(self.column)
    }
}
