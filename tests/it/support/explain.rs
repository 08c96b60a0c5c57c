//! Which index a database uses: tables with many rows, made at once, and plans as text.

use dormouse::{Action, Database, Result};

/// What a column of a made row holds; `n` is the number of the row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content {
    /// `n`.
    Number,
    /// `n % of`: as many rows for each number.
    Share(u32),
    /// `w` and seven digits: texts in the order of the rows.
    Word,
    /// Seven digits of `n % of`, after a `w`.
    SharedWord(u32),
    /// An SQL literal or expression, the same for all rows.
    Same(&'static str),
}

/// Fills a table with so many rows, numbered from 1, and has the database count what is in it.
pub(crate) async fn fill_up(db: &Database, table: &str, rows: u32, columns: &[(&str, Content)]) -> Result<()> {
    let product = db.server().product;
    let quote = if matches!(product, "MariaDB" | "MySQL") { '`' } else { '"' };
    let names: Vec<String> = columns.iter().map(|(name, _)| format!("{quote}{name}{quote}")).collect();
    let cells: Vec<String> = columns.iter().map(|(_, content)| cell(*content, product)).collect();
    let (names, cells) = (names.join(", "), cells.join(", "));
    let table = format!("{quote}{table}{quote}");
    let (numbers, analyze) = match product {
        "SQLite" => (
            format!(
                "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {rows}) SELECT {cells} FROM r"
            ),
            "ANALYZE".to_owned(),
        ),
        "PostgreSQL" => (format!("SELECT {cells} FROM generate_series(1, {rows}) AS r(n)"), format!("ANALYZE {table}")),
        _ => (
            format!("SELECT {cells} FROM (SELECT seq AS n FROM seq_1_to_{rows}) AS r"),
            format!("ANALYZE TABLE {table} PERSISTENT FOR ALL"),
        ),
    };
    db.execute_sql(format!("INSERT INTO {table} ({names}) {numbers}")).await?;
    db.execute_sql(analyze).await.map(drop)
}

fn cell(content: Content, product: &str) -> String {
    let word = |number: &str| match product {
        "SQLite" => format!("printf('w%07d', {number})"),
        "PostgreSQL" => format!("'w' || lpad(CAST({number} AS TEXT), 7, '0')"),
        _ => format!("CONCAT('w', LPAD({number}, 7, '0'))"),
    };
    match content {
        Content::Number => "n".to_owned(),
        Content::Share(of) => format!("n % {of}"),
        Content::Word => word("n"),
        Content::SharedWord(of) => word(&format!("n % {of}")),
        Content::Same(expression) => expression.to_owned(),
    }
}

/// Fails unless the plan that a database tells of a query (by `aexplain`) uses an index, by its name; the primary key is
/// `PRIMARY` on MariaDB, `<table>_pkey` on PostgreSQL and `sqlite_autoindex_<table>_1` or `PRIMARY KEY` on SQLite.
pub(crate) async fn check_index(db: &Database, index: &str, plan: Action<String>) -> Result<()> {
    let plan = plan.await?;
    let shown: String = plan.chars().take(2_000).collect();
    assert!(uses_index(db, &plan, index), "`{index}` is not used by {}:\n{shown}", db.server().product);
    Ok(())
}

/// Tells whether a plan uses an index.
pub(crate) fn uses_index(db: &Database, plan: &str, index: &str) -> bool {
    let uses = |line: &str| {
        let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.filter(|word| *word == index).count()
    };
    match db.server().product {
        // What might be found by an index is named before what is used; an index that is read as a whole stands alone.
        "MariaDB" | "MySQL" => plan.lines().any(|line| uses(line) >= if line.contains(" index ") { 1 } else { 2 }),
        _ if index.contains(' ') => plan.contains(index),
        _ => plan.lines().any(|line| uses(line) >= 1),
    }
}
