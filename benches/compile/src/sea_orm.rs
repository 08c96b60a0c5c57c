//! The models with SeaORM, as `sea-orm-cli generate entity` writes them.

use std::path::{Path, PathBuf};

use super::Crate;

const DEPENDENCIES: &str = r#"
[dependencies.sea-orm]
version = "2.0"
default-features = false
features = ["macros", "runtime-tokio", "sqlx-mysql", "sqlx-postgres", "sqlx-sqlite", "with-chrono", "with-rust_decimal"]
"#;

const QUERY: &str = "
pub fn found(name: &str) -> sea_orm::Select<Entity> {
    use sea_orm::{QueryOrder as _, QuerySelect as _};
    let found = Entity::find().filter(Column::Name.contains(name)).filter(Column::Count.gt(10));
    found.order_by_desc(Column::Price).limit(20)
}
";

/// In the dense format of SeaORM 2, where relations are fields.
pub fn dense(root: &Path, directory: PathBuf) -> Crate {
    entities("SeaORM 2, dense format", root, directory, dense_entity)
}

/// In the compact format, which is the command's default.
pub fn compact(root: &Path, directory: PathBuf) -> Crate {
    entities("SeaORM 2, compact format", root, directory, compact_entity)
}

fn entities(title: &str, root: &Path, directory: PathBuf, model: fn(usize) -> String) -> Crate {
    Crate { title: title.to_owned(), directory, lock: root.to_owned(), dependencies: DEPENDENCIES.to_owned(), model }
}

/// The columns, all but the first line and the last column.
fn columns(number: usize) -> String {
    format!(
        r#"#[sea_orm(table_name = "model_{number}")]
pub struct Model {{
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub code: String,
    pub name: String,
    pub note: Option<String>,
    pub count: i32,
    #[sea_orm(column_type = "Double", nullable)]
    pub rating: Option<f64>,
    #[sea_orm(column_type = "Decimal(Some((10, 2)))")]
    pub price: Decimal,
    pub active: bool,
    pub created: DateTimeUtc,
"#
    )
}

fn dense_entity(number: usize) -> String {
    let last = if number.is_multiple_of(2) {
        let next = number + 1;
        format!(
            "    pub size: i64,
    #[sea_orm(has_many)]
    pub model_{next}s: HasMany<super::model_{next}::Entity>,"
        )
    } else {
        let before = number - 1;
        format!(
            r#"    pub parent_id: i64,
    #[sea_orm(belongs_to, from = "parent_id", to = "id", on_update = "NoAction", on_delete = "Cascade")]
    pub model_{before}: HasOne<super::model_{before}::Entity>,"#
        )
    };
    let columns = columns(number);
    format!(
        "use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
{columns}{last}
}}

impl ActiveModelBehavior for ActiveModel {{}}
{QUERY}"
    )
}

fn compact_entity(number: usize) -> String {
    let (column, other, relation) = if number.is_multiple_of(2) {
        let next = number + 1;
        ("size", next, format!(r#"has_many = "super::model_{next}::Entity""#))
    } else {
        let before = number - 1;
        let relation = format!(
            r#"
        belongs_to = "super::model_{before}::Entity",
        from = "Column::ParentId",
        to = "super::model_{before}::Column::Id",
        on_update = "NoAction",
        on_delete = "Cascade"
    "#
        );
        ("parent_id", before, relation)
    };
    let columns = columns(number);
    format!(
        "use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
{columns}    pub {column}: i64,
}}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {{
    #[sea_orm({relation})]
    Model{other},
}}

impl Related<super::model_{other}::Entity> for Entity {{
    fn to() -> RelationDef {{
        Relation::Model{other}.def()
    }}
}}

impl ActiveModelBehavior for ActiveModel {{}}
{QUERY}"
    )
}
