//! What a model's own rules refuse, field by field.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

/// What the rules of a model refuse, by field, as Django's `ValidationError.message_dict`. It serializes as a map of the messages, for
/// forms and APIs.
///
/// ```
/// # use orm_core::error::{ValidationErrors, ValueLimit};
/// let mut errors = ValidationErrors::default();
/// errors.add("title", ValueLimit::Characters { most: 20 });
/// errors.add("title", "this title is taken");
/// let shown = r#"{"title":["at most 20 characters are allowed","this title is taken"]}"#;
/// assert_eq!(serde_json::to_string(&errors)?, shown);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValidationErrors {
    /// Name of the model, if it is one's own rules that refuse.
    pub model: Option<&'static str>,
    /// What is refused, by name of the field.
    pub fields: BTreeMap<String, Vec<ValueLimit>>,
}

impl ValidationErrors {
    /// Adds what is refused of a field: a limit, or a message.
    pub fn add(&mut self, field: impl Into<String>, limit: impl Into<ValueLimit>) {
        self.fields.entry(field.into()).or_default().push(limit.into());
    }

    /// Tells whether nothing was refused.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl fmt::Display for ValidationErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.model {
            Some(model) => write!(f, "validation of `{model}` failed")?,
            None => f.write_str("validation failed")?,
        }
        for (index, (field, limits)) in self.fields.iter().enumerate() {
            let messages: Vec<String> = limits.iter().map(ToString::to_string).collect();
            write!(f, "{} {field}: {}", if index == 0 { ":" } else { ";" }, messages.join(", "))?;
        }
        Ok(())
    }
}

impl Serialize for ValidationErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.fields.serialize(serializer)
    }
}

/// What a column takes, of a value that is past it. Each is refused before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueLimit {
    /// A text of `max_length`. Cure: a shorter text, or a greater `max_length`.
    #[error("at most {most} characters are allowed")]
    Characters {
        /// How many characters there may be.
        most: u32,
    },
    /// Bytes of `max_length`. Cure: fewer bytes, or a greater `max_length`.
    #[error("at most {most} bytes are allowed")]
    Bytes {
        /// How many bytes there may be.
        most: u32,
    },
    /// A decimal of `max_digits` and `decimal_places`. Cure: a smaller number, or greater `max_digits`.
    #[error("at most {most} digits before the point are allowed")]
    WholeDigits {
        /// How many digits there may be before the point.
        most: u32,
    },
    /// A number of `decimal_places`, or of fewer that a table of others keeps. Cure: round it.
    #[error("{}", places(*most))]
    DecimalPlaces {
        /// How many places there may be; below zero: so many zeros are at the end.
        most: i64,
    },
    /// A time or moment in a column that keeps fewer places of a second than it has. Cure: cut it.
    #[error("{}", seconds(*most))]
    SecondPlaces {
        /// How many places of a second there may be.
        most: u16,
    },
    /// A number in a column of floats that would give it back as another. Cure: round it, or another type for the column.
    #[error("only numbers that a float of {bits} bits keeps are allowed")]
    Float {
        /// The bits of the column.
        bits: u8,
    },
    /// Another limit, or a message of the program.
    #[error("{0}")]
    Other(String),
}

impl From<String> for ValueLimit {
    fn from(message: String) -> Self {
        Self::Other(message)
    }
}

impl From<&str> for ValueLimit {
    fn from(message: &str) -> Self {
        Self::Other(message.to_owned())
    }
}

impl Serialize for ValueLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn places(most: i64) -> String {
    match most {
        0 => "only whole numbers are allowed".to_owned(),
        1.. => format!("at most {most} decimal places are allowed"),
        _ => format!("only numbers that end in {} zeros are allowed", most.unsigned_abs()),
    }
}

fn seconds(most: u16) -> String {
    match most {
        0 => "only whole seconds are allowed".to_owned(),
        most => format!("at most {most} decimal places of a second are allowed"),
    }
}
