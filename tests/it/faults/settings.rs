//! Servers with other defaults than usual: what is written is committed, what is read is whole, what is refused has its names.

use dormouse::prelude::*;
use dormouse::{ErrorKind, IntegrityKind, Isolation, Result, atomic};

use crate::support::server::Server;
use crate::support::{Place, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Team {
    id: i64,
    #[field(max_length = 20, unique)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(check(age_is_not_negative, |m| m.age.gte(0)))]
struct Member {
    id: i64,
    age: i32,
    #[field(on_delete = Cascade)]
    team: ForeignKey<Team>,
}

/// Each was once the default of a server, and changes what a statement does.
const MARIADB: [&str; 16] = [
    "autocommit = 0",
    "completion_type = 'CHAIN'",
    "completion_type = 'RELEASE'",
    "sql_auto_is_null = 1",
    "sql_select_limit = 3",
    "foreign_key_checks = 0",
    "unique_checks = 0",
    "check_constraint_checks = 0",
    "sql_safe_updates = 1",
    "sql_quote_show_create = 0",
    "lc_messages = 'de_DE'",
    "div_precision_increment = 0",
    "sql_mode = 'ANSI'",
    "default_regex_flags = 'DOTALL'",
    "default_regex_flags = 'EXTENDED,MULTILINE'",
    "max_join_size = 10",
];

const POSTGRES: [&str; 8] = [
    "quote_all_identifiers = on",
    "default_transaction_isolation = 'repeatable read'",
    "default_transaction_isolation = 'serializable'",
    "standard_conforming_strings = off",
    "transform_null_equals = on",
    "DateStyle = 'German'",
    "TimeZone = 'Asia/Tokyo'",
    "session_replication_role = replica",
];

/// An everyday program, and what another one sees of it.
async fn everyday(db: &Database, other: &Database, setting: &str) -> Result<()> {
    let team = Team::objects().using(db).acreate(|t| t.name("a\\b")).await?;
    let key = team.id;
    for age in 0..12 {
        Member::objects().using(db).acreate(|m| m.age(age).team(key)).await?;
    }
    assert_eq!(Member::objects().using(other).acount().await?, 12, "{setting}: what is created is committed");
    assert_eq!(Member::objects().using(db).await?.len(), 12, "{setting}: all rows are read");
    let streamed: Vec<Member> = Member::objects().using(db).stream().try_collect().await?;
    assert_eq!(streamed.len(), 12, "{setting}");
    let joined = Member::objects().using(db).select_related(|m| m.team).filter(|m| m.team.name.contains("a"));
    assert_eq!(joined.await?.len(), 12, "{setting}: a join");
    patterns(db, setting).await?;
    let without = Member::objects().using(db).filter(|m| m.id.is_null());
    assert_eq!(without.adelete().await?.total, 0, "{setting}: no key is NULL");
    assert_eq!(Member::objects().using(db).aupdate(|m| m.age.set(m.age + 1)).await?, 12, "{setting}");
    let sum = Member::objects().using(other).aaggregate(|m| (m.age.sum(), m.age.avg())).await?;
    assert_eq!(sum, (Some(78), Some(6.5)), "{setting}: what is changed is committed");

    let kind = |error: dormouse::Error| match error.kind() {
        ErrorKind::Integrity { kind, constraint, columns, .. } => (*kind, constraint.is_some() || !columns.is_empty()),
        other => panic!("{setting}: {other:?}"),
    };
    let double = Team::objects().using(db).acreate(|t| t.name("a\\b")).await.unwrap_err();
    assert_eq!(kind(double), (IntegrityKind::Unique, true), "{setting}");
    let lost = Member::objects().using(db).acreate(|m| m.age(1).team(key + 7)).await.unwrap_err();
    assert_eq!(kind(lost), (IntegrityKind::ForeignKey, true), "{setting}");
    let negative = Member::objects().using(db).acreate(|m| m.age(-1).team(key)).await.unwrap_err();
    assert_eq!(kind(negative), (IntegrityKind::Check, true), "{setting}");

    let counted = {
        let (db, other) = (db.clone(), other.clone());
        atomic(move |tx| {
            let before = Member::objects().using(tx).count()?;
            Member::objects().using(&other).blocking().create(|m| m.age(50).team(key))?;
            Ok((before, Member::objects().using(tx).count()?))
        })
        .using(&db)
        .await?
    };
    assert_eq!(counted, (12, 13), "{setting}: READ COMMITTED");
    let snapshot = {
        let other = other.clone();
        atomic(move |tx| {
            let before = Member::objects().using(tx).count()?;
            Member::objects().using(&other).blocking().create(|m| m.age(51).team(key))?;
            Ok((before, Member::objects().using(tx).count()?))
        })
        .using(db)
        .isolation(Isolation::RepeatableRead)
        .await?
    };
    assert_eq!(snapshot, (13, 13), "{setting}: the level that was asked for");
    assert_eq!(Member::objects().using(db).adelete().await?.total, 14, "{setting}");
    assert_eq!(Team::objects().using(db).adelete().await?.total, 1, "{setting}");
    assert_eq!(Member::objects().using(other).acount().await?, 0, "{setting}: what is deleted is gone");
    Ok(())
}

/// What a pattern means.
async fn patterns(db: &Database, setting: &str) -> Result<()> {
    let lines = Team::objects().using(db).acreate(|t| t.name("one\ntwo # 3")).await?;
    // Whether `.` is a line break too is by each database.
    let any = u64::from(db.dialect().name() == "PostgreSQL");
    for (pattern, found) in [("e.t", any), ("^two", 0), ("o # 3", 1), ("ONE", 0)] {
        let counted = Team::objects().using(db).filter(|t| t.name.regex(pattern)).acount().await?;
        assert_eq!(counted, found, "{setting}: {pattern}");
    }
    lines.adelete().await.map(drop)
}

async fn beside_another(url: &str, setting: &str) -> Result<()> {
    let (db, other) = (Database::connect(url).await?, Database::connect(url).await?);
    let outcome = everyday(&db, &other, setting).await;
    db.close().await;
    other.close().await;
    outcome
}

#[tokio::test]
async fn of_mariadb_change_nothing() -> Result<()> {
    let server = Server::mariadb();
    let place = Place::beside(server.url()).await?;
    run(place, async |db: &Database| {
        db.create_tables(dormouse::models![Team, Member]).await?;
        let url = db_url(server.url(), db).await?;
        for setting in MARIADB {
            let (name, _) = setting.split_once(' ').expect("a name");
            db.execute_sql(format!("SET GLOBAL {setting}")).await?;
            beside_another(&url, setting).await?;
            db.execute_sql(format!("SET GLOBAL {name} = DEFAULT")).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn of_postgres_change_nothing() -> Result<()> {
    run(Place::postgres().await?, async |db: &Database| {
        db.create_tables(dormouse::models![Team, Member]).await?;
        let url = db_url(&std::env::var("DORMOUSE_TEST_POSTGRES").expect("a server"), db).await?;
        let name = url.rsplit_once('/').map(|(_, name)| name.to_owned()).expect("a database");
        for setting in POSTGRES {
            db.execute_sql(format!("ALTER DATABASE {name} SET {setting}")).await?;
            beside_another(&url, setting).await?;
            db.execute_sql(format!("ALTER DATABASE {name} RESET ALL")).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_session_that_checks_no_keys_is_refused() -> Result<()> {
    run(Place::postgres().await?, async |db: &Database| {
        let url = db_url(&std::env::var("DORMOUSE_TEST_POSTGRES").expect("a server"), db).await?;
        let name = url.rsplit_once('/').map(|(_, name)| name.to_owned()).expect("a database");
        db.execute_sql(format!("CREATE ROLE {name} LOGIN")).await?;
        db.execute_sql(format!("ALTER DATABASE {name} SET session_replication_role = replica")).await?;
        let mut own = url::Url::parse(&url).expect("a URL");
        own.set_username(&name).expect("a user");
        let connected =
            [Database::connect(own.as_str()).await, Database::connect(&format!("{url}?pooler=transaction")).await];
        db.execute_sql(format!("DROP ROLE {name}")).await?;
        for connected in connected {
            let error = connected.expect_err("no key would be checked");
            assert!(matches!(error.kind(), ErrorKind::Configuration(_)), "{error:?}");
            assert!(error.to_string().contains("ALTER DATABASE … RESET session_replication_role"), "{error}");
        }
        Ok(())
    })
    .await
}

/// The URL of the database at hand, on a server of another URL.
async fn db_url(server: &str, db: &Database) -> Result<String> {
    let name = db.server().location.rsplit_once('/').map(|(_, name)| name.to_owned()).expect("a database");
    let mut url = url::Url::parse(server).expect("a URL");
    url.set_path(&name);
    Ok(url.to_string())
}
