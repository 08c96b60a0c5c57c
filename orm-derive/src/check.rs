//! What a model may not say: rules that concern more than one word of it.

use std::collections::BTreeMap;

use syn::{Ident, LitInt};

use crate::diag::Faults;
use crate::ir::{Column, Flattened, Model, Relation};
use crate::naming;
use crate::parse::{Class, Written};

/// Names that a draft's own methods have: a setter of that name would hide the method.
const DRAFT_METHODS: &[&str] = &["afull_clean", "asave", "clone", "full_clean", "into_draft", "save", "using"];

/// At most so many columns make a primary key.
pub(crate) const KEY_COLUMNS: usize = 4;

pub(crate) fn check(model: &Model, faults: &mut Faults) {
    for column in &model.columns {
        name(column, model, faults);
        options(column, faults);
        numbers(column, faults);
        filled(column, model, faults);
        deletion(column, faults);
        no_relation_options(column, faults);
    }
    for relation in &model.relations {
        many(relation, faults);
        handle(relation, faults);
    }
    for flattened in &model.flattened {
        flatten(flattened, faults);
    }
    key(model, faults);
    distinct(model, faults);
    constraints(model, faults);
}

/// What shared columns may not say beside that.
pub(crate) fn check_columns(model: &Model, faults: &mut Faults) {
    for column in &model.columns {
        name(column, model, faults);
        options(column, faults);
        numbers(column, faults);
        filled(column, model, faults);
        deletion(column, faults);
        no_relation_options(column, faults);
        for (option, why) in [
            ("primary_key", "the primary key stands in the model itself"),
            ("auto", "only a primary key is numbered, and that stands in the model itself"),
            ("generated", "a computed column stands in the model itself: its expression is about the model's row"),
        ] {
            if let Some(place) = column.options.place(option) {
                faults.at(place, why);
            }
        }
    }
    for relation in &model.relations {
        faults.at(&relation.ident, "a relation to many rows has no column to share: it stands in the model itself");
    }
    for flattened in &model.flattened {
        let message = "a struct of shared columns holds no other; flatten both into the model";
        faults.at(&flattened.options.given["flatten"], message);
    }
    if model.columns.is_empty() && faults.is_empty() {
        faults.at(&model.ident, "a struct without columns shares nothing");
    }
    distinct(model, faults);
}

/// The names of handles and setters beside those that every model has.
fn name(column: &Column, model: &Model, faults: &mut Faults) {
    let own_key = column.key && model.key.len() == 1;
    let mend = format!(", column = \"{}\"", naming::plain(&column.ident));
    free_name(&column.name, own_key, &mend, faults);
}

/// Reports a name that is taken; `mend` is what else an attribute with another name must say.
fn free_name(name: &Ident, own_key: bool, mend: &str, faults: &mut Faults) {
    let plain = naming::plain(name);
    let taken = if plain == "pk" && !own_key {
        "the handle of the primary key"
    } else if DRAFT_METHODS.contains(&plain.as_str()) {
        "a method of new rows"
    } else if plain.starts_with("__") {
        "kept for generated code"
    } else {
        return;
    };
    let message = format!(
        "`{plain}` is {taken}; give handle and setter another name: `#[field(name = \"its_{}\"{mend})]`",
        plain.trim_start_matches('_')
    );
    faults.at(name, message);
}

/// A flattened struct says all of its columns itself.
fn flatten(flattened: &Flattened, faults: &mut Faults) {
    free_name(&flattened.name, false, ", flatten", faults);
    let other = flattened.options.given.iter().filter(|(option, _)| !["flatten", "name"].contains(&option.as_str()));
    for (option, place) in other {
        faults.at(place, format_args!("`{option}` has no meaning for a flattened struct: its own fields say it"));
    }
    if let Some(attribute) = &flattened.related.attribute {
        faults.at(attribute, "`#[related(…)]` is for `HasMany` and `ManyToMany`, not for shared columns");
    }
}

