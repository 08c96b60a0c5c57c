//! The models with Dormouse.

use std::path::{Path, PathBuf};

use super::Crate;

/// The crate of models for the Dormouse in a directory.
pub fn models(title: String, dormouse: &Path, directory: PathBuf) -> Crate {
    let dependencies = format!("chrono = \"0.4\"\ndormouse = {{ path = {dormouse:?} }}\n");
    Crate { title, directory, lock: dormouse.to_owned(), dependencies, model }
}

fn model(number: usize) -> String {
    let last = if number.is_multiple_of(2) {
        let next = number + 1;
        format!(
            "    pub size: i64,
    #[related(parent)]
    pub children: HasMany<super::model_{next}::Model{next}>,"
        )
    } else {
        let before = number - 1;
        format!(
            "    #[field(on_delete = Cascade)]
    pub parent: ForeignKey<super::model_{before}::Model{before}>,"
        )
    };
    format!(
        "use chrono::{{DateTime, Utc}};
use dormouse::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Model{number} {{
    pub id: i64,
    #[field(unique, max_length = 20)]
    pub code: String,
    #[field(max_length = 100)]
    pub name: String,
    #[field(max_length = 500)]
    pub note: Option<String>,
    pub count: i32,
    pub rating: Option<f64>,
    #[field(max_digits = 10, decimal_places = 2)]
    pub price: Decimal,
    pub active: bool,
    pub created: DateTime<Utc>,
{last}
}}

pub fn found(name: &str) -> QuerySet<Model{number}> {{
    Model{number}::objects().filter(|m| m.name.contains(name) & m.count.gt(10)).order_by(|m| m.price.desc()).limit(20)
}}
"
    )
}
