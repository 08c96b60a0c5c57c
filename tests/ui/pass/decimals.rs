//! `dec!` in every form, with no `rust_decimal` that the program would have to name.

use dormouse::prelude::*;

const PRICE: Decimal = dec!(-1_000.50);

macro_rules! half {
    ($number:literal) => {
        dec!($number) * dec!(0.5)
    };
}

macro_rules! doubled {
    ($number:expr) => {
        dec!($number) * dec!(2)
    };
}

fn main() {
    // Names of the program's own are not in its way.
    #[allow(dead_code, non_upper_case_globals)]
    mod rust_decimal {}

    let texts = [PRICE, dec!(9.90), dec!(12e-6), dec!(0xff), dec!(1.5e3), dormouse::dec!(-0.0)].map(|n| n.to_string());
    assert_eq!(texts, ["-1000.50", "9.90", "0.000012", "255", "1500", "0.0"]);
    assert_eq!(dec!(79228162514264337593543950335), Decimal::MAX);
    assert_eq!([half!(-5), doubled!(-2.5)].map(|n| n.to_string()), ["-2.5", "-5.0"]);
}
