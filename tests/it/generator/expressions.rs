//! Expressions and conditions at random.

use super::ask::{Compare, Cond, Ex, Join, Op, TextOp};
use super::make::Maker;
use super::models::{Field, Reach};
use super::oracle::World;
use super::scalar::EXPRESSIONS;
use super::typed::{TABLE, comparable};
use super::values::{TEXTS, Ty, Val};

impl Maker<'_> {
    /// A column that can be reached, of a type that is wanted.
    pub(super) fn column(&mut self, model: usize, wanted: impl Fn(Ty) -> bool) -> Option<Ex> {
        let own = self.shapes[model].fields.len();
        for attempt in 0..40 {
            let reach = &self.reach[model];
            // The model's own, or those of one key, half of the time.
            let most = if attempt % 2 == 0 { own.min(reach.len()) } else { reach.len() };
            let found = &reach[self.dice.below(most)];
            if wanted(found.ty) {
                return Some(column(found));
            }
        }
        None
    }

    /// An expression of a type that is wanted, with operators so deep.
    pub(super) fn expression(&mut self, model: usize, depth: usize, wanted: impl Fn(Ty) -> bool + Copy) -> Ex {
        if depth > 0 && self.chance(3) {
            let peculiar = if self.chance(4) { self.peculiar(model).filter(|ex| wanted(ex.ty())) } else { None };
            if let Some(ex) = peculiar.or_else(|| self.operator(model, depth, wanted)) {
                return ex;
            }
        }
        let key = self.shapes[model].key_terms().swap_remove(0).ex;
        self.column(model, wanted).unwrap_or(key)
    }

    /// An operator over columns of others that hold other numbers than their fields say.
    fn peculiar(&mut self, model: usize) -> Option<Ex> {
        let columns: Vec<&Field> = self.shapes[model].fields.iter().filter(|field| field.is_peculiar()).collect();
        let field = *columns.get(self.dice.below(columns.len().max(1)))?;
        let others: Vec<&&Field> = columns.iter().filter(|other| other.ty == field.ty).collect();
        let own = |field: &Field| Ex::Col { path: vec![field.name], ty: field.ty, nullable: field.nullable };
        let (left, right) = (own(field), own(others[self.dice.below(others.len())]));
        if field.ty == Ty::I32 && self.dice.below(2) == 0 {
            // Of all differences those from nothing may wrap around.
            let nothing = Ex::Op(Op::Mul, Box::new(left), Box::new(Ex::Lit(Some(Val::Int(0)), Ty::I64)));
            return Some(Ex::Op(Op::Sub, Box::new(nothing), Box::new(right)));
        }
        let op = [Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Rem][self.dice.below(5)];
        Some(Ex::Op(op, Box::new(left), Box::new(right)))
    }

    fn operator(&mut self, model: usize, depth: usize, wanted: impl Fn(Ty) -> bool) -> Option<Ex> {
        let has = |ty: Ty| self.reach[model].iter().any(|reach| reach.ty == ty);
        let entries: Vec<_> =
            TABLE.iter().filter(|entry| wanted(entry.2) && has(entry.0) && (entry.3 || has(entry.1))).collect();
        if entries.is_empty() {
            return None;
        }
        let (left_ty, right_ty, out, literal) = *entries[self.below(entries.len())];
        let left = self.operand(model, depth - 1, left_ty)?;
        if self.chance(8) && left_ty == right_ty {
            return Some(Ex::Neg(Box::new(left)));
        }
        let op = if out == Ty::Span {
            [Op::Add, Op::Sub][self.below(2)]
        } else {
            [Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Rem][self.below(5)]
        };
        if literal && self.chance(2) {
            let value = right_ty.value(&mut self.dice, 2);
            let zero = matches!(&value, Val::Int(0))
                || matches!(&value, Val::Float(v) if *v == 0.0)
                || matches!(&value, Val::Dec(v) if v.is_zero());
            if zero && matches!(op, Op::Div | Op::Rem) {
                return None;
            }
            return Some(Ex::Op(op, Box::new(left), Box::new(Ex::Lit(Some(value), right_ty))));
        }
        let right = self.operand(model, depth - 1, right_ty)?;
        if self.chance(4) && first_literal(left_ty, right_ty) {
            let value = left_ty.value(&mut self.dice, 2);
            return Some(Ex::Op(op, Box::new(Ex::Lit(Some(value), left_ty)), Box::new(right)));
        }
        Some(Ex::Op(op, Box::new(left), Box::new(right)))
    }

    fn operand(&mut self, model: usize, depth: usize, ty: Ty) -> Option<Ex> {
        if depth > 0 && self.chance(3) {
            return self.operator(model, depth, |out| out == ty);
        }
        self.column(model, |found| found == ty)
    }

    /// A condition, with groups so deep.
    pub(super) fn cond(&mut self, model: usize, depth: usize, world: &World) -> Cond {
        if depth > 0 && self.chance(2) {
            let parts = |maker: &mut Self| {
                (0..1 + maker.below(3)).map(|_| maker.cond(model, depth - 1, world)).collect::<Vec<_>>()
            };
            return match self.below(6) {
                0 | 1 => Cond::Not(Box::new(self.cond(model, depth - 1, world))),
                2 => Cond::AnyOf(parts(self)),
                3 => Cond::AllOf(parts(self)),
                _ => {
                    let join = [Join::And, Join::Or, Join::Xor][self.below(3)];
                    Cond::Join(join, parts(self))
                }
            };
        }
        match self.below(14) {
            0..=4 => self.comparison(model),
            5 | 6 => self.list(model),
            7 | 8 => self.text(model),
            9 => {
                let of = self.expression(model, 1, |ty| ty.ordered() && ty != Ty::Bool);
                let mut value = || of.ty().value(&mut self.dice, 2);
                let (low, high) = (value(), value());
                Cond::Between { of, low, high, half_open: self.chance(2) }
            }
            10 | 11 => Cond::IsNull { of: self.expression(model, 1, |_| true), not: self.chance(2) },
            12 if self.chance(3) => Cond::Nothing,
            12 => Cond::Keys(self.keys(model, world), self.chance(2)),
            _ => match self.column(model, |ty| ty == Ty::Bool) {
                Some(of) => Cond::IsTrue(of),
                None => self.comparison(model),
            },
        }
    }

    fn comparison(&mut self, model: usize) -> Cond {
        let left = self.expression(model, 2, |_| true);
        let ty = left.ty();
        let all = [Compare::Eq, Compare::Ne, Compare::Differs, Compare::Lt, Compare::Lte, Compare::Gt, Compare::Gte];
        let how = all[self.below(if ty.ordered() { all.len() } else { 3 })];
        let right = match self.below(8) {
            0 if matches!(how, Compare::Eq | Compare::Ne) => Ex::Lit(None, ty),
            1..=3 => {
                let others = comparable(ty);
                let other = others[self.below(others.len())];
                self.expression(model, 1, |ty| ty == other)
            }
            4 if ty == Ty::Dec => Ex::Lit(Some(Ty::I32.value(&mut self.dice, 0)), [Ty::I32, Ty::I64][self.below(2)]),
            4 if ty == Ty::F64 => Ex::Lit(Some(Ty::I32.value(&mut self.dice, 0)), Ty::I32),
            _ => Ex::Lit(Some(ty.value(&mut self.dice, 2)), ty),
        };
        // Where nothing of the other type could be found, a column of the key stands in, which need not compare.
        let right = if comparable(ty).contains(&right.ty()) || matches!(right, Ex::Lit(..)) {
            right
        } else {
            Ex::Lit(Some(ty.value(&mut self.dice, 2)), ty)
        };
        Cond::Compare(how, left, right)
    }

    fn list(&mut self, model: usize) -> Cond {
        let of = self.expression(model, 1, |_| true);
        let count = self.length();
        // Their normal forms take time.
        let count = if of.ty() == Ty::Json { count.min(40) } else { count };
        let mut values = Vec::new();
        for at in 0..count {
            let rare = self.is_rare(at, count);
            let value = if rare { of.ty().rare(&mut self.dice) } else { of.ty().value(&mut self.dice, 4) };
            values.push((!self.chance(8)).then_some(value));
        }
        Cond::In { of, values, not: self.chance(3) }
    }

    fn text(&mut self, model: usize) -> Cond {
        let all = [
            TextOp::Contains,
            TextOp::IContains,
            TextOp::StartsWith,
            TextOp::IStartsWith,
            TextOp::EndsWith,
            TextOp::IEndsWith,
            TextOp::IExact,
            TextOp::Regex,
            TextOp::IRegex,
        ];
        let how = all[self.below(all.len())];
        let Some(of) = self.column(model, |ty| ty == Ty::Text) else { return Cond::Nothing };
        if matches!(how, TextOp::Regex | TextOp::IRegex) {
            let pattern = self.dice.pick(EXPRESSIONS).to_owned();
            return Cond::Text { how, of, pattern, by: None };
        }
        let by = if self.chance(5) { self.column(model, |ty| ty == Ty::Text) } else { None };
        Cond::Text { how, of, pattern: self.dice.pick(TEXTS).to_owned(), by }
    }
}

pub(super) fn column(reach: &Reach) -> Ex {
    Ex::Col { path: reach.path.clone(), ty: reach.ty, nullable: reach.nullable }
}

/// Whether a literal of a type may stand before an operator and an expression of another.
fn first_literal(left: Ty, right: Ty) -> bool {
    matches!(left, Ty::I32 | Ty::I64 | Ty::F64 | Ty::Dec)
        && TABLE.iter().any(|entry| (entry.0, entry.1) == (left, right))
}
