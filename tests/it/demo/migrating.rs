//! The migrations beside the demo.

use expect_test::expect_file;
use orm_core::compiler;
use orm_core::dialect::Dialect;
use orm_core::statement::Statement;

use super::*;
use crate::support::matrix;

matrix! {
    async fn the_first_migration_makes_the_tables_and_takes_them_away(db: &Database) -> Result<()> {
        let folder = match db.server().product {
            "SQLite" => "sqlite",
            "PostgreSQL" => "postgres",
            _ => "mysql",
        };
        let file = |direction: &str| {
            let path = format!("{}/migrations/{folder}/0001_initial.{direction}.sql", env!("CARGO_MANIFEST_DIR"));
            fs::read_to_string(path).map_err(dormouse::Error::other)
        };
        for statement in statements(&file("up")?) {
            db.execute_sql(statement).await?;
        }
        let site = Site::filled(db).await?;
        site.get("/").await.is(200).has("50 books");
        for statement in statements(&file("down")?) {
            db.execute_sql(statement).await?;
        }
        assert!(Author::objects().acount().await.is_err());
        // Nothing of them is left in the way.
        db.create_tables(dormouse::models![Author, Book, Credit]).await
    }
}

/// The migrations are kept in step with what `create_tables` emits. After a change of the models, `UPDATE_EXPECT=1`
/// writes them anew.
#[test]
fn the_first_migration_is_what_create_tables_emits() -> Result<()> {
    let tables = dormouse::exec::tables(&dormouse::models![Author, Book, Credit])?;
    for (dialect, up, down) in [
        (
            Dialect::of("SQLite")?,
            expect_file!["../../../migrations/sqlite/0001_initial.up.sql"],
            expect_file!["../../../migrations/sqlite/0001_initial.down.sql"],
        ),
        (
            Dialect::of("PostgreSQL")?,
            expect_file!["../../../migrations/postgres/0001_initial.up.sql"],
            expect_file!["../../../migrations/postgres/0001_initial.down.sql"],
        ),
        (
            Dialect::of("MariaDB")?,
            expect_file!["../../../migrations/mysql/0001_initial.up.sql"],
            expect_file!["../../../migrations/mysql/0001_initial.down.sql"],
        ),
    ] {
        up.assert_eq(&script(&compiler::create_schema(&tables, &dialect)?));
        down.assert_eq(&script(&compiler::drop_schema(&tables, &dialect)?));
    }
    Ok(())
}

/// The statements of a file.
fn statements(script: &str) -> impl Iterator<Item = &str> {
    script.split(";\n").map(str::trim).filter(|statement| !statement.is_empty())
}

/// Statements as a file.
fn script(made: &[Statement]) -> String {
    let statements: Vec<String> = made.iter().map(|statement| format!("{};\n", statement.sql)).collect();
    statements.join("\n")
}
