//! The names of tables, columns, indexes and constraints.

use dormouse::prelude::*;
use dormouse::{Result, models};

use crate::support::matrix;

#[derive(Model)]
#[model(table = "user", unique(role, since))]
struct Person {
    id: i64,
    #[field(index, max_length = 9)]
    role_name: String,
    role: i32,
    since: i32,
}

#[derive(Model)]
#[model(table = "user_role", unique(since))]
struct Role {
    id: i64,
    #[field(index, max_length = 9)]
    name: String,
    since: i32,
}

matrix! {
    async fn made_names_that_read_alike_are_told_apart(db: &Database) -> Result<()> {
        db.create_tables(models![Person, Role]).await?;
        Person::new().role_name("a").role(1).since(1).asave().await?;
        Role::new().name("a").since(1).asave().await?;
        Ok(())
    }
}
