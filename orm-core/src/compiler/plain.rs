//! Decimals in the schema of a database that has none: in words that every program knows, since a file is used by
//! others too. They become whole numbers of their last digit, which is exact up to 18 digits.

use super::writer::Writer;
use crate::ast::Function;
use crate::dialect::Test;
use crate::error::{Error, ErrorKind, Result};
use crate::model::FieldDef;
use crate::planner::{Called, Expr, Form};
use crate::schema;
use crate::value::{Kind, Value};

/// The most digits that 64 bits hold, whatever the digits.
const MOST_DIGITS: u32 = 18;

/// The most digits that a float holds, whatever the digits.
const MOST_IN_FLOAT: u32 = 15;

/// How many digits an expression can have.
#[derive(Debug, Clone, Copy)]
struct Size {
    /// Behind the point.
    scale: u32,
    /// Before it.
    whole: u32,
}

impl Writer<'_> {
    /// Tells whether decimals have to be written as whole numbers: in a schema.
    pub(super) fn counts_digits(&self) -> bool {
        self.is_inline() && self.features().decimals_as_text
    }

    /// One of some operands as a whole number, of the last digit that any of them has.
    pub(super) fn counted(&mut self, node: &Expr<'_>, all: &[Expr<'_>]) -> Result<()> {
        let sizes = all.iter().map(|node| self.sized(node)).collect::<Result<Vec<_>>>()?;
        let scale = sizes.iter().map(|size| size.scale).max().unwrap_or(0);
        let whole = sizes.iter().map(|size| size.whole).max().unwrap_or(0);
        if scale + whole > MOST_DIGITS {
            return Err(self.no_plain_words());
        }
        self.whole(node, scale)
    }

    /// Whether a decimal is one of some values.
    pub(super) fn counted_among(
        &mut self,
        test: Test,
        left: &Expr<'_>,
        values: &[&Value],
        negated: bool,
    ) -> Result<()> {
        let values = values.iter().map(|value| Expr::value(value));
        let all: Vec<Expr<'_>> = [left.clone()].into_iter().chain(values).collect();
        let or_null = negated && left.can_be_null();
        self.push(if or_null { "(" } else { "" });
        self.template(if negated { test.fails } else { test.holds }, &mut |writer, slot| match slot {
            b'0' => writer.counted(left, &all),
            _ => writer.separated(&all[1..], ", ", |writer, value| writer.counted(value, &all)),
        })?;
        if or_null {
            self.push(" OR ");
            self.counted(left, &all)?;
            self.push(" IS NULL)");
        }
        Ok(())
    }

    /// A decimal as a generated column keeps it.
    pub(super) fn computed_decimal(&mut self, node: &Expr<'_>, field: &FieldDef) -> Result<()> {
        let form = Form::of(field);
        if node.as_column().is_some() && Form::shared(std::slice::from_ref(node)) == Some(form) {
            return self.expr(node);
        }
        let size = self.sized(node)?;
        let Form::Places(places) = form else { return Err(self.no_plain_words()) };
        if size.scale > places {
            let (name, needed) = (field.name, size.scale);
            return Err(
                self.refused(&format!("rounding in a generated column (give `{name}` {needed} decimal places)"))
            );
        }
        if places + size.whole > MOST_DIGITS {
            return Err(self.no_plain_words());
        }
        if places == 0 {
            self.push("CAST(");
            self.whole(node, 0)?;
            return self.write(" AS TEXT)");
        }
        let power = 10_u64.pow(places);
        self.push("CASE WHEN ");
        self.whole(node, places)?;
        self.push(&format!(" IS NOT NULL THEN printf('%s%d.%0{places}d', CASE WHEN "));
        self.whole(node, places)?;
        self.push(" < 0 THEN '-' ELSE '' END, abs(");
        self.whole(node, places)?;
        self.push(&format!(") / {power}, abs("));
        self.whole(node, places)?;
        self.write(&format!(") % {power}) END"))
    }

    /// An expression as a whole number of its `scale`th digit behind the point, where it has no more.
    fn whole(&mut self, node: &Expr<'_>, scale: u32) -> Result<()> {
        let size = self.sized(node)?;
        let more = 10_u64.pow(scale.saturating_sub(size.scale));
        match node {
            Expr::Value(value) => {
                let mut decimal = number(value).ok_or_else(|| self.no_plain_words())?;
                decimal.rescale(scale);
                return self.write(&decimal.mantissa().to_string());
            }
            Expr::Call(called) => match (called.call.function, &called.arguments[..]) {
                (Function::Add, [left, right]) => return self.both(left, " + ", right, [scale, scale]),
                (Function::Subtract, [left, right]) => return self.both(left, " - ", right, [scale, scale]),
                (Function::Negate, [inner]) => {
                    self.push("(-");
                    self.whole(inner, scale)?;
                    return self.write(")");
                }
                (Function::Multiply, [left, right]) => {
                    let scales = [self.sized(left)?.scale, self.sized(right)?.scale];
                    self.push(if more > 1 { "(" } else { "" });
                    self.both(left, " * ", right, scales)?;
                }
                _ => return Err(self.no_plain_words()),
            },
            _ => {
                self.push(if more > 1 { "(" } else { "" });
                self.whole_column(node, size)?;
            }
        }
        self.write(&if more > 1 { format!(" * {more})") } else { String::new() })
    }

    fn both(&mut self, left: &Expr<'_>, sign: &str, right: &Expr<'_>, scales: [u32; 2]) -> Result<()> {
        self.push("(");
        self.whole(left, scales[0])?;
        self.push(sign);
        self.whole(right, scales[1])?;
        self.write(")")
    }

    /// A column: by way of a float where that is exact, which takes a number in any form; else its digits.
    fn whole_column(&mut self, node: &Expr<'_>, size: Size) -> Result<()> {
        if node.kind() != Kind::Decimal {
            return self.expr(node);
        }
        let short = size.scale + size.whole <= MOST_IN_FLOAT;
        self.push(if short { "CAST(ROUND(" } else { "CAST(REPLACE(" });
        self.expr(node)?;
        self.write(&match (short, size.scale) {
            (true, scale) => format!(" * {}) AS INTEGER)", 10_u64.pow(scale)),
            (false, _) => ", '.', '') AS INTEGER)".to_owned(),
        })
    }

    fn sized(&self, node: &Expr<'_>) -> Result<Size> {
        let size = match node {
            Expr::Value(value) => number(value).map(|decimal| Size {
                scale: decimal.scale(),
                whole: decimal.trunc().mantissa().unsigned_abs().checked_ilog10().map_or(0, |log| log + 1),
            }),
            Expr::Call(called) => self.size_of_call(called)?,
            node => node.as_column().and_then(|column| match (column.field.kind, column.field.scale()) {
                (Kind::Decimal, Some((digits, scale))) => Some(Size { scale, whole: digits.saturating_sub(scale) }),
                (Kind::I16, _) => Some(Size { scale: 0, whole: 5 }),
                (Kind::I32, _) => Some(Size { scale: 0, whole: 10 }),
                _ => None,
            }),
        };
        size.filter(|size| size.scale + size.whole <= MOST_DIGITS).ok_or_else(|| self.no_plain_words())
    }

    fn size_of_call(&self, called: &Called<'_>) -> Result<Option<Size>> {
        Ok(match (called.call.function, &called.arguments[..]) {
            (Function::Add | Function::Subtract, [left, right]) => {
                let (left, right) = (self.sized(left)?, self.sized(right)?);
                Some(Size { scale: left.scale.max(right.scale), whole: left.whole.max(right.whole) + 1 })
            }
            (Function::Multiply, [left, right]) => {
                let (left, right) = (self.sized(left)?, self.sized(right)?);
                Some(Size { scale: left.scale + right.scale, whole: left.whole + right.whole })
            }
            (Function::Negate, [inner]) => Some(self.sized(inner)?),
            _ => None,
        })
    }

    /// The default of a decimal in the column's own form, where the form matters.
    pub(super) fn decimal_default(&self, column: &schema::Column, default: &str) -> Result<Option<String>> {
        if column.kind != Kind::Decimal || !self.counts_digits() || default.eq_ignore_ascii_case("NULL") {
            return Ok(None);
        }
        let form = column.decimal_places.map_or(Form::Shortest, Form::Places);
        match default.trim_matches('\'').parse() {
            Ok(decimal) => Ok(Some(format!("'{}'", form.formed(decimal)))),
            Err(_) => Err(self.refused(&format!(
                "`{default}` as the default of the decimal column `{}` (give a number)",
                column.name
            ))),
        }
    }

    /// Refuses what the file's other users could not run.
    pub(super) fn no_plain_words(&self) -> Error {
        self.refused(
            "this in the schema of a table, which must work without the library (do it in the program instead)",
        )
    }

    fn refused(&self, feature: &str) -> Error {
        ErrorKind::Unsupported { feature: feature.to_owned(), backend: self.dialect.name() }.into()
    }
}

fn number(value: &Value) -> Option<rust_decimal::Decimal> {
    match super::arithmetic::as_kind(value.clone(), Kind::Decimal) {
        Value::Decimal(decimal) => Some(decimal.normalize()),
        _ => None,
    }
}
