//! UUIDs of others that are texts of a server: each form that is read is found, ordered, joined and followed.

use dormouse::prelude::*;
use dormouse::{Database, Result};
use uuid::Uuid;

use crate::support::matrix;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "owner", managed = false)]
struct Owner {
    id: Uuid,
    n: i32,
    #[related(owner)]
    things: HasMany<Thing>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "thing", managed = false)]
struct Thing {
    id: i64,
    #[field(on_delete = DoNothing)]
    owner: ForeignKey<Owner>,
    other: Option<Uuid>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "part", managed = false, primary_key(owner, number))]
struct Part {
    owner: Uuid,
    number: i32,
    n: i32,
}

/// How a database declares columns that UUIDs can be kept in.
fn declared(database: &str) -> &'static [&'static str] {
    match database {
        "PostgreSQL" => &["uuid"],
        "SQLite" => &["TEXT"],
        _ => &[
            "CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            "VARCHAR(36) CHARACTER SET latin1 COLLATE latin1_bin",
            "VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
            "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin",
            "VARCHAR(36) CHARACTER SET latin1 COLLATE latin1_general_cs",
            "UUID",
        ],
    }
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0xa1b2_c3d4_e5f6_0718_29ab_cdef_0123_4560 + n)
}

/// A UUID in one of the forms of others.
fn form(uuid: Uuid, form: u128) -> String {
    let text = if form & 1 == 0 { uuid.hyphenated().to_string() } else { uuid.simple().to_string() };
    if form & 2 == 0 { text } else { text.to_uppercase() }
}

/// Four owners, each in a form of its own, with a thing each, whose key is in the form that is `shift` further.
async fn owners(db: &Database, own: &str, theirs: &str, shift: u128) -> Result<()> {
    for table in ["thing", "owner", "part"] {
        db.execute_sql(format!("DROP TABLE IF EXISTS {table}")).await?;
    }
    db.execute_sql(format!("CREATE TABLE owner (id {own} PRIMARY KEY, n INT NOT NULL)")).await?;
    db.execute_sql(format!("CREATE TABLE thing (id INT PRIMARY KEY, owner_id {theirs} NOT NULL, other {own})")).await?;
    db.execute_sql(format!("CREATE TABLE part (owner {own}, number INT, n INT NOT NULL, PRIMARY KEY (owner, number))"))
        .await?;
    for n in 0..4 {
        let (key, reference) = (form(id(n), n), form(id(n), (n + shift) % 4));
        db.execute_sql(format!("INSERT INTO owner VALUES ('{key}', {n})")).await?;
        db.execute_sql(format!("INSERT INTO thing VALUES ({n}, '{reference}', '{key}')")).await?;
        db.execute_sql(format!("INSERT INTO part VALUES ('{key}', {n}, 0)")).await?;
    }
    Ok(())
}

async fn each_lookup(n: i32, length: u128) -> Result<()> {
    let (key, o) = (id(n as u128), Owner::fields());
    let rest: Vec<i32> = (0..4).filter(|other| *other != n).collect();
    let less: Vec<i32> = (0..n).collect();
    let many: Vec<Uuid> = (1_000..1_000 + length).map(id).chain([key]).collect();
    for (name, condition, found) in [
        ("eq", o.id.eq(key), vec![n]),
        ("ne", o.id.ne(key), rest.clone()),
        ("differs", o.id.differs(key), rest.clone()),
        ("in", o.id.in_([key, id(9), id(10)]), vec![n]),
        ("not in", o.id.not_in([key, id(9)]), rest.clone()),
        ("in many", o.id.in_(many.clone()), vec![n]),
        ("not in many", o.id.not_in(many), rest.clone()),
        ("lt", o.id.lt(key), less),
        ("between", o.id.between(key, key), vec![n]),
    ] {
        let rows = Owner::objects().filter(|_| condition).order_by(|o| o.n.asc()).values(|o| o.n).await?;
        assert_eq!(rows, found, "{name}");
    }
    let t = Thing::fields();
    let among = |condition: Q<Thing>| Thing::objects().filter(|_| condition).acount();
    assert_eq!(among(t.owner.eq(key)).await?, 1);
    assert_eq!(among(t.other.not_in([key, id(9)])).await?, 3);
    let keys = [(key, n), (id(9), 9)];
    let parts = Part::objects().ain_bulk(keys).await?;
    assert_eq!(parts.keys().collect::<Vec<_>>(), [&(key, n)]);
    Ok(())
}

async fn each_write(n: i32) -> Result<()> {
    let key = id(n as u128);
    let mut owner = Owner::objects().filter(|o| o.id.eq(key)).aget_one().await?;
    owner.n += 10;
    owner.asave().await?;
    assert_eq!(owner.arefresh_from_db().await?.n, n + 10);
    let mut part = Part::objects().filter(|p| p.number.eq(n)).aget_one().await?;
    part.n = 7;
    part.asave().await?;
    assert_eq!(Part::objects().filter(|p| p.owner.eq(key)).values(|p| p.n).await?, [7]);
    assert_eq!(Owner::objects().filter(|o| o.id.eq(key)).aupdate(|o| o.n.set(n)).await?, 1);
    assert_eq!(part.adelete().await?.total, 1);
    Ok(())
}

