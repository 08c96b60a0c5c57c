//! Documents in columns of others. The server keeps numbers that no float has, and more levels than are read: both are errors
//! of a path with `double()`, which arrays and objects do not have, nor numbers past the range of a float.

macro_rules! if_read {
    ($then:literal) => {
        concat!(
            "(CASE WHEN jsonb_path_exists(CAST({0} AS JSONB), ",
            r#"'strict $.**{{}127} ? (@.type() == "array" || @.type() == "object").double()') "#,
            r#"OR jsonb_path_exists(CAST({0} AS JSONB), 'strict $.** ? (@.type() == "number").double()') THEN "#,
            $then,
            " ELSE ",
            $then,
            " END)"
        )
    };
}

/// The condition that fails unless a document is read.
pub(super) const IS_READ: &str = if_read!("TRUE");

/// The document itself, with the same error.
pub(super) const READ: &str = if_read!("{0}");
