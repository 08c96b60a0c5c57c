//! The columns of a key, in the DETAIL of PostgreSQL's errors, in any language of the server: `Key (a, b)=(1, 2) already exists.`

/// The names of a UNIQUE or EXCLUDE (access/index/genam.c, `BuildIndexValueDescription`): a name that is not plain stands in quotes,
/// those in it doubled; what an index computes is the text of an expression.
pub(super) fn quoted(detail: &str) -> Vec<String> {
    let Some((_, mut rest)) = detail.split_once('(') else { return Vec::new() };
    let mut names = Vec::new();
    while let Some((text, behind)) = end(rest).map(|at| rest.split_at(at)) {
        names.push(name(text));
        match behind.strip_prefix(", ") {
            Some(more) => rest = more,
            None if behind.starts_with(")=(") => return names,
            None => break,
        }
    }
    Vec::new()
}

/// Where a name or an expression ends: a comma or parenthesis that is none of its own.
fn end(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0, None);
    let mut ends = text.char_indices().filter(|(_, character)| {
        match (character, quote) {
            // A doubled one ends a quote and begins the next.
            (character, Some(open)) if *character == open => quote = None,
            ('"' | '\'', None) => quote = Some(*character),
            (',' | ')', None) if depth == 0 => return true,
            ('(', None) => depth += 1,
            (')', None) => depth -= 1,
            _ => {}
        }
        false
    });
    ends.next().map(|(at, _)| at)
}

/// A name without its quotes, or an expression as it is.
fn name(text: &str) -> String {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.replace("\"\"", "").contains('"') => inner.replace("\"\"", "\""),
        _ => text.to_owned(),
    }
}

/// The names of a FOREIGN KEY (utils/adt/ri_triggers.c, `ri_ReportViolation`), which are written as they are: of two names and one
/// with a comma the text is the same, and who knows the table tells them apart.
pub(super) fn bare(detail: &str) -> Vec<String> {
    let names = detail.split_once('(').and_then(|(_, rest)| rest.split_once(")=("));
    names.map_or_else(Vec::new, |(names, _)| names.split(", ").map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::{bare, quoted};

    #[test]
    fn columns_of_a_key() {
        assert_eq!(quoted("Key (id)=(1) already exists."), ["id"]);
        assert_eq!(quoted("Schlüssel »(id)=(1)« existiert bereits."), ["id"]);
        assert_eq!(quoted("Key (a, \"B c\")=(x, y)=(z) already exists."), ["a", "B c"]);
        assert_eq!(quoted("Key (lower(name), id)=(x, 1) already exists."), ["lower(name)", "id"]);
        assert_eq!(
            quoted("Key ((a || '), \"'::text), \"a\" \"b\")=(x) already …"),
            ["(a || '), \"'::text)", "\"a\" \"b\""]
        );
        let odd = r#"Key ("size(mm)", "Preis, EUR", "c.d", "it's ""x`y", ")=(")=(1, 2, 3, 4, 5) already exists."#;
        assert_eq!(quoted(odd), ["size(mm)", "Preis, EUR", "c.d", "it's \"x`y", ")=("]);
        assert!(quoted("Failing row contains (1, x).").is_empty());
        assert!(quoted("Key (a").is_empty());
        assert_eq!(bare("Key (size(mm), it's \"x)=(1, 2) is not present in table \"t\"."), ["size(mm)", "it's \"x"]);
        assert!(bare("Failing row contains (1, x).").is_empty());
    }
}
