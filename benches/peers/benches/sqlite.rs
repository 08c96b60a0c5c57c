//! SQLite: every peer on one file, with a write-ahead log and durable commits.

use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use peers::Result;
use peers::data::sqlite::File;
use peers::measure::{Case, Measure};
use peers::peers::{Ping, diesel, diesel_async, dormouse, rusqlite, sea_orm, sqlx};
use peers::work::{ByKey, Insert, Join, Rows, Save, Stream, Work};
use tokio::runtime::Runtime;

fn benches(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let mut file = File::create().expect("a database file");
    let peers = runtime.block_on(Peers::open(file.path())).expect("every peer opens the file");
    let mut measure = Measure { criterion, runtime: &runtime, database: "SQLite" };

    for count in [1, 10, 100, 1_000, 10_000] {
        file.users(count).expect("rows");
        peers.each(&mut measure, Case { group: "rows", parameter: count, tasks: 1, work: Rows(count) });
    }
    peers.each(&mut measure, Case { group: "streamed", parameter: 10_000, tasks: 1, work: Stream(10_000) });
    for tasks in [1, 8] {
        let case = Case { group: "by key", parameter: tasks, tasks, work: ByKey(10_000) };
        peers.each(&mut measure, case.clone());
        peers.each_pinging(&mut measure, case);
    }
    peers.each(&mut measure, Case { group: "save", parameter: 10_000, tasks: 1, work: Save(10_000) });
    file.books(1_000).expect("books");
    peers.each(&mut measure, Case { group: "join", parameter: 1_000, tasks: 1, work: Join(1_000) });
    file.users(0).expect("no rows");
    for tasks in [1, 64] {
        peers.each(&mut measure, Case { group: "insert", parameter: tasks, tasks, work: Insert });
    }
}

struct Peers {
    rusqlite: rusqlite::Rusqlite,
    diesel: diesel::Diesel,
    diesel_async: [diesel_async::Sqlite; 2],
    sqlx: [sqlx::Sqlite; 2],
    sea_orm: [sea_orm::SeaOrm; 2],
    dormouse: dormouse::Dormouse,
}

impl Peers {
    async fn open(path: &Path) -> Result<Self> {
        let [off, default] = [Ping::Off, Ping::Default];
        Ok(Self {
            rusqlite: rusqlite::Rusqlite::open(path)?,
            diesel: diesel::Diesel::open(path)?,
            diesel_async: [diesel_async::Sqlite::open(path, off)?, diesel_async::Sqlite::open(path, default)?],
            sqlx: [sqlx::Sqlite::open(path, off).await?, sqlx::Sqlite::open(path, default).await?],
            sea_orm: [sea_orm::SeaOrm::sqlite(path, off).await?, sea_orm::SeaOrm::sqlite(path, default).await?],
            dormouse: dormouse::Dormouse::sqlite(path).await?,
        })
    }

    /// Every peer, without pings.
    fn each(&self, measure: &mut Measure<'_>, case: Case<impl Work>) {
        measure.peer(&self.rusqlite, &case);
        measure.peer(&self.diesel, &case);
        measure.peer(&self.diesel_async[0], &case);
        measure.peer(&self.sqlx[0], &case);
        measure.peer(&self.sea_orm[0], &case);
        measure.peer(&self.dormouse, &case);
    }

    /// The peers whose pools ping unless told otherwise, as they come.
    fn each_pinging(&self, measure: &mut Measure<'_>, case: Case<impl Work>) {
        measure.peer(&self.diesel_async[1], &case);
        measure.peer(&self.sqlx[1], &case);
        measure.peer(&self.sea_orm[1], &case);
    }
}

criterion_group!(sqlite, benches);
criterion_main!(sqlite);
