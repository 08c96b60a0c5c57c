//! The columns of a model with flattened structs, found by the compiler.

use super::FieldDef;

/// The columns of a model: its own, then those of each flattened struct.
///
/// # Panics
/// In the compiler, if two have the same name, or the same column.
#[track_caller]
pub const fn concat<const N: usize>(parts: &[&[FieldDef]]) -> [FieldDef; N] {
    let mut fields = [FieldDef::PLAIN; N];
    let (mut count, mut part) = (0, 0);
    while part < parts.len() {
        let mut index = 0;
        while index < parts[part].len() {
            let field = parts[part][index];
            distinct(&fields, count, &field);
            fields[count] = field;
            (count, index) = (count + 1, index + 1);
        }
        part += 1;
    }
    fields
}

/// The index of the field of a name.
///
/// # Panics
/// In the compiler, if there is none.
#[track_caller]
pub const fn place(fields: &[FieldDef], name: &str) -> usize {
    let mut index = 0;
    while index < fields.len() {
        if same(fields[index].name, name) {
            return index;
        }
        index += 1;
    }
    refuse(&["neither the model nor a struct flattened into it has a field `", name, "`"])
}

#[track_caller]
const fn distinct(fields: &[FieldDef], count: usize, new: &FieldDef) {
    let mut index = 0;
    while index < count {
        if same(fields[index].name, new.name) {
            refuse(&["the model has two fields `", new.name, "`: its own, or those of flattened structs"]);
        }
        if same(fields[index].column, new.column) {
            refuse(&["the model has two columns `", new.column, "`: its own, or those of flattened structs"]);
        }
        index += 1;
    }
}

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Stops the compiler with a message. (There it cannot be formatted, so it is put together by hand.)
#[track_caller]
const fn refuse(parts: &[&str]) -> ! {
    let mut text = [0; 400];
    let (mut length, mut part) = (0, 0);
    while part < parts.len() {
        let bytes = parts[part].as_bytes();
        let mut index = 0;
        while index < bytes.len() && length < text.len() {
            text[length] = bytes[index];
            (length, index) = (length + 1, index + 1);
        }
        part += 1;
    }
    match str::from_utf8(text.split_at(length).0) {
        Ok(message) => panic!("{}", message),
        Err(_) => panic!("a name in the model is too long"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: FieldDef = FieldDef::of::<i64>("id", "id");
    const NAME: FieldDef = FieldDef::of::<String>("name", "Name");

    #[test]
    fn columns_follow_each_other_and_are_found_by_name() {
        const FIELDS: [FieldDef; 2] = concat(&[&[ID], &[], &[NAME]]);
        assert_eq!(FIELDS.map(|field| field.column), ["id", "Name"]);
        const PLACE: usize = place(&FIELDS, "name");
        assert_eq!(PLACE, 1);
    }

    #[test]
    #[should_panic(expected = "the model has two fields `id`")]
    fn two_fields_of_a_name_are_refused() {
        concat::<2>(&[&[ID], &[FieldDef { column: "other", ..ID }]]);
    }

    #[test]
    #[should_panic(expected = "the model has two columns `id`")]
    fn two_columns_of_a_name_are_refused() {
        concat::<2>(&[&[ID], &[FieldDef { name: "other", ..ID }]]);
    }

    #[test]
    #[should_panic(expected = "has a field `naem`")]
    fn a_field_that_is_not_there_is_named() {
        place(&[ID, NAME], "naem");
    }
}
