//! The digits of numbers in JSON: whether they are read as they are written.

/// The longest number without an exponent that is read as it is written, whatever its digits.
const SHORT: usize = 15;

/// The most digits that a float of 64 bits has, all of them written.
const MOST_OF_A_FLOAT: usize = 767;

/// An exponent that no number has which is read, and with which can be computed.
const FAR: i64 = i64::MAX / 2;

/// Whether no number in a document is read as another one: with more digits than a float keeps, or an integer past 64 bits.
pub(super) fn are_kept(document: &str) -> bool {
    numbers(document).all(is_kept)
}

/// Whether no number in a document loses anything when it is read: a float may be printed with more digits than it needs.
pub(super) fn are_read(document: &str) -> bool {
    numbers(document).all(|number| is_kept(number) || is_printed_float(number))
}

/// The numbers of a document that is one.
fn numbers(document: &str) -> impl Iterator<Item = &str> {
    let mut rest = document;
    std::iter::from_fn(move || {
        loop {
            let start = rest.bytes().position(|byte| matches!(byte, b'"' | b'-' | b'0'..=b'9'))?;
            rest = &rest[start..];
            if let Some(inside) = rest.strip_prefix('"') {
                rest = behind_string(inside);
                continue;
            }
            let end = rest.bytes().position(|byte| !matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'));
            let (number, behind) = rest.split_at(end.unwrap_or(rest.len()));
            rest = behind;
            return Some(number);
        }
    })
}

/// What follows the quote that ends a string: one behind an even number of backslashes.
fn behind_string(inside: &str) -> &str {
    let mut from = 0;
    while let Some(quote) = inside[from..].find('"').map(|quote| from + quote) {
        let escapes = inside[..quote].bytes().rev().take_while(|byte| *byte == b'\\').count();
        if escapes.is_multiple_of(2) {
            return &inside[quote + 1..];
        }
        from = quote + 1;
    }
    ""
}

fn is_kept(number: &str) -> bool {
    let is_short = number.len() <= SHORT && !number.contains(['e', 'E']);
    let read = || serde_json::from_str::<serde_json::Number>(number).map(|read| read.to_string());
    is_short || read().is_ok_and(|read| read == number || Digits::of(&read) == Digits::of(number))
}

/// Whether the digits are those of a float, as many of them as were asked for: `0.10000000000000001`, as some programs print
/// 0.1.
fn is_printed_float(number: &str) -> bool {
    if !number.contains(['.', 'e', 'E']) {
        return false;
    }
    let digits = Digits::of(number);
    if digits.digits.len() > MOST_OF_A_FLOAT {
        return false;
    }
    let float = number.parse::<f64>().ok().filter(|float| float.is_finite());
    let printed = |float: f64| format!("{float:.*e}", digits.digits.len().saturating_sub(1));
    float.is_some_and(|float| Digits::of(&printed(float)) == digits)
}

/// A number as its digits, without zeros at either end, and the place of the point: equal for equal numbers.
#[derive(Debug, PartialEq, Eq)]
struct Digits {
    negative: bool,
    digits: String,
    point: i64,
}

impl Digits {
    fn of(number: &str) -> Self {
        let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let whole = whole.trim_start_matches('-');
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0');
        if digits.is_empty() {
            return Self { negative: false, digits: String::new(), point: 0 };
        }
        let zeros = all.len() - digits.len();
        let exponent = exponent.parse().unwrap_or(FAR).clamp(-FAR, FAR);
        let point = exponent + whole.len() as i64 - zeros as i64;
        Self { negative: number.starts_with('-'), digits: digits.trim_end_matches('0').to_owned(), point }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_outside_of_texts() {
        let document = r#"{"1": [-2.5e3, "3\"4\\", 5], "é\u00306": {"x": 7}} "#;
        assert_eq!(numbers(document).collect::<Vec<_>>(), ["-2.5e3", "5", "7"]);
        assert_eq!(numbers("\"\\\\\" 8").collect::<Vec<_>>(), ["8"]);
        assert_eq!(numbers("12").collect::<Vec<_>>(), ["12"]);
        assert_eq!(numbers("true").count(), 0);
    }

    #[test]
    fn what_is_read_is_what_is_written() {
        for kept in [
            "0",
            "-0.0",
            "-0e7",
            "1.0",
            "10E-1",
            "0.1",
            "0.30000000000000004",
            "1.7976931348623157e308",
            "5e-324",
            "18446744073709551615",
            "-9223372036854775808",
            "9007199254740993",
            "1e23",
            "100000000000000000000000",
            "1.00000000000000000000",
            "0.00000000000000000000000000000000001",
            "0e-999999999999999999999",
        ] {
            assert!(are_kept(kept), "{kept}");
        }
        for other in [
            "1.00000000000000000001",
            "0.1000000000000000055511151231257827",
            "0.10000000000000001",
            "18446744073709551616",
            "-9223372036854775809",
            "9007199254740993.0",
            "3e-324",
            "1e-400",
            "1e400",
            "1e99999999999999999999",
        ] {
            assert!(!are_kept(other), "{other}");
        }
        assert!(!are_kept(r#"{"a": [1, 0.1, 0.10000000000000001, 2]}"#));
    }

    /// Whatever a server or file holds, it is told: the exponents and lengths at which sums and formats end.
    #[test]
    fn exponents_and_lengths_without_end_are_told() {
        let long = "1".repeat(70_000);
        for number in [
            "1e9223372036854775807",
            "0.001e-9223372036854775808",
            "123e-9223372036854775808",
            &format!("0.{long}"),
            &format!("{long}.5"),
            &format!("1.{long}e-300"),
        ] {
            assert!(!are_kept(number) && !are_read(number), "{}", &number[..20]);
        }
    }

    #[test]
    fn floats_are_read_in_any_number_of_digits() {
        for read in [
            "0.1",
            "0.10000000000000001",
            "0.1000000000000000055511151231257827",
            "[0.30000000000000004441, 2]",
            "-2.0E-3",
        ] {
            assert!(are_read(read), "{read}");
        }
        for other in
            ["1.00000000000000000001", "18446744073709551616", "9007199254740993.0", "3e-324", "1e400", "-1e-400"]
        {
            assert!(!are_read(other), "{other}");
        }
    }
}
