//! Tables of ours that refer to tables of others: a key has the type of what it refers to, where the database asks for that, or
//! is refused before anything is made.

use dormouse::prelude::*;
use dormouse::{ErrorKind, IntegrityKind, Result};
use uuid::Uuid;

use crate::support::matrix;

/// The types of keys of others on SQLite, PostgreSQL and MariaDB.
type Types = [&'static [&'static str]; 3];

fn here(db: &Database, types: Types) -> &'static [&'static str] {
    types[match db.dialect().name() {
        "SQLite" => 0,
        "PostgreSQL" => 1,
        _ => 2,
    }]
}

const TYPES: &[&str] = &[
    "CREATE EXTENSION citext",
    "CREATE TYPE mood AS ENUM ('ok', 'no', 'none')",
    "CREATE DOMAIN moods AS mood",
    "CREATE DOMAIN any_moods AS moods",
    "CREATE DOMAIN code AS text",
    "CREATE DOMAIN mail AS citext",
    "CREATE DOMAIN number AS int",
    "CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
];

/// Every way to a row behind a key, for two keys that are there and one that is not.
macro_rules! keys {
    ($($name:ident: $rust:ty, $keys:expr, $types:expr, refused: $refused:expr;)*) => {$(
        mod $name {
            use super::*;

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = "old_shelf", managed = false)]
            struct Shelf {
                #[field(primary_key)]
                code: $rust,
                label: String,
                #[related(shelf)]
                loans: HasMany<Loan>,
            }

            #[derive(Model, Debug, Clone, PartialEq)]
            struct Loan {
                id: i64,
                #[field(on_delete = Cascade)]
                shelf: ForeignKey<Shelf>,
                #[field(on_delete = SetNull)]
                spare: Option<ForeignKey<Shelf>>,
                shelves: ManyToMany<Shelf>,
            }

            #[derive(Model, Debug, Clone, PartialEq)]
            struct Cover {
                #[field(primary_key, on_delete = Cascade)]
                shelf: OneToOne<Shelf>,
                color: String,
            }

            /// It refers to a key that refers to theirs.
            #[derive(Model, Debug, Clone, PartialEq)]
            struct Mark {
                id: i64,
                #[field(on_delete = Cascade)]
                cover: ForeignKey<Cover>,
            }

            async fn make(db: &Database, declared: &str) -> Result<()> {
                for table in ["mark", "cover", "loan_shelves", "loan", "old_shelf"] {
                    db.execute_sql(format!("DROP TABLE IF EXISTS {table}")).await?;
                }
                db.execute_sql(format!("CREATE TABLE old_shelf (code {declared} NOT NULL PRIMARY KEY, label VARCHAR(9) NOT NULL)"))
                    .await?;
                Ok(())
            }

            async fn works(db: &Database, declared: &str) -> Result<()> {
                let [first, second, missing]: [$rust; 3] = $keys;
                make(db, declared).await?;
                Shelf::objects().acreate(|s| s.code(first.clone()).label("a")).await?;
                Shelf::objects().acreate(|s| s.code(second.clone()).label("b")).await?;
                db.create_tables(dormouse::models![Mark, Cover, Loan]).await?;
                Cover::objects().acreate(|c| c.shelf(first.clone()).color("red")).await?;
                Mark::objects().acreate(|m| m.id(1).cover(first.clone())).await?;
                assert_eq!(Mark::objects().filter(|m| m.cover.color.eq("red")).acount().await?, 1, "{declared}");
                assert_eq!(Mark::objects().filter(|m| m.cover.eq(first.clone())).acount().await?, 1, "{declared}");
                assert_eq!(Mark::objects().filter(|m| m.cover.shelf.label.eq("a")).acount().await?, 1, "{declared}");
                let one = Loan::objects().acreate(|l| l.id(1).shelf(first.clone())).await?;
                let two = Loan::objects().acreate(|l| l.id(2).shelf(second.clone()).spare(first.clone())).await?;
                let all = || Loan::objects().order_by(|l| l.id);
                assert_eq!(all().await?, [one.clone(), two.clone()]);
                let l = Loan::fields();
                for (about, condition, ids) in [
                    ("eq", l.shelf.eq(first.clone()), vec![1]),
                    ("ne", l.shelf.ne(first.clone()), vec![2]),
                    ("spare", l.spare.eq(first.clone()), vec![2]),
                    ("in", l.shelf.in_([first.clone(), missing.clone()]), vec![1]),
                    ("in many", l.shelf.in_(vec![second.clone(); 600]), vec![2]),
                    ("not in", l.shelf.not_in([second.clone(), missing.clone()]), vec![1]),
                    ("of the key", l.shelf.code.eq(second.clone()), vec![2]),
                    ("of a label", l.shelf.label.eq("b"), vec![2]),
                    ("of a spare's label", l.spare.label.eq("a"), vec![2]),
                    ("null", l.spare.is_null(), vec![1]),
                ] {
                    assert_eq!(all().filter(|_| condition.clone()).values(|l| l.id).await?, ids, "{about} {declared}");
                    let others = all().exclude(|_| condition).acount().await?;
                    assert_eq!(others, 2 - ids.len() as u64, "{about} {declared}");
                }
                let label = |shelf: Option<&Shelf>| shelf.map(|shelf| shelf.label.clone());
                let joined = all().select_related(|l| (l.shelf, l.spare)).await?;
                let fetched = all().prefetch_related(|l| (l.shelf, l.spare)).await?;
                for loans in [joined, fetched] {
                    let shelves: Vec<_> = loans.iter().map(|loan| label(loan.shelf.loaded())).collect();
                    assert_eq!(shelves, [Some("a".to_owned()), Some("b".to_owned())], "{declared}");
                    let spare = loans[1].spare.as_ref().and_then(|spare| label(spare.loaded()));
                    assert_eq!(spare.as_deref(), Some("a"), "{declared}");
                }
                let shelves = Shelf::objects().order_by(|s| s.label).prefetch_related(|s| s.loans).await?;
                let counts: Vec<_> = shelves.iter().map(|shelf| shelf.loans.loaded().map(<[_]>::len)).collect();
                assert_eq!(counts, [Some(1), Some(1)], "{declared}");
                db.execute_sql("INSERT INTO loan_shelves SELECT 1, code FROM old_shelf").await?;
                let loans = all().prefetch_related(|l| l.shelves).await?;
                assert_eq!(loans[0].shelves.loaded().map(<[_]>::len), Some(2), "{declared}");
                let is_refused = |error: dormouse::Error| {
                    let is_key = matches!(error.kind(), ErrorKind::Integrity { kind: IntegrityKind::ForeignKey, .. });
                    assert!(is_key, "{declared}: {error:?}");
                };
                is_refused(Loan::objects().acreate(|l| l.id(3).shelf(missing.clone())).await.unwrap_err());
                is_refused(Loan::objects().filter(|l| l.id.eq(1)).aupdate(|l| l.shelf.set(missing.clone())).await.unwrap_err());
                let mut saved = one.clone();
                saved.shelf = ForeignKey::new(missing);
                is_refused(saved.asave().await.unwrap_err());
                saved.shelf = ForeignKey::new(second.clone());
                saved.asave().await?;
                assert_eq!(saved.shelf, saved.arefresh_from_db().await?.shelf, "{declared}");
                assert_eq!(all().filter(|l| l.shelf.eq(second.clone())).acount().await?, 2, "{declared}");
                assert_eq!(all().aupdate(|l| l.shelf.set(first.clone())).await?, 2, "{declared}");
                assert_eq!(all().filter(|l| l.shelf.label.eq("a")).acount().await?, 2, "{declared}");
                assert_eq!(all().filter(|l| l.shelf.eq(first.clone())).adelete().await?.total, 2, "{declared}");
                Ok(())
            }

            matrix! {
                async fn refer_to_what_others_made(db: &Database) -> Result<()> {
                    if db.dialect().name() == "PostgreSQL" {
                        for made in TYPES {
                            db.execute_sql(*made).await?;
                        }
                    }
                    for declared in here(db, $types) {
                        let worked = works(db, declared).await;
                        assert_eq!(worked.map_err(|error| format!("{declared}: {error:?}")), Ok(()));
                    }
                    for declared in here(db, $refused) {
                        make(db, declared).await?;
                        let error = db.create_tables(dormouse::models![Loan]).await.unwrap_err();
                        let text = error.to_string();
                        assert!(matches!(error.kind(), ErrorKind::Configuration { .. }), "{error:?}");
                        assert!(text.contains("`Loan.shelf_id`") && text.contains("of the type"), "{text}");
                    }
                    Ok(())
                }
            }
        }
    )*};
}

