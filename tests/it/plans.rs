//! Indexes serve what they should: the plan names them.

use dormouse::Result;
use dormouse::prelude::*;

use crate::support::{Content, check_index, fill_up, locales, matrix, uses_index};

#[derive(Model, Debug, Clone, PartialEq)]
struct Shelf {
    #[field(primary_key, max_length = 20)]
    code: String,
    #[field(max_length = 20)]
    room: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(fields(title), name = "volume_by_title"))]
struct Volume {
    id: i64,
    #[field(max_length = 40)]
    title: String,
    part: i32,
    #[field(on_delete = Cascade)]
    shelf: ForeignKey<Shelf>,
}

const ROWS: u32 = 20_000;

async fn fill(db: &Database) -> Result<()> {
    db.create_tables(dormouse::models![Shelf, Volume]).await?;
    fill_up(db, "shelf", 2_000, &[("code", Content::Word), ("room", Content::Same("'a'"))]).await?;
    let columns = [
        ("id", Content::Number),
        ("title", Content::Word),
        ("part", Content::Share(10)),
        ("shelf_id", Content::SharedWord(1_999)),
    ];
    // There is no shelf 0.
    fill_up(db, "shelf", 1, &[("code", Content::Same("'w0000000'")), ("room", Content::Same("'b'"))]).await?;
    fill_up(db, "volume", ROWS, &columns).await
}

fn volumes() -> dormouse::QuerySet<Volume> {
    Volume::objects().order_by(|_| ())
}

/// What an index on a text of ours serves.
async fn own_texts(db: &Database) -> Result<()> {
    fill(db).await?;
    let check = async |condition: fn(&'static VolumeFields) -> Q<Volume>| {
        check_index(db, "volume_by_title", volumes().filter(condition).aexplain()).await
    };
    check(|v| v.title.eq("w0000700")).await?;
    check(|v| v.title.in_(["w0000700", "w0000701", "x"])).await?;
    check(|v| v.title.in_((0..20).map(|n| format!("w{n:07}")))).await?;
    check(|v| v.title.startswith("w00007")).await?;
    check(|v| v.title.lt("w0000020")).await?;
    check(|v| v.title.gt("w0019990")).await?;
    check(|v| v.title.between("w0000700", "w0000720")).await?;
    check_index(db, "volume_by_title", Volume::objects().order_by(|v| v.title.asc()).limit(5).aexplain()).await?;
    check_index(db, "volume_by_title", Volume::objects().order_by(|v| v.title.desc()).limit(5).aexplain()).await
}

/// What an index on a text key serves.
async fn joins(db: &Database) -> Result<()> {
    fill(db).await?;
    let key = match db.server().product {
        "SQLite" => "sqlite_autoindex_shelf_1",
        "PostgreSQL" => "shelf_pkey",
        _ => "PRIMARY",
    };
    check_index(db, key, volumes().filter(|v| v.id.eq(9)).values(|v| v.shelf.room).aexplain()).await?;
    let shelf = volumes().filter(|v| v.shelf.eq("w0000007")).aexplain().await?;
    assert!(shelf.contains("volume_shelf_id"), "{shelf}");
    Ok(())
}

matrix! {
    async fn an_index_serves_texts_of_ours(db: &Database) -> Result<()> {
        own_texts(db).await
    }

    async fn an_index_serves_a_join_by_text(db: &Database) -> Result<()> {
        joins(db).await
    }

    async fn a_plan_without_an_index_names_none(db: &Database) -> Result<()> {
        fill(db).await?;
        let plan = volumes().filter(|v| v.title.endswith("7")).aexplain().await?;
        assert!(!uses_index(db, &plan, "volume_by_title"), "{plan}");
        Ok(())
    }
}

locales! {
    async fn an_index_serves_texts_of_ours_in_any_locale(db: &Database) -> Result<()> {
        own_texts(db).await
    }

    async fn an_index_serves_a_join_by_text_in_any_locale(db: &Database) -> Result<()> {
        joins(db).await
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "old_shelf", managed = false)]
struct OldShelf {
    #[field(primary_key)]
    code: String,
    room: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "old_volume", managed = false)]
struct OldVolume {
    id: i64,
    title: String,
    #[field(on_delete = DoNothing)]
    shelf: ForeignKey<OldShelf>,
}

