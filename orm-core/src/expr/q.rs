//! `Q<R>`, the typed shell of a condition.

use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Not};

use crate::ast::{Condition, Connector};

/// A condition on rows of root `R`: what every lookup returns (Django's `Q`).
///
/// Combine with `&`, `|`, `^` and `!`. Conditions of one root have one type, so they fit into loops, `match` arms and
/// vectors; one of another root does not compile.
#[must_use]
pub struct Q<R> {
    condition: Condition,
    root: PhantomData<fn() -> R>,
}

impl<R> Q<R> {
    /// No condition: neutral under `&`, `|` and `^`, and unchanged by `!`, as Django's empty `Q()`.
    pub fn new() -> Self {
        Self::from_condition(Condition::EMPTY)
    }

    /// True if any of the conditions is; false of none.
    pub fn any_of(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::from_condition(Condition::group(Connector::Or, conditions.into_iter().map(Self::into_condition)))
    }

    /// True if all of the conditions are; true of none.
    pub fn all_of(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::from_condition(Condition::group(Connector::And, conditions.into_iter().map(Self::into_condition)))
    }

    /// The typed shell around a condition.
    pub fn from_condition(condition: Condition) -> Self {
        Self { condition, root: PhantomData }
    }

    /// The untyped condition.
    pub fn into_condition(self) -> Condition {
        self.condition
    }

    /// The untyped condition, borrowed.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }
}

impl<R> Default for Q<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R> Clone for Q<R> {
    fn clone(&self) -> Self {
        Self::from_condition(self.condition.clone())
    }
}

impl<R> fmt::Debug for Q<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt(f)
    }
}

impl<R> Not for Q<R> {
    type Output = Self;

    fn not(self) -> Self {
        Self::from_condition(self.condition.negate())
    }
}

macro_rules! connectors {
    ($($operator:ident $method:ident $assign:ident $assign_method:ident;)*) => {$(
        impl<R> $operator for Q<R> {
            type Output = Self;

            fn $method(self, other: Self) -> Self {
                Self::from_condition(self.condition.join(Connector::$operator, other.condition))
            }
        }

        impl<R> $assign for Q<R> {
            fn $assign_method(&mut self, other: Self) {
                let condition = mem::replace(&mut self.condition, Condition::EMPTY);
                self.condition = condition.join(Connector::$operator, other.condition);
            }
        }
    )*};
}

#[allow(non_upper_case_globals, reason = "the operator traits' names, mapped to connectors by the macro above")]
impl Connector {
    const BitAnd: Self = Self::And;
    const BitOr: Self = Self::Or;
    const BitXor: Self = Self::Xor;
}

connectors! {
    BitAnd bitand BitAndAssign bitand_assign;
    BitOr bitor BitOrAssign bitor_assign;
    BitXor bitxor BitXorAssign bitxor_assign;
}
