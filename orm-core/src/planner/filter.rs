//! Aggregates that leave rows out, on a database whose aggregates know no FILTER: the rows left out become NULL, which
//! aggregates pass over.

use super::plan::{Called, Expr, Operands, Where};

impl Called<'_> {
    /// The same aggregate without a filter.
    pub(super) fn without_filter(self) -> Self {
        let Self { call, arguments, filter } = self;
        let Some(condition) = filter else { return Self { call, arguments, filter } };
        let argument = match arguments {
            Operands::One([argument]) => Some(argument),
            _ => None,
        };
        let argument = Expr::Where(Box::new(Where { condition, argument }));
        Self { call, arguments: Operands::One([argument]), filter: None }
    }
}