keys! {
    texts: String, ["ok", "no", "none"].map(str::to_owned), [
        &["TEXT", "TEXT COLLATE NOCASE", "VARCHAR(36) COLLATE RTRIM", "NUMERIC"],
        &["text", "varchar(36)", "citext", "mail", "code", "mood", "name", "char(5)", "text COLLATE caseless", "text COLLATE \"en-x-icu\""],
        &["VARCHAR(36) CHARACTER SET latin1", "CHAR(36) COLLATE utf8mb4_unicode_ci", "VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin",
            "VARCHAR(20) COLLATE utf8mb4_nopad_bin", "VARCHAR(20) COLLATE utf8mb4_general_ci", "ENUM('ok', 'no', 'none')"],
    ], refused: [&[], &["uuid", "int", "moods", "any_moods"], &["INT", "BINARY(16)"]];
    integers: i64, [1, 2, 3], [
        &["INTEGER", "BIGINT", "NUMERIC"],
        &["bigint", "int", "smallint", "numeric", "number", "numeric(10, 0)", "oid"],
        &["BIGINT", "INT", "INT UNSIGNED", "BIGINT UNSIGNED", "SMALLINT", "TINYINT UNSIGNED", "MEDIUMINT", "DECIMAL(10, 0)"],
    ], refused: [&[], &["text", "float8"], &["VARCHAR(20)", "DOUBLE"]];
    shorts: i32, [1, 2, 3], [&["INTEGER"], &["int", "bigint", "number", "smallint"], &["INT", "INT UNSIGNED", "BIGINT UNSIGNED", "BIGINT"]],
        refused: [&[], &[], &[]];
    uuids: Uuid, [1, 2, 3].map(Uuid::from_u128), [
        &["TEXT", "CHAR(36)", "BLOB"], &["uuid"],
        &["UUID", "CHAR(36)", "CHAR(36) CHARACTER SET latin1", "VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin"],
    ], refused: [&[], &["text"], &["BINARY(16)", "BIGINT"]];
}