/// Options that have no meaning for the field's type.
fn options(column: &Column, faults: &mut Faults) {
    let class = match &column.written {
        Written::Plain { class, .. } => *class,
        _ => return relation_options(column, faults),
    };
    for (option, classes, what) in [
        ("max_length", &[Class::Text, Class::Bytes][..], "text and bytes"),
        ("min_length", &[Class::Text, Class::Bytes], "text and bytes"),
        ("blank", &[Class::Text], "text"),
        ("regex", &[Class::Text], "text"),
        ("email", &[Class::Text], "text"),
        ("url", &[Class::Text], "text"),
        ("collation", &[Class::Text], "text"),
        ("max_digits", &[Class::Decimal], "`Decimal`"),
        ("decimal_places", &[Class::Decimal], "`Decimal`"),
        ("min", &[Class::Integer, Class::Float, Class::Decimal], "numbers"),
        ("max", &[Class::Integer, Class::Float, Class::Decimal], "numbers"),
        ("auto", &[Class::Integer], "integers"),
        ("auto_now", &[Class::Date], "dates and times"),
        ("auto_now_add", &[Class::Date], "dates and times"),
        ("on_delete", &[], "`ForeignKey` and `OneToOne`"),
    ] {
        let fits = classes.contains(&class) || (class == Class::Unknown && option != "on_delete");
        if let Some(place) = column.options.place(option).filter(|_| !fits) {
            faults.at(place, format_args!("`{option}` is for {what}"));
        }
    }
}

fn relation_options(column: &Column, faults: &mut Faults) {
    let textual = ["max_length", "min_length", "blank", "regex", "email", "url", "collation"];
    let other = ["max_digits", "decimal_places", "min", "max", "auto", "auto_now", "auto_now_add", "generated"];
    for option in textual.iter().chain(&other) {
        if let Some(place) = column.options.place(option) {
            faults.at(
                place,
                format_args!("`{option}` has no meaning for a relation: the key's own model says what it may be"),
            );
        }
    }
}

fn numbers(column: &Column, faults: &mut Faults) {
    let options = &column.options;
    let value = |number: &Option<LitInt>| number.as_ref().and_then(|number| number.base10_parse::<u32>().ok());
    if let (Some(least), Some(most)) = (value(&options.min_length), value(&options.max_length))
        && least > most
    {
        faults.at(&options.place("min_length"), "`min_length` is greater than `max_length`");
    }
    if !matches!(column.written, Written::Plain { class: Class::Decimal | Class::Unknown, .. }) {
        return;
    }
    match (value(&options.max_digits), value(&options.decimal_places)) {
        (Some(digits), Some(places)) if places > digits => {
            faults.at(
                &options.place("decimal_places"),
                "`decimal_places` are among the `max_digits`, so there cannot be more",
            );
        }
        (Some(_), None) => faults.at(&options.place("max_digits"), "`max_digits` needs `decimal_places` beside it"),
        (None, Some(_)) => faults.at(&options.place("decimal_places"), "`decimal_places` needs `max_digits` beside it"),
        _ => {}
    }
}

/// Who gives the value of a new row: one of them only.
fn filled(column: &Column, model: &Model, faults: &mut Faults) {
    let options = &column.options;
    let sources = ["auto", "default", "auto_now", "auto_now_add", "generated"];
    let given: Vec<_> = sources
        .iter()
        .filter(|&&source| source != "auto" || column.auto)
        .filter_map(|source| options.place(source))
        .collect();
    if let [first, second, ..] = &*given {
        faults.at(second, format_args!("the value of a new row already comes from `{first}`"));
    }
    let only_key = column.key && model.key.len() == 1;
    if column.auto && !only_key {
        faults.at(
            &options.place("auto"),
            "`auto` is for a primary key of one column: databases number rows by that only",
        );
    }
}

fn deletion(column: &Column, faults: &mut Faults) {
    let Written::Key { nullable, .. } = column.written else { return };
    let Some(on_delete) = &column.options.on_delete else {
        if column.options.place("on_delete").is_none() {
            let message = "say what happens to this row when the row it refers to is deleted: `#[field(on_delete = …)]` with `Cascade`, `Protect`, `Restrict`, `SetNull`, `SetDefault` or `DoNothing`";
            faults.at(&column.ty, message);
        }
        return;
    };
    let has_default = column.options.default.is_some() || column.options.db_default.is_some();
    if on_delete == "SetNull" && !nullable {
        faults.at(on_delete, "`SetNull` needs a key that may be NULL: wrap the type in `Option<…>`");
    }
    if on_delete == "SetDefault" && !has_default && !nullable {
        faults.at(on_delete, "`SetDefault` needs a `default = …` or `db_default = …`");
    }
}