matrix! {
    async fn each_form_is_found_and_written(db: &Database) -> Result<()> {
        for own in declared(db.dialect().name()) {
            owners(db, own, own, 0).await?;
            for n in 0..4 {
                each_lookup(n, if n == 3 { 9_000 } else { 100 }).await?;
                each_write(n).await?;
            }
            assert_eq!(Owner::objects().order_by(|o| o.id.desc()).values(|o| o.n).await?, [3, 2, 1, 0], "{own}");
            assert_eq!(Owner::objects().aaggregate(|o| o.id.min()).await?, Some(id(0)), "{own}");
            assert_eq!(Thing::objects().filter(|t| t.other.eq(t.other)).acount().await?, 4, "{own}");
            let made = Owner::objects().acreate(|o| o.id(id(20)).n(20)).await?;
            assert_eq!(Owner::objects().filter(|o| o.id.eq(id(20))).aget_one().await?, made, "{own}");
            assert_eq!(Owner::objects().filter(|o| o.id.in_([id(0), id(20)])).adelete().await?.total, 2, "{own}");
        }
        Ok(())
    }

    async fn keys_in_other_forms_are_followed(db: &Database) -> Result<()> {
        let types = declared(db.dialect().name());
        for further in [0, 1, 4] {
            for (own, theirs) in types.iter().zip(types.iter().cycle().skip(further)) {
                // Keys of one type and collation are equal as the database has it.
                owners(db, own, theirs, if own == theirs { 0 } else { 1 }).await?;
                let things = Thing::objects().prefetch_related(|t| t.owner).order_by(|t| t.id.asc()).await?;
                let followed: Vec<_> = things.iter().map(|t| t.owner.loaded().map(|owner| owner.n)).collect();
                assert_eq!(followed, [0, 1, 2, 3].map(Some), "{own} {theirs}");
                // Each list fits, and so do both of them.
            let many = || (0..5_000).map(id);
            let both = Thing::objects().filter(|t| t.owner.id.in_(many()) | t.other.in_(many())).acount().await?;
            assert_eq!(both, 4, "{own}");
            let joined = Thing::objects().select_related(|t| t.owner).order_by(|t| t.id.asc()).await?;
                let joined: Vec<_> = joined.iter().map(|t| t.owner.loaded().map(|owner| owner.n)).collect();
                assert_eq!(joined, [0, 1, 2, 3].map(Some), "{own} {theirs}");
                assert_eq!(Thing::objects().filter(|t| t.owner.n.gte(2)).acount().await?, 2, "{own} {theirs}");
                let owners = Owner::objects().prefetch_related(|o| o.things).await?;
                assert!(owners.iter().all(|owner| owner.things.loaded().is_some_and(|things| things.len() == 1)), "{own} {theirs}");
            }
        }
        Ok(())
    }

    async fn a_key_that_is_saved_keeps_its_form(db: &Database) -> Result<()> {
        for own in declared(db.dialect().name()) {
            owners(db, own, own, 0).await?;
            db.execute_sql("DROP TABLE thing").await?;
            db.execute_sql(format!(
                "CREATE TABLE thing (id INT PRIMARY KEY, owner_id {own} NOT NULL, other {own}, \
                 CONSTRAINT thing_owner FOREIGN KEY (owner_id) REFERENCES owner (id))"
            ))
            .await?;
            for n in 0..4 {
                let key = form(id(n), n);
                db.execute_sql(format!("INSERT INTO thing VALUES ({n}, '{key}', '{key}')")).await?;
            }
            // A constraint of the server demands the very form.
            for mut thing in Thing::objects().await? {
                thing.asave().await?;
                let (key, row) = (thing.owner.id(), thing.id);
                let these = || Thing::objects().filter(move |t| t.id.eq(row));
                these().aupdate(|t| t.owner.set(key)).await?;
                these().aupdate(|t| (t.other.set_null(), t.owner.set(key))).await?;
                these().aupdate(|t| t.other.set(t.owner)).await?;
                assert_eq!(thing.arefresh_from_db().await?, thing, "{own}");
            }
            let joined = Thing::objects().filter(|t| t.owner.id.in_((0..4).map(id))).acount().await?;
            assert_eq!(joined, 4, "{own}");
            let moved = Thing::objects().filter(|t| t.id.eq(0)).aupdate(|t| t.other.set(id(30))).await?;
            assert_eq!((moved, Thing::objects().filter(|t| t.other.eq(id(30))).acount().await?), (1, 1), "{own}");
        }
        Ok(())
    }
}
