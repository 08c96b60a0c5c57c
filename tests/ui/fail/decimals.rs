//! What `dec!` does not take: each mistake says what to write.

use dormouse::prelude::*;

fn main() {
    let price = 9.99;
    dec!();
    dec!(price);
    dec!("9.99");
    dec!(1 + 2);
    dec!(9.99f64);
    dec!(9,99);
    dec!(79228162514264337593543950336);
    dec!(0.00000000000000000000000000001);
}