/// The same of keys that have no shorter way to be given.
macro_rules! rarer_keys {
    ($($name:ident: $rust:ty, $keys:expr, $types:expr;)*) => {$(
        mod $name {
            use super::*;

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = "old_shelf", managed = false)]
            struct Shelf {
                #[field(primary_key)]
                code: $rust,
                label: String,
            }

            #[derive(Model, Debug, Clone, PartialEq)]
            struct Loan {
                id: i64,
                #[field(on_delete = Cascade)]
                shelf: ForeignKey<Shelf>,
            }

            async fn works(db: &Database, declared: &str) -> Result<()> {
                let [first, second]: [$rust; 2] = $keys;
                db.execute_sql("DROP TABLE IF EXISTS loan").await?;
                db.execute_sql("DROP TABLE IF EXISTS old_shelf").await?;
                db.execute_sql(format!("CREATE TABLE old_shelf (code {declared} NOT NULL PRIMARY KEY, label VARCHAR(9) NOT NULL)"))
                    .await?;
                Shelf::objects().acreate(|s| s.code(first.clone()).label("a")).await?;
                db.create_tables(dormouse::models![Loan]).await?;
                let mut loan = Loan::objects().acreate(|l| l.id(1).shelf(ForeignKey::new(first.clone()))).await?;
                assert_eq!(Loan::objects().filter(|l| l.shelf.label.eq("a")).await?, [loan.clone()]);
                assert_eq!(Loan::objects().filter(|l| l.shelf.code.in_([first.clone(), second.clone()])).acount().await?, 1);
                let loans = Loan::objects().prefetch_related(|l| l.shelf).await?;
                assert_eq!(loans[0].shelf.loaded().map(|shelf| &*shelf.label), Some("a"));
                loan.asave().await?;
                loan.shelf = ForeignKey::new(second);
                let error = loan.asave().await.unwrap_err();
                let is_key = matches!(error.kind(), ErrorKind::Integrity { kind: IntegrityKind::ForeignKey, .. });
                assert!(is_key, "{error:?}");
                Ok(())
            }

            matrix! {
                async fn refer_to_what_others_made(db: &Database) -> Result<()> {
                    for declared in here(db, $types) {
                        let worked = works(db, declared).await;
                        assert_eq!(worked.map_err(|error| format!("{declared}: {error:?}")), Ok(()));
                    }
                    Ok(())
                }
            }
        }
    )*};
}

