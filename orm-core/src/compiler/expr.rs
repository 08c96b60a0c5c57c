//! Expressions.

use super::writer::Writer;
use crate::ast::{Call, Function};
use crate::error::{Error, ErrorKind, Result};
use crate::planner::{Called, Clause, Expr, Related, Table, Where};
use crate::value::Kind;

impl Writer<'_> {
    /// An expression.
    pub(super) fn expr(&mut self, node: &Expr<'_>) -> Result<()> {
        match node {
            Expr::Column(_) | Expr::Related(_) => self.read(node),
            Expr::Value(value) => {
                self.bind(value.as_ref().clone());
                Ok(())
            }
            Expr::Call(called) => self.call(called),
            Expr::Truth(clause) => self.truth(clause),
            Expr::Subquery(inner) => {
                self.push("(");
                self.plan(&inner.plan)?;
                self.write(")")
            }
            Expr::Where(_) => Err(Error::internal("only an aggregate leaves rows out")),
        }
    }

    /// An expression that stands where nothing tells its type: a bound value says it.
    pub(super) fn lone(&mut self, node: &Expr<'_>) -> Result<()> {
        match node {
            Expr::Value(value) => self.typed(value.as_ref().clone(), !self.is_inline()),
            node => self.expr(node),
        }
    }

    /// A column as it stands, by a subquery if it is behind a path; any other expression.
    pub(super) fn bare(&mut self, node: &Expr<'_>) -> Result<()> {
        match node {
            Expr::Column(column) => {
                self.column(*column);
                Ok(())
            }
            Expr::Related(related) => self.related(related),
            node => self.expr(node),
        }
    }

    /// A template, with `write` for each of its slots.
    pub(super) fn template(
        &mut self,
        template: &str,
        write: &mut dyn FnMut(&mut Self, u8) -> Result<()>,
    ) -> Result<()> {
        if self.is_inline() && !self.spelling().is_plain(template) {
            return Err(self.no_plain_words());
        }
        let mut rest = template;
        // A slot has one letter. (Templates are short: a search by bytes is the fastest.)
        while let Some(open) = rest.bytes().position(|byte| byte == b'{') {
            let (before, slot) = rest.split_at(open);
            self.push(before);
            let (Some(letter), Some(after)) = (slot.as_bytes().get(1), slot.get("{0}".len()..)) else { break };
            match letter {
                b'{' => self.push("{"),
                letter => write(self, *letter)?,
            }
            rest = after;
        }
        self.push(rest);
        Ok(())
    }

    fn call(&mut self, called: &Called<'_>) -> Result<()> {
        let call = called.call;
        let words = if self.is_inline() { self.spelling().schema_call(call) } else { self.spelling().call(call) };
        let Some(template) = words else {
            let feature = format!("{:?} of {:?}", call.function, call.kind);
            return Err(ErrorKind::Unsupported { feature, backend: self.dialect.name() }.into());
        };
        if call.function.is_aggregate() {
            return self.aggregate(template, called);
        }
        self.template(template, &mut |writer, slot| match called.arguments.get(usize::from(slot.wrapping_sub(b'0'))) {
            Some(argument) => writer.numeric(argument, called),
            None => Err(Error::internal(format!("{:?} has too few arguments", call.function))),
        })
    }

    fn aggregate(&mut self, template: &str, called: &Called<'_>) -> Result<()> {
        self.template(template, &mut |writer, slot| match slot {
            b'd' if called.call.distinct => writer.write("DISTINCT "),
            b'd' => Ok(()),
            b'f' => writer.aggregate_filter(called.filter.as_ref()),
            _ => match called.arguments.first() {
                Some(argument) => writer.operand_of(called, argument),
                None => writer.write("*"),
            },
        })
    }

    /// What an aggregate is over, where a condition holds.
    fn operand_where(&mut self, called: &Called<'_>, inner: &Where<'_>) -> Result<()> {
        self.push("CASE WHEN ");
        self.clause(&inner.condition)?;
        self.push(" THEN ");
        match &inner.argument {
            Some(argument) => self.operand_of(called, argument)?,
            None => self.push("1"),
        }
        self.write(" END")
    }

    fn operand_of(&mut self, called: &Called<'_>, argument: &Expr<'_>) -> Result<()> {
        let call = called.call;
        if let Expr::Where(inner) = argument {
            return self.operand_where(called, inner);
        }
        match argument.kind() {
            kind if self.spelling().orders_unread(kind) && is_told_by_result(call) => self.formed(argument),
            Kind::F32 | Kind::F64 if is_of_all(call) && may_be_whole(argument) => self.numeric(argument, called),
            kind if call.distinct && kind == Kind::Json => {
                let template = self.spelling().document();
                self.template(template, &mut |writer, _| writer.expr(argument))
            }
            kind if call.distinct && kind != Kind::Text => {
                self.expr(argument)?;
                self.told_apart(argument);
                Ok(())
            }
            _ if call.distinct || is_extreme(call) => self.ordered(argument),
            _ => self.expr(argument),
        }
    }

    fn aggregate_filter(&mut self, filter: Option<&Clause<'_>>) -> Result<()> {
        let Some(filter) = filter else { return Ok(()) };
        self.push(" FILTER (WHERE ");
        self.clause(filter)?;
        self.write(")")
    }

    /// A column behind a path, by a subquery.
    fn related(&mut self, related: &Related) -> Result<()> {
        self.push("(SELECT ");
        self.column(related.column);
        for (index, (join, is_copied)) in related.steps.iter().enumerate() {
            self.push(if index == 0 { " FROM " } else { " INNER JOIN " });
            self.source(join.table, *is_copied);
            self.push(" AS ");
            self.table_name(join.table);
            if index > 0 {
                self.push(" ON ");
                self.joined_by(join, false)?;
            }
        }
        self.push(" WHERE ");
        for (join, _) in related.steps.iter().take(1) {
            self.joined_by(join, false)?;
        }
        self.write(")")
    }

    fn source(&mut self, table: Table, is_copied: bool) {
        self.push(if is_copied { "(SELECT * FROM " } else { "" });
        self.table(table.model);
        self.push(if is_copied { ")" } else { "" });
    }
}

/// Tells whether an aggregate gives what is not read, where that is in it: then the result is refused.
const fn is_told_by_result(call: &Call) -> bool {
    is_extreme(call) || is_of_all(call)
}

/// Tells whether a call is for the least or the greatest value.
const fn is_extreme(call: &Call) -> bool {
    matches!(call.function, Function::Min | Function::Max)
}

/// Tells whether a call adds all values up.
const fn is_of_all(call: &Call) -> bool {
    matches!(call.function, Function::Sum | Function::Avg)
}

/// Tells whether floats may be integers in the database.
pub(super) fn may_be_whole(node: &Expr<'_>) -> bool {
    node.source().as_column().is_some_and(|column| !column.has_own_type())
}
