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
