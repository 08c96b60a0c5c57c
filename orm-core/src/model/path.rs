//! Where in a query a model stands: the root, or the end of a chain of foreign keys.

use std::fmt;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use super::definition::{FieldDef, ModelDef};

/// A chain of foreign keys from the root of a query to a model. Leaked once per handle: `'static` and copied by
/// reference. `Debug` shows it as it is typed: `Book.author.country`.
#[derive(Clone, Copy)]
pub struct Path {
    /// The model at the end.
    pub model: &'static ModelDef,
    /// The path before the last step, and the foreign key of the last step; none at the root.
    pub step: Option<(&'static Path, &'static FieldDef)>,
    /// Whether the row at the end may be missing: a key on the way may be NULL, or stands in a table of others, where no
    /// constraint need see to it that the row exists.
    pub nullable: bool,
}

impl Path {
    /// The root of a query over a model.
    pub const fn root(model: &'static ModelDef) -> Self {
        Self { model, step: None, nullable: false }
    }

    /// The root path of a model that is known by its metadata only; leaked once per model.
    pub fn root_of(model: &'static ModelDef) -> &'static Self {
        static ROOTS: Mutex<Vec<&'static Path>> = Mutex::new(Vec::new());
        let mut roots = ROOTS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(root) = roots.iter().find(|root| root.model == model) {
            return root;
        }
        let root = Box::leak(Box::new(Self::root(model)));
        roots.push(root);
        root
    }

    /// This path and one more foreign key, leaked once: handles live as long as the program.
    pub fn then(&'static self, key: &'static FieldDef, target: &'static ModelDef) -> &'static Self {
        static KNOWN: Mutex<Vec<&'static Path>> = Mutex::new(Vec::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let step = |path: &&&'static Self| matches!(path.step, Some((before, last)) if ptr::eq(before, self) && ptr::eq(last, key));
        if let Some(path) = known.iter().find(step) {
            return path;
        }
        let nullable = self.nullable || key.nullable || !self.model.managed;
        let path = Box::leak(Box::new(Self { model: target, step: Some((self, key)), nullable }));
        known.push(path);
        path
    }

    /// The same steps from the end of another path.
    pub fn behind(&'static self, base: &'static Self) -> &'static Self {
        match self.step {
            Some((before, key)) => before.behind(base).then(key, self.model),
            None => base,
        }
    }

    /// Tells whether both lead the same way. (The same way may have been leaked more than once.)
    pub fn same(&self, other: &Self) -> bool {
        ptr::eq(self, other)
            || match (self.step, other.step) {
                (None, None) => self.model == other.model,
                (Some((before, key)), Some((other_before, other_key))) => {
                    ptr::eq(key, other_key) && before.same(other_before)
                }
                _ => false,
            }
    }

    /// How many steps it has.
    pub fn len(&self) -> usize {
        std::iter::successors(self.step, |(before, _)| before.step).count()
    }

    /// Tells whether it is the root.
    pub fn is_empty(&self) -> bool {
        self.step.is_none()
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.same(other)
    }
}

impl Eq for Path {}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            None => f.write_str(self.model.name),
            Some((before, key)) => write!(f, "{before:?}.{}", key.name),
        }
    }
}

/// A column of the model at the end of a path. `Debug` shows it as it is typed: `Book.author.name`.
#[derive(Clone, Copy)]
pub struct Column {
    /// Where the model stands.
    pub path: &'static Path,
    /// The column.
    pub field: &'static FieldDef,
}

impl Column {
    /// Tells whether it can be NULL where it stands.
    pub fn nullable(&self) -> bool {
        self.path.nullable || self.field.nullable
    }

    /// The shortest way to it: the primary key of what a foreign key refers to is that foreign key, unless it may be spelled
    /// otherwise there.
    pub(crate) fn shortest(self) -> (&'static Path, &'static FieldDef) {
        let Self { mut path, mut field } = self;
        while let Some((before, key)) = path.step {
            let is_key = field.primary_key && path.model.primary_key.len() == 1;
            if !is_key || field.may_be_spelled_otherwise(path.model) || key.may_be_spelled_otherwise(before.model) {
                break;
            }
            (path, field) = (before, key);
        }
        (path, field)
    }

    /// Whether it is sure to have a type of ours where it is read.
    pub(crate) fn has_own_type(self) -> bool {
        let (path, field) = self.shortest();
        field.has_own_type(path.model)
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.field, other.field) && self.path.same(other.path)
    }
}

impl Eq for Column {}

impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}.{}", self.path, self.field.name)
    }
}
