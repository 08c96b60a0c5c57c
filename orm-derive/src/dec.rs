//! `dec!`: a number written out in the source becomes a `Decimal` while it is compiled.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Lit, Result, Token};

/// How many digits a `Decimal` has behind its point at most.
const PLACES: i32 = 28;

/// The greatest `Decimal`, without its point: 96 bits.
const GREATEST: u128 = (1 << 96) - 1;

/// What else is written instead of a number.
const NO_NUMBER: &str = "`dec!` takes a number that is written out, like `dec!(9.99)` or `dec!(-1_000.50)`; a value that the \
                         program computes becomes a decimal by `Decimal::from(integer)`, `Decimal::try_from(float)` or \
                         `text.parse::<Decimal>()`";

/// The `Decimal` of the number in `$crate, number`; `$crate` is the library by whatever name the program knows it.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let (library, number) = split(input);
    match syn::parse2::<Number>(number) {
        Ok(Number { negative, digits, places }) => {
            let [low, middle, high] = [0, 32, 64].map(|bits| (digits >> bits) as u32);
            quote!(#library::__private::Decimal::from_parts(#low, #middle, #high, #negative, #places))
        }
        Err(error) => error.to_compile_error(),
    }
}

/// The tokens before the first comma and those after it, out of the groups without brackets that other macros make.
fn split(input: TokenStream) -> (TokenStream, TokenStream) {
    let mut tokens = input.into_iter();
    let library = tokens.by_ref().take_while(|token| !matches!(token, TokenTree::Punct(mark) if mark.as_char() == ','));
    (library.collect(), tokens.flat_map(flat).collect())
}

fn flat(token: TokenTree) -> Vec<TokenTree> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            group.stream().into_iter().flat_map(flat).collect()
        }
        token => vec![token],
    }
}

/// `digits` with the point so many `places` from their end.
#[derive(Debug, PartialEq)]
struct Number {
    negative: bool,
    digits: u128,
    places: u32,
}

impl Parse for Number {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.is_empty() {
            return Err(Error::new(Span::call_site(), NO_NUMBER));
        }
        let whole = input.fork().parse::<TokenStream>()?;
        let no_number = || Error::new_spanned(&whole, NO_NUMBER);
        let minus: Option<Token![-]> = input.parse()?;
        let literal: Lit = input.parse().map_err(|_| no_number())?;
        if !input.is_empty() {
            return Err(no_number());
        }
        let (digits, places) = written(&literal)
            .and_then(|text| scaled(&text).ok_or_else(too_long))
            .map_err(|message| Error::new_spanned(&whole, message))?;
        Ok(Self { negative: minus.is_some() && digits != 0, digits, places })
    }
}

/// A literal in decimal digits, without underscores: `1000.50`, `1e3`.
fn written(literal: &Lit) -> std::result::Result<String, String> {
    let (digits, suffix) = match literal {
        Lit::Int(number) => (number.base10_digits(), number.suffix()),
        Lit::Float(number) => (number.base10_digits(), number.suffix()),
        _ => return Err(NO_NUMBER.to_owned()),
    };
    match suffix {
        "" => Ok(digits.to_owned()),
        suffix => Err(format!("a decimal has no suffix: write `dec!({digits})` without `{suffix}`")),
    }
}

fn too_long() -> String {
    format!(
        "this number does not fit into a `Decimal`: without its point it is at most {GREATEST}, and at most {PLACES} digits \
         stand behind the point"
    )
}

/// The digits as a whole number, and how many of them stand behind the point; `None` of what does not fit.
fn scaled(written: &str) -> Option<(u128, u32)> {
    let (number, exponent) = written.split_once(['e', 'E']).unwrap_or((written, "0"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}").parse::<u128>().ok()?;
    let places = i32::try_from(fraction.len()).ok()?.checked_sub(exponent.parse().ok()?)?;
    let digits = digits.checked_mul(10_u128.checked_pow(places.min(0).unsigned_abs())?)?;
    (digits <= GREATEST && places <= PLACES).then_some((digits, places.max(0).unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> std::result::Result<(bool, u128, u32), String> {
        let number = syn::parse_str::<Number>(text).map_err(|error| error.to_string())?;
        Ok((number.negative, number.digits, number.places))
    }

    #[test]
    fn digits_and_places_are_those_that_are_written() {
        assert_eq!(number("9.99"), Ok((false, 999, 2)));
        assert_eq!(number("-1_000.50"), Ok((true, 100_050, 2)));
        assert_eq!(number("7"), Ok((false, 7, 0)));
        assert_eq!(number("7."), Ok((false, 7, 0)));
        assert_eq!(number("0xff"), Ok((false, 255, 0)));
        assert_eq!(number("-0.0"), Ok((false, 0, 1)));
        assert_eq!(number("1.5e3"), Ok((false, 1_500, 0)));
        assert_eq!(number("-12e-6"), Ok((true, 12, 6)));
        assert_eq!(number("1.50E+1"), Ok((false, 150, 1)));
    }

    #[test]
    fn the_greatest_and_the_finest_fit_and_no_more() {
        assert_eq!(number("79228162514264337593543950335"), Ok((false, GREATEST, 0)));
        assert_eq!(number("-7.9228162514264337593543950335"), Ok((true, GREATEST, 28)));
        assert_eq!(number("1e-28"), Ok((false, 1, 28)));
        assert_eq!(number("1e28"), Ok((false, 10_u128.pow(28), 0)));
        let refused =
            ["79228162514264337593543950336", "1e29", "1e-29", "1e99999999999", "1e-99999999999", "1e2147483647"];
        for text in refused {
            number(text).expect_err(text);
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", "price", "1 + 2", "\"9.99\"", "1.5f64", "+1", "--1", "true"] {
            number(text).expect_err(text);
        }
    }
}
