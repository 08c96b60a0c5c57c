//! Arithmetic means the same on every database: see `docs/arithmetic.md`.

mod bounds;
mod digits;
mod extremes;
mod means;
mod messages;
mod others;
mod plain;
mod rules;
mod stored;
mod warm;
mod wrap;

/// A model with a column of each type of number, amounts of so many digits, and more columns.
macro_rules! numbers {
    ($(#[$meta:meta])* $name:ident: $digits:tt { $($(#[$of:meta])* $more:ident: $ty:ty,)* }) => {
        #[derive(Model, Debug, Clone, PartialEq)]
        $(#[$meta])*
        struct $name {
            id: i64,
            tiny: i8,
            small: i16,
            int: i32,
            large: i64,
            byte: u8,
            word: u16,
            count: u32,
            huge: u64,
            single: f32,
            double: f64,
            #[field(max_digits = $digits, decimal_places = 2)]
            exact: Decimal,
            $($(#[$of])* $more: $ty,)*
        }
    };
}

/// The model of a table with the same columns, as wide as they can be.
macro_rules! wide_numbers {
    ($name:ident: $digits:tt, $places:tt { $($more:ident: $ty:ty,)* }) => {
        #[derive(Model, Debug)]
        struct $name {
            id: i64,
            tiny: i64,
            small: i64,
            int: i64,
            large: i64,
            byte: i64,
            word: i64,
            count: i64,
            huge: i64,
            single: f64,
            double: f64,
            #[field(max_digits = $digits, decimal_places = $places)]
            exact: Decimal,
            $($more: $ty,)*
        }
    };
}

pub(crate) use {numbers, wide_numbers};
