//! What a statement has a server say of a value of others that is not read: an expression that fails has these words in it, and
//! behind them the name of the column. The dialect writes them into the statement, and they come back in the server's message, where
//! the driver finds them again: of an error that an expression causes, a server tells no more than its text.

/// Behind it the column of an integer field whose number has a fraction.
macro_rules! not_whole {
    () => {
        " is no whole number in "
    };
}

/// Behind it the column of a float field whose integer lies between two floats.
macro_rules! no_float {
    () => {
        " is between two floats in "
    };
}

/// Behind it the column of a date or moment field whose value is not read.
macro_rules! no_day {
    () => {
        " is no day that is read in "
    };
}

/// Behind it the column of a time field whose value is not read.
macro_rules! no_time_of_day {
    () => {
        " is no time of day in "
    };
}

/// Behind it the column of a decimal field whose number has too many digits, or is none.
macro_rules! no_decimal {
    () => {
        " is no decimal that is read in "
    };
}

/// Behind it the column that is given NULL, and would keep another value.
macro_rules! no_null {
    () => {
        " is kept as another value in "
    };
}

pub(crate) use {no_day, no_decimal, no_float, no_null, no_time_of_day, not_whole};

/// The words, and what was expected and found where they are told.
pub(crate) const TOLD: [(&str, &str); 5] = [
    (not_whole!(), "expected an integer, found a number that is not whole"),
    (no_float!(), "expected a float, found an integer between two floats"),
    (no_day!(), "expected a day of the years 0 to 9999, found something else"),
    (no_time_of_day!(), "expected a time of day, found one beyond a day or below zero"),
    (no_decimal!(), "expected a decimal of at most 28 digits, found another number"),
];
