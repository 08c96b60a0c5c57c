//! Case beyond ASCII, where SQLite's own `lower` and LIKE end; and the length of texts.

use rusqlite::functions::Context;
use rusqlite::{Connection, Result};

use super::scalar::{complain, scalar, text_of};
use crate::error::Error;

pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "dormouse_fold", 1, |context| Ok(text_of(context, 0)?.map(|text| fold(&text))))?;
    scalar(connection, "text_fit", 2, fit)
}

/// What a column of so many characters stores.
fn fit(context: &Context<'_>) -> Result<Option<String>> {
    let Some(text) = text_of(context, 0)? else { return Ok(None) };
    if text.chars().count() > context.get::<u32>(1)? as usize {
        let reason = "a text is longer than its column takes; shorten it, or raise the `max_length`";
        return Err(complain(Error::out_of_range(reason)));
    }
    Ok(Some(text.into_owned()))
}

/// Lower case, character by character, each of one by one: what is part of a text stays part of it, which the rule for a
/// final sigma in [`str::to_lowercase`] would break. (Only the dotted capital I is two characters in lower case, of which
/// the first is its simple lower case.)
fn fold(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.chars().filter_map(|c| c.to_lowercase().next()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn folding_keeps_parts_parts() {
        assert_eq!(fold("ÀÉ Straße ΟΔΟΣ"), "àé straße οδοσ");
        assert_eq!(fold("İI"), "ii");
        assert!(fold("ΟΔΟΣΑ").contains(&fold("ΟΔΟΣ")));
    }
}
