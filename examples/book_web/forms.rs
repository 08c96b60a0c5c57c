//! The book form: what was typed, whether it can be a book, and the messages beside the fields.

use std::collections::BTreeMap;

use dormouse::prelude::*;
use garde::Validate;
use serde::Deserialize;

use super::models::Book;

/// A form as it was sent. Everything is text, so that whatever was typed can be shown again.
#[derive(Debug, Clone, Default, Deserialize, Validate)]
#[serde(default)]
pub(crate) struct BookForm {
    #[garde(custom(check(|typed| required(typed, "a title", 300))))]
    title: String,
    #[garde(custom(check(|typed| required(typed, "an author", 200))))]
    author: String,
    #[garde(custom(check(read_year)))]
    year: String,
    #[garde(custom(check(read_price)))]
    price: String,
    #[garde(custom(check(read_isbn)))]
    isbn: String,
    #[garde(custom(check(|typed| optional(typed, 16))))]
    language: String,
    /// Ticked when the reader was told that the title is known, and means another book.
    #[garde(skip)]
    same_title: String,
}

/// The same form once every field makes sense.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) year: Option<i32>,
    pub(crate) price: Option<Decimal>,
    pub(crate) isbn: Option<String>,
    pub(crate) language: Option<String>,
}

impl BookForm {
    /// The form with the values of a book in it.
    pub(crate) fn of(book: &Book) -> Self {
        Self {
            title: book.title.clone(),
            author: book.author_name().to_owned(),
            year: book.year.map(|year| year.to_string()).unwrap_or_default(),
            price: book.price.map(|price| format!("{price:.2}")).unwrap_or_default(),
            isbn: book.isbn.clone().unwrap_or_default(),
            language: book.language.clone().unwrap_or_default(),
            same_title: String::new(),
        }
    }

    /// What was typed into a field.
    pub(crate) fn typed(&self, field: &str) -> &str {
        match field {
            "title" => &self.title,
            "author" => &self.author,
            "year" => &self.year,
            "price" => &self.price,
            "isbn" => &self.isbn,
            "language" => &self.language,
            _ => "",
        }
    }

    /// Whether the reader says that this is another book with a known title.
    pub(crate) fn is_another_book(&self) -> bool {
        !self.same_title.is_empty()
    }

    /// The values, or all the messages at once. Asks no database.
    pub(crate) fn checked(&self) -> Result<Entry, Messages> {
        self.validate()?;
        Ok(Entry {
            title: required(&self.title, "a title", 300)?,
            author: required(&self.author, "an author", 200)?,
            year: read_year(&self.year)?,
            price: read_price(&self.price)?,
            isbn: read_isbn(&self.isbn)?,
            language: optional(&self.language, 16)?,
        })
    }
}

/// Messages by field.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Messages(BTreeMap<String, Vec<String>>);

/// The fields with their labels, in the order of the page.
const LABELS: [(&str, &str); 6] = [
    ("title", "Title"),
    ("author", "Author"),
    ("year", "Year"),
    ("price", "Price"),
    ("isbn", "ISBN"),
    ("language", "Language"),
];

impl Messages {
    /// One message beside one field.
    pub(crate) fn one(field: &str, message: impl Into<String>) -> Self {
        Self(BTreeMap::from([(field.to_owned(), vec![message.into()])]))
    }

    /// The messages of a field.
    pub(crate) fn of(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// The fields that have messages, with their labels.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        LABELS.into_iter().filter(|(field, _)| self.0.contains_key(*field))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<garde::Report> for Messages {
    fn from(report: garde::Report) -> Self {
        let mut messages = Self::default();
        for (path, error) in report.iter() {
            messages.0.entry(path.to_string()).or_default().push(error.message().to_owned());
        }
        messages
    }
}

impl From<garde::Error> for Messages {
    fn from(error: garde::Error) -> Self {
        Self::one("title", error.message())
    }
}

/// A validator for garde out of a function that reads the field, so that checking and reading can never disagree.
fn check<T>(read: impl Fn(&str) -> Result<T, garde::Error>) -> impl Fn(&String, &()) -> garde::Result {
    move |typed, ()| read(typed).map(drop)
}

fn refuse<T>(message: impl Into<String>) -> Result<T, garde::Error> {
    Err(garde::Error::new(message.into()))
}

fn optional(typed: &str, most: usize) -> Result<Option<String>, garde::Error> {
    let text = typed.trim_matches(is_blank);
    let length = text.chars().count();
    if length > most {
        return refuse(format!("At most {most} characters; these are {length}."));
    }
    if text.chars().any(char::is_control) {
        return refuse("There is a control character in it; type it without.");
    }
    Ok(Some(text.to_owned()).filter(|text| !text.chars().all(is_unseen)))
}

/// Characters that only take room, or none: at the ends of a text they are no part of it.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        )
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}')
        || matches!(c, '\u{3164}' | '\u{feff}' | '\u{ffa0}')
}

/// Characters that show nothing by themselves; some of them change how the one before looks.
fn is_unseen(c: char) -> bool {
    is_blank(c) || matches!(c, '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

fn required(typed: &str, what: &str, most: usize) -> Result<String, garde::Error> {
    match optional(typed, most)? {
        Some(text) => Ok(text),
        None if typed.trim().is_empty() => refuse(format!("A book needs {what}.")),
        None => refuse(format!("A book needs {what}; there is nothing to be seen in this one.")),
    }
}

fn read_year(typed: &str) -> Result<Option<i32>, garde::Error> {
    match typed.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(0) => refuse("There was no year 0: the year before 1 is -1."),
            Ok(year @ -3000..=2100) => Ok(Some(year)),
            Ok(_) => refuse("The year must be between -3000 and 2100."),
            Err(_) => refuse("The year must be a whole number, such as 1965 or -700."),
        },
    }
}

fn read_price(typed: &str) -> Result<Option<Decimal>, garde::Error> {
    let text = typed.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if !text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-')) {
        return refuse("The price must be an amount in digits, such as 9.99.");
    }
    match text.parse::<Decimal>() {
        Ok(price) if price.is_sign_negative() => refuse("The price cannot be negative."),
        Ok(price) if price.scale() > 2 => refuse("The price has cents at most: two digits after the point."),
        Ok(price) if price > dec!(999999.99) => refuse("The price can be 999999.99 at most."),
        Ok(price) => Ok(Some(price)),
        Err(_) => refuse("The price must be an amount in digits, such as 9.99."),
    }
}

fn read_isbn(typed: &str) -> Result<Option<String>, garde::Error> {
    let digits: String = typed.trim().to_uppercase().chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    match (digits.len(), digits.strip_suffix('X').unwrap_or(&digits)) {
        (0, _) => Ok(None),
        (10, body) if body.bytes().all(|b| b.is_ascii_digit()) => Ok(Some(digits)),
        (13, body) if body.len() == 13 && body.bytes().all(|b| b.is_ascii_digit()) => Ok(Some(digits)),
        _ => refuse("An ISBN has 10 or 13 digits; the last of 10 may be an X."),
    }
}