rarer_keys! {
    decimals: rust_decimal::Decimal, [dec!(1), dec!(2)],
        [&["TEXT", "NUMERIC"], &["numeric", "numeric(8, 2)", "int"], &["DECIMAL(8, 2)", "DECIMAL(20, 4)", "INT UNSIGNED"]];
    bytes: Vec<u8>, [vec![1; 4], vec![2; 4]], [&["BLOB"], &["bytea"], &["BINARY(4)", "VARBINARY(20)"]];
    dates: chrono::NaiveDate, [1, 2].map(|day| chrono::NaiveDate::from_ymd_opt(2024, 1, day).unwrap()),
        [&["TEXT", "DATE"], &["date"], &["DATE"]];
    moments: chrono::NaiveDateTime, [1, 2].map(|second| chrono::DateTime::from_timestamp(second, 0).unwrap().naive_utc()),
        [&["TEXT", "DATETIME"], &["timestamp", "timestamp(0)", "timestamptz"], &["DATETIME(6)", "DATETIME"]];
}

/// A table of others whose key holds what its field does not.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(managed = false)]
struct Theirs {
    #[field(primary_key)]
    code: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Ours {
    id: i64,
    #[field(on_delete = Cascade)]
    theirs: ForeignKey<Theirs>,
    note: i64,
}

matrix! {
    async fn a_key_that_is_not_read_is_in_no_answer(db: &Database) -> Result<()> {
        let (declared, odd) = match db.dialect().name() {
            "SQLite" => ("INTEGER", "'five'"),
            "PostgreSQL" => ("numeric(20, 4)", "2.5"),
            _ => ("DECIMAL(20, 4)", "2.5"),
        };
        // A primary key that is an INTEGER numbers its rows on SQLite, and holds nothing else.
        db.execute_sql(format!("CREATE TABLE theirs (code {declared} NOT NULL, UNIQUE (code))")).await?;
        db.create_tables(dormouse::models![Ours]).await?;
        db.execute_sql(format!("INSERT INTO theirs (code) VALUES (2), ({odd})")).await?;
        db.execute_sql(format!("INSERT INTO ours (id, theirs_id, note) VALUES (1, 2, 0), (2, {odd}, 0)")).await?;
        let all = Ours::objects;
        let refused = |what: &str, outcome: Result<String>| match outcome {
            Err(error) if matches!(error.kind(), ErrorKind::Decode { .. } | ErrorKind::OutOfRange { .. }) => {}
            other => panic!("{what}: {other:?}"),
        };
        let shown = |answer: &dyn std::fmt::Debug| format!("{answer:?}");
        let counted = |condition| all().filter(|_| condition).acount();
        refused("gt", counted(Ours::fields().theirs.code.gt(1)).await.map(|n| shown(&n)));
        refused("ne", counted(Ours::fields().theirs.code.ne(2)).await.map(|n| shown(&n)));
        refused("sum", counted((Ours::fields().theirs.code + 1i64).eq(4i64)).await.map(|n| shown(&n)));
        refused("all", all().await.map(|rows| shown(&rows)));
        refused("order", all().order_by(|o| o.theirs.code.asc()).values(|o| o.id).await.map(|ids| shown(&ids)));
        refused("total", all().aaggregate(|o| o.theirs.code.sum()).await.map(|sum| shown(&sum)));
        refused("mean", all().aaggregate(|o| o.theirs.code.avg()).await.map(|mean| shown(&mean)));
        refused("update", all().aupdate(|o| o.note.set(o.theirs.code)).await.map(|n| shown(&n)));
        refused("delete", all().filter(|o| o.theirs.code.ne(2)).adelete().await.map(|gone| shown(&gone)));
        assert_eq!(all().filter(|o| o.note.eq(0)).order_by(|o| o.id.asc()).values(|o| o.id).await?, [1, 2]);
        assert_eq!(all().filter(|o| o.theirs.code.eq(2)).values(|o| o.id).await?, [1]);
        Ok(())
    }
}