fn no_relation_options(column: &Column, faults: &mut Faults) {
    if let Some(attribute) = &column.related.attribute {
        faults.at(attribute, "`#[related(…)]` is for `HasMany` and `ManyToMany`: this field has a column of its own");
    }
}

fn many(relation: &Relation, faults: &mut Faults) {
    if let Some(place) = relation.options.given.values().next() {
        faults.at(place, "a relation to many rows has no column, so it has no column options");
    }
    let related = &relation.related;
    let field = naming::plain(&relation.ident);
    if !relation.many_to_many && related.through.is_some() {
        faults.at(
            &related.attribute,
            "`through` is for `ManyToMany`: the rows of a `HasMany` refer to this model themselves",
        );
    } else if !relation.many_to_many && related.field.is_none() && related.attribute.is_none() {
        let message = format!(
            "say by which of its fields the other model refers to this one: `#[related(author)] {field}: HasMany<…>`"
        );
        faults.at(&relation.ident, message);
    }
}

/// A relation has a handle too, but nothing that could give it another name.
fn handle(relation: &Relation, faults: &mut Faults) {
    let plain = naming::plain(&relation.ident);
    if plain == "pk" || plain.starts_with("__") {
        let message = format!("a handle cannot have the name `{plain}`; call the relation something else");
        faults.at(&relation.ident, message);
    }
}

fn key(model: &Model, faults: &mut Faults) {
    for &index in &model.key {
        let column = &model.columns[index];
        if column.written.nullable() {
            faults.at(&column.ty, "a primary key cannot be NULL: leave the `Option` out");
        }
    }
    if let Some(&extra) = model.key.get(KEY_COLUMNS) {
        faults.at(&model.columns[extra].ident, format_args!("a primary key has at most {KEY_COLUMNS} columns"));
    }
}

/// Columns and handles of one name.
fn distinct(model: &Model, faults: &mut Faults) {
    let mut columns = BTreeMap::new();
    let mut names = BTreeMap::new();
    for column in &model.columns {
        if let Some(first) = columns.insert(column.column.as_str(), &column.ident) {
            faults.at(&column.ident, format_args!("`{first}` has the column `{}` already", column.column));
        } else if let Some(first) = names.insert(column.plain_name(), &column.ident) {
            faults.at(&column.name, format_args!("`{first}` has the name `{}` already", column.name));
        }
    }
    let flattened = model.flattened.iter().map(|Flattened { ident, name, .. }| (ident, name));
    let relations = model.relations.iter().map(|Relation { ident, .. }| (ident, ident));
    for (ident, name) in flattened.chain(relations) {
        if let Some(first) = names.insert(naming::plain(name), ident) {
            faults.at(name, format_args!("`{first}` has the name `{name}` already"));
        }
    }
}

fn constraints(model: &Model, faults: &mut Faults) {
    let mut names = BTreeMap::new();
    let uniques = model.uniques.iter().map(|unique| (&unique.written.place, &unique.written.on));
    let indexes = model.indexes.iter().map(|index| (&index.written.place, &index.written.on));
    for (place, on) in uniques.chain(indexes) {
        if on.fields.is_empty() == on.expressions.is_none() {
            faults.at(place, "name the fields, or give expressions with `on = |row| …`");
        }
        match &on.name {
            Some(name) if names.insert(name.value(), ()).is_some() => faults.at(name, "this name is given twice"),
            None if on.condition.is_some() || on.expressions.is_some() => {
                let what = if on.condition.is_some() { "with a condition" } else { "of expressions" };
                faults.at(place, format_args!("`{place}` {what} needs a name: `name = \"…\"`"));
            }
            _ => {}
        }
    }
    for (name, condition) in &model.checks {
        if names.insert(name.clone(), ()).is_some() {
            faults.at(condition, format_args!("the name `{name}` is given twice"));
        }
    }
}