/// Like one of ours, without a foreign key in the database.
#[derive(Model, Debug, Clone, PartialEq)]
struct Lent {
    id: i64,
    #[field(on_delete = DoNothing)]
    shelf: ForeignKey<OldShelf>,
}

/// Tables that are not ours, with texts of this type; and one like ours that refers to them.
async fn fill_old(db: &Database, text: &str) -> Result<()> {
    let own = match db.server().product {
        "SQLite" => "TEXT",
        "PostgreSQL" => "VARCHAR(20) COLLATE \"C\"",
        _ => "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
    };
    for table in ["old_shelf", "old_volume", "lent"] {
        db.execute_sql(format!("DROP TABLE IF EXISTS {table}")).await?;
    }
    for sql in [
        format!(
            "CREATE TABLE old_shelf (code {text} NOT NULL, room {text} NOT NULL, CONSTRAINT old_key PRIMARY KEY (code))"
        ),
        format!("CREATE TABLE old_volume (id BIGINT PRIMARY KEY, title {text} NOT NULL, shelf_id {text} NOT NULL)"),
        "CREATE INDEX old_title ON old_volume (title)".to_owned(),
        "CREATE INDEX old_shelf_of ON old_volume (shelf_id)".to_owned(),
        format!("CREATE TABLE lent (id BIGINT PRIMARY KEY, shelf_id {own} NOT NULL)"),
    ] {
        db.execute_sql(sql).await?;
    }
    fill_up(db, "old_shelf", 5_000, &[("code", Content::Word), ("room", Content::Same("'a'"))]).await?;
    let columns = [("id", Content::Number), ("title", Content::Word), ("shelf_id", Content::SharedWord(1_999))];
    fill_up(db, "old_volume", ROWS, &columns).await?;
    fill_up(db, "lent", ROWS, &[("id", Content::Number), ("shelf_id", Content::SharedWord(1_999))]).await
}

matrix! {
    async fn an_index_serves_equality_and_joins_in_tables_of_others(db: &Database) -> Result<()> {
        let (texts, key): (&[&str], _) = match db.server().product {
            "SQLite" => (&["TEXT", "TEXT COLLATE NOCASE"], "sqlite_autoindex_old_shelf_1"),
            "PostgreSQL" => (&["VARCHAR(20)", "TEXT COLLATE \"en-x-icu\"", "TEXT COLLATE \"POSIX\""], "old_key"),
            _ => (
                &[
                    "VARCHAR(20) CHARACTER SET latin1",
                    "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
                    "VARCHAR(20) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin",
                ],
                "PRIMARY",
            ),
        };
        for text in texts {
            fill_old(db, text).await?;
            let check = async |condition: fn(&'static OldVolumeFields) -> Q<OldVolume>| {
                check_index(db, "old_title", OldVolume::objects().filter(condition).aexplain()).await
            };
            check(|v| v.title.eq("w0000700")).await?;
            check(|v| v.title.eq("é")).await?;
            check(|v| v.title.in_(["w0000700", "w0000701", "x"])).await?;
            check(|v| v.title.in_(["w0000700", "é", "x"])).await?;
            check_index(db, key, OldVolume::objects().filter(|v| v.id.eq(9)).values(|v| v.shelf.room).aexplain()).await?;
            check_index(db, key, Lent::objects().filter(|v| v.id.eq(9)).values(|v| v.shelf.room).aexplain()).await?;
            check_index(db, "old_shelf_of", OldVolume::objects().filter(|v| v.shelf.eq("w0000007")).aexplain()).await?;
        }
        Ok(())
    }

    async fn an_index_by_code_point_serves_ranges_in_tables_of_others(db: &Database) -> Result<()> {
        let text = match db.server().product {
            "SQLite" => "TEXT",
            // The database's own is that of the C library's C.UTF-8.
            "PostgreSQL" => "VARCHAR(20) COLLATE \"C\"",
            _ => "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
        };
        fill_old(db, text).await?;
        let check = async |condition: fn(&'static OldVolumeFields) -> Q<OldVolume>| {
            check_index(db, "old_title", OldVolume::objects().filter(condition).aexplain()).await
        };
        check(|v| v.title.startswith("w00007")).await?;
        check(|v| v.title.lt("w0000020")).await?;
        check(|v| v.title.between("w0000700", "w0000720")).await?;
        check_index(db, "old_title", OldVolume::objects().order_by(|v| v.title.asc()).limit(5).aexplain()).await
    }
}
