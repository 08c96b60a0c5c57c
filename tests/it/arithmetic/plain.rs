//! The rules of arithmetic in plain Rust.

use dormouse::prelude::*;

use super::rules::{Leaf, Number, Tree};

/// Why there is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// It does not fit.
    Beyond,
    /// No rule says what it is: more digits than a `Decimal`, a float next to nothing.
    Unruled,
}

/// A number or NULL.
pub(super) type Outcome<T> = std::result::Result<Option<T>, Refused>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Sign {
    pub(super) const ALL: [Self; 5] = [Self::Add, Self::Subtract, Self::Multiply, Self::Divide, Self::Remainder];
}

fn both<T>(a: Outcome<T>, b: Outcome<T>, operation: impl FnOnce(T, T) -> Outcome<T>) -> Outcome<T> {
    match (a, b) {
        (Err(Refused::Unruled), _) | (_, Err(Refused::Unruled)) => Err(Refused::Unruled),
        (Err(refused), _) | (_, Err(refused)) => Err(refused),
        (Ok(Some(a)), Ok(Some(b))) => operation(a, b),
        _ => Ok(None),
    }
}

fn computed<T: Copy>(
    tree: &Tree<Leaf, T>,
    leaf: &impl Fn(Leaf) -> Outcome<T>,
    zero: T,
    operation: &impl Fn(Sign, T, T) -> Outcome<T>,
) -> Outcome<T> {
    let inner = |tree: &Tree<Leaf, T>| computed(tree, leaf, zero, operation);
    match tree {
        Tree::Leaf(of) => leaf(*of),
        Tree::Negated(a) => both(Ok(Some(zero)), inner(a), |zero, a| operation(Sign::Subtract, zero, a)),
        Tree::Both(sign, a, b) => both(inner(a), inner(b), |a, b| operation(*sign, a, b)),
        Tree::With(sign, a, b) => both(inner(a), Ok(Some(*b)), |a, b| operation(*sign, a, b)),
        Tree::Before(sign, a, b) => both(Ok(Some(*a)), inner(b), |a, b| operation(*sign, a, b)),
    }
}

/// Integers: 64 bits.
fn integer(sign: Sign, a: i64, b: i64) -> Outcome<i64> {
    let result = match sign {
        Sign::Add => a.checked_add(b),
        Sign::Subtract => a.checked_sub(b),
        Sign::Multiply => a.checked_mul(b),
        Sign::Divide | Sign::Remainder if b == 0 => return Ok(None),
        Sign::Divide => a.checked_div(b),
        Sign::Remainder => Some(a.wrapping_rem(b)),
    };
    result.map(Some).ok_or(Refused::Beyond)
}

pub(super) fn wholly(tree: &Tree<Leaf, i64>, row: &Number) -> Outcome<i64> {
    let leaf = |leaf: Leaf| {
        let large = Ok(row.large);
        match leaf % 5 {
            0 => Ok(row.small.map(i64::from)),
            1 => Ok(row.count.map(i64::from)),
            2 => large,
            3 => large.map(|large| large.map(|_| i64::from(row.byte))),
            _ => large.map(|large| large.map(|_| i64::from(row.int))),
        }
    };
    computed(tree, &leaf, 0, &integer)
}

/// Decimals: exact; quotients have ten places, rounded half away from zero.
fn decimal(sign: Sign, a: Decimal, b: Decimal) -> Outcome<Decimal> {
    let digits = |x: Decimal| x.mantissa().unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
    let result = match sign {
        Sign::Add => a.checked_add(b),
        Sign::Subtract => a.checked_sub(b),
        Sign::Multiply => a.checked_mul(b),
        Sign::Divide | Sign::Remainder if b.is_zero() => return Ok(None),
        Sign::Divide => quotient(a, b),
        Sign::Remainder => a.checked_rem(b),
    };
    match result {
        Some(result) if digits(result) <= 24 && result.scale() <= 20 => Ok(Some(result)),
        _ => Err(Refused::Unruled),
    }
}

fn quotient(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let above = a.mantissa().checked_mul(10_i128.checked_pow(b.scale() + 10)?)?;
    let below = b.mantissa().checked_mul(10_i128.checked_pow(a.scale())?)?;
    let (whole, rest) = (above / below, above % below);
    let up = rest.abs().checked_mul(2)? >= below.abs();
    let away = if (above < 0) == (below < 0) { 1 } else { -1 };
    Decimal::try_from_i128_with_scale(whole + if up { away } else { 0 }, 10).ok()
}

pub(super) fn exactly(tree: &Tree<Leaf, Decimal>, row: &Number) -> Outcome<Decimal> {
    let leaf = |leaf: Leaf| {
        Ok(match leaf % 4 {
            0 => row.exact,
            1 => row.exact.map(|_| row.price),
            2 => row.exact.map(|exact| exact - Decimal::from(row.int)),
            _ => row.count.map(|count| Decimal::from(count) * dec!(0.5)),
        })
    };
    computed(tree, &leaf, Decimal::ZERO, &decimal)
}

/// Floats: 64 bits, and infinity is refused.
fn float(sign: Sign, a: f64, b: f64) -> Outcome<f64> {
    let result = match sign {
        Sign::Add => a + b,
        Sign::Subtract => a - b,
        Sign::Multiply => a * b,
        Sign::Divide | Sign::Remainder if b == 0.0 => return Ok(None),
        Sign::Divide => a / b,
        // PostgreSQL computes it with 15 digits.
        Sign::Remainder if [a, b].iter().any(|x| (x * 8.0).fract() != 0.0 || x.abs() > 1e6) => {
            return Err(Refused::Unruled);
        }
        Sign::Remainder => a % b,
    };
    let nothing =
        matches!(sign, Sign::Multiply | Sign::Divide) && a != 0.0 && b != 0.0 && result.abs() < f64::MIN_POSITIVE;
    match result {
        _ if nothing => Err(Refused::Unruled),
        result if result.is_finite() => Ok(Some(result)),
        _ => Err(Refused::Beyond),
    }
}

pub(super) fn really(tree: &Tree<Leaf, f64>, row: &Number) -> Outcome<f64> {
    let leaf = |leaf: Leaf| {
        Ok(match leaf % 4 {
            0 => row.float,
            1 => row.float.map(|_| f64::from(row.single)),
            2 => row.large.map(|large| large as f64),
            _ => row.count.map(|count| f64::from(count) / 2.0),
        })
    };
    computed(tree, &leaf, 0.0, &float)
}
