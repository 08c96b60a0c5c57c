//! Keys that are equal only by the collation of their column: prefetching follows them as a join does.

use dormouse::Result;
use dormouse::prelude::*;

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "like_shelf", managed = false)]
struct Shelf {
    #[field(primary_key)]
    code: String,
    label: String,
    #[related(shelf)]
    loans: HasMany<Loan>,
    #[related(through = Tagging)]
    tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "like_loan", managed = false)]
struct Loan {
    id: i64,
    #[field(on_delete = DoNothing)]
    shelf: ForeignKey<Shelf>,
    #[field(on_delete = DoNothing)]
    spare: Option<ForeignKey<Shelf>>,
}

/// With a key of two columns.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "like_line", managed = false, primary_key(a, b))]
struct Line {
    a: String,
    b: i32,
    #[field(on_delete = DoNothing)]
    shelf: ForeignKey<Shelf>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "like_tag", managed = false)]
struct Tag {
    #[field(primary_key)]
    name: String,
    #[related(tags)]
    shelves: ManyToMany<Shelf>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "like_tagging", managed = false)]
struct Tagging {
    id: i64,
    #[field(on_delete = DoNothing)]
    shelf: ForeignKey<Shelf>,
    #[field(on_delete = DoNothing)]
    tag: ForeignKey<Tag>,
}

/// A table of ours that refers to a key of others.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "like_note")]
struct Note {
    id: i64,
    #[field(on_delete = DoNothing)]
    shelf: ForeignKey<Shelf>,
}

