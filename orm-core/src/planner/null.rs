//! What can be NULL: the one place that knows.

use std::slice::from_ref;

use super::plan::{Called, Clause, Expr};
use crate::ast::{Call, Function};
use crate::value::Kind;

impl Expr<'_> {
    /// Tells whether its value can be NULL.
    pub fn can_be_null(&self) -> bool {
        match self {
            Self::Column(column) => column.nullable(),
            Self::Related(related) => related.column.nullable(),
            Self::Value(value) => value.is_null(),
            Self::Truth(_) => false,
            Self::Where(_) => true,
            Self::Subquery(inner) => inner.nullable,
            Self::Call(called) => called.can_be_null(),
        }
    }

    /// Tells whether what is compared with it may count as NULL, since it is a column whose type cannot read all values.
    fn nulls_others(&self) -> bool {
        self.as_column().is_some_and(|column| column.nulls_others)
    }
}

impl Called<'_> {
    /// Tells whether its result can be NULL: also where an argument is behind a path without a row, or such a result itself.
    fn can_be_null(&self) -> bool {
        let Call { function, kind, nullable, .. } = *self.call;
        // Division by zero is NULL, and so is what is no float, where floats have no NaN.
        let divided = matches!(function, Function::Divide | Function::Modulo);
        let zero = divided && self.arguments.get(1).is_none_or(|divisor| divisor.as_value().is_none());
        nullable
            || zero
            || matches!(kind, Kind::F32 | Kind::F64)
            || (function.is_strict() && self.arguments.iter().any(Expr::can_be_null))
    }
}

/// Tells whether a comparison of these may be NULL, not only since one of them is.
pub(crate) fn are_nulled(operands: &[Expr<'_>]) -> bool {
    operands.iter().any(Expr::nulls_others)
}

/// The places of the operands that can be NULL.
pub(crate) fn nullable(operands: &[Expr<'_>]) -> impl Iterator<Item = usize> {
    operands.iter().enumerate().filter(|(_, operand)| operand.can_be_null()).map(|(at, _)| at)
}

impl Clause<'_> {
    /// Tells whether SQL may find NULL for it: a comparison can, its complement is written so that it cannot.
    pub fn can_be_null(&self) -> bool {
        let any = |operands: &[Expr<'_>]| operands.iter().any(|node| node.can_be_null() || node.nulls_others());
        match self {
            Self::Test { operands, negated, .. } => !negated && any(operands),
            Self::In { left, negated, .. } => !negated && any(from_ref(left)),
            Self::Listed(listed) => !listed.negated && listed.columns.iter().any(|column| any(from_ref(&column.left))),
            Self::Forms(forms) => !forms.negated && any(from_ref(&forms.left)),
            Self::Near(near) => any(&near.operands),
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::can_be_null),
            Self::Constant(_)
            | Self::Readable(_)
            | Self::IsNull { .. }
            | Self::KeyInRows { .. }
            | Self::Exists { .. }
            | Self::Xor { .. } => false,
        }
    }
}
