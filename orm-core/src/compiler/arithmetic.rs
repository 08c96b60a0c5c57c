//! Arithmetic: every operand in the one type in which databases compute. Integers are computed in 64 bits, floats in 64
//! bits too, and a value says its type where no column beside it does, so that a text has one list of parameter types.

use super::writer::Writer;
use crate::error::Result;
use crate::planner::{Called, Expr};
use crate::value::{Kind, Value};

impl Writer<'_> {
    /// An operand of arithmetic.
    pub(super) fn numeric(&mut self, term: &Expr<'_>, called: &Called<'_>) -> Result<()> {
        let kind = computed(called.call.kind);
        if let Expr::Value(value) = term {
            let alone = called.arguments.iter().all(|argument| argument.as_value().is_some());
            return self.typed(as_kind(value.as_ref().clone(), kind), alone || self.features().typed_parameters);
        }
        let template = match term.source().as_column() {
            Some(column) => self.spelling().computed(term.kind(), kind, column.has_own_type()),
            None => self.spelling().computed(computed(term.kind()), kind, true),
        };
        self.template(template.unwrap_or("{0}"), &mut |writer, _| writer.expr(term))
    }

    /// A value, which may have to say its type.
    pub(super) fn typed(&mut self, value: Value, typed: bool) -> Result<()> {
        let Some(name) = self.spelling().cast(value.kind()).filter(|_| typed) else {
            self.bind(value);
            return Ok(());
        };
        self.push("CAST(");
        self.bind(value);
        self.push(" AS ");
        self.push(name);
        self.write(")")
    }
}

/// The kind in which an expression of a kind is computed.
pub(super) const fn computed(kind: Kind) -> Kind {
    match kind {
        Kind::I16 | Kind::I32 | Kind::I64 => Kind::I64,
        Kind::F32 | Kind::F64 => Kind::F64,
        kind => kind,
    }
}

/// The kind of the values beside an expression: a column has its own type, all else is computed.
pub(super) fn beside(node: &Expr<'_>) -> Kind {
    if node.source().as_column().is_some() { node.kind() } else { computed(node.kind()) }
}

/// A number as another kind of number, where that has it; any other value as it is.
pub(super) fn as_kind(value: Value, kind: Kind) -> Value {
    let integer = match value {
        Value::I16(integer) => i64::from(integer),
        Value::I32(integer) => i64::from(integer),
        Value::I64(integer) => integer,
        Value::F32(float) if kind == Kind::F64 => return Value::F64(float.into()),
        value => return value,
    };
    match kind {
        Kind::I16 => i16::try_from(integer).map_or(value, Value::I16),
        Kind::I32 => i32::try_from(integer).map_or(value, Value::I32),
        Kind::I64 => Value::I64(integer),
        Kind::F64 => Value::F64(integer as f64),
        Kind::Decimal => Value::Decimal(integer.into()),
        _ => value,
    }
}