/// The types of keys and of what refers to them, and whether `a` is `A` and `x` is `x` with a space.
fn declarations(db: &Database) -> Vec<(&'static str, &'static str, bool, bool)> {
    match db.server().product {
        "SQLite" => vec![
            ("TEXT COLLATE NOCASE", "TEXT COLLATE NOCASE", true, false),
            ("TEXT COLLATE NOCASE", "TEXT", true, false),
            ("TEXT", "TEXT COLLATE NOCASE", false, false),
            ("TEXT COLLATE RTRIM", "TEXT COLLATE RTRIM", false, true),
            ("TEXT", "TEXT", false, false),
        ],
        "PostgreSQL" => vec![
            ("CITEXT", "CITEXT", true, false),
            ("CITEXT", "TEXT", true, false),
            ("TEXT", "CITEXT", false, false),
            ("CHAR(5)", "CHAR(7)", false, true),
            ("TEXT", "TEXT", false, false),
        ],
        _ => vec![
            ("VARCHAR(9) COLLATE utf8mb4_general_ci", "VARCHAR(9) COLLATE utf8mb4_general_ci", true, true),
            ("VARCHAR(9) COLLATE utf8mb4_unicode_ci", "VARCHAR(9) COLLATE utf8mb4_bin", true, true),
            ("VARCHAR(9) COLLATE utf8mb4_nopad_bin", "VARCHAR(9) COLLATE utf8mb4_general_ci", false, false),
            ("VARCHAR(9) CHARACTER SET latin1", "VARCHAR(9) CHARACTER SET latin1", true, true),
            ("VARCHAR(9) CHARACTER SET latin1", "VARCHAR(9) COLLATE utf8mb4_nopad_bin", true, true),
            ("CHAR(5) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "CHAR(7) COLLATE utf8mb4_bin", false, true),
        ],
    }
}

async fn fill(db: &Database, key: &str, foreign: &str) -> Result<()> {
    for table in ["shelf", "loan", "line", "tag", "tagging"] {
        db.execute_sql(format!("DROP TABLE IF EXISTS like_{table}")).await?;
    }
    for made in [
        format!("like_shelf (code {key} NOT NULL PRIMARY KEY, label VARCHAR(9) NOT NULL)"),
        format!("like_loan (id BIGINT PRIMARY KEY, shelf_id {foreign} NOT NULL, spare_id {foreign})"),
        format!("like_line (a {foreign} NOT NULL, b INT NOT NULL, shelf_id {foreign} NOT NULL, PRIMARY KEY (a, b))"),
        format!("like_tag (name {key} NOT NULL PRIMARY KEY)"),
        format!("like_tagging (id BIGINT PRIMARY KEY, shelf_id {foreign} NOT NULL, tag_id {foreign} NOT NULL)"),
    ] {
        db.execute_sql(format!("CREATE TABLE {made}")).await?;
    }
    for rows in [
        "like_shelf VALUES ('A', 'first'), ('b', 'second'), ('x', 'third')",
        "like_loan VALUES (1, 'a', 'A'), (2, 'A', NULL), (3, 'b', 'B'), (4, 'B', 'gone'), (5, 'gone', 'a'), (6, 'x ', 'x'), \
         (7, 'a', NULL)",
        "like_line VALUES ('A', 1, 'a'), ('A', 2, 'A'), ('B', 1, 'B'), ('c', 1, 'none'), ('c', 2, 'x ')",
        "like_tag VALUES ('Red'), ('blue')",
        "like_tagging VALUES (1, 'a', 'red'), (2, 'A', 'Red'), (3, 'B', 'RED'), (4, 'b', 'blue'), (5, 'gone', 'blue'), \
         (6, 'x ', 'blue'), (7, 'x', 'gone')",
    ] {
        db.execute_sql(format!("INSERT INTO {rows}")).await?;
    }
    Ok(())
}

fn label(shelf: Option<&Shelf>) -> Option<&str> {
    shelf.map(|shelf| shelf.label.as_str())
}

/// What is behind each key, as a join gives it.
async fn check_to_one(what: &str) -> Result<usize> {
    let loans = || Loan::objects().order_by(|l| l.id);
    let joined = loans().select_related(|l| (l.shelf, l.spare)).await?;
    let loaded = loans().prefetch_related(|l| (l.shelf, l.spare)).await?;
    for (joined, loaded) in joined.iter().zip(&loaded) {
        assert_eq!(label(loaded.shelf.loaded()), label(joined.shelf.loaded()), "{what}: {}", joined.id);
        let spare = |loan: &Loan| loan.spare.as_ref().and_then(|spare| label(spare.loaded()).map(str::to_owned));
        assert_eq!(spare(loaded), spare(joined), "{what}: spare of {}", joined.id);
        assert_eq!(loaded.shelf.id(), joined.shelf.id(), "the key stays as it is");
    }
    let lines = || Line::objects().order_by(|l| (l.a, l.b));
    let joined = lines().select_related(|l| l.shelf).await?;
    let loaded = lines().prefetch_related(|l| l.shelf.loans).await?;
    for (joined, loaded) in joined.iter().zip(&loaded) {
        assert_eq!(label(loaded.shelf.loaded()), label(joined.shelf.loaded()), "{what}: {loaded:?}");
        assert!(loaded.shelf.loaded().is_none_or(|shelf| shelf.loans.loaded().is_some()), "{what}: {loaded:?}");
    }
    let missing = Loan::objects().filter(|l| l.shelf.code.is_null()).values(|l| l.id).await?;
    assert!(missing.contains(&5), "{what}: the key of a row that is not there is NULL, as it is joined");
    Ok(joined.iter().filter(|line| line.shelf.loaded().is_some()).count())
}

/// What belongs to each row, as a join gives it.
async fn check_to_many(what: &str) -> Result<()> {
    let shelves = Shelf::objects().prefetch_related(|s| (s.loans.prefetch(|l| l.shelf), s.tags)).await?;
    let loans = Loan::objects().order_by(|l| l.id).select_related(|l| l.shelf).await?;
    let taggings = Tagging::objects().order_by(|t| t.tag.name).select_related(|t| (t.shelf, t.tag)).await?;
    for shelf in &shelves {
        let of = |loaded: Option<&Shelf>| loaded.is_some_and(|other| other.code == shelf.code);
        let joined: Vec<i64> = loans.iter().filter(|loan| of(loan.shelf.loaded())).map(|loan| loan.id).collect();
        let loaded = shelf.loans.loaded().unwrap();
        assert_eq!(loaded.iter().map(|loan| loan.id).collect::<Vec<_>>(), joined, "{what}: {}", shelf.code);
        assert!(loaded.iter().all(|loan| label(loan.shelf.loaded()) == Some(&shelf.label)), "{what}");
        let mut joined: Vec<&str> = taggings
            .iter()
            .filter(|tagging| of(tagging.shelf.loaded()))
            .filter_map(|tagging| Some(tagging.tag.loaded()?.name.as_str()))
            .collect();
        let mut loaded: Vec<&str> = shelf.tags.loaded().unwrap().iter().map(|tag| tag.name.as_str()).collect();
        joined.sort_unstable();
        loaded.sort_unstable();
        assert_eq!(loaded, joined, "{what}: {}", shelf.code);
    }
    let tags = Tag::objects().prefetch_related(|t| t.shelves).await?;
    let pairs = |tag: &Tag| tag.shelves.loaded().unwrap().len();
    let joined = taggings.iter().filter(|t| t.shelf.loaded().is_some() && t.tag.loaded().is_some()).count();
    assert_eq!(tags.iter().map(pairs).sum::<usize>(), joined, "{what}");
    Ok(())
}

/// The key of what is referred to is that of the row that is there, in every place where it may stand.
async fn check_paths(what: &str) -> Result<()> {
    // Not the rows whose key refers to nothing: their `String` would be NULL.
    let there = || Loan::objects().filter(|l| l.shelf.label.gte(""));
    let joined = Loan::objects().order_by(|l| l.id).select_related(|l| l.shelf).await?;
    let joined: Vec<(i64, &Shelf)> = joined.iter().filter_map(|loan| Some((loan.id, loan.shelf.loaded()?))).collect();
    let right: Vec<_> = joined.iter().map(|(id, shelf)| (*id, shelf.code.clone(), shelf.label.clone())).collect();
    let found = there().order_by(|l| l.id).values(|l| (l.id, l.shelf.code, l.shelf.label)).await?;
    assert_eq!(found, right, "{what}");
    let codes: Vec<_> = right.iter().map(|(id, code, _)| (*id, code.clone())).collect();
    assert_eq!(there().order_by(|l| l.id).values(|l| (l.id, l.shelf.code)).await?, codes, "{what}");

    let mut distinct: Vec<_> = codes.iter().map(|(_, code)| code.clone()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let found = there().order_by(|l| l.shelf.code).values(|l| l.shelf.code).distinct().await?;
    assert_eq!(found, distinct, "{what}");
    let least = Loan::objects().aaggregate(|l| l.shelf.code.min()).await?;
    assert_eq!(least.as_ref(), distinct.first(), "{what}");
    let of = |condition: Q<Loan>| Loan::objects().filter(|_| condition).order_by(|l| l.id).values(|l| l.id);
    let is =
        |holds: fn(&str) -> bool| codes.iter().filter(|(_, code)| holds(code)).map(|(id, _)| *id).collect::<Vec<_>>();
    let code = Loan::fields().shelf.code;
    assert_eq!(of(code.startswith("b")).await?, is(|code| code.starts_with('b')), "{what}");
    assert_eq!(of(code.gte("a")).await?, is(|code| code >= "a"), "{what}");
    assert_eq!(of(code.between("A", "b")).await?, is(|code| ("A"..="b").contains(&code)), "{what}");
    let equal = Shelf::objects().filter(|s| s.code.eq("b") | s.code.eq("a")).values(|s| s.code).await?;
    let right: Vec<i64> = codes.iter().filter(|(_, code)| equal.contains(code)).map(|(id, _)| *id).collect();
    assert_eq!(of(code.eq("b") | code.eq("a")).await?, right, "{what}");
    assert_eq!(of(code.in_(["a", "b"])).await?, right, "{what}");
    Ok(())
}

/// Ours, with a key that is equal by letter on SQLite and MariaDB.
macro_rules! owned {
    ($($module:ident $collation:tt)*) => {$(
        mod $module {
            use super::*;

            #[derive(Model, Debug, Clone)]
            #[model(table = "own_shelf")]
            struct OwnShelf {
                #[field(primary_key, max_length = 9, collation = $collation)]
                code: String,
            }

            #[derive(Model, Debug, Clone)]
            #[model(table = "own_loan")]
            struct OwnLoan {
                id: i64,
                #[field(on_delete = Cascade)]
                shelf: ForeignKey<OwnShelf>,
            }

            /// Its key is a foreign key.
            #[derive(Model, Debug, Clone)]
            #[model(table = "own_cover")]
            struct OwnCover {
                #[field(primary_key, on_delete = Cascade)]
                shelf: OneToOne<OwnShelf>,
            }

            #[derive(Model, Debug, Clone)]
            #[model(table = "own_mark")]
            struct OwnMark {
                id: i64,
                #[field(on_delete = Cascade)]
                cover: ForeignKey<OwnCover>,
            }

            pub(super) async fn check(db: &Database, refers: &str) -> Result<()> {
                db.create_tables(dormouse::models![OwnShelf, OwnLoan, OwnCover, OwnMark]).await?;
                OwnShelf::objects().acreate(|s| s.code("red")).await?;
                OwnLoan::objects().acreate(|l| l.shelf("red".to_owned())).await?;
                db.execute_sql(format!("UPDATE own_loan SET shelf_id = '{refers}'")).await?;
                let loan = OwnLoan::objects().select_related(|l| l.shelf).aget_one().await?;
                assert_eq!(loan.shelf.loaded().map(|shelf| shelf.code.as_str()), Some("red"));
                assert_eq!(OwnLoan::objects().values(|l| l.shelf.code).await?, ["red"]);
                assert_eq!(OwnLoan::objects().filter(|l| l.shelf.code.startswith("r")).acount().await?, 1);
                OwnCover::objects().acreate(|c| c.shelf("red".to_owned())).await?;
                OwnMark::objects().acreate(|m| m.cover("red".to_owned())).await?;
                db.execute_sql(format!("UPDATE own_mark SET cover_id = '{refers}'")).await?;
                assert_eq!(OwnMark::objects().values(|m| m.cover.shelf).await?, ["red"]);
                assert_eq!(OwnMark::objects().values(|m| m.cover.shelf.code).await?, ["red"]);
                Ok(())
            }
        }
    )*};
}

owned! { on_sqlite "NOCASE" on_postgres "en-x-icu" on_mariadb "utf8mb4_general_ci" }

matrix! {
    async fn of_ours_are_read_as_they_are_spelled_where_they_are(db: &Database) -> Result<()> {
        match db.server().product {
            "SQLite" => on_sqlite::check(db, "RED").await,
            "PostgreSQL" => on_postgres::check(db, "red").await,
            _ => on_mariadb::check(db, "RED").await,
        }
    }

    /// On SQLite the collation is that of the key alone.
    async fn of_others_are_compared_by_their_collation_on_servers(db: &Database) -> Result<()> {
        if db.server().product == "PostgreSQL" {
            db.execute_sql("CREATE EXTENSION citext").await?;
        }
        let (key, foreign, ..) = declarations(db)[0];
        fill(db, key, foreign).await?;
        db.create_tables(dormouse::models![Note]).await?;
        Note::objects().acreate(|n| n.shelf("B".to_owned())).await?;
        let note = Note::objects().select_related(|n| n.shelf).aget_one().await?;
        assert_eq!(label(note.shelf.loaded()), Some("second"));
        assert_eq!(Note::objects().filter(|n| n.shelf.eq("B".to_owned())).acount().await?, 1);
        let folded = Note::objects().filter(|n| n.shelf.eq("b".to_owned())).acount().await?;
        assert_eq!(folded, u64::from(db.server().product != "SQLite"));
        Ok(())
    }

    async fn are_followed_as_a_join_follows_them(db: &Database) -> Result<()> {
        if db.server().product == "PostgreSQL" {
            db.execute_sql("CREATE EXTENSION citext").await?;
        }
        for (key, foreign, folds, pads) in declarations(db) {
            let what = format!("{key} and {foreign}");
            fill(db, key, foreign).await?;
            let found = check_to_one(&what).await?;
            assert_eq!(found, 1 + 2 * usize::from(folds) + usize::from(pads), "{what}");
            check_to_many(&what).await?;
            check_paths(&what).await?;
        }
        Ok(())
    }
}
