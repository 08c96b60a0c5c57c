//! Expressions.

use super::writer::{Scope, Writer};
use crate::ast::{Call, Condition, Function, Node};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Column, ModelDef};
use crate::planner::{Clause, Joins, Place};
use crate::value::Kind;

impl Writer<'_> {
    /// An expression.
    pub(super) fn node(&mut self, node: &Node, scope: Scope<'_>) -> Result<()> {
        match node {
            Node::Column(column) => self.read(*column, scope),
            Node::Value(value) => {
                self.bind(value.clone());
                Ok(())
            }
            Node::Fault(fault) => Err(fault.clone()),
            Node::Call(call) => self.call(call, scope),
            Node::Outer { .. } => Err(Error::internal("a column of an outer query is not planned yet")),
            Node::Subquery { .. } => Err(Error::internal("a subquery is not planned yet")),
            Node::Condition(condition) => self.condition_value(condition, scope),
        }
    }

    /// An expression that stands where nothing tells its type: a bound value says it.
    pub(super) fn lone(&mut self, node: &Node, scope: Scope<'_>) -> Result<()> {
        match node {
            Node::Value(value) => self.typed(value.clone(), !self.is_inline()),
            node => self.node(node, scope),
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

    /// A condition as a value: true or false, never NULL.
    fn condition_value(&mut self, condition: &Condition, scope: Scope<'_>) -> Result<()> {
        self.truth(&Clause::of(condition, false), scope)
    }

    fn call(&mut self, call: &Call, scope: Scope<'_>) -> Result<()> {
        let words = if self.is_inline() { self.spelling().schema_call(call) } else { self.spelling().call(call) };
        let Some(template) = words else {
            let feature = format!("{:?} of {:?}", call.function, call.kind);
            return Err(ErrorKind::Unsupported { feature, backend: self.dialect.name() }.into());
        };
        if call.function.is_aggregate() {
            return self.aggregate(template, call, scope);
        }
        self.template(template, &mut |writer, slot| match call.arguments.get(usize::from(slot.wrapping_sub(b'0'))) {
            Some(argument) => writer.numeric(argument, call, scope),
            None => Err(Error::internal(format!("{:?} has too few arguments", call.function))),
        })
    }

    fn aggregate(&mut self, template: &str, call: &Call, scope: Scope<'_>) -> Result<()> {
        let filter = call.filter.as_ref().map(|filter| Clause::of(filter, false));
        let filter = filter.filter(|filter| !filter.is_always());
        self.template(template, &mut |writer, slot| match slot {
            b'd' if call.distinct => writer.write("DISTINCT "),
            b'd' => Ok(()),
            b'f' => writer.aggregate_filter(filter.as_ref(), scope),
            _ => writer.aggregated(call, filter.as_ref(), scope),
        })
    }

    /// What an aggregate is over. Without FILTER the rows left out become NULL, which aggregates pass over.
    fn aggregated(&mut self, call: &Call, filter: Option<&Clause<'_>>, scope: Scope<'_>) -> Result<()> {
        let argument = call.arguments.first();
        match filter {
            Some(filter) if !self.features().aggregate_filter => {
                self.push("CASE WHEN ");
                self.clause(filter, scope)?;
                self.push(" THEN ");
                match argument {
                    Some(argument) => self.operand_of(call, argument, scope)?,
                    None => self.push("1"),
                }
                self.push(" END");
                Ok(())
            }
            _ => match argument {
                Some(argument) => self.operand_of(call, argument, scope),
                None => self.write("*"),
            },
        }
    }

    fn operand_of(&mut self, call: &Call, argument: &Node, scope: Scope<'_>) -> Result<()> {
        match argument.kind() {
            kind if self.spelling().orders_unread(kind) && is_told_by_result(call) => match argument {
                Node::Column(column) => self.formed(*column, scope),
                argument => self.node(argument, scope),
            },
            Kind::F32 | Kind::F64 if is_of_all(call) && may_be_whole(argument) => self.numeric(argument, call, scope),
            kind if call.distinct && kind == Kind::Json => {
                let template = self.spelling().document();
                self.template(template, &mut |writer, _| writer.node(argument, scope))
            }
            kind if call.distinct && kind != Kind::Text => {
                self.node(argument, scope)?;
                self.told_apart(argument);
                Ok(())
            }
            _ if call.distinct || is_extreme(call) => self.ordered(argument, scope),
            _ => self.node(argument, scope),
        }
    }

    fn aggregate_filter(&mut self, filter: Option<&Clause<'_>>, scope: Scope<'_>) -> Result<()> {
        match filter {
            Some(filter) if self.features().aggregate_filter => {
                self.push(" FILTER (WHERE ");
                self.clause(filter, scope)?;
                self.push(")");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A column seen from one row of a model: behind a path, by a subquery.
    pub(super) fn correlated(&mut self, column: Column, model: &'static ModelDef) -> Result<()> {
        let joins = Joins::to(model, column)?;
        let (place, field) = joins.locate(column)?;
        if place == Place::Root {
            self.root_column(model, field);
            return Ok(());
        }
        self.push("(SELECT ");
        self.column_at(&joins, place, field);
        for (index, join, _) in joins.iter() {
            self.push(if index == 0 { " FROM " } else { " INNER JOIN " });
            self.source(join.target, model);
            self.push(" AS ");
            self.table_at(&joins, Place::Joined(index));
            if index > 0 {
                self.push(" ON ");
                self.joined_by(&joins, index, join, false)?;
            }
        }
        self.push(" WHERE ");
        for (_, join, _) in joins.iter().take(1) {
            self.joined_by(&joins, 0, join, false)?;
        }
        self.push(")");
        Ok(())
    }

    /// A table in a subquery of a statement that changes `changed`.
    fn source(&mut self, table: &ModelDef, changed: &ModelDef) {
        if table.same_table(changed) && !self.features().reads_target {
            self.push("(SELECT * FROM ");
            self.table(table);
            self.push(")");
        } else {
            self.table(table);
        }
    }

    /// A column of the table whose schema is written.
    pub(super) fn bare(&mut self, column: Column, model: &'static ModelDef) -> Result<()> {
        let (path, field) = column.shortest();
        if path.is_empty() && path.model == model {
            self.identifier(field.column);
            return Ok(());
        }
        Err(Error::configuration(format!(
            "a condition in the schema of `{}` can only name its own columns, not `{}`",
            model.name, column.field.name
        )))
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
pub(super) fn may_be_whole(node: &Node) -> bool {
    matches!(node, Node::Column(column) if !column.has_own_type())
}

/// Tells whether an expression's value can be NULL.
pub(super) fn may_be_null(node: &Node) -> bool {
    match node {
        Node::Call(call) => {
            // Division by zero is NULL, and so is what is no float, where floats have no NaN.
            let divided = matches!(call.function, Function::Divide | Function::Modulo);
            let zero = divided && !call.arguments.get(1).is_some_and(|divisor| matches!(divisor, Node::Value(_)));
            call.nullable || zero || matches!(call.kind, Kind::F32 | Kind::F64)
        }
        node => node.nullable(),
    }
}
